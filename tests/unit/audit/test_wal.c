/* The WAL's format and its readers: strict frames, resync, supersession. */
/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/wait.h>

#include "fs/audit/tile.h"
#include "fs/audit/wal.h"
#include "tests/unit/audit/room.h"

static const uint8_t origin[HASH_LEN] = {1, 2, 3};

static void frames(void **state)
{
	static const uint8_t key[16] = {9};
	CLEANUP(buf_free) struct buf b = {0};
	struct wal_frame f = {.seq = 7,
			      .synced = 7,
			      .entry = bytes_str("seven")},
			 g;

	(void)state;
	assert_int_equal(wal_frame_put(&b, key, &f), 0);
	assert_int_equal(b.n, 5 + WAL_OVERHEAD);
	assert_int_equal(wal_frame_get(buf_bytes(&b), key, &g), 0);
	assert_int_equal(g.seq, 7);
	assert_int_equal(g.synced, 7);
	assert_int_equal(g.n, b.n);
	assert_true(bytes_is(g.entry, "seven"));
	for (size_t i = 0; i < b.n * 8; i++) {
		b.p[i / 8] ^= (uint8_t)(1 << i % 8);
		assert_int_equal(wal_frame_get(buf_bytes(&b), key, &g),
				 -EPROTO);
		b.p[i / 8] ^= (uint8_t)(1 << i % 8);
	}
	for (size_t n = 0; n < b.n; n++)
		assert_int_equal(wal_frame_get(bytes_of(b.p, n), key, &g),
				 -EPROTO);
	f.synced = 8; /* it cannot know of entries behind itself */
	buf_clear(&b);
	assert_int_equal(wal_frame_put(&b, key, &f), 0);
	assert_int_equal(wal_frame_get(buf_bytes(&b), key, &g), -EPROTO);
	f.entry.n = 0;
	assert_int_equal(wal_frame_put(&b, key, &f), -EMSGSIZE);
	f.entry.n = ENTRY_MOST + 1;
	assert_int_equal(wal_frame_put(&b, key, &f), -EMSGSIZE);
}

static void headers(void **state)
{
	struct wal_header h = {.index = 3, .base = 99, .key = {1}}, g;
	uint8_t raw[WAL_HEADER], zero[WAL_HEADER] = {0};

	(void)state;
	memcpy(h.origin, origin, sizeof(h.origin));
	wal_header_put(raw, &h);
	assert_int_equal(wal_header_get(bytes_of(raw, sizeof(raw)), &g), 1);
	assert_memory_equal(&h, &g, sizeof(h));
	assert_int_equal(wal_header_get(bytes_of(zero, sizeof(zero)), &g), 0);
	assert_int_equal(wal_header_get(bytes_of(zero, 5), &g), 0);
	assert_int_equal(wal_header_get(bytes_of(raw, 5), &g), -EUCLEAN);
	for (size_t i = 0; i < sizeof(raw); i++) {
		raw[i] ^= 0x10;
		assert_int_equal(wal_header_get(bytes_of(raw, sizeof(raw)), &g),
				 -EUCLEAN);
		raw[i] ^= 0x10;
	}
}

static void names(void **state)
{
	char name[WAL_NAME];
	uint64_t i;

	(void)state;
	wal_name(name, 0xAB);
	assert_string_equal(name, "wal-00000000000000ab");
	assert_int_equal(wal_name_get(name, &i), 0);
	assert_int_equal(i, 0xAB);
	assert_int_equal(wal_name_get("wal-00000000000000AB", &i), -EPROTO);
	assert_int_equal(wal_name_get("wal-ab", &i), -EPROTO);
	assert_int_equal(wal_name_get("lock", &i), -EPROTO);
	assert_int_equal(wal_name_get("wal-00000000000000ab.tmp", &i), -EPROTO);
}

struct bench {
	struct room r;
	int dir;
	struct audit_io io;
	struct buf scratch;
};

static void bench_new(struct bench *b)
{
	*b = (struct bench){0};
	room_new(&b->r);
	b->dir = open(b->r.dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	b->io = *io_kernel();
	b->io.segment = 4096;
}

static void bench_free(struct bench *b)
{
	fd_close(&b->dir);
	buf_free(&b->scratch);
	room_free(&b->r);
}

/* Entry n is its number as text, so that what is found can be told apart. */
static void put(struct bench *b, struct wal *w, uint64_t from, uint64_t to,
		char tag)
{
	for (uint64_t i = from; i < to; i++) {
		char t[40];
		struct wal_frame f = {.seq = i};

		(void)snprintf(t, sizeof(t), "%c%llu", tag,
			       (unsigned long long)i);
		f.entry = bytes_str(t);
		assert_int_equal(wal_append(w, &b->scratch, &f), 0);
		/* What a sync does: full segments may be closed. */
		while (w->nold > 0)
			fd_close(&w->old[--w->nold]);
	}
}

static void expect(struct wal_set *s, uint64_t seq, char tag)
{
	struct wal_frame f;
	char t[40];

	(void)snprintf(t, sizeof(t), "%c%llu", tag, (unsigned long long)seq);
	assert_int_equal(wal_get(s, seq, &f), 1);
	assert_true(bytes_is(f.entry, t));
}

static void segments(void **state)
{
	CLEANUP(bench_free) struct bench b;
	CLEANUP(wal_set_free) struct wal_set s = {0};
	struct wal_frame f;
	struct wal w;

	(void)state;
	bench_new(&b);
	wal_init(&w, &b.io, b.dir, origin, 0);
	put(&b, &w, 5, 500, 'a');
	assert_int_equal(wal_load(&s, b.dir, origin, NULL), 0);
	assert_true(s.n > 3);
	for (uint64_t i = 5; i < 500; i++)
		expect(&s, i, 'a');
	expect(&s, 77, 'a'); /* and backwards */
	assert_int_equal(wal_get(&s, 4, &f), 0);
	assert_int_equal(wal_get(&s, 500, &f), 0);
	put(&b, &w, 500, 501, 'a'); /* written since the window was read */
	expect(&s, 500, 'a');
	assert_int_equal(wal_close(&w), 0);
}

/* A segment whose base lies inside an older one supersedes its rest. */
static void supersession(void **state)
{
	CLEANUP(bench_free) struct bench b;
	CLEANUP(wal_set_free) struct wal_set s = {0};
	struct wal w;

	(void)state;
	bench_new(&b);
	wal_init(&w, &b.io, b.dir, origin, 0);
	put(&b, &w, 0, 50, 'a');
	assert_int_equal(wal_close(&w), 0);
	assert_int_equal(wal_load(&s, b.dir, origin, NULL), 0);
	wal_init(&w, &b.io, b.dir, origin, s.last_index);
	put(&b, &w, 30, 40, 'b');
	assert_int_equal(wal_load(&s, b.dir, origin, NULL), 0);
	expect(&s, 29, 'a');
	for (uint64_t i = 30; i < 40; i++)
		expect(&s, i, 'b');
	assert_int_equal(wal_get(&s, 45, &(struct wal_frame){0}), 0);
	assert_int_equal(wal_close(&w), 0);
}

static void spoil(struct bench *b, const char *name, off_t at, size_t n)
{
	static const char junk[4096] = {[0 ... 4095] = 0x5A};
	int fd = openat(b->dir, name, O_WRONLY | O_CLOEXEC);

	assert_true(pwrite(fd, junk, n, at) == (ssize_t)n);
	fd_close(&fd);
}

/* Behind damage there are good frames, found only when asked to look. */
static void resync(void **state)
{
	CLEANUP(bench_free) struct bench b;
	CLEANUP(wal_set_free) struct wal_set s = {0};
	struct wal_frame f;
	struct wal w;
	uint64_t off = WAL_HEADER, last = 0;

	(void)state;
	bench_new(&b);
	wal_init(&w, &b.io, b.dir, origin, 0);
	put(&b, &w, 0, 100, 'a');
	spoil(&b, "wal-0000000000000001", WAL_HEADER + 10 * 30 + 3, 70);
	assert_int_equal(wal_load(&s, b.dir, origin, NULL), 0);
	expect(&s, 9, 'a');
	assert_int_equal(wal_get(&s, 10, &f), 0);
	s.resync = true;
	assert_int_equal(wal_get(&s, 10, &f), 0);
	while (wal_next(&s, 0, &off, &f) == 1)
		last = f.seq;
	assert_int_equal(last, 99);
	expect(&s, 50, 'a');
	assert_int_equal(wal_close(&w), 0);
}

static void damaged_headers(void **state)
{
	CLEANUP(bench_free) struct bench b;
	CLEANUP(wal_set_free) struct wal_set s = {0};
	static const uint8_t other[HASH_LEN] = {4};
	struct err e = {0};
	struct wal w;

	(void)state;
	bench_new(&b);
	wal_init(&w, &b.io, b.dir, origin, 0);
	put(&b, &w, 0, 1, 'a');
	/* Of another log */
	assert_int_equal(wal_load(&s, b.dir, other, &e), -EUCLEAN);
	assert_string_equal(e.place, "wal-0000000000000001");
	/* With frames behind it: damage */
	spoil(&b, "wal-0000000000000001", 10, 4);
	assert_int_equal(wal_load(&s, b.dir, origin, &e), -EUCLEAN);
	/* With nothing behind it: its own write failed */
	{
		int fd = openat(b.dir, "wal-0000000000000001",
				O_WRONLY | O_CLOEXEC);

		assert_int_equal(ftruncate(fd, WAL_HEADER), 0);
		fd_close(&fd);
	}
	assert_int_equal(wal_load(&s, b.dir, origin, &e), 0);
	assert_int_equal(s.n, 0);
	assert_int_equal(s.last_index, 1);
	assert_int_equal(wal_close(&w), 0);
}

/* Made ahead, taken over by the next roll, removed at the end. */
static void spare(void **state)
{
	CLEANUP(bench_free) struct bench b;
	struct stat st;
	struct wal w;

	(void)state;
	bench_new(&b);
	wal_init(&w, &b.io, b.dir, origin, 0);
	put(&b, &w, 0, 10, 'a');
	assert_int_equal(wal_spare(&w, w.off), 0);
	assert_int_equal(w.spare, -1);
	put(&b, &w, 10, 90, 'a');
	assert_int_equal(wal_spare(&w, w.off), 0);
	assert_true(w.spare >= 0);
	assert_int_equal(fstatat(b.dir, "wal-0000000000000002", &st, 0), 0);
	assert_int_equal(st.st_size, 4096);
	put(&b, &w, 90, 200, 'a');
	assert_int_equal(w.spare, -1);
	assert_int_equal(wal_spare(&w, 4096), 0);
	assert_int_equal(wal_close(&w), 0);
	assert_int_equal(fstatat(b.dir, "wal-0000000000000003", &st, 0), -1);
}

/* A table that counts, and gives only every other window. */
struct maps {
	unsigned writes, maps, refused;
	bool refuse;
};

static int m_write(void *ctx, int fd, struct bytes b, uint64_t off)
{
	((struct maps *)ctx)->writes++;
	return io_kernel()->write(NULL, fd, b, off);
}

static uint8_t *m_map(void *ctx, int fd, size_t n, uint64_t off)
{
	struct maps *m = ctx;

	m->maps++;
	if (m->refuse && m->maps % 2 == 0) {
		m->refused++;
		return NULL;
	}
	return io_kernel()->map(NULL, fd, n, off);
}

static void m_unmap(void *ctx, uint8_t *p, size_t n)
{
	(void)ctx;
	io_kernel()->unmap(NULL, p, n);
}

static void mapped(bool refuse)
{
	CLEANUP(bench_free) struct bench b;
	CLEANUP(wal_set_free) struct wal_set s = {0};
	struct maps m = {.refuse = refuse};
	struct wal w;

	bench_new(&b);
	b.io.ctx = &m;
	b.io.write = m_write;
	b.io.map = m_map;
	b.io.unmap = m_unmap;
	b.io.segment = (size_t)192 * 1024 + 4096; /* the end is no window */
	wal_init(&w, &b.io, b.dir, origin, 0);
	put(&b, &w, 1, 15000, 'a');
	assert_int_equal(wal_load(&s, b.dir, origin, NULL), 0);
	assert_true(s.n >= 2);
	for (uint64_t i = 1; i < 15000; i++)
		expect(&s, i, 'a');
	assert_true(m.maps >= 6);
	if (refuse)
		assert_true(m.refused > 0 && m.writes > 2000);
	else /* headers, and what lies in two windows or behind the last */
		assert_in_range(m.writes, 3, 700);
	assert_int_equal(wal_close(&w), 0);
}

static void windows(void **state)
{
	(void)state;
	mapped(false);
	mapped(true);
}

/* Ends as the child of a test does that looks at a window. */
static int child(int (*fn)(struct bench *b, struct wal *w))
{
	CLEANUP(bench_free) struct bench b;
	struct wal w;
	int status;
	pid_t pid;

	bench_new(&b);
	b.io.segment = (size_t)128 * 1024;
	wal_init(&w, &b.io, b.dir, origin, 0);
	put(&b, &w, 0, 500, 'a');
	assert_non_null(w.map);
	pid = fork();
	if (pid == 0)
		_exit(fn(&b, &w));
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_int_equal(wal_close(&w), 0);
	return status;
}

static int is_unmapped(struct bench *b, struct wal *w)
{
	(void)b;
	return msync(w->map, 4096, MS_ASYNC) != 0 && errno == ENOMEM ? 7 : 1;
}

/* A process that this one forks could write to the log otherwise. */
static void no_child_has_it(void **state)
{
	(void)state;
	assert_int_equal(child(is_unmapped), 7 << 8);
}

/* The window is the child's own: what was mapped is not given on. */
static int truncate_under(struct bench *b, struct wal *w)
{
	w->map = NULL;
	signal(SIGBUS, SIG_DFL);
	put(b, w, 500, 501, 'a');
	if (w->map == NULL || ftruncate(w->fd, 4096) != 0)
		return 1;
	put(b, w, 501, 502, 'a');
	return 2;
}

/* Who cuts a segment off under its writer ends it: an entry that is nowhere
 * must not be taken for written. */
static void cut_under_it(void **state)
{
	int status;

	(void)state;
	status = child(truncate_under);
	assert_true(WIFSIGNALED(status));
	assert_int_equal(WTERMSIG(status), SIGBUS);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(frames),
		cmocka_unit_test(headers),
		cmocka_unit_test(names),
		cmocka_unit_test(segments),
		cmocka_unit_test(supersession),
		cmocka_unit_test(resync),
		cmocka_unit_test(damaged_headers),
		cmocka_unit_test(spare),
		cmocka_unit_test(windows),
		cmocka_unit_test(no_child_has_it),
		cmocka_unit_test(cut_under_it),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
