/* tasks and annotators: which work there is, and who does it. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "policy/load.h"

static int load_task(const struct policy *p, const struct yaml_node *n,
		     struct task *out, struct err *e)
{
	static const char *const keys[] = {"files", "assign", "instructions",
					   "expires"};
	const struct yaml_node *files = NULL, *words, *expires;
	int rc = yaml_name(n->key, &out->name, e);

	if (rc == 0)
		rc = yaml_expect_keys(n, keys, ARRAY_LEN(keys), e);
	if (rc == 0)
		rc = yaml_need(n, "files", &files, e);
	if (rc == 0)
		rc = load_files(p, files, &out->files, e);
	words = yaml_get(n, "instructions");
	if (rc == 0 && words != NULL)
		rc = yaml_string(words, &out->instructions, e);
	expires = yaml_get(n, "expires");
	if (rc == 0 && expires != NULL)
		rc = yaml_date(expires, &out->expires, e);
	return rc;
}

int load_tasks(struct policy *p, const struct yaml_node *map, struct err *e)
{
	int rc;

	if (map == NULL)
		return 0;
	rc = yaml_expect(map, YAML_MAP, e);
	if (rc != 0)
		return rc;
	if (map->count > RULES_PEOPLE_MAX)
		return yaml_fail(map, e, "more than %d tasks",
				 RULES_PEOPLE_MAX);
	p->tasks = arena_array(p->arena, map->count + 1u, sizeof(*p->tasks));
	if (p->tasks == NULL)
		return err_nomem(e);
	for (const struct yaml_node *c = map->child; rc == 0 && c != NULL;
	     c = c->next)
		rc = load_task(p, c, &p->tasks[p->ntasks++], e);
	return rc;
}

/* The keys of assign that are no annotators. */
static int refuse_reserved(const struct yaml_node *key, struct err *e)
{
	if (bytes_is(key->text, "by") || bytes_is(key->text, "overlap") ||
	    bytes_is(key->text, "among"))
		return yaml_fail(key, e,
				 "\"%s\" is a key of assign and cannot be an "
				 "annotator's name",
				 (const char *)key->text.p);
	return 0;
}

static int load_role_of(const struct policy *p, const struct yaml_node *n,
			struct annotator *out, struct err *e)
{
	static const struct load_ref ref = {"role", rules_role,
					    rules_near_role};
	const struct yaml_node *role = NULL;
	uint32_t *found = NULL, count = 0;
	int rc = yaml_need(n, "role", &role, e);

	if (rc == 0)
		rc = yaml_expect(role, YAML_SCALAR, e);
	if (rc == 0)
		rc = load_refs(p, role, &ref, &found, &count, e);
	if (rc == 0)
		out->role = found[0];
	return rc;
}

static int load_tasks_of(const struct policy *p, const struct yaml_node *n,
			 struct annotator *out, struct err *e)
{
	static const struct load_ref ref = {"task", rules_task,
					    rules_near_task};
	const struct yaml_node *tasks = yaml_get(n, "tasks"), *c;
	int rc = 0;

	if (tasks == NULL)
		return 0;
	rc = load_refs(p, tasks, &ref, &out->tasks, &out->ntasks, e);
	c = tasks->kind == YAML_SEQ ? tasks->child : tasks;
	for (uint32_t i = 0; rc == 0 && i < out->ntasks; i++, c = c->next)
		for (uint32_t j = 0; j < i; j++)
			if (out->tasks[j] == out->tasks[i])
				return yaml_fail(c, e,
						 "task \"%s\" stands "
						 "twice",
						 yaml_shown(c->text).s);
	return rc;
}

/* One login, one annotator: the session door knows people by their login. */
static int load_user(const struct policy *p, const struct yaml_node *n,
		     struct annotator *out, struct err *e)
{
	const struct yaml_node *user = yaml_get(n, "user");
	int rc;

	if (user == NULL)
		return 0;
	rc = yaml_name(user, &out->user, e);
	for (const struct annotator *a = p->annotators; rc == 0 && a < out; a++)
		if (a->user != NULL && bytes_eq(bytes_str(a->user), user->text))
			return yaml_fail(user, e,
					 "user \"%s\" is already annotator "
					 "\"%s\"",
					 out->user, a->name);
	return rc;
}

static int load_annotator(const struct policy *p, const struct yaml_node *n,
			  struct annotator *out, struct err *e)
{
	static const char *const keys[] = {"role", "tasks", "user", "revoked"};
	const struct yaml_node *revoked;
	int rc = yaml_name(n->key, &out->name, e);

	if (rc == 0)
		rc = refuse_reserved(n->key, e);
	if (rc == 0)
		rc = yaml_expect_keys(n, keys, ARRAY_LEN(keys), e);
	if (rc == 0)
		rc = load_role_of(p, n, out, e);
	if (rc == 0)
		rc = load_tasks_of(p, n, out, e);
	if (rc == 0)
		rc = load_user(p, n, out, e);
	revoked = yaml_get(n, "revoked");
	if (rc == 0 && revoked != NULL)
		rc = yaml_date(revoked, &out->revoked_at, e);
	out->revoked = revoked != NULL;
	return rc;
}

int load_annotators(struct policy *p, const struct yaml_node *map,
		    struct err *e)
{
	uint32_t n = 0;
	int rc;

	if (map == NULL)
		return 0;
	rc = yaml_expect(map, YAML_MAP, e);
	if (rc != 0)
		return rc;
	if (map->count > RULES_PEOPLE_MAX)
		return yaml_fail(map, e, "more than %d annotators",
				 RULES_PEOPLE_MAX);
	p->annotators =
		arena_array(p->arena, map->count + 1u, sizeof(*p->annotators));
	p->annotator_names = arena_array(p->arena, map->count + 1u,
					 sizeof(*p->annotator_names));
	if (p->annotators == NULL || p->annotator_names == NULL)
		return err_nomem(e);
	for (const struct yaml_node *c = map->child; rc == 0 && c != NULL;
	     c = c->next, n++) {
		rc = load_annotator(p, c, &p->annotators[n], e);
		p->annotator_names[n] = p->annotators[n].name;
	}
	p->nannotators = n;
	return rc;
}
