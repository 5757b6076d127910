/* Conditions of a transform: how sure, who said it, for which work. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "policy/load.h"
#include "policy/near.h"

/*
 * Where a condition does not hold, or cannot be told, the default of the role
 * acts, but only where it is the stricter of the two: a condition that could
 * show more would show a value because nobody was sure of it, or because a
 * manifest forgot to say who speaks. So one that could have no other effect is
 * an error, not a surprise.
 */

bool load_is_condition(struct bytes key)
{
	return bytes_is(key, "min_score") || bytes_is(key, "speaker") ||
	       bytes_is(key, "task");
}

/* A task that does not exist would be a condition that never holds. */
static int check_tasks(const struct policy *p, const struct yaml_node *n,
		       const struct among *a, struct err *e)
{
	const struct yaml_node *c = n->kind == YAML_SEQ ? n->child : n;

	for (size_t i = 0; i < a->n; i++, c = c->next)
		if (yaml_get(p->task_nodes, a->v[i]) == NULL)
			return yaml_fail(c, e, "unknown task \"%s\"",
					 yaml_shown(c->text).s);
	return 0;
}

static int load_among(const struct policy *p, const struct yaml_node *n,
		      struct among *out, struct err *e)
{
	int rc = yaml_strings(n, p->arena, &out->v, &out->n, e);

	if (rc == 0 && out->n == 0)
		return yaml_fail(n, e, "\"%s\" of nobody would never hold",
				 (const char *)n->key->text.p);
	return rc;
}

int load_conditions(const struct policy *p, const struct yaml_node *map,
		    struct transform *t, struct err *e)
{
	const struct yaml_node *score = yaml_get(map, "min_score");
	const struct yaml_node *speaker = yaml_get(map, "speaker");
	const struct yaml_node *task = yaml_get(map, "task");
	int rc = 0;

	if (score != NULL)
		rc = yaml_percent(score, &t->min_score, e);
	if (rc == 0 && speaker != NULL)
		rc = load_among(p, speaker, &t->speakers, e);
	if (rc == 0 && task != NULL)
		rc = load_among(p, task, &t->tasks, e);
	return rc == 0 && task != NULL ? check_tasks(p, task, &t->tasks, e)
				       : rc;
}

int load_check_conditions(const struct yaml_node *n, const struct transform *t,
			  const struct transform *fallback, struct err *e)
{
	const struct yaml_node *c = n->child;

	if (transform_is_firm(t) || fallback->action < t->action)
		return 0;
	while (c != NULL && !load_is_condition(c->key->text))
		c = c->next;
	return yaml_fail(c == NULL ? n : c->key, e,
			 "a condition can only make a value's redaction "
			 "stricter, and the default (%s) is not stricter "
			 "than %s",
			 action_name(fallback->action), action_name(t->action));
}
