/* Rows of data sets, their versions, and who is a member of which. */
/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>

#include "fs/store/catalog_stmt.h"

int catalog_dataset_put(struct catalog *c, const struct catalog_dataset *d)
{
	CLEANUP(catalog_stmt_done)
	struct use u = catalog_stmt_use(c, STMT_DATASET_PUT);

	catalog_stmt_blob(&u, d->id, STORE_ID);
	catalog_stmt_num(&u, d->newest);
	catalog_stmt_blob(&u, d->key.p, d->key.n);
	catalog_stmt_blob(&u, d->cell.p, d->cell.n);
	return catalog_stmt_run(&u);
}

int catalog_dataset_get(struct catalog *c, const uint8_t *id, uint64_t *newest,
			struct buf *key, struct buf *cell)
{
	CLEANUP(catalog_stmt_done)
	struct use u = catalog_stmt_use(c, STMT_DATASET_GET);
	int rc;

	catalog_stmt_blob(&u, id, STORE_ID);
	rc = catalog_stmt_step(&u);
	if (rc <= 0)
		return rc == 0 ? -ENOENT : rc;
	*newest = catalog_stmt_u64(&u, 0);
	rc = buf_putb(key, catalog_stmt_col(&u, 1));
	return rc == 0 ? buf_putb(cell, catalog_stmt_col(&u, 2)) : rc;
}

int catalog_dataset_each(struct catalog *c,
			 int (*fn)(void *ctx, const struct catalog_dataset *d),
			 void *ctx)
{
	CLEANUP(catalog_stmt_done)
	struct use u = catalog_stmt_use(c, STMT_DATASET_EACH);
	int rc;

	while ((rc = catalog_stmt_step(&u)) == 1) {
		struct catalog_dataset d = {
			.id = catalog_stmt_fixed(&u, 3, STORE_ID),
			.newest = catalog_stmt_u64(&u, 0),
			.key = catalog_stmt_col(&u, 1),
			.cell = catalog_stmt_col(&u, 2)};

		rc = u.rc != 0 ? u.rc : fn(ctx, &d);
		if (rc != 0)
			break;
	}
	return rc;
}

int catalog_dataset_newest(struct catalog *c, const uint8_t *id, uint64_t v)
{
	CLEANUP(catalog_stmt_done)
	struct use u = catalog_stmt_use(c, STMT_DATASET_NEWEST);

	catalog_stmt_num(&u, v);
	catalog_stmt_blob(&u, id, STORE_ID);
	return catalog_stmt_run(&u);
}

int catalog_dataset_key(struct catalog *c, const uint8_t *id, struct bytes key)
{
	CLEANUP(catalog_stmt_done)
	struct use u = catalog_stmt_use(c, STMT_DATASET_KEY);

	catalog_stmt_blob(&u, key.p, key.n);
	catalog_stmt_blob(&u, id, STORE_ID);
	return catalog_stmt_run(&u);
}

int catalog_version_put(struct catalog *c, const uint8_t *dataset, uint64_t v,
			struct bytes cell)
{
	CLEANUP(catalog_stmt_done)
	struct use u = catalog_stmt_use(c, STMT_VERSION_PUT);

	catalog_stmt_blob(&u, dataset, STORE_ID);
	catalog_stmt_num(&u, v);
	catalog_stmt_blob(&u, cell.p, cell.n);
	return catalog_stmt_run(&u);
}

int catalog_version_get(struct catalog *c, const uint8_t *dataset, uint64_t v,
			struct buf *cell)
{
	CLEANUP(catalog_stmt_done)
	struct use u = catalog_stmt_use(c, STMT_VERSION_GET);
	int rc;

	catalog_stmt_blob(&u, dataset, STORE_ID);
	catalog_stmt_num(&u, v);
	rc = catalog_stmt_step(&u);
	if (rc <= 0)
		return rc == 0 ? -ENOENT : rc;
	return buf_putb(cell, catalog_stmt_col(&u, 0));
}

int catalog_entry_put(struct catalog *c, const struct catalog_entry *e)
{
	CLEANUP(catalog_stmt_done)
	struct use u = catalog_stmt_use(c, STMT_ENTRY_PUT);

	catalog_stmt_blob(&u, e->dataset, STORE_ID);
	catalog_stmt_blob(&u, e->id, STORE_ID);
	catalog_stmt_num(&u, e->first);
	catalog_stmt_num(&u, e->last);
	catalog_stmt_num(&u, e->version);
	catalog_stmt_num(&u, e->spanset);
	catalog_stmt_blob(&u, e->leaf, CATALOG_HASH);
	catalog_stmt_blob(&u, e->cell.p, e->cell.n);
	return catalog_stmt_run(&u);
}

/* Hand the rows of u to fn; the cell where the statement has one. */
static int rows(struct use *u, const uint8_t *dataset, bool cells,
		catalog_entry_fn fn, void *ctx, size_t *count)
{
	int rc;

	while ((rc = catalog_stmt_step(u)) == 1) {
		struct catalog_entry e = {
			.dataset = dataset,
			.id = catalog_stmt_fixed(u, 0, STORE_ID),
			.first = catalog_stmt_u64(u, 1),
			.last = catalog_stmt_u64(u, 2),
			.version = catalog_stmt_u64(u, 3),
			.spanset = (uint32_t)catalog_stmt_u64(u, 4),
			.leaf = catalog_stmt_fixed(u, 5, CATALOG_HASH)};

		if (cells)
			e.cell = catalog_stmt_col(u, 6);
		rc = u->rc != 0 ? u->rc : fn(ctx, &e);
		if (rc != 0)
			break;
		++*count;
	}
	return rc;
}

int catalog_entry_live(struct catalog *c, const uint8_t *dataset,
		       const uint8_t *id, catalog_entry_fn fn, void *ctx)
{
	CLEANUP(catalog_stmt_done)
	struct use u = catalog_stmt_use(c, STMT_ENTRY_LIVE);
	size_t count = 0;
	int rc;

	catalog_stmt_blob(&u, dataset, STORE_ID);
	catalog_stmt_blob(&u, id, STORE_ID);
	catalog_stmt_num(&u, CATALOG_LAST);
	rc = rows(&u, dataset, true, fn, ctx, &count);
	return rc == 0 && count == 0 ? -ENOENT : rc;
}

int catalog_entry_each(struct catalog *c, const uint8_t *dataset, uint64_t v,
		       catalog_entry_fn fn, void *ctx)
{
	CLEANUP(catalog_stmt_done)
	struct use u = catalog_stmt_use(c, STMT_ENTRY_EACH);
	size_t count = 0;

	catalog_stmt_blob(&u, dataset, STORE_ID);
	catalog_stmt_num(&u, v);
	catalog_stmt_num(&u, v);
	return rows(&u, dataset, true, fn, ctx, &count);
}

int catalog_entry_some(struct catalog *c, const uint8_t *dataset, uint64_t v,
		       const uint8_t *after, size_t n, catalog_entry_fn fn,
		       void *ctx, size_t *count)
{
	CLEANUP(catalog_stmt_done)
	struct use u = catalog_stmt_use(c, STMT_ENTRY_SOME);

	*count = 0;
	catalog_stmt_blob(&u, dataset, STORE_ID);
	catalog_stmt_blob(&u, after, after == NULL ? 0 : STORE_ID);
	catalog_stmt_num(&u, v);
	catalog_stmt_num(&u, v);
	catalog_stmt_num(&u, n);
	return rows(&u, dataset, true, fn, ctx, count);
}

int catalog_entry_all(struct catalog *c, const uint8_t *dataset,
		      catalog_entry_fn fn, void *ctx)
{
	CLEANUP(catalog_stmt_done)
	struct use u = catalog_stmt_use(c, STMT_ENTRY_ALL);
	size_t count = 0;

	catalog_stmt_blob(&u, dataset, STORE_ID);
	return rows(&u, dataset, true, fn, ctx, &count);
}

int catalog_entry_shred(struct catalog *c, const uint8_t *dataset,
			const uint8_t *id, uint64_t version)
{
	CLEANUP(catalog_stmt_done)
	struct use u = catalog_stmt_use(c, STMT_ENTRY_SHRED);

	catalog_stmt_blob(&u, dataset, STORE_ID);
	catalog_stmt_blob(&u, id, STORE_ID);
	catalog_stmt_num(&u, version);
	return catalog_stmt_run(&u);
}

int catalog_entry_page(struct catalog *c, const uint8_t *dataset,
		       const uint8_t *after, size_t n, catalog_entry_fn fn,
		       void *ctx, size_t *count)
{
	CLEANUP(catalog_stmt_done)
	struct use u = catalog_stmt_use(c, STMT_ENTRY_PAGE);

	*count = 0;
	catalog_stmt_blob(&u, dataset, STORE_ID);
	catalog_stmt_blob(&u, after, after == NULL ? 0 : STORE_ID);
	catalog_stmt_num(&u, CATALOG_LAST);
	catalog_stmt_num(&u, n);
	return rows(&u, dataset, false, fn, ctx, count);
}

int catalog_entry_close(struct catalog *c, const uint8_t *dataset,
			const uint8_t *id, uint64_t first, uint64_t last)
{
	CLEANUP(catalog_stmt_done)
	struct use u = catalog_stmt_use(c, STMT_ENTRY_CLOSE);

	catalog_stmt_num(&u, last);
	catalog_stmt_blob(&u, dataset, STORE_ID);
	catalog_stmt_blob(&u, id, STORE_ID);
	catalog_stmt_num(&u, first);
	return catalog_stmt_run(&u);
}

int catalog_entry_del(struct catalog *c, const uint8_t *dataset,
		      const uint8_t *id, uint64_t first)
{
	CLEANUP(catalog_stmt_done)
	struct use u = catalog_stmt_use(c, STMT_ENTRY_DEL);

	catalog_stmt_blob(&u, dataset, STORE_ID);
	catalog_stmt_blob(&u, id, STORE_ID);
	catalog_stmt_num(&u, first);
	return catalog_stmt_run(&u);
}

int catalog_entry_reopen(struct catalog *c, const uint8_t *dataset,
			 uint64_t last, size_t n, size_t *count)
{
	CLEANUP(catalog_stmt_done)
	struct use u = catalog_stmt_use(c, STMT_ENTRY_REOPEN);
	int rc;

	catalog_stmt_num(&u, CATALOG_LAST);
	catalog_stmt_blob(&u, dataset, STORE_ID);
	catalog_stmt_num(&u, last);
	catalog_stmt_num(&u, n);
	rc = catalog_stmt_run(&u);
	*count = rc == 0 ? (size_t)sqlite3_changes64(c->db) : 0;
	return rc;
}
