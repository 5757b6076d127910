/* Sealed cells: small named blobs, rewritable. */
/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>

#include "fs/store/erase.h"

#define KIND 8 /* bytes of a kind's hash in the catalog */

struct cellname {
	uint8_t kind[HASH_LEN], name[HASH_LEN];
	struct ad ad;
};

static void bind(struct cellname *n)
{
	ad_start(&n->ad, "cell|value");
	ad_put(&n->ad, n->kind, KIND);
	ad_put(&n->ad, n->name, HASH_LEN);
}

static struct cellname name_of(const struct store *s, const char *kind,
			       struct bytes name)
{
	struct cellname n;

	inner_hash(s, "cell kind", bytes_str(kind), bytes_of(NULL, 0), n.kind);
	inner_hash(s, "cell", bytes_str(kind), name, n.name);
	bind(&n);
	return n;
}

int store_cell_put(struct store *s, const char *kind, struct bytes name,
		   struct bytes value)
{
	struct cellname n = name_of(s, kind, name);
	CLEANUP(buf_free) struct buf box = {0};
	int rc;

	if (!atomic_load(&s->writer))
		return -EROFS;
	rc = cell_seal(&box, s->cells, &n.ad, value);
	if (rc != 0)
		return rc;
	return catalog_cell_put(s->catalog, bytes_of(n.kind, KIND),
				bytes_of(n.name, HASH_LEN), buf_bytes(&box));
}

int store_cell_get(struct store *s, const char *kind, struct bytes name,
		   struct buf *b)
{
	struct cellname n = name_of(s, kind, name);
	CLEANUP(buf_free) struct buf plain = {.secret = true};
	CLEANUP(buf_free) struct buf box = {0};
	struct bytes value;
	int rc;

	rc = catalog_cell_get(s->catalog, bytes_of(n.kind, KIND),
			      bytes_of(n.name, HASH_LEN), &box);
	if (rc == 0)
		rc = cell_open(&plain, s->cells, &n.ad, buf_bytes(&box),
			       &value);
	return rc == 0 ? buf_putb(b, value) : rc;
}

int store_cell_del(struct store *s, const char *kind, struct bytes name)
{
	struct cellname n = name_of(s, kind, name);

	if (!atomic_load(&s->writer))
		return -EROFS;
	return catalog_cell_del(s->catalog, bytes_of(n.kind, KIND),
				bytes_of(n.name, HASH_LEN));
}

int store_cell_forget(struct store *s, const char *kind, uint64_t *total)
{
	struct cellname n = name_of(s, kind, bytes_of(NULL, 0));
	size_t count = 1;
	int rc = 0;

	while (rc == 0 && count > 0) {
		rc = catalog_cell_forget(s->catalog, bytes_of(n.kind, KIND),
					 INNER_BATCH, &count);
		*total += rc == 0 ? count : 0;
	}
	return rc;
}

struct each {
	struct store *s;
	int (*fn)(void *ctx, struct bytes value);
	void *ctx;
	struct buf plain;
};

/* Open a row of the catalog; value points into plain. */
static int row_open(struct store *s, struct bytes kind, struct bytes name,
		    struct bytes box, struct buf *plain, struct bytes *value)
{
	struct cellname n;

	if (kind.n != KIND || name.n != HASH_LEN)
		return -EUCLEAN;
	memcpy(n.kind, kind.p, KIND);
	memcpy(n.name, name.p, HASH_LEN);
	bind(&n);
	return cell_open(plain, s->cells, &n.ad, box, value);
}

static int each_row(void *ctx, struct bytes kind, struct bytes name,
		    struct bytes box)
{
	struct each *w = ctx;
	struct bytes value;
	int rc;

	buf_clear(&w->plain);
	rc = row_open(w->s, kind, name, box, &w->plain, &value);
	return rc == 0 ? w->fn(w->ctx, value) : rc;
}

int store_cell_check(struct store *s, struct bytes kind, struct bytes name,
		     struct bytes value)
{
	CLEANUP(buf_free) struct buf plain = {.secret = true};
	struct bytes out;

	return row_open(s, kind, name, value, &plain, &out);
}

int store_cell_each(struct store *s, const char *kind,
		    int (*fn)(void *ctx, struct bytes value), void *ctx)
{
	struct each w = {.s = s, .fn = fn, .ctx = ctx, .plain.secret = true};
	struct cellname n = name_of(s, kind, bytes_of(NULL, 0));
	int rc;

	rc = catalog_cell_each(s->catalog, bytes_of(n.kind, KIND), each_row,
			       &w);
	buf_free(&w.plain);
	return rc;
}

int store_cells_begin(struct store *s)
{
	return atomic_load(&s->writer) ? catalog_begin(s->catalog) : -EROFS;
}

int store_cells_end(struct store *s)
{
	return catalog_end(s->catalog, 0);
}
