/* Walking one JSON value: every string, key and number becomes a run. */
/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The walk is a loop over tokens with a stack of open containers, so a hostile
 * depth costs no C stack; only JSON inside a string recurses, at most 8 deep,
 * for its text must be decoded first. The same loop reads the source itself
 * (outer NULL, places are places in the file) and a nested text (places are
 * places in the outer run's text; its map leads on to the file).
 *
 * A level knows the automaton's state at its container and what its children
 * inherit: a text path that ends on a container makes everything below it
 * text, a known-value path likewise. Erring that way hides more.
 *
 * A speaker belongs to the nearest enclosing element of an array (or to the
 * record): its level is a scope. The speaker may stand before or behind the
 * text it speaks, so a scope's runs get it when the scope ends; inner scopes
 * end first, and a run that has a speaker keeps it.
 *
 * A string without escapes is borrowed from the mapped file as it is; one with
 * escapes is decoded into the record's arena.
 *
 * The cell of a table is a text inside no string: what JSON it holds is walked
 * at depth 0, with the cell as outer run.
 */
#include "policy/redact/format_time.h"

#include <errno.h>

#include "base/mem.h"

#define NESTED_MAX (ESC_JSON_MAX - 1) /* strings around the deepest text */

struct level {
	uint32_t state;	     /* of the container */
	uint32_t up;	     /* the scope around; index of a level */
	size_t first;	     /* scope: its first run */
	struct bytes key;    /* under which name it stands */
	struct bytes member; /* object: name of the current member */
	struct bytes speaker;
	uint64_t inherit; /* hits that hold for all below */
	bool object, scope;
	struct format_timing timing;
};

/* One text that is being walked. */
struct walk {
	struct format_reader *r;
	struct json_scan *s;
	const struct run *outer; /* NULL: the source itself */
	unsigned depth;		 /* JSON strings around the text */
	struct level levels[JSON_MAX_DEPTH];
	uint32_t n, scope; /* open levels; the innermost scope */
};

int format_value_open(struct format_reader *r)
{
	r->a = arena_new();
	return r->a == NULL ? -ENOMEM : 0;
}

void format_value_close(struct format_reader *r)
{
	arena_free(r->a);
	text_free(&r->scratch);
	mem_free(r->runs);
	format_time_free(r);
	for (size_t i = 0; i < ARRAY_LEN(r->walks); i++)
		mem_free(r->walks[i]);
}

void format_value_outside(struct format_reader *r, uint64_t from)
{
	arena_reset(r->a);
	r->nruns = r->ntimed = 0;
	r->denied = DENIAL_NONE;
	r->inside = r->mute = false;
	r->from = from;
}

void format_value_begin(struct format_reader *r, uint32_t number, uint64_t from)
{
	format_value_outside(r, from);
	r->number = number;
	r->id = r->group = (struct bytes){NULL, 0};
	memset(r->attrs, 0, sizeof(r->attrs));
	format_time_lists_begin(r);
	r->inside = true;
}

int format_value_emit(struct format_reader *r, uint64_t sep, uint64_t start,
		      uint64_t end, uint8_t denied, const char *why)
{
	int rc = format_time_lists_end(r);
	struct format_record rec = {.runs = r->runs,
				    .nruns = r->nruns,
				    .timed = r->timed,
				    .ntimed = r->ntimed,
				    .attrs = r->attrs,
				    .why = why,
				    .mute = r->mute};

	if (denied == DENIAL_NONE && r->denied != DENIAL_NONE) {
		denied = r->denied;
		rec.why = "the record is too large";
	}
	if (denied != DENIAL_NONE)
		rec.nruns = rec.ntimed = 0;
	rec.r = (struct record){.sep = sep,
				.start = start,
				.end = end,
				.number = r->number,
				.denied = denied,
				.id = r->id,
				.group = r->group};
	r->inside = false;
	return rc == 0 ? r->sink->record(r->sink->ctx, &rec) : rc;
}

/* The text of a token of the walk. */
static int token_text(struct walk *w, const struct json_token *t, bool string,
		      struct run *run)
{
	return format_runs_text(w->r, w->s->in, w->outer, t->start + string,
				t->end - string, string, run);
}

/* Whether t makes the record too large, now or before. */
static bool too_large(struct walk *w, const struct json_token *t)
{
	struct format_reader *r = w->r;

	if (w->outer == NULL && t->end - r->from > FORMAT_RECORD_MAX) {
		r->denied = DENIAL_LIMIT;
		r->nruns = 0;
	}
	return r->denied != DENIAL_NONE;
}

/* What the paths that hit a value want; never an empty p, for p NULL is
 * "absent". */
static int hits_take(struct walk *w, uint64_t hits, struct bytes text)
{
	const struct format_plan *p = w->r->plan;
	struct bytes *who = w->n > 0 ? &w->levels[w->scope].speaker : NULL;
	int rc;

	if (text.p == NULL)
		text = bytes_str("");
	rc = format_time_lists_take(w->r, hits, text);
	for (uint32_t i = (hits & p->times) != 0 ? w->n : 0; i-- > 0;)
		format_time_take(p, hits, text, &w->levels[i].timing);
	return rc == 0 ? format_hits_take(w->r, hits, text, who) : rc;
}

/* ---- tokens ---- */

bool format_value_is_json(struct bytes text)
{
	struct json_scan s;
	struct json_token t;
	enum json_kind k;

	json_start(&s, text, 0);
	k = json_next(&s, &t);
	if (k == JSON_BAD || k == JSON_END)
		return false;
	while (k != JSON_BAD && k != JSON_END)
		k = json_next(&s, &t);
	while (k == JSON_END && s.at < text.n) {
		uint8_t c = text.p[s.at++];

		if (c != ' ' && c != '\t' && c != '\n' && c != '\r')
			return false;
	}
	return k == JSON_END;
}

static int nested_walk(struct format_reader *r, const struct run *outer,
		       unsigned depth, uint32_t state, uint64_t inherit);

/* A list or map that somebody has written into a string, and of which nobody
 * says that it is text that was spoken. */
static bool is_packed(const struct format_plan *p, struct bytes text,
		      uint64_t hits)
{
	size_t i = 0;

	if ((hits & (p->listed | p->said)) != 0)
		return false;
	while (i < text.n && strchr(" \t\r\n", text.p[i]) != NULL &&
	       text.p[i] != 0)
		i++;
	return i < text.n && (text.p[i] == '{' || text.p[i] == '[');
}

/* A text inside `depth` strings: a run, or the JSON that it holds. */
static int text_put(struct format_reader *r, const struct run *run,
		    unsigned depth, uint32_t state, uint64_t hits)
{
	const struct format_plan *p = r->plan;

	if (depth <= NESTED_MAX && run->text.n > 0 &&
	    (jsonpath_wants_json(p->set, state) ||
	     is_packed(p, run->text, hits)) &&
	    format_value_is_json(run->text))
		return nested_walk(r, run, depth, state,
				   hits & (p->text | p->known));
	if ((hits & p->listed) != 0)
		format_time_lists_text(r);
	return format_runs_add(r, run);
}

static int string_take(struct walk *w, const struct json_token *t,
		       uint32_t state, uint64_t hits, struct bytes key)
{
	const struct format_plan *p = w->r->plan;
	bool nested = jsonpath_wants_json(p->set, state);
	bool text = nested || p->all_text || (hits & p->text) != 0;
	struct run run = {.kind = text ? RUN_TEXT : RUN_VALUE,
			  .esc = (uint16_t)(w->r->cell + w->depth + 1),
			  .key = key,
			  .said = (hits & p->said) != 0,
			  .known = format_hits_known(p, hits)};
	int rc;

	if (too_large(w, t) || (!w->r->inside && hits == 0 && !nested))
		return 0;
	rc = token_text(w, t, true, &run);
	if (rc == 0 && hits != 0)
		rc = hits_take(w, hits, run.text);
	return rc == 0 ? text_put(w->r, &run, w->depth + 1, state, hits) : rc;
}

static int number_take(struct walk *w, const struct json_token *t,
		       uint64_t hits, struct bytes key)
{
	struct run run = {.kind = RUN_NUMBER,
			  .esc = (uint16_t)(w->r->cell + ESC_NUMBER + w->depth),
			  .key = key,
			  .said = (hits & w->r->plan->said) != 0,
			  .known = format_hits_known(w->r->plan, hits)};
	int rc;

	if (too_large(w, t) || (!w->r->inside && hits == 0))
		return 0;
	rc = token_text(w, t, false, &run);
	if (rc == 0 && hits != 0)
		rc = hits_take(w, hits, run.text);
	return rc == 0 ? format_runs_add(w->r, &run) : rc;
}

static int word_take(struct walk *w, const struct json_token *t, uint64_t hits)
{
	if (hits == 0 || t->kind == JSON_NULL)
		return 0;
	return hits_take(w, hits,
			 bytes_str(t->kind == JSON_TRUE ? "true" : "false"));
}

static void level_open(struct walk *w, const struct json_token *t,
		       uint32_t state, uint64_t hits, struct bytes key)
{
	const struct format_plan *p = w->r->plan;
	bool scope = w->n == 0 || !w->levels[w->n - 1].object;

	w->levels[w->n] = (struct level){.state = state,
					 .up = w->scope,
					 .first = w->r->nruns,
					 .key = key,
					 .inherit = hits & (p->text | p->known),
					 .object = t->kind == JSON_OBJECT,
					 .scope = scope};
	format_time_open(w->r, hits, &w->levels[w->n].timing);
	if (scope)
		w->scope = w->n;
	w->n++;
}

/* Close the innermost level; a scope's runs get its speaker. */
static int level_close(struct walk *w)
{
	struct level *l = &w->levels[--w->n];
	int rc = format_time_close(w->r, &l->timing);

	if (!l->scope)
		return rc;
	w->scope = l->up;
	if (l->speaker.p == NULL)
		return rc;
	for (size_t i = l->first; i < w->r->nruns; i++) {
		struct run *run = &w->r->runs[i];

		if (run->speaker.p == NULL)
			run->speaker = l->speaker;
	}
	return rc;
}

/* State and inherited hits of a value that stands where the walk is. */
static int child_state(struct walk *w, uint32_t *state, uint64_t *hits,
		       struct bytes *key)
{
	struct jsonpath_set *set = w->r->plan->set;
	struct level *l = &w->levels[w->n - 1];
	int rc;

	*key = l->object ? l->member : l->key;
	if (l->object)
		rc = jsonpath_key(set, l->state, l->member, state);
	else
		rc = jsonpath_element(set, l->state, state);
	*hits = l->inherit;
	return rc;
}

static int value_take(struct walk *w, const struct json_token *t,
		      uint32_t state, uint64_t hits, struct bytes key)
{
	hits |= jsonpath_hits(w->r->plan->set, state);
	switch (t->kind) {
	case JSON_OBJECT:
	case JSON_ARRAY:
		level_open(w, t, state, hits, key);
		return 0;
	case JSON_STRING:
		return string_take(w, t, state, hits, key);
	case JSON_NUMBER:
		return number_take(w, t, hits, key);
	case JSON_TRUE:
	case JSON_FALSE:
	case JSON_NULL:
		return word_take(w, t, hits);
	case JSON_BAD:
	case JSON_END:
	case JSON_OBJECT_END:
	case JSON_ARRAY_END:
	case JSON_KEY:
		break;
	}
	return -EPROTO;
}

static int key_take(struct walk *w, const struct json_token *t)
{
	struct run run = {.kind = RUN_KEY,
			  .esc = (uint16_t)(w->r->cell + w->depth + 1)};
	int rc = too_large(w, t) ? 0 : token_text(w, t, true, &run);

	w->levels[w->n - 1].member = run.text;
	return rc == 0 ? format_runs_add(w->r, &run) : rc;
}

/* One token below the walk's own value. */
static int token_take(struct walk *w, const struct json_token *t)
{
	struct bytes key;
	uint64_t hits;
	uint32_t state;
	int rc;

	if (t->kind == JSON_OBJECT_END || t->kind == JSON_ARRAY_END)
		return level_close(w);
	if (t->kind == JSON_KEY)
		return key_take(w, t);
	rc = child_state(w, &state, &hits, &key);
	return rc == 0 ? value_take(w, t, state, hits, key) : rc;
}

/* The value that begins with t, and all below it. */
static int walk_run(struct walk *w, struct json_token t, uint32_t state,
		    uint64_t hits, struct bytes key)
{
	int rc = value_take(w, &t, state, hits, key);

	while (rc == 0 && w->n > 0) {
		if (json_next(w->s, &t) == JSON_BAD)
			return -EPROTO;
		rc = token_take(w, &t);
	}
	return rc;
}

/* A walk at rest, for texts inside `depth` strings. Its levels are not
 * cleared: those below n are never looked at. */
static struct walk *walk_at(struct format_reader *r, struct json_scan *s,
			    const struct run *outer, unsigned depth)
{
	struct walk *w = r->walks[depth];

	if (w == NULL)
		w = r->walks[depth] = mem_new(1, sizeof(*w));
	if (w == NULL)
		return NULL;
	w->r = r;
	w->s = s;
	w->outer = outer;
	w->depth = depth;
	w->n = w->scope = 0;
	return w;
}

/* JSON that lies in the string `outer`; checked already. */
static int nested_walk(struct format_reader *r, const struct run *outer,
		       unsigned depth, uint32_t state, uint64_t inherit)
{
	struct json_scan s;
	struct json_token t;
	struct walk *w = walk_at(r, &s, outer, depth);
	int rc;

	if (w == NULL)
		return -ENOMEM;
	rc = jsonpath_json(r->plan->set, state, &state);
	if (rc != 0)
		return rc;
	json_start(&s, outer->text, 0);
	if (json_next(&s, &t) == JSON_BAD)
		return -EPROTO;
	return walk_run(w, t, state, inherit, outer->key);
}

int format_value_walk(struct format_reader *r, struct json_scan *s,
		      const struct json_token *t, uint32_t state,
		      struct bytes key)
{
	struct walk *w = walk_at(r, s, NULL, 0);

	return w == NULL ? -ENOMEM : walk_run(w, *t, state, 0, key);
}

int format_value_key(struct format_reader *r, const struct json_token *t,
		     bool run, struct bytes *key)
{
	struct run k = {.kind = RUN_KEY, .esc = ESC_JSON};
	int rc = format_runs_text(r, r->data, NULL, t->start + 1, t->end - 1,
				  true, &k);

	*key = k.text;
	return rc == 0 && run ? format_runs_add(r, &k) : rc;
}

int format_value_cell(struct format_reader *r, const struct run *run,
		      uint32_t state, uint64_t hits, struct bytes *speaker)
{
	int rc = hits == 0 ? 0 : format_hits_take(r, hits, run->text, speaker);

	r->cell = run->esc & (ESC_CELL | ESC_CSV);
	return rc == 0 ? text_put(r, run, 0, state, hits) : rc;
}
