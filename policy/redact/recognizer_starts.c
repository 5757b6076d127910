/* Sets of the bytes at which words begin, 64 bytes a time. */
/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Ten recognizers would walk over each word of a text, and each wants but a few
 * of them. So it is walked over once: which bytes are in words is told for 64
 * of them without a branch, and each word is looked up in one table, which
 * tells who may want it. What a set holds is no more than "maybe": the
 * recognizer that goes from one of its bytes to the next looks at the word
 * itself. A word that is in none of the sets is never looked at.
 *
 * What the table told is kept by where the word stands, for those who ask
 * (recognizer_listed.c).
 */
#include "policy/redact/recognizer_starts.h"

#include <errno.h>
#ifdef __SSE2__
#include <emmintrin.h>
#endif

#include "base/mem.h"
#include "policy/redact/recognizer_abode.h"
#include "policy/redact/recognizer_words_key.h"

#define BLOCK 64
#define IDS_MOST (1u << 20) /* bytes of a text whose words are kept */

/* What a word is to the sets; STARTS_FOREIGN and so on go on. */
enum may {
	MAY_SCAN = 1, /* as a truth value */
	MAY_NUMBER = 2,
	MAY_ASK = 4,
};

/* Of BLOCK bytes, a bit for each: it is in a word, a digit and so on. */
struct block {
	uint64_t words, digits, marks, high, dots, commas, dashes, capitals;
	uint64_t blanks;
};

#ifdef __SSE2__
static inline __m128i in_range(__m128i v, char from, char n)
{
	__m128i off = _mm_sub_epi8(v, _mm_set1_epi8(from));

	return _mm_cmpeq_epi8(_mm_min_epu8(off, _mm_set1_epi8((char)(n - 1))),
			      off);
}

static inline __m128i is(__m128i v, char c)
{
	return _mm_cmpeq_epi8(v, _mm_set1_epi8(c));
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

		mark = _mm_or_si128(is(v, '@'), is(v, ':'));
		mark = _mm_or_si128(mark, is(v, '$'));
		mark = _mm_or_si128(mark, is(v, '?'));
		b.digits |= bits(digit, k);
		b.marks |= bits(mark, k);
		b.dots |= bits(is(v, '.'), k);
		b.blanks |= bits(is(v, ' '), k);
		b.commas |= bits(is(v, ','), k);
		b.dashes |= bits(is(v, '-'), k);
		b.capitals |= bits(in_range(v, 'A', 26), k);
		digit = _mm_or_si128(digit, in_range(low, 'a', 26));
		b.high |= bits(v, k);
		b.words |= bits(digit, k);
	}
	b.words |= b.high;
	return b;
}
#else
static inline struct block block_of(const uint8_t *p)
{
	struct block b = {.words = 0};

	for (unsigned k = 0; k < BLOCK; k++) {
		uint8_t c = p[k];
		bool mark = c == '@' || c == ':' || c == '$' || c == '?';

		b.digits |= (uint64_t)is_digit(c) << k;
		b.words |= (uint64_t)is_word(c) << k;
		b.marks |= (uint64_t)mark << k;
		b.high |= (uint64_t)(c >= 0x80) << k;
		b.dots |= (uint64_t)(c == '.') << k;
		b.blanks |= (uint64_t)(c == ' ') << k;
		b.commas |= (uint64_t)(c == ',') << k;
		b.dashes |= (uint64_t)(c == '-') << k;
		b.capitals |= (uint64_t)is_upper(c) << k;
	}
	return b;
}
#endif

/* Bits of two blocks, n behind and n before each of the first's (second's); n
 * > 0. */
static inline uint64_t ahead(uint64_t here, uint64_t next, unsigned n)
{
	return here >> n | next << (BLOCK - n);
}

static inline uint64_t behind(uint64_t before, uint64_t here, unsigned n)
{
	return here << n | before >> (BLOCK - n);
}

/* Of a block what the next one asks for. */
struct before {
	uint64_t words, commas;
};

/* Bytes of words at which the scan looks whatever the word is: each digit, a
 * first byte behind a comma or of a sign, a letter alone that no other word
 * follows; a last byte before a number, before a point ("Tel.") or a dash
 * ("no-5"), a capital. Told for all words of the block: nobody can foretell any
 * of these. */
static inline uint64_t stand_out(struct before before, const struct block *b,
				 const struct block *c, uint64_t begins)
{
	uint64_t last = b->words & ~ahead(b->words, c->words, 1);
	uint64_t dot = ahead(b->dots, c->dots, 1);
	uint64_t earlier = before.words & ~(before.words << 1);
	uint64_t one = begins & last, two, four, first, end;
	uint64_t amid = one & ahead(b->blanks, c->blanks, 1) &
			ahead(b->words, c->words, 2) &
			~ahead(b->capitals, c->capitals, 2);

	two = behind(earlier, begins, 1) & ahead(b->dashes, c->dashes, 1);
	four = behind(earlier, begins, 3) & dot & ahead(b->words, c->words, 2);
	first = begins & (b->high | behind(before.commas, b->commas, 2));
	end = (b->capitals & ~amid) | two | four |
	      ahead(b->digits, c->digits, 2) |
	      (dot & ahead(b->digits, c->digits, 3));
	return b->digits | (one & ~amid) | first | (last & end);
}

/* The words that begin in one block. */
struct words {
	uint64_t begins, lasts; /* their first bytes; the last byte of each */
	unsigned beyond;	/* where that is of one that goes on */
	uint64_t out;		/* bytes that stand out */
	uint64_t scan, number, ask, said;
};

/* The word with that key, of n > 1 bytes, may say digits; 1 or 0. */
static inline unsigned may_say(struct word_key k, unsigned n)
{
	const struct spoken_row *r =
		&recognizer_spoken_rows[k.a & 31][k.a >> 8 & 31];
	unsigned third = k.a >> 16 & 31; /* 0: there is none */

	n = n < SPOKEN_LONGEST ? n : SPOKEN_LONGEST;
	return r->lengths >> n & r->third >> third & 1;
}

static inline uint64_t lowest(uint64_t v)
{
	return v & (0 - v);
}

/* bit, or 0 where yes is 0; it is 0 or 1. */
static inline uint64_t only(uint64_t bit, unsigned yes)
{
	return bit & (0 - (uint64_t)yes);
}

/* Of the block at at of the text, which are the bytes p; 16 more are there to
 * read. high: there may be some beyond ASCII. */
static ALWAYS_INLINE void each_word(struct starts *m, struct words *words,
				    const struct recognizers *r,
				    struct bytes in, size_t at,
				    const uint8_t *p, bool high)
{
	/* a huge text's are kept nowhere, and it does not need own */
	uint16_t *id = m->id == NULL ? (uint16_t *)m->own : m->id + at;
	struct words w = *words;
	const struct word_table all = r->all;
	const uint16_t *starts = r->starts;
	unsigned any = m->any;

	for (uint64_t left = w.begins, low; left != 0; left ^= low) {
		unsigned i = (unsigned)__builtin_ctzll(left);
		unsigned last = w.lasts == 0
					? w.beyond
					: (unsigned)__builtin_ctzll(w.lasts);
		unsigned n = last + 1 - i, nr, may;
		struct word_key k = word_key_at(p + i, n, high);

		low = lowest(left);
		w.lasts &= w.lasts - 1;
		nr = word_key_id(&all, k);
		id[i] = (uint16_t)(nr + 1);
		may = starts[nr];
		any |= may;
		w.scan |= only(low, may & MAY_SCAN);
		if ((w.out & (lowest(left ^ low) - low)) != 0)
			w.scan |= low; /* up to where the next one begins */
		w.said |=
			only(low, high ? recognizer_spoken_may(in, at + i) != 0
				       : may_say(k, n));
		if ((may & (MAY_NUMBER | MAY_ASK)) == 0)
			continue; /* most words */
		w.number |= only(low, may / MAY_NUMBER & 1);
		w.ask |= only(low, may / MAY_ASK & 1);
	}
	m->any = any;
	*words = w;
}

static void block_words(struct starts *m, const struct recognizers *r,
			struct bytes in, size_t block, const uint8_t *p,
			struct before before, const struct block *b,
			const struct block *next)
{
	uint64_t begins = b->words & ~behind(before.words, b->words, 1);
	uint64_t rest = ~next->words;
	struct words w = {.begins = begins,
			  .out = stand_out(before, b, next, begins)};

	w.lasts = b->words & ~ahead(b->words, next->words, 1);
	w.said = begins & (w.lasts | b->digits);
	w.number = begins & b->digits;
	w.lasts &= 0 - lowest(begins); /* not that of one from before */
	w.beyond = rest == 0 ? 2 * BLOCK
			     : BLOCK - 1 + (unsigned)__builtin_ctzll(rest);
	/* one that may go on in the next block is looked at */
	if (b->words >> (BLOCK - 1) != 0 && begins != 0)
		w.scan = (uint64_t)1 << (BLOCK - 1 - __builtin_clzll(begins));
	if ((b->high | next->high) == 0)
		each_word(m, &w, r, in, block * BLOCK, p, false);
	else
		each_word(m, &w, r, in, block * BLOCK, p, true);
	m->set[STARTS_WORD][block] = b->words;
	m->set[STARTS_DIGIT][block] = b->digits;
	/* a point within a host's name, of the marks that are no word */
	m->set[STARTS_SCAN][block] =
		b->marks | w.scan | (b->dots & ahead(b->words, next->words, 1));
	m->set[STARTS_NUMBER][block] = w.number;
	m->set[STARTS_ASK][block] = w.ask;
	m->set[STARTS_SAID][block] = w.said;
	m->high = m->high || b->high != 0;
}

/* The sets, and behind them, of a text that is not huge, the words' numbers. */
static int room(struct starts *m, size_t n)
{
	size_t blocks = n / BLOCK + 2, sets = blocks * STARTS_SETS;
	size_t ids = n > IDS_MOST ? 0 : n * sizeof(*m->id);
	uint64_t *at = m->own;

	mem_free(m->heap);
	m->heap = NULL;
	if (blocks > STARTS_OWN) {
		m->heap = at =
			mem_new(sets + ids / sizeof(*at) + 1, sizeof(*at));
		if (at == NULL)
			return -ENOMEM;
	}
	for (unsigned k = 0; k < STARTS_SETS; k++)
		m->set[k] = at + k * blocks;
	for (unsigned k = 0; k < STARTS_SETS; k++)
		m->set[k][blocks - 1] = 0; /* behind the text */
	m->id = ids == 0 ? NULL : (uint16_t *)(at + sets);
	if (m->heap == NULL && ids > 0)
		memset(m->id, 0, ids);
	return 0;
}

int starts_make(struct starts *m, const struct recognizers *r, struct bytes in)
{
	size_t blocks = in.n / BLOCK + 1;
	size_t own = blocks < 2 ? 0 : blocks - 2; /* the first block of end */
	uint8_t end[2 * BLOCK + sizeof(struct word_key)] = {0};
	const uint8_t *p = own > 0 ? in.p : end, *after;
	struct before before = {.words = 0};
	struct block here, next;

	if (room(m, in.n) != 0)
		return -ENOMEM;
	if (in.n > 0)
		memcpy(end, in.p + own * BLOCK, in.n - own * BLOCK);
	m->n = in.n;
	m->may = r->starts;
	m->walked = 0;
	m->high = false;
	m->any = 0;
	here = block_of(p);
	for (size_t k = 0; k < blocks; k++, p = after) {
		after = k + 1 == own ? end : p + BLOCK;
		if (k + 1 < blocks)
			next = block_of(after);
		else
			next = (struct block){.words = 0};
		block_words(m, r, in, k, p, before, &here, &next);
		before = (struct before){here.words, here.commas};
		here = next;
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

/* The words of the list are that, too; those that are in no table are not. */
static void mark(struct recognizers *r, const char *list, unsigned may)
{
	while (*list != '\0') {
		size_t n = strcspn(list, " ");
		unsigned id =
			recognizer_words_id(&r->all, bytes_of(list, n), 0, n);

		if (id != 0)
			r->starts[id] |= (uint16_t)may;
		list += n + strspn(list + n, " ");
	}
}

int starts_table_make(struct recognizers *r)
{
	r->starts = mem_new(r->all.nwords + 1, sizeof(*r->starts));
	if (r->starts == NULL)
		return -ENOMEM;
	for (uint32_t k = 1; k <= r->all.nwords; k++) {
		const struct listed *l = &r->listed[k];
		unsigned may = l->trigger != NULL && (l->trigger->roles &
						      ROLES_ACT) != 0
				       ? MAY_SCAN
				       : 0;

		if (l->abode != NULL)
			may |= (abode_may_number(l->abode) ? MAY_NUMBER : 0u) |
			       (abode_may_ask(l->abode) ? MAY_ASK : 0u) |
			       ((l->abode->roles & ABODE_UNIT) != 0
					? STARTS_UNIT
					: 0u) |
			       ((l->abode->roles & ABODE_KIND) != 0
					? STARTS_KIND
					: 0u);
		if (l->common != NULL && (l->common->roles & ROLE_FOREIGN) != 0)
			may |= STARTS_FOREIGN;
		else if (l->common != NULL &&
			 (l->common->roles & ROLE_FUNCTION) != 0)
			may |= STARTS_ENGLISH;
		r->starts[k] = (uint16_t)may;
	}
	mark(r, "a me no las los", STARTS_SHARED);
	for (size_t k = 0; recognizer_chain_list(k) != NULL; k++)
		mark(r, recognizer_chain_list(k), STARTS_CHAIN);
	for (size_t k = 0; recognizer_idle_list(k) != NULL; k++)
		mark(r, recognizer_idle_list(k), STARTS_IDLE);
	return 0;
}
