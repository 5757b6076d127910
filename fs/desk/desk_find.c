/* Questions to an open desk: nodes, paths, sizes, digests. */
/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>

#include "base/hash.h"
#include "fs/desk/desk_in.h"
#include "policy/redact/format.h"

uint32_t desk_count(const struct desk *d)
{
	return d->nnodes;
}

const struct desk_node *desk_node(const struct desk *d, uint32_t nr)
{
	return nr < d->nnodes ? &d->nodes[nr] : NULL;
}

struct desk_object *desk_object(const struct desk *d, uint32_t nr)
{
	const struct desk_node *n = desk_node(d, nr);

	return n == NULL || n->folder ? NULL : &d->objects[n->object];
}

bool desk_source(const struct desk *d, uint32_t nr, struct desk_source *out)
{
	const struct desk_object *o = desk_object(d, nr);

	if (o == NULL)
		return false;
	*out = (struct desk_source){.dataset = bytes_str(d->sets[o->set].name),
				    .path = shelf_path(o->of),
				    .id = o->of->id};
	out->recording = format_is_recording(out->path);
	return true;
}

uint32_t desk_find(const struct desk *d, uint32_t folder, struct bytes name)
{
	const struct desk_node *f = desk_node(d, folder);
	uint32_t lo, hi;

	if (f == NULL || !f->folder)
		return UINT32_MAX;
	lo = f->first;
	hi = f->first + f->count;
	while (lo < hi) {
		uint32_t mid = lo + (hi - lo) / 2;
		int c = bytes_cmp(d->nodes[mid].name, name);

		if (c == 0)
			return mid;
		if (c < 0)
			lo = mid + 1;
		else
			hi = mid;
	}
	return UINT32_MAX;
}

uint32_t desk_by_ino(const struct desk *d, uint64_t ino)
{
	if (ino < d->ino_base || ino - d->ino_base >= d->nnodes)
		return UINT32_MAX;
	return (uint32_t)(ino - d->ino_base);
}

uint32_t desk_walk(const struct desk *d, struct bytes path)
{
	uint32_t nr = 0;
	size_t at = 0, end;

	while (at < path.n && nr != UINT32_MAX) {
		for (end = at; end < path.n && path.p[end] != '/';)
			end++;
		if (end > at)
			nr = desk_find(d, nr, bytes_sub(path, at, end - at));
		at = end + 1;
	}
	return nr;
}

static bool is_stored_at(const struct desk *d, const struct desk_object *o,
			 struct bytes path)
{
	struct bytes set = bytes_str(d->sets[o->set].name);

	return path.n == set.n + 1 + o->of->npath && path.p[set.n] == '/' &&
	       bytes_eq(bytes_sub(path, 0, set.n), set) &&
	       bytes_eq(bytes_sub(path, set.n + 1, path.n), shelf_path(o->of));
}

uint32_t desk_stored(const struct desk *d, struct bytes path)
{
	for (uint32_t i = 0; i < d->nnodes; i++)
		if (!d->nodes[i].folder &&
		    is_stored_at(d, &d->objects[d->nodes[i].object], path))
			return i;
	return UINT32_MAX;
}

int desk_path(const struct desk *d, uint32_t nr, struct buf *b)
{
	const struct desk_node *n = desk_node(d, nr);
	int rc = 0;

	if (n == NULL)
		return -ENOENT;
	if (nr == 0)
		return 0;
	if (n->parent != 0) {
		rc = desk_path(d, n->parent, b);
		if (rc == 0)
			rc = buf_putc(b, '/');
	}
	return rc == 0 ? buf_putb(b, n->name) : rc;
}

int desk_size(struct desk *d, uint32_t nr, uint64_t *out, struct err *e)
{
	const struct desk_node *n = desk_node(d, nr);

	*out = 0;
	if (n == NULL)
		return err_set(e, -ENOENT, NULL, "no such node");
	if (n->folder)
		return err_set(e, -EISDIR, NULL, "a folder has no size");
	*out = d->objects[n->object].view_size;
	return 0;
}

/* A folder that holds data sets has the newest one's time. */
bool desk_erased(const struct desk *d)
{
	for (size_t i = 0; i < d->nsets; i++)
		if (d->sets[i].shelf->erased)
			return true;
	return false;
}

enum aead_cipher desk_cipher(const struct desk *d)
{
	return store_cipher(d->store);
}

int64_t desk_mtime(const struct desk *d, uint32_t nr)
{
	int64_t newest = 0;

	if (nr >= d->nnodes)
		return 0;
	while (nr != 0 && d->nodes[nr].folder)
		nr = d->nodes[nr].first;
	if (nr != 0)
		return d->sets[d->objects[d->nodes[nr].object].set]
			.info.released_ns;
	for (size_t i = 0; i < d->nsets; i++)
		if (d->sets[i].info.released_ns > newest)
			newest = d->sets[i].info.released_ns;
	return newest;
}

int desk_pins(const struct desk *d, struct buf *b)
{
	int rc = 0;

	for (size_t i = 0; rc == 0 && i < d->nsets; i++)
		rc = buf_printf(b, "%s%s@%llu", i == 0 ? "" : ",",
				d->sets[i].name,
				(unsigned long long)d->sets[i].info.version);
	return rc;
}

void desk_names(const struct desk *d, uint8_t out[32])
{
	struct hasher h;

	hasher_blake2b(&h, NULL);
	hasher_field(&h, bytes_str("carrel-names/1"));
	hasher_u64(&h, d->nnodes);
	for (uint32_t i = 0; i < d->nnodes; i++) {
		const struct desk_node *n = &d->nodes[i];

		hasher_field(&h, n->name);
		hasher_u64(&h, n->ino);
		hasher_u64(&h, n->parent);
		hasher_u64(&h, n->folder);
		hasher_u64(&h, n->folder ? 0 : d->objects[n->object].view_size);
	}
	hasher_end(&h, out);
}

void desk_work(const struct desk *d, const char *const **keep, size_t *nkeep,
	       uint64_t *quota)
{
	seat_work(d->seat, keep, nkeep, quota);
}

const struct limits *desk_limits(const struct desk *d)
{
	return seat_limits(d->seat);
}

uint32_t desk_objects(const struct desk *d)
{
	return d->nobjects;
}

const struct subject *desk_subject(const struct desk *d)
{
	return d->subject;
}
