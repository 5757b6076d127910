/* Walking a JSON value and cutting fields out of it. */
/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a removed member takes with it decides whether the rest stays JSON:
 *
 *   behind a kept one    the separator before it:   {"a":1[, "b":2]}
 *   before all kept ones what is up to the next kept:  {["a":1, ]"b":2}
 *   with no kept one     nothing but the members:   {["a":1, "b":2]}
 *
 * So leading removed members wait until a member is kept or the container
 * ends; every cut begins where the one before ended or later, and cuts come
 * in order of the source. Elements of arrays likewise.
 *
 * An emptied value keeps its quotes or brackets: only their inside is cut, so
 * that no literal needs escaping at any depth of JSON inside JSON; a number
 * becomes 0, true becomes false, null stays.
 */
#include <errno.h>

#include "base/mem.h"
#include "policy/redact/fields.h"
#include "policy/redact/format_value.h"

#define NESTED_MAX (ESC_JSON_MAX - 1)

struct level {
	uint32_t state;
	bool object, kept; /* kept: some child was kept */
	bool waiting;	   /* leading children were removed, from `lead` on */
	uint64_t lead;
	uint64_t child; /* where the current child begins */
	uint64_t prev;	/* where the child before ended */
	struct buf member;
};

struct walk {
	struct fields *f;
	struct json_scan *s;
	const struct run *outer; /* NULL: the source itself */
	unsigned nested;	 /* JSON strings around the text */
	struct level *levels;
	uint32_t n, cap;
};

/* ---- cuts ---- */

int fields_walk_end(struct fields *f)
{
	uint64_t from = f->from, to = f->to;

	f->from = f->to = 0;
	if (from == to)
		return 0;
	return f->sink(f->ctx, from, to, (struct bytes){NULL, 0});
}

static int cut(struct walk *w, uint64_t start, uint64_t end, const char *lit)
{
	struct fields *f = w->f;
	int rc;

	if (start == end)
		return 0;
	if (w->outer != NULL)
		text_raw(w->outer, (uint32_t)start, (uint32_t)end, &start,
			 &end);
	if (f->from != f->to && f->to == start && *lit == '\0') {
		f->to = end;
		return 0;
	}
	rc = fields_walk_end(f);
	if (rc != 0)
		return rc;
	if (*lit != '\0')
		return f->sink(f->ctx, start, end, bytes_str(lit));
	f->from = start;
	f->to = end;
	return 0;
}

/* Move behind the value that t begins. */
static int skip(struct walk *w, const struct json_token *t, uint64_t *end)
{
	return json_skip(w->s, t, end);
}

/* A reader that tells 1.0 from 1 shall find the type it found before. */
static const char *zero_of(const struct walk *w, const struct json_token *t)
{
	for (uint64_t i = t->start; i < t->end; i++)
		if (memchr(".eE", w->s->in.p[i], 3) != NULL)
			return "0.0";
	return "0";
}

static int empty(struct walk *w, const struct json_token *t)
{
	uint64_t end;
	int rc = skip(w, t, &end);

	if (rc != 0)
		return rc;
	if (t->kind == JSON_NUMBER)
		return cut(w, t->start, end, zero_of(w, t));
	if (t->kind == JSON_TRUE)
		return cut(w, t->start, end, "false");
	if (t->kind == JSON_FALSE || t->kind == JSON_NULL)
		return 0;
	return cut(w, t->start + 1, end - 1, "");
}

/* ---- children ---- */

/* The current child is removed: it ends at end. */
static int child_gone(struct walk *w, uint64_t end)
{
	struct level *l = &w->levels[w->n - 1];
	uint64_t prev = l->prev;

	l->prev = end;
	if (l->kept)
		return cut(w, prev, end, "");
	if (!l->waiting)
		l->lead = l->child;
	l->waiting = true;
	return 0;
}

/* The current child stays: what was removed before it goes now. */
static int child_kept(struct walk *w)
{
	struct level *l;

	if (w->n == 0)
		return 0;
	l = &w->levels[w->n - 1];
	l->kept = true;
	if (!l->waiting)
		return 0;
	l->waiting = false;
	return cut(w, l->lead, l->child, "");
}

static int level_open(struct walk *w, const struct json_token *t,
		      uint32_t state)
{
	if (w->n == w->cap) {
		uint32_t cap = w->cap == 0 ? 16 : w->cap * 2;
		void *p = mem_grow(w->levels, cap, sizeof(*w->levels));

		if (p == NULL)
			return -ENOMEM;
		w->levels = p;
		memset(w->levels + w->cap, 0,
		       (cap - w->cap) * sizeof(*w->levels));
		w->cap = cap;
	}
	buf_clear(&w->levels[w->n].member);
	w->levels[w->n] = (struct level){.state = state,
					 .object = t->kind == JSON_OBJECT,
					 .prev = t->end,
					 .member = w->levels[w->n].member};
	w->n++;
	return 0;
}

static int level_close(struct walk *w, const struct json_token *t)
{
	struct level *l = &w->levels[--w->n];
	int rc = 0;

	if (l->waiting)
		rc = cut(w, l->lead, l->prev, "");
	if (w->n > 0)
		w->levels[w->n - 1].prev = t->end;
	return rc;
}

static int nested(struct walk *w, const struct json_token *t, uint32_t state);

/* A value that stays, with what may be cut inside. */
static int value_in(struct walk *w, const struct json_token *t, uint32_t state)
{
	uint64_t end;

	if (t->kind == JSON_STRING && jsonpath_wants_json(w->f->set, state))
		return nested(w, t, state);
	if ((t->kind == JSON_OBJECT || t->kind == JSON_ARRAY) &&
	    jsonpath_live(w->f->set, state))
		return level_open(w, t, state);
	return skip(w, t, &end);
}

/* A value that may change places is told from its first byte to its last, once.
 * Of one inside another only that it is there: neither can be exchanged, and
 * finding the end of each would be quadratic in how deep they lie. */
static int tell_places(struct walk *w, const struct json_token *t,
		       uint64_t places)
{
	struct json_scan ahead = *w->s;
	uint64_t end = t->end;
	int rc = 0;

	if (places == 0 || w->outer != NULL || w->f->place == NULL)
		return 0;
	if (t->start >= w->f->told)
		rc = json_skip(&ahead, t, &end);
	if (rc != 0)
		return rc;
	w->f->told = end > w->f->told ? end : w->f->told;
	return w->f->place(w->f->ctx, t->start, end,
			   (uint32_t)__builtin_ctzll(places));
}

static int value(struct walk *w, const struct json_token *t, uint32_t state)
{
	uint64_t hits = jsonpath_hits(w->f->set, state), end;
	uint64_t places = hits & w->f->places;
	bool can = w->n > 0 && (w->outer != NULL || w->n > w->f->depth);
	uint32_t n = w->n;
	int rc;

	hits &= ~w->f->places;
	if ((hits & w->f->remove) != 0 && can) {
		rc = skip(w, t, &end);
		return rc == 0 ? child_gone(w, end) : rc;
	}
	rc = child_kept(w);
	if (rc == 0)
		rc = tell_places(w, t, places);
	if (rc == 0)
		rc = hits != 0 ? empty(w, t) : value_in(w, t, state);
	if (rc == 0 && w->n == n && n > 0)
		w->levels[n - 1].prev = w->s->at;
	return rc;
}

static int member(struct walk *w, const struct json_token *t)
{
	struct level *l = &w->levels[w->n - 1];
	struct bytes raw =
		bytes_sub(w->s->in, t->start + 1, t->end - t->start - 2);

	l->child = t->start;
	buf_clear(&l->member);
	return json_unescape(&l->member, raw);
}

static int token(struct walk *w, const struct json_token *t)
{
	struct level *l = &w->levels[w->n - 1];
	uint32_t state;
	int rc;

	if (t->kind == JSON_OBJECT_END || t->kind == JSON_ARRAY_END)
		return level_close(w, t);
	if (t->kind == JSON_KEY)
		return member(w, t);
	if (l->object) {
		rc = jsonpath_key(w->f->set, l->state, buf_bytes(&l->member),
				  &state);
	} else {
		l->child = t->start;
		rc = jsonpath_element(w->f->set, l->state, &state);
	}
	return rc == 0 ? value(w, t, state) : rc;
}

static void walk_free(struct walk *w)
{
	for (uint32_t i = 0; i < w->cap; i++)
		buf_free(&w->levels[i].member);
	mem_free(w->levels);
}

static int walk_run(struct walk *w, struct json_token t, uint32_t state)
{
	int rc = value(w, &t, state);

	while (rc == 0 && w->n > 0) {
		rc = json_next(w->s, &t) == JSON_BAD ? -EPROTO : token(w, &t);
	}
	return rc;
}

/* ---- JSON inside a string ---- */

/* The text of string t, as a run with its way back to the source. */
static int string_run(struct walk *w, const struct json_token *t,
		      struct text_builder *b, struct run *run)
{
	uint64_t n = t->end - t->start - 2;
	int rc;

	if (n > UINT32_MAX)
		return -EFBIG;
	if (w->outer == NULL)
		rc = text_json(b, bytes_sub(w->s->in, t->start + 1, n),
			       t->start + 1);
	else
		rc = text_nested(b, w->outer, (uint32_t)t->start + 1,
				 (uint32_t)n);
	*run = (struct run){
		.text = buf_bytes(&b->text), .map = b->map, .nmap = b->nmap};
	return rc;
}

static int nested(struct walk *w, const struct json_token *t, uint32_t state)
{
	CLEANUP(text_free) struct text_builder b = {0};
	struct run run;
	int rc = string_run(w, t, &b, &run);

	if (rc != 0)
		return rc;
	if (w->nested == NESTED_MAX || !format_value_is_json(run.text))
		return empty(w, t);
	return fields_walk_nested(w->f, &run, w->nested + 1, state);
}

int fields_walk_nested(struct fields *f, const struct run *outer,
		       unsigned nested, uint32_t state)
{
	struct json_scan s;
	struct json_token t;
	CLEANUP(walk_free)
	struct walk w = {.f = f, .s = &s, .outer = outer, .nested = nested};
	int rc = jsonpath_json(f->set, state, &state);

	if (rc != 0)
		return rc;
	json_start(&s, outer->text, 0);
	if (json_next(&s, &t) == JSON_BAD)
		return -EPROTO;
	return walk_run(&w, t, state);
}

int fields_walk(struct fields *f, struct json_scan *s,
		const struct json_token *t, uint32_t state)
{
	CLEANUP(walk_free) struct walk w = {.f = f, .s = s};

	return walk_run(&w, *t, state);
}
