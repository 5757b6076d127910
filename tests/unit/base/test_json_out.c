/* The JSON writer: commas, numbers, depth, and what the scanner says. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/unit/base/check.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>

#include "base/json.h"
#include "base/mem.h"

static void whole_document(void **state)
{
	CLEANUP(buf_free) struct buf b = {0};
	struct json_out o;

	(void)state;
	json_open(&o, &b);
	json_obj(&o);
	json_key(&o, "schema");
	json_int(&o, 1);
	json_key(&o, "list");
	json_arr(&o);
	json_uint(&o, UINT64_MAX);
	json_int(&o, INT64_MIN);
	json_bool(&o, true);
	json_bool(&o, false);
	json_null(&o);
	json_arr(&o);
	json_arr_end(&o);
	json_obj(&o);
	json_obj_end(&o);
	json_arr_end(&o);
	json_key(&o, "a \"b\"");
	json_str(&o, S("x\ny"));
	json_key(&o, "hash");
	json_hex(&o, S("\xAB\x01"));
	json_key(&o, "none");
	json_cstr(&o, "");
	json_obj_end(&o);
	assert_int_equal(o.err, 0);
	assert_string_equal(
		buf_str(&b),
		"{\"schema\":1,\"list\":[18446744073709551615,"
		"-9223372036854775808,true,false,null,[],{}],"
		"\"a \\\"b\\\"\":\"x\\ny\",\"hash\":\"ab01\",\"none\":\"\"}");
}

static void assert_num(double v, const char *want)
{
	CLEANUP(buf_free) struct buf b = {0};
	struct json_out o;

	json_open(&o, &b);
	json_num(&o, v);
	assert_int_equal(o.err, 0);
	assert_string_equal(buf_str(&b), want);
}

static void numbers(void **state)
{
	(void)state;
	assert_num(0, "0");
	assert_num(1.5, "1.5");
	assert_num(0.1, "0.1");
	assert_num(-2.25, "-2.25");
	assert_num(1.0 / 3, "0.3333333333333333");
	assert_num(1e300, "1e+300");
	assert_num(NAN, "null");
	assert_num(INFINITY, "null");
}

/* Any double comes back exactly, and is JSON. */
static void numbers_come_back(void **state)
{
	uint64_t seed = 5;

	(void)state;
	for (size_t i = 0; i < 5000; i++) {
		CLEANUP(buf_free) struct buf b = {0};
		uint64_t bits = rnd(&seed);
		struct json_token t;
		struct json_scan s;
		struct json_out o;
		double v;

		memcpy(&v, &bits, sizeof(v));
		if (!isfinite(v))
			continue;
		json_open(&o, &b);
		json_num(&o, v);
		json_start(&s, buf_bytes(&b), 0);
		assert_int_equal(json_next(&s, &t), JSON_NUMBER);
		assert_int_equal(t.end, b.n);
		assert_true(strtod(buf_str(&b), NULL) == v);
	}
}

static void too_deep(void **state)
{
	CLEANUP(buf_free) struct buf b = {0};
	struct json_out o;

	(void)state;
	json_open(&o, &b);
	for (size_t i = 0; i < 63; i++)
		json_arr(&o);
	assert_int_equal(o.err, 0);
	json_arr(&o);
	assert_int_equal(o.err, -EOVERFLOW);
	json_arr_end(&o);
	assert_int_equal(o.err, -EOVERFLOW);
}

static void end_of_nothing(void **state)
{
	CLEANUP(buf_free) struct buf b = {0};
	struct json_out o;

	(void)state;
	json_open(&o, &b);
	json_obj_end(&o);
	assert_int_equal(o.err, -EINVAL);
	assert_int_equal(b.n, 0);
}

static void document(struct json_out *o)
{
	json_obj(o);
	json_key(o, "a fairly long key, so that memory is asked for again");
	json_arr(o);
	for (int i = 0; i < 50; i++)
		json_int(o, i);
	json_hex(o, S("0123456789"));
	json_num(o, 0.5);
	json_arr_end(o);
	json_obj_end(o);
}

/* Memory fails at the n-th allocation: the first error stays. */
static void no_memory(void **state)
{
	unsigned long n = 0;
	struct json_out o;

	(void)state;
	do {
		CLEANUP(buf_free) struct buf b = {0};

		json_open(&o, &b);
		mem_fail_after(++n);
		document(&o);
		mem_fail_after(0);
		assert_true(o.err == 0 || o.err == -ENOMEM);
	} while (o.err != 0);
	assert_true(n > 4);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(whole_document),
		cmocka_unit_test(numbers),
		cmocka_unit_test(numbers_come_back),
		cmocka_unit_test(too_deep),
		cmocka_unit_test(end_of_nothing),
		cmocka_unit_test(no_memory),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
