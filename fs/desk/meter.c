/* How much annotators were shown, held against the limits of their roles. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "fs/desk/meter.h"

#include <errno.h>

#include "base/clock.h"
#include "base/mem.h"
#include "fs/desk/meter_in.h"

/*
 * Reserved, then shown
 * --------------------
 * One counter per annotator and project holds a sliding window of each kind
 * and lies in the catalog as a sealed cell whose name is a keyed hash. A
 * session may show what its meter has in credit and nothing else. Credit is
 * reserved from the counter in steps: the step is counted in the window and
 * written to the catalog before the first of it is shown. So
 *
 *  - a read costs one atomic subtraction, a step one transaction, and there
 *    are at most 64 steps and one more per slot in a window and session;
 *  - a kill -9 or a power cut costs the annotator what was in credit or about
 *    to be shown, at most one step or one read of each session, and never
 *    gives a record or byte too many;
 *  - before anything is refused the credit of all sessions of the annotator is
 *    called in, so that the limit is reached exactly.
 *
 * Credit is good in the slot in which it was reserved: what is shown counts in
 * the slot in which it is shown. Slot and credit are one 64-bit word, so that
 * no reader can mix the two.
 *
 * Where the cell cannot be read or written, nothing is shown. Who can put an
 * older catalog in the place of this one can undo the counting: so far no cell
 * of the catalog is held against the log.
 */
#define KIND "meter"
#define FORM 1
#define KINDS_LEAST 3 /* in a cell of the first version that had one */
#define STEPS 64
#define STEP_MOST (1u << 30) /* credit has 32 bits, a read 20 */

static const struct {
	const char *name;
	uint32_t slot; /* seconds */
} kinds[METER_KINDS] = {
	[METER_RECORDS] = {"records_per_hour", 3600 / (WINDOW_SLOTS - 1)},
	[METER_BYTES] = {"bytes_per_day", 86400 / (WINDOW_SLOTS - 1)},
	[METER_OPENS] = {"opens_per_minute", 60 / (WINDOW_SLOTS - 1)},
	[METER_FLAGS] = {"flags_per_hour", 3600 / (WINDOW_SLOTS - 1)},
};

struct meters {
	struct store *store;
	int64_t (*now)(void);
	pthread_mutex_t lock; /* guards the list and users */
	struct counter *first;
};

static int64_t wall(void)
{
	return clock_wall_ns() / CLOCK_SECOND;
}

struct meters *meters_new(struct store *s, int64_t (*now)(void))
{
	struct meters *ms = mem_new(1, sizeof(*ms));

	if (ms == NULL)
		return NULL;
	ms->store = s;
	ms->now = now != NULL ? now : wall;
	pthread_mutex_init(&ms->lock, NULL);
	return ms;
}

void meters_free(struct meters *ms)
{
	if (ms == NULL)
		return;
	pthread_mutex_destroy(&ms->lock);
	mem_free(ms);
}

int64_t meter_now(const struct meter *t)
{
	return t->of->meters->now();
}

static uint64_t slot_now(const struct meters *ms, enum meter_kind k)
{
	int64_t now = ms->now();

	return now < 0 ? 0 : (uint64_t)now / kinds[k].slot;
}

/* ---- the cell ---- */

static int keep(const struct counter *c)
{
	struct buf b CLEANUP(buf_free) = {0};
	int rc = cbor_put_array(&b, 1 + METER_KINDS);

	if (rc == 0)
		rc = cbor_put_uint(&b, FORM);
	for (size_t k = 0; rc == 0 && k < METER_KINDS; k++)
		rc = window_put(&b, &c->windows[k]);
	return rc == 0 ? store_cell_put(c->meters->store, KIND,
					buf_bytes(&c->name), buf_bytes(&b))
		       : rc;
}

static int load(struct counter *c)
{
	struct buf b CLEANUP(buf_free) = {.secret = true};
	struct cbor r = {0};
	uint64_t n;
	int rc =
		store_cell_get(c->meters->store, KIND, buf_bytes(&c->name), &b);

	if (rc != 0)
		return rc == -ENOENT ? 0 : rc; /* never counted */
	r.in = buf_bytes(&b);
	n = cbor_get_array(&r);
	if (n < 1 + KINDS_LEAST || n > 1 + METER_KINDS ||
	    cbor_get_uint(&r) != FORM)
		return -EUCLEAN;
	/* Written before there were more kinds: of those nothing was used. */
	for (size_t k = 0; k < n - 1; k++)
		window_get(&r, &c->windows[k]);
	return cbor_end(&r) == 0 ? 0 : -EUCLEAN;
}

/* ---- counters ---- */

static void counter_free(struct counter *c)
{
	if (c == NULL)
		return;
	buf_free(&c->name);
	pthread_mutex_destroy(&c->lock);
	mem_free(c);
}

static struct counter *counter_new(struct meters *ms, struct bytes name)
{
	struct counter *c = mem_new(1, sizeof(*c));

	if (c == NULL)
		return NULL;
	c->meters = ms;
	pthread_mutex_init(&c->lock, NULL);
	if (buf_putb(&c->name, name) == 0)
		return c;
	counter_free(c);
	return NULL;
}

/* The annotator's, with one user more; under the list's lock. */
static int counter_use(struct meters *ms, struct bytes name,
		       struct counter **out)
{
	struct counter *c = ms->first;
	int rc;

	while (c != NULL && !bytes_eq(buf_bytes(&c->name), name))
		c = c->next;
	if (c == NULL) {
		c = counter_new(ms, name);
		rc = c == NULL ? -ENOMEM : load(c);
		if (rc != 0) {
			counter_free(c);
			return rc;
		}
		for (size_t k = 0; k < METER_KINDS; k++)
			c->used[k] = window_sum(&c->windows[k]);
		c->next = ms->first;
		ms->first = c;
	}
	c->users++;
	*out = c;
	return 0;
}

static void counter_leave(struct counter *c)
{
	struct meters *ms = c->meters;
	struct counter **at = &ms->first;
	bool last;

	pthread_mutex_lock(&ms->lock);
	last = --c->users == 0;
	while (last && *at != c)
		at = &(*at)->next;
	if (last)
		*at = c->next;
	pthread_mutex_unlock(&ms->lock);
	if (last)
		counter_free(c);
}

/* ---- one session's meter ---- */

static int refused(int rc, const struct meter_want *w, struct err *e)
{
	bool damaged = rc == -EUCLEAN || rc == -EBADMSG;

	if (rc == -ENOMEM)
		return err_nomem(e);
	return err_set(e, damaged ? -EUCLEAN : rc, "",
		       "what %s was shown in %s cannot be counted, so nothing "
		       "is shown: %s",
		       w->annotator, w->project,
		       damaged ? "its counter is damaged; run `carrel fsck`, "
				 "then restore the catalog from a backup"
			       : strerror(-rc));
}

static struct meter *meter_new(const struct meter_want *w)
{
	struct meter *t = mem_new(1, sizeof(*t));

	if (t == NULL)
		return NULL;
	t->limit[METER_RECORDS] = w->limits->records_per_hour;
	t->limit[METER_BYTES] = w->limits->bytes_per_day;
	t->limit[METER_OPENS] = w->limits->opens_per_minute;
	t->limit[METER_FLAGS] = meter_flags(w->limits);
	pthread_mutex_init(&t->lock, NULL);
	if (meter_seen_open(t, w->objects) == 0)
		return t;
	pthread_mutex_destroy(&t->lock);
	mem_free(t);
	return NULL;
}

int meter_open(struct meters *ms, const struct meter_want *w,
	       struct meter **out, struct err *e)
{
	struct buf name CLEANUP(buf_free) = {0};
	struct meter *t = meter_new(w);
	struct counter *c = NULL;
	int rc = t == NULL ? -ENOMEM : buf_puts(&name, w->project);

	if (rc == 0)
		rc = buf_putc(&name, 0);
	if (rc == 0)
		rc = buf_puts(&name, w->annotator);
	pthread_mutex_lock(&ms->lock);
	if (rc == 0)
		rc = counter_use(ms, buf_bytes(&name), &c);
	pthread_mutex_unlock(&ms->lock);
	if (rc != 0) {
		meter_close(t);
		return refused(rc, w, e);
	}
	t->of = c;
	pthread_mutex_lock(&c->lock);
	t->next = c->first;
	c->first = t;
	pthread_mutex_unlock(&c->lock);
	*out = t;
	return 0;
}

/* Credit goes back where it was counted; true: there was some. Under the
 * counter's lock. */
static bool call_in(struct counter *c, struct meter *t, enum meter_kind k)
{
	uint64_t v = atomic_exchange(&t->credit[k], 0);

	window_give(&c->windows[k], v >> 32, (uint32_t)v);
	return (uint32_t)v != 0;
}

static void leave(struct meter *t)
{
	struct counter *c = t->of;
	struct meter **at = &c->first;
	bool back = false;

	pthread_mutex_lock(&c->lock);
	while (*at != t)
		at = &(*at)->next;
	*at = t->next;
	for (enum meter_kind k = 0; k < METER_KINDS; k++)
		back = call_in(c, t, k) || back;
	/* Where that fails the annotator has a step less. */
	if (back)
		(void)!keep(c);
	pthread_mutex_unlock(&c->lock);
	counter_leave(c);
}

void meter_close(struct meter *t)
{
	if (t == NULL)
		return;
	if (t->of != NULL)
		leave(t);
	meter_seen_close(t);
	pthread_mutex_destroy(&t->lock);
	mem_free(t);
}

/* ---- reserving ---- */

static uint64_t least(uint64_t a, uint64_t b)
{
	return a < b ? a : b;
}

static uint64_t room_in(const struct meter *t, enum meter_kind k)
{
	uint64_t sum = window_sum(&t->of->windows[k]);

	return t->limit[k] > sum ? t->limit[k] - sum : 0;
}

/* By all sessions, less what they have in credit: under the counter's lock. */
static uint64_t used(struct counter *c, enum meter_kind k)
{
	struct window w = c->windows[k];

	for (struct meter *o = c->first; o != NULL; o = o->next) {
		uint64_t v = atomic_load(&o->credit[k]);

		window_give(&w, v >> 32, (uint32_t)v);
	}
	return window_sum(&w);
}

/* n of them, or what there is: under the counter's lock. */
static int reserve(struct meter *t, enum meter_kind k, uint64_t slot,
		   uint64_t *n)
{
	struct counter *c = t->of;
	uint64_t step = least(t->limit[k] / STEPS, STEP_MOST), room, take;
	int rc;

	(void)call_in(c, t, k);
	window_turn(&c->windows[k], slot);
	if (room_in(t, k) < *n)
		for (struct meter *o = c->first; o != NULL; o = o->next)
			(void)call_in(c, o, k);
	room = room_in(t, k);
	*n = least(*n, room);
	take = least(*n > step ? *n : step, room);
	if (*n == 0)
		return 0;
	atomic_store(&c->used[k], used(c, k));
	window_add(&c->windows[k], take);
	rc = keep(c);
	if (rc != 0)
		window_give(&c->windows[k], c->windows[k].slot, take);
	else
		atomic_store(&t->credit[k],
			     c->windows[k].slot << 32 | (take - *n));
	return rc;
}

/* Its slot is that of now, or one that a clock put back has yet to reach. */
static bool is_good(uint64_t credit, uint64_t slot)
{
	return (uint32_t)(credit >> 32) - (uint32_t)slot < WINDOW_SLOTS;
}

static bool spend(struct meter *t, enum meter_kind k, uint64_t slot, uint64_t n)
{
	uint64_t v = atomic_load(&t->credit[k]);

	while (is_good(v, slot) && (uint32_t)v >= n)
		if (atomic_compare_exchange_weak(&t->credit[k], &v, v - n))
			return true;
	return false;
}

int meter_take(struct meter *t, enum meter_kind k, uint64_t *n)
{
	uint64_t slot;
	int rc = 0;

	if (t->limit[k] == 0 || *n == 0)
		return 0;
	slot = slot_now(t->of->meters, k);
	if (spend(t, k, slot, *n))
		return 0;
	pthread_mutex_lock(&t->of->lock);
	if (!spend(t, k, slot, *n)) /* another thread was here first */
		rc = reserve(t, k, slot, n);
	pthread_mutex_unlock(&t->of->lock);
	return rc;
}

/* To the credit where that is of the slot at hand, so that who is refused again
 * and again does not write to the catalog each time. */
void meter_give(struct meter *t, enum meter_kind k, uint64_t n)
{
	struct window *w = &t->of->windows[k];
	uint64_t v;

	if (t->limit[k] == 0 || n == 0)
		return;
	pthread_mutex_lock(&t->of->lock);
	v = atomic_load(&t->credit[k]);
	while (v >> 32 == w->slot && (uint32_t)v + n <= UINT32_MAX &&
	       !atomic_compare_exchange_weak(&t->credit[k], &v, v + n))
		continue;
	if (v >> 32 != w->slot || (uint32_t)v + n > UINT32_MAX)
		window_give(w, w->slot, n);
	pthread_mutex_unlock(&t->of->lock);
}

int meter_flag(struct meter *t)
{
	uint64_t one = 1;
	int rc = meter_take(t, METER_FLAGS, &one);

	return rc != 0 || one != 0 ? rc : -EDQUOT;
}

/* ---- for people ---- */

const char *meter_name(enum meter_kind k)
{
	return kinds[k].name;
}

uint64_t meter_limit(const struct meter *t, enum meter_kind k)
{
	return t->limit[k];
}

uint64_t meter_used(struct meter *t, enum meter_kind k)
{
	struct counter *c = t->of;
	uint64_t n;

	if (pthread_mutex_trylock(&c->lock) != 0)
		return atomic_load(&c->used[k]);
	window_turn(&c->windows[k], slot_now(c->meters, k));
	n = used(c, k);
	atomic_store(&c->used[k], n);
	pthread_mutex_unlock(&c->lock);
	return n;
}
