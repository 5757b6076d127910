/* A sweep: most of a view opened in a short time is told once. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "fs/desk/meter.h"
#include "tests/unit/desk/fixture.h"

static int64_t the_time = 1800000000;

static int64_t now(void)
{
	return the_time;
}

static void test_sweep(void **state)
{
	struct fixture *f = *state;
	struct meters *ms = meters_new(f->store, now);
	const struct limits none = {0};
	const struct meter_want w = {.project = "harbor",
				     .annotator = "alice",
				     .limits = &none,
				     .objects = 300};
	struct meter *t;
	uint32_t swept, n = 0;

	assert_int_equal(meter_open(ms, &w, &t, NULL), 0);
	/* Slowly, or one file over and over, is none. */
	for (uint32_t i = 0; i < 300; i++) {
		the_time += 5;
		assert_int_equal(meter_file(t, i, &swept), 0);
		assert_int_equal(swept, 0);
		assert_int_equal(meter_file(t, i, &swept), 0);
		assert_int_equal(swept, 0);
	}
	the_time += SWEEP_SECONDS;
	for (uint32_t i = 300; i-- > 0;) { /* in whatever order */
		assert_int_equal(meter_file(t, i, &swept), 0);
		assert_true(swept == 0 || swept == 151);
		n += swept != 0;
	}
	assert_int_equal(n, 1);
	assert_true(meter_swept(t));
	meter_close(t);
	meters_free(ms);
}

/* Few files are soon all opened. */
static void test_no_sweep(void **state)
{
	struct fixture *f = *state;
	struct meters *ms = meters_new(f->store, now);
	const struct limits none = {0};
	const struct meter_want w = {.project = "harbor",
				     .annotator = "alice",
				     .limits = &none,
				     .objects = SWEEP_LEAST - 1};
	struct meter *t;
	uint32_t swept;

	assert_int_equal(meter_open(ms, &w, &t, NULL), 0);
	for (uint32_t i = 0; i < w.objects; i++) {
		assert_int_equal(meter_file(t, i, &swept), 0);
		assert_int_equal(swept, 0);
	}
	assert_false(meter_swept(t));
	meter_close(t);
	meters_free(ms);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define T(name) \
	cmocka_unit_test_setup_teardown(name, fixture_setup, fixture_teardown)
		T(test_sweep),
		T(test_no_sweep),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
