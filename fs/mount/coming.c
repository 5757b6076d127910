/* Making ready the files that a program which walks a folder opens next. */
/* SPDX-License-Identifier: Apache-2.0 */
/*
 * To open a small file costs more than to read it: its row, its key, its index,
 * its recipe. grep -r, tar or a loop over a folder opens one file after the
 * other in the order of the listing, which is the order of the desk's nodes. So
 * once START files in a row were opened, a serving thread that has time until
 * the next request (relay.c) opens those that follow, makes their recipe and
 * the view of their first block, and closes them again: the desk keeps what was
 * closed last (shown.c), and the open that comes finds it there.
 *
 * Nothing is shown or logged by that, and no limit is touched: what it makes is
 * what any open makes, and whether one may be is asked when it comes. Failures
 * are not kept either: the open that comes meets them itself.
 *
 * Several readers of one list jump around a little: an open within NEAR of the
 * last still counts.
 */
#include "fs/mount/coming.h"

#include <pthread.h>

#include "base/mem.h"
#include "fs/desk/shown.h"

#define START 4u
#define NEAR 8u

struct coming {
	struct desk *desk;
	const struct key *key;
	pthread_mutex_t lock; /* of all below */
	uint32_t last;	      /* node that was opened last */
	unsigned run;	      /* how many in a row */
	uint32_t next, end;   /* nodes to be made ready: [next, end) */
};

struct coming *coming_new(struct desk *d, const struct key *key)
{
	struct coming *c = mem_new(1, sizeof(*c));

	if (c == NULL)
		return NULL;
	c->desk = d;
	c->key = key;
	pthread_mutex_init(&c->lock, NULL);
	return c;
}

bool coming_make(struct coming *c)
{
	uint32_t nr;
	bool any;

	pthread_mutex_lock(&c->lock);
	nr = c->next;
	any = nr < c->end;
	c->next += any;
	pthread_mutex_unlock(&c->lock);
	if (any)
		shown_prepare(c->desk, nr, c->key);
	return any;
}

void coming_free(struct coming *c)
{
	if (c == NULL)
		return;
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

static void plan(struct coming *c, uint32_t nr)
{
	uint32_t n = desk_count(c->desk), end = nr + 1;

	while (end < n && end - nr <= COMING_DEPTH &&
	       !desk_node(c->desk, end)->folder)
		end++;
	c->next = c->next > nr ? c->next : nr + 1;
	c->end = c->end > end ? c->end : end;
}

void coming_opened(struct coming *c, uint32_t nr)
{
	pthread_mutex_lock(&c->lock);
	if (in_row(c, nr) && c->run >= START)
		plan(c, c->last);
	pthread_mutex_unlock(&c->lock);
}
