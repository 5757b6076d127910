/* One content while it is searched and sealed anew. Of this room only. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef INGEST_ERASE_IN_H
#define INGEST_ERASE_IN_H

#include "fs/ingest/erase.h"
#include "policy/redact/strip.h"

/* A content with its index in memory; zero-initialise, erase_object_free. */
struct erase_object {
	const struct store_entry *entry;
	struct store_object *o;
	struct arena *arena;
	struct buf head_blob;
	struct index_head head;
	struct index_summary summary;
	struct strip strip;
	bool whole;	/* all of it goes */
	uint32_t ngone; /* records that go */
};
void erase_object_free(struct erase_object *x);

/** erase_object_open(s, entry, x, e): read its index. */
int erase_object_open(struct store *s, const struct store_entry *entry,
		      struct erase_object *x, struct err *e) MUST_CHECK;

/* Groups that a record to go is in. Zero-initialise, erase_groups_free. */
struct erase_groups {
	struct arena *arena;
	struct bytes *v;
	size_t n;
};
void erase_groups_free(struct erase_groups *g);

/** erase_groups_add(g, x): those of what goes of x, which was searched; none of
 * a recording. -ENOMEM. erase_groups_goes(g, o): o is a recording of one of
 * them: it has what a record says as sound, and goes. */
int erase_groups_add(struct erase_groups *g,
		     const struct erase_object *x) MUST_CHECK;
bool erase_groups_goes(const struct erase_groups *g,
		       const struct store_entry *o);

/** erase_search(w, x, e): what of it is to go: whole, strip.gone, ngone. */
int erase_search(const struct erase_want *w, struct erase_object *x,
		 struct err *e) MUST_CHECK;

/** erase_told(w, o, e): 1: what an older entry says of the object, or of its
 * group, is to go, hence all of it. 0, or an error. */
int erase_told(const struct erase_want *w, const struct store_entry *o,
	       struct err *e) MUST_CHECK;

/** erase_reseal(x, w, e): put it again without the records that go, under a
 * new key; same path, summary and stamp. */
int erase_reseal(struct erase_object *x, struct store_writer *w,
		 struct err *e) MUST_CHECK;

#endif
