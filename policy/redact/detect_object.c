/* Cutting records and spans into the index of each block. */
/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Records come in order, so block b is complete when a record reaches beyond
 * it, or at the end of the file. What is pending is then at most the last
 * record and its spans: memory is bounded by one block and one record. The
 * strings of pending things lie in one arena; before a record is added, what
 * is still needed is copied to the other one, and the first is emptied.
 *
 * A record or span that crosses an edge goes into both blocks, with the same
 * places and numbers. A block's values are those behind its spans, by number.
 */
#include "policy/redact/detect_object.h"

#include <errno.h>
#include <stdlib.h>

#include "base/mem.h"
#include "policy/redact/entity.h"

int detect_object_open(struct detect_object *o, const struct recognizers *r,
		       const struct detect_sink *sink, uint64_t size)
{
	*o = (struct detect_object){.r = r, .sink = sink, .size = size};
	o->arena = arena_new();
	o->other = arena_new();
	o->strings = arena_new();
	if (o->arena == NULL || o->other == NULL || o->strings == NULL)
		return -ENOMEM;
	return detect_values_open(&o->values, r);
}

void detect_object_close(struct detect_object *o)
{
	detect_values_close(&o->values);
	arena_free(o->arena);
	arena_free(o->other);
	arena_free(o->strings);
	mem_free(o->records);
	mem_free(o->spans);
	mem_free(o->canons);
	mem_free(o->scratch);
	detect_spans_free(&o->parts);
	buf_free(&o->canon);
	*o = (struct detect_object){0};
}

/* Room for one more item of an array. */
static int room(void **p, size_t n, size_t *cap, size_t size)
{
	size_t more = *cap == 0 ? 64 : *cap * 2;
	void *grown;

	if (n < *cap)
		return 0;
	grown = mem_grow(*p, more, size);
	if (grown == NULL)
		return -ENOMEM;
	*p = grown;
	*cap = more;
	return 0;
}

/* ---- keeping ---- */

static int record_copy(struct arena *a, struct record *r)
{
	struct attribute *attrs = arena_array(a, r->nattrs, sizeof(*attrs));
	int rc = attrs == NULL ? -ENOMEM : 0;

	if (rc == 0)
		rc = arena_dup(a, r->id, &r->id);
	if (rc == 0)
		rc = arena_dup(a, r->group, &r->group);
	for (uint32_t i = 0; rc == 0 && i < r->nattrs; i++) {
		rc = arena_dup(a, r->attrs[i].key, &attrs[i].key);
		if (rc == 0)
			rc = arena_dup(a, r->attrs[i].value, &attrs[i].value);
	}
	r->attrs = attrs;
	return rc;
}

/* Move what is still needed to the front and into the other arena. */
static int compact(struct detect_object *o)
{
	struct arena *a = o->other;
	int rc = 0;

	if (o->first_record == 0 && o->first_span == 0)
		return 0;
	o->nrecords -= o->first_record;
	o->nspans -= o->first_span;
	for (size_t i = 0; rc == 0 && i < o->nrecords; i++) {
		o->records[i] = o->records[o->first_record + i];
		rc = record_copy(a, &o->records[i]);
	}
	for (size_t i = 0; rc == 0 && i < o->nspans; i++) {
		o->spans[i] = o->spans[o->first_span + i];
		rc = arena_dup(a, o->canons[o->first_span + i], &o->canons[i]);
	}
	o->first_record = o->first_span = 0;
	arena_reset(o->arena);
	o->other = o->arena;
	o->arena = a;
	return rc;
}

static int record_add(struct detect_object *o, const struct record *rec)
{
	void *p = o->records;
	int rc = room(&p, o->nrecords, &o->caprecords, sizeof(*o->records));

	o->records = p;
	if (rc != 0)
		return rc;
	o->records[o->nrecords] = *rec;
	rc = record_copy(o->arena, &o->records[o->nrecords]);
	if (rc == 0)
		o->nrecords++;
	return rc;
}

int detect_object_span(struct detect_object *o, const struct span *s,
		       struct bytes canon)
{
	void *p = o->spans, *c = o->canons;
	int rc = room(&p, o->nspans, &o->capspans, sizeof(*o->spans));

	o->spans = p;
	if (rc == 0)
		rc = room(&c, o->nspans, &o->capcanons, sizeof(*o->canons));
	o->canons = c;
	if (rc == 0)
		rc = arena_dup(o->arena, canon, &o->canons[o->nspans]);
	if (rc == 0)
		o->spans[o->nspans++] = *s;
	return rc;
}

#define SPEAKER_LONG 64 /* bytes; what is longer is no role or name */

/* The object's number of a speaker; 0 where there are too many. */
static int speaker_of(struct detect_object *o, struct bytes who, uint8_t *nr)
{
	uint32_t i = 0;
	int rc = 0;

	*nr = 0;
	if (who.n == 0 || who.n > SPEAKER_LONG)
		return 0;
	while (i < o->nspeakers && !bytes_eq(o->speakers[i], who))
		i++;
	if (i == INDEX_SPEAKERS)
		return 0;
	if (i == o->nspeakers) {
		rc = arena_dup(o->strings, who, &o->speakers[i]);
		o->nspeakers++;
	}
	*nr = (uint8_t)(i + 1);
	return rc;
}

/*
 * The value behind a hit: of a name the person's whose it is known to be; of an
 * address or a user's name its own, and whose. A last name that several people
 * have is that of nobody, but a last name.
 */
static int hit_canon(struct detect_object *o, const struct hit *h,
		     struct bytes whole)
{
	const char *type = recognizers_type(o->r, h->type);
	struct bytes name = propagate_whose(o->known, h->person);
	int rc = 0;

	buf_clear(&o->canon);
	if (h->type == ENTITY_FILE_PATH)
		return known_files_put(recognizers_known(o->r), whole,
				       &o->canon);
	if (h->type == ENTITY_PERSON && name.n > 0)
		return canonical(type, name, &o->canon);
	if (h->type == ENTITY_PERSON && h->person != 0 && h->place == ESC_LAST)
		rc = buf_putc(&o->canon, ' ');
	if (rc == 0)
		rc = canonical(type, whole, &o->canon);
	if (rc != 0 || h->type == ENTITY_PERSON || name.n == 0)
		return rc;
	rc = buf_putc(&o->canon, '\0');
	return rc == 0 ? canonical("PERSON", name, &o->canon) : rc;
}

/* A part of a hit as a span. */
static int part_add(struct detect_object *o, const struct run *runs,
		    const struct hit *h, const struct detect_part *part)
{
	const struct run *run = &runs[h->run];
	struct bytes text, whole;
	struct span s = {.start = part->start,
			 .end = part->end,
			 .score = h->score,
			 .esc = part->esc};
	uint32_t start, end;
	int rc;

	detect_spans_hit(runs, h, &start, &end);
	rc = speaker_of(o, run->speaker, &s.speaker);
	if (rc != 0)
		return rc;
	text = bytes_sub(run->text, start, end - start);
	whole = h->whole > 0 ? o->wholes[h->whole - 1] : text;
	if (!bytes_eq(whole, text))
		s.esc |= ESC_WORD | h->part;
	else if (h->place != 0 && (part->esc & ESC_PART) == 0 &&
		 propagate_whose(o->known, h->person).n > 0)
		s.esc |= ESC_WORD | h->place;
	rc = hit_canon(o, h, whole);
	if (rc == 0)
		rc = detect_values_span(&o->values, o->r, h,
					buf_bytes(&o->canon), run->record, &s);
	if (rc == 0)
		rc = detect_object_span(o, &s, buf_bytes(&o->canon));
	if (rc == 0)
		o->all_spans++;
	return rc;
}

/* ---- handing on ---- */

static int value_order(const void *a, const void *b)
{
	uint32_t x = ((const struct value *)a)->number;
	uint32_t y = ((const struct value *)b)->number;

	return (x > y) - (x < y);
}

/* The values behind n spans, by number, each once. */
static int values_gather(struct detect_object *o, const struct span *spans,
			 const struct bytes *canons, size_t n, uint32_t *out)
{
	void *p = o->scratch;
	int rc = 0;

	while (rc == 0 && o->capscratch < n)
		rc = room(&p, o->capscratch, &o->capscratch,
			  sizeof(*o->scratch));
	o->scratch = p;
	*out = 0;
	if (rc != 0 || n == 0)
		return rc;
	for (size_t i = 0; i < n; i++) {
		o->scratch[i] = (struct value){.number = spans[i].value,
					       .type = spans[i].type,
					       .canon = canons[i]};
	}
	qsort(o->scratch, n, sizeof(*o->scratch), value_order);
	for (size_t i = 0; i < n; i++) {
		if (*out == 0 ||
		    o->scratch[*out - 1].number != o->scratch[i].number)
			o->scratch[(*out)++] = o->scratch[i];
	}
	return 0;
}

/* Hand on block o->nr: all that overlaps it is pending. */
static int block_emit(struct detect_object *o)
{
	uint64_t to = ((uint64_t)o->nr + 1) * INDEX_BLOCK;
	struct index_block k = {0};
	size_t nr = o->first_record, ns = o->first_span;
	int rc;

	while (nr < o->nrecords && o->records[nr].sep < to)
		nr++;
	while (ns < o->nspans && o->spans[ns].start < to)
		ns++;
	k.nrecords = (uint32_t)(nr - o->first_record);
	k.nspans = (uint32_t)(ns - o->first_span);
	if (k.nrecords > 0)
		k.records = o->records + o->first_record;
	if (k.nspans > 0)
		k.spans = o->spans + o->first_span;
	rc = values_gather(o, k.spans,
			   k.nspans > 0 ? o->canons + o->first_span : NULL,
			   k.nspans, &k.nvalues);
	k.values = o->scratch;
	if (rc == 0)
		rc = o->sink->block(o->sink->ctx, o->nr, &k);
	o->nr++;
	while (o->first_record < nr && o->records[o->first_record].end <= to)
		o->first_record++;
	while (o->first_span < ns && o->spans[o->first_span].end <= to)
		o->first_span++;
	return rc;
}

int detect_object_record(struct detect_object *o, const struct record *rec,
			 const struct run *runs, size_t nruns,
			 const struct hit *hits, size_t nhits)
{
	struct detect_parts *p = &o->parts;
	int rc = detect_spans_of(p, rec, runs, nruns, hits, nhits);

	/* Blocks that end before this record begins are complete. */
	while (rc == 0 && rec->sep >= ((uint64_t)o->nr + 1) * INDEX_BLOCK)
		rc = block_emit(o);
	if (rc == 0)
		rc = compact(o);
	if (rc == 0)
		rc = record_add(o, rec);
	for (size_t i = 0; rc == 0 && i < p->n; i++)
		rc = part_add(o, runs, &hits[p->v[i].hit], &p->v[i]);
	while (rc == 0 && rec->end > ((uint64_t)o->nr + 1) * INDEX_BLOCK)
		rc = block_emit(o);
	o->all_records++;
	o->own = o->own || rec->group.n > 0 || rec->nattrs > 0;
	return rc;
}

/* ---- recordings ---- */

#define SOUND_SPANS 65536 /* near one block */

/* Blocks of a recording in the making; spans near the one at hand. */
struct sound {
	const struct record *rec;
	uint64_t reach;
	struct span *near;
	struct bytes *canons;
	size_t first; /* spans before are done with */
};

static uint32_t sound_near(const struct detect_object *o, struct sound *x,
			   uint64_t lo)
{
	uint32_t n = 0;

	while (x->first < o->nspans && o->spans[x->first].end + x->reach <= lo)
		x->first++;
	for (size_t i = x->first;
	     i < o->nspans && n <= SOUND_SPANS &&
	     o->spans[i].start < lo + INDEX_BLOCK + x->reach;
	     i++) {
		if (o->spans[i].end + x->reach <= lo)
			continue;
		x->near[n] = o->spans[i];
		x->canons[n++] = o->canons[i];
	}
	return n;
}

static int sound_emit(struct detect_object *o, struct sound *x, bool *full)
{
	uint64_t lo = (uint64_t)o->nr * INDEX_BLOCK;
	struct record rec = *x->rec;
	struct index_block k = {.records = &rec, .spans = x->near};
	int rc;

	if (rec.sep < lo + INDEX_BLOCK && rec.end > lo) {
		k.nrecords = 1;
		k.nspans = sound_near(o, x, lo);
	}
	*full = k.nspans > SOUND_SPANS;
	if (*full)
		return 0;
	rc = values_gather(o, k.spans, x->canons, k.nspans, &k.nvalues);
	k.values = o->scratch;
	if (rc == 0)
		rc = o->sink->block(o->sink->ctx, o->nr++, &k);
	return rc;
}

int detect_object_sound(struct detect_object *o, const struct record *rec,
			uint64_t reach, bool *full)
{
	size_t most = o->nspans < SOUND_SPANS ? o->nspans : SOUND_SPANS;
	struct sound x = {.rec = rec,
			  .reach = reach,
			  .near = mem_new(most + 1, sizeof(*x.near)),
			  .canons = mem_new(most + 1, sizeof(*x.canons))};
	int rc = x.near == NULL || x.canons == NULL ? -ENOMEM : 0;

	*full = false;
	o->all_records = 1;
	o->all_spans = o->nspans;
	o->own = rec->nattrs > 0;
	while (rc == 0 && !*full && (uint64_t)o->nr * INDEX_BLOCK < o->size)
		rc = sound_emit(o, &x, full);
	mem_free(x.near);
	mem_free(x.canons);
	return rc;
}

int detect_object_flush(struct detect_object *o)
{
	int rc = 0;

	while (rc == 0 && (uint64_t)o->nr * INDEX_BLOCK < o->size)
		rc = block_emit(o);
	return rc;
}

static enum index_paths paths_of(const struct detect_object *o)
{
	for (uint32_t i = 0; i < o->values.ntypes; i++)
		if (bytes_is(o->values.types[i], "FILE_PATH"))
			return PATHS_FOUND;
	return o->paths ? PATHS_SEEN : PATHS_NONE;
}

int detect_object_done(struct detect_object *o, struct index_head *h,
		       struct index_summary *s)
{
	h->size = o->size;
	h->nblocks = s->nblocks = o->nr;
	h->nrecords = s->nrecords = o->all_records;
	h->nspans = s->nspans = o->all_spans;
	h->nvalues = o->values.n;
	h->types = o->values.types;
	h->ntypes = o->values.ntypes;
	h->rules = o->values.rules;
	h->nrules = o->values.nrules;
	h->speakers = o->speakers;
	h->nspeakers = o->nspeakers;
	h->detector = bytes_str(DETECT_VERSION);
	s->format = h->format;
	s->denied = h->denied;
	s->uniform = !o->own;
	s->paths = paths_of(o);
	return o->sink->done(o->sink->ctx, h, s);
}
