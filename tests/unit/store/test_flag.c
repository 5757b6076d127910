/* Flags as cells: kept, changed, listed, and never misread. */
/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>

#include "fs/store/flag.h"
#include "tests/unit/store/fixture.h"

static const struct store_flag one = {
	.id = 61,
	.at = 1800000000000000007,
	.object = "0123456789abcde",
	.project = {(const uint8_t *)"harbor", 6},
	.annotator = {(const uint8_t *)"alice", 5},
	.dataset = {(const uint8_t *)"calls", 5},
	.path = {(const uint8_t *)"a/\xff.json", 8},
	.shown = {(const uint8_t *)"calls/a/1.json", 14},
	.words = {(const uint8_t *)"gray heron", 10}};

static void same(const struct store_flag *a, const struct store_flag *b)
{
	assert_int_equal(a->id, b->id);
	assert_int_equal(a->at, b->at);
	assert_int_equal(a->state, b->state);
	assert_memory_equal(a->object, b->object, STORE_ID);
	assert_true(bytes_eq(a->project, b->project));
	assert_true(bytes_eq(a->annotator, b->annotator));
	assert_true(bytes_eq(a->dataset, b->dataset));
	assert_true(bytes_eq(a->path, b->path));
	assert_true(bytes_eq(a->shown, b->shown));
	assert_true(bytes_eq(a->words, b->words));
	assert_true(bytes_eq(a->type, b->type));
}

static int count(void *ctx, const struct store_flag *f)
{
	*(uint64_t *)ctx += f->id;
	return f->id == 99 ? -ECANCELED : 0;
}

static void test_kept(void **state)
{
	struct fixture *f = *state;
	struct store *s = fixture_writer(f);
	struct buf b = {0};
	struct store_flag x = one, got;
	uint64_t sum = 0;

	assert_int_equal(store_flag_get(s, 61, &b, &got), -ENOENT);
	assert_int_equal(store_flag_put(s, &one), 0);
	assert_int_equal(store_flag_get(s, 61, &b, &got), 0);
	same(&got, &one);
	assert_true(store_flag_hides(&got));
	x.state = FLAG_TAKING;
	x.type = S("PERSON");
	assert_true(store_flag_hides(&x));
	assert_int_equal(store_flag_put(s, &x), 0);
	store_close(s);
	s = fixture_writer(f);
	buf_clear(&b);
	assert_int_equal(store_flag_get(s, 61, &b, &got), 0);
	same(&got, &x);
	x.id = 99;
	x.state = FLAG_TAKEN;
	assert_false(store_flag_hides(&x));
	assert_int_equal(store_flag_put(s, &x), 0);
	assert_int_equal(store_flag_each(s, count, &sum), -ECANCELED);
	assert_int_equal(store_flag_del(s, 99), 0);
	sum = 0;
	assert_int_equal(store_flag_each(s, count, &sum), 0);
	assert_int_equal(sum, 61);
	x.state = FLAG_REFUSED;
	assert_false(store_flag_hides(&x));
	store_close(s);
	buf_free(&b);
}

static void test_hostile(void **state)
{
	struct fixture *f = *state;
	struct store *s = fixture_writer(f);
	struct buf good = {0}, b = {0};
	struct store_flag got;
	uint64_t sum = 0;

	assert_int_equal(store_flag_put(s, &one), 0);
	assert_int_equal(store_cell_get(s, "flag", S("61"), &good), 0);
	for (size_t n = 0; n < good.n; n++) {
		assert_int_equal(
			store_cell_put(s, "flag", S("61"), bytes_of(good.p, n)),
			0);
		buf_clear(&b);
		assert_int_equal(store_flag_get(s, 61, &b, &got), -EUCLEAN);
		assert_int_equal(store_flag_each(s, count, &sum), -EUCLEAN);
	}
	/* every byte otherwise: no crash, no state that there is not */
	for (size_t i = 0; i < good.n; i++) {
		good.p[i] ^= 0x1f;
		assert_int_equal(
			store_cell_put(s, "flag", S("61"), buf_bytes(&good)),
			0);
		buf_clear(&b);
		if (store_flag_get(s, 61, &b, &got) == 0)
			assert_true(got.state < FLAG_STATES);
		good.p[i] ^= 0x1f;
	}
	store_close(s);
	buf_free(&b), buf_free(&good);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_kept, fixture_setup,
						fixture_teardown),
		cmocka_unit_test_setup_teardown(test_hostile, fixture_setup,
						fixture_teardown)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
