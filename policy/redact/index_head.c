/* An object's head and its summary as CBOR. */
/* SPDX-License-Identifier: Apache-2.0 */
/*
 * head    = [1, format, denied, size, nblocks, nrecords, nspans, nvalues,
 *            prefix, suffix, body, body_end, types, rules, detector, reason]
 * summary = [1, format, denied, nrecords, nspans, nblocks, whole, uniform,
 *            group, attrs]
 * types, rules = [*bytes]; attrs = [*(key, value)], flat. The leading 1 is the
 * version of the layout.
 */
#include <errno.h>

#include "base/cbor.h"
#include "policy/redact/index.h"

#define LAYOUT 1
#define HEAD_ITEMS 16
#define SUMMARY_ITEMS 10

static int uints_put(struct buf *b, const uint64_t *v, size_t n)
{
	int rc = 0;

	for (size_t i = 0; rc == 0 && i < n; i++)
		rc = cbor_put_uint(b, v[i]);
	return rc;
}

static int names_put(struct buf *b, const struct bytes *v, uint32_t n)
{
	int rc = cbor_put_array(b, n);

	for (uint32_t i = 0; rc == 0 && i < n; i++)
		rc = cbor_put_bytes(b, v[i]);
	return rc;
}

static int frame_put(struct buf *b, const struct index_head *h)
{
	const uint64_t v[] = {h->body, h->body_end};
	int rc = cbor_put_bytes(b, h->prefix);

	if (rc == 0)
		rc = cbor_put_bytes(b, h->suffix);
	if (rc == 0)
		rc = uints_put(b, v, ARRAY_LEN(v));
	return rc;
}

static int tables_put(struct buf *b, const struct index_head *h)
{
	int rc = names_put(b, h->types, h->ntypes);

	if (rc == 0)
		rc = names_put(b, h->rules, h->nrules);
	if (rc == 0)
		rc = cbor_put_bytes(b, h->detector);
	if (rc == 0)
		rc = cbor_put_bytes(b, h->reason);
	return rc;
}

int index_head_put(struct buf *b, const struct index_head *h)
{
	const uint64_t v[] = {LAYOUT,	  h->format,   h->denied, h->size,
			      h->nblocks, h->nrecords, h->nspans, h->nvalues};
	size_t n = b->n;
	int rc = cbor_put_array(b, HEAD_ITEMS);

	if (rc == 0)
		rc = uints_put(b, v, ARRAY_LEN(v));
	if (rc == 0)
		rc = frame_put(b, h);
	if (rc == 0)
		rc = tables_put(b, h);
	if (rc != 0)
		b->n = n;
	return rc;
}

static int summary_tail_put(struct buf *b, const struct index_summary *s)
{
	int rc = cbor_put_bool(b, s->whole);

	if (rc == 0)
		rc = cbor_put_bool(b, s->uniform);
	if (rc == 0)
		rc = cbor_put_bytes(b, s->group);
	if (rc == 0)
		rc = cbor_put_array(b, (uint64_t)s->nattrs * 2);
	for (uint32_t i = 0; rc == 0 && i < s->nattrs; i++) {
		rc = cbor_put_bytes(b, s->attrs[i].key);
		if (rc == 0)
			rc = cbor_put_bytes(b, s->attrs[i].value);
	}
	return rc;
}

int index_summary_put(struct buf *b, const struct index_summary *s)
{
	const uint64_t v[] = {LAYOUT,	   s->format, s->denied,
			      s->nrecords, s->nspans, s->nblocks};
	size_t n = b->n;
	int rc = cbor_put_array(b, SUMMARY_ITEMS);

	if (rc == 0)
		rc = uints_put(b, v, ARRAY_LEN(v));
	if (rc == 0)
		rc = summary_tail_put(b, s);
	if (rc != 0)
		b->n = n;
	return rc;
}

/* ---- the way back ---- */

struct in {
	struct cbor c;
	struct arena *a;
	int rc;
};

static bool failed(struct in *in)
{
	if (in->rc == 0)
		in->rc = in->c.err;
	return in->rc != 0;
}

static uint64_t uint_get(struct in *in, uint64_t max)
{
	uint64_t v = cbor_get_uint(&in->c);

	if (v <= max)
		return v;
	in->rc = -EPROTO;
	return 0;
}

static void *array_get(struct in *in, uint64_t each, size_t size, uint32_t max,
		       uint32_t *n)
{
	uint64_t all = cbor_get_array(&in->c);
	void *p;

	*n = 0;
	if (all % each != 0 || all / each > max)
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

static struct bytes *names_get(struct in *in, uint32_t *n)
{
	struct bytes *v =
		array_get(in, 1, sizeof(*v), (uint32_t)UINT16_MAX + 1, n);

	for (uint32_t i = 0; i < *n && !failed(in); i++)
		v[i] = cbor_get_bytes(&in->c);
	return v;
}

/* Layout, format and denial: how both begin. */
static void common_get(struct in *in, uint64_t items, enum format *format,
		       uint8_t *denied)
{
	if (cbor_get_array(&in->c) != items || cbor_get_uint(&in->c) != LAYOUT)
		in->rc = -EPROTO;
	*format = (enum format)uint_get(in, FORMAT_OPAQUE);
	*denied = (uint8_t)uint_get(in, DENIAL_LIMIT);
}

static void counts_get(struct in *in, struct index_head *h)
{
	h->size = uint_get(in, UINT64_MAX / 2);
	h->nblocks = (uint32_t)uint_get(in, UINT32_MAX);
	h->nrecords = uint_get(in, UINT32_MAX);
	h->nspans = uint_get(in, UINT64_MAX);
	h->nvalues = uint_get(in, UINT32_MAX);
	h->prefix = cbor_get_bytes(&in->c);
	h->suffix = cbor_get_bytes(&in->c);
	h->body = uint_get(in, UINT64_MAX);
	h->body_end = uint_get(in, UINT64_MAX);
}

/* What a head must hold within itself. */
static bool head_sound(const struct index_head *h)
{
	uint64_t blocks = (h->size + INDEX_BLOCK - 1) / INDEX_BLOCK;

	if (h->denied == DENIAL_NONE && h->format == FORMAT_DENIED)
		return false;
	return h->body <= h->body_end && h->body_end <= h->size &&
	       (h->denied != DENIAL_NONE ? h->nblocks <= blocks
					 : h->nblocks == blocks);
}

int index_head_get(struct bytes in, struct arena *a, struct index_head *h,
		   struct err *e)
{
	struct in i = {.c = {.in = in}, .a = a};

	*h = (struct index_head){0};
	common_get(&i, HEAD_ITEMS, &h->format, &h->denied);
	if (!failed(&i))
		counts_get(&i, h);
	if (!failed(&i))
		h->types = names_get(&i, &h->ntypes);
	if (!failed(&i))
		h->rules = names_get(&i, &h->nrules);
	h->detector = cbor_get_bytes(&i.c);
	h->reason = cbor_get_bytes(&i.c);
	if (!failed(&i))
		i.rc = cbor_end(&i.c);
	if (i.rc == 0 && !head_sound(h))
		i.rc = -EPROTO;
	if (i.rc == 0)
		return 0;
	*h = (struct index_head){0};
	return err_set(e, i.rc, NULL, "the head of an object is malformed");
}

int index_summary_get(struct bytes in, struct arena *a, struct index_summary *s,
		      struct err *e)
{
	struct in i = {.c = {.in = in}, .a = a};

	*s = (struct index_summary){0};
	common_get(&i, SUMMARY_ITEMS, &s->format, &s->denied);
	s->nrecords = uint_get(&i, UINT32_MAX);
	s->nspans = uint_get(&i, UINT64_MAX);
	s->nblocks = (uint32_t)uint_get(&i, UINT32_MAX);
	s->whole = cbor_get_bool(&i.c);
	s->uniform = cbor_get_bool(&i.c);
	s->group = cbor_get_bytes(&i.c);
	if (!failed(&i))
		s->attrs = array_get(&i, 2, sizeof(*s->attrs), UINT32_MAX,
				     &s->nattrs);
	for (uint32_t n = 0; n < s->nattrs && !failed(&i); n++) {
		s->attrs[n].key = cbor_get_bytes(&i.c);
		s->attrs[n].value = cbor_get_bytes(&i.c);
	}
	if (!failed(&i))
		i.rc = cbor_end(&i.c);
	if (i.rc == 0 && s->denied == DENIAL_NONE && s->format == FORMAT_DENIED)
		i.rc = -EPROTO;
	if (i.rc == 0)
		return 0;
	*s = (struct index_summary){0};
	return err_set(e, i.rc, NULL, "the summary of an object is malformed");
}
