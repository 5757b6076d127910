/* roles: each merged over the one it extends, then read. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "policy/load.h"

/*
 * A role that extends another is its parent's map with its own laid over:
 *   - a map (redact, audio, work, allow, limits) merges key by key, one level
 *     deep: naming CREDIT_CARD again replaces its whole transform, so that no
 *     parameter of the parent's survives unseen;
 *   - a list or a plain value replaces;
 *   - see, when it is not given, is inherited as the parent has it; a records
 *     given beside extends then holds for every inherited rule (a reviewer
 *     sees of the task what transcribers see of their share).
 * Parents are read before their children, whatever their order in the file; a
 * role met again on the way up is a cycle. Depth is bounded by the number of
 * roles, which ROLES_MAX bounds.
 */

#define ROLES_MAX 64

enum state {
	STATE_NEW = 0,
	STATE_OPEN,
	STATE_READ
};

struct loader {
	struct policy *p;
	const struct yaml_node *own[ROLES_MAX], *merged[ROLES_MAX];
	enum state state[ROLES_MAX];
	struct err *e;
};

static int copy_node(struct arena *a, const struct yaml_node *n,
		     struct yaml_node ***tail, struct err *e)
{
	struct yaml_node *copy = arena_alloc(a, sizeof(*copy));

	if (copy == NULL)
		return err_nomem(e);
	*copy = *n;
	copy->next = NULL;
	**tail = copy;
	*tail = &copy->next;
	return 0;
}

/* Children of parent that own lacks, then own's; deep: maps in both merge. */
static int merge_maps(struct arena *a, const struct yaml_node *parent,
		      const struct yaml_node *own, bool deep,
		      struct yaml_node *out, struct err *e)
{
	struct yaml_node **tail = &out->child;
	int rc = 0;

	*out = *own;
	out->child = NULL;
	out->count = 0;
	for (const struct yaml_node *c = parent->child; rc == 0 && c != NULL;
	     c = c->next) {
		if (yaml_get(own, (const char *)c->key->text.p) != NULL)
			continue;
		rc = copy_node(a, c, &tail, e);
		out->count++;
	}
	for (const struct yaml_node *c = own->child; rc == 0 && c != NULL;
	     c = c->next) {
		const struct yaml_node *up =
			yaml_get(parent, (const char *)c->key->text.p);
		struct yaml_node both;
		bool merge = deep && up != NULL && up->kind == YAML_MAP &&
			     c->kind == YAML_MAP;

		if (merge)
			rc = merge_maps(a, up, c, false, &both, e);
		if (rc == 0)
			rc = copy_node(a, merge ? &both : c, &tail, e);
		out->count++;
	}
	return rc;
}

int load_merge(struct arena *a, const struct yaml_node *parent,
	       const struct yaml_node *own, const struct yaml_node **out,
	       struct err *e)
{
	struct yaml_node *n = arena_alloc(a, sizeof(*n));

	if (n == NULL)
		return err_nomem(e);
	*out = n;
	return merge_maps(a, parent, own, true, n, e);
}

/* Inherited rules, with records for all of them where the role gives it. */
static int inherit_see(const struct policy *p, const struct role *parent,
		       const struct yaml_node *records, struct role *role,
		       struct err *e)
{
	enum records all = RECORDS_ASSIGNED;
	struct see *see;
	int rc = 0;

	role->see = parent->see;
	role->nsee = parent->nsee;
	if (records == NULL)
		return 0;
	rc = load_records(records, &all, e);
	see = arena_array(p->arena, parent->nsee + 1u, sizeof(*see));
	if (see == NULL)
		return err_nomem(e);
	for (uint32_t i = 0; i < parent->nsee; i++) {
		see[i] = parent->see[i];
		see[i].records = all;
	}
	role->see = see;
	return rc;
}

static int read_see(const struct policy *p, const struct yaml_node *own,
		    const struct yaml_node *merged, const struct role *parent,
		    struct role *role, struct err *e)
{
	const struct yaml_node *see = yaml_get(own, "see");
	const struct yaml_node *records = yaml_get(merged, "records");
	enum records fallback = RECORDS_ASSIGNED;
	int rc = 0;

	if (see == NULL && parent != NULL)
		return inherit_see(p, parent, yaml_get(own, "records"), role,
				   e);
	if (records != NULL)
		rc = load_records(records, &fallback, e);
	if (rc == 0 && see != NULL)
		rc = load_see(p, see, fallback, role, e);
	return rc;
}

static int read_role(const struct policy *p, const struct yaml_node *own,
		     const struct yaml_node *merged, const struct role *parent,
		     struct role *role, struct err *e)
{
	int rc = read_see(p, own, merged, parent, role, e);

	for (uint32_t i = 0; i < role->nsee; i++)
		if (role->see[i].records != RECORDS_ALL)
			role->needs_task = true;
	if (rc == 0)
		rc = load_redact(p, yaml_get(merged, "redact"), role, e);
	if (rc == 0)
		rc = load_audio(p, yaml_get(merged, "audio"),
				&role->decision.audio, e);
	if (rc == 0)
		rc = load_fields(p, yaml_get(merged, "fields"), role, e);
	if (rc == 0)
		rc = load_ways(p, merged, role, e);
	return rc;
}

static int resolve(struct loader *l, uint32_t i);

/* The role that own extends, read; RULES_NONE in *parent: none. */
static int resolve_parent(struct loader *l, uint32_t i, uint32_t *parent)
{
	static const struct load_ref ref = {"role", rules_role,
					    rules_near_role};
	const struct yaml_node *n = yaml_get(l->own[i], "extends");
	uint32_t *found = NULL, count = 0;
	int rc;

	*parent = RULES_NONE;
	if (n == NULL)
		return 0;
	rc = yaml_expect(n, YAML_SCALAR, l->e);
	if (rc == 0)
		rc = load_refs(l->p, n, &ref, &found, &count, l->e);
	if (rc != 0)
		return rc;
	*parent = found[0];
	if (l->state[*parent] == STATE_OPEN)
		return yaml_fail(n, l->e,
				 "role \"%s\" extends itself, by way of "
				 "\"%s\"",
				 l->p->roles[*parent].name,
				 l->p->roles[i].name);
	return resolve(l, *parent);
}

static int resolve(struct loader *l, uint32_t i)
{
	static const char *const keys[] = {
		"extends", "see",   "records", "redact",     "audio", "names",
		"work",	   "allow", "limits",  "undetected", "fields"};
	uint32_t up = RULES_NONE;
	int rc;

	if (l->state[i] == STATE_READ)
		return 0;
	l->state[i] = STATE_OPEN;
	rc = yaml_expect_keys(l->own[i], keys, ARRAY_LEN(keys), l->e);
	if (rc == 0)
		rc = resolve_parent(l, i, &up);
	l->merged[i] = l->own[i];
	if (rc == 0 && up != RULES_NONE)
		rc = load_merge(l->p->arena, l->merged[up], l->own[i],
				&l->merged[i], l->e);
	if (rc == 0)
		rc = read_role(l->p, l->own[i], l->merged[i],
			       up == RULES_NONE ? NULL : &l->p->roles[up],
			       &l->p->roles[i], l->e);
	l->state[i] = STATE_READ;
	return rc;
}

int load_roles(struct policy *p, const struct yaml_node *map, struct err *e)
{
	struct loader l = {.p = p};
	uint32_t n = 0;
	int rc;

	l.e = e;
	if (map == NULL)
		return 0;
	rc = yaml_expect(map, YAML_MAP, e);
	if (rc != 0)
		return rc;
	if (map->count > ROLES_MAX)
		return yaml_fail(map, e, "more than %d roles", ROLES_MAX);
	p->roles = arena_array(p->arena, map->count + 1u, sizeof(*p->roles));
	if (p->roles == NULL)
		return err_nomem(e);
	for (const struct yaml_node *c = map->child; rc == 0 && c != NULL;
	     c = c->next) {
		l.own[n] = c;
		rc = yaml_name(c->key, &p->roles[n++].name, e);
	}
	p->nroles = n;
	for (uint32_t i = 0; rc == 0 && i < n; i++)
		rc = resolve(&l, i);
	return rc;
}
