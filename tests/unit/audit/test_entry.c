/* Stored entries: shapes, sealing, and everything that must not open. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "base/aead.h"
#include "fs/audit/entry.h"
#include "tests/unit/audit/room.h"

static const uint8_t here[HASH_LEN] = {1}, there[HASH_LEN] = {2};

struct bench {
	struct keypool *pool;
	struct key *key, *other;
	struct buf raw, work;
};

static void bench_new(struct bench *b)
{
	*b = (struct bench){0};
	assert_int_equal(keypool_new(&b->pool, NULL), 0);
	b->key = key_random(b->pool);
	b->other = key_random(b->pool);
}

static void bench_free(struct bench *b)
{
	buf_free(&b->raw);
	buf_free(&b->work);
	keypool_free(b->pool);
}

static void seal(struct bench *b, uint64_t seq, uint64_t dek, size_t path)
{
	struct key *half CLEANUP(key_freep) = entry_key(b->pool, b->key);
	struct entry_seal s = {here, half, dek, &b->work};
	struct event e = {.kind = EV_READ};
	char name[2000];

	memset(name, 'p', sizeof(name));
	event_int(&e, EF_T, 1);
	event_bytes(&e, EF_PATH, bytes_of(name, path));
	assert_non_null(half);
	buf_clear(&b->raw);
	assert_int_equal(entry_put_sealed(&b->raw, &s, seq, &e), 0);
}

static void round_trip(void **state)
{
	CLEANUP(bench_free) struct bench b;
	struct entry en;
	struct event e;

	(void)state;
	bench_new(&b);
	for (size_t n = 0; n < 300; n++) {
		seal(&b, 70000 + n, 3, n);
		assert_int_equal(entry_parse(buf_bytes(&b.raw), &en), 0);
		assert_true(en.sealed);
		assert_int_equal(en.seq, 70000 + n);
		assert_int_equal(en.dek, 3);
		/* Lengths tell only so much. */
		assert_int_equal((en.text.n - AEAD_TAG) % ENTRY_PAD, 0);
		assert_int_equal(entry_open(&en, here, b.key, &b.work, &e), 0);
		assert_int_equal(e.kind, EV_READ);
		assert_int_equal(e.seq, 70000 + n);
		assert_int_equal(event_getb(&e, EF_PATH).n, n);
	}
}

/* Moved to another number, DEK or log, or changed: it does not open. */
static void does_not_open(void **state)
{
	CLEANUP(bench_free) struct bench b;
	struct entry en;
	struct event e;

	(void)state;
	bench_new(&b);
	seal(&b, 5, 3, 20);
	assert_int_equal(entry_parse(buf_bytes(&b.raw), &en), 0);
	assert_int_equal(entry_open(&en, there, b.key, &b.work, &e), -EBADMSG);
	assert_int_equal(entry_open(&en, here, b.other, &b.work, &e), -EBADMSG);
	en.seq = 6;
	assert_int_equal(entry_open(&en, here, b.key, &b.work, &e), -EBADMSG);
	for (size_t i = 0; i < b.raw.n; i++) {
		b.raw.p[i] ^= 1;
		if (entry_parse(buf_bytes(&b.raw), &en) == 0 && en.sealed)
			assert_int_equal(
				entry_open(&en, here, b.key, &b.work, &e),
				-EBADMSG);
		b.raw.p[i] ^= 1;
	}
}

/* Seal any plaintext under the entry's rules, to try what it may not be. */
static void seal_raw(struct bench *b, const void *plain, size_t n)
{
	uint8_t nonce[24] = "tlog-audit-body1", ad[HASH_LEN + 4];
	static const uint8_t head[] = {0x84, 2, 5, 3};
	uint8_t out[128];

	nonce[23] = 5;
	memcpy(ad, here, HASH_LEN);
	memcpy(ad + HASH_LEN, head, sizeof(head));
	aead_xchacha_seal(b->key, nonce, bytes_of(ad, sizeof(ad)),
			  bytes_of(plain, n), out);
	buf_clear(&b->raw);
	assert_int_equal(buf_put(&b->raw, head, sizeof(head)), 0);
	assert_int_equal(cbor_put_bytes(&b->raw, bytes_of(out, n + AEAD_TAG)),
			 0);
}

static void padding(void **state)
{
	static const struct {
		const char plain[33];
		size_t n;
		int rc;
	} cases[] = {
		{"\x82\x0A\xA0", 16, 0},
		{"\x82\x0A\xA0\0\0\0\0\0\0\0\0\0\0\0\0\1", 16, -EPROTO},
		{"\x82\x0A\xA0", 32, -EPROTO}, /* more than needed */
		{"\x82\x01\xA0", 16, -EPROTO}, /* BOOT hides from nobody */
		{"\xFF", 16, -EPROTO},
	};
	CLEANUP(bench_free) struct bench b;
	struct entry en;
	struct event e;

	(void)state;
	bench_new(&b);
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		seal_raw(&b, cases[i].plain, cases[i].n);
		assert_int_equal(entry_parse(buf_bytes(&b.raw), &en), 0);
		assert_int_equal(entry_open(&en, here, b.key, &b.work, &e),
				 cases[i].rc);
	}
}

static void shapes(void **state)
{
	static const struct {
		const char *raw;
		size_t n;
		int rc;
	} cases[] = {
		{"\x84\x01\x05\x05\xA0", 5, 0},
		{"\x84\x01\x05\x0A\xA0", 5, -EPROTO}, /* an OPEN in clear */
		{"\x84\x01\x05\x05\xA0\x00", 6, -EPROTO},
		{"\x83\x01\x05\x05", 4, -EPROTO},
		{"\x84\x03\x05\x05\xA0", 5, -EPROTO},
		{"\x84\x02\x05\x03\x40", 5, -EPROTO}, /* no room for a tag */
		{"\x84\x01\x18\x05\x05\xA0", 6, -EPROTO}, /* not shortest */
		{"", 0, -EPROTO},
	};
	struct entry en;

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++)
		assert_int_equal(
			entry_parse(bytes_of(cases[i].raw, cases[i].n), &en),
			cases[i].rc);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(round_trip),
		cmocka_unit_test(does_not_open),
		cmocka_unit_test(padding),
		cmocka_unit_test(shapes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
