/* The opened store, as its own files see it. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef STORE_INNER_H
#define STORE_INNER_H

#include <pthread.h>
#include <stdatomic.h>

#include "base/sign.h"
#include "fs/store/backend.h"
#include "fs/store/cache.h"
#include "fs/store/catalog.h"
#include "fs/store/cell.h"
#include "fs/store/config.h"
#include "fs/store/rows.h"
#include "fs/store/store.h"

#define INNER_PACKS "packs"
#define INNER_LOCK "lock"
#define INNER_MARK ".init"	/* stands while the store is being made */
#define INNER_BATCH 2048	/* rows of one catalog transaction, at most */
#define INNER_HOLD_NS 25000000u /* and this long; the commit as long again */

/* A data set's key, unwrapped at first use and kept until the store closes. */
struct inner_dataset {
	uint8_t id[STORE_ID];
	struct key *key;
};

struct store {
	char *dir, *origin;
	int dirfd, lockfd; /* lockfd -1: not the writer */
	atomic_bool writer;
	struct config config;
	struct keypool *pool;	 /* borrowed */
	pthread_mutex_t rooting; /* guards root; no other lock in it */
	struct key *root;	 /* wraps, nothing else: root.h */
	uint32_t own;		 /* the slot it was opened with; 0: none */
	struct key *cells, *lookup, *digest, *sign, *log;
	struct key *audit; /* NULL where auditors were named */
	uint8_t sign_pub[SIGN_PUB];
	uint8_t (*recipients)[BOX_PUB];
	size_t nrecipients;
	uint32_t owner_uid;
	struct catalog *catalog;
	struct backend packs;
	struct cache *cache;
	pthread_mutex_t lock; /* guards datasets */
	struct inner_dataset *datasets;
	size_t ndatasets;
};

/** inner_open(dir, pool, cred, making, out, e): store_open; making: for init,
 * whose mark stands. */
int inner_open(const char *dir, struct keypool *pool,
	       const struct store_cred *cred, bool making, struct store **out,
	       struct err *e) MUST_CHECK;

/** inner_key_get(s, kind, ref, out): unwrap a key of the catalog; -ENOENT,
 * -EBADMSG, -ENOMEM. inner_key_make(s, kind, ref, key): wrap and keep it. */
int inner_key_get(struct store *s, enum catalog_key kind, struct bytes ref,
		  struct key **out) MUST_CHECK;
int inner_key_make(struct store *s, enum catalog_key kind, struct bytes ref,
		   const struct key *key) MUST_CHECK;

/** inner_hash(s, label, a, b, out): keyed hash of two fields under a label:
 * how names become what a thief may see. */
void inner_hash(const struct store *s, const char *label, struct bytes a,
		struct bytes b, uint8_t out[HASH_LEN]);
/** inner_dataset_id, inner_object_id: STORE_ID bytes of it. The id of an object
 * is the keyed hash of its data set and path, hence stays when it is ingested
 * again. */
void inner_dataset_id(const struct store *s, const char *name, uint8_t *id);
void inner_object_id(const struct store *s, const uint8_t *dataset,
		     struct bytes path, uint8_t *id);

/** inner_dataset_key(s, id, out): borrowed until the store closes; -EUCLEAN
 * no such row, or not what was wrapped. */
int inner_dataset_key(struct store *s, const uint8_t *id,
		      const struct key **out) MUST_CHECK;

/** inner_damaged(code): -EBADMSG, -EPROTO and -ENOENT inside the store all
 * mean that a row is not what was written: -EUCLEAN; others stay. */
int inner_damaged(int code);

/** inner_object_words(e, code, id, what): words for a row or pack of an object
 * that is not what was written; returns code. */
int inner_object_words(struct err *e, int code, const uint8_t *id,
		       const char *what);

/** store_work_forget(s, a): no cell names the area any more. */
int store_work_forget(struct store *s, const struct store_work *a) MUST_CHECK;

/** store_ended_settle(s): sweep what ends of projects that were cut off left;
 * nobody else has the store. What cannot be done waits for the next time. */
void store_ended_settle(struct store *s);

/** store_cell_check(s, kind, name, value): 0 where this row of a named cell
 * opens. store_object_places(o, fn, ctx): every extent and index blob of an
 * opened object. Both are for fsck. */
int store_cell_check(struct store *s, struct bytes kind, struct bytes name,
		     struct bytes value) MUST_CHECK;
void store_object_places(const struct store_object *o,
			 void (*fn)(void *ctx, const uint8_t *pack,
				    uint64_t off, uint64_t len),
			 void *ctx);

#endif
