/* Values that are said over several turns. */
/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A caller says "four one one one", the agent "mhm", the caller "one one one
 * one". Turns that end within a value and turns that go on with one are joined
 * as long as the other speaker only listens, or says digits again; the joined
 * text, with the question before it, is recognized as any text is, and a hit
 * that stands in more than one turn becomes a part of that value in each.
 *
 * Turns are texts under one key (JSON: the member's name): a dialogue's
 * speakers stand beside its texts. Where nobody knows who speaks, turns that
 * are nothing but parts of a value go on with each other. Turns may be records:
 * the pieces of a chain know theirs.
 *
 * What the other one says again is hidden where its digits are some of the
 * value's. The tagger is not believed over turns: words of two turns are no
 * name. Where no letter is anywhere it is a list of numbers, not a dialogue.
 *
 * A chain has at most TURNS_PIECES pieces of PIECE_LONG bytes, so joining and
 * recognizing again is linear in what was said.
 */
#include "policy/redact/detect_turns.h"

#include <errno.h>

#include "base/mem.h"
#include "base/sign.h"
#include "policy/redact/recognizer.h"

#define PIECE_LONG 160 /* bytes of a turn at a seam */
#define BEFORE_LONG 96 /* of the question */
#define IDLE_MOST 6    /* turns that only listen, one behind the other */

void detect_turns_free(struct detect_turns *t)
{
	for (size_t i = 0; i < TURNS_CHAINS; i++) {
		buf_free(&t->chains[i].text);
		buf_free(&t->chains[i].said);
		buf_free(&t->chains[i].other);
	}
	arena_free(t->a);
	mem_free(t->v);
	hits_free(&t->hits);
	*t = (struct detect_turns){.n = 0};
}

static void chain_clear(struct turn_chain *c)
{
	buf_clear(&c->text);
	buf_clear(&c->said);
	c->n = c->joined = c->idle = 0;
	c->strong = false;
}

void detect_turns_reset(struct detect_turns *t)
{
	for (size_t i = 0; i < TURNS_CHAINS; i++) {
		chain_clear(&t->chains[i]);
		buf_clear(&t->chains[i].other);
		t->chains[i].key = 0;
	}
	t->talk = (struct talk){0};
	t->n = t->at = t->learned = 0;
	t->sorted = false;
	if (t->a != NULL)
		arena_reset(t->a);
}

static bool has_letter(struct bytes text)
{
	for (size_t i = 0; i < text.n; i++)
		if (is_word(text.p[i]) && !is_digit(text.p[i]))
			return true;
	return false;
}

/* The chain ends: what does it say? */
static int chain_end(struct detect_turns *t, const struct recognizers *r,
		     struct turn_chain *c)
{
	struct run run = {
		.kind = RUN_TEXT, .text = buf_bytes(&c->text), .again = true};
	int rc = 0;

	t->hits.n = 0;
	if (c->joined > 1 && has_letter(run.text))
		rc = recognize(r, &run, 1, &t->hits);
	for (size_t i = 0; rc == 0 && i < t->hits.n; i++) {
		const struct hit *h = &t->hits.v[i];

		if (h->rule != RULE_PERSON_TAGGER &&
		    h->rule != RULE_PERSON_RARE &&
		    h->rule != RULE_LOCATION_TAGGER &&
		    h->rule != RULE_ORGANIZATION_TAGGER)
			rc = detect_turns_found(t, c, h);
	}
	chain_clear(c);
	return rc;
}

/* ---- turns ---- */

/* A turn, or a line of one. */
struct turn {
	uint32_t record, run, from;
	struct bytes text;
	uint64_t who;
	struct turn_shape shape;
};

static int put_text(struct buf *b, struct bytes text)
{
	int rc = b->n == 0 ? 0 : buf_puts(b, " ");

	return rc == 0 ? buf_putb(b, text) : rc;
}

/* x goes on with the chain, or begins it (tail: its end does). */
static int chain_put(struct turn_chain *c, const struct turn *x, bool tail)
{
	bool cut = x->text.n > PIECE_LONG;
	size_t from = cut && tail ? x->text.n - PIECE_LONG : 0;
	struct bytes text =
		bytes_sub(x->text, from, cut ? PIECE_LONG : x->text.n);
	int rc = put_text(&c->text, text);

	if (rc != 0)
		return rc;
	c->v[c->n++] =
		(struct turn_piece){.record = x->record,
				    .run = x->run,
				    .from = x->from + (uint32_t)from,
				    .n = (uint32_t)text.n,
				    .start = (uint32_t)(c->text.n - text.n)};
	c->joined++;
	c->idle = 0;
	return 0;
}

static int chain_echo(struct turn_chain *c, const struct turn *x)
{
	if (x->text.n > PIECE_LONG)
		return 0;
	c->v[c->n++] = (struct turn_piece){.record = x->record,
					   .run = x->run,
					   .from = x->from,
					   .n = (uint32_t)x->text.n,
					   .echo = true,
					   .only = x->shape.only};
	return buf_putb(&c->said, x->text);
}

/* The end of the turn, for what comes behind it. */
static int remember(struct turn_chain *c, const struct turn *x)
{
	size_t n = x->text.n < BEFORE_LONG ? x->text.n : BEFORE_LONG;

	buf_clear(&c->other);
	return buf_putb(&c->other, bytes_sub(x->text, x->text.n - n, n));
}

static int chain_begin(struct turn_chain *c, const struct turn *x)
{
	int rc = 0;

	/* a mark between: "the long one" is no part of what answers it */
	if ((x->who == 0 || x->who != c->who) && c->other.n > 0) {
		rc = put_text(&c->text, buf_bytes(&c->other));
		if (rc == 0)
			rc = buf_puts(&c->text, "?");
	}
	c->who = x->who;
	c->strong = x->shape.opens;
	return rc == 0 ? chain_put(c, x, true) : rc;
}

/* Whether x goes on with what the chain ends in. */
static bool goes_on(const struct turn_chain *c, const struct turn *x)
{
	if (x->shape.mail)
		return true;
	return c->strong && x->shape.goes_on;
}

static int turn_take(struct detect_turns *t, const struct recognizers *r,
		     struct turn_chain *c, const struct turn *x)
{
	bool other = x->who != 0 && c->who != 0 && x->who != c->who;
	int rc = 0;

	if (x->shape.listens)
		return ++c->idle > IDLE_MOST ? chain_end(t, r, c) : 0;
	if (c->n == TURNS_PIECES)
		rc = chain_end(t, r, c);
	if (rc == 0 && c->n > 0 && other && c->strong && x->shape.only)
		return chain_echo(c, x);
	if (rc == 0 && c->n > 0 && !other && goes_on(c, x)) {
		rc = chain_put(c, x, false);
		c->strong = x->shape.opens;
		if (rc == 0 && (x->shape.only || x->shape.mail))
			return 0;
	}
	/* "ending in 2219, got it" */
	if (rc == 0 && c->n > 0 && other)
		rc = chain_echo(c, x);
	if (rc == 0)
		rc = chain_end(t, r, c);
	if (rc == 0)
		rc = chain_begin(c, x);
	return rc == 0 ? remember(c, x) : rc;
}

/* The chain of turns under that key; where there are too many keys, the one
 * that was not used longest goes. */
static int chain_of(struct detect_turns *t, const struct recognizers *r,
		    struct bytes key, struct turn_chain **out)
{
	static const uint8_t salt[16] = "carrel turns";
	uint64_t hash = siphash(salt, key) | 1;
	struct turn_chain *c = t->chains;
	int rc = 0;

	for (size_t i = 0; i < TURNS_CHAINS && c->key != hash; i++)
		if (t->chains[i].key == hash || t->chains[i].used < c->used)
			c = &t->chains[i];
	if (c->key != hash) {
		rc = chain_end(t, r, c);
		buf_clear(&c->other);
		c->who = 0;
		c->key = hash;
	}
	c->used = ++t->clock;
	*out = c;
	return rc;
}

/* The line without who says it, and (where that is all) without what is no
 * part of a value. */
static void narrow(struct turn *x, bool labelled)
{
	size_t from = 0;

	if (labelled)
		(void)recognizer_turn_label(x->text, &from);
	while (from < x->text.n && x->text.p[from] <= ' ')
		from++;
	while (x->text.n > from && x->text.p[x->text.n - 1] <= ' ')
		x->text.n--;
	x->from += (uint32_t)from;
	x->text = bytes_sub(x->text, from, x->text.n - from);
	recognizer_turn(x->text, &x->shape);
	if (!x->shape.only)
		return;
	x->from += (uint32_t)x->shape.from;
	x->text =
		bytes_sub(x->text, x->shape.from, x->shape.to - x->shape.from);
}

/* A run's lines, each a turn. */
static int run_take(struct detect_turns *t, const struct recognizers *r,
		    struct turn x, const struct run *run)
{
	struct turn_chain *c;
	int rc = chain_of(t, r, run->key, &c);
	uint64_t who = x.who;

	for (size_t at = 0, end; rc == 0 && at < run->text.n; at = end) {
		struct bytes rest = bytes_sub(run->text, at, run->text.n - at);
		const uint8_t *nl = memchr(rest.p, '\n', rest.n);
		struct run line = {.kind = RUN_TEXT, .speaker = run->speaker};
		struct talk none = {0};
		uint64_t said;
		bool aside;

		end = nl == NULL ? run->text.n : (size_t)(nl - run->text.p) + 1;
		line.text = bytes_sub(run->text, at, end - at);
		said = recognizer_who(&none, &line, &aside);
		x.who = said != 0 ? said : who;
		x.from = (uint32_t)at;
		x.text = line.text;
		narrow(&x, run->speaker.n == 0);
		if (x.text.n > 0)
			rc = turn_take(t, r, c, &x);
	}
	return rc;
}

int detect_turns_feed(struct detect_turns *t, const struct recognizers *r,
		      uint32_t record, const struct run *runs, size_t n)
{
	struct talk d = {0};
	int rc = 0;

	if (t->a == NULL)
		t->a = arena_new();
	if (t->a == NULL)
		return -ENOMEM;
	for (size_t i = 0; rc == 0 && i < n; i++) {
		struct turn x = {.record = record, .run = (uint32_t)i};
		bool aside;

		if (runs[i].kind != RUN_TEXT || runs[i].again ||
		    runs[i].known != 0 || runs[i].text.n > UINT32_MAX / 2)
			continue;
		x.who = recognizer_who(&d, &runs[i], &aside);
		if (!aside)
			rc = run_take(t, r, x, &runs[i]);
	}
	return rc;
}

int detect_turns_end(struct detect_turns *t, const struct recognizers *r)
{
	int rc = 0;

	for (size_t i = 0; rc == 0 && i < TURNS_CHAINS; i++) {
		rc = chain_end(t, r, &t->chains[i]);
		buf_clear(&t->chains[i].other);
		t->chains[i].key = 0;
	}
	t->talk = (struct talk){0};
	return rc;
}
