/* One annotator in one task: who may sit down, and what they are told. */
/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>

#include "tests/unit/policy/check.h"

static const char text[] = HEAD
	"roles:\n"
	"  rater:\n"
	"    see: [{ files: \"calls/**\", records: task }]\n"
	"    redact: { PERSON: pseudonym, REASONING: drop, CREDIT_CARD: { "
	"mask: "
	"{ keep_last: 4 } } }\n"
	"    names: pseudonym\n"
	"    work: { keep: [\"*.json\", \"*.txt\"], quota: 2MiB }\n"
	"    allow: { terminal: true, publish: [8080] }\n"
	"    limits: { session: 8h }\n"
	"  reader:\n"
	"    see: [{ files: \"pref/**\", records: all }]\n"
	"    audio: { default: tone, PERSON: noise }\n"
	"tasks:\n"
	"  one: { files: \"calls/**\", expires: 1970-01-02, instructions: "
	"\"Rate.\" }\n"
	"  two: { files: \"calls/2/**\" }\n"
	"annotators:\n"
	"  alice: { role: rater, tasks: [one], user: al }\n"
	"  bob: { role: rater, tasks: [one, two] }\n"
	"  carol: { role: rater }\n"
	"  dan: { role: reader }\n"
	"  eve: { role: reader, revoked: 1970-01-01T01:00Z }\n"
	"  fay: { role: rater, tasks: [one], revoked: 1970-01-01T01:00Z }\n";

static void refused(const struct policy *p, const char *who, const char *task,
		    int64_t now, int rc, const char *words)
{
	struct subject s;
	struct err e = {0};

	assert_int_equal(policy_subject(p, who, task, now, &s, &e), rc);
	if (strstr(e.text, words) == NULL)
		fail_msg("\"%s\" lacks \"%s\"", e.text, words);
}

static void test_subject(void **state)
{
	struct policy *p = policy_of(text);
	struct subject s;

	(void)state;
	assert_int_equal(policy_subject(p, "alice", NULL, 86399, &s, NULL), 0);
	assert_string_equal(s.annotator, "alice");
	assert_string_equal(s.role, "rater");
	assert_string_equal(s.task, "one");
	assert_string_equal(s.user, "al");
	assert_string_equal(s.instructions, "Rate.");
	assert_int_equal(s.expires, 86400);
	assert_int_equal(policy_subject(p, "bob", "two", 1 << 30, &s, NULL), 0);
	assert_int_equal(s.expires, 0);
	assert_null(s.instructions);
	assert_null(s.user);
	assert_int_equal(policy_subject(p, "dan", NULL, 1 << 30, &s, NULL), 0);
	assert_null(s.task);
	assert_int_equal(policy_subject(p, "eve", NULL, 3599, &s, NULL), 0);
	assert_int_equal(s.expires, 3600);
	assert_int_equal(policy_subject(p, "fay", NULL, 0, &s, NULL), 0);
	assert_int_equal(s.expires, 3600);
	policy_free(p);
}

static void test_refused(void **state)
{
	struct policy *p = policy_of(text);

	(void)state;
	refused(p, "alise", NULL, 0, -ENOENT, "did you mean \"alice\"");
	refused(p, "mallory", NULL, 0, -ENOENT, "no annotator \"mallory\"");
	refused(p, "alice", "ones", 0, -ENOENT, "did you mean \"one\"");
	refused(p, "alice", "missing", 0, -ENOENT, "no task \"missing\"");
	refused(p, "alice", "two", 0, -EACCES, "not in task two");
	refused(p, "alice", NULL, 86400, -EACCES, "expired");
	refused(p, "alice", "one", 86400, -EACCES, "expired");
	refused(p, "bob", NULL, 0, -EINVAL, "(one, two)");
	refused(p, "carol", NULL, 0, -EACCES, "no task");
	refused(p, "eve", NULL, 3600, -EACCES, "revoked");
	policy_free(p);
}

/* Whoever has the role and is not revoked, where all in it see alike. */
static void test_role(void **state)
{
	struct policy *p = policy_of(text);
	struct subject s;
	struct err e = {0};

	(void)state;
	assert_int_equal(policy_subject_role(p, "reader", 0, &s, &e), 0);
	assert_string_equal(s.role, "reader");
	assert_string_equal(s.annotator, "dan");
	assert_null(s.task);
	assert_int_equal(policy_subject_role(p, "rater", 0, &s, &e), -EACCES);
	assert_non_null(strstr(e.text, "dealt"));
	assert_int_equal(policy_subject_role(p, "dan", 0, &s, &e), -ENOENT);
	policy_free(p);
}

static void test_seat_needs_key(void **state)
{
	struct policy *p = policy_of(text);
	struct subject s;
	struct seat *seat = NULL;

	(void)state;
	assert_int_equal(policy_subject(p, "alice", NULL, 0, &s, NULL), 0);
	assert_int_equal(policy_seat(&s, NULL, &seat, NULL), -ENOKEY);
	assert_null(seat);
	assert_int_equal(policy_subject(p, "dan", NULL, 0, &s, NULL), 0);
	assert_int_equal(policy_seat(&s, NULL, &seat, NULL), 0);
	policy_seat_free(seat);
	mem_fail_after(1);
	assert_int_equal(policy_seat(&s, NULL, &seat, NULL), -ENOMEM);
	mem_fail_after(0);
	policy_seat_free(NULL);
	policy_free(p);
}

static void test_ways(void **state)
{
	struct policy *p = policy_of(text);
	struct key *k = key_of(*state, 1);
	struct seat *s = seat_of(p, "alice", NULL, k);
	const char *const *keep = NULL;
	uint64_t quota = 0;
	size_t n = 0;

	seat_work(s, &keep, &n, &quota);
	assert_int_equal(n, 2);
	assert_string_equal(keep[1], "*.txt");
	assert_int_equal(quota, 2u << 20);
	assert_true(seat_allows(s, "terminal"));
	assert_true(seat_allows(s, "publish"));
	assert_false(seat_allows(s, "gui"));
	assert_false(seat_allows(s, "anything"));
	assert_false(seat_allows(s, ""));
	assert_true(seat_publishes(s, 8080));
	assert_false(seat_publishes(s, 80));
	assert_int_equal(seat_limits(s)->session, 28800);
	assert_int_equal(seat_names(s), NAMES_PSEUDONYM);
	assert_string_equal(seat_subject(s)->annotator, "alice");
	policy_seat_free(s);
	key_free(k);
	policy_free(p);
}

/* People read what is shown; what is left out is not even named. */
static void test_grants(void **state)
{
	struct policy *p = policy_of(text);
	struct key *k = key_of(*state, 1);
	struct seat *s = seat_of(p, "alice", NULL, k);
	CLEANUP(buf_free) struct buf b = {0};

	assert_int_equal(seat_grants(s, &b), 0);
	assert_string_equal(
		buf_str(&b),
		"[\"all records of the task\","
		"\"CREDIT_CARD: masked, last 4 kept\","
		"\"PERSON: a pseudonym, the same in the whole project\","
		"\"every other sensitive value: a tag\","
		"\"names of files: pseudonyms\"]");
	policy_seat_free(s);
	buf_clear(&b);
	s = seat_of(p, "dan", NULL, NULL);
	assert_int_equal(seat_grants(s, &b), 0);
	assert_string_equal(buf_str(&b), "[\"all records\","
					 "\"every sensitive value: a tag\","
					 "\"PERSON in recordings: noise\","
					 "\"sensitive words in recordings: "
					 "a tone\","
					 "\"names of files: numbers\"]");
	policy_seat_free(s);
	key_free(k);
	policy_free(p);
}

/* What holds for one's own work is said; of other tasks nothing is. */
static void test_conditions_in_words(void **state)
{
	struct policy *p = policy_of(
		HEAD
		"roles:\n"
		"  r:\n"
		"    see: [ { files: \"calls/**\", records: all } ]\n"
		"    redact:\n"
		"      AGE: { keep: {}, min_score: 0.5, speaker: [a, b] }\n"
		"      MONEY: { keep: {}, task: mine }\n"
		"      URL: { hash: {}, task: [secret] }\n"
		"tasks: { mine: { files: \"**\" }, secret: { files: \"**\" } "
		"}\n"
		"annotators: { x: { role: r, tasks: [mine] } }\n");
	struct key *k = key_of(*state, 1);
	struct seat *s = seat_of(p, "x", "mine", k);
	CLEANUP(buf_free) struct buf b = {0};

	assert_int_equal(seat_grants(s, &b), 0);
	assert_string_equal(
		buf_str(&b),
		"[\"all records\","
		"\"AGE: as it is, when sure (50 %), when said by a or b\","
		"\"MONEY: as it is\",\"URL: a tag\","
		"\"every other sensitive value: a tag\","
		"\"names of files: numbers\"]");
	policy_seat_free(s);
	key_free(k);
	policy_free(p);
}

static void test_words(void **state)
{
	static const struct {
		struct transform t;
		const char *words;
	} cases[] = {
		{{.action = ACTION_DROP}, "left out"},
		{{.action = ACTION_TAG}, "a tag"},
		{{.action = ACTION_MASK}, "masked"},
		{{.action = ACTION_PSEUDONYM,
		  .scope = SCOPE_TASK,
		  .style = STYLE_TAG},
		 "a code, the same in the whole task"},
		{{.action = ACTION_HASH, .scope = SCOPE_RECORD},
		 "a keyed hash, the same in the whole record"},
		{{.action = ACTION_GENERALIZE, .to = "year"},
		 "made coarser (year)"},
		{{.action = ACTION_SHIFT, .scope = SCOPE_RECORD},
		 "shifted, by the same in the whole record"},
		{{.action = ACTION_KEEP}, "as it is"},
		{{.action = ACTION_KEEP, .min_score = 60},
		 "as it is, when sure (60 %)"},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		CLEANUP(buf_free) struct buf b = {0};

		assert_int_equal(policy_transform_words(&cases[i].t, &b), 0);
		assert_string_equal(buf_str(&b), cases[i].words);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_subject),
		cmocka_unit_test(test_refused),
		cmocka_unit_test(test_role),
		cmocka_unit_test(test_seat_needs_key),
		cmocka_unit_test(test_ways),
		cmocka_unit_test(test_grants),
		cmocka_unit_test(test_conditions_in_words),
		cmocka_unit_test(test_words),
	};

	return cmocka_run_group_tests(tests, pool_setup, pool_teardown);
}
