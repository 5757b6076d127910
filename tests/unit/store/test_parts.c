/* The small parts: bindings, padding, cells, keys, places, packs, the set. */
/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/cbor.h"
#include "base/fdio.h"
#include "fs/store/backend_dir.h"
#include "fs/store/cache.h"
#include "fs/store/cell.h"
#include "fs/store/keys.h"
#include "fs/store/pack.h"
#include "fs/store/pad.h"
#include "fs/store/place.h"
#include "fs/store/seen.h"
#include "tests/unit/store/fixture.h"

static void test_ad(void **state)
{
	struct ad a;

	(void)state;
	ad_start(&a, "x");
	ad_put(&a, "yz", 2);
	ad_u64(&a, 0x0102030405060708u);
	ad_u32(&a, 0x0A0B0C0D);
	ad_u8(&a, 0xFF);
	assert_int_equal(a.n, 11 + 2 + 8 + 4 + 1);
	assert_memory_equal(
		a.p, "carrel/1 x\0yz\1\2\3\4\5\6\7\10\12\13\14\15\377", a.n);
}

static void test_pad(void **state)
{
	struct buf b = {0}, plain = {0};
	struct bytes out;
	size_t last = 0;

	(void)state;
	assert_int_equal(pad_size(0), 64);
	assert_int_equal(pad_size(60), 64);
	assert_int_equal(pad_size(61), 128);
	assert_int_equal(pad_size(4092), 4096);
	assert_int_equal(pad_size(4093), 4096 + 256);
	assert_int_equal(pad_size(8188), 8192);
	assert_int_equal(pad_size(8189), 8192 + 512);
	assert_int_equal(pad_size(1 << 20), (1 << 20) + (1 << 16));
	for (size_t n = 0; n < 20000; n += 7) {
		assert_true(pad_size(n) >= n + 4 && pad_size(n) >= last);
		last = pad_size(n);
		fixture_bytes(&plain, n + 1, n);
		buf_clear(&b);
		assert_int_equal(pad_put(&b, buf_bytes(&plain)), 0);
		assert_int_equal(b.n, pad_size(n));
		assert_int_equal(pad_strip(buf_bytes(&b), &out), 0);
		assert_true(bytes_eq(out, buf_bytes(&plain)));
	}
	assert_int_equal(pad_strip(S("abc"), &out), -EPROTO);
	b.p[0] = 1; /* a length beyond the bytes */
	assert_int_equal(pad_strip(buf_bytes(&b), &out), -EPROTO);
	buf_free(&b);
	buf_free(&plain);
}

static void test_cell(void **state)
{
	struct fixture *f = *state;
	struct buf box = {0}, plain = {.secret = true};
	struct bytes out;
	struct ad here, there;

	ad_start(&here, "row 1");
	ad_start(&there, "row 2");
	assert_int_equal(cell_seal(&box, f->key, &here, S("value")), 0);
	assert_int_equal(box.n, 64 + AEAD_BOX_OVERHEAD);
	assert_int_equal(
		cell_open(&plain, f->key, &here, buf_bytes(&box), &out), 0);
	assert_true(bytes_is(out, "value"));
	assert_int_equal(
		cell_open(&plain, f->key, &there, buf_bytes(&box), &out),
		-EBADMSG);
	for (size_t i = 0; i < box.n; i++) {
		box.p[i] ^= 1;
		assert_int_equal(
			cell_open(&plain, f->key, &here, buf_bytes(&box), &out),
			-EBADMSG);
		box.p[i] ^= 1;
	}
	buf_free(&box);
	buf_free(&plain);
}

static void test_keys(void **state)
{
	struct fixture *f = *state;
	struct key *child = key_random(f->pool), *other = key_random(f->pool);
	struct key *back;
	struct buf box = {0};
	struct ad ad, wrong;

	ad_start(&ad, "a");
	ad_start(&wrong, "b");
	assert_int_equal(keys_wrap(&box, f->key, &ad, child), 0);
	assert_int_equal(box.n, KEYS_WRAPPED);
	assert_int_equal(
		keys_unwrap(f->pool, f->key, &ad, buf_bytes(&box), &back), 0);
	assert_true(key_eq(back, child));
	key_free(back);
	assert_int_equal(
		keys_unwrap(f->pool, other, &ad, buf_bytes(&box), &back),
		-EBADMSG);
	assert_null(back);
	assert_int_equal(
		keys_unwrap(f->pool, f->key, &wrong, buf_bytes(&box), &back),
		-EBADMSG);
	assert_int_equal(keys_unwrap(f->pool, f->key, &ad, S("short"), &back),
			 -EBADMSG);
	key_free(child), key_free(other);
	buf_free(&box);
}

static void test_places(void **state)
{
	uint8_t a[BACKEND_NAME] = {1}, b[BACKEND_NAME] = {2};
	struct places l = {0}, back = {0};
	struct buf text = {0};
	struct cbor c;

	(void)state;
	assert_null(places_find(&l, 0));
	assert_int_equal(places_add(&l, a, 16, 100, 0), 0);
	assert_int_equal(places_add(&l, a, 200, 50, 7), 0);
	assert_int_equal(places_add(&l, b, 16, 60, 9), 0);
	assert_int_equal(l.npacks, 2);
	assert_int_equal(places_find(&l, 0)->off, 16);
	assert_int_equal(places_find(&l, 6)->len, 100);
	assert_int_equal(places_find(&l, 7)->off, 200);
	assert_int_equal(places_find(&l, 8)->off, 200);
	assert_int_equal(places_find(&l, 1000)->pack, 1);
	assert_int_equal(places_put(&text, &l), 0);
	c = (struct cbor){.in = buf_bytes(&text)};
	assert_int_equal(places_get(&c, &back), 0);
	assert_int_equal(cbor_end(&c), 0);
	assert_int_equal(back.n, 3);
	assert_memory_equal(back.packs[back.v[2].pack], b, BACKEND_NAME);
	assert_int_equal(back.v[1].len, 50);
	places_free(&back);
	text.p[text.n - 9] = 9; /* the last place's pack is none */
	c = (struct cbor){.in = buf_bytes(&text)};
	assert_int_equal(places_get(&c, &back), -EPROTO);
	places_free(&back);
	places_free(&l);
	buf_free(&text);
}

static void test_seen(void **state)
{
	struct seen s = {0};
	uint64_t seed = 5;
	uint8_t id[16] = {0};

	(void)state;
	assert_false(seen_has(&s, id));
	for (size_t i = 0; i < 5000; i++) {
		uint64_t v = fixture_next(&seed);

		memcpy(id, &v, 8);
		assert_int_equal(seen_add(&s, id), 0);
		assert_int_equal(seen_add(&s, id), 0);
	}
	assert_int_equal(s.n, 5000);
	seed = 5;
	for (size_t i = 0; i < 10000; i++) {
		uint64_t v = fixture_next(&seed);

		memcpy(id, &v, 8);
		assert_int_equal(seen_has(&s, id), i < 5000);
	}
	memset(id, 0, sizeof(id)); /* a hash of zeros is kept too */
	assert_int_equal(seen_add(&s, id), 0);
	assert_true(seen_has(&s, id));
	seen_free(&s);
}

static void test_cache(void **state)
{
	struct buf seg = {0};
	uint8_t got[16];
	struct cache *c;
	size_t hits = 0;

	(void)state;
	assert_int_equal(cache_new(64 * STORE_SEGMENT, &c), 0);
	for (uint64_t nr = 0; nr < 1000; nr++) {
		struct cache_name n = {.version = 1, .nr = nr};

		fixture_bytes(&seg, nr + 1, nr % 2 == 0 ? STORE_SEGMENT : 1000);
		cache_put(c, &n, buf_bytes(&seg));
		assert_true(cache_get(c, &n, 900, got, 16));
		assert_memory_equal(got, seg.p + 900, 16);
		assert_int_equal(cache_get(c, &n, 1000, got, 16), nr % 2 == 0);
		n.version = 2;
		assert_false(cache_get(c, &n, 0, got, 1));
	}
	for (uint64_t nr = 0; nr < 1000; nr++) {
		struct cache_name n = {.version = 1, .nr = nr};

		fixture_bytes(&seg, nr + 1, 1000);
		if (!cache_get(c, &n, 0, got, 16))
			continue;
		assert_memory_equal(got, seg.p, 16);
		hits++;
	}
	assert_true(hits > 0 && hits <= 64); /* bounded */
	cache_free(c);
	assert_int_equal(cache_new(0, &c), 0);
	cache_put(c, &(struct cache_name){0}, buf_bytes(&seg));
	assert_false(cache_get(c, &(struct cache_name){0}, 0, got, 1));
	cache_free(c);
	buf_free(&seg);
}

static int count_pack(void *ctx, const uint8_t *name, uint64_t size)
{
	assert_int_equal(size, 4096);
	assert_int_equal(name[1], 7);
	++*(size_t *)ctx;
	return 0;
}

/* Large packs go past the page cache, where they can: whole pages from the
 * beginning of one. What is no such thing is a pack all the same. */
static void test_large(void **state)
{
	struct fixture *f = *state;
	const uint8_t names[][BACKEND_NAME] = {{1}, {2}, {3}};
	const size_t skip[] = {0, 1, 0}, less[] = {0, 0, 100};
	int dir = open(f->dir, O_RDONLY | O_DIRECTORY);
	struct backend b = {0};
	struct pack p = {0};
	uint8_t *to, got[64];
	const size_t n = 3u << 20;

	assert_int_equal(mkdirat(dir, "large", 0700), 0);
	assert_int_equal(backend_dir_open(dir, "large", &b), 0);
	assert_int_equal(pack_start(&p), 0);
	assert_int_equal((uintptr_t)p.b.p % PACK_ROUND, 0);
	assert_int_equal(pack_room(&p, n + PACK_ROUND, &to), 0);
	assert_int_equal(pack_room(&p, PACK_MOST - n, &to), -EFBIG);
	for (size_t i = 0; i < p.b.n; i++)
		p.b.p[i] = (uint8_t)(i * 31 + i / 4096);
	for (size_t i = 0; i < ARRAY_LEN(names); i++) {
		struct bytes data = bytes_of(p.b.p + skip[i], n - less[i]);
		uint64_t size;

		assert_int_equal(b.put_if_absent(b.self, names[i], data), 0);
		assert_int_equal(b.head(b.self, names[i], &size), 0);
		assert_int_equal(size, data.n);
		for (size_t at = 0; at < data.n - 64; at += 65521) {
			assert_int_equal(b.get(b.self, names[i], at, got, 64),
					 0);
			assert_memory_equal(got, data.p + at, 64);
		}
	}
	backend_free(&b);
	pack_free(&p);
	close(dir);
}

static bool tell(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC);
	bool ok = fd >= 0 && fd_write_full(fd, bytes_str(text)) == 0;

	fd_close(&fd);
	return ok;
}

/* In namespaces of this process, over f's folder. */
static bool mount_ramfs(const struct fixture *f)
{
	char uid[32], gid[32];

	snprintf(uid, sizeof(uid), "0 %u 1", (unsigned)geteuid());
	snprintf(gid, sizeof(gid), "0 %u 1", (unsigned)getegid());
	return unshare(CLONE_NEWUSER | CLONE_NEWNS) == 0 &&
	       tell("/proc/self/setgroups", "deny") &&
	       tell("/proc/self/uid_map", uid) &&
	       tell("/proc/self/gid_map", gid) &&
	       mount("none", f->dir, "ramfs", 0, NULL) == 0;
}

/* A file system that refuses O_DIRECT, and has made the file by then. 77: it
 * cannot be had here. */
static int put_on_ramfs(struct fixture *f)
{
	const uint8_t name[BACKEND_NAME] = {1};
	const size_t n = 1u << 20;
	struct backend b = {0};
	struct pack p = {0};
	uint64_t size = 0;
	uint8_t *to;
	int dir;

	if (!mount_ramfs(f))
		return 77;
	dir = open(f->dir, O_RDONLY | O_DIRECTORY);
	if (openat(dir, "probe", O_WRONLY | O_CREAT | O_DIRECT, 0600) >= 0 ||
	    faccessat(dir, "probe", F_OK, 0) != 0)
		return 77;
	if (backend_dir_open(dir, ".", &b) != 0 || pack_start(&p) != 0 ||
	    pack_room(&p, n - PACK_HEAD, &to) != 0)
		return 2;
	if (b.put_if_absent(b.self, name, buf_bytes(&p.b)) != 0 ||
	    b.put_if_absent(b.self, name, buf_bytes(&p.b)) != -EEXIST)
		return 3;
	if (b.head(b.self, name, &size) != 0 || size != n)
		return 4;
	return b.get(b.self, name, 0, to, 64) == 0 && pack_head_ok(to) ? 0 : 5;
}

static void test_no_direct(void **state)
{
	int status;
	pid_t pid = fork();

	if (pid == 0)
		_exit(put_on_ramfs(*state));
	assert_int_equal(waitpid(pid, &status, 0), pid);
	if (WIFEXITED(status) && WEXITSTATUS(status) == 77)
		skip();
	assert_int_equal(status, 0);
}

static void test_backend(void **state)
{
	struct fixture *f = *state;
	uint8_t name[BACKEND_NAME] = {0, 7}, out[64];
	int dir = open(f->dir, O_RDONLY | O_DIRECTORY);
	struct backend b = {0};
	struct pack p = {0};
	uint64_t size;
	size_t n = 0;

	assert_int_equal(mkdirat(dir, "p", 0700), 0);
	assert_int_equal(backend_dir_open(dir, "p", &b), 0);
	/* More packs than descriptors, each read twice. */
	for (int i = 0; i < 2 * BACKEND_DIR_FDS; i++) {
		uint8_t *to;

		assert_int_equal(pack_start(&p), 0);
		assert_true(pack_empty(&p));
		assert_int_equal(pack_room(&p, 4, &to), 0);
		memcpy(to, "data", 4);
		name[0] = (uint8_t)i;
		memcpy(p.name, name, sizeof(name));
		assert_int_equal(pack_write(&p, &b), 0);
		assert_int_equal(pack_write(&p, &b), -EEXIST);
	}
	for (int i = 0; i < 4 * BACKEND_DIR_FDS; i++) {
		name[0] = (uint8_t)(i % (2 * BACKEND_DIR_FDS));
		assert_int_equal(b.get(b.self, name, 0, out, 20), 0);
		assert_true(pack_head_ok(out));
		assert_memory_equal(out + PACK_HEAD, "data", 4);
	}
	assert_int_equal(b.head(b.self, name, &size), 0);
	assert_int_equal(b.list(b.self, count_pack, &n), 0);
	assert_int_equal(n, 2 * BACKEND_DIR_FDS);
	assert_int_equal(b.get(b.self, name, size - 2, out, 4), -EUCLEAN);
	assert_int_equal(b.delete(b.self, name), 0);
	assert_int_equal(b.get(b.self, name, 0, out, 4), -ENOENT);
	assert_int_equal(b.head(b.self, name, &size), -ENOENT);
	assert_int_equal(b.delete(b.self, name), -ENOENT);
	/* What a torn put left goes with the next sync. */
	assert_int_equal(close(openat(dir, "p/.new-00", O_CREAT, 0600)), 0);
	assert_int_equal(b.sync(b.self), 0);
	assert_int_equal(faccessat(dir, "p/.new-00", F_OK, 0), -1);
	backend_free(&b);
	pack_free(&p);
	close(dir);
}

static void test_segment(void **state)
{
	struct fixture *f = *state;
	uint8_t id[2][STORE_ID] = {{1}, {2}}, sealed[64], out[64];
	struct segment_bind b, other;
	struct bytes box = bytes_of(sealed, 5 + AEAD_TAG);
	struct aead *a, *index;

	assert_int_equal(segment_count(0), 0);
	assert_int_equal(segment_count(1), 1);
	assert_int_equal(segment_count(STORE_SEGMENT + 1), 2);
	assert_int_equal(segment_plain(STORE_SEGMENT + 1, 0), STORE_SEGMENT);
	assert_int_equal(segment_plain(STORE_SEGMENT + 1, 1), 1);
	assert_int_equal(segment_plain(STORE_SEGMENT, 1), 0);
	assert_int_equal(segment_content_key(f->pool, AEAD_XCHACHA20POLY1305,
					     f->key, &a),
			 0);
	assert_int_equal(segment_index_key(f->pool, AEAD_XCHACHA20POLY1305,
					   f->key, 1, id[0], &index),
			 0);
	segment_bind(&b, id[0], id[1], 3, AEAD_XCHACHA20POLY1305,
		     SEGMENT_CONTENT, 0);
	segment_seal(a, &b, 9, true, S("plain"), sealed);
	assert_int_equal(segment_open(a, &b, 9, true, box, out), 0);
	assert_memory_equal(out, "plain", 5);
	assert_int_equal(segment_open(a, &b, 8, true, box, out), -EBADMSG);
	assert_int_equal(segment_open(a, &b, 9, false, box, out), -EBADMSG);
	assert_int_equal(segment_open(index, &b, 9, true, box, out), -EBADMSG);
	segment_bind(&other, id[0], id[0], 3, AEAD_XCHACHA20POLY1305,
		     SEGMENT_CONTENT, 0);
	assert_int_equal(segment_open(a, &other, 9, true, box, out), -EBADMSG);
	segment_bind(&other, id[0], id[1], 4, AEAD_XCHACHA20POLY1305,
		     SEGMENT_CONTENT, 0);
	assert_int_equal(segment_open(a, &other, 9, true, box, out), -EBADMSG);
	segment_bind(&other, id[0], id[1], 3, AEAD_XCHACHA20POLY1305,
		     SEGMENT_INDEX, 0);
	assert_int_equal(segment_open(a, &other, 9, true, box, out), -EBADMSG);
	aead_free(a), aead_free(index);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define T(name) \
	cmocka_unit_test_setup_teardown(name, fixture_setup, fixture_teardown)
		cmocka_unit_test(test_ad),
		cmocka_unit_test(test_pad),
		cmocka_unit_test(test_places),
		cmocka_unit_test(test_seen),
		cmocka_unit_test(test_cache),
		T(test_cell),
		T(test_keys),
		T(test_backend),
		T(test_large),
		T(test_no_direct),
		T(test_segment),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
