/* The recordings in which a record to be erased is heard. */
/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A transcript's record tells of seconds of a recording of its group; which,
 * is not kept. So the recordings of that group go whole: who asks for a record
 * to go must not find its words as sound.
 */
#include <errno.h>

#include "base/mem.h"
#include "fs/ingest/erase_in.h"
#include "policy/redact/format.h"

void erase_groups_free(struct erase_groups *g)
{
	arena_free(g->arena);
	mem_free(g->v);
	*g = (struct erase_groups){.n = 0};
}

static int add(struct erase_groups *g, struct bytes group)
{
	struct bytes *v = mem_grow(g->v, g->n + 1, sizeof(*v));

	if (v == NULL)
		return -ENOMEM;
	g->v = v;
	return arena_dup(g->arena, group, &v[g->n++]);
}

struct finding {
	const struct erase_want *w;
	struct erase_groups *g;
	struct err *e;
};

static int find(void *ctx, const struct store_entry *o, bool live)
{
	CLEANUP(erase_object_free) struct erase_object x = {0};
	struct finding *f = ctx;
	int rc;

	(void)live;
	if (!bytes_eq(o->path, f->w->path))
		return 0;
	rc = erase_object_open(f->w->store, o, &x, f->e);
	if (rc == -ENOKEY) {
		*f->e = (struct err){0};
		return 0; /* erased already */
	}
	for (uint32_t i = 0; rc == 0 && i < x.strip.nrecords; i++) {
		const struct record *r = &x.strip.records[i];

		if (bytes_is(r->id, f->w->record))
			rc = add(f->g,
				 r->group.n > 0 ? r->group : x.summary.group);
	}
	return rc;
}

int erase_groups_find(const struct erase_want *w, const struct store_dataset *d,
		      struct erase_groups *g, struct err *e)
{
	struct finding f = {.w = w, .g = g, .e = e};
	int rc;

	if (w->record == NULL)
		return 0;
	g->arena = arena_new();
	if (g->arena == NULL)
		return err_nomem(e);
	rc = store_past_each(w->store, d, find, &f);
	return rc == 0 || e->code != 0
		       ? rc
		       : err_set(e, rc, w->record,
				 "its group cannot be found: %s; run `carrel "
				 "fsck`",
				 strerror(-rc));
}

/* By its name: one that was denied has no other sign. */
bool erase_groups_goes(const struct erase_groups *g,
		       const struct store_entry *o)
{
	struct arena *a = g->n == 0 ? NULL : arena_new();
	struct index_summary s;
	bool goes = false;

	if (a == NULL)
		return false;
	if (index_summary_get(o->summary, a, &s, NULL) == 0 &&
	    (s.format == FORMAT_WAV || format_is_recording(o->path)))
		for (size_t i = 0; !goes && i < g->n; i++)
			goes = bytes_eq(s.group, g->v[i]);
	arena_free(a);
	return goes;
}
