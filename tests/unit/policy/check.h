/* What the unit tests of the policy room start with. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef POLICY_CHECK_H
#define POLICY_CHECK_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "base/hash.h"
#include "base/mem.h"
#include "policy/policy.h"

#define S(s) bytes_of(s, sizeof(s) - 1)

/* Most policies here begin so. */
#define HEAD                                           \
	"carrel: 1\nproject: p\npurpose: annotation\n" \
	"datasets: [calls, pref]\n"

/** policy_of(text): loaded, or the test fails with the complaint. */
static inline struct policy *policy_of(const char *text)
{
	struct policy *p = NULL;
	struct err e = {0};

	if (policy_load(bytes_str(text), "t.yaml", &p, &e) != 0)
		fail_msg("%s: %s", e.place, e.text);
	return p;
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

/** key_of(pool, byte): the key of 32 such bytes. */
static inline struct key *key_of(void *pool, uint8_t byte)
{
	uint8_t raw[KEY_LEN];
	struct key *k;

	memset(raw, byte, sizeof(raw));
	k = key_import(pool, raw);
	assert_non_null(k);
	return k;
}

/** seat_of(p, who, task, key): their seat at time 1000. */
static inline struct seat *seat_of(const struct policy *p, const char *who,
				   const char *task, const struct key *k)
{
	struct subject s;
	struct seat *seat = NULL;
	struct err e = {0};

	if (policy_subject(p, who, task, 1000, &s, &e) != 0 ||
	    policy_seat(&s, k, &seat, &e) != 0)
		fail_msg("%s", e.text);
	return seat;
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
