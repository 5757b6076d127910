/* Building view indexes: the length of every block of every object. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "fs/desk/measure.h"

#include <errno.h>
#include <stdatomic.h>
#include <unistd.h>

#include "base/mem.h"
#include "fs/desk/lens.h"

/*
 * The length of a block's view depends on one thing outside the block: whether
 * the view's first visible record lies in it, since that record drops its
 * separator. So blocks are measured in any order and on any thread as if they
 * were not the first (block 0 as if it were), and then the few are measured
 * again for which that was not true: the first block in which a visible record
 * begins, and the ones behind it while that record's separator still reaches
 * into them. After that the marks are sums.
 *
 * Work is cut into chunks of up to CHUNK blocks of one object, taken from a
 * counter; every chunk opens the object for itself, so threads share nothing
 * but the counter and the first failure.
 */
#define CHUNK 16u
#define SLICE 65536u /* objects at once: memory is bounded by them */
#define NOT_FIRST 2  /* any number of visible records before */

struct found { /* of one block */
	uint64_t len, visible;
	uint8_t *bits; /* which records are visible; owned */
	size_t nbits;  /* bytes of it */
};

struct chunk {
	uint32_t object, first, count;
	struct found *found;
};

/* What of an object stands before and behind its blocks. */
struct frame {
	uint64_t prefix, suffix;
	atomic_bool absent; /* any chunk says so */
};

struct job {
	struct desk *desk;
	struct chunk *chunks;
	size_t nchunks;
	struct found *found; /* of all blocks, object after object */
	size_t nfound;
	struct frame *frames; /* by object, from the first of the slice */
	uint32_t from, to;    /* the slice: objects [from, to) */
	atomic_size_t next;
	atomic_int failed;
	pthread_mutex_t lock; /* guards err and done */
	struct err err;
	uint64_t done, total;
};

/* The seat's answers, a bit per record, for those who render the block. */
static int keep_bits(const struct lens_block *b, struct found *f)
{
	f->nbits = (b->block.nrecords + (size_t)7) / 8;
	f->bits = mem_new(f->nbits + 1, 1);
	if (f->bits == NULL)
		return -ENOMEM;
	for (uint32_t i = 0; i < b->block.nrecords; i++)
		if (b->in.visible[i])
			f->bits[i / 8] |= (uint8_t)(1u << (i % 8));
	return 0;
}

static int measure_block(const struct lens *l, uint32_t nr, uint64_t before,
			 struct found *f, struct err *e)
{
	CLEANUP(lens_block_free) struct lens_block b = {0};
	int rc = lens_block(l, nr, before, &b, e);

	if (rc == 0 && !l->of->whole && f->bits == NULL)
		rc = keep_bits(&b, f);
	return rc == 0 ? view_measure(&b.in, &f->len, &f->visible, e) : rc;
}

/* Codes that mean "absent", not "damaged". */
static bool is_absent(int rc)
{
	return rc == -ENOKEY || rc == -EACCES;
}

static int run_chunk(struct job *j, const struct chunk *c, struct err *e)
{
	CLEANUP(lens_close) struct lens l = {0};
	const struct desk_object *o = &j->desk->objects[c->object];
	struct frame *f = &j->frames[c->object - j->from];
	int rc = lens_open(j->desk, o, &l, e);

	if (is_absent(rc)) {
		atomic_store(&f->absent, true);
		return 0;
	}
	if (rc == 0 && c->first == 0) {
		f->prefix = l.head.prefix.n;
		f->suffix = l.head.suffix.n;
	}
	for (uint32_t i = 0; rc == 0 && i < c->count; i++) {
		uint32_t nr = c->first + i;

		rc = measure_block(&l, nr, nr == 0 ? 0 : NOT_FIRST,
				   &c->found[i], e);
	}
	return rc;
}

static void fail(struct job *j, int rc, const struct err *e)
{
	pthread_mutex_lock(&j->lock);
	if (atomic_load(&j->failed) == 0) {
		j->err = *e;
		atomic_store(&j->failed, rc);
	}
	pthread_mutex_unlock(&j->lock);
}

static int report(struct job *j, const struct chunk *c)
{
	int rc;

	pthread_mutex_lock(&j->lock);
	j->done += (uint64_t)c->count * INDEX_BLOCK;
	if (j->done > j->total)
		j->done = j->total;
	rc = progress_tick(j->desk->progress, j->done, j->total,
			   c->object + 1u);
	pthread_mutex_unlock(&j->lock);
	return rc == 0 ? 0 : -ECANCELED;
}

static void *work(void *ctx)
{
	struct job *j = ctx;

	while (atomic_load(&j->failed) == 0) {
		size_t i = atomic_fetch_add(&j->next, 1);
		struct err e = {0};
		int rc;

		if (i >= j->nchunks)
			break;
		rc = run_chunk(j, &j->chunks[i], &e);
		if (rc == 0)
			rc = report(j, &j->chunks[i]);
		if (rc != 0)
			fail(j, rc, &e);
	}
	return NULL;
}

static bool unmeasured(const struct desk_object *o)
{
	return !o->measured;
}

/* Fields are found for a whole object: such a one is not cut up. */
static uint32_t chunk_of(const struct desk_object *o)
{
	return o->decision->nfields > 0 ? UINT32_MAX : CHUNK;
}

/* Chunks of all objects of the slice that need it. */
static int plan(struct job *j)
{
	struct desk *d = j->desk;
	uint64_t nblocks = 0, nchunks = 0;
	struct found *f;

	for (uint32_t i = j->from; i < j->to; i++)
		if (unmeasured(&d->objects[i])) {
			nblocks += d->objects[i].of->nblocks;
			nchunks += d->objects[i].of->nblocks / CHUNK + 1;
		}
	j->found = mem_new(nblocks + 1, sizeof(*j->found));
	j->nfound = j->found == NULL ? 0 : nblocks;
	j->frames = mem_new(j->to - j->from + 1u, sizeof(*j->frames));
	j->chunks = mem_new(nchunks + 1, sizeof(*j->chunks));
	if (j->found == NULL || j->frames == NULL || j->chunks == NULL)
		return -ENOMEM;
	f = j->found;
	for (uint32_t i = j->from; i < j->to; i++) {
		const struct desk_object *o = &d->objects[i];
		uint32_t at = 0;

		if (!unmeasured(o))
			continue;
		do { /* once also for an object of no blocks */
			uint32_t n = o->of->nblocks - at;

			n = n < chunk_of(o) ? n : chunk_of(o);
			j->chunks[j->nchunks++] = (struct chunk){.object = i,
								 .first = at,
								 .count = n,
								 .found = f};
			at += n;
			f += n;
		} while (at < o->of->nblocks);
	}
	return 0;
}

static unsigned threads_for(const struct job *j)
{
	long cpus = sysconf(_SC_NPROCESSORS_ONLN);
	size_t n = j->desk->jobs;

	if (n == 0)
		n = cpus > 0 ? (size_t)cpus : 1;
	n = n < j->nchunks ? n : j->nchunks;
	return n > 64 ? 64 : (unsigned)n;
}

static int run_all(struct job *j, struct err *e)
{
	pthread_t threads[64];
	unsigned n = threads_for(j), started = 0;

	/* This thread is one of them: fewer than wished still do the work. */
	while (started + 1 < n &&
	       pthread_create(&threads[started], NULL, work, j) == 0)
		started++;
	work(j);
	for (unsigned i = 0; i < started; i++)
		pthread_join(threads[i], NULL);
	if (atomic_load(&j->failed) != 0 && e != NULL)
		*e = j->err;
	return atomic_load(&j->failed);
}

/* ---- after the threads: the first visible record, and the sums ---- */

/* Blocks whose guess about "first" was wrong. */
static int correct(struct job *j, const struct desk_object *o, struct found *f,
		   struct err *e)
{
	CLEANUP(lens_close) struct lens l = {0};
	uint32_t first = 0, nr;
	uint64_t before = 0;
	int rc;

	while (first < o->of->nblocks && f[first].visible == 0)
		first++;
	if (first == o->of->nblocks || (first == 0 && o->of->nblocks == 1))
		return 0;
	if (first == 0 && f[0].visible > 1)
		return 0;
	rc = lens_open(j->desk, o, &l, e);
	for (nr = first; rc == 0 && nr < o->of->nblocks && before <= 1; nr++) {
		uint64_t old = f[nr].len;

		rc = measure_block(&l, nr, before, &f[nr], e);
		if (nr > first && f[nr].len == old)
			break;
		before += f[nr].visible;
	}
	return rc;
}

static int sum_bits(struct desk *d, struct desk_object *o,
		    const struct found *f)
{
	struct bytes *bits;
	int rc = 0;

	if (o->whole)
		return 0;
	bits = arena_array(d->arena, o->of->nblocks + 1u, sizeof(*bits));
	if (bits == NULL)
		return -ENOMEM;
	for (uint32_t i = 0; rc == 0 && i < o->of->nblocks; i++)
		rc = arena_dup(d->arena, bytes_of(f[i].bits, f[i].nbits),
			       &bits[i]);
	if (rc == 0)
		o->bits = bits;
	return rc;
}

static int sum_up(struct desk *d, struct desk_object *o,
		  const struct frame *frame, const struct found *f)
{
	struct view_mark *m CLEANUP(mem_freep) =
		mem_new(o->of->nblocks + (size_t)1, sizeof(*m));
	int rc;

	if (m == NULL)
		return -ENOMEM;
	if (atomic_load(&frame->absent)) {
		o->absent = o->measured = true;
		return 0;
	}
	m[0].offset = frame->prefix;
	for (uint32_t i = 0; i < o->of->nblocks; i++) {
		m[i + 1].offset = m[i].offset + f[i].len;
		m[i + 1].before = m[i].before + f[i].visible;
	}
	o->visible = m[o->of->nblocks].before;
	o->view_size = m[o->of->nblocks].offset + frame->suffix;
	rc = desk_marks_keep(d, o, m);
	return rc == 0 ? sum_bits(d, o, f) : rc;
}

static int finish(struct job *j, struct err *e)
{
	struct desk *d = j->desk;
	struct found *f = j->found;
	const struct frame *frame;
	int rc = 0;

	for (uint32_t i = j->from; rc == 0 && i < j->to; i++) {
		struct desk_object *o = &d->objects[i];
		uint32_t n = o->of->nblocks;

		if (!unmeasured(o))
			continue;
		frame = &j->frames[i - j->from];
		if (!atomic_load(&frame->absent))
			rc = correct(j, o, f, e);
		if (rc == 0)
			rc = sum_up(d, o, frame, f);
		f += n;
	}
	return rc;
}

static void slice_free(struct job *j)
{
	for (size_t i = 0; i < j->nfound; i++)
		mem_free(j->found[i].bits);
	mem_free(STEAL(j->chunks));
	mem_free(STEAL(j->found));
	mem_free(STEAL(j->frames));
	j->nchunks = j->nfound = 0;
	atomic_store(&j->next, 0);
}

static int measure_slice(struct job *j, struct err *e)
{
	int rc = plan(j);

	if (rc != 0)
		err_nomem(e);
	else if (j->nchunks != 0)
		rc = run_all(j, e);
	if (rc == 0)
		rc = finish(j, e);
	slice_free(j);
	return rc;
}

int measure_all(struct desk *d, struct err *e)
{
	struct job j = {.desk = d};
	int rc = 0;

	pthread_mutex_init(&j.lock, NULL);
	for (uint32_t i = 0; i < d->nobjects; i++)
		j.total +=
			unmeasured(&d->objects[i]) ? d->objects[i].of->size : 0;
	while (rc == 0 && j.to < d->nobjects) {
		j.from = j.to;
		j.to += d->nobjects - j.to < SLICE ? d->nobjects - j.to : SLICE;
		rc = measure_slice(&j, e);
	}
	pthread_mutex_destroy(&j.lock);
	return rc;
}

bool measure_shows(const struct desk_object *o)
{
	if (o->absent || !o->measured)
		return false;
	return o->visible > 0 || (o->whole && o->of->bare);
}
