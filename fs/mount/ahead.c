/* Making what a program that reads in order will ask for next. */
/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The kernel sends the next READ of a program only when the last is answered
 * and the program has run: it is woken, looks at what it got, asks again. That
 * long the thread that answered has nothing to do. It makes what the next READ
 * is answered with, and its tag, and only then looks for it (relay.c).
 *
 * It is the thread that answers, and no other, since handing work to another
 * costs more than the work: that one is woken, takes the CPU on which the
 * reader is about to run, and leaves its bytes in the caches of the wrong one.
 *
 * Nothing is shown by that. What was made leaves as every other byte does: it
 * is given to a READ, which answer() holds against the limits, logs and then
 * answers. A tag's counter is taken before the bytes are made; where the READ
 * does not come, or gets less, that counter is never used again. Where making
 * fails nothing is kept: the READ that comes makes the bytes itself, meets the
 * same failure and says so.
 *
 * One READ of one stream: of the handle that has read START bytes in order by
 * READs of one size, no other in between. With more readers than one a request
 * mostly stands there when the last is answered, and nothing is made ahead.
 *
 * All stands under the lock but the bytes and tag that are being made or taken.
 */
#include "fs/mount/ahead.h"

#include <pthread.h>

#include "base/mem.h"
#include "fs/desk/shown.h"
#include "fs/mount/handle.h"
#include "fs/mount/pool.h"

#define ROOM (1u << 20) /* bytes of the largest READ */
#define START (128u << 10)

enum ahead_state {
	AHEAD_EMPTY = 0,
	AHEAD_MAKING,
	AHEAD_MADE,
	AHEAD_TAKEN
};

struct ahead {
	enum aead_cipher cipher;
	const struct key *replay;
	atomic_ullong *counter;
	pthread_mutex_t lock;
	pthread_cond_t done;
	struct handle *h; /* read from last; NULL: none */
	uint64_t at;	  /* byte behind that READ */
	uint64_t run;	  /* bytes it read in order before */
	size_t size;	  /* of each of those READs */
	bool lately;	  /* a READ came since ahead_rest */
	bool tried;	  /* to make what comes behind that READ */
	enum ahead_state state;
	struct handle *of; /* whose bytes are made, or being made, */
	uint64_t off;	   /* from where, */
	size_t asked;	   /* and for a READ of how many */
	struct ahead_read read;
	struct pool *pool;
	uint8_t *room; /* ROOM bytes, or NULL */
	size_t used;   /* of which so many may hold something */
};

struct ahead *ahead_new(enum aead_cipher cipher, const struct key *replay,
			atomic_ullong *counter)
{
	struct ahead *a = mem_new(1, sizeof(*a));

	if (a == NULL)
		return NULL;
	a->cipher = cipher;
	a->replay = replay;
	a->counter = counter;
	pthread_mutex_init(&a->lock, NULL);
	pthread_cond_init(&a->done, NULL);
	return a;
}

/* ---- the stream; with the lock held ---- */

static void forget(struct ahead *a)
{
	a->run = 0;
	if (a->state == AHEAD_MADE)
		a->state = AHEAD_EMPTY;
}

static void note(struct ahead *a, struct handle *h, uint64_t off, size_t n)
{
	if (a->h != h || a->at != off || a->size != n) {
		forget(a);
		a->h = h;
		a->size = n;
	} else {
		a->run += n;
	}
	a->at = off + n;
	a->lately = true;
	a->tried = false;
}

static bool at_rest(const struct ahead *a)
{
	return a->state == AHEAD_EMPTY && a->run < START;
}

static void wipe(struct ahead *a)
{
	if (a->room != NULL)
		secret_wipe(a->room, a->used);
	a->used = 0;
}

const struct ahead_read *ahead_take(struct ahead *a, struct handle *h,
				    uint64_t off, size_t n)
{
	struct ahead_read *r = NULL;

	if (h->shown == NULL)
		return NULL;
	pthread_mutex_lock(&a->lock);
	/* By who answered last, while another took over: it is further on. */
	while (a->state == AHEAD_MAKING && a->of == h && a->off == off &&
	       a->asked == n)
		pthread_cond_wait(&a->done, &a->lock);
	if (a->state == AHEAD_MADE && a->of == h && a->off == off &&
	    a->asked == n) {
		a->state = AHEAD_TAKEN;
		r = &a->read;
	}
	note(a, h, off, n);
	pthread_mutex_unlock(&a->lock);
	return r;
}

void ahead_give(struct ahead *a, const struct ahead_read *r)
{
	if (r == NULL)
		return;
	pthread_mutex_lock(&a->lock);
	a->state = AHEAD_EMPTY;
	if (at_rest(a)) /* it was dropped, or another is read, meanwhile */
		wipe(a);
	pthread_mutex_unlock(&a->lock);
}

/* ---- making ---- */

static bool can_make(struct ahead *a)
{
	if (a->pool == NULL)
		a->pool = pool_new(1, ROOM);
	if (a->pool != NULL && a->room == NULL)
		a->room = pool_take(a->pool);
	return a->room != NULL;
}

static bool due(struct ahead *a)
{
	return a->h != NULL && a->state == AHEAD_EMPTY && !a->tried &&
	       a->run >= START && a->size <= ROOM &&
	       a->at < shown_size(a->h->shown) && can_make(a);
}

/* Without the lock. */
static bool fill(struct ahead *a)
{
	struct ahead_read *r = &a->read;
	uint64_t left = shown_size(a->of->shown) - a->off;
	size_t n = a->asked < left ? a->asked : (size_t)left;

	r->counter = atomic_fetch_add(a->counter, 1);
	if (shown_read(a->of->shown, a->off, a->room, n) != (ssize_t)n)
		return false;
	r->data = bytes_of(a->room, n);
	tag_once(r->tag, a->cipher, a->replay, r->counter, r->data);
	return true;
}

bool ahead_make(struct ahead *a)
{
	bool ok;

	pthread_mutex_lock(&a->lock);
	if (!due(a)) {
		pthread_mutex_unlock(&a->lock);
		return false;
	}
	a->state = AHEAD_MAKING;
	a->tried = true;
	a->of = a->h;
	a->off = a->at;
	a->asked = a->size;
	a->used = a->used > a->asked ? a->used : a->asked;
	pthread_mutex_unlock(&a->lock);
	ok = fill(a);
	pthread_mutex_lock(&a->lock);
	/* The READ may have come, to another thread, or another one. */
	ok = ok && a->h == a->of && a->at == a->off && a->size == a->asked;
	a->state = ok ? AHEAD_MADE : AHEAD_EMPTY;
	pthread_cond_broadcast(&a->done);
	pthread_mutex_unlock(&a->lock);
	return true;
}

/* ---- the end ---- */

static void let_go(struct ahead *a)
{
	if (a->room != NULL)
		pool_give(a->pool, STEAL(a->room));
	pool_free(a->pool); /* which wipes */
	a->pool = NULL;
	a->used = 0;
}

void ahead_drop(struct ahead *a, struct handle *h)
{
	pthread_mutex_lock(&a->lock);
	if (a->h == h) {
		forget(a);
		a->h = NULL;
	}
	while (a->state == AHEAD_MAKING && a->of == h)
		pthread_cond_wait(&a->done, &a->lock);
	if (at_rest(a))
		wipe(a);
	pthread_mutex_unlock(&a->lock);
}

void ahead_rest(struct ahead *a)
{
	pthread_mutex_lock(&a->lock);
	if (!a->lately)
		forget(a);
	a->lately = false;
	if (at_rest(a))
		let_go(a);
	pthread_mutex_unlock(&a->lock);
}

void ahead_free(struct ahead *a)
{
	if (a == NULL)
		return;
	let_go(a);
	pthread_cond_destroy(&a->done);
	pthread_mutex_destroy(&a->lock);
	mem_free(a);
}
