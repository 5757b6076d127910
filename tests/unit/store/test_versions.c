/* Versions of a data set: replaced, kept, removed, resumed, replayed. */
/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <stdio.h>

#include "tests/unit/store/fixture.h"

struct run {
	struct store *s;
	struct store_ingest *i;
	struct store_writer *w;
	uint64_t version;
	uint8_t root[32];
};

static void begin(struct run *r, struct store *s, const char *info)
{
	struct err e;

	*r = (struct run){.s = s};
	assert_int_equal(store_ingest_begin(s, "d", bytes_str(info), &r->i, &e),
			 0);
	assert_int_equal(store_writer_new(r->i, &r->w), 0);
}

static bool has(struct run *r, const char *path, const char *content)
{
	uint8_t stamp[32];

	fixture_stamp(stamp, bytes_str(content));
	return store_ingest_has(r->i, bytes_str(path), stamp, NULL);
}

static void put(struct run *r, const char *path, const char *content)
{
	assert_int_equal(fixture_put(r->w, path, bytes_str(content)), 0);
}

/* Close the writer; what it held is durable, not published. */
static void stop(struct run *r)
{
	assert_int_equal(store_writer_close(r->w, NULL), 0);
	store_ingest_free(r->i);
}

static uint64_t publish(struct run *r, bool keep)
{
	struct err e;

	assert_int_equal(store_writer_close(r->w, &e), 0);
	assert_int_equal(
		store_ingest_publish(r->i, keep, &r->version, r->root, &e), 0);
	store_ingest_free(r->i);
	return r->version;
}

static void is(struct store *s, uint64_t v, const char *path,
	       const char *content)
{
	struct store_entry e;
	int rc = fixture_find(s, "d", v, path, &e);

	if (content == NULL) {
		assert_int_equal(rc, -ENOENT);
		return;
	}
	assert_int_equal(rc, 0);
	fixture_same(s, &e, path, bytes_str(content));
}

static void good(struct store *s)
{
	struct store_fsck out;
	struct err e = {0};

	if (store_fsck(s, true, NULL, NULL, NULL, &out, &e) != 0)
		fail_msg("%s", e.text);
}

static void test_replace(void **state)
{
	struct fixture *f = *state;
	struct store *s = fixture_writer(f);
	struct store_entry a, b;
	struct store_dataset d;
	struct run r;

	begin(&r, s, "one");
	put(&r, "x", "x1");
	put(&r, "y", "y1");
	assert_int_equal(publish(&r, false), 1);
	assert_int_equal(fixture_find(s, "d", 1, "x", &a), 0);
	begin(&r, s, "one");
	assert_true(has(&r, "y", "y1"));
	assert_false(has(&r, "x", "x2"));
	assert_false(has(&r, "z", "z1"));
	put(&r, "x", "x2");
	put(&r, "z", "z1");
	is(s, 0, "x", "x1"); /* readers still see version 1 */
	assert_int_equal(publish(&r, false), 2);
	assert_int_equal(fixture_find(s, "d", 0, "x", &b), 0);
	assert_memory_equal(a.id, b.id, STORE_ID);
	assert_int_equal(a.version, 1);
	assert_int_equal(b.version, 2);
	is(s, 2, "x", "x2"), is(s, 2, "y", "y1"), is(s, 2, "z", "z1");
	is(s, 1, "x", "x1"), is(s, 1, "y", "y1"), is(s, 1, "z", NULL);
	assert_int_equal(store_dataset_get(s, "d", 0, &d, NULL), 0);
	assert_int_equal(d.version, 2);
	assert_int_equal(d.objects, 3);
	assert_memory_equal(d.root, r.root, 32);
	assert_true(bytes_is(buf_bytes(&d.info), "one"));
	assert_true(bytes_is(buf_bytes(&d.name), "d"));
	assert_true(d.released_ns > 0);
	store_dataset_free(&d);
	good(s);
	store_close(s);
}

static void test_unseen(void **state)
{
	struct fixture *f = *state;
	struct store *s = fixture_writer(f);
	struct run r;

	begin(&r, s, "");
	put(&r, "x", "1");
	put(&r, "y", "1");
	assert_int_equal(publish(&r, false), 1);
	begin(&r, s, "");
	assert_true(has(&r, "x", "1"));
	assert_int_equal(publish(&r, true), 1); /* nothing changed */
	begin(&r, s, "");
	assert_true(has(&r, "x", "1"));
	assert_int_equal(publish(&r, false), 2);
	is(s, 2, "y", NULL), is(s, 1, "y", "1"), is(s, 2, "x", "1");
	begin(&r, s, "");
	put(&r, "y", "2");
	assert_int_equal(publish(&r, true), 3);
	is(s, 3, "x", "1"), is(s, 3, "y", "2"), is(s, 2, "y", NULL);
	good(s);
	store_close(s);
}

static void test_nothing_changed(void **state)
{
	struct fixture *f = *state;
	struct store *s = fixture_writer(f);
	uint8_t root[32];
	struct run r;

	begin(&r, s, "info");
	assert_int_equal(publish(&r, false), 1); /* an empty set is one */
	begin(&r, s, "info");
	put(&r, "x", "1");
	assert_int_equal(publish(&r, false), 2);
	memcpy(root, r.root, 32);
	begin(&r, s, "info");
	assert_true(has(&r, "x", "1"));
	assert_int_equal(publish(&r, false), 2);
	assert_memory_equal(root, r.root, 32);
	begin(&r, s, "other terms");
	assert_true(has(&r, "x", "1"));
	assert_int_equal(publish(&r, false), 3);
	is(s, 3, "x", "1");
	good(s);
	store_close(s);
}

static void test_resume(void **state)
{
	struct fixture *f = *state;
	struct store *s = fixture_writer(f);
	struct store_dataset d;
	struct run r;

	begin(&r, s, "");
	put(&r, "x", "1");
	stop(&r);
	assert_int_equal(store_dataset_get(s, "d", 0, &d, &f->e), -ENOENT);
	store_close(s);
	s = fixture_writer(f);
	begin(&r, s, "");
	assert_true(has(&r, "x", "1")); /* need not be put again */
	assert_false(has(&r, "x", "2"));
	put(&r, "y", "1");
	stop(&r);
	begin(&r, s, "");
	assert_true(has(&r, "y", "1"));
	put(&r, "x", "3"); /* instead of the unpublished one */
	assert_int_equal(publish(&r, false), 1);
	is(s, 1, "x", "3"), is(s, 1, "y", "1");
	begin(&r, s, "");
	put(&r, "gone", "1");
	stop(&r);
	begin(&r, s, "");
	assert_true(has(&r, "x", "3") && has(&r, "y", "1"));
	assert_int_equal(publish(&r, false), 1); /* the leftover is dropped */
	is(s, 1, "gone", NULL);
	good(s);
	store_close(s);
}

static int names(void *ctx, const struct store_dataset *d)
{
	struct buf *b = ctx;

	assert_int_equal(buf_putb(b, buf_bytes(&d->name)), 0);
	return buf_printf(b, ":%u ", (unsigned)d->version);
}

static void test_each(void **state)
{
	struct fixture *f = *state;
	struct store *s = fixture_writer(f);
	struct buf b = {0};
	struct store_ingest *i;
	struct store_dataset d;

	fixture_ingest(s, "pref", 2, 1, false);
	fixture_ingest(s, "calls", 2, 1, false);
	fixture_ingest(s, "calls", 2, 2, false);
	assert_int_equal(store_ingest_begin(s, "begun", S(""), &i, &f->e), 0);
	store_ingest_free(i);
	assert_int_equal(store_dataset_each(s, names, &b), 0);
	assert_true(bytes_is(buf_bytes(&b), "begun:0 calls:2 pref:1 "));
	assert_int_equal(store_dataset_get(s, "nothing", 0, &d, &f->e),
			 -ENOENT);
	assert_non_null(strstr(f->e.text, "no such data set"));
	assert_int_equal(store_dataset_get(s, "calls", 3, &d, &f->e), -ENOENT);
	assert_non_null(strstr(f->e.text, "newest is 2"));
	assert_null(d.name.p);
	buf_free(&b);
	store_close(s);
}

/* Random runs against a model: 6 paths, 20 runs, some not published. */
static void test_model(void **state)
{
	struct fixture *f = *state;
	struct store *s = fixture_writer(f);
	char now[6][8] = {{0}}, past[24][6][8] = {{{0}}};
	uint64_t seed = 2026, newest = 0;

	for (int run = 0; run < 20; run++) {
		char next[6][8], pending[6][8] = {{0}};
		bool keep = fixture_next(&seed) % 2 == 0;
		struct run r;

		begin(&r, s, "");
		memcpy(next, now, sizeof(next));
		for (unsigned p = 0; p < 6; p++) {
			char path[4] = {'p', (char)('0' + p), 0};
			char text[8];

			snprintf(text, sizeof(text), "c%u",
				 (unsigned)(fixture_next(&seed) % 4));
			if (fixture_next(&seed) % 2 == 0) {
				if (!keep)
					next[p][0] = '\0';
				continue;
			}
			if (!has(&r, path, text))
				put(&r, path, text);
			memcpy(next[p], text, sizeof(text));
			memcpy(pending[p], text, sizeof(text));
		}
		if (run % 5 == 4) {
			/* Left behind, then dropped by a run that sees all. */
			stop(&r);
			begin(&r, s, "");
			for (unsigned p = 0; p < 6; p++) {
				char path[4] = {'p', (char)('0' + p), 0};

				if (now[p][0] != '\0' && !has(&r, path, now[p]))
					put(&r, path, now[p]);
			}
			newest = publish(&r, false);
		} else {
			newest = publish(&r, keep);
			memcpy(now, next, sizeof(now));
		}
		memcpy(past[newest], now, sizeof(now));
	}
	for (uint64_t v = 1; v <= newest; v++) {
		for (unsigned p = 0; p < 6; p++) {
			char path[4] = {'p', (char)('0' + p), 0};

			is(s, v, path,
			   past[v][p][0] == '\0' ? NULL : past[v][p]);
		}
	}
	good(s);
	store_close(s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define T(name) \
	cmocka_unit_test_setup_teardown(name, fixture_setup, fixture_teardown)
		T(test_replace), T(test_unseen), T(test_nothing_changed),
		T(test_resume),	 T(test_each),	 T(test_model),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
