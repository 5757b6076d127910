/* Which serving thread waits for the next request. */
/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Leader and followers: of the serving threads one waits for a request, takes
 * it, serves it, and waits again. The others rest. Threads that all wait are
 * woken by the kernel in turn, each on a CPU that slept and with caches that
 * are cold; one that served the last request serves the next in two thirds of
 * the time.
 *
 * It looks before it sleeps. A program asks again some microseconds after it
 * was answered, and to wake a thread costs more than that, most of all on a
 * virtual machine, whose idle CPUs are given back to the host. So the thread
 * that waits asks the kernel over and over for LOOK whether there is a request,
 * and only then sleeps. Where that was in vain too often it does not look for a
 * while: nothing is to be had from a program that thinks longer, and none of
 * its CPU is to be taken.
 *
 * Before it looks, that time is for what can be done ahead of the next request
 * (`meanwhile`), if none stands there already. To the others it is as if it
 * still served the last.
 *
 * A request that takes long must hold up nobody: a thread that rests is on
 * watch. Every second millisecond it looks whether the request that was being
 * served still is, with nobody waiting; then it takes the lead, and who served
 * parks when he is done. Without requests it sleeps, too.
 *
 * Where there are more than two CPUs, more than one thread may wait: where
 * BACKLOG requests in a row stood there already, one more comes, and one that
 * has to wait while another does goes.
 */
#include "fs/mount/relay.h"

#include <errno.h>
#include <poll.h>
#include <sched.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"

#define LOOK 50000   /* ns */
#define TICK 2000000 /* ns */
#define IDLE 10	     /* ticks without a request; then the watch sleeps */
#define BACKLOG 32u

/* Looking in vain takes 4, a request found gives 1; at most CREDIT. Below 0 so
 * many requests are not looked for. */
#define CREDIT 16
#define VAIN 4
#define PAUSE (-64)

void relay_init(struct relay *r, bool (*meanwhile)(void *ctx), void *ctx)
{
	pthread_condattr_t a;
	cpu_set_t cpus;
	int n = 1;

	if (sched_getaffinity(0, sizeof(cpus), &cpus) == 0)
		n = CPU_COUNT(&cpus);
	*r = (struct relay){.meanwhile = n < 2 ? NULL : meanwhile,
			    .ctx = ctx,
			    .alone = n < 2,
			    .most = n < 4 ? 1 : (unsigned)n / 2,
			    .want = 1,
			    .credit = CREDIT};
	pthread_condattr_init(&a);
	pthread_condattr_setclock(&a, CLOCK_MONOTONIC);
	pthread_mutex_init(&r->lock, NULL);
	pthread_cond_init(&r->parked, NULL);
	pthread_cond_init(&r->watch, &a);
	pthread_condattr_destroy(&a);
}

void relay_done(struct relay *r)
{
	pthread_cond_destroy(&r->watch);
	pthread_cond_destroy(&r->parked);
	pthread_mutex_destroy(&r->lock);
}

/* ---- resting; with the lock ---- */

static void tick(struct relay *r)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	t.tv_nsec += TICK;
	if (t.tv_nsec >= 1000000000) {
		t.tv_nsec -= 1000000000;
		t.tv_sec++;
	}
	pthread_cond_timedwait(&r->watch, &r->lock, &t);
}

static bool called(struct relay *r)
{
	if (r->calls == 0)
		return false;
	r->calls--;
	return true;
}

/* Until a request takes long or there is a call: true, it is to lead. */
static bool watch(struct relay *r)
{
	unsigned idle = 0;
	bool leads = false;

	r->watched = true;
	while (!r->stop && !leads) {
		uint64_t turn = r->turn;

		r->dozing = idle >= IDLE;
		if (r->dozing)
			pthread_cond_wait(&r->watch, &r->lock);
		else
			tick(r);
		idle = r->dozing || r->turn != turn ? 0 : idle + 1;
		leads = called(r) || (r->waiting == 0 && r->turn == turn);
	}
	r->watched = r->dozing = false;
	pthread_cond_signal(&r->parked); /* the next one watches */
	return leads;
}

/* Who has served goes on where too few wait; who rests is to be called. */
static void rest(struct relay *r)
{
	bool leads = r->waiting < r->want;

	while (!r->stop && !leads) {
		if (r->watched)
			pthread_cond_wait(&r->parked, &r->lock);
		leads = r->watched ? called(r) : watch(r);
	}
}

/* ---- looking; without the lock ---- */

static int64_t now_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

enum look {
	LOOK_NOT = 0,
	LOOK_STOOD, /* it was there at once */
	LOOK_CAME,
	LOOK_VAIN
};

/* A read that finds nothing takes as long as asking does. */
struct got {
	int fd;
	void *p;
	size_t n;
	ssize_t r;
	int errno_;
};

static bool is_there(struct got *g)
{
	g->r = read(g->fd, g->p, g->n);
	g->errno_ = g->r < 0 ? errno : 0;
	return g->errno_ != EAGAIN;
}

static enum look look(struct got *g, bool looks)
{
	int64_t end;

	if (is_there(g))
		return LOOK_STOOD;
	end = now_ns() + LOOK;
	while (looks && now_ns() < end)
		if (is_there(g))
			return LOOK_CAME;
	return looks ? LOOK_VAIN : LOOK_NOT;
}

static void sleep_for(struct got *g)
{
	struct pollfd p = {g->fd, POLLIN, 0};

	do
		(void)poll(&p, 1, -1);
	while (!is_there(g));
}

/* The places where a serving thread may sleep, and be cancelled: also in a
 * read, since whoever has a copy of the descriptor can have it block. */
static enum look look_cancel(struct got *g, bool looks)
{
	enum look found;
	int old;

	pthread_setcancelstate(PTHREAD_CANCEL_ENABLE, &old);
	found = look(g, looks);
	pthread_setcancelstate(PTHREAD_CANCEL_DISABLE, &old);
	return found;
}

static void sleep_cancel(struct got *g)
{
	int old;

	pthread_setcancelstate(PTHREAD_CANCEL_ENABLE, &old);
	sleep_for(g);
	pthread_setcancelstate(PTHREAD_CANCEL_DISABLE, &old);
}

/* Whether looking is worth while; with the lock, as the next one. */
static bool worth(struct relay *r)
{
	if (r->credit < 0 && ++r->credit == 0)
		r->credit = VAIN + 1;
	return !r->alone && r->waiting == 1 && r->credit > 0;
}

/* What was found; false: nothing, and another thread waits for what comes: this
 * one rests. */
static bool judge(struct relay *r, enum look found)
{
	if (found == LOOK_CAME && r->credit > 0)
		r->credit += r->credit < CREDIT;
	if (found == LOOK_VAIN && r->credit > 0) {
		r->credit -= VAIN;
		if (r->credit <= 0)
			r->credit = PAUSE;
	}
	r->backlog = found == LOOK_STOOD ? r->backlog + 1 : 0;
	if (r->backlog >= BACKLOG && r->want < r->most) {
		r->backlog = 0;
		r->want++;
		r->calls++;
		pthread_cond_signal(&r->parked);
		pthread_cond_signal(&r->watch);
	}
	if (found == LOOK_STOOD || found == LOOK_CAME || r->waiting < 2)
		return true;
	r->waiting--;
	r->want -= r->want > 1;
	return false;
}

static bool is_end(const struct got *g)
{
	return g->r <= 0 && g->errno_ != EINTR && g->errno_ != ENOENT;
}

/* With the lock, which it lets go: no request stands there. One at a time: who
 * takes over while that takes long must not do the same. */
static bool do_meanwhile(struct relay *r)
{
	bool more;

	r->waiting--;
	if (r->busy)
		return false;
	r->busy = true;
	pthread_mutex_unlock(&r->lock);
	more = r->meanwhile(r->ctx);
	pthread_mutex_lock(&r->lock);
	r->busy = false;
	return more;
}

/* With the lock: true, and it waits, or there are no more. */
static bool lead(struct relay *r, struct got *g)
{
	bool spare = r->meanwhile != NULL, done = false, looks, ours = false;
	enum look found;

	while (!ours) {
		rest(r);
		if (r->stop) {
			g->r = -1;
			g->errno_ = ENODEV;
			return false;
		}
		r->waiting++;
		looks = !spare && worth(r);
		pthread_mutex_unlock(&r->lock);
		found = look_cancel(g, looks);
		pthread_mutex_lock(&r->lock);
		if (spare && found == LOOK_NOT) {
			done = true;
			spare = do_meanwhile(r);
			continue;
		}
		if (done && found == LOOK_STOOD)
			found = LOOK_CAME;
		ours = judge(r, found);
	}
	return true;
}

ssize_t relay_read(struct relay *r, int fd, void *p, size_t n)
{
	struct got g = {fd, p, n, -1, ENODEV};
	bool wake = false;

	pthread_mutex_lock(&r->lock);
	if (lead(r, &g)) {
		if (g.errno_ == EAGAIN) {
			pthread_mutex_unlock(&r->lock);
			sleep_cancel(&g);
			pthread_mutex_lock(&r->lock);
		}
		r->waiting--;
		r->turn++;
		wake = r->dozing;
	}
	pthread_mutex_unlock(&r->lock);
	if (is_end(&g))
		relay_stop(r);
	else if (wake)
		pthread_cond_signal(&r->watch);
	errno = g.errno_;
	return g.r;
}

void relay_stop(struct relay *r)
{
	pthread_mutex_lock(&r->lock);
	r->stop = true;
	pthread_cond_broadcast(&r->parked);
	pthread_cond_broadcast(&r->watch);
	pthread_mutex_unlock(&r->lock);
}
