/* A seat's answers: which objects and records, and how they are shown. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "policy/seat.h"

#include <errno.h>

#include "base/mem.h"
#include "policy/assign.h"

/*
 * Which records a subject is shown is one function of (policy, subject, assign
 * key, object's path and summary, record): no clock, no state. Replay and
 * preview ask the same one.
 *
 * For a record: the first see rule whose files name the object and whose where
 * holds for it decides, by its `records`: all; those of objects in the task's
 * files; those of them dealt to the subject. It decides also when its answer
 * is no: a later, wider rule is not asked. No rule: not shown. A denied record
 * or object is never shown, a picture (nobody searched it) only to a role that
 * says so.
 *
 * where looks at the record's own attributes, and for a name that the record
 * lacks at the object's. A name that neither has does not match; one that
 * stands several times matches when each of its values does.
 *
 * For an object the same question is asked with less known. Each rule gives
 * no, maybe or yes to "does it decide the records here?", and its own answer
 * (nothing, whole, or "ask for each record"); answers of all rules that may
 * decide are joined, and where they differ the records must be asked. So
 * SEEN_NOTHING means that no record would be visible, SEEN_WHOLE that each one
 * would that is not denied. An object whose summary says `uniform` has no
 * record with a group or attributes of its own: then the object's answer is
 * exact, and hidden objects need not be opened.
 */

bool seat_names_object(const struct see *see, const struct candidate *c)
{
	return rules_match(see->files, c->dataset, c->path);
}

/* Has attrs the key (maybe), and is each of its values wanted (yes)? */
static enum answer where_in(const struct where *w,
			    const struct attribute *attrs, uint32_t n)
{
	enum answer found = ANSWER_MAYBE;

	for (uint32_t i = 0; i < n; i++) {
		if (!bytes_is(attrs[i].key, w->key))
			continue;
		if (!rules_has(w->values, attrs[i].value))
			return ANSWER_NO;
		found = ANSWER_YES;
	}
	return found;
}

enum answer seat_where(const struct see *see, const struct candidate *c)
{
	if (see->nwhere == 0)
		return ANSWER_YES;
	if (!c->summary->uniform)
		return ANSWER_MAYBE;
	for (uint32_t i = 0; i < see->nwhere; i++)
		if (where_in(&see->where[i], c->summary->attrs,
			     c->summary->nattrs) != ANSWER_YES)
			return ANSWER_NO;
	return ANSWER_YES;
}

static bool where_record(const struct see *see, const struct candidate *c,
			 const struct record *r)
{
	bool own = !c->summary->uniform;

	for (uint32_t i = 0; i < see->nwhere; i++) {
		const struct where *w = &see->where[i];
		enum answer a = ANSWER_MAYBE;

		if (own)
			a = where_in(w, r->attrs, r->nattrs);
		if (a == ANSWER_MAYBE)
			a = where_in(w, c->summary->attrs, c->summary->nattrs);
		if (a != ANSWER_YES)
			return false;
	}
	return true;
}

int policy_seat(const struct subject *s, const struct key *assign,
		struct seat **out, struct err *e)
{
	const struct policy *p = s->policy;
	struct seat *seat;

	*out = NULL;
	if (p->roles[p->annotators[s->index].role].needs_task &&
	    s->task != NULL && assign == NULL)
		return err_set(e, -ENOKEY, NULL,
			       "the project's assign key is missing");
	seat = mem_new(1, sizeof(*seat));
	if (seat == NULL)
		return err_nomem(e);
	seat->subject = *s;
	seat->policy = p;
	seat->role = &p->roles[p->annotators[s->index].role];
	seat->assign = assign;
	if (s->task != NULL)
		seat->task = &p->tasks[rules_task(p, bytes_str(s->task))];
	seat->possible =
		seat->task != NULL && assign_possible(seat->task, s->index);
	*out = seat;
	return 0;
}

void policy_seat_free(struct seat *s)
{
	mem_free(s);
}

static bool is_hidden(const struct seat *s, const struct index_summary *o)
{
	return o->denied != DENIAL_NONE ||
	       (o->format == FORMAT_IMAGE && !s->role->images);
}

static bool in_task(const struct seat *s, const struct candidate *c)
{
	return s->task != NULL &&
	       rules_match(s->task->files, c->dataset, c->path);
}

/* The memo remembers units that fit; others are asked each time. */
static bool dealt(const struct seat *s, struct bytes unit, struct seat_memo *m)
{
	struct assign_in in = {.policy = s->policy,
			       .task = s->task,
			       .key = s->assign,
			       .me = s->subject.index,
			       .unit = unit};

	if (m->n == unit.n && unit.n > 0 &&
	    memcmp(m->unit, unit.p, unit.n) == 0)
		return m->dealt;
	m->n = 0;
	m->dealt = assign_dealt(&in);
	if (unit.n <= sizeof(m->unit)) {
		memcpy(m->unit, unit.p, unit.n);
		m->n = unit.n;
	}
	return m->dealt;
}

/* r NULL: asked of an object, by its group or path. */
static bool dealt_unit(const struct seat *s, const struct candidate *c,
		       const struct record *r, struct seat_memo *m)
{
	uint8_t unit[ASSIGN_UNIT_MAX];
	struct bytes last = c->summary->group;
	size_t n;

	if (s->task->by == DEAL_GROUP && r != NULL && r->group.n > 0 &&
	    !c->summary->uniform)
		last = r->group;
	if (s->task->by == DEAL_RECORD && r != NULL)
		last = r->id;
	n = assign_unit(unit, s->task->by, c->dataset, c->path, last);
	return n > 0 && dealt(s, bytes_of(unit, n), m);
}

static enum seen seen_assigned(const struct seat *s, const struct candidate *c)
{
	struct seat_memo m = {0};

	if (!s->possible || !in_task(s, c))
		return SEEN_NOTHING;
	if (s->task->by == DEAL_RECORD ||
	    (s->task->by == DEAL_GROUP && !c->summary->uniform))
		return SEEN_RECORDS;
	return dealt_unit(s, c, NULL, &m) ? SEEN_WHOLE : SEEN_NOTHING;
}

static enum seen seen_by(const struct seat *s, const struct see *see,
			 const struct candidate *c)
{
	switch (see->records) {
	case RECORDS_ALL:
		return SEEN_WHOLE;
	case RECORDS_TASK:
		return in_task(s, c) ? SEEN_WHOLE : SEEN_NOTHING;
	case RECORDS_ASSIGNED:
		return seen_assigned(s, c);
	}
	return SEEN_NOTHING;
}

enum seen seat_object(const struct seat *s, const struct candidate *c)
{
	enum seen joined = SEEN_NOTHING;
	bool any = false, settled = false;

	if (is_hidden(s, c->summary))
		return SEEN_NOTHING;
	for (uint32_t i = 0; i < s->role->nsee && !settled; i++) {
		const struct see *see = &s->role->see[i];
		enum answer a = ANSWER_NO;
		enum seen v;

		if (seat_names_object(see, c))
			a = seat_where(see, c);
		if (a == ANSWER_NO)
			continue;
		v = seen_by(s, see, c);
		joined = !any || joined == v ? v : SEEN_RECORDS;
		any = true;
		settled = a == ANSWER_YES;
	}
	/* No rule that surely decides: what falls through is not shown. */
	return settled || joined == SEEN_NOTHING ? joined : SEEN_RECORDS;
}

static void memo_fill(const struct seat *s, const struct candidate *c,
		      struct seat_memo *m)
{
	m->ready = true;
	m->rules = 0;
	m->n = 0;
	for (uint32_t i = 0; i < s->role->nsee; i++)
		if (seat_names_object(&s->role->see[i], c))
			m->rules |= UINT64_C(1) << i;
	m->task = in_task(s, c);
}

static bool shown_by(const struct seat *s, const struct see *see,
		     const struct candidate *c, const struct record *r,
		     struct seat_memo *m)
{
	switch (see->records) {
	case RECORDS_ALL:
		return true;
	case RECORDS_TASK:
		return m->task;
	case RECORDS_ASSIGNED:
		return m->task && s->possible && dealt_unit(s, c, r, m);
	}
	return false;
}

bool seat_record_memo(const struct seat *s, const struct candidate *c,
		      const struct record *r, struct seat_memo *m)
{
	if (is_hidden(s, c->summary) || r->denied != DENIAL_NONE)
		return false;
	if (!m->ready)
		memo_fill(s, c, m);
	for (uint32_t i = 0; i < s->role->nsee; i++) {
		const struct see *see = &s->role->see[i];

		if ((m->rules >> i & 1) != 0 && where_record(see, c, r))
			return shown_by(s, see, c, r, m);
	}
	return false;
}

bool seat_record(const struct seat *s, const struct candidate *c,
		 const struct record *r)
{
	struct seat_memo m = {0};

	return seat_record_memo(s, c, r, &m);
}

/* Why the rule that decides says no. */
static const char *why_not(const struct seat *s, const struct see *see,
			   const struct candidate *c)
{
	if (s->task == NULL)
		return "the rule needs a task";
	if (!in_task(s, c))
		return "not among the files of the task";
	if (see->records == RECORDS_ASSIGNED && !s->possible)
		return "the task deals this annotator nothing";
	return "not assigned to this annotator";
}

const char *seat_why(const struct seat *s, const struct candidate *c,
		     const struct record *r)
{
	bool named = false;

	if (c->summary->denied != DENIAL_NONE)
		return "the file is denied";
	if (r != NULL && r->denied != DENIAL_NONE)
		return "the record is denied";
	if (is_hidden(s, c->summary))
		return "a picture: the role does not say undetected: images";
	if (r != NULL ? seat_record(s, c, r)
		      : seat_object(s, c) != SEEN_NOTHING)
		return NULL;
	for (uint32_t i = 0; i < s->role->nsee; i++) {
		const struct see *see = &s->role->see[i];

		if (!seat_names_object(see, c))
			continue;
		named = true;
		if (r != NULL ? where_record(see, c, r)
			      : seat_where(see, c) == ANSWER_YES)
			return why_not(s, see, c);
	}
	return named ? "no rule's where holds" : "no rule names it";
}

const struct decision *seat_decision(const struct seat *s,
				     const struct candidate *c)
{
	uint32_t set = 0;

	for (uint32_t i = 0; i < s->role->nfields; i++)
		if (rules_match(s->role->fields[i].files, c->dataset, c->path))
			set |= 1u << i;
	if (s->subject.unswapped)
		set += 1u << s->role->nfields;
	return &s->role->by_fields[set];
}

uint32_t policy_rule_line(const struct seat *s, const struct candidate *c)
{
	enum answer a = ANSWER_NO;

	if (is_hidden(s, c->summary))
		return 0;
	for (uint32_t i = 0; i < s->role->nsee && a != ANSWER_YES; i++) {
		const struct see *see = &s->role->see[i];

		if (!seat_names_object(see, c))
			continue;
		a = seat_where(see, c);
		if (a != ANSWER_NO && seen_by(s, see, c) != SEEN_NOTHING)
			return see->line;
	}
	return 0;
}
