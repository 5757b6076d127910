/* RFC 6962 hashes: the growing frontier of a tree, and its root. */
/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The Merkle tree of RFC 6962, which is never held. What is held is its right
 * edge: h[k] is the root of the last complete subtree of 2^k leaves, there
 * where bit k of the size is set. To add a leaf is to add 1 to the size: each
 * carry joins two subtrees of equal height. So an append costs two hashes on
 * average and the memory is one hash per level, whatever the log's length.
 *
 * The root folds the edge from the lowest bit up: the smaller subtree is always
 * the right child, as the RFC wants for sizes that are no power of two.
 *
 * Leaves and nodes are hashed with different first bytes (0 and 1): without
 * that a node's two hashes could be passed off as an entry.
 */
#include "fs/audit/tree.h"

void tree_leaf(struct bytes in, uint8_t out[HASH_LEN])
{
	static const uint8_t first = 0;
	const struct bytes part[] = {bytes_of(&first, 1), in};

	hash_sha256_parts(out, part, 2);
}

void tree_node(const uint8_t l[HASH_LEN], const uint8_t r[HASH_LEN],
	       uint8_t out[HASH_LEN])
{
	static const uint8_t first = 1;
	const struct bytes part[] = {bytes_of(&first, 1), bytes_of(l, HASH_LEN),
				     bytes_of(r, HASH_LEN)};

	hash_sha256_parts(out, part, 3);
}

void tree_add(struct tree *t, const uint8_t leaf[HASH_LEN], void *ctx,
	      void (*done)(void *ctx, unsigned height,
			   const uint8_t h[HASH_LEN]))
{
	uint8_t h[HASH_LEN];
	unsigned k = 0;

	memcpy(h, leaf, HASH_LEN);
	for (;; k++) {
		if (done != NULL)
			done(ctx, k, h);
		if ((t->size >> k & 1) == 0)
			break;
		tree_node(t->h[k], h, h);
	}
	memcpy(t->h[k], h, HASH_LEN);
	t->size++;
}

void tree_root(const struct tree *t, uint8_t out[HASH_LEN])
{
	bool first = true;

	if (t->size == 0) {
		hash_sha256(out, bytes_of(NULL, 0));
		return;
	}
	for (unsigned k = 0; k < TREE_LEVELS; k++) {
		if ((t->size >> k & 1) == 0)
			continue;
		if (first)
			memcpy(out, t->h[k], HASH_LEN);
		else
			tree_node(t->h[k], out, out);
		first = false;
	}
}

void tree_fold(const uint8_t (*h)[HASH_LEN], size_t n, uint8_t out[HASH_LEN])
{
	struct tree t = {0};

	for (size_t i = 0; i < n; i++)
		tree_add(&t, h[i], NULL, NULL);
	tree_root(&t, out);
}
