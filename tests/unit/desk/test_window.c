/* Windows slide: nothing is forgotten too early, nothing kept for ever. */
/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "fs/desk/window.h"

#define FAR 5000000u /* a slot of these years */

static void test_slides(void **state)
{
	struct window w = {0};

	(void)state;
	window_turn(&w, FAR);
	window_add(&w, 5);
	window_turn(&w, FAR + 6);
	window_add(&w, 7);
	assert_int_equal(window_sum(&w), 12);
	window_turn(&w, FAR + 12);
	assert_int_equal(window_sum(&w), 12);
	window_turn(&w, FAR + 13);
	assert_int_equal(window_sum(&w), 7);
	window_turn(&w, FAR + 19);
	assert_int_equal(window_sum(&w), 0);
	window_add(&w, 1);
	window_turn(&w, FAR + 1000000);
	assert_int_equal(window_sum(&w), 0);
}

/* Whatever is added when: twelve slots in a row never hold more than the sum,
 * and what is older than thirteen is in no sum. */
static void test_bounds(void **state)
{
	static uint64_t added[4000];
	struct window w = {0};
	uint64_t seed = 7, slot = 20;

	(void)state;
	while (slot < 3990) {
		uint64_t n, twelve = 0, thirteen = 0;

		seed = seed * 6364136223846793005u + 1442695040888963407u;
		slot += seed >> 60 == 0 ? 20 : seed >> 62;
		if (slot >= 3990)
			break;
		n = (seed >> 40) % 100;
		window_turn(&w, slot);
		window_add(&w, n);
		added[slot] += n;
		for (uint64_t i = 0; i < 13; i++) {
			thirteen += added[slot - i];
			twelve += i < 12 ? added[slot - i] : 0;
		}
		assert_true(window_sum(&w) >= twelve);
		assert_int_equal(window_sum(&w), thirteen);
	}
}

/* A clock that is put back gives nothing back. */
static void test_clock_back(void **state)
{
	struct window w = {0};

	(void)state;
	window_turn(&w, FAR);
	window_add(&w, 5);
	window_turn(&w, FAR + 3);
	window_add(&w, 5);
	window_turn(&w, FAR + 1); /* a little: time stands still */
	assert_int_equal(w.slot, FAR + 3);
	assert_int_equal(window_sum(&w), 10);
	window_turn(&w, FAR - 1000); /* far: all of it was now */
	assert_int_equal(window_sum(&w), 10);
	window_turn(&w, FAR - 1000 + 12);
	assert_int_equal(window_sum(&w), 10);
	window_turn(&w, FAR - 1000 + 13);
	assert_int_equal(window_sum(&w), 0);
	/* A cell from the year 2100 does not deny until then. */
	w = (struct window){.slot = UINT64_MAX, .n = {9}};
	window_turn(&w, FAR);
	assert_int_equal(window_sum(&w), 9);
	window_turn(&w, FAR + 13);
	assert_int_equal(window_sum(&w), 0);
}

static void test_give(void **state)
{
	struct window w = {0};

	(void)state;
	window_turn(&w, FAR);
	window_add(&w, 10);
	window_turn(&w, FAR + 4);
	window_add(&w, 10);
	window_give(&w, FAR, 4);
	assert_int_equal(window_sum(&w), 16);
	window_give(&w, FAR + 4, 10);
	assert_int_equal(window_sum(&w), 6);
	window_give(&w, FAR + 4, 10); /* never below nothing */
	assert_int_equal(window_sum(&w), 6);
	window_turn(&w, FAR + 12);
	window_give(&w, FAR - 1, 6); /* it has left */
	assert_int_equal(window_sum(&w), 6);
	window_give(&w, FAR + 90, 6); /* from before the clock went back */
	assert_int_equal(window_sum(&w), 6);
}

static void test_full(void **state)
{
	struct window w = {0};

	(void)state;
	window_turn(&w, FAR);
	window_add(&w, UINT64_MAX - 1);
	window_add(&w, 5);
	assert_int_equal(window_sum(&w), UINT64_MAX);
	window_turn(&w, FAR + 1);
	window_add(&w, 5);
	assert_int_equal(window_sum(&w), UINT64_MAX);
}

static int get(struct bytes in, struct window *w)
{
	struct cbor c = {.in = in};

	window_get(&c, w);
	return cbor_end(&c);
}

static void test_encoding(void **state)
{
	struct buf b CLEANUP(buf_free) = {0};
	struct window w = {.slot = FAR}, back;

	(void)state;
	for (uint64_t i = 0; i < WINDOW_SLOTS; i++)
		w.n[i] = i << 5 * i;
	assert_int_equal(window_put(&b, &w), 0);
	assert_int_equal(get(buf_bytes(&b), &back), 0);
	assert_memory_equal(&w, &back, sizeof(w));
	for (size_t n = 0; n < b.n; n++)
		assert_int_equal(get(bytes_of(b.p, n), &back), -EPROTO);
	for (size_t i = 0; i < 2; i++) { /* no array, no number */
		b.p[i] ^= 0xE0;
		assert_int_equal(get(buf_bytes(&b), &back), -EPROTO);
		b.p[i] ^= 0xE0;
	}
	b.p[0]--; /* fewer slots */
	assert_int_equal(get(buf_bytes(&b), &back), -EPROTO);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_slides),
		cmocka_unit_test(test_bounds),
		cmocka_unit_test(test_clock_back),
		cmocka_unit_test(test_give),
		cmocka_unit_test(test_full),
		cmocka_unit_test(test_encoding),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
