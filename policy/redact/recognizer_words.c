/* The word table: open addressing over 16-byte keys. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "policy/redact/recognizer_words_key.h"

#include <errno.h>

#include "base/mem.h"

/* The bytes of a key that a word of n has. */
#define ALL (~(uint64_t)0)
#define BYTES(n) (((uint64_t)1 << 8 * (n)) - 1)
const uint64_t recognizer_words_masks[WORD_KEY + 1][2] = {
	{0, 0},		 {BYTES(1), 0},	  {BYTES(2), 0},   {BYTES(3), 0},
	{BYTES(4), 0},	 {BYTES(5), 0},	  {BYTES(6), 0},   {BYTES(7), 0},
	{ALL, 0},	 {ALL, BYTES(1)}, {ALL, BYTES(2)}, {ALL, BYTES(3)},
	{ALL, BYTES(4)}, {ALL, BYTES(5)}, {ALL, BYTES(6)}, {ALL, BYTES(7)}};

static inline struct word_key key_of(const uint8_t *p, size_t n, size_t room)
{
	struct word_key k;

	n = n < WORD_KEY ? n : WORD_KEY;
	if (room >= sizeof(k))
		memcpy(&k, p, sizeof(k));
	else
		k = word_key_short(p, n);
	return word_key_fold(k, n);
}

/* Where the first two letters are in t->lengths. */
static inline unsigned pair_of(const uint8_t *p, size_t n)
{
	unsigned a = p[0] >= 0x80 ? 31 : p[0] & 31u;
	unsigned b = n < 2 ? 0 : p[1] >= 0x80 ? 31 : p[1] & 31u;

	return a << 5 | b;
}

static inline uint16_t length_bit(size_t n)
{
	return (uint16_t)(1u << (n < WORD_KEY ? n : WORD_KEY));
}

/* The slot of key: its own, or the empty one where it belongs. */
static inline uint32_t slot_of(const struct word_table *t, struct word_key k)
{
	uint32_t i = word_hash(k) & t->mask;

	for (; t->slots[i] != 0; i = (i + 1) & t->mask) {
		const struct word *w = &t->words[t->slots[i]];

		if (w->key[0] == k.a && w->key[1] == k.b)
			break;
	}
	return i;
}

const struct word *recognizer_words_find(const struct word_table *t,
					 const uint8_t *p, size_t n,
					 size_t room)
{
	uint32_t i;

	if (n == 0 || (t->lengths[pair_of(p, n)] & length_bit(n)) == 0)
		return NULL;
	i = t->slots[slot_of(t, key_of(p, n, room))];
	return i == 0 ? NULL : &t->words[i];
}

#define SPARSE 16 /* slots of each word */

/* Twice the room: words move as they are, slots are filled anew. */
static int grow(struct word_table *t)
{
	uint32_t cap = t->cap == 0 ? 256 : t->cap * 2;
	uint16_t *slots = mem_new((size_t)cap * SPARSE, sizeof(*slots));
	struct word *words;

	if (cap > UINT16_MAX || slots == NULL) {
		mem_free(slots);
		return -ENOMEM;
	}
	words = mem_grow(t->words, cap, sizeof(*words));
	if (words == NULL) {
		mem_free(slots);
		return -ENOMEM;
	}
	mem_free(t->slots);
	t->words = words;
	t->slots = slots;
	t->cap = cap;
	t->mask = cap * SPARSE - 1;
	for (uint32_t i = 1; i <= t->nwords; i++)
		t->slots[slot_of(t, (struct word_key){t->words[i].key[0],
						      t->words[i].key[1]})] =
			(uint16_t)i;
	return 0;
}

struct word *recognizer_words_add(struct word_table *t, struct bytes word)
{
	struct word_key k = key_of(word.p, word.n, word.n);
	uint32_t slot;

	if (t->nwords + 1 >= t->cap && grow(t) != 0)
		return NULL;
	slot = slot_of(t, k);
	if (word.n > 0)
		t->lengths[pair_of(word.p, word.n)] |= length_bit(word.n);
	if (t->slots[slot] == 0) {
		t->slots[slot] = (uint16_t)++t->nwords;
		t->words[t->nwords] = (struct word){.key = {k.a, k.b}};
	}
	return &t->words[t->slots[slot]];
}

static int add_line(struct word_table *t, const struct word_line *line)
{
	const char *p = line->words;

	while (*p != '\0') {
		size_t n = strcspn(p, " ");
		struct word *w = recognizer_words_add(t, bytes_of(p, n));

		if (w == NULL)
			return -ENOMEM;
		w->roles |= line->roles;
		w->number |= line->number;
		w->topic |= line->topic;
		w->cue |= line->cue;
		p += n + strspn(p + n, " ");
	}
	return 0;
}

int recognizer_words_build(struct word_table *t, const struct word_line *lines,
			   size_t n)
{
	for (size_t i = 0; i < n; i++) {
		int rc = add_line(t, &lines[i]);

		if (rc != 0)
			return rc;
	}
	return 0;
}

void recognizer_words_free(struct word_table *t)
{
	mem_free(t->words);
	mem_free(t->slots);
	*t = (struct word_table){0};
}
