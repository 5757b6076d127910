/* The key of a word and its number in a table: asked of each word there is. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef REDACT_RECOGNIZER_WORDS_KEY_H
#define REDACT_RECOGNIZER_WORDS_KEY_H

#include <string.h>

#include "policy/redact/recognizer_words.h"

#define WORD_HIGH 0x8080808080808080u
#define WORD_CASE 0x2020202020202020u

/* Lower case, and one value for every byte beyond ASCII (so that É is é). */
static inline uint64_t word_plain(uint64_t k)
{
	uint64_t high = k & WORD_HIGH;
	uint64_t bytes = (high >> 7) * 0xff;

	return (k & ~bytes) | high | WORD_CASE;
}

extern const uint64_t recognizer_words_masks[WORD_KEY + 1][2];

struct word_key {
	uint64_t a, b;
};

/* Of few bytes of a text. */
static inline struct word_key word_key_short(const uint8_t *p, size_t n)
{
	struct word_key k = {0, 0};

	memcpy(&k, p, n);
	return k;
}

/* Its first n bytes, in lower case; of ASCII. */
static inline struct word_key word_key_cut(struct word_key k, size_t n)
{
	k.a = (k.a | WORD_CASE) & recognizer_words_masks[n][0];
	k.b = (k.b | WORD_CASE) & recognizer_words_masks[n][1];
	return k;
}

/*
 * The key of a word: its first WORD_KEY bytes, zero padded. Longer words share
 * the key of their beginning; no built-in word is that long, and custom lists
 * compare whole words behind the key.
 */
static inline struct word_key word_key_fold(struct word_key k, size_t n)
{
	if (((k.a | k.b) & WORD_HIGH) != 0) {
		k.a = word_plain(k.a);
		k.b = word_plain(k.b);
	}
	return word_key_cut(k, n);
}

/* Of the word in a text, without a branch for where that ends: the text's last
 * bytes are read, and those before the word moved out. */
static inline struct word_key word_key_in(struct bytes in, size_t i, size_t n)
{
	unsigned __int128 v;
	size_t at = in.n - sizeof(v) < i ? in.n - sizeof(v) : i;

	n = n < WORD_KEY ? n : WORD_KEY;
	if (in.n < sizeof(v))
		return word_key_fold(word_key_short(in.p + i, n), n);
	memcpy(&v, in.p + at, sizeof(v));
	v >>= 8 * (i - at);
	return word_key_fold(
		(struct word_key){(uint64_t)v, (uint64_t)(v >> 64)}, n);
}

/* Of the word of n bytes at p, where WORD_KEY bytes may be read. high: some may
 * be beyond ASCII. */
static ALWAYS_INLINE struct word_key word_key_at(const uint8_t *p, unsigned n,
						 bool high)
{
	struct word_key k;

	memcpy(&k, p, sizeof(k));
	n = n < WORD_KEY ? n : WORD_KEY;
	return high ? word_key_fold(k, n) : word_key_cut(k, n);
}

/* Where it is in slots, by its lower bits. */
static inline uint32_t word_hash(struct word_key k)
{
	uint64_t h = k.a * 0x9e3779b97f4a7c15u;

	h ^= (k.b + 0x7f4a7c15u) * 0xff51afd7ed558ccdu;
	return (uint32_t)(h >> 32);
}

/* The word has another key. */
static inline unsigned word_is_other(const struct word *w, struct word_key k)
{
	return ((w->key[0] ^ k.a) | (w->key[1] ^ k.b)) != 0;
}

/** word_key_id(t, k): the number in t->words of the word with that key; 0: it
 * is not there. recognizer_words_id(t, in, i, n): of that of n > 0 bytes at i
 * of in. */
static inline unsigned word_key_id(const struct word_table *t,
				   struct word_key k)
{
	uint32_t slot = word_hash(k) & t->mask, id = t->slots[slot];

	/* one branch, hardly ever taken: that slot is empty or the word's own
	 */
	while ((id & (0 - word_is_other(&t->words[id], k))) != 0)
		id = t->slots[slot = (slot + 1) & t->mask];
	return id;
}

static inline unsigned recognizer_words_id(const struct word_table *t,
					   struct bytes in, size_t i, size_t n)
{
	return word_key_id(t, word_key_in(in, i, n));
}

#endif
