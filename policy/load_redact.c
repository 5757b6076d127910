/* redact: which transform each entity type gets. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "policy/load.h"

#include <stdlib.h>

#include "base/utf8.h"
#include "policy/near.h"
#include "policy/redact/entity.h"

int load_scope(const struct yaml_node *n, enum scope *out, struct err *e)
{
	static const char *const words[] = {"record", "task", "project",
					    "annotator"};
	size_t v = SCOPE_PROJECT;
	int rc = n == NULL ? 0 : yaml_choice(n, words, ARRAY_LEN(words), &v, e);

	*out = (enum scope)v;
	return rc;
}

static int load_flag(const struct yaml_node *map, const char *key, bool *out,
		     struct err *e)
{
	const struct yaml_node *n = yaml_get(map, key);

	return n == NULL ? 0 : yaml_bool(n, out, e);
}

static int load_mask_char(const struct yaml_node *n, uint32_t *out,
			  struct err *e)
{
	size_t got = n->kind == YAML_SCALAR ? utf8_next(n->text, 0, out) : 0;

	if (got == 0 || got != n->text.n || *out < 0x20 || *out == 0x7f)
		return yaml_fail(n, e, "\"char\" must be one character");
	return 0;
}

static int load_mask(const struct yaml_node *map, struct transform *t,
		     struct err *e)
{
	const struct yaml_node *c = yaml_get(map, "char");
	const struct yaml_node *last = yaml_get(map, "keep_last");
	uint64_t v = 0;
	int rc = 0;

	if (c != NULL)
		rc = load_mask_char(c, &t->mask_char, e);
	if (rc == 0 && last != NULL)
		rc = yaml_uint(last, 64, &v, e);
	t->keep_last = (uint8_t)v;
	if (rc == 0)
		rc = load_flag(map, "keep_separators", &t->keep_separators, e);
	if (rc == 0)
		rc = load_flag(map, "true_length", &t->true_length, e);
	return rc;
}

static int load_pseudonym(const struct yaml_node *map, struct transform *t,
			  struct err *e)
{
	static const char *const words[] = {"realistic", "tag"};
	const struct yaml_node *style = yaml_get(map, "style");
	size_t v = STYLE_REALISTIC;
	int rc = load_scope(yaml_get(map, "scope"), &t->scope, e);

	if (rc == 0 && style != NULL)
		rc = yaml_choice(style, words, ARRAY_LEN(words), &v, e);
	t->style = (enum style)v;
	return rc;
}

static int load_hash(const struct yaml_node *map, struct transform *t,
		     struct err *e)
{
	const struct yaml_node *len = yaml_get(map, "length");
	uint64_t v = 0;
	int rc = load_scope(yaml_get(map, "scope"), &t->scope, e);

	if (rc == 0 && len != NULL)
		rc = yaml_uint(len, 64, &v, e);
	if (rc == 0 && len != NULL && v < 8)
		return yaml_fail(len, e, "\"length\" must be 8 to 64 digits");
	t->hash_len = (uint8_t)v;
	return rc;
}

static int load_order(const struct yaml_node *n, struct transform *t,
		      struct err *e)
{
	static const char *const words[] = {"mdy", "dmy"};
	size_t v = 0;
	int rc;

	if (n == NULL)
		return 0;
	rc = yaml_choice(n, words, ARRAY_LEN(words), &v, e);
	t->order = v == 0 ? ORDER_MDY : ORDER_DMY;
	return rc;
}

static int load_to(const struct yaml_node *n, struct transform *t,
		   struct err *e)
{
	static const char *const words[] = {"month", "year", "decade", "zip3",
					    "band"};
	size_t v = 0;
	int rc;

	if (bytes_is(n->text, "city") || bytes_is(n->text, "country"))
		return yaml_fail(n, e,
				 "this version has no table of places; tag "
				 "or drop them");
	rc = yaml_choice(n, words, ARRAY_LEN(words), &v, e);
	t->to = words[v];
	return rc;
}

/* How wide a band is, and only a band is. */
static int load_width(const struct yaml_node *map, const struct yaml_node *to,
		      struct transform *t, struct err *e)
{
	const struct yaml_node *width = yaml_get(map, "width");
	bool band = bytes_is(to->text, "band");
	uint64_t v = 0;
	int rc = 0;

	if (band != (width != NULL))
		return yaml_fail(width != NULL ? width : to, e,
				 band ? "\"band\" needs a width: "
					"{ generalize: { to: band, width: 10 } "
					"}"
				      : "\"width\" is that of a band");
	if (band)
		rc = yaml_uint(width, 1000000000, &v, e);
	if (rc == 0 && band && v < 2)
		return yaml_fail(width, e, "\"width\" must be 2 at least");
	t->width = (uint32_t)v;
	return rc;
}

static int load_generalize(const struct yaml_node *map, struct transform *t,
			   struct err *e)
{
	const struct yaml_node *to = NULL;
	int rc = yaml_need(map, "to", &to, e);

	if (rc == 0)
		rc = load_to(to, t, e);
	if (rc == 0)
		rc = load_width(map, to, t, e);
	return rc == 0 ? load_order(yaml_get(map, "order"), t, e) : rc;
}

static int load_shift(const struct yaml_node *map, struct transform *t,
		      struct err *e)
{
	int rc = load_scope(yaml_get(map, "scope"), &t->scope, e);

	if (rc == 0)
		rc = load_flag(map, "weekdays", &t->weekdays, e);
	return rc == 0 ? load_order(yaml_get(map, "order"), t, e) : rc;
}

static int load_nothing(const struct yaml_node *map UNUSED,
			struct transform *t UNUSED, struct err *e UNUSED)
{
	return 0;
}

/* What an action's parameters are. */
struct shape {
	const char *name, *keys[5];
	enum action action;
	int (*load)(const struct yaml_node *map, struct transform *t,
		    struct err *e);
};
static const struct shape shapes[] = {
	{"drop", {NULL}, ACTION_DROP, load_nothing},
	{"tag", {NULL}, ACTION_TAG, load_nothing},
	{"mask",
	 {"char", "keep_last", "keep_separators", "true_length", NULL},
	 ACTION_MASK,
	 load_mask},
	{"pseudonym",
	 {"scope", "style", NULL},
	 ACTION_PSEUDONYM,
	 load_pseudonym},
	{"hash", {"scope", "length", NULL}, ACTION_HASH, load_hash},
	{"generalize",
	 {"to", "width", "order", NULL},
	 ACTION_GENERALIZE,
	 load_generalize},
	{"shift",
	 {"scope", "weekdays", "order", NULL},
	 ACTION_SHIFT,
	 load_shift},
	{"keep", {NULL}, ACTION_KEEP, load_nothing},
};

static const struct shape *shape_of(struct bytes word)
{
	for (size_t i = 0; i < ARRAY_LEN(shapes); i++)
		if (bytes_is(word, shapes[i].name))
			return &shapes[i];
	return NULL;
}

static int unknown_action(const struct yaml_node *n, struct err *e)
{
	const char *names[ARRAY_LEN(shapes)], *near;

	if (bytes_is(n->text, "remove") || bytes_is(n->text, "swap"))
		return yaml_fail(n, e,
				 "\"%s\" takes out or exchanges fields, not "
				 "values; use it in fields, or drop here",
				 (const char *)n->text.p);
	for (size_t i = 0; i < ARRAY_LEN(shapes); i++)
		names[i] = shapes[i].name;
	near = near_word(n->text, names, ARRAY_LEN(names));
	if (near != NULL)
		return yaml_fail(n, e,
				 "unknown transform \"%s\"; did you mean "
				 "\"%s\"?",
				 yaml_shown(n->text).s, near);
	return yaml_fail(n, e,
			 "unknown transform \"%s\"; there are drop, tag, mask, "
			 "pseudonym, hash, generalize, shift, keep",
			 yaml_shown(n->text).s);
}

/* word names the action; params is its map, { generalize: month } too, or NULL
 * for none. */
static int load_action(const struct yaml_node *word,
		       const struct yaml_node *params, struct transform *t,
		       struct err *e)
{
	const struct shape *s = shape_of(word->text);
	size_t nkeys = 0;
	int rc = 0;

	if (s == NULL)
		return unknown_action(word, e);
	t->action = s->action;
	if (s->action == ACTION_GENERALIZE && params == NULL)
		return yaml_fail(word, e,
				 "\"generalize\" needs to what: "
				 "{ generalize: month }, or year, "
				 "decade, zip3, band");
	if (s->action == ACTION_GENERALIZE && params->kind == YAML_SCALAR) {
		rc = load_to(params, t, e);
		return rc == 0 ? load_width(NULL, params, t, e) : rc;
	}
	while (s->keys[nkeys] != NULL)
		nkeys++;
	if (params != NULL)
		rc = yaml_expect_keys(params, s->keys, nkeys, e);
	return rc != 0 ? rc : s->load(params, t, e);
}

/* { mask: { keep_last: 4 }, min_score: 0.6 }: one action, its conditions. */
static int load_long(const struct policy *p, const struct yaml_node *n,
		     struct transform *out, struct err *e)
{
	const struct yaml_node *action = NULL;
	int rc;

	for (const struct yaml_node *c = n->child; c != NULL; c = c->next) {
		if (load_is_condition(c->key->text))
			continue;
		if (action != NULL)
			return yaml_fail(c->key, e,
					 "one transform only; \"%s\" is the "
					 "second",
					 yaml_shown(c->key->text).s);
		action = c;
	}
	if (action == NULL)
		return yaml_fail(n, e,
				 "a transform is missing, such as "
				 "{ mask: { keep_last: 4 } }");
	rc = load_action(action->key, action, out, e);
	return rc == 0 ? load_conditions(p, n, out, e) : rc;
}

int load_transform(const struct policy *p, const struct yaml_node *n,
		   struct transform *out, struct err *e)
{
	memset(out, 0, sizeof(*out));
	out->line = n->line;
	if (n->kind == YAML_SCALAR)
		return load_action(n, NULL, out, e);
	if (n->kind == YAML_MAP)
		return load_long(p, n, out, e);
	return yaml_fail(n, e,
			 "expected a transform such as tag or "
			 "{ mask: { keep_last: 4 } }, found a list");
}

static bool type_chars(struct bytes b)
{
	for (size_t i = 0; i < b.n; i++) {
		uint8_t c = b.p[i];
		bool letter = c >= 'A' && c <= 'Z';

		if (!letter && (i == 0 || (c != '_' && (c < '0' || c > '9'))))
			return false;
	}
	return b.n > 0 && b.n <= 64;
}

/*
 * Types that the catalogue lacks may come from a manifest, so only a probable
 * slip of a known one is refused: one edit, or two in a long name.
 */
int load_type(const struct yaml_node *key, struct err *e)
{
	const char *near = entity_nearest(key->text);
	size_t d;

	if (entity_known(key->text))
		return 0;
	d = near == NULL ? SIZE_MAX : near_distance(key->text, bytes_str(near));
	if (!type_chars(key->text) && near != NULL)
		return yaml_fail(key, e,
				 "unknown entity type \"%s\"; did you mean "
				 "\"%s\"?",
				 yaml_shown(key->text).s, near);
	if (!type_chars(key->text))
		return yaml_fail(key, e,
				 "\"%s\" is no entity type; they are written "
				 "like PERSON or CREDIT_CARD",
				 yaml_shown(key->text).s);
	if (d <= (key->text.n >= 10 ? 2 : 1))
		return yaml_fail(key, e,
				 "unknown entity type \"%s\"; did you mean "
				 "\"%s\"? (a type of your own needs a name "
				 "less alike)",
				 yaml_shown(key->text).s, near);
	return 0;
}

static int rule_cmp(const void *a, const void *b)
{
	const struct type_rule *x = a, *y = b;

	return bytes_cmp(bytes_str(x->type), bytes_str(y->type));
}

static int load_fallback(const struct policy *p, const struct yaml_node *n,
			 struct transform *out, struct err *e)
{
	int rc = load_transform(p, n, out, e);

	if (rc == 0 && !transform_is_firm(out))
		return yaml_fail(n, e,
				 "the default can have no condition: nothing "
				 "stands behind it");
	return rc;
}

/* The types, in the order of the map, against the default. */
static int check_all(const struct yaml_node *map, const struct type_rule *r,
		     const struct transform *fallback, struct err *e)
{
	int rc = 0;

	for (const struct yaml_node *c = map->child; rc == 0 && c != NULL;
	     c = c->next)
		if (!bytes_is(c->key->text, "default"))
			rc = load_check_conditions(c, &(r++)->t, fallback, e);
	return rc;
}

int load_redact(const struct policy *p, const struct yaml_node *map,
		struct role *role, struct err *e)
{
	struct type_rule *r;
	size_t n = 0;
	int rc = 0;

	role->decision = (struct decision){.fallback = {.action = ACTION_TAG}};
	if (map == NULL)
		return 0;
	rc = yaml_expect(map, YAML_MAP, e);
	if (rc != 0)
		return rc;
	r = arena_array(p->arena, map->count + 1u, sizeof(*r));
	if (r == NULL)
		return err_nomem(e);
	for (const struct yaml_node *c = map->child; c != NULL; c = c->next) {
		if (bytes_is(c->key->text, "default")) {
			rc = load_fallback(p, c, &role->decision.fallback, e);
		} else {
			rc = load_type(c->key, e);
			if (rc == 0)
				rc = load_transform(p, c, &r[n].t, e);
			r[n++].type = (const char *)c->key->text.p;
		}
		if (rc != 0)
			return rc;
	}
	rc = check_all(map, r, &role->decision.fallback, e);
	if (rc != 0)
		return rc;
	if (n > 1)
		qsort(r, n, sizeof(*r), rule_cmp);
	role->decision.rules = r;
	role->decision.nrules = n;
	return 0;
}
