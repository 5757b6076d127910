/* Cutting fields out: what is left is valid, and what was asked is gone. */
/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

#include "base/json.h"
#include "probe.h"

/* The source with the cuts made. */
struct cutter {
	struct bytes in;
	uint64_t at;
	struct buf out;
};

static int on_cut(void *ctx, uint64_t start, uint64_t end, struct bytes lit)
{
	struct cutter *c = ctx;

	assert_true(start >= c->at && end > start && end <= c->in.n);
	assert_int_equal(
		buf_putb(&c->out, bytes_sub(c->in, c->at, start - c->at)), 0);
	assert_int_equal(buf_putb(&c->out, lit), 0);
	c->at = end;
	return 0;
}

static int cut(struct cutter *c, enum format f, uint32_t depth,
	       const char *text, const struct field_want *w, size_t n)
{
	int rc;

	*c = (struct cutter){.in = bytes_str(text)};
	rc = fields_find_in(f, depth, c->in, w, n, on_cut, c, NULL);
	assert_int_equal(buf_putb(&c->out, bytes_sub(c->in, c->at, c->in.n)),
			 0);
	return rc;
}

static void expect_in(enum format f, uint32_t depth, const char *text,
		      const char *path, bool remove, const char *want)
{
	const struct field_want w = {path, remove};
	struct cutter c;

	assert_int_equal(cut(&c, f, depth, text, &w, 1), 0);
	assert_string_equal(buf_str(&c.out), want);
	buf_free(&c.out);
}

static void removed(const char *text, const char *path, const char *want)
{
	expect_in(FORMAT_JSON, 0, text, path, true, want);
}

static void emptied(const char *text, const char *path, const char *want)
{
	expect_in(FORMAT_JSON, 0, text, path, false, want);
}

static void test_remove(void **state)
{
	(void)state;
	removed("{\"a\":1, \"b\":2, \"c\":3}", "$.b", "{\"a\":1, \"c\":3}");
	removed("{\"a\":1, \"b\":2, \"c\":3}", "$.a", "{\"b\":2, \"c\":3}");
	removed("{\"a\":1, \"b\":2, \"c\":3}", "$.c", "{\"a\":1, \"b\":2}");
	removed("{ \"a\":1 }", "$.a", "{  }");
	removed("{\"a\":1, \"a\":2, \"b\":3, \"a\":4}", "$.a", "{\"b\":3}");
	removed("[{\"x\":{\"a\":[1]},\"b\":\"\\u00e9\"},{\"b\":0}]", "$[*].x",
		"[{\"b\":\"\\u00e9\"},{\"b\":0}]");
	removed("[1, [2], 3]", "$[*]", "[]");
	removed("{\"t\":[1, 2], \"u\":[3]}", "$.t[*]", "{\"t\":[], \"u\":[3]}");
	removed("{\"k\\u0031\":1,\"b\":2}", "$.k1", "{\"b\":2}");
	removed("{\"o\":{\"a\":1,\"b\":{\"a\":2}},\"a\":3}", "$..a",
		"{\"o\":{\"b\":{}}}");
	/* The root stays, empty. */
	removed("[1]", "$", "[]");
	removed("5", "$", "0");
}

static void test_drop(void **state)
{
	(void)state;
	emptied("{\"a\":\"x\\n\", \"b\":2}", "$.a", "{\"a\":\"\", \"b\":2}");
	emptied("{\"a\":-2.5e3}", "$.a", "{\"a\":0.0}");
	emptied("{\"a\":-25}", "$.a", "{\"a\":0}");
	emptied("{\"a\":true}", "$.a", "{\"a\":false}");
	emptied("{\"a\":false}", "$.a", "{\"a\":false}");
	emptied("{\"a\":null}", "$.a", "{\"a\":null}");
	emptied("{\"a\":[1,{}], \"b\":{\"c\":1}}", "$.a",
		"{\"a\":[], \"b\":{\"c\":1}}");
	emptied("{\"a\":{\"c\":1}}", "$.a", "{\"a\":{}}");
	emptied("[\"a\",\"b\"]", "$[*]", "[\"\",\"\"]");
}

static void test_nested(void **state)
{
	const char *in = "{\"c\":\"[{\\\"r\\\":1, \\\"t\\\":\\\"x\\\\n\\\"}, "
			 "{\\\"t\\\":\\\"y\\\"}]\"}";

	(void)state;
	removed(in, "$.c|json|$[*].r",
		"{\"c\":\"[{\\\"t\\\":\\\"x\\\\n\\\"}, "
		"{\\\"t\\\":\\\"y\\\"}]\"}");
	removed(in, "$.c|json|$[*].t", "{\"c\":\"[{\\\"r\\\":1}, {}]\"}");
	emptied(in, "$.c|json|$[*].t",
		"{\"c\":\"[{\\\"r\\\":1, \\\"t\\\":\\\"\\\"}, "
		"{\\\"t\\\":\\\"\\\"}]\"}");
	emptied(in, "$.c|json|$", "{\"c\":\"[]\"}");
	/* What cannot be told is emptied. */
	removed("{\"c\":\"secret {\"}", "$.c|json|$.a", "{\"c\":\"\"}");
}

static void test_records_stay(void **state)
{
	(void)state;
	expect_in(FORMAT_JSON, 1, "[{\"a\":1}, 2]", "$[*]", true, "[{}, 0]");
	expect_in(FORMAT_JSON, 2, "{\"d\":{\"k\":[1],\"l\":\"x\"}}", "$.d[*]",
		  true, "{\"d\":{\"k\":[],\"l\":\"\"}}");
	expect_in(FORMAT_JSON, 1, "[{\"a\":1,\"b\":2}]", "$..a", true,
		  "[{\"b\":2}]");
}

static void test_lines(void **state)
{
	const char *in = "{\"a\":1,\"b\":2}\n\n{\"b\":3,\"a\":4}\n[1,\n5\n";

	(void)state;
	expect_in(FORMAT_JSONL, 0, in, "$.a", true,
		  "{\"b\":2}\n\n{\"b\":3}\n[1,\n5\n");
	expect_in(FORMAT_JSONL, 0, in, "$[*].a", true,
		  "{\"b\":2}\n\n{\"b\":3}\n[1,\n5\n");
	expect_in(FORMAT_JSONL, 0, "5\n6", "$[*]", true, "0\n0");
	expect_in(FORMAT_TEXT, 0, "{\"a\":1}", "$.a", true, "{\"a\":1}");
}

/* A table keeps its columns: what is removed is emptied. */
static void test_tables(void **state)
{
	const char *in = "a,\"b \"\"c\"\"\",a\n1,\"x\ny\",3\n,,\n\"\",2\n"
			 "4,5\"6,\"7\"\n8,\"9";

	(void)state;
	for (unsigned remove = 0; remove < 2; remove++) {
		expect_in(
			FORMAT_CSV, 0, in, "$.a", remove,
			"a,\"b \"\"c\"\"\",a\n\"\",\"x\ny\",\"\"\n,,\n\"\",2\n"
			"\"\",5\"6,\"\"\n8,\"9");
		expect_in(FORMAT_CSV, 0, in, "$[*]['b \"c\"']", remove,
			  "a,\"b \"\"c\"\"\",a\n1,\"\",3\n,,\n\"\",2\n"
			  "4,\"\",\"7\"\n8,\"9");
		expect_in(FORMAT_PSV, 0, "a|b\n1|2\n", "$", remove,
			  "a|b\n\"\"|\"\"\n");
		expect_in(FORMAT_TSV, 0, "a\n1\n", "$[*][*]", remove,
			  "a\n\"\"\n");
		/* No row names the columns. */
		expect_in(FORMAT_SSV, 1, "a;b\n1;2\n", "$['2']", remove,
			  "a;\"\"\n1;\"\"\n");
		expect_in(FORMAT_SSV, 1, "a;b\n1;2\n", "$.b", remove,
			  "a;b\n1;2\n");
	}
	expect_in(FORMAT_PSV_BARE, 0, "a|b\n\"1|2\"\n", "$.a", true,
		  "a|b\n|2\"\n");
	expect_in(FORMAT_TSV_BARE, 0, "a\n\"1\n", "$.a", true, "a\n \n");
	expect_in(FORMAT_CSV, 0,
		  "i,j\n1,\"{\"\"t\"\":\"\"x\"\", \"\"u\"\":1}\"\n2,no\n3,\n",
		  "$.j|json|$.t", true,
		  "i,j\n1,\"{\"\"u\"\":1}\"\n2,\"\"\n3,\n");
	expect_in(FORMAT_TSV, 0, "j\n{\"t\":\"x\", \"u\":1}\n", "$.j|json|$.t",
		  false, "j\n{\"t\":\"\", \"u\":1}\n");
}

static void test_several(void **state)
{
	const struct field_want w[] = {{"$.a", false},
				       {"$.b", true},
				       {"$.a.x", true},
				       {"$..b", false}};
	struct cutter c;

	(void)state;
	assert_int_equal(cut(&c, FORMAT_JSON, 0,
			     "{\"a\":{\"x\":1},\"b\":2,\"c\":{\"b\":\"z\"}}", w,
			     4),
			 0);
	assert_string_equal(buf_str(&c.out), "{\"a\":{},\"c\":{\"b\":\"\"}}");
	buf_free(&c.out);
}

static int on_place(void *ctx, uint64_t start, uint64_t end, uint32_t want)
{
	struct buf *b = ctx;

	return buf_printf(b, "%u:%u-%u ", want, (unsigned)start, (unsigned)end);
}

static int no_cut(void *ctx, uint64_t start, uint64_t end, struct bytes lit)
{
	(void)ctx;
	(void)start;
	(void)end;
	(void)lit;
	return 0;
}

/* Where values stand: each once, also one inside another; none of what is
 * removed, or inside a string that holds JSON. */
static void test_places(void **state)
{
	const struct field_want w[] = {{.path = "$..a", .place = true},
				       {.path = "$.b", .place = true},
				       {.path = "$.a", .place = true},
				       {.path = "$.c", .remove = true},
				       {.path = "$.d|json|$.a", .place = true}};
	struct buf CLEANUP(buf_free) got = {0};

	(void)state;
	assert_int_equal(
		fields_find_all(FORMAT_JSON, 0,
				bytes_str("{\"a\":{\"a\":[1, 2]},\"b\":\"x\","
					  "\"c\":{\"a\":1},"
					  "\"d\":\"{\\\"a\\\":1}\"}"),
				w, ARRAY_LEN(w), no_cut, on_place, &got, NULL),
		0);
	assert_string_equal(buf_str(&got), "0:5-17 0:10-11 1:22-25 ");
}

/* Cells with their quotes; an empty one is no value. */
static void test_places_in_tables(void **state)
{
	const struct field_want wants[] = {{.path = "$[*].a", .place = true},
					   {.path = "$.b", .place = true}};
	struct buf CLEANUP(buf_free) got = {0};

	(void)state;
	assert_int_equal(
		fields_find_all(FORMAT_CSV, 0,
				bytes_str("a,x,b\n1,\"2\",\"3,4\"\n,5,\"\"\n"
					  "no row\n"),
				wants, 2, no_cut, on_place, &got, NULL),
		0);
	assert_string_equal(buf_str(&got), "0:6-7 1:12-17 1:21-23 ");
}

static void test_malformed(void **state)
{
	const struct field_want w = {"$.a", true};
	const struct field_want bad = {"a", true};
	struct cutter c;

	(void)state;
	assert_int_equal(cut(&c, FORMAT_JSON, 0, "{\"a\":1", &w, 1), -EPROTO);
	buf_free(&c.out);
	assert_int_equal(cut(&c, FORMAT_JSON, 0, "", &w, 1), -EPROTO);
	buf_free(&c.out);
	assert_int_equal(cut(&c, FORMAT_JSON, 0, "{}", &bad, 1), -EPROTO);
	buf_free(&c.out);
}

static bool valid(struct bytes in)
{
	struct json_scan s;
	struct json_token t;
	enum json_kind k;

	json_start(&s, in, 0);
	do {
		k = json_next(&s, &t);
	} while (k != JSON_BAD && k != JSON_END);
	return k == JSON_END && s.at == in.n;
}

static int on_any(void *ctx, uint64_t start, uint64_t end, struct bytes lit)
{
	bool *any = ctx;

	(void)start;
	(void)end;
	(void)lit;
	*any = true;
	return 0;
}

/* Random documents: the rest is valid JSON, and asking again finds nothing to
 * remove. */
static void test_random(void **state)
{
	const struct field_want w[] = {{"$..a", true},
				       {"$..ctx|json|$..text", true},
				       {"$[*][*]", true}};
	uint64_t seed = 77;

	(void)state;
	for (int i = 0; i < 3000; i++) {
		CLEANUP(buf_free) struct buf src = {0};
		struct cutter c = {0};
		bool any = false;

		probe_json(&src, &seed, 5);
		c.in = buf_bytes(&src);
		assert_int_equal(
			fields_find(FORMAT_JSON, c.in, w, 3, on_cut, &c, NULL),
			0);
		on_cut(&c, c.in.n - 1, c.in.n,
		       bytes_of(c.in.p + c.in.n - 1, 1));
		assert_true(valid(buf_bytes(&c.out)));
		assert_int_equal(fields_find(FORMAT_JSON, buf_bytes(&c.out), w,
					     1, on_any, &any, NULL),
				 0);
		assert_false(any);
		buf_free(&c.out);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_remove),
		cmocka_unit_test(test_drop),
		cmocka_unit_test(test_nested),
		cmocka_unit_test(test_records_stay),
		cmocka_unit_test(test_lines),
		cmocka_unit_test(test_tables),
		cmocka_unit_test(test_several),
		cmocka_unit_test(test_places),
		cmocka_unit_test(test_places_in_tables),
		cmocka_unit_test(test_malformed),
		cmocka_unit_test(test_random),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
