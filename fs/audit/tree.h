/* The Merkle tree of RFC 6962: leaf and node hashes, frontier, proofs. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef AUDIT_TREE_H
#define AUDIT_TREE_H

#include "base/bytes.h"
#include "base/hash.h"

#define TREE_LEVELS 64
#define TREE_PROOF_MOST 130 /* hashes in any proof */

/** tree_leaf(in, out): SHA-256(0x00 || in). tree_node: SHA-256(1 || l || r);
 * out may be l or r. */
void tree_leaf(struct bytes in, uint8_t out[HASH_LEN]) NONNULL_ALL;
void tree_node(const uint8_t l[HASH_LEN], const uint8_t r[HASH_LEN],
	       uint8_t out[HASH_LEN]) NONNULL_ALL;

/** tree_fold(h, n, out): the hash over n >= 1 consecutive subtrees of equal
 * height, n any number (RFC 6962 section 2.1). */
void tree_fold(const uint8_t (*h)[HASH_LEN], size_t n,
	       uint8_t out[HASH_LEN]) NONNULL_ALL;

/* The frontier: h[k] is the complete subtree of 2^k leaves, where bit k of
 * size is set. Zero-initialise for the empty tree. */
struct tree {
	uint64_t size;
	uint8_t h[TREE_LEVELS][HASH_LEN];
};

/**
 * tree_add(t, leaf, ctx, done): append a leaf hash; done (may be NULL) is told
 * every subtree that becomes complete, from the leaf upwards.
 */
void tree_add(struct tree *t, const uint8_t leaf[HASH_LEN], void *ctx,
	      void (*done)(void *ctx, unsigned height,
			   const uint8_t h[HASH_LEN])) NONNULL(1, 2);

/** tree_root(t, out): SHA-256("") for the empty tree. */
void tree_root(const struct tree *t, uint8_t out[HASH_LEN]) NONNULL_ALL;

/* Where a proof takes its hashes: complete subtree nr index of 2^height
 * leaves. 0 or a negative errno. */
struct tree_source {
	int (*get)(void *ctx, unsigned height, uint64_t index,
		   uint8_t out[HASH_LEN]);
	void *ctx;
};

struct tree_proof {
	size_t n;
	uint8_t h[TREE_PROOF_MOST][HASH_LEN];
};

/**
 * tree_prove(s, index, size, p): inclusion proof (RFC 6962 section 2.1.1) of
 * leaf index in the tree of that size; -ERANGE, or what the source says.
 * tree_prove_grown(s, old, size, p): consistency proof (2.1.2), old >= 1.
 */
int tree_prove(const struct tree_source *s, uint64_t index, uint64_t size,
	       struct tree_proof *p) MUST_CHECK NONNULL_ALL;
int tree_prove_grown(const struct tree_source *s, uint64_t old, uint64_t size,
		     struct tree_proof *p) MUST_CHECK NONNULL_ALL;

/**
 * tree_check(leaf, index, size, p, root): 0 or -EBADMSG (RFC 9162 section
 * 2.1.3.2). tree_check_grown(old, old_root, size, root, p): the same for a
 * consistency proof (2.1.4.2).
 */
int tree_check(const uint8_t leaf[HASH_LEN], uint64_t index, uint64_t size,
	       const struct tree_proof *p,
	       const uint8_t root[HASH_LEN]) MUST_CHECK NONNULL_ALL;
int tree_check_grown(uint64_t old, const uint8_t old_root[HASH_LEN],
		     uint64_t size, const uint8_t root[HASH_LEN],
		     const struct tree_proof *p) MUST_CHECK NONNULL_ALL;

#endif
