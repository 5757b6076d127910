/* Names, addresses, identifiers: cues, topics, questions, keys. */
/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "policy/redact/recognizer.h"
#include "tests/unit/redact/cases.h"

static const struct good names[] = {
	{"My name is John Smith.", "John Smith"},
	{"my name is maria lopez calling about my card", "maria lopez"},
	{"my name's Priya Raghavan", "Priya Raghavan"},
	{"My first name is Grace", "Grace"},
	{"last name is o'brien", "o'brien"},
	{"Name: Peter O'Brien's", "Peter O'Brien"},
	{"name: ana", "ana"},
	{"The name on the account is Walter White.", "Walter White"},
	{"customer's name is Ngozi Okafor", "Ngozi Okafor"},
	{"This is Anna calling from Acme", "Anna"},
	{"this is tom speaking", "tom"},
	{"This is Bartholomew.", "Bartholomew"},
	{"Hi, I'm Sarah.", "Sarah"},
	{"I am Jean-Luc Picard", "Jean-Luc Picard"},
	{"I\xe2\x80\x99m Sarah", "Sarah"},
	{"I'm Grace from Acme", "Grace"},
	{"call me Ishmael", "Ishmael"},
	{"A man named Vincent came", "Vincent"},
	{"Mr. Smith called", "Smith"},
	{"mrs jones is here", "jones"},
	{"Ms. Nguyen", "Nguyen"},
	{"Dr. Maria van der Berg", "Maria van der Berg"},
	{"Herr M\xc3\xbcller", "M\xc3\xbcller"},
	{"Dear Wanda,", "Wanda"},
	{"Hi John, how are you", "John"},
	{"hello maria, thanks", "maria"},
	{"Hey Tom!", "Tom"},
	{"Thanks, Maria.", "Maria"},
	{"Thank you, Bob", "Bob"},
	{"Best regards,\nMaria Lopez", "Maria Lopez"},
	{"I was speaking with Denise yesterday", "Denise"},
	{"ich hei\xc3\x9f"
	 "e J\xc3\xbcrgen M\xc3\xbcller",
	 "J\xc3\xbcrgen M\xc3\xbcller"},
	{"me llamo Carlos", "Carlos"},
	{"MY NAME IS JOHN SMITH AND I", "JOHN SMITH"},
	{"Thanks, Will!", "Will"},
	{"my name is John Q. Public", "John Q. Public"},
	{"super, wubishet. just a tick", "wubishet"},
	{"Great, Tadhgan!", "Tadhgan"},
	{"speaking for the carter family about it", "carter"},
};

static const char *const names_decoys[] = {
	"my name is on the list",
	"The name of the movie is Dogman.",
	"The restaurant name is Bluewater.",
	"file name: report",
	"user_name: x",
	"I'm going home",
	"I'm Happy to help",
	"I'm Interested",
	"I'm sorry",
	"I am not sure",
	"I am 34",
	"this is great",
	"This is Not what I wanted",
	"this is the third time",
	"this is a test from us",
	"call me at noon",
	"call me Tomorrow",
	"Hi there,",
	"Hello, May I know the time?",
	"hello, can you help",
	"Good morning, I need",
	"Dear Customer,",
	"Dear Sir or Madam,",
	"Thanks, that is all",
	"Thank you for calling",
	"thanks a lot",
	"thank you so much",
	"I miss you",
	"best price",
	"Thanks. Will you call?",
	"speaking with the manager",
	"great, thanks.",
	"okay, sure!",
	"right, see you then.",
	"Perfect, Monday works",
	"the family, all of it",
	"the whole family",
	"take the family car",
	"5 ms delay",
	"Dr. 5",
	"welcome to Acme",
};

static const struct good streets[] = {
	{"1290 San Tomas Aquino Road", NULL},
	{"400 East Remington Drive", NULL},
	{"45 Park Lane", NULL},
	{"50 8th Street", NULL},
	{"28-30 Bute Gardens", NULL},
	{"221B Baker Street", NULL},
	{"1400 North Dutton Avenue #6", NULL},
	{"68 Coombs Street # A-1", NULL},
	{"5755 Cottle Rd, Suite 200", NULL},
	{"12 Main St. Apt 4B", NULL},
	{"1280 Peachtree Street Northeast", NULL},
	{"60 Furman Street, Brooklyn, NY 11201", NULL},
	{"12 Main St. Springfield, IL 62704", NULL},
	{"1600 Pennsylvania Ave NW, Washington, DC 20500", NULL},
	{"1 Infinite Loop", NULL},
	{"10 Downing Street", NULL},
	{"4390 Telegraph avenue", NULL},
	{"I live at 12 oak street", "12 oak street"},
	{"we are on 1234 maple grove lane", "1234 maple grove lane"},
	{"4656 Quigg drive", NULL},
	{"1001 Beethoven Common", NULL},
	{"the address is 34 Rue Jean Mermoz, 75008.",
	 "34 Rue Jean Mermoz, 75008"},
	{"located at 4000 Bollinger Crest Plaza", "4000 Bollinger Crest Plaza"},
	{"address: 60 Furman Street, Brooklyn.", "60 Furman Street, Brooklyn"},
	{"1400 A Street", NULL},
	{"1100 H Street", NULL},
	{"837 West Hastings Street", NULL},
	{"1414 6th Avenue", NULL},
	{"(11 Howard Street)", "11 Howard Street"},
	{"301 Los Gatos-Saratoga Road", NULL},
	{"it is 903 juniper bend way, spokane wa 99201 thanks",
	 "903 juniper bend way, spokane wa 99201"},
	{"ship it to 77 old fern court salem oregon",
	 "77 old fern court salem oregon"},
	{"we live at sixty one saint paul avenue in macon",
	 "sixty one saint paul avenue in macon"},
	{"eighteen kettering lane albany new york",
	 "eighteen kettering lane albany new york"},
};

static const char *const streets_decoys[] = {
	"5 minutes down the street",
	"2 tickets for a show on Broad Street",
	"I have 3 ways to go",
	"drive 5 miles",
	"a 10 minute walk",
	"one way street",
	"a two lane road",
	"it took five turns on the road",
	"I saw ten cars in the street",
	"3 boxes the wrong way round",
	"I have 2 go this way or that",
	"2 for the road",
	"room 5 on the square",
	"the street",
	"Wall Street rose 200 points",
	"Main Street",
	"20 dollars a place",
	"5 star close to the park",
	"4 people in a row",
	"8 hours a day",
	"in 2019 the court",
	"3 car loop",
	"12 of the lane",
	"1 2 3",
	"100 and the avenue",
	"2 kids walk",
	"10 times the way",
	"7 am court date",
	"June 5 The Drive",
	"9 to 5 drive",
	"25 percent place",
	"6 by the road",
	"2,500 Street",
	"$50 street",
	"99 problems",
};

static void test_names(void **state)
{
	(void)state;
	cases_all("PERSON", names, ARRAY_LEN(names), names_decoys,
		  ARRAY_LEN(names_decoys));
}

static void test_streets(void **state)
{
	(void)state;
	cases_all("STREET_ADDRESS", streets, ARRAY_LEN(streets), streets_decoys,
		  ARRAY_LEN(streets_decoys));
}

/* What words around a number make of it. */
static void test_topics(void **state)
{
	static const char *const lines[][3] = {
		{"my account number is 00123456789", "ACCOUNT_NUMBER",
		 "00123456789"},
		{"account ending in 4321", "ACCOUNT_NUMBER", "4321"},
		{"card ending in 4321", "CREDIT_CARD", "4321"},
		{"the order is 123456", "ORDER_ID", "123456"},
		{"my order is dtm-21056 from May", "ORDER_ID", "dtm-21056"},
		{"the record locator is kb8vyk", "CONFIRMATION_NUMBER",
		 "kb8vyk"},
		{"zip code 94043", "ZIP_CODE", "94043"},
		{"the pin is 8842", "PIN", "8842"},
		{"cvv 123", "CVV", "123"},
		{"card expires 12/27", "CARD_EXPIRY", "12/27"},
		{"born 05/14/1987", "DATE_OF_BIRTH", "05/14/1987"},
		{"routing 021000021", "ABA_ROUTING_NUMBER", "021000021"},
		{"my policy is HB12345678", "POLICY_NUMBER", "HB12345678"},
		{"claim 445566", "CLAIM_NUMBER", "445566"},
		{"ticket 45-889-1", "TICKET_ID", "45-889-1"},
		{"confirmation ABC12345", "CONFIRMATION_NUMBER", "ABC12345"},
		{"passport C12345678", "US_PASSPORT", "C12345678"},
		{"password is hunter2", "PASSWORD", "hunter2"},
		{"password: letmein", "PASSWORD", "letmein"},
		{"take 12345678 with you", "ID_NUMBER", "12345678"},
		{"i was born on march second eighty four", "DATE_OF_BIRTH",
		 "march second eighty four"},
		{"birthday is june third two thousand and six thanks",
		 "DATE_OF_BIRTH", "june third two thousand and six"},
		{"due on march second eighty boxes", "DATE_TIME",
		 "march second"},
		{"it is AB12CD34", "ID_NUMBER", "AB12CD34"},
		{"mac 00:1A:2B:3C:4D:5E", "MAC_ADDRESS", "00:1A:2B:3C:4D:5E"},
	};
	struct recognizers *r = cases_rules(NULL);

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(lines); i++) {
		struct run run = cases_run(lines[i][0]);
		struct hits h = {0};

		assert_int_equal(recognize(r, &run, 1, &h), 0);
		if (!cases_has(r, &run, &h, lines[i][1], 0, lines[i][2]))
			fail_msg("%s", lines[i][0]);
		hits_free(&h);
	}
	recognizers_free(r);
}

/* Numbers that mean how much, how many, when. */
static void test_quantities(void **state)
{
	static const char *const lines[] = {"room 12345",
					    "12,345 people",
					    "100000 units",
					    "50000 things",
					    "in 2019",
					    "1024 bytes",
					    "12345 miles",
					    "version 12345",
					    "10.5",
					    "99.99 percent",
					    "iPhone13",
					    "COVID19",
					    "B2B",
					    "MP3",
					    "24x7",
					    "1080p",
					    "5th",
					    "flight 12345",
					    "password is wrong",
					    "password reset",
					    "$12345",
					    "8pm",
					    "route 66",
					    "balance is 123456",
					    "20k",
					    "it says 0x80070643 again",
					    "error E502771",
					    "firmware FW20441",
					    "4x4"};
	struct recognizers *r = cases_rules(NULL);

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(lines); i++) {
		struct run run = cases_run(lines[i]);
		struct hits h = {0};

		assert_int_equal(recognize(r, &run, 1, &h), 0);
		for (size_t k = 0; k < h.n; k++)
			if (h.v[k].type != recognizers_type_of(r, "MONEY"))
				fail_msg("%s: %s", lines[i],
					 recognizers_rule(r, h.v[k].rule));
		hits_free(&h);
	}
	recognizers_free(r);
}

/* The question decides what a bare answer is. */
static void test_answers(void **state)
{
	static const char *const turns[][4] = {
		{"What's your name?", "It's crystal minh", "PERSON",
		 "crystal minh"},
		{"May I have your full name?", "grace hopper", "PERSON",
		 "grace hopper"},
		{"Under what name?", "Bartholomew", "PERSON", "Bartholomew"},
		{"Could you tell me your last name please", "will", "PERSON",
		 "will"},
		{"the last four of your social?", "4321", "US_SSN", "4321"},
		{"What is your zip code?", "94043", "ZIP_CODE", "94043"},
		{"Can I get the account number?", "it's 001122",
		 "ACCOUNT_NUMBER", "001122"},
		{"And your phone number?", "4410022", "PHONE_NUMBER",
		 "4410022"},
		{"May I have your date of birth?", "05/14/87", "DATE_OF_BIRTH",
		 "05/14/87"},
		{"Please give me the order number.", "sure, 7788", "ORDER_ID",
		 "7788"},
		{"Your birth date, for security, so I find it", "1996-09-19.",
		 "DATE_OF_BIRTH", "1996-09-19"},
		{"\xc2\xbf"
		 "Cu\xc3\xa1ndo naci\xc3\xb3?",
		 "14/02/1986.", "DATE_OF_BIRTH", "14/02/1986"},
		{"Booking code?", "CN6NJM", "CONFIRMATION_NUMBER", "CN6NJM"},
		{"Which PIN do you use?", "well ridgecrest-182", "PASSWORD",
		 "ridgecrest-182"},
		{"Which PIN do you use?", "4821", "PIN", "4821"},
	};
	struct recognizers *r = cases_rules(NULL);

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(turns); i++) {
		struct run runs[2] = {cases_run(turns[i][0]),
				      cases_run(turns[i][1])};
		struct hits h = {0};

		runs[0].speaker = bytes_str("agent");
		runs[1].speaker = bytes_str("caller");
		assert_int_equal(recognize(r, runs, 2, &h), 0);
		if (!cases_has(r, runs, &h, turns[i][2], 1, turns[i][3]))
			fail_msg("%s", turns[i][0]);
		hits_free(&h);
	}
	recognizers_free(r);
}

/* The name of a thing was asked for, or the same speaker goes on. What the
 * tagger thinks of the words is another matter. */
static void test_no_answers(void **state)
{
	static const char *const turns[][3] = {
		{"What is the name of the movie?", "Dogman please", "b"},
		{"What's the alarm name?", "wakey", "b"},
		{"What's your name?", "yes please do", "b"},
		{"Which restaurant?", "Sino", "b"},
		{"What's your name?", "bartholomew", "a"},
	};
	struct recognizers *r = cases_rules(NULL);

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(turns); i++) {
		struct run runs[2] = {cases_run(turns[i][0]),
				      cases_run(turns[i][1])};
		struct hits h = {0};

		runs[0].speaker = bytes_str("a");
		runs[1].speaker = bytes_str(turns[i][2]);
		assert_int_equal(recognize(r, runs, 2, &h), 0);
		for (size_t k = 0; k < h.n; k++)
			if (h.v[k].rule != RULE_PERSON_TAGGER)
				fail_msg("%s", turns[i][0]);
		hits_free(&h);
	}
	recognizers_free(r);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_names),
		cmocka_unit_test(test_streets),
		cmocka_unit_test(test_topics),
		cmocka_unit_test(test_quantities),
		cmocka_unit_test(test_answers),
		cmocka_unit_test(test_no_answers),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
