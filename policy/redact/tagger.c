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
#define MEMO_BITS 12   /* so many words are remembered: 2^12 */
#define NEVER (-12000) /* a label that cannot follow */
#define STRONG 2000    /* bound of a token's weights */

struct memo {
	uint64_t head, tail; /* as of tokens */
	uint32_t id;
	uint8_t names, shape;
	tagger_row at[WIDTH]; /* added to the token TAGGER_REACH before ... */
};

/* Tokens that are labelled at once. */
struct chunk {
	struct tagger *t;
	struct bytes text;
	enum tagger_asked asked;
	unsigned n;
	/* with the edges around the text */
	struct tagger_token tokens[TAGGER_CHUNK + 2 * TAGGER_REACH];
	/* of the token that stands TAGGER_REACH before */
	tagger_row sums[TAGGER_CHUNK + 2 * TAGGER_REACH + 1];
	/* of the best sequences up to each label of a token: without and with
	 * the sums of that token */
	tagger_row ways[TAGGER_CHUNK], best[TAGGER_CHUNK];
	uint8_t labels[TAGGER_CHUNK];
};

struct tagger {
	struct tagger_model m;
	tagger_row follow[LABELS], begin;
	tagger_row edge[WIDTH]; /* what the end of the text adds */
	tagger_row out;		/* taken off each sum */
	uint32_t edge_id;
	uint8_t percent[128]; /* by sixteenths of log-odds */
	struct chunk chunk;
	struct memo memo[1 << MEMO_BITS];
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
	tagger_add(&t->m, v, t->edge);
	t->out[LABEL_OUT] = (int16_t)h->out;
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

/* Without branches: which of two places a word has cannot be foretold. */
static inline bool is_of(const struct memo *m, const struct tagger_token *t)
{
	return ((m->tail ^ t->tail) | (m->head ^ t->head) |
		(uint64_t)(m->shape ^ t->shape)) == 0;
}

static void learn(struct tagger *t, struct bytes text,
		  struct tagger_token *token, struct memo *m)
{
	uint32_t v[KINDS];

	tagger_word(&t->m, text, token, v);
	*m = (struct memo){.head = token->head,
			   .tail = token->tail,
			   .id = token->id,
			   .names = token->names,
			   .shape = token->shape};
	tagger_add(&t->m, v, m->at);
}

/* A word has one of two places; the one that came first gives way. */
static const struct memo *remember(struct tagger *t, struct bytes text,
				   struct tagger_token *token,
				   struct memo *spare)
{
	uint64_t key = (token->tail ^ token->head * 31) + token->shape;
	uint64_t pair = key * 0x9e3779b97f4a7c15u >> (65 - MEMO_BITS);
	struct memo *m = &t->memo[2 * pair], *known = m + !is_of(m, token);

	if (is_of(known, token))
		return known;
	if (token->tail == 0)
		m = spare;
	else
		m[1] = m[0];
	learn(t, text, token, m);
	return m;
}

/* What each word adds to five tokens: w[p] is the sum so far of the one whose
 * position p this word is; that of the last one is complete. */
static inline tagger_row pass(tagger_row w[WIDTH - 1],
			      const tagger_row at[WIDTH], tagger_row out)
{
	tagger_row whole = w[3] + at[4];

	w[3] = w[2] + at[3];
	w[2] = w[1] + at[2];
	w[1] = w[0] + at[1];
	w[0] = at[0] - out;
	return whole;
}

static void words(struct chunk *c)
{
	const struct tagger_token edge = {.id = c->t->edge_id};
	struct tagger_token *k = c->tokens;
	tagger_row w[WIDTH - 1] = {0}, *sum = c->sums;
	struct memo spare;

	for (unsigned i = 0; i < TAGGER_REACH; i++, k++) {
		*k = edge;
		*sum++ = pass(w, c->t->edge, c->t->out);
	}
	for (unsigned i = 0; i < c->n; i++, k++) {
		const struct memo *m = remember(c->t, c->text, k, &spare);

		k->id = m->id;
		k->names = m->names;
		*sum++ = pass(w, m->at, c->t->out);
	}
	for (unsigned i = 0; i < TAGGER_REACH; i++, k++) {
		*k = edge;
		*sum++ = pass(w, c->t->edge, c->t->out);
	}
}

/* ---- the best sequence ---- */

/* Compilers make one instruction of these two. */
static inline tagger_row greater(tagger_row a, tagger_row b)
{
	for (unsigned y = 0; y < LABELS; y++)
		a[y] = a[y] > b[y] ? a[y] : b[y];
	return a;
}

static inline tagger_row smaller(tagger_row a, tagger_row b)
{
	for (unsigned y = 0; y < LABELS; y++)
		a[y] = a[y] < b[y] ? a[y] : b[y];
	return a;
}

static inline tagger_row bounded(tagger_row v, int16_t least, int16_t most)
{
	return smaller(greater(v, (tagger_row){0} + least),
		       (tagger_row){0} + most);
}

/* The greatest of all, for each label. */
static inline tagger_row greatest(tagger_row v)
{
	v = greater(v, __builtin_shufflevector(v, v, 4, 5, 6, 7, 0, 1, 2, 3));
	v = greater(v, __builtin_shufflevector(v, v, 2, 3, 0, 1, 6, 7, 4, 5));
	return greater(v,
		       __builtin_shufflevector(v, v, 1, 0, 3, 2, 5, 4, 7, 6));
}

/* The best way from the labels before to each label. */
static inline tagger_row way(const tagger_row follow[LABELS], tagger_row before)
{
	tagger_row a = greater(follow[0] + before[0], follow[1] + before[1]);
	tagger_row b = greater(follow[2] + before[2], follow[3] + before[3]);
	tagger_row c = greater(follow[4] + before[4], follow[5] + before[5]);
	tagger_row d = greater(follow[6] + before[6], follow[7] + before[7]);

	return greater(greater(a, b), greater(c, d));
}

/* Sums stay small: the greatest so far is taken off all at every token. Where
 * the best sequence came from is not written down but looked for on the way
 * back, nearly always from LABEL_OUT to itself. */
static void best(struct chunk *c)
{
	const struct tagger *t = c->t;
	const tagger_row *e = c->sums + 2 * TAGGER_REACH;
	tagger_row sum = {0};
	unsigned y = 0;

	for (unsigned i = 0; i < c->n; i++) {
		c->ways[i] = i == 0 ? t->begin : way(t->follow, sum);
		sum = c->ways[i] + bounded(e[i], -STRONG, STRONG);
		sum -= greatest(sum);
		sum = bounded(sum, NEVER, 0);
		c->best[i] = sum;
	}
	while (sum[y] != 0)
		y++;
	for (unsigned i = c->n; i-- > 0;) {
		int16_t sought = c->ways[i][y];
		unsigned from = 0;

		c->labels[i] = (uint8_t)y;
		while (i > 0 && (int16_t)(c->best[i - 1][from] +
					  t->follow[from][y]) != sought)
			from++;
		y = from;
	}
}

/* ---- names out of labels ---- */

static int32_t step(const struct chunk *c, unsigned i, unsigned before,
		    unsigned label)
{
	int32_t e = c->sums[i + 2 * TAGGER_REACH][label];
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
		unsigned y = c->labels[i], end = i + 1;

		if (y != LABEL_OUT && y != LABEL_OTHER && !parts(c, i)) {
			struct tagger_span s;

			end = name_end(c, i, to);
			s = (struct tagger_span){
				.start = t[i].start,
				.end = t[end - 1].end,
				.type = (enum tagger_type)((y + 1) / 2),
				.score = score(c, i, end)};
			rc = sink(ctx, &s);
		}
		i = end;
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
		tagger_joints(&t->m, c->tokens + TAGGER_REACH, c->n, asked,
			      c->sums + 2 * TAGGER_REACH);
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
