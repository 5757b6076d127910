/* A seat in words for people. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "policy/seat.h"

#include "base/json.h"

static int put_what(const struct transform *t, struct buf *b)
{
	switch (t->action) {
	case ACTION_DROP:
		return buf_puts(b, "left out");
	case ACTION_TAG:
		return buf_puts(b, "a tag");
	case ACTION_MASK:
		if (t->keep_last > 0)
			return buf_printf(b, "masked, last %u kept",
					  (unsigned)t->keep_last);
		return buf_puts(b, "masked");
	case ACTION_PSEUDONYM:
		return buf_printf(b, "a %s, the same in the whole %s",
				  t->style == STYLE_TAG ? "code" : "pseudonym",
				  scope_name(t->scope));
	case ACTION_HASH:
		return buf_printf(b, "a keyed hash, the same in the whole %s",
				  scope_name(t->scope));
	case ACTION_GENERALIZE:
		if (t->width > 0)
			return buf_printf(b, "made coarser (bands of %u)",
					  t->width);
		return buf_printf(b, "made coarser (%s)", t->to);
	case ACTION_SHIFT:
		return buf_printf(b, "shifted%s, by the same in the whole %s",
				  t->weekdays ? " by whole weeks" : "",
				  scope_name(t->scope));
	case ACTION_KEEP:
		return buf_puts(b, "as it is");
	}
	return 0;
}

/* Its conditions, but for tasks: an annotator is told of no other. */
int policy_transform_words(const struct transform *t, struct buf *b)
{
	int rc = put_what(t, b);

	if (rc == 0 && t->min_score > 0)
		rc = buf_printf(b, ", when sure (%u %%)",
				(unsigned)t->min_score);
	if (rc == 0 && t->speakers.n > 0)
		rc = buf_puts(b, ", when said by ");
	for (size_t i = 0; rc == 0 && i < t->speakers.n; i++)
		rc = buf_printf(b, "%s%s", i == 0 ? "" : " or ",
				t->speakers.v[i]);
	return rc;
}

/* What is said of a type to one who works for this task. */
static const struct transform *said_of(const struct seat *s,
				       const struct type_rule *r)
{
	struct circumstance c = {.score = UINT8_MAX,
				 .task = bytes_str(s->subject.task)};

	/* The best there is, but for the task: its words say the rest. */
	if (r->t.speakers.n > 0)
		c.speaker = bytes_str(r->t.speakers.v[0]);
	return decision_for(&s->role->decision, bytes_str(r->type), &c);
}

static int grant(struct json_out *o, struct buf *line)
{
	json_str(o, buf_bytes(line));
	buf_clear(line);
	return o->err;
}

static int grant_records(const struct seat *s, struct json_out *o)
{
	static const char *const words[] = {
		"the records that are assigned to you",
		"all records of the task",
		"all records",
	};
	bool said[ARRAY_LEN(words)] = {false};

	for (uint32_t i = 0; i < s->role->nsee; i++) {
		enum records r = s->role->see[i].records;

		if (!said[r])
			json_cstr(o, words[r]);
		said[r] = true;
	}
	if (s->role->nsee == 0)
		json_cstr(o, "nothing");
	return o->err;
}

/* Types that are left out leave no trace in the view, so none in words. */
static int grant_types(const struct seat *s, struct json_out *o,
		       struct buf *line)
{
	const struct decision *d = &s->role->decision;
	bool other = false;
	int rc = 0;

	for (size_t i = 0; rc == 0 && i < d->nrules; i++) {
		const struct transform *t = said_of(s, &d->rules[i]);

		if (t->action == ACTION_DROP)
			continue;
		other = true;
		rc = buf_printf(line, "%s: ", d->rules[i].type);
		if (rc == 0)
			rc = policy_transform_words(t, line);
		if (rc == 0)
			rc = grant(o, line);
	}
	if (rc == 0)
		rc = buf_printf(line, "every %ssensitive value: ",
				other ? "other " : "");
	if (rc == 0)
		rc = policy_transform_words(&d->fallback, line);
	return rc == 0 ? grant(o, line) : rc;
}

/* Said where the policy says it; else what is heard is silence. */
static int grant_audio(const struct seat *s, struct json_out *o,
		       struct buf *line)
{
	static const char *const words[] = {
		[FILL_SILENCE] = "silence",
		[FILL_TONE] = "a tone",
		[FILL_NOISE] = "noise",
		[FILL_KEEP] = "as it is",
	};
	const struct decision *d = &s->role->decision;
	const struct audio *a = &d->audio;
	int rc = 0;

	if (a->n == 0 && a->fallback == FILL_SILENCE)
		return 0;
	for (uint32_t i = 0; rc == 0 && i < a->n; i++) {
		struct bytes type = bytes_str(a->types[i]);

		if (decision_rule(d, type)->action == ACTION_DROP)
			continue;
		rc = buf_printf(line, "%s in recordings: %s", a->types[i],
				words[a->fills[i]]);
		if (rc == 0)
			rc = grant(o, line);
	}
	if (rc == 0)
		rc = buf_printf(line, "sensitive words in recordings: %s",
				words[a->fallback]);
	return rc == 0 ? grant(o, line) : rc;
}

static int grant_names(const struct seat *s, struct json_out *o)
{
	static const char *const names[] = {
		"names of files: numbers",
		"names of files: pseudonyms",
		"names of files: kept, values in them shown as in the text",
	};

	json_cstr(o, names[s->role->names]);
	return o->err;
}

static int grant_images(const struct seat *s, struct json_out *o)
{
	if (s->role->images)
		json_cstr(o, "pictures: as they are, nobody searched them");
	return o->err;
}

int seat_grants(const struct seat *s, struct buf *b)
{
	CLEANUP(buf_free) struct buf line = {0};
	struct json_out o;
	int rc;

	json_open(&o, b);
	json_arr(&o);
	rc = grant_records(s, &o);
	if (rc == 0)
		rc = grant_types(s, &o, &line);
	if (rc == 0)
		rc = grant_audio(s, &o, &line);
	if (rc == 0)
		rc = grant_names(s, &o);
	if (rc == 0)
		rc = grant_images(s, &o);
	if (rc != 0)
		return rc;
	json_arr_end(&o);
	return o.err;
}

enum names seat_names(const struct seat *s)
{
	return s->role->names;
}

const struct subject *seat_subject(const struct seat *s)
{
	return &s->subject;
}

void seat_work(const struct seat *s, const char *const **keep, size_t *nkeep,
	       uint64_t *quota)
{
	*keep = s->role->work.keep.v;
	*nkeep = s->role->work.keep.n;
	*quota = s->role->work.quota;
}

bool seat_allows(const struct seat *s, const char *way)
{
	const struct allow *a = &s->role->allow;
	struct bytes w = bytes_str(way);

	return (bytes_is(w, "terminal") && a->terminal) ||
	       (bytes_is(w, "gui") && a->gui) ||
	       (bytes_is(w, "publish") && a->nports > 0);
}

bool seat_publishes(const struct seat *s, uint16_t port)
{
	for (uint32_t i = 0; i < s->role->allow.nports; i++)
		if (s->role->allow.ports[i] == port)
			return true;
	return false;
}

const struct limits *seat_limits(const struct seat *s)
{
	return &s->role->limits;
}
