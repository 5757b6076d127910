/* Sensitive values in names of folders, from all objects below them. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "fs/desk/folders.h"

#include <errno.h>
#include <stdlib.h>

#include "base/mem.h"
#include "base/sign.h"

/*
 * A folder's name is seen by everyone who sees one file in it, and each group
 * below knows values of its own: one transcript names John Garcia, and so the
 * folder john_garcia must not be shown, neither to who reads that transcript
 * nor to who reads only its neighbours. So the spans of a folder are the union
 * over every object of the data set version below it, visible or not.
 *
 * Hidden objects may only hide more, and they do no more than that: a span can
 * only take bytes of a name away that is there for visible files anyway. Taking
 * visible objects alone would show more, and worse: the name would then depend
 * on who sees what, so that annotators who compare their names of one folder
 * would learn that the other has files there that know its name. As it is, it
 * is the same for all who are shown values alike.
 *
 * Of a denied object whose path was not searched (its child crashed) nothing is
 * known, and it would turn every folder above it into a number: it does not
 * count. Any other object that was not searched (of a store from before names
 * were searched) makes the names of its folders unknown: fail closed.
 *
 * The same value comes once per file, so entries are hashed as they come; there
 * are as many as there are different values in folders.
 */
struct entry {
	struct bytes folder;   /* path within the data set */
	struct name_span span; /* end 0: the folder was not searched */
};

struct folders {
	struct arena *arena;
	struct entry *v;
	uint32_t n, cap;
	uint32_t *slots;	 /* 1 + number of an entry; 0: empty */
	uint32_t nslots;	 /* a power of two */
	struct name_span *spans; /* of v, in order */
};

int folders_new(struct arena *a, struct folders **out)
{
	*out = mem_new(1, sizeof(**out));
	if (*out == NULL)
		return -ENOMEM;
	(*out)->arena = a;
	return 0;
}

void folders_free(struct folders *f)
{
	if (f == NULL)
		return;
	mem_free(f->v);
	mem_free(f->slots);
	mem_free(f->spans);
	mem_free(f);
}

static uint64_t hash_of(const struct entry *e)
{
	static const uint8_t key[16] = "carrel folders";
	const uint64_t h[] = {e->span.start,
			      e->span.end,
			      e->span.score,
			      siphash(key, e->folder),
			      siphash(key, e->span.type),
			      siphash(key, e->span.canon)};

	return siphash(key, bytes_of(h, sizeof(h)));
}

static bool same(const struct entry *a, const struct entry *b)
{
	return a->span.start == b->span.start && a->span.end == b->span.end &&
	       a->span.score == b->span.score &&
	       bytes_eq(a->folder, b->folder) &&
	       bytes_eq(a->span.type, b->span.type) &&
	       bytes_eq(a->span.canon, b->span.canon);
}

/* The slot of e: its equal's, or the empty one where it belongs. */
static uint32_t *slot_of(const struct folders *f, const struct entry *e)
{
	uint32_t i = (uint32_t)hash_of(e) & (f->nslots - 1);

	while (f->slots[i] != 0 && !same(&f->v[f->slots[i] - 1], e))
		i = (i + 1) & (f->nslots - 1);
	return &f->slots[i];
}

static int grow(struct folders *f)
{
	uint32_t cap = f->cap == 0 ? 64 : 2 * f->cap;
	struct entry *v;

	if (f->n < f->cap)
		return 0;
	v = mem_grow(f->v, cap, sizeof(*v));
	if (v == NULL)
		return -ENOMEM;
	f->v = v;
	f->cap = cap;
	mem_free(f->slots);
	f->nslots = 2 * cap;
	f->slots = mem_new(f->nslots, sizeof(*f->slots));
	if (f->slots == NULL)
		return -ENOMEM;
	for (uint32_t i = 0; i < f->n; i++)
		*slot_of(f, &f->v[i]) = i + 1;
	return 0;
}

static int keep(struct folders *f, const struct entry *e)
{
	struct entry own = *e;
	uint32_t *slot;
	int rc = grow(f);

	if (rc != 0)
		return rc;
	slot = slot_of(f, e);
	if (*slot != 0)
		return 0;
	rc = arena_dup(f->arena, e->folder, &own.folder);
	if (rc == 0)
		rc = arena_dup(f->arena, e->span.type, &own.span.type);
	if (rc == 0)
		rc = arena_dup(f->arena, e->span.rule, &own.span.rule);
	if (rc == 0)
		rc = arena_dup(f->arena, e->span.canon, &own.span.canon);
	if (rc != 0)
		return rc;
	f->v[f->n++] = own;
	*slot = f->n;
	return 0;
}

/* Where the component that holds byte `at` ends; path.n: the file's own. */
static size_t component_end(struct bytes path, size_t at)
{
	const uint8_t *slash =
		at < path.n ? memchr(path.p + at, '/', path.n - at) : NULL;

	return slash == NULL ? path.n : (size_t)(slash - path.p);
}

static int add_unsearched(struct folders *f, struct bytes path)
{
	int rc = 0;

	for (size_t end = component_end(path, 0); rc == 0 && end < path.n;
	     end = component_end(path, end + 1)) {
		const struct entry e = {.folder = bytes_sub(path, 0, end)};

		rc = keep(f, &e);
	}
	return rc;
}

int folders_add(struct folders *f, struct bytes path,
		const struct index_summary *s)
{
	int rc = 0;

	if (!s->named)
		return s->denied != DENIAL_NONE ? 0 : add_unsearched(f, path);
	for (uint32_t i = 0; rc == 0 && i < s->nnames; i++) {
		size_t end = component_end(path, s->names[i].start);
		const struct entry e = {.folder = bytes_sub(path, 0, end),
					.span = s->names[i]};

		if (end < path.n)
			rc = keep(f, &e);
	}
	return rc;
}

/* By folder; in it by start, the longer and surer first. All that is compared
 * is in the stored data: the order is the same in every desk. */
static int cmp_entry(const void *pa, const void *pb)
{
	const struct entry *a = pa, *b = pb;
	int c = bytes_cmp(a->folder, b->folder);

	if (c != 0)
		return c;
	if (a->span.start != b->span.start)
		return a->span.start < b->span.start ? -1 : 1;
	if (a->span.end != b->span.end)
		return a->span.end > b->span.end ? -1 : 1;
	if (a->span.score != b->span.score)
		return a->span.score > b->span.score ? -1 : 1;
	c = bytes_cmp(a->span.type, b->span.type);
	return c != 0 ? c : bytes_cmp(a->span.canon, b->span.canon);
}

int folders_done(struct folders *f)
{
	if (f->n > 0)
		qsort(f->v, f->n, sizeof(*f->v), cmp_entry);
	f->spans = mem_new(f->n + (size_t)1, sizeof(*f->spans));
	if (f->spans == NULL)
		return -ENOMEM;
	for (uint32_t i = 0; i < f->n; i++)
		f->spans[i] = f->v[i].span;
	mem_free(f->slots); /* numbers moved; nothing is added any more */
	f->slots = NULL;
	return 0;
}

bool folders_find(const struct folders *f, struct bytes folder,
		  const struct name_span **spans, uint32_t *n)
{
	uint32_t lo = 0, hi = f->n, end;
	bool searched = true;

	while (lo < hi) {
		uint32_t mid = lo + (hi - lo) / 2;

		if (bytes_cmp(folder, f->v[mid].folder) > 0)
			lo = mid + 1;
		else
			hi = mid;
	}
	for (end = lo; end < f->n && bytes_eq(folder, f->v[end].folder); end++)
		searched = searched && f->v[end].span.end != 0;
	*spans = f->spans + lo;
	*n = end - lo;
	return searched;
}
