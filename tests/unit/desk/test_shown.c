/* Shown objects: any range is that range of the whole; threads; recipes. */
/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/mem.h"
#include "fs/desk/sizes.h"
#include "tests/unit/desk/fixture.h"

#define POLICY(redact, records)                                              \
	"carrel: 1\nproject: harbor\npurpose: annotation\n"                  \
	"datasets: [calls]\nroles:\n  r:\n    see: [ { files: "              \
	"\"calls/**\", records: " records " } ]\n    redact: " redact        \
	"\n    names: keep\nannotators:\n  alice: { role: r, tasks: t }\n  " \
	"bob: { role: r, tasks: t }\ntasks:\n  t: { files: \"calls/**\", "   \
	"assign: { by: record, overlap: 1, among: [r] } }\n"
#define MIXED                                                        \
	"{ PERSON: pseudonym, LOCATION: keep, CREDIT_CARD: { mask: " \
	"{ keep_last: 4 } } }"

static void publish(struct fixture *f, size_t n, size_t width)
{
	struct buf CLEANUP(buf_free) b = {0};
	struct fixture_file file = {.path = "l.jsonl", .lines = true};

	fixture_lines(&b, 7, n, width);
	file.data = buf_bytes(&b);
	fixture_publish(f, "calls", &file, 1);
}

static struct shown *open_it(struct desk *d, const char *path)
{
	struct shown *s = NULL;
	struct err e = {0};

	if (shown_open(d, desk_walk(d, bytes_str(path)), &s, &e) != 0)
		fail_msg("%s", e.text);
	return s;
}

/* Random reads, also of one byte and over the end. */
static void check_reads(struct shown *s, struct bytes all, uint64_t seed,
			unsigned times)
{
	uint8_t *CLEANUP(mem_freep) got = mem_new(all.n + 100, 1);

	assert_non_null(got);
	while (times-- > 0) {
		uint64_t off = fixture_next(&seed) % (all.n + 10);
		size_t n = fixture_next(&seed) % 5 == 0
				   ? 1
				   : fixture_next(&seed) % 300000;
		size_t want = off > all.n ? 0 : all.n - off;

		want = want < n ? want : n;
		n = n < all.n + 100 ? n : all.n;
		want = want < n ? want : n;
		got[want] = 0xa5;
		assert_int_equal(shown_read(s, off, got, n), want);
		if (want > 0)
			assert_memory_equal(got, all.p + off, want);
		assert_int_equal(got[want], 0xa5);
	}
}

/* Every line is a JSON string still, none is a denied or a sensitive one. */
static void check_lines(struct bytes all, size_t want)
{
	size_t lines = 0;

	for (size_t at = 0; at < all.n;) {
		const uint8_t *nl = memchr(all.p + at, '\n', all.n - at);
		struct bytes line;

		assert_non_null(nl);
		line = bytes_of(all.p + at, (size_t)(nl - all.p) - at);
		assert_true(line.n > 2 && line.p[0] == '"' &&
			    line.p[line.n - 1] == '"');
		assert_null(memchr(line.p + 1, '"', line.n - 2));
		assert_null(memmem(line.p, line.n, "Maria Lopez", 11));
		assert_null(memmem(line.p, line.n, "Zora Zimmer", 11));
		assert_null(memmem(line.p, line.n, "411111", 6));
		assert_null(memmem(line.p, line.n, "BROKEN", 6));
		at += line.n + 1;
		lines++;
	}
	if (want != 0)
		assert_int_equal(lines, want);
	assert_true(lines > 0);
}

static void test_ranges(void **state)
{
	struct fixture *f = *state;
	struct desk *CLEANUP(desk_closep) d = NULL;
	struct buf CLEANUP(buf_free) all = {0};
	struct shown *s;

	publish(f, 9000, 500); /* some five blocks */
	fixture_policy(f, POLICY(MIXED, "all"), "alice");
	d = fixture_desk(f);
	fixture_read(d, "calls/l.jsonl", &all);
	assert_true(all.n > 3 * INDEX_BLOCK);
	assert_non_null(memmem(all.p, all.n, "********1234", 12));
	assert_non_null(memmem(all.p, all.n, "Boston", 6));
	check_lines(buf_bytes(&all), 0);
	s = open_it(d, "calls/l.jsonl");
	check_reads(s, buf_bytes(&all), 1, 400);
	shown_close(s);
}

static void lines_of(struct desk *d, struct buf *b, size_t *n)
{
	fixture_read(d, "calls/l.jsonl", b);
	check_lines(buf_bytes(b), 0);
	*n = 0;
	for (size_t i = 0; i < b->n; i++)
		*n += b->p[i] == '\n';
}

/* By record, each line to one of two: together all lines that are fit. */
static void test_assigned_lines_are_dealt_out(void **state)
{
	struct fixture *f = *state;
	struct buf CLEANUP(buf_free) b = {0};
	size_t n[3];

	publish(f, 3000, 900);
	for (unsigned i = 0; i < 3; i++) {
		struct desk *CLEANUP(desk_closep) d = NULL;

		fixture_policy(f,
			       i == 0 ? POLICY(MIXED, "all")
				      : POLICY(MIXED, "assigned"),
			       i == 2 ? "bob" : "alice");
		d = fixture_desk(f);
		lines_of(d, &b, &n[i]);
	}
	assert_int_equal(n[1] + n[2], n[0]);
	assert_true(n[1] > n[0] / 3 && n[2] > n[0] / 3);
}

struct reader {
	struct desk *desk;
	struct bytes all;
	uint64_t seed;
};

static void *read_much(void *ctx)
{
	struct reader *r = ctx;

	for (unsigned i = 0; i < 20; i++) {
		struct shown *s = open_it(r->desk, "calls/l.jsonl");

		check_reads(s, r->all, r->seed + i, 10);
		shown_close(s);
	}
	return NULL;
}

static void test_threads(void **state)
{
	struct fixture *f = *state;
	struct desk *CLEANUP(desk_closep) d = NULL;
	struct buf CLEANUP(buf_free) all = {0};
	struct reader r[4];
	pthread_t t[4];

	publish(f, 6000, 500);
	fixture_policy(f, POLICY(MIXED, "all"), "alice");
	d = fixture_desk(f);
	fixture_read(d, "calls/l.jsonl", &all);
	for (unsigned i = 0; i < 4; i++) {
		r[i] = (struct reader){d, buf_bytes(&all), i * 100};
		assert_int_equal(pthread_create(&t[i], NULL, read_much, &r[i]),
				 0);
	}
	for (unsigned i = 0; i < 4; i++)
		pthread_join(t[i], NULL);
}

static void recipe_of(struct fixture *f, const char *policy, const char *who,
		      const struct key *k, uint8_t out[32])
{
	struct desk *CLEANUP(desk_closep) d = NULL;
	struct shown *s;

	fixture_policy(f, policy, who);
	d = fixture_desk(f);
	s = open_it(d, "calls/l.jsonl");
	shown_recipe(s, k, out);
	shown_close(s);
}

static void test_recipes(void **state)
{
	struct fixture *f = *state;
	struct key *CLEANUP(key_freep) k = key_random(f->pool);
	struct key *CLEANUP(key_freep) other = key_random(f->pool);
	uint8_t r[6][32];

	publish(f, 50, 100);
	recipe_of(f, POLICY(MIXED, "all"), "alice", k, r[0]);
	recipe_of(f, POLICY(MIXED, "all"), "alice", k, r[1]);
	assert_memory_equal(r[0], r[1], 32);
	/* The same bytes to another one of the role are made the same way. */
	recipe_of(f, POLICY(MIXED, "all"), "bob", k, r[1]);
	assert_memory_equal(r[0], r[1], 32);
	recipe_of(f, POLICY(MIXED, "all"), "alice", other, r[1]);
	recipe_of(f, POLICY(MIXED, "assigned"), "bob", k, r[2]);
	recipe_of(f, POLICY(MIXED, "assigned"), "alice", k, r[3]);
	recipe_of(f, POLICY("{ PERSON: tag }", "all"), "alice", k, r[4]);
	publish(f, 51, 100);
	recipe_of(f, POLICY(MIXED, "all"), "alice", k, r[5]);
	for (unsigned i = 0; i < 6; i++)
		for (unsigned j = 0; j < i; j++)
			assert_memory_not_equal(r[i], r[j], 32);
}

static void sizes_of(struct fixture *f, const char *policy, const char *who,
		     uint8_t key[HASH_LEN])
{
	struct desk *CLEANUP(desk_closep) d = NULL;

	fixture_policy(f, policy, who);
	d = fixture_desk(f);
	assert_int_equal(sizes_key(d, key), 0);
}

/* Those of one role have one view index, unless it matters who looks. */
static void test_shared_sizes(void **state)
{
	struct fixture *f = *state;
	static const struct {
		const char *policy;
		bool same;
	} cases[] = {
		{POLICY(MIXED, "all"), true},
		{POLICY("{ default: { pseudonym: { scope: task } } }", "all"),
		 true},
		{POLICY("{ PERSON: { pseudonym: { scope: annotator } } }",
			"all"),
		 false},
		{POLICY(MIXED, "assigned"), false},
	};

	publish(f, 50, 100);
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		uint8_t a[HASH_LEN], b[HASH_LEN];

		sizes_of(f, cases[i].policy, "alice", a);
		sizes_of(f, cases[i].policy, "bob", b);
		assert_int_equal(memcmp(a, b, HASH_LEN) == 0, cases[i].same);
	}
}

static void test_wrong_nodes(void **state)
{
	struct fixture *f = *state;
	struct desk *CLEANUP(desk_closep) d = NULL;
	struct shown *s = NULL;
	uint64_t size;
	struct err e;

	publish(f, 5, 100);
	fixture_policy(f, POLICY(MIXED, "all"), "alice");
	d = fixture_desk(f);
	assert_int_equal(shown_open(d, 0, &s, &e), -EISDIR);
	assert_int_equal(shown_open(d, 99, &s, &e), -ENOENT);
	assert_null(s);
	assert_int_equal(desk_size(d, 0, &size, &e), -EISDIR);
	assert_int_equal(desk_size(d, 99, &size, &e), -ENOENT);
}

/* Takes keys until half of the pool is out; how many. */
static size_t take_half(struct keypool *p, struct key **k, size_t most)
{
	size_t n = 0;

	while (n < most && keypool_quarters(p) < 2) {
		k[n] = key_random(p);
		assert_non_null(k[n++]);
	}
	assert_true(n < most);
	return n;
}

/* Where keys are short, who has many open gets no more; he has what he has. */
static void test_hoarder(void **state)
{
	struct fixture *f = *state;
	struct desk *CLEANUP(desk_closep) d = NULL;
	static struct key *k[1 << 14];
	struct fixture_file files[70];
	struct shown *s[70], *again = NULL;
	char names[70][8];
	size_t n;

	for (size_t i = 0; i < 70; i++) {
		(void)snprintf(names[i], sizeof(names[i]), "%02zu.txt", i);
		files[i] = (struct fixture_file){
			.path = names[i], .data = bytes_str("nobody here")};
	}
	fixture_publish(f, "calls", files, 70);
	fixture_policy(f, POLICY(MIXED, "all"), "alice");
	d = fixture_desk(f);
	n = take_half(f->pool, k, ARRAY_LEN(k));
	for (size_t i = 0; i < 70; i++) {
		int rc = shown_open(d, (uint32_t)i + 2, &s[i], &f->e);
		char b[4];

		assert_int_equal(rc, i < 64 ? 0 : -ENFILE);
		if (rc == 0)
			assert_int_equal(shown_read(s[i], 0, b, 4), 4);
	}
	assert_int_equal(shown_open(d, 2, &again, &f->e), 0);
	shown_close(again);
	shown_close(s[0]);
	assert_int_equal(shown_open(d, 2 + 64, &s[0], &f->e), 0);
	while (n > 0)
		key_free(k[--n]);
	assert_int_equal(shown_open(d, 2 + 65, &again, &f->e), 0);
	shown_close(again);
	for (size_t i = 0; i < 64; i++)
		shown_close(s[i]);
}

static int flip_one(const char *path, const struct stat *st, int flag,
		    struct FTW *ftw)
{
	uint8_t c;
	int fd;

	(void)ftw;
	if (flag != FTW_F || strstr(path, "/packs/") == NULL)
		return 0;
	fd = open(path, O_RDWR);
	assert_true(fd >= 0);
	for (off_t at = 300; at < st->st_size; at += 1000) {
		assert_int_equal(pread(fd, &c, 1, at), 1);
		c ^= 1;
		assert_int_equal(pwrite(fd, &c, 1, at), 1);
	}
	close(fd);
	return 0;
}

/* Damage on disk: EIO or no desk at all, never other bytes. */
static void test_damage(void **state)
{
	struct fixture *f = *state;
	struct desk *CLEANUP(desk_closep) d = NULL;
	struct desk *again = NULL;
	struct shown *s;
	uint8_t b[64];

	publish(f, 3000, 400);
	fixture_policy(f, POLICY(MIXED, "all"), "alice");
	d = fixture_desk(f);
	s = open_it(d, "calls/l.jsonl");
	assert_int_equal(nftw(f->path, flip_one, 16, FTW_PHYS), 0);
	assert_int_equal(shown_read(s, 500000, b, sizeof(b)), -EIO);
	shown_close(s);
	fixture_policy(f, POLICY("{ PERSON: tag }", "all"), "alice");
	assert_int_not_equal(fixture_try(f, 1000, &again), 0);
	assert_null(again);
	assert_int_not_equal(f->e.code, 0);
}

static int flip_content(const char *path, const struct stat *st, int flag,
			struct FTW *ftw)
{
	const off_t at = 1055000; /* block 1, near its start */
	uint8_t c;
	int fd;

	(void)ftw;
	if (flag != FTW_F || strstr(path, "/packs/") == NULL ||
	    st->st_size < 2 * at)
		return 0;
	fd = open(path, O_RDWR);
	assert_true(fd >= 0);
	assert_int_equal(pread(fd, &c, 1, at), 1);
	c ^= 1;
	assert_int_equal(pwrite(fd, &c, 1, at), 1);
	close(fd);
	return 0;
}

/* A long read fails where a byte of its own is damaged, and only there. */
static void test_damage_stays(void **state)
{
	struct fixture *f = *state;
	struct desk *CLEANUP(desk_closep) d = NULL;
	uint8_t *CLEANUP(mem_freep) b = mem_new(1u << 19, 1);
	uint8_t bad[8192] = {0}; /* of each KiB */
	size_t n, nbad = 0, most = 1u << 19;
	struct shown *s;

	assert_non_null(b);
	publish(f, 9000, 500);
	fixture_policy(f, POLICY(MIXED, "all"), "alice");
	d = fixture_desk(f);
	assert_int_equal(nftw(f->path, flip_content, 16, FTW_PHYS), 0);
	store_forget(f->store);
	s = open_it(d, "calls/l.jsonl");
	n = (size_t)shown_size(s) / 1024;
	assert_in_range(n, 2048, sizeof(bad));
	for (size_t i = 0; i < n; i++) {
		bad[i] = shown_read(s, i * 1024, b, 1024) < 0;
		nbad += bad[i];
	}
	assert_in_range(nbad, 1, 1024);
	for (size_t i = 0; i + most / 1024 <= n; i += 4) {
		bool any = memchr(bad + i, 1, most / 1024) != NULL;

		assert_int_equal(shown_read(s, i * 1024, b, most),
				 any ? -EIO : (ssize_t)most);
	}
	shown_close(s);
}

#define SHOWN_TEST(t) \
	cmocka_unit_test_setup_teardown(t, fixture_setup, fixture_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		SHOWN_TEST(test_ranges),
		SHOWN_TEST(test_assigned_lines_are_dealt_out),
		SHOWN_TEST(test_threads),
		SHOWN_TEST(test_recipes),
		SHOWN_TEST(test_shared_sizes),
		SHOWN_TEST(test_wrong_nodes),
		SHOWN_TEST(test_hoarder),
		SHOWN_TEST(test_damage),
		SHOWN_TEST(test_damage_stays),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
