/* What every unit test of base starts with. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef BASE_CHECK_H
#define BASE_CHECK_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/buf.h"
#include "base/hex.h"
#include "base/secret.h"

#define S(s) bytes_of(s, sizeof(s) - 1)

/** assert_bytes(v, s): v is the literal s, byte for byte. */
#define assert_bytes(v, s)                                             \
	do {                                                           \
		struct bytes got_ = (v);                               \
		assert_int_equal(got_.n, sizeof(s) - 1);               \
		if (got_.n > 0)                                        \
			assert_memory_equal(got_.p, s, sizeof(s) - 1); \
	} while (0)

/** assert_hex(p, n, hex): n bytes at p are those the digits say. */
static inline void assert_hex(const uint8_t *p, size_t n, const char *hex)
{
	uint8_t want[512];

	assert_true(n <= sizeof(want));
	assert_int_equal(hex_decode(want, n, bytes_str(hex)), 0);
	if (n > 0)
		assert_memory_equal(p, want, n);
}

/** pool_setup, pool_teardown: a key pool as the test's state. */
static inline int pool_setup(void **state)
{
	struct keypool *p;

	if (keypool_new(&p, NULL) != 0)
		return -1;
	*state = p;
	return 0;
}

static inline int pool_teardown(void **state)
{
	keypool_free(*state);
	return 0;
}

/** rnd(&seed): the next number of a seeded sequence (splitmix64). */
static inline uint64_t rnd(uint64_t *seed)
{
	uint64_t z = *seed += 0x9E3779B97F4A7C15u;

	z = (z ^ z >> 30) * 0xBF58476D1CE4E5B9u;
	z = (z ^ z >> 27) * 0x94D049BB133111EBu;
	return z ^ z >> 31;
}

#endif
