/* The tree of words: nodes joined by hashed edges, walked from every word. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "policy/redact/propagate_tree.h"

#include <errno.h>

#include "base/mem.h"
#include "base/utf8.h"
#include "policy/redact/recognizer.h"

#define GAP 8 /* bytes between two words of one value */

/* Scripts that do not put blanks between words: each character is one. */
static bool is_cjk(uint32_t cp)
{
	return (cp >= 0x2e80 && cp <= 0x9fff) ||
	       (cp >= 0xf900 && cp <= 0xfaff) ||
	       (cp >= 0x20000 && cp <= 0x3ffff) ||
	       (cp >= 0x0e00 && cp <= 0x0eff);
}

bool propagate_tree_word(struct bytes text, uint32_t i, uint32_t *start,
			 uint32_t *end)
{
	uint32_t n = (uint32_t)text.n, cp;

	while (i < n && !is_word(text.p[i]))
		i++;
	*start = i;
	while (i < n && is_word(text.p[i])) {
		size_t len = 1;

		if (text.p[i] >= 0x80) {
			len = utf8_next(text, i, &cp);
			if (is_cjk(cp)) {
				i += i == *start ? (uint32_t)len : 0;
				break;
			}
		}
		i += (uint32_t)len;
	}
	*end = i;
	return i > *start;
}

static uint64_t mix(uint64_t h, uint64_t v)
{
	h = (h ^ v) * 0x9e3779b97f4a7c15u;
	return h ^ (h >> 29);
}

static uint64_t hash_bytes(uint64_t h, struct bytes b)
{
	size_t i = 0;

	for (; i + 8 <= b.n; i += 8) {
		uint64_t v;

		memcpy(&v, b.p + i, 8);
		h = mix(h, v);
	}
	for (; i < b.n; i++)
		h = mix(h, b.p[i]);
	return mix(h, b.n);
}

/* Hash of a word as words are compared. Long ones and those beyond ASCII go
 * through scratch. */
static int hash_word(struct bytes word, struct buf *scratch, uint64_t *h)
{
	uint8_t lower[64];
	int rc;

	if (word.n <= sizeof(lower) && !recognizer_fold_needed(word)) {
		for (size_t i = 0; i < word.n; i++) {
			uint8_t c = word.p[i];

			lower[i] = is_upper(c) ? (uint8_t)(c + 32) : c;
		}
		*h = hash_bytes(1, bytes_of(lower, word.n));
		return 0;
	}
	buf_clear(scratch);
	rc = recognizer_fold_lower(scratch, word);
	*h = hash_bytes(1, buf_bytes(scratch));
	return rc;
}

/* Hash of what stands between two words; 0 when they cannot belong together.
 */
static uint64_t hash_gap(struct bytes gap)
{
	uint64_t h = 1;

	if (gap.n > GAP)
		return 0;
	for (size_t i = 0; i < gap.n; i++)
		if (strchr(" \t\r\n-_.,'+\"()", gap.p[i]) == NULL)
			h = mix(h, gap.p[i]);
	return h;
}

static uint64_t edge_key(uint32_t node, uint64_t gap, uint64_t word)
{
	uint64_t k = mix(mix(mix(7, node), gap), word);

	return k == 0 ? 1 : k;
}

/* The slot of key: its own or the empty one where it belongs. */
static uint32_t slot_of(const struct tree *t, uint64_t key)
{
	uint32_t i = (uint32_t)(key >> 32) & t->mask;

	while (t->edges[i].key != 0 && t->edges[i].key != key)
		i = (i + 1) & t->mask;
	return i;
}

static int grow_edges(struct tree *t)
{
	uint32_t slots = t->mask == 0 ? 64 : (t->mask + 1) * 2;
	struct tree old = *t;

	t->edges = mem_new(slots, sizeof(*t->edges));
	if (t->edges == NULL) {
		*t = old;
		return -ENOMEM;
	}
	t->mask = slots - 1;
	for (uint32_t i = 0; old.mask != 0 && i <= old.mask; i++)
		if (old.edges[i].key != 0)
			t->edges[slot_of(t, old.edges[i].key)] = old.edges[i];
	mem_free(old.edges);
	return 0;
}

static int new_node(struct tree *t, uint32_t *node)
{
	if (t->nnodes == t->capnodes) {
		uint32_t cap = t->capnodes == 0 ? 64 : t->capnodes * 2;
		uint32_t *p = mem_grow(t->leaf_of, cap, sizeof(*p));

		if (p == NULL)
			return -ENOMEM;
		t->leaf_of = p;
		t->capnodes = cap;
	}
	*node = t->nnodes;
	t->leaf_of[t->nnodes++] = 0;
	return 0;
}

/* The child of node over key, made when it is missing. */
static int child(struct tree *t, uint64_t key, uint32_t *node)
{
	uint32_t slot, made;
	int rc;

	if (t->mask == 0 || t->nedges * 2 > t->mask) {
		rc = grow_edges(t);
		if (rc != 0)
			return rc;
	}
	slot = slot_of(t, key);
	if (t->edges[slot].key == 0) {
		rc = new_node(t, &made);
		if (rc != 0)
			return rc;
		t->edges[slot] = (struct tree_edge){key, made};
		t->nedges++;
	}
	*node = t->edges[slot].child;
	return 0;
}

#define SURER 20 /* points; what is a guess beside the other */

/* Of two people who have a word it is neither's, unless one of them is a guess:
 * that one may be no person at all. */
static void join_people(struct leaf *there, const struct leaf *is,
			const struct leaf *leaf)
{
	const struct leaf *x = is;

	if (is->person == 0 ||
	    (leaf->person != 0 && leaf->score >= is->score + SURER))
		x = leaf;
	there->person = x->person;
	there->place = x->place;
	if (is->person == leaf->person || is->person == 0 ||
	    leaf->person == 0 || leaf->score >= is->score + SURER ||
	    is->score >= leaf->score + SURER)
		return;
	there->person = LEAF_SEVERAL;
	if (leaf->place != is->place)
		there->place = 0;
}

/* One word, twice: who it comes from, and what it is where it is found. */
static void join_leaf(struct leaf *there, struct leaf leaf)
{
	struct leaf is = *there;

	if (leaf.care < is.care ||
	    (leaf.care == is.care && leaf.score > is.score))
		*there = leaf;
	there->own = leaf.own || is.own;
	there->user = leaf.user || is.user;
	join_people(there, &is, &leaf);
}

static int set_leaf(struct tree *t, uint32_t node, struct leaf leaf)
{
	struct leaf *there;

	if (t->leaf_of[node] != 0) {
		join_leaf(&t->leaves[t->leaf_of[node] - 1], leaf);
		return 0;
	}
	if (t->nleaves == t->capleaves) {
		uint32_t cap = t->capleaves == 0 ? 32 : t->capleaves * 2;

		there = mem_grow(t->leaves, cap, sizeof(*there));
		if (there == NULL)
			return -ENOMEM;
		t->leaves = there;
		t->capleaves = cap;
	}
	t->leaves[t->nleaves++] = leaf;
	t->leaf_of[node] = t->nleaves;
	return 1;
}

/* A value's words from the root down; *node is its last one. */
static int path(struct tree *t, struct bytes value, uint32_t *node)
{
	struct buf scratch CLEANUP(buf_free) = {0};
	uint32_t start, end, last = 0;
	unsigned depth = 0;

	for (uint32_t i = 0;
	     depth < TREE_DEPTH && propagate_tree_word(value, i, &start, &end);
	     i = last = end, depth++) {
		uint64_t word, gap = 0;
		int rc = hash_word(bytes_sub(value, start, end - start),
				   &scratch, &word);

		if (depth > 0) {
			gap = hash_gap(bytes_sub(value, last, start - last));
			if (gap == 0)
				break;
		}
		if (rc == 0)
			rc = child(t, edge_key(*node, gap, word), node);
		if (rc != 0)
			return rc;
	}
	return 0;
}

int propagate_tree_add(struct tree *t, struct bytes value, struct leaf leaf)
{
	uint32_t node = 0;
	int rc = 0;

	if (value.n >= UINT32_MAX)
		return 0;
	if (t->nnodes == 0)
		rc = new_node(t, &node);
	if (rc == 0)
		rc = path(t, value, &node);
	if (rc != 0)
		return rc;
	return node == 0 ? 0 : set_leaf(t, node, leaf);
}

#define DIGITS_BEHIND 6
#define LEAST_LETTERS 3

/* Where the digits behind a word's letters begin; its end: there are none. */
static uint32_t letters_end(struct bytes text, uint32_t start, uint32_t end)
{
	uint32_t i = end;

	while (i > start && is_digit(text.p[i - 1]))
		i--;
	return i - start < LEAST_LETTERS || end - i > DIGITS_BEHIND ? end : i;
}

/* The leaf that the word [start, end) leads to from node without the digits
 * behind it; NULL. */
static int user_leaf(const struct tree *t, struct bytes text, uint32_t start,
		     uint32_t end, uint32_t node, uint64_t gap,
		     struct buf *scratch, struct leaf **out)
{
	uint32_t stop = letters_end(text, start, end), leaf;
	const struct tree_edge *edge;
	uint64_t word;
	int rc;

	*out = NULL;
	if (stop == end)
		return 0;
	rc = hash_word(bytes_sub(text, start, stop - start), scratch, &word);
	if (rc != 0)
		return rc;
	edge = &t->edges[slot_of(t, edge_key(node, gap, word))];
	leaf = edge->key == 0 ? 0 : t->leaf_of[edge->child];
	if (leaf != 0 && t->leaves[leaf - 1].user)
		*out = &t->leaves[leaf - 1];
	return 0;
}

/* One word of a walk. 1: *node is where it leads to; 0: it leads nowhere. */
static int step(const struct tree *t, struct bytes text, uint32_t start,
		uint32_t end, uint64_t gap, uint32_t *node, struct buf *scratch,
		struct tree_found *out)
{
	const struct tree_edge *edge;
	struct leaf *leaf = NULL, *user = NULL;
	uint32_t from = *node;
	uint64_t word;
	int rc = hash_word(bytes_sub(text, start, end - start), scratch, &word);

	if (rc != 0)
		return rc;
	edge = &t->edges[slot_of(t, edge_key(from, gap, word))];
	if (edge->key != 0) {
		*node = edge->child;
		if (t->leaf_of[*node] != 0)
			leaf = &t->leaves[t->leaf_of[*node] - 1];
	}
	if (leaf != NULL)
		*out = (struct tree_found){leaf, end, false};
	/* What somebody took for a code may be a user's name. */
	if (edge->key == 0 || (leaf != NULL && leaf->person == 0))
		rc = user_leaf(t, text, start, end, from, gap, scratch, &user);
	if (user != NULL && (leaf == NULL || user->score > leaf->score))
		*out = (struct tree_found){user, end, true};
	return rc != 0 ? rc : edge->key != 0;
}

/* A walk down from the word [start, end): the deepest leaf and where it ends;
 * leaf NULL: none. */
static int walk(const struct tree *t, struct bytes text, uint32_t start,
		uint32_t end, struct buf *scratch, struct tree_found *out,
		uint64_t *steps)
{
	uint32_t node = 0, from;
	uint64_t gap = 0;

	*out = (struct tree_found){.leaf = NULL};
	for (unsigned depth = 0; depth < TREE_DEPTH; depth++) {
		int rc = step(t, text, start, end, gap, &node, scratch, out);

		*steps += end - start;
		if (rc <= 0)
			return rc;
		from = end;
		text.n = text.n < (size_t)from + GAP + 4096
				 ? text.n
				 : (size_t)from + GAP + 4096;
		if (!propagate_tree_word(text, from, &start, &end))
			return 0;
		gap = hash_gap(bytes_sub(text, from, start - from));
		if (gap == 0)
			return 0;
	}
	return 0;
}

int propagate_tree_get(const struct tree *t, struct bytes value,
		       struct tree_found *out)
{
	struct buf scratch CLEANUP(buf_free) = {0};
	uint32_t start, end;
	uint64_t steps = 0;
	int rc;

	*out = (struct tree_found){.leaf = NULL};
	if (t->nleaves == 0 || value.n >= UINT32_MAX ||
	    !propagate_tree_word(value, 0, &start, &end))
		return 0;
	rc = walk(t, value, start, end, &scratch, out, &steps);
	return rc != 0 ? rc : out->leaf != NULL;
}

int propagate_tree_scan(const struct tree *t, struct bytes text,
			int (*hit)(void *ctx, uint32_t start, uint32_t end,
				   const struct leaf *leaf),
			void *ctx, uint64_t *steps)
{
	struct buf scratch CLEANUP(buf_free) = {0};
	struct tree_found f;
	uint32_t start, end;

	if (t->nleaves == 0)
		return 0;
	for (uint32_t i = 0; propagate_tree_word(text, i, &start, &end);) {
		int rc = walk(t, text, start, end, &scratch, &f, steps);

		if (rc == 0 && f.leaf != NULL) {
			struct leaf leaf = *f.leaf;

			if (f.digits) {
				leaf.type = ENTITY_USERNAME;
				leaf.care = CARE_NONE;
			}
			rc = hit(ctx, start, f.end, &leaf);
		}
		if (rc != 0)
			return rc;
		*steps += 1;
		i = f.leaf != NULL ? f.end : end;
	}
	return 0;
}

void propagate_tree_reset(struct tree *t)
{
	if (t->mask != 0)
		memset(t->edges, 0, ((size_t)t->mask + 1) * sizeof(*t->edges));
	t->nedges = t->nnodes = t->nleaves = 0;
}

void propagate_tree_free(struct tree *t)
{
	mem_free(t->edges);
	mem_free(t->leaf_of);
	mem_free(t->leaves);
	*t = (struct tree){0};
}
