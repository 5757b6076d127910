/* Making what a program that reads in order will ask for next. */
/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The kernel sends the next READ of a program only when the last is answered,
 * so for one reader one CPU would open, redact, tag and copy while another
 * idles. A thread of the mount makes what the READs to come are answered with,
 * and their tags, while those before them are logged and handed out.
 *
 * Nothing is shown by that. What was made leaves as every other byte does: it
 * is given to a READ, which answer() holds against the limits, logs and then
 * answers. A tag's counter is taken before the bytes are made; where the READ
 * does not come, or gets less, that counter is never used again. Where making
 * fails nothing is kept: the READ that comes makes the bytes itself, meets the
 * same failure and says so.
 *
 * One stream at a time: the handle that has read START bytes in order by READs
 * of one size, no other in between, and still has LEAST before it; it ends when
 * anything else is read. For more readers than one the CPUs have work enough.
 *
 * READs of a stream are numbered. Number s is made in slot s % nslots, where
 * that is not being answered from; making goes in order and at most nslots
 * before the reader. A reader never waits for the thread: it overtakes it, and
 * the thread goes on behind the READ that is on its way then. Where the CPUs
 * are busy it comes too late too often and only takes from others: it pauses.
 *
 * All stands under the lock but the bytes and tag of a slot that is being made
 * or taken.
 */
#include "fs/mount/ahead.h"

#include <pthread.h>

#include "base/mem.h"
#include "fs/desk/shown.h"
#include "fs/mount/apart.h"
#include "fs/mount/handle.h"
#include "fs/mount/pool.h"

#define ROOM (2u << 20) /* bytes made and not given back */
#define SLOTS 64u
#define PAGE 4096u
#define SIZE_LEAST PAGE
#define START (128u << 10)
#define LEAST (512u << 10)

/* A READ whose bytes are not made yet counts 1, each whose are takes 2 off; at
 * LATE the thread pauses for PAUSE READs. One in two made ahead is no reason
 * to: a fast reader outruns the thread, and makes the others itself meanwhile.
 */
#define LATE 8u
#define PAUSE 256u

enum slot_state {
	SLOT_EMPTY = 0,
	SLOT_MADE,
	SLOT_TAKEN
};

struct slot {
	struct ahead_read read;
	enum slot_state state;
	uint64_t nr; /* of the READ it is for */
};

struct ahead {
	enum aead_cipher cipher;
	const struct key *replay;
	atomic_ullong *counter;
	pthread_mutex_t lock;
	pthread_cond_t work, done;
	pthread_t thread;
	bool started, stop;
	bool alone; /* one CPU for us: nothing would be won */
	struct apart apart;
	struct handle *making; /* its bytes are being made */
	struct handle *h;      /* read from last; NULL: none */
	uint64_t at;	       /* byte behind that READ */
	uint64_t run;	       /* bytes it read in order to the one before */
	size_t size;	       /* of each of those READs */
	unsigned late, pause;
	bool lately;	 /* a READ came since ahead_rest */
	bool on;	 /* it is a stream, from here on: */
	uint64_t origin; /* where its READ 0 begins */
	uint64_t next;	 /* READ that comes next */
	uint64_t made;	 /* READ to be made next */
	unsigned nslots, taken;
	size_t each; /* bytes of room for one: its size in whole pages */
	struct slot slots[SLOTS];
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
	a->alone = !apart_start(&a->apart);
	pthread_mutex_init(&a->lock, NULL);
	pthread_cond_init(&a->work, NULL);
	pthread_cond_init(&a->done, NULL);
	return a;
}

/* ---- the thread; with the lock held but where it says so ---- */

/* The slot of the next READ to be made; NULL: there is none to be made. */
static struct slot *wanted(struct ahead *a)
{
	struct slot *s;

	if (!a->on || a->making != NULL)
		return NULL;
	if (a->made < a->next)
		a->made = a->next + 1;
	s = &a->slots[a->made % a->nslots];
	return a->made < a->next + a->nslots && s->state != SLOT_TAKEN &&
			       a->origin + a->made * a->size <
				       shown_size(a->h->shown)
		       ? s
		       : NULL;
}

static void leave(struct ahead *a)
{
	a->on = false;
	a->run = 0;
	for (size_t i = 0; i < SLOTS; i++)
		if (a->slots[i].state == SLOT_MADE)
			a->slots[i].state = SLOT_EMPTY;
}

/* Without the lock. */
static bool fill(struct ahead *a, struct slot *s, struct shown *of,
		 uint64_t off, size_t n)
{
	struct ahead_read *r = &s->read;
	uint64_t left = shown_size(of) - off;
	uint8_t *p = a->room + (size_t)(s - a->slots) * a->each;
	ssize_t got;

	n = n < left ? n : (size_t)left;
	r->counter = atomic_fetch_add(a->counter, 1);
	got = shown_read(of, off, p, n);
	if (got != (ssize_t)n)
		return false;
	r->data = bytes_of(p, n);
	tag_once(r->tag, a->cipher, a->replay, r->counter, r->data);
	return true;
}

static void make(struct ahead *a, struct slot *s)
{
	uint64_t off = a->origin + a->made * a->size;
	struct handle *h = a->h;
	size_t n = a->size;
	size_t end = (size_t)(s - a->slots + 1) * a->each;
	int cpu;
	bool ok;

	s->state = SLOT_EMPTY;
	s->nr = a->made++;
	a->used = a->used > end ? a->used : end;
	a->making = h;
	cpu = apart_due(&a->apart);
	pthread_mutex_unlock(&a->lock);
	apart_leave(&a->apart, cpu);
	ok = fill(a, s, h->shown, off, n);
	pthread_mutex_lock(&a->lock);
	a->making = NULL;
	if (a->on && ok)
		s->state = SLOT_MADE;
	else if (a->on)
		leave(a);
	pthread_cond_broadcast(&a->done);
}

static void *run(void *arg)
{
	struct ahead *a = arg;

	pthread_mutex_lock(&a->lock);
	while (!a->stop) {
		struct slot *s = wanted(a);

		if (s != NULL)
			make(a, s);
		else
			pthread_cond_wait(&a->work, &a->lock);
	}
	pthread_mutex_unlock(&a->lock);
	return NULL;
}

/* ---- the stream; with the lock held ---- */

static bool at_rest(const struct ahead *a)
{
	return a->making == NULL && a->taken == 0;
}

static bool can_make(struct ahead *a)
{
	if (a->pool == NULL)
		a->pool = pool_new(1, ROOM);
	if (a->pool != NULL && a->room == NULL)
		a->room = pool_take(a->pool);
	if (a->room != NULL && !a->started)
		a->started = pthread_create(&a->thread, NULL, run, a) == 0;
	return a->room != NULL && a->started;
}

static void begin(struct ahead *a)
{
	uint64_t size = shown_size(a->h->shown);
	size_t each = (a->size + PAGE - 1) / PAGE * PAGE;

	if (a->pause > 0) {
		a->pause--;
		return;
	}
	if (a->alone || a->run < START || size < LEAST ||
	    a->at > size - LEAST || a->size < SIZE_LEAST || each > ROOM / 2 ||
	    !at_rest(a) || !can_make(a))
		return;
	a->each = each;
	a->nslots = ROOM / each < SLOTS ? (unsigned)(ROOM / each) : SLOTS;
	a->origin = a->at;
	a->next = 0;
	a->made = 1; /* READ 0 is on its way */
	a->late = 0;
	a->on = true;
}

/* Enough is to be made to wake the thread for: a quarter of the slots. */
static bool due(struct ahead *a)
{
	return wanted(a) != NULL &&
	       (a->next + a->nslots - a->made) * 4 >= a->nslots;
}

static void note(struct ahead *a, struct handle *h, uint64_t off, size_t n)
{
	if (a->h != h || a->at != off || a->size != n) {
		leave(a);
		a->h = h;
		a->size = n;
	} else {
		a->run += n;
	}
	a->at = off + n;
	a->lately = true;
	if (a->on) {
		apart_seen(&a->apart);
		a->next++;
	} else {
		begin(a);
	}
	if (due(a))
		pthread_cond_signal(&a->work);
}

/* A READ of the stream came: its slot, where it is made. */
static struct slot *take(struct ahead *a)
{
	struct slot *s = &a->slots[a->next % a->nslots];

	if (s->state == SLOT_MADE && s->nr == a->next) {
		s->state = SLOT_TAKEN;
		a->taken++;
		a->late -= a->late < 2 ? a->late : 2;
		return s;
	}
	a->late++;
	if (a->late >= LATE) {
		a->pause = PAUSE;
		leave(a);
	}
	return NULL;
}

const struct ahead_read *ahead_take(struct ahead *a, struct handle *h,
				    uint64_t off, size_t n)
{
	struct slot *s = NULL;

	if (h->shown == NULL)
		return NULL;
	pthread_mutex_lock(&a->lock);
	if (a->on && a->h == h && a->at == off && a->size == n)
		s = take(a);
	note(a, h, off, n);
	pthread_mutex_unlock(&a->lock);
	return s == NULL ? NULL : &s->read;
}

void ahead_give(struct ahead *a, const struct ahead_read *r)
{
	if (r == NULL)
		return;
	pthread_mutex_lock(&a->lock);
	for (size_t i = 0; i < SLOTS; i++)
		if (r == &a->slots[i].read)
			a->slots[i].state = SLOT_EMPTY;
	a->taken--;
	if (due(a))
		pthread_cond_signal(&a->work);
	pthread_mutex_unlock(&a->lock);
}

static void wipe(struct ahead *a)
{
	if (a->room != NULL)
		secret_wipe(a->room, a->used);
	a->used = 0;
}

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
		leave(a);
		a->h = NULL;
	}
	while (a->making == h)
		pthread_cond_wait(&a->done, &a->lock);
	if (!a->on && at_rest(a))
		wipe(a);
	pthread_mutex_unlock(&a->lock);
}

void ahead_rest(struct ahead *a)
{
	pthread_mutex_lock(&a->lock);
	if (!a->lately)
		leave(a);
	a->lately = false;
	if (!a->on && at_rest(a))
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
	let_go(a);
	pthread_cond_destroy(&a->done);
	pthread_cond_destroy(&a->work);
	pthread_mutex_destroy(&a->lock);
	mem_free(a);
}
