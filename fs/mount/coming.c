/* Making ready the files that a program which walks a folder opens next. */
/* SPDX-License-Identifier: Apache-2.0 */
/*
 * To open a small file costs more than to read it: its row, its key, its index,
 * its recipe. grep -r, tar or a loop over a folder opens one file after the
 * other in the order of the listing, which is the order of the desk's nodes. So
 * once START files in a row were opened, a thread opens those that follow,
 * makes their recipe and the view of their first block, and closes them again:
 * the desk keeps what was closed last (shown.c), and the open that comes finds
 * it there.
 *
 * Nothing is shown or logged by that, and no limit is touched: what it makes is
 * what any open makes, and whether one may be is asked when it comes. Failures
 * are not kept either: the open that comes meets them itself.
 *
 * Several readers of one list jump around a little: an open within NEAR of the
 * last still counts. Where the thread comes too late too often it pauses, as
 * the one of ahead.c does.
 */
#include "fs/mount/coming.h"

#include <pthread.h>

#include "base/mem.h"
#include "fs/desk/shown.h"
#include "fs/mount/apart.h"

#define START 4u
#define NEAR 8u
#define LATE 16u
#define PAUSE 256u /* opens */

struct coming {
	struct desk *desk;
	const struct key *key;
	pthread_mutex_t lock; /* of all below */
	pthread_cond_t work;
	pthread_t thread;
	bool started, stop, alone;
	struct apart apart;
	uint32_t last;	    /* node that was opened last */
	unsigned run;	    /* how many in a row */
	uint32_t next, end; /* nodes to be made ready: [next, end) */
	unsigned late, pause;
	uint64_t made;
};

struct coming *coming_new(struct desk *d, const struct key *key)
{
	struct coming *c = mem_new(1, sizeof(*c));

	if (c == NULL)
		return NULL;
	c->desk = d;
	c->key = key;
	c->alone = !apart_start(&c->apart);
	pthread_mutex_init(&c->lock, NULL);
	pthread_cond_init(&c->work, NULL);
	return c;
}

static void *run(void *arg)
{
	struct coming *c = arg;

	pthread_mutex_lock(&c->lock);
	while (!c->stop) {
		uint32_t nr = c->next;
		int cpu;

		if (nr >= c->end) {
			pthread_cond_wait(&c->work, &c->lock);
			continue;
		}
		c->next++;
		cpu = apart_due(&c->apart);
		pthread_mutex_unlock(&c->lock);
		apart_leave(&c->apart, cpu);
		shown_prepare(c->desk, nr, c->key);
		pthread_mutex_lock(&c->lock);
		c->made++;
	}
	pthread_mutex_unlock(&c->lock);
	return NULL;
}

void coming_free(struct coming *c)
{
	if (c == NULL)
		return;
	pthread_mutex_lock(&c->lock);
	c->stop = true;
	pthread_cond_signal(&c->work);
	pthread_mutex_unlock(&c->lock);
	if (c->started)
		pthread_join(c->thread, NULL);
	pthread_cond_destroy(&c->work);
	pthread_mutex_destroy(&c->lock);
	mem_free(c);
}

/* Whether it goes on in a row; with the lock, as all below. */
static bool in_row(struct coming *c, uint32_t nr)
{
	if (nr <= c->last && c->last - nr < NEAR)
		return c->run > 0; /* again, or one that was passed */
	if (nr <= c->last || nr - c->last > NEAR) {
		c->run = 0;
		c->next = c->end = 0;
	}
	c->last = nr;
	c->run++;
	return true;
}

/* The thread had the time to begin with nr, or it had not. */
static void judge(struct coming *c, uint32_t nr)
{
	if (c->end == 0)
		return;
	if (c->next > nr)
		c->late -= c->late > 0;
	else if (++c->late >= LATE) {
		c->late = 0;
		c->pause = PAUSE;
		c->next = c->end = 0;
	}
}

static void plan(struct coming *c, uint32_t nr)
{
	uint32_t n = desk_count(c->desk), end = nr + 1;
	bool more; /* of this folder is to come */

	while (end < n && end - nr <= COMING_DEPTH &&
	       !desk_node(c->desk, end)->folder)
		end++;
	more = end - nr > COMING_DEPTH;
	if (c->next <= nr)
		c->next = nr + 1;
	c->end = end > c->end ? end : c->end;
	if (c->end - c->next < COMING_DEPTH / 2 && more)
		return;
	if (!c->started)
		c->started = pthread_create(&c->thread, NULL, run, c) == 0;
	if (c->next < c->end)
		pthread_cond_signal(&c->work);
}

void coming_opened(struct coming *c, uint32_t nr)
{
	if (c->alone)
		return;
	pthread_mutex_lock(&c->lock);
	apart_seen(&c->apart);
	if (in_row(c, nr) && c->run >= START) {
		judge(c, nr);
		if (c->pause > 0)
			c->pause--;
		else
			plan(c, c->last);
	}
	pthread_mutex_unlock(&c->lock);
}

uint64_t coming_made(struct coming *c)
{
	uint64_t n;

	pthread_mutex_lock(&c->lock);
	n = c->made;
	pthread_mutex_unlock(&c->lock);
	return n;
}
