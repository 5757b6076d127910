/* What decides which records of an object are visible, as one hash. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "base/hash.h"
#include "policy/seat.h"

/*
 * Two seats with the same digest for an object show the same records of it, so
 * they may share its view index. Hashed is what decide.c looks at, no more:
 * two annotators who see all records share, whatever their names; an edit of
 * another role moves nothing. Strings and numbers are fields with lengths;
 * lists begin with their count.
 */

static void add_text(struct hasher *h, const char *s)
{
	hasher_field(h, bytes_str(s));
}

static void add_strings(struct hasher *h, struct strings v)
{
	hasher_u64(h, v.n);
	for (size_t i = 0; i < v.n; i++)
		add_text(h, v.v[i]);
}

static void add_object(struct hasher *h, const struct candidate *c)
{
	const struct index_summary *s = c->summary;

	add_text(h, c->dataset);
	hasher_field(h, c->path);
	hasher_u64(h, s->denied);
	hasher_u64(h, s->uniform);
	hasher_field(h, s->group);
	hasher_u64(h, s->nattrs);
	for (uint32_t i = 0; i < s->nattrs; i++) {
		hasher_field(h, s->attrs[i].key);
		hasher_field(h, s->attrs[i].value);
	}
}

/* Who may be dealt what: the task's inputs to assign.c, and for whom. */
static void add_deal(struct hasher *h, const struct seat *s)
{
	static const char label[] = "carrel assign digest";
	const struct policy *p = s->policy;
	const struct task *t = s->task;
	uint8_t id[HASH_LEN];

	hash_blake2b(id, s->assign, bytes_str(label));
	hasher_field(h, bytes_of(id, sizeof(id)));
	add_text(h, s->subject.annotator);
	add_text(h, t->name);
	hasher_u64(h, t->by);
	hasher_u64(h, t->overlap);
	hasher_u64(h, t->ncandidates);
	for (uint32_t i = 0; i < t->ncandidates; i++)
		add_text(h, p->annotators[t->candidates[i]].name);
	hasher_u64(h, t->nlists);
	for (uint32_t i = 0; i < t->nlists; i++) {
		hasher_field(h, t->lists[i].unit);
		add_text(h, p->annotators[t->lists[i].annotator].name);
	}
}

static void add_rule(struct hasher *h, const struct see *see, bool in_task)
{
	hasher_u64(h, see->records);
	hasher_u64(h, see->records != RECORDS_ALL && in_task);
	hasher_u64(h, see->nwhere);
	for (uint32_t i = 0; i < see->nwhere; i++) {
		add_text(h, see->where[i].key);
		add_strings(h, see->where[i].values);
	}
}

void seat_digest(const struct seat *s, const struct candidate *c,
		 uint8_t out[32])
{
	bool in_task = s->task != NULL &&
		       rules_match(s->task->files, c->dataset, c->path);
	bool dealt = false;
	struct hasher h;

	hasher_blake2b(&h, NULL);
	add_text(&h, "carrel seat 1");
	add_object(&h, c);
	for (uint32_t i = 0; i < s->role->nsee; i++) {
		const struct see *see = &s->role->see[i];

		if (!seat_names_object(see, c))
			continue;
		add_rule(&h, see, in_task);
		dealt = dealt || (see->records == RECORDS_ASSIGNED && in_task);
	}
	if (c->summary->format == FORMAT_IMAGE)
		hasher_u64(&h, s->role->images);
	hasher_u64(&h, dealt);
	if (dealt)
		add_deal(&h, s);
	hasher_end(&h, out);
}
