/* Fixed bytes of the format, made by another program from its description. */
/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>

#include "base/hex.h"
#include "fs/store/rows.h"
#include "tests/unit/store/fixture.h"

/* The digits come from Python's hashlib and doc/store-format.md. */
#define LEAF "378b86f68e7fd38b74ef3d645e1493857241c33d4129ebb5c657f2668453ada9"
#define ROOT "dbfc662ce97019046d112794f2540c8ab5eb0bb62ad110ae0831dafcb702dfdd"
#define SIGNED \
	"6da7ff708c776855cc3436ccdd58595f317ae410dd7c78071c02fdf67638def3"
#define SLOT "8d6af84ce0efd7a760142158886a0ad2109672c3b6f8e049942750fdcb307f68"

static void is(const uint8_t got[HASH_LEN], const char *want)
{
	char hex[2 * HASH_LEN + 1];

	hex_encode(hex, bytes_of(got, HASH_LEN));
	assert_string_equal(hex, want);
}

static void test_manifest(void **state)
{
	uint8_t id[16], content[32], store[16], dataset[16];
	uint8_t leaf[HASH_LEN], root[HASH_LEN], out[HASH_LEN];
	struct rows_entry e = {.size = 1000,
			       .content = bytes_of(content, 32),
			       .summary = S("summary")};
	struct rows_version v = {
		.released_ns = -7, .objects = 2, .info = S("info")};
	struct rows_root r;
	struct ad msg;

	(void)state;
	memset(id, 1, sizeof(id));
	memset(content, 2, sizeof(content));
	memset(store, 4, sizeof(store));
	memset(dataset, 5, sizeof(dataset));
	rows_leaf(leaf, id, 3, 1, &e);
	is(leaf, LEAF);
	rows_root_start(&r, store, dataset, 3);
	rows_root_add(&r, leaf);
	rows_root_add(&r, leaf);
	rows_root_end(&r, root);
	is(root, ROOT);
	v.root = bytes_of(root, sizeof(root));
	rows_signed(&msg, store, dataset, 3, &v);
	hash_blake2b(out, NULL, ad_bytes(&msg));
	is(out, SIGNED);
}

static void test_slot_key(void **state)
{
	struct fixture *f = *state;
	uint8_t raw[KEY_LEN];
	struct key *file, *wrap;

	for (size_t i = 0; i < sizeof(raw); i++)
		raw[i] = (uint8_t)i;
	file = key_import(f->pool, raw);
	wrap = key_derive(f->pool, file, "carrel/1 key file slot");
	is(key_raw(wrap), SLOT);
	key_free(file), key_free(wrap);
}

static void test_rows_round_trip(void **state)
{
	uint8_t h[32] = {1}, sig[64] = {2};
	struct rows_entry e = {.size = 1ull << 40,
			       .blobs = 7,
			       .content = bytes_of(h, 32),
			       .whole = true,
			       .stamp = bytes_of(h, 32),
			       .path = S("a/b"),
			       .summary = S("")},
			  e2;
	struct rows_version v = {.released_ns = 1785000000000000000,
				 .objects = 3,
				 .root = bytes_of(h, 32),
				 .sig = bytes_of(sig, 64),
				 .info = S("x")},
			    v2;
	struct buf b = {0};

	(void)state;
	assert_int_equal(rows_entry_put(&b, &e), 0);
	assert_int_equal(rows_entry_get(buf_bytes(&b), &e2), 0);
	assert_true(e2.size == e.size && e2.blobs == 7);
	assert_true(bytes_is(e2.path, "a/b") && e2.whole);
	assert_true(bytes_eq(e2.content, e.content));
	for (size_t n = 0; n < b.n; n++)
		assert_int_equal(rows_entry_get(bytes_of(b.p, n), &e2),
				 -EPROTO);
	buf_clear(&b);
	e.whole = false;
	assert_int_equal(rows_entry_put(&b, &e), 0);
	assert_int_equal(rows_entry_get(buf_bytes(&b), &e2), 0);
	assert_true(!e2.whole && bytes_eq(e2.content, e.content));
	for (size_t n = 0; n < b.n; n++)
		assert_int_equal(rows_entry_get(bytes_of(b.p, n), &e2),
				 -EPROTO);
	assert_int_equal(rows_version_get(buf_bytes(&b), &v2), -EPROTO);
	buf_clear(&b);
	assert_int_equal(rows_version_put(&b, &v), 0);
	assert_int_equal(rows_version_get(buf_bytes(&b), &v2), 0);
	assert_true(v2.released_ns == v.released_ns && v2.objects == 3);
	assert_true(bytes_eq(v2.sig, v.sig));
	for (size_t n = 0; n < b.n; n++)
		assert_int_equal(rows_version_get(bytes_of(b.p, n), &v2),
				 -EPROTO);
	buf_free(&b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_manifest),
		cmocka_unit_test_setup_teardown(test_slot_key, fixture_setup,
						fixture_teardown),
		cmocka_unit_test(test_rows_round_trip),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
