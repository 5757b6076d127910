/* store.yaml: one spelling, every flipped bit found, unknown slots kept. */
/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>

#include "base/hash.h"
#include "base/hex.h"
#include "fs/store/config.h"
#include "tests/unit/store/fixture.h"

static struct config example(void)
{
	struct config c = {
		.id = {1, 2, 3},
		.cipher = AEAD_AES256GCM,
		.nslots = 3,
		.slots = {{.id = 1, .kind = SLOT_KEYFILE, .wrapped = {7, 8, 9}},
			  {.id = 2,
			   .kind = SLOT_PASSPHRASE,
			   .salt = {4, 5},
			   .ops = 3,
			   .kib = 65536},
			  {.id = 3,
			   .kind = SLOT_RECIPIENT,
			   .pub = {9},
			   .sealed = {1, 2},
			   .wrapped = {3}}}};

	return c;
}

static void test_round_trip(void **state)
{
	struct config c = example(), back;
	struct buf b = {0};

	(void)state;
	assert_int_equal(config_put(&b, &c), 0);
	assert_non_null(strstr(buf_str(&b), "cipher: aes-256-gcm\n"));
	assert_non_null(strstr(buf_str(&b), "kind: passphrase, salt: 0405"));
	assert_non_null(strstr(buf_str(&b), "kind: recipient, public: 0900"));
	assert_int_equal(config_parse(buf_bytes(&b), "x", &back, NULL), 0);
	assert_memory_equal(&c, &back, sizeof(c));
	buf_free(&b);
}

static void test_every_bit(void **state)
{
	struct config c = example(), back;
	struct buf b = {0};
	struct err e;

	(void)state;
	assert_int_equal(config_put(&b, &c), 0);
	for (size_t i = 0; i < b.n * 8; i++) {
		int rc;

		b.p[i / 8] ^= (uint8_t)(1 << i % 8);
		rc = config_parse(buf_bytes(&b), "x", &back, &e);
		assert_true(rc == -EUCLEAN || rc == -ENOTSUP);
		b.p[i / 8] ^= (uint8_t)(1 << i % 8);
	}
	for (size_t n = 0; n < b.n; n++)
		assert_int_equal(config_parse(bytes_of(b.p, n), "x", &back, &e),
				 -EUCLEAN);
	assert_non_null(strstr(e.text, "restore"));
	assert_int_equal(buf_putc(&b, '\n'), 0);
	assert_int_equal(config_parse(buf_bytes(&b), "x", &back, &e), -EUCLEAN);
	buf_free(&b);
}

/* Text with the right checksum behind it. */
static void summed(struct buf *b, const char *text)
{
	uint8_t sum[HASH_LEN];
	char hex[2 * HASH_LEN + 1];

	buf_clear(b);
	assert_int_equal(buf_puts(b, text), 0);
	hash_blake2b(sum, NULL, buf_bytes(b));
	hex_encode(hex, bytes_of(sum, sizeof(sum)));
	assert_int_equal(buf_printf(b, "sum: %s\n", hex), 0);
}

#define HEAD                                     \
	"carrel-store: 1\n"                      \
	"id: 00000000000000000000000000000001\n" \
	"cipher: xchacha20-poly1305\n"           \
	"segment: 16384\n"                       \
	"slots:\n"

static void test_spellings(void **state)
{
	static const char *const bad[] = {
		HEAD, /* no slot */
		HEAD "  - { id: 1, kind: keyfile, wrapped: 00 }\n",
		HEAD "  - { id: 01, kind: tpm, x: 1 }\n\n",
		HEAD " - { id: 1, kind: tpm }\n",
		"carrel-store: 1\nid: 1\n",
		"# comment\n" HEAD "  - { id: 1, kind: tpm }\n",
	};
	struct config c;
	struct buf b = {0};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
		summed(&b, bad[i]);
		assert_int_equal(config_parse(buf_bytes(&b), "x", &c, NULL),
				 -EUCLEAN);
	}
	buf_free(&b);
}

static void test_unknown_slot(void **state)
{
	struct config c;
	struct buf b = {0}, again = {0};

	(void)state;
	summed(&b, HEAD "  - { id: 7, kind: tpm, pcr: 7 }\n");
	assert_int_equal(config_parse(buf_bytes(&b), "x", &c, NULL), 0);
	assert_int_equal(c.slots[0].kind, SLOT_UNKNOWN);
	assert_int_equal(c.slots[0].id, 7);
	assert_int_equal(config_put(&again, &c), 0);
	assert_true(bytes_eq(buf_bytes(&b), buf_bytes(&again)));
	buf_free(&b), buf_free(&again);
}

static void test_newer_format(void **state)
{
	struct config c;
	struct buf b = {0};
	struct err e;

	(void)state;
	summed(&b, "carrel-store: 2\nsomething: new\n");
	assert_int_equal(config_parse(buf_bytes(&b), "x", &c, &e), -ENOTSUP);
	assert_non_null(strstr(e.text, "newer carrel"));
	buf_free(&b);
}

/* A field changed on purpose, the checksum repaired: no key opens it. */
static void test_bound(void **state)
{
	struct fixture *f = *state;
	struct config c = example();
	struct slot_bind bind = {
		.pool = f->pool, .store = c.id, .cipher = c.cipher};
	struct key *root = key_random(f->pool), *got;
	struct slot s = {.id = 1}, t;

	assert_int_equal(slot_seal(&bind, &f->cred, root, &s, NULL), 0);
	assert_int_equal(slot_open(&bind, &f->cred, &s, &got), 0);
	assert_true(key_eq(root, got));
	key_free(got);
	t = s;
	t.id = 2;
	assert_int_equal(slot_open(&bind, &f->cred, &t, &got), -ENOKEY);
	c.id[0] ^= 1;
	assert_int_equal(slot_open(&bind, &f->cred, &s, &got), -ENOKEY);
	c.id[0] ^= 1;
	bind.cipher = AEAD_XCHACHA20POLY1305;
	assert_int_equal(slot_open(&bind, &f->cred, &s, &got), -ENOKEY);
	key_free(root);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_round_trip),
		cmocka_unit_test(test_every_bit),
		cmocka_unit_test(test_spellings),
		cmocka_unit_test(test_unknown_slot),
		cmocka_unit_test(test_newer_format),
		cmocka_unit_test_setup_teardown(test_bound, fixture_setup,
						fixture_teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
