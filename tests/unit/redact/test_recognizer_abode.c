/* Addresses and birthdays that the words around tell, over turns. */
/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "policy/redact/recognizer.h"
#include "tests/unit/redact/cases.h"

#define ADDRESS "STREET_ADDRESS"
#define BIRTH "DATE_OF_BIRTH"

static void test_streets(void **state)
{
	static const struct talk_case cases[] = {
		{"is there an outage at 600 copper basin", ADDRESS,
		 "600 copper basin"},
		{"account for twelve oh four sycamore", ADDRESS,
		 "twelve oh four sycamore"},
		{"is this the account for six sixty six hollow creek", ADDRESS,
		 "six sixty six hollow creek"},
		{"send it to my office one penn plaza suite 4400", ADDRESS,
		 "one penn plaza suite 4400"},
		{"to my work please, three embarcadero center suite twelve "
		 "hundred",
		 ADDRESS, "three embarcadero center suite twelve hundred"},
		{"yes send it to two hundred and six west main in lititz",
		 ADDRESS, "two hundred and six west main"},
		{"you are all set for delivery to 1907 linden, alameda",
		 ADDRESS, "1907 linden"},
		{"i have 3317 bellflower way, lakewood", ADDRESS,
		 "3317 bellflower way"},
		{"what unit are you in|twelve hundred willow bend unit three "
		 "oh six",
		 ADDRESS, NULL},
		{"the first line of your address?|yeah it's eighty four "
		 "kestrel rise",
		 ADDRESS, "eighty four kestrel rise"},
		{"address?|nineteen and a half cherry upstairs", ADDRESS, NULL},
		{"address?|thirty-three oh one wisteria", ADDRESS, NULL},
		{"address?|1920 fordham dr bldg 4 apt 410", ADDRESS, NULL},
		{"your address|i have 3124 n calvert street second floor",
		 ADDRESS, "3124 n calvert street second floor"},
		{"where should the technician go?|2208 4 ave nw calgary "
		 "t2n 0p1",
		 ADDRESS, NULL},
		{"your address?|it is seven hundred and twelve south pine",
		 ADDRESS, "seven hundred and twelve south pine"},
		{"your address?|8 the paddocks, stevenage", ADDRESS,
		 "8 the paddocks, stevenage"},
		{"set up a collection at 23 dunmore park", ADDRESS,
		 "23 dunmore park"},
		{"where is your emergency|twenty four oh six rosedale", ADDRESS,
		 NULL},
		{"your name and address|kay lund 44 elm st apt 2 boston ma "
		 "02110",
		 ADDRESS, "44 elm st apt 2 boston ma 02110"},
		{"ship to: dana whitlow 901 mesa verde apt c las cruces nm "
		 "88001",
		 ADDRESS, "901 mesa verde apt c las cruces nm 88001"},
		{"what is your address|email or home|home|fourteen hundred "
		 "braeburn",
		 ADDRESS, NULL},
		{"and the house number|fifty one it's fifty one headingley "
		 "mount",
		 ADDRESS, "fifty one headingley mount"},
	};

	(void)state;
	cases_talks(cases, ARRAY_LEN(cases));
}

static void test_parts(void **state)
{
	static const struct talk_case cases[] = {
		{"the street you live on?|palmetto drive", ADDRESS, NULL},
		{"what street do you live on?|bramble lane|and the number?|"
		 "forty six",
		 ADDRESS, NULL},
		{"which unit is this for|building seven apartment two twelve",
		 ADDRESS, NULL},
		{"service address?|lot 14 whispering pines", ADDRESS, NULL},
		{"the new address?|flat 2 the old mill tanyard lane otley",
		 ADDRESS, NULL},
		{"address?|1650 meridian unit 6|cross street?|meridian and "
		 "17th",
		 ADDRESS, NULL},
		{"the nearest intersection?|oak bluff and third", ADDRESS,
		 NULL},
		{"where are we picking you up?|corner of halsey and bedford",
		 ADDRESS, "halsey and bedford"},
		{"whats the eircode|D08 X4H2", "ZIP_CODE", NULL},
		{"house number and postcode?|14a, BS7 9DT", ADDRESS, "14a"},
		{"address?|hwy 12 mile marker 40", ADDRESS, NULL},
		{"address?|county road 12 number 883", ADDRESS, NULL},
		{"address?|n 4th and main", ADDRESS, NULL},
		{"what city?|spokane i think", "LOCATION", "spokane"},
		{"im in building g apt 5", ADDRESS, "building g apt 5"},
		{"the leak is in apartment 12", ADDRESS, "apartment 12"},
		{"your address?|five oak street|apartment number?|two b",
		 ADDRESS, NULL},
		{"street?|forty second by the park", ADDRESS, "forty second"},
		{"the name of the property?|rose cottage church lane", ADDRESS,
		 NULL},
		{"I'd like to live in Hayward.|It is a 2 bedroom 2 bath "
		 "apartment located at 24660 Amador Street.",
		 ADDRESS, "24660 Amador Street"},
		{"address?|12 bramblewick new haven 06511", ADDRESS, NULL},
	};

	(void)state;
	cases_talks(cases, ARRAY_LEN(cases));
}

static void test_again(void **state)
{
	static const struct talk_case cases[] = {
		{"i have 3317 bellflower way, lakewood|its 3371 not 3317",
		 ADDRESS, "3371"},
		{"i have 3317 bellflower way, lakewood|its 3371 not 3317",
		 ADDRESS, "3317"},
		{"your street address|7710 w alder|7710 w alder, got it|sorry "
		 "7701",
		 ADDRESS, "7701"},
		{"address?|64 hosmer st|so 64 hosmer in everett. updated",
		 ADDRESS, "64 hosmer in everett"},
		{"for delivery to 1907 linden, alameda|wait no. thats 1709 "
		 "linden",
		 ADDRESS, "1709 linden"},
		{"address?|po box 338, talkeetna|thanks. it had box 383",
		 ADDRESS, "box 383"},
		{"the address is wrong. it says 1221 spruce but its 1212 "
		 "spruce",
		 ADDRESS, "1221 spruce"},
		{"address?|condo, suite 1104, buzz 1104", ADDRESS, "1104"},
	};

	(void)state;
	cases_talks(cases, ARRAY_LEN(cases));
}

static void test_decoys(void **state)
{
	static const struct talk_case cases[] = {
		{"how many|fifty one. fifty one boxes of tile", NULL, NULL},
		{"address?|12 oak street|noted, one tick", NULL, NULL},
		{"address?|12 oak street|it cost a lot for 502 sheets", NULL,
		 NULL},
		{"address?|12 oak street|second floor of the store has it",
		 NULL, NULL},
		{"i want 12 palm tree seedlings and 3 garden gnomes", NULL,
		 NULL},
		{"order 2 bags of walk on bark too", NULL, NULL},
		{"my 2 tb drive failed after one week", NULL, NULL},
		{"lane 9 is free at 7 pm for 2 games", NULL, NULL},
		{"it is about 40 minutes from here", NULL, NULL},
		{"bake it at 350 degrees for twenty minutes", NULL, NULL},
		{"we have six hundred points left for you", NULL, NULL},
		{"upgrade to 500 megs for 20 more", NULL, NULL},
		{"aisle 12 has the paint and row 4 the rest", NULL, NULL},
		{"it's a 20 mile drive to the airport", NULL, NULL},
		{"a tray of 24 park rangers", NULL, NULL},
		{"address?|12 oak street|between 8 and 12|ok 12 works", NULL,
		 NULL},
		{"address?|12 oak street|anything else|i have 2 big dogs", NULL,
		 NULL},
		{"which property is it|the one with 3 beds 2 baths", NULL,
		 NULL},
		{"which unit is broken|the 3 ton unit upstairs", NULL, NULL},
		{"it is at 60 furman street and has|4 bed rooms and 3 baths",
		 NULL, NULL},
		{"what is the address|i see that 3 flights match", NULL, NULL},
		{"what is the address|i have located 6 therapists in santa "
		 "rosa",
		 NULL, NULL},
		{"address?|the origin and destination will be two", NULL, NULL},
		{"it has 4 units and 12 apartments", NULL, NULL},
		{"which one|the second", NULL, NULL},
		{"bake at 375 for 25 minutes|mine is 14 inch round", NULL,
		 NULL},
		{"i ordered 6 maple chairs and got 5 oak ones", NULL, NULL},
		{"your address please|its for 2 large pizzas only", NULL, NULL},
		{"where are you flying to|on flight 1482 at 6 15", NULL, NULL},
		{"which city is the apartment in?|it should have three bed "
		 "rooms",
		 NULL, NULL},
		{"address?|12 oak street|it has 1 bed room, 1 bath room", NULL,
		 NULL},
		{"address?|12 oak street|i see that 3 flights match", NULL,
		 NULL},
		{"address?|12 oak street|i fly with 0 check in bags", NULL,
		 NULL},
		{"your address?|the apartment comes unfurnished, and pets",
		 NULL, NULL},
		{"address?|12 oak street|there are two theaters nearby", NULL,
		 NULL},
	};

	(void)state;
	cases_talks(cases, ARRAY_LEN(cases));
}

static void test_births(void **state)
{
	static const struct talk_case cases[] = {
		{"month and year of birth?|august of seventy four", BIRTH,
		 NULL},
		{"and her birthday?|march twentieth this year", BIRTH, NULL},
		{"date of birth?|the third of may eighty one", BIRTH,
		 "third of may eighty one"},
		{"when were you born?|on the first of the first nineteen fifty",
		 BIRTH, "first of the first nineteen fifty"},
		{"he was born on the second of june oh four", BIRTH,
		 "second of june oh four"},
		{"date of birth?|nine twelve fifteen", BIRTH, NULL},
		{"date of birth?|12th of january 61", BIRTH, NULL},
		{"my dob is the 4th of july nineteen ninety", BIRTH,
		 "4th of july nineteen ninety"},
		{"what year were you born|'71", BIRTH, "71"},
		{"date of birth?|i have two of them", NULL, NULL},
		{"date of birth?|one second", NULL, NULL},
		{"date of birth?|it takes three to five days", NULL, NULL},
	};

	(void)state;
	cases_talks(cases, ARRAY_LEN(cases));
}

static bool has(const struct hits *h, uint32_t run, uint32_t start,
		uint32_t end)
{
	for (size_t i = 0; i < h->n; i++)
		if (h->v[i].run == run && h->v[i].start == start &&
		    h->v[i].end == end)
			return true;
	return false;
}

/* A word is looked at for 32 bytes; what is left of it is one, too. */
static void test_rest_of_a_word(void **state)
{
	static const char text[] = "address 2 w Abbbbbbbbbbbbbbbbbbbbbbbbbbbbbb"
				   "bfour w e";
	struct recognizers *r = cases_rules(NULL);
	struct run run = cases_run(text);
	struct hits h = {0};

	(void)state;
	assert_int_equal(recognize(r, &run, 1, &h), 0);
	assert_true(has(&h, 0, 8, 44));
	assert_true(has(&h, 0, 44, 52));
	hits_free(&h);
	recognizers_free(r);
}

/* What overlaps a house that was found is no house to be remembered. */
static void test_houses_that_overlap(void **state)
{
	static const char *const turns[] = {"street 5 Berlin Lane",
					    "#6 road #6 w bnd", "t 5 Berlin"};
	struct recognizers *r = cases_rules(NULL);
	struct run runs[3];
	struct hits h = {0};

	(void)state;
	for (unsigned i = 0; i < 3; i++) {
		runs[i] = cases_run(turns[i]);
		if (i % 2 == 0)
			runs[i].speaker = (struct bytes){0};
		else
			runs[i].speaker = bytes_str("agent");
	}
	assert_int_equal(recognize(r, runs, 3, &h), 0);
	assert_true(has(&h, 2, 2, 10));
	hits_free(&h);
	recognizers_free(r);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_streets),
		cmocka_unit_test(test_parts),
		cmocka_unit_test(test_again),
		cmocka_unit_test(test_decoys),
		cmocka_unit_test(test_births),
		cmocka_unit_test(test_rest_of_a_word),
		cmocka_unit_test(test_houses_that_overlap),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
