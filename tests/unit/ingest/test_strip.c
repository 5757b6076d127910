/* An index without some records is that of the shorter file. */
/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>

#include "tests/unit/ingest/erasing.h"

/* Positions, types and values of what stays are those that an ingest of the
 * shorter file finds. */
static void same_index(struct house_object *a, struct house_object *b)
{
	assert_true(bytes_eq(buf_bytes(&a->data), buf_bytes(&b->data)));
	assert_int_equal(a->head.nrecords, b->head.nrecords);
	assert_int_equal(a->head.nspans, b->head.nspans);
	assert_int_equal(a->head.nblocks, b->head.nblocks);
	assert_int_equal(a->head.body, b->head.body);
	assert_int_equal(a->head.body_end, b->head.body_end);
	assert_true(bytes_eq(a->head.prefix, b->head.prefix));
	assert_true(bytes_eq(a->head.suffix, b->head.suffix));
	for (uint32_t nr = 0; nr < a->head.nblocks; nr++) {
		struct index_block x, y;

		house_block(a, nr, &x);
		house_block(b, nr, &y);
		assert_int_equal(x.nrecords, y.nrecords);
		assert_int_equal(x.nspans, y.nspans);
		for (uint32_t i = 0; i < x.nrecords; i++) {
			assert_int_equal(x.records[i].sep, y.records[i].sep);
			assert_int_equal(x.records[i].start,
					 y.records[i].start);
			assert_int_equal(x.records[i].end, y.records[i].end);
			assert_int_equal(x.records[i].number,
					 y.records[i].number);
		}
		for (uint32_t i = 0; i < x.nspans; i++) {
			const struct value *v, *w;

			assert_int_equal(x.spans[i].start, y.spans[i].start);
			assert_int_equal(x.spans[i].end, y.spans[i].end);
			assert_int_equal(x.spans[i].ord, y.spans[i].ord);
			v = index_value(&x, x.spans[i].value);
			w = index_value(&y, y.spans[i].value);
			assert_true(bytes_eq(v->canon, w->canon));
		}
	}
}

/* Record k of a JSON array (lines: of a JSONL file): half of them long. */
static void put_record(struct buf *b, unsigned k, bool lines, bool first)
{
	if (!first)
		assert_int_equal(buf_puts(b, lines ? "" : ",\n "), 0);
	assert_int_equal(buf_printf(b,
				    "{\"id\": \"k%u\", \"t\": \"mail "
				    "u%u@mail.example, or u%u@mail.example",
				    k, k, k / 2),
			 0);
	for (unsigned i = 0; i < (k % 3 == 0 ? 7000u : 20u); i++)
		assert_int_equal(buf_printf(b, " word%u", i), 0);
	assert_int_equal(buf_puts(b, lines ? "\"}\n" : "\"}"), 0);
}

static void put_file(struct buf *b, const bool *gone, unsigned n, bool lines)
{
	bool first = true;

	buf_clear(b);
	assert_int_equal(buf_puts(b, lines ? "" : "[ "), 0);
	for (unsigned k = 0; k < n; k++) {
		if (gone[k])
			continue;
		put_record(b, k, lines, first);
		first = false;
	}
	assert_int_equal(buf_puts(b, lines ? "" : "\n]\n"), 0);
}

#define RECORDS 120 /* some two MiB: three blocks */

static void stripped(struct house *h, bool lines)
{
	const char *name = lines ? "a.jsonl" : "a.json";
	const char *other = lines ? "b.jsonl" : "b.json";
	bool gone[RECORDS] = {false};
	struct house_object a, b;
	struct buf text = {0};
	char m[300];

	manifest(h, m);
	put_file(&text, gone, RECORDS, lines);
	house_write(h, name, buf_bytes(&text));
	house_takes(h, m);
	for (unsigned round = 0; round < 6; round++) {
		/* The first, the last, and any. */
		unsigned k = round == 0	  ? 0
			     : round == 1 ? RECORDS - 1
					  : (round * 37) % RECORDS;
		char id[16];
		struct erase_want w = {
			.dataset = "d", .path = bytes_str(name), .record = id};

		snprintf(id, sizeof(id), "k%u", k);
		erased(h, &w);
		gone[k] = true;
	}
	put_file(&text, gone, RECORDS, lines);
	house_write(h, other, buf_bytes(&text));
	house_takes(h, m); /* and a.json, unchanged, stands already */
	assert_int_equal(house_open(h, name, &a), 0);
	assert_int_equal(house_open(h, other, &b), 0);
	assert_true(a.head.nblocks > 2);
	assert_int_equal(a.head.nrecords, RECORDS - 6);
	same_index(&a, &b);
	house_close(&a), house_close(&b);
	buf_free(&text);
	sound(h);
}

static void test_strip_json(void **state)
{
	stripped(*state, false);
}

static void test_strip_jsonl(void **state)
{
	stripped(*state, true);
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_strip_json, house_setup,
						house_teardown),
		cmocka_unit_test_setup_teardown(test_strip_jsonl, house_setup,
						house_teardown),
	};

	if (argc > 1 && strcmp(argv[1], CHILD_ARG) == 0)
		return child_main(CHILD_FD);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
