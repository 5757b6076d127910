/* The end of a project: also one that was cut off, or that a reader delays. */
/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <stdio.h>
#include <sys/stat.h>

#include "base/hex.h"
#include "fs/store/inner.h"
#include "tests/unit/store/fixture.h"

/* alice's area in the project, with a file in its folder. */
static void area_make(struct fixture *f, struct store *s, const char *project,
		      char path[200])
{
	struct store_work a;
	char hex[2 * STORE_ID + 1], file[220];
	FILE *out;

	assert_int_equal(store_work_area(s, project, "alice", true, &a, &f->e),
			 0);
	hex_encode(hex, bytes_of(a.id, STORE_ID));
	snprintf(path, 200, "%s/work/%s", f->store, hex);
	assert_int_equal(mkdir(path, 0700), 0);
	snprintf(file, sizeof(file), "%s/tree.db", path);
	out = fopen(file, "w");
	assert_non_null(out);
	assert_int_equal(fclose(out), 0);
	assert_int_equal(store_work_keep(s, &a, &f->e), 0);
	store_work_free(&a);
}

static bool stands(const char *path)
{
	struct stat st;

	return lstat(path, &st) == 0;
}

static void test_end(void **state)
{
	struct fixture *f = *state;
	struct store *s = fixture_writer(f);
	struct store_ended x;
	char p[200], q[200];

	area_make(f, s, "p", p);
	area_make(f, s, "q", q);
	assert_int_equal(store_project_end(s, "none", &x, &f->e), -ENOENT);
	store_ended_free(&x);
	assert_int_equal(store_project_end(s, "p", &x, &f->e), 0);
	assert_int_equal(x.n, 1);
	assert_true(stands(p));
	assert_int_equal(store_ended_sweep(s, &x, &f->e), 0);
	store_ended_free(&x);
	assert_false(stands(p));
	assert_true(stands(q));
	assert_int_equal(store_project_end(s, "p", &x, &f->e), -ENOKEY);
	store_ended_free(&x);
	store_close(s);
}

/* Cut off before the sweep: it goes on where the command comes again. */
static void test_taken_up(void **state)
{
	struct fixture *f = *state;
	struct store *s = fixture_writer(f);
	struct store_ended x;
	char p[200];

	area_make(f, s, "p", p);
	assert_int_equal(store_project_end(s, "p", &x, &f->e), 0);
	store_ended_free(&x);
	assert_int_equal(store_project_end(s, "p", &x, &f->e), 0);
	assert_int_equal(x.n, 1);
	assert_string_equal(buf_str(&x.project), "p");
	assert_int_equal(store_ended_sweep(s, &x, &f->e), 0);
	store_ended_free(&x);
	assert_false(stands(p));
	assert_int_equal(store_project_end(s, "p", &x, &f->e), -ENOKEY);
	store_ended_free(&x);
	store_close(s);
}

/* Or by who next has the store to himself. */
static void test_settled(void **state)
{
	struct fixture *f = *state;
	struct store *s = fixture_writer(f);
	struct store_ended x;
	char p[200];

	area_make(f, s, "p", p);
	assert_int_equal(store_project_end(s, "p", &x, &f->e), 0);
	store_ended_free(&x);
	store_close(s);
	s = fixture_open(f);
	assert_true(stands(p)); /* to read changes nothing */
	assert_int_equal(store_lock(s, &f->e), 0);
	assert_false(stands(p));
	assert_int_equal(store_project_end(s, "p", &x, &f->e), -ENOKEY);
	store_ended_free(&x);
	store_close(s);
}

struct reading {
	struct fixture *f;
	struct store *writer;
	struct store_ended *x;
	unsigned n;
};

/* A read that began before the end keeps the WAL. */
static int while_read(void *ctx, struct bytes kind UNUSED,
		      struct bytes name UNUSED, struct bytes value UNUSED)
{
	struct reading *r = ctx;

	r->n++;
	assert_int_equal(store_project_end(r->writer, "p", r->x, &r->f->e), 0);
	assert_int_equal(store_ended_sweep(r->writer, r->x, &r->f->e), -EBUSY);
	assert_non_null(strstr(r->f->e.text, "catalog.db-wal"));
	return 1;
}

static void test_kept_wal(void **state)
{
	struct fixture *f = *state;
	struct store *s = fixture_writer(f), *other = fixture_open(f);
	struct store_ended x;
	struct reading r = {.f = f, .writer = s, .x = &x};
	char p[200];

	area_make(f, s, "p", p);
	(void)!catalog_cell_each(other->catalog, bytes_of(NULL, 0), while_read,
				 &r);
	assert_int_equal(r.n, 1);
	assert_false(stands(p)); /* the folders are gone all the same */
	assert_int_equal(store_ended_sweep(s, &x, &f->e), 0);
	store_ended_free(&x);
	store_close(other);
	store_close(s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define T(name) \
	cmocka_unit_test_setup_teardown(name, fixture_setup, fixture_teardown)
		T(test_end),
		T(test_taken_up),
		T(test_settled),
		T(test_kept_wal),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
