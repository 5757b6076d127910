/* What replay takes from the log: sessions, opens, reads. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "fs/desk/replay_log.h"

#include <errno.h>

#include "base/hash.h"
#include "base/mem.h"
#include "policy/redact/view.h"

int replay_log_entry(const struct replay_want *w, uint64_t seq,
		     struct audit_entry *out, struct err *e)
{
	int rc = audit_reader_seek(w->reader, seq);

	if (rc == 0)
		rc = audit_reader_next(w->reader, out, e);
	if (rc < 0)
		return rc;
	if (rc == 0 || out->seq != seq)
		return err_set(e, -ENOENT, NULL, "the log has no entry %llu",
			       (unsigned long long)seq);
	if (!out->opened)
		return err_set(e, -ENOKEY, NULL,
			       "entry %llu cannot be opened: %s",
			       (unsigned long long)seq,
			       out->closed != NULL ? out->closed : "sealed");
	return 0;
}

/* ---- the pins: "calls@3,pref@1" ---- */

static int parse_pin(char *item, struct desk_pin *pin)
{
	char *at = strrchr(item, '@');
	uint64_t v = 0;

	if (at == NULL || at == item || at[1] == 0)
		return -EPROTO;
	*at = 0;
	for (const char *p = at + 1; *p != 0; p++) {
		if (*p < '0' || *p > '9' || v > UINT64_MAX / 10 - 10)
			return -EPROTO;
		v = 10 * v + (uint64_t)(*p - '0');
	}
	*pin = (struct desk_pin){.name = item, .version = v};
	return v == 0 ? -EPROTO : 0;
}

static int parse_pins(struct replay_session *s, struct bytes text)
{
	size_t items = 1;
	char *p, *end;
	int rc = buf_putb(&s->pins_text, text);

	if (rc != 0 || buf_str(&s->pins_text) == NULL)
		return -ENOMEM;
	for (size_t i = 0; i < text.n; i++)
		items += text.p[i] == ',';
	s->pins = mem_new(items, sizeof(*s->pins));
	if (s->pins == NULL)
		return -ENOMEM;
	for (p = (char *)s->pins_text.p; rc == 0 && text.n > 0; p = end + 1) {
		end = strchr(p, ',');
		if (end != NULL)
			*end = 0;
		rc = parse_pin(p, &s->pins[s->npins++]);
		if (end == NULL)
			break;
	}
	return rc;
}

/* ---- the session ---- */

struct facts { /* copied out: reading on moves the entry away */
	struct buf policy_text, annotator, task;
	uint8_t policy[32], commit[32];
	uint64_t dek;
};

static void facts_free(struct facts *f)
{
	buf_free(&f->policy_text);
	buf_free(&f->annotator);
	buf_free(&f->task);
}

static int take_digest(const struct event *ev, enum event_field f,
		       uint8_t out[32])
{
	struct bytes b = event_getb(ev, f);

	if (b.n != 32)
		return -EPROTO;
	memcpy(out, b.p, 32);
	return 0;
}

static int take_facts(const struct audit_entry *a, struct facts *f,
		      struct replay_session *s)
{
	const struct event *ev = &a->event;
	int rc = buf_putb(&f->annotator, event_getb(ev, EF_ANNOTATOR));

	if (rc == 0)
		rc = buf_putb(&f->task, event_getb(ev, EF_TASK));
	if (rc == 0)
		rc = take_digest(ev, EF_POLICY, f->policy);
	if (rc == 0)
		rc = take_digest(ev, EF_COMMIT, f->commit);
	if (rc == 0)
		rc = parse_pins(s, event_getb(ev, EF_DATASETS));
	f->dek = a->dek;
	s->now = (int64_t)event_get(ev, EF_NUMBER);
	s->renderer = bytes_is(event_getb(ev, EF_RENDERER), VIEW_RENDERER);
	return rc;
}

/* The replay key is the one the session committed to, or none. */
static int take_key(const struct replay_want *w, const struct facts *f,
		    struct replay_session *s)
{
	uint8_t commit[HASH_LEN];
	int rc = audit_reader_replay_key(w->reader, f->dek, &s->key);

	if (rc == -ENOKEY || rc == -ESTALE || rc == -ENOENT)
		return 0;
	if (rc != 0)
		return rc;
	hash_blake2b(commit, s->key, bytes_str("carrel replay commitment"));
	if (memcmp(commit, f->commit, sizeof(commit)) == 0)
		return 0;
	return -EBADMSG;
}

static int take_policy(const struct replay_want *w, struct facts *f,
		       struct replay_session *s, struct err *e)
{
	int rc = audit_policy_get(w->reader, f->policy, &f->policy_text);

	if (rc == -ENOENT || rc == -ENOKEY)
		return 0;
	if (rc == 0)
		rc = policy_load(buf_bytes(&f->policy_text), "policy",
				 &s->policy, e);
	if (rc != 0)
		return rc;
	if (buf_str(&f->annotator) == NULL || buf_str(&f->task) == NULL)
		return -ENOMEM;
	return policy_subject(s->policy, buf_str(&f->annotator),
			      f->task.n == 0 ? NULL : buf_str(&f->task), s->now,
			      &s->subject, e);
}

int replay_log_session(const struct replay_want *w, uint64_t seq,
		       struct replay_session *s, struct err *e)
{
	CLEANUP(facts_free) struct facts f = {0};
	struct audit_entry a;
	int rc = replay_log_entry(w, seq, &a, e);

	*s = (struct replay_session){.seq = seq};
	if (rc != 0)
		return rc;
	if (a.event.kind != EV_SESSION_START)
		return err_set(e, -ENOENT, NULL,
			       "entry %llu is no start of a session",
			       (unsigned long long)seq);
	rc = take_facts(&a, &f, s);
	if (rc == 0)
		rc = take_key(w, &f, s);
	if (rc == 0)
		rc = take_policy(w, &f, s, e);
	if (rc != 0 && e != NULL && e->code == 0)
		return err_set(e, rc, NULL,
			       "the start of session %llu makes no sense",
			       (unsigned long long)seq);
	return rc;
}

void replay_log_session_free(struct replay_session *s)
{
	key_free(s->key);
	policy_free(s->policy);
	buf_free(&s->pins_text);
	mem_free(s->pins);
	*s = (struct replay_session){0};
}

/* ---- opens ---- */

int replay_log_open(const struct event *ev, struct replay_open *o)
{
	struct bytes id = event_getb(ev, EF_OBJECT);
	struct bytes recipe = event_getb(ev, EF_RECIPE);

	*o = (struct replay_open){.seq = ev->seq,
				  .version = event_get(ev, EF_VERSION),
				  .size = event_get(ev, EF_SIZE),
				  .has_object = event_has(ev, EF_OBJECT)};
	if (id.n == sizeof(o->object))
		memcpy(o->object, id.p, id.n);
	if (recipe.n == sizeof(o->recipe))
		memcpy(o->recipe, recipe.p, recipe.n);
	return buf_putb(&o->path, event_getb(ev, EF_PATH));
}

void replay_log_open_free(struct replay_open *o)
{
	buf_free(&o->path);
	*o = (struct replay_open){0};
}
