/* Where the files are seen that the contents of others name by their paths. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "fs/desk/refer.h"

#include <errno.h>

#include "base/hash.h"
#include "base/mem.h"
#include "policy/redact/index.h"

/*
 * A path in a manifest is shown as the path at which this very seat sees the
 * file, so the length of the manifest's view depends on names; names depend on
 * which files are visible, and that on measuring. It is no circle: how many
 * records are visible has nothing to do with what is replaced in them. So what
 * names others is measured twice: first as if none of those were visible, which
 * says whether it is there; and, when the nodes stand, as it is.
 *
 * Both indexes are kept in cells; the second under a digest of all names of the
 * desk. Only objects that name others are bound to names so, and only where the
 * policy shows such paths: all else is shared by those of one role as ever.
 */

bool refer_shows(const struct decision *d, const struct index_summary *s)
{
	const struct transform *t = decision_rule(d, bytes_str("FILE_PATH"));

	return s->paths == PATHS_FOUND &&
	       (t->action == ACTION_PSEUDONYM || !transform_is_firm(t));
}

static void digest(struct desk *d)
{
	struct hasher h;

	hasher_blake2b(&h, NULL);
	hasher_field(&h, bytes_str("carrel-places/1"));
	for (uint32_t i = 0; i < d->nnodes; i++) {
		const struct desk_node *n = &d->nodes[i];

		hasher_field(&h, n->name);
		hasher_u64(&h, n->parent);
		hasher_field(&h,
			     n->folder ? (struct bytes){0}
				       : shelf_path(d->objects[n->object].of));
	}
	hasher_end(&h, d->places_digest);
}

int refer_open(struct desk *d)
{
	bool any = false;

	for (uint32_t i = 0; i < d->nobjects; i++)
		any = any || d->objects[i].refers;
	if (!any)
		return 0;
	d->places = mem_new(d->nobjects, sizeof(*d->places));
	if (d->places == NULL)
		return -ENOMEM;
	for (uint32_t i = 0; i < d->nnodes; i++)
		if (!d->nodes[i].folder)
			d->places[d->nodes[i].object] = i;
	digest(d);
	for (uint32_t i = 0; i < d->nobjects; i++) {
		struct desk_object *o = &d->objects[i];

		if (!o->refers)
			continue;
		o->measured = o->many = false;
		o->marks = NULL;
	}
	return 0;
}

void refer_close(struct desk *d)
{
	mem_free(d->places);
	d->places = NULL;
}

/* The object's number; UINT32_MAX: it is none of the desk's. */
static uint32_t find(const struct desk *d, uint32_t set, struct bytes stored)
{
	uint32_t lo = 0, hi = d->nobjects;

	while (lo < hi) {
		uint32_t mid = lo + (hi - lo) / 2;
		const struct desk_object *o = &d->objects[mid];
		int c = o->set != set ? (o->set < set ? -1 : 1)
				      : bytes_cmp(shelf_path(o->of), stored);

		if (c == 0)
			return mid;
		if (c < 0)
			lo = mid + 1;
		else
			hi = mid;
	}
	return UINT32_MAX;
}

/* The path of a node below its data set's folder, which is a child of node 0.
 */
static int put_path(const struct desk *d, uint32_t nr, struct buf *out)
{
	const struct desk_node *n = &d->nodes[nr];
	int rc = 0;

	if (d->nodes[n->parent].parent != 0) {
		rc = put_path(d, n->parent, out);
		if (rc == 0)
			rc = buf_putc(out, '/');
	}
	return rc == 0 ? buf_putb(out, n->name) : rc;
}

int refer_file(const void *set, struct bytes stored, struct buf *out)
{
	const struct desk_set *s = set;
	const struct desk *d = s->desk;
	uint32_t nr;

	if (d->places == NULL)
		return -ENOENT;
	nr = find(d, (uint32_t)(s - d->sets), stored);
	return nr == UINT32_MAX ? -ENOENT : put_path(d, d->places[nr], out);
}

void refer_digest(const struct desk *d, struct hasher *h)
{
	hasher_field(h, d->places == NULL ? bytes_str("not placed")
					  : bytes_of(d->places_digest,
						     sizeof(d->places_digest)));
}
