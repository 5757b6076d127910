/* Index blobs: records without an id have their number for one. */
/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>

#include <cmocka.h>

#include "policy/redact/index.h"

static void test_numbers_as_ids(void **state)
{
	static struct record r[1100];
	static char ids[ARRAY_LEN(r)][12];
	struct index_block k = {.nrecords = ARRAY_LEN(r), .records = r}, got;
	struct buf CLEANUP(buf_free) b = {0};
	struct arena *CLEANUP(arena_freep) a = arena_new();

	(void)state;
	for (uint32_t i = 0; i < ARRAY_LEN(r); i++) {
		int n = snprintf(ids[i], sizeof(ids[i]), "%u",
				 i == 500 ? 7 : i);

		r[i] = (struct record){.sep = i,
				       .start = i,
				       .end = i + 1,
				       .number = i,
				       .id = bytes_of(ids[i], (size_t)n)};
	}
	assert_int_equal(index_block_put(&b, &k), 0);
	assert_true(b.n < 8 * ARRAY_LEN(r));
	assert_int_equal(index_block_get(buf_bytes(&b), a, &got, NULL), 0);
	assert_int_equal(got.nrecords, ARRAY_LEN(r));
	for (uint32_t i = 0; i < ARRAY_LEN(r); i++)
		assert_true(bytes_eq(got.records[i].id, r[i].id));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_numbers_as_ids),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
