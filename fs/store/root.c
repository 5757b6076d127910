/* The root key, which another process may have changed meanwhile. */
/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Rotation replaces the root and nothing below it: the keys under it are the
 * same ones, wrapped anew, so no stand-in, id or log entry changes.
 *
 * Two files change, and no power cut may fall between them; other processes
 * have the old root in memory. Both are solved by a bridge: a row of the
 * catalog with the new root wrapped under the old one.
 *
 *   1. One transaction: every key under the root is wrapped under the new one;
 *      the bridge; and a sealed cell with the store.yaml that is to come, whose
 *      slots hold the new root.
 *   2. That store.yaml replaces the one before (atomic, synced).
 *   3. Who else holds the root (the gateway) is told and crosses.
 *   4. One transaction: bridge and cell go. The WAL is cut.
 *
 * After 1 the old root opens all by way of the bridge, after 2 either does,
 * after 4 only the new one. Cut off anywhere between, what is left is done by
 * whoever takes the lock next (root_settle), without any slot's secret: the
 * store.yaml to come lies ready.
 *
 * Who still has the old root finds out when a row does not open, or before he
 * wraps: both look at the row of the cells' key, which every root opens that is
 * in force, and cross. That check stands in the transaction that writes the
 * wrapped key; so none is ever written under a root that has gone. A process
 * that slept through all of it gets -ESTALE and has lost nothing.
 *
 * What rotation does not do: who had the old root and a copy of the catalog of
 * then has the keys below it. It ends what the old root opens from now on.
 */
#include "fs/store/root.h"

#include <errno.h>

static const struct bytes none;

/* Does the root that s has open the catalog's row of the cells' key? */
static int opens(struct store *s)
{
	CLEANUP(buf_free) struct buf b = {0};
	CLEANUP(key_freep) struct key *key = NULL;
	struct ad ad;
	int rc = catalog_key_get(s->catalog, CATALOG_KEY_CELLS, none, &b);

	if (rc != 0)
		return rc;
	rows_bind_key(&ad, CATALOG_KEY_CELLS, none);
	return root_unwrap(s, &ad, buf_bytes(&b), &key);
}

/* Lock held. */
static void swap(struct store *s, struct key **next)
{
	key_free(s->root);
	s->root = STEAL(*next);
}

/* Under the lock from the look to the change: a thread that was slow must not
 * put an older root in the place of a newer one. */
static int cross(struct store *s)
{
	CLEANUP(buf_free) struct buf b = {0};
	CLEANUP(key_freep) struct key *next = NULL;
	struct ad ad;
	int rc = catalog_key_get(s->catalog, CATALOG_KEY_ROOT, none, &b);

	if (rc != 0)
		return rc;
	rows_bind_key(&ad, CATALOG_KEY_ROOT, none);
	pthread_mutex_lock(&s->rooting);
	rc = keys_unwrap(s->pool, s->root, &ad, buf_bytes(&b), &next);
	if (rc == 0)
		swap(s, &next);
	pthread_mutex_unlock(&s->rooting);
	return rc;
}

void root_swap(struct store *s, struct key **next)
{
	pthread_mutex_lock(&s->rooting);
	swap(s, next);
	pthread_mutex_unlock(&s->rooting);
}

/* Another thread may cross between the two steps: the last look decides. */
int root_current(struct store *s)
{
	int rc = opens(s);

	if (rc != -EBADMSG)
		return rc;
	rc = cross(s);
	if (rc != 0 && rc != -ENOENT && rc != -EBADMSG)
		return rc;
	rc = opens(s);
	return rc == -EBADMSG ? -ESTALE : rc;
}

int root_wrap(struct store *s, struct buf *b, const struct ad *ad,
	      const struct key *key)
{
	int rc;

	pthread_mutex_lock(&s->rooting);
	rc = keys_wrap(b, s->root, ad, key);
	pthread_mutex_unlock(&s->rooting);
	return rc;
}

int root_unwrap(struct store *s, const struct ad *ad, struct bytes wrapped,
		struct key **out)
{
	int rc;

	pthread_mutex_lock(&s->rooting);
	rc = keys_unwrap(s->pool, s->root, ad, wrapped, out);
	pthread_mutex_unlock(&s->rooting);
	return rc;
}

int root_key(struct store *s, int (*read)(void *ctx, struct buf *wrapped),
	     void *ctx, const struct ad *ad, struct key **out)
{
	CLEANUP(buf_free) struct buf b = {0};
	int rc = read(ctx, &b);

	*out = NULL;
	if (rc == 0 && b.n == 0)
		return -ENOKEY; /* destroyed */
	if (rc == 0)
		rc = root_unwrap(s, ad, buf_bytes(&b), out);
	if (rc != -EBADMSG)
		return rc;
	rc = root_current(s);
	buf_clear(&b);
	if (rc == 0)
		rc = read(ctx, &b);
	return rc == 0 ? root_unwrap(s, ad, buf_bytes(&b), out) : rc;
}

int root_begin(struct store *s)
{
	int rc = catalog_begin(s->catalog);

	if (rc != 0)
		return rc;
	rc = root_current(s);
	return rc == 0 ? 0 : catalog_end(s->catalog, rc);
}

int root_words(struct store *s, int rc, struct err *e)
{
	if (rc == -ESTALE)
		return err_set(e, -EBUSY, s->dir,
			       "the store's keys were changed meanwhile "
			       "(`carrel key rotate`); run the command again");
	return catalog_words(s->catalog, rc, e);
}

/* ---- the end of a rotation ---- */

int root_pending(struct store *s, struct buf *text)
{
	return store_cell_get(s, ROOT_CELL, none, text);
}

static int bridge_drop(struct store *s)
{
	int rc = catalog_begin(s->catalog);

	if (rc != 0)
		return rc;
	rc = catalog_key_del(s->catalog, CATALOG_KEY_ROOT, none);
	if (rc == 0)
		rc = store_cell_del(s, ROOT_CELL, none);
	return catalog_end(s->catalog, rc);
}

/* The store.yaml that lies ready in the catalog. */
static int yaml_put(struct store *s, struct bytes text, struct err *e)
{
	struct config next;
	int rc = config_parse(text, s->dir, &next, e);

	if (rc == 0)
		rc = config_write(s->dirfd, s->dir, &next, e);
	if (rc == 0)
		s->config = next;
	return rc;
}

int root_finish(struct store *s, struct bytes text,
		int (*tell)(void *ctx, struct err *e), void *ctx, struct err *e)
{
	int rc = yaml_put(s, text, e);

	if (rc == 0 && tell != NULL)
		rc = tell(ctx, e);
	if (rc != 0)
		return rc;
	return root_words(s, bridge_drop(s), e);
}

int root_settle(struct store *s, int (*tell)(void *ctx, struct err *e),
		void *ctx, struct err *e)
{
	CLEANUP(buf_free) struct buf text = {0};
	int rc = root_current(s);

	if (rc == 0)
		rc = root_pending(s, &text);
	if (rc == -ENOENT)
		return 0;
	if (rc != 0)
		return root_words(s, inner_damaged(rc), e);
	rc = root_finish(s, buf_bytes(&text), tell, ctx, e);
	/* A reader may keep the WAL; it is cut when the last one closes. */
	if (rc == 0)
		(void)!catalog_truncate(s->catalog);
	return rc;
}
