/* Checks a whole store: files, keys, cells; data sets by fsck_data. */
/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What is checked, from the outside in: SQLite's structure; every wrapped key;
 * every sealed cell; of each version of each data set the signature and the
 * manifest root over its entries; of each entry its seal and its leaf; of each
 * object that its extents lie inside packs that exist; and with deep every
 * segment, every index blob and the hash of the content.
 *
 * Damage is counted and told in words, and the run goes on, so that one run
 * names all there is. A failing disk or missing memory ends it. Packs that no
 * row names are what an interrupted ingest leaves: counted, not damage.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/hex.h"
#include "base/mem.h"
#include "fs/store/fsck.h"
#include "fs/store/pack.h"
#include "fs/store/root.h"

/* ---- packs ---- */

static int pack_row(void *ctx, const uint8_t *name, uint64_t size)
{
	struct fsck *f = ctx;
	struct fsck_pack *v = f->packs;

	/* Room doubles whenever the count reaches a power of two. */
	if ((f->npacks & (f->npacks - 1)) == 0) {
		v = mem_grow(v, f->npacks == 0 ? 1 : f->npacks * 2, sizeof(*v));
		if (v == NULL)
			return -ENOMEM;
		f->packs = v;
	}
	v[f->npacks] = (struct fsck_pack){.size = size};
	memcpy(v[f->npacks++].name, name, BACKEND_NAME);
	return 0;
}

static void pack_check(struct fsck *f, const struct fsck_pack *p)
{
	const struct backend *b = &f->s->packs;
	char hex[2 * BACKEND_NAME + 1];
	uint8_t head[PACK_HEAD];
	int rc = b->get(b->self, p->name, 0, head, sizeof(head));

	hex_encode(hex, bytes_of(p->name, BACKEND_NAME));
	if (rc == -ENOENT)
		return; /* gc was here since they were listed */
	if (!fsck_code(f, rc))
		return;
	if (rc != 0 || p->size % PACK_ROUND != 0)
		fsck_bad(f,
			 "pack %s.pack is cut short; restore it from a "
			 "backup",
			 hex);
	else if (!pack_head_ok(head))
		fsck_bad(f,
			 "pack %s.pack: its header is damaged; restore it "
			 "from a backup",
			 hex);
}

static void packs_check(struct fsck *f)
{
	const struct backend *b = &f->s->packs;
	int rc = b->list(b->self, pack_row, f);

	if (rc != 0) {
		f->stop = rc;
		return;
	}
	if (f->npacks > 0)
		qsort(f->packs, f->npacks, sizeof(*f->packs), fsck_pack_cmp);
	for (size_t i = 0; f->stop == 0 && i < f->npacks; i++)
		pack_check(f, &f->packs[i]);
	f->out->packs = f->npacks;
}

static void orphans_count(struct fsck *f)
{
	for (size_t i = 0; i < f->npacks; i++)
		f->out->orphans += !f->packs[i].used;
}

/* ---- keys and cells ---- */

static int key_row(void *ctx, enum catalog_key kind, struct bytes ref,
		   struct bytes wrapped)
{
	struct fsck *f = ctx;
	struct key *key = NULL;
	struct ad ad;
	int rc = -EUCLEAN;

	if (kind == CATALOG_KEY_WORK || kind == CATALOG_KEY_ROOT) {
		/* under a project's key: whoever opens the area checks it;
		 * or under a root that goes */
		size_t want = kind == CATALOG_KEY_WORK ? STORE_ID : 0;

		rc = ref.n == want && wrapped.n == KEYS_WRAPPED ? 0 : -EUCLEAN;
	} else if (kind == CATALOG_KEY_PROJECT && wrapped.n == 0) {
		rc = 0; /* ended */
	} else if (ref.n <= HASH_LEN) {
		rows_bind_key(&ad, kind, ref);
		rc = root_unwrap(f->s, &ad, wrapped, &key);
		key_free(key);
	}
	if (!fsck_code(f, rc))
		return rc;
	if (rc != 0)
		fsck_bad(f,
			 "catalog.db: a wrapped key of kind %d is not what "
			 "was written; restore catalog.db from a backup",
			 (int)kind);
	return 0;
}

static int cell_row(void *ctx, struct bytes kind, struct bytes name,
		    struct bytes value)
{
	struct fsck *f = ctx;
	int rc = store_cell_check(f->s, kind, name, value);

	if (!fsck_code(f, rc))
		return rc;
	if (rc != 0)
		fsck_bad(f, "catalog.db: a sealed cell is not what was "
			    "written; restore catalog.db from a backup");
	return 0;
}

static void catalog_bad(void *ctx, const char *words)
{
	fsck_bad(ctx, "%s; restore catalog.db from a backup", words);
}

static void catalog_rows(struct fsck *f)
{
	struct catalog *c = f->s->catalog;
	int rc = catalog_check(c, catalog_bad, f);

	if (rc == 0)
		rc = root_current(f->s);
	if (rc == 0)
		rc = catalog_key_each(c, key_row, f);
	if (rc == 0)
		rc = catalog_cell_each(c, bytes_of(NULL, 0), cell_row, f);
	if (rc == -EUCLEAN)
		fsck_bad(f, "catalog.db cannot be read to its end; restore it "
			    "from a backup");
	else if (rc != 0)
		f->stop = rc;
}

static int verdict(struct fsck *f, struct err *e)
{
	if (f->stop == -ECANCELED)
		return err_set(e, f->stop, f->s->dir, "stopped on request");
	if (f->stop == -ESTALE)
		return root_words(f->s, f->stop, e);
	if (f->stop != 0)
		return err_set(e, f->stop, f->s->dir,
			       "the check could not go on: %s",
			       strerror(-f->stop));
	if (f->out->bad > 0)
		return err_set(e, -EUCLEAN, f->s->dir,
			       "%llu problems; restore the files named from a "
			       "backup, or ingest the data sets again",
			       (unsigned long long)f->out->bad);
	return 0;
}

int store_fsck(struct store *s, bool deep, const struct progress *p,
	       void (*bad)(void *ctx, const char *words), void *ctx,
	       struct store_fsck *out, struct err *e)
{
	struct fsck f = {.s = s,
			 .deep = deep,
			 .lanes = deep ? lanes_new() : NULL,
			 .progress = p,
			 .bad = bad,
			 .ctx = ctx,
			 .out = out};
	void (*const steps[])(struct fsck *) = {
		catalog_rows, packs_check, fsck_data_objects,
		fsck_data_datasets, orphans_count};

	memset(out, 0, sizeof(*out));
	for (size_t i = 0; f.stop == 0 && i < ARRAY_LEN(steps); i++)
		steps[i](&f);
	mem_free(f.packs);
	lanes_free(f.lanes);
	return verdict(&f, e);
}
