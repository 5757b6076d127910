/* The index of one block as CBOR. */
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
#include "policy/redact/index.h"

#include <errno.h>

#include "base/cbor.h"

/* The id of a record that was given none. */
struct decimal {
	char s[12];
	size_t n;
};

static struct decimal decimal(uint32_t number)
{
	struct decimal d = {.n = 0};
	char back[sizeof(d.s)];
	size_t n = 0;

	/* By hand: printf was an eighth of a block's decoding. */
	do
		back[n++] = (char)('0' + number % 10);
	while ((number /= 10) > 0);
	while (n > 0)
		d.s[d.n++] = back[--n];
	return d;
}

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

/* Where the gap to the span behind s is counted from. */
static uint64_t gap_from(const struct span *s)
{
	return (s->esc & ESC_AUDIO) != 0 ? s->start : s->end;
}

/* Either all spans of a block are of a recording, or none. */
static bool same_kind(const struct index_block *k, uint32_t i)
{
	return (k->spans[i].esc & ESC_AUDIO) == (k->spans[0].esc & ESC_AUDIO);
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

static bool is_spoken(const struct index_block *k)
{
	for (uint32_t i = 0; i < k->nspans; i++)
		if (k->spans[i].speaker != 0)
			return true;
	return false;
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

/* ---- the way back ---- */

/* The cursor, where decoded things go, and the first failure. */
struct in {
	struct cbor c;
	struct arena *a;
	int rc;
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

/* The head of an array of items of `each` things; memory for the items. */
static void *array_get(struct in *in, uint64_t each, size_t size, uint32_t *n)
{
	uint64_t all = cbor_get_array(&in->c);
	void *p = NULL;

	*n = 0;
	if (all % each != 0 || all / each > UINT32_MAX)
		in->rc = -EPROTO;
	if (failed(in))
		return NULL;
	p = arena_array(in->a, (size_t)(all / each), size);
	if (p == NULL)
		in->rc = -ENOMEM;
	else
		*n = (uint32_t)(all / each);
	return p;
}

static struct bytes id_get(struct in *in, uint32_t number)
{
	struct decimal d = decimal(number);
	struct bytes id = {NULL, 0};

	if (cbor_peek(&in->c) != CBOR_NULL)
		return cbor_get_bytes(&in->c);
	cbor_get_null(&in->c);
	if (arena_dup(in->a, bytes_of(d.s, d.n), &id) != 0)
		in->rc = -ENOMEM;
	return id;
}

static void attrs_get(struct in *in, struct attribute **out, uint32_t *n)
{
	*out = array_get(in, 2, sizeof(**out), n);
	for (uint32_t i = 0; i < *n && !failed(in); i++) {
		(*out)[i].key = cbor_get_bytes(&in->c);
		(*out)[i].value = cbor_get_bytes(&in->c);
	}
}

static void record_get(struct in *in, uint64_t sep, uint32_t number,
		       struct record *r)
{
	if (cbor_get_array(&in->c) != 6)
		in->rc = -EPROTO;
	r->sep = sep;
	r->start = sum(in, sep, uint_get(in, UINT64_MAX));
	r->end = sum(in, r->start, uint_get(in, UINT64_MAX));
	r->number = number;
	r->denied = (uint8_t)uint_get(in, DENIAL_LIMIT);
	r->id = id_get(in, number);
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
	for (uint32_t i = 0; i < k->nrecords && !failed(in); i++) {
		record_get(in, sep, (uint32_t)number + i, &k->records[i]);
		sep = k->records[i].end;
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
