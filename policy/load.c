/* policy_load: the whole language of policies, checked before it is used. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "policy/load.h"

#include <errno.h>

#include "base/hash.h"
#include "base/mem.h"
#include "policy/near.h"

/*
 * Loading is all or nothing: either every key is known, every value has the
 * one spelling of its kind and every name refers to something, or there is no
 * policy. A key that is not understood could be one that was meant to hide.
 *
 * The order is that of the references: data sets, roles (which name data
 * sets and one another), tasks (data sets), annotators (roles, tasks), and
 * last the deals of tasks (roles, annotators). Within a map unknown keys are
 * reported before wrong values, so that a slip in a key is never explained as
 * the absence of the right one.
 *
 * Absent keys get the strictest meaning: no see rule shows nothing, no records
 * means assigned, no redact means tag everything, no names means numbers, no
 * allow means no way in.
 */

static int load_version(const struct yaml_node *root, struct err *e)
{
	const struct yaml_node *n = NULL;
	uint64_t version = 0;
	int rc = yaml_need(root, "carrel", &n, e);

	if (rc == 0)
		rc = yaml_uint(n, 1000000, &version, e);
	if (rc == 0 && version != 1)
		return yaml_fail(n, e,
				 "\"carrel\" must be 1, the only version "
				 "of the language there is");
	return rc;
}

static int load_datasets(struct policy *p, const struct yaml_node *root,
			 struct err *e)
{
	const struct yaml_node *n = NULL, *c;
	const char *name;
	int rc = yaml_need(root, "datasets", &n, e);

	if (rc == 0)
		rc = yaml_strings(n, p->arena, &p->datasets.v, &p->datasets.n,
				  e);
	c = n != NULL && n->kind == YAML_SEQ ? n->child : n;
	for (size_t i = 0; rc == 0 && i < p->datasets.n; i++, c = c->next)
		rc = yaml_name(c, &name, e);
	return rc;
}

static int load_head(struct policy *p, const struct yaml_node *root,
		     struct err *e)
{
	const struct yaml_node *n = NULL;
	int rc = load_version(root, e);

	if (rc == 0)
		rc = yaml_need(root, "project", &n, e);
	if (rc == 0)
		rc = yaml_name(n, &p->project, e);
	if (rc == 0)
		rc = yaml_need(root, "purpose", &n, e);
	if (rc == 0)
		rc = yaml_string(n, &p->purpose, e);
	if (rc == 0)
		rc = load_datasets(p, root, e);
	return rc;
}

static int load_modes(struct policy *p, const struct yaml_node *root,
		      struct err *e)
{
	static const char *const confinements[] = {"boundary", "guard-rail",
						   "display", "none"};
	static const char *const durabilities[] = {"open", "read"};
	const struct yaml_node *c = yaml_get(root, "confinement");
	const struct yaml_node *d = yaml_get(root, "durability");
	const struct yaml_node *x = yaml_get(root, "exact_reads");
	size_t v = 0;
	int rc = 0;

	if (c != NULL)
		rc = yaml_choice(c, confinements, 4, &v, e);
	p->confinement = (enum confinement)v;
	v = 0;
	if (rc == 0 && d != NULL)
		rc = yaml_choice(d, durabilities, 2, &v, e);
	p->durability = (enum durability)v;
	if (rc == 0 && x != NULL)
		rc = yaml_bool(x, &p->exact_reads, e);
	return rc;
}

static int load_root(struct policy *p, const struct yaml_node *root,
		     struct err *e)
{
	static const char *const keys[] = {
		"carrel",      "project",    "purpose",	    "datasets",
		"confinement", "durability", "exact_reads", "roles",
		"tasks",       "annotators",
	};
	const struct yaml_node *tasks = yaml_get(root, "tasks");
	int rc = yaml_expect_keys(root, keys, ARRAY_LEN(keys), e);

	p->task_nodes = tasks;
	if (rc == 0)
		rc = load_head(p, root, e);
	if (rc == 0)
		rc = load_modes(p, root, e);
	if (rc == 0)
		rc = load_roles(p, yaml_get(root, "roles"), e);
	if (rc == 0)
		rc = load_tasks(p, tasks, e);
	if (rc == 0)
		rc = load_annotators(p, yaml_get(root, "annotators"), e);
	if (rc == 0)
		rc = load_deals(p, tasks, e);
	if (rc == 0)
		rc = load_shares(p, yaml_get(root, "annotators"), e);
	if (rc == 0)
		rc = load_unenforced(p, root, e);
	p->task_nodes = NULL;
	return rc;
}

bool policy_name_ok(struct bytes name)
{
	return yaml_name_ok(name);
}

int policy_load(struct bytes text, const char *name, struct policy **out,
		struct err *e)
{
	CLEANUP(policy_freep) struct policy *p = mem_new(1, sizeof(*p));
	struct yaml_node *root = NULL;
	int rc;

	if (p == NULL)
		return err_nomem(e);
	p->arena = arena_new();
	if (p->arena == NULL)
		return err_nomem(e);
	hash_sha256(p->hash, text);
	rc = yaml_read(text, name, p->arena, &root, e);
	if (rc == 0)
		rc = load_root(p, root, e);
	if (rc != 0)
		return rc;
	*out = STEAL(p);
	return 0;
}

int load_refs(const struct policy *p, const struct yaml_node *n,
	      const struct load_ref *ref, uint32_t **out, uint32_t *count,
	      struct err *e)
{
	const struct yaml_node *c = n->kind == YAML_SEQ ? n->child : n;
	struct strings names = {NULL, 0};
	int rc = yaml_strings(n, p->arena, &names.v, &names.n, e);

	if (rc != 0)
		return rc;
	*out = arena_array(p->arena, names.n + 1, sizeof(**out));
	if (*out == NULL)
		return err_nomem(e);
	*count = (uint32_t)names.n;
	for (uint32_t i = 0; i < *count; i++, c = c->next) {
		const char *near;

		(*out)[i] = ref->find(p, c->text);
		if ((*out)[i] != RULES_NONE)
			continue;
		near = ref->near(p, c->text);
		if (near != NULL)
			return yaml_fail(c, e,
					 "unknown %s \"%s\"; did you mean "
					 "\"%s\"?",
					 ref->what, yaml_shown(c->text).s,
					 near);
		return yaml_fail(c, e, "unknown %s \"%s\"", ref->what,
				 yaml_shown(c->text).s);
	}
	return 0;
}
