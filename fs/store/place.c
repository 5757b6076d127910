/* Lists of places and their form in the catalog. */
/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Where the pieces of one object lie. In memory each place has the number of
 * its first segment, so that a read finds its place by bisection; on disk it
 * has not, because the lengths say it again and two tellings could differ.
 *
 * The names of packs stand once, in a list of their own, and a place names its
 * pack by number: the places of one object come in runs of the same pack, and
 * a name is longer than all else of a place. Only the last name is compared
 * when one is added; a pack that comes back is listed twice, which is correct
 * and does not happen to a writer, who never goes back to a pack.
 *
 * A cell is authentic before it is read here, but the reader checks it all the
 * same: a pack's number that is not in the list is -EPROTO, never a wild read.
 */
#include "fs/store/place.h"

#include <errno.h>

#include "base/cbor.h"
#include "base/mem.h"

#define RECORD 12 /* bytes of one place in a cell: three u32 */

static int pack_add(struct places *l, const uint8_t *name)
{
	uint8_t(*packs)[BACKEND_NAME];

	if (l->npacks > 0 &&
	    memcmp(l->packs[l->npacks - 1], name, BACKEND_NAME) == 0)
		return 0;
	if (l->npacks == UINT32_MAX)
		return -EFBIG;
	packs = mem_grow(l->packs, l->npacks + 1, BACKEND_NAME);
	if (packs == NULL)
		return -ENOMEM;
	l->packs = packs;
	memcpy(packs[l->npacks++], name, BACKEND_NAME);
	return 0;
}

static int room(struct places *l)
{
	size_t cap = l->cap == 0 ? 4 : l->cap * 2;
	struct place *v;

	if (l->n < l->cap)
		return 0;
	v = mem_grow(l->v, cap, sizeof(*v));
	if (v == NULL)
		return -ENOMEM;
	l->v = v;
	l->cap = cap;
	return 0;
}

int places_add(struct places *l, const uint8_t pack[BACKEND_NAME], uint32_t off,
	       uint32_t len, uint64_t first)
{
	int rc = room(l);

	if (rc == 0)
		rc = pack_add(l, pack);
	if (rc != 0)
		return rc;
	l->v[l->n++] = (struct place){.pack = (uint32_t)(l->npacks - 1),
				      .off = off,
				      .len = len,
				      .first = first};
	return 0;
}

static void put32(uint8_t *p, uint32_t v)
{
	for (size_t i = 4; i-- > 0; v >>= 8)
		p[i] = (uint8_t)v;
}

static uint32_t get32(const uint8_t *p)
{
	return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 |
	       (uint32_t)p[2] << 8 | p[3];
}

int places_put(struct buf *b, const struct places *l)
{
	CLEANUP(buf_free) struct buf recs = {0};
	int rc = buf_reserve(&recs, l->n * RECORD);

	for (size_t i = 0; rc == 0 && i < l->n; i++) {
		uint8_t r[RECORD];

		put32(r, l->v[i].pack);
		put32(r + 4, l->v[i].off);
		put32(r + 8, l->v[i].len);
		rc = buf_put(&recs, r, sizeof(r));
	}
	if (rc == 0)
		rc = cbor_put_bytes(
			b, bytes_of(l->packs, l->npacks * BACKEND_NAME));
	return rc == 0 ? cbor_put_bytes(b, buf_bytes(&recs)) : rc;
}

static int names_get(struct bytes names, struct places *l)
{
	if (names.n % BACKEND_NAME != 0)
		return -EPROTO;
	if (names.n == 0)
		return 0;
	l->packs = mem_dup(names.p, names.n);
	l->npacks = names.n / BACKEND_NAME;
	return l->packs == NULL ? -ENOMEM : 0;
}

int places_get(struct cbor *c, struct places *l)
{
	struct bytes names = cbor_get_bytes(c), recs = cbor_get_bytes(c);
	int rc;

	if (c->err != 0 || recs.n % RECORD != 0)
		return -EPROTO;
	rc = names_get(names, l);
	if (rc != 0 || recs.n == 0)
		return rc;
	l->cap = recs.n / RECORD;
	l->v = mem_new(l->cap, sizeof(*l->v));
	if (l->v == NULL)
		return -ENOMEM;
	for (; l->n < l->cap; l->n++) {
		const uint8_t *r = recs.p + l->n * RECORD;

		l->v[l->n] = (struct place){.pack = get32(r),
					    .off = get32(r + 4),
					    .len = get32(r + 8)};
		if (l->v[l->n].pack >= l->npacks)
			return -EPROTO;
	}
	return 0;
}

const struct place *places_find(const struct places *l, uint64_t nr)
{
	size_t lo = 0, hi = l->n;

	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;

		if (l->v[mid].first <= nr)
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo == 0 ? NULL : &l->v[lo - 1];
}

void places_free(struct places *l)
{
	mem_free(l->packs);
	mem_free(l->v);
	memset(l, 0, sizeof(*l));
}
