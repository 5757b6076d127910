/* Rows of contents (wrapped keys, places) and of span sets (places). */
/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>

#include "fs/store/catalog_stmt.h"

int catalog_content_put(struct catalog *c, const uint8_t *id, uint64_t version,
			const uint8_t *dataset, struct bytes key,
			struct bytes cell)
{
	CLEANUP(catalog_stmt_done)
	struct use u = catalog_stmt_use(c, STMT_CONTENT_PUT);

	catalog_stmt_blob(&u, id, STORE_ID);
	catalog_stmt_num(&u, version);
	catalog_stmt_blob(&u, dataset, STORE_ID);
	catalog_stmt_blob(&u, key.p, key.n);
	catalog_stmt_blob(&u, cell.p, cell.n);
	return catalog_stmt_run(&u);
}

static int content_cols(struct use *u, uint8_t dataset[STORE_ID],
			struct buf *key, struct buf *cell)
{
	const uint8_t *d = catalog_stmt_fixed(u, 0, STORE_ID);
	int rc;

	if (d == NULL)
		return u->rc;
	memcpy(dataset, d, STORE_ID);
	rc = buf_putb(key, catalog_stmt_col(u, 1));
	return rc == 0 ? buf_putb(cell, catalog_stmt_col(u, 2)) : rc;
}

int catalog_content_get(struct catalog *c, const uint8_t *id, uint64_t version,
			uint8_t dataset[STORE_ID], struct buf *key,
			struct buf *cell)
{
	CLEANUP(catalog_stmt_done)
	struct use u = catalog_stmt_use(c, STMT_CONTENT_GET);
	int rc;

	catalog_stmt_blob(&u, id, STORE_ID);
	catalog_stmt_num(&u, version);
	rc = catalog_stmt_step(&u);
	if (rc <= 0)
		return rc == 0 ? -ENOENT : rc;
	return content_cols(&u, dataset, key, cell);
}

static int object_run(struct catalog *c, enum catalog_stmt which,
		      const uint8_t *id, uint64_t version)
{
	CLEANUP(catalog_stmt_done) struct use u = catalog_stmt_use(c, which);

	catalog_stmt_blob(&u, id, STORE_ID);
	catalog_stmt_num(&u, version);
	return catalog_stmt_run(&u);
}

int catalog_content_del(struct catalog *c, const uint8_t *id, uint64_t version)
{
	return object_run(c, STMT_CONTENT_DEL, id, version);
}

int catalog_content_shred(struct catalog *c, const uint8_t *id,
			  uint64_t version)
{
	return object_run(c, STMT_CONTENT_SHRED, id, version);
}

int catalog_spans_del(struct catalog *c, const uint8_t *id, uint64_t version)
{
	return object_run(c, STMT_SPANS_DEL, id, version);
}

int catalog_spans_drop(struct catalog *c, const uint8_t *id, uint64_t version,
		       uint32_t spanset)
{
	CLEANUP(catalog_stmt_done)
	struct use u = catalog_stmt_use(c, STMT_SPANS_DROP);

	catalog_stmt_blob(&u, id, STORE_ID);
	catalog_stmt_num(&u, version);
	catalog_stmt_num(&u, spanset);
	return catalog_stmt_run(&u);
}

int catalog_spans_put(struct catalog *c, const uint8_t *id, uint64_t version,
		      uint32_t spanset, struct bytes cell)
{
	CLEANUP(catalog_stmt_done)
	struct use u = catalog_stmt_use(c, STMT_SPANS_PUT);

	catalog_stmt_blob(&u, id, STORE_ID);
	catalog_stmt_num(&u, version);
	catalog_stmt_num(&u, spanset);
	catalog_stmt_blob(&u, cell.p, cell.n);
	return catalog_stmt_run(&u);
}

int catalog_spans_get(struct catalog *c, const uint8_t *id, uint64_t version,
		      uint32_t spanset, struct buf *cell)
{
	CLEANUP(catalog_stmt_done)
	struct use u = catalog_stmt_use(c, STMT_SPANS_GET);
	int rc;

	catalog_stmt_blob(&u, id, STORE_ID);
	catalog_stmt_num(&u, version);
	catalog_stmt_num(&u, spanset);
	rc = catalog_stmt_step(&u);
	if (rc <= 0)
		return rc == 0 ? -ENOENT : rc;
	return buf_putb(cell, catalog_stmt_col(&u, 0));
}

int catalog_object_get(struct catalog *c, const uint8_t *id, uint64_t version,
		       uint32_t spanset, uint8_t dataset[STORE_ID],
		       struct buf *key, struct buf *cell, struct buf *spans)
{
	CLEANUP(catalog_stmt_done)
	struct use u = catalog_stmt_use(c, STMT_OBJECT_GET);
	int rc;

	catalog_stmt_num(&u, spanset);
	catalog_stmt_blob(&u, id, STORE_ID);
	catalog_stmt_num(&u, version);
	rc = catalog_stmt_step(&u);
	if (rc <= 0)
		return rc == 0 ? -ENOENT : rc;
	rc = content_cols(&u, dataset, key, cell);
	return rc == 0 ? buf_putb(spans, catalog_stmt_col(&u, 3)) : rc;
}

typedef int (*object_fn)(void *ctx, const uint8_t *id, uint64_t version,
			 bool spans, uint32_t spanset);

static int object_rows(struct catalog *c, bool spans, object_fn fn, void *ctx)
{
	CLEANUP(catalog_stmt_done)
	struct use u = catalog_stmt_use(c, spans ? STMT_SPANS_EACH
						 : STMT_CONTENT_EACH);
	int rc;

	while ((rc = catalog_stmt_step(&u)) == 1) {
		const uint8_t *id = catalog_stmt_fixed(&u, 0, STORE_ID);
		uint32_t spanset =
			spans ? (uint32_t)catalog_stmt_u64(&u, 2) : 0;

		rc = id == NULL ? u.rc
				: fn(ctx, id, catalog_stmt_u64(&u, 1), spans,
				     spanset);
		if (rc != 0)
			break;
	}
	return rc;
}

int catalog_object_each(struct catalog *c, object_fn fn, void *ctx)
{
	int rc = object_rows(c, false, fn, ctx);

	return rc == 0 ? object_rows(c, true, fn, ctx) : rc;
}
