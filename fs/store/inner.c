/* What the store's files share: keys by row, names as hashes, words. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "fs/store/inner.h"

#include <errno.h>

#include "base/hex.h"
#include "base/mem.h"
#include "fs/store/root.h"

struct keyrow {
	struct store *s;
	enum catalog_key kind;
	struct bytes ref;
};

static int keyrow_read(void *ctx, struct buf *wrapped)
{
	const struct keyrow *r = ctx;

	return catalog_key_get(r->s->catalog, r->kind, r->ref, wrapped);
}

int inner_key_get(struct store *s, enum catalog_key kind, struct bytes ref,
		  struct key **out)
{
	struct keyrow r = {.s = s, .kind = kind, .ref = ref};
	struct ad ad;

	rows_bind_key(&ad, kind, ref);
	return root_key(s, keyrow_read, &r, &ad, out);
}

int inner_key_make(struct store *s, enum catalog_key kind, struct bytes ref,
		   const struct key *key)
{
	CLEANUP(buf_free) struct buf b = {0};
	struct ad ad;
	int rc;

	rows_bind_key(&ad, kind, ref);
	rc = root_wrap(s, &b, &ad, key);
	return rc != 0 ? rc
		       : catalog_key_put(s->catalog, kind, ref, buf_bytes(&b));
}

void inner_hash(const struct store *s, const char *label, struct bytes a,
		struct bytes b, uint8_t out[HASH_LEN])
{
	struct hasher h;

	hasher_blake2b(&h, s->lookup);
	hasher_field(&h, bytes_str(label));
	hasher_field(&h, a);
	hasher_field(&h, b);
	hasher_end(&h, out);
}

void inner_dataset_id(const struct store *s, const char *name, uint8_t *id)
{
	uint8_t h[HASH_LEN];

	inner_hash(s, "dataset", bytes_str(name), bytes_of(NULL, 0), h);
	memcpy(id, h, STORE_ID);
}

void inner_object_id(const struct store *s, const uint8_t *dataset,
		     struct bytes path, uint8_t *id)
{
	uint8_t h[HASH_LEN];

	inner_hash(s, "object", bytes_of(dataset, STORE_ID), path, h);
	memcpy(id, h, STORE_ID);
}

int inner_damaged(int code)
{
	if (code == -EBADMSG || code == -EPROTO || code == -ENOENT)
		return -EUCLEAN;
	return code;
}

struct datasetrow {
	struct store *s;
	const uint8_t *id;
};

static int datasetrow_read(void *ctx, struct buf *wrapped)
{
	CLEANUP(buf_free) struct buf cell = {0};
	const struct datasetrow *r = ctx;
	uint64_t newest;

	return catalog_dataset_get(r->s->catalog, r->id, &newest, wrapped,
				   &cell);
}

static int dataset_unwrap(struct store *s, const uint8_t *id, struct key **out)
{
	struct datasetrow r = {.s = s, .id = id};
	struct ad ad;

	rows_bind_dataset(&ad, "key", id);
	return inner_damaged(root_key(s, datasetrow_read, &r, &ad, out));
}

/* Lock held. */
static const struct key *dataset_find(const struct store *s, const uint8_t *id)
{
	for (size_t i = 0; i < s->ndatasets; i++) {
		if (memcmp(s->datasets[i].id, id, STORE_ID) == 0)
			return s->datasets[i].key;
	}
	return NULL;
}

/* Keep key, unless another thread was faster. Lock held. */
static int dataset_keep(struct store *s, const uint8_t *id, struct key **key)
{
	struct inner_dataset *v;

	if (dataset_find(s, id) != NULL)
		return 0;
	v = mem_grow(s->datasets, s->ndatasets + 1, sizeof(*v));
	if (v == NULL)
		return -ENOMEM;
	s->datasets = v;
	v[s->ndatasets].key = STEAL(*key);
	memcpy(v[s->ndatasets++].id, id, STORE_ID);
	return 0;
}

/* The catalog is asked without the lock: its own lock comes first. */
int inner_dataset_key(struct store *s, const uint8_t *id,
		      const struct key **out)
{
	CLEANUP(key_freep) struct key *key = NULL;
	int rc;

	pthread_mutex_lock(&s->lock);
	*out = dataset_find(s, id);
	pthread_mutex_unlock(&s->lock);
	if (*out != NULL)
		return 0;
	rc = dataset_unwrap(s, id, &key);
	if (rc != 0)
		return rc;
	pthread_mutex_lock(&s->lock);
	rc = dataset_keep(s, id, &key);
	*out = dataset_find(s, id);
	pthread_mutex_unlock(&s->lock);
	return rc;
}

int inner_object_words(struct err *e, int code, const uint8_t *id,
		       const char *what)
{
	char place[64] = "object ";

	hex_encode(place + 7, bytes_of(id, STORE_ID));
	if (code == -ENOKEY)
		return err_set(e, code, place,
			       "its key was destroyed: the record was erased");
	if (code == -ENOENT)
		return err_set(e, code, place,
			       "no such object and version in this store");
	if (code == -ENOMEM)
		return err_nomem(e);
	if (code == -ESTALE)
		return err_set(e, -EBUSY, place,
			       "the store's keys were changed meanwhile "
			       "(`carrel key rotate`); run the command again");
	if (code == -EUCLEAN || code == -EBADMSG)
		return err_set(e, code, place,
			       "%s is not what was written; run `carrel fsck`, "
			       "then restore the store from a backup, or "
			       "ingest its data set again",
			       what);
	return err_set(e, code, place, "%s: %s", what, strerror(-code));
}
