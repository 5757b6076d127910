/* Which objects and records a seat shows. */
/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>

#include "policy/rules.h"
#include "tests/unit/policy/check.h"

#define ATTRS(...)                                            \
	.attrs = (struct attribute[]){__VA_ARGS__},           \
	.nattrs = sizeof((struct attribute[]){__VA_ARGS__}) / \
		  sizeof(struct attribute)
#define A(k, v)                                             \
	{                                                   \
		{(const uint8_t *)(k), sizeof(k) - 1},      \
		{                                           \
			(const uint8_t *)(v), sizeof(v) - 1 \
		}                                           \
	}

/* One rule and one annotator in task t, which covers calls/07/. */
static struct policy *with_see(const char *see)
{
	CLEANUP(buf_free) struct buf b = {0};

	assert_int_equal(
		buf_printf(&b,
			   "%sroles:\n  r:\n    see:\n%s"
			   "tasks:\n  t: { files: \"calls/07/**\", assign: { "
			   "by: object, among: [r] } }\n"
			   "annotators:\n  a: { role: r, tasks: [t] }\n"
			   "  b: { role: r, tasks: [t] }\n",
			   HEAD, see),
		0);
	return policy_of(buf_str(&b));
}

struct ask {
	const char *see, *dataset, *path;
	struct index_summary summary;
	struct record record;
	enum seen object;
	bool shown;
};

static void check_ask(const struct ask *q, const struct key *k, size_t i)
{
	struct policy *p = with_see(q->see);
	struct seat *s = seat_of(p, "a", "t", k);
	struct candidate c = {q->dataset, bytes_str(q->path), &q->summary};
	enum seen seen = seat_object(s, &c);
	bool shown = seat_record(s, &c, &q->record);

	if (seen != q->object || shown != q->shown)
		fail_msg("case %zu: object %d, record %d", i, (int)seen,
			 (int)shown);
	policy_seat_free(s);
	policy_free(p);
}

static void test_files(void **state)
{
	static const char all[] = "      - { files: \"calls/**\", records: all "
				  "}\n";
	static const char task[] = "      - { files: \"**\", records: task }\n";
	static const char two[] =
		"      - { files: \"calls/07/secret.json\", records: assigned "
		"}\n"
		"      - { files: [\"calls/0[67]/*.json\", \"pref/**\"], "
		"records: all }\n";
	static const char deep[] = "      - { files: \"calls/*.json\", "
				   "records: all }\n";
	const struct ask asks[] = {
		{all, "calls", "x.json", {0}, {0}, SEEN_WHOLE, true},
		{all, "calls", "a/b/c", {0}, {0}, SEEN_WHOLE, true},
		{all, "pref", "x.json", {0}, {0}, SEEN_NOTHING, false},
		{all, "call", "s/x.json", {0}, {0}, SEEN_NOTHING, false},
		{task, "calls", "07/1", {0}, {0}, SEEN_WHOLE, true},
		{task, "calls", "08/1", {0}, {0}, SEEN_NOTHING, false},
		{task, "pref", "07/1", {0}, {0}, SEEN_NOTHING, false},
		{two, "calls", "06/1.json", {0}, {0}, SEEN_WHOLE, true},
		{two, "calls", "08/1.json", {0}, {0}, SEEN_NOTHING, false},
		{two, "calls", "06/1.txt", {0}, {0}, SEEN_NOTHING, false},
		{two, "pref", "deep/er", {0}, {0}, SEEN_WHOLE, true},
		{deep, "calls", "1.json", {0}, {0}, SEEN_WHOLE, true},
		{deep, "calls", "07/1.json", {0}, {0}, SEEN_NOTHING, false},
		{"      []\n", "calls", "1", {0}, {0}, SEEN_NOTHING, false},
	};
	struct key *k = key_of(*state, 1);

	for (size_t i = 0; i < ARRAY_LEN(asks); i++)
		check_ask(&asks[i], k, i);
	key_free(k);
}

static void test_denied(void **state)
{
	static const char all[] = "      - { files: \"**\", records: all }\n";
	const struct ask asks[] = {
		{all,
		 "calls",
		 "x",
		 {.denied = DENIAL_FORMAT},
		 {0},
		 SEEN_NOTHING,
		 false},
		{all,
		 "calls",
		 "x",
		 {0},
		 {.denied = DENIAL_MALFORMED},
		 SEEN_WHOLE,
		 false},
		{all,
		 "calls",
		 "x",
		 {0},
		 {.denied = DENIAL_UNDETECTED},
		 SEEN_WHOLE,
		 false},
		{all,
		 "calls",
		 "x",
		 {.format = FORMAT_IMAGE},
		 {0},
		 SEEN_NOTHING,
		 false},
		{all,
		 "calls",
		 "x",
		 {.format = FORMAT_OPAQUE},
		 {0},
		 SEEN_WHOLE,
		 true},
	};
	struct key *k = key_of(*state, 1);

	for (size_t i = 0; i < ARRAY_LEN(asks); i++)
		check_ask(&asks[i], k, i);
	key_free(k);
}

static void test_where(void **state)
{
	static const char see[] = "      - { files: \"calls/**\", where: { "
				  "lang: [en, vi], ok: true }, records: all "
				  "}\n";
	const struct index_summary both = {
		ATTRS(A("lang", "vi"), A("ok", "true"))};
	const struct index_summary none = {0};
	const struct index_summary one = {ATTRS(A("ok", "true"))};
	const struct record bare = {0};
	const struct record de = {ATTRS(A("lang", "de"))};
	const struct record en = {ATTRS(A("lang", "en"))};
	const struct record no = {ATTRS(A("lang", "en"), A("ok", "false"))};
	const struct record twice = {
		ATTRS(A("lang", "en"), A("lang", "de"), A("ok", "true"))};
	const struct record upper = {ATTRS(A("lang", "EN"), A("ok", "true"))};
	const struct ask asks[] = {
		{see, "calls", "x", both, bare, SEEN_RECORDS, true},
		{see, "calls", "x", both, de, SEEN_RECORDS, false},
		{see, "calls", "x", both, no, SEEN_RECORDS, false},
		{see, "calls", "x", none, bare, SEEN_RECORDS, false},
		{see, "calls", "x", none, en, SEEN_RECORDS, false},
		{see, "calls", "x", one, bare, SEEN_RECORDS, false},
		{see, "calls", "x", one, en, SEEN_RECORDS, true},
		{see, "calls", "x", one, twice, SEEN_RECORDS, false},
		{see, "calls", "x", one, upper, SEEN_RECORDS, false},
		{see, "pref", "x", both, bare, SEEN_NOTHING, false},
	};
	struct key *k = key_of(*state, 1);

	for (size_t i = 0; i < ARRAY_LEN(asks); i++)
		check_ask(&asks[i], k, i);
	key_free(k);
}

/* Where no record has its own, the object's attributes settle it. */
static void test_uniform(void **state)
{
	static const char see[] = "      - { files: \"calls/**\", where: { "
				  "lang: en }, records: all }\n"
				  "      - { files: \"calls/07/**\", records: "
				  "task }\n";
	const struct index_summary en = {.uniform = true,
					 ATTRS(A("lang", "en"))};
	const struct index_summary de = {.uniform = true,
					 ATTRS(A("lang", "de"))};
	const struct record own = {ATTRS(A("lang", "en"))};
	const struct ask asks[] = {
		{see, "calls", "1", en, {0}, SEEN_WHOLE, true},
		{see, "calls", "1", de, {0}, SEEN_NOTHING, false},
		{see, "calls", "1", de, own, SEEN_NOTHING, false},
		{see, "calls", "07/1", de, {0}, SEEN_WHOLE, true},
		{see, "calls", "07/1", {0}, {0}, SEEN_WHOLE, true},
		{see, "calls", "06/1", {0}, {0}, SEEN_RECORDS, false},
	};
	struct key *k = key_of(*state, 1);

	for (size_t i = 0; i < ARRAY_LEN(asks); i++)
		check_ask(&asks[i], k, i);
	key_free(k);
}

/* The first rule that matches decides also when it says no. */
static void test_first_wins(void **state)
{
	static const char see[] =
		"      - { files: \"calls/**\", where: { secret: true }, "
		"records: task }\n"
		"      - { files: \"calls/**\", records: all }\n";
	const struct index_summary sum = {0};
	const struct record secret = {ATTRS(A("secret", "true"))};
	const struct ask asks[] = {
		{see, "calls", "08/1", sum, secret, SEEN_RECORDS, false},
		{see, "calls", "08/1", sum, {0}, SEEN_RECORDS, true},
		{see, "calls", "07/1", sum, secret, SEEN_WHOLE, true},
	};
	struct key *k = key_of(*state, 1);

	for (size_t i = 0; i < ARRAY_LEN(asks); i++)
		check_ask(&asks[i], k, i);
	key_free(k);
}

/* ---- random policies: the object's answer never belies its records ---- */

static const char *const globs[] = {"calls/**", "calls/07/**", "**",
				    "calls/*/1", "pref/**"};
static const char *const records[] = {"assigned", "task", "all"};
static const char *const bys[] = {"group", "object", "record"};

static struct policy *random_policy(uint64_t *seed)
{
	CLEANUP(buf_free) struct buf b = {0};
	int rc = buf_puts(&b, HEAD "roles:\n  r:\n    see:\n      - { files: "
				   "\"x*/**\", records: all }\n");

	b.n = strlen(HEAD "roles:\n  r:\n    see:\n");
	for (uint64_t n = rnd(seed) % 4 + 1; rc == 0 && n > 0; n--)
		rc = buf_printf(&b,
				"      - { files: \"%s\", records: %s%s }\n",
				globs[rnd(seed) % 5], records[rnd(seed) % 3],
				rnd(seed) % 2 ? ", where: { k: [v, w] }" : "");
	assert_int_equal(rc, 0);
	assert_int_equal(
		buf_printf(&b,
			   "tasks:\n  t: { files: \"%s\", assign: { by: %s, "
			   "among: r, a: [g1, calls/07/1], b: [\"calls/07/"
			   "1#2\"] } }\n"
			   "annotators:\n  a: { role: r, tasks: t }\n"
			   "  b: { role: r, tasks: t }\n",
			   globs[rnd(seed) % 3], bys[rnd(seed) % 3]),
		0);
	return policy_of(buf_str(&b));
}

static struct index_summary random_object(uint64_t *seed)
{
	static struct attribute attrs[] = {A("k", "v"), A("k", "z"),
					   A("l", "v")};
	static const char *const groups[] = {"", "g1", "g2"};
	struct index_summary s = {.uniform = rnd(seed) % 2 == 0};

	s.attrs = &attrs[rnd(seed) % 3];
	s.nattrs = rnd(seed) % 2;
	s.group = bytes_str(groups[rnd(seed) % 3]);
	return s;
}

static struct record random_record(uint64_t *seed, bool uniform)
{
	static struct attribute attrs[] = {A("k", "w"), A("k", "z"),
					   A("l", "v")};
	static const char *const ids[] = {"1", "2", "3"};
	static const char *const groups[] = {"", "g1", "g3"};
	struct record r = {.id = bytes_str(ids[rnd(seed) % 3])};

	if (uniform)
		return r;
	r.attrs = &attrs[rnd(seed) % 3];
	r.nattrs = rnd(seed) % 2;
	r.group = bytes_str(groups[rnd(seed) % 3]);
	return r;
}

static void check_object(const struct seat *s, const struct candidate *c,
			 uint64_t *seed)
{
	enum seen seen = seat_object(s, c);
	struct seat_memo m = {0};

	for (int i = 0; i < 12; i++) {
		struct record r = random_record(seed, c->summary->uniform);
		bool shown = seat_record(s, c, &r);

		assert_int_equal(shown, seat_record_memo(s, c, &r, &m));
		assert_int_equal(shown, seat_why(s, c, &r) == NULL);
		if (seen == SEEN_NOTHING)
			assert_false(shown);
		if (seen == SEEN_WHOLE)
			assert_true(shown);
	}
	assert_int_equal(policy_rule_line(s, c) != 0, seen != SEEN_NOTHING);
	assert_int_equal(seat_why(s, c, NULL) == NULL, seen != SEEN_NOTHING);
}

static void test_agree(void **state)
{
	static const char *const paths[] = {"07/1", "08/1", "1", "07/2#2"};
	struct key *k = key_of(*state, 3);
	uint64_t seed = 11;
	int seen[3] = {0};

	for (int i = 0; i < 1500; i++) {
		struct policy *p = random_policy(&seed);
		struct seat *s = seat_of(p, rnd(&seed) % 2 ? "a" : "b", "t", k);
		struct index_summary sum = random_object(&seed);
		struct candidate c = {rnd(&seed) % 4 ? "calls" : "pref",
				      bytes_str(paths[rnd(&seed) % 4]), &sum};

		check_object(s, &c, &seed);
		seen[seat_object(s, &c)]++;
		policy_seat_free(s);
		policy_free(p);
	}
	for (int i = 0; i < 3; i++)
		assert_true(seen[i] > 100);
	key_free(k);
}

/* Words for the owner, one per reason. */
static void test_why(void **state)
{
	static const char see[] =
		"      - { files: \"calls/07/w\", where: { k: v }, records: "
		"all "
		"}\n"
		"      - { files: \"calls/*/a\", records: assigned }\n"
		"      - { files: \"calls/*/t\", records: task }\n";
	static const struct {
		const char *path, *words;
	} cases[] = {
		{"07/w", "no rule's where holds"},
		{"07/x", "no rule names it"},
		{"08/t", "not among the files of the task"},
		{"08/a", "not among the files of the task"},
		{"07/t", NULL},
	};
	struct key *k = key_of(*state, 1);
	struct policy *p = with_see(see);
	struct seat *s = seat_of(p, "a", "t", k), *t = seat_of(p, "b", "t", k);
	const struct index_summary sum = {0}, denied = {.denied = 1};
	const struct record r = {0}, bad = {.denied = DENIAL_MALFORMED};
	struct candidate c = {"calls", S("07/a"), &sum};
	const char *one = seat_why(s, &c, &r), *two = seat_why(t, &c, &r);

	assert_int_equal((one == NULL) + (two == NULL), 1);
	assert_string_equal(one == NULL ? two : one,
			    "not assigned to this annotator");
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		c.path = bytes_str(cases[i].path);
		one = seat_why(s, &c, &r);
		assert_string_equal(one == NULL ? "" : one,
				    cases[i].words == NULL ? ""
							   : cases[i].words);
	}
	assert_string_equal(seat_why(s, &c, &bad), "the record is denied");
	c.summary = &denied;
	assert_string_equal(seat_why(s, &c, NULL), "the file is denied");
	policy_seat_free(s);
	policy_seat_free(t);
	policy_free(p);
	key_free(k);
}

/* ---- the digest: as different as what is shown ---- */

static void digest_of(const char *see, const char *who, const char *path,
		      const struct index_summary *sum, const struct key *k,
		      uint8_t out[32])
{
	struct policy *p = with_see(see);
	struct seat *s = seat_of(p, who, "t", k);
	struct candidate c = {"calls", bytes_str(path), sum};

	seat_digest(s, &c, out);
	policy_seat_free(s);
	policy_free(p);
}

#define ASSIGNED "      - { files: \"calls/**\" }\n"
#define WHOLE "      - { files: \"calls/**\", records: all }\n"

static void test_digest(void **state)
{
	struct key *k = key_of(*state, 1), *other = key_of(*state, 2);
	const struct index_summary sum = {0};
	const struct index_summary grouped = {.group = S("g")};
	uint8_t a[32], b[32];

	digest_of(WHOLE, "a", "07/1", &sum, k, a);
	digest_of(WHOLE, "b", "07/1", &sum, other, b);
	assert_memory_equal(a, b, 32);
	digest_of("      - { files: \"pref/**\" }\n" WHOLE, "a", "07/1", &sum,
		  k, b);
	assert_memory_equal(a, b, 32);
	digest_of(WHOLE, "a", "07/2", &sum, k, b);
	assert_memory_not_equal(a, b, 32);
	digest_of(WHOLE, "a", "07/1", &grouped, k, b);
	assert_memory_not_equal(a, b, 32);
	digest_of(ASSIGNED, "a", "07/1", &sum, k, a);
	digest_of(ASSIGNED, "b", "07/1", &sum, k, b);
	assert_memory_not_equal(a, b, 32);
	digest_of(ASSIGNED, "a", "07/1", &sum, other, b);
	assert_memory_not_equal(a, b, 32);
	digest_of(ASSIGNED, "a", "07/1", &sum, k, b);
	assert_memory_equal(a, b, 32);
	digest_of(ASSIGNED WHOLE, "a", "08/1", &sum, k, a);
	digest_of(ASSIGNED WHOLE, "b", "08/1", &sum, other, b);
	assert_memory_equal(a, b, 32);
	key_free(k);
	key_free(other);
}

/* An export has nothing exchanged; what is taken out stays out. */
static void test_unswapped(void **state)
{
	static const char fields[] =
		"roles:\n  r:\n    see: [ { files: \"calls/**\", records: all "
		"} "
		"]\n"
		"    fields:\n"
		"      - { files: \"calls/**\", drop: [\"$.c\"],"
		" swap: [[\"$.a\", \"$.b\"]] }\n"
		"      - { files: \"calls/x\", remove: [\"$.d\"] }\n"
		"annotators:\n  a: { role: r }\n";
	CLEANUP(buf_free) struct buf b = {0};
	struct index_summary summary = {.whole = true};
	struct candidate c = {"calls", S("x"), &summary};
	struct key *k = key_random(*state);
	struct policy *p;
	struct subject who;

	assert_int_equal(buf_printf(&b, "%s%s", HEAD, fields), 0);
	p = policy_of(buf_str(&b));
	for (unsigned role = 0; role < 2; role++) {
		const struct decision *d;
		struct seat *s;

		assert_int_equal(
			role ? policy_subject_role(p, "r", 0, &who, NULL)
			     : policy_subject(p, "a", NULL, 0, &who, NULL),
			0);
		assert_int_equal(policy_seat(&who, k, &s, NULL), 0);
		d = seat_decision(s, &c);
		assert_int_equal(d->nfields, role ? 2 : 3);
		for (size_t i = 0; i < d->nfields; i++)
			assert_true(!role || d->fields[i].action != FIELD_SWAP);
		assert_string_equal(d->fields[d->nfields - 1].path, "$.d");
		c.path = S("y");
		assert_int_equal(seat_decision(s, &c)->nfields, role ? 1 : 2);
		c.path = S("x");
		policy_seat_free(s);
	}
	policy_free(p);
	key_free(k);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_files),
		cmocka_unit_test(test_denied),
		cmocka_unit_test(test_where),
		cmocka_unit_test(test_uniform),
		cmocka_unit_test(test_first_wins),
		cmocka_unit_test(test_agree),
		cmocka_unit_test(test_why),
		cmocka_unit_test(test_digest),
		cmocka_unit_test(test_unswapped),
	};

	return cmocka_run_group_tests(tests, pool_setup, pool_teardown);
}
