/* Making what a program that reads in order will ask for next. */
/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The kernel sends the next READ of a program only when the last is answered,
 * so opening and redacting for one reader would use one CPU while another
 * idles. A thread of the mount makes the bytes that follow while a READ is
 * tagged, logged and handed out, and the next one finds them made.
 *
 * Nothing is shown by that. What was made leaves as every other byte does: it
 * is given to a READ, which answer() holds against the limits, logs and then
 * answers. Where making fails nothing is kept, and the READ that comes makes
 * the bytes, meets the same failure and says so.
 *
 * One stream at a time: the handle that has read START bytes in order, no other
 * in between, and still has LEAST before it; it ends when another handle is
 * read from. For more readers than one the CPUs have work enough. The view is
 * cut into parts of PART bytes; two of them are kept, the one being read and
 * the one behind it. A part is whole from lo to hi, hi grows by steps. A reader
 * never waits for the thread: it overtakes it, and the thread goes on before
 * it.
 *
 * All stands under the lock but the bytes: those below hi change only when the
 * part is taken for other bytes, which needs it to have no readers.
 */
#include "fs/mount/ahead.h"

#include <pthread.h>
#include <stdbool.h>
#include <unistd.h>

#include "base/mem.h"
#include "fs/desk/shown.h"
#include "fs/mount/handle.h"
#include "fs/mount/pool.h"

#define PART (1u << 20)
#define STEP (128u << 10)
#define START (128u << 10)
#define LEAST (512u << 10)
#define NPARTS 2u

struct part {
	uint8_t *p;
	uint64_t nr;	 /* view bytes [nr * PART, ...) */
	uint64_t lo, hi; /* view bytes that are there */
	unsigned readers;
};

struct ahead {
	pthread_mutex_t lock;
	pthread_cond_t work, done;
	pthread_t thread;
	bool started, stop;
	bool alone;	       /* one CPU: nothing would be won */
	struct handle *making; /* its bytes are being made, without the lock */
	struct handle *h;      /* read from last; NULL: none */
	bool on;	       /* it is a stream */
	uint64_t next;	       /* view byte it will read next */
	size_t last;	       /* bytes it read last */
	uint64_t run;	       /* bytes read in order from it */
	struct pool *pool;
	struct part parts[NPARTS];
};

struct ahead *ahead_new(void)
{
	struct ahead *a = mem_new(1, sizeof(*a));

	if (a == NULL)
		return NULL;
	a->alone = sysconf(_SC_NPROCESSORS_ONLN) < 2;
	pthread_mutex_init(&a->lock, NULL);
	pthread_cond_init(&a->work, NULL);
	pthread_cond_init(&a->done, NULL);
	return a;
}

/* ---- the thread; all with the lock held ---- */

static struct part *part_of(struct ahead *a, uint64_t nr)
{
	for (size_t i = 0; i < NPARTS; i++)
		if (a->parts[i].hi > 0 && a->parts[i].nr == nr)
			return &a->parts[i];
	return NULL;
}

/* One that is neither read from nor wanted; NULL. */
static struct part *part_free(struct ahead *a, uint64_t wanted)
{
	for (size_t i = 0; i < NPARTS; i++) {
		struct part *p = &a->parts[i];

		if (p->readers == 0 &&
		    (p->hi == 0 || p->nr < wanted || p->nr > wanted + 1))
			return p;
	}
	return NULL;
}

/* The next bytes of part nr that are to be made, [*from, *from + *n). Where
 * nothing is there yet, or the reader is past it, the READ that comes next is
 * left to itself: it is on its way already. */
static bool missing(struct ahead *a, uint64_t nr, uint64_t *from, size_t *n,
		    struct part **out)
{
	uint64_t at = a->next + a->last, end = (nr + 1) * PART;
	uint64_t size = shown_size(a->h->shown);
	struct part *p = part_of(a, nr);

	end = end < size ? end : size;
	at = at > nr * PART ? at : nr * PART;
	if (p != NULL && p->hi >= a->next)
		at = p->hi;
	if (at >= end)
		return false;
	if (p == NULL)
		p = part_free(a, a->next / PART);
	*from = at;
	*n = end - at < STEP ? (size_t)(end - at) : STEP;
	*out = p;
	return p != NULL;
}

static bool plan(struct ahead *a, uint64_t *from, size_t *n, struct part **out)
{
	uint64_t nr = a->next / PART;

	return a->on && a->making == NULL &&
	       (missing(a, nr, from, n, out) ||
		missing(a, nr + 1, from, n, out));
}

/* The stream ends: whoever it is has to read in order anew. */
static void leave(struct ahead *a)
{
	a->on = false;
	a->run = 0;
	for (size_t i = 0; i < NPARTS; i++)
		a->parts[i].lo = a->parts[i].hi = 0;
}

/* One step, the lock let go meanwhile. */
static void make(struct ahead *a, struct part *p, uint64_t from, size_t n)
{
	struct handle *h = a->h;
	uint64_t nr = from / PART;
	ssize_t got;

	if (p->hi != from || p->nr != nr)
		p->lo = from;
	p->hi = from; /* never 0: a stream has read START */
	p->nr = nr;
	a->making = h;
	pthread_mutex_unlock(&a->lock);
	got = shown_read(h->shown, from, p->p + (from - nr * PART), n);
	pthread_mutex_lock(&a->lock);
	a->making = NULL;
	if (a->on && got == (ssize_t)n)
		p->hi = from + n;
	else if (a->on)
		leave(a);
	pthread_cond_broadcast(&a->done);
}

static void *run(void *arg)
{
	struct ahead *a = arg;
	struct part *p;
	uint64_t from;
	size_t n;

	pthread_mutex_lock(&a->lock);
	while (!a->stop) {
		if (plan(a, &from, &n, &p))
			make(a, p, from, n);
		else
			pthread_cond_wait(&a->work, &a->lock);
	}
	pthread_mutex_unlock(&a->lock);
	return NULL;
}

static bool running(struct ahead *a)
{
	if (!a->started)
		a->started = pthread_create(&a->thread, NULL, run, a) == 0;
	return a->started;
}

/* ---- the stream; with the lock held ---- */

static bool room(struct ahead *a)
{
	if (a->pool != NULL)
		return true;
	a->pool = pool_new(NPARTS, PART);
	for (size_t i = 0; a->pool != NULL && i < NPARTS; i++) {
		a->parts[i].p = pool_take(a->pool);
		if (a->parts[i].p == NULL)
			a->alone = true; /* no memory: no more of this */
	}
	return a->pool != NULL && !a->alone;
}

static bool at_rest(const struct ahead *a)
{
	bool rest = a->making == NULL;

	for (size_t i = 0; i < NPARTS; i++)
		rest = rest && a->parts[i].readers == 0;
	return rest;
}

/* True: what is read in order is a stream from now on. */
static bool begins(struct ahead *a)
{
	uint64_t size = shown_size(a->h->shown);

	return !a->alone && a->run >= START && size >= LEAST &&
	       a->next <= size - LEAST && at_rest(a) && room(a) && running(a);
}

/* h reads n at off: notes it, and wakes the thread where there is work. */
static void note(struct ahead *a, struct handle *h, uint64_t off, size_t n)
{
	struct part *p;
	uint64_t from;
	size_t m;

	if (a->h != h || a->next != off) {
		leave(a);
		a->h = h;
	}
	a->run += n;
	a->next = off + n;
	a->last = n;
	if (!a->on)
		a->on = begins(a);
	if (plan(a, &from, &m, &p))
		pthread_cond_signal(&a->work);
}

const uint8_t *ahead_take(struct ahead *a, struct handle *h, uint64_t off,
			  size_t n, ssize_t *got)
{
	const uint8_t *out = NULL;
	struct part *p;
	uint64_t size;

	if (h->shown == NULL)
		return NULL;
	size = shown_size(h->shown);
	if (off >= size)
		return NULL;
	n = n < size - off ? n : (size_t)(size - off);
	pthread_mutex_lock(&a->lock);
	p = a->on && a->h == h ? part_of(a, off / PART) : NULL;
	if (p != NULL && off >= p->lo && off + n <= p->hi) {
		p->readers++;
		out = p->p + off % PART;
		*got = (ssize_t)n;
	}
	note(a, h, off, n);
	pthread_mutex_unlock(&a->lock);
	return out;
}

void ahead_give(struct ahead *a, const uint8_t *b)
{
	struct part *p;
	uint64_t from;
	size_t n;

	if (b == NULL)
		return;
	pthread_mutex_lock(&a->lock);
	for (size_t i = 0; i < NPARTS; i++) {
		p = &a->parts[i];
		if (b >= p->p && b < p->p + PART)
			p->readers--;
	}
	if (plan(a, &from, &n, &p))
		pthread_cond_signal(&a->work);
	pthread_mutex_unlock(&a->lock);
}

static void let_go(struct ahead *a)
{
	for (size_t i = 0; i < NPARTS; i++)
		pool_give(a->pool, STEAL(a->parts[i].p));
	pool_free(a->pool); /* which wipes */
	a->pool = NULL;
}

void ahead_drop(struct ahead *a, struct handle *h)
{
	pthread_mutex_lock(&a->lock);
	if (a->h == h) {
		leave(a);
		a->h = NULL;
	}
	while (a->making == h)
		pthread_cond_wait(&a->done, &a->lock);
	if (a->pool != NULL && !a->on && at_rest(a))
		let_go(a);
	pthread_mutex_unlock(&a->lock);
}

void ahead_free(struct ahead *a)
{
	if (a == NULL)
		return;
	pthread_mutex_lock(&a->lock);
	a->stop = true;
	pthread_cond_signal(&a->work);
	pthread_mutex_unlock(&a->lock);
	if (a->started)
		pthread_join(a->thread, NULL);
	if (a->pool != NULL)
		let_go(a);
	pthread_cond_destroy(&a->done);
	pthread_cond_destroy(&a->work);
	pthread_mutex_destroy(&a->lock);
	mem_free(a);
}
