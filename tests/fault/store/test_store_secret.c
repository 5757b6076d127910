/* Nothing readable: no canary of content or names in any file of the store. */
/* SPDX-License-Identifier: Apache-2.0 */
#include <fcntl.h>
#include <stdio.h>

#include "base/fdio.h"
#include "base/hex.h"
#include "tests/unit/store/fixture.h"

/* Each stands somewhere in what the test puts. */
static const char *const canaries[] = {
	"zqcanary-content", "zqcanary-path",	"zqcanary-dataset",
	"zqcanary-info",    "zqcanary-head",	"zqcanary-blob",
	"zqcanary-summary", "zqcanary-project", "zqcanary-cellname",
	"zqcanary-value",   "zqcanary-kind",	"zqcanary",
};

struct search {
	unsigned files, hits;
	uint8_t raw[KEY_LEN];
};

static bool holds(const struct buf *b, const void *p, size_t n)
{
	return memmem(b->p, b->n, p, n) != NULL;
}

static void search_one(void *ctx, const char *path)
{
	struct search *s = ctx;
	struct buf b = {0};

	assert_int_equal(file_read(AT_FDCWD, path, 100u << 20, &b), 0);
	s->files++;
	for (size_t i = 0; i < ARRAY_LEN(canaries); i++) {
		if (holds(&b, canaries[i], strlen(canaries[i]))) {
			print_error("%s holds %s\n", path, canaries[i]);
			s->hits++;
		}
		if (strstr(path, canaries[i]) != NULL)
			s->hits++;
	}
	s->hits += b.n > 0 && holds(&b, s->raw, sizeof(s->raw));
	buf_free(&b);
}

static void search(struct fixture *f)
{
	struct search s = {0};

	memcpy(s.raw, key_raw(f->key), KEY_LEN);
	fixture_each_file(f->dir, search_one, &s);
	assert_true(s.files >= 4); /* store.yaml, catalog, lock, a pack */
	assert_int_equal(s.hits, 0);
}

static void put(struct store *s)
{
	struct store_ingest *i;
	struct store_writer *w;
	struct buf b = {0};
	uint8_t stamp[32] = "zqcanary-stamp", root[32];
	struct key *key;
	uint64_t v;

	for (int k = 0; k < 3000; k++)
		assert_int_equal(buf_printf(&b, "zqcanary-content %d ", k), 0);
	assert_int_equal(store_ingest_begin(s, "zqcanary-dataset",
					    S("zqcanary-info"), &i, NULL),
			 0);
	assert_int_equal(store_writer_new(i, &w), 0);
	assert_int_equal(store_put_begin(w, S("dir/zqcanary-path.json")), 0);
	assert_int_equal(store_put_data(w, buf_bytes(&b)), 0);
	assert_int_equal(store_put_blob(w, S("zqcanary-blob")), 0);
	assert_int_equal(store_put_finish(w, S("zqcanary-head"),
					  S("zqcanary-summary"), stamp, NULL),
			 0);
	assert_int_equal(store_writer_close(w, NULL), 0);
	assert_int_equal(store_ingest_publish(i, false, &v, root, NULL), 0);
	store_ingest_free(i);
	assert_int_equal(store_project_key(s, "zqcanary-project", "zqcanary",
					   &key, NULL),
			 0);
	key_free(key);
	assert_int_equal(store_cell_put(s, "zqcanary-kind",
					S("zqcanary-cellname"),
					S("zqcanary-value")),
			 0);
	buf_free(&b);
}

static void test_nothing_readable(void **state)
{
	struct fixture *f = *state;
	struct store *s = fixture_writer(f);

	put(s);
	search(f); /* the write-ahead log is still there */
	store_close(s);
	search(f);
	s = fixture_writer(f);
	assert_int_equal(
		store_cell_del(s, "zqcanary-kind", S("zqcanary-cellname")), 0);
	store_close(s);
	search(f);
}

/* Two stores of the same things share no block of bytes and no id. */
static void test_nothing_joins(void **state)
{
	struct fixture *f = *state, *g;
	struct store_entry a, b;
	struct store *s, *t;
	void *other = NULL;

	assert_int_equal(fixture_setup(&other), 0);
	g = other;
	s = fixture_writer(f);
	t = fixture_writer(g);
	fixture_ingest(s, "d", 1, 3, false);
	fixture_ingest(t, "d", 1, 3, false);
	assert_int_equal(fixture_find(s, "d", 0, "dir/00000.json", &a), 0);
	assert_int_equal(fixture_find(t, "d", 0, "dir/00000.json", &b), 0);
	assert_memory_not_equal(a.id, b.id, STORE_ID);
	assert_memory_not_equal(a.content, b.content, 32);
	assert_memory_not_equal(store_id(s), store_id(t), STORE_ID);
	store_close(s);
	store_close(t);
	assert_int_equal(fixture_teardown(&other), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(
			test_nothing_readable, fixture_setup, fixture_teardown),
		cmocka_unit_test_setup_teardown(
			test_nothing_joins, fixture_setup, fixture_teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
