/* Labels for words: weights summed, the best sequence, names as spans. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "policy/redact/tagger.h"

#include <endian.h>
#include <errno.h>

#include "base/mem.h"
#include "policy/redact/tagger_in.h"

/*
 * How the tagger works
 *
 * A linear chain over tokens: each token has a weight for each label, summed
 * over its features; each pair of labels has one; the sequence with the
 * greatest sum wins (Viterbi). The weights are those of a conditional random
 * field, so the difference of two sequences' sums is the logarithm of their
 * odds, and a name's score is its sum against that of no name in its place.
 *
 * Features are hashed into rows of a table: no dictionary, no collision
 * handling; training saw the same collisions. Nearly all of them belong to one
 * word (its letters, its shape, what the table of names says) as seen by
 * itself and its neighbours. What a word adds to five labels is therefore
 * computed once and remembered in a small table by its bytes: a thousand words
 * are most of any text. The few features of words together are looked up at
 * every token.
 *
 * All is integer arithmetic: the same text gives the same names everywhere.
 *
 * A long text is labelled in chunks of TAGGER_CHUNK tokens. The next one begins
 * at a word that is no name, two words early, so that a name is never cut while
 * a chunk has a word without one in its second half.
 */

#define WIDTH (2 * TAGGER_REACH + 1)
#define MEMO 4096      /* words remembered; a power of two */
#define MEMO_LONG 19   /* bytes of one; longer ones are rare */
#define NEVER (-12000) /* a label that cannot follow */
#define STRONG 2000    /* bound of a token's weights */

typedef int8_t stored_row __attribute__((vector_size(LABELS)));

struct memo {
	tagger_row at[WIDTH]; /* added to the token TAGGER_REACH before ... */
	uint32_t id;
	uint8_t names, shape, n;
	uint8_t word[MEMO_LONG];
};

/* Tokens that are labelled at once. */
struct chunk {
	struct tagger *t;
	struct bytes text;
	enum tagger_asked asked;
	unsigned n;
	/* with the edges around the text */
	struct tagger_token tokens[TAGGER_CHUNK + 2 * TAGGER_REACH];
	tagger_row sums[TAGGER_CHUNK + 2 * TAGGER_REACH];
	uint8_t from[TAGGER_CHUNK][LABELS];
	uint8_t labels[TAGGER_CHUNK];
};

struct tagger {
	struct tagger_model m;
	tagger_row follow[LABELS], begin;
	tagger_row edge[WIDTH]; /* what the end of the text adds */
	uint32_t edge_id;
	uint8_t percent[128]; /* by sixteenths of log-odds */
	struct chunk chunk;
	struct memo memo[MEMO];
	uint32_t some[TAGGER_SOME / 32];
};

int tagger_model(struct bytes b, struct tagger_model *m)
{
	struct tagger_head *h = &m->head;

	if (b.n < sizeof(*h) ||
	    memcmp(b.p, TAGGER_MAGIC, sizeof(h->magic)) != 0)
		return -EPROTO;
	memcpy(h, b.p, sizeof(*h));
	h->row_bits = le32toh(h->row_bits);
	h->name_bits = le32toh(h->name_bits);
	h->unit = le32toh(h->unit);
	h->out = le32toh(h->out);
	if (h->row_bits < 1 || h->row_bits > 24 || h->name_bits > 24 ||
	    h->unit < 1 || h->unit > 127 || h->out > 127)
		return -EPROTO;
	m->rows = b.p + sizeof(*h);
	m->names = m->rows + ((size_t)LABELS << h->row_bits);
	m->some = NULL;
	if (b.n != sizeof(*h) + ((size_t)LABELS << h->row_bits) +
			   ((size_t)4 << h->name_bits))
		return -EPROTO;
	return 0;
}

static tagger_row row_of(const struct tagger_model *m, uint32_t row)
{
	stored_row r;

	memcpy(&r, m->rows + (size_t)row * LABELS, sizeof(r));
	return __builtin_convertvector(r, tagger_row);
}

static void add_word(const struct tagger_model *m, const uint32_t v[KINDS],
		     tagger_row at[WIDTH])
{
	for (unsigned k = 0; k < KINDS; k++) {
		unsigned reach = tagger_reach(k);

		for (unsigned p = 0; p < WIDTH; p++)
			if ((reach >> p & 1) != 0)
				at[p] +=
					row_of(m, tagger_row_at(m, k, v[k], p));
	}
}

/* Percent of a log-odds x = i / 16: 100 / (1 + e^-x), in halves of e. */
static void percents(struct tagger *t)
{
	double odds = 1, step = 1.0644944589178593; /* e^(1/16) */

	for (unsigned i = 0; i < ARRAY_LEN(t->percent); i++) {
		t->percent[i] = (uint8_t)(100 * odds / (1 + odds));
		odds *= step;
	}
}

static void prepare(struct tagger *t)
{
	static const struct tagger_token edge = {.shape = SHAPE_EDGE};
	const struct tagger_head *h = &t->m.head;
	struct tagger_token token = edge;
	uint32_t v[KINDS];

	for (unsigned a = 0; a < LABELS; a++) {
		t->begin[a] = (int16_t)le16toh((uint16_t)h->begin[a]);
		for (unsigned b = 0; b < LABELS; b++)
			t->follow[a][b] =
				(int16_t)le16toh((uint16_t)h->follow[a][b]);
	}
	tagger_word(&t->m, bytes_str(""), &token, v);
	add_word(&t->m, v, t->edge);
	t->edge_id = token.id;
	percents(t);
	tagger_some(&t->m, t->some);
}

int tagger_new(struct bytes model, struct tagger **out)
{
	struct tagger *t = mem_new(1, sizeof(*t));
	int rc;

	*out = NULL;
	if (t == NULL)
		return -ENOMEM;
	rc = tagger_model(model.p == NULL ? tagger_weights() : model, &t->m);
	if (rc != 0) {
		mem_free(t);
		return rc;
	}
	prepare(t);
	*out = t;
	return 0;
}

void tagger_free(struct tagger *t)
{
	mem_free(t);
}

unsigned tagger_hashed(const struct tagger *t, uint64_t h)
{
	return tagger_names(&t->m, h);
}

bool tagger_knows(const struct tagger *t, struct bytes word,
		  enum tagger_type type)
{
	static const uint8_t bits[TAGGER_TYPES] = {
		[TAGGER_PERSON] = TAGGER_GIVEN | TAGGER_FAMILY,
		[TAGGER_LOCATION] = TAGGER_PLACE};

	return (tagger_listed(t, word) & bits[type]) != 0;
}

/* ---- the sums of one chunk ---- */

static const struct memo *remember(struct tagger *t, struct bytes text,
				   struct tagger_token *token,
				   struct memo *spare)
{
	uint32_t n = token->end - token->start;
	uint32_t slot = (token->hash ^ token->hash >> 16 ^
			 (uint32_t)token->shape << 4) &
			(MEMO - 1);
	struct memo *m = &t->memo[slot];
	uint32_t v[KINDS];

	if (n > MEMO_LONG)
		m = spare;
	else if (m->n == n && m->shape == token->shape &&
		 memcmp(m->word, text.p + token->start, n) == 0)
		return m;
	tagger_word(&t->m, text, token, v);
	*m = (struct memo){.id = token->id,
			   .names = token->names,
			   .shape = token->shape,
			   .n = (uint8_t)(n > MEMO_LONG ? 0 : n)};
	memcpy(m->word, text.p + token->start, m->n);
	add_word(&t->m, v, m->at);
	return m;
}

static void words(struct chunk *c)
{
	struct memo spare;

	memset(c->sums, 0, (c->n + 2 * TAGGER_REACH) * sizeof(*c->sums));
	for (unsigned i = 0; i < c->n + 2 * TAGGER_REACH; i++) {
		bool edge = i < TAGGER_REACH || i >= c->n + TAGGER_REACH;
		struct tagger_token *k = &c->tokens[i];
		const tagger_row *at = c->t->edge;

		if (edge) {
			*k = (struct tagger_token){.id = c->t->edge_id};
		} else {
			const struct memo *m =
				remember(c->t, c->text, k, &spare);

			k->id = m->id;
			k->names = m->names;
			at = m->at;
		}
		/* at[p] belongs to the token whose position p this is */
		for (unsigned p = 0; p < WIDTH; p++) {
			unsigned to = i + TAGGER_REACH - p;

			if (to < c->n + 2 * TAGGER_REACH)
				c->sums[to] += at[p];
		}
	}
}

static void joints(struct chunk *c)
{
	const struct tagger_token *t = c->tokens + TAGGER_REACH;
	int16_t out = (int16_t)c->t->m.head.out;

	for (unsigned i = 0; i < c->n; i++) {
		uint32_t rows[TAGGER_JOINTS];
		tagger_row sum = c->sums[i + TAGGER_REACH];
		unsigned n = tagger_joint(&c->t->m, t, i, c->n, c->asked, rows);

		for (unsigned k = 0; k < n; k++)
			sum += row_of(&c->t->m, rows[k]);
		sum[LABEL_OUT] = (int16_t)(sum[LABEL_OUT] - out);
		c->sums[i + TAGGER_REACH] = sum;
	}
}

/* ---- the best sequence ---- */

static tagger_row choose(tagger_row mask, tagger_row a, tagger_row b)
{
	return (a & mask) | (b & ~mask);
}

static tagger_row bounded(tagger_row v, int16_t least, int16_t most)
{
	tagger_row lo = (tagger_row){0} + least, hi = (tagger_row){0} + most;

	v = choose((tagger_row)(v < lo), lo, v);
	return choose((tagger_row)(v > hi), hi, v);
}

static int16_t greatest(tagger_row v, unsigned *which)
{
	*which = 0;
	for (unsigned y = 1; y < LABELS; y++)
		if (v[y] > v[*which])
			*which = y;
	return v[*which];
}

/* Sums stay small: the greatest so far is taken off all at every token. */
static void best(struct chunk *c)
{
	const struct tagger *t = c->t;
	tagger_row sum = t->begin;
	unsigned last;

	for (unsigned i = 0; i < c->n; i++) {
		tagger_row e = c->sums[i + TAGGER_REACH], from = {0};

		if (i > 0) {
			tagger_row most = t->follow[0] + sum[0];

			for (int16_t y = 1; y < LABELS; y++) {
				tagger_row way = t->follow[y] + sum[y];
				tagger_row better = (tagger_row)(way > most);

				most = choose(better, way, most);
				from = choose(better, (tagger_row){0} + y,
					      from);
			}
			sum = most;
		}
		for (unsigned y = 0; y < LABELS; y++)
			c->from[i][y] = (uint8_t)from[y];
		sum += bounded(e, -STRONG, STRONG);
		sum -= greatest(sum, &last);
		sum = bounded(sum, NEVER, 0);
	}
	for (unsigned i = c->n; i > 0; i--) {
		c->labels[i - 1] = (uint8_t)last;
		last = c->from[i - 1][last];
	}
}

/* ---- names out of labels ---- */

static int32_t step(const struct chunk *c, unsigned i, unsigned before,
		    unsigned label)
{
	int32_t e = c->sums[i + TAGGER_REACH][label];
	int32_t f = i == 0 ? c->t->begin[label] : c->t->follow[before][label];

	return e + f;
}

/* Odds of the labels of [i, end) against none there. The rest of a name that
 * was cut is judged as one that begins. */
static uint8_t score(const struct chunk *c, unsigned i, unsigned end)
{
	bool rest = (c->labels[i] & 1) == 0;
	unsigned before = i == 0 || rest ? LABEL_OUT : c->labels[i - 1];
	int32_t margin = 0;
	unsigned a = before, b = before;

	for (unsigned k = i; k < end; k++) {
		unsigned y = c->labels[k] - (k == i && rest ? 1u : 0u);

		margin += step(c, k, a, y) - step(c, k, b, LABEL_OUT);
		a = y;
		b = LABEL_OUT;
	}
	if (end < c->n)
		margin += c->t->follow[a][c->labels[end]] -
			  c->t->follow[b][c->labels[end]];
	/* what was taken off LABEL_OUT to find more does not count */
	margin -= (int32_t)((end - i) * c->t->m.head.out);
	margin = margin * 16 / (int32_t)c->t->m.head.unit;
	if (margin < 0)
		return (uint8_t)(margin < -127 ? 1
					       : 101 - c->t->percent[-margin]);
	return c->t->percent[margin > 127 ? 127 : margin];
}

/* A dash that stands alone begins something: "Maria\n- Hm". */
static bool parts(const struct chunk *c, unsigned i)
{
	const struct tagger_token *t = c->tokens + TAGGER_REACH + i;

	return c->text.p[t->start] == '-' && i > 0 && t->start > t[-1].end;
}

static unsigned name_end(const struct chunk *c, unsigned i, unsigned most)
{
	unsigned in = c->labels[i] + (c->labels[i] & 1);
	unsigned end = i + 1;

	while (end < most && c->labels[end] == in && !parts(c, end))
		end++;
	return end;
}

/* Names in tokens [from, to). */
static int tell(const struct chunk *c, unsigned from, unsigned to,
		tagger_sink *sink, void *ctx)
{
	const struct tagger_token *t = c->tokens + TAGGER_REACH;
	int rc = 0;

	for (unsigned i = from; i < to && rc == 0;) {
		unsigned y = c->labels[i], end = name_end(c, i, to);

		if (y != LABEL_OUT && y != LABEL_OTHER && !parts(c, i)) {
			struct tagger_span s = {
				.start = t[i].start,
				.end = t[end - 1].end,
				.type = (enum tagger_type)((y + 1) / 2),
				.score = score(c, i, end)};

			rc = sink(ctx, &s);
			i = end;
		} else {
			i++;
		}
	}
	return rc;
}

/* Where the next chunk begins: at the last word of this one that is no name,
 * not before the middle. */
static unsigned cut(const struct chunk *c)
{
	unsigned i = c->n - TAGGER_REACH;

	while (i > c->n / 2 && c->labels[i] != LABEL_OUT)
		i--;
	return c->labels[i] == LABEL_OUT ? i : c->n - TAGGER_REACH;
}

int tagger_run(struct tagger *t, struct bytes text, enum tagger_asked asked,
	       tagger_sink *sink, void *ctx, uint64_t *steps)
{
	struct chunk *c = &t->chunk;
	uint32_t at = 0;
	unsigned known = 0; /* tokens told of already */
	int rc = 0;

	c->t = t;
	c->text = text;
	c->asked = asked;
	while (rc == 0 && at < text.n) {
		uint32_t from = at;
		unsigned to;

		c->n = tagger_tokens(text, &at, c->tokens + TAGGER_REACH,
				     TAGGER_CHUNK);
		*steps += at - from;
		if (c->n <= known)
			break;
		words(c);
		joints(c);
		best(c);
		to = at < text.n ? cut(c) : c->n;
		rc = tell(c, known, to, sink, ctx);
		if (at < text.n) {
			known = TAGGER_REACH;
			at = c->tokens[TAGGER_REACH + to - known].start;
		}
	}
	return rc;
}
