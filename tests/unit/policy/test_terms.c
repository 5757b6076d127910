/* Terms: their encoding, and what they refuse. */
/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>

#include "base/cbor.h"
#include "tests/unit/policy/check.h"

static const char *const purposes[] = {"transcription", "annotation"};
static const char *const projects[] = {"p", "q"};
static const struct terms full = {purposes, projects, 2, 2, true, 5000};

static void test_round(void **state)
{
	CLEANUP(buf_free) struct buf b = {0};
	CLEANUP(arena_freep) struct arena *a = arena_new();
	struct terms t;

	(void)state;
	assert_int_equal(terms_put(&b, &full), 0);
	assert_int_equal(terms_get(buf_bytes(&b), a, &t, NULL), 0);
	assert_int_equal(t.npurposes, 2);
	assert_string_equal(t.purposes[1], "annotation");
	assert_int_equal(t.nprojects, 2);
	assert_string_equal(t.projects[0], "p");
	assert_true(t.training);
	assert_int_equal(t.retain_until, 5000);
}

/* Every prefix and every flipped byte: refused, or other terms; no crash. */
static void test_hostile(void **state)
{
	CLEANUP(buf_free) struct buf b = {0};
	CLEANUP(arena_freep) struct arena *a = arena_new();
	struct terms t;
	int good = 0;

	(void)state;
	assert_int_equal(terms_put(&b, &full), 0);
	for (size_t n = 0; n < b.n; n++) {
		assert_int_equal(terms_get(bytes_of(b.p, n), a, &t, NULL),
				 -EPROTO);
		assert_int_equal(t.nprojects + t.npurposes, 0);
	}
	for (size_t i = 0; i < b.n * 8; i++) {
		b.p[i / 8] ^= (uint8_t)(1u << i % 8);
		good += terms_get(buf_bytes(&b), a, &t, NULL) == 0;
		b.p[i / 8] ^= (uint8_t)(1u << i % 8);
	}
	assert_true(good > 0);
	assert_int_equal(buf_putc(&b, 0), 0);
	assert_int_equal(terms_get(buf_bytes(&b), a, &t, NULL), -EPROTO);
}

static void test_negative(void **state)
{
	CLEANUP(buf_free) struct buf b = {0};
	struct terms t = full;

	(void)state;
	t.retain_until = -1;
	assert_int_equal(terms_put(&b, &t), -EINVAL);
	assert_int_equal(b.n, 0);
}

static void refused(const struct policy *p, const char *dataset,
		    const struct terms *t, int64_t now, const char *words)
{
	struct err e = {0};

	assert_int_equal(policy_terms(p, dataset, t, now, &e), -EACCES);
	assert_string_equal(e.place, dataset);
	if (strstr(e.text, words) == NULL)
		fail_msg("\"%s\" lacks \"%s\"", e.text, words);
}

static void test_check(void **state)
{
	static const char *const other[] = {"other"};
	struct policy *p = policy_of(HEAD);
	struct terms t = full;

	(void)state;
	assert_int_equal(policy_terms(p, "calls", &t, 4999, NULL), 0);
	refused(p, "calls", &t, 5000, "ended");
	refused(p, "radiology", &t, 0, "do not name");
	t.retain_until = 0;
	assert_int_equal(policy_terms(p, "calls", &t, INT64_MAX, NULL), 0);
	t.projects = other;
	t.nprojects = 1;
	refused(p, "calls", &t, 0, "project \"p\"");
	t = full;
	t.purposes = other;
	t.npurposes = 1;
	refused(p, "calls", &t, 0, "purpose \"annotation\"");
	t = (struct terms){0};
	refused(p, "calls", &t, 0, "project");
	policy_free(p);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_round),
		cmocka_unit_test(test_hostile),
		cmocka_unit_test(test_negative),
		cmocka_unit_test(test_check),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
