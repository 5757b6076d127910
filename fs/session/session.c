/* One annotator's session as the gateway has it: desk, keys, mount, record. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "fs/session/session_in.h"

#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <sys/eventfd.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/fdio.h"
#include "base/mem.h"
#include "base/proc.h"
#include "fs/desk/flags.h"
#include "fs/mount/work.h"

#define LEAVE_MS 1000 /* after pid 1: for the kernel to let the mount go */

/*
 * What must be on disk before the first name or byte of a session leaves, in
 * this order, each durable before the next is begun:
 *   1  catalog cells made for it (project keys, view indexes)   desk_open
 *   2  the sealed text of the policy                     audit_policy_put
 *   3  the session's keys, wrapped to the readers           audit_dek_new
 *   4  SESSION_START: who, for what, which versions, which names
 * Only then the FUSE descriptor is served. A crash between two of them leaves
 * things nobody refers to. At the end: deny, end pid 1, join, SESSION_END with
 * totals.
 *
 * Others may ask it to end (session_ask) and read its totals; both happen
 * under the gateway's lock, and a session leaves the gateway before it ends.
 */

static void session_free(struct session *s)
{
	if (s->joined)
		gateway_leave(s->g, s);
	(void)work_close(s->work); /* nothing was written: never served */
	meter_close(s->meter);
	flags_close(s->flags);
	desk_close(s->desk);
	audit_dek_free(s->dek);
	policy_free(s->policy);
	buf_free(&s->task);
	fd_close(&s->init);
	fd_close(&s->wake);
	if (s->entered)
		gateway_exit(s->g, s); /* only now holds it no key */
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
	struct desk_want d = {.store = gateway_store(s->g),
			      .subject = &s->subject,
			      .now = w->now,
			      .children = gateway_children(s->g),
			      .shelves = gateway_shelves(s->g),
			      .progress = w->progress};
	int r = desk_open(&d, &s->desk, e);

	if (r == 0 && desk_task(s->desk, &s->task) != 0)
		r = err_nomem(e);
	mem_trim(); /* building a desk takes more than keeping it */
	return r;
}

static struct session *session_new(struct gateway *g,
				   const struct session_want *w)
{
	struct session *s = mem_new(1, sizeof(*s));

	if (s == NULL)
		return NULL;
	s->g = g;
	s->uid = w->uid;
	s->gid = w->gid;
	s->init = w->init;
	s->in_force = w->in_force;
	s->owner = w->owner;
	s->began = w->now;
	s->up = clock_s();
	s->wake = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	snprintf(s->strength, sizeof(s->strength), "%s", w->strength);
	return s;
}

static int join(struct session *s, uint64_t era, struct err *e)
{
	int r = gateway_join(s->g, s, era);

	s->joined = r == 0;
	if (r == -ESTALE)
		return err_set(e, r, "",
			       "another policy was put in force just now, or "
			       "data were erased; start again");
	if (r == -EBUSY)
		return err_set(e, r, "", "the gateway has too many sessions");
	return r == 0 ? 0 : err_set(e, r, "", "the gateway is ending");
}

/* The owner's own look is not counted, has no end, and nothing is hidden from
 * it that was flagged. */
static int open_meter(struct session *s, struct err *e)
{
	struct meter_want w = {.project = policy_project(s->policy),
			       .annotator = s->subject.annotator,
			       .limits = desk_limits(s->desk),
			       .objects = desk_objects(s->desk)};

	int r;

	if (s->owner)
		return 0;
	r = meter_open(gateway_meters(s->g), &w, &s->meter, e);
	return r == 0 ? flags_open(gateway_store(s->g), s->desk, w.project,
				   w.annotator, &s->flags, e)
		      : r;
}

/* Before the session is logged: an area that is busy or damaged refuses it. */
static int open_work(struct session *s, struct err *e)
{
	struct work_want w = {.store = gateway_store(s->g),
			      .project = policy_project(s->policy),
			      .annotator = s->subject.annotator};
	const char *const *keep;
	size_t nkeep;

	desk_work(s->desk, &keep, &nkeep, &w.quota);
	return work_open(&w, &s->work, e);
}

int session_open(struct gateway *g, const struct session_want *w,
		 struct session **out, struct err *e)
{
	struct session *s = session_new(g, w);
	int r;

	if (s == NULL || s->wake < 0) {
		int init = w->init;

		if (s != NULL)
			session_free(s);
		else
			fd_close(&init);
		return err_nomem(e);
	}
	r = gateway_enter(g, s);
	s->entered = r == 0;
	if (r != 0)
		err_set(e, r, "", "the gateway has too many sessions");
	if (r == 0)
		r = load(s, w, e);
	if (r == 0)
		r = open_desk(s, w, e);
	if (r == 0)
		r = open_meter(s, e);
	if (r == 0)
		r = open_work(s, e);
	if (r == 0)
		r = session_record_start(s, w, e);
	if (r == 0)
		r = join(s, w->era, e);
	if (r != 0 && s->started)
		(void)session_end(s, r == -ESTALE ? "policy changed" : "failed",
				  0);
	else if (r != 0)
		session_free(s);
	else
		*out = s;
	return r;
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

const char *session_strength(const struct session *s)
{
	return s->strength;
}

struct mount *session_mount(struct session *s)
{
	return s->mount;
}

uint64_t session_seq(const struct session *s)
{
	return s->seq;
}

bool session_in_force(const struct session *s)
{
	return s->in_force;
}

/* Somebody took the owner's mount down; a confined one goes with its pid 1. */
static void *wait_for_end(void *arg)
{
	struct session *s = arg;

	mount_wait(s->mount);
	session_ask(s, "unmounted");
	return NULL;
}

int session_serve(struct session *s, int fd, struct err *e)
{
	struct mount_want w = {.fd = fd,
			       .desk = s->desk,
			       .audit = gateway_audit(s->g),
			       .dek = s->dek,
			       .session = s->seq,
			       .durability = policy_durability(s->policy),
			       .uid = s->uid,
			       .gid = s->gid,
			       .init = proc_of_pidfd(s->init, NULL),
			       .anybody = s->owner,
			       .task = buf_bytes(&s->task),
			       .work = s->work,
			       .meter = s->meter,
			       .flags = s->flags};
	struct mount *m = NULL;
	int r;

	/* Without its number nobody could be refused. */
	if (!w.anybody && w.init == 0) {
		fd_close(&fd);
		return err_set(e, -ESRCH, "",
			       "the session's pid 1 has ended, or belongs to "
			       "another pid namespace than the gateway");
	}
	s->up = clock_s(); /* making the desk is not the annotator's time */
	r = mount_start(&w, &m, e);
	atomic_store(&s->mount, m);
	if (r != 0 || !s->owner)
		return r;
	r = pthread_create(&s->waiter, NULL, wait_for_end, s);
	s->waiting = r == 0;
	return r == 0 ? 0
		      : err_set(e, -r, "", "a thread for the mount: %s",
				strerror(r));
}

/* ---- its end ---- */

int session_watch(const struct session *s)
{
	return s->wake;
}

void session_rest(struct session *s)
{
	struct mount *m = atomic_load(&s->mount);

	if (m != NULL)
		mount_rest(m);
}

void session_ask(struct session *s, const char *reason)
{
	const char *none = NULL;
	uint64_t one = 1;

	if (atomic_compare_exchange_strong(&s->asked, &none, reason))
		(void)!write(s->wake, &one, sizeof(one));
}

bool session_same(struct session *s, const struct policy *p, int64_t now)
{
	struct subject then;

	return policy_subject(p, s->subject.annotator, s->subject.task, now,
			      &then, NULL) == 0 &&
	       strcmp(then.role, s->subject.role) == 0 &&
	       policy_durability(p) == policy_durability(s->policy) &&
	       policy_confinement(p) == policy_confinement(s->policy) &&
	       (then.expires == s->subject.expires) &&
	       desk_same(s->desk, &then);
}

/* The kernel ends every process of the session with its pid 1. */
static void end_init(const struct session *s)
{
	struct pollfd p = {.fd = s->init, .events = POLLIN};

	if (s->init < 0)
		return;
	(void)!syscall(SYS_pidfd_send_signal, s->init, SIGKILL, NULL, 0);
	while (poll(&p, 1, 2000) < 0 && errno == EINTR)
		continue;
}

/* Denied first, then killed, and only then no longer answered: a process that
 * ends flushes what it has open, and cannot end without an answer. */
void session_stop(struct session *s)
{
	if (s->mount != NULL)
		mount_deny(s->mount);
	end_init(s);
}

int session_end(struct session *s, const char *reason, uint64_t tty_out)
{
	struct mount_counts n = {0};
	bool held = false;
	int r = 0, end;

	if (s->joined)
		gateway_leave(s->g, s);
	s->joined = false;
	session_stop(s);
	if (s->mount != NULL && s->init >= 0)
		held = mount_gone(s->mount, LEAVE_MS) != 0 &&
		       session_record_held(s) == 0;
	if (s->mount != NULL)
		mount_stop(s->mount);
	if (s->waiting)
		pthread_join(s->waiter, NULL);
	if (s->mount != NULL)
		r = mount_join(s->mount, &n);
	n.denials += held;
	end = work_close(STEAL(s->work)); /* before the log says it ended */
	r = r != 0 ? r : end;
	if (s->started) {
		end = session_record_end(s, reason, tty_out, &n);
		r = r != 0 ? r : end;
		end = audit_checkpoint(gateway_audit(s->g));
		r = r != 0 ? r : end;
	}
	session_free(s);
	return r;
}
