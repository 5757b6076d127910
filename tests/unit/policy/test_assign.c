/* Dealing: the formula, its properties, and the lists that override it. */
/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>

#include "policy/assign.h"
#include "tests/unit/policy/check.h"

/* n annotators a00, a01 ... of role r in task t. */
static struct policy *people(int n, const char *assign, const char *more)
{
	CLEANUP(buf_free) struct buf b = {0};
	int rc = buf_printf(&b,
			    "%sroles:\n  r:\n    see: [{ files: \"calls/**\" "
			    "}]\n  boss: { extends: r, records: task }\n"
			    "tasks:\n  t: { files: \"calls/**\", assign: %s }\n"
			    "annotators:\n",
			    HEAD, assign);

	for (int i = 0; rc == 0 && i < n; i++)
		rc = buf_printf(&b, "  a%02d: { role: r, tasks: t }\n", i);
	assert_int_equal(rc, 0);
	assert_int_equal(buf_puts(&b, more), 0);
	return policy_of(buf_str(&b));
}

static bool dealt(const struct policy *p, const struct key *k, uint32_t who,
		  struct bytes unit)
{
	struct assign_in in = {p, &p->tasks[0], k, who, unit};

	return assign_dealt(&in);
}

static struct bytes unit_of(int i, char room[32])
{
	memcpy(room, "g", 2);
	snprintf(room + 2, 30, "call-%d", i);
	return bytes_of(room, 2 + strlen(room + 2));
}

/* The formula, written out once more with the public hash. */
static void test_score(void **state)
{
	static const char message[] = "\0\0\0\1t\0\0\0\4g\0g1\0\0\0\5alice";
	struct key *k = key_of(*state, 9);

	assert_true(assign_score(k, S("t"), S("g\0g1"), S("alice")) ==
		    hash_u64(k, S(message)));
	assert_true(assign_score(k, S("t"), S("g\0g1"), S("alicf")) !=
		    hash_u64(k, S(message)));
	key_free(k);
}

static void test_units(void **state)
{
	static const struct {
		enum deal_by by;
		struct bytes last, want;
	} cases[] = {
		{DEAL_GROUP,
		 {(const uint8_t *)"g7", 2},
		 {(const uint8_t *)"g\0g7", 4}},
		{DEAL_GROUP, {NULL, 0}, {(const uint8_t *)"o\0calls/a/b", 11}},
		{DEAL_OBJECT,
		 {(const uint8_t *)"g7", 2},
		 {(const uint8_t *)"o\0calls/a/b", 11}},
		{DEAL_RECORD,
		 {(const uint8_t *)"12", 2},
		 {(const uint8_t *)"r\0calls/a/b\0"
				   "12",
		  14}},
	};

	uint8_t unit[ASSIGN_UNIT_MAX];
	char big[4097];

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		size_t n = assign_unit(unit, cases[i].by, "calls", S("a/b"),
				       cases[i].last);

		assert_true(bytes_eq(bytes_of(unit, n), cases[i].want));
	}
	memset(big, 'x', sizeof(big));
	assert_int_equal(assign_unit(unit, DEAL_RECORD, "calls",
				     bytes_of(big, 4096), bytes_of(big, 4096)),
			 2 + 5 + 1 + 4096 + 1 + 4096);
	assert_int_equal(assign_unit(unit, DEAL_RECORD, "calls", S("a"),
				     bytes_of(big, 4097)),
			 0);
	assert_int_equal(assign_unit(unit, DEAL_OBJECT, "calls",
				     bytes_of(big, 4097), S("")),
			 0);
}

/* Each unit has exactly `overlap` annotators; shares are even. */
static void test_overlap(void **state)
{
	struct key *k = key_of(*state, 5);

	for (int overlap = 1; overlap <= 9; overlap += 2) {
		char assign[64], room[32];
		struct policy *p;
		int share[7] = {0};

		snprintf(assign, sizeof(assign), "{ overlap: %d, among: r }",
			 overlap);
		p = people(7, assign, "");
		for (int i = 0; i < 2000; i++) {
			int n = 0;

			for (uint32_t a = 0; a < 7; a++)
				if (dealt(p, k, a, unit_of(i, room)))
					n++, share[a]++;
			assert_int_equal(n, overlap < 7 ? overlap : 7);
		}
		for (int a = 0; overlap < 7 && a < 7; a++)
			assert_true(abs(share[a] - 2000 * overlap / 7) < 120);
		policy_free(p);
	}
	key_free(k);
}

/* A newcomer takes their share from others; nothing else moves. */
static void test_newcomer(void **state)
{
	struct key *k = key_of(*state, 6);
	struct policy *old = people(9, "{ overlap: 2, among: r }", "");
	struct policy *new = people(10, "{ overlap: 2, among: r }", "");
	int taken = 0;
	char room[32];

	for (int i = 0; i < 3000; i++) {
		struct bytes u = unit_of(i, room);
		bool mine = dealt(new, k, 9, u);
		int lost = 0;

		for (uint32_t a = 0; a < 9; a++) {
			bool was = dealt(old, k, a, u),
			     is = dealt(new, k, a, u);

			assert_false(!was && is);
			lost += was && !is;
		}
		assert_int_equal(lost, mine);
		taken += mine;
	}
	assert_true(abs(taken - 600) < 90);
	policy_free(old);
	policy_free(new);
	key_free(k);
}

/* Revoked, of another role, or of no task: not among the candidates. */
static void test_candidates(void **state)
{
	struct key *k = key_of(*state, 7);
	struct policy *p = people(3, "{ overlap: 9, among: r }",
				  "  gone: { role: r, tasks: t, revoked: "
				  "2999-01-01 }\n"
				  "  boss: { role: boss, tasks: t }\n"
				  "  idle: { role: r }\n");
	char room[32];

	assert_int_equal(p->tasks[0].ncandidates, 3);
	for (int i = 0; i < 50; i++)
		for (uint32_t a = 0; a < 6; a++)
			assert_int_equal(dealt(p, k, a, unit_of(i, room)),
					 a < 3);
	assert_true(assign_possible(&p->tasks[0], 2));
	assert_false(assign_possible(&p->tasks[0], 3));
	policy_free(p);
	key_free(k);
}

/* Revoking one gives their units on and moves no others. */
static void test_revoked(void **state)
{
	struct key *k = key_of(*state, 8);
	struct policy *before = people(5, "{ overlap: 2, among: r }",
				       "  x: { role: r, tasks: t }\n");
	struct policy *after =
		people(5, "{ overlap: 2, among: r }",
		       "  x: { role: r, tasks: t, revoked: 2026-01-01 }\n");
	char room[32];

	for (int i = 0; i < 1000; i++) {
		struct bytes u = unit_of(i, room);
		int moved = 0;

		for (uint32_t a = 0; a < 5; a++) {
			bool was = dealt(before, k, a, u);
			bool is = dealt(after, k, a, u);

			assert_false(was && !is);
			moved += is && !was;
		}
		assert_int_equal(moved, dealt(before, k, 5, u));
		assert_false(dealt(after, k, 5, u));
	}
	policy_free(before);
	policy_free(after);
	key_free(k);
}

/* The order of annotators in the file does not matter. */
static void test_order(void **state)
{
	struct key *k = key_of(*state, 4);
	struct policy *p = people(2, "{ among: r }",
				  "  z: { role: r, tasks: t }\n"
				  "  m: { role: r, tasks: t }\n");
	struct policy *q = people(0, "{ among: r }",
				  "  m: { role: r, tasks: t }\n"
				  "  z: { role: r, tasks: t }\n"
				  "  a01: { role: r, tasks: t }\n"
				  "  a00: { role: r, tasks: t }\n");
	char room[32];

	for (int i = 0; i < 500; i++)
		for (uint32_t a = 0; a < 4; a++) {
			uint32_t b = rules_annotator(
				q, bytes_str(p->annotators[a].name));

			assert_int_equal(dealt(p, k, a, unit_of(i, room)),
					 dealt(q, k, b, unit_of(i, room)));
		}
	policy_free(p);
	policy_free(q);
	key_free(k);
}

static void test_lists(void **state)
{
	struct key *k = key_of(*state, 2);
	struct policy *p =
		people(4,
		       "{ overlap: 4, among: r, a01: [call-1, call-2], a02: "
		       "[call-2], gone: call-3, boss: [call-4] }",
		       "  gone: { role: r, tasks: t, revoked: 2026-01-01 }\n"
		       "  boss: { role: boss, tasks: t }\n");
	static const uint32_t want[] = {0xf, 0x2, 0x6, 0x10, 0x20, 0xf};
	char room[32];

	for (int i = 0; i < 6; i++)
		for (uint32_t a = 0; a < 6; a++)
			assert_int_equal(dealt(p, k, a, unit_of(i, room)),
					 want[i] >> a & 1);
	assert_true(assign_possible(&p->tasks[0], 5));
	policy_free(p);
	p = people(2, "{ a00: [call-1], a01: [call-2] }", "");
	assert_true(dealt(p, k, 0, unit_of(1, room)));
	assert_false(dealt(p, k, 1, unit_of(1, room)));
	assert_false(dealt(p, k, 0, unit_of(3, room)));
	policy_free(p);
	key_free(k);
}

/* A record is listed as PATH#ID; a path with '#' cannot be. */
static void test_listed_records(void **state)
{
	struct key *k = key_of(*state, 2);
	struct policy *p =
		people(2,
		       "{ by: record, among: r, a00: [\"calls/x#1#2\"], a01: "
		       "[\"calls/y\"] }",
		       "");

	assert_true(dealt(p, k, 0,
			  S("r\0calls/x\0"
			    "1#2")));
	assert_false(dealt(p, k, 1,
			   S("r\0calls/x\0"
			     "1#2")));
	assert_int_equal(dealt(p, k, 0,
			       S("r\0calls/x#1\0"
				 "2")) +
				 dealt(p, k, 1,
				       S("r\0calls/x#1\0"
					 "2")),
			 1);
	assert_true(dealt(p, k, 1, S("o\0calls/y")));
	assert_false(dealt(p, k, 0, S("o\0calls/y")));
	policy_free(p);
	key_free(k);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_score),
		cmocka_unit_test(test_units),
		cmocka_unit_test(test_overlap),
		cmocka_unit_test(test_newcomer),
		cmocka_unit_test(test_candidates),
		cmocka_unit_test(test_revoked),
		cmocka_unit_test(test_order),
		cmocka_unit_test(test_lists),
		cmocka_unit_test(test_listed_records),
	};

	return cmocka_run_group_tests(tests, pool_setup, pool_teardown);
}
