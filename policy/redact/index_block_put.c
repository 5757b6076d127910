/* The index of one block as CBOR; its form is told in index_block.c. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "policy/redact/index_block.h"

#include <errno.h>

#include "base/cbor.h"

static int id_put(struct buf *b, const struct record *r)
{
	struct decimal d = decimal(r->number);

	if (bytes_eq(r->id, bytes_of(d.s, d.n)))
		return cbor_put_null(b);
	return cbor_put_bytes(b, r->id);
}

static int attrs_put(struct buf *b, const struct attribute *a, uint32_t n)
{
	int rc = cbor_put_array(b, (uint64_t)n * 2);

	for (uint32_t i = 0; rc == 0 && i < n; i++) {
		rc = cbor_put_bytes(b, a[i].key);
		if (rc == 0)
			rc = cbor_put_bytes(b, a[i].value);
	}
	return rc;
}

static int uints_put(struct buf *b, const uint64_t *v, size_t n)
{
	int rc = 0;

	for (size_t i = 0; rc == 0 && i < n; i++)
		rc = cbor_put_uint(b, v[i]);
	return rc;
}

static int record_put(struct buf *b, const struct record *r)
{
	const uint64_t v[] = {r->start - r->sep, r->end - r->start, r->denied};
	int rc = cbor_put_array(b, 6);

	if (rc == 0)
		rc = uints_put(b, v, ARRAY_LEN(v));
	if (rc == 0)
		rc = id_put(b, r);
	if (rc == 0)
		rc = cbor_put_bytes(b, r->group);
	if (rc == 0)
		rc = attrs_put(b, r->attrs, r->nattrs);
	return rc;
}

static int records_put(struct buf *b, const struct index_block *k)
{
	int rc = cbor_put_array(b, k->nrecords);

	for (uint32_t i = 0; rc == 0 && i < k->nrecords; i++) {
		const struct record *r = &k->records[i];

		if (r->start < r->sep || r->end < r->start ||
		    (i > 0 &&
		     (r->sep != r[-1].end || r->number != r[-1].number + 1)))
			return -EINVAL;
		rc = record_put(b, r);
	}
	return rc;
}

static int spans_put(struct buf *b, const struct index_block *k)
{
	uint64_t at = k->nrecords == 0 ? 0 : k->records[0].sep;
	int rc = cbor_put_array(b, (uint64_t)k->nspans * 8);

	for (uint32_t i = 0; rc == 0 && i < k->nspans; i++) {
		const struct span *s = &k->spans[i];
		const uint64_t v[] = {
			s->start - at, s->end - s->start, s->value, s->ord,
			s->type,       s->rule,		  s->score, s->esc};

		if (s->start < at || s->end <= s->start || !same_kind(k, i))
			return -EINVAL;
		rc = uints_put(b, v, ARRAY_LEN(v));
		at = gap_from(s);
	}
	return rc;
}

static int values_put(struct buf *b, const struct index_block *k)
{
	uint64_t least = 0;
	int rc = cbor_put_array(b, (uint64_t)k->nvalues * 3);

	for (uint32_t i = 0; rc == 0 && i < k->nvalues; i++) {
		const struct value *v = &k->values[i];
		const uint64_t head[] = {v->number - least, v->type};

		if (v->number < least)
			return -EINVAL;
		rc = uints_put(b, head, ARRAY_LEN(head));
		if (rc == 0)
			rc = cbor_put_bytes(b, v->canon);
		least = (uint64_t)v->number + 1;
	}
	return rc;
}

/* The run of spans from i on that have one speaker. */
static uint32_t run_of(const struct index_block *k, uint32_t i)
{
	uint32_t n = 1;

	while (i + n < k->nspans &&
	       k->spans[i + n].speaker == k->spans[i].speaker)
		n++;
	return n;
}

static int speakers_put(struct buf *b, const struct index_block *k)
{
	uint64_t runs = 0;
	int rc;

	for (uint32_t i = 0; i < k->nspans; i += run_of(k, i))
		runs++;
	rc = cbor_put_array(b, 2 * runs);
	for (uint32_t i = 0; rc == 0 && i < k->nspans; i += run_of(k, i)) {
		const uint64_t v[] = {run_of(k, i), k->spans[i].speaker};

		rc = uints_put(b, v, ARRAY_LEN(v));
	}
	return rc;
}

int index_block_put(struct buf *b, const struct index_block *k)
{
	bool spoken = is_spoken(k);
	bool any = k->nrecords > 0;
	const uint64_t first[] = {any ? k->records[0].sep : 0,
				  any ? k->records[0].number : 0};
	size_t n = b->n;
	int rc = cbor_put_array(b, spoken ? 6 : 5);

	if (rc == 0)
		rc = uints_put(b, first, ARRAY_LEN(first));
	if (rc == 0)
		rc = records_put(b, k);
	if (rc == 0)
		rc = spans_put(b, k);
	if (rc == 0)
		rc = values_put(b, k);
	if (rc == 0 && spoken)
		rc = speakers_put(b, k);
	if (rc != 0)
		b->n = n;
	return rc;
}
