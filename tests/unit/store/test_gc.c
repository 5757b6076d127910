/* Packs rewritten without what is dead, under the eyes of readers. */
/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <stdio.h>

#include "fs/store/inner.h"
#include "tests/unit/store/fixture.h"

#define N 60
#define SEED 7u

/* Erase every object of the data set whose number `goes` picks. */
static void erase_some(struct store *s, bool (*goes)(size_t k))
{
	struct store_victim v[N];
	struct store_ingest *i;
	uint8_t root[32];
	uint64_t version;
	size_t n = 0;

	assert_int_equal(store_ingest_begin(s, "d", S("info"), &i, NULL), 0);
	for (size_t k = 0; k < N; k++) {
		struct store_entry e;
		struct buf b = {0};
		char path[32];

		fixture_numbered(k, SEED, path, &b);
		buf_free(&b);
		if (!goes(k) || fixture_find(s, "d", 0, path, &e) != 0)
			continue;
		memcpy(v[n].id, e.id, STORE_ID);
		v[n++].version = e.version;
		assert_int_equal(store_ingest_drop(i, e.id), 0);
	}
	assert_true(n > 0);
	assert_int_equal(store_erase_plan(i, v, n, true, NULL), 0);
	assert_int_equal(store_ingest_publish(i, true, &version, root, NULL),
			 0);
	store_ingest_free(i);
	assert_int_equal(store_erase_finish(s, NULL, NULL), 0);
}

static bool odd(size_t k)
{
	return k % 2 == 1;
}

static bool not_by_four(size_t k)
{
	return k % 4 != 0;
}

static void sound(struct fixture *f, struct store *s)
{
	struct store_fsck out;

	if (store_fsck(s, true, NULL, NULL, NULL, &out, &f->e) != 0)
		fail_msg("fsck: %s", f->e.text);
	assert_int_equal(out.orphans, 0);
}

/* Readers who opened objects before anything moved. */
static void open_all(struct store *s, struct store_object *o[N], size_t step)
{
	for (size_t k = 0; k < N; k += step) {
		struct store_entry e;
		struct buf b = {0};
		char path[32];

		fixture_numbered(k, SEED, path, &b);
		buf_free(&b);
		assert_int_equal(fixture_find(s, "d", 1, path, &e), 0);
		assert_int_equal(store_object_open(s, e.id, e.version,
						   e.spanset, &o[k], NULL),
				 0);
	}
}

/* First the blob, or first the content: either may find the pack gone. */
static void read_all(struct store_object *o[N], size_t step)
{
	for (size_t k = 0; k < N; k += step) {
		struct buf want = {0}, got = {0}, blob = {0};
		char path[32], head[64];

		fixture_numbered(k, SEED, path, &want);
		snprintf(head, sizeof(head), "head:%s", path);
		if (k % 3 == 0)
			assert_int_equal(store_object_blob(o[k], 0, &blob), 0);
		assert_int_equal(store_object_size(o[k]), want.n);
		assert_int_equal(buf_reserve(&got, want.n + 1), 0);
		assert_int_equal(store_object_read(o[k], 0, got.p, want.n), 0);
		assert_memory_equal(got.p, want.p, want.n);
		if (k % 3 != 0)
			assert_int_equal(store_object_blob(o[k], 0, &blob), 0);
		assert_true(bytes_is(buf_bytes(&blob), head));
		buf_free(&want), buf_free(&got), buf_free(&blob);
	}
}

static void close_all(struct store_object *o[N])
{
	for (size_t k = 0; k < N; k++)
		store_object_close(o[k]);
}

static void test_rewrite(void **state)
{
	struct fixture *f = *state;
	struct store *s = fixture_writer(f), *other = fixture_open(f);
	struct store_object *o[N] = {NULL};
	struct store_gc look, gc;

	assert_int_equal(fixture_ingest(s, "d", N, SEED, false), 1);
	open_all(other, o, 4);
	assert_int_equal(store_gc(s, STORE_GC_REWRITE, NULL, &gc, &f->e), 0);
	assert_int_equal(gc.removed + gc.rewritten + gc.freed, 0);
	erase_some(s, odd);
	assert_int_equal(store_gc(s, STORE_GC_REMOVE, NULL, &gc, &f->e), 0);
	assert_int_equal(gc.rewritten, 0);
	assert_int_equal(store_gc(s, STORE_GC_LOOK, NULL, &look, &f->e), 0);
	assert_true(look.rewritten > 0);
	assert_int_equal(store_gc(s, STORE_GC_REWRITE, NULL, &gc, &f->e), 0);
	assert_int_equal(gc.rewritten, look.rewritten);
	assert_int_equal(gc.freed, look.freed);
	sound(f, s);
	read_all(o, 4);
	/* And once more, with the readers in the packs of between. */
	erase_some(s, not_by_four);
	assert_int_equal(store_gc(s, STORE_GC_REWRITE, NULL, &gc, &f->e), 0);
	assert_true(gc.rewritten > 0);
	sound(f, s);
	read_all(o, 4);
	assert_int_equal(store_gc(s, STORE_GC_REWRITE, NULL, &gc, &f->e), 0);
	assert_int_equal(gc.removed + gc.rewritten + gc.freed, 0);
	close_all(o);
	store_close(other);
	store_close(s);
}

/* A pack that is gone and was not moved is damage, as ever. */
static void test_really_gone(void **state)
{
	struct fixture *f = *state;
	struct store *s = fixture_writer(f), *other = fixture_open(f);
	struct store_object *o[N] = {NULL};
	struct store_gc gc;
	uint8_t byte;

	assert_int_equal(fixture_ingest(s, "d", N, SEED, false), 1);
	open_all(other, o, 1);
	erase_some(s, odd);
	assert_int_equal(store_gc(s, STORE_GC_REWRITE, NULL, &gc, &f->e), 0);
	read_all(o, 2);
	for (size_t k = 1; k < N; k += 2)
		if (store_object_size(o[k]) > 0)
			assert_int_equal(store_object_read(o[k], 0, &byte, 1),
					 -EUCLEAN);
	close_all(o);
	store_close(other);
	store_close(s);
}

static int stop(void *ctx, uint64_t done UNUSED, uint64_t total UNUSED,
		uint64_t n UNUSED)
{
	return ++*(unsigned *)ctx > 2 * N + N / 2;
}

/* Stopped while it moves: nothing is lost, the next one ends it. */
static void test_stopped(void **state)
{
	struct fixture *f = *state;
	struct store *s = fixture_writer(f);
	struct store_object *o[N] = {NULL};
	unsigned ticks = 0;
	const struct progress p = {stop, &ticks};
	struct store_gc gc;

	assert_int_equal(fixture_ingest(s, "d", N, SEED, false), 1);
	erase_some(s, odd);
	assert_int_equal(store_gc(s, STORE_GC_REWRITE, &p, &gc, &f->e),
			 -ECANCELED);
	open_all(s, o, 2);
	read_all(o, 2);
	assert_int_equal(store_gc(s, STORE_GC_REWRITE, NULL, &gc, &f->e), 0);
	read_all(o, 2);
	sound(f, s);
	close_all(o);
	store_close(s);
}

#define LARGE 13u

static void large(struct buf *b, unsigned k)
{
	fixture_bytes(b, k + 1, k == 6 ? 40u << 20 : 3u << 20);
}

/* Of objects "0" to n - 1 those with an odd number. */
static void erase_odd(struct store *s, unsigned n)
{
	struct store_victim v[N];
	struct store_ingest *i;
	struct store_entry e;
	uint8_t root[32];
	uint64_t version;
	char path[16];
	size_t nv = 0;

	assert_int_equal(store_ingest_begin(s, "d", S("info"), &i, NULL), 0);
	for (unsigned k = 1; k < n; k += 2) {
		snprintf(path, sizeof(path), "%u", k);
		assert_int_equal(fixture_find(s, "d", 0, path, &e), 0);
		memcpy(v[nv].id, e.id, STORE_ID);
		v[nv++].version = e.version;
		assert_int_equal(store_ingest_drop(i, e.id), 0);
	}
	assert_int_equal(store_erase_plan(i, v, nv, true, NULL), 0);
	assert_int_equal(store_ingest_publish(i, true, &version, root, NULL),
			 0);
	store_ingest_free(i);
	assert_int_equal(store_erase_finish(s, NULL, NULL), 0);
}

/* More than a pack holds: rows of which some lie in a pack that is written
 * while others are still copied. */
static void test_large(void **state)
{
	struct fixture *f = *state;
	struct store *s = fixture_writer(f);
	struct store_ingest *i;
	struct store_writer *w;
	struct store_entry e;
	struct store_gc gc;
	uint8_t root[32];
	uint64_t version;
	char path[16];

	assert_int_equal(store_ingest_begin(s, "d", S("info"), &i, NULL), 0);
	assert_int_equal(store_writer_new(i, &w), 0);
	for (unsigned k = 0; k < LARGE; k++) {
		struct buf b = {0};

		snprintf(path, sizeof(path), "%u", k);
		large(&b, k);
		assert_int_equal(fixture_put(w, path, buf_bytes(&b)), 0);
		buf_free(&b);
	}
	assert_int_equal(store_writer_close(w, NULL), 0);
	assert_int_equal(store_ingest_publish(i, true, &version, root, NULL),
			 0);
	store_ingest_free(i);
	erase_odd(s, LARGE);
	assert_int_equal(store_gc(s, STORE_GC_REWRITE, NULL, &gc, &f->e), 0);
	assert_true(gc.rewritten > 1);
	for (unsigned k = 0; k < LARGE; k += 2) {
		struct buf b = {0};

		snprintf(path, sizeof(path), "%u", k);
		large(&b, k);
		assert_int_equal(fixture_find(s, "d", 0, path, &e), 0);
		fixture_same(s, &e, path, buf_bytes(&b));
		buf_free(&b);
	}
	sound(f, s);
	store_close(s);
}

/* ---- a disk that is full ---- */

static struct {
	struct backend real;
	size_t room; /* bytes */
	struct {
		uint8_t name[BACKEND_NAME];
		size_t n;
	} put[64];
	size_t nput;
} disk;

static int disk_note(void *ctx UNUSED, const uint8_t *name, uint64_t size)
{
	memcpy(disk.put[disk.nput].name, name, BACKEND_NAME);
	disk.put[disk.nput++].n = (size_t)size;
	return 0;
}

static int disk_put(void *self, const uint8_t *name, struct bytes data)
{
	if (data.n > disk.room)
		return -ENOSPC;
	disk.room -= data.n;
	(void)!disk_note(NULL, name, data.n);
	return disk.real.put_if_absent(self, name, data);
}

static int disk_delete(void *self, const uint8_t *name)
{
	for (size_t i = 0; i < disk.nput; i++)
		if (memcmp(disk.put[i].name, name, BACKEND_NAME) == 0)
			disk.room += disk.put[i].n;
	return disk.real.delete(self, name);
}

/* Packs of two objects each. */
static void put_pairs(struct store *s, unsigned n)
{
	struct store_ingest *i;
	struct store_writer *w;
	struct buf b = {0};
	uint8_t root[32];
	uint64_t version;
	char path[16];

	fixture_bytes(&b, 1, 3u << 20);
	assert_int_equal(store_ingest_begin(s, "d", S("info"), &i, NULL), 0);
	for (unsigned k = 0; k < n; k++) {
		assert_int_equal(store_writer_new(i, &w), 0);
		snprintf(path, sizeof(path), "%u", k);
		assert_int_equal(fixture_put(w, path, buf_bytes(&b)), 0);
		snprintf(path, sizeof(path), "%u", ++k);
		assert_int_equal(fixture_put(w, path, buf_bytes(&b)), 0);
		assert_int_equal(store_writer_close(w, NULL), 0);
	}
	assert_int_equal(store_ingest_publish(i, true, &version, root, NULL),
			 0);
	store_ingest_free(i);
	buf_free(&b);
}

/* Room comes back as it goes: a little is enough. */
static void test_full_disk(void **state)
{
	struct fixture *f = *state;
	struct store *s = fixture_writer(f);
	struct store_gc gc;

	put_pairs(s, 24);
	erase_odd(s, 24);
	disk.real = s->packs;
	disk.nput = 0;
	s->packs.put_if_absent = disk_put;
	s->packs.delete = disk_delete;
	assert_int_equal(disk.real.list(disk.real.self, disk_note, NULL), 0);
	disk.room = 1u << 20;
	assert_int_equal(store_gc(s, STORE_GC_REWRITE, NULL, &gc, &f->e),
			 -ENOSPC);
	assert_non_null(strstr(f->e.text, "no room"));
	sound(f, s);
	disk.room = 18u << 20;
	assert_int_equal(store_gc(s, STORE_GC_REWRITE, NULL, &gc, &f->e), 0);
	assert_true(gc.rewritten >= 12);
	sound(f, s);
	store_close(s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define T(name) \
	cmocka_unit_test_setup_teardown(name, fixture_setup, fixture_teardown)
		T(test_rewrite), T(test_really_gone), T(test_stopped),
		T(test_large),	 T(test_full_disk),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
