/* Names in dialogues that nothing around speaks for, and things called so. */
/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "policy/redact/recognizer_name.h"
#include "tests/unit/redact/cases.h"

/* Turns of two who take turns; in the last one want is somebody's name; NULL:
 * nobody's and no place. */
struct name_case {
	const char *turns, *want;
};

/* [start, end) of the run is hidden as a person's; want NULL: nothing is. */
static bool is_right(const struct recognizers *r, const struct run *runs,
		     const struct hits *h, size_t run, const char *want)
{
	int person = recognizers_type_of(r, "PERSON");
	int place = recognizers_type_of(r, "LOCATION");
	struct bytes text = runs[run].text;
	uint32_t at = 0, end;

	if (want != NULL) {
		const uint8_t *p = memmem(text.p, text.n, want, strlen(want));

		assert_non_null(p);
		at = (uint32_t)(p - text.p);
	}
	end = at + (want == NULL ? 0 : (uint32_t)strlen(want));
	for (size_t k = 0; k < h->n; k++) {
		const struct hit *x = &h->v[k];

		if (x->run != run || (x->type != person && x->type != place))
			continue;
		if (want == NULL)
			return false;
		if (x->start < at || x->end > end)
			return false; /* more than the name */
		while (at < end && at < x->start && text.p[at] == ' ')
			at++;
		at = x->start == at ? x->end : at;
	}
	return at == end;
}

static void check(const struct name_case *cases, size_t n)
{
	struct recognizers *r = cases_rules(NULL);
	unsigned failed = 0;

	for (size_t i = 0; i < n; i++) {
		struct run runs[CASES_TURNS];
		struct hits h = {0};
		char text[CASES_LONG];
		size_t turns = cases_split(cases[i].turns, text, runs);

		assert_int_equal(recognize(r, runs, turns, &h), 0);
		if (!is_right(r, runs, &h, turns - 1, cases[i].want)) {
			print_error("%s\n", cases[i].turns);
			failed++;
		}
		hits_free(&h);
	}
	recognizers_free(r);
	assert_int_equal(failed, 0);
}

/* No list has them, or only that of names. */
static void test_unlisted(void **state)
{
	static const struct name_case cases[] = {
		{"i think okwuosa has the spare keys", "okwuosa"},
		{"yesterday zbynek fixed the modem", "zbynek"},
		{"you can leave it with ngozika downstairs", "ngozika"},
		{"the package was for rhiannon next door", "rhiannon"},
		{"please talk to siobhan about it", "siobhan"},
		{"that was signed by mcallister", "mcallister"},
		{"ya ayasha tso", "ayasha tso"},
		{"it went to a mortimer hayes in error", "mortimer hayes"},
		{"so then vaughn said it is covered", "vaughn"},
		{"the adjuster is vaughn", "vaughn"},
		{"i got a call about tadhgana", "tadhgana"},
		{"the bill for nkechika came", "nkechika"},
		{"Almost. Pavel is finishing the brakes", "Pavel"},
		{"Oluwaseyifunmi is picking it up", "Oluwaseyifunmi"},
		{"i chatted earlier w dean", "dean"},
	};
	static const struct name_case decoys[] = {
		{"my subcription was cancled", NULL},
		{"i recieved the wrong shiping lable", NULL},
		{"it was rebooked and the router keeps rebooting", NULL},
		{"do you offer callbacks or preorders", NULL},
		{"i apologise for the inconvience", NULL},
		{"haha thx cya", NULL},
		{"itll be ready and theyll text you", NULL},
		{"one cortado please and the macchiato", NULL},
		{"my fitbit wont sync", NULL},
		{"hmmm hiii sooo what now", NULL},
		{"the ssd and the hdmi cable", NULL},
		{"i take lisinopril daily", NULL},
		{"the womens beanie is unavailabe", NULL},
		{"a gb of data and 200 mbps", NULL},
		{"see www.zorvex.example or write to zorvex@mail.example",
		 NULL},
		{"no spam in the curbside box", NULL},
		{"which tacoma", NULL},
		{"espn and hbo are gone", NULL},
		{"geico said no", NULL},
		{"the shop on martin luther king drive is shut", NULL},
		{"awesome gotcha woohoo", NULL},
		{"a cup of coffe", NULL},
		{"come along with me", NULL},
	};

	(void)state;
	check(cases, ARRAY_LEN(cases));
	check(decoys, ARRAY_LEN(decoys));
}

/* Of a speaker's turn in another language no word is in an English list. */
static void test_foreign(void **state)
{
	static const struct name_case cases[] = {
		{"ich habe die rechnung nicht bekommen und brauche sie", NULL},
		{"no puedo entrar a mi cuenta desde ayer por favor", NULL},
	};

	(void)state;
	check(cases, ARRAY_LEN(cases));
}

static void test_among(void **state)
{
	static const struct name_case cases[] = {
		{"order id and a name?|mir-5507-118 summer vance",
		 "summer vance"},
		{"full name please|joyous kim", "joyous kim"},
		{"your name and mailing address?|felicity ng 12 oak st "
		 "fairhope al 36532",
		 "felicity ng"},
		{"name and zip please|sure its crystal minh and my zip is "
		 "28377",
		 "crystal minh"},
		{"full name, email and phone|joseph banter "
		 "jb88@mail.example 555-201-3344",
		 "joseph banter"},
		{"name and email?|email: tt@mail.example name: thuy tran",
		 "thuy tran"},
		{"can i get your name|faith and i need a refund", "faith"},
		{"whats your name|bartholomew but everyone calls me by "
		 "something shorter than that, you know how it is",
		 "bartholomew"},
		{"name and date of birth|hyun woo oh eight twenty two "
		 "nineteen seventy",
		 "hyun woo"},
		{"and your last name|case", "case"},
		{"your full name and the reason for chatting|juniper "
		 "castellanos. i want to upgrade my plan",
		 "juniper castellanos"},
		{"hi|first name april last name showers (yes really)|ok|"
		 "last name showers (yes)",
		 "showers"},
	};
	static const struct name_case decoys[] = {
		{"name and issue please|i want to return the jacket i bought",
		 NULL},
		{"your name and order number|sure, one moment please", NULL},
		{"name?|why do you need it", NULL},
		{"name and email|unfortunatly i forgot my password and i cant "
		 "log in at all",
		 NULL},
		{"your name?|agent", NULL},
		{"name and address|checking now, will send the details in a "
		 "minute",
		 NULL},
		{"what is wrong with the name|the last name please fix", NULL},
	};

	(void)state;
	check(cases, ARRAY_LEN(cases));
	check(decoys, ARRAY_LEN(decoys));
}

static void test_told(void **state)
{
	static const struct name_case cases[] = {
		{"ok ill wait outside. im dre", "dre"},
		{"hey it's drew with the truck is it done", "drew"},
		{"this is chip with retention how are you", "chip"},
		{"a table tonight for adeyemika party of four", "adeyemika"},
		{"we'll fax doctor lim this afternoon", "lim"},
		{"a call from doctor nakagawas office", "nakagawas"},
		{"okay that's mister early's place", "early"},
		{"ask for drew at the desk", "drew"},
		{"ask for percival", "percival"},
		{"is dr tso in today", "tso"},
		{"calling on behalf of quill", "quill"},
		{"my son reed lost his card", "reed"},
		{"my roommate ivy returned my dress", "ivy"},
		{"the manager named walker kicked me out", "walker"},
		{"welcome, my name is precious may i have your zip",
		 "precious"},
		{"my name is priya may i have your zip", "priya"},
		{"his name is jaxon pruitt born in june", "jaxon pruitt"},
	};
	static const struct name_case decoys[] = {
		{"this is crazy with all the fees", NULL},
		{"it's stuck at the gate", NULL},
		{"its better with milk", NULL},
		{"this is garbage with a bow on it", NULL},
		{"ask for help with that", NULL},
		{"ask for a refund", NULL},
		{"im bummed and im sleepy", NULL},
		{"a party of four in the back", NULL},
		{"see a doctor soon", NULL},
		{"on behalf of my company", NULL},
		{"my friend bought art supplies", NULL},
		{"my mom will call and my dad may not", NULL},
		{"hello, secure chat, you're connected", NULL},
	};

	(void)state;
	check(cases, ARRAY_LEN(cases));
	check(decoys, ARRAY_LEN(decoys));
}

static void test_things(void **state)
{
	static const struct name_case decoys[] = {
		{"what color|violet", NULL},
		{"and the trim|ivory or pearl", NULL},
		{"did you want the harper sofa|the harper in grey", NULL},
		{"we have 8 in white and in green", NULL},
		{"white glove is 149 and includes stairs", NULL},
		{"the tommy hilfiger shirt or the calvin klein one", NULL},
		{"it was a michael kors bag", NULL},
		{"some brands are excluded, nike is one of them", NULL},
		{"do they come in suede or charcoal", NULL},
		{"does bosch make one", NULL},
		{"is it cherry or walnut", NULL},
		{"how much for a toyota corolla", NULL},
	};
	static const struct name_case cases[] = {
		{"may i have your name|ruby", "ruby"},
		{"calling for the harper family", "harper"},
		{"thanks ruby.", "ruby"},
	};

	(void)state;
	check(cases, ARRAY_LEN(cases));
	check(decoys, ARRAY_LEN(decoys));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_unlisted), cmocka_unit_test(test_foreign),
		cmocka_unit_test(test_among),	 cmocka_unit_test(test_told),
		cmocka_unit_test(test_things),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
