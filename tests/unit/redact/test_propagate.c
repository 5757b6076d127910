/* Known values searched again: names, parts, numbers, merging. */
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

/* What is learned, a text, and what is found there with | between. */
struct spread {
	uint16_t type;
	const char *value, *text, *want;
};

static const struct spread table[] = {
	{ENTITY_PERSON, "Maria Lopez", "MARIA LOPEZ and maria",
	 "MARIA LOPEZ|maria"},
	{ENTITY_PERSON, "Maria Lopez", "Ms Lopez, mariana, lopezes", "Lopez"},
	{ENTITY_PERSON, "Khánh Minh", "mình hỏi hai lần, minh và khanh",
	 "minh|khanh"},
	{ENTITY_PERSON, "Maria Lopez", "maria-lopez maria_lopez maria.lopez",
	 "maria-lopez|maria_lopez|maria.lopez"},
	{ENTITY_PERSON, "Maria Lopez", "maria  \nlopez", "maria  \nlopez"},
	{ENTITY_PERSON, "Maria Lopez", "mariax lopez's", "lopez"},
	{ENTITY_PERSON,
	 "Mar\xc3\xad"
	 "a",
	 "MARIA Mar\xc3\x8d"
	 "A",
	 "MARIA|Mar\xc3\x8d"
	 "A"},
	{ENTITY_PERSON, "O'Brien",
	 "O\xe2\x80\x99"
	 "Brien o'brien",
	 "O\xe2\x80\x99"
	 "Brien|o'brien"},
	{ENTITY_PERSON, "Will Grace", "will grace will grace",
	 "will grace|will grace"},
	{ENTITY_PERSON, "Will Grace", "I will not", ""},
	{ENTITY_PERSON, "Grace", "grace period", ""},
	{ENTITY_PERSON, "Al", "al and Al", ""},
	{ENTITY_PERSON, "grace", "you are third on the list grace", "grace"},
	{ENTITY_PERSON, "grace", "ok, is grace the first name", "grace"},
	{ENTITY_PERSON, "grace", "grace is out, should grace be told?",
	 "grace|grace"},
	{ENTITY_PERSON, "grace", "done with grace. I have grace", ""},
	{ENTITY_PERSON, "bloom", "the flowers in bloom", ""},
	{ENTITY_PERSON, "bright", "bright like the light", ""},
	{ENTITY_PERSON, "drew", "drew said he drew it", "drew"},
	{ENTITY_LOCATION, "reading", "what are you reading", ""},
	{ENTITY_LOCATION, "reading", "a house in reading", "reading"},
	{ENTITY_PERSON, "Jo Ng", "jo ng ng", "jo ng"},
	{ENTITY_PERSON, "\xe5\xb1\xb1\xe7\x94\xb0",
	 "x\xe5\xb1\xb1\xe7\x94\xb0\xe5\xa4\xaa", "\xe5\xb1\xb1\xe7\x94\xb0"},
	{ENTITY_EMAIL_ADDRESS, "joe@example.com", "Joe@Example.com!",
	 "Joe@Example.com"},
	{ENTITY_EMAIL_ADDRESS, "joe@example.com", "joe example com", ""},
	{ENTITY_PHONE_NUMBER, "(415) 555-0132",
	 "4155550132 415.555.0132 1 41555501321", "4155550132|415.555.0132"},
	{ENTITY_PHONE_NUMBER, "+1 415 555 0132", "415-555-0132 14155550132",
	 "415-555-0132|14155550132"},
	{ENTITY_PHONE_NUMBER, "415 555 0132", "x4155550132 4155550132x", ""},
	{ENTITY_CREDIT_CARD, "4111111111111111", "4111-1111 1111/1111",
	 "4111-1111 1111/1111"},
	{ENTITY_ORGANIZATION, "Seven Eleven", "at the seven-eleven here",
	 "seven-eleven"},
	{ENTITY_CREDIT_CARD, "4111111111111111",
	 "Forty-one eleven, triple one double one five one one one one one",
	 ""},
	{ENTITY_ACCOUNT_NUMBER, "90127",
	 "nine oh one twenty seven or 9 0 1 2 7",
	 "nine oh one twenty seven|9 0 1 2 7"},
	{ENTITY_ACCOUNT_NUMBER, "nine zero double one seven", "acct 90117.",
	 "90117"},
	{ENTITY_ACCOUNT_NUMBER, "12345", "12 345 or 1234 5", "12 345|1234 5"},
	{ENTITY_PIN, "1234", "1234", ""},
	{ENTITY_POLICY_NUMBER, "HB-12345678", "hb 12345678 HB12345678",
	 "hb 12345678"},
	{ENTITY_DATE_TIME, "March 8th", "March 8th", ""},
	{ENTITY_MONEY, "$500", "$500", ""},
	{ENTITY_STREET_ADDRESS, "12 Main Street", "12 main street, 12 Main",
	 "12 main street"},
};

/* What is learned as, is found as c->type. */
static void check_as(const struct recognizers *r, const struct spread *c,
		     uint16_t as)
{
	struct run run = {.kind = RUN_TEXT, .text = bytes_str(c->text)};
	struct propagate *p;
	struct hits h = {0};
	const char *want = c->want;
	size_t k = 0;

	assert_int_equal(propagate_new(r, &p), 0);
	assert_int_equal(propagate_learn(p, as, bytes_str(c->value), 80), 0);
	assert_int_equal(propagate_find(p, &run, 1, &h), 0);
	for (; *want != '\0'; k++) {
		size_t n = strcspn(want, "|");

		if (k >= h.n || h.v[k].type != c->type ||
		    h.v[k].end - h.v[k].start != n ||
		    memcmp(c->text + h.v[k].start, want, n) != 0)
			fail_msg("%s in %s", c->value, c->text);
		assert_string_equal(recognizers_rule(r, h.v[k].rule),
				    "propagated");
		want += n + (want[n] == '|');
	}
	if (k != h.n)
		fail_msg("%s in %s: %zu", c->value, c->text, h.n);
	hits_free(&h);
	propagate_free(p);
}

static void check(const struct recognizers *r, const struct spread *c)
{
	check_as(r, c, c->type);
}

/* Of an address or a user's name the names in it. */
static void test_mail(void **state)
{
	static const struct {
		const char *value, *text, *want;
	} cases[] = {
		{"crispin.tuttle@mail.example", "hi tuttle, hi crispin",
		 "tuttle|crispin"},
		{"ebalewa730", "it is balewa here", "balewa"},
		{"nolan_frey@mail.example", "so nolan called", "nolan"},
		{"sales.team@acme.example", "the sales team of acme", ""},
		{"jtest@acme.example", "just a test", ""},
		{"crispin.tuttle@mail.example", "write a mail", ""},
	};
	struct recognizers *r;

	(void)state;
	assert_int_equal(recognizers_new(NULL, &r, NULL), 0);
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		uint16_t type = strchr(cases[i].value, '@') != NULL
					? ENTITY_EMAIL_ADDRESS
					: ENTITY_USERNAME;
		struct spread c = {ENTITY_PERSON, cases[i].value, cases[i].text,
				   cases[i].want};

		check_as(r, &c, type);
	}
	recognizers_free(r);
}

static void test_spread(void **state)
{
	struct recognizers *r;

	(void)state;
	assert_int_equal(recognizers_new(NULL, &r, NULL), 0);
	for (size_t i = 0; i < ARRAY_LEN(table); i++)
		check(r, &table[i]);
	recognizers_free(r);
}

#define LOPEZ 12 /* forms of "Maria Lopez" */

static void test_learning(void **state)
{
	struct recognizers *r;
	struct propagate *p;
	char text[600];

	(void)state;
	assert_int_equal(recognizers_new(NULL, &r, NULL), 0);
	assert_int_equal(propagate_new(r, &p), 0);
	for (int i = 0; i < 3; i++) {
		assert_int_equal(propagate_learn(p, ENTITY_PERSON,
						 bytes_str("Maria Lopez"), 80),
				 0);
		assert_int_equal(propagate_count(p), LOPEZ);
	}
	memset(text, 'x', sizeof(text));
	assert_int_equal(propagate_learn(p, ENTITY_PERSON,
					 bytes_of(text, sizeof(text)), 80),
			 0);
	assert_int_equal(propagate_learn(p, ENTITY_PERSON, bytes_str(""), 80),
			 0);
	assert_int_equal(propagate_learn(p, ENTITY_PERSON, bytes_str("--"), 80),
			 0);
	assert_int_equal(propagate_count(p), LOPEZ);
	/* a date the manifest names is taken */
	assert_int_equal(propagate_learn(p, ENTITY_DATE_TIME,
					 bytes_str("March 8th"), 100),
			 0);
	assert_int_equal(propagate_count(p), LOPEZ + 1);
	propagate_reset(p);
	assert_int_equal(propagate_count(p), 0);
	assert_int_equal(
		propagate_learn(p, ENTITY_PERSON, bytes_str("Maria Lopez"), 80),
		0);
	assert_int_equal(propagate_count(p), LOPEZ);
	propagate_free(p);
	propagate_free(NULL);
	recognizers_free(r);
}

/* What is there stays, what it covers is not added, the rest is merged. */
static void test_merge(void **state)
{
	struct recognizers *r;
	struct propagate *p;
	struct run runs[3] = {{.kind = RUN_TEXT,
			       .text = bytes_str("My name is Maria Lopez.")},
			      {.kind = RUN_TEXT, .text = bytes_str("nothing")},
			      {.kind = RUN_VALUE,
			       .text = bytes_str("maria@lopez.com lopez")}};
	struct hits h = {0};

	(void)state;
	assert_int_equal(recognizers_new(NULL, &r, NULL), 0);
	assert_int_equal(propagate_new(r, &p), 0);
	assert_int_equal(recognize(r, runs, 3, &h), 0);
	assert_int_equal(h.n, 2);
	assert_int_equal(propagate_find(p, runs, 3, &h), 0);
	assert_int_equal(h.n, 2);
	assert_int_equal(propagate_learn(p, h.v[0].type,
					 bytes_str("Maria Lopez"),
					 h.v[0].score),
			 0);
	assert_int_equal(propagate_find(p, runs, 3, &h), 0);
	assert_int_equal(h.n, 3);
	assert_string_equal(recognizers_rule(r, h.v[0].rule), "person.intro");
	assert_int_equal(h.v[1].type, ENTITY_EMAIL_ADDRESS);
	assert_int_equal(h.v[2].run, 2);
	assert_int_equal(h.v[2].start, 16);
	hits_free(&h);
	propagate_free(p);
	recognizers_free(r);
}

/* Many values: all are found, each alone. */
static void test_many(void **state)
{
	struct recognizers *r;
	struct propagate *p;

	(void)state;
	assert_int_equal(recognizers_new(NULL, &r, NULL), 0);
	assert_int_equal(propagate_new(r, &p), 0);
	for (unsigned i = 0; i < 5000; i++) {
		char name[64];

		(void)snprintf(name, sizeof(name), "Name%c%u Other%u", 'a', i,
			       i);
		assert_int_equal(propagate_learn(p, ENTITY_USERNAME,
						 bytes_str(name), 70),
				 0);
		(void)snprintf(name, sizeof(name), "%u", 1000000 + i * 7);
		assert_int_equal(propagate_learn(p, ENTITY_ACCOUNT_NUMBER,
						 bytes_str(name), 70),
				 0);
	}
	assert_int_equal(propagate_count(p), 10000);
	for (unsigned i = 0; i < 5000; i += 37) {
		char text[64];
		struct run run = {.kind = RUN_TEXT};
		struct hits h = {0};

		(void)snprintf(text, sizeof(text), "namea%u other%u %u", i, i,
			       1000000 + i * 7);
		run.text = bytes_str(text);
		assert_int_equal(propagate_find(p, &run, 1, &h), 0);
		assert_int_equal(h.n, 2);
		hits_free(&h);
	}
	propagate_free(p);
	recognizers_free(r);
}

static void test_no_memory(void **state)
{
	struct recognizers *r;
	struct run run = {
		.kind = RUN_TEXT,
		.text = bytes_str("Zo\xc3\xab Ng 4155550132 zo\xc3\xab")};
	int rc = -1;

	(void)state;
	assert_int_equal(recognizers_new(NULL, &r, NULL), 0);
	for (unsigned long n = 1; rc != 0 && n < 200; n++) {
		struct propagate *p = NULL;
		struct hits h = {0};

		mem_fail_after(n);
		rc = propagate_new(r, &p);
		if (rc == 0)
			rc = propagate_learn(p, ENTITY_PERSON,
					     bytes_str("Zo\xc3\xab Ng"), 80);
		if (rc == 0)
			rc = propagate_learn(p, ENTITY_PHONE_NUMBER,
					     bytes_str("415 555 0132"), 80);
		if (rc == 0)
			rc = propagate_find(p, &run, 1, &h);
		mem_fail_after(0);
		assert_true(rc == 0 || rc == -ENOMEM);
		if (rc == 0)
			assert_int_equal(h.n, 3);
		hits_free(&h);
		propagate_free(p);
	}
	assert_int_equal(rc, 0);
	recognizers_free(r);
}

/* What the tagger took for a company is the person who is known. */
static void test_mistaken(void **state)
{
	static const struct {
		uint16_t type, rule, score, want;
	} cases[] = {
		{ENTITY_ORGANIZATION, RULE_ORGANIZATION_TAGGER, 55,
		 ENTITY_PERSON},
		{ENTITY_LOCATION, RULE_LOCATION_TAGGER, 90, ENTITY_LOCATION},
		{ENTITY_STREET_ADDRESS, RULE_ADDRESS_STREET, 55,
		 ENTITY_STREET_ADDRESS},
	};
	struct recognizers *r;

	(void)state;
	assert_int_equal(recognizers_new(NULL, &r, NULL), 0);
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct run run = {.kind = RUN_TEXT,
				  .text = bytes_str("to Tobias Wendelin")};
		struct hits h = {0};
		struct propagate *p;

		assert_int_equal(propagate_new(r, &p), 0);
		assert_int_equal(propagate_learn(p, ENTITY_PERSON,
						 bytes_str("Tobias Wendelin"),
						 80),
				 0);
		assert_int_equal(
			recognizer_hits_put(
				&h,
				(struct hit){.start = 3,
					     .end = 18,
					     .type = cases[i].type,
					     .rule = cases[i].rule,
					     .score = (uint8_t)cases[i].score}),
			0);
		assert_int_equal(propagate_find(p, &run, 1, &h), 0);
		assert_int_equal(h.n, 1);
		assert_int_equal(h.v[0].type, cases[i].want);
		hits_free(&h);
		propagate_free(p);
	}
	recognizers_free(r);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_spread),
		cmocka_unit_test(test_mail),
		cmocka_unit_test(test_learning),
		cmocka_unit_test(test_merge),
		cmocka_unit_test(test_many),
		cmocka_unit_test(test_no_memory),
		cmocka_unit_test(test_mistaken),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
