/* Decisions: which transform a span gets, and their one encoding. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "policy/redact/decision.h"

#include "base/cbor.h"

static const char *const action_names[] = {
	[ACTION_DROP] = "drop",	  [ACTION_TAG] = "tag",
	[ACTION_MASK] = "mask",	  [ACTION_PSEUDONYM] = "pseudonym",
	[ACTION_HASH] = "hash",	  [ACTION_GENERALIZE] = "generalize",
	[ACTION_SHIFT] = "shift", [ACTION_KEEP] = "keep",
};

const char *fill_name(enum fill f)
{
	static const char *const names[] = {
		[FILL_SILENCE] = "silence",
		[FILL_TONE] = "tone",
		[FILL_NOISE] = "noise",
		[FILL_KEEP] = "keep",
	};

	return (size_t)f < ARRAY_LEN(names) ? names[f] : NULL;
}

const char *action_name(enum action a)
{
	return (size_t)a < ARRAY_LEN(action_names) ? action_names[a] : NULL;
}

const char *scope_name(enum scope s)
{
	static const char *const names[] = {"record", "task", "project",
					    "annotator"};

	return names[s];
}

int action_parse(struct bytes name)
{
	for (size_t i = 0; i < ARRAY_LEN(action_names); i++)
		if (bytes_is(name, action_names[i]))
			return (int)i;
	return -1;
}

static bool is_one_of(const struct among *a, struct bytes word)
{
	for (size_t i = 0; i < a->n; i++)
		if (bytes_is(word, a->v[i]))
			return true;
	return a->n == 0;
}

static bool holds(const struct transform *t, const struct circumstance *c)
{
	return c->score >= t->min_score &&
	       is_one_of(&t->speakers, c->speaker) &&
	       is_one_of(&t->tasks, c->task);
}

bool transform_is_firm(const struct transform *t)
{
	return t->min_score == 0 && t->speakers.n == 0 && t->tasks.n == 0;
}

/* For a type that no rule names. */
static const struct transform *unnamed(const struct decision *d,
				       struct bytes type)
{
	static const struct transform seen = {.action = ACTION_PSEUDONYM,
					      .scope = SCOPE_PROJECT};

	return d->fallback.action != ACTION_DROP && bytes_is(type, "FILE_PATH")
		       ? &seen
		       : &d->fallback;
}

const struct transform *decision_rule(const struct decision *d,
				      struct bytes type)
{
	for (size_t i = 0; i < d->nrules; i++)
		if (bytes_is(type, d->rules[i].type))
			return &d->rules[i].t;
	return unnamed(d, type);
}

const struct transform *decision_for(const struct decision *d,
				     struct bytes type,
				     const struct circumstance *c)
{
	static const struct transform strictest = {.action = ACTION_DROP};
	const struct transform *t = decision_rule(d, type);
	const struct transform *f = unnamed(d, type);

	if (!holds(t, c) && f->action <= t->action)
		t = f;
	return t->action == ACTION_KEEP && !holds(t, c) ? &strictest : t;
}

enum fill decision_fill(const struct decision *d, struct bytes type,
			const struct circumstance *c)
{
	const struct audio *a = &d->audio;

	if (decision_for(d, type, c)->action == ACTION_KEEP)
		return FILL_KEEP;
	for (uint32_t i = 0; i < a->n; i++)
		if (bytes_is(type, a->types[i]))
			return a->fills[i];
	return a->fallback;
}

bool decision_uses(const struct decision *d, enum scope scope)
{
	bool uses = d->fallback.scope == scope;

	for (size_t i = 0; i < d->nrules; i++)
		uses = uses || d->rules[i].t.scope == scope ||
		       (scope == SCOPE_TASK && d->rules[i].t.tasks.n > 0);
	for (size_t i = 0; i < d->nfields; i++)
		uses = uses || (d->fields[i].action == FIELD_SWAP &&
				d->fields[i].scope == scope);
	return uses;
}

static int put_among(struct buf *b, const struct among *a)
{
	int rc = cbor_put_array(b, a->n);

	for (size_t i = 0; rc == 0 && i < a->n; i++)
		rc = cbor_put_text(b, bytes_str(a->v[i]));
	return rc;
}

/* Every parameter in a fixed order; the policy line is not one of them. */
static int put_transform(struct buf *b, const struct transform *t)
{
	const uint64_t v[] = {(uint64_t)t->action, (uint64_t)t->scope,
			      (uint64_t)t->style,  t->keep_last,
			      t->keep_separators,  t->true_length,
			      t->mask_char,	   t->hash_len,
			      t->min_score,	   t->width,
			      (uint64_t)t->order,  t->weekdays};
	int rc = cbor_put_array(b, ARRAY_LEN(v) + 3);

	for (size_t i = 0; rc == 0 && i < ARRAY_LEN(v); i++)
		rc = cbor_put_uint(b, v[i]);
	if (rc == 0)
		rc = put_among(b, &t->speakers);
	if (rc == 0)
		rc = put_among(b, &t->tasks);
	return rc == 0 ? cbor_put_text(b, bytes_str(t->to)) : rc;
}

static int put_rules(struct buf *b, const struct decision *d)
{
	int rc = cbor_put_array(b, 2 * (uint64_t)d->nrules);

	for (size_t i = 0; rc == 0 && i < d->nrules; i++) {
		rc = cbor_put_text(b, bytes_str(d->rules[i].type));
		if (rc == 0)
			rc = put_transform(b, &d->rules[i].t);
	}
	return rc;
}

static int put_fields(struct buf *b, const struct decision *d)
{
	int rc = cbor_put_array(b, 4 * (uint64_t)d->nfields);

	for (size_t i = 0; rc == 0 && i < d->nfields; i++) {
		const struct field_rule *f = &d->fields[i];

		rc = cbor_put_uint(b, (uint64_t)f->action);
		if (rc == 0)
			rc = cbor_put_uint(b, (uint64_t)f->scope);
		if (rc == 0)
			rc = cbor_put_text(b, bytes_str(f->path));
		if (rc == 0)
			rc = cbor_put_text(b, bytes_str(f->with));
	}
	return rc;
}

static int put_audio(struct buf *b, const struct audio *a)
{
	int rc = cbor_put_array(b, 2 + 2 * (uint64_t)a->n);

	if (rc == 0)
		rc = cbor_put_uint(b, (uint64_t)a->fallback);
	if (rc == 0)
		rc = cbor_put_uint(b, a->pad_ms);
	for (uint32_t i = 0; rc == 0 && i < a->n; i++) {
		rc = cbor_put_text(b, bytes_str(a->types[i]));
		if (rc == 0)
			rc = cbor_put_uint(b, (uint64_t)a->fills[i]);
	}
	return rc;
}

int decision_put(struct buf *b, const struct decision *d)
{
	int rc = cbor_put_array(b, 4);

	if (rc == 0)
		rc = put_transform(b, &d->fallback);
	if (rc == 0)
		rc = put_rules(b, d);
	if (rc == 0)
		rc = put_fields(b, d);
	return rc == 0 ? put_audio(b, &d->audio) : rc;
}
