/* Keys of a policy that this version reads, but does not put into effect. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "base/buf.h"
#include "policy/load.h"

/*
 * The language is complete before all of its parts are at work, so that a
 * policy written today is read by later versions. But an owner who writes a
 * key must not believe that it holds. So each such key is told, with its
 * line, once, where it stands in the text: an inherited one is not repeated.
 *
 * A key leaves the tables below in the change that puts it into effect.
 */

struct idle_key {
	const char *key, *words;
};

static const struct idle_key file_keys[] = {
	{"exact_reads", "shared mappings stay allowed"},
};
static const struct idle_key work_keys[] = {
	{"sees", "nobody sees the work area of another"},
};
static const struct idle_key allow_keys[] = {
	{"gui", "no display is given"},
	{"publish", "no port is published"},
};

struct lines {
	struct policy *p;
	size_t cap;
	struct err *e;
};

static int grow(struct lines *l)
{
	struct policy *p = l->p;
	size_t cap = l->cap * 2 + 8;
	const char **v = arena_array(p->arena, cap, sizeof(*v));

	if (v == NULL)
		return err_nomem(l->e);
	for (size_t i = 0; i < p->nunenforced; i++)
		v[i] = p->unenforced[i];
	p->unenforced = v;
	l->cap = cap;
	return 0;
}

static int add(struct lines *l, uint32_t line, const char *key,
	       const char *words)
{
	struct buf b CLEANUP(buf_free) = {0};
	struct policy *p = l->p;
	const char *s;
	int rc = buf_printf(&b, "line %u: %s is not enforced: %s", line, key,
			    words);

	if (rc != 0)
		return err_nomem(l->e);
	if (p->nunenforced == l->cap)
		rc = grow(l);
	if (rc != 0)
		return rc;
	s = arena_str(p->arena, buf_bytes(&b));
	if (s == NULL)
		return err_nomem(l->e);
	p->unenforced[p->nunenforced++] = s;
	return 0;
}

static int add_keys(struct lines *l, const struct yaml_node *map,
		    const struct idle_key *keys, size_t n)
{
	int rc = 0;

	for (size_t i = 0; rc == 0 && i < n; i++) {
		const struct yaml_node *c = yaml_get(map, keys[i].key);

		if (c != NULL && !bytes_is(c->text, "false"))
			rc = add(l, c->key->line, keys[i].key, keys[i].words);
	}
	return rc;
}

/* What is absent should refuse; the terminal alone can be had here. */
static int add_terminal(struct lines *l, const struct yaml_node *role)
{
	uint32_t r = rules_role(l->p, role->key->text);

	if (r == RULES_NONE || l->p->roles[r].allow.terminal)
		return 0;
	return add(l, role->key->line, "allow",
		   "the role gets a terminal without terminal: true");
}

int load_unenforced(struct policy *p, const struct yaml_node *root,
		    struct err *e)
{
	struct lines l = {p, 0, e};
	const struct yaml_node *roles = yaml_get(root, "roles");
	int rc = add_keys(&l, root, file_keys, ARRAY_LEN(file_keys));

	for (const struct yaml_node *c = roles == NULL ? NULL : roles->child;
	     rc == 0 && c != NULL; c = c->next) {
		rc = add_keys(&l, yaml_get(c, "work"), work_keys,
			      ARRAY_LEN(work_keys));
		if (rc == 0)
			rc = add_keys(&l, yaml_get(c, "allow"), allow_keys,
				      ARRAY_LEN(allow_keys));
		if (rc == 0)
			rc = add_terminal(&l, c);
	}
	return rc;
}

size_t policy_unenforced(const struct policy *p, const char *const **lines)
{
	*lines = p->unenforced;
	return p->nunenforced;
}
