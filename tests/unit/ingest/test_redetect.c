/* Detecting anew what is stored: the files it came from are gone. */
/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <stdio.h>

#include "tests/unit/ingest/erasing.h"

/* One object of any version: its number of spans of a span set. */
static uint64_t spans_of(struct house *h, uint64_t version, const char *path,
			 struct store_entry *out)
{
	struct store_object *o;
	struct index_head head;
	struct arena *a = arena_new();
	struct buf b = {0};
	uint64_t n;

	assert_non_null(a);
	assert_int_equal(fixture_find(h->s, "d", version, path, out), 0);
	assert_int_equal(store_object_open(h->s, out->id, out->version,
					   out->spanset, &o, &h->e),
			 0);
	assert_int_equal(store_object_blob(o, 0, &b), 0);
	assert_int_equal(index_head_get(buf_bytes(&b), a, &head, NULL), 0);
	n = head.nspans;
	store_object_close(o);
	buf_free(&b);
	arena_free(a);
	return n;
}

/* What is looked at, and a number of the house's own. */
static void write_manifest(struct house *h, const char *name, const char *text,
			   const char *more, char out[300])
{
	FILE *f;

	snprintf(out, 300, "%s/%s", h->f->dir, name);
	f = fopen(out, "w");
	assert_non_null(f);
	assert_true(fprintf(f,
			    "carrel-dataset: 1\n"
			    "name: d\n"
			    "terms: { purposes: [qa], projects: [p] }\n"
			    "language: en\n"
			    "files:\n"
			    "  - { match: \"*.json\", records: \"$[*]\","
			    " id: \"$[*].id\", text: [%s] }\n%s",
			    text, more) > 0);
	assert_int_equal(fclose(f), 0);
}

#define CUSTOM                                               \
	"recognizers: { custom: [ { type: TICKET, pattern: " \
	"\"zeb[a-z]+\" } ] }\n"

static void some_files(struct house *h, unsigned n)
{
	for (unsigned i = 0; i < n; i++) {
		struct buf b = {0};
		char path[32];

		snprintf(path, sizeof(path), "%u.json", i);
		assert_int_equal(
			buf_printf(&b,
				   "[{\"id\": \"a%u\", \"t\": \"my name is "
				   "Maria Garcia, a zebra\"},\n"
				   " {\"id\": \"b%u\", \"t\": \"nothing\","
				   " \"u\": \"(212) 555-0147\"}]",
				   i, i),
			0);
		house_write(h, path, buf_bytes(&b));
		buf_free(&b);
	}
}

static void forget_files(struct house *h, unsigned n)
{
	for (unsigned i = 0; i < n; i++) {
		char path[32];

		snprintf(path, sizeof(path), "%u.json", i);
		house_remove(h, path);
	}
}

static int again(struct house *h, const char *manifest,
		 const struct progress *p)
{
	struct ingest_want w = {.jobs = 1,
				.manifest = manifest,
				.redetect = true,
				.progress = p};

	return house_ingest(h, &w);
}

static void test_spans(void **state)
{
	struct house *h = *state;
	struct store_entry was, is;
	char m[300], other[300];

	write_manifest(h, "m.yaml", "\"$[*].t\"", "", m);
	write_manifest(h, "o.yaml", "\"$[*].t\"", CUSTOM, other);
	some_files(h, 3);
	house_takes(h, m);
	forget_files(h, 3);
	assert_int_equal(again(h, m, NULL), 0);
	assert_int_equal(h->sum.skipped, 3);
	assert_int_equal(h->sum.version, 1); /* nothing changed */
	assert_int_equal(again(h, other, NULL), 0);
	assert_int_equal(h->sum.skipped, 0);
	assert_int_equal(h->sum.records, 6);
	assert_int_equal(h->sum.version, 2);
	assert_int_equal(house_objects(h), 3);
	assert_int_equal(spans_of(h, 2, "1.json", &is),
			 spans_of(h, 1, "1.json", &was) + 1);
	assert_int_equal(is.version, was.version);
	assert_int_equal(was.spanset, 1);
	assert_int_equal(is.spanset, 2);
	assert_memory_equal(is.content, was.content, sizeof(is.content));
	assert_int_equal(again(h, other, NULL), 0);
	assert_int_equal(h->sum.skipped, 3);
	assert_int_equal(h->sum.version, 2);
	/* Files that come now are what it was made from. */
	some_files(h, 3);
	house_takes(h, other);
	assert_int_equal(h->sum.skipped, 3);
	sound(h);
}

static int stop_at(void *ctx, uint64_t done UNUSED, uint64_t total UNUSED,
		   uint64_t files)
{
	return files >= *(const unsigned *)ctx;
}

/* Stopped on the way it goes on, and never mixes with another run's. */
static void test_goes_on(void **state)
{
	struct house *h = *state;
	unsigned at = 2;
	const struct progress p = {stop_at, &at};
	struct ingest_want w = {.jobs = 1, .progress = &p};
	struct store_entry e;
	uint64_t before;
	char m[300], other[300];

	write_manifest(h, "m.yaml", "\"$[*].t\"", "", m);
	write_manifest(h, "o.yaml", "\"$[*].t\"", CUSTOM, other);
	some_files(h, 6);
	house_takes(h, m);
	before = spans_of(h, 0, "0.json", &e);
	assert_int_equal(again(h, other, &p), -ECANCELED);
	assert_int_equal(spans_of(h, 0, "0.json", &e), before);
	assert_int_equal(e.spanset, 1);
	assert_int_equal(again(h, other, NULL), 0);
	assert_in_range(h->sum.skipped, 1, 5);
	assert_int_equal(spans_of(h, 0, "0.json", &e), before + 1);
	sound(h);
	/* An ingest of other contents that was cut off; then again. */
	house_write(h, "0.json", S("[{\"id\": \"n\", \"t\": \"other\"}]"));
	w.manifest = m;
	assert_int_equal(house_ingest(h, &w), -ECANCELED);
	assert_int_equal(again(h, m, NULL), 0);
	assert_int_equal(h->sum.version, 3);
	assert_int_equal(spans_of(h, 3, "0.json", &e), before);
	assert_int_equal(e.version, 1);
	assert_int_equal(e.spanset, 3);
	for (struct ids l = ids_all(h); l.n > 0; l.n--)
		if (memcmp(l.v[l.n - 1].id, e.id, STORE_ID) == 0)
			assert_int_equal(l.v[l.n - 1].version, 1);
	/* And the other way round: what was cut off goes with it. */
	assert_int_equal(again(h, other, &p), -ECANCELED);
	w.progress = NULL;
	assert_int_equal(house_ingest(h, &w), 0);
	assert_int_equal(h->sum.version, 4);
	assert_int_equal(spans_of(h, 4, "0.json", &e), 0);
	assert_int_equal(e.version, 4);
	sound(h);
}

/* What was cut off, and is asked for no more, is never published by the way. */
static void test_left(void **state)
{
	struct house *h = *state;
	unsigned at = 2;
	const struct progress p = {stop_at, &at};
	struct ingest_want w = {.jobs = 1, .progress = &p};
	struct store_entry e;
	uint64_t before;
	char m[300], other[300];

	write_manifest(h, "m.yaml", "\"$[*].t\"", "", m);
	write_manifest(h, "o.yaml", "\"$[*].t\"", CUSTOM, other);
	some_files(h, 4);
	house_takes(h, m);
	before = spans_of(h, 0, "0.json", &e);
	/* Of a search, by an ingest of another file. */
	assert_int_equal(again(h, other, &p), -ECANCELED);
	forget_files(h, 4);
	house_write(h, "x.json", S("[{\"id\": \"x\", \"t\": \"x\"}]"));
	w.manifest = m;
	w.keep_unseen = true;
	w.progress = NULL;
	assert_int_equal(house_ingest(h, &w), 0);
	assert_int_equal(house_objects(h), 5);
	for (unsigned i = 0; i < 4; i++) {
		char path[32];

		snprintf(path, sizeof(path), "%u.json", i);
		assert_int_equal(spans_of(h, 0, path, &e), before);
		assert_int_equal(e.spanset, 1);
	}
	sound(h);
	/* Of an ingest, by a search. */
	some_files(h, 7);
	w.progress = &p;
	assert_int_equal(house_ingest(h, &w), -ECANCELED);
	assert_int_equal(again(h, other, NULL), 0);
	assert_int_equal(house_objects(h), 5);
	assert_int_equal(spans_of(h, 0, "0.json", &e), before + 1);
	sound(h);
}

/* What only recognizers of before found is found, and goes. */
static void test_erase_older(void **state)
{
	struct house *h = *state;
	struct erase_want w = {.dataset = "d", .dry_run = true};
	struct erase_sum sum;
	struct seen seen;
	struct house_object o;
	char both[300], one[300];

	write_manifest(h, "m.yaml", "\"$[*].t\", \"$[*].u\"", "", both);
	write_manifest(h, "o.yaml", "\"$[*].t\"", "", one);
	some_files(h, 1);
	house_takes(h, both);
	assert_int_equal(again(h, one, NULL), 0);
	assert_int_equal(h->sum.version, 2);
	assert_int_equal(
		needles_new(S("+1 212 555 0147"), "x", &w.values, &h->e), 0);
	assert_int_equal(run(h, &w, &seen, &sum), 0);
	assert_int_equal(seen.found, 1); /* one content, of two span sets */
	assert_int_equal(seen.records, 1);
	w.dry_run = false;
	erased(h, &w);
	needles_free(w.values);
	assert_int_equal(house_open(h, "0.json", &o), 0);
	assert_null(memmem(o.data.p, o.data.n, "0147", 4));
	assert_non_null(memmem(o.data.p, o.data.n, "Maria", 5));
	house_close(&o);
	assert_int_equal(try_all(h).contents, 1);
	assert_int_equal(try_all(h).keyless, 2); /* its two span sets */
	sound(h);
}

/* What a manifest of before said of an object as a whole is found, too. */
static void test_erase_told(void **state)
{
	struct house *h = *state;
	struct erase_want w = {.dataset = "d"};
	char told[300], m[300];

	write_manifest(h, "t.yaml",
		       "\"$[*].t\"], attributes: { client: " NAME " } }\n"
		       "  - { match: \"x/*.json\", text: [\"$[*].t\"",
		       "", told);
	write_manifest(h, "m.yaml", "\"$[*].t\"", "", m);
	some_files(h, 1);
	house_takes(h, told);
	assert_true(try_all(h).hit);
	assert_int_equal(again(h, m, NULL), 0);
	assert_int_equal(h->sum.version, 2);
	some_files(h, 2);
	house_takes(h, m);
	assert_int_equal(needles_new(S(NAME), "x", &w.values, &h->e), 0);
	erased(h, &w);
	needles_free(w.values);
	assert_false(try_all(h).hit);
	assert_int_equal(house_objects(h), 1);
	sound(h);
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
#define T(name) \
	cmocka_unit_test_setup_teardown(name, house_setup, house_teardown)
		T(test_spans),	     T(test_goes_on),	 T(test_left),
		T(test_erase_older), T(test_erase_told),
	};

	if (argc > 1 && strcmp(argv[1], CHILD_ARG) == 0)
		return child_main(CHILD_FD);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
