/* The digest of a content: known answers, however it comes. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/unit/store/fixture.h"

#include "base/hex.h"
#include "base/mem.h"
#include "fs/store/writer.h"

#define MOST ((size_t)40 * STORE_SEGMENT)
#define WHOLE "9f58a5fe15237eb5f3462bd0fba8c6ae34f09b26518f2245530a5dfa256e281d"

/* Made by Python's hashlib: key 0, 1, ... 31; byte i of a content is i * 7 + i
 * / 251. */
static const struct {
	size_t n;
	const char *want;
} known[] = {
	{0, "223b9a195adefb1f293d6c0971a8fdb3d95276881614005cc0773778f9fdd202"},
	{1, "7f8bccfdeff9f7c38ae7d08fdc2d50b26fd82e2656748b84c82e73cd5c157319"},
	{16383,
	 "c9cb48b9bc86ad89066c9aa6803a7aaaff75fe9488ff014b0a6b52081962b0f5"},
	{16384,
	 "893fa8e4c2aa207a69e160d04afec4d9ce06a57fcc893cc2cdead3fe14113ce0"},
	{16385,
	 "c92c0c4d77f81d5791a8d592e5687cf9e37fc8a9eeba0144f358689e2d7c3bc9"},
	{81920,
	 "b9c7068e482b64cccf69d3bbfab7ce2737bef11619a44fecc1a905bf1d9b679b"},
	{262144,
	 "6c56e8c5ae90a0a00073c51dfe68ce89d6c8454244ed484406bc9b48ee45a3a1"},
	{278529,
	 "202246ea5ecbfa2888d6c7a7731b1428c064f4c46ef8af9ce6a4ed3aba414203"},
	{655359,
	 "58c97ad20e70a9784ea16eb6192d73d31c3583d4581d7ed076069bfd444b1f46"},
};

static struct key *key_of(struct fixture *f)
{
	uint8_t raw[KEY_LEN];

	for (size_t i = 0; i < sizeof(raw); i++)
		raw[i] = (uint8_t)i;
	return key_import(f->pool, raw);
}

static uint8_t *content(void)
{
	uint8_t *p = mem_new(1, MOST);

	assert_non_null(p);
	for (size_t i = 0; i < MOST; i++)
		p[i] = (uint8_t)(i * 7 + i / 251);
	return p;
}

static void is(const uint8_t got[HASH_LEN], const char *want)
{
	char hex[2 * HASH_LEN + 1];

	hex_encode(hex, bytes_of(got, HASH_LEN));
	assert_string_equal(hex, want);
}

/* In steps of so many pieces, as many side by side as there can be, or none. */
static void test_known(void **state)
{
	static const size_t step[] = {1, 3, 8, 16, 17, 40};
	struct lanes *l = lanes_new();
	struct key *k = key_of(*state);
	uint8_t *p = content(), out[HASH_LEN];

	for (size_t i = 0; i < ARRAY_LEN(known) * ARRAY_LEN(step) * 2; i++) {
		size_t n = known[i % ARRAY_LEN(known)].n;
		size_t by = step[i / 2 % ARRAY_LEN(step)] * STORE_SEGMENT;
		struct digest d;

		digest_begin(&d, k, false);
		for (size_t at = 0; at < n; at += by)
			digest_add(&d, i % 2 == 0 ? l : NULL,
				   bytes_sub(bytes_of(p, n), at, by));
		digest_end(&d, out);
		is(out, known[i % ARRAY_LEN(known)].want);
	}
	lanes_free(l);
	mem_free(p);
	key_free(k);
}

static void test_whole(void **state)
{
	struct key *k = key_of(*state);
	uint8_t *p = content(), out[HASH_LEN];
	struct digest d;

	digest_begin(&d, k, true);
	digest_add(&d, NULL, bytes_of(p, STORE_SEGMENT));
	digest_add(&d, NULL, bytes_of(p + STORE_SEGMENT, 1));
	digest_end(&d, out);
	is(out, WHOLE);
	mem_free(p);
	key_free(k);
}

/* Put in parts of so many bytes, 0: of changing length; whole: as an older
 * carrel did. */
static void put(struct store *s, struct bytes in, size_t part, bool whole)
{
	struct store_ingest *i = NULL;
	struct store_writer *w = NULL;
	uint8_t stamp[32] = {0}, root[32];
	uint64_t seed = 7, version;

	assert_int_equal(store_ingest_begin(s, "d", S(""), &i, NULL), 0);
	assert_int_equal(store_writer_new(i, &w), 0);
	assert_int_equal(store_put_begin(w, S("a")), 0);
	digest_begin(&w->o.digest, s->digest, whole);
	while (in.n > 0) {
		size_t n = part != 0 ? part : fixture_next(&seed) % 50000 + 1;
		struct bytes now = bytes_sub(in, 0, n);

		assert_int_equal(store_put_data(w, now), 0);
		in = bytes_sub(in, now.n, in.n);
	}
	assert_int_equal(store_put_finish(w, S("head"), S(""), stamp, NULL), 0);
	assert_int_equal(store_writer_close(w, NULL), 0);
	assert_int_equal(store_ingest_publish(i, true, &version, root, NULL),
			 0);
	store_ingest_free(i);
}

/* One content has one digest, and fsck, which reads it back, says so, too. */
static void test_any_parts(void **state)
{
	static const size_t part[] = {MOST, STORE_SEGMENT, 0, 262144,
				      STORE_SEGMENT + 1};
	static const size_t size[] = {1, STORE_SEGMENT, 17 * STORE_SEGMENT + 1,
				      MOST};
	struct fixture *f = *state;
	struct store *s = fixture_writer(f);
	uint8_t *p = content(), first[HASH_LEN];
	struct store_entry e;
	struct store_fsck sum;

	for (size_t i = 0; i < ARRAY_LEN(size); i++)
		for (size_t k = 0; k < ARRAY_LEN(part); k++) {
			put(s, bytes_of(p, size[i]), part[k], false);
			assert_int_equal(fixture_find(s, "d", 0, "a", &e), 0);
			assert_false(e.whole);
			if (k == 0)
				memcpy(first, e.content, HASH_LEN);
			assert_memory_equal(e.content, first, HASH_LEN);
		}
	assert_int_equal(store_fsck(s, true, NULL, NULL, NULL, &sum, &f->e), 0);
	store_close(s);
	mem_free(p);
}

static void again(struct store *s, const struct store_entry *of)
{
	struct store_ingest *i = NULL;
	struct store_writer *w = NULL;
	uint8_t stamp[32] = {0}, root[32];
	uint64_t version;

	assert_int_equal(store_ingest_begin(s, "d", S(""), &i, NULL), 0);
	assert_int_equal(store_writer_new(i, &w), 0);
	assert_int_equal(store_put_again(w, S("a"), of), 0);
	assert_int_equal(store_put_finish(w, S("head"), S(""), stamp, NULL), 0);
	assert_int_equal(store_writer_close(w, NULL), 0);
	assert_int_equal(store_ingest_publish(i, true, &version, root, NULL),
			 0);
	store_ingest_free(i);
}

/* What an older carrel put is read, checked, and detected anew as it is. */
static void test_older(void **state)
{
	struct fixture *f = *state;
	struct store *s = fixture_writer(f);
	uint8_t *p = content(), want[HASH_LEN];
	struct store_entry e, e2;
	struct store_fsck sum;

	hash_blake2b(want, s->digest, bytes_of(p, MOST));
	put(s, bytes_of(p, MOST), 262144, true);
	assert_int_equal(fixture_find(s, "d", 0, "a", &e), 0);
	assert_true(e.whole);
	assert_memory_equal(e.content, want, HASH_LEN);
	again(s, &e);
	assert_int_equal(fixture_find(s, "d", 0, "a", &e2), 0);
	assert_true(e2.whole && e2.spanset == e.spanset + 1);
	assert_memory_equal(e2.content, want, HASH_LEN);
	assert_int_equal(store_fsck(s, true, NULL, NULL, NULL, &sum, &f->e), 0);
	store_close(s);
	mem_free(p);
}

#define with_store(f) \
	cmocka_unit_test_setup_teardown(f, fixture_setup, fixture_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		with_store(test_known),
		with_store(test_whole),
		with_store(test_any_parts),
		with_store(test_older),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
