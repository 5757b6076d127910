/* What stands in a view for a span: made, escaped, and remembered. */
/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>

#include "policy/redact/piece.h"
#include "policy/redact/view_walk.h"

static struct bytes type_of(const struct view_in *in, const struct span *s)
{
	return in->head->types[s->type];
}

struct circumstance view_circumstance(const struct view_in *in,
				      const struct span *s)
{
	struct circumstance c = {.score = s->score};

	if (s->speaker > 0 && s->speaker <= in->head->nspeakers)
		c.speaker = in->head->speakers[s->speaker - 1];
	if (in->standin != NULL)
		c.task = in->standin->task;
	return c;
}

/* decision_for, remembered per type where the place cannot matter. */
const struct transform *view_literal_rule(struct view_walk *w,
					  const struct span *s)
{
	const struct view_in *in = w->in;
	const struct transform **known = NULL;
	struct circumstance c;

	if (s->type < RULES_KNOWN) {
		known = &w->rules[s->type];
		if (*known == NULL)
			*known = decision_rule(in->decision, type_of(in, s));
		if (transform_is_firm(*known))
			return *known;
	}
	c = view_circumstance(in, s);
	return decision_for(in->decision, type_of(in, s), &c);
}

/* The decoded text of a span, from the source. */
static int fetch_text(struct view_walk *w, const struct span *s)
{
	size_t n = (size_t)(s->end - s->start);
	int rc;

	buf_clear(&w->raw);
	buf_clear(&w->text);
	rc = buf_reserve(&w->raw, n);
	if (rc == 0)
		rc = w->in->source(w->in->ctx, s->start, w->raw.p, n);
	if (rc != 0)
		return rc;
	w->raw.n = n;
	return transform_decoded(buf_bytes(&w->raw), s->esc, &w->text);
}

/* The escaped replacement: into w->raw. */
static int make_literal(struct view_walk *w, const struct transform_in *t,
			uint16_t esc)
{
	int rc;

	buf_clear(&w->lit);
	rc = transform_apply(t, &w->lit);
	if (rc != 0)
		return rc;
	buf_clear(&w->raw);
	return transform_escaped(buf_bytes(&w->lit), esc, &w->raw);
}

/* A replacement that costs no look at the source, and may come again within a
 * block: a tag, or what costs hashing. */
static int put_known(struct view_walk *w, const struct transform_in *t,
		     const struct span *s, bool tag)
{
	const struct view_memo_key k = {
		.t = t->t,
		.record = !tag && t->t->scope == SCOPE_RECORD ? t->record.p
							      : NULL,
		.tag = tag,
		.value = tag ? s->type : s->value,
		.ord = tag ? t->ord : 0,
		.esc = s->esc,
		.text = tag ? (struct bytes){NULL, 0} : t->text};
	struct view_memo_lit lit;
	int rc;

	if (view_memo_get(&w->memo, &k, &lit))
		return piece_again(w->out, w->keep, lit.from, lit.n);
	rc = make_literal(w, t, s->esc);
	lit = (struct view_memo_lit){.from = w->out->literals.n, .n = w->raw.n};
	if (rc == 0)
		rc = view_memo_put(&w->memo, &k, lit);
	return rc == 0 ? piece_literal(w->out, w->keep, buf_bytes(&w->raw))
		       : rc;
}

/* A stand-in for a date is its tag, which counts on ord. */
static bool is_tag(const struct transform_in *t)
{
	return t->t->action == ACTION_TAG || transform_is_tagged(t->t, t->type);
}

static bool is_keyed(const struct transform_in *t)
{
	return t->t->action == ACTION_PSEUDONYM || t->t->action == ACTION_HASH;
}

/* A part of a value is not what a mask or a date is made from: the last digits
 * of a word are some in the middle of a number. Only the case of a name is its
 * own, and how a word is written that a stand-in follows. */
static bool is_part(const struct span *s, const struct transform_in *t)
{
	bool pseudonym = t->t->action == ACTION_PSEUDONYM;

	if ((s->esc & ESC_PART) != 0)
		return !pseudonym || !bytes_is(t->type, "PERSON");
	return (s->esc & ESC_WORD) != 0 && !pseudonym;
}

int view_literal_put(struct view_walk *w, const struct span *s,
		     struct bytes record)
{
	const struct view_in *in = w->in;
	const struct value *v = index_value(in->block, s->value);
	struct transform_in t = {
		.t = view_literal_rule(w, s),
		.type = type_of(in, s),
		.ord = w->swap.nparts > 0 ? view_swap_ord(&w->swap, s) : s->ord,
		.number = (s->esc & ESC_NUMBER) != 0,
		.record = record,
		.s = in->standin};
	int rc = 0;

	if (v == NULL)
		return -EPROTO;
	t.canon = value_own(v->canon);
	t.person = value_person(v->canon);
	if (is_part(s, &t)) {
		t.text = t.canon;
	} else if (transform_wants_text(t.t, t.type)) {
		rc = fetch_text(w, s);
		t.text = buf_bytes(&w->text);
	}
	if (rc != 0)
		return rc;
	if (is_tag(&t) || is_keyed(&t))
		return put_known(w, &t, s, is_tag(&t));
	rc = make_literal(w, &t, s->esc);
	return rc == 0 ? piece_literal(w->out, w->keep, buf_bytes(&w->raw))
		       : rc;
}
