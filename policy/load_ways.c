/* names, audio, work, allow, limits: how a role looks and works. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "policy/load.h"

#define QUOTA_DEFAULT (100ull << 20) /* of a work area that keeps anything */
#define PAD_DEFAULT 200		     /* ms of audio around a spoken value */

static int load_names(const struct yaml_node *n, enum names *out, struct err *e)
{
	static const char *const words[] = {"number", "pseudonym", "keep"};
	size_t v = NAMES_NUMBER;
	int rc = n == NULL ? 0 : yaml_choice(n, words, ARRAY_LEN(words), &v, e);

	*out = (enum names)v;
	return rc;
}

static int load_fill(const struct yaml_node *n, enum fill *out, struct err *e)
{
	static const char *const words[] = {"silence", "tone", "noise", "keep"};
	size_t v = FILL_SILENCE;
	int rc = yaml_choice(n, words, ARRAY_LEN(words), &v, e);

	*out = (enum fill)v;
	return rc;
}

static int load_audio_key(const struct yaml_node *c, struct audio *out,
			  struct err *e)
{
	uint64_t pad = 0;
	int rc;

	if (bytes_is(c->key->text, "default"))
		return load_fill(c, &out->fallback, e);
	if (bytes_is(c->key->text, "pad_ms")) {
		rc = yaml_uint(c, AUDIO_PAD_MAX, &pad, e);
		out->pad_ms = (uint32_t)pad;
		return rc;
	}
	rc = load_type(c->key, e);
	if (rc != 0)
		return rc;
	out->types[out->n] = (const char *)c->key->text.p;
	return load_fill(c, &out->fills[out->n++], e);
}

int load_audio(const struct policy *p, const struct yaml_node *map,
	       struct audio *out, struct err *e)
{
	int rc;

	out->pad_ms = PAD_DEFAULT;
	if (map == NULL)
		return 0;
	rc = yaml_expect(map, YAML_MAP, e);
	if (rc != 0)
		return rc;
	out->types =
		arena_array(p->arena, map->count + 1u, sizeof(*out->types));
	out->fills =
		arena_array(p->arena, map->count + 1u, sizeof(*out->fills));
	if (out->types == NULL || out->fills == NULL)
		return err_nomem(e);
	for (const struct yaml_node *c = map->child; rc == 0 && c != NULL;
	     c = c->next)
		rc = load_audio_key(c, out, e);
	return rc;
}

static int load_work(const struct policy *p, const struct yaml_node *map,
		     struct work *out, struct err *e)
{
	static const char *const keys[] = {"keep", "quota", "sees"};
	static const struct load_ref ref = {"role", rules_role,
					    rules_near_role};
	const struct yaml_node *keep = yaml_get(map, "keep");
	const struct yaml_node *quota = yaml_get(map, "quota");
	const struct yaml_node *sees = yaml_get(map, "sees");
	uint32_t *roles = NULL, nroles = 0;
	int rc = 0;

	if (map != NULL)
		rc = yaml_expect_keys(map, keys, ARRAY_LEN(keys), e);
	if (rc == 0 && keep != NULL)
		rc = yaml_strings(keep, p->arena, &out->keep.v, &out->keep.n,
				  e);
	out->quota = out->keep.n > 0 ? QUOTA_DEFAULT : 0;
	if (rc == 0 && quota != NULL)
		rc = yaml_size(quota, &out->quota, e);
	if (rc == 0 && sees != NULL)
		rc = load_refs(p, sees, &ref, &roles, &nroles, e);
	if (rc == 0 && sees != NULL)
		rc = yaml_strings(sees, p->arena, &out->sees.v, &out->sees.n,
				  e);
	return rc;
}

static int load_ports(const struct policy *p, const struct yaml_node *n,
		      struct allow *out, struct err *e)
{
	const struct yaml_node *c = n->kind == YAML_SEQ ? n->child : n;
	uint32_t count = n->kind == YAML_SEQ ? n->count : 1;
	uint64_t port = 0;
	int rc = 0;

	out->ports = arena_array(p->arena, count + 1u, sizeof(*out->ports));
	if (out->ports == NULL)
		return err_nomem(e);
	for (uint32_t i = 0; rc == 0 && i < count; i++, c = c->next) {
		rc = yaml_uint(c, 65535, &port, e);
		if (rc == 0 && port == 0)
			return yaml_fail(c, e, "a port is 1 to 65535");
		out->ports[out->nports++] = (uint16_t)port;
	}
	return rc;
}

static int load_allow(const struct policy *p, const struct yaml_node *map,
		      struct allow *out, struct err *e)
{
	static const char *const keys[] = {"terminal", "gui", "publish"};
	const struct yaml_node *terminal = yaml_get(map, "terminal");
	const struct yaml_node *gui = yaml_get(map, "gui");
	const struct yaml_node *publish = yaml_get(map, "publish");
	int rc = 0;

	if (map != NULL)
		rc = yaml_expect_keys(map, keys, ARRAY_LEN(keys), e);
	if (rc == 0 && terminal != NULL)
		rc = yaml_bool(terminal, &out->terminal, e);
	if (rc == 0 && gui != NULL)
		rc = yaml_bool(gui, &out->gui, e);
	if (rc == 0 && publish != NULL)
		rc = load_ports(p, publish, out, e);
	return rc;
}

static int refuse_zero(const struct yaml_node *n, uint64_t v, struct err *e)
{
	if (n != NULL && v == 0 && bytes_is(n->key->text, "flags_per_hour"))
		return yaml_fail(
			n, e,
			"\"flags_per_hour\" of 0 would leave no way to "
			"say what was missed; leave the key out for "
			"the usual limit");
	if (n != NULL && v == 0)
		return yaml_fail(n, e,
				 "\"%s\" of 0 would allow nothing; leave the "
				 "key out for no limit",
				 (const char *)n->key->text.p);
	return 0;
}

static int load_limits(const struct yaml_node *map, struct limits *out,
		       struct err *e)
{
	static const char *const keys[] = {
		"records_per_hour", "opens_per_minute", "flags_per_hour",
		"bytes_per_day",    "session",		"idle"};
	const struct yaml_node *n[ARRAY_LEN(keys)];
	uint64_t *v[] = {&out->records_per_hour, &out->opens_per_minute,
			 &out->flags_per_hour,	 &out->bytes_per_day,
			 &out->session,		 &out->idle};
	int rc = 0;

	if (map == NULL)
		return 0;
	rc = yaml_expect_keys(map, keys, ARRAY_LEN(keys), e);
	for (size_t i = 0; i < ARRAY_LEN(keys); i++)
		n[i] = yaml_get(map, keys[i]);
	for (size_t i = 0; rc == 0 && i < ARRAY_LEN(keys); i++) {
		if (n[i] == NULL)
			continue;
		if (i < 3)
			rc = yaml_uint(n[i], UINT32_MAX, v[i], e);
		else
			rc = i == 3 ? yaml_size(n[i], v[i], e)
				    : yaml_duration(n[i], v[i], e);
	}
	for (size_t i = 0; rc == 0 && i < ARRAY_LEN(keys); i++)
		rc = refuse_zero(n[i], *v[i], e);
	return rc;
}

/* Showing text that nobody could search is never right; a picture that the
 * manifest declares may be. */
static int load_undetected(const struct yaml_node *n, bool *images,
			   struct err *e)
{
	static const char *const words[] = {"hide", "images"};
	size_t v = 0;
	int r = n == NULL ? 0 : yaml_choice(n, words, 2, &v, e);

	*images = r == 0 && v == 1;
	return r;
}

int load_ways(const struct policy *p, const struct yaml_node *map,
	      struct role *role, struct err *e)
{
	int rc = load_names(yaml_get(map, "names"), &role->names, e);

	if (rc == 0)
		rc = load_work(p, yaml_get(map, "work"), &role->work, e);
	if (rc == 0)
		rc = load_allow(p, yaml_get(map, "allow"), &role->allow, e);
	if (rc == 0)
		rc = load_limits(yaml_get(map, "limits"), &role->limits, e);
	if (rc == 0)
		rc = load_undetected(yaml_get(map, "undetected"), &role->images,
				     e);
	return rc;
}
