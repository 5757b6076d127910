/* The gateway's loop: who comes to its doors, and when it ends. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "fs/session/serve.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/eventfd.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/fdio.h"
#include "base/mem.h"
#include "fs/session/visit.h"

/*
 * This thread accepts, counts, reaps and ends; each connection is served by a
 * thread of its own (attend.c), so that one who is slow, or whose desk takes
 * seconds to build, holds up nobody. Those who stand at the door without a
 * session are few at a time: one more shows one of them out, never one that is
 * in session, and of those who wait the oldest of the process that has most of
 * them there, so that a crowd pushes out its own.
 *
 * A gateway on demand ends with the last it is there for. Who only stands at
 * the door does not count, but for the moment it takes to say what one wants:
 * else somebody who keeps coming back would keep the store locked.
 */
#define FILES_WANTED 4096 /* descriptors */
#define FILES_OWN 60	  /* of them for the store, the log, children */
#define FILES_EACH 12	  /* for a visit that becomes a session */
#define LINGER (2 * VISIT_PATIENCE) /* seconds with nobody worth keeping */

struct loop {
	const struct serve_want *w;
	struct visit *first; /* the newest */
	unsigned n, most;
	atomic_uint others;
	int doors[DOOR_COUNT];
	int wake, signals;
	uint64_t kept; /* second in which somebody was worth keeping */
	bool over;
};

static void loop_done(struct loop *l)
{
	for (size_t i = 0; i < DOOR_COUNT; i++)
		fd_close(&l->doors[i]);
	fd_close(&l->wake);
	fd_close(&l->signals);
}

static void *visit_main(void *arg)
{
	struct visit *v = arg;
	uint64_t one = 1;
	int wake = v->wake;

	visit_attend(v);
	(void)visit_leaves(v);
	atomic_store(&v->done, true);
	(void)!write(wake, &one, sizeof(one));
	return NULL;
}

/* ---- coming ---- */

static bool is_idle(const struct visit *v)
{
	return !v->out && !atomic_load(&v->busy) && !atomic_load(&v->done);
}

static unsigned min_of(unsigned a, unsigned b)
{
	return a < b ? a : b;
}

static unsigned idle_of(const struct loop *l, pid_t pid)
{
	unsigned n = 0;

	for (const struct visit *v = l->first; v != NULL; v = v->next)
		n += v->pid == pid && is_idle(v);
	return n;
}

/* The list has the newest first, so the last of equals is the oldest. */
static void show_one_out(struct loop *l)
{
	struct visit *out = NULL;
	unsigned idle = 0, most = 0, n;

	for (struct visit *v = l->first; v != NULL; v = v->next) {
		if (!is_idle(v))
			continue;
		idle++;
		n = idle_of(l, v->pid);
		if (n >= most)
			out = v;
		most = n > most ? n : most;
	}
	if (idle <= min_of(VISITS_IDLE, l->most / 2) || out == NULL)
		return;
	out->out = true;
	(void)shutdown(out->sock, SHUT_RDWR);
}

static int start_thread(struct visit *v)
{
	pthread_attr_t attr;
	sigset_t all, was;
	int r = pthread_attr_init(&attr);

	sigfillset(&all);
	pthread_sigmask(SIG_BLOCK, &all, &was);
	if (r == 0)
		r = pthread_create(&v->thread, &attr, visit_main, v);
	pthread_sigmask(SIG_SETMASK, &was, NULL);
	pthread_attr_destroy(&attr);
	return -r;
}

static void visit_free(struct visit *v)
{
	wire_in_free(&v->in);
	fd_close(&v->sock);
	mem_free(v);
}

/* The socket is taken over; who cannot be served finds it closed. */
static void come(struct loop *l, int sock, enum door door, bool proven)
{
	struct visit *v = mem_new(1, sizeof(*v));

	if (v == NULL) {
		fd_close(&sock);
		return;
	}
	v->g = l->w->gateway;
	v->sock = sock;
	v->door = door;
	v->proven = proven;
	v->linger = l->w->linger;
	v->wake = l->wake;
	v->others = &l->others;
	if (l->n >= l->most || door_peer(sock, &v->uid, &v->pid) != 0) {
		visit_free(v);
		return;
	}
	atomic_fetch_add(&l->others, 1);
	if (start_thread(v) != 0) {
		atomic_fetch_sub(&l->others, 1);
		visit_free(v);
		return;
	}
	v->next = l->first;
	l->first = v;
	l->n++;
	show_one_out(l);
}

static int accept_one(struct loop *l, enum door door)
{
	int sock = accept4(l->doors[door], NULL, NULL, SOCK_CLOEXEC);

	if (sock < 0 && errno != EAGAIN && errno != EINTR &&
	    errno != ECONNABORTED)
		(void)poll(NULL, 0, 10); /* those who leave give some back */
	return sock;
}

static void accept_some(struct loop *l, enum door door)
{
	int sock = accept_one(l, door);

	if (sock >= 0)
		come(l, sock, door, false);
}

/* Who comes while all end hears that, whatever he says, and is no visit: there
 * is nothing to wait for. Unread words would take ours away with them. */
static void turn_away(struct loop *l, enum door door)
{
	int sock CLEANUP(fd_close) = accept_one(l, door);
	struct wire w;
	struct err e = {0};
	char word;

	if (sock < 0)
		return;
	(void)shutdown(sock, SHUT_RD);
	while (recv(sock, &word, 1, MSG_DONTWAIT) > 0)
		continue;
	err_set(&e, -ESHUTDOWN, "", "the gateway is ending");
	wire_fail(&w, e.code, &e);
	(void)!wire_send(sock, &w, NULL, 0);
}

/* ---- going ---- */

/* Who was told that the gateway goes keeps the socket until it is gone. */
static void reap(struct loop *l)
{
	struct visit **at = &l->first;

	while (*at != NULL) {
		struct visit *v = *at;

		if (!atomic_load(&v->done)) {
			at = &v->next;
			continue;
		}
		*at = v->next;
		l->n--;
		pthread_join(v->thread, NULL);
		if (v->last) {
			l->over = true;
			v->sock = -1;
		}
		visit_free(v);
	}
}

/* Nobody is there, or for a while nobody who does anything. */
static bool nobody(struct loop *l)
{
	uint64_t now = clock_s();

	for (const struct visit *v = l->first; v != NULL; v = v->next)
		if (atomic_load(&v->busy) && !atomic_load(&v->done))
			l->kept = now;
	return l->n == 0 || now - l->kept > LINGER;
}

static void take_wake(struct loop *l)
{
	uint64_t n;

	(void)!read(l->wake, &n, sizeof(n));
	reap(l);
}

/* The doors stand open to the last, so that those who wait for the store know
 * for what; then only the lock says that somebody is still here. */
static void turn_all_away(struct loop *l)
{
	struct pollfd p[3] = {{.fd = l->doors[DOOR_SESSION], .events = POLLIN},
			      {.fd = l->doors[DOOR_OWNER], .events = POLLIN},
			      {.fd = l->wake, .events = POLLIN}};
	uint64_t n;

	if (poll(p, ARRAY_LEN(p), 100) <= 0)
		return;
	for (enum door d = 0; d < DOOR_COUNT; d++)
		if (p[d].revents != 0)
			turn_away(l, d);
	if (p[2].revents != 0)
		(void)!read(l->wake, &n, sizeof(n));
}

/* Nobody new; sessions end as they are asked to, others lose their socket. */
static void end_all(struct loop *l)
{
	gateway_stop(l->w->gateway);
	for (;;) {
		for (struct visit *v = l->first; v != NULL; v = v->next)
			if (gateway_sessions(l->w->gateway) == 0)
				(void)shutdown(v->sock, SHUT_RD);
		reap(l);
		if (l->first == NULL)
			break;
		turn_all_away(l);
	}
	for (size_t i = 0; i < DOOR_COUNT; i++)
		fd_close(&l->doors[i]);
	door_remove(store_dir(gateway_store(l->w->gateway)));
}

/* ---- the loop ---- */

/* Descriptors as far as we may have them, and how many visits they are enough
 * for: one more is refused, and harms nobody who is there. */
static unsigned visits_most(void)
{
	struct rlimit r;
	rlim_t n;

	if (getrlimit(RLIMIT_NOFILE, &r) != 0)
		return 1;
	if (r.rlim_cur < FILES_WANTED) {
		n = r.rlim_cur;
		r.rlim_cur =
			r.rlim_max < FILES_WANTED ? r.rlim_max : FILES_WANTED;
		if (setrlimit(RLIMIT_NOFILE, &r) != 0)
			r.rlim_cur = n;
	}
	n = r.rlim_cur < FILES_OWN ? 0 : (r.rlim_cur - FILES_OWN) / FILES_EACH;
	if (n == 0)
		return 1;
	return n > VISITS_MAX ? VISITS_MAX : (unsigned)n;
}

static int open_loop(struct loop *l, struct err *e)
{
	static const int ends[] = {SIGTERM, SIGINT, SIGHUP};
	const char *dir = store_dir(gateway_store(l->w->gateway));
	sigset_t set;

	sigemptyset(&set);
	for (size_t i = 0; i < ARRAY_LEN(ends); i++)
		sigaddset(&set, ends[i]);
	l->wake = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	if (l->w->signals)
		l->signals = signalfd(-1, &set, SFD_CLOEXEC);
	if (l->wake < 0 || (l->w->signals && l->signals < 0))
		return err_errno(e, "", "the gateway's loop");
	for (enum door d = 0; d < DOOR_COUNT; d++) {
		l->doors[d] = door_listen(dir, d, e);
		if (l->doors[d] < 0)
			return l->doors[d];
	}
	return 0;
}

static void turn(struct loop *l)
{
	bool soon = gateway_denied_rest(l->w->gateway) || !l->w->linger;
	struct pollfd p[5] = {{.fd = l->doors[DOOR_SESSION], .events = POLLIN},
			      {.fd = l->doors[DOOR_OWNER], .events = POLLIN},
			      {.fd = l->wake, .events = POLLIN},
			      {.fd = l->signals, .events = POLLIN},
			      {.fd = l->w->stop, .events = POLLIN}};

	if (poll(p, ARRAY_LEN(p), soon ? 1000 : -1) < 0)
		return;
	if (p[3].revents != 0 || p[4].revents != 0) {
		l->over = true;
		return;
	}
	for (enum door d = 0; d < DOOR_COUNT; d++)
		if (p[d].revents != 0)
			accept_some(l, d);
	if (p[2].revents != 0)
		take_wake(l);
	if (!l->w->linger && nobody(l))
		l->over = true;
}

/* Whoever started this waits for an answer to a greeting: here it is. */
static void tell_starter(int sock, int code, const struct err *e)
{
	struct wire w;

	wire_fail(&w, code, e);
	if (sock >= 0)
		(void)!wire_send(sock, &w, NULL, 0);
	fd_close(&sock);
}

int serve(const struct serve_want *w, struct err *e)
{
	struct loop l CLEANUP(loop_done) = {
		.w = w, .doors = {-1, -1}, .wake = -1, .signals = -1};
	int starter = w->starter, r = open_loop(&l, e);

	if (r != 0) {
		tell_starter(starter, r, e);
		return r;
	}
	l.most = visits_most();
	l.kept = clock_s();
	if (w->ready != NULL)
		w->ready(w->ctx);
	if (starter >= 0)
		come(&l, starter, DOOR_OWNER, true);
	l.over = !w->linger && l.n == 0; /* there is no thread to be had */
	while (!l.over && !gateway_stopping(w->gateway))
		turn(&l);
	end_all(&l);
	return 0;
}
