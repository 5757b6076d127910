/* Facts of a policy, and one annotator in one task. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "policy/policy.h"

#include <errno.h>

#include "base/mem.h"
#include "policy/rules.h"

void policy_free(struct policy *p)
{
	if (p == NULL)
		return;
	arena_free(p->arena);
	mem_free(p);
}

const char *policy_project(const struct policy *p)
{
	return p->project;
}

const char *policy_purpose(const struct policy *p)
{
	return p->purpose;
}

enum confinement policy_confinement(const struct policy *p)
{
	return p->confinement;
}

enum durability policy_durability(const struct policy *p)
{
	return p->durability;
}

bool policy_exact_reads(const struct policy *p)
{
	return p->exact_reads;
}

size_t policy_datasets(const struct policy *p, const char *const **names)
{
	*names = p->datasets.v;
	return p->datasets.n;
}

size_t policy_annotators(const struct policy *p, const char *const **names)
{
	*names = p->annotator_names;
	return p->nannotators;
}

const char *policy_user(const struct policy *p, size_t i)
{
	return p->annotators[i].user;
}

bool policy_has_task(const struct policy *p, size_t i, const char *task)
{
	const struct annotator *a = &p->annotators[i];

	for (uint32_t t = 0; t < a->ntasks; t++)
		if (strcmp(p->tasks[a->tasks[t]].name, task) == 0)
			return true;
	return false;
}

const uint8_t *policy_hash(const struct policy *p)
{
	return p->hash;
}

const char *confinement_name(enum confinement c)
{
	static const char *const names[] = {"boundary", "guard-rail", "display",
					    "none"};

	return names[c];
}

/* ---- a subject ---- */

static int unknown(const char *what, const char *name, const char *near,
		   struct err *e)
{
	if (near != NULL)
		return err_set(e, -ENOENT, NULL,
			       "no %s \"%s\" in the policy; did you mean "
			       "\"%s\"?",
			       what, name, near);
	return err_set(e, -ENOENT, NULL, "no %s \"%s\" in the policy", what,
		       name);
}

static int several_tasks(const struct policy *p, const struct annotator *a,
			 struct err *e)
{
	CLEANUP(buf_free) struct buf b = {0};
	const char *list;

	for (uint32_t i = 0; i < a->ntasks; i++)
		if (buf_printf(&b, "%s%s", i == 0 ? "" : ", ",
			       p->tasks[a->tasks[i]].name) != 0)
			return err_nomem(e);
	list = buf_str(&b);
	if (list == NULL)
		return err_nomem(e);
	return err_set(e, -EINVAL, NULL,
		       "%s has several tasks (%s); choose one with --task",
		       a->name, list);
}

/* The number of the task, or RULES_NONE where none is needed. */
static int choose_task(const struct policy *p, const struct annotator *a,
		       const char *task, uint32_t *out, struct err *e)
{
	struct bytes name = bytes_str(task);

	*out = RULES_NONE;
	if (task == NULL && a->ntasks > 1)
		return several_tasks(p, a, e);
	if (task == NULL && a->ntasks == 1)
		*out = a->tasks[0];
	else if (task == NULL && p->roles[a->role].needs_task)
		return err_set(e, -EACCES, NULL,
			       "%s has no task, and role %s sees records of "
			       "tasks only",
			       a->name, p->roles[a->role].name);
	if (task == NULL)
		return 0;
	*out = rules_task(p, name);
	if (*out == RULES_NONE)
		return unknown("task", task, rules_near_task(p, name), e);
	for (uint32_t i = 0; i < a->ntasks; i++)
		if (a->tasks[i] == *out)
			return 0;
	return err_set(e, -EACCES, NULL, "%s is not in task %s", a->name, task);
}

int policy_subject(const struct policy *p, const char *annotator,
		   const char *task, int64_t now, struct subject *out,
		   struct err *e)
{
	struct bytes name = bytes_str(annotator);
	uint32_t i = rules_annotator(p, name), t = RULES_NONE;
	const struct annotator *a;
	int rc;

	if (i == RULES_NONE)
		return unknown("annotator", annotator,
			       rules_near_annotator(p, name), e);
	a = &p->annotators[i];
	if (a->revoked && a->revoked_at <= now)
		return err_set(e, -EACCES, NULL, "%s is revoked", a->name);
	rc = choose_task(p, a, task, &t, e);
	if (rc != 0)
		return rc;
	if (t != RULES_NONE && p->tasks[t].expires != 0 &&
	    p->tasks[t].expires <= now)
		return err_set(e, -EACCES, NULL, "task %s has expired",
			       p->tasks[t].name);
	*out = (struct subject){.policy = p,
				.annotator = a->name,
				.role = p->roles[a->role].name,
				.user = a->user,
				.index = i};
	if (t != RULES_NONE) {
		out->task = p->tasks[t].name;
		out->instructions = p->tasks[t].instructions;
		out->expires = p->tasks[t].expires;
	}
	if (a->revoked && (out->expires == 0 || a->revoked_at < out->expires))
		out->expires = a->revoked_at;
	return 0;
}

static uint32_t find_role(const struct policy *p, const char *role)
{
	uint32_t i = 0;

	while (i < p->nroles && strcmp(p->roles[i].name, role) != 0)
		i++;
	return i;
}

int policy_subject_role(const struct policy *p, const char *role, int64_t now,
			struct subject *out, struct err *e)
{
	uint32_t r = find_role(p, role);

	if (r == p->nroles)
		return unknown("role", role, NULL, e);
	if (p->roles[r].needs_task)
		return err_set(e, -EACCES, NULL,
			       "role %s sees what is dealt to each annotator; "
			       "an export is of a role that sees `records: "
			       "all`",
			       role);
	for (uint32_t i = 0; i < p->nannotators; i++) {
		const struct annotator *a = &p->annotators[i];

		if (a->role != r || (a->revoked && a->revoked_at <= now))
			continue;
		*out = (struct subject){.policy = p,
					.annotator = a->name,
					.role = p->roles[r].name,
					.unswapped = true,
					.index = i};
		return 0;
	}
	return err_set(e, -EACCES, NULL, "no annotator has the role %s", role);
}
