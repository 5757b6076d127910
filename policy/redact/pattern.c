/* Matching: a table finds where a match ends, a simulation where it began. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "policy/redact/pattern.h"

#include <errno.h>

#include "base/mem.h"
#include "policy/redact/pattern_parse.h"

/*
 * Two machines from the same positions. The table (a DFA, made when the
 * pattern is compiled) runs over every byte: one lookup. In its state 0 no
 * match is under way, so the text falls into windows between its returns to
 * 0. Only a window in which it accepted is read once more, by a simulation of
 * the positions that keeps for each the earliest start of a match that came
 * there. That makes at most two looks at a byte, whatever pattern and text.
 *
 * A pattern whose table would exceed STATES states has none; then every window
 * is simulated.
 *
 * What is reported is the union of all matches: hiding needs no notion of
 * greedy or lazy, and the union is what an owner expects of "hide this".
 */

#define STATES 1024
#define NO_START UINT64_MAX

struct pattern {
	struct glushkov g;
	uint8_t class_of[256];
	unsigned nclasses;
	struct set members[256]; /* positions that take a byte of the class */
	struct set *states;	 /* only while the table is made */
	uint16_t *next;		 /* state * nclasses + class; NULL: no table */
	bool *accepts;
	unsigned nstates;
};

void pattern_free(struct pattern *p)
{
	if (p == NULL)
		return;
	mem_free(p->states);
	mem_free(p->next);
	mem_free(p->accepts);
	mem_free(p);
}

static void pattern_freep(struct pattern **p)
{
	pattern_free(*p);
}

/* Bytes that no position tells apart are one class. */
static void classify(struct pattern *p)
{
	for (unsigned c = 0; c < 256; c++) {
		struct set s = {{0}};
		unsigned k = 0;

		for (unsigned i = 0; i < p->g.n; i++)
			if (set_has(&p->g.bytes[i], c))
				set_add(&s, i);
		while (k < p->nclasses &&
		       memcmp(&p->members[k], &s, sizeof(s)) != 0)
			k++;
		if (k == p->nclasses)
			p->members[p->nclasses++] = s;
		p->class_of[c] = (uint8_t)k;
	}
}

/* Where the positions in from go on a byte of class k; a match may also begin
 * there. */
static struct set step(const struct pattern *p, const struct set *from,
		       unsigned k)
{
	struct set to = p->g.first;

	for (unsigned i = 0; i < p->g.n; i++)
		if (set_has(from, i))
			set_join(&to, &p->g.follow[i]);
	for (unsigned i = 0; i < PATTERN_POSITIONS / 64; i++)
		to.w[i] &= p->members[k].w[i];
	return to;
}

/* The number of a state, new when it is; STATES: there are too many. */
static unsigned intern(struct pattern *p, const struct set *s)
{
	for (unsigned i = 0; i < p->nstates; i++)
		if (memcmp(&p->states[i], s, sizeof(*s)) == 0)
			return i;
	if (p->nstates == STATES)
		return STATES;
	p->states[p->nstates] = *s;
	p->accepts[p->nstates] = set_meets(s, &p->g.last);
	return p->nstates++;
}

/* The table by subset construction; without one when it grows too large. */
static int make_table(struct pattern *p)
{
	struct set none = {{0}};

	p->states = mem_new(STATES, sizeof(*p->states));
	p->accepts = mem_new(STATES, sizeof(*p->accepts));
	p->next = mem_new((size_t)STATES * p->nclasses, sizeof(*p->next));
	if (p->states == NULL || p->accepts == NULL || p->next == NULL)
		return -ENOMEM;
	(void)intern(p, &none);
	for (unsigned i = 0; i < p->nstates; i++)
		for (unsigned k = 0; k < p->nclasses; k++) {
			struct set to = step(p, &p->states[i], k);
			unsigned n = intern(p, &to);

			if (n == STATES) {
				mem_free(p->next);
				p->next = NULL;
				return 0;
			}
			p->next[i * p->nclasses + k] = (uint16_t)n;
		}
	return 0;
}

int pattern_new(struct bytes text, struct pattern **out, struct err *e)
{
	struct pattern *p CLEANUP(pattern_freep) = mem_new(1, sizeof(*p));
	int rc;

	*out = NULL;
	if (p == NULL)
		return err_nomem(e);
	rc = pattern_parse(text, &p->g, e);
	if (rc != 0)
		return rc;
	classify(p);
	rc = make_table(p);
	if (rc != 0)
		return err_nomem(e);
	mem_free(p->states);
	p->states = NULL;
	*out = STEAL(p);
	return 0;
}

/* ---- the simulation ---- */

struct sim {
	const struct pattern *p;
	struct bytes text;
	int (*hit)(void *ctx, size_t start, size_t end, void *rule);
	void *ctx, *rule;
	struct set active;
	uint64_t start[PATTERN_POSITIONS]; /* of active positions */
	uint64_t from, to;		   /* union so far; from == to: none */
};

static bool word_byte(struct bytes t, size_t i)
{
	uint8_t c = i < t.n ? t.p[i] : 0;

	return (c >= '0' && c <= '9') || c == '_' || c >= 0x80 ||
	       ((c | 0x20) >= 'a' && (c | 0x20) <= 'z');
}

static bool edge(struct bytes t, size_t i)
{
	return (i > 0 && word_byte(t, i - 1)) != word_byte(t, i);
}

static bool may_begin(const struct sim *s, size_t i)
{
	return (!s->p->g.begin || i == 0) &&
	       (!s->p->g.begin_word || edge(s->text, i));
}

static bool may_end(const struct sim *s, size_t i)
{
	return (!s->p->g.end || i == s->text.n) &&
	       (!s->p->g.end_word || edge(s->text, i));
}

static int flush(struct sim *s)
{
	uint64_t from = s->from, to = s->to;

	s->from = s->to = 0;
	return from == to ? 0 : s->hit(s->ctx, from, to, s->rule);
}

/* A match [start, end). */
static int matched(struct sim *s, uint64_t start, uint64_t end)
{
	int rc = 0;

	if (s->from != s->to && start >= s->to)
		rc = flush(s);
	if (s->from == s->to)
		s->from = start;
	else if (start < s->from)
		s->from = start;
	s->to = end;
	return rc;
}

/* Spread start over the positions that may follow and take the byte. */
static void spread(const struct set *follow, const struct set *takes,
		   uint64_t start, struct set *active, uint64_t *starts)
{
	for (unsigned w = 0; w < PATTERN_POSITIONS / 64; w++) {
		uint64_t m = follow->w[w] & takes->w[w];

		for (; m != 0; m &= m - 1) {
			unsigned i = w * 64 + (unsigned)__builtin_ctzll(m);

			if (!set_has(active, i) || start < starts[i])
				starts[i] = start;
			set_add(active, i);
		}
	}
}

/* Over the byte at i; the earliest start of a match that ends behind it, or
 * NO_START. */
static uint64_t advance(struct sim *s, size_t i)
{
	const struct glushkov *g = &s->p->g;
	const struct set *takes = &s->p->members[s->p->class_of[s->text.p[i]]];
	uint64_t starts[PATTERN_POSITIONS], best = NO_START;
	struct set active = {{0}};

	for (unsigned k = 0; k < g->n; k++)
		if (set_has(&s->active, k))
			spread(&g->follow[k], takes, s->start[k], &active,
			       starts);
	if (may_begin(s, i))
		spread(&g->first, takes, i, &active, starts);
	s->active = active;
	for (unsigned k = 0; k < g->n; k++) {
		if (!set_has(&active, k))
			continue;
		s->start[k] = starts[k];
		if (set_has(&g->last, k) && starts[k] < best)
			best = starts[k];
	}
	return best;
}

static int simulate(struct sim *s, size_t from, size_t to, uint64_t *steps)
{
	int rc = 0;

	s->active = (struct set){{0}};
	for (size_t i = from; i < to && rc == 0; i++) {
		uint64_t start = advance(s, i);

		if (start != NO_START && may_end(s, i + 1))
			rc = matched(s, start, i + 1);
	}
	*steps += to - from;
	return rc;
}

/* The table over the text: simulate the windows in which it accepts. */
static int by_table(struct sim *s, uint64_t *steps)
{
	const struct pattern *p = s->p;
	size_t window = 0;
	unsigned state = 0;
	bool accepted = false;
	int rc = 0;

	for (size_t i = 0; i < s->text.n && rc == 0; i++) {
		unsigned k = p->class_of[s->text.p[i]];

		state = p->next[state * p->nclasses + k];
		if (state != 0) {
			accepted = accepted || p->accepts[state];
			continue;
		}
		if (accepted)
			rc = simulate(s, window, i, steps);
		accepted = false;
		window = i + 1;
	}
	*steps += s->text.n;
	if (rc == 0 && accepted)
		rc = simulate(s, window, s->text.n, steps);
	return rc;
}

int pattern_scan(const struct pattern *p, struct bytes text,
		 int (*hit)(void *ctx, size_t start, size_t end, void *rule),
		 void *ctx, void *rule, uint64_t *steps)
{
	struct sim s = {
		.p = p, .text = text, .hit = hit, .ctx = ctx, .rule = rule};
	int rc;

	if (p->next != NULL)
		rc = by_table(&s, steps);
	else
		rc = simulate(&s, 0, text.n, steps);
	return rc != 0 ? rc : flush(&s);
}
