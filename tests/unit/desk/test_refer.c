/* Objects that name others: where these are seen, how long it makes them. */
/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <stdio.h>

#include "base/mem.h"
#include "tests/unit/desk/fixture.h"

#define T(s)                                        \
	{                                           \
		(const uint8_t *)(s), sizeof(s) - 1 \
	}
#define ONE "/srv/eve/audio/1.txt"
#define TWO "/srv/eve/audio/2.txt"

/* alice sees all, bob but one of the two, carol what alice does. */
#define POLICY(names, rules)                                              \
	"carrel: 1\nproject: harbor\npurpose: annotation\n"               \
	"datasets: [calls, other]\nroles:\n  all:\n    see:\n"            \
	"      - { files: \"calls/**\", records: all }\n"                 \
	"      - { files: \"other/**\", records: all }\n"                 \
	"    redact: { LOCATION: keep" rules " }\n    names: " names      \
	"\n  few:\n    see:\n"                                            \
	"      - { files: \"calls/audio/2*\", records: all }\n"           \
	"      - { files: \"calls/z/*\", records: all }\n"                \
	"      - { files: \"other/**\", records: all }\n"                 \
	"    redact: { LOCATION: keep" rules " }\n    names: " names      \
	"\nannotators:\n  alice: { role: all }\n  carol: { role: all }\n" \
	"  bob: { role: few }\n"

static const struct fixture_file other[] = {
	{"audio/1.txt", T("elsewhere"), false, NULL},
	{"m.txt", T("see " TWO), false, NULL},
};

static void publish(struct fixture *f)
{
	struct buf b = {0};
	struct fixture_file files[] = {
		{"audio/1.txt", T("one"), false, NULL},
		{"audio/2.txt", T("two"), false, NULL},
		{"z/m.jsonl", T("\"" ONE "\"\n\"a " TWO " b\"\n"), true, NULL},
		{"z/none.txt", T("Maria Lopez"), false, NULL},
		{"z/long.jsonl", {0}, true, NULL},
	};

	/* Blocks, and values over their edges. */
	for (unsigned i = 0; b.n < 2 * INDEX_BLOCK + 999; i++)
		assert_int_equal(buf_printf(&b, "\"%u %s %.*s\"\n", i,
					    i % 3 == 0 ? ONE : TWO, i % 41,
					    "Maria Lopez in Boston, and again "
					    "in Boston."),
				 0);
	files[4].data = buf_bytes(&b);
	fixture_publish(f, "calls", files, ARRAY_LEN(files));
	fixture_publish(f, "other", other, ARRAY_LEN(other));
	buf_free(&b);
}

static struct desk *seat(struct fixture *f, const char *policy, const char *who)
{
	fixture_policy(f, policy, who);
	return fixture_desk(f);
}

static void reads(struct desk *d, const char *path, const char *want)
{
	struct buf CLEANUP(buf_free) b = {0};

	fixture_read(d, path, &b);
	assert_string_equal(buf_str(&b), want);
}

static void test_seen(void **state)
{
	struct fixture *f = *state;
	const char *policy = POLICY("number", "");
	struct desk *d;

	publish(f);
	d = seat(f, policy, "alice");
	reads(d, "calls/d02/000002.jsonl",
	      "\"/carrel/data/calls/d01/000001.txt\"\n"
	      "\"a /carrel/data/calls/d01/000002.txt b\"\n");
	/* Another data set has no such file. */
	reads(d, "other/000001.txt", "see [FILE]");
	desk_close(d);
	d = seat(f, policy, "bob");
	reads(d, "calls/d02/000002.jsonl",
	      "\"[FILE]\"\n\"a /carrel/data/calls/d01/000001.txt b\"\n");
	desk_close(d);
	d = seat(f, POLICY("keep", ""), "bob");
	reads(d, "calls/z/m.jsonl",
	      "\"[FILE]\"\n\"a /carrel/data/calls/audio/2.txt b\"\n");
	desk_close(d);
	d = seat(f, POLICY("keep", ", FILE_PATH: keep"), "bob");
	reads(d, "calls/z/m.jsonl", "\"" ONE "\"\n\"a " TWO " b\"\n");
	desk_close(d);
	d = seat(f, POLICY("keep", ", FILE_PATH: drop"), "bob");
	reads(d, "calls/z/m.jsonl", "\"\"\n\"a  b\"\n");
	desk_close(d);
}

/* fixture_read compares the size with what is read, block by block. */
static void test_sizes(void **state)
{
	struct fixture *f = *state;
	struct buf CLEANUP(buf_free) b = {0};
	const char *who[] = {"alice", "bob"};

	publish(f);
	for (size_t i = 0; i < ARRAY_LEN(who); i++) {
		for (int again = 0; again < 2; again++) {
			struct desk *d = seat(f, POLICY("keep", ""), who[i]);

			fixture_read(d, "calls/z/long.jsonl", &b);
			assert_null(memmem(b.p, b.n, "/srv", 4));
			assert_non_null(memmem(b.p, b.n, "/carrel/", 8));
			assert_int_equal(memmem(b.p, b.n, "[FILE]", 6) != NULL,
					 i == 1);
			desk_close(d);
		}
	}
}

/* ---- what is kept, and for whom ---- */

static int tick(void *ctx, uint64_t done, uint64_t total, uint64_t n)
{
	(void)done, (void)total, (void)n;
	++*(unsigned *)ctx;
	return 0;
}

static unsigned measured(struct fixture *f, const char *policy, const char *who)
{
	unsigned ticks = 0;
	const struct progress p = {.tick = tick, .ctx = &ticks};
	struct desk_want w = {.store = f->store, .now = 1000, .progress = &p};
	struct desk *d = NULL;

	fixture_policy(f, policy, who);
	w.subject = &f->subject;
	assert_int_equal(desk_open(&w, &d, &f->e), 0);
	desk_close(d);
	return ticks;
}

static void test_kept(void **state)
{
	struct fixture *f = *state;
	const char *policy = POLICY("number", "");

	publish(f);
	assert_int_not_equal(measured(f, policy, "alice"), 0);
	assert_int_equal(measured(f, policy, "alice"), 0);
	assert_int_equal(measured(f, policy, "carol"), 0);
	assert_int_not_equal(measured(f, policy, "bob"), 0);
	assert_int_equal(measured(f, policy, "bob"), 0);
	assert_int_equal(measured(f, policy, "alice"), 0);
	/* Where no path is shown names do not matter. */
	policy = POLICY("number", ", FILE_PATH: tag");
	assert_int_not_equal(measured(f, policy, "alice"), 0);
	assert_int_equal(
		measured(f, POLICY("keep", ", FILE_PATH: tag"), "alice"), 0);
}

static void recipe(struct desk *d, const char *path, uint8_t out[32])
{
	static struct key *none;
	struct shown *CLEANUP(shown_closep) s = NULL;
	uint32_t nr = desk_stored(d, bytes_str(path));

	assert_int_equal(shown_open(d, nr, &s, NULL), 0);
	shown_recipe(s, none, out);
}

static bool same_recipe(struct fixture *f, const char *a, const char *who_a,
			const char *b, const char *who_b, const char *path)
{
	uint8_t x[32], y[32];
	struct desk *d = seat(f, a, who_a);

	recipe(d, path, x);
	desk_close(d);
	d = seat(f, b, who_b);
	recipe(d, path, y);
	desk_close(d);
	return memcmp(x, y, sizeof(x)) == 0;
}

/* What is shown depends on names where others are named, and only there. */
static void test_recipes(void **state)
{
	struct fixture *f = *state;
	const char *number = POLICY("number", ""), *keep = POLICY("keep", "");

	publish(f);
	assert_true(same_recipe(f, number, "alice", number, "carol",
				"calls/z/m.jsonl"));
	assert_false(same_recipe(f, number, "alice", keep, "alice",
				 "calls/z/m.jsonl"));
	assert_true(same_recipe(f, number, "alice", keep, "alice",
				"calls/z/none.txt"));
}

/* Another policy under which all stays as it is, and one that moves names. */
static void test_same(void **state)
{
	struct fixture *f = *state;
	struct desk_want w = {.store = f->store, .now = 1000};
	struct subject subject;
	struct policy *was;
	struct desk *d = NULL;

	publish(f);
	fixture_policy(f, POLICY("number", ""), "alice");
	was = f->policy;
	subject = f->subject;
	w.subject = &subject;
	f->policy = NULL;
	assert_int_equal(desk_open(&w, &d, &f->e), 0);
	fixture_policy(f, POLICY("number", ""), "alice");
	assert_true(desk_same(d, &f->subject));
	fixture_policy(f, POLICY("number", ", FILE_PATH: tag"), "alice");
	assert_false(desk_same(d, &f->subject));
	fixture_policy(f, POLICY("keep", ""), "alice");
	assert_false(desk_same(d, &f->subject));
	desk_close(d);
	policy_free(was);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_seen, fixture_setup,
						fixture_teardown),
		cmocka_unit_test_setup_teardown(test_sizes, fixture_setup,
						fixture_teardown),
		cmocka_unit_test_setup_teardown(test_kept, fixture_setup,
						fixture_teardown),
		cmocka_unit_test_setup_teardown(test_recipes, fixture_setup,
						fixture_teardown),
		cmocka_unit_test_setup_teardown(test_same, fixture_setup,
						fixture_teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
