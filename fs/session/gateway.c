/* The gateway: the one holder of keys, writer of the log, maker of sessions. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "fs/session/gateway.h"

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>

#include "base/hash.h"
#include "base/hex.h"
#include "base/mem.h"
#include "fs/ingest/child.h"
#include "policy/redact/view.h"

/*
 * What must be on disk before the first name or byte of a session leaves, in
 * this order, each durable before the next is begun:
 *   1  catalog cells made for it (project keys, view indexes)   desk_open
 *   2  the sealed text of the policy                     audit_policy_put
 *   3  the session's keys, wrapped to the readers           audit_dek_new
 *   4  SESSION_START: who, for what, which versions, which names
 * Only then the FUSE descriptor is served. A crash between two of them leaves
 * things nobody refers to. At the end: deny, join, SESSION_END with totals.
 */
struct gateway {
	struct store *store;
	struct audit *audit;
	struct child_pool *children;
	struct buf log_dir;
};

struct session {
	struct gateway *g;
	struct policy *policy;
	struct subject subject;
	struct desk *desk;
	struct audit_dek *dek;
	struct mount *mount;
	struct buf task; /* TASK.md */
	uint64_t seq;	 /* of SESSION_START */
	bool started;
	uid_t uid;
	gid_t gid;
};

static void gateway_free(struct gateway *g)
{
	child_pool_free(g->children);
	buf_free(&g->log_dir);
	mem_free(g);
}

/* Threads made here live as long as the gateway: signals are not for them, so
 * that the thread that runs a session gets every one. */
static int open_log(struct gateway *g, const struct audit_config *cfg,
		    struct err *e)
{
	sigset_t all, was;
	int r;

	sigfillset(&all);
	pthread_sigmask(SIG_BLOCK, &all, &was);
	r = audit_open(cfg, &g->audit, e);
	pthread_sigmask(SIG_SETMASK, &was, NULL);
	return r;
}

int gateway_open(struct store *s, const char *tool, struct gateway **out,
		 struct err *e)
{
	struct audit_config cfg = {.origin = store_origin(s),
				   .pool = store_pool(s),
				   .sign = store_log_seed(s),
				   .tool = tool};
	struct gateway *g = mem_new(1, sizeof(*g));
	int r;

	if (g == NULL)
		return err_nomem(e);
	g->store = s;
	cfg.recipients = store_recipients(s, &cfg.nrecipients);
	r = store_lock(s, e);
	if (r == 0 && buf_printf(&g->log_dir, "%s/log", store_dir(s)) != 0)
		r = err_nomem(e);
	if (r == 0) {
		cfg.dir = buf_str(&g->log_dir);
		r = child_pool_new(0, &g->children, e);
	}
	if (r == 0)
		r = open_log(g, &cfg, e);
	if (r != 0) {
		gateway_free(g);
		return r;
	}
	*out = g;
	return 0;
}

int gateway_close(struct gateway *g)
{
	int r = audit_close(g->audit);

	gateway_free(g);
	return r;
}

struct audit *gateway_audit(struct gateway *g)
{
	return g->audit;
}

/* ---- sessions ---- */

static void session_free(struct session *s)
{
	desk_close(s->desk);
	audit_dek_free(s->dek);
	policy_free(s->policy);
	buf_free(&s->task);
	mem_free(s);
}

/* The strictest a policy can ask is what must be given, or more. */
static int check_strength(const struct session *s, const char *strength,
			  struct err *e)
{
	enum confinement want = policy_confinement(s->policy);
	const char *name = confinement_name(want);

	if (want == CONFINE_NONE || strcmp(strength, name) == 0 ||
	    (want == CONFINE_DISPLAY && strcmp(strength, "guard-rail") == 0))
		return 0;
	if (want == CONFINE_BOUNDARY)
		return err_set(
			e, -EACCES, "",
			"the policy demands confinement: boundary, and only %s "
			"can be given here: the gateway would need a uid of "
			"its own; or let the policy say confinement: "
			"guard-rail",
			strength);
	return err_set(e, -EACCES, "",
		       "the policy demands confinement: %s, and this is %s",
		       name, strength);
}

static int load(struct session *s, const struct session_want *w, struct err *e)
{
	int r = policy_load(w->policy, w->policy_name, &s->policy, e);

	if (r == 0)
		r = policy_subject(s->policy, w->annotator, w->task, w->now,
				   &s->subject, e);
	return r == 0 && !w->owner ? check_strength(s, w->strength, e) : r;
}

static int open_desk(struct session *s, const struct session_want *w,
		     struct err *e)
{
	struct desk_want d = {.store = s->g->store,
			      .subject = &s->subject,
			      .now = w->now,
			      .children = s->g->children,
			      .progress = w->progress};
	int r = desk_open(&d, &s->desk, e);

	if (r == 0 && desk_task(s->desk, &s->task) != 0)
		r = err_nomem(e);
	return r;
}

static void who(struct event *ev, const struct session *s,
		const struct session_want *w)
{
	event_text(ev, EF_ANNOTATOR, s->subject.annotator);
	event_text(ev, EF_ROLE, s->subject.role);
	event_text(ev, EF_PROJECT, policy_project(s->policy));
	event_text(ev, EF_TASK, s->subject.task == NULL ? "" : s->subject.task);
	event_text(ev, EF_PURPOSE, policy_purpose(s->policy));
	event_text(ev, EF_AS, w->claimed ? "claimed" : "proven");
	event_uint(ev, EF_UID, w->uid);
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
	r = audit_append(s->g->audit, s->dek, &ev, &s->seq);
	return r == 0 ? audit_durable(s->g->audit, s->seq) : r;
}

static int record(struct session *s, const struct session_want *w,
		  struct err *e)
{
	uint8_t hash[32];
	int r = audit_policy_put(s->g->audit, w->policy, hash, e);

	if (r == 0)
		r = audit_dek_new(s->g->audit, &s->dek, e);
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

int session_open(struct gateway *g, const struct session_want *w,
		 struct session **out, struct err *e)
{
	struct session *s = mem_new(1, sizeof(*s));
	int r;

	if (s == NULL)
		return err_nomem(e);
	s->g = g;
	s->uid = w->uid;
	s->gid = w->gid;
	r = load(s, w, e);
	if (r == 0)
		r = open_desk(s, w, e);
	if (r == 0)
		r = record(s, w, e);
	if (r != 0) {
		session_free(s);
		return r;
	}
	*out = s;
	return 0;
}

struct desk *session_desk(struct session *s)
{
	return s->desk;
}

const struct policy *session_policy(const struct session *s)
{
	return s->policy;
}

const struct subject *session_subject(const struct session *s)
{
	return &s->subject;
}

struct mount *session_mount(struct session *s)
{
	return s->mount;
}

uint64_t session_seq(const struct session *s)
{
	return s->seq;
}

int session_serve(struct session *s, int fd, struct err *e)
{
	struct mount_want w = {.fd = fd,
			       .desk = s->desk,
			       .audit = s->g->audit,
			       .dek = s->dek,
			       .session = s->seq,
			       .durability = policy_durability(s->policy),
			       .uid = s->uid,
			       .gid = s->gid,
			       .task = buf_bytes(&s->task)};

	return mount_start(&w, &s->mount, e);
}

static int log_end(struct session *s, const char *reason, uint64_t tty_out,
		   const struct mount_counts *n)
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
	event_uint(&ev, EF_TTY_OUT, tty_out);
	r = audit_append(s->g->audit, s->dek, &ev, &seq);
	if (r == 0)
		r = audit_durable(s->g->audit, seq);
	return r;
}

int session_end(struct session *s, const char *reason, uint64_t tty_out)
{
	struct mount_counts n = {0};
	int r = 0, end;

	if (s->mount != NULL) {
		mount_stop(s->mount);
		r = mount_join(s->mount, &n);
	}
	if (s->started) {
		end = log_end(s, reason, tty_out, &n);
		r = r != 0 ? r : end;
		end = audit_checkpoint(s->g->audit);
		r = r != 0 ? r : end;
	}
	session_free(s);
	return r;
}
