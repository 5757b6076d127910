/* Hits and groups between the two passes over a group. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "policy/redact/detect_learn.h"

#include <errno.h>

#include "base/mem.h"
#include "base/sign.h"

static int room(void **p, size_t need, size_t *cap, size_t size)
{
	size_t more = *cap == 0 ? 64 : *cap;
	void *grown;

	if (need <= *cap)
		return 0;
	while (more < need)
		more *= 2;
	grown = mem_grow(*p, more, size);
	if (grown == NULL)
		return -ENOMEM;
	*p = grown;
	*cap = more;
	return 0;
}

int detect_kept_put(struct detect_kept *k, const struct hits *h)
{
	void *hits = k->hits, *counts = k->counts;
	int rc = room(&hits, k->nhits + h->n, &k->caphits, sizeof(*k->hits));

	k->hits = hits;
	if (rc == 0)
		rc = room(&counts, k->ncounts + 1, &k->capcounts,
			  sizeof(*k->counts));
	k->counts = counts;
	if (rc != 0)
		return rc;
	if (h->n > 0)
		memcpy(k->hits + k->nhits, h->v, h->n * sizeof(*h->v));
	k->nhits += h->n;
	k->counts[k->ncounts++] = (uint32_t)h->n;
	return 0;
}

int detect_kept_take(struct detect_kept *k, struct hits *out)
{
	void *v = out->v;
	uint32_t n;
	int rc;

	if (k->at_count == k->ncounts)
		return -EPROTO;
	n = k->counts[k->at_count++];
	rc = room(&v, n, &out->cap, sizeof(*out->v));
	out->v = v;
	if (rc != 0)
		return rc;
	if (n > 0)
		memcpy(out->v, k->hits + k->at_hit, n * sizeof(*out->v));
	out->n = n;
	k->at_hit += n;
	return 0;
}

void detect_kept_free(struct detect_kept *k)
{
	mem_free(k->hits);
	mem_free(k->counts);
	*k = (struct detect_kept){0};
}

static uint64_t name_hash(struct bytes name)
{
	static const uint8_t key[16] = "carrel groups";
	uint64_t h = siphash(key, name);

	return h == 0 ? 1 : h;
}

static struct detect_shared *slot(struct detect_shared *slots, uint32_t cap,
				  uint64_t hash)
{
	uint32_t i = (uint32_t)hash & (cap - 1);

	while (slots[i].hash != 0 && slots[i].hash != hash)
		i = (i + 1) & (cap - 1);
	return &slots[i];
}

static int grow(struct detect_groups *g)
{
	uint32_t cap = g->cap == 0 ? 256 : g->cap * 2;
	struct detect_shared *slots;

	if (g->cap != 0 && g->n + 1 < g->cap - g->cap / 3)
		return 0;
	if (cap < g->cap)
		return -EFBIG;
	slots = mem_new(cap, sizeof(*slots));
	if (slots == NULL)
		return -ENOMEM;
	for (uint32_t i = 0; i < g->cap; i++) {
		if (g->slots[i].hash != 0)
			*slot(slots, cap, g->slots[i].hash) = g->slots[i];
	}
	mem_free(g->slots);
	g->slots = slots;
	g->cap = cap;
	return 0;
}

int detect_groups_count(struct detect_groups *g, struct bytes name)
{
	struct detect_shared *s;
	int rc = grow(g);

	if (rc != 0)
		return rc;
	s = slot(g->slots, g->cap, name_hash(name));
	if (s->hash == 0) {
		s->hash = name_hash(name);
		g->n++;
	}
	if (s->records < UINT32_MAX)
		s->records++;
	g->several = g->several || s->records > 1;
	return 0;
}

struct detect_shared *detect_groups_find(const struct detect_groups *g,
					 struct bytes name)
{
	struct detect_shared *s;

	if (g->cap == 0 || name.n == 0)
		return NULL;
	s = slot(g->slots, g->cap, name_hash(name));
	return s->records > 1 ? s : NULL;
}

void detect_groups_free(struct detect_groups *g)
{
	for (uint32_t i = 0; i < g->cap; i++)
		propagate_free(g->slots[i].known);
	mem_free(g->slots);
	*g = (struct detect_groups){0};
}
