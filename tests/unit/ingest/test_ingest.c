/* Ingest end to end: what is sealed is the files and what was found in them. */
/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/mem.h"
#include "policy/policy.h"
#include "tests/unit/ingest/house.h"

#define MAIL "ann.berg@mail.example"

static const char calls[] =
	"carrel-dataset: 1\n"
	"name: d\n"
	"terms: { purposes: [qa], projects: [p], training: true }\n"
	"files:\n"
	"  - match: \"t/*.json\"\n"
	"    group: \"{stem}\"\n"
	"    records: \"$[*]\"\n"
	"    text: [\"$[*].t\"]\n"
	"  - match: \"m/*.json\"\n"
	"    group: \"{stem}\"\n"
	"    entities: { PERSON: [\"$.name\"] }\n"
	"    attributes: { consent: \"$.consent\" }\n";

static void manifest(struct house *h, const char *text, char out[300])
{
	snprintf(out, 300, "%s/manifest.yaml", h->f->dir);
	{
		FILE *f = fopen(out, "w");

		assert_non_null(f);
		assert_true(fputs(text, f) >= 0);
		assert_int_equal(fclose(f), 0);
	}
}

static void write_str(struct house *h, const char *path, const char *text)
{
	house_write(h, path, bytes_str(text));
}

static void test_first(void **state)
{
	struct house *h = *state;
	struct house_object o;
	struct index_block k;

	write_str(h, "a/x.jsonl", "{\"t\":\"mail " MAIL "\"}\n{broken\n");
	write_str(h, "b.txt", "nothing here\n");
	write_str(h, "c.bin", "a,b\n");
	house_takes(h, NULL);
	assert_int_equal(h->sum.files, 3);
	assert_int_equal(h->sum.denied, 1);
	assert_int_equal(h->sum.records_denied, 1);
	assert_int_equal(h->sum.version, 1);
	assert_int_equal(h->sum.spans, 1);
	assert_string_equal(h->sum.counts[0].type, "EMAIL_ADDRESS");
	assert_true(house_said(h, "c.bin", "not read"));
	assert_true(house_said(h, "a/x.jsonl", ""));
	assert_int_equal(house_open(h, "a/x.jsonl", &o), 0);
	assert_true(bytes_is(buf_bytes(&o.data),
			     "{\"t\":\"mail " MAIL "\"}\n{broken\n"));
	house_block(&o, 0, &k);
	assert_int_equal(k.nrecords, 2);
	assert_int_equal(k.nspans, 1);
	assert_int_equal(k.records[1].denied, DENIAL_MALFORMED);
	assert_memory_equal(o.data.p + k.spans[0].start, MAIL, strlen(MAIL));
	house_close(&o);
	assert_int_equal(house_open(h, "c.bin", &o), 0);
	assert_int_equal(o.summary.denied, DENIAL_FORMAT);
	house_close(&o);
	assert_int_equal(house_open(h, "d.txt", &o), -ENOENT);
}

static void test_groups_and_terms(void **state)
{
	struct house *h = *state;
	struct store_dataset d;
	struct house_object o;
	struct index_block k;
	struct terms t;
	char path[300];

	manifest(h, calls, path);
	write_str(h, "t/1.json", "[{\"t\":\"so Zebedee Quill, ok\"}]");
	write_str(h, "m/1.json",
		  "{\"name\":\"Zebedee Quill\",\"consent\":true}");
	house_takes(h, path);
	assert_int_equal(house_open(h, "t/1.json", &o), 0);
	assert_true(bytes_is(o.summary.group, "1"));
	assert_true(bytes_is(o.summary.attrs[0].key, "consent"));
	house_block(&o, 0, &k);
	assert_int_equal(k.nspans, 1);
	assert_memory_equal(o.data.p + k.spans[0].start, "Zebedee Quill", 13);
	assert_int_equal(store_dataset_get(h->s, "d", 0, &d, NULL), 0);
	assert_int_equal(terms_get(buf_bytes(&d.info), o.a, &t, NULL), 0);
	assert_int_equal(t.npurposes, 1);
	assert_string_equal(t.projects[0], "p");
	store_dataset_free(&d);
	house_close(&o);
}

static void test_again_and_changed(void **state)
{
	struct house *h = *state;
	struct ingest_want keep = {.keep_unseen = true};
	struct house_object o;

	write_str(h, "a.txt", "one " MAIL "\n");
	write_str(h, "b.txt", "two\n");
	house_takes(h, NULL);
	house_takes(h, NULL);
	assert_int_equal(h->sum.skipped, 2);
	assert_int_equal(h->sum.version, 1);
	write_str(h, "a.txt", "three\n");
	house_takes(h, NULL);
	assert_int_equal(h->sum.skipped, 1);
	assert_int_equal(h->sum.version, 2);
	assert_int_equal(house_open(h, "a.txt", &o), 0);
	assert_true(bytes_is(buf_bytes(&o.data), "three\n"));
	house_close(&o);
	house_remove(h, "a.txt");
	assert_int_equal(house_ingest(h, &keep), 0);
	assert_int_equal(house_objects(h), 2);
	house_takes(h, NULL);
	assert_int_equal(house_objects(h), 1);
}

/* What is found depends on the rules, so other rules look again. */
static void test_other_rules(void **state)
{
	struct house *h = *state;
	char path[300];

	write_str(h, "a.txt", "the code is QX-12\n");
	house_takes(h, NULL);
	manifest(h,
		 "carrel-dataset: 1\nname: d\nrecognizers:\n  custom:\n"
		 "    - { type: CODE, pattern: \"QX-[0-9]+\" }\n",
		 path);
	house_takes(h, path);
	assert_int_equal(h->sum.skipped, 0);
	assert_int_equal(h->sum.spans, 1);
	assert_string_equal(h->sum.counts[0].type, "CODE");
}

static void test_word_lists(void **state)
{
	struct house *h = *state;
	char path[300], list[300];
	FILE *f;

	manifest(h,
		 "carrel-dataset: 1\nname: d\nrecognizers:\n  custom:\n"
		 "    - { type: MODEL, words: models.txt }\n",
		 path);
	write_str(h, "a.txt", "was it grand-5 or so\n");
	{
		struct ingest_want w = {.manifest = path};

		assert_int_equal(house_ingest(h, &w), -ENOENT);
		assert_non_null(strstr(h->e.place, "models.txt"));
	}
	snprintf(list, sizeof(list), "%s/models.txt", h->f->dir);
	f = fopen(list, "w");
	assert_non_null(f);
	assert_true(fputs("# models\nGrand-5\n", f) >= 0);
	assert_int_equal(fclose(f), 0);
	house_takes(h, path);
	assert_int_equal(h->sum.spans, 1);
}

/* A manifest among the files is no data; without one the terms stay. */
static void test_manifest_among_files(void **state)
{
	struct house *h = *state;
	struct store_dataset d = {0};
	struct house_object o;
	char path[300];

	write_str(h, "m.yaml",
		  "carrel-dataset: 1\nname: d\nterms: { projects: [p] }\n"
		  "recognizers:\n  custom:\n"
		  "    - { type: MODEL, words: list.csv }\n");
	write_str(h, "list.csv", "grand\n");
	write_str(h, "a.txt", "x\n");
	house_path(h, "m.yaml", path);
	house_takes(h, path);
	assert_int_equal(h->sum.files, 1);
	assert_int_equal(h->sum.denied, 0);
	write_str(h, "a.txt", "y\n");
	house_remove(h, "list.csv");
	house_remove(h, "m.yaml");
	house_takes(h, NULL);
	assert_int_equal(h->sum.version, 2);
	assert_int_equal(store_dataset_get(h->s, "d", 0, &d, NULL), 0);
	assert_int_equal(house_open(h, "a.txt", &o), 0);
	{
		struct terms t;

		assert_int_equal(terms_get(buf_bytes(&d.info), o.a, &t, NULL),
				 0);
		assert_int_equal(t.nprojects, 1);
	}
	store_dataset_free(&d);
	house_close(&o);
}

static void test_bad_manifest(void **state)
{
	struct house *h = *state;
	struct ingest_want w = {0};
	char path[300];

	manifest(h, "carrel-dataset: 1\nname: d\nfils: []\n", path);
	w.manifest = path;
	assert_int_equal(house_ingest(h, &w), -EPROTO);
	assert_non_null(strstr(h->e.place, "manifest.yaml:3:1"));
	assert_non_null(strstr(h->e.text, "files"));
	assert_int_equal(house_objects(h), 0);
}

static void test_dry_run(void **state)
{
	struct house *h = *state;
	struct ingest_want w = {.dry_run = true};

	write_str(h, "a.txt", "mail " MAIL " and bo.ek@mail.example\n");
	assert_int_equal(house_ingest(h, &w), 0);
	assert_int_equal(h->sum.files, 1);
	assert_int_equal(h->sum.spans, 2);
	assert_int_equal(h->sum.counts[0].spans, 2);
	assert_int_equal(h->sum.version, 0);
	assert_int_equal(house_objects(h), 0);
}

static void test_links_and_paths(void **state)
{
	struct house *h = *state;
	char link[300], one[300], two[300];
	const char *paths[] = {one, two};
	struct ingest_want w = {.paths = paths, .npaths = 2};
	struct house_object o;

	write_str(h, "x/a.txt", "a\n");
	write_str(h, "y/b.txt", "b\n");
	house_path(h, "x/link.txt", link);
	assert_int_equal(symlink("a.txt", link), 0);
	house_path(h, "x", one);
	house_path(h, "y", two);
	assert_int_equal(house_ingest(h, &w), 0);
	assert_int_equal(h->sum.files, 2);
	assert_int_equal(h->sum.left, 1);
	assert_true(house_said(h, "link.txt", "symbolic link"));
	assert_int_equal(house_open(h, "y/b.txt", &o), 0);
	house_close(&o);
	w.paths = &(const char *){"/nonexistent/x"};
	w.npaths = 1;
	assert_int_equal(house_ingest(h, &w), -ENOENT);
}

/* A file of several blocks, written by several workers among many small. */
static void test_many_and_big(void **state)
{
	struct house *h = *state;
	CLEANUP(buf_free) struct buf b = {0};
	struct house_object o;
	struct index_check c = {0};

	while (b.n < 5 * (size_t)INDEX_BLOCK)
		assert_int_equal(buf_printf(&b, "{\"t\":\"so %s\"}\n",
					    b.n % 3 == 0 ? MAIL : "it goes"),
				 0);
	house_write(h, "big.jsonl", buf_bytes(&b));
	for (int i = 0; i < 200; i++) {
		char path[32];

		snprintf(path, sizeof(path), "s/%d/%03d.txt", i % 7, i);
		write_str(h, path, i % 2 == 0 ? "" : "x " MAIL);
	}
	house_takes(h, NULL);
	assert_int_equal(h->sum.files, 201);
	assert_int_equal(house_open(h, "big.jsonl", &o), 0);
	assert_true(bytes_eq(buf_bytes(&o.data), buf_bytes(&b)));
	c.size = o.data.n;
	for (uint32_t i = 0; i < o.head.nblocks; i++) {
		struct index_block k;

		house_block(&o, i, &k);
		assert_int_equal(index_check_block(&c, &k, NULL), 0);
	}
	assert_int_equal(index_check_head(&c, &o.head, NULL), 0);
	house_close(&o);
}

struct stopper {
	uint64_t after;
};

static int stop(void *ctx, uint64_t done, uint64_t total, uint64_t items)
{
	struct stopper *s = ctx;

	(void)done;
	(void)total;
	return items >= s->after ? 1 : 0;
}

/* Stopped in the middle: no version; the next run goes on from there. */
static void test_stopped_and_resumed(void **state)
{
	struct house *h = *state;
	struct stopper s = {20};
	const struct progress p = {stop, &s};
	struct ingest_want w = {.jobs = 1, .progress = &p};

	for (int i = 0; i < 60; i++) {
		char path[32];

		snprintf(path, sizeof(path), "%03d.txt", i);
		write_str(h, path, "x " MAIL);
	}
	assert_int_equal(house_ingest(h, &w), -ECANCELED);
	assert_int_equal(house_objects(h), 0);
	house_takes(h, NULL);
	assert_int_equal(h->sum.files, 60);
	assert_true(h->sum.skipped >= 20);
	assert_int_equal(house_objects(h), 60);
}

/* A writer that never rests: a file is taken as it was at some moment, or
 * left out; never a mixture of what was detected and what was sealed. */
struct writer {
	struct house *h;
	bool stop;
};

static void *scribble(void *arg)
{
	struct writer *w = arg;
	char path[300];

	house_path(w->h, "hot.jsonl", path);
	for (unsigned i = 0; !__atomic_load_n(&w->stop, __ATOMIC_ACQUIRE);
	     i++) {
		FILE *f = fopen(path, "r+");

		if (f == NULL)
			break;
		fprintf(f, "{\"n\":\"%c\"}", 'a' + (int)(i % 26));
		fclose(f);
	}
	return NULL;
}

/* A recording is not taken beside a transcript that changed. */
static void test_changing_files(void **state)
{
	static const uint8_t wav[46] = "RIFF\0\0\0\0WAVEfmt \x10\0\0\0"
				       "\1\0\1\0\x40\x1f\0\0\x80\x3e\0\0"
				       "\2\0\x10\0data\2\0\0";
	struct house *h = *state;
	struct writer w = {h, false};
	CLEANUP(buf_free) struct buf b = {0};
	char path[300];
	pthread_t t;

	manifest(h,
		 "carrel-dataset: 1\nname: d\nfiles:\n"
		 "  - { match: \"hot.*\", group: \"{stem}\",\n"
		 "      passthrough: true }\n",
		 path);

	while (b.n < 300000)
		assert_int_equal(buf_puts(&b, "{\"n\":\"a\"}\n"), 0);
	house_write(h, "hot.jsonl", buf_bytes(&b));
	house_write(h, "hot.wav", bytes_of(wav, sizeof(wav)));
	write_str(h, "cold.txt", "x\n");
	assert_int_equal(pthread_create(&t, NULL, scribble, &w), 0);
	for (int i = 0; i < 5; i++) {
		house_takes(h, path);
		assert_int_equal(h->sum.files + h->sum.left, 3);
		if (h->sum.left == 0)
			continue;
		assert_true(house_said(h, "hot.jsonl", "changed"));
		/* Where the recognizers noticed it themselves: denied. */
		assert_true(house_said(h, "hot.wav", "of its group") ||
			    h->sum.denied == 1);
	}
	__atomic_store_n(&w.stop, true, __ATOMIC_RELEASE);
	pthread_join(t, NULL);
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_first, house_setup,
						house_teardown),
		cmocka_unit_test_setup_teardown(test_groups_and_terms,
						house_setup, house_teardown),
		cmocka_unit_test_setup_teardown(test_again_and_changed,
						house_setup, house_teardown),
		cmocka_unit_test_setup_teardown(test_other_rules, house_setup,
						house_teardown),
		cmocka_unit_test_setup_teardown(test_word_lists, house_setup,
						house_teardown),
		cmocka_unit_test_setup_teardown(test_bad_manifest, house_setup,
						house_teardown),
		cmocka_unit_test_setup_teardown(test_manifest_among_files,
						house_setup, house_teardown),
		cmocka_unit_test_setup_teardown(test_dry_run, house_setup,
						house_teardown),
		cmocka_unit_test_setup_teardown(test_links_and_paths,
						house_setup, house_teardown),
		cmocka_unit_test_setup_teardown(test_many_and_big, house_setup,
						house_teardown),
		cmocka_unit_test_setup_teardown(test_stopped_and_resumed,
						house_setup, house_teardown),
		cmocka_unit_test_setup_teardown(test_changing_files,
						house_setup, house_teardown),
	};

	if (argc > 1 && strcmp(argv[1], CHILD_ARG) == 0)
		return child_main(CHILD_FD);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
