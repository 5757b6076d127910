/* What one session was shown: its records, and whether it sweeps. */
/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>

#include "base/mem.h"
#include "fs/desk/meter_in.h"

/*
 * A record counts when the first byte of it is shown to the session, and never
 * again in it: who works on one for an hour, with a tool that reads it every
 * second, has been shown one. So each session knows which it was shown, a bit
 * per visible record of the objects it has read from. Most reads show nothing
 * new and see so without a lock.
 *
 * Where a limit leaves fewer than a read would show, it is cut before the first
 * record too many, so that who may see ten of a file of a thousand sees ten.
 */
#define WORD 64u

int meter_seen_open(struct meter *t, uint32_t objects)
{
	t->objects = objects;
	t->words = mem_new(objects + (size_t)1, sizeof(*t->words));
	t->opened = mem_new(objects / WORD + (size_t)1, sizeof(*t->opened));
	t->arena = arena_new();
	if (t->words != NULL && t->opened != NULL && t->arena != NULL)
		return 0;
	meter_seen_close(t);
	return -ENOMEM;
}

void meter_seen_close(struct meter *t)
{
	mem_free(t->words);
	mem_free(t->opened);
	arena_free(t->arena);
}

/* The bits of the object's records; NULL: none was shown yet. */
static seen_word *find(struct meter *t, const struct shown_part *p)
{
	seen_word *at = &t->words[p->object];

	if (p->of <= WORD)
		return at;
	return (seen_word *)(uintptr_t)atomic_load(at);
}

/* Under the lock. */
static seen_word *make(struct meter *t, const struct shown_part *p)
{
	seen_word *w = find(t, p);

	if (w != NULL)
		return w;
	w = arena_array(t->arena, p->of / WORD + 1, sizeof(*w));
	if (w != NULL)
		atomic_store(&t->words[p->object], (uintptr_t)w);
	return w;
}

/* The bits of word i that stand for records of the part. */
static uint64_t mask(const struct shown_part *p, uint64_t i)
{
	uint64_t m = UINT64_MAX;

	if (i == p->first / WORD)
		m &= UINT64_MAX << p->first % WORD;
	if (i == (p->end - 1) / WORD)
		m &= UINT64_MAX >> (WORD - 1 - (p->end - 1) % WORD);
	return m;
}

static uint64_t unseen(seen_word *w, const struct shown_part *p)
{
	uint64_t n = 0;

	if (w == NULL)
		return p->end - p->first;
	for (uint64_t i = p->first / WORD; i <= (p->end - 1) / WORD; i++)
		n += (uint64_t)__builtin_popcountll(mask(p, i) &
						    ~atomic_load(&w[i]));
	return n;
}

static void mark(seen_word *w, const struct shown_part *p)
{
	for (uint64_t i = p->first / WORD; i <= (p->end - 1) / WORD; i++)
		atomic_fetch_or(&w[i], mask(p, i));
}

/* The part ends before its unseen record number n, from 0. */
static void shorten(seen_word *w, struct shown_part *p, uint64_t n)
{
	uint64_t at = p->first;

	for (; at < p->end; at++)
		if ((atomic_load(&w[at / WORD]) >> at % WORD & 1) == 0 &&
		    n-- == 0)
			break;
	p->end = at;
}

/* Bytes from off on that show no record from p->end on. */
static int cut(struct shown *s, const struct shown_part *p, uint64_t off,
	       size_t *n)
{
	uint64_t to;
	int rc = shown_record_at(s, p->end, &to);

	if (rc == 0)
		*n = to <= off ? 0 : to - off < *n ? (size_t)(to - off) : *n;
	return rc;
}

/* Under the lock: count what is new among the part; *n may become less, whole:
 * nothing. */
static int claim(struct meter *t, struct shown *s, struct shown_part *p,
		 uint64_t off, bool whole, size_t *n)
{
	seen_word *w = make(t, p);
	uint64_t fresh, got;
	int rc;

	if (w == NULL)
		return -ENOMEM;
	fresh = got = unseen(w, p);
	rc = meter_take(t, METER_RECORDS, &got);
	if (rc == 0 && whole && got < fresh) {
		meter_give(t, METER_RECORDS, got);
		*n = 0;
		return 0;
	}
	if (rc == 0 && got < fresh) {
		shorten(w, p, got);
		rc = cut(s, p, off, n);
	}
	if (rc == 0 && p->first < p->end)
		mark(w, p);
	if (rc == 0)
		atomic_fetch_add(&t->records, got);
	return rc;
}

static int count_records(struct meter *t, struct shown *s, uint64_t off,
			 bool whole, size_t *n)
{
	struct shown_part p;
	seen_word *w;
	int rc = shown_part(s, off, *n, &p);

	if (rc != 0 || p.first == p.end)
		return rc;
	if (p.object >= t->objects)
		return -EIO;
	w = find(t, &p);
	if (w != NULL && unseen(w, &p) == 0)
		return 0;
	pthread_mutex_lock(&t->lock);
	rc = claim(t, s, &p, off, whole, n);
	pthread_mutex_unlock(&t->lock);
	return rc;
}

ssize_t meter_read(struct meter *t, struct shown *s, uint64_t off, size_t n,
		   bool whole, enum meter_kind *which)
{
	uint64_t got = n;
	size_t some;
	int rc = meter_take(t, METER_BYTES, &got);

	*which = METER_BYTES;
	some = rc == 0 ? (size_t)got : 0;
	if (whole && some < n) {
		meter_give(t, METER_BYTES, some);
		some = 0;
	}
	if (rc != 0 || some == 0)
		return rc != 0 ? rc : -EDQUOT;
	n = some;
	rc = count_records(t, s, off, whole, &some);
	if (rc != 0 || some < n) {
		*which = METER_RECORDS;
		meter_give(t, METER_BYTES, n - (rc == 0 ? some : 0));
	}
	if (rc != 0 || some == 0)
		return rc != 0 ? rc : -EDQUOT;
	return (ssize_t)some;
}

uint64_t meter_records(struct meter *t)
{
	return atomic_load(&t->records);
}

/* ---- files ---- */

/* Under the lock; true: with this one it is a sweep. */
static bool sweeps(struct meter *t, uint32_t object)
{
	int64_t now = meter_now(t);
	uint64_t bit = 1ull << object % WORD;

	if (now < t->since || now - t->since >= SWEEP_SECONDS) {
		memset(t->opened, 0, (t->objects / WORD + 1) * sizeof(bit));
		t->nopened = 0;
		t->since = now;
	}
	if ((t->opened[object / WORD] & bit) == 0)
		t->nopened++;
	t->opened[object / WORD] |= bit;
	if (atomic_load(&t->swept) || t->objects < SWEEP_LEAST ||
	    t->nopened <= t->objects / 2)
		return false;
	atomic_store(&t->swept, true);
	return true;
}

int meter_file(struct meter *t, uint32_t object, uint32_t *swept)
{
	uint64_t one = 1;
	int rc = meter_take(t, METER_OPENS, &one);

	*swept = 0;
	if (rc != 0 || one == 0)
		return rc != 0 ? rc : -EDQUOT;
	if (object >= t->objects)
		return -EIO;
	pthread_mutex_lock(&t->lock);
	if (sweeps(t, object))
		*swept = t->nopened;
	pthread_mutex_unlock(&t->lock);
	return 0;
}

bool meter_swept(struct meter *t)
{
	return atomic_load(&t->swept);
}
