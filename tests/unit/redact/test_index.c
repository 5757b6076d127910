/* Index blobs: they come back as they were, and hostile ones are refused. */
/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

#include "base/cbor.h"
#include "policy/redact/index.h"

#define B INDEX_BLOCK

static struct bytes str(const char *s)
{
	return bytes_str(s);
}

static struct attribute lang = {{(const uint8_t *)"language", 8},
				{(const uint8_t *)"en", 2}};

/* Two records, the second with all it can have; three spans. */
static void sample(struct index_block *k, struct record r[2], struct span s[3],
		   struct value v[2])
{
	r[0] = (struct record){.sep = 1, .start = 1, .end = 50, .id = str("0")};
	r[1] = (struct record){.sep = 50,
			       .start = 52,
			       .end = 90,
			       .number = 1,
			       .denied = DENIAL_NONE,
			       .id = str("call-7"),
			       .group = str("g"),
			       .attrs = &lang,
			       .nattrs = 1};
	s[0] = (struct span){3, 9, 4, 1, 2, 7, 85, 0, ESC_JSON};
	s[1] = (struct span){9, 10, 5, 2, 2, 7, 100, 0, ESC_NUMBER};
	s[2] = (struct span){60, 90, 4, 1, 2, 3, 1, 0, ESC_JSON_2};
	v[0] = (struct value){4, 2, str("maria")};
	v[1] = (struct value){5, 2, str("12")};
	*k = (struct index_block){2, 3, 2, r, s, v};
}

static void test_block_round_trip(void **state)
{
	CLEANUP(arena_freep) struct arena *a = arena_new();
	CLEANUP(buf_free) struct buf b = {0}, c = {0};
	struct index_block k, got;
	struct record r[2];
	struct span s[3];
	struct value v[2];
	struct err e;

	(void)state;
	sample(&k, r, s, v);
	assert_int_equal(index_block_put(&b, &k), 0);
	assert_int_equal(index_block_get(buf_bytes(&b), a, &got, &e), 0);
	assert_int_equal(got.nrecords, 2);
	assert_int_equal(got.records[1].sep, 50);
	assert_int_equal(got.records[1].start, 52);
	assert_int_equal(got.records[1].end, 90);
	assert_int_equal(got.records[1].number, 1);
	assert_true(bytes_is(got.records[0].id, "0"));
	assert_true(bytes_is(got.records[1].id, "call-7"));
	assert_true(bytes_is(got.records[1].group, "g"));
	assert_true(bytes_is(got.records[1].attrs[0].value, "en"));
	for (int i = 0; i < 3; i++) {
		assert_int_equal(got.spans[i].start, s[i].start);
		assert_int_equal(got.spans[i].end, s[i].end);
		assert_int_equal(got.spans[i].value, s[i].value);
		assert_int_equal(got.spans[i].ord, s[i].ord);
		assert_int_equal(got.spans[i].type, s[i].type);
		assert_int_equal(got.spans[i].rule, s[i].rule);
		assert_int_equal(got.spans[i].score, s[i].score);
		assert_int_equal(got.spans[i].esc, s[i].esc);
	}
	assert_true(bytes_is(index_value(&got, 4)->canon, "maria"));
	assert_null(index_value(&got, 6));
	/* The encoding is one: putting what was got gives the same bytes. */
	assert_int_equal(index_block_put(&c, &got), 0);
	assert_true(bytes_eq(buf_bytes(&b), buf_bytes(&c)));
}

static int put_and_get(const struct index_block *k)
{
	CLEANUP(arena_freep) struct arena *a = arena_new();
	CLEANUP(buf_free) struct buf b = {0};
	struct index_block got;
	int rc = index_block_put(&b, k);

	return rc != 0 ? rc : index_block_get(buf_bytes(&b), a, &got, NULL);
}

static void test_block_refuses(void **state)
{
	struct index_block k;
	struct record r[2];
	struct span s[3];
	struct value v[2];

	(void)state;
	sample(&k, r, s, v);
	assert_int_equal(put_and_get(&k), 0);
	s[1].end = 51; /* over the edge of its record */
	assert_int_equal(put_and_get(&k), -EPROTO);
	sample(&k, r, s, v);
	s[1].start = 8; /* overlaps */
	assert_int_equal(put_and_get(&k), -EINVAL);
	sample(&k, r, s, v);
	s[2].start = 51; /* in a separator */
	assert_int_equal(put_and_get(&k), -EPROTO);
	sample(&k, r, s, v);
	s[0].value = 6; /* a value that is not there */
	assert_int_equal(put_and_get(&k), -EPROTO);
	sample(&k, r, s, v);
	v[0].type = 1; /* of another type than its span */
	assert_int_equal(put_and_get(&k), -EPROTO);
	sample(&k, r, s, v);
	s[0].score = 101;
	assert_int_equal(put_and_get(&k), -EPROTO);
	sample(&k, r, s, v);
	s[0].esc = ESC_TOKEN + 1;
	assert_int_equal(put_and_get(&k), -EPROTO);
	s[0].esc = ESC_TOKEN + ESC_CSV;
	assert_int_equal(put_and_get(&k), -EPROTO);
	s[0].esc = ESC_TOKEN + ESC_PART;
	assert_int_equal(put_and_get(&k), 0);
	sample(&k, r, s, v);
	s[0].ord = 0;
	assert_int_equal(put_and_get(&k), -EPROTO);
	sample(&k, r, s, v);
	r[0].denied = DENIAL_LIMIT + 1;
	assert_int_equal(put_and_get(&k), -EPROTO);
	sample(&k, r, s, v);
	r[1].sep = 51; /* records do not touch */
	assert_int_equal(put_and_get(&k), -EINVAL);
}

/* Every truncation and every changed byte: refused or sound, never a crash. */
/* Spans of a recording may overlap; not with those of text, not backwards. */
static void test_block_sound(void **state)
{
	struct record r = {.sep = 44, .start = 44, .end = 1044};
	struct span s[] = {
		{.start = 50, .end = 90, .ord = 1, .esc = ESC_AUDIO},
		{.start = 60, .end = 70, .ord = 1, .esc = ESC_AUDIO + 2},
		{.start = 60, .end = 1044, .ord = 1, .esc = ESC_AUDIO + 127}};
	struct value v = {.number = 0};
	struct index_block k = {.nrecords = 1,
				.nspans = 3,
				.nvalues = 1,
				.records = &r,
				.spans = s,
				.values = &v};

	(void)state;
	r.id = str("0");
	assert_int_equal(put_and_get(&k), 0);
	s[1].start = 49;
	assert_int_equal(put_and_get(&k), -EINVAL);
	s[1].start = 60;
	s[1].esc = ESC_JSON;
	assert_int_equal(put_and_get(&k), -EINVAL);
	s[1].esc = ESC_AUDIO;
	s[2].end = 1045;
	assert_int_equal(put_and_get(&k), -EPROTO);
}

static void test_block_mutations(void **state)
{
	CLEANUP(arena_freep) struct arena *a = arena_new();
	CLEANUP(buf_free) struct buf b = {0}, c = {0};
	struct index_block k, got;
	struct record r[2];
	struct span s[3];
	struct value v[2];

	(void)state;
	sample(&k, r, s, v);
	assert_int_equal(index_block_put(&b, &k), 0);
	for (size_t n = 0; n < b.n; n++)
		assert_int_not_equal(
			index_block_get(bytes_of(b.p, n), a, &got, NULL), 0);
	for (size_t i = 0; i < b.n; i++) {
		uint8_t was = b.p[i];

		for (int bit = 0; bit < 256; bit++) {
			b.p[i] = (uint8_t)bit;
			arena_reset(a);
			if (index_block_get(buf_bytes(&b), a, &got, NULL) != 0)
				continue;
			buf_clear(&c);
			assert_int_equal(index_block_put(&c, &got), 0);
		}
		b.p[i] = was;
	}
}

static void test_empty_block(void **state)
{
	struct index_block k = {0};

	(void)state;
	assert_int_equal(put_and_get(&k), 0);
}

static struct index_head head_sample(struct bytes types[2])
{
	types[0] = str("PERSON");
	types[1] = str("MONEY");
	return (struct index_head){.format = FORMAT_JSON,
				   .size = 3 * (uint64_t)B - 5,
				   .nblocks = 3,
				   .nrecords = 2,
				   .nspans = 3,
				   .nvalues = 6,
				   .prefix = str("["),
				   .suffix = str("]\n"),
				   .body = 1,
				   .body_end = 90,
				   .types = types,
				   .ntypes = 2,
				   .rules = types,
				   .nrules = 1,
				   .detector = str("d/1"),
				   .reason = str("")};
}

static void test_head(void **state)
{
	CLEANUP(arena_freep) struct arena *a = arena_new();
	CLEANUP(buf_free) struct buf b = {0};
	struct bytes types[2];
	struct index_head h = head_sample(types), got;

	(void)state;
	assert_int_equal(index_head_put(&b, &h), 0);
	assert_int_equal(index_head_get(buf_bytes(&b), a, &got, NULL), 0);
	assert_int_equal(got.format, FORMAT_JSON);
	assert_int_equal(got.size, h.size);
	assert_int_equal(got.nvalues, 6);
	assert_int_equal(got.body_end, 90);
	assert_true(bytes_is(got.prefix, "["));
	assert_true(bytes_is(got.suffix, "]\n"));
	assert_true(bytes_is(got.types[1], "MONEY"));
	assert_int_equal(got.nrules, 1);
	assert_true(bytes_is(got.detector, "d/1"));
	for (size_t n = 0; n < b.n; n++)
		assert_int_not_equal(
			index_head_get(bytes_of(b.p, n), a, &got, NULL), 0);
}

static int head_again(const struct index_head *h)
{
	CLEANUP(arena_freep) struct arena *a = arena_new();
	CLEANUP(buf_free) struct buf b = {0};
	struct index_head got;

	assert_int_equal(index_head_put(&b, h), 0);
	return index_head_get(buf_bytes(&b), a, &got, NULL);
}

static void test_head_refuses(void **state)
{
	struct bytes types[2];
	struct index_head h = head_sample(types);

	(void)state;
	h.nblocks = 2; /* the size says 3 */
	assert_int_equal(head_again(&h), -EPROTO);
	h.denied = DENIAL_MALFORMED; /* a denied one may lack blocks */
	assert_int_equal(head_again(&h), 0);
	h = head_sample(types);
	h.format = FORMAT_DENIED; /* and not denied */
	assert_int_equal(head_again(&h), -EPROTO);
	h = head_sample(types);
	h.body = 91;
	assert_int_equal(head_again(&h), -EPROTO);
}

static void test_head_sound(void **state)
{
	CLEANUP(arena_freep) struct arena *a = arena_new();
	CLEANUP(buf_free) struct buf b = {0};
	struct bytes types[2];
	struct index_head h = head_sample(types), got;

	(void)state;
	h.format = FORMAT_WAV;
	h.wave = (struct wave){WAVE_S16, 2, 8000};
	h.reach = 4711;
	h.nrecords = 1;
	h.body = 10;
	h.body_end = 90;
	assert_int_equal(index_head_put(&b, &h), 0);
	assert_int_equal(index_head_get(buf_bytes(&b), a, &got, NULL), 0);
	assert_int_equal(got.wave.coding, WAVE_S16);
	assert_int_equal(got.wave.channels, 2);
	assert_int_equal(got.wave.rate, 8000);
	assert_int_equal(got.reach, 4711);
	h.body_end = 89; /* half a frame */
	assert_int_equal(head_again(&h), -EPROTO);
	h.body_end = 90;
	h.nrecords = 2;
	assert_int_equal(head_again(&h), -EPROTO);
	h.nrecords = 1;
	h.wave.rate = 0;
	assert_int_equal(head_again(&h), -EPROTO);
	h.wave = (struct wave){WAVE_NONE, 2, 8000};
	assert_int_equal(head_again(&h), -EPROTO);
	h.wave = (struct wave){WAVE_ALAW + 1, 2, 8000};
	assert_int_equal(head_again(&h), -EPROTO);
	/* Denied: no samples are told of. */
	h.denied = DENIAL_UNDETECTED;
	assert_int_equal(head_again(&h), 0);
}

static void test_summary(void **state)
{
	CLEANUP(arena_freep) struct arena *a = arena_new();
	CLEANUP(buf_free) struct buf b = {0};
	struct index_summary s = {.format = FORMAT_TEXT,
				  .nrecords = 1,
				  .nspans = 9,
				  .nblocks = 4,
				  .whole = true,
				  .group = str("call-1"),
				  .attrs = &lang,
				  .nattrs = 1},
			     got;

	(void)state;
	assert_int_equal(index_summary_put(&b, &s), 0);
	assert_int_equal(index_summary_get(buf_bytes(&b), a, &got, NULL), 0);
	assert_int_equal(got.format, FORMAT_TEXT);
	assert_int_equal(got.nspans, 9);
	assert_int_equal(got.nblocks, 4);
	assert_true(got.whole);
	assert_true(bytes_is(got.group, "call-1"));
	assert_true(bytes_is(got.attrs[0].key, "language"));
	for (size_t n = 0; n < b.n; n++)
		assert_int_not_equal(
			index_summary_get(bytes_of(b.p, n), a, &got, NULL), 0);
	s.format = FORMAT_DENIED;
	buf_clear(&b);
	assert_int_equal(index_summary_put(&b, &s), 0);
	assert_int_equal(index_summary_get(buf_bytes(&b), a, &got, NULL),
			 -EPROTO);
}

/* Layout 2: with what is in the path. */
static void test_summary_names(void **state)
{
	CLEANUP(arena_freep) struct arena *a = arena_new();
	CLEANUP(buf_free) struct buf b = {0};
	struct name_span v[2] = {{.start = 1,
				  .end = 5,
				  .score = 80,
				  .type = str("PERSON"),
				  .rule = str("known"),
				  .canon = str("john")},
				 {.start = 5, .end = 6, .type = str("X")}};
	struct index_summary s = {.format = FORMAT_TEXT,
				  .named = true,
				  .names = v,
				  .nnames = 2},
			     got;

	(void)state;
	assert_int_equal(index_summary_put(&b, &s), 0);
	assert_int_equal(index_summary_get(buf_bytes(&b), a, &got, NULL), 0);
	assert_true(got.named);
	assert_int_equal(got.nnames, 2);
	assert_int_equal(got.names[0].end, 5);
	assert_int_equal(got.names[0].score, 80);
	assert_true(bytes_is(got.names[0].canon, "john"));
	assert_true(bytes_is(got.names[0].rule, "known"));
	for (size_t n = 0; n < b.n; n++)
		assert_int_not_equal(
			index_summary_get(bytes_of(b.p, n), a, &got, NULL), 0);
	v[1].start = 4; /* overlaps */
	buf_clear(&b);
	assert_int_equal(index_summary_put(&b, &s), 0);
	assert_int_equal(index_summary_get(buf_bytes(&b), a, &got, NULL),
			 -EPROTO);
	s.nnames = 0; /* searched, nothing found */
	buf_clear(&b);
	assert_int_equal(index_summary_put(&b, &s), 0);
	assert_int_equal(index_summary_get(buf_bytes(&b), a, &got, NULL), 0);
	assert_true(got.named);
	s.named = false; /* layout 1, of a store of before */
	buf_clear(&b);
	assert_int_equal(index_summary_put(&b, &s), 0);
	assert_int_equal(b.p[1], 1);
	assert_int_equal(index_summary_get(buf_bytes(&b), a, &got, NULL), 0);
	assert_false(got.named);
}

/* Three blocks of one object: record 1 crosses into the second, the third has
 * none. */
static void three(struct index_block k[3], struct record r[2][2],
		  struct span s[2], struct value *v)
{
	r[0][0] = (struct record){.sep = 1, .start = 1, .end = 50};
	r[0][1] = (struct record){
		.sep = 50, .start = 51, .end = B + 50, .number = 1};
	r[1][0] = r[0][1];
	r[1][1] = (struct record){
		.sep = B + 50, .start = B + 51, .end = B + 90, .number = 2};
	s[0] = (struct span){B - 3, B + 3, 0, 1, 0, 0, 50, 0, ESC_JSON};
	s[1] = (struct span){B + 60, B + 62, 0, 1, 0, 0, 50, 0, ESC_JSON};
	*v = (struct value){0, 0, str("x")};
	k[0] = (struct index_block){2, 1, 1, r[0], s, v};
	k[1] = (struct index_block){2, 2, 1, r[1], s, v};
	k[2] = (struct index_block){0};
}

static int check_three(const struct index_block k[3],
		       const struct index_head *h)
{
	struct index_check c = {.size = h->size};
	int rc = 0;

	for (int i = 0; rc == 0 && i < 3; i++)
		rc = index_check_block(&c, &k[i], NULL);
	return rc == 0 ? index_check_head(&c, h, NULL) : rc;
}

static void test_check(void **state)
{
	struct index_block k[3];
	struct record r[2][2];
	struct span s[2];
	struct value v;
	struct bytes types[2];
	struct index_head h = head_sample(types);

	(void)state;
	h.nrecords = 3;
	h.nspans = 2;
	h.body_end = B + 90;
	three(k, r, s, &v);
	assert_int_equal(check_three(k, &h), 0);
	r[1][0].end++; /* the crossing record differs */
	r[1][1].sep++;
	assert_int_equal(check_three(k, &h), -EPROTO);
	three(k, r, s, &v);
	k[1].nrecords = k[1].nspans = 0; /* the crossing record is missing */
	assert_int_equal(check_three(k, &h), -EPROTO);
	three(k, r, s, &v);
	k[2] = k[1]; /* a block twice */
	assert_int_equal(check_three(k, &h), -EPROTO);
	three(k, r, s, &v);
	h.nspans = 3;
	assert_int_equal(check_three(k, &h), -EPROTO);
	h.nspans = 2;
	h.size = B + 80; /* a record behind the end */
	assert_int_equal(check_three(k, &h), -EPROTO);
	h = head_sample(types);
	h.nrecords = 3;
	h.nspans = 2;
	h.body_end = B + 90;
	h.ntypes = 0; /* a type beyond the table */
	assert_int_equal(check_three(k, &h), -EPROTO);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_block_sound),
		cmocka_unit_test(test_head_sound),
		cmocka_unit_test(test_block_round_trip),
		cmocka_unit_test(test_block_refuses),
		cmocka_unit_test(test_block_mutations),
		cmocka_unit_test(test_empty_block),
		cmocka_unit_test(test_head),
		cmocka_unit_test(test_head_refuses),
		cmocka_unit_test(test_summary),
		cmocka_unit_test(test_summary_names),
		cmocka_unit_test(test_check),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
