/* Features of words and of words together, as numbers of rows of weights. */
/* SPDX-License-Identifier: Apache-2.0 */
#include <endian.h>

#include "policy/redact/tagger_in.h"

static uint8_t lower(uint8_t c)
{
	return (uint8_t)(c - 'A') < 26 ? (uint8_t)(c | 0x20) : c;
}

/* FNV-1a over 64 bits; the upper ones are used. */
uint64_t tagger_hash(uint64_t h, const uint8_t *p, uint32_t n)
{
	for (uint32_t i = 0; i < n; i++)
		h = (h ^ lower(p[i])) * 0x100000001b3u;
	return h;
}

/* The low bits say where a search begins, 24 others are compared. */
static uint8_t names_find(const struct tagger_model *m, uint64_t hash)
{
	uint32_t mask = ((uint32_t)1 << m->head.name_bits) - 1;
	uint32_t check = (uint32_t)(hash >> 40), i = (uint32_t)hash & mask;

	if (m->some != NULL &&
	    (m->some[check % TAGGER_SOME / 32] >> check % 32 & 1) == 0)
		return 0;
	for (uint32_t n = 0; n <= mask; n++, i = (i + 1) & mask) {
		uint32_t slot;

		memcpy(&slot, m->names + (size_t)i * 4, 4);
		slot = le32toh(slot);
		if (slot == 0)
			return 0;
		if (slot >> 8 == check)
			return (uint8_t)slot;
	}
	return 0;
}

void tagger_some(struct tagger_model *m, uint32_t *some)
{
	m->some = some;
	for (size_t i = 0; i < (size_t)4 << m->head.name_bits; i += 4) {
		uint32_t slot;

		memcpy(&slot, m->names + i, 4);
		slot = le32toh(slot) >> 8;
		some[slot % TAGGER_SOME / 32] |= (uint32_t)1 << slot % 32;
	}
}

unsigned tagger_names(const struct tagger_model *m, uint64_t h)
{
	return names_find(m, tagger_mixed(h));
}

/* Of the first or last n bytes, or of all there are. */
static uint32_t part(const uint8_t *p, uint32_t len, uint32_t n, bool tail)
{
	uint32_t h = n;

	n = n < len ? n : len;
	p += tail ? len - n : 0;
	for (uint32_t i = 0; i < n; i++)
		h = h << 8 ^ h >> 24 ^ lower(p[i]);
	return h;
}

void tagger_word(const struct tagger_model *m, struct bytes text,
		 struct tagger_token *t, uint32_t v[KINDS])
{
	const uint8_t *p = text.p + t->start;
	uint32_t n = t->end - t->start;
	uint64_t hash;

	if ((t->shape & 15) == SHAPE_MARK)
		n = 1; /* "....." is "." */
	if ((t->shape & 15) == SHAPE_DIGITS)
		hash = tagger_mixed(n < TAGGER_DIGITS ? n : TAGGER_DIGITS);
	else
		hash = tagger_mixed(tagger_hash(TAGGER_START, p, n));
	t->id = (uint32_t)(hash >> 32) | 1;
	t->names = names_find(m, hash);
	if ((t->shape & 15) == SHAPE_DIGITS)
		n = 0;
	v[KIND_BIAS] = 0;
	v[KIND_WORD] = t->id;
	v[KIND_WORD_SHAPE] = t->id ^ (uint32_t)t->shape << 8;
	v[KIND_HEAD2] = part(p, n, 2, false);
	v[KIND_HEAD3] = part(p, n, 3, false);
	v[KIND_HEAD4] = part(p, n, 4, false);
	v[KIND_TAIL1] = part(p, n, 1, true);
	v[KIND_TAIL2] = part(p, n, 2, true);
	v[KIND_TAIL3] = part(p, n, 3, true);
	v[KIND_TAIL4] = part(p, n, 4, true);
	v[KIND_SHAPE] = t->shape;
	v[KIND_NAMES] = t->names;
	v[KIND_NAMES_SHAPE] = (uint32_t)t->names << 8 | t->shape;
	v[KIND_TAIL_NAMES] = v[KIND_TAIL2] ^ (uint32_t)t->names << 24;
}

void tagger_add(const struct tagger_model *m, const uint32_t v[KINDS],
		tagger_row at[2 * TAGGER_REACH + 1])
{
	for (unsigned k = 0; k < KINDS; k++) {
		unsigned reach = tagger_reach(k);

		for (unsigned p = (unsigned)__builtin_ctz(reach);
		     reach >> p != 0; p++)
			at[p] += tagger_row_of(m, tagger_row_at(m, k, v[k], p));
	}
}

/* Names and shape of a word without the bit for sentences. */
static uint32_t look(const struct tagger_token *t)
{
	return (uint32_t)t->names << 8 | (t->shape & ~(uint32_t)SHAPE_FIRST);
}

/* What the joints of two words are told by: each has two, one seen from the
 * second word and one from the first. */
static uint32_t both_ids(const struct tagger_token *a)
{
	return a->id * 0x9e3779b1u ^ a[1].id;
}

static uint32_t both_looks(const struct tagger_token *a)
{
	return look(a) << 16 | look(a + 1);
}

static uint32_t asked_look(enum tagger_asked asked,
			   const struct tagger_token *t)
{
	return (uint32_t)asked << 16 | look(t);
}

static uint32_t asked_place(enum tagger_asked asked, unsigned i, unsigned n)
{
	return (uint32_t)asked << 8 | (i < 5 ? i : 5) << 4 | (n < 9 ? n : 9);
}

unsigned tagger_joint(const struct tagger_model *m,
		      const struct tagger_token *t, unsigned i, unsigned n,
		      enum tagger_asked asked, uint32_t rows[TAGGER_JOINTS])
{
	const struct tagger_token *a = t + i - 1, *b = t + i;

	rows[0] = tagger_row_at(m, JOINT_BEFORE, both_ids(a), 0);
	rows[1] = tagger_row_at(m, JOINT_BEHIND, both_ids(b), 0);
	rows[2] = tagger_row_at(m, JOINT_NAMES_BEFORE, both_looks(a), 0);
	rows[3] = tagger_row_at(m, JOINT_NAMES_BEHIND, both_looks(b), 0);
	if (asked == TAGGER_ASKED_NONE)
		return 4;
	rows[4] = tagger_row_at(m, JOINT_ASKED, asked_look(asked, b), 0);
	rows[5] = tagger_row_at(m, JOINT_ASKED_PLACE, asked_place(asked, i, n),
				0);
	return 6;
}

static tagger_row row(const struct tagger_model *m, unsigned kind,
		      uint32_t value)
{
	return tagger_row_of(m, tagger_row_at(m, kind, value, 0));
}

void tagger_joints(const struct tagger_model *m, const struct tagger_token *t,
		   unsigned n, enum tagger_asked asked, tagger_row *sums)
{
	t--;
	sums--;
	for (unsigned i = 0; i <= n; i++) {
		uint32_t ids = both_ids(t + i), looks = both_looks(t + i);

		sums[i] += row(m, JOINT_BEHIND, ids) +
			   row(m, JOINT_NAMES_BEHIND, looks);
		sums[i + 1] += row(m, JOINT_BEFORE, ids) +
			       row(m, JOINT_NAMES_BEFORE, looks);
	}
	for (unsigned i = 1; asked != TAGGER_ASKED_NONE && i <= n; i++)
		sums[i] +=
			row(m, JOINT_ASKED, asked_look(asked, t + i)) +
			row(m, JOINT_ASKED_PLACE, asked_place(asked, i - 1, n));
}
