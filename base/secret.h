/* The one locked pool in which keys live, and the keys in it. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef BASE_SECRET_H
#define BASE_SECRET_H

#include "base/buf.h"
#include "base/err.h"

#define KEY_LEN 32

/*
 * One mapping of at most 1 MiB: mlocked, MADV_DONTDUMP, MADV_WIPEONFORK (a
 * child never has keys), guard pages on both sides, thread-safe. A struct key
 * is a handle of 32 secret bytes in it.
 */
struct keypool;
struct key;

/**
 * keypool_free(p): wipes all; keys from it are gone. keypool_freep fits
 * CLEANUP.
 */
void keypool_free(struct keypool *p);
static inline void keypool_freep(struct keypool **p)
{
	keypool_free(*p);
}

/**
 * keypool_new(out, e): calls sodium_init too, and makes the process
 * non-dumpable. When memory cannot be locked: -EPERM and words that name
 * RLIMIT_MEMLOCK; there is no unlocked fallback.
 */
int keypool_new(struct keypool **out, struct err *e) MUST_CHECK NONNULL(1);

/**
 * key_free(k): wiped, slot given back; NULL is fine. key_freep fits CLEANUP.
 */
void key_free(struct key *k);
static inline void key_freep(struct key **k)
{
	key_free(*k);
}

/**
 * key_random(p), key_import(p, raw): a new key; NULL when the pool is full.
 * The caller wipes raw.
 */
struct key *key_random(struct keypool *p) MUST_CHECK NONNULL_ALL;
struct key *key_import(struct keypool *p,
		       const uint8_t raw[KEY_LEN]) MUST_CHECK NONNULL_ALL;

/**
 * key_derive(p, parent, label): BLAKE2b(key = parent, label), for parts of
 * one purpose (an object's content, its index); NULL when the pool is full.
 * Keys that must outlive or die alone are random and wrapped instead.
 */
struct key *key_derive(struct keypool *p, const struct key *parent,
		       const char *label) MUST_CHECK NONNULL_ALL;

/**
 * key_raw(k): the 32 bytes, in the pool, for a libsodium call; never copied.
 * Aborts in a forked child, where every key is wiped: zeros must seal nothing.
 */
const uint8_t *key_raw(const struct key *k) NONNULL_ALL;

/**
 * key_eq(a, b): constant time.
 */
bool key_eq(const struct key *a, const struct key *b) NONNULL_ALL;

/**
 * keypool_quarters(p): how many quarters of the pool are in use, rounded down.
 * Who can do with less asks before it takes: the pool is one for all sessions
 * of a gateway and for its log.
 */
unsigned keypool_quarters(const struct keypool *p) NONNULL_ALL;

/**
 * keypool_scratch(p, n), keypool_scratch_free: n <= 4096 bytes of the pool for
 * a secret of another shape (expanded AES key, Ed25519 secret key), 16-byte
 * aligned, wiped when freed (s may be NULL).
 */
void *keypool_scratch(struct keypool *p, size_t n) MUST_CHECK NONNULL_ALL;
void keypool_scratch_free(struct keypool *p, void *s);

/**
 * secret_wipe(p, n): zero memory for sure (libsodium).
 */
void secret_wipe(void *p, size_t n);

/**
 * random_bytes(p, n): from the kernel's generator; cannot fail.
 */
void random_bytes(void *p, size_t n);

#endif
