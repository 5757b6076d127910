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
		__m128i digit = in_range(v, '0', 10), mark, dot = is(v, '.');

		mark = _mm_or_si128(dot, is(v, '@'));
		mark = _mm_or_si128(mark, is(v, ':'));
		mark = _mm_or_si128(mark, is(v, '$'));
		mark = _mm_or_si128(mark, is(v, '?'));
		b.digits |= bits(digit, k);
		b.marks |= bits(mark, k);
		b.dots |= bits(dot, k);
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
		bool mark = c == '@' || c == ':' || c == '.' || c == '$' ||
			    c == '?';

		b.digits |= (uint64_t)is_digit(c) << k;
		b.words |= (uint64_t)is_word(c) << k;
		b.marks |= (uint64_t)mark << k;
		b.high |= (uint64_t)(c >= 0x80) << k;
		b.dots |= (uint64_t)(c == '.') << k;
		b.commas |= (uint64_t)(c == ',') << k;
		b.dashes |= (uint64_t)(c == '-') << k;
		b.capitals |= (uint64_t)is_upper(c) << k;
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

/* A block between its neighbours. */
struct place {
	struct block before, here, next;
};

/* Bytes of words at which the scan looks whatever the word is: each digit, a
 * first byte behind a comma or of a sign, one letter; a last byte before a
 * number, before a point ("Tel.") or a dash ("no-5"), a capital. Told for all
 * words of the block: nobody can foretell any of these. */
static inline uint64_t stand_out(const struct place *p, uint64_t begins)
{
	const struct block *b = &p->here, *c = &p->next;
	uint64_t last = b->words & ~ahead(b->words, c->words, 1);
	uint64_t dot = ahead(b->dots, c->dots, 1);
	uint64_t earlier = p->before.words & ~(p->before.words << 1);
	uint64_t one = begins & last, two, four, first, end;

	two = behind(earlier, begins, 1) & ahead(b->dashes, c->dashes, 1);
	four = behind(earlier, begins, 3) & dot;
	first = begins & (b->high | behind(p->before.commas, b->commas, 2));
	end = b->capitals | two | four | ahead(b->digits, c->digits, 2) |
	      (dot & ahead(b->digits, c->digits, 3));
	return b->digits | one | first | (last & end);
}

/* The words that begin in one block. */
struct words {
	uint64_t in_word[2]; /* of the block and the next */
	uint64_t out, high;  /* bytes that stand out, or are beyond ASCII */
	uint64_t scan, number, ask, said;
};

/* The word with that key, of n bytes, may say digits, or is one letter. Of one
 * with accents that is not told by its letters. */
static inline unsigned may_say(struct word_key k, size_t n)
{
	const struct spoken_row *r =
		&recognizer_spoken_rows[k.a & 31][k.a >> 8 & 31];
	unsigned lengths = r->lengths;

	n = n < SPOKEN_LONGEST ? n : SPOKEN_LONGEST;
	return (n == 1) | ((lengths >> n & 1) &
			   ((n == 2) | (r->third >> (k.a >> 16 & 31) & 1)));
}

static inline void word(struct starts *m, struct words *w,
			const struct recognizers *r, struct bytes in, size_t i,
			unsigned bit)
{
	uint64_t rest = ~(w->in_word[0] >> bit |
			  w->in_word[1] << 1 << (BLOCK - 1 - bit));
	size_t n = rest == 0 ? BLOCK : (size_t)__builtin_ctzll(rest);
	uint64_t mine = n < BLOCK ? ((uint64_t)1 << n) - 1 : ~(uint64_t)0;
	struct word_key k = word_key_in(in, i, n);
	unsigned id = word_key_id(&r->all, k);
	unsigned digit = is_digit(in.p[i]), may = r->starts[id], says;

	if (m->id != NULL)
		m->id[i] = (uint16_t)(id + 1);
	m->any |= may;
	/* who goes on in the next block is looked at */
	may |= ((w->out >> bit & mine) != 0) | (bit + n >= BLOCK) |
	       digit * (unsigned)MAY_NUMBER;
	says = w->high != 0 ? recognizer_spoken_may(in, i) != 0 : may_say(k, n);
	w->scan |= (uint64_t)(may & MAY_SCAN) << bit;
	w->said |= (uint64_t)(digit | says) << bit;
	if ((may & (MAY_NUMBER | MAY_ASK)) == 0)
		return; /* most words */
	w->number |= (uint64_t)(may / MAY_NUMBER & 1) << bit;
	w->ask |= (uint64_t)(may / MAY_ASK & 1) << bit;
}

static void block_words(struct starts *m, const struct recognizers *r,
			struct bytes in, size_t block, const struct place *p)
{
	uint64_t begins =
		p->here.words & ~behind(p->before.words, p->here.words, 1);
	struct words w = {.in_word = {p->here.words, p->next.words},
			  .out = stand_out(p, begins),
			  .high = p->here.high | p->next.high};

	for (uint64_t left = begins; left != 0; left &= left - 1) {
		unsigned bit = (unsigned)__builtin_ctzll(left);

		word(m, &w, r, in, block * BLOCK + bit, bit);
	}
	m->set[STARTS_WORD][block] = p->here.words;
	m->set[STARTS_DIGIT][block] = p->here.digits;
	m->set[STARTS_SCAN][block] = p->here.marks | w.scan;
	m->set[STARTS_NUMBER][block] = w.number;
	m->set[STARTS_ASK][block] = w.ask;
	m->set[STARTS_SAID][block] = w.said;
	m->high = m->high || p->here.high != 0;
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
	struct place p = {.here = block_at(in.p, in.n)};

	if (room(m, in.n) != 0)
		return -ENOMEM;
	m->n = in.n;
	m->may = r->starts;
	m->walked = 0;
	m->high = false;
	m->any = 0;
	for (size_t k = 0; k < blocks; k++) {
		size_t at = (k + 1) * BLOCK;

		if (k + 1 < blocks)
			p.next = block_at(in.p + at, in.n - at);
		else
			p.next = (struct block){.words = 0};
		block_words(m, r, in, k, &p);
		p.before = p.here;
		p.here = p.next;
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
