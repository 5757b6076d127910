/* Names that nothing around speaks for: words of speech that are in no list. */
/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Who chats writes few words that no list of English words has: of a hundred
 * about one, and of those the half are somebody's name. The others are made of
 * English words ("rebooked", "callback"), are such words mistyped ("warrenty"),
 * or are no names by where they stand ("the cortado"). What is left in a turn
 * of a dialogue in lower case is hidden: a rare name in an odd place is worth
 * more than a brand that is read. So is a word that is a name and nothing else.
 *
 * The score is the lowest there is: whatever else is found there stays that.
 * Of a turn only the first words that are in no list are looked at closely; one
 * that has more of them is a list, or no English. What costs more is asked
 * later: most turns have no word for which their language is counted.
 */
#include "policy/redact/recognizer_abroad.h"
#include "policy/redact/recognizer_name.h"

#define MOST 8	    /* words of a turn that are in no list */
#define SCORE 14    /* less than the tagger's least */
#define LEAST 4	    /* letters of one */
#define TYPED 5	    /* letters of one that may be mistyped */
#define SURELY 7    /* that may be so of any English word */
#define FREQUENT 48 /* of TAGGER_WORD, those that halves of words are of */

/* An English word: the letters of tagger_hash h and n more. */
static bool is_rest(const struct scan *s, uint64_t h, const uint8_t *p,
		    uint32_t n, unsigned least)
{
	unsigned word =
		tagger_hashed(s->r->tagger, tagger_hash(h, p, n)) & TAGGER_WORD;

	return word != 0 && word <= least;
}

static bool is_english(const struct scan *s, const uint8_t *p, uint32_t n,
		       unsigned least)
{
	return is_rest(s, TAGGER_START, p, n, least) ||
	       recognizer_words_find(&s->r->common, p, n, n) != NULL;
}

/* The word with one ending less, or another one in its place. */
static bool is_stem(const struct scan *s, const uint8_t *p, uint32_t n,
		    const char *other)
{
	uint8_t w[NAME_WORD_LONG + 4];
	uint32_t k = (uint32_t)strlen(other);

	if (n < 3)
		return false;
	memcpy(w, p, n);
	memcpy(w + n, other, k);
	return is_english(s, w, n + k, TAGGER_RARE);
}

/* "rebooting", "womens", "itll", "apologise": an English word and an end. */
static bool is_inflected(const struct scan *s, const uint8_t *p, uint32_t n)
{
	static const char *const ends[] = {
		"s",   "es",  "ed",   "d",    "ing",  "er",   "ers", "ly",
		"y",   "ll",  "ve",   "re",   "nt",   "able", "ish", "less",
		"ful", "ies", "ness", "ment", "wise", "st",   "in",  "like"};
	static const char *const british[][2] = {
		{"ise", "ize"},	   {"ising", "izing"}, {"ised", "ized"},
		{"our", "or"},	   {"ours", "ors"},    {"tre", "ter"},
		{"ogue", "og"},	   {"yse", "yze"},     {"eable", "able"},
		{"oured", "ored"}, {"ence", "ense"},   {"ption", "pt"}};

	for (size_t k = 0; k < ARRAY_LEN(ends); k++) {
		uint32_t e = (uint32_t)strlen(ends[k]), stem = n - e;

		if (n < e + 2 || memcmp(p + stem, ends[k], e) != 0)
			continue;
		if (is_english(s, p, stem, TAGGER_RARE) ||
		    is_stem(s, p, stem, "e") ||
		    (stem > 3 && p[stem - 1] == p[stem - 2] &&
		     is_english(s, p, stem - 1, TAGGER_RARE)) ||
		    is_stem(s, p, stem, "y"))
			return true;
	}
	for (size_t k = 0; k < ARRAY_LEN(british); k++) {
		uint32_t e = (uint32_t)strlen(british[k][0]);

		if (n > e + 2 && memcmp(p + n - e, british[k][0], e) == 0 &&
		    is_stem(s, p, n - e, british[k][1]))
			return true;
	}
	return false;
}

/* "preorder", "callback", "brightwave": a front, or two words in one. */
static bool is_made(const struct scan *s, const uint8_t *p, uint32_t n)
{
	static const char *const fronts[] = {"re",    "un",   "pre",  "non",
					     "dis",   "mis",  "over", "out",
					     "sub",   "anti", "auto", "multi",
					     "super", "mini", "tele", "inter"};

	for (size_t k = 0; k < ARRAY_LEN(fronts); k++) {
		uint32_t f = (uint32_t)strlen(fronts[k]);

		if (n > f + 3 && memcmp(p, fronts[k], f) == 0 &&
		    (is_english(s, p + f, n - f, TAGGER_RARE) ||
		     is_inflected(s, p + f, n - f)))
			return true;
	}
	for (uint32_t k = 3; k + 3 <= n; k++)
		if (is_english(s, p, k, FREQUENT) &&
		    is_english(s, p + k, n - k, FREQUENT))
			return true;
	return false;
}

/* A letter too many, one too few, two in the wrong order, a vowel for another:
 * "subcription", "recieved", "definately". */
static bool is_mistyped(const struct scan *s, const uint8_t *p, uint32_t n)
{
	static const uint8_t some[] = "aeioursnlt";
	const unsigned rare = n > SURELY ? TAGGER_RARE : FREQUENT;
	uint64_t last = TAGGER_START, h = tagger_hash(last, p, 1);

	if (is_rest(s, tagger_hash(last, p, n), some + 1, 1, FREQUENT))
		return true; /* "coffe" */
	for (uint32_t i = 1; i < n; i++) {
		const uint8_t turned[] = {p[i], p[i - 1]}, *q = p + i + 1;
		uint32_t rest = n - i - 1;

		if (((n > TYPED || p[i] == p[i - 1]) &&
		     is_rest(s, h, q, rest, rare)) ||
		    is_rest(s, tagger_hash(last, turned, 2), q, rest, rare))
			return true;
		for (unsigned c = 0; n > TYPED && c < sizeof(some) - 1; c++) {
			uint64_t with = tagger_hash(h, some + c, 1);

			if ((c < 5 && is_rest(s, with, q, rest, rare)) ||
			    is_rest(s, with, p + i, rest + 1, rare))
				return true;
		}
		last = h;
		h = tagger_hash(h, p + i, 1);
	}
	return false;
}

/* It can be said: "hdmi", "hmmm", "hiii" are no names. */
static bool is_sayable(const uint8_t *p, uint32_t n)
{
	unsigned vowels = 0;

	for (uint32_t i = 0; i < n; i++) {
		if (i > 1 && p[i] == p[i - 1] && p[i] == p[i - 2])
			return false;
		vowels += p[i] >= 0x80 || strchr("aeiouy", p[i]) != NULL;
	}
	return vowels > 0 && vowels < n;
}

/* "lisinopril", "sertraline". */
static bool is_drug(const uint8_t *p, uint32_t n)
{
	static const char *const ends[] = {
		"pril",	  "olol",  "statin",  "cillin", "mycin",  "profen",
		"azepam", "artan", "oxetine", "raline", "formin", "cycline",
		"azole",  "idine", "caine",   "axone",	"codone", "farin"};

	for (size_t k = 0; k < ARRAY_LEN(ends); k++) {
		size_t e = strlen(ends[k]);

		if (n > e + 1 && memcmp(p + n - e, ends[k], e) == 0)
			return true;
	}
	return false;
}

bool recognizer_rare_word(struct scan *s, uint32_t i, uint32_t end)
{
	uint8_t w[NAME_WORD_LONG];
	uint32_t n = end - i;

	if (n < LEAST || n >= NAME_WORD_LONG || s->r->tagger == NULL)
		return false;
	for (uint32_t k = 0; k < n; k++) {
		w[k] = name_lower(s->t[i + k]);
		if (!is_lower(w[k]))
			return false; /* "consuelo perdió": another language */
	}
	s->steps += n;
	return is_sayable(w, n) && !is_drug(w, n) && !is_inflected(s, w, n) &&
	       !is_made(s, w, n) && !is_mistyped(s, w, n);
}

/* Behind these stands a thing: "the cortado", "my fitbit". */
static bool is_thing(const struct scan *s, uint32_t i)
{
	static const char before[] =
		" the a an this that these those which what my your our his "
		"her their its any some no every each another per new old "
		"one two three four five six seven eight nine ten "
		"used other brand model pro ";
	static const char behind[] =
		" phone tv washer dryer fridge laptop tablet watch shoes boots "
		"shirt shirts jacket jeans bag sofa couch table chair lamp "
		"bed mattress car truck suv tires router modem app card bank "
		"insurance plan hotel inn airlines airport cafe restaurant "
		"grill pizza store pharmacy clinic hospital school university "
		"brand model series collection edition dress gown coat ";
	static const char street[] =
		" street st avenue ave road rd blvd boulevard drive lane "
		"parkway highway ";
	uint32_t start = name_before(s, i), end = name_word(s, i);
	uint32_t next = scan_at(s, end) == ' ' && end + 1 < s->n
				? name_word(s, end + 1)
				: end;

	return (start < i &&
		(name_one(s, start, i - 1, before) || is_digit(s->t[i - 2]))) ||
	       name_over(s, end, behind) != 0 ||
	       name_over(s, end, street) != 0 ||
	       (next > end + 1 && name_over(s, next, street) != 0);
}

/* No part of an address of a site or a mail, of a code, of a file's name. */
static bool is_apart(const struct scan *s, uint32_t i, uint32_t end)
{
	uint8_t a = i == 0 ? ' ' : s->t[i - 1], b = scan_at(s, end);

	return strchr(" \t\n(\"'*,!?", a) != NULL && b != '@' && b != '_' &&
	       b != '/' && b != ':' &&
	       !((b == '.' || b == '-') && is_word(scan_at(s, end + 1)));
}

/* "a mortimer hayes": no word behind it is one that a thing is called by. */
static bool has_more(const struct scan *s, uint32_t end)
{
	uint32_t next = scan_at(s, end) == ' ' ? name_word(s, end + 1) : end;

	return next > end + 1 &&
	       recognizer_name_kind(s, end + 1, next) == NAME_KNOWN;
}

/* Always written with a capital, and no place, where people are named: "signed
 * by mcallister". */
static bool is_proper(const struct scan *s, uint32_t i, uint32_t end)
{
	static const char before[] =
		" by for with from to and is was under named called ask tell "
		"dear hi hey hello thanks me it's its im i'm ";
	uint32_t start = name_before(s, i);

	return (start == i ? i == 0 : name_one(s, start, i - 1, before)) &&
	       end - i > 3 &&
	       recognizer_name_listed(s, i, end) == TAGGER_PROPER &&
	       recognizer_name_roles(s, i, end) == 0;
}

/* "i chatted earlier w dean", "left it with rose and": an English word that
 * people are called by, where nothing of its kind goes on behind it. */
static bool is_with(const struct scan *s, uint32_t i, uint32_t end)
{
	static const char before[] = " w with by tell ask thx ty me "
				     "told called emailed texted ";
	uint32_t start = name_before(s, i);

	return start < i && name_one(s, start, i - 1, before) &&
	       (recognizer_name_listed(s, i, end) & TAGGER_GIVEN) != 0 &&
	       recognizer_name_stops(s, end) &&
	       !recognizer_thing_colour(s, i, end);
}

static bool is_name(struct scan *s, uint32_t i, uint32_t end, bool more,
		    unsigned *odd)
{
	const unsigned no = ROLE_FUNCTION | ROLE_COMMON | ROLE_FOREIGN;
	enum name_kind kind;

	/* most words are none by this */
	if (end - i < 2 || !is_lower(s->t[i + 1]) ||
	    (recognizer_name_roles(s, i, end) & no) != 0)
		return false;
	kind = recognizer_name_kind(s, i, end);
	if (kind == NAME_WORD && (is_proper(s, i, end) || is_with(s, i, end)))
		kind = NAME_KNOWN;
	if (kind < NAME_RARE || !is_apart(s, i, end) ||
	    scan_listed(s, i, end)->trigger != NULL || recognizer_foreign(s))
		return false;
	more = more && recognizer_name_stops(s, end); /* "ayasha tso" */
	*odd += kind == NAME_RARE;
	if (end - i < (more ? 2 : 3) ||
	    (!(kind == NAME_KNOWN && has_more(s, end)) && is_thing(s, i)))
		return false;
	if (kind == NAME_KNOWN)
		return !recognizer_thing_maker(s, i);
	return more || (*odd <= MOST && recognizer_rare_word(s, i, end));
}

void recognizer_rare(struct scan *s)
{
	size_t from = 0;
	uint32_t start = 0, last = 0, end;
	unsigned odd = 0;
	bool on;

	if (s->r->tagger == NULL || s->run->kind != RUN_TEXT || s->run->again)
		return;
	if (s->run->speaker.n == 0 &&
	    recognizer_turn_label(bytes_of(s->t, s->n), &from).n == 0)
		return;
	s->steps += s->n;
	if (abroad_tongue(s) != ABROAD_NONE)
		return;
	for (uint32_t i = (uint32_t)from; i < s->n; i = end) {
		end = i + 1;
		if (!is_alpha(s->t[i]) && s->t[i] < 0x80)
			continue;
		end = recognizer_letters_end(s, i);
		on = last != 0 && last + 1 == i && s->t[last] == ' ';
		if (!is_name(s, i, end, on, &odd))
			continue;
		if (!on) {
			recognizer_hit(s, start, last, ENTITY_PERSON,
				       RULE_PERSON_RARE, SCORE);
			start = i;
		}
		last = end;
	}
	recognizer_hit(s, start, last, ENTITY_PERSON, RULE_PERSON_RARE, SCORE);
}
