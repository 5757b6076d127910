/* Who said a value: found, kept, and an index without it as it was before. */
/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

#include "probe.h"

#define MAIL "ann.berg@mail.example"

/* Two records, three spans of two values. */
static void sample(struct index_block *k, struct record r[2], struct span s[3],
		   struct value v[2])
{
	r[0] = (struct record){.end = 50, .id = bytes_str("0")};
	r[1] = (struct record){.sep = 50,
			       .start = 52,
			       .end = 90,
			       .number = 1,
			       .id = bytes_str("1")};
	for (uint32_t i = 0; i < 3; i++)
		s[i] = (struct span){.start = 10 + 30 * i,
				     .end = 20 + 30 * i,
				     .value = i % 2,
				     .ord = 1};
	v[0] = (struct value){.canon = bytes_str("maria")};
	v[1] = (struct value){.number = 1, .canon = bytes_str("bob")};
	*k = (struct index_block){2, 3, 2, r, s, v};
}

static struct index_head sample_head(void)
{
	static struct bytes name[1];

	name[0] = bytes_str("x");
	return (struct index_head){.format = FORMAT_JSON,
				   .size = 90,
				   .nblocks = 1,
				   .nrecords = 2,
				   .nspans = 3,
				   .nvalues = 2,
				   .body_end = 90,
				   .types = name,
				   .ntypes = 1,
				   .rules = name,
				   .nrules = 1};
}

/* Who said it is kept where it is known, and costs nothing where it is not. */
static void test_blocks(void **state)
{
	CLEANUP(arena_freep) struct arena *a = arena_new();
	CLEANUP(buf_free) struct buf b = {0}, plain = {0};
	static const uint8_t who[] = {0, 255, 255};
	struct index_check c = {.size = 90};
	struct index_block k, got;
	struct record r[2];
	struct span s[3];
	struct value v[2];

	(void)state;
	sample(&k, r, s, v);
	assert_int_equal(index_block_put(&plain, &k), 0);
	assert_int_equal(plain.p[0], 0x85);
	for (int i = 0; i < 3; i++)
		s[i].speaker = who[i];
	assert_int_equal(index_block_put(&b, &k), 0);
	/* array of 6; ... [1, 0, 2, 255] */
	assert_int_equal(b.n, plain.n + 6);
	assert_int_equal(b.p[0], 0x86);
	assert_int_equal(index_block_get(buf_bytes(&b), a, &got, NULL), 0);
	for (int i = 0; i < 3; i++)
		assert_int_equal(got.spans[i].speaker, who[i]);
	assert_int_equal(index_check_block(&c, &got, NULL), 0);
	assert_int_equal(c.speakers, 255);
	b.p[b.n - 5] = 2; /* four spans of three */
	assert_int_equal(index_block_get(buf_bytes(&b), a, &got, NULL),
			 -EPROTO);
	b.p[b.n - 5] = 0; /* two of three, and a run of none */
	assert_int_equal(index_block_get(buf_bytes(&b), a, &got, NULL),
			 -EPROTO);
	assert_int_equal(index_block_get(buf_bytes(&plain), a, &got, NULL), 0);
	assert_int_equal(got.spans[2].speaker, 0);
}

static void test_heads(void **state)
{
	static struct bytes many[INDEX_SPEAKERS + 1];
	CLEANUP(arena_freep) struct arena *a = arena_new();
	CLEANUP(buf_free) struct buf b = {0};
	struct bytes who[2] = {bytes_str("agent"), bytes_str("caller")};
	struct index_head h = sample_head(), got;
	struct index_check c = {.size = h.size,
				.blocks = 1,
				.records = 2,
				.spans = 3,
				.end = 90,
				.speakers = 2};

	(void)state;
	assert_int_equal(index_check_head(&c, &h, NULL), -EPROTO);
	h.speakers = who;
	h.nspeakers = 2;
	assert_int_equal(index_check_head(&c, &h, NULL), 0);
	assert_int_equal(index_head_put(&b, &h), 0);
	assert_int_equal(index_head_get(buf_bytes(&b), a, &got, NULL), 0);
	assert_int_equal(got.nspeakers, 2);
	assert_true(bytes_is(got.speakers[1], "caller"));
	assert_true(bytes_is(got.reason, ""));
	for (size_t n = 0; n < b.n; n++)
		assert_int_not_equal(
			index_head_get(bytes_of(b.p, n), a, &got, NULL), 0);
	h.speakers = many;
	h.nspeakers = INDEX_SPEAKERS + 1;
	buf_clear(&b);
	assert_int_equal(index_head_put(&b, &h), 0);
	assert_int_equal(index_head_get(buf_bytes(&b), a, &got, NULL), -EPROTO);
}

/* Every span knows who said it, if the manifest says where that stands. */
static void test_detected(void **state)
{
	CLEANUP(arena_freep) struct arena *a = arena_new();
	struct file_rule rule = {.match = "**",
				 .speaker = probe_path(a, "$.turns[*].who")};
	struct dataset_rules d = {
		.files = &rule, .nfiles = 1, .language = "en"};
	struct buf CLEANUP(buf_free) many = {0};
	struct probe p;

	(void)state;
	probe_one(&d, "x.jsonl",
		  bytes_str("{\"turns\":[{\"who\":\"bot\",\"text\":\"" MAIL
			    "\"},{\"text\":\"" MAIL "\",\"who\":\"guest\"}],"
			    "\"x\":\"" MAIL "\"}\n"),
		  &p);
	assert_int_equal(p.nspans, 3);
	assert_int_equal(p.head.nspeakers, 2);
	assert_int_equal(p.spans[2].speaker, 0);
	for (int i = 0; i < 2; i++)
		assert_true(bytes_is(p.head.speakers[p.spans[i].speaker - 1],
				     i == 0 ? "bot" : "guest"));
	probe_free(&p);
	/* More than there are numbers, or a long one: nobody knows. */
	for (unsigned i = 0; i < 300; i++)
		assert_int_equal(
			buf_printf(&many,
				   "{\"turns\":[{\"who\":\"w%u%s\",\"text\":"
				   "\"" MAIL "\"}]}\n",
				   i,
				   i > 0 ? ""
					 : "0123456789012345678901234567890123"
					   "4567890123456789012345678901234567"
					   "89"),
			0);
	probe_one(&d, "x.jsonl", buf_bytes(&many), &p);
	assert_int_equal(p.nspans, 300);
	assert_int_equal(p.head.nspeakers, INDEX_SPEAKERS);
	assert_int_equal(p.spans[0].speaker, 0);
	assert_int_equal(p.spans[255].speaker, 255);
	assert_int_equal(p.spans[256].speaker, 0);
	probe_free(&p);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_blocks),
		cmocka_unit_test(test_heads),
		cmocka_unit_test(test_detected),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
