/* The index of one block from its CBOR, and what the CBOR is. */
/* SPDX-License-Identifier: Apache-2.0 */
/*
 * block  = [sep, number, records, spans, values] or, where it is known of
 *   some span who said it, [sep, number, records, spans, values, speakers]
 *   sep, number: of the first record (0, 0 without records)
 * records = [*[separator length, length, denied, id or null, group, attrs]]
 *   records touch and are numbered by ones; null: the number as id
 * attrs  = [*(key, value)]
 * spans  = [*(gap, length, value, ord, type, rule, score, esc)], flat
 *   gap: from the end of the span before, at first from sep; in a recording
 *   (ESC_AUDIO), where they may overlap, from its start
 * values = [*(gap, type, canon)], flat
 *   gap: number minus one more than the number before, at first minus 0
 * speakers = [*(spans, number)], flat: runs of all spans by their speaker
 *
 * What the deltas cannot express cannot be wrong: records always touch, spans
 * and values always ascend. The decoder checks the rest, so that code behind it
 * may rely on the invariants of index.h even where the blob came from a child
 * that a hostile file has taken over.
 */
#include "policy/redact/index_block.h"

#include <errno.h>

#include "base/cbor.h"

/* The cursor, where decoded things go, and the first failure. */
struct in {
	struct cbor c;
	struct arena *a;
	int rc;
	struct decimal number; /* of the record at hand */
	char *ids;	       /* room for those that are numbers */
};

/* An unsigned number up to max; anything else fails the cursor. */
static uint64_t uint_get(struct in *in, uint64_t max)
{
	uint64_t v = cbor_get_uint(&in->c);

	if (v <= max)
		return v;
	in->rc = -EPROTO;
	return 0;
}

static uint64_t sum(struct in *in, uint64_t a, uint64_t b)
{
	if (b <= UINT64_MAX / 2 && a <= UINT64_MAX / 2)
		return a + b;
	in->rc = -EPROTO;
	return 0;
}

static bool failed(struct in *in)
{
	if (in->rc == 0)
		in->rc = in->c.err;
	return in->rc != 0;
}

/* The head of an array of items of `each` things. */
static uint32_t count_get(struct in *in, uint64_t each)
{
	uint64_t all = cbor_get_array(&in->c);

	if (all % each != 0 || all / each > UINT32_MAX)
		in->rc = -EPROTO;
	return failed(in) ? 0 : (uint32_t)(all / each);
}

/* And memory for the items. */
static void *array_get(struct in *in, uint64_t each, size_t size, uint32_t *n)
{
	uint32_t all = count_get(in, each);
	void *p = failed(in) ? NULL : arena_array(in->a, all, size);

	if (p == NULL && in->rc == 0)
		in->rc = -ENOMEM;
	*n = p == NULL ? 0 : all;
	return p;
}

/* The n-th from the last one, counted from 1. */
static struct bytes id_get(struct in *in, uint32_t n)
{
	const struct decimal *d = &in->number;
	char *s;

	if (cbor_peek(&in->c) != CBOR_NULL)
		return cbor_get_bytes(&in->c);
	cbor_get_null(&in->c);
	if (in->ids == NULL)
		in->ids = arena_array(in->a, n, DIGITS);
	s = in->ids;
	if (s == NULL) {
		in->rc = -ENOMEM;
		return bytes_of(NULL, 0);
	}
	memcpy(s, d->s, d->n);
	in->ids += d->n;
	return bytes_of(s, d->n);
}

static void attrs_get(struct in *in, struct attribute **out, uint32_t *n)
{
	*n = count_get(in, 2);
	*out = *n == 0 ? NULL : arena_array(in->a, *n, sizeof(**out));
	if (*out == NULL && *n > 0)
		in->rc = -ENOMEM;
	for (uint32_t i = 0; i < *n && !failed(in); i++) {
		(*out)[i].key = cbor_get_bytes(&in->c);
		(*out)[i].value = cbor_get_bytes(&in->c);
	}
}

static void record_get(struct in *in, uint64_t sep, uint32_t number,
		       uint32_t left, struct record *r)
{
	if (cbor_get_array(&in->c) != 6)
		in->rc = -EPROTO;
	r->sep = sep;
	r->start = sum(in, sep, uint_get(in, UINT64_MAX));
	r->end = sum(in, r->start, uint_get(in, UINT64_MAX));
	r->number = number;
	r->denied = (uint8_t)uint_get(in, DENIAL_LIMIT);
	r->id = id_get(in, left);
	r->group = cbor_get_bytes(&in->c);
	attrs_get(in, &r->attrs, &r->nattrs);
}

static void records_get(struct in *in, struct index_block *k)
{
	uint64_t sep = uint_get(in, UINT64_MAX / 2);
	uint64_t number = uint_get(in, UINT32_MAX);

	k->records = array_get(in, 1, sizeof(*k->records), &k->nrecords);
	if (k->nrecords == 0 && (sep != 0 || number != 0))
		in->rc = -EPROTO;
	if (number + k->nrecords > UINT32_MAX)
		in->rc = -EPROTO;
	in->number = decimal((uint32_t)number);
	for (uint32_t i = 0; i < k->nrecords && !failed(in); i++) {
		record_get(in, sep, (uint32_t)number + i, k->nrecords - i,
			   &k->records[i]);
		sep = k->records[i].end;
		decimal_next(&in->number);
	}
}

static void span_get(struct in *in, uint64_t at, struct span *s)
{
	s->start = sum(in, at, uint_get(in, UINT64_MAX));
	s->end = sum(in, s->start, uint_get(in, UINT64_MAX));
	s->value = (uint32_t)uint_get(in, UINT32_MAX);
	s->ord = (uint32_t)uint_get(in, UINT32_MAX);
	s->type = (uint16_t)uint_get(in, UINT16_MAX);
	s->rule = (uint16_t)uint_get(in, UINT16_MAX);
	s->score = (uint8_t)uint_get(in, 100);
	s->esc = (uint16_t)uint_get(in, UINT16_MAX);
	s->speaker = 0;
	if (s->end <= s->start || s->ord == 0 || !escape_valid(s->esc))
		in->rc = -EPROTO;
}

/* Spans ascend; each lies within one record. */
static void spans_get(struct in *in, struct index_block *k)
{
	uint64_t at = k->nrecords == 0 ? 0 : k->records[0].sep;
	uint32_t r = 0;

	k->spans = array_get(in, 8, sizeof(*k->spans), &k->nspans);
	for (uint32_t i = 0; i < k->nspans && !failed(in); i++) {
		struct span *s = &k->spans[i];

		span_get(in, at, s);
		at = gap_from(s);
		while (r < k->nrecords && k->records[r].end <= s->start)
			r++;
		if (r == k->nrecords || s->start < k->records[r].start ||
		    s->end > k->records[r].end || !same_kind(k, i))
			in->rc = -EPROTO;
	}
}

static void values_get(struct in *in, struct index_block *k)
{
	uint64_t least = 0;

	k->values = array_get(in, 3, sizeof(*k->values), &k->nvalues);
	for (uint32_t i = 0; i < k->nvalues && !failed(in); i++) {
		struct value *v = &k->values[i];
		uint64_t nr = least + uint_get(in, UINT32_MAX);

		if (nr > UINT32_MAX)
			in->rc = -EPROTO;
		v->number = (uint32_t)nr;
		v->type = (uint16_t)uint_get(in, UINT16_MAX);
		v->canon = cbor_get_bytes(&in->c);
		least = nr + 1;
	}
}

static void speakers_get(struct in *in, struct index_block *k)
{
	uint64_t all = cbor_get_array(&in->c);
	uint32_t at = 0;

	if (all % 2 != 0)
		in->rc = -EPROTO;
	for (uint64_t i = 0; i < all / 2 && !failed(in); i++) {
		uint64_t n = uint_get(in, k->nspans - at);
		uint8_t who = (uint8_t)uint_get(in, INDEX_SPEAKERS);

		if (n == 0)
			in->rc = -EPROTO;
		while (n-- > 0)
			k->spans[at++].speaker = who;
	}
	if (at != k->nspans || !is_spoken(k))
		in->rc = -EPROTO;
}

const struct value *index_value(const struct index_block *k, uint32_t number)
{
	uint32_t lo = 0, hi = k->nvalues;

	while (lo < hi) {
		uint32_t mid = lo + (hi - lo) / 2;

		if (k->values[mid].number < number)
			lo = mid + 1;
		else
			hi = mid;
	}
	if (lo == k->nvalues || k->values[lo].number != number)
		return NULL;
	return &k->values[lo];
}

static bool values_cover(const struct index_block *k)
{
	for (uint32_t i = 0; i < k->nspans; i++) {
		const struct value *v = index_value(k, k->spans[i].value);

		if (v == NULL || v->type != k->spans[i].type)
			return false;
	}
	return true;
}

int index_block_get(struct bytes in, struct arena *a, struct index_block *k,
		    struct err *e)
{
	struct in i = {.c = {.in = in}, .a = a};
	uint64_t items = cbor_get_array(&i.c);

	*k = (struct index_block){0};
	if (items != 5 && items != 6)
		i.rc = -EPROTO;
	if (!failed(&i))
		records_get(&i, k);
	if (!failed(&i))
		spans_get(&i, k);
	if (!failed(&i))
		values_get(&i, k);
	if (!failed(&i) && items == 6)
		speakers_get(&i, k);
	if (!failed(&i))
		i.rc = cbor_end(&i.c);
	if (i.rc == 0 && !values_cover(k))
		i.rc = -EPROTO;
	if (i.rc == 0)
		return 0;
	*k = (struct index_block){0};
	return err_set(e, i.rc, NULL, "the index of a block is malformed");
}
