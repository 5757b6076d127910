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

enum shape {
	ARRAY,
	LINES,	/* JSONL */
	NESTED, /* the array is a member, with others around it */
	MAP	/* members are records */
};

static const struct {
	const char *name, *other, *before, *after, *between, *end;
} shapes[] = {
	[ARRAY] = {"a.json", "b.json", "[ ", "\n]\n", ",\n ", "}"},
	[LINES] = {"a.jsonl", "b.jsonl", "", "", "", "}\n"},
	[NESTED] = {"n/a.json", "n/b.json",
		    "{\"m\": \"x@mail.example\", \"turns\":[", "\n ], \"z\":1}",
		    " , ", "}"},
	[MAP] = {"m/a.json", "m/b.json", "{", "}\n", ",", "}"},
};

/* Record k, some of them long. */
static void put_record(struct buf *b, unsigned k, enum shape shape)
{
	if (shape == MAP)
		assert_int_equal(buf_printf(b, " \"k%u\" : ", k), 0);
	assert_int_equal(buf_printf(b,
				    "{\"id\": \"k%u\", \"t\": \"mail "
				    "u%u@mail.example, or u%u@mail.example",
				    k, k, k / 2),
			 0);
	for (unsigned i = 0; i < (k % 3 == 0 ? 7000u : 20u); i++)
		assert_int_equal(buf_printf(b, " word%u", i), 0);
	assert_int_equal(buf_printf(b, "\"%s", shapes[shape].end), 0);
}

static void put_file(struct buf *b, const bool *gone, unsigned n,
		     enum shape shape)
{
	bool first = true;

	buf_clear(b);
	assert_int_equal(buf_puts(b, shapes[shape].before), 0);
	for (unsigned k = 0; k < n; k++) {
		if (gone[k])
			continue;
		if (!first)
			assert_int_equal(buf_puts(b, shapes[shape].between), 0);
		put_record(b, k, shape);
		first = false;
	}
	assert_int_equal(buf_puts(b, shapes[shape].after), 0);
}

#define RECORDS 120 /* some two MiB: three blocks */

static void stripped(struct house *h, enum shape shape)
{
	const char *name = shapes[shape].name, *other = shapes[shape].other;
	bool gone[RECORDS] = {false};
	struct house_object a, b;
	struct buf text = {0};
	char m[300];

	manifest(h, m);
	put_file(&text, gone, RECORDS, shape);
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
	put_file(&text, gone, RECORDS, shape);
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

static void test_array(void **state)
{
	stripped(*state, ARRAY);
}

static void test_lines(void **state)
{
	stripped(*state, LINES);
}

static void test_nested(void **state)
{
	stripped(*state, NESTED);
}

static void test_map(void **state)
{
	stripped(*state, MAP);
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_array, house_setup,
						house_teardown),
		cmocka_unit_test_setup_teardown(test_lines, house_setup,
						house_teardown),
		cmocka_unit_test_setup_teardown(test_nested, house_setup,
						house_teardown),
		cmocka_unit_test_setup_teardown(test_map, house_setup,
						house_teardown),
	};

	if (argc > 1 && strcmp(argv[1], CHILD_ARG) == 0)
		return child_main(CHILD_FD);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
