/* Values in names of files and folders: found, propagated, replaced. */
/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "policy/redact/filename.h"
#include "tests/unit/redact/probe.h"
#include "tests/unit/redact/world.h"

static const struct decision tagged = {.fallback = {.action = ACTION_TAG}};
static const struct dataset_rules plain = {.name = "d", .language = "en"};

/* Append the path as shown, component by component. */
static void show(const struct index_summary *s, struct bytes path,
		 const struct decision *d, const struct standin *standin,
		 struct buf *b)
{
	assert_true(s->named && index_summary_fits(s, path));
	for (size_t at = 0; at < path.n;) {
		const uint8_t *slash = memchr(path.p + at, '/', path.n - at);
		size_t end = slash == NULL ? path.n : (size_t)(slash - path.p);
		const struct filename_in in = {
			.name = bytes_sub(path, at, end - at),
			.at = at,
			.spans = s->names,
			.nspans = s->nnames,
			.decision = d,
			.standin = standin};

		if (at > 0)
			assert_int_equal(buf_putc(b, '/'), 0);
		assert_int_equal(filename_put(&in, in.name.n, b), 0);
		at = end + 1;
	}
}

/* What one file of that path and text is called when all is tagged. */
static void expect(const struct dataset_rules *d, const char *path,
		   const char *text, const char *want)
{
	struct buf CLEANUP(buf_free) b = {0};
	static const struct standin none;
	struct probe p;

	probe_one(d, path, bytes_str(text), &p);
	show(&p.summary, bytes_str(path), &tagged, &none, &b);
	if (!bytes_is(buf_bytes(&b), want))
		fail_msg("%s: %.*s, wanted %s", path, (int)b.n,
			 (const char *)b.p, want);
	probe_free(&p);
}

/* ---- what a name shows by itself ---- */

static const struct {
	const char *path, *want;
} alone[] = {
	{"call 415-555-0132.txt", "call [PHONE_NUMBER_1].txt"},
	{"415_555_0132/a.txt", "[PHONE_NUMBER_1]/a.txt"},
	{"x_7151390787.txt", "x_[ID_NUMBER_1].txt"},
	{"maria@bank.example.txt", "[EMAIL_ADDRESS_1].txt"},
	{"john_garcia@bank.example.com/x.txt", "[EMAIL_ADDRESS_1]/x.txt"},
	{"card 4111_1111_1111_1111.txt", "card [CREDIT_CARD_1].txt"},
	{"ssn_123-45-6789.txt", "ssn_[US_SSN_1].txt"},
	{"DE89 3704 0044 0532 0130 00.txt", "[IBAN_CODE_1].txt"},
	{"from 10.20.30.41 x.txt", "from [IP_ADDRESS_1] x.txt"},
	{"www.maria-lopez.org/a.txt", "[URL_1]/a.txt"},
	{"2026-07-14_a.txt", "[DATE_TIME_1]_a.txt"},
	{"2026_07_14_a.txt", "[DATE_TIME_1]_a.txt"},
	{"14_July_2026.txt", "[DATE_TIME_1].txt"},
	{"ms_smith/mr_smith_1.txt", "ms_[PERSON_1]/mr_[PERSON_1]_1.txt"},
	{"account_12345.txt", "account_[ACCOUNT_NUMBER_1].txt"},
	{"x.4155550132/a.txt", "x.[PHONE_NUMBER_1]/a.txt"},
	{"a/x.4155550132", "a/x.[PHONE_NUMBER_1]"},
	/* counters, versions, sizes and what files are called */
	{"dialogues_001.json", NULL},
	{"call_000123.txt", NULL},
	{"call0001.txt", NULL},
	{"a/0_george_12.txt", NULL},
	{"00000012.txt", NULL},
	{"take-12-045.txt", NULL},
	{"05_06_07.txt", NULL},
	{"2026/07/part-3 of 9.tar.gz", NULL},
	{"v1.2.txt", NULL},
	{".hidden", NULL},
	{"caf\xc3\xa9 \xff\xfe.txt", NULL},
};

static void test_alone(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(alone); i++)
		expect(&plain, alone[i].path, "[]",
		       alone[i].want == NULL ? alone[i].path : alone[i].want);
}

/* ---- what the contents know ---- */

#define SAYS "My name is John Garcia, call 415-555-0132 or j@x.org.\n"

static const struct {
	const char *path, *want;
} known[] = {
	{"john_garcia_7.txt", "[PERSON_1]_7.txt"},
	{"JohnGarcia7.txt", "[PERSON_1]7.txt"},
	{"JOHN-GARCIA.txt", "[PERSON_1].txt"},
	{"garcia-john.txt", "[PERSON_1].txt"},
	{"johngarcia.txt", "[PERSON_1].txt"},
	{"Garcia, John/x garcia.txt", "[PERSON_1]/x [PERSON_1].txt"},
	{"garcia4155550132.txt", "[PERSON_1][PHONE_NUMBER_1].txt"},
	{"4155550132.txt", "[PHONE_NUMBER_1].txt"},
	{"j@x.org", "[EMAIL_ADDRESS_1]"},
	{"garciamarquez.txt", "garciamarquez.txt"},
	{"johnson.txt", "johnson.txt"},
	{"my name.txt", "my name.txt"},
};

static void test_known(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(known); i++) {
		expect(&plain, known[i].path, SAYS, known[i].want);
		/* any record's, though each is a group of its own */
		expect(&plain, known[i].path, "hello there.\n\n" SAYS,
		       known[i].want);
	}
}

/* A record of a file of many; the values of the others do not drown it. */
/* A rule may say that such a file is text: its extension is searched. */
static void test_odd_extension(void **state)
{
	const struct file_rule rule = {.match = "**", .format = FORMAT_TEXT};
	const struct dataset_rules d = {
		.name = "d", .language = "en", .files = &rule, .nfiles = 1};

	(void)state;
	expect(&d, "call.garcia", SAYS, "call.[PERSON_1]");
	expect(&d, "j@x.org", SAYS, "[EMAIL_ADDRESS_1]");
	expect(&d, "x.4155550132", "", "x.[PHONE_NUMBER_1]");
}

static void test_one_of_many_records(void **state)
{
	struct buf CLEANUP(buf_free) b = {0};

	(void)state;
	for (unsigned i = 0; i < 5000; i++)
		assert_int_equal(
			buf_printf(&b, "{\"t\":\"mail a%u@example%u.org\"}\n",
				   i, i),
			0);
	assert_int_equal(buf_puts(&b, "{\"t\":\"my name is Zoe Brandt\"}\n"),
			 0);
	assert_non_null(buf_str(&b));
	expect(&plain, "brandt/chat.jsonl", buf_str(&b),
	       "[PERSON_1]/chat.jsonl");
	expect(&plain, "a4711@example4711.org.jsonl", buf_str(&b),
	       "[EMAIL_ADDRESS_1].jsonl");
}

static void test_group_knows(void **state)
{
	const struct file_rule rule = {.match = "**",
				       .group = {.template_ = "{stem}"}};
	const struct dataset_rules d = {
		.name = "d", .language = "en", .files = &rule, .nfiles = 1};
	const struct source files[] = {
		{bytes_str("a/john_garcia.csv.txt"), bytes_str("hello")},
		{bytes_str("b/john_garcia.csv.md"), bytes_str(SAYS)}};
	struct probe p[2];
	static const struct standin none;

	(void)state;
	assert_int_equal(probe_run(&d, files, 2, p), 0);
	for (size_t i = 0; i < 2; i++) {
		struct buf CLEANUP(buf_free) b = {0};

		show(&p[i].summary, files[i].path, &tagged, &none, &b);
		assert_true(bytes_is(buf_bytes(&b),
				     i == 0 ? "a/[PERSON_1].csv.txt"
					    : "b/[PERSON_1].csv.md"));
		probe_free(&p[i]);
	}
}

/* A list of words, as speakers' names are given; the manifest's own type. */
static void test_custom(void **state)
{
	struct bytes words[] = {bytes_str("george"), bytes_str("Theo Li"),
				bytes_str("gpt 4")};
	const struct custom_rule custom[] = {
		{.type = "PERSON", .words = words, .nwords = 2},
		{.type = "MODEL_NAME", .words = words + 2, .nwords = 1},
		{.type = "POLICY_NUMBER", .pattern = "HB-[0-9]{8}"}};
	const struct dataset_rules d = {.name = "d",
					.language = "en",
					.custom = custom,
					.ncustom = ARRAY_LEN(custom)};

	(void)state;
	expect(&d, "0_george_1.txt", "", "0_[PERSON_1]_1.txt");
	expect(&d, "TheoLi.txt", "", "[PERSON_1].txt");
	expect(&d, "theo_li/gpt_4.txt", "", "[PERSON_1]/[MODEL_NAME_1].txt");
	expect(&d, "aHB-12345678.txt", "", "a[POLICY_NUMBER_1].txt");
	expect(&d, "georgetown.txt", "", "georgetown.txt");
}

/* Canonical forms are those of the contents: one value, one stand-in. */
static void canon_is(const char *path, const char *want)
{
	struct probe p;

	probe_one(&plain, path, bytes_str(SAYS), &p);
	assert_int_equal(p.summary.nnames, 1);
	if (!bytes_is(p.summary.names[0].canon, want))
		fail_msg("%s: %.*s, wanted %s", path,
			 (int)p.summary.names[0].canon.n,
			 (const char *)p.summary.names[0].canon.p, want);
	probe_free(&p);
}

static void test_canonical(void **state)
{
	(void)state;
	canon_is("john_garcia.txt", "john garcia");
	canon_is("JohnGarcia.txt", "john garcia");
	canon_is("garcia-john.txt", "john garcia");
	canon_is("Garcia_John.txt", "john garcia");
	canon_is("415_555_0132.txt", "4155550132");
	canon_is("j_d@bank.example.txt", "j_d@bank.example");
}

/* ---- rendering ---- */

#define S(text)                                           \
	{                                                 \
		(const uint8_t *)(text), sizeof(text) - 1 \
	}
#define SPAN(a, z, type, canon)                         \
	{                                               \
		(a), (z), 90, S(type), S("r"), S(canon) \
	}

static void render(const struct world *w, const char *name,
		   const struct name_span *spans, uint32_t n,
		   const struct decision *d, struct buf *b)
{
	const struct filename_in in = {.name = bytes_str(name),
				       .spans = spans,
				       .nspans = n,
				       .decision = d,
				       .standin = &w->s};

	buf_clear(b);
	assert_int_equal(filename_put(&in, in.name.n, b), 0);
	assert_true(b->n > 0 && memchr(b->p, '/', b->n) == NULL);
}

static void test_each_transform(void **state)
{
	static const struct name_span who[] = {
		SPAN(2, 13, "PERSON", "john garcia")};
	struct buf CLEANUP(buf_free) b = {0}, CLEANUP(buf_free) c = {0};
	struct decision d = {.fallback = {.action = ACTION_DROP}};

	render(*state, "1_john_garcia_7", who, 1, &d, &b);
	assert_true(bytes_is(buf_bytes(&b), "1__7"));
	d.fallback = (struct transform){.action = ACTION_MASK};
	render(*state, "1_john_garcia_7", who, 1, &d, &b);
	assert_true(bytes_is(buf_bytes(&b), "1_********_7"));
	d.fallback =
		(struct transform){.action = ACTION_MASK, .mask_char = '/'};
	render(*state, "1_john_garcia_7", who, 1, &d, &b);
	assert_true(bytes_is(buf_bytes(&b), "1__________7"));
	d.fallback = (struct transform){.action = ACTION_KEEP};
	render(*state, "1_john_garcia_7", who, 1, &d, &b);
	assert_true(bytes_is(buf_bytes(&b), "1_john_garcia_7"));
	d.fallback = (struct transform){.action = ACTION_PSEUDONYM,
					.scope = SCOPE_PROJECT};
	render(*state, "1_john_garcia_7", who, 1, &d, &b);
	render(*state, "1_JOHN-GARCIA_7", who, 1, &d, &c);
	assert_int_equal(b.n, c.n);
	assert_null(memchr(b.p, ' ', b.n));
	assert_null(memchr(b.p, '.', b.n));
	for (size_t i = 2; i + 2 < b.n; i++)
		assert_int_equal(b.p[i] == '_' ? '-' : b.p[i] & ~0x20, c.p[i]);
}

/* Never empty, ".", "..", or hidden where it was not. */
static void test_never_special(void **state)
{
	static const struct name_span all[] = {SPAN(0, 4, "PERSON", "john")};
	static const struct name_span mid[] = {SPAN(1, 5, "PERSON", "john")};
	const struct decision d = {.fallback = {.action = ACTION_DROP}};
	struct buf CLEANUP(buf_free) b = {0};

	render(*state, "john", all, 1, &d, &b);
	assert_true(bytes_is(buf_bytes(&b), "_"));
	render(*state, "john.x", all, 1, &d, &b);
	assert_true(bytes_is(buf_bytes(&b), "_.x"));
	render(*state, ".john", mid, 1, &d, &b);
	assert_true(bytes_is(buf_bytes(&b), "_."));
	render(*state, ".john.", mid, 1, &d, &b);
	assert_true(bytes_is(buf_bytes(&b), "_.."));
	render(*state, ".johnx", mid, 1, &d, &b);
	assert_true(bytes_is(buf_bytes(&b), ".x"));
}

/* A folder's spans are a union: all of it is hidden, kept ones do not count. */
static void test_overlaps(void **state)
{
	static const struct name_span v[] = {
		SPAN(2, 13, "PERSON", "john garcia"),
		SPAN(2, 6, "PERSON", "john"), SPAN(7, 15, "ID_NUMBER", "x"),
		SPAN(16, 17, "PERSON", "john garcia")};
	static const struct type_rule keep[] = {
		{"PERSON", {.action = ACTION_KEEP}}};
	struct decision d = {.fallback = {.action = ACTION_TAG}};
	struct buf CLEANUP(buf_free) b = {0};

	render(*state, "1_john_garcia_7_x", v, 4, &d, &b);
	assert_true(bytes_is(buf_bytes(&b), "1_[PERSON_1]_[PERSON_1]"));
	d.rules = keep;
	d.nrules = 1;
	render(*state, "1_john_garcia_7_x", v, 4, &d, &b);
	assert_true(bytes_is(buf_bytes(&b), "1_john_[ID_NUMBER_1]_x"));
}

static void test_counts(void **state)
{
	static const struct name_span v[] = {
		SPAN(0, 1, "PERSON", "a"), SPAN(2, 3, "PERSON", "b"),
		SPAN(4, 5, "CITY", "a"), SPAN(6, 7, "PERSON", "a"),
		SPAN(8, 9, "PERSON", "c")};
	struct buf CLEANUP(buf_free) b = {0};

	render(*state, "a-b-c-d-e", v, 5, &tagged, &b);
	assert_true(bytes_is(buf_bytes(&b),
			     "[PERSON_1]-[PERSON_2]-[CITY_1]-[PERSON_1]-"
			     "[PERSON_3]"));
}

static void test_extensions(void **state)
{
	(void)state;
	assert_true(
		bytes_is(filename_ext(bytes_str("a.TextGrid")), ".TextGrid"));
	assert_true(bytes_is(filename_ext(bytes_str("a.b.json")), ".json"));
	assert_int_equal(filename_ext(bytes_str("a.garcia")).n, 0);
	assert_int_equal(filename_ext(bytes_str("json")).n, 0);
	assert_int_equal(filename_ext(bytes_str(".json")).n, 0);
	assert_int_equal(filename_ext(bytes_str("a.")).n, 0);
	assert_int_equal(filename_ext(bytes_str("a.csv json")).n, 0);
}

/* ---- a hostile summary ---- */

static void test_spans_must_fit(void **state)
{
	struct name_span v[] = {SPAN(0, 2, "PERSON", "x")};
	const struct index_summary s = {.named = true, .names = v, .nnames = 1};

	(void)state;
	assert_true(index_summary_fits(&s, bytes_str("ab/c")));
	assert_false(index_summary_fits(&s, bytes_str("a/c")));
	assert_false(index_summary_fits(&s, bytes_str("a")));
	v[0].end = 0;
	assert_false(index_summary_fits(&s, bytes_str("ab/c")));
}

/* Any bytes as a path: it ends, spans fit, the rest is as it was. */
static void test_random_paths(void **state)
{
	static const char bits[] = "aZ09_-. /@\xc3\xa9\xff\xe5\xb1\xb1:";
	static const struct standin none;
	uint64_t seed = 5;

	(void)state;
	for (unsigned i = 0; i < 3000; i++) {
		struct buf CLEANUP(buf_free) b = {0};
		char path[200];
		size_t n = 1 + probe_random(&seed, 120);
		struct probe p;

		for (size_t k = 0; k < n; k++)
			path[k] = bits[probe_random(&seed, sizeof(bits) - 1)];
		path[n] = 0;
		memcpy(path + n, ".txt", 5);
		probe_one(&plain, path, bytes_str(SAYS), &p);
		show(&p.summary, bytes_str(path), &tagged, &none, &b);
		if (p.summary.nnames == 0)
			assert_true(b.n >= n);
		probe_free(&p);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_alone),
		cmocka_unit_test(test_known),
		cmocka_unit_test(test_odd_extension),
		cmocka_unit_test(test_one_of_many_records),
		cmocka_unit_test(test_group_knows),
		cmocka_unit_test(test_custom),
		cmocka_unit_test(test_canonical),
		cmocka_unit_test(test_each_transform),
		cmocka_unit_test(test_never_special),
		cmocka_unit_test(test_overlaps),
		cmocka_unit_test(test_counts),
		cmocka_unit_test(test_extensions),
		cmocka_unit_test(test_spans_must_fit),
		cmocka_unit_test(test_random_paths),
	};

	return cmocka_run_group_tests(tests, world_setup, world_teardown);
}
