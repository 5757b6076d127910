/* The strength of every combination of facts, against a second opinion. */
/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "fs/session/strength.h"
#include "policy/policy.h"

/* DESIGN's words as one expression: nothing of the table under test. */
static enum strength opinion(const struct facts *f)
{
	bool wall = f->gateway != f->annotator && f->annotator != 0 &&
		    f->owner == f->gateway && f->hidepid == HIDEPID_INVISIBLE &&
		    f->swap != SWAP_PLAIN;

	if (!f->room || !f->seccomp)
		return STRENGTH_NONE;
	if (f->published)
		return STRENGTH_DISPLAY;
	return wall ? STRENGTH_BOUNDARY : STRENGTH_GUARD_RAIL;
}

static unsigned long gaps_of(const struct facts *f)
{
	unsigned long n = 0;

	while (strength_gap(f, n) != NULL)
		n++;
	return n;
}

/* What holds for any one set of facts. */
static void check(const struct facts *f, unsigned seen[4])
{
	enum strength s = strength_of(f);
	const struct strength_gap *g;

	assert_int_equal(s, opinion(f));
	assert_int_equal(s == STRENGTH_BOUNDARY, gaps_of(f) == 0);
	for (size_t i = 0; (g = strength_gap(f, i)) != NULL; i++) {
		assert_true(g->at_most >= s && g->at_most < STRENGTH_BOUNDARY);
		assert_true(g->why[0] != '\0' && g->change[0] != '\0');
	}
	/* The first gap is one that decides. */
	if (s != STRENGTH_BOUNDARY)
		assert_int_equal(strength_gap(f, 0)->at_most, s);
	seen[s]++;
}

static void with_uids(struct facts *f, unsigned seen[4])
{
	static const uid_t uids[] = {0, 990, 1000};

	for (unsigned i = 0; i < 27; i++) {
		f->gateway = uids[i % 3];
		f->annotator = uids[i / 3 % 3];
		f->owner = uids[i / 9];
		check(f, seen);
	}
}

static void test_all(void **state)
{
	unsigned seen[4] = {0}, n = 0;

	(void)state;
	for (unsigned bits = 0; bits < 16; bits++)
		for (unsigned h = 0; h <= HIDEPID_INVISIBLE; h++)
			for (unsigned s = 0; s <= SWAP_NONE; s++, n++) {
				struct facts f = {
					.room = (bits & 1) != 0,
					.published = (bits & 2) != 0,
					.seccomp = (bits & 4) != 0,
					.landlock_abi = bits & 8 ? 7 : 0,
					.hidepid = (enum facts_hidepid)h,
					.swap = (enum facts_swap)s};

				with_uids(&f, seen);
			}
	assert_int_equal(n, 16 * 3 * 4);
	/* Every answer was among them: none of the checks was idle. */
	for (unsigned i = 0; i < 4; i++)
		assert_true(seen[i] > 0);
}

/* Facts that nobody read are no strength. */
static void test_zero_means_no(void **state)
{
	struct facts f = {0};

	(void)state;
	assert_int_equal(strength_of(&f), STRENGTH_NONE);
	f.room = f.seccomp = true;
	assert_int_equal(strength_of(&f), STRENGTH_GUARD_RAIL);
	f.gateway = f.owner = 990;
	f.annotator = 1000;
	assert_int_equal(strength_of(&f), STRENGTH_GUARD_RAIL);
	f.hidepid = HIDEPID_INVISIBLE;
	assert_int_equal(strength_of(&f), STRENGTH_GUARD_RAIL);
	f.swap = SWAP_NONE;
	assert_int_equal(strength_of(&f), STRENGTH_BOUNDARY);
}

static void test_words(void **state)
{
	struct facts f = {.room = true, .seccomp = true, .swap = SWAP_NONE};
	struct buf b CLEANUP(buf_free) = {0};

	(void)state;
	f.gateway = f.annotator = f.owner = 1000;
	assert_int_equal(strength_words(&f, &b), 0);
	assert_non_null(strstr(buf_str(&b), "second terminal"));
	assert_non_null(strstr(buf_str(&b), "uid of its own"));
	assert_non_null(strstr(buf_str(&b), "hidepid=invisible\n"));
	assert_null(strstr(buf_str(&b), "swap"));
	buf_clear(&b);
	f.gateway = f.owner = 990;
	f.hidepid = HIDEPID_INVISIBLE;
	assert_int_equal(strength_words(&f, &b), 0);
	assert_string_equal(buf_str(&b), "");
}

/* A policy's word and the log's are the same. */
static void test_names(void **state)
{
	(void)state;
	assert_string_equal(strength_name(STRENGTH_BOUNDARY),
			    confinement_name(CONFINE_BOUNDARY));
	assert_string_equal(strength_name(STRENGTH_GUARD_RAIL),
			    confinement_name(CONFINE_GUARD_RAIL));
	assert_string_equal(strength_name(STRENGTH_DISPLAY),
			    confinement_name(CONFINE_DISPLAY));
	assert_string_equal(strength_name(STRENGTH_NONE),
			    confinement_name(CONFINE_NONE));
	assert_string_equal(strength_name((enum strength)9), "none");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_all),
		cmocka_unit_test(test_zero_means_no),
		cmocka_unit_test(test_words),
		cmocka_unit_test(test_names),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
