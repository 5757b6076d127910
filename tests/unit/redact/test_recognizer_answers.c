/* What answers a question: codes, dates, log-ins, and numbers said again. */
/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "policy/redact/recognizer.h"
#include "tests/unit/redact/cases.h"

static void test_codes(void **state)
{
	static const struct talk_case cases[] = {
		{"and the policy?|HX4 7712 9035", "POLICY_NUMBER", NULL},
		{"policy number please|um its vk-2281904", "POLICY_NUMBER",
		 "vk-2281904"},
		{"order number|it is t w six one double four nine", "ORDER_ID",
		 "t w six one double four nine"},
		{"which claim is it|clm 2021 77 3310", "CLAIM_NUMBER", NULL},
		{"plate please|five r j as in jelly w two two eight",
		 "VEHICLE_REGISTRATION",
		 "five r j as in jelly w two two eight"},
		{"what is the plate|gtr 5518", "VEHICLE_REGISTRATION", NULL},
		{"hello|my plate is gtr 5518", "VEHICLE_REGISTRATION",
		 "gtr 5518"},
		{"the booking code|uh zr7mkd", "CONFIRMATION_NUMBER", "zr7mkd"},
		{"confirmation number?|okay vbkpgt", "CONFIRMATION_NUMBER",
		 "vbkpgt"},
		{"six characters on the ticket|bn4tyw", "TICKET_ID", NULL},
		{"record locator|r m nine o a e", "CONFIRMATION_NUMBER", NULL},
		{"case?|my case number is qd 0051180", "TICKET_ID",
		 "qd 0051180"},
		{"hello|the order is KV-31882-C", "ORDER_ID", "KV-31882-C"},
		{"security code please|914", "CVV", NULL},
		{"and the 3 digits on the back|118", "CVV", NULL},
		{"and your 4 digit pin|six six one nine", "PIN", NULL},
		{"tracking|tbr 3049 8821 7700", "ORDER_ID", NULL},
		{"confirmation code|its v as in victor, 3, k, t, 2, m",
		 "CONFIRMATION_NUMBER", "v as in victor, 3, k, t, 2, m"},
		{"hello|my claim number is bq dash 0944 dash 118",
		 "CLAIM_NUMBER", "bq dash 0944 dash 118"},
		{"the account, roughly|the paper says 518502983",
		 "ACCOUNT_NUMBER", "518502983"},
		{"the last four|ninety oh six", "ACCOUNT_NUMBER", NULL},
		{"hello|the visa ending in 7713 is gone", "CREDIT_CARD",
		 "7713"},
		{"hello|the one that ends with 7713 is gone", "ACCOUNT_NUMBER",
		 "7713"},
		{"when you are ready, the account number|44871",
		 "ACCOUNT_NUMBER", NULL},
		{"final four digits of the card|six one oh eight",
		 "CREDIT_CARD", NULL},
	};

	(void)state;
	cases_talks(cases, ARRAY_LEN(cases));
}

static void test_no_codes(void **state)
{
	static const struct talk_case cases[] = {
		{"how many did you order|3120", NULL, NULL},
		{"what is the order total|3120", NULL, NULL},
		{"which model is it|sms426", NULL, NULL},
		{"what's the model number|qn55tu7000", NULL, NULL},
		{"what error do you see|80071", NULL, NULL},
		{"what time is your booking|1930", NULL, NULL},
		{"what time is the reservation|seven thirty p m", NULL, NULL},
		{"when did you place the order|may 12 2023", NULL, NULL},
		{"the confirmation number|i never got one", NULL, NULL},
		{"is that booking fine|yes, that sounds good", NULL, NULL},
		{"hello|the wh-984xm4 and the BT-517QK2 beep", NULL, NULL},
		{"hello|since kb5012170 it hangs", NULL, NULL},
		{"hello|the WH-1000XM4 is loud", NULL, NULL},
		{"the final price|4500", NULL, NULL},
		{"what is the error code|error 4012", NULL, NULL},
		{"hello|checking in about my sms415 again", NULL, NULL},
		{"the account|the paper says it all", NULL, NULL},
		{"hello|the year ending 2019 was bad", NULL, NULL},
		{"hello|my model is wh dash 1000", NULL, NULL},
		{"hello|one i b m laptop and two b and three c", NULL, NULL},
	};

	(void)state;
	cases_talks(cases, ARRAY_LEN(cases));
}

static void test_births(void **state)
{
	static const struct talk_case cases[] = {
		{"your birth date, for security|four nine sixty three",
		 "DATE_OF_BIRTH", NULL},
		{"birthday please|eleven two two thousand three",
		 "DATE_OF_BIRTH", NULL},
		{"the patient was born on|3 22 58", "DATE_OF_BIRTH", NULL},
		{"what year were you born|1981", "DATE_OF_BIRTH", NULL},
		{"the year of birth|its sixty eight", "DATE_OF_BIRTH",
		 "sixty eight"},
		{"birth date|may second|and the year|seventy four",
		 "DATE_OF_BIRTH", NULL},
		{"when were you born|july six nineteen fifty", "DATE_OF_BIRTH",
		 NULL},
		{"hello|i was born in fifty nine so i am slow", "DATE_OF_BIRTH",
		 "fifty nine"},
		{"hello|it says october ninth seventy seven", "DATE_OF_BIRTH",
		 "october ninth seventy seven"},
		{"hello|by march third forty people had left", NULL, NULL},
		{"how old are you|old enough", NULL, NULL},
	};

	(void)state;
	cases_talks(cases, ARRAY_LEN(cases));
}

static void test_logins(void **state)
{
	static const struct talk_case cases[] = {
		{"what do you sign in with|well jquill02", "USERNAME",
		 "jquill02"},
		{"which name do you use to log in|i use pdrake", "USERNAME",
		 "pdrake"},
		{"hello|i am logged in as jquill02 now", "USERNAME",
		 "jquill02"},
		{"hello|ssh jquill@node7 fails", "USERNAME", "jquill"},
		{"the temporary password|it says harborview417", "PASSWORD",
		 "harborview417"},
		{"which pin for the voicemail|its Canyon-73", "PASSWORD",
		 "Canyon-73"},
		{"the verbal password|marmalade", "PASSWORD", NULL},
		{"what is your username|snowleopard 91", "USERNAME", NULL},
		{"what is your username|it has 91", NULL, NULL},
		{"what is your username|i forgot it 2 times", NULL, NULL},
		{"hello|the password Kite!202 fails", "PASSWORD", "Kite!202"},
		{"hello|my password was sunny4dogs", "PASSWORD", "sunny4dogs"},
		{"the password policy|at least 8 characters", NULL, NULL},
		{"did you reset the password|yes twice already", NULL, NULL},
		{"what happens when you log in|it freezes", NULL, NULL},
		{"do you log in with google|google", NULL, NULL},
		{"are you in with the new password|still spinning", NULL, NULL},
		{"is the username visible|nope blank", NULL, NULL},
		{"did you write the password down|somewhere", NULL, NULL},
		{"hello|logged in as admin", NULL, NULL},
		{"hello|the sign in the log is red", NULL, NULL},
		{"your login|i dont remember", NULL, NULL},
	};

	(void)state;
	cases_talks(cases, ARRAY_LEN(cases));
}

static void test_names(void **state)
{
	static const struct talk_case cases[] = {
		{"last name|west", "PERSON", NULL},
		{"last name please|winter", "PERSON", NULL},
		{"your name|it's young", "PERSON", "young"},
		{"thanks michael and your last name|bright", "PERSON", NULL},
		{"thanks michael and your last name|okonkwo", "PERSON", NULL},
		{"last name hill|bright", NULL, NULL},
		{"michael is the first name|bright", NULL, NULL},
		{"your name|guest", NULL, NULL},
		{"your name|business", NULL, NULL},
		{"your name|it's private", NULL, NULL},
		{"your name please|refund", NULL, NULL},
		{"your name|cool", NULL, NULL},
		{"your name|hold on", NULL, NULL},
	};

	(void)state;
	cases_talks(cases, ARRAY_LEN(cases));
}

static void test_echoes(void **state)
{
	static const struct talk_case cases[] = {
		{"phone?|206 555 7712|i have 7712 as the last four",
		 "PHONE_NUMBER", "7712"},
		{"phone?|206 555 7712|7712?|no sorry, 7721", "PHONE_NUMBER",
		 "7721"},
		{"account?|90215544|so it starts with 9021", "ACCOUNT_NUMBER",
		 "9021"},
		{"phone?|206 555 7712|i heard 7721", "PHONE_NUMBER", "7721"},
		{"phone?|206 555 7712|so that ends in 55-5771-2",
		 "PHONE_NUMBER", "55-5771-2"},
		{"phone?|206 555 7712|we open at 3312", NULL, NULL},
		{"hello|206 555 7712|okay|no it is 20 minutes", NULL, NULL},
		{"hello|no sorry, 7721", NULL, NULL},
	};

	(void)state;
	cases_talks(cases, ARRAY_LEN(cases));
}

static const struct good mails[] = {
	{"it's mquist34@comcastnet", "mquist34@comcastnet"},
	{"send it to m.quist @ proton.me", "m.quist @ proton.me"},
	{"mquist at comcast dot net", NULL},
	{"my email is harvest at yahoo dot com", "harvest at yahoo dot com"},
	{"my email is autumn three one at aol dot com",
	 "autumn three one at aol dot com"},
	{"write to info at quist hyphen tools dot net",
	 "info at quist hyphen tools dot net"},
	{"the mail is mquist 34 at gmail", "mquist 34 at gmail"},
};

static const char *const mails_decoys[] = {
	"i saw it at amazon dot com", "we met at orange and live at web",
	"my email is down at work",   "2@each and 3@home",
	"rooms 2 and 4 at noon",      "i read email at gmail",
};

static void test_mails(void **state)
{
	(void)state;
	cases_some("EMAIL_ADDRESS", mails, ARRAY_LEN(mails), mails_decoys,
		   ARRAY_LEN(mails_decoys));
}

/* Turns in one text, which says who speaks: "User: " asks for no user's name,
 * and nothing of what follows is one. */
static void test_labels(void **state)
{
	static const char *const turns[] = {
		"User: Can you find another?",
		"System: Bellweather, standard. Is that right?",
		"User: I prefer it on friday",
		"User: Which movies are there, please?",
		"System: {\"role\": \"agent\", \"bramwick\": \"tomatillo\"}",
		"User: What's their phone number?",
		"System: Trellis, zanzibar and quince",
	};

	(void)state;
	cases_none(turns, ARRAY_LEN(turns), "USERNAME");
}

/* Chats of a shop: several values in one turn, labels, what is said unasked. */
static void test_chats(void **state)
{
	static const struct talk_case cases[] = {
		{"username, email and order id|rng5 / rng5@email.com / 102883",
		 "USERNAME", "rng5"},
		{"hello|username - fosei1. email - fosei1@email.com",
		 "USERNAME", "fosei1"},
		{"your username|username: dokafor", "USERNAME", "dokafor"},
		{"your username, email?|order 1093847265", "ORDER_ID",
		 "1093847265"},
		{"hi|username: dokafor|are you a gold, silver or guest member?",
		 NULL, NULL},
		{"hi|my username is dashcoop|answer for security: no", NULL,
		 NULL},
		{"thanks and card?|on file, mastercard 5521", "CREDIT_CARD",
		 "5521"},
		{"which card?|visa 4929", "CREDIT_CARD", "4929"},
		{"hello|my visa 2026 runs out", NULL, NULL},
		{"hello|i have a gift card 5000 points", NULL, NULL},
		{"thanks, and your name?|oh right, grace", "PERSON", "grace"},
		{"last name?|oh", "PERSON", NULL},
		{"hello|hiya, jo again", "PERSON", "jo"},
		{"hello|may i get your name username and order number", NULL,
		 NULL},
		{"order 12|ok thanks, will fix", NULL, NULL},
		{"your name?|ok thanks, will rivers", "PERSON", "will rivers"},
	};
	static const char *const mine[] = {
		"your username?",
		"order 1093847265",
		"username:",
		"thanks, and what is the answer for security: a pet?",
	};

	(void)state;
	cases_talks(cases, ARRAY_LEN(cases));
	cases_none(mine, ARRAY_LEN(mine), "USERNAME");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_codes),  cmocka_unit_test(test_no_codes),
		cmocka_unit_test(test_births), cmocka_unit_test(test_logins),
		cmocka_unit_test(test_names),  cmocka_unit_test(test_echoes),
		cmocka_unit_test(test_mails),  cmocka_unit_test(test_labels),
		cmocka_unit_test(test_chats),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
