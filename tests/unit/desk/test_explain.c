/* Explain: every record and span, with the line that decided. */
/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>

#include "fs/desk/preview.h"
#include "tests/unit/desk/fixture.h"

#define T(s)                                        \
	{                                           \
		(const uint8_t *)(s), sizeof(s) - 1 \
	}

/* The see rule stands in line 7, PERSON's transform in line 10. */
#define POLICY                                                   \
	"carrel: 1\nproject: harbor\npurpose: annotation\n"      \
	"datasets: [calls]\nroles:\n  r:\n"                      \
	"    see: [ { files: \"calls/a/**\", records: all } ]\n" \
	"    redact:\n      default: drop\n"                     \
	"      PERSON: pseudonym\n"                              \
	"    names: keep\nannotators:\n  alice: { role: r }\n"

static const struct fixture_file files[] = {
	{"a/l.jsonl", T("\"Maria Lopez in Boston\"\n\"BROKEN\"\n\"fine\"\n"),
	 true, NULL},
	{"b.txt", T("three"), false, NULL},
};

static void explain(struct fixture *f, const char *path, struct buf *b, int rc)
{
	struct desk *CLEANUP(desk_closep) d = NULL;
	struct json_out o;
	struct err e = {0};

	fixture_publish(f, "calls", files, ARRAY_LEN(files));
	fixture_policy(f, POLICY, "alice");
	d = fixture_desk(f);
	json_open(&o, b);
	json_arr(&o);
	assert_int_equal(explain_write(d, bytes_str(path), &o, &e), rc);
	json_arr_end(&o);
	assert_int_equal(o.err, 0);
}

static void has(struct buf *b, const char *words)
{
	if (strstr(buf_str(b), words) == NULL)
		fail_msg("%s is not in %s", words, buf_str(b));
}

static void test_visible(void **state)
{
	struct buf CLEANUP(buf_free) b = {0};

	explain(*state, "calls/a/l.jsonl", &b, 0);
	has(&b, "\"record\":\"0\",\"number\":0,\"visible\":true");
	has(&b, "\"line\":7,\"spans\":[{\"start\":1,\"end\":12,"
		"\"type\":\"PERSON\"");
	has(&b, "\"score\":90,\"action\":\"pseudonym\"");
	has(&b, "\"line\":10,\"context\":[]}");
	has(&b, "\"line\":10");
	has(&b, "\"type\":\"LOCATION\"");
	has(&b, "\"action\":\"drop\"");
	has(&b, "\"record\":\"1\",\"number\":1,\"visible\":false,"
		"\"why\":\"denied: malformed\"");
	has(&b, "\"record\":\"2\",\"number\":2,\"visible\":true");
	assert_null(strstr(buf_str(&b), "Maria"));
}

/* The names of a visible and of a hidden file; neither is told itself. */
static void test_names(void **state)
{
	static const struct name_span who = {
		.start = 2,
		.end = 6,
		.score = 80,
		.type = {(const uint8_t *)"PERSON", 6},
		.rule = {(const uint8_t *)"propagated", 10},
		.canon = {(const uint8_t *)"zora", 4}};
	static const struct fixture_file named[] = {
		{"a/zora.txt", {(const uint8_t *)"x", 1}, false, NULL, &who, 1},
		{"b/zora.txt",
		 {(const uint8_t *)"x", 1},
		 false,
		 NULL,
		 &who,
		 1}};
	struct fixture *f = *state;
	struct err e = {0};

	fixture_publish(f, "calls", named, ARRAY_LEN(named));
	fixture_policy(f, POLICY, "alice");
	for (size_t i = 0; i < ARRAY_LEN(named); i++) {
		struct desk *CLEANUP(desk_closep) d = fixture_desk(f);
		struct buf CLEANUP(buf_free) b = {0};
		struct bytes path = bytes_str(i == 0 ? "calls/a/zora.txt"
						     : "calls/b/zora.txt");
		struct json_out o;

		json_open(&o, &b);
		json_arr(&o);
		assert_int_equal(explain_names(d, path, &o, &e), 0);
		json_arr_end(&o);
		has(&b, "[{\"start\":2,\"end\":6,\"type\":\"PERSON\","
			"\"rule\":\"propagated\",\"score\":80,"
			"\"action\":\"pseudonym\"");
		has(&b, "\"line\":10}]");
		assert_null(strstr(buf_str(&b), "zora"));
	}
}

static void test_hidden(void **state)
{
	struct buf CLEANUP(buf_free) b = {0};

	explain(*state, "calls/b.txt", &b, 0);
	has(&b, "\"record\":null,\"visible\":false,\"why\":\"no see rule");
}

static void test_not_there(void **state)
{
	struct buf CLEANUP(buf_free) b = {0};

	explain(*state, "calls/none", &b, -ENOENT);
}

#define EXPLAIN_TEST(t) \
	cmocka_unit_test_setup_teardown(t, fixture_setup, fixture_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		EXPLAIN_TEST(test_visible),
		EXPLAIN_TEST(test_names),
		EXPLAIN_TEST(test_hidden),
		EXPLAIN_TEST(test_not_there),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
