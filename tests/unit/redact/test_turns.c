/* Values that are said over several turns, in each shape of a dialogue. */
/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "base/mem.h"
#include "policy/redact/recognizer.h"
#include "probe.h"

static const struct dataset_rules plain = {.name = "", .language = "en"};

/* How a dialogue is written down. */
enum shape {
	SHAPE_ARRAY,   /* JSON: turns of one record */
	SHAPE_RECORDS, /* JSON Lines: a turn a record, of one group */
	SHAPE_LINES,   /* text: "Agent: ..." */
	SHAPE_STRING,  /* the same in one JSON string */
	SHAPES,
};

/* Turns parted by '|', of the agent and the caller in turn; one that begins
 * with '+' goes on with the last speaker. */
static void write_turns(struct buf *b, const char *turns, enum shape shape)
{
	bool agent = false;
	int rc = buf_puts(b, shape == SHAPE_ARRAY    ? "["
			     : shape == SHAPE_STRING ? "\""
						     : "");

	for (const char *p = turns; rc == 0 && *p != '\0';) {
		size_t n = strcspn(p, "|");
		const char *who = "agent";
		char line[512];
		int len = 0;

		agent = p[0] == '+' ? agent : !agent;
		n -= p[0] == '+';
		p += p[0] == '+';
		who = agent ? "Agent" : "Caller";
		if (shape == SHAPE_LINES || shape == SHAPE_STRING)
			len = snprintf(line, sizeof(line), "%s: %.*s%s", who,
				       (int)n, p,
				       shape == SHAPE_LINES ? "\n" : "\\n");
		else
			len = snprintf(line, sizeof(line),
				       "%s{\"who\":\"%s\",\"text\":\"%.*s\","
				       "\"call\":\"x\"}%s",
				       shape == SHAPE_ARRAY && p > turns + 1
					       ? ","
					       : "",
				       who, (int)n, p,
				       shape == SHAPE_RECORDS ? "\n" : "");
		assert_true(len > 0 && (size_t)len < sizeof(line));
		rc = buf_put(b, (const uint8_t *)line, (size_t)len);
		p += n + (p[n] == '|');
	}
	if (rc == 0)
		rc = buf_puts(b, shape == SHAPE_ARRAY	 ? "]"
				 : shape == SHAPE_STRING ? "\""
							 : "");
	assert_int_equal(rc, 0);
}

/* Spans as "TYPE text|TYPE text", those of the tagger left out. */
static void tell(const struct probe *p, struct buf *b)
{
	int rc = 0;

	for (size_t i = 0; rc == 0 && i < p->nspans; i++) {
		rc = buf_puts(b, b->n > 0 ? "|" : "");
		if (rc == 0)
			rc = buf_puts(b, probe_type(p, i));
		if (rc == 0)
			rc = buf_puts(b, " ");
		if (rc == 0)
			rc = buf_putb(b, probe_span(p, i));
	}
	if (rc == 0)
		rc = buf_putc(b, '\0');
	assert_int_equal(rc, 0);
}

static void check_shape(const char *turns, const char *want, enum shape shape)
{
	CLEANUP(arena_freep) struct arena *a = arena_new();
	CLEANUP(buf_free) struct buf b = {0}, got = {0};
	struct jsonpath *text, *who;
	bool records = shape == SHAPE_RECORDS;
	struct file_rule rule = {.match = "**"};
	const struct dataset_rules d = {
		.name = "", .language = "en", .files = &rule, .nfiles = 1};
	struct probe p;

	assert_non_null(a);
	text = probe_path(a, records ? "$.text" : "$[*].text");
	who = probe_path(a, records ? "$.who" : "$[*].who");
	if (shape == SHAPE_ARRAY || records) {
		rule.text = text;
		rule.ntext = 1;
		rule.speaker = who;
	}
	if (records)
		rule.group.path = probe_path(a, "$.call");
	write_turns(&b, turns, shape);
	probe_one(&d,
		  shape == SHAPE_LINES ? "a.txt"
		  : records	       ? "a.jsonl"
				       : "a.json",
		  buf_bytes(&b), &p);
	tell(&p, &got);
	if (strcmp((char *)got.p, want) != 0)
		fail_msg("shape %d: %s\n   got: %s\nwanted: %s", (int)shape,
			 turns, (char *)got.p, want);
	probe_free(&p);
}

static void check(const char *turns, const char *want)
{
	for (enum shape s = SHAPE_ARRAY; s < SHAPES; s++)
		check_shape(turns, want, s);
}

static void test_numbers(void **state)
{
	(void)state;
	check("Your card number?|four one one one|mhm|one one one one|okay|"
	      "one one one one|go ahead|one one one one",
	      "CREDIT_CARD four one one one|CREDIT_CARD one one one one|"
	      "CREDIT_CARD one one one one|CREDIT_CARD one one one one");
	/* what stands around the value stays */
	check("The card please|sure it's 4111|yes|1111, 1111|uh huh|"
	      "1111 and that is it",
	      "CREDIT_CARD 4111|CREDIT_CARD 1111, 1111|CREDIT_CARD 1111");
	check("What is your phone number?|seven one five|okay|uh double four|"
	      "mhm|nine|+oh seven eight seven",
	      "PHONE_NUMBER seven one five|PHONE_NUMBER double four|"
	      "PHONE_NUMBER nine|PHONE_NUMBER oh seven eight seven");
	check("and the account number|four four seven one|right|"
	      "double zero eight",
	      "ACCOUNT_NUMBER four four seven one|"
	      "ACCOUNT_NUMBER double zero eight");
	check("Ihre Kontonummer bitte|null vier sieben|genau|zwo zwo eins neun",
	      "ACCOUNT_NUMBER null vier sieben|"
	      "ACCOUNT_NUMBER zwo zwo eins neun");
}

/* What stands before a value is no part of it, nor is what the question ends
 * in. */
static void test_leads(void **state)
{
	(void)state;
	check("which card number, the long one|4111|right|1111|go on|1111|"
	      "mhm|1111",
	      "CREDIT_CARD 4111|CREDIT_CARD 1111|CREDIT_CARD 1111|"
	      "CREDIT_CARD 1111");
	check("your social, all nine digits|148|mhm, and then|24|okay|8274",
	      "US_SSN 148|US_SSN 24|US_SSN 8274");
	check("and a phone|text me at two oh six|+555|+7712",
	      "PHONE_NUMBER two oh six|PHONE_NUMBER 555|PHONE_NUMBER 7712");
	check("account number?|starts with 4482|4482?|then 9917 and 03",
	      "ACCOUNT_NUMBER 4482|ACCOUNT_NUMBER 4482|"
	      "ACCOUNT_NUMBER 9917 and 03");
}

/* What the agent says again is hidden, too; other digits of hers are not. */
static void test_echoes(void **state)
{
	(void)state;
	check("Your card number?|four one one one|four one one one|"
	      "one one one one|mhm|one one one one one one one one",
	      "CREDIT_CARD four one one one|CREDIT_CARD four one one one|"
	      "CREDIT_CARD one one one one|"
	      "CREDIT_CARD one one one one one one one one");
	check("Your card number?|four one one one|seven seven|"
	      "one one one one|mhm|one one one one one one one one",
	      "CREDIT_CARD four one one one|CREDIT_CARD one one one one|"
	      "CREDIT_CARD one one one one one one one one");
	/* among other words, too */
	check("your social|five three one|+eight oh|right|two two one nine|"
	      "so ending in two two one nine got it",
	      "US_SSN five three one|US_SSN eight oh|US_SSN two two one nine|"
	      "US_SSN two two one nine");
	check("your social|531|okay|80|right|2219|that makes 4471 in all",
	      "US_SSN 531|US_SSN 80|US_SSN 2219");
}

static void test_letters(void **state)
{
	(void)state;
	check("what is your e-mail address|jane dot doe|mhm|at gmail dot com",
	      "EMAIL_ADDRESS jane dot doe|EMAIL_ADDRESS at gmail dot com");
	check("And the booking code?|K as in kilo seven four|okay|W P two",
	      "CONFIRMATION_NUMBER K as in kilo seven four|"
	      "CONFIRMATION_NUMBER W P two");
}

/* The question counts over what only listens, and over records. */
static void test_questions(void **state)
{
	(void)state;
	check("What is your zip code?|mhm|go ahead|it is 94043",
	      "ZIP_CODE 94043");
	check("Under what name?|mhm|yes please|karrolin wuffel",
	      "PERSON karrolin wuffel");
	check("The last four of your social?|4321", "US_SSN 4321");
}

/* Numbers of two turns that are two numbers, or none. */
static void test_decoys(void **state)
{
	static const char *const turns[] = {
		("how many adults?|two|and how many kids?|three|for how long?|"
		 "four"),
		"testing|one two three testing|okay|one two three",
		"hello|i have one|mhm|two would be better",
		"which rooms?|12|okay|14",
		"when was that?|in 2019|yes|2020",
		"how much?|four hundred|okay|dollars",
		"meet me|at noon|okay|dot the line",
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(turns); i++)
		for (enum shape s = SHAPE_ARRAY; s < SHAPES; s++)
			check_shape(turns[i], "", s);
}

/* Two of a kind under one key that are no dialogue: a list. */
static void test_lists(void **state)
{
	struct probe p;

	(void)state;
	probe_one(&plain, "a.json",
		  bytes_str("[\"977\", \"625\", \"2661\", \"4111\"]"), &p);
	assert_int_equal(p.nspans, 0);
	probe_free(&p);
}

/* Texts under other keys stand between; nobody said which are a dialogue. */
static void test_keys(void **state)
{
	static const char text[] =
		"[{\"id\":\"u1\",\"lang\":\"en\",\"kind\":\"say\",\"mood\":"
		"\"ok\","
		"\"role\":\"agent\",\"text\":\"card number?\"},"
		"{\"id\":\"u2\",\"lang\":\"en\",\"kind\":\"say\",\"mood\":"
		"\"ok\","
		"\"role\":\"caller\",\"text\":\"4111 1111\"},"
		"{\"id\":\"u3\",\"lang\":\"en\",\"kind\":\"say\",\"mood\":"
		"\"ok\","
		"\"role\":\"caller\",\"text\":\"1111 1111\"}]";
	struct probe p;
	size_t cards = 0;

	(void)state;
	probe_one(&plain, "a.json", bytes_str(text), &p);
	for (size_t i = 0; i < p.nspans; i++)
		cards += strcmp(probe_type(&p, i), "CREDIT_CARD") == 0;
	assert_int_equal(cards, 2);
	probe_free(&p);
}

/* Records of another group between are another dialogue. */
static void test_groups(void **state)
{
	static const char text[] = "{\"t\":\"card number?\",\"g\":\"1\"}\n"
				   "{\"t\":\"it is 4111 1111\",\"g\":\"1\"}\n"
				   "{\"t\":\"1111 1111\",\"g\":\"2\"}\n"
				   "{\"t\":\"thanks\",\"g\":\"2\"}\n";
	CLEANUP(arena_freep) struct arena *a = arena_new();
	struct file_rule rule = {.match = "**"};
	const struct dataset_rules d = {
		.name = "", .language = "en", .files = &rule, .nfiles = 1};
	struct probe p;

	(void)state;
	rule.group.path = probe_path(a, "$.g");
	probe_one(&d, "a.jsonl", bytes_str(text), &p);
	for (size_t i = 0; i < p.nspans; i++)
		assert_string_not_equal(probe_type(&p, i), "CREDIT_CARD");
	probe_free(&p);
}

/* All parts of a value stand for the whole. */
static void test_whole(void **state)
{
	struct probe p;

	(void)state;
	probe_one(&plain, "a.txt",
		  bytes_str("A: card number?\nB: 4111 1111\nA: okay\n"
			    "B: 1111 1111\nA: I have 4111111111111111\n"),
		  &p);
	assert_int_equal(p.nspans, 3);
	for (size_t i = 0; i < 3; i++) {
		assert_string_equal(probe_type(&p, i), "CREDIT_CARD");
		assert_true(bytes_is(p.canons[i], "4111111111111111"));
	}
	assert_true((p.spans[0].esc & ESC_WORD) != 0);
	assert_true((p.spans[2].esc & ESC_WORD) == 0);
	probe_free(&p);
}

/* A value of more turns than are kept, and turns longer than are joined. */
static void test_bounds(void **state)
{
	CLEANUP(buf_free) struct buf b = {0};
	struct probe p;

	(void)state;
	for (int i = 0; i < 5000; i++)
		assert_int_equal(buf_puts(&b, i % 2 == 0 ? "B: four one one\n"
							 : "A: mhm\n"),
				 0);
	for (int i = 0; i < 5000; i++)
		assert_int_equal(buf_puts(&b, "word "), 0);
	assert_int_equal(buf_puts(&b, "4111 1111\n1111 1111 "), 0);
	for (int i = 0; i < 5000; i++)
		assert_int_equal(buf_puts(&b, "word "), 0);
	probe_one(&plain, "a.txt", buf_bytes(&b), &p);
	assert_true(p.nspans > 2400);
	assert_string_equal(probe_type(&p, p.nspans - 1), "CREDIT_CARD");
	assert_string_equal(probe_type(&p, p.nspans - 2), "CREDIT_CARD");
	probe_free(&p);
}

static void test_shapes(void **state)
{
	static const struct {
		const char *text;
		bool listens, only, goes_on, opens, mail;
	} cases[] = {
		{"mhm", true, false, false, false, false},
		{"Okay, go ahead.", true, false, false, false, false},
		{"I'm listening", true, false, false, false, false},
		{"four one", false, true, true, true, false},
		{"uh, 4111", false, true, true, true, false},
		{"S as in Sam", false, true, true, true, false},
		{"it's double two and that's it", false, true, true, true,
		 false},
		{"my card is 4111", false, false, false, true, false},
		{"my name is S as in Sam", false, false, false, true, false},
		{"one one and my zip is new", false, false, true, false, false},
		{"at gmail dot com", false, false, false, false, true},
		{"I think so", false, false, false, false, false},
		{"a dog", false, false, false, false, false},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct turn_shape s;

		recognizer_turn(bytes_str(cases[i].text), &s);
		if (s.listens != cases[i].listens || s.only != cases[i].only ||
		    s.goes_on != cases[i].goes_on ||
		    s.opens != cases[i].opens || s.mail != cases[i].mail)
			fail_msg("%s: %d %d %d %d %d", cases[i].text, s.listens,
				 s.only, s.goes_on, s.opens, s.mail);
	}
}

static void test_labels(void **state)
{
	static const char *const cases[][2] = {
		{"Agent: hello", "Agent"},
		{"[00:01:02] Agent 2: hello", "Agent 2"},
		{"(Customer): hi", "Customer"},
		{"at 10:30 we met", NULL},
		{"http://a.b", NULL},
		{"hello", NULL},
		{"I said this: no, not that, and then: yes", "I said this"},
		{": x", NULL},
		{"", NULL},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		size_t from;
		struct bytes got =
			recognizer_turn_label(bytes_str(cases[i][0]), &from);

		if (cases[i][1] == NULL ? got.n > 0
					: !bytes_is(got, cases[i][1]))
			fail_msg("%s: %.*s", cases[i][0], (int)got.n, got.p);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_numbers),
		cmocka_unit_test(test_leads),
		cmocka_unit_test(test_echoes),
		cmocka_unit_test(test_letters),
		cmocka_unit_test(test_groups),
		cmocka_unit_test(test_questions),
		cmocka_unit_test(test_decoys),
		cmocka_unit_test(test_lists),
		cmocka_unit_test(test_whole),
		cmocka_unit_test(test_bounds),
		cmocka_unit_test(test_shapes),
		cmocka_unit_test(test_labels),
		cmocka_unit_test(test_keys),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
