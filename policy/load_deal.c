/* assign: how a task's units are dealt to annotators. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "policy/load.h"

#include <stdlib.h>

#include "policy/assign.h"
#include "policy/near.h"

static bool has_task(const struct annotator *a, uint32_t task)
{
	for (uint32_t i = 0; i < a->ntasks; i++)
		if (a->tasks[i] == task)
			return true;
	return false;
}

static bool among(const struct task *t, uint32_t role)
{
	for (uint32_t i = 0; i < t->namong; i++)
		if (t->among[i] == role)
			return true;
	return false;
}

static bool is_param(struct bytes key)
{
	return bytes_is(key, "by") || bytes_is(key, "overlap") ||
	       bytes_is(key, "among");
}

/* by, overlap, among. */
static int load_formula(const struct policy *p, const struct yaml_node *map,
			struct task *t, struct err *e)
{
	static const char *const words[] = {"group", "object", "record"};
	static const struct load_ref ref = {"role", rules_role,
					    rules_near_role};
	const struct yaml_node *by = yaml_get(map, "by");
	const struct yaml_node *overlap = yaml_get(map, "overlap");
	const struct yaml_node *roles = yaml_get(map, "among");
	uint64_t n = 1;
	size_t v = DEAL_GROUP;
	int rc = 0;

	if (by != NULL)
		rc = yaml_choice(by, words, ARRAY_LEN(words), &v, e);
	t->by = (enum deal_by)v;
	if (rc == 0 && overlap != NULL)
		rc = yaml_uint(overlap, 1000, &n, e);
	if (rc == 0 && n == 0)
		return yaml_fail(overlap, e, "\"overlap\" must be at least 1");
	t->overlap = (uint32_t)n;
	if (rc == 0 && overlap != NULL && roles == NULL)
		return yaml_fail(overlap->key, e,
				 "\"overlap\" needs "
				 "\"among\": the roles whose "
				 "annotators share the task");
	if (rc == 0 && roles != NULL)
		rc = load_refs(p, roles, &ref, &t->among, &t->namong, e);
	return rc;
}

/* An annotator as a key of assign. */
static int find_dealt(const struct policy *p, const struct yaml_node *key,
		      const struct task *t, uint32_t *out, struct err *e)
{
	static const char *const params[] = {"by", "overlap", "among"};
	const char *near;

	*out = rules_annotator(p, key->text);
	if (*out != RULES_NONE &&
	    has_task(&p->annotators[*out], (uint32_t)(t - p->tasks)))
		return 0;
	if (*out != RULES_NONE)
		return yaml_fail(key, e,
				 "annotator \"%s\" is not in task \"%s\"; add "
				 "it to their tasks",
				 p->annotators[*out].name, t->name);
	near = rules_near_annotator(p, key->text);
	if (near == NULL)
		near = near_word(key->text, params, ARRAY_LEN(params));
	if (near != NULL)
		return yaml_fail(key, e,
				 "unknown key or annotator \"%s\"; did you "
				 "mean \"%s\"?",
				 yaml_shown(key->text).s, near);
	return yaml_fail(key, e,
			 "unknown key or annotator \"%s\"; keys here: by, "
			 "overlap, among, or annotators with their lists",
			 yaml_shown(key->text).s);
}

static int dealt_cmp(const void *a, const void *b)
{
	const struct dealt *x = a, *y = b;
	int c = bytes_cmp(x->unit, y->unit);

	return c != 0 ? c
		      : (x->annotator > y->annotator) -
				(x->annotator < y->annotator);
}

static size_t count_units(const struct yaml_node *map)
{
	size_t n = 0;

	for (const struct yaml_node *c = map->child; c != NULL; c = c->next)
		if (!is_param(c->key->text))
			n += c->kind == YAML_SEQ ? c->count : 1;
	return n;
}

static int load_list(const struct policy *p, const struct yaml_node *list,
		     struct task *t, struct err *e)
{
	uint32_t annotator = RULES_NONE;
	struct strings units = {NULL, 0};
	int rc = find_dealt(p, list->key, t, &annotator, e);

	if (rc == 0)
		rc = yaml_strings(list, p->arena, &units.v, &units.n, e);
	for (size_t i = 0; rc == 0 && i < units.n; i++)
		t->lists[t->nlists++] = (struct dealt){
			.unit = bytes_str(units.v[i]), .annotator = annotator};
	return rc;
}

static int load_lists(const struct policy *p, const struct yaml_node *map,
		      struct task *t, struct err *e)
{
	int rc = 0;

	t->lists =
		arena_array(p->arena, count_units(map) + 1u, sizeof(*t->lists));
	if (t->lists == NULL)
		return err_nomem(e);
	for (const struct yaml_node *c = map->child; rc == 0 && c != NULL;
	     c = c->next)
		if (!is_param(c->key->text))
			rc = load_list(p, c, t, e);
	if (rc == 0 && t->nlists == 0 && t->namong == 0)
		return yaml_fail(map, e,
				 "deals to nobody: give \"among\", or "
				 "annotators with their lists");
	if (t->nlists > 1)
		qsort(t->lists, t->nlists, sizeof(*t->lists), dealt_cmp);
	return rc;
}

static int by_name(const void *a, const void *b, void *ctx)
{
	const struct policy *p = ctx;

	return bytes_cmp(bytes_str(p->annotators[*(const uint32_t *)a].name),
			 bytes_str(p->annotators[*(const uint32_t *)b].name));
}

static int find_candidates(struct policy *p, struct task *t, struct err *e)
{
	t->candidates = arena_array(p->arena, p->nannotators + 1u,
				    sizeof(*t->candidates));
	if (t->candidates == NULL)
		return err_nomem(e);
	for (uint32_t i = 0; i < p->nannotators; i++) {
		const struct annotator *a = &p->annotators[i];

		if (!a->revoked && among(t, a->role) &&
		    has_task(a, (uint32_t)(t - p->tasks)))
			t->candidates[t->ncandidates++] = i;
	}
	if (t->ncandidates > 1)
		qsort_r(t->candidates, t->ncandidates, sizeof(*t->candidates),
			by_name, p);
	return 0;
}

int load_deals(struct policy *p, const struct yaml_node *map, struct err *e)
{
	const struct yaml_node *c = map == NULL ? NULL : map->child;
	int rc = 0;

	for (uint32_t i = 0; rc == 0 && i < p->ntasks; i++, c = c->next) {
		const struct yaml_node *assign = yaml_get(c, "assign");
		struct task *t = &p->tasks[i];

		if (assign == NULL)
			continue;
		t->deals = true;
		rc = yaml_expect(assign, YAML_MAP, e);
		if (rc == 0)
			rc = load_formula(p, assign, t, e);
		if (rc == 0)
			rc = load_lists(p, assign, t, e);
		if (rc == 0)
			rc = find_candidates(p, t, e);
	}
	return rc;
}

/* Does the role see assigned records and no others? */
static bool only_assigned(const struct role *role)
{
	for (uint32_t i = 0; i < role->nsee; i++)
		if (role->see[i].records != RECORDS_ASSIGNED)
			return false;
	return role->nsee > 0;
}

int load_shares(const struct policy *p, const struct yaml_node *map,
		struct err *e)
{
	const struct yaml_node *c = map == NULL ? NULL : map->child;

	for (uint32_t i = 0; i < p->nannotators; i++, c = c->next) {
		const struct annotator *a = &p->annotators[i];
		const struct role *role = &p->roles[a->role];

		if (a->revoked || !only_assigned(role))
			continue;
		for (uint32_t j = 0; j < a->ntasks; j++)
			if (!assign_possible(&p->tasks[a->tasks[j]], i))
				return yaml_fail(
					c->key, e,
					"\"%s\" would see nothing in task "
					"\"%s\": role \"%s\" sees assigned "
					"records, and the task's assign deals "
					"it none",
					a->name, p->tasks[a->tasks[j]].name,
					role->name);
	}
	return 0;
}
