/* fsck while somebody ingests: what comes and goes meanwhile is no damage. */
/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>

#include "fs/store/inner.h"
#include "tests/unit/store/fixture.h"

#define OBJECTS 8
#define PENDING 40

/* What the other process does between two steps of fsck, called from within
 * the calls that fsck makes of the packs. */
static struct beside {
	struct backend real;
	struct store *writer;
	void (*on_list)(struct store *w);
	void (*on_head)(struct store *w);
} beside;

static void once(void (**fn)(struct store *w))
{
	void (*f)(struct store * w) = *fn;

	*fn = NULL;
	if (f != NULL)
		f(beside.writer);
}

static int list(void *self,
		int (*fn)(void *ctx, const uint8_t name[BACKEND_NAME],
			  uint64_t size),
		void *ctx)
{
	int r = beside.real.list(self, fn, ctx);

	once(&beside.on_list);
	return r;
}

static int head(void *self, const uint8_t name[BACKEND_NAME], uint64_t *size)
{
	once(&beside.on_head);
	return beside.real.head(self, name, size);
}

static void words(void *ctx, const char *text)
{
	(void)ctx;
	print_message("%s\n", text);
}

static void fsck_good(struct fixture *f, bool deep)
{
	struct store *s = fixture_open(f);
	struct store_fsck out;

	beside.real = s->packs;
	s->packs.list = list;
	s->packs.head = head;
	assert_int_equal(store_fsck(s, deep, NULL, words, NULL, &out, NULL), 0);
	assert_int_equal(out.bad, 0);
	assert_null(beside.on_list);
	assert_null(beside.on_head);
	s->packs = beside.real;
	store_close(s);
}

static void publish(struct store *w)
{
	assert_int_equal(fixture_ingest(w, "d", OBJECTS, 2, false), 2);
	assert_int_equal(fixture_ingest(w, "e", OBJECTS, 3, false), 1);
}

static void new_packs(struct fixture *f, bool deep)
{
	beside.writer = fixture_writer(f);
	assert_int_equal(fixture_ingest(beside.writer, "d", OBJECTS, 1, false),
			 1);
	beside.on_list = publish;
	fsck_good(f, deep);
	store_close(beside.writer);
}

static void test_new_packs(void **state)
{
	new_packs(*state, false);
}

static void test_new_packs_deep(void **state)
{
	new_packs(*state, true);
}

/* Rows of a version to come, without their end. */
static void put_pending(struct store *w, unsigned n)
{
	struct store_ingest *i;
	struct store_writer *x;
	char path[32];

	assert_int_equal(store_ingest_begin(w, "d", S("info"), &i, NULL), 0);
	assert_int_equal(store_writer_new(i, &x), 0);
	for (unsigned k = 0; k < n; k++) {
		snprintf(path, sizeof(path), "pending/%u", k);
		assert_int_equal(fixture_put(x, path, bytes_str(path)), 0);
	}
	assert_int_equal(store_writer_close(x, NULL), 0);
	store_ingest_free(i);
}

static void begin(struct store *w)
{
	put_pending(w, PENDING);
}

/* The next run is about other paths: the rows of those that wait are deleted.
 */
static void replace(struct store *w)
{
	assert_int_equal(fixture_ingest(w, "d", OBJECTS, 2, false), 2);
}

static void test_rows_gone(void **state)
{
	struct fixture *f = *state;

	beside.writer = fixture_writer(f);
	assert_int_equal(fixture_ingest(beside.writer, "d", OBJECTS, 1, false),
			 1);
	beside.on_list = begin;
	beside.on_head = replace;
	fsck_good(f, true);
	store_close(beside.writer);
}

static void collect(struct store *w)
{
	struct store_gc gc;

	assert_int_equal(store_gc(w, STORE_GC_REWRITE, NULL, &gc, NULL), 0);
	assert_true(gc.rewritten > 0);
}

/* Packs that were listed are rewritten, and gone, before they are looked at. */
static void test_gc(void **state)
{
	struct fixture *f = *state;
	struct store *w = beside.writer = fixture_writer(f);
	struct store_victim v = {.version = 1};
	struct store_ingest *i;
	struct store_entry e;
	uint8_t root[32];
	uint64_t version;
	struct buf b = {0};
	char path[32];

	assert_int_equal(fixture_ingest(w, "d", OBJECTS, 1, false), 1);
	for (size_t k = 0; k < 3; k++) {
		fixture_numbered(k, 1, path, &b);
		assert_int_equal(fixture_find(w, "d", 0, path, &e), 0);
		memcpy(v.id, e.id, STORE_ID);
		assert_int_equal(
			store_ingest_begin(w, "d", S("info"), &i, NULL), 0);
		assert_int_equal(store_ingest_drop(i, e.id), 0);
		assert_int_equal(store_erase_plan(i, &v, 1, true, NULL), 0);
		assert_int_equal(
			store_ingest_publish(i, true, &version, root, NULL), 0);
		store_ingest_free(i);
		assert_int_equal(store_erase_finish(w, NULL, NULL), 0);
	}
	buf_free(&b);
	beside.on_list = collect;
	fsck_good(f, true);
	store_close(w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_new_packs, fixture_setup,
						fixture_teardown),
		cmocka_unit_test_setup_teardown(
			test_new_packs_deep, fixture_setup, fixture_teardown),
		cmocka_unit_test_setup_teardown(test_rows_gone, fixture_setup,
						fixture_teardown),
		cmocka_unit_test_setup_teardown(test_gc, fixture_setup,
						fixture_teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
