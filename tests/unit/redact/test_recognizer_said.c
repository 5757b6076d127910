/* Numbers and words as they are said: spelled, in groups, in sums. */
/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "policy/redact/recognizer.h"
#include "tests/unit/redact/cases.h"

static const struct good names[] = {
	{"my name is T-R-A-S-K", "T-R-A-S-K"},
	{"my last name is s m i t h", "s m i t h"},
	{"last name n like nancy a i r", "n like nancy a i r"},
	{"my name's priya n like nancy a i r", "priya n like nancy a i r"},
	{"it's S as in Sam, M as in Mary, Y as in yellow",
	 "S as in Sam, M as in Mary, Y as in yellow"},
	{"that is spelled K, O, W, A, L", "K, O, W, A, L"},
	{"name: B as in boy e double l a", "B as in boy e double l a"},
	{"that's w h e uh a t o n", "w h e uh a t o n"},
};

static const char *const names_decoys[] = {
	"options a, b, c, d and e",
	"a b c d e f g",
	"in the U S A",
	"the F.B.I. called",
	"J. R. R.",
	"e.g. a b",
	"plan b",
	"I am a t",
	"x y",
	"vitamin b 12",
	"a 4 5 6",
	"as in the last case",
	"u r welcome",
	"press b like everybody",
	"q for the question",
	"i.e. no",
	"it's a i guess",
};

static const struct good cards[] = {
	{"4111, 1111, 1111, 1111", NULL},
	{"4111, 1111, uh 1111, 1111", NULL},
	{"card 4111 1111, um, 1111 1111", "4111 1111, um, 1111 1111"},
	{"my card is 4111 mhm 1111 okay 1111 then 1111",
	 "4111 mhm 1111 okay 1111 then 1111"},
	{"four one one one, go ahead, one one one one one one one one one one "
	 "one one",
	 NULL},
	{"four one hundred eleven one one one one one one one one one one one "
	 "one",
	 NULL},
};

static const char *const cards_decoys[] = {
	"4111, 1112, 1111, 1111", "1000, 2000, 3000, 4000",
	"2019, 2020, 2021, 2022", "4,111, 1,111, 1,111",
	"10, 20, 30, 40",	  "1, 2, 3",
};

static const struct good phones[] = {
	{"977, 625, 2661", NULL},
	{"call me at 977 uh 625 um 2661", "977 uh 625 um 2661"},
	{"it's nine seven seven, six two five, two six six one",
	 "nine seven seven, six two five, two six six one"},
	{"mein Telefon ist null eins sieben sechs neun zwo drei vier "
	 "f\xc3\xbcnf "
	 "sechs sieben",
	 "null eins sieben sechs neun zwo drei vier f\xc3\xbcnf sechs sieben"},
	{"mi tel\xc3\xa9"
	 "fono es seis uno dos tres cuatro cinco seis siete ocho",
	 "seis uno dos tres cuatro cinco seis siete ocho"},
	{"s\xe1\xbb\x91 \xc4\x91i\xe1\xbb\x87n tho\xe1\xba\xa1i l\xc3\xa0 "
	 "kh\xc3\xb4ng ch\xc3\xadn m\xe1\xbb\x99t hai ba b\xe1\xbb\x91n "
	 "n\xc4\x83m "
	 "s\xc3\xa1u b\xe1\xba\xa3y t\xc3\xa1m",
	 "kh\xc3\xb4ng ch\xc3\xadn m\xe1\xbb\x99t hai ba b\xe1\xbb\x91n "
	 "n\xc4\x83m "
	 "s\xc3\xa1u b\xe1\xba\xa3y t\xc3\xa1m"},
};

static const char *const phones_decoys[] = {
	"100, 200, 3000", "we sold 977, 625 and 2661", "four hundred dollars",
	"hai ba năm nữa", "acht neun Leute",
};

/* What is written in one way is left alone, whatever stands behind it. */
static const struct good itins[] = {
	{"That would be 980-84-9516, thanks", "980-84-9516"},
	{"es 981-79-2467, gracias", "981-79-2467"},
};

static const char *const itins_decoys[] = {"980, 84, 95"};

static const struct good mails[] = {
	{"jane underscore doe seventy two at yahoo dot com", NULL},
	{"reach me at j d o e at gmail dot com", "j d o e at gmail dot com"},
	{"jane at gmailcom", NULL},
};

static const char *const mails_decoys[] = {
	"table for two at seven",
	"we are two at the gate",
};

static const struct good ids[] = {
	{"the code is m four four seven oh nine two",
	 "m four four seven oh nine two"},
	{"take K as in kilo, seven, four, W as in whiskey, two",
	 "K as in kilo, seven, four, W as in whiskey, two"},
};

static const char *const ids_decoys[] = {
	"one two three testing", "i count one two three four five yes five",
	"1, 2, 3, 4, 5",	 "about four hundred fifty of them",
	"oh one more thing",	 "size m or l",
};

static const struct good streets[] = {
	{"it ships to eighteen oak street", "eighteen oak street"},
	{"i live at 707 continental circle", "707 continental circle"},
	{"the address is 1290 san tomas aquino road",
	 "1290 san tomas aquino road"},
};

static const char *const streets_decoys[] = {
	"one way street",
	"ten blocks down the street",
	"my address is two miles off",
	"I live 5 minutes from the circle",
	"twenty people in the court",
};

#define SOME(type, list)                                       \
	cases_some(type, list, ARRAY_LEN(list), list##_decoys, \
		   ARRAY_LEN(list##_decoys))

static void test_spelled(void **state)
{
	(void)state;
	SOME("PERSON", names);
}

static void test_groups(void **state)
{
	(void)state;
	SOME("CREDIT_CARD", cards);
	SOME("PHONE_NUMBER", phones);
	SOME("US_ITIN", itins);
}

static void test_words(void **state)
{
	(void)state;
	SOME("EMAIL_ADDRESS", mails);
	SOME("STREET_ADDRESS", streets);
	cases_some("CUSTOMER_ID", ids, 0, ids_decoys, ARRAY_LEN(ids_decoys));
	cases_some("ID_NUMBER", ids, ARRAY_LEN(ids), ids_decoys,
		   ARRAY_LEN(ids_decoys));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_spelled),
		cmocka_unit_test(test_groups),
		cmocka_unit_test(test_words),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
