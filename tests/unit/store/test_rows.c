/* Rows of the catalog changed by somebody with SQLite but without keys. */
/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <string.h>

#include "fs/store/catalog.h"
#include "tests/unit/store/fixture.h"

#define OBJECTS 6
#define SEED 31

static void filled(struct fixture *f)
{
	struct store *s = fixture_writer(f);

	fixture_ingest(s, "d", OBJECTS, SEED, false);
	store_close(s);
}

struct copy {
	uint8_t dataset[STORE_ID], id[2][STORE_ID], leaf[2][CATALOG_HASH];
	struct buf cell[2];
	uint64_t first, version;
	uint32_t spanset;
	size_t n;
};

static int copy_row(void *ctx, const struct catalog_entry *e)
{
	struct copy *c = ctx;

	if (c->n == 2)
		return 0;
	memcpy(c->id[c->n], e->id, STORE_ID);
	memcpy(c->leaf[c->n], e->leaf, CATALOG_HASH);
	c->first = e->first;
	c->version = e->version;
	c->spanset = e->spanset;
	buf_clear(&c->cell[c->n]);
	return buf_putb(&c->cell[c->n++], e->cell);
}

static int copy_dataset(void *ctx, const struct catalog_dataset *d)
{
	struct copy *c = ctx;

	memcpy(c->dataset, d->id, STORE_ID);
	return 0;
}

static struct catalog *rows_of(struct fixture *f, struct copy *c)
{
	struct catalog *cat;

	assert_int_equal(catalog_open(f->store, &cat, &f->e), 0);
	assert_int_equal(catalog_dataset_each(cat, copy_dataset, c), 0);
	assert_int_equal(catalog_entry_each(cat, c->dataset, 1, copy_row, c),
			 0);
	return cat;
}

static int count(void *ctx, const struct store_entry *e)
{
	(void)e;
	++*(unsigned *)ctx;
	return 0;
}

static void lists(struct fixture *f, int want, const char *words)
{
	struct store *s = fixture_open(f);
	struct store_dataset d;
	unsigned n = 0;

	assert_int_equal(store_dataset_get(s, "d", 1, &d, &f->e), 0);
	assert_int_equal(store_entries(s, &d, count, &n), want);
	assert_int_equal(n, 0); /* nothing was handed out */
	assert_int_equal(store_members(s, &d, count, &n), want);
	store_dataset_free(&d);
	store_close(s);
	fixture_damaged(f, false, words);
}

static struct catalog_entry row_of(const struct copy *c, size_t k)
{
	return (struct catalog_entry){.dataset = c->dataset,
				      .id = c->id[k],
				      .first = c->first,
				      .last = CATALOG_LAST,
				      .version = c->version,
				      .spanset = c->spanset,
				      .leaf = c->leaf[k],
				      .cell = buf_bytes(&c->cell[k])};
}

static void copy_free(struct copy *c)
{
	buf_free(&c->cell[0]);
	buf_free(&c->cell[1]);
}

static void test_row_removed(void **state)
{
	struct fixture *f = *state;
	struct copy c = {0};
	struct catalog *cat;

	filled(f);
	cat = rows_of(f, &c);
	assert_int_equal(catalog_entry_del(cat, c.dataset, c.id[0], 1), 0);
	catalog_close(cat);
	lists(f, -EUCLEAN, "manifest root differs");
	copy_free(&c);
}

static void test_row_hidden(void **state)
{
	struct fixture *f = *state;
	struct copy c = {0};
	struct catalog *cat;

	filled(f);
	cat = rows_of(f, &c);
	assert_int_equal(catalog_entry_close(cat, c.dataset, c.id[0], 1, 0), 0);
	catalog_close(cat);
	lists(f, -EUCLEAN, "manifest root differs");
	copy_free(&c);
}

/* The cell and leaf of one row under the id of another. */
static void test_row_exchanged(void **state)
{
	struct fixture *f = *state;
	struct catalog_entry e;
	struct copy c = {0};
	struct catalog *cat;

	filled(f);
	cat = rows_of(f, &c);
	e = row_of(&c, 0);
	e.leaf = c.leaf[1];
	e.cell = buf_bytes(&c.cell[1]);
	assert_int_equal(catalog_entry_put(cat, &e), 0);
	catalog_close(cat);
	lists(f, -EUCLEAN, "manifest root differs");
	copy_free(&c);
}

static void test_version_row(void **state)
{
	struct fixture *f = *state;
	struct buf cell = {0};
	struct copy c = {0};
	struct store_dataset d;
	struct catalog *cat;
	struct store *s;

	filled(f);
	cat = rows_of(f, &c);
	assert_int_equal(catalog_version_get(cat, c.dataset, 1, &cell), 0);
	assert_int_equal(
		catalog_version_put(cat, c.dataset, 2, buf_bytes(&cell)), 0);
	assert_int_equal(catalog_dataset_newest(cat, c.dataset, 2), 0);
	catalog_close(cat);
	s = fixture_open(f);
	assert_int_equal(store_dataset_get(s, "d", 0, &d, &f->e), -EBADMSG);
	assert_non_null(strstr(f->e.text, "not what was written"));
	store_close(s);
	fixture_damaged(f, false, "");
	buf_free(&cell);
	copy_free(&c);
}

/* A row of one object's content under another object's id. */
static void test_content_moved(void **state)
{
	struct fixture *f = *state;
	struct buf key = {0}, cell = {0};
	uint8_t dataset[STORE_ID];
	struct copy c = {0};
	struct catalog *cat;
	struct store_object *o;
	struct store *s;

	filled(f);
	cat = rows_of(f, &c);
	assert_int_equal(
		catalog_content_get(cat, c.id[0], 1, dataset, &key, &cell), 0);
	assert_int_equal(catalog_content_put(cat, c.id[1], 1, dataset,
					     buf_bytes(&key), buf_bytes(&cell)),
			 0);
	catalog_close(cat);
	s = fixture_open(f);
	assert_int_equal(store_object_open(s, c.id[1], 1, 1, &o, &f->e),
			 -EUCLEAN);
	assert_non_null(strstr(f->e.text, "not what was written"));
	assert_int_equal(store_object_open(s, c.id[0], 1, 1, &o, &f->e), 0);
	store_object_close(o);
	store_close(s);
	buf_free(&key), buf_free(&cell);
	copy_free(&c);
}

/* No row of spans: what was erased is called so first. */
static void test_spans_gone(void **state)
{
	struct fixture *f = *state;
	struct buf key = {0}, cell = {0}, spans = {0};
	uint8_t dataset[STORE_ID];
	struct copy c = {0};
	struct store_object *o;
	struct catalog *cat;
	struct store *s;

	filled(f);
	cat = rows_of(f, &c);
	assert_int_equal(catalog_object_get(cat, c.id[0], 1, 1, dataset, &key,
					    &cell, &spans),
			 0);
	assert_true(key.n > 0 && cell.n > 0 && spans.n > 0);
	assert_int_equal(catalog_object_get(cat, c.id[0], 9, 1, dataset, &key,
					    &cell, &spans),
			 -ENOENT);
	for (int i = 0; i < 2; i++)
		assert_int_equal(catalog_spans_del(cat, c.id[i], 1), 0);
	assert_int_equal(catalog_content_shred(cat, c.id[0], 1), 0);
	catalog_close(cat);
	s = fixture_open(f);
	assert_int_equal(store_object_open(s, c.id[0], 1, 1, &o, &f->e),
			 -ENOKEY);
	assert_int_equal(store_object_open(s, c.id[1], 1, 1, &o, &f->e),
			 -ENOENT);
	store_close(s);
	buf_free(&key), buf_free(&cell), buf_free(&spans);
	copy_free(&c);
}

/* An erased object: its row has no key. */
static void test_key_gone(void **state)
{
	struct fixture *f = *state;
	struct buf key = {0}, cell = {0};
	uint8_t dataset[STORE_ID];
	struct copy c = {0};
	struct store_fsck out;
	struct store_object *o;
	struct catalog *cat;
	struct store *s;

	filled(f);
	cat = rows_of(f, &c);
	assert_int_equal(
		catalog_content_get(cat, c.id[0], 1, dataset, &key, &cell), 0);
	assert_int_equal(catalog_content_put(cat, c.id[0], 1, dataset, S(""),
					     buf_bytes(&cell)),
			 0);
	catalog_close(cat);
	s = fixture_open(f);
	assert_int_equal(store_object_open(s, c.id[0], 1, 1, &o, &f->e),
			 -ENOKEY);
	assert_non_null(strstr(f->e.text, "erased"));
	assert_int_equal(store_fsck(s, true, NULL, NULL, NULL, &out, &f->e), 0);
	store_close(s);
	buf_free(&key), buf_free(&cell);
	copy_free(&c);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define T(name) \
	cmocka_unit_test_setup_teardown(name, fixture_setup, fixture_teardown)
		T(test_row_removed),   T(test_row_hidden),
		T(test_row_exchanged), T(test_version_row),
		T(test_content_moved), T(test_key_gone),
		T(test_spans_gone),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
