/* Kinds of runs, keys, known values, folding, overlaps, custom rules. */
/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "base/mem.h"
#include "policy/redact/recognizer.h"
#include "tests/unit/redact/cases.h"

/* A run, and what must be found in it: want NULL: the whole, "": nothing. */
struct kind_case {
	enum run_kind kind;
	const char *key, *text, *type, *want;
};

static const struct kind_case kinds[] = {
	/* keys: contact and card patterns, addresses of machines, no more */
	{RUN_KEY, "", "joe@example.com", "EMAIL_ADDRESS", NULL},
	{RUN_KEY, "", "415-555-0132", "PHONE_NUMBER", NULL},
	{RUN_KEY, "", "4111111111111111", "CREDIT_CARD", NULL},
	{RUN_KEY, "", "219-09-9998", "US_SSN", NULL},
	{RUN_KEY, "", "DE89370400440532013000", "IBAN_CODE", NULL},
	{RUN_KEY, "", "10.20.30.41", "IP_ADDRESS", NULL},
	{RUN_KEY, "", "10.20.30.41:8080", "IP_ADDRESS", "10.20.30.41"},
	{RUN_KEY, "", "2001:db8::8a2e:370:7334", "IP_ADDRESS", NULL},
	{RUN_KEY, "", "00:1b:44:11:3a:b7", "MAC_ADDRESS", NULL},
	{RUN_KEY, "", "v1.2.3", "IP_ADDRESS", ""},
	{RUN_KEY, "", "a:b", "IP_ADDRESS", ""},
	{RUN_KEY, "", "https://example.com", "URL", ""},
	{RUN_KEY, "", "2024-05-06", "DATE_TIME", ""},
	{RUN_KEY, "", "name: John", "PERSON", ""},
	{RUN_KEY, "", "12345678", "ID_NUMBER", ""},
	/* bare numbers: by checksum or by the key */
	{RUN_NUMBER, "", "4111111111111111", "CREDIT_CARD", NULL},
	{RUN_NUMBER, "id", "4111111111111112", "CREDIT_CARD", ""},
	{RUN_NUMBER, "phone", "9776252661", "PHONE_NUMBER", NULL},
	{RUN_NUMBER, "mobileNumber", "9776252661", "PHONE_NUMBER", NULL},
	{RUN_NUMBER, "home_tel", "9776252661", "PHONE_NUMBER", NULL},
	{RUN_NUMBER, "timestamp", "9776252661", "PHONE_NUMBER", ""},
	{RUN_NUMBER, "ssn", "536221234", "US_SSN", NULL},
	{RUN_NUMBER, "account_number", "12345678", "ACCOUNT_NUMBER", NULL},
	{RUN_NUMBER, "zip", "94043", "ZIP_CODE", NULL},
	{RUN_NUMBER, "phone", "1e7", "PHONE_NUMBER", ""},
	{RUN_NUMBER, "phone", "-9776252661", "PHONE_NUMBER", ""},
	{RUN_NUMBER, "count", "9776252661", "ID_NUMBER", ""},
	/* values: patterns; names and identifiers by the key */
	{RUN_VALUE, "x", "joe@example.com", "EMAIL_ADDRESS", NULL},
	{RUN_VALUE, "x", "https://example.com", "URL", NULL},
	{RUN_VALUE, "x", "2024-05-06T12:34:56Z", "DATE_TIME", NULL},
	{RUN_VALUE, "x", "$5.00", "MONEY", NULL},
	{RUN_VALUE, "x", "12 Main Street", "STREET_ADDRESS", NULL},
	{RUN_VALUE, "x", "12345678", "ID_NUMBER", ""},
	{RUN_VALUE, "x", "my name is John", "PERSON", ""},
	{RUN_VALUE, "first_name", "John", "PERSON", NULL},
	{RUN_VALUE, "lastName", "o'brien", "PERSON", NULL},
	{RUN_VALUE, "first and last name", "Zo\xc3\xab Ng", "PERSON", NULL},
	{RUN_VALUE, "caller", "Maria Lopez", "PERSON", NULL},
	{RUN_VALUE, "name", "Maria Lopez", "PERSON", NULL},
	{RUN_VALUE, "name", "search_flights", "PERSON", ""},
	{RUN_VALUE, "file_name", "Report", "PERSON", ""},
	{RUN_VALUE, "caller", "+1 415 555 0132", "PHONE_NUMBER", NULL},
	{RUN_VALUE, "account", "00123456", "ACCOUNT_NUMBER", NULL},
	{RUN_VALUE, "dob", "1987-05-14", "DATE_OF_BIRTH", NULL},
	{RUN_VALUE, "phone", "44100225", "PHONE_NUMBER", NULL},
	{RUN_VALUE, "customer_id", "AB1234", "CUSTOMER_ID", NULL},
	/* folding: the run's own bytes come back */
	{RUN_TEXT, "", "\xef\xbc\x94\xef\xbc\x91\xef\xbc\x95-555-0132",
	 "PHONE_NUMBER", NULL},
	{RUN_TEXT, "",
	 "415\xc2\xa0"
	 "555\xc2\xa0"
	 "0132",
	 "PHONE_NUMBER", NULL},
	{RUN_TEXT, "",
	 "jo\xc2\xad"
	 "e@exam\xe2\x80\x8bple.com",
	 "EMAIL_ADDRESS", NULL},
	{RUN_TEXT, "",
	 "\xd9\xa4\xd9\xa1\xd9\xa5-\xd9\xa5\xd9\xa5\xd9\xa5-"
	 "\xd9\xa0\xd9\xa1\xd9\xa3\xd9\xa2",
	 "PHONE_NUMBER", NULL},
	{RUN_TEXT, "",
	 "\xf0\x9f\x98\x80"
	 "joe@example.com\xf0\x9f\x98\x80",
	 "EMAIL_ADDRESS", "joe@example.com"},
	/* a digit as a key, one with an accent, a joiner that nobody sees */
	{RUN_TEXT, "",
	 "4\xef\xb8\x8f\xe2\x83\xa3"
	 "15-5\xcc\x81\xcc\x82"
	 "55-\xcd\x8f"
	 "0132",
	 "PHONE_NUMBER", NULL},
	{RUN_TEXT, "", "jose\xcc\x81@example.com", "EMAIL_ADDRESS", NULL},
	{RUN_TEXT, "", "\xff\xfe joe@example.com \xc3", "EMAIL_ADDRESS",
	 "joe@example.com"},
};

static void test_kinds(void **state)
{
	struct recognizers *r = cases_rules(NULL);

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(kinds); i++) {
		const struct kind_case *c = &kinds[i];
		struct run run = cases_run(c->text);
		const char *want = c->want == NULL ? c->text : c->want;
		struct hits h = {0};
		bool none = want[0] == '\0';

		run.kind = c->kind;
		run.key = bytes_str(c->key);
		assert_int_equal(recognize(r, &run, 1, &h), 0);
		cases_sound(&run, 1, &h);
		if (cases_has(r, &run, &h, c->type, 0, none ? NULL : want) ==
		    none)
			fail_msg("%s %s: %s", c->key, c->text, c->type);
		hits_free(&h);
	}
	recognizers_free(r);
}

/* A value the manifest names is one whatever it looks like. */
static void test_known(void **state)
{
	struct recognizers *r = cases_rules(NULL);
	struct run runs[3] = {cases_run("the"), cases_run(""),
			      cases_run("joe@example.com")};
	struct hits h = {0};

	(void)state;
	for (size_t i = 0; i < 3; i++)
		runs[i].known = ENTITY_PERSON + 1;
	assert_int_equal(recognize(r, runs, 3, &h), 0);
	assert_int_equal(h.n, 2);
	assert_int_equal(h.v[0].score, 100);
	assert_int_equal(h.v[0].type, ENTITY_PERSON);
	assert_string_equal(recognizers_rule(r, h.v[0].rule), "known");
	assert_int_equal(h.v[1].run, 2);
	assert_int_equal(h.v[1].end, 15);
	hits_free(&h);
	recognizers_free(r);
}

/* Candidates of one run and what is left of them. */
static void test_overlaps(void **state)
{
	static const struct hit in[] = {
		{0, 0, 9, 1, 0, 50},   {0, 4, 12, 2, 0, 90},  /* cut */
		{0, 20, 40, 3, 0, 60}, {0, 25, 30, 4, 0, 80}, /* hole */
		{0, 50, 60, 6, 0, 70}, {0, 50, 60, 5, 0, 70}, /* type */
		{0, 70, 80, 1, 0, 70}, {0, 70, 75, 1, 0, 70}, /* length */
		{0, 90, 93, 1, 0, 50}, {0, 91, 93, 2, 0, 90}, /* nothing */
	};
	static const struct hit out[] = {
		{0, 0, 4, 1, 0, 50},   {0, 4, 12, 2, 0, 90},
		{0, 20, 25, 3, 0, 60}, {0, 25, 30, 4, 0, 80},
		{0, 30, 40, 3, 0, 60}, {0, 50, 60, 5, 0, 70},
		{0, 70, 80, 1, 0, 70}, {0, 91, 93, 2, 0, 90}};
	char text[100];
	struct hits h = {0};

	(void)state;
	memset(text, 'a', sizeof(text));
	text[90] = '-';
	for (size_t i = 0; i < ARRAY_LEN(in); i++)
		assert_int_equal(recognizer_hits_put(&h, in[i]), 0);
	assert_int_equal(recognizer_hits_resolve(&h, 0, bytes_of(text, 100)),
			 0);
	assert_int_equal(h.n, ARRAY_LEN(out));
	for (size_t i = 0; i < h.n; i++) {
		assert_int_equal(h.v[i].start, out[i].start);
		assert_int_equal(h.v[i].end, out[i].end);
		assert_int_equal(h.v[i].type, out[i].type);
	}
	hits_free(&h);
}

/* Random candidates: every byte that was covered and is a letter is still
 * covered, by the strongest hit there. */
static void test_overlaps_random(void **state)
{
	uint32_t x = 99;
	char text[64];

	(void)state;
	memset(text, 'a', sizeof(text));
	for (unsigned round = 0; round < 2000; round++) {
		struct hits h = {0};
		struct hit in[12];
		unsigned n = 1 + round % 12;

		for (unsigned i = 0; i < n; i++) {
			x = x * 1664525u + 1013904223u;
			in[i] = (struct hit){
				.start = (x >> 8) % 60,
				.type = (uint16_t)((x >> 16) % 5),
				.score = (uint8_t)((x >> 20) % 4 * 20)};
			in[i].end = in[i].start + 1 + (x >> 24) % 4;
			assert_int_equal(recognizer_hits_put(&h, in[i]), 0);
		}
		assert_int_equal(
			recognizer_hits_resolve(&h, 0, bytes_of(text, 64)), 0);
		for (uint32_t b = 0; b < 64; b++) {
			int best = -1, got = -1;

			for (unsigned i = 0; i < n; i++)
				if (in[i].start <= b && b < in[i].end &&
				    in[i].score > best)
					best = in[i].score;
			for (size_t i = 0; i < h.n; i++)
				if (h.v[i].start <= b && b < h.v[i].end)
					got = h.v[i].score;
			assert_int_equal(got, best);
		}
		hits_free(&h);
	}
}

static struct bytes models[3];

/* The owner's longer value is not parted by a shorter one of its type; one of
 * another type, and longer ones of the built-in rules, are as before. */
static void test_custom_whole(void **state)
{
	const struct custom_rule rules[] = {
		{.type = "AGE", .pattern = "[0-9]{1,3} years old"},
		{.type = "ORDER_ID", .pattern = "[0-9]{4} [0-9]{4} [0-9]{4}"}};
	const struct dataset_rules d = {.custom = rules, .ncustom = 2};
	struct recognizers *r = cases_rules(&d);
	const struct run runs[2] = {
		cases_run("a patient 61 years old."),
		cases_run("my card 4111 1111 1111 1111 please")};
	struct hits h = {0};

	(void)state;
	assert_int_equal(recognize(r, runs, 2, &h), 0);
	assert_true(cases_has(r, runs, &h, "AGE", 0, "61 years old"));
	assert_true(cases_has(r, runs, &h, "CREDIT_CARD", 1,
			      "4111 1111 1111 1111"));
	assert_int_equal(h.n, 2);
	hits_free(&h);
	recognizers_free(r);
}

/* Rules of the data set, and what they find. */
static void test_custom(void **state)
{
	const struct custom_rule rules[] = {
		{.type = "POLICY_NUMBER", .pattern = "HB-[0-9]{8}"},
		{.type = "REASONING", .begin = "<think>", .end_ = "</think>"},
		{.type = "MODEL_NAME", .words = models, .nwords = 3},
		{.type = "OPEN", .begin = "##"},
	};
	const struct dataset_rules d = {.custom = rules, .ncustom = 4};
	struct recognizers *r;
	struct run runs[7] = {
		cases_run("see HB-12345678 now"),
		cases_run("a <think>b</think> c <think>d"),
		cases_run("ask gpt 4 or Large Bear, not gpt4 or bears"),
		cases_run("x ## all the rest"),
		cases_run("HB-12345678"),
		cases_run("\xc3\x84RGER!"),
		cases_run("HB-12345678 <think>x</think> GPT-4")};
	struct hits h = {0};

	(void)state;
	models[0] = bytes_str("GPT-4");
	models[1] = bytes_str("large bear");
	models[2] = bytes_str("\xc3\xa4rger");
	r = cases_rules(&d);
	runs[6].kind = RUN_KEY;
	assert_int_equal(recognize(r, runs, 7, &h), 0);
	cases_sound(runs, 7, &h);
	assert_true(cases_has(r, runs, &h, "POLICY_NUMBER", 6, "HB-12345678"));
	assert_true(cases_has(r, runs, &h, "REASONING", 6, "<think>x</think>"));
	assert_true(cases_has(r, runs, &h, "MODEL_NAME", 6, "GPT-4"));
	assert_true(cases_has(r, runs, &h, "POLICY_NUMBER", 0, "HB-12345678"));
	assert_true(cases_has(r, runs, &h, "REASONING", 1, "<think>b</think>"));
	assert_true(cases_has(r, runs, &h, "REASONING", 1, "<think>d"));
	assert_true(cases_has(r, runs, &h, "MODEL_NAME", 2, "gpt 4"));
	assert_true(cases_has(r, runs, &h, "MODEL_NAME", 2, "Large Bear"));
	assert_true(cases_has(r, runs, &h, "OPEN", 3, "## all the rest"));
	assert_true(cases_has(r, runs, &h, "MODEL_NAME", 5, "\xc3\x84RGER"));
	assert_int_equal(h.n, 11);
	assert_string_equal(recognizers_rule(r, h.v[1].rule),
			    "custom.REASONING");
	assert_null(recognizers_rule(r, RULE_COUNT + 4));
	assert_null(recognizers_type(r, ENTITY_COUNT + 3));
	assert_int_equal(recognizers_type_of(r, "MODEL_NAME"),
			 ENTITY_COUNT + 1);
	assert_int_equal(recognizers_type_of(r, "NO_SUCH"), -1);
	hits_free(&h);
	recognizers_free(r);
}

static void test_custom_wrong(void **state)
{
	static const struct custom_rule rules[] = {
		{.type = "X"},
		{.pattern = "a"},
		{.type = "", .pattern = "a"},
		{.type = "X", .pattern = "a", .begin = "b"},
		{.type = "X", .begin = ""},
		{.type = "X", .begin = "a", .end_ = ""},
		{.type = "X", .words = models, .nwords = 0},
		{.type = "X", .pattern = "(a"},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rules); i++) {
		struct dataset_rules d = {.custom = &rules[i], .ncustom = 1};
		struct recognizers *r;
		struct err e = {0};

		assert_int_equal(recognizers_new(&d, &r, &e), -EPROTO);
		assert_null(r);
		assert_string_equal(e.place, "recognizers.custom[1]");
		assert_true(strlen(e.text) > 10);
	}
}

/* Every allocation that fails is said, and nothing leaks. */
static void test_no_memory(void **state)
{
	const struct custom_rule rule = {
		.type = "W", .words = models, .nwords = 3};
	const struct dataset_rules d = {.custom = &rule, .ncustom = 1};
	struct run run = cases_run("Zo\xc3\xab joe@example.com $5 and 415-555-"
				   "0132, Large Bear https://x.com/?a=b@c.de");
	unsigned long n = 1;
	int rc = -1;

	(void)state;
	models[0] = models[1] = bytes_str("large bear");
	models[2] = bytes_str("zo\xc3\xab");
	for (; rc != 0 && n < 500; n++) {
		struct recognizers *r = NULL;
		struct hits h = {0};

		mem_fail_after(n);
		rc = recognizers_new(&d, &r, NULL);
		if (rc == 0)
			rc = recognize(r, &run, 1, &h);
		mem_fail_after(0);
		assert_true(rc == 0 || rc == -ENOMEM);
		hits_free(&h);
		recognizers_free(r);
	}
	assert_int_equal(rc, 0);
	assert_true(n > 20);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_kinds),
		cmocka_unit_test(test_known),
		cmocka_unit_test(test_overlaps),
		cmocka_unit_test(test_overlaps_random),
		cmocka_unit_test(test_custom),
		cmocka_unit_test(test_custom_whole),
		cmocka_unit_test(test_custom_wrong),
		cmocka_unit_test(test_no_memory),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
