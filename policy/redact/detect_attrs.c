/* Attributes of a group and of its records. */
/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>

#include "policy/redact/detect_group.h"

/* What the manifest states holds over what files say; files that say different
 * things of their group say nothing that a policy could ask for. */
int detect_attrs_add(struct detect_group *g, struct bytes name,
		     struct bytes value)
{
	struct attribute *at = &g->attrs[g->nattrs];

	for (uint32_t i = 0; i < g->nattrs; i++) {
		if (!bytes_eq(g->attrs[i].key, name))
			continue;
		if (i >= g->nliterals && !bytes_eq(g->attrs[i].value, value))
			g->attrs[i].value = bytes_str(FORMAT_CONTRADICTORY);
		return 0;
	}
	if (g->nattrs == ARRAY_LEN(g->attrs))
		return 0;
	if (arena_dup(g->a, name, &at->key) != 0 ||
	    arena_dup(g->a, value, &at->value) != 0)
		return -ENOMEM;
	g->nattrs++;
	return 0;
}

int detect_attrs_literals(struct detect_group *g, const struct file_rule *rule)
{
	int rc = 0;

	for (uint32_t i = 0; rule != NULL && rc == 0 && i < rule->nattrs; i++) {
		const struct attr_rule *a = &rule->attrs[i];

		if (a->literal != NULL)
			rc = detect_attrs_add(g, bytes_str(a->name),
					      bytes_str(a->literal));
		g->nliterals = g->nattrs;
	}
	return rc;
}

struct bytes detect_attrs_find(const struct attribute *v, uint32_t n,
			       const char *name)
{
	for (uint32_t i = 0; i < n; i++) {
		if (bytes_is(v[i].key, name))
			return v[i].value;
	}
	return (struct bytes){NULL, 0};
}

/* The language that a file states where no attribute does. */
const char *detect_attrs_language(const struct detect_group *g,
				  const struct detect_file *f)
{
	if (f->rule != NULL && f->rule->language != NULL)
		return f->rule->language;
	return g->d->language;
}

/* A record's own attributes, in out; their number. */
uint32_t detect_attrs_own(const struct detect_file *f,
			  const struct format_record *r,
			  struct attribute out[JSONPATH_MAX])
{
	uint32_t n = 0, all = f->rule == NULL ? 0 : f->rule->nattrs;

	for (uint32_t i = 0; i < all && i < JSONPATH_MAX; i++) {
		if (r->attrs[i].p == NULL)
			continue;
		out[n].key = bytes_str(f->rule->attrs[i].name);
		out[n++].value = r->attrs[i];
	}
	return n;
}
