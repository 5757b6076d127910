/* Detection of groups: spans and their places, values, attributes, blocks. */
/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "base/mem.h"
#include "probe.h"

#define MAIL "ann.berg@mail.example"
#define MAIL2 "bo.ek@mail.example"

/* Whether some span of the type is exactly the text. */
static bool found(const struct probe *p, const char *type, const char *text)
{
	for (size_t i = 0; i < p->nspans; i++) {
		if (bytes_is(probe_span(p, i), text) &&
		    strcmp(probe_type(p, i), type) == 0)
			return true;
	}
	return false;
}

static void test_text_spans(void **state)
{
	const struct dataset_rules d = {.language = "en"};
	struct probe p;

	(void)state;
	probe_one(&d, "x.txt", bytes_str("hi\r\nwrite to " MAIL "\r\n"), &p);
	assert_int_equal(p.nspans, 1);
	assert_true(found(&p, "EMAIL_ADDRESS", MAIL));
	assert_int_equal(p.spans[0].esc, ESC_TEXT);
	assert_int_equal(p.spans[0].ord, 1);
	assert_true(p.summary.whole);
	assert_true(p.summary.uniform);
	assert_true(bytes_is(p.summary.group, "x.txt"));
	assert_int_equal(p.summary.nattrs, 1);
	assert_true(bytes_is(p.summary.attrs[0].key, "language"));
	assert_true(bytes_is(p.summary.attrs[0].value, "en"));
	assert_true(bytes_is(p.head.detector, DETECT_VERSION));
	probe_free(&p);
}

static void test_escapes(void **state)
{
	const struct dataset_rules d = {0};
	struct probe p;

	(void)state;
	probe_one(&d, "x.json",
		  bytes_str("{\"k\": \"to \\u0061nn.berg\\u0040mail.example, "
			    "ok\", \"" MAIL "\": 1}"),
		  &p);
	assert_int_equal(p.nspans, 2);
	assert_true(found(&p, "EMAIL_ADDRESS",
			  "\\u0061nn.berg\\u0040mail.example"));
	assert_true(found(&p, "EMAIL_ADDRESS", MAIL));
	/* One value, one number, one ord. */
	assert_int_equal(p.spans[0].value, p.spans[1].value);
	assert_int_equal(p.spans[1].ord, 1);
	assert_int_equal(p.head.nvalues, 1);
	assert_true(bytes_is(p.canons[0], MAIL));
	assert_int_equal(p.spans[0].esc, ESC_JSON);
	probe_free(&p);
}

static void test_ords_per_record(void **state)
{
	const struct dataset_rules d = {0};
	struct probe p;

	(void)state;
	probe_one(&d, "x.jsonl",
		  bytes_str("[\"" MAIL "\", \"" MAIL2 "\", \"" MAIL "\"]\n"
			    "[\"" MAIL2 "\", \"" MAIL "\"]\n"),
		  &p);
	assert_int_equal(p.nspans, 5);
	assert_int_equal(p.spans[0].ord, 1);
	assert_int_equal(p.spans[1].ord, 2);
	assert_int_equal(p.spans[2].ord, 1);
	assert_int_equal(p.spans[3].ord, 1);
	assert_int_equal(p.spans[4].ord, 2);
	assert_int_equal(p.spans[3].value, p.spans[1].value);
	assert_int_equal(p.head.nvalues, 2);
	assert_int_equal(p.head.nrecords, 2);
	assert_false(p.summary.whole);
	probe_free(&p);
}

/* The whole number is the span, wherever in it the value was found. */
static void test_numbers_stay_numbers(void **state)
{
	CLEANUP(arena_freep) struct arena *a = arena_new();
	struct known_rule known = {.type = "PHONE_NUMBER",
				   .path = probe_path(a, "$[*].phone")};
	struct file_rule rule = {.match = "**",
				 .records = probe_path(a, "$[*]"),
				 .known = &known,
				 .nknown = 1};
	struct dataset_rules d = {.files = &rule, .nfiles = 1};
	struct probe p;

	(void)state;
	probe_one(&d, "x.json",
		  bytes_str("[{\"phone\": 9776252661, \"n\": 3}]"), &p);
	assert_int_equal(p.nspans, 1);
	assert_true(found(&p, "PHONE_NUMBER", "9776252661"));
	assert_int_equal(p.spans[0].esc, ESC_NUMBER);
	assert_int_equal(p.spans[0].score, 100);
	assert_true(bytes_is(p.head.rules[p.spans[0].rule], "known"));
	probe_free(&p);
}

/* Files of one group: what one knows is found in the others, and attributes
 * of one hold for all. */
static void test_file_group(void **state)
{
	CLEANUP(arena_freep) struct arena *a = arena_new();
	struct known_rule known = {.type = "PERSON",
				   .path = probe_path(a, "$.caller.name")};
	struct attr_rule attrs[] = {
		{.name = "consent", .path = probe_path(a, "$.consent")},
		{.name = "site", .literal = "north"}};
	struct file_rule rules[] = {{.match = "t/*.json",
				     .group.template_ = "{stem}",
				     .records = probe_path(a, "$[*]"),
				     .text = probe_path(a, "$[*].t"),
				     .ntext = 1},
				    {.match = "m/*.json",
				     .group.template_ = "{stem}",
				     .known = &known,
				     .nknown = 1,
				     .attrs = attrs,
				     .nattrs = 2}};
	struct dataset_rules d = {.files = rules, .nfiles = 2};
	const struct source files[] = {
		{bytes_str("t/c1.json"),
		 bytes_str("[{\"t\":\"this is Zebedee Quill\"},"
			   "{\"t\":\"ok\", \"x\": \"ZEBEDEE QUILL\"}]")},
		{bytes_str("m/c1.json"),
		 bytes_str("{\"caller\":{\"name\":\"Zebedee Quill\"},"
			   "\"consent\":true}")}};
	struct probe p[2];

	(void)state;
	assert_int_equal(probe_run(&d, files, 2, p), 0);
	assert_true(found(&p[1], "PERSON", "Zebedee Quill"));
	assert_true(found(&p[0], "PERSON", "Zebedee Quill"));
	for (int i = 0; i < 2; i++) {
		assert_true(bytes_is(p[i].summary.group, "c1"));
		assert_int_equal(p[i].summary.nattrs, 2);
		assert_true(bytes_is(p[i].summary.attrs[0].value, "north"));
		assert_true(bytes_is(p[i].summary.attrs[1].key, "consent"));
		assert_true(bytes_is(p[i].summary.attrs[1].value, "true"));
		probe_free(&p[i]);
	}
}

/* Known values and attributes behind the records count before them. */
static void test_values_outside_of_records(void **state)
{
	CLEANUP(arena_freep) struct arena *a = arena_new();
	struct known_rule known = {.type = "PERSON",
				   .path = probe_path(a, "$.name")};
	struct attr_rule attr = {.name = "language",
				 .path = probe_path(a, "$.lang")};
	struct file_rule rule = {.match = "**",
				 .records = probe_path(a, "$.d[*]"),
				 .known = &known,
				 .nknown = 1,
				 .attrs = &attr,
				 .nattrs = 1};
	struct dataset_rules d = {.files = &rule, .nfiles = 1};
	struct probe p;

	(void)state;
	probe_one(&d, "x.json",
		  bytes_str("{\"d\":[\"to Zebedee Quill\"],"
			    "\"name\":\"Zebedee Quill\",\"lang\":\"en\"}"),
		  &p);
	assert_true(found(&p, "PERSON", "Zebedee Quill"));
	probe_free(&p);
	probe_one(&d, "x.json",
		  bytes_str("{\"d\":[\"moi kaikki\"],\"lang\":\"fi\"}"), &p);
	assert_int_equal(p.records[0].denied, DENIAL_UNDETECTED);
	assert_int_equal(p.complaints, 1);
	probe_free(&p);
}

/* Records that share a group's name share what is known. */
static void test_record_groups(void **state)
{
	CLEANUP(arena_freep) struct arena *a = arena_new();
	struct known_rule known = {.type = "PERSON",
				   .path = probe_path(a, "$.who")};
	struct file_rule rule = {.match = "**",
				 .group.path = probe_path(a, "$.conv"),
				 .text = probe_path(a, "$.t"),
				 .ntext = 1,
				 .known = &known,
				 .nknown = 1};
	struct dataset_rules d = {.files = &rule, .nfiles = 1};
	struct probe p;

	(void)state;
	probe_one(&d, "x.jsonl",
		  bytes_str("{\"conv\":\"a\",\"t\":\"so teal lantern it is\"}\n"
			    "{\"conv\":\"b\",\"t\":\"so teal lantern it is\"}\n"
			    "{\"conv\":\"a\",\"who\":\"Teal Lantern\"}\n"),
		  &p);
	assert_int_equal(p.nspans, 2);
	assert_true(p.spans[0].end <= p.records[0].end);
	assert_true(p.spans[1].start >= p.records[2].start);
	assert_true(bytes_is(p.records[1].group, "b"));
	assert_false(p.summary.uniform);
	probe_free(&p);
	/* Every record alone: nothing is shared. */
	probe_one(&d, "x.jsonl",
		  bytes_str("{\"conv\":\"a\",\"t\":\"so teal lantern it is\"}\n"
			    "{\"conv\":\"c\",\"who\":\"Teal Lantern\"}\n"),
		  &p);
	assert_int_equal(p.nspans, 1);
	probe_free(&p);
}

static void test_record_attributes(void **state)
{
	CLEANUP(arena_freep) struct arena *a = arena_new();
	struct attr_rule attrs[] = {
		{.name = "language", .path = probe_path(a, "$.l")},
		{.name = "c", .path = probe_path(a, "$.c")}};
	struct file_rule rule = {.match = "**", .attrs = attrs, .nattrs = 2};
	struct dataset_rules d = {
		.files = &rule, .nfiles = 1, .language = "fi"};
	struct probe p;

	(void)state;
	probe_one(&d, "x.jsonl",
		  bytes_str("{\"l\":\"en-GB\",\"c\":1}\n{\"l\":\"fr\"}\n{}\n"),
		  &p);
	assert_int_equal(p.records[0].denied, DENIAL_NONE);
	assert_int_equal(p.records[0].nattrs, 2);
	assert_true(bytes_is(p.records[0].attrs[1].value, "1"));
	assert_int_equal(p.records[1].denied, DENIAL_UNDETECTED);
	assert_int_equal(p.records[2].denied, DENIAL_UNDETECTED);
	assert_int_equal(p.complaints, 1);
	assert_true(bytes_is(p.records[2].id, "2"));
	probe_free(&p);
}

/* What a record says twice and differently holds for nobody. */
static void test_contradiction(void **state)
{
	CLEANUP(arena_freep) struct arena *a = arena_new();
	struct attr_rule attr = {.name = "c", .path = probe_path(a, "$.c")};
	struct file_rule rule = {.match = "**", .attrs = &attr, .nattrs = 1};
	struct dataset_rules d = {
		.files = &rule, .nfiles = 1, .language = "en"};
	struct probe p;

	(void)state;
	probe_one(&d, "x.jsonl",
		  bytes_str("{\"c\":true,\"c\":false}\n"
			    "{\"c\":false,\"c\":true,\"c\":true}\n"
			    "{\"c\":true,\"c\":true}\n"),
		  &p);
	for (int i = 0; i < 2; i++) {
		struct bytes v = p.records[i].attrs[0].value;

		assert_int_equal(p.records[i].nattrs, 1);
		assert_false(bytes_is(v, "true") || bytes_is(v, "false"));
	}
	assert_true(bytes_is(p.records[2].attrs[0].value, "true"));
	probe_free(&p);
}

/* Nor do files of one group that disagree; what the manifest states holds. */
static void test_group_contradiction(void **state)
{
	CLEANUP(arena_freep) struct arena *a = arena_new();
	struct attr_rule attrs[] = {
		{.name = "site", .literal = "north"},
		{.name = "consent", .path = probe_path(a, "$.consent")},
		{.name = "site", .path = probe_path(a, "$.site")}};
	struct file_rule rule = {.match = "**",
				 .group.template_ = "{stem}",
				 .attrs = attrs,
				 .nattrs = 3};
	struct dataset_rules d = {.files = &rule, .nfiles = 1};
	const struct source files[] = {
		{bytes_str("a/c.json"),
		 bytes_str("{\"consent\":true,\"site\":\"south\"}")},
		{bytes_str("b/c.json"), bytes_str("{\"consent\":false}")}};
	struct probe p[2];

	(void)state;
	assert_int_equal(probe_run(&d, files, 2, p), 0);
	for (int i = 0; i < 2; i++) {
		assert_true(bytes_is(p[i].summary.attrs[0].value, "north"));
		assert_true(bytes_is(p[i].summary.attrs[1].key, "consent"));
		assert_true(bytes_is(p[i].summary.attrs[1].value,
				     "(contradictory)"));
		probe_free(&p[i]);
	}
}

/* Records and spans that cross the edges of blocks. */
static void test_blocks(void **state)
{
	const struct dataset_rules d = {0};
	CLEANUP(buf_free) struct buf b = {0};
	struct probe p;

	(void)state;
	while (b.n < 3 * INDEX_BLOCK + INDEX_BLOCK / 2)
		assert_int_equal(buf_puts(&b, "[\"so\", \"" MAIL "\"]\n"), 0);
	probe_one(&d, "x.jsonl", buf_bytes(&b), &p);
	assert_int_equal(p.check.blocks, 4);
	assert_int_equal(p.nspans, p.nrecords);
	assert_int_equal(p.head.nspans, p.nspans);
	assert_int_equal(p.head.nvalues, 1);
	probe_free(&p);
	/* One record over four blocks, with a span on each edge. */
	for (uint64_t i = 1; i < 4; i++)
		memcpy(b.p + i * INDEX_BLOCK - 9, " " MAIL " ", 23);
	for (size_t i = 0; i < b.n; i++)
		b.p[i] = b.p[i] == '\n' ? ' ' : b.p[i];
	probe_one(&d, "x.txt", buf_bytes(&b), &p);
	assert_int_equal(p.nrecords, 1);
	assert_int_equal(p.check.blocks, 4);
	for (uint64_t i = 1; i < 4; i++) {
		bool crosses = false;

		for (size_t k = 0; k < p.nspans; k++)
			crosses = crosses ||
				  (p.spans[k].start == i * INDEX_BLOCK - 8 &&
				   p.spans[k].end > i * INDEX_BLOCK);
		assert_true(crosses);
	}
	probe_free(&p);
}

static void test_denied_files(void **state)
{
	const struct dataset_rules d = {0};
	struct probe p;

	(void)state;
	probe_one(&d, "x.bin", bytes_str("a,b\n"), &p);
	assert_int_equal(p.head.format, FORMAT_DENIED);
	assert_int_equal(p.summary.denied, DENIAL_FORMAT);
	assert_int_equal(p.complaints, 1);
	assert_non_null(strstr(p.words, ".jsonl"));
	probe_free(&p);
	probe_one(&d, "x.json", bytes_str("[1,"), &p);
	assert_int_equal(p.head.denied, DENIAL_MALFORMED);
	assert_non_null(strstr(p.words, "byte 3"));
	assert_true(p.head.reason.n > 0);
	probe_free(&p);
}

static void test_opaque(void **state)
{
	struct file_rule rule = {.match = "*.bin", .passthrough = true};
	struct dataset_rules d = {
		.files = &rule, .nfiles = 1, .language = "fi"};
	struct probe p;

	(void)state;
	probe_one(&d, "x.bin", bytes_of("\0\1" MAIL, 23), &p);
	assert_int_equal(p.head.format, FORMAT_OPAQUE);
	assert_int_equal(p.head.denied, DENIAL_NONE);
	assert_int_equal(p.records[0].denied, DENIAL_NONE);
	assert_int_equal(p.nspans, 0);
	probe_free(&p);
}

static void test_empty_files(void **state)
{
	const struct dataset_rules d = {0};
	struct probe p;

	(void)state;
	probe_one(&d, "x.txt", bytes_str(""), &p);
	assert_int_equal(p.head.denied, DENIAL_NONE);
	assert_int_equal(p.head.nblocks, 0);
	assert_true(p.summary.whole);
	probe_free(&p);
	probe_one(&d, "x.jsonl", bytes_str(""), &p);
	assert_int_equal(p.head.nrecords, 0);
	probe_free(&p);
}

static void test_many_bad_lines(void **state)
{
	const struct dataset_rules d = {0};
	CLEANUP(buf_free) struct buf b = {0};
	struct probe p;

	(void)state;
	for (int i = 0; i < 1000; i++)
		assert_int_equal(buf_puts(&b, "{\n"), 0);
	probe_one(&d, "x.jsonl", buf_bytes(&b), &p);
	assert_int_equal(p.nrecords, 1000);
	assert_int_equal(p.complaints, 21);
	assert_int_equal(p.records[999].denied, DENIAL_MALFORMED);
	probe_free(&p);
}

static void name_is(const char *template, const char *path, const char *want)
{
	CLEANUP(buf_free) struct buf b = {0};
	const struct file_rule rule = {.group.template_ = template};

	assert_int_equal(detect_group_name(&rule, bytes_str(path), &b), 0);
	assert_string_equal(buf_str(&b), want);
}

static void test_group_names(void **state)
{
	const struct file_rule bad = {.group.template_ = "{stam}"};
	CLEANUP(buf_free) struct buf b = {0};

	(void)state;
	name_is("{stem}", "a/b/c.d.json", "c.d");
	name_is("{name}", "a/b/c.json", "c.json");
	name_is("{dir}/{stem}", "a/b/c.json", "a/b/c");
	name_is("{dir}-{stem}", ".x", "-.x");
	name_is("{path}", "a/b", "a/b");
	name_is("x{", "a", "x{");
	name_is(NULL, "a/b", "a/b");
	assert_int_equal(detect_group_name(&bad, bytes_str("a"), &b), -EPROTO);
}

static void test_bad_rules(void **state)
{
	CLEANUP(arena_freep) struct arena *a = arena_new();
	struct file_rule rule = {.match = "**",
				 .records = probe_path(a, "$[*].x")};
	struct dataset_rules d = {.files = &rule, .nfiles = 1};
	const struct source s = {bytes_str("x.json"), bytes_str("[]")};
	struct probe p;

	(void)state;
	assert_int_equal(probe_run(&d, &s, 1, &p), -EPROTO);
	assert_int_equal(p.done, 0);
	probe_free(&p);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_text_spans),
		cmocka_unit_test(test_escapes),
		cmocka_unit_test(test_ords_per_record),
		cmocka_unit_test(test_numbers_stay_numbers),
		cmocka_unit_test(test_file_group),
		cmocka_unit_test(test_values_outside_of_records),
		cmocka_unit_test(test_record_groups),
		cmocka_unit_test(test_record_attributes),
		cmocka_unit_test(test_contradiction),
		cmocka_unit_test(test_group_contradiction),
		cmocka_unit_test(test_blocks),
		cmocka_unit_test(test_denied_files),
		cmocka_unit_test(test_opaque),
		cmocka_unit_test(test_empty_files),
		cmocka_unit_test(test_many_bad_lines),
		cmocka_unit_test(test_group_names),
		cmocka_unit_test(test_bad_rules),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
