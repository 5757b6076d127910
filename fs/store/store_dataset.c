/* Data sets by name and version, their signatures checked. */
/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The row of a data set is believed in two steps. Its cells open only at their
 * own place (cell.c); that keeps out a thief who moves rows about. The version
 * is believed when the Ed25519 signature of its manifest root holds, which also
 * covers the time, the number of objects and the terms: no part of a version
 * can be put beside another part of an older one.
 *
 * What remains is an old catalog as a whole. No signature helps against that;
 * the audit log's INGEST names each version's root, and comparing them does.
 */
#include <errno.h>
#include <stdlib.h>

#include "base/mem.h"
#include "fs/store/inner.h"

void store_dataset_free(struct store_dataset *d)
{
	buf_free(&d->name);
	buf_free(&d->info);
	memset(d, 0, sizeof(*d));
}

/* Copy an authentic version row into out. */
static int version_take(struct store *s, const uint8_t *id, uint64_t v,
			struct bytes plain, struct store_dataset *out)
{
	struct rows_version r;
	struct ad msg;
	int rc = rows_version_get(plain, &r);

	if (rc != 0)
		return -EUCLEAN;
	rows_signed(&msg, s->config.id, id, v, &r);
	if (sign_check(s->sign_pub, ad_bytes(&msg), r.sig.p) != 0)
		return -EBADMSG;
	out->version = v;
	out->released_ns = r.released_ns;
	out->objects = r.objects;
	memcpy(out->root, r.root.p, HASH_LEN);
	return buf_putb(&out->info, r.info);
}

static int version_open(struct store *s, const uint8_t *id, uint64_t v,
			struct store_dataset *out)
{
	CLEANUP(buf_free) struct buf plain = {.secret = true};
	CLEANUP(buf_free) struct buf box = {0};
	struct bytes cell;
	struct ad ad;
	int rc = catalog_version_get(s->catalog, id, v, &box);

	if (rc != 0)
		return inner_damaged(rc);
	rows_bind_version(&ad, id, v);
	rc = cell_open(&plain, s->cells, &ad, buf_bytes(&box), &cell);
	return rc != 0 ? rc : version_take(s, id, v, cell, out);
}

/* Name and newest version of a data set's row. */
static int head_open(struct store *s, const uint8_t *id, struct bytes box,
		     struct store_dataset *out)
{
	CLEANUP(buf_free) struct buf plain = {.secret = true};
	struct bytes name;
	struct ad ad;
	int rc;

	rows_bind_dataset(&ad, "cell", id);
	rc = cell_open(&plain, s->cells, &ad, box, &name);
	if (rc != 0)
		return rc;
	memcpy(out->id, id, STORE_ID);
	out->name.secret = out->info.secret = true;
	rc = buf_putb(&out->name, name);
	/* A zero behind the name: it is a string, too. */
	return rc != 0 || buf_str(&out->name) != NULL ? rc : -ENOMEM;
}

static int words(struct store *s, int rc, const char *name, uint64_t version,
		 uint64_t newest, struct err *e)
{
	if (rc == -ENOENT && newest > 0)
		return err_set(e, rc, name,
			       "the data set has no version %llu; the newest "
			       "is %llu",
			       (unsigned long long)version,
			       (unsigned long long)newest);
	if (rc == -ENOENT)
		return err_set(
			e, rc, name,
			"no such data set; `carrel ls` lists those "
			"there are, `carrel ingest --dataset` makes one");
	if (rc == -EBADMSG || rc == -EUCLEAN)
		return err_set(e, rc, name,
			       "the data set's row or signed manifest root in "
			       "catalog.db is not what was written; run "
			       "`carrel fsck`, then restore catalog.db from a "
			       "backup");
	return rc == -ENOMEM ? err_nomem(e) : catalog_words(s->catalog, rc, e);
}

int store_dataset_get(struct store *s, const char *name, uint64_t version,
		      struct store_dataset *out, struct err *e)
{
	CLEANUP(buf_free) struct buf key = {0};
	CLEANUP(buf_free) struct buf cell = {0};
	uint8_t id[STORE_ID];
	uint64_t newest = 0;
	int rc;

	memset(out, 0, sizeof(*out));
	inner_dataset_id(s, name, id);
	rc = catalog_dataset_get(s->catalog, id, &newest, &key, &cell);
	if (rc == 0 && (newest == 0 || version > newest))
		rc = -ENOENT;
	if (rc == 0)
		rc = head_open(s, id, buf_bytes(&cell), out);
	if (rc == 0)
		rc = version_open(s, id, version == 0 ? newest : version, out);
	if (rc == 0)
		return 0;
	store_dataset_free(out);
	return words(s, rc, name, version, newest, e);
}

/* ---- all of them ---- */

struct listing {
	struct store *s;
	struct store_dataset *v;
	size_t n;
};

static void listing_free(struct listing *l)
{
	for (size_t i = 0; i < l->n; i++)
		store_dataset_free(&l->v[i]);
	mem_free(l->v);
}

static int listing_row(void *ctx, const struct catalog_dataset *row)
{
	struct listing *l = ctx;
	struct store_dataset *v = mem_grow(l->v, l->n + 1, sizeof(*v));
	int rc;

	if (v == NULL)
		return -ENOMEM;
	l->v = v;
	v = &l->v[l->n++];
	memset(v, 0, sizeof(*v));
	rc = head_open(l->s, row->id, row->cell, v);
	if (rc == 0 && row->newest > 0)
		rc = version_open(l->s, row->id, row->newest, v);
	return rc;
}

static int by_name(const void *a, const void *b)
{
	const struct store_dataset *x = a, *y = b;

	return bytes_cmp(buf_bytes(&x->name), buf_bytes(&y->name));
}

int store_dataset_each(struct store *s,
		       int (*fn)(void *ctx, const struct store_dataset *d),
		       void *ctx)
{
	CLEANUP(listing_free) struct listing l = {.s = s};
	int rc = catalog_dataset_each(s->catalog, listing_row, &l);

	if (l.n > 0)
		qsort(l.v, l.n, sizeof(*l.v), by_name);
	for (size_t i = 0; rc == 0 && i < l.n; i++)
		rc = fn(ctx, &l.v[i]);
	return rc;
}
