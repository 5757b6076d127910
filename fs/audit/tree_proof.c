/* Inclusion and consistency proofs: made from subtrees, checked without. */
/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Making follows the recursive definitions of RFC 6962. Any range [lo, hi)
 * that turns up there starts at a multiple of the largest power of two below
 * its length, so its hash is a fold of at most 64 complete subtrees, which the
 * source has. Checking follows the loops of RFC 9162 section 2.1.3.2 and
 * 2.1.4.2: the bits of the index and of the size say on which side each hash
 * of the proof stands.
 */
#include <errno.h>

#include "fs/audit/tree.h"

/* The largest power of two smaller than n, n >= 2. */
static uint64_t split(uint64_t n)
{
	return (uint64_t)1 << (63 - __builtin_clzll(n - 1));
}

/* Hash of the leaves [lo, hi), complete subtrees from the left. */
static int range_hash(const struct tree_source *s, uint64_t lo, uint64_t hi,
		      uint8_t out[HASH_LEN])
{
	uint8_t part[TREE_LEVELS][HASH_LEN];
	size_t n = 0;

	while (lo < hi) {
		unsigned k = 63 - (unsigned)__builtin_clzll(hi - lo);
		int rc = s->get(s->ctx, k, lo >> k, part[n++]);

		if (rc != 0)
			return rc;
		lo += (uint64_t)1 << k;
	}
	if (n == 0)
		return -ERANGE;
	memcpy(out, part[--n], HASH_LEN);
	while (n > 0)
		tree_node(part[--n], out, out);
	return 0;
}

static void reverse(struct tree_proof *p)
{
	uint8_t h[HASH_LEN];

	for (size_t i = 0, j = p->n; i + 1 < j; i++) {
		memcpy(h, p->h[i], HASH_LEN);
		memcpy(p->h[i], p->h[--j], HASH_LEN);
		memcpy(p->h[j], h, HASH_LEN);
	}
}

int tree_prove(const struct tree_source *s, uint64_t index, uint64_t size,
	       struct tree_proof *p)
{
	uint64_t lo = 0, hi = size;

	p->n = 0;
	if (index >= size)
		return -ERANGE;
	while (hi - lo > 1) {
		uint64_t mid = lo + split(hi - lo);
		bool left = index < mid;
		int rc = left ? range_hash(s, mid, hi, p->h[p->n++])
			      : range_hash(s, lo, mid, p->h[p->n++]);

		if (rc != 0)
			return rc;
		if (left)
			hi = mid;
		else
			lo = mid;
	}
	reverse(p);
	return 0;
}

int tree_prove_grown(const struct tree_source *s, uint64_t old, uint64_t size,
		     struct tree_proof *p)
{
	uint64_t lo = 0, hi = size;
	int rc = 0;

	p->n = 0;
	if (old == 0 || old > size)
		return -ERANGE;
	while (rc == 0 && old != hi) {
		uint64_t mid = lo + split(hi - lo);
		bool left = old <= mid;

		rc = left ? range_hash(s, mid, hi, p->h[p->n++])
			  : range_hash(s, lo, mid, p->h[p->n++]);
		if (left)
			hi = mid;
		else
			lo = mid;
	}
	if (rc == 0 && lo != 0)
		rc = range_hash(s, lo, hi, p->h[p->n++]);
	reverse(p);
	return rc;
}

int tree_check(const uint8_t leaf[HASH_LEN], uint64_t index, uint64_t size,
	       const struct tree_proof *p, const uint8_t root[HASH_LEN])
{
	uint64_t fn = index, sn = size - 1;
	uint8_t r[HASH_LEN];

	if (index >= size || p->n > TREE_PROOF_MOST)
		return -EBADMSG;
	memcpy(r, leaf, HASH_LEN);
	for (size_t i = 0; i < p->n; i++, fn >>= 1, sn >>= 1) {
		if (sn == 0)
			return -EBADMSG;
		if ((fn & 1) == 0 && fn != sn) {
			tree_node(r, p->h[i], r);
			continue;
		}
		tree_node(p->h[i], r, r);
		for (; (fn & 1) == 0 && fn != 0; fn >>= 1)
			sn >>= 1;
	}
	return sn == 0 && memcmp(r, root, HASH_LEN) == 0 ? 0 : -EBADMSG;
}

/* The loop of the consistency check, from the first hash of both roots on. */
static int check_grown(uint64_t fn, uint64_t sn, const struct tree_proof *p,
		       size_t at, uint8_t fr[HASH_LEN], uint8_t sr[HASH_LEN])
{
	for (; at < p->n; at++, fn >>= 1, sn >>= 1) {
		const uint8_t *c = p->h[at];

		if (sn == 0)
			return -EBADMSG;
		if ((fn & 1) == 0 && fn != sn) {
			tree_node(sr, c, sr);
			continue;
		}
		tree_node(c, fr, fr);
		tree_node(c, sr, sr);
		for (; (fn & 1) == 0 && fn != 0; fn >>= 1)
			sn >>= 1;
	}
	return sn == 0 ? 0 : -EBADMSG;
}

int tree_check_grown(uint64_t old, const uint8_t old_root[HASH_LEN],
		     uint64_t size, const uint8_t root[HASH_LEN],
		     const struct tree_proof *p)
{
	uint64_t fn = old - 1, sn = size - 1;
	uint8_t fr[HASH_LEN], sr[HASH_LEN];
	size_t at = 0;

	if (old == 0 || old > size || p->n > TREE_PROOF_MOST)
		return -EBADMSG;
	if (old == size)
		return p->n == 0 && memcmp(old_root, root, HASH_LEN) == 0
			       ? 0
			       : -EBADMSG;
	if (p->n == 0)
		return -EBADMSG;
	for (; (fn & 1) != 0; fn >>= 1)
		sn >>= 1;
	memcpy(fr, (old & (old - 1)) == 0 ? old_root : p->h[at++], HASH_LEN);
	memcpy(sr, fr, HASH_LEN);
	if (check_grown(fn, sn, p, at, fr, sr) != 0 ||
	    memcmp(fr, old_root, HASH_LEN) != 0 ||
	    memcmp(sr, root, HASH_LEN) != 0)
		return -EBADMSG;
	return 0;
}
