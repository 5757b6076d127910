/* Values in the names of files, by a pattern. */
/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "base/buf.h"
#include "policy/redact/named.h"
#include "probe.h"

static void test_patterns(void **state)
{
	static const char *const bad[] = {
		"",
		"{}",
		"a",
		"{PERSON",
		"PERSON}",
		"{person}",
		"{}{PERSON}",
		"{PERSON}{}",
		"{A}{B}",
		"{A{B}",
		"a}{A}",
		"{A B}",
		"{A}-{A}-{A}-{A}-{A}-{A}-{A}-{A}-{A}"};
	struct named n;

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++)
		if (named_parse(bad[i], &n))
			fail_msg("\"%s\" is taken", bad[i]);
	assert_true(named_parse("{}_{PERSON}_{}", &n));
	assert_int_equal(n.n, 5);
	assert_true(named_parse("{PERSON}", &n));
}

/* What the pattern takes of a path, "TYPE=text" with | between. */
static void fits(const char *pattern, const char *path, const char *want)
{
	CLEANUP(buf_free) struct buf b = {0};
	struct named n;

	assert_true(named_parse(pattern, &n));
	if (!named_fit(&n, bytes_str(path))) {
		if (want != NULL)
			fail_msg("%s does not fit %s", path, pattern);
		return;
	}
	for (uint32_t i = 0; i < n.n; i++)
		if (n.v[i].type.n > 0)
			assert_int_equal(
				buf_printf(&b, "%s%.*s=%.*s",
					   b.n == 0 ? "" : "|",
					   (int)n.v[i].type.n, n.v[i].type.p,
					   (int)(n.v[i].end - n.v[i].start),
					   path + n.v[i].start),
				0);
	assert_non_null(want);
	assert_string_equal(buf_str(&b), want);
}

static void test_fit(void **state)
{
	(void)state;
	fits("{}_{PERSON}_{}", "a/b/0_jackson_12.wav", "PERSON=jackson");
	/* a value has as much as it can */
	fits("{}_{PERSON}_{}", "0_mary_jane_12.wav", "PERSON=mary_jane");
	fits("{PERSON}-{DATE_TIME}", "x/ann-marie-2026-07-14.txt",
	     "PERSON=ann-marie-2026-07|DATE_TIME=14");
	fits("call {ID_NUMBER}", "call 17", "ID_NUMBER=17");
	fits("{PERSON}", ".maria", "PERSON=.maria");
	fits("{PERSON}", "x/maria", "PERSON=maria");
	fits("{}_{PERSON}_{}", "a_b/0jackson12.wav", NULL);
	fits("{}_{PERSON}_{}", "0__12.wav", NULL);
	fits("{}_{PERSON}_{}", "0_x_.wav", NULL);
	fits("{PERSON}", "x/", NULL);
}

static void test_files(void **state)
{
	const struct file_rule rule = {.match = "**",
				       .names = "{}_{PERSON}_{}"};
	const struct dataset_rules d = {
		.name = "", .language = "en", .files = &rule, .nfiles = 1};
	const struct source good = {bytes_str("calls/7_quilp_1.txt"),
				    bytes_str("is quilp there?")};
	const struct source bad = {bytes_str("calls/quilp.txt"),
				   bytes_str("is quilp there?")};
	/* no UTF-8: nobody knows where in it the value is */
	const struct source odd = {bytes_str("7_qu\xfflp_1.txt"),
				   bytes_str("hello")};
	struct probe p = {0};

	(void)state;
	assert_int_equal(probe_run(&d, &good, 1, &p), 0);
	assert_int_equal(p.summary.nnames, 1);
	assert_int_equal(p.summary.names[0].start, 8);
	assert_int_equal(p.summary.names[0].end, 13);
	assert_true(bytes_is(p.summary.names[0].canon, "quilp"));
	assert_int_equal(p.nspans, 1);
	assert_true(bytes_is(probe_span(&p, 0), "quilp"));
	probe_free(&p);
	assert_int_equal(probe_run(&d, &bad, 1, &p), 0);
	assert_int_equal(p.head.denied, DENIAL_FORMAT);
	assert_non_null(strstr((const char *)p.head.reason.p, "names"));
	probe_free(&p);
	assert_int_equal(probe_run(&d, &odd, 1, &p), 0);
	assert_int_equal(p.summary.nnames, 1);
	assert_int_equal(p.summary.names[0].start, 0);
	assert_int_equal(p.summary.names[0].end, 9);
	probe_free(&p);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_patterns),
		cmocka_unit_test(test_fit),
		cmocka_unit_test(test_files),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
