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
	MAY_SAID = 8,
	MAY_ALL = 15,
};

struct block {
	uint64_t words, digits, marks;
};

#ifdef __SSE2__
static inline __m128i in_range(__m128i v, char from, char n)
{
	__m128i off = _mm_sub_epi8(v, _mm_set1_epi8(from));

	return _mm_cmpeq_epi8(_mm_min_epu8(off, _mm_set1_epi8((char)(n - 1))),
			      off);
}

static inline uint64_t bits(__m128i v, unsigned at)
{
	return (uint64_t)(unsigned)_mm_movemask_epi8(v) << at;
}

/* Of BLOCK bytes. */
static inline struct block block_of(const uint8_t *p)
{
	struct block b = {.words = 0};

	for (unsigned k = 0; k < BLOCK; k += 16) {
		__m128i v = _mm_loadu_si128((const __m128i *)(p + k));
		__m128i low = _mm_or_si128(v, _mm_set1_epi8(0x20));
		__m128i digit = in_range(v, '0', 10), mark;

		mark = _mm_cmpeq_epi8(v, _mm_set1_epi8('@'));
		mark = _mm_or_si128(mark,
				    _mm_cmpeq_epi8(v, _mm_set1_epi8(':')));
		mark = _mm_or_si128(mark,
				    _mm_cmpeq_epi8(v, _mm_set1_epi8('.')));
		mark = _mm_or_si128(mark,
				    _mm_cmpeq_epi8(v, _mm_set1_epi8('$')));
		mark = _mm_or_si128(mark,
				    _mm_cmpeq_epi8(v, _mm_set1_epi8('?')));
		b.digits |= bits(digit, k);
		b.marks |= bits(mark, k);
		digit = _mm_or_si128(digit, in_range(low, 'a', 26));
		b.words |=
			bits(_mm_or_si128(digit, v), k); /* v: beyond ASCII */
	}
	return b;
}
#else
static inline struct block block_of(const uint8_t *p)
{
	struct block b = {.words = 0};

	for (unsigned k = 0; k < BLOCK; k++) {
		uint8_t c = p[k];
		bool mark = c == '@' || c == ':' || c == '.' || c == '$' ||
			    c == '?';

		b.digits |= (uint64_t)is_digit(c) << k;
		b.words |= (uint64_t)is_word(c) << k;
		b.marks |= (uint64_t)mark << k;
	}
	return b;
}
#endif

/* Of n bytes, of which BLOCK count. */
static inline struct block block_at(const uint8_t *p, size_t n)
{
	uint8_t part[BLOCK] = {0};

	if (n >= BLOCK)
		return block_of(p);
	if (n > 0)
		memcpy(part, p, n);
	return block_of(part);
}

/* Bits of two words, from one of the first on. */
static inline uint64_t window(const uint64_t v[2], unsigned bit)
{
	return (uint64_t)(((unsigned __int128)v[1] << BLOCK | v[0]) >> bit);
}

/* The words that begin in one block. */
struct words {
	uint64_t in_word[2], digits[2]; /* of the block and the next */
	uint64_t scan, number, ask, said;
};

/* The scan would go on behind the word of n bytes at i: no digits right behind,
 * no capitals, in the middle of a clause. */
static inline bool is_plain(struct bytes in, size_t i, size_t n)
{
	return n > 1 && n < BLOCK - 1 && is_lower(in.p[i]) &&
	       in.p[i + 1] < 0x80 && i + n + 1 < in.n && in.p[i + n] == ' ' &&
	       !is_digit(in.p[i + n + 1]) && (i < 2 || in.p[i - 2] != ',');
}

static inline unsigned table(const struct recognizers *r, struct bytes in,
			     size_t i, size_t n)
{
	return r->starts
		.may[(in.p[i] & 31u) << 5 | (n > 1 ? in.p[i + 1] & 31u : 0)]
		    [n < LONGEST ? n : LONGEST];
}

/* What a word may be that is not plain. */
static unsigned other(const struct recognizers *r, struct bytes in, size_t i,
		      size_t n)
{
	if (is_digit(in.p[i]) || in.p[i] >= 0x80 ||
	    (n > 1 && in.p[i + 1] >= 0x80))
		return MAY_ALL;
	return table(r, in, i, n) | MAY_SCAN;
}

static inline void word(struct words *w, const struct recognizers *r,
			struct bytes in, size_t i, unsigned bit)
{
	uint64_t rest = ~window(w->in_word, bit);
	size_t n = rest == 0 ? BLOCK : (size_t)__builtin_ctzll(rest);
	unsigned may =
		is_plain(in, i, n) ? table(r, in, i, n) : other(r, in, i, n);

	if ((w->digits[0] | w->digits[1]) != 0 && n < BLOCK &&
	    (window(w->digits, bit) & (((uint64_t)1 << n) - 1)) != 0)
		may |= MAY_SCAN;
	w->scan |= (uint64_t)(may & MAY_SCAN) << bit;
	if ((may & ~(unsigned)MAY_SCAN) == 0)
		return; /* most words */
	if ((may & MAY_SAID) != 0 && n > 1 && !is_digit(in.p[i]) &&
	    recognizer_spoken_may(in, i) == 0)
		may &= ~(unsigned)MAY_SAID;
	w->number |= (uint64_t)(may / MAY_NUMBER & 1) << bit;
	w->ask |= (uint64_t)(may / MAY_ASK & 1) << bit;
	w->said |= (uint64_t)(may / MAY_SAID & 1) << bit;
}

static void block_words(struct starts *m, const struct recognizers *r,
			struct bytes in, size_t block, uint64_t begins)
{
	bool last = (block + 1) * BLOCK > in.n;
	const uint64_t *v = m->set[STARTS_WORD] + block;
	const uint64_t *d = m->set[STARTS_DIGIT] + block;
	struct words w = {.in_word = {v[0], last ? 0 : v[1]},
			  .digits = {d[0], last ? 0 : d[1]}};

	for (; begins != 0; begins &= begins - 1) {
		unsigned bit = (unsigned)__builtin_ctzll(begins);

		word(&w, r, in, block * BLOCK + bit, bit);
	}
	m->set[STARTS_SCAN][block] |= w.scan;
	m->set[STARTS_NUMBER][block] = w.number;
	m->set[STARTS_ASK][block] = w.ask;
	m->set[STARTS_SAID][block] = w.said;
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
	m->walked = 0;
	for (size_t k = 0; k < blocks; k++) {
		size_t at = k * BLOCK, n = in.n - at;
		struct block b = block_at(in.p + at, n);

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

size_t starts_next_far(struct starts *m, enum starts_set set, size_t i)
{
	for (i = i / BLOCK + 1; i * BLOCK < m->n; i++, m->walked++)
		if (m->set[set][i] != 0)
			return i * BLOCK +
			       (size_t)__builtin_ctzll(m->set[set][i]);
	return m->n;
}

size_t starts_over_far(struct starts *m, enum starts_set set, size_t i)
{
	for (i = i / BLOCK + 1; i * BLOCK < m->n; i++, m->walked++)
		if (~m->set[set][i] != 0) {
			i = i * BLOCK +
			    (size_t)__builtin_ctzll(~m->set[set][i]);
			return i < m->n ? i : m->n;
		}
	return m->n;
}

static unsigned abode_may(const struct word *w)
{
	return (abode_may_number(w) ? MAY_NUMBER : 0u) |
	       (abode_may_ask(w) ? MAY_ASK : 0u);
}

void starts_table_make(struct recognizers *r)
{
	for (unsigned pair = 0; pair < 1024; pair++)
		for (unsigned n = 0; n <= LONGEST; n++) {
			unsigned may = 0;

			if ((r->triggers.lengths[pair] >> n & 1) != 0)
				may |= MAY_SCAN;
			if (recognizer_spoken_long(pair, n))
				may |= MAY_SAID;
			r->starts.may[pair][n] = (uint8_t)may;
		}
	for (uint32_t k = 1; k <= r->abode.nwords; k++) {
		const struct word *w = &r->abode.words[k];
		const uint8_t *letters = (const uint8_t *)w->key;
		size_t n = strnlen((const char *)letters, WORD_KEY);

		r->starts.may[(letters[0] & 31u) << 5 |
			      (n > 1 ? letters[1] & 31u : 0)][n] |=
			(uint8_t)abode_may(w);
	}
}
