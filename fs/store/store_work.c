/* Work areas: which there are, and the key of each. */
/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>

#include "base/cbor.h"
#include "base/mem.h"
#include "fs/store/inner.h"
#include "fs/store/keys.h"

/*
 * An area's key is random and wrapped by its project's, so both must be there
 * to open it. A cell says which areas there are: kind "work", named by project
 * and annotator, [id, project, annotator]; the key's row is found by the id.
 * Both are put when the area's folder is whole and durable; so an area that is
 * named and has no tree was damaged, and is never taken for a new one.
 */
#define CELL "work"

void store_work_free(struct store_work *a)
{
	key_free(a->key);
	buf_free(&a->project);
	buf_free(&a->annotator);
	*a = (struct store_work){.key = NULL};
}

static int cell_name(struct buf *b, const char *project, const char *annotator)
{
	int r = buf_put(b, project, strlen(project) + 1);

	return r == 0 ? buf_puts(b, annotator) : r;
}

int store_work_forget(struct store *s, const struct store_work *a)
{
	struct buf name CLEANUP(buf_free) = {0};
	int r = cell_name(&name, (const char *)a->project.p,
			  (const char *)a->annotator.p);

	return r == 0 ? store_cell_del(s, CELL, buf_bytes(&name)) : r;
}

static int put(struct buf *b, const struct store_work *a)
{
	int r = cbor_put_array(b, 3);

	if (r == 0)
		r = cbor_put_bytes(b, bytes_of(a->id, STORE_ID));
	if (r == 0)
		r = cbor_put_bytes(b, buf_bytes(&a->project));
	return r == 0 ? cbor_put_bytes(b, buf_bytes(&a->annotator)) : r;
}

static int get(struct bytes in, struct store_work *a)
{
	struct cbor c = {.in = in};
	struct bytes id, project, annotator;
	int r;

	if (cbor_get_array(&c) != 3)
		return -EUCLEAN;
	id = cbor_get_bytes(&c);
	project = cbor_get_bytes(&c);
	annotator = cbor_get_bytes(&c);
	if (cbor_end(&c) != 0 || id.n != STORE_ID)
		return -EUCLEAN;
	memcpy(a->id, id.p, STORE_ID);
	r = buf_putb(&a->project, project);
	if (r == 0)
		r = buf_putb(&a->annotator, annotator);
	if (r == 0 &&
	    (buf_str(&a->project) == NULL || buf_str(&a->annotator) == NULL))
		r = -ENOMEM;
	return r;
}

static int wrap_key(struct store *s, const struct store_work *a,
		    const struct key *project)
{
	struct bytes ref = bytes_of(a->id, STORE_ID);
	struct buf b CLEANUP(buf_free) = {0};
	struct ad ad;
	int r;

	rows_bind_key(&ad, CATALOG_KEY_WORK, ref);
	r = keys_wrap(&b, project, &ad, a->key);
	return r != 0 ? r
		      : catalog_key_put(s->catalog, CATALOG_KEY_WORK, ref,
					buf_bytes(&b));
}

static int unwrap_key(struct store *s, struct store_work *a,
		      const struct key *project)
{
	struct bytes ref = bytes_of(a->id, STORE_ID);
	struct buf b CLEANUP(buf_free) = {0};
	struct ad ad;
	int r = catalog_key_get(s->catalog, CATALOG_KEY_WORK, ref, &b);

	rows_bind_key(&ad, CATALOG_KEY_WORK, ref);
	if (r == 0)
		r = keys_unwrap(s->pool, project, &ad, buf_bytes(&b), &a->key);
	return inner_damaged(r);
}

/* One transaction: the key's row and the cell that names the area. */
static int keep(struct store *s, struct bytes name, const struct store_work *a,
		const struct key *project)
{
	struct buf cell CLEANUP(buf_free) = {0};
	struct buf other CLEANUP(buf_free) = {.secret = true};
	int r = put(&cell, a);

	if (r == 0)
		r = catalog_begin(s->catalog);
	if (r != 0)
		return r;
	r = store_cell_get(s, CELL, name, &other);
	r = r == 0 ? -EBUSY : r == -ENOENT ? wrap_key(s, a, project) : r;
	if (r == 0)
		r = store_cell_put(s, CELL, name, buf_bytes(&cell));
	return catalog_end(s->catalog, r);
}

static int fresh(struct store *s, struct store_work *a, const char *project,
		 const char *annotator)
{
	random_bytes(a->id, STORE_ID);
	a->fresh = true;
	a->key = key_random(s->pool);
	return a->key == NULL || buf_puts(&a->project, project) != 0 ||
			       buf_puts(&a->annotator, annotator) != 0 ||
			       buf_str(&a->project) == NULL ||
			       buf_str(&a->annotator) == NULL
		       ? -ENOMEM
		       : 0;
}

static int area(struct store *s, bool add, struct bytes name,
		const struct key *key, const char *project,
		const char *annotator, struct store_work *out)
{
	struct buf cell CLEANUP(buf_free) = {.secret = true};
	int r = store_cell_get(s, CELL, name, &cell);

	if (r == 0)
		r = get(buf_bytes(&cell), out);
	if (r == 0)
		return unwrap_key(s, out, key);
	if (r != -ENOENT || !add)
		return r;
	return fresh(s, out, project, annotator);
}

int store_work_keep(struct store *s, struct store_work *a, struct err *e)
{
	const char *project = (const char *)a->project.p;
	struct buf name CLEANUP(buf_free) = {0};
	CLEANUP(key_freep) struct key *key = NULL;
	int r;

	r = cell_name(&name, project, (const char *)a->annotator.p);
	if (r != 0)
		return err_nomem(e);
	r = store_project_key(s, project, "work", &key, e);
	if (r != 0)
		return r;
	r = keep(s, buf_bytes(&name), a, key);
	a->fresh = r != 0;
	if (r == -EBUSY)
		return err_set(e, r, (const char *)a->annotator.p,
			       "another session has just made this work area; "
			       "try again");
	return r == 0 ? 0 : catalog_words(s->catalog, inner_damaged(r), e);
}

int store_work_area(struct store *s, const char *project, const char *annotator,
		    bool add, struct store_work *out, struct err *e)
{
	struct buf name CLEANUP(buf_free) = {0};
	CLEANUP(key_freep) struct key *key = NULL;
	int r;

	*out = (struct store_work){.key = NULL};
	r = cell_name(&name, project, annotator);
	if (r != 0)
		return err_nomem(e);
	r = store_project_key(s, project, "work", &key, e);
	if (r == -EROFS && !add)
		r = -ENOENT; /* a project without a key has no areas */
	else if (r != 0)
		return r;
	if (r == 0)
		r = area(s, add, buf_bytes(&name), key, project, annotator,
			 out);
	if (r == 0)
		return 0;
	store_work_free(out);
	if (r == -ENOENT)
		return err_set(e, r, annotator,
			       "has no work area in project "
			       "%s",
			       project);
	return r == -ENOMEM ? err_nomem(e)
			    : catalog_words(s->catalog, inner_damaged(r), e);
}

/* Collected first: the callback may ask the catalog. */
struct all {
	struct store_work *v;
	size_t n;
};

static int one(void *ctx, struct bytes value)
{
	struct all *a = ctx;
	struct store_work *v = mem_grow(a->v, a->n + 1, sizeof(*v));

	if (v == NULL)
		return -ENOMEM;
	a->v = v;
	v[a->n] = (struct store_work){.key = NULL};
	return get(value, &v[a->n++]);
}

int store_work_each(struct store *s,
		    int (*fn)(void *ctx, const struct store_work *a), void *ctx)
{
	struct all a = {.v = NULL};
	int r = store_cell_each(s, CELL, one, &a);

	for (size_t i = 0; r == 0 && i < a.n; i++)
		r = fn(ctx, &a.v[i]);
	for (size_t i = 0; i < a.n; i++)
		store_work_free(&a.v[i]);
	mem_free(a.v);
	return inner_damaged(r);
}
