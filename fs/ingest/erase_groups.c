/* The recordings in which a record to be erased is heard. */
/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A transcript's record tells of seconds of a recording of its group; which,
 * is not kept. So the recordings of that group go whole: who asks for a record
 * or a value to go must not find the words as sound. A path names what goes,
 * and nothing else goes with it.
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

/* By its name: one that was denied has no other sign. */
static bool is_recording(const struct index_summary *s, struct bytes path)
{
	return s->format == FORMAT_WAV || format_is_recording(path);
}

/* Most often that of the record before. */
static int add(struct erase_groups *g, struct bytes group)
{
	struct bytes *v;

	if (g->n > 0 && bytes_eq(g->v[g->n - 1], group))
		return 0;
	v = mem_grow(g->v, g->n + 1, sizeof(*v));
	if (v == NULL)
		return -ENOMEM;
	g->v = v;
	return arena_dup(g->arena, group, &v[g->n++]);
}

int erase_groups_add(struct erase_groups *g, const struct erase_object *x)
{
	int rc = 0;

	if (x->o == NULL || is_recording(&x->summary, x->entry->path))
		return 0;
	if (g->arena == NULL)
		g->arena = arena_new();
	if (g->arena == NULL)
		return -ENOMEM;
	if (x->whole)
		rc = add(g, x->summary.group);
	for (uint32_t i = 0; rc == 0 && i < x->strip.nrecords; i++) {
		struct bytes own = x->strip.records[i].group;

		if (x->whole ? own.n > 0 : x->strip.gone[i])
			rc = add(g, own.n > 0 ? own : x->summary.group);
	}
	return rc;
}

bool erase_groups_goes(const struct erase_groups *g,
		       const struct store_entry *o)
{
	struct arena *a = g->n == 0 ? NULL : arena_new();
	struct index_summary s;
	bool goes = false;

	if (a == NULL)
		return false;
	if (index_summary_get(o->summary, a, &s, NULL) == 0 &&
	    is_recording(&s, o->path))
		for (size_t i = 0; !goes && i < g->n; i++)
			goes = bytes_eq(s.group, g->v[i]);
	arena_free(a);
	return goes;
}
