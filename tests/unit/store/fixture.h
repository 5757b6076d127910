/* A store in a temporary directory, and short ways to fill and read it. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef STORE_FIXTURE_H
#define STORE_FIXTURE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/hash.h"
#include "fs/store/store.h"

#define S(s) bytes_of(s, sizeof(s) - 1)

struct fixture {
	char dir[64];	/* holds "store" */
	char store[80]; /* the store's directory */
	struct keypool *pool;
	struct key *key;
	struct store_cred cred;
	struct err e;
};

/** fixture_setup, fixture_teardown: cmocka state is a struct fixture whose
 * store is made, not opened; the directory goes at the end. */
int fixture_setup(void **state);
int fixture_teardown(void **state);

/** fixture_open(f): open; fixture_writer(f): and locked. */
struct store *fixture_open(struct fixture *f);
struct store *fixture_writer(struct fixture *f);

/** fixture_bytes(b, seed, n): n bytes that only the seed decides. */
void fixture_bytes(struct buf *b, uint64_t seed, size_t n);
/** fixture_next(seed): a small generator (xorshift), never 0. */
uint64_t fixture_next(uint64_t *seed);

/** fixture_stamp(out, content): what ingest would give. */
void fixture_stamp(uint8_t out[32], struct bytes content);

/** fixture_put(w, path, content): one object with head "head:PATH", two blobs
 * "blob1:PATH", "blob2:PATH", and summary "sum:PATH"; 0 or the first error. */
int fixture_put(struct store_writer *w, const char *path, struct bytes content);

/** fixture_find(s, dataset, version, path, out): copy of the entry without path
 * and summary; -ENOENT. */
int fixture_find(struct store *s, const char *dataset, uint64_t version,
		 const char *path, struct store_entry *out);

/** fixture_same(s, entry, content): the object reads as content, its blobs as
 * fixture_put wrote them for path. Asserts. */
void fixture_same(struct store *s, const struct store_entry *o,
		  const char *path, struct bytes content);

/** fixture_numbered(k, seed, path, b): path and content of object k of a seeded
 * set. */
void fixture_numbered(size_t k, uint64_t seed, char path[32], struct buf *b);

/** fixture_ingest(s, dataset, n, seed, keep): n objects "dir/%05d.json" of
 * seeded sizes up to 40,000 bytes, published; the version. */
uint64_t fixture_ingest(struct store *s, const char *dataset, size_t n,
			uint64_t seed, bool keep);
/** fixture_check(s, dataset, version, n, seed): those objects, no others. */
void fixture_check(struct store *s, const char *dataset, uint64_t version,
		   size_t n, uint64_t seed);

/** fixture_damaged(f, deep, text): fsck says damage, its last words hold text.
 */
void fixture_damaged(struct fixture *f, bool deep, const char *text);

/** fixture_each_file(dir, fn, ctx): every regular file below dir. */
void fixture_each_file(const char *dir, void (*fn)(void *ctx, const char *path),
		       void *ctx);

#endif
