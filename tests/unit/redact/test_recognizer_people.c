/* Names as they are said and typed: in lower case, without commas, by place. */
/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "policy/redact/recognizer_name.h"
#include "tests/unit/redact/cases.h"

static const struct good names[] = {
	{"hey it's zbigniewa here about the bill", "zbigniewa"},
	{"its rose here, i called before", "rose"},
	{"hi its summer day again, i rang last week", "summer day"},
	{"it's okonjo from yesterday", "okonjo"},
	{"you have ruby ostrowska on the line", "ruby ostrowska"},
	{"this would be delroy price on the line", "delroy price"},
	{"ingeborga and i share the plan", "ingeborga"},
	{"June and I split it.", "June"},
	{"please put amina yusuf down as my emergency contact", "amina yusuf"},
	{"list kevin case as next of kin", "kevin case"},
	{"it is registered to olumide west", "olumide west"},
	{"booked under faith okafor", "faith okafor"},
	{"i'm down as mercy lindqvist", "mercy lindqvist"},
	{"i go by delphine, by the way", "delphine"},
	{"it was hope who took the call", "hope"},
	{"Wilhelmina here, from the second floor", "Wilhelmina"},
	{"ruth peters calling back about it", "ruth peters"},
	{"my landlord, blessing udo, has a key", "blessing udo"},
	{"the plumber rich vandermeer was there", "rich vandermeer"},
	{"my mother-in-law tamsin hall set it up", "tamsin hall"},
	{"my doctor is patel and that is that", "patel"},
	{"her brother Wade came by", "Wade"},
	{"last time penny told me otherwise", "penny"},
	{"my sister hope said she would", "hope"},
	{"you could ring dmitri frost since he knows", "dmitri frost"},
	{"please tell grace that it came", "grace"},
	{"i'm art, art vandelay", "art vandelay"},
	{"calling for the speed family about it", "speed"},
	{"under the name of the Whitlock household", "Whitlock"},
	{"super mieczyslawa just a tick", "mieczyslawa"},
	{"all good then bye miles", "miles"},
	{"happy to help rich enjoy your day", "rich"},
	{"got it mrs early", "early"},
	{"thanks mr white", "white"},
	{"transfer 40 to grace from my savings", "grace"},
	{"the checking account of jasbira.", "jasbira"},
	{"how about dwyer patricia j, the nurse", "dwyer patricia j"},
	{"a rep named priya hung up", "priya"},
	{"im tyrone and i need help", "tyrone"},
	{"is dr bloom in today", "bloom"},
	{"dr. west is off on fridays", "west"},
	{"i saw dr rose about my knee", "rose"},
	{"it was with professor hill", "hill"},
	{"an hour with dr achterbrugge please", "achterbrugge"},
	{"hola se\xc3\xb1ora vega", "vega"},
	{"thx beau ur the best", "beau"},
	{"thanks grace you're the best", "grace"},
	{"the surname is hakkarainen", "hakkarainen"},
	{"my name's june mokuahi", "june mokuahi"},
	{"the name is tadhgana, with an a", "tadhgana"},
	{"Will will pay for it", "Will"},
	{"mein name ist wolfram winter.", "wolfram winter"},
	{"guten tag hier spricht annegret winter das paket fehlt",
	 "annegret winter"},
	{"Buenas, le habla Encarnaci\xc3\xb3n Delgado",
	 "Encarnaci\xc3\xb3n Delgado"},
	{"c\xe1\xba\xa3m \xc6\xa1n ch\xe1\xbb\x8b Y\xe1\xba\xbfn, "
	 "h\xe1\xba\xb9n g\xe1\xba\xb7p l\xe1\xba\xa1i",
	 "Y\xe1\xba\xbfn"},
	{"t\xc3\xb4i l\xc3\xa0 nguy\xe1\xbb\x85n ho\xc3\xa0i an.",
	 "nguy\xe1\xbb\x85n ho\xc3\xa0i an"},
};

static const char *const decoys[] = {
	"it's raining here",
	"it's frozen again",
	"it's sunny here",
	"its not here yet",
	"it's down again, i restarted it",
	"the screen is black again",
	"still here",
	"is anyone here",
	"refund calling",
	"you have me on the line",
	"wife and i want to cancel",
	"hubby and i moved",
	"good and i will wait",
	"i put my card down as payment",
	"put the order down as a gift",
	"list price as shown",
	"it is registered to my email",
	"i booked for two nights",
	"booked as a double room",
	"registered for the app",
	"i go by bus",
	"my wife may call later",
	"my husband will call",
	"the driver said he left it",
	"my brother lives here",
	"my bank told me",
	"the website said it was free",
	"the bill said it was due",
	"the manager gave me a code",
	"tell me about it",
	"ring the bell twice",
	"check with them first",
	"ask about the price",
	"i'm happy happy",
	"i'm so so sorry",
	"here for the family plan",
	"calling for the whole family",
	"super helpful thanks",
	"okay will do",
	"great service",
	"perfect timing",
	"right away",
	"bye for now",
	"thanks again",
	"thanks in advance",
	"thanks loads you're the best",
	"thx for that",
	"thx will do",
	"happy to help with that",
	"my name is spelled wrong",
	"the name is wrong",
	"last name same as before",
	"last name please",
	"this is ridiculous and i want a refund",
	"a song called grace notes",
	"an alarm named wake up",
	"transfer me to billing",
	"pay to park here",
	"they rob us with these fees",
	"grant access to the page",
	"mark the box and bill me",
	"the art print came bent",
	"i need an allen key",
	"DOB?",
	"Ta. Bye now.",
	"Lovely, one tick.",
	"is it parkinson's then",
	"the dr may call you",
	"is the dr in",
	"i need it for dr appts",
	"for dr visits only",
	"i need a dr note",
	"i like dr pepper",
	"the shop on ocean dr west of it",
	"si se\xc3\xb1or claro que si",
};

static void test_names(void **state)
{
	(void)state;
	cases_all("PERSON", names, ARRAY_LEN(names), decoys, ARRAY_LEN(decoys));
}

/* What follows a question; want NULL: no name. */
static const struct {
	const char *asks, *says, *want;
} answers[] = {
	{"who am i speaking with", "blaze", "blaze"},
	{"so who is this?", "nyamekye.", "nyamekye"},
	{"who do i have on the phone", "price, ragnvald.", "price, ragnvald"},
	{"and you are?", "ruby good the usual", "ruby good"},
	{"name?", "zephyr ashgrove", "zephyr ashgrove"},
	{"name on file, please?", "um zdenka speed", "zdenka speed"},
	{"name for the booking", "registered to faith ngwenya",
	 "faith ngwenya"},
	{"name on the card?", "a j donagh", "a j donagh"},
	{"full name please", "okay it's june park", "june park"},
	{"and your last name", "frost", "frost"},
	{"mothers name", "precious", "precious"},
	{"and the fathers", "bishop", "bishop"},
	{"In whose name did you book?", "Young, Zephyrine", "Young, Zephyrine"},
	{"your name please", "sure no problem", NULL},
	{"your name please", "why do you need that", NULL},
	{"your name please", "same as before", NULL},
	{"your name please", "not sure which one i used", NULL},
	{"name please", "it goes by the name of the company", NULL},
	{"how do you spell that surname", "like it sounds", NULL},
	{"my name is tessa, what is wrong", "the flyer is wrong", NULL},
};

static bool is_hidden(const struct hits *h, const struct recognizers *r)
{
	for (size_t i = 0; i < h->n; i++)
		if (h->v[i].run == 1 &&
		    h->v[i].type == recognizers_type_of(r, "PERSON"))
			return true;
	return false;
}

static void test_answers(void **state)
{
	struct recognizers *r = cases_rules(NULL);

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(answers); i++) {
		struct run runs[2] = {cases_run(answers[i].asks),
				      cases_run(answers[i].says)};
		struct hits h = {0};
		bool right;

		runs[0].speaker = bytes_str("agent");
		runs[1].speaker = bytes_str("caller");
		assert_int_equal(recognize(r, runs, 2, &h), 0);
		right = answers[i].want == NULL
				? !is_hidden(&h, r)
				: cases_has(r, runs, &h, "PERSON", 1,
					    answers[i].want);
		hits_free(&h);
		if (!right)
			fail_msg("%s %s", answers[i].asks, answers[i].says);
	}
	recognizers_free(r);
}

/* Who says a name does not ask for one. */
static void test_given(void **state)
{
	struct recognizers *r = cases_rules(NULL);
	struct run runs[3] = {cases_run("who is this"),
			      cases_run("ikaika. last name hill."),
			      cases_run("the pickup point has moved")};
	struct hits h = {0};

	(void)state;
	for (unsigned i = 0; i < 3; i++)
		runs[i].speaker = bytes_str(i == 1 ? "caller" : "agent");
	assert_int_equal(recognize(r, runs, 3, &h), 0);
	assert_true(cases_has(r, runs, &h, "PERSON", 1, "ikaika"));
	assert_true(cases_has(r, runs, &h, "PERSON", 1, "hill"));
	assert_false(cases_has(r, runs, &h, "PERSON", 2, NULL));
	hits_free(&h);
	recognizers_free(r);
}

/* What the table of names makes of a word alone. */
static void test_kinds(void **state)
{
	static const struct {
		const char *word;
		enum name_kind kind;
	} words[] = {{"the", NAME_NONE},      {"wrong", NAME_NONE},
		     {"netflix", NAME_WORD},  {"rose", NAME_WORD},
		     {"price", NAME_WORD},    {"grace", NAME_WORD},
		     {"zephyrax", NAME_RARE}, {"patricia", NAME_KNOWN},
		     {"PATRICIA", NAME_KNOWN}};
	struct recognizers *r = cases_rules(NULL);

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(words); i++) {
		struct bytes text = bytes_str(words[i].word);
		struct scan s = {.r = r, .t = text.p, .n = (uint32_t)text.n};

		assert_int_equal(recognizer_name_kind(&s, 0, s.n),
				 words[i].kind);
	}
	recognizers_free(r);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_names), cmocka_unit_test(test_answers),
		cmocka_unit_test(test_given), cmocka_unit_test(test_kinds)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
