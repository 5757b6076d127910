/* Addresses and places in chats and calls: told, asked for, nobody's. */
/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "policy/redact/recognizer.h"
#include "tests/unit/redact/cases.h"

static const struct good streets[] = {
	{"forty four bellflower court", NULL},
	{"sixty nine twenty three cedar hollow circle", NULL},
	{"my new place is at 908 sw 12th st unit 210 portland or",
	 "908 sw 12th st unit 210 portland or"},
	{"change it to 2210 n halsted apt 3 chicago il 60614",
	 "2210 n halsted apt 3 chicago il 60614"},
	{"its 45b w 3rd ave", "45b w 3rd ave"},
	{"im at 3 oak ct", "3 oak ct"},
	{"we moved to two oh one pepper tree lane", "two oh one pepper tree "
						    "lane"},
	{"it's 19 marsh hen way in savannah", "19 marsh hen way in savannah"},
	{"going to 751 quarry drive flagstaff right",
	 "751 quarry drive flagstaff"},
	{"555 east el camino real", NULL},
	{"its eleven hundred and five palmetto street",
	 "eleven hundred and five palmetto street"},
	{"at twenty one hundred mckinney avenue now",
	 "twenty one hundred mckinney avenue"},
	{"1100 h street", NULL},
	{"send it to 1290 san tomas aquino road", "1290 san tomas aquino road"},
	{"on 8000 arizona grand parkway", "8000 arizona grand parkway"},
	{"ship it to four twelve and a half east elm street apartment nine",
	 "four twelve and a half east elm street apartment nine"},
	{"Flat 3, 22 Acacia Gardens, London", NULL},
	{"unit 12, 88 beach road", NULL},
	{"apt. 4b, 10 Pine Street", NULL},
	{"88 beach road flat 2", NULL},
	{"15 shore rd apartment number 9", NULL},
	{"we're at rural route 2 box 118 dubuque iowa",
	 "rural route 2 box 118 dubuque iowa"},
	{"HC 61 Box 22", NULL},
	{"send it to p o box 44 wichita ks 67201",
	 "p o box 44 wichita ks 67201"},
	{"it's 12 rue des Lilas, 69003 Lyon, second door",
	 "12 rue des Lilas, 69003 Lyon"},
	{"the address is 34 rue jean mermoz, 75008", "34 rue jean mermoz, "
						     "75008"},
	{"28bis avenue Corentin Cariou, 75019", NULL},
	{"the address is 49-51, jalan hang lekiu, 50100",
	 "49-51, jalan hang lekiu, 50100"},
	{"my house number is 1204", "1204"},
	{"An der Linde 12, 04109 Leipzig", NULL},
	{"ich wohne am krummen weiher 7 in 99084 erfurt und warte",
	 "am krummen weiher 7 in 99084 erfurt"},
	{"Tannenkamp 31, 70173 Stuttgart", NULL},
	{"vivo en la calle del olmo 18, 3\xc2\xba b, 28004 madrid",
	 "calle del olmo 18, 3\xc2\xba b, 28004 madrid"},
	{"Calle Mayor 5, piso 3, puerta 2, 28013 Madrid", NULL},
	{"giao t\xe1\xbb\x9bi s\xe1\xbb\x91 14 ng\xc3\xb5 7 ph\xe1\xbb\x91 "
	 "Hu\xe1\xba\xbf, H\xc3\xa0 N\xe1\xbb\x99i",
	 "s\xe1\xbb\x91 14 ng\xc3\xb5 7 ph\xe1\xbb\x91 Hu\xe1\xba\xbf, "
	 "H\xc3\xa0 N\xe1\xbb\x99i"},
};

static const char *const streets_decoys[] = {
	"it is a 20 minute drive",
	"go 2 blocks and take the right way",
	"it's a 2 way street",
	"on a 4 lane highway",
	"two hundred dollar drive",
	"five mile road",
	"we have hundred acre lane",
	"i paid at 5 different stores on the way",
	"the score was 3 to 2 on the court",
	"it was 4 pm at my place",
	"at 10 oclock court opens",
	"24 karat gold drive",
	"at 100 percent close",
	"about 500 feet trail",
	"it was about 30 bucks way over",
	"on 3 separate accounts",
	"3 via mail",
	"room 4, 12 people",
	"unit 4, 30 minutes",
	"route 2 is closed",
	"box 118 is broken",
	"the apartment number is wrong",
	"house number one fan",
	"i have 12 boxes and 12 more",
	"delivered to 1742 instead of 1724",
	"she has 2 n batteries",
	"i want 2 w bulbs",
	"ich habe 5 pakete, 12345 teile",
	"Platz 5, 20 Minuten",
	"in der Schlange 3, bitte warten",
	"el piso 3 est\xc3\xa1 cerrado",
	"s\xe1\xbb\x91 14 th\xc3\xac sao",
	"it's 3 love songs place",
	"5 star close to the park",
};

static const struct good places[] = {
	{"we're based in tilbury so one hour ahead", "tilbury"},
	{"i'm over in normal", "normal"},
	{"I'm writing from Corning, so an hour ahead", "Corning"},
	{"we live in plenty.", "plenty"},
	{"i grew up near wawa", "wawa"},
	{"based out of chanute", "chanute"},
	{"a flight from minot to elko please", "minot"},
	{"a flight from minot to elko please", "elko"},
	{"departing from tulare", "tulare"},
	{"living in new ulm now", "new ulm"},
	{"i'm on Wilshire Blvd", "Wilshire Blvd"},
	{"i live on elm street", "elm street"},
};

static const char *const places_decoys[] = {
	"The branch on Colfax Road has moved.",
	"Wall Street fell and Main Street cheered.",
	"the bus stops at whitfield lane",
	"traffic on Bluebonnet Street again",
	"take the tunnel, then Broadway, then left",
	"number 5 bus to Church Lane is late",
	"calling from my cell",
	"i'm calling from work",
	"we are over in accounting",
	"i'm living in fear",
	"it's over in two days",
	"this is based in part on usage",
	"the file is located in downloads",
	"the button is located in menu",
	"i travel to work by bus",
	"he was raised in a barn",
	"calling from a blocked number",
	"flying from terminal 4",
};

static void test_streets(void **state)
{
	(void)state;
	cases_all("STREET_ADDRESS", streets, ARRAY_LEN(streets), streets_decoys,
		  ARRAY_LEN(streets_decoys));
}

static void test_places(void **state)
{
	(void)state;
	cases_some("LOCATION", places, ARRAY_LEN(places), places_decoys,
		   ARRAY_LEN(places_decoys));
}

/* "the shop on martin luther king drive": no person's. */
static void test_public(void **state)
{
	static const char *const decoys[] = {
		"the shop on martin luther king drive has no parking",
		"parking along rosa parks blvd is free",
	};

	(void)state;
	cases_some("PERSON", NULL, 0, decoys, ARRAY_LEN(decoys));
}

/* What was asked, what was answered, and the type and words of what is found;
 * NULL: nothing of that type. */
static void test_answers(void **state)
{
	static const char *const turns[][4] = {
		{"where do we ship it", "77 gallowgate", "STREET_ADDRESS",
		 "77 gallowgate"},
		{"where is home", "uh fifty two ridge crest way chattanooga",
		 "STREET_ADDRESS", "fifty two ridge crest way chattanooga"},
		{"and the street", "77 gallowgate", "STREET_ADDRESS",
		 "77 gallowgate"},
		{"which house is it?", "12 bramble nook", "STREET_ADDRESS",
		 "12 bramble nook"},
		{"what's the street address?", "so 1482 larkspur",
		 "STREET_ADDRESS", "1482 larkspur"},
		{"what is the apartment number", "4c", "STREET_ADDRESS", "4c"},
		{"house number?", "it's 22", "STREET_ADDRESS", "22"},
		{"so that's 4212 maple street", "no 4217 maple",
		 "STREET_ADDRESS", "4217 maple"},
		{"Wohin sollen wir liefern?", "Kirchplatz 4 in Erfurt",
		 "STREET_ADDRESS", "Kirchplatz 4 in Erfurt"},
		{"which city?", "it's nantucket", "LOCATION", "nantucket"},
		{"City?", "Normal", "LOCATION", "Normal"},
		{"city and zip please", "boise 83702", "LOCATION", "boise"},
		{"where do we ship it", "2 copies", "STREET_ADDRESS", NULL},
		{"where did you buy it", "2 stores down the road",
		 "STREET_ADDRESS", NULL},
		{"where are we sending it", "5 minutes from there",
		 "STREET_ADDRESS", NULL},
		{"what's your address", "i need 2", "STREET_ADDRESS", NULL},
		{"is it going to 55 main street?", "yes 2 boxes",
		 "STREET_ADDRESS", NULL},
		{"which city?", "whichever is cheaper", "LOCATION", NULL},
		{"what city is that in?", "not sure honestly", "LOCATION",
		 NULL},
		{"where should i send the label?", "all small letters, please",
		 "LOCATION", NULL},
	};
	struct recognizers *r = cases_rules(NULL);

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(turns); i++) {
		struct run runs[2] = {cases_run(turns[i][0]),
				      cases_run(turns[i][1])};
		struct hits h = {0};
		bool wanted = turns[i][3] != NULL;

		runs[0].speaker = bytes_str("agent");
		runs[1].speaker = bytes_str("caller");
		assert_int_equal(recognize(r, runs, 2, &h), 0);
		cases_sound(runs, 2, &h);
		if (cases_has(r, runs, &h, turns[i][2], 1, turns[i][3]) !=
		    wanted)
			fail_msg("%s: %s", turns[i][0], turns[i][1]);
		hits_free(&h);
	}
	recognizers_free(r);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_streets),
		cmocka_unit_test(test_places),
		cmocka_unit_test(test_public),
		cmocka_unit_test(test_answers),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
