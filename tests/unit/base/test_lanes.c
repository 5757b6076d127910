/* Many pieces at once: what each gives alone, and what other software gives. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/unit/base/check.h"

#include "base/lanes.h"
#include "base/mem.h"

#define MOST 40 /* pieces; no CPU has so many lanes */
#define EMPTY "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
#define ABC "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
#define Z "594e519ae499312b29433b7dd8a97ff068defcba9755b6d5d00e84c524d67b06"

static struct bytes some(size_t n)
{
	uint8_t *p = mem_new(1, n);

	assert_non_null(p);
	for (size_t i = 0; i < n; i++)
		p[i] = (uint8_t)(i * 7 + i / 251);
	return bytes_of(p, n);
}

/* With lanes (where this CPU has them) and without, against libsodium. */
static void same(struct lanes *l, struct bytes in, size_t piece)
{
	uint8_t got[MOST + 1][HASH_LEN] = {{0}}, want[HASH_LEN];
	uint8_t plain[MOST + 1][HASH_LEN] = {{0}};
	size_t n = 0;

	lanes_sha256(l, got, in, piece);
	lanes_sha256(NULL, plain, in, piece);
	for (size_t at = 0; at < in.n; at += piece, n++) {
		hash_sha256(want, bytes_sub(in, at, piece));
		assert_memory_equal(got[n], want, HASH_LEN);
		assert_memory_equal(plain[n], want, HASH_LEN);
	}
	/* Not one too many. */
	memset(want, 0, sizeof(want));
	assert_memory_equal(got[n], want, HASH_LEN);
	assert_memory_equal(plain[n], want, HASH_LEN);
}

/* As many pieces as there may be, of lengths around a block of SHA-256. */
static void counts_and_sizes(void **state)
{
	static const size_t piece[] = {1, 55, 56, 63, 64, 65, 127, 128, 16384};
	struct lanes *l = lanes_new();

	(void)state;
	for (size_t k = 0; k < ARRAY_LEN(piece); k++) {
		struct bytes in = some(MOST * piece[k]);

		for (size_t n = 1; n <= MOST; n++)
			same(l, bytes_sub(in, 0, n * piece[k]), piece[k]);
		mem_free((void *)(uintptr_t)in.p);
	}
	lanes_free(l);
}

/* The last piece is shorter: all lengths of it, behind few and behind many. */
static void short_ends(void **state)
{
	struct lanes *l = lanes_new();
	struct bytes in = some(20 * 128);

	(void)state;
	for (size_t n = 0; n <= in.n; n++)
		same(l, bytes_sub(in, 0, n), 128);
	mem_free((void *)(uintptr_t)in.p);
	lanes_free(l);
}

static void known_answers(void **state)
{
	uint8_t in[3 * 16 + 1];
	uint8_t h[17][HASH_LEN];
	struct lanes *l = lanes_new();

	(void)state;
	for (int i = 0; i < 16; i++)
		memcpy(in + 3 * i, "abc", 3);
	in[sizeof(in) - 1] = 'z';
	lanes_sha256(l, h, bytes_of(in, sizeof(in)), 3);
	for (int i = 0; i < 16; i++)
		assert_hex(h[i], HASH_LEN, ABC);
	assert_hex(h[16], HASH_LEN, Z);
	hash_sha256_parts(h[0], &(struct bytes){0}, 1);
	assert_hex(h[0], HASH_LEN, EMPTY);
	lanes_free(l);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(counts_and_sizes),
		cmocka_unit_test(short_ends),
		cmocka_unit_test(known_answers),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
