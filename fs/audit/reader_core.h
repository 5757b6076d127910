/* The reader's insides: position, bundle at hand, keys at hand. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef AUDIT_READER_CORE_H
#define AUDIT_READER_CORE_H

#include "fs/audit/entry.h"
#include "fs/audit/note.h"
#include "fs/audit/reader.h"
#include "fs/audit/tile.h"
#include "fs/audit/wal.h"

#define READER_KEYS 64 /* body keys held at a time */

/* One DEK as tried; why is NULL where it opened. */
struct reader_key {
	uint64_t dek;
	struct key *body, *replay;
	const char *why;
	int code; /* -ENOKEY, -ESTALE, -EBADMSG where why is set */
};

struct reader_keys {
	uint8_t who[HASH_LEN]; /* SHA-256 of the secret's public key */
	struct reader_key slot[READER_KEYS];
	size_t n, evict, last;
};

struct audit_reader {
	struct keypool *pool;
	const struct key *secret;
	int dir, state;
	char *origin;
	uint8_t origin_hash[HASH_LEN];
	uint64_t next, size;
	struct buf bundle; /* entries [bundle_nr * 256, bundle_end) */
	uint64_t bundle_nr, bundle_seq, bundle_end;
	size_t bundle_at;
	struct wal_set wal;
	struct buf body;
	struct reader_keys keys;
};

/** reader_raw(r, raw, e): the stored bytes of entry r->next; 1, 0, errno. */
int reader_raw(struct audit_reader *r, struct bytes *raw,
	       struct err *e) MUST_CHECK NONNULL(1, 2);

/** reader_keys_init(k, secret), reader_keys_free(k). */
void reader_keys_init(struct reader_keys *k,
		      const struct key *secret) NONNULL_ALL;
void reader_keys_free(struct reader_keys *k) NONNULL_ALL;

/** reader_keys_get(r, dek, out): the DEK with that number, from disk where it
 * is not at hand; 0 (also when it does not open: see why), or errno. */
int reader_keys_get(struct audit_reader *r, uint64_t dek,
		    struct reader_key **out) MUST_CHECK NONNULL_ALL;

/** reader_keys_open(r, en, e, why): 1: e is the event; 0: *why says why not;
 * negative errno. */
int reader_keys_open(struct audit_reader *r, const struct entry *en,
		     struct event *e, const char **why) MUST_CHECK NONNULL_ALL;

#endif
