/* Sealing: other software's vectors, every flipped bit, in place, boxes. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/unit/base/check.h"

#include <errno.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/aead.h"
#include "base/mem.h"

#define NR 4294967298u

static const struct {
	enum aead_cipher cipher;
	const char *sealed; /* "a segment" as number NR with data "ad" */
} vectors[] = {
	{AEAD_AES256GCM, "5b9a50b6dbde583e0502daf4a426ee0e2291b156d9d9d60f75"},
	{AEAD_XCHACHA20POLY1305,
	 "74f9d48034ea3fc89a546e7974e8da2ba47ec15621cf772ad3"},
};

static struct key *counting_key(struct keypool *p)
{
	uint8_t raw[KEY_LEN];

	for (size_t i = 0; i < KEY_LEN; i++)
		raw[i] = (uint8_t)i;
	return key_import(p, raw);
}

/* One of the two ciphers; false where the CPU lacks it. */
static bool make(struct keypool *p, size_t i, struct aead **a)
{
	CLEANUP(key_freep) struct key *k = counting_key(p);

	if (!aead_available(vectors[i].cipher)) {
		assert_int_equal(aead_new(p, vectors[i].cipher, k, a),
				 -ENOTSUP);
		return false;
	}
	assert_int_equal(aead_new(p, vectors[i].cipher, k, a), 0);
	return true;
}

static void names(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(vectors); i++) {
		const char *n = aead_name(vectors[i].cipher);

		assert_int_equal(aead_parse(bytes_str(n)), vectors[i].cipher);
	}
	assert_string_equal(aead_name(AEAD_AES256GCM), "aes-256-gcm");
	assert_null(aead_name(AEAD_REFUSED));
	assert_null(aead_name((enum aead_cipher)7));
	assert_int_equal(aead_parse(S("")), AEAD_REFUSED);
	assert_int_equal(aead_parse(S("AES-256-GCM")), AEAD_REFUSED);
	assert_false(aead_available(AEAD_REFUSED));
	assert_true(aead_available(AEAD_XCHACHA20POLY1305));
}

static void seals_as_others_do(void **state)
{
	for (size_t i = 0; i < ARRAY_LEN(vectors); i++) {
		CLEANUP(aead_freep) struct aead *a = NULL;
		uint8_t out[9 + AEAD_TAG], back[9];

		if (!make(*state, i, &a))
			continue;
		aead_seal_nr(a, NR, S("ad"), S("a segment"), out);
		assert_hex(out, sizeof(out), vectors[i].sealed);
		assert_int_equal(aead_open_nr(a, NR, S("ad"),
					      bytes_of(out, sizeof(out)), back),
				 0);
		assert_memory_equal(back, "a segment", 9);
	}
}

static void assert_refused(const struct aead *a, uint64_t nr, struct bytes ad,
			   struct bytes sealed)
{
	uint8_t back[64];

	memset(back, 0xAA, sizeof(back));
	assert_int_equal(aead_open_nr(a, nr, ad, sealed, back), -EBADMSG);
	for (size_t i = 0; sealed.n >= AEAD_TAG && i < sealed.n - AEAD_TAG; i++)
		assert_int_equal(back[i], 0);
}

static void any_change_is_seen(void **state)
{
	for (size_t i = 0; i < ARRAY_LEN(vectors); i++) {
		CLEANUP(aead_freep) struct aead *a = NULL;
		uint8_t out[9 + AEAD_TAG];
		struct bytes sealed = bytes_of(out, sizeof(out));

		if (!make(*state, i, &a))
			continue;
		aead_seal_nr(a, NR, S("ad"), S("a segment"), out);
		assert_refused(a, NR + 1, S("ad"), sealed);
		assert_refused(a, NR, S("aD"), sealed);
		assert_refused(a, NR, S(""), sealed);
		for (size_t n = 0; n < sealed.n; n++)
			assert_refused(a, NR, S("ad"), bytes_sub(sealed, 0, n));
		for (size_t bit = 0; bit < sealed.n * 8; bit++) {
			out[bit / 8] ^= (uint8_t)(1u << bit % 8);
			assert_refused(a, NR, S("ad"), sealed);
			out[bit / 8] ^= (uint8_t)(1u << bit % 8);
		}
	}
}

static void in_place_and_empty(void **state)
{
	for (size_t i = 0; i < ARRAY_LEN(vectors); i++) {
		CLEANUP(aead_freep) struct aead *a = NULL;
		static uint8_t room[100000 + AEAD_TAG], want[100000];
		uint64_t seed = i;

		if (!make(*state, i, &a))
			continue;
		for (size_t n = 0; n <= sizeof(want); n = n * 3 + 1) {
			for (size_t k = 0; k < n; k++)
				want[k] = (uint8_t)rnd(&seed);
			memcpy(room, want, n);
			aead_seal_nr(a, n, S(""), bytes_of(room, n), room);
			assert_int_equal(
				aead_open_nr(a, n, bytes_str(NULL),
					     bytes_of(room, n + AEAD_TAG),
					     room),
				0);
			assert_memory_equal(room, want, n);
		}
	}
}

static void boxes(void **state)
{
	static const char vector[] =
		"6465666768696a6b6c6d6e6f707172737475767778797a7b"
		"1d539ad59342ce5fa5333de40e60b6a13ea1be959173";
	CLEANUP(key_freep) struct key *k = counting_key(*state);
	CLEANUP(buf_free) struct buf a = {0};
	CLEANUP(buf_free) struct buf b = {0};
	CLEANUP(buf_free) struct buf out = {0};
	uint8_t raw[sizeof(vector) / 2];

	assert_int_equal(hex_decode(raw, sizeof(raw), S(vector)), 0);
	assert_int_equal(
		aead_box_get(&out, k, S("row 1"), bytes_of(raw, sizeof(raw))),
		0);
	assert_bytes(buf_bytes(&out), "a cell");
	assert_int_equal(buf_puts(&a, "+"), 0);
	assert_int_equal(aead_box_put(&a, k, S("row 1"), S("a cell")), 0);
	assert_int_equal(aead_box_put(&b, k, S("row 1"), S("a cell")), 0);
	assert_int_equal(b.n, 6 + AEAD_BOX_OVERHEAD);
	assert_memory_not_equal(a.p + 1, b.p, b.n);
	assert_int_equal(aead_box_get(&out, k, S("row 1"), buf_bytes(&b)), 0);
	assert_bytes(buf_bytes(&out), "a cella cell");
}

static void boxes_refuse(void **state)
{
	CLEANUP(key_freep) struct key *k = counting_key(*state);
	CLEANUP(key_freep) struct key *other = key_random(*state);
	CLEANUP(buf_free) struct buf b = {0};
	CLEANUP(buf_free) struct buf out = {0};

	assert_int_equal(aead_box_put(&b, k, S("row 1"), S("a cell")), 0);
	assert_int_equal(aead_box_get(&out, other, S("row 1"), buf_bytes(&b)),
			 -EBADMSG);
	assert_int_equal(aead_box_get(&out, k, S("row 2"), buf_bytes(&b)),
			 -EBADMSG);
	for (size_t n = 0; n < b.n; n++)
		assert_int_equal(
			aead_box_get(&out, k, S("row 1"), bytes_of(b.p, n)),
			-EBADMSG);
	for (size_t i = 0; i < b.n; i++) {
		b.p[i] ^= 0x40;
		assert_int_equal(
			aead_box_get(&out, k, S("row 1"), buf_bytes(&b)),
			-EBADMSG);
		b.p[i] ^= 0x40;
	}
	assert_int_equal(out.n, 0);
}

/* The callers' own nonces: the same vector as the numbered seal. */
static void own_nonces(void **state)
{
	CLEANUP(key_freep) struct key *k = counting_key(*state);
	uint8_t nonce[24] = {[19] = 1, [23] = 2}, out[9 + AEAD_TAG], back[9];
	struct bytes sealed = bytes_of(out, sizeof(out));

	aead_xchacha_seal(k, nonce, S("ad"), S("a segment"), out);
	assert_hex(out, sizeof(out), vectors[1].sealed);
	assert_int_equal(aead_xchacha_open(k, nonce, S("ad"), sealed, back), 0);
	assert_memory_equal(back, "a segment", 9);
	nonce[0] ^= 1;
	assert_int_equal(aead_xchacha_open(k, nonce, S("ad"), sealed, back),
			 -EBADMSG);
	nonce[0] ^= 1;
	assert_int_equal(aead_xchacha_open(k, nonce, S("Ad"), sealed, back),
			 -EBADMSG);
	assert_int_equal(aead_xchacha_open(k, nonce, S("ad"),
					   bytes_sub(sealed, 0, 15), back),
			 -EBADMSG);
	for (size_t i = 0; i < sizeof(out); i++) {
		out[i] ^= 1;
		assert_int_equal(
			aead_xchacha_open(k, nonce, S("ad"), sealed, back),
			-EBADMSG);
		out[i] ^= 1;
	}
}

static void no_room(void **state)
{
	CLEANUP(key_freep) struct key *k = counting_key(*state);
	CLEANUP(buf_free) struct buf b = {0};
	CLEANUP(buf_free) struct buf out = {0};
	static struct key *keys[20000];
	struct aead *a;
	size_t n = 0;

	mem_fail_after(1);
	assert_int_equal(aead_box_put(&b, k, S(""), S("x")), -ENOMEM);
	mem_fail_after(0);
	assert_int_equal(
		aead_box_put(&b, k, S(""), (struct bytes){NULL, SIZE_MAX - 8}),
		-ENOMEM);
	assert_int_equal(aead_box_put(&b, k, S(""), S("x")), 0);
	mem_fail_after(1);
	assert_int_equal(aead_box_get(&out, k, S(""), buf_bytes(&b)), -ENOMEM);
	mem_fail_after(0);
	while ((keys[n] = key_random(*state)) != NULL)
		n++;
	assert_int_equal(aead_new(*state, AEAD_XCHACHA20POLY1305, k, &a),
			 -ENOMEM);
	assert_null(a);
	while (n > 0)
		key_free(keys[--n]);
	aead_free(NULL);
	assert_int_equal(aead_new(*state, AEAD_REFUSED, k, &a), -ENOTSUP);
}

/* A child's aead is all zeros: sealing with it must not go on. */
static void child_cannot_seal(void **state)
{
	CLEANUP(key_freep) struct key *k = counting_key(*state);
	CLEANUP(aead_freep) struct aead *a = NULL;
	uint8_t out[1 + AEAD_TAG];
	int status = 0;
	pid_t pid;

	assert_int_equal(aead_new(*state, AEAD_XCHACHA20POLY1305, k, &a), 0);
	pid = fork();
	assert_true(pid >= 0);
	if (pid == 0) {
		signal(SIGABRT, SIG_DFL);
		aead_seal_nr(a, 1, S(""), S("x"), out);
		_exit(0);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFSIGNALED(status) && WTERMSIG(status) == SIGABRT);
}

#define pooled(f) cmocka_unit_test_setup_teardown(f, pool_setup, pool_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(names),
		pooled(seals_as_others_do),
		pooled(any_change_is_seen),
		pooled(in_place_and_empty),
		pooled(boxes),
		pooled(boxes_refuse),
		pooled(own_nonces),
		pooled(no_room),
		pooled(child_cannot_seal),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
