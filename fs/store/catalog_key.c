/* Rows of wrapped keys and of named cells. */
/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>

#include "fs/store/catalog_stmt.h"

/* Append column col of the one row that u finds. */
static int get_one(struct use *u, int col, struct buf *out)
{
	int rc = catalog_stmt_step(u);

	if (rc <= 0)
		return rc == 0 ? -ENOENT : rc;
	return buf_putb(out, catalog_stmt_col(u, col));
}

static int put(struct catalog *c, enum catalog_stmt which,
	       enum catalog_key kind, struct bytes ref, struct bytes wrapped)
{
	CLEANUP(catalog_stmt_done) struct use u = catalog_stmt_use(c, which);

	catalog_stmt_num(&u, kind);
	catalog_stmt_blob(&u, ref.p, ref.n);
	catalog_stmt_blob(&u, wrapped.p, wrapped.n);
	return catalog_stmt_run(&u);
}

int catalog_key_put(struct catalog *c, enum catalog_key kind, struct bytes ref,
		    struct bytes wrapped)
{
	return put(c, STMT_KEY_PUT, kind, ref, wrapped);
}

int catalog_key_set(struct catalog *c, enum catalog_key kind, struct bytes ref,
		    struct bytes wrapped)
{
	return put(c, STMT_KEY_SET, kind, ref, wrapped);
}

int catalog_key_del(struct catalog *c, enum catalog_key kind, struct bytes ref)
{
	CLEANUP(catalog_stmt_done)
	struct use u = catalog_stmt_use(c, STMT_KEY_DEL);

	catalog_stmt_num(&u, kind);
	catalog_stmt_blob(&u, ref.p, ref.n);
	return catalog_stmt_run(&u);
}

int catalog_key_get(struct catalog *c, enum catalog_key kind, struct bytes ref,
		    struct buf *wrapped)
{
	CLEANUP(catalog_stmt_done)
	struct use u = catalog_stmt_use(c, STMT_KEY_GET);

	catalog_stmt_num(&u, kind);
	catalog_stmt_blob(&u, ref.p, ref.n);
	return get_one(&u, 0, wrapped);
}

int catalog_key_each(struct catalog *c,
		     int (*fn)(void *ctx, enum catalog_key kind,
			       struct bytes ref, struct bytes wrapped),
		     void *ctx)
{
	CLEANUP(catalog_stmt_done)
	struct use u = catalog_stmt_use(c, STMT_KEY_EACH);
	int rc;

	while ((rc = catalog_stmt_step(&u)) == 1) {
		rc = fn(ctx, (enum catalog_key)catalog_stmt_u64(&u, 0),
			catalog_stmt_col(&u, 1), catalog_stmt_col(&u, 2));
		if (rc != 0)
			break;
	}
	return rc;
}

int catalog_cell_put(struct catalog *c, struct bytes kind, struct bytes name,
		     struct bytes value)
{
	CLEANUP(catalog_stmt_done)
	struct use u = catalog_stmt_use(c, STMT_CELL_PUT);

	catalog_stmt_blob(&u, kind.p, kind.n);
	catalog_stmt_blob(&u, name.p, name.n);
	catalog_stmt_blob(&u, value.p, value.n);
	return catalog_stmt_run(&u);
}

int catalog_cell_get(struct catalog *c, struct bytes kind, struct bytes name,
		     struct buf *value)
{
	CLEANUP(catalog_stmt_done)
	struct use u = catalog_stmt_use(c, STMT_CELL_GET);

	catalog_stmt_blob(&u, kind.p, kind.n);
	catalog_stmt_blob(&u, name.p, name.n);
	return get_one(&u, 0, value);
}

int catalog_cell_del(struct catalog *c, struct bytes kind, struct bytes name)
{
	CLEANUP(catalog_stmt_done)
	struct use u = catalog_stmt_use(c, STMT_CELL_DEL);

	catalog_stmt_blob(&u, kind.p, kind.n);
	catalog_stmt_blob(&u, name.p, name.n);
	return catalog_stmt_run(&u);
}

int catalog_cell_forget(struct catalog *c, struct bytes kind, size_t n,
			size_t *count)
{
	CLEANUP(catalog_stmt_done)
	struct use u = catalog_stmt_use(c, STMT_CELL_FORGET);
	int rc;

	catalog_stmt_blob(&u, kind.p, kind.n);
	catalog_stmt_num(&u, n);
	rc = catalog_stmt_run(&u);
	*count = rc == 0 ? (size_t)sqlite3_changes(c->db) : 0;
	return rc;
}

int catalog_cell_each(struct catalog *c, struct bytes kind,
		      int (*fn)(void *ctx, struct bytes kind, struct bytes name,
				struct bytes value),
		      void *ctx)
{
	CLEANUP(catalog_stmt_done)
	struct use u = catalog_stmt_use(c, kind.n == 0 ? STMT_CELL_ALL
						       : STMT_CELL_KIND);
	int rc;

	if (kind.n > 0)
		catalog_stmt_blob(&u, kind.p, kind.n);
	while ((rc = catalog_stmt_step(&u)) == 1) {
		rc = fn(ctx, catalog_stmt_col(&u, 0), catalog_stmt_col(&u, 1),
			catalog_stmt_col(&u, 2));
		if (rc != 0)
			break;
	}
	return rc;
}
