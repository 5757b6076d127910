/* A session as its connection sees it: asked for, watched, ended. */
/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <poll.h>
#include <pwd.h>
#include <stdio.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/fdio.h"
#include "fs/session/brought.h"
#include "fs/session/facts.h"
#include "fs/session/session.h"
#include "fs/session/visit.h"

#define FACTS_MAX 8192
#define NAME_LEN 256
#define FAREWELL_WORDS 4 /* and no more of them: else he never ended */
#define FAREWELL_MS 1500 /* for the client's last word once it must end */

/* What RUN asks for; strings of its own, since the message is overwritten. */
struct ask {
	struct visit *v;
	struct gateway_seat seat;
	struct session_want want;
	char annotator[NAME_LEN], task[NAME_LEN], project[NAME_LEN];
	char name[NAME_LEN], facts[FACTS_MAX];
	int fuse, init;
	uint64_t told; /* ns: when progress was said last */
	bool past;     /* its policy, or what it began to read, is no more */
};

static void ask_free(struct ask *a)
{
	gateway_seat_free(&a->seat);
	fd_close(&a->fuse);
	fd_close(&a->init);
}

static int64_t now_s(void)
{
	return (int64_t)time(NULL);
}

/* It could not join any more, and who clears waits until it is gone. */
static bool is_past(struct ask *a)
{
	const struct session_want *w = &a->want;

	a->past = a->past || w->era != (w->in_force ? gateway_era(a->v->g)
						    : gateway_clears(a->v->g));
	return a->past;
}

/* Ten times a second is enough for a bar. */
static int tell_progress(void *ctx, uint64_t done, uint64_t total,
			 uint64_t items)
{
	struct ask *a = ctx;
	struct wire w = {.op = WIRE_PROGRESS};

	if (gateway_stopping(a->v->g) || is_past(a))
		return -ECANCELED;
	if (clock_ns() - a->told < CLOCK_SECOND / 10)
		return 0;
	a->told = clock_ns();
	wire_uint(&w, WF_DONE, done);
	wire_uint(&w, WF_TOTAL, total);
	wire_uint(&w, WF_NUMBER, items);
	return wire_send(a->v->sock, &w, NULL, 0) == 0 ? 0 : -ECANCELED;
}

/* ---- what is asked ---- */

static int copy_fields(struct ask *a, struct err *e)
{
	const struct wire *m = &a->v->in.msg;

	if (wire_copy(m, WF_ANNOTATOR, a->annotator, NAME_LEN) != 0 ||
	    wire_copy(m, WF_TASK, a->task, NAME_LEN) != 0 ||
	    wire_copy(m, WF_PROJECT, a->project, NAME_LEN) != 0 ||
	    wire_copy(m, WF_NAME, a->name, NAME_LEN) != 0 ||
	    wire_copy(m, WF_FACTS, a->facts, FACTS_MAX) != 0 ||
	    wire_get(m, WF_UID) > UINT32_MAX - 1 ||
	    wire_get(m, WF_GID) > UINT32_MAX - 1)
		return err_set(e, -EPROTO, "", "the request is malformed");
	return 0;
}

/* Bytes go to a FUSE device and to nothing else; what is killed at the end is
 * the client's own. */
static int take_fds(struct ask *a, bool own, struct err *e)
{
	int r;

	a->fuse = wire_take(&a->v->in, 0);
	r = brought_fuse(a->fuse, e);
	if (r != 0 || own)
		return r;
	a->init = wire_take(&a->v->in, 1);
	return brought_init(a->init, a->v->pid, e);
}

static const char *or_null(const char *s)
{
	return s[0] == '\0' ? NULL : s;
}

/* The annotator is who the kernel says, by the policy in force. */
static int by_login(struct ask *a, struct err *e)
{
	char room[4096];
	struct passwd pw, *found = NULL;
	int r;

	/* The client made the room, so its uid owns the namespace: a session
	 * of another uid would need one that the gateway makes itself. */
	if (a->v->uid != geteuid())
		return err_set(e, -EACCES, "",
			       "the gateway runs as uid %u and you are uid %u: "
			       "sessions of other uids need a gateway that "
			       "makes them (boundary), which this version has "
			       "not",
			       (unsigned)geteuid(), (unsigned)a->v->uid);
	if (getpwuid_r(a->v->uid, &pw, room, sizeof(room), &found) != 0 ||
	    found == NULL)
		return err_set(e, -EACCES, "", "uid %u has no login name",
			       (unsigned)a->v->uid);
	r = gateway_find(a->v->g, pw.pw_name, or_null(a->project),
			 or_null(a->task), &a->seat, e);
	if (r != 0)
		return r;
	a->want.in_force = true;
	a->want.era = a->seat.era;
	a->want.policy_name = "policy in force";
	a->want.annotator = buf_str(&a->seat.annotator);
	return a->want.annotator == NULL ? err_nomem(e) : 0;
}

/* The owner brings policy and annotator along. */
static int by_owner(struct ask *a, size_t at, struct err *e)
{
	int fd CLEANUP(fd_close) = wire_take(&a->v->in, at);

	a->want.policy_name = a->name;
	a->want.annotator = a->annotator;
	a->want.claimed = true;
	a->want.era = gateway_clears(a->v->g);
	return brought_text(fd, &a->seat.text, e);
}

static int understand(struct ask *a, struct err *e)
{
	const struct wire *m = &a->v->in.msg;
	bool own = wire_get(m, WF_OWNER) == 1;
	int r = copy_fields(a, e);

	if (r == 0 && own && !a->v->proven)
		r = err_set(e, -EACCES, "", "not at the owner door");
	if (r == 0)
		r = take_fds(a, own, e);
	if (r == 0 && gateway_stopping(a->v->g))
		r = err_set(e, -ESHUTDOWN, "", "the gateway is ending");
	if (r != 0)
		return r;
	r = a->v->proven && wire_has(m, WF_ANNOTATOR)
		    ? by_owner(a, own ? 1 : 2, e)
		    : by_login(a, e);
	a->want.policy = buf_bytes(&a->seat.text);
	a->want.task = or_null(a->task);
	a->want.owner = own;
	a->want.strength = own ? "none" : facts_strength_for(a->v->uid);
	a->want.facts = a->facts[0] == '\0' ? "{}" : a->facts;
	a->want.uid = (uid_t)wire_get(m, WF_UID);
	a->want.gid = (gid_t)wire_get(m, WF_GID);
	a->want.peer = a->v->uid;
	a->want.now = now_s();
	return r;
}

/* ---- while it runs ---- */

static void say_started(struct visit *v, struct session *s)
{
	const struct subject *sub = session_subject(s);
	struct buf terms CLEANUP(buf_free) = {0};
	struct wire w = {.op = WIRE_STARTED};

	wire_uint(&w, WF_SESSION, session_seq(s));
	wire_text(&w, WF_ANNOTATOR, sub->annotator);
	wire_text(&w, WF_PROJECT, policy_project(session_policy(s)));
	wire_text(&w, WF_TASK, sub->task);
	wire_text(&w, WF_STRENGTH, session_strength(s));
	if (session_terms(s, now_s(), &terms) == 0)
		wire_bytes(&w, WF_TEXT, buf_bytes(&terms));
	visit_say(v, &w);
}

/* Once for each time that it comes near. */
static void say_soon(struct visit *v, struct session *s, const char **said)
{
	struct wire w = {.op = WIRE_SOON};
	uint64_t left;
	const char *why = session_soon(s, now_s(), &left);

	if (why != NULL && why != *said) {
		wire_text(&w, WF_REASON, why);
		wire_uint(&w, WF_NUMBER, left);
		visit_say(v, &w);
	}
	*said = why;
}

/* Milliseconds until it may be over, at most a second; clocks jump. */
static int until(struct session *s)
{
	uint64_t left = session_left(s, now_s());

	return left > 0 ? 1000 : 0;
}

/* Only words this program says itself: a reason is no place for others. */
static const char *reason_of(struct bytes b)
{
	static const char *const known[] = {"ended", "signal", "hangup",
					    "unmounted"};

	for (size_t i = 0; i < ARRAY_LEN(known); i++)
		if (bytes_is(b, known[i]))
			return known[i];
	return "failed";
}

/* Nobody else is here and nobody is to stay for: the gateway goes, and its
 * client waits for that, so that the store is free when `carrel run` ends. */
static bool is_last(struct visit *v)
{
	if (!visit_leaves(v) || v->linger)
		return false;
	gateway_stop(v->g);
	return true;
}

static void finish(struct visit *v, struct session *s, const char *reason,
		   uint64_t tty_out, bool drop)
{
	struct wire w = {.op = WIRE_OK};
	int r = 0, end;

	session_stop(s);
	if (drop)
		r = session_drop(s);
	end = session_end(s, reason, tty_out);
	r = r != 0 ? r : end;

	atomic_store(&v->busy, v->proven);
	if (r != 0 || v->over)
		wire_fail(&w, r != 0 ? r : -EPROTO, NULL);
	if (is_last(v)) {
		v->last = true;
		wire_uint(&w, WF_LAST, 1);
	}
	visit_say(v, &w);
}

/* A name more than fits is kept: what is not named is not dropped. */
static void say_unnamed(struct visit *v, struct session *s)
{
	struct buf names CLEANUP(buf_free) = {0};
	struct wire w = {.op = WIRE_OK};

	if (session_unnamed(s, &names) == 0 && names.n <= WIRE_MAX - 64)
		wire_bytes(&w, WF_BODY, buf_bytes(&names));
	visit_say(v, &w);
}

/* What the terminal showed, if the client still says so in time. */
static uint64_t last_word(struct visit *v, struct session *s)
{
	struct pollfd p = {.fd = v->sock, .events = POLLIN};

	for (int i = 0; i < FAREWELL_WORDS && !v->over; i++) {
		if (poll(&p, 1, FAREWELL_MS) != 1 ||
		    wire_recv(v->sock, &v->in) != 0)
			break;
		if (v->in.msg.op == WIRE_END)
			return wire_get(&v->in.msg, WF_TTY_OUT);
		if (v->in.msg.op != WIRE_UNNAMED)
			break;
		say_unnamed(v, s);
	}
	return 0;
}

/* It must end now. */
static void put_out(struct visit *v, struct session *s, const char *reason)
{
	struct wire w = {.op = WIRE_ENDED};

	session_stop(s);
	wire_text(&w, WF_REASON, reason);
	visit_say(v, &w);
	finish(v, s, reason, last_word(v, s), false);
}

/* True: the session has ended. */
static bool one_word(struct visit *v, struct session *s)
{
	int r = wire_recv(v->sock, &v->in);

	if (r == 0 && v->in.msg.op == WIRE_END) {
		finish(v, s, reason_of(wire_getb(&v->in.msg, WF_REASON)),
		       wire_get(&v->in.msg, WF_TTY_OUT),
		       wire_get(&v->in.msg, WF_DROP) == 1);
		return true;
	}
	if (r == 0 && v->in.msg.op == WIRE_UNNAMED) {
		say_unnamed(v, s);
		if (v->over) /* he does not listen */
			finish(v, s, "failed", 0, false);
		return v->over;
	}
	if (r == -EAGAIN || r == -EINTR)
		return false;
	if (r == 0 || r == -EPROTO) {
		visit_denied(v, "word in a session", -EPROTO);
		v->over = true;
	}
	finish(v, s, r == -EPIPE ? "client gone" : "failed", 0, false);
	return true;
}

static void watch(struct visit *v, struct session *s)
{
	struct pollfd p[2] = {{.fd = v->sock, .events = POLLIN},
			      {.fd = session_watch(s), .events = POLLIN}};
	const char *due, *said = NULL;

	for (;;) {
		due = session_due(s, now_s());
		if (due != NULL) {
			put_out(v, s, due);
			return;
		}
		say_soon(v, s, &said);
		session_rest(s);
		if (poll(p, 2, until(s)) < 0 && errno != EINTR) {
			put_out(v, s, "failed");
			return;
		}
		if (p[0].revents != 0 && one_word(v, s))
			return;
	}
}

/* The client's own fault, not the gateway's state. */
static bool is_fault(int code)
{
	return code == -EACCES || code == -EPROTO || code == -EINVAL;
}

/* Who has not proven anything does not try twice. */
static void refuse_run(struct visit *v, int code, const struct err *e)
{
	struct wire w;

	if (!v->proven && is_fault(code))
		visit_denied(v, "run", code);
	v->over = v->over || !v->proven;
	atomic_store(&v->busy, v->proven);
	wire_fail(&w, code, e);
	v->last = is_last(v);
	if (v->last)
		wire_uint(&w, WF_LAST, 1);
	visit_say(v, &w);
}

static int begin(struct ask *a, struct session **s, struct err *e)
{
	int r = session_open(a->v->g, &a->want, s, e);

	/* As where it is found out at the end: the client tries again. */
	if (r == -ECANCELED && a->past)
		return err_set(e, -ESTALE, "",
			       "another policy was put in force just now, or "
			       "data were erased; start again");
	return r;
}

void visit_run(struct visit *v)
{
	struct ask a CLEANUP(ask_free) = {.v = v, .fuse = -1, .init = -1};
	struct progress p = {tell_progress, &a};
	struct session *s = NULL;
	struct err e = {0};
	int r = understand(&a, &e);

	atomic_store(&v->busy, true);
	a.want.progress = &p;
	a.want.init = fd_steal(&a.init);
	if (r == 0)
		r = begin(&a, &s, &e);
	else
		fd_close(&a.want.init);
	if (r == 0) {
		r = session_serve(s, fd_steal(&a.fuse), &e);
		if (r != 0)
			(void)session_end(s, "failed", 0);
	}
	if (r != 0) {
		refuse_run(v, r, &e);
		return;
	}
	say_started(v, s);
	watch(v, s);
}
