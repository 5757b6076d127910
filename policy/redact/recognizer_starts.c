/* Sets of the bytes at which words begin, 64 bytes a time. */
/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Ten recognizers would walk over each word of a text, and each wants but a few
 * of them. So it is walked over once: which bytes are in words is told for 64
 * of them without a branch; what begins at a word is told by its first two
 * letters and its length, from one table. What a set holds is no more than
 * "maybe": the recognizer that goes from one of its bytes to the next looks at
 * the word itself. A word that is in none of the sets is never looked at.
 */
#include "policy/redact/recognizer_starts.h"

#include <errno.h>
#ifdef __SSE2__
#include <emmintrin.h>
#endif

#include "base/mem.h"
#include "policy/redact/recognizer_abode.h"

#define BLOCK 64
#define LONGEST 15

/* What a word may be, in the table. */
enum may {
	MAY_SCAN = 1,
	MAY_NUMBER = 2,
	MAY_ASK = 4,
	MAY_ALL = 7,
};

/* Bytes that are 0 or 255, as bits. */
static uint64_t packed(const uint8_t flag[BLOCK])
{
	uint64_t bits = 0;

#ifdef __SSE2__
	for (unsigned k = 0; k < BLOCK; k += 16) {
		__m128i v = _mm_load_si128((const __m128i *)(flag + k));

		bits |= (uint64_t)(unsigned)_mm_movemask_epi8(v) << k;
	}
#else
	for (unsigned k = 0; k < BLOCK; k++)
		bits |= (uint64_t)(flag[k] & 1) << k;
#endif
	return bits;
}

struct block {
	uint64_t words, digits, marks;
};

#define FLAG(is) ((uint8_t)(0 - (unsigned)(is)))

/* Loops without branches over 64 bytes: the compiler makes vectors of them. */
static inline struct block block_of(const uint8_t *p, size_t n)
{
	_Alignas(16) uint8_t part[BLOCK], flag[BLOCK];
	const uint8_t *in = p;
	struct block b;

	if (n < BLOCK) {
		memset(part, 0, sizeof(part));
		if (n > 0)
			memcpy(part, p, n);
		in = part;
	}
	for (unsigned k = 0; k < BLOCK; k++)
		flag[k] = FLAG((uint8_t)(in[k] - '0') < 10);
	b.digits = packed(flag);
	for (unsigned k = 0; k < BLOCK; k++)
		flag[k] = FLAG((uint8_t)((in[k] | 0x20) - 'a') < 26) |
			  FLAG(in[k] >= 0x80);
	b.words = packed(flag) | b.digits;
	for (unsigned k = 0; k < BLOCK; k++)
		flag[k] = FLAG(in[k] == '@') | FLAG(in[k] == ':') |
			  FLAG(in[k] == '.') | FLAG(in[k] == '$') |
			  FLAG(in[k] == '?');
	b.marks = packed(flag);
	return b;
}

uint64_t starts_words(const uint8_t *p, size_t n)
{
	return block_of(p, n).words;
}

/* Bits of two words, from one of the first on. */
static inline uint64_t window(const uint64_t v[2], unsigned bit)
{
	return (uint64_t)(((unsigned __int128)v[1] << BLOCK | v[0]) >> bit);
}

/* The scan would go on behind the word of n bytes at i: no trigger, no digits
 * in it or right behind, no capitals, in the middle of a clause. */
static bool is_plain(struct bytes in, size_t i, size_t n)
{
	return n > 1 && n < BLOCK - 1 && is_lower(in.p[i]) &&
	       i + n + 1 < in.n && in.p[i + n] == ' ' &&
	       !is_digit(in.p[i + n + 1]) && (i < 2 || in.p[i - 2] != ',');
}

static inline unsigned may_be(const struct recognizers *r, struct bytes in,
			      size_t i, size_t n)
{
	uint8_t a = in.p[i], b = n > 1 ? in.p[i + 1] : 0;

	if (is_digit(a) || ((a | b) & 0x80) != 0)
		return MAY_ALL;
	return r->starts.may[(a & 31u) << 5 | (b & 31u)]
			    [n < LONGEST ? n : LONGEST];
}

static void block_words(struct starts *m, const struct recognizers *r,
			struct bytes in, size_t block, uint64_t begins)
{
	bool last = (block + 1) * BLOCK > in.n;
	const uint64_t *w = m->set[STARTS_WORD] + block;
	const uint64_t *d = m->set[STARTS_DIGIT] + block;
	const uint64_t words[2] = {w[0], last ? 0 : w[1]};
	const uint64_t digits[2] = {d[0], last ? 0 : d[1]};
	uint64_t scan = 0, number = 0, ask = 0;

	for (; begins != 0; begins &= begins - 1) {
		unsigned bit = (unsigned)__builtin_ctzll(begins);
		size_t i = block * BLOCK + bit;
		uint64_t rest = ~window(words, bit);
		size_t n = rest == 0 ? BLOCK : (size_t)__builtin_ctzll(rest);
		uint64_t may = may_be(r, in, i, n);

		if (!is_plain(in, i, n) ||
		    (window(digits, bit) & (((uint64_t)1 << n) - 1)) != 0)
			may |= MAY_SCAN;
		scan |= (may & MAY_SCAN) << bit;
		number |= (may / MAY_NUMBER & 1) << bit;
		ask |= (may / MAY_ASK & 1) << bit;
	}
	m->set[STARTS_SCAN][block] |= scan;
	m->set[STARTS_NUMBER][block] = number;
	m->set[STARTS_ASK][block] = ask;
}

static int room(struct starts *m, size_t blocks)
{
	uint64_t *at = m->own;

	mem_free(m->heap);
	m->heap = NULL;
	if (blocks > STARTS_OWN) {
		m->heap = at = mem_new(blocks * STARTS_SETS, sizeof(*at));
		if (at == NULL)
			return -ENOMEM;
	}
	for (unsigned k = 0; k < STARTS_SETS; k++)
		m->set[k] = at + k * blocks;
	return 0;
}

int starts_make(struct starts *m, const struct recognizers *r, struct bytes in)
{
	size_t blocks = in.n / BLOCK + 1;
	uint64_t before = 0;

	if (room(m, blocks) != 0)
		return -ENOMEM;
	m->n = in.n;
	for (size_t k = 0; k < blocks; k++) {
		size_t at = k * BLOCK, n = in.n - at;
		struct block b = block_of(in.p + at, n < BLOCK ? n : BLOCK);

		m->set[STARTS_WORD][k] = b.words;
		m->set[STARTS_DIGIT][k] = b.digits;
		m->set[STARTS_SCAN][k] = b.marks;
	}
	for (size_t k = 0; k < blocks; k++) {
		uint64_t words = m->set[STARTS_WORD][k];

		block_words(m, r, in, k, words & ~(words << 1 | before));
		before = words >> (BLOCK - 1);
	}
	return 0;
}

void starts_free(struct starts *m)
{
	mem_free(m->heap);
	m->heap = NULL;
}

size_t starts_next(const struct starts *m, enum starts_set set, size_t i)
{
	uint64_t v;

	if (i >= m->n)
		return m->n;
	v = m->set[set][i / BLOCK] >> i % BLOCK;
	if (v != 0)
		return i + (size_t)__builtin_ctzll(v);
	for (i = i / BLOCK + 1; i * BLOCK < m->n; i++)
		if (m->set[set][i] != 0)
			return i * BLOCK +
			       (size_t)__builtin_ctzll(m->set[set][i]);
	return m->n;
}

size_t starts_over(const struct starts *m, enum starts_set set, size_t i)
{
	while (i < m->n) {
		uint64_t v = ~m->set[set][i / BLOCK] >> i % BLOCK;

		if (v != 0) {
			i += (size_t)__builtin_ctzll(v);
			return i < m->n ? i : m->n;
		}
		i = (i / BLOCK + 1) * BLOCK;
	}
	return m->n;
}

void starts_table_make(struct recognizers *r)
{
	for (unsigned pair = 0; pair < 1024; pair++) {
		uint8_t a = (uint8_t)('a' - 1 + (pair >> 5));
		uint8_t b = (uint8_t)('a' - 1 + (pair & 31));

		for (unsigned n = 0; n <= LONGEST; n++) {
			unsigned may = 0;

			if ((r->triggers.lengths[pair] >> n & 1) != 0)
				may |= MAY_SCAN;
			if (abode_may_number(a, b, n))
				may |= MAY_NUMBER;
			if (abode_may_ask(a, b, n))
				may |= MAY_ASK;
			r->starts.may[pair][n] = (uint8_t)may;
		}
	}
}
