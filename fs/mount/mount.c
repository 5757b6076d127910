/* The mount's front door: options, threads, stop, join. */
/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <malloc.h>
#include <poll.h>
#include <signal.h>
#include <sys/mount.h>

#include "base/clock.h"
#include "base/fdio.h"
#include "base/mem.h"
#include "fs/mount/limit.h"
#include "fs/mount/names.h"
#include "fs/mount/ops.h"
#include "fs/mount/refuse.h"
#include "fs/mount/serve.h"
#include "fs/mount/workops.h"

/*
 * The threads are our own rather than libfuse's loop: they exist from the
 * start (a thread made for a request costs more than the request), several
 * mounts live in one process without signal handlers, and mount_stop needs a
 * way to end them that does not wait for the kernel. A thread sleeps in
 * relay.c and can be cancelled there only, so no request is ever left half
 * served. Signals are blocked in all of them: they belong to whoever
 * runs the session.
 *
 * After mount_stop the descriptor is closed with the libfuse session in
 * mount_join: the kernel then fails whatever is still asked (ENOTCONN), also
 * where a mount point lives on in somebody's namespace.
 */

/* Ten years: the tree never changes while it is served. */
#define FOREVER (10u * 365 * 24 * 3600)

/* Without default_permissions: the kernel would refuse writes from the mode
 * bits with EACCES, before they can be answered with EROFS and logged. Who may
 * come in at all is the kernel's business: no allow_other, so only processes
 * whose uids and gids are all the mount's own. */
int mount_options(uid_t uid, gid_t gid, int fd, struct buf *b)
{
	return buf_printf(b, "fd=%d,rootmode=40000,user_id=%u,group_id=%u", fd,
			  (unsigned)uid, (unsigned)gid);
}

unsigned long mount_flags(void)
{
	return MS_NOSUID | MS_NODEV | MS_NOEXEC;
}

/* Runs at the end of a thread, also of a cancelled one. */
static void gone(void *arg)
{
	struct mount *m = arg;

	pthread_mutex_lock(&m->lock);
	m->live--;
	pthread_cond_broadcast(&m->quiet);
	pthread_mutex_unlock(&m->lock);
}

static void *work(void *arg)
{
	struct mount_worker *w = arg;
	struct mount *m = w->m;
	int old, r;

	pthread_setcancelstate(PTHREAD_CANCEL_DISABLE, &old);
	pthread_cleanup_push(gone, m);
	while (!fuse_session_exited(m->se)) {
		r = fuse_session_receive_buf(m->se, &w->in);
		if (r == -EINTR)
			continue;
		if (r <= 0)
			break;
		fuse_session_process_buf(m->se, &w->in);
	}
	pthread_cleanup_pop(1);
	return NULL;
}

/* libfuse's own, of a size it does not tell; what was written is in it. */
static void request_free(void *mem)
{
	if (mem != NULL)
		secret_wipe(mem, malloc_usable_size(mem));
	mem_free(mem);
}

static void mount_free(struct mount *m)
{
	if (m == NULL)
		return;
	if (m->se != NULL)
		fuse_session_destroy(m->se); /* closes the descriptor */
	for (unsigned i = 0; i < MOUNT_THREADS_MAX; i++)
		request_free(m->workers[i].in.mem);
	ahead_free(m->ahead);
	coming_free(m->coming);
	worn_free(m->worn);
	pool_free(m->pool);
	lease_done(&m->leases);
	handle_done(&m->handles);
	relay_done(&m->relay);
	pthread_cond_destroy(&m->quiet);
	pthread_mutex_destroy(&m->lock);
	mem_free(m);
}

static void mount_freep(struct mount **m)
{
	mount_free(*m);
}

static struct fuse_session *make_session(struct mount *m)
{
	static char name[] = "carrel";
	char *argv[] = {name, NULL};
	struct fuse_args args = FUSE_ARGS_INIT(1, argv);
	struct fuse_lowlevel_ops o = {0};
	struct fuse_session *se;

	names_fill(&o);
	ops_fill(&o);
	refuse_fill(&o);
	if (m->want.work != NULL)
		workops_fill(m, &o);
	se = fuse_session_new(&args, &o, sizeof(o), m);
	fuse_opt_free_args(&args); /* libfuse made a copy of its own */
	return se;
}

/* All or the error; those that run are stopped by the caller. */
static int start_threads(struct mount *m)
{
	sigset_t all, old;
	int r = 0;

	sigfillset(&all);
	pthread_sigmask(SIG_BLOCK, &all, &old);
	pthread_mutex_lock(&m->lock);
	for (unsigned i = 0; r == 0 && i < m->nworkers; i++) {
		m->workers[i].m = m;
		r = pthread_create(&m->workers[i].thread, NULL, work,
				   &m->workers[i]);
		m->workers[i].started = r == 0;
		m->live += r == 0;
	}
	pthread_mutex_unlock(&m->lock);
	pthread_sigmask(SIG_SETMASK, &old, NULL);
	return -r;
}

/* The numbers of ours must not be a node's; a desk's are consecutive. */
static int check_inodes(const struct mount_want *w, struct err *e)
{
	uint32_t n = desk_count(w->desk);

	if (desk_by_ino(w->desk, INODE_ROOT_NR) == UINT32_MAX &&
	    desk_by_ino(w->desk, INODE_TASK_NR) == UINT32_MAX &&
	    (n == 0 || (!inode_is_work(desk_node(w->desk, 0)->ino) &&
			!inode_is_work(desk_node(w->desk, n - 1)->ino))))
		return 0;
	return err_set(e, -EINVAL, "mount",
		       "the desk uses inode numbers of the mount's");
}

static bool meanwhile(void *mount)
{
	struct mount *m = mount;

	return ahead_make(m->ahead) || coming_make(m->coming);
}

static struct mount *mount_new(const struct mount_want *w)
{
	struct mount *m = mem_new(1, sizeof(*m));

	if (m == NULL)
		return NULL;
	m->want = *w;
	m->ttl_forever = FOREVER;
	atomic_init(&m->asked, clock_s());
	m->nworkers = w->threads == 0 ? 4 : w->threads;
	if (m->nworkers > MOUNT_THREADS_MAX)
		m->nworkers = MOUNT_THREADS_MAX;
	pthread_mutex_init(&m->lock, NULL);
	pthread_cond_init(&m->quiet, NULL);
	handle_init(&m->handles);
	lease_init(&m->leases);
	callers_start(&m->callers, w->init, w->anybody);
	m->pool = pool_new(m->nworkers, MOUNT_REQUEST);
	m->ahead = ahead_new(desk_cipher(w->desk), audit_dek_replay(w->dek),
			     &m->reads_taken);
	relay_init(&m->relay, meanwhile, m);
	m->coming = coming_new(w->desk, audit_dek_replay(w->dek));
	m->worn = worn_new(desk_count(w->desk));
	return m;
}

int mount_start(const struct mount_want *w, struct mount **out, struct err *e)
{
	int fd CLEANUP(fd_close) = w->fd;
	struct mount *m CLEANUP(mount_freep) = NULL;
	int r = check_inodes(w, e);

	if (r != 0)
		return r;
	m = mount_new(w);
	if (m == NULL || m->pool == NULL || m->ahead == NULL ||
	    m->coming == NULL || m->worn == NULL)
		return err_nomem(e);
	m->se = make_session(m);
	if (m->se == NULL)
		return err_set(e, -ENOMEM, "mount", "libfuse refused");
	r = init_attach(m->se, fd);
	if (r != 0)
		return err_set(e, r, "mount", "no FUSE descriptor");
	fd = -1;
	r = start_threads(m);
	if (r != 0) {
		mount_stop(m);
		(void)!mount_join(STEAL(m), NULL);
		return err_set(e, r, "mount", "threads: %s", strerror(-r));
	}
	*out = STEAL(m);
	return 0;
}

/* Drops the pages of what is open, while the threads still answer: a page on
 * its way in must end first. */
static void invalidate(struct mount *m)
{
	struct buf b CLEANUP(buf_free) = {0};
	uint64_t ino;

	if (handle_inodes(&m->handles, &b) != 0)
		return; /* the end of the connection drops them too */
	for (size_t i = 0; i < b.n; i += sizeof(ino)) {
		memcpy(&ino, b.p + i, sizeof(ino));
		(void)fuse_lowlevel_notify_inval_inode(m->se, ino, 0, 0);
	}
}

/* A confined session is killed at its end: no page of it need be dropped, and
 * a client that keeps a copy of the descriptor and a request to itself could
 * hold that up for ever. */
void mount_deny(struct mount *m)
{
	if (!atomic_exchange(&m->denying, true) && m->want.anybody)
		invalidate(m);
}

void mount_stop(struct mount *m)
{
	mount_deny(m);
	if (atomic_exchange(&m->stopped, true))
		return;
	fuse_session_exit(m->se);
	relay_stop(&m->relay);
	for (unsigned i = 0; i < m->nworkers; i++)
		if (m->workers[i].started)
			pthread_cancel(m->workers[i].thread);
}

int mount_wait(struct mount *m)
{
	pthread_mutex_lock(&m->lock);
	while (m->live == m->nworkers)
		pthread_cond_wait(&m->quiet, &m->lock);
	pthread_mutex_unlock(&m->lock);
	return 0;
}

int mount_gone(struct mount *m, int ms)
{
	struct pollfd p = {.fd = fuse_session_fd(m->se)};
	int r;

	do {
		r = poll(&p, 1, ms);
	} while (r < 0 && errno == EINTR);
	return r == 1 && (p.revents & POLLERR) != 0 ? 0 : -EBUSY;
}

void mount_rest(struct mount *m)
{
	lease_rest(m);
	ahead_rest(m->ahead);
}

void mount_count(struct mount *m, struct mount_counts *out)
{
	*out = (struct mount_counts){.opens = atomic_load(&m->opens),
				     .reads = atomic_load(&m->reads),
				     .bytes = atomic_load(&m->bytes),
				     .denials = atomic_load(&m->denials)};
}

uint64_t mount_idle(struct mount *m)
{
	uint64_t now = clock_s(), asked = atomic_load(&m->asked);

	return now > asked ? now - asked : 0;
}

int mount_join(struct mount *m, struct mount_counts *counts)
{
	struct handle *h;

	if (m == NULL)
		return 0;
	for (unsigned i = 0; i < m->nworkers; i++)
		if (m->workers[i].started)
			pthread_join(m->workers[i].thread, NULL);
	while ((h = handle_any(&m->handles)) != NULL)
		ops_close(m, h);
	if (m->want.work != NULL)
		work_watch(m->want.work, NULL, NULL);
	limit_rest(m);
	caller_rest(m);
	if (counts != NULL)
		mount_count(m, counts);
	mount_free(m);
	return 0;
}
