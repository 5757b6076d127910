/* An object's head and its summary as CBOR. */
/* SPDX-License-Identifier: Apache-2.0 */
/*
 * head    = [1, 2 or 3, format, denied, size, nblocks, nrecords, nspans,
 *            nvalues, prefix, suffix, body, body_end, types, rules, detector,
 *            reason, wave or speakers]
 * summary = [2 or 3, format, denied, nrecords, nspans, nblocks, whole, uniform,
 *            group, attrs, names, paths]
 * types, rules = [*bytes]; attrs = [*(key, value)], flat; names = [*(start,
 * end, score, type, rule, canon)], flat. The leading number is the version of
 * the layout. A head of layout 1 ends with its reason; one of layout 2 is of a
 * recording that is shown, and has wave = [coding, channels, rate, reach]; one
 * of layout 3 has speakers = [*bytes]. A summary of layout 1 has no names: its
 * path was not searched; one of layout 2 ends with them; one of layout 3 has
 * paths, which are not PATHS_NONE.
 */
#include <errno.h>

#include "base/cbor.h"
#include "policy/redact/index.h"

#define LAYOUT 1
#define HEAD_ITEMS 16
#define LAYOUT_WAVE 2
#define LAYOUT_SPOKEN 3
#define LAYOUT_NAMED 2
#define LAYOUT_PATHS 3
#define SUMMARY_ITEMS 10
#define NAME_ITEMS 6

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

static bool has_wave(const struct index_head *h)
{
	return h->format == FORMAT_WAV && h->denied == DENIAL_NONE;
}

static int sound_put(struct buf *b, const struct index_head *h)
{
	const uint64_t v[] = {h->wave.coding, h->wave.channels, h->wave.rate,
			      h->reach};
	int rc = cbor_put_array(b, ARRAY_LEN(v));

	return rc == 0 ? uints_put(b, v, ARRAY_LEN(v)) : rc;
}

int index_head_put(struct buf *b, const struct index_head *h)
{
	bool wave = has_wave(h), spoken = !wave && h->nspeakers > 0;
	const uint64_t v[] = {wave     ? LAYOUT_WAVE
			      : spoken ? LAYOUT_SPOKEN
				       : LAYOUT,
			      h->format,
			      h->denied,
			      h->size,
			      h->nblocks,
			      h->nrecords,
			      h->nspans,
			      h->nvalues};
	size_t n = b->n;
	int rc = cbor_put_array(b, HEAD_ITEMS + (wave || spoken ? 1 : 0));

	if (rc == 0)
		rc = uints_put(b, v, ARRAY_LEN(v));
	if (rc == 0)
		rc = frame_put(b, h);
	if (rc == 0)
		rc = tables_put(b, h);
	if (rc == 0 && spoken)
		rc = names_put(b, h->speakers, h->nspeakers);
	if (rc == 0 && wave)
		rc = sound_put(b, h);
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

static int name_put(struct buf *b, const struct name_span *s)
{
	const uint64_t v[] = {s->start, s->end, s->score};
	int rc = uints_put(b, v, ARRAY_LEN(v));

	if (rc == 0)
		rc = cbor_put_bytes(b, s->type);
	if (rc == 0)
		rc = cbor_put_bytes(b, s->rule);
	return rc == 0 ? cbor_put_bytes(b, s->canon) : rc;
}

static int summary_names_put(struct buf *b, const struct index_summary *s)
{
	int rc = cbor_put_array(b, (uint64_t)s->nnames * NAME_ITEMS);

	for (uint32_t i = 0; rc == 0 && i < s->nnames; i++)
		rc = name_put(b, &s->names[i]);
	return rc;
}

int index_summary_put(struct buf *b, const struct index_summary *s)
{
	bool paths = s->named && s->paths != PATHS_NONE;
	const uint64_t v[] = {paths	 ? LAYOUT_PATHS
			      : s->named ? LAYOUT_NAMED
					 : LAYOUT,
			      s->format,
			      s->denied,
			      s->nrecords,
			      s->nspans,
			      s->nblocks};
	size_t n = b->n;
	int rc = cbor_put_array(b, SUMMARY_ITEMS + (paths      ? 2u
						    : s->named ? 1u
							       : 0u));

	if (rc == 0)
		rc = uints_put(b, v, ARRAY_LEN(v));
	if (rc == 0)
		rc = summary_tail_put(b, s);
	if (rc == 0 && s->named)
		rc = summary_names_put(b, s);
	if (rc == 0 && paths)
		rc = cbor_put_uint(b, (uint64_t)s->paths);
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

/* Layout, format and denial: how both begin. more: items that a layout has more
 * than the first, by layout; which it is is returned. */
static uint64_t common_get(struct in *in, uint64_t items, const uint8_t more[4],
			   enum format *format, uint8_t *denied)
{
	uint64_t n = cbor_get_array(&in->c), layout = cbor_get_uint(&in->c);

	if (layout < LAYOUT || layout > 3 || n != items + more[layout])
		in->rc = -EPROTO;
	*format = (enum format)uint_get(in, FORMAT_LAST);
	*denied = (uint8_t)uint_get(in, DENIAL_LIMIT);
	return layout;
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

static void sound_get(struct in *in, struct index_head *h)
{
	if (cbor_get_array(&in->c) != 4)
		in->rc = -EPROTO;
	h->wave.coding = (enum wave_coding)uint_get(in, WAVE_CODINGS - 1);
	h->wave.channels = (uint32_t)uint_get(in, UINT16_MAX);
	h->wave.rate = (uint32_t)uint_get(in, UINT32_MAX);
	h->reach = uint_get(in, UINT64_MAX / 2);
}

/* The samples of a recording are one record, in whole frames. */
static bool wave_is_sound(const struct index_head *h)
{
	return wave_ok(&h->wave) && h->nrecords <= 1 &&
	       (h->body_end - h->body) % wave_frame(&h->wave) == 0;
}

/* What a head must hold within itself. */
static bool head_sound(const struct index_head *h)
{
	uint64_t blocks = (h->size + INDEX_BLOCK - 1) / INDEX_BLOCK;

	if (h->denied == DENIAL_NONE && h->format == FORMAT_DENIED)
		return false;
	if (has_wave(h) && !wave_is_sound(h))
		return false;
	return h->body <= h->body_end && h->body_end <= h->size &&
	       (h->denied != DENIAL_NONE ? h->nblocks <= blocks
					 : h->nblocks == blocks);
}

int index_head_get(struct bytes in, struct arena *a, struct index_head *h,
		   struct err *e)
{
	static const uint8_t more[] = {
		[LAYOUT_WAVE] = 1, [LAYOUT_SPOKEN] = 1, [LAYOUT] = 0};
	struct in i = {.c = {.in = in}, .a = a};
	uint64_t layout;

	*h = (struct index_head){0};
	layout = common_get(&i, HEAD_ITEMS, more, &h->format, &h->denied);
	if (!failed(&i))
		counts_get(&i, h);
	if (!failed(&i))
		h->types = names_get(&i, &h->ntypes);
	if (!failed(&i))
		h->rules = names_get(&i, &h->nrules);
	h->detector = cbor_get_bytes(&i.c);
	h->reason = cbor_get_bytes(&i.c);
	/* One encoding: without what it is for, no other layout. */
	if (!failed(&i) && has_wave(h) != (layout == LAYOUT_WAVE))
		i.rc = -EPROTO;
	if (!failed(&i) && layout == LAYOUT_WAVE)
		sound_get(&i, h);
	if (!failed(&i) && layout == LAYOUT_SPOKEN)
		h->speakers = names_get(&i, &h->nspeakers);
	if (h->nspeakers > INDEX_SPEAKERS ||
	    (layout == LAYOUT_SPOKEN && h->nspeakers == 0))
		i.rc = -EPROTO;
	if (!failed(&i))
		i.rc = cbor_end(&i.c);
	if (i.rc == 0 && !head_sound(h))
		i.rc = -EPROTO;
	if (i.rc == 0)
		return 0;
	*h = (struct index_head){0};
	return err_set(e, i.rc, NULL, "the head of an object is malformed");
}

static void summary_attrs_get(struct in *in, struct index_summary *s)
{
	s->attrs = array_get(in, 2, sizeof(*s->attrs), UINT32_MAX, &s->nattrs);
	for (uint32_t n = 0; n < s->nattrs && !failed(in); n++) {
		s->attrs[n].key = cbor_get_bytes(&in->c);
		s->attrs[n].value = cbor_get_bytes(&in->c);
	}
}

/* Ascending and disjoint, or malformed. */
static void summary_names_get(struct in *in, struct index_summary *s)
{
	uint32_t at = 0;

	s->named = true;
	s->names = array_get(in, NAME_ITEMS, sizeof(*s->names), UINT16_MAX,
			     &s->nnames);
	for (uint32_t n = 0; n < s->nnames && !failed(in); n++) {
		struct name_span *v = &s->names[n];

		v->start = (uint32_t)uint_get(in, UINT32_MAX);
		v->end = (uint32_t)uint_get(in, UINT32_MAX);
		v->score = (uint8_t)uint_get(in, 100);
		v->type = cbor_get_bytes(&in->c);
		v->rule = cbor_get_bytes(&in->c);
		v->canon = cbor_get_bytes(&in->c);
		if (v->start < at || v->end <= v->start || v->type.n == 0)
			in->rc = -EPROTO;
		at = v->end;
	}
}

bool index_summary_fits(const struct index_summary *s, struct bytes path)
{
	for (uint32_t i = 0; i < s->nnames; i++) {
		const struct name_span *v = &s->names[i];

		if (v->end > path.n || v->end <= v->start ||
		    memchr(path.p + v->start, '/', v->end - v->start) != NULL)
			return false;
	}
	return true;
}

int index_summary_get(struct bytes in, struct arena *a, struct index_summary *s,
		      struct err *e)
{
	static const uint8_t more[] = {
		[LAYOUT_NAMED] = 1, [LAYOUT_PATHS] = 2, [LAYOUT] = 0};
	struct in i = {.c = {.in = in}, .a = a};
	uint64_t layout;

	*s = (struct index_summary){0};
	layout = common_get(&i, SUMMARY_ITEMS, more, &s->format, &s->denied);
	s->nrecords = uint_get(&i, UINT32_MAX);
	s->nspans = uint_get(&i, UINT64_MAX);
	s->nblocks = (uint32_t)uint_get(&i, UINT32_MAX);
	s->whole = cbor_get_bool(&i.c);
	s->uniform = cbor_get_bool(&i.c);
	s->group = cbor_get_bytes(&i.c);
	if (!failed(&i))
		summary_attrs_get(&i, s);
	if (!failed(&i) && layout >= LAYOUT_NAMED)
		summary_names_get(&i, s);
	if (!failed(&i) && layout == LAYOUT_PATHS) {
		s->paths = (enum index_paths)uint_get(&i, PATHS_FOUND);
		if (s->paths == PATHS_NONE)
			i.rc = -EPROTO;
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
