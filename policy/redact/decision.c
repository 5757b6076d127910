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

int action_parse(struct bytes name)
{
	for (size_t i = 0; i < ARRAY_LEN(action_names); i++)
		if (bytes_is(name, action_names[i]))
			return (int)i;
	return -1;
}

/* A span that is not sure enough to be kept. */
static bool too_weak(const struct transform *t, uint8_t score)
{
	return t->action == ACTION_KEEP && score < t->min_score;
}

const struct transform *decision_for(const struct decision *d,
				     struct bytes type, uint8_t score)
{
	static const struct transform strictest = {.action = ACTION_DROP};
	const struct transform *t = &d->fallback;

	for (size_t i = 0; i < d->nrules; i++)
		if (bytes_is(type, d->rules[i].type)) {
			t = &d->rules[i].t;
			break;
		}
	if (too_weak(t, score))
		t = &d->fallback;
	return too_weak(t, score) ? &strictest : t;
}

enum fill decision_fill(const struct decision *d, struct bytes type,
			uint8_t score)
{
	const struct audio *a = &d->audio;

	if (decision_for(d, type, score)->action == ACTION_KEEP)
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
		uses = uses || d->rules[i].t.scope == scope;
	return uses;
}

/* Every parameter in a fixed order; the policy line is not one of them. */
static int put_transform(struct buf *b, const struct transform *t)
{
	const uint64_t v[] = {
		(uint64_t)t->action, (uint64_t)t->scope, (uint64_t)t->style,
		t->keep_last,	     t->keep_separators, t->true_length,
		t->mask_char,	     t->hash_len,	 t->min_score};
	int rc = cbor_put_array(b, ARRAY_LEN(v) + 1);

	for (size_t i = 0; rc == 0 && i < ARRAY_LEN(v); i++)
		rc = cbor_put_uint(b, v[i]);
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
	int rc = cbor_put_array(b, 2 * (uint64_t)d->nfields);

	for (size_t i = 0; rc == 0 && i < d->nfields; i++) {
		rc = cbor_put_uint(b, (uint64_t)d->fields[i].action);
		if (rc == 0)
			rc = cbor_put_text(b, bytes_str(d->fields[i].path));
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
