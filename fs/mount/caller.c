/* Does a request come from inside the session? A guard, and an alarm. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "fs/mount/caller.h"

#include <errno.h>
#include <linux/fuse.h>
#include <time.h>
#include <unistd.h>

#include "base/proc.h"
#include "fs/mount/serve.h"

#define CHAIN_MAX 1024 /* parents; more is no honest tree */
#define TRIES 3	       /* a parent may end while the chain is walked */
#define FRESH 1	       /* seconds */

static uint32_t now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC_COARSE, &t);
	return (uint32_t)t.tv_sec;
}

/* Is this process in the table, and not too long? */
static bool remembered(_Atomic uint64_t *slots, pid_t pid, uint32_t second)
{
	uint64_t v = atomic_load_explicit(&slots[(uint32_t)pid % CALLER_SLOTS],
					  memory_order_relaxed);

	return v >> 32 == (uint64_t)(uint32_t)pid &&
	       second - (uint32_t)v <= FRESH;
}

static void remember(_Atomic uint64_t *slots, pid_t pid, uint32_t second)
{
	atomic_store_explicit(&slots[(uint32_t)pid % CALLER_SLOTS],
			      (uint64_t)(uint32_t)pid << 32 | second,
			      memory_order_relaxed);
}

void callers_start(struct callers *c, pid_t init, bool anybody)
{
	c->init = init;
	c->anybody = anybody;
	/* hidepid hides the sessions of other uids from who is not root. */
	c->blind = !anybody && init > 0 && proc_parent(init) < 0;
}

/* One walk up; a remembered ancestor is as good as pid 1. */
static enum caller reaches(struct callers *c, pid_t pid, uint32_t second)
{
	for (int i = 0; i < CHAIN_MAX && pid > 1; i++) {
		if (pid == c->init || remembered(c->yes, pid, second))
			return CALLER_INSIDE;
		pid = proc_parent(pid);
	}
	return pid < -1 ? CALLER_UNSEEN : CALLER_FOREIGN;
}

enum caller callers_ask(struct callers *c, pid_t pid)
{
	uint32_t second = now();
	enum caller is = CALLER_FOREIGN;

	if (c->anybody || (pid > 0 && remembered(c->yes, pid, second)))
		return CALLER_INSIDE;
	if (c->blind)
		return pid == 0 ? CALLER_FOREIGN : CALLER_UNKNOWN;
	for (int i = 0; pid != 0 && is != CALLER_INSIDE && i < TRIES; i++)
		is = reaches(c, pid, second);
	if (is == CALLER_INSIDE)
		remember(c->yes, pid, second);
	return is;
}

/* ---- at the mount ---- */

/* What the kernel asks on nobody's behalf, without a caller's number. */
static bool nobodys(const struct fuse_in_header *h, struct bytes in)
{
	struct fuse_write_in w;

	switch (h->opcode) {
	case FUSE_INIT:
	case FUSE_DESTROY:
	case FUSE_FORGET:
	case FUSE_BATCH_FORGET:
	case FUSE_INTERRUPT:
	case FUSE_RELEASE:
	case FUSE_RELEASEDIR:
	case FUSE_NOTIFY_REPLY:
		return true;
	case FUSE_WRITE: /* pages of a shared mapping, written back */
		if (in.n < sizeof(*h) + sizeof(w))
			return false;
		memcpy(&w, in.p + sizeof(*h), sizeof(w));
		return (w.write_flags & FUSE_WRITE_CACHE) != 0;
	default:
		return false;
	}
}

/* One event for all that is untold, the last of them this one's; h: NULL at
 * the end. Nothing is shown either way; a full disk must not open the door. */
static bool tell(struct mount *m, const struct fuse_in_header *h)
{
	struct event ev = {.kind = EV_DENIED};
	uint64_t n = atomic_exchange(&m->callers.untold, 0);
	bool told = true;

	event_uint(&ev, EF_SESSION, m->want.session);
	if (h != NULL) {
		event_uint(&ev, EF_PID, h->pid);
		event_uint(&ev, EF_UID, h->uid);
	}
	event_text(&ev, EF_OP, "caller");
	event_int(&ev, EF_RESULT, -EACCES);
	if (n > 1)
		event_uint(&ev, EF_COUNT, n - 1);
	if (n > 0)
		told = audit_append(m->want.audit, m->want.dek, &ev, NULL) == 0;
	if (!told)
		atomic_fetch_add(&m->callers.untold, n);
	return told;
}

static void alarm_of(struct mount *m, const struct fuse_in_header *h)
{
	uint32_t second = now();

	atomic_fetch_add(&m->denials, 1);
	atomic_fetch_add(&m->callers.untold, 1);
	if (!remembered(m->callers.no, (pid_t)h->pid, second) && tell(m, h))
		remember(m->callers.no, (pid_t)h->pid, second);
}

void caller_rest(struct mount *m)
{
	(void)tell(m, NULL);
}

bool caller_admits(struct mount *m, int fd, struct bytes in)
{
	struct fuse_in_header h;
	struct fuse_out_header out;
	enum caller is;

	if (m->callers.anybody || in.n < sizeof(h))
		return true;
	memcpy(&h, in.p, sizeof(h));
	if (nobodys(&h, in))
		return true;
	is = callers_ask(&m->callers, (pid_t)h.pid);
	if (is == CALLER_INSIDE || is == CALLER_UNKNOWN)
		return true;
	if (is == CALLER_FOREIGN)
		alarm_of(m, &h);
	out = (struct fuse_out_header){.len = sizeof(out),
				       .error = is == CALLER_UNSEEN ? -ENFILE
								    : -EACCES,
				       .unique = h.unique};
	(void)!write(fd, &out, sizeof(out)); /* ENOENT: it was interrupted */
	return false;
}
