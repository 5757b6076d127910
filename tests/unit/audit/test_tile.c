/* Tiles: paths as the specification spells them, files, the right edge. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "base/mem.h"
#include "fs/audit/io.h"
#include "fs/audit/tile.h"
#include "tests/unit/audit/room.h"

static void paths(void **state)
{
	static const struct {
		unsigned level;
		uint64_t n;
		unsigned w;
		const char *path;
	} cases[] = {
		{0, 0, 256, "tile/0/000"},
		{0, 7, 112, "tile/0/007.p/112"},
		{1, 1234067, 256, "tile/1/x001/x234/067"},
		{2, 1000, 1, "tile/2/x001/000.p/1"},
		{TILE_ENTRIES, 273, 112, "tile/entries/273.p/112"},
		{TILE_ENTRIES, 999999, 256, "tile/entries/x999/999"},
		{0, UINT64_MAX / 256, 256,
		 "tile/0/x072/x057/x594/x037/x927/935"},
	};
	char out[TILE_PATH];
	unsigned level, w;
	uint64_t n;

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		tile_path(out, cases[i].level, cases[i].n, cases[i].w);
		assert_string_equal(out, cases[i].path);
		assert_int_equal(tile_parse(bytes_str(out), &level, &n, &w), 0);
		assert_int_equal(level, cases[i].level);
		assert_true(n == cases[i].n);
		assert_int_equal(w, cases[i].w);
	}
}

static void bad_paths(void **state)
{
	static const char *const bad[] = {
		"",
		"tile/",
		"tile/0",
		"tile/0/",
		"tile/0/0",
		"tile/0/00",
		"tile/0/0000",
		"tile/9/000",
		"tile/00/000",
		"tile/x/000",
		"tile/0/x000/001",
		"tile/0/001/002",
		"tile/0/x001",
		"tile/0/000.p/0",
		"tile/0/000.p/256",
		"tile/0/000.p/01",
		"tile/0/000.p/",
		"tile/0/000.q/1",
		"tile/0/000 ",
		"tile/entries/",
		"tile/entries/+01",
		"tile/data/000",
		"tile/0/x999/x999/x999/x999/x999/x999/x999/x999/999",
	};
	unsigned level, w;
	uint64_t n;

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(bad); i++)
		assert_int_equal(tile_parse(bytes_str(bad[i]), &level, &n, &w),
				 -EPROTO);
}

static void put(int dir, unsigned level, uint64_t n, unsigned w, size_t bytes)
{
	CLEANUP(buf_free) struct buf b = {0};
	char path[TILE_PATH];

	tile_path(path, level, n, w);
	for (size_t i = 0; i < bytes; i++)
		assert_int_equal(buf_putc(&b, (int)(i / HASH_LEN)), 0);
	assert_int_equal(io_put(io_kernel(), dir, path, buf_bytes(&b)), 0);
}

/* Pitfalls: length trusted, partial gone because the full one is there. */
static void files(void **state)
{
	CLEANUP(room_free) struct room r;
	CLEANUP(buf_free) struct buf b = {0};
	CLEANUP(fd_close) int dir = -1;
	struct err e;

	(void)state;
	room_new(&r);
	dir = open(r.dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	assert_int_equal(tile_read(dir, 0, 0, 3, &b, &e), -ENOENT);
	assert_string_equal(e.place, "tile/0/000.p/3");
	put(dir, 0, 0, 3, (size_t)3 * HASH_LEN);
	assert_int_equal(tile_read(dir, 0, 0, 3, &b, &e), 0);
	assert_int_equal(b.n, 3 * HASH_LEN);
	put(dir, 0, 0, 4, (size_t)4 * HASH_LEN - 1);
	buf_clear(&b);
	assert_int_equal(tile_read(dir, 0, 0, 4, &b, &e), -EUCLEAN);
	put(dir, 0, 0, 256, (size_t)256 * HASH_LEN);
	buf_clear(&b);
	assert_int_equal(tile_read(dir, 0, 0, 9, &b, &e), 0);
	assert_int_equal(b.n, 9 * HASH_LEN);
	assert_int_equal(b.p[8 * HASH_LEN], 8);
	put(dir, 0, 1, 256, (size_t)256 * HASH_LEN + 1);
	buf_clear(&b);
	assert_int_equal(tile_read(dir, 0, 1, 256, &b, &e), -EUCLEAN);
}

static void put_bundle(int dir, unsigned w, unsigned entries, size_t extra)
{
	CLEANUP(buf_free) struct buf b = {0};
	char path[TILE_PATH];

	for (unsigned i = 0; i < entries; i++) {
		assert_int_equal(buf_putc(&b, 0), 0);
		assert_int_equal(buf_putc(&b, 1), 0);
		assert_int_equal(buf_putc(&b, (int)i), 0);
	}
	for (size_t i = 0; i < extra; i++)
		assert_int_equal(buf_putc(&b, 0), 0);
	tile_path(path, TILE_ENTRIES, 0, w);
	assert_int_equal(io_put(io_kernel(), dir, path, buf_bytes(&b)), 0);
}

static void bundles(void **state)
{
	CLEANUP(room_free) struct room r;
	CLEANUP(buf_free) struct buf b = {0};
	CLEANUP(fd_close) int dir = -1;
	struct err e;

	(void)state;
	room_new(&r);
	dir = open(r.dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	put_bundle(dir, 5, 5, 0);
	assert_int_equal(tile_bundle(dir, 0, 5, &b, &e), 0);
	assert_int_equal(b.n, 15);
	put_bundle(dir, 5, 5, 1); /* trailing bytes */
	assert_int_equal(tile_bundle(dir, 0, 5, &b, &e), -EUCLEAN);
	put_bundle(dir, 5, 5, 2); /* an empty entry */
	assert_int_equal(tile_bundle(dir, 0, 5, &b, &e), -EUCLEAN);
	put_bundle(dir, 5, 4, 0);
	assert_int_equal(tile_bundle(dir, 0, 5, &b, &e), -EUCLEAN);
	put_bundle(dir, 5, 6, 0);
	assert_int_equal(tile_bundle(dir, 0, 5, &b, &e), -EUCLEAN);
	put_bundle(dir, 256, 256, 0);
	assert_int_equal(tile_bundle(dir, 0, 6, &b, &e), 0);
	assert_int_equal(b.n, 18);
	put_bundle(dir, 256, 255, 0); /* the full one must be full */
	assert_int_equal(tile_bundle(dir, 0, 6, &b, &e), -EUCLEAN);
}

static int write_full(void *ctx, unsigned level, uint64_t n,
		      const uint8_t (*h)[HASH_LEN])
{
	char path[TILE_PATH];

	tile_path(path, level, n, TILE_WIDTH);
	return io_put(io_kernel(), *(int *)ctx, path,
		      bytes_of(h, (size_t)TILE_WIDTH * HASH_LEN));
}

static void write_partials(int dir, const struct tile_edge *t)
{
	for (unsigned level = 0; level < TILE_LEVELS; level++) {
		unsigned w = tile_width(t->tree.size, level);
		char path[TILE_PATH];

		tile_path(path, level, t->count[level] / TILE_WIDTH, w);
		if (w != 0)
			assert_int_equal(io_put(io_kernel(), dir, path,
						bytes_of(t->h[level],
							 (size_t)w * HASH_LEN)),
					 0);
	}
}

/* The edge loaded from tiles is the edge that grew; proofs out of tiles. */
static void edge(void **state)
{
	static const uint64_t sizes[] = {1,   2,    255,   256,	  257,	 511,
					 512, 1000, 65535, 65536, 65537, 66000};
	CLEANUP(room_free) struct room r;
	CLEANUP(fd_close) int dir = -1;
	CLEANUP(mem_freep) struct tile_edge *t = mem_new(1, sizeof(*t));
	CLEANUP(mem_freep) struct tile_edge *u = mem_new(1, sizeof(*u));
	size_t at = 0;

	(void)state;
	room_new(&r);
	dir = open(r.dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	t->full = write_full;
	t->ctx = &dir;
	for (uint32_t i = 0; at < ARRAY_LEN(sizes); i++) {
		struct tile_dir src = {dir, t->tree.size};
		const struct tree_source s = {tile_hash, &src};
		uint8_t leaf[HASH_LEN], a[HASH_LEN], b[HASH_LEN];
		struct tree_proof p;

		if (t->tree.size == sizes[at]) {
			at++;
			write_partials(dir, t);
			assert_int_equal(tile_load(u, dir, t->tree.size, NULL),
					 0);
			tree_root(&t->tree, a);
			tree_root(&u->tree, b);
			assert_memory_equal(a, b, HASH_LEN);
			assert_int_equal(
				tree_prove(&s, src.size / 3, src.size, &p), 0);
			i = (uint32_t)(src.size / 3);
			tree_leaf(bytes_of(&i, sizeof(i)), leaf);
			assert_int_equal(tree_check(leaf, i, src.size, &p, a),
					 0);
			i = (uint32_t)src.size;
		}
		tree_leaf(bytes_of(&i, sizeof(i)), leaf);
		assert_int_equal(tile_grow(t, leaf), 0);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(paths), cmocka_unit_test(bad_paths),
		cmocka_unit_test(files), cmocka_unit_test(bundles),
		cmocka_unit_test(edge),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
