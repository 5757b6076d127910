/* fields: JSON and CSV fields that a role is not shown, or not in place. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "policy/load.h"

#include <errno.h>

#include "policy/redact/jsonpath.h"

static int check_path(const struct policy *p, const struct yaml_node *n,
		      struct err *e)
{
	struct jsonpath path;
	struct err why = {0};
	int rc = jsonpath_parse(n->text, p->arena, &path, &why);

	if (rc == 0)
		return 0;
	if (rc != -EPROTO)
		return err_nomem(e);
	return yaml_fail(n, e, "\"%s\" is not a path: %s",
			 yaml_shown(n->text).s, why.text);
}

static int too_many(const struct yaml_node *n, struct err *e)
{
	return yaml_fail(n, e, "more than %d paths in the fields of a role",
			 RULES_PATHS_MAX);
}

/* The paths under one key (drop or remove) appended to rules; taken counts
 * those of the whole role. */
static int add_paths(const struct policy *p, const struct yaml_node *n,
		     enum field_action action, struct field_rule *rules,
		     uint32_t *nrules, uint32_t *taken, struct err *e)
{
	const struct yaml_node *c;
	struct strings paths = {NULL, 0};
	int rc;

	if (n == NULL)
		return 0;
	rc = yaml_strings(n, p->arena, &paths.v, &paths.n, e);
	c = n->kind == YAML_SEQ ? n->child : n;
	for (size_t i = 0; rc == 0 && i < paths.n; i++, c = c->next) {
		if ((*taken)++ >= RULES_PATHS_MAX)
			return too_many(c, e);
		rc = check_path(p, c, e);
		rules[(*nrules)++] = (struct field_rule){
			.action = action, .path = paths.v[i], .line = c->line};
	}
	return rc;
}

/* ---- swap ---- */

/* A string that holds JSON writes its values as no other place does. */
static int swap_path(const struct policy *p, const struct yaml_node *n,
		     const char **out, struct err *e)
{
	int rc = yaml_string(n, out, e);

	if (rc == 0)
		rc = check_path(p, n, e);
	if (rc == 0 && strstr(*out, "|json|") != NULL)
		return yaml_fail(n, e,
				 "values inside a string that holds JSON "
				 "cannot be exchanged");
	return rc;
}

/* A pair takes the room of two paths. */
static int add_pair(const struct policy *p, const struct yaml_node *n,
		    enum scope scope, struct field_rule *rules,
		    uint32_t *nrules, uint32_t *taken, struct err *e)
{
	struct field_rule r = {
		.action = FIELD_SWAP, .scope = scope, .line = n->line};
	int rc;

	if (n->kind != YAML_SEQ || n->count != 2)
		return yaml_fail(n, e,
				 "a swap is of two paths: "
				 "[\"$[*].a\", \"$[*].b\"]");
	rc = swap_path(p, n->child, &r.path, e);
	if (rc == 0)
		rc = swap_path(p, n->child->next, &r.with, e);
	if (rc != 0)
		return rc;
	if (strcmp(r.path, r.with) == 0)
		return yaml_fail(n, e, "both paths are \"%s\"",
				 yaml_shown(bytes_str(r.path)).s);
	if (*taken + 2 > RULES_PATHS_MAX)
		return too_many(n, e);
	rules[(*nrules)++] = r;
	*taken += 2;
	return 0;
}

/* What is taken out can change no places. */
static int check_pair(const struct yaml_node *n, const struct field_rule *r,
		      const struct field_rule *rules, uint32_t nrules,
		      struct err *e)
{
	for (uint32_t i = 0; i < nrules; i++)
		if (rules[i].action != FIELD_SWAP &&
		    (strcmp(rules[i].path, r->path) == 0 ||
		     strcmp(rules[i].path, r->with) == 0))
			return yaml_fail(
				n, e,
				"\"%s\" is taken out and exchanged, "
				"too; choose one",
				yaml_shown(bytes_str(rules[i].path)).s);
	return 0;
}

/* swap: [[a, b] ...] with its scope; after drop and remove. */
static int add_swaps(const struct policy *p, const struct yaml_node *entry,
		     struct field_rule *rules, uint32_t *nrules,
		     uint32_t *taken, struct err *e)
{
	const struct yaml_node *swap = yaml_get(entry, "swap");
	const struct yaml_node *scope = yaml_get(entry, "scope");
	enum scope s = SCOPE_PROJECT;
	int rc = 0;

	if (swap == NULL && scope != NULL)
		return yaml_fail(scope->key, e,
				 "\"scope\" says who shares the coin of a "
				 "swap, and there is none here");
	if (swap == NULL)
		return 0;
	rc = yaml_expect(swap, YAML_SEQ, e);
	if (rc == 0)
		rc = load_scope(scope, &s, e);
	for (const struct yaml_node *c = swap->child; rc == 0 && c != NULL;
	     c = c->next) {
		rc = add_pair(p, c, s, rules, nrules, taken, e);
		if (rc == 0)
			rc = check_pair(c, &rules[*nrules - 1], rules, *nrules,
					e);
	}
	return rc;
}

static int load_entry(const struct policy *p, const struct yaml_node *n,
		      struct field_entry *entry, uint32_t *total, struct err *e)
{
	static const char *const keys[] = {"files", "drop", "remove", "swap",
					   "scope"};
	struct field_rule rules[RULES_PATHS_MAX], *own;
	const struct yaml_node *files = NULL;
	uint32_t count = 0;
	int rc = yaml_expect_keys(n, keys, ARRAY_LEN(keys), e);

	if (rc == 0)
		rc = yaml_need(n, "files", &files, e);
	if (rc == 0)
		rc = load_files(p, files, &entry->files, e);
	if (rc == 0)
		rc = add_paths(p, yaml_get(n, "remove"), FIELD_REMOVE, rules,
			       &count, total, e);
	if (rc == 0)
		rc = add_paths(p, yaml_get(n, "drop"), FIELD_DROP, rules,
			       &count, total, e);
	if (rc == 0)
		rc = add_swaps(p, n, rules, &count, total, e);
	if (rc != 0)
		return rc;
	if (count == 0)
		return yaml_fail(n, e, "nothing to drop, remove or swap here");
	own = arena_array(p->arena, count, sizeof(*own));
	if (own == NULL)
		return err_nomem(e);
	memcpy(own, rules, count * sizeof(*own));
	entry->rules = own;
	entry->nrules = count;
	return 0;
}

/* The rules of all entries in set, in order. */
static int join_entries(const struct policy *p, const struct role *role,
			uint32_t set, struct decision *out, struct err *e)
{
	struct field_rule *rules;
	size_t n = 0;

	*out = role->decision;
	for (uint32_t i = 0; i < role->nfields; i++)
		n += set >> i & 1 ? role->fields[i].nrules : 0;
	rules = arena_array(p->arena, n + 1, sizeof(*rules));
	if (rules == NULL)
		return err_nomem(e);
	out->fields = rules;
	out->nfields = n;
	for (uint32_t i = 0; i < role->nfields; i++) {
		const struct field_entry *entry = &role->fields[i];

		if ((set >> i & 1) == 0)
			continue;
		memcpy(rules, entry->rules, entry->nrules * sizeof(*rules));
		rules += entry->nrules;
	}
	return 0;
}

/* The same with nothing exchanged. */
static int join_unswapped(const struct policy *p, const struct decision *d,
			  struct decision *out)
{
	struct field_rule *v =
		arena_array(p->arena, d->nfields + 1, sizeof(*v));

	if (v == NULL)
		return -ENOMEM;
	*out = *d;
	out->fields = v;
	out->nfields = 0;
	for (size_t i = 0; i < d->nfields; i++)
		if (d->fields[i].action != FIELD_SWAP)
			v[out->nfields++] = d->fields[i];
	return 0;
}

/*
 * An object matches some of the entries; a decision for each subset is made
 * now, so that asking for one later makes nothing and locks nothing. Behind
 * them the same without swaps, for exports.
 */
static int join_all(const struct policy *p, struct role *role, struct err *e)
{
	uint32_t sets = 1u << role->nfields;
	int rc = 0;

	role->by_fields =
		arena_array(p->arena, 2 * sets, sizeof(*role->by_fields));
	if (role->by_fields == NULL)
		return err_nomem(e);
	for (uint32_t i = 0; rc == 0 && i < sets; i++)
		rc = join_entries(p, role, i, &role->by_fields[i], e);
	for (uint32_t i = 0; rc == 0 && i < sets; i++)
		if (join_unswapped(p, &role->by_fields[i],
				   &role->by_fields[sets + i]) != 0)
			rc = err_nomem(e);
	return rc;
}

int load_fields(const struct policy *p, const struct yaml_node *list,
		struct role *role, struct err *e)
{
	struct field_entry *entry;
	uint32_t total = 0;
	int rc = 0;

	if (list == NULL)
		return join_all(p, role, e);
	rc = yaml_expect(list, YAML_SEQ, e);
	if (rc != 0)
		return rc;
	if (list->count > RULES_FIELDS_MAX)
		return yaml_fail(list, e, "more than %d entries in fields",
				 RULES_FIELDS_MAX);
	entry = arena_array(p->arena, list->count + 1u, sizeof(*entry));
	if (entry == NULL)
		return err_nomem(e);
	role->fields = entry;
	role->nfields = list->count;
	for (const struct yaml_node *c = list->child; c != NULL; c = c->next) {
		rc = load_entry(p, c, entry++, &total, e);
		if (rc != 0)
			return rc;
	}
	return join_all(p, role, e);
}
