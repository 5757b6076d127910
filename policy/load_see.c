/* see: which files and records a role is shown. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "policy/load.h"

#include "policy/near.h"
#include "policy/redact/dataset.h"

static bool is_glob(struct bytes b)
{
	for (size_t i = 0; i < b.n; i++)
		if (b.p[i] == '*' || b.p[i] == '?' || b.p[i] == '[')
			return true;
	return false;
}

static bool names_dataset(const struct policy *p, struct bytes first)
{
	char glob[65];

	if (!is_glob(first))
		return rules_has(p->datasets, first);
	if (bytes_is(first, "**"))
		return true;
	if (first.n >= sizeof(glob))
		return false;
	memcpy(glob, first.p, first.n);
	glob[first.n] = '\0';
	for (size_t i = 0; i < p->datasets.n; i++)
		if (glob_match(glob, bytes_str(p->datasets.v[i])))
			return true;
	return false;
}

/* Every '[' has its ']'. */
static bool brackets_ok(struct bytes b)
{
	bool open = false;

	for (size_t i = 0; i < b.n; i++) {
		if (b.p[i] == '[' && !open)
			open = true;
		else if (b.p[i] == ']')
			open = false;
	}
	return !open;
}

static int check_glob(const struct policy *p, const struct yaml_node *n,
		      struct err *e)
{
	const uint8_t *slash = memchr(n->text.p, '/', n->text.n);
	struct bytes first = n->text;
	const char *near;

	if (slash != NULL)
		first.n = (size_t)(slash - n->text.p);
	if (first.n == 0 || (slash == NULL && !bytes_is(first, "**")))
		return yaml_fail(n, e,
				 "files are named DATASET/PATH, such as "
				 "\"%s/**\"; found \"%s\"",
				 p->datasets.n > 0 ? p->datasets.v[0] : "calls",
				 yaml_shown(n->text).s);
	if (!brackets_ok(n->text))
		return yaml_fail(n, e, "a \"[\" without its \"]\" in \"%s\"",
				 yaml_shown(n->text).s);
	if (names_dataset(p, first))
		return 0;
	near = near_word(first, p->datasets.v, p->datasets.n);
	if (near != NULL)
		return yaml_fail(n, e,
				 "unknown data set \"%s\"; did you mean "
				 "\"%s\"?",
				 yaml_shown(first).s, near);
	return yaml_fail(n, e, "unknown data set \"%s\"; name it in datasets",
			 yaml_shown(first).s);
}

int load_files(const struct policy *p, const struct yaml_node *n,
	       struct strings *out, struct err *e)
{
	const struct yaml_node *c = n->kind == YAML_SEQ ? n->child : n;
	int rc = yaml_strings(n, p->arena, &out->v, &out->n, e);

	for (size_t i = 0; rc == 0 && i < out->n; i++, c = c->next)
		rc = check_glob(p, c, e);
	return rc;
}

int load_records(const struct yaml_node *n, enum records *out, struct err *e)
{
	static const char *const words[] = {"assigned", "task", "all"};
	size_t v = 0;
	int rc = yaml_choice(n, words, ARRAY_LEN(words), &v, e);

	*out = (enum records)v;
	return rc;
}

static int load_where(const struct policy *p, const struct yaml_node *map,
		      struct see *see, struct err *e)
{
	int rc = yaml_expect(map, YAML_MAP, e);
	struct where *w;

	if (rc != 0)
		return rc;
	w = arena_array(p->arena, map->count + 1u, sizeof(*w));
	if (w == NULL)
		return err_nomem(e);
	see->where = w;
	see->nwhere = map->count;
	for (const struct yaml_node *c = map->child; c != NULL; c = c->next) {
		rc = yaml_string(c->key, &w->key, e);
		if (rc == 0)
			rc = yaml_strings(c, p->arena, &w->values.v,
					  &w->values.n, e);
		if (rc != 0)
			return rc;
		w++;
	}
	return 0;
}

static int load_rule(const struct policy *p, const struct yaml_node *n,
		     struct see *see, struct err *e)
{
	static const char *const keys[] = {"files", "where", "records"};
	const struct yaml_node *files = NULL, *where, *records;
	int rc = yaml_expect_keys(n, keys, ARRAY_LEN(keys), e);

	if (rc != 0)
		return rc;
	where = yaml_get(n, "where");
	records = yaml_get(n, "records");
	see->line = n->line;
	rc = yaml_need(n, "files", &files, e);
	if (rc == 0)
		rc = load_files(p, files, &see->files, e);
	if (rc == 0 && where != NULL)
		rc = load_where(p, where, see, e);
	if (rc == 0 && records != NULL)
		rc = load_records(records, &see->records, e);
	return rc;
}

int load_see(const struct policy *p, const struct yaml_node *list,
	     enum records fallback, struct role *role, struct err *e)
{
	int rc = yaml_expect(list, YAML_SEQ, e);
	struct see *see;

	if (rc != 0)
		return rc;
	if (list->count > RULES_SEE_MAX)
		return yaml_fail(list, e, "more than %d see rules in a role",
				 RULES_SEE_MAX);
	see = arena_array(p->arena, list->count + 1u, sizeof(*see));
	if (see == NULL)
		return err_nomem(e);
	role->see = see;
	role->nsee = list->count;
	for (const struct yaml_node *c = list->child; c != NULL;
	     c = c->next, see++) {
		see->records = fallback;
		rc = load_rule(p, c, see, e);
		if (rc != 0)
			return rc;
	}
	return 0;
}
