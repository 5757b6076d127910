/* Tests of a policy: their file, and what a case's answer means. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "policy/policytest.h"

#include <errno.h>

#include "policy/load_yaml.h"

/* A case checks something: otherwise a slip would be a test that passes. */
static int check_case(const struct yaml_node *n, const struct policy_case *k,
		      struct err *e)
{
	bool words = k->nhides + k->nshows > 0;

	if ((k->file == NULL) == (k->text == NULL))
		return yaml_fail(n, e, "give one of \"file\" and \"text\"");
	if (k->denied && words)
		return yaml_fail(n, e,
				 "what is denied has no words; leave "
				 "\"hides\" and \"shows\" out");
	if (!k->denied && !words)
		return yaml_fail(n, e,
				 "nothing to check: give \"hides\", "
				 "\"shows\" or \"denied: true\"");
	return 0;
}

static int get_words(const struct yaml_node *map, const char *key,
		     struct arena *a, const char *const **v, size_t *n,
		     struct err *e)
{
	const struct yaml_node *c = yaml_get(map, key);

	return c == NULL ? 0 : yaml_strings(c, a, v, n, e);
}

static int get_string(const struct yaml_node *map, const char *key,
		      const char **out, struct err *e)
{
	const struct yaml_node *c = yaml_get(map, key);

	return c == NULL ? 0 : yaml_string(c, out, e);
}

static int load_case(const struct yaml_node *n, struct arena *a,
		     struct policy_case *k, struct err *e)
{
	static const char *const keys[] = {"as",    "task",  "file",  "text",
					   "hides", "shows", "denied"};
	const struct yaml_node *as = NULL, *denied;
	int rc = yaml_expect_keys(n, keys, ARRAY_LEN(keys), e);

	k->line = n->line;
	if (rc == 0)
		rc = yaml_need(n, "as", &as, e);
	if (rc == 0)
		rc = yaml_name(as, &k->as, e);
	if (rc == 0)
		rc = get_string(n, "task", &k->task, e);
	if (rc == 0)
		rc = get_string(n, "file", &k->file, e);
	if (rc == 0)
		rc = get_string(n, "text", &k->text, e);
	if (rc == 0)
		rc = get_words(n, "hides", a, &k->hides, &k->nhides, e);
	if (rc == 0)
		rc = get_words(n, "shows", a, &k->shows, &k->nshows, e);
	denied = yaml_get(n, "denied");
	if (rc == 0 && denied != NULL)
		rc = yaml_bool(denied, &k->denied, e);
	return rc == 0 ? check_case(n, k, e) : rc;
}

static int load_cases(const struct yaml_node *root, struct policy_cases *out,
		      struct err *e)
{
	int rc = yaml_expect(root, YAML_SEQ, e);

	if (rc != 0)
		return rc;
	if (root->count == 0)
		return yaml_fail(root, e, "no cases");
	out->v = arena_array(out->arena, root->count, sizeof(*out->v));
	if (out->v == NULL)
		return err_nomem(e);
	for (const struct yaml_node *c = root->child; rc == 0 && c != NULL;
	     c = c->next)
		rc = load_case(c, out->arena, &out->v[out->n++], e);
	return rc;
}

int policytest_load(struct bytes text, const char *name,
		    struct policy_cases *out, struct err *e)
{
	struct yaml_node *root = NULL;
	int rc;

	*out = (struct policy_cases){.arena = arena_new()};
	if (out->arena == NULL)
		return err_nomem(e);
	rc = yaml_read(text, name, out->arena, &root, e);
	if (rc == 0)
		rc = load_cases(root, out, e);
	if (rc != 0)
		policytest_free(out);
	return rc;
}

void policytest_free(struct policy_cases *c)
{
	arena_free(c->arena);
	*c = (struct policy_cases){0};
}

static bool holds(struct bytes text, const char *word)
{
	struct bytes w = bytes_str(word);

	return w.n > 0 && memmem(text.p, text.n, w.p, w.n) != NULL;
}

/* "; " between complaints. */
static int complain(struct buf *why, const char *what, const char *word)
{
	return buf_printf(why, "%s%s \"%s\"", why->n == 0 ? "" : "; ", what,
			  yaml_shown(bytes_str(word)).s);
}

int policytest_check(const struct policy_case *c, const struct bytes *shown,
		     bool *ok, struct buf *why)
{
	int rc = 0;

	buf_clear(why);
	*ok = false;
	if (shown == NULL && c->denied) {
		*ok = true;
		return 0;
	}
	if (shown == NULL)
		return buf_puts(why, "the file is not visible");
	if (c->denied)
		return buf_puts(why, "the file is visible");
	for (size_t i = 0; rc == 0 && i < c->nhides; i++)
		if (holds(*shown, c->hides[i]))
			rc = complain(why, "shown is", c->hides[i]);
	for (size_t i = 0; rc == 0 && i < c->nshows; i++)
		if (!holds(*shown, c->shows[i]))
			rc = complain(why, "not shown is", c->shows[i]);
	*ok = rc == 0 && why->n == 0;
	return rc;
}
