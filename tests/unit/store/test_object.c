/* Contents of every size, read in every way, by several threads. */
/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <pthread.h>
#include <stdio.h>

#include "base/mem.h"
#include "tests/unit/store/fixture.h"

/* One object "o" in data set "d", any content. */
static struct store *one(struct fixture *f, struct bytes content,
			 struct store_entry *e)
{
	struct store *s = fixture_writer(f);
	struct store_ingest *i;
	struct store_writer *w;
	uint64_t version;
	uint8_t root[32];

	assert_int_equal(store_ingest_begin(s, "d", S(""), &i, &f->e), 0);
	assert_int_equal(store_writer_new(i, &w), 0);
	assert_int_equal(fixture_put(w, "o", content), 0);
	assert_int_equal(store_writer_close(w, &f->e), 0);
	assert_int_equal(store_ingest_publish(i, true, &version, root, &f->e),
			 0);
	store_ingest_free(i);
	assert_int_equal(fixture_find(s, "d", 0, "o", e), 0);
	return s;
}

static void test_edges(void **state)
{
	static const size_t sizes[] = {
		0,
		1,
		STORE_SEGMENT - 1,
		STORE_SEGMENT,
		STORE_SEGMENT + 1,
		8 * STORE_SEGMENT,
		9 * STORE_SEGMENT + 5,
	};
	struct fixture *f = *state;
	struct buf b = {0};

	for (size_t k = 0; k < ARRAY_LEN(sizes); k++) {
		struct store_entry e;
		struct store_object *o;
		struct store *s;
		uint8_t c;

		fixture_bytes(&b, k + 1, sizes[k]);
		s = one(f, buf_bytes(&b), &e);
		fixture_same(s, &e, "o", buf_bytes(&b));
		assert_int_equal(store_object_open(s, e.id, e.version,
						   e.spanset, &o, NULL),
				 0);
		assert_int_equal(store_object_read(o, sizes[k], &c, 1),
				 -EINVAL);
		assert_int_equal(store_object_read(o, sizes[k] + 1, &c, 0),
				 -EINVAL);
		assert_int_equal(store_object_read(o, sizes[k], &c, 0), 0);
		assert_int_equal(store_object_read(o, UINT64_MAX, &c, 2),
				 -EINVAL);
		assert_int_equal(store_object_blob(o, 3, &b), -ENOENT);
		assert_int_equal(store_object_why(o, NULL), 0);
		store_object_close(o);
		store_close(s);
	}
	buf_free(&b);
}

static void random_reads(struct store_object *o, struct bytes content,
			 uint64_t seed, int times)
{
	uint8_t *got = mem_new(content.n + 1, 1);

	assert_non_null(got);
	while (times-- > 0) {
		size_t off = (size_t)(fixture_next(&seed) % (content.n + 1));
		size_t n = content.n - off;

		/* Half of the reads are small, as tools make them. */
		if (n > 0 && times % 2 == 0)
			n = (size_t)(fixture_next(&seed) % (n + 1));
		else if (n > 5000)
			n = (size_t)(fixture_next(&seed) % 5000);
		got[n] = 0xA5;
		assert_int_equal(store_object_read(o, off, got, n), 0);
		assert_memory_equal(got, content.p + off, n + (n == 0));
		assert_int_equal(got[n], 0xA5);
	}
	mem_free(got);
}

static void test_random_sizes(void **state)
{
	struct fixture *f = *state;
	struct store *s = fixture_writer(f);
	struct store_ingest *i;
	struct store_writer *w;
	struct buf b = {0};
	uint64_t seed = 42, version;
	uint8_t root[32];
	char path[32];

	assert_int_equal(store_ingest_begin(s, "d", S(""), &i, &f->e), 0);
	assert_int_equal(store_writer_new(i, &w), 0);
	for (uint64_t k = 1; k <= 60; k++) {
		snprintf(path, sizeof(path), "%02u", (unsigned)k);
		fixture_bytes(&b, k, (size_t)(fixture_next(&seed) % 204800));
		assert_int_equal(fixture_put(w, path, buf_bytes(&b)), 0);
	}
	assert_int_equal(store_writer_close(w, &f->e), 0);
	assert_int_equal(store_ingest_publish(i, true, &version, root, &f->e),
			 0);
	store_ingest_free(i);
	seed = 42;
	for (uint64_t k = 1; k <= 60; k++) {
		struct store_entry e;
		struct store_object *o;

		snprintf(path, sizeof(path), "%02u", (unsigned)k);
		fixture_bytes(&b, k, (size_t)(fixture_next(&seed) % 204800));
		assert_int_equal(buf_putc(&b, 0), 0);
		b.n--; /* one readable byte behind, for empty compares */
		assert_int_equal(fixture_find(s, "d", 1, path, &e), 0);
		fixture_same(s, &e, path, buf_bytes(&b));
		assert_int_equal(store_object_open(s, e.id, e.version,
						   e.spanset, &o, NULL),
				 0);
		if (b.n > 0)
			random_reads(o, bytes_of(b.p, b.n - 1), k, 40);
		store_object_close(o);
	}
	store_close(s);
	buf_free(&b);
}

/* Larger than a pack: several extents, blobs between them. */
static void test_several_packs(void **state)
{
	struct fixture *f = *state;
	struct store *s = fixture_writer(f);
	struct store_ingest *i;
	struct store_writer *w;
	struct store_entry e;
	struct store_object *o;
	struct store_fsck out;
	struct buf b = {0}, blob = {0};
	uint64_t version;
	uint8_t root[32], stamp[32] = {1};

	fixture_bytes(&b, 77, 40u << 20);
	assert_int_equal(store_ingest_begin(s, "d", S(""), &i, &f->e), 0);
	assert_int_equal(store_writer_new(i, &w), 0);
	assert_int_equal(fixture_put(w, "before", S("small")), 0);
	assert_int_equal(store_put_begin(w, S("big")), 0);
	for (size_t at = 0; at < b.n; at += 1u << 20) {
		assert_int_equal(
			store_put_data(w, bytes_of(b.p + at, 1u << 20)), 0);
		assert_int_equal(store_put_blob(w, bytes_of(b.p + at, 2000)),
				 0);
	}
	assert_int_equal(store_put_finish(w, S("head"), S("sum"), stamp, &f->e),
			 0);
	assert_int_equal(store_writer_close(w, &f->e), 0);
	assert_int_equal(store_ingest_publish(i, true, &version, root, &f->e),
			 0);
	store_ingest_free(i);
	assert_int_equal(fixture_find(s, "d", 0, "big", &e), 0);
	assert_int_equal(e.blobs, 41);
	assert_int_equal(
		store_object_open(s, e.id, e.version, e.spanset, &o, NULL), 0);
	random_reads(o, bytes_of(b.p, b.n - 1), 9, 30);
	for (uint32_t k = 0; k < 40; k++) {
		buf_clear(&blob);
		assert_int_equal(store_object_blob(o, k + 1, &blob), 0);
		assert_int_equal(blob.n, 2000);
		assert_memory_equal(blob.p, b.p + ((size_t)k << 20), 2000);
	}
	store_object_close(o);
	assert_int_equal(store_fsck(s, true, NULL, NULL, NULL, &out, &f->e), 0);
	assert_true(out.packs >= 3);
	assert_int_equal(out.orphans, 0);
	assert_int_equal(out.objects, 2);
	store_close(s);
	buf_free(&b), buf_free(&blob);
}

static void test_abort_and_misuse(void **state)
{
	struct fixture *f = *state;
	struct store *s = fixture_writer(f);
	struct store_ingest *i;
	struct store_writer *w;
	struct store_entry e;
	struct buf b = {0};
	uint64_t version;
	uint8_t root[32], stamp[32] = {0};

	fixture_bytes(&b, 5, 20u << 20);
	assert_int_equal(store_ingest_begin(s, "d", S(""), &i, &f->e), 0);
	assert_int_equal(store_writer_new(i, &w), 0);
	assert_int_equal(store_put_data(w, S("x")), -EINVAL);
	assert_int_equal(store_put_blob(w, S("x")), -EINVAL);
	assert_int_equal(store_put_finish(w, S(""), S(""), stamp, &f->e),
			 -EINVAL);
	store_put_abort(w);
	assert_int_equal(fixture_put(w, "a", S("first")), 0);
	assert_int_equal(store_put_begin(w, S("gone")), 0);
	assert_int_equal(store_put_data(w, buf_bytes(&b)), 0);
	store_put_abort(w);
	assert_int_equal(store_put_begin(w, S("gone too")), 0);
	assert_int_equal(store_put_blob(w, S("blob")), 0);
	assert_int_equal(store_put_begin(w, S("b")), 0); /* aborts */
	store_put_abort(w);
	assert_int_equal(fixture_put(w, "b", S("second")), 0);
	assert_int_equal(store_put_begin(w, S("left open")), 0);
	assert_int_equal(store_writer_close(w, &f->e), 0);
	assert_int_equal(store_ingest_publish(i, true, &version, root, &f->e),
			 0);
	store_ingest_free(i);
	assert_int_equal(fixture_find(s, "d", 0, "gone", &e), -ENOENT);
	assert_int_equal(fixture_find(s, "d", 0, "left open", &e), -ENOENT);
	assert_int_equal(fixture_find(s, "d", 0, "a", &e), 0);
	fixture_same(s, &e, "a", S("first"));
	assert_int_equal(fixture_find(s, "d", 0, "b", &e), 0);
	fixture_same(s, &e, "b", S("second"));
	store_close(s);
	buf_free(&b);
}

static void test_open_refuses(void **state)
{
	struct fixture *f = *state;
	struct store_entry e;
	struct store *s = one(f, S("content"), &e);
	uint8_t none[STORE_ID] = {1};
	struct store_object *o;

	assert_int_equal(store_object_open(s, none, 1, 1, &o, &f->e), -ENOENT);
	assert_int_equal(store_object_open(s, e.id, 2, e.spanset, &o, &f->e),
			 -ENOENT);
	assert_int_equal(store_object_open(s, e.id, 1, 7, &o, &f->e), -ENOENT);
	assert_null(o);
	store_close(s);
}

struct reader {
	struct store *s;
	const struct store_entry *e;
	struct store_object *shared;
	struct bytes content;
	uint64_t seed;
	bool failed;
};

static bool read_once(struct store_object *o, struct bytes content,
		      uint64_t *seed, uint8_t *got)
{
	size_t off = (size_t)(fixture_next(seed) % content.n);
	size_t n = (size_t)(fixture_next(seed) % (content.n - off));

	if (fixture_next(seed) % 2 == 0)
		n %= 4096;
	return store_object_read(o, off, got, n) == 0 &&
	       memcmp(got, content.p + off, n) == 0;
}

/* cmocka's asserts are for its own thread: this one only notes failure. */
static void *reader_run(void *ctx)
{
	struct reader *r = ctx;
	uint8_t *got = mem_new(r->content.n, 1);
	struct store_object *own;

	for (int k = 0; got != NULL && k < 60 && !r->failed; k++) {
		if (store_object_open(r->s, r->e->id, r->e->version,
				      r->e->spanset, &own, NULL) != 0) {
			r->failed = true;
			break;
		}
		for (int j = 0; j < 10; j++) {
			struct store_object *o = j % 2 == 0 ? own : r->shared;

			if (!read_once(o, r->content, &r->seed, got))
				r->failed = true;
		}
		store_object_close(own);
	}
	r->failed |= got == NULL;
	mem_free(got);
	return NULL;
}

static void test_threads(void **state)
{
	struct fixture *f = *state;
	struct store_entry e;
	struct buf b = {0};
	struct reader r[4];
	pthread_t t[4];
	struct store_object *shared;
	struct store *s;

	fixture_bytes(&b, 11, 700000);
	s = one(f, buf_bytes(&b), &e);
	assert_int_equal(
		store_object_open(s, e.id, e.version, e.spanset, &shared, NULL),
		0);
	for (size_t k = 0; k < 4; k++) {
		r[k] = (struct reader){.s = s,
				       .e = &e,
				       .shared = shared,
				       .content = buf_bytes(&b),
				       .seed = k + 1};
		assert_int_equal(pthread_create(&t[k], NULL, reader_run, &r[k]),
				 0);
	}
	for (size_t k = 0; k < 4; k++) {
		pthread_join(t[k], NULL);
		assert_false(r[k].failed);
	}
	store_object_close(shared);
	store_close(s);
	buf_free(&b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define T(name) \
	cmocka_unit_test_setup_teardown(name, fixture_setup, fixture_teardown)
		T(test_edges),	       T(test_random_sizes),
		T(test_several_packs), T(test_abort_and_misuse),
		T(test_open_refuses),  T(test_threads),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
