/* The manifest's external recognizers: programs of the owner's. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "fs/ingest/manifest_external.h"

#include <errno.h>
#include <string.h>

#include "fs/ingest/manifest_custom.h"

#define TIMEOUT 10u
#define TIMEOUT_MAX 3600u
#define TOTAL 600u
#define TOTAL_MAX 86400u

/* A program and its arguments are never one string: nobody splits it. */
static int load_command(const struct yaml_node *n, struct arena *a,
			struct external_rule *x, struct err *e)
{
	const struct yaml_node *c;
	int r = yaml_need(n, "command", &c, e);

	if (r == 0 && (c->kind != YAML_SEQ || c->count == 0))
		return yaml_fail(c, e,
				 "a command is a list: the program, then its "
				 "arguments, as in [python3, find.py]");
	return r == 0 ? yaml_strings(c, a, &x->command, &x->ncommand, e) : r;
}

static int load_types(const struct yaml_node *n, struct arena *a,
		      struct external_rule *x, struct err *e)
{
	const char **v;
	int r = n == NULL ? 0 : yaml_expect(n, YAML_SEQ, e);

	if (r != 0 || n == NULL)
		return r;
	if (n->count == 0)
		return yaml_fail(n, e,
				 "no type at all; leave the key out to take "
				 "all that are known");
	v = arena_array(a, n->count, sizeof(*v));
	if (v == NULL)
		return err_nomem(e);
	for (const struct yaml_node *c = n->child; r == 0 && c != NULL;
	     c = c->next)
		r = manifest_type(c, &v[x->ntypes++], e);
	x->types = v;
	return r;
}

static int load_seconds(const struct yaml_node *n, uint32_t otherwise,
			uint32_t max, uint32_t *out, struct err *e)
{
	uint64_t s = otherwise;
	int r = n == NULL ? 0 : yaml_duration(n, &s, e);

	if (r == 0 && (s == 0 || s > max))
		return yaml_fail(n, e, "1 to %u seconds are allowed here", max);
	*out = (uint32_t)s;
	return r;
}

static int load_limits(const struct yaml_node *n, struct external_rule *x,
		       struct err *e)
{
	const struct yaml_node *score = yaml_get(n, "min_score");
	int r = score == NULL ? 0 : yaml_percent(score, &x->min_score, e);

	if (r == 0)
		r = load_seconds(yaml_get(n, "timeout"), TIMEOUT, TIMEOUT_MAX,
				 &x->timeout_s, e);
	if (r == 0)
		r = load_seconds(yaml_get(n, "total"), TOTAL, TOTAL_MAX,
				 &x->total_s, e);
	return r;
}

static int load_one(const struct yaml_node *n, struct arena *a,
		    struct external_rule *x, struct err *e)
{
	static const char *const keys[] = {"name",  "command",	 "reads",
					   "types", "min_score", "timeout",
					   "total"};
	const struct yaml_node *name;
	int r = yaml_expect_keys(n, keys, ARRAY_LEN(keys), e);

	if (r == 0)
		r = yaml_need(n, "name", &name, e);
	if (r == 0)
		r = yaml_name(name, &x->name, e);
	if (r == 0)
		r = load_command(n, a, x, e);
	if (r == 0 && yaml_get(n, "reads") != NULL)
		r = yaml_strings(yaml_get(n, "reads"), a, &x->reads, &x->nreads,
				 e);
	if (r == 0)
		r = load_types(yaml_get(n, "types"), a, x, e);
	return r == 0 ? load_limits(n, x, e) : r;
}

int manifest_external(const struct yaml_node *n, struct arena *a,
		      struct dataset_rules *d, struct err *e)
{
	struct external_rule *v;
	uint32_t i = 0;
	int r = n == NULL ? 0 : yaml_expect(n, YAML_SEQ, e);

	if (r != 0 || n == NULL)
		return r;
	if (n->count > EXTERNAL_MAX)
		return yaml_fail(n, e, "more than %d programs", EXTERNAL_MAX);
	v = arena_array(a, n->count + 1, sizeof(*v));
	if (v == NULL)
		return err_nomem(e);
	for (const struct yaml_node *c = n->child; r == 0 && c != NULL;
	     c = c->next, i++) {
		r = load_one(c, a, &v[i], e);
		for (uint32_t k = 0; r == 0 && k < i; k++)
			if (strcmp(v[k].name, v[i].name) == 0)
				r = yaml_fail(c, e, "two programs are named %s",
					      v[i].name);
	}
	d->external = v;
	d->nexternal = n->count;
	return r;
}
