/* What a session puts into the log: its start and its end. */
/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <stdio.h>

#include "base/hash.h"
#include "base/hex.h"
#include "fs/session/session_in.h"
#include "policy/redact/view.h"

static void who(struct event *ev, const struct session *s,
		const struct session_want *w)
{
	event_text(ev, EF_ANNOTATOR, s->subject.annotator);
	event_text(ev, EF_ROLE, s->subject.role);
	event_text(ev, EF_PROJECT, policy_project(s->policy));
	event_text(ev, EF_TASK, s->subject.task == NULL ? "" : s->subject.task);
	event_text(ev, EF_PURPOSE, policy_purpose(s->policy));
	event_text(ev, EF_AS, w->claimed ? "claimed" : "proven");
	event_uint(ev, EF_UID, w->peer);
}

static int new_uuid(char out[37])
{
	uint8_t raw[16];
	char hex[33];

	random_bytes(raw, sizeof(raw));
	raw[6] = (uint8_t)((raw[6] & 0x0f) | 0x40);
	raw[8] = (uint8_t)((raw[8] & 0x3f) | 0x80);
	hex_encode(hex, bytes_of(raw, sizeof(raw)));
	return snprintf(out, 37, "%.8s-%.4s-%.4s-%.4s-%.12s", hex, hex + 8,
			hex + 12, hex + 16, hex + 20) == 36
		       ? 0
		       : -EINVAL;
}

static uint64_t visible_files(const struct desk *d)
{
	uint64_t n = 0;

	for (uint32_t i = 0; i < desk_count(d); i++)
		n += !desk_node(d, i)->folder;
	return n;
}

/* The entry that everything later of this session points at. */
static int log_start(struct session *s, const struct session_want *w)
{
	struct event ev = {.kind = EV_SESSION_START};
	struct buf pins CLEANUP(buf_free) = {0};
	uint8_t names[32], commit[32];
	char uuid[37];
	int r = desk_pins(s->desk, &pins);

	if (r == 0)
		r = new_uuid(uuid);
	if (r != 0)
		return r;
	desk_names(s->desk, names);
	hash_blake2b(commit, audit_dek_replay(s->dek),
		     bytes_str("carrel replay commitment"));
	who(&ev, s, w);
	event_text(&ev, EF_UUID, uuid);
	event_bytes(&ev, EF_POLICY, bytes_of(policy_hash(s->policy), 32));
	event_text(&ev, EF_DATASETS, buf_str(&pins));
	event_bytes(&ev, EF_NAMES, bytes_of(names, sizeof(names)));
	event_uint(&ev, EF_SHOWN, visible_files(s->desk));
	event_text(&ev, EF_RENDERER, VIEW_RENDERER);
	event_text(&ev, EF_STRENGTH, w->strength);
	event_text(&ev, EF_FACTS, w->facts);
	event_bytes(&ev, EF_COMMIT, bytes_of(commit, sizeof(commit)));
	event_text(&ev, EF_DURABILITY,
		   policy_durability(s->policy) == DURABLE_READ ? "read"
								: "open");
	event_uint(&ev, EF_NUMBER, (uint64_t)w->now);
	r = audit_append(gateway_audit(s->g), s->dek, &ev, &s->seq);
	return r == 0 ? audit_durable(gateway_audit(s->g), s->seq) : r;
}

int session_record_start(struct session *s, const struct session_want *w,
			 struct err *e)
{
	uint8_t hash[32];
	int r = audit_policy_put(gateway_audit(s->g), w->policy, hash, e);

	if (r == 0)
		r = audit_dek_new(gateway_audit(s->g), &s->dek, e);
	if (r != 0)
		return r;
	r = log_start(s, w);
	s->started = r == 0;
	return r == 0 ? 0
		      : err_set(e, r, "",
				"the log cannot record the session: "
				"%s",
				strerror(-r));
}

int session_record_held(const struct session *s)
{
	struct event ev = {.kind = EV_DENIED};

	event_uint(&ev, EF_SESSION, s->seq);
	event_text(&ev, EF_OP, "leave");
	event_int(&ev, EF_RESULT, -EBUSY);
	return audit_append(gateway_audit(s->g), s->dek, &ev, NULL);
}

int session_record_end(const struct session *s, const char *reason,
		       uint64_t tty_out, const struct mount_counts *n)
{
	struct event ev = {.kind = EV_SESSION_END};
	uint64_t seq;
	int r;

	event_uint(&ev, EF_SESSION, s->seq);
	event_text(&ev, EF_REASON, reason);
	event_uint(&ev, EF_OPENS, n->opens);
	event_uint(&ev, EF_READS, n->reads);
	event_uint(&ev, EF_BYTES, n->bytes);
	event_uint(&ev, EF_DENIALS, n->denials);
	if (s->meter != NULL)
		event_uint(&ev, EF_COUNT, meter_records(s->meter));
	event_uint(&ev, EF_TTY_OUT, tty_out);
	event_uint(&ev, EF_LAST, audit_dek_last(s->dek));
	r = audit_append(gateway_audit(s->g), s->dek, &ev, &seq);
	if (r == 0)
		r = audit_durable(gateway_audit(s->g), seq);
	return r;
}
