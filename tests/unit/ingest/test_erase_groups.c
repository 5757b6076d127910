/* Erasing a record of a call: its recording, and what unchanged files do. */
/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <stdio.h>

#include "fs/ingest/source.h"
#include "tests/unit/ingest/erasing.h"

#define RATE 8000u
#define SECONDS 2u

static const char calls[] =
	"carrel-dataset: 1\n"
	"name: d\n"
	"terms: { purposes: [qa], projects: [p] }\n"
	"language: en\n"
	"files:\n"
	"  - { match: \"t/*.jsonl\", group: \"{stem}\", id: \"$.id\","
	" text: \"$.said\", segments: { items: \"$\", start: \"$.at\","
	" duration: \"$.for\", unit: ms } }\n"
	"  - { match: \"w/*.wav\", group: \"{stem}\" }\n";

static void put32(struct buf *b, uint32_t v)
{
	for (unsigned i = 0; i < 4; i++)
		assert_int_equal(buf_putc(b, (uint8_t)(v >> (8 * i))), 0);
}

/* Unsigned bytes, one channel; what is in it does not matter. */
static void write_wav(struct house *h, const char *path)
{
	struct buf b = {0};

	assert_int_equal(buf_puts(&b, "RIFF"), 0);
	put32(&b, 36 + RATE * SECONDS);
	assert_int_equal(buf_puts(&b, "WAVEfmt "), 0);
	put32(&b, 16);
	put32(&b, 1 | 1u << 16);
	put32(&b, RATE);
	put32(&b, RATE);
	put32(&b, 1 | 8u << 16);
	assert_int_equal(buf_puts(&b, "data"), 0);
	put32(&b, RATE * SECONDS);
	for (uint32_t i = 0; i < RATE * SECONDS; i++)
		assert_int_equal(buf_putc(&b, (uint8_t)(i * i >> 3)), 0);
	house_write(h, path, buf_bytes(&b));
	buf_free(&b);
}

static void two_calls(struct house *h, char manifest[300])
{
	FILE *f;

	snprintf(manifest, 300, "%s/calls.yaml", h->f->dir);
	f = fopen(manifest, "w");
	assert_non_null(f);
	assert_true(fputs(calls, f) >= 0);
	assert_int_equal(fclose(f), 0);
	for (unsigned k = 1; k <= 2; k++) {
		char path[32];

		snprintf(path, sizeof(path), "t/%u.jsonl", k);
		house_write(h, path,
			    S("{\"id\": \"a\", \"said\": \"my name is " NAME
			      "\", \"at\": 0, \"for\": 900}\n"
			      "{\"id\": \"b\", \"said\": \"thank you\","
			      " \"at\": 1000, \"for\": 900}\n"));
		snprintf(path, sizeof(path), "w/%u.wav", k);
		write_wav(h, path);
	}
}

static bool stands(struct house *h, const char *path)
{
	struct house_object o;
	int r = house_open(h, path, &o);

	if (r == 0)
		house_close(&o);
	return r == 0;
}

static bool has_record(struct house *h, const char *path, const char *id)
{
	struct house_object o;
	struct index_block k;
	bool has = false;

	assert_int_equal(house_open(h, path, &o), 0);
	house_block(&o, 0, &k);
	for (uint32_t i = 0; i < k.nrecords; i++)
		has |= bytes_is(k.records[i].id, id);
	house_close(&o);
	return has;
}

/* What a record says is also heard: not after it was erased. */
static void test_recording_goes(void **state)
{
	struct house *h = *state;
	struct erase_want w = {.dataset = "d",
			       .path = S("t/1.jsonl"),
			       .record = "none",
			       .dry_run = true};
	struct erase_sum sum;
	struct seen seen;
	char m[300];

	two_calls(h, m);
	house_takes(h, m);
	assert_int_equal(h->sum.denied, 0);
	assert_int_equal(run(h, &w, &seen, &sum), -ENOENT);
	w.record = "a";
	assert_int_equal(run(h, &w, &seen, &sum), 0);
	assert_int_equal(seen.found, 2);
	assert_int_equal(seen.whole, 1);
	assert_string_equal(seen.last, "w/1.wav");
	w.dry_run = false;
	erased(h, &w);
	assert_false(stands(h, "w/1.wav"));
	assert_true(stands(h, "w/2.wav"));
	assert_true(has_record(h, "t/1.jsonl", "b"));
	assert_false(has_record(h, "t/1.jsonl", "a"));
	assert_true(has_record(h, "t/2.jsonl", "a"));
	assert_int_equal(try_all(h).keyless, 2);
	sound(h);
}

/* A value that nobody recognized, hence no bleep: it is heard all the same. */
static void test_value(void **state)
{
	struct house *h = *state;
	struct erase_want w = {.dataset = NULL};
	char m[300];

	two_calls(h, m);
	house_write(h, "t/2.jsonl",
		    S("{\"id\": \"a\", \"said\": \"so qzx qzx\", \"at\": 0,"
		      " \"for\": 900}\n{\"id\": \"b\", \"said\": \"yes\","
		      " \"at\": 1000, \"for\": 900}\n"));
	house_takes(h, m);
	assert_int_equal(needles_new(S("qzx qzx"), "x", &w.values, &h->e), 0);
	erased(h, &w);
	needles_free(w.values);
	assert_false(has_record(h, "t/2.jsonl", "a"));
	assert_false(stands(h, "w/2.wav"));
	assert_true(stands(h, "w/1.wav"));
	/* Named by its path, a file goes alone. */
	w = (struct erase_want){.dataset = "d", .path = S("t/1.jsonl")};
	erased(h, &w);
	assert_true(stands(h, "w/1.wav"));
	sound(h);
}

/* Unchanged files do not bring back what was erased from them, whatever else
 * changes: other files of the group, the manifest. A file that was named does
 * come back. */
static void test_record_stays_erased(void **state)
{
	struct house *h = *state;
	struct erase_want w = {
		.dataset = "d", .path = S("t/1.jsonl"), .record = "a"};
	char m[300];
	FILE *f;

	two_calls(h, m);
	house_takes(h, m);
	erased(h, &w);
	w = (struct erase_want){.dataset = "d", .path = S("w/2.wav")};
	erased(h, &w);
	assert_int_equal(house_objects(h), 2);
	house_takes(h, m);
	assert_int_equal(h->sum.files, 3);
	assert_int_equal(h->sum.skipped, 2);
	assert_true(house_said(h, "w/1.wav", "was erased"));
	assert_false(house_said(h, "t/2.jsonl", "--redetect"));
	assert_int_equal(house_objects(h), 3);
	assert_false(has_record(h, "t/1.jsonl", "a"));
	assert_true(has_record(h, "t/2.jsonl", "a"));
	/* The next one of the same file, and another manifest. */
	w = (struct erase_want){
		.dataset = "d", .path = S("t/2.jsonl"), .record = "a"};
	erased(h, &w);
	house_write(h, "t/3.jsonl",
		    S("{\"id\": \"a\", \"said\": \"1\", \"at\": 0, \"for\": "
		      "9}\n{\"id\": \"b\", \"said\": \"2\", \"at\": 10, "
		      "\"for\": 9}\n{\"id\": \"c\", \"said\": \"3\", \"at\": "
		      "20, \"for\": 9}\n"));
	house_takes(h, m);
	w.path = S("t/3.jsonl");
	erased(h, &w);
	w.record = "b";
	erased(h, &w);
	f = fopen(m, "a");
	assert_non_null(f);
	assert_true(fputs("recognizers: { custom: [ { type: X, pattern: "
			  "\"y\" } ] }\n",
			  f) >= 0);
	assert_int_equal(fclose(f), 0);
	house_takes(h, m);
	for (unsigned k = 1; k <= 3; k++) {
		char path[32];

		snprintf(path, sizeof(path), "t/%u.jsonl", k);
		assert_true(house_said(h, path, "--redetect"));
		assert_false(has_record(h, path, "a"));
		assert_true(has_record(h, path, k == 3 ? "c" : "b"));
		snprintf(path, sizeof(path), "w/%u.wav", k);
		assert_false(stands(h, path));
	}
	assert_false(has_record(h, "t/3.jsonl", "b"));
	/* A file that was changed is another one. */
	house_write(h, "t/3.jsonl",
		    S("{\"id\": \"a\", \"said\": \"new\", \"at\": 0, "
		      "\"for\": 9}\n"));
	house_takes(h, m);
	assert_true(has_record(h, "t/3.jsonl", "a"));
	sound(h);
}

/* Erasing that was cut off has erased nothing: the file is as it was. */
static void test_cut_off(void **state)
{
	struct house *h = *state;
	struct erase_want w = {
		.dataset = "d", .path = S("t/1.jsonl"), .record = "a"};
	struct store_dataset d;
	struct store_entry e;
	char m[300];

	two_calls(h, m);
	house_takes(h, m);
	assert_int_equal(fixture_find(h->s, "d", 0, "t/1.jsonl", &e), 0);
	assert_int_equal(source_put(h->s, &e, 2, false), 0);
	house_write(h, "x.txt", S("one more\n"));
	house_takes(h, m); /* takes the number */
	write_wav(h, "w/3.wav");
	house_write(h, "t/1.jsonl",
		    S("{\"id\": \"a\", \"said\": \"x\", \"at\": 0, \"for\": 9"
		      "}\n{\"id\": \"b\", \"said\": \"y\", \"at\": 10, "
		      "\"for\": 9}\n"));
	house_takes(h, m);
	assert_int_equal(store_dataset_get(h->s, "d", 0, &d, &h->e), 0);
	assert_int_equal(d.version, 3);
	store_dataset_free(&d);
	erased(h, &w);
	house_write(h, "y.txt", S("and one\n"));
	house_takes(h, m);
	assert_false(has_record(h, "t/1.jsonl", "a"));
	sound(h);
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_recording_goes,
						house_setup, house_teardown),
		cmocka_unit_test_setup_teardown(test_record_stays_erased,
						house_setup, house_teardown),
		cmocka_unit_test_setup_teardown(test_value, house_setup,
						house_teardown),
		cmocka_unit_test_setup_teardown(test_cut_off, house_setup,
						house_teardown),
	};

	if (argc > 1 && strcmp(argv[1], CHILD_ARG) == 0)
		return child_main(CHILD_FD);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
