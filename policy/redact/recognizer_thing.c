/* What is called like a person or a place: makes, models, colours. */
/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Shops name sofas after people and trucks after towns, and paint is ivory or
 * ruby. Of one word in lower case the tagger's word is not taken where an
 * article stands before it ("the harper in grey": people and towns have none),
 * for a colour that was asked for or stands where one does, and for a place
 * whose words are all English and that nobody says to be in.
 */
#include "policy/redact/recognizer_name.h"

/* Makers that are called like people, two words each. */
static const char *const makers[] = {
	"calvin klein",	     "tommy hilfiger",	 "michael kors",
	"ralph lauren",	     "kate spade",	 "jimmy choo",
	"marc jacobs",	     "tory burch",	 "steve madden",
	"paul smith",	     "ted baker",	 "hugo boss",
	"perry ellis",	     "johnnie walker",	 "jack daniels",
	"harley davidson",   "john deere",	 "charles schwab",
	"wells fargo",	     "morgan stanley",	 "les mills",
	"papa johns",	     "jimmy johns",	 "trader joes",
	"betty crocker",     "louis vuitton",	 "vera wang",
	"vera bradley",	     "stella artois",	 "stella mccartney",
	"alexander mcqueen", "christian dior",	 "giorgio armani",
	"karl lagerfeld",    "kenneth cole",	 "cole haan",
	"eddie bauer",	     "lane bryant",	 "ann taylor",
	"fred perry",	     "ben sherman",	 "rolls royce",
	"mercedes benz",     "alfa romeo",	 "aston martin",
	"barnes noble",	     "bobbi brown",	 "charlotte tilbury",
	"estee lauder",	     "elizabeth arden",	 "mary kay",
	"oscar mayer",	     "philip morris",	 "edward jones",
	"raymond james",     "merrill lynch",	 "ernst young",
	"sherwin williams",  "benjamin moore",	 "stanley steemer",
	"ethan allen",	     "ashley furniture", "jennifer convertibles",
	"martha stewart",    "rachael ray",	 "tim hortons",
	"jamie oliver",	     "gordon ramsay",	 "bath body"};

bool recognizer_thing_maker(const struct scan *s, uint32_t i)
{
	uint32_t start = name_before(s, i);

	for (size_t k = 0; k < ARRAY_LEN(makers); k++)
		if (name_said(s, i, makers[k]) != 0 ||
		    (start < i && name_said(s, start, makers[k]) != 0))
			return true;
	return false;
}

bool recognizer_thing_colour(const struct scan *s, uint32_t i, uint32_t end)
{
	static const char colours[] =
		" violet ivory pearl amber coral emerald ruby jade olive hazel "
		"rose sage ash auburn indigo crimson scarlet cherry ginger "
		"saffron cobalt lavender lilac mauve heather magenta teal navy "
		"burgundy maroon mustard charcoal khaki tan black white grey "
		"gray brown green blue red pink purple orange yellow gold "
		"silver bronze copper beige cream mint peach plum rust sand "
		"sky slate stone wine camel mocha espresso chestnut walnut "
		"oak maple mahogany birch cedar teak graphite midnight "
		"starlight onyx opal topaz sapphire matte satin velvet linen "
		"denim suede leather cotton silk mango vanilla berry ";

	return name_one(s, i, end, colours);
}

/* "in ivory", "ivory or pearl", or a thing's colour, size or make was asked
 * for. */
static bool is_chosen(const struct scan *s, uint32_t i, uint32_t end)
{
	static const char before[] = " in or the a and it color colour also ";
	static const char behind[] = " or and one ones is color colour in ";
	uint32_t start = name_before(s, i);

	return ((s->asked | s->seen) >> TOPIC_ITEM & 1) != 0 ||
	       (start < i && name_one(s, start, i - 1, before)) ||
	       name_over(s, end, behind) != 0;
}

/* "the harper", but "the harper family", "a jasbir called". */
static bool is_article(const struct scan *s, uint32_t i, uint32_t end,
		       bool known)
{
	static const char articles[] =
		" the which these those any some another each every no ";
	static const char one[] = " a an ";
	static const char theirs[] = " family household residence account ";
	uint32_t start = name_before(s, i);

	return start < i &&
	       (name_one(s, start, i - 1, articles) ||
		(!known && name_one(s, start, i - 1, one))) &&
	       scan_at(s, end) != '\'' && name_over(s, end, theirs) == 0;
}

/* All of it is English words in lower case that name no place: "white glove".
 */
static bool is_phrase(const struct scan *s, uint32_t i, uint32_t end)
{
	for (uint32_t stop; i < end; i = stop + 1) {
		unsigned listed;

		stop = recognizer_letters_end(s, i);
		listed = recognizer_name_listed(s, i, stop);
		if (stop > end || stop == i || !is_lower(s->t[i]) ||
		    (listed & TAGGER_PLACE) != 0 ||
		    ((listed & TAGGER_WORD) == 0 &&
		     recognizer_name_roles(s, i, stop) == 0))
			return false;
	}
	return true;
}

static bool is_in(const struct scan *s, uint32_t i)
{
	static const char words[] =
		" in from to near of outside around live by via ";
	uint32_t start = name_before(s, i);

	return start < i && name_one(s, start, i - 1, words);
}

bool recognizer_thing(struct scan *s, const struct tagger_span *t)
{
	const uint64_t place = TOPIC_BIT(TOPIC_ADDRESS) | TOPIC_BIT(TOPIC_CITY);
	uint32_t end = recognizer_letters_end(s, t->start);
	bool one = end == t->end, known;

	if (t->type == TAGGER_ORGANIZATION || !is_lower(s->t[t->start]))
		return false;
	s->steps += t->end - t->start;
	if (recognizer_thing_maker(s, t->start) ||
	    ((s->asked >> TOPIC_NAME & 1) == 0 &&
	     (recognizer_name_roles(s, t->start, end) & ROLE_MAKE) != 0))
		return true;
	if (t->type == TAGGER_LOCATION && is_phrase(s, t->start, t->end) &&
	    (s->asked & place) == 0 &&
	    (one ? (t->start > 0 && !is_in(s, t->start)) ||
			     recognizer_thing_colour(s, t->start, end)
		 : !is_in(s, t->start) &&
			     recognizer_thing_colour(s, t->start, end)))
		return true; /* "white glove", but "mountain view" */
	if (!one || (s->asked >> TOPIC_NAME & 1) != 0)
		return false;
	known = recognizer_name_kind(s, t->start, end) == NAME_KNOWN;
	if (is_article(s, t->start, end, known))
		return true;
	return recognizer_thing_colour(s, t->start, end) &&
	       is_chosen(s, t->start, end);
}
