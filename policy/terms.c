/* What a data set's terms allow, and whether a policy is within them. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "policy/policy.h"

#include <errno.h>

#include "base/cbor.h"
#include "policy/rules.h"

/*
 * terms = {1: [*purpose], 2: [*project], 3: training, 4: retain_until}; texts,
 * bool, unsigned seconds (0: no end).
 */
#define TERMS_ITEMS 4
#define TERMS_LIST_MAX 4096

static int put_list(struct buf *b, uint64_t key, const char *const *v, size_t n)
{
	int rc = cbor_put_uint(b, key);

	if (rc == 0)
		rc = cbor_put_array(b, n);
	for (size_t i = 0; rc == 0 && i < n; i++)
		rc = cbor_put_text(b, bytes_str(v[i]));
	return rc;
}

int terms_put(struct buf *b, const struct terms *t)
{
	size_t n = b->n;
	int rc = t->retain_until < 0 ? -EINVAL : cbor_put_map(b, TERMS_ITEMS);

	if (rc == 0)
		rc = put_list(b, 1, t->purposes, t->npurposes);
	if (rc == 0)
		rc = put_list(b, 2, t->projects, t->nprojects);
	if (rc == 0)
		rc = cbor_put_uint(b, 3);
	if (rc == 0)
		rc = cbor_put_bool(b, t->training);
	if (rc == 0)
		rc = cbor_put_uint(b, 4);
	if (rc == 0)
		rc = cbor_put_uint(b, (uint64_t)t->retain_until);
	if (rc != 0)
		b->n = n;
	return rc;
}

static int get_list(struct cbor *c, uint64_t key, struct arena *a,
		    struct strings *out)
{
	uint64_t got = cbor_get_uint(c), n = cbor_get_array(c);
	const char **v;

	if (c->err != 0 || got != key || n > TERMS_LIST_MAX)
		return -EPROTO;
	v = arena_array(a, (size_t)n + 1, sizeof(*v));
	if (v == NULL)
		return -ENOMEM;
	for (uint64_t i = 0; i < n; i++) {
		v[i] = arena_str(a, cbor_get_text(c));
		if (v[i] == NULL)
			return -ENOMEM;
	}
	out->v = v;
	out->n = (size_t)n;
	return c->err;
}

static int get_rest(struct cbor *c, struct terms *t)
{
	uint64_t training, retain, until;

	training = cbor_get_uint(c);
	t->training = cbor_get_bool(c);
	retain = cbor_get_uint(c);
	until = cbor_get_uint(c);
	if (training != 3 || retain != 4 || until > INT64_MAX)
		return -EPROTO;
	t->retain_until = (int64_t)until;
	return cbor_end(c);
}

int terms_get(struct bytes in, struct arena *a, struct terms *t, struct err *e)
{
	struct cbor c = {.in = in};
	struct strings purposes = {NULL, 0}, projects = {NULL, 0};
	int rc = cbor_get_map(&c) == TERMS_ITEMS ? 0 : -EPROTO;

	*t = (struct terms){0};
	if (rc == 0)
		rc = get_list(&c, 1, a, &purposes);
	if (rc == 0)
		rc = get_list(&c, 2, a, &projects);
	if (rc == 0)
		rc = get_rest(&c, t);
	if (rc == -ENOMEM)
		return err_nomem(e);
	if (rc != 0) {
		*t = (struct terms){0};
		return err_set(e, -EPROTO, NULL,
			       "the data set's terms are malformed");
	}
	t->purposes = purposes.v;
	t->npurposes = purposes.n;
	t->projects = projects.v;
	t->nprojects = projects.n;
	return 0;
}

static bool listed(const char *const *v, size_t n, const char *word)
{
	return rules_has((struct strings){v, n}, bytes_str(word));
}

int policy_terms(const struct policy *p, const char *dataset,
		 const struct terms *t, int64_t now, struct err *e)
{
	if (!rules_has(p->datasets, bytes_str(dataset)))
		return err_set(e, -EACCES, dataset,
			       "the policy's datasets do not name it");
	if (!listed(t->projects, t->nprojects, p->project))
		return err_set(e, -EACCES, dataset,
			       "its terms do not allow project \"%s\"; the "
			       "manifest's terms say which are",
			       p->project);
	if (!listed(t->purposes, t->npurposes, p->purpose))
		return err_set(e, -EACCES, dataset,
			       "its terms do not allow purpose \"%s\"; the "
			       "manifest's terms say which are",
			       p->purpose);
	if (t->retain_until != 0 && t->retain_until <= now)
		return err_set(e, -EACCES, dataset,
			       "its terms have ended (retain_until)");
	return 0;
}
