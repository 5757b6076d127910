/* Identifiers of several parts, secrets in words, log-ins, addresses said. */
/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "policy/redact/recognizer.h"
#include "tests/unit/redact/cases.h"

static void test_parts(void **state)
{
	static const struct talk_case cases[] = {
		{"hello|the policy of my brother is k70 3381 52",
		 "POLICY_NUMBER", "k70 3381 52"},
		{"hello|put me on policy wpl 330 8815", "POLICY_NUMBER",
		 "wpl 330 8815"},
		{"license?|its m as in mike 220 7714 3381", "US_DRIVER_LICENSE",
		 "m as in mike 220 7714 3381"},
		{"sure|t551 3307 81 442", "ID_NUMBER", NULL},
		{"and the group number|7713 00", "ID_NUMBER", NULL},
		{"hello|confirmation is qb21 63 5w for monday",
		 "CONFIRMATION_NUMBER", "qb21 63 5w"},
		{"your reference?|its sierra four four nine romeo", "ID_NUMBER",
		 "sierra four four nine romeo"},
		{"customer number?|moment 77 30 21 6", "CUSTOMER_ID",
		 "77 30 21 6"},
		{"order id?|order id: 3388 1042 51", "ORDER_ID",
		 "3388 1042 51"},
		{"account on the bill|7144 30 066 2278403", "ACCOUNT_NUMBER",
		 NULL},
		{"booking?|wd7 4kq", "CONFIRMATION_NUMBER", NULL},
		{"hello|claim 55-r28-8841 status pls", "CLAIM_NUMBER",
		 "55-r28-8841"},
		{"hello|porting pin is 80 31 66 thanks", "PIN", "80 31 66"},
		{"hello|conf w5x 77 m3 came today", "ID_NUMBER", "w5x 77 m3"},
		{"hello|frequent flyer no qq 66 31 08h", "ID_NUMBER",
		 "qq 66 31 08h"},
		{"serial?|204 vrwb 5c 338", "ID_NUMBER", NULL},
		{"product key?|bn8f w 4ttd k2m7 66x", "ID_NUMBER", NULL},
		{"the code please|its lima 7 7 oscar 3 2", "ID_NUMBER",
		 "lima 7 7 oscar 3 2"},
		{"one of your backup codes please|k3m8-88wb", "ID_NUMBER",
		 NULL},
		{"hello|its KQ 20817 there", "ID_NUMBER", "KQ 20817"},
		{"account id?|60421|account id?|vy7dbhgqzr", "ACCOUNT_NUMBER",
		 NULL},
		{"hello|its lkn4cm0ezu as i said", "ID_NUMBER", "lkn4cm0ezu"},
		{"hello|last 4 digits are 4 4 2 1", "ACCOUNT_NUMBER",
		 "4 4 2 1"},
		{"hello|pnr kx7 9qd please", "ID_NUMBER", "kx7 9qd"},
		{"hello|rez 77-hq-2201 please", "ID_NUMBER", "77-hq-2201"},
		{"hello|ordr num z4 305 227, thx", "ID_NUMBER", "z4 305 227"},
	};

	(void)state;
	cases_talks(cases, ARRAY_LEN(cases));
}

/* What counts, measures or names a thing is no identifier. */
static void test_no_parts(void **state)
{
	static const struct talk_case cases[] = {
		{"hello|i ordered 2 shirts and 3 hats", NULL, NULL},
		{"which one|the samsung qn75 2023 with 256gb 16gb", NULL, NULL},
		{"model?|wm3900 hx 200", NULL, NULL},
		{"hello|error code 0x8007451 again", NULL, NULL},
		{"hello|it is 12 x 14 and 5 x 7", NULL, NULL},
		{"hello|we land at 6 45 pm and 9 30 am", NULL, NULL},
		{"hello|row 14 seat 22c on flight 318", NULL, NULL},
		{"hello|1080p 60fps at 5ghz", NULL, NULL},
		{"the reading on the meter|51 388", NULL, NULL},
		{"odometer?|88104", NULL, NULL},
		{"hello|does the code fall20 work", NULL, NULL},
		{"coupon?|summer25 it says", NULL, NULL},
		{"hello|order 4 of the oak chairs and 2 tables", NULL, NULL},
		{"hello|order 77310 2 shirts", "ORDER_ID", "77310"},
		{"hello|the code e4 f21 shows up", NULL, NULL},
		{"hello|my plan is 5g with 50gb and 4 lines", NULL, NULL},
		{"hello|the total was 1204 55 with tax", NULL, NULL},
		{"hello|2 black 1 white shirts for 4 people", NULL, NULL},
		{"hello|delta and united both fly there", NULL, NULL},
		{"can you read me the meter|44192|thanks that is high|yeah "
		 "it was 43100 last month",
		 NULL, NULL},
	};

	(void)state;
	cases_talks(cases, ARRAY_LEN(cases));
}

static void test_secrets(void **state)
{
	static const struct talk_case cases[] = {
		{"hello|wifi password isnt working its greenfox42", "PASSWORD",
		 "greenfox42"},
		{"hello|the password is harvest dash 1984 now", "PASSWORD",
		 "harvest dash 1984"},
		{"what was the name of your first pet?|waffles", "PASSWORD",
		 NULL},
		{"security question, your favorite sports team|it was the "
		 "otters",
		 "PASSWORD", "otters"},
		{"what was your first car|um a red corolla i think", "PASSWORD",
		 "red corolla"},
		{"hello|my security word is tangerine", "PASSWORD",
		 "tangerine"},
		{"hello|the answer to my security question is blue moon",
		 "PASSWORD", "blue moon"},
		{"the password?|purple cow 88", "PASSWORD", NULL},
		{"hello|pw t1gerlily", "PASSWORD", "t1gerlily"},
		{"hello|i set the passwrd to Summer!2031 today", "PASSWORD",
		 "Summer!2031"},
		{"hello|the keypad code is 7263 pound", "PIN", "7263 pound"},
		/* none */
		{"hello|my password is wrong and i dont know why", NULL, NULL},
		{"hello|the password is expired i guess", NULL, NULL},
		{"what was the name of your first pet?|i dont remember", NULL,
		 NULL},
		{"please dont share your password|oops", NULL, NULL},
		{"hello|whats my security question|i can look", NULL, NULL},
	};

	(void)state;
	cases_talks(cases, ARRAY_LEN(cases));
}

static void test_numbers(void **state)
{
	static const struct talk_case cases[] = {
		{"hello|text me 4 0 8, 5 5 5, 0 1 9 9", "PHONE_NUMBER",
		 "4 0 8, 5 5 5, 0 1 9 9"},
		{"social?|4 1 2, 5 5, 9 0 3 1", "US_SSN", NULL},
		{"hello|the fax is 5 5 5 0 1 8 8 area code 3 1 2",
		 "PHONE_NUMBER", "area code 3 1 2"},
		{"hello|it shows 192 dot 168 dot 0 dot 14 there", "IP_ADDRESS",
		 "192 dot 168 dot 0 dot 14"},
		{"hello|ten dot zero dot zero dot one", NULL, NULL},
		{"sizes?|4, 5, 6 and 8", NULL, NULL},
		{"hello|3 4, 5", NULL, NULL},
		{"hello|the area code 312 is chicago", NULL, NULL},
		{"hello|version 4 dot 2", NULL, NULL},
		{"hello|what happened last month or last week|nothing", NULL,
		 NULL},
	};

	(void)state;
	cases_talks(cases, ARRAY_LEN(cases));
}

static void test_users(void **state)
{
	static const struct talk_case cases[] = {
		{"phone, username and email|3055550119, rvega, "
		 "rvega@gmial.con",
		 "USERNAME", "rvega"},
		{"username?|sunny side up 3", "USERNAME", NULL},
		{"user name please|its harlowe dot 77", "USERNAME",
		 "harlowe dot 77"},
		{"hello|i made it green underscore apple9 now", "USERNAME",
		 "green underscore apple9"},
		{"hello|kjane22 gmail com is mine", "EMAIL_ADDRESS",
		 "kjane22 gmail com"},
		{"email?|tdonovan gmail com", "EMAIL_ADDRESS", NULL},
		{"email?|rosa_parks88", "EMAIL_ADDRESS", NULL},
		{"hello|mail joe7@hotmail con", "EMAIL_ADDRESS",
		 "joe7@hotmail con"},
		{"email|rosa dot diaz at hot mail dot com", "EMAIL_ADDRESS",
		 NULL},
		{"hello|bkline@comcast,net is it", "EMAIL_ADDRESS",
		 "bkline@comcast,net"},
		{"hello|uname klee22 pls help", "USERNAME", "klee22"},
		{"hello|cant get in. user night.owl", "USERNAME", "night.owl"},
		{"hello|username goldfinch", "USERNAME", "goldfinch"},
		{"hello|the username i use is marblecat", "USERNAME",
		 "marblecat"},
		/* none */
		{"hello|the user experience is bad, login page too", NULL,
		 NULL},
		{"hello|my username is not working", NULL, NULL},
		{"hello|the username is unrecognized", NULL, NULL},
		{"hello|i forgot my username and pin", NULL, NULL},
		{"hello|my gmail account is locked", NULL, NULL},
		{"hello|the underscore key is broken", NULL, NULL},
		{"did you get the username?|yes, thanks, bye", NULL, NULL},
		{"username?|not sure, maybe my email", NULL, NULL},
		{"my pasword|whats your username", NULL, NULL},
	};

	(void)state;
	cases_talks(cases, ARRAY_LEN(cases));
}

static void test_addresses(void **state)
{
	static const struct talk_case cases[] = {
		{"what is your address|fifteen hundred hollyberry",
		 "STREET_ADDRESS", NULL},
		{"hello|send it to one penn plaza suite 4400", "STREET_ADDRESS",
		 "one penn plaza suite 4400"},
		{"hello|im at 2207 n 14th and got no tv", "STREET_ADDRESS",
		 "2207 n 14th"},
		{"the new address?|ok 61 nw wall suite b", "STREET_ADDRESS",
		 "61 nw wall suite b"},
		{"the address?|1920 fordham dr bldg 4 apt 410",
		 "STREET_ADDRESS", NULL},
		{"hello|i have 3317 bellflower way here", "STREET_ADDRESS",
		 "3317 bellflower way"},
		{"the street you live on?|ok, palmetto drive", "STREET_ADDRESS",
		 "palmetto drive"},
		{"address?|twelve hundred willow bend unit three oh six",
		 "STREET_ADDRESS", NULL},
		{"and the house number|fifty one", "STREET_ADDRESS", NULL},
		{"hello|my new address 88 elm tulsa ok 74103", "STREET_ADDRESS",
		 "88 elm tulsa ok 74103"},
		{"hello|new address is 1420 sunny hill, la vista ne",
		 "STREET_ADDRESS", "1420 sunny hill, la vista ne"},
		/* none */
		{"whats the address|two of them came broken", NULL, NULL},
		{"whats the address|one tick", NULL, NULL},
		{"hello|it is 1200 miles one way and 500 feet that way", NULL,
		 NULL},
	};

	(void)state;
	cases_talks(cases, ARRAY_LEN(cases));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_parts),
		cmocka_unit_test(test_no_parts),
		cmocka_unit_test(test_secrets),
		cmocka_unit_test(test_numbers),
		cmocka_unit_test(test_users),
		cmocka_unit_test(test_addresses),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
