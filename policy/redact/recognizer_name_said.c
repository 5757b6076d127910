/* Names as they are said: in lower case, among words, by what stands around. */
/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A recognizer of speech writes no capitals and no commas, and many who chat
 * neither. Then a word's place decides, and what the table of names says of it:
 *
 *   "it's X here", "X and I", "put X down as my emergency contact"
 *
 * A word is one of four kinds. An English word that nobody is called by is no
 * name; one that some are called by ("rose", "price") is one where its place
 * asks for a name and the words behind it do not go on; a word that no list
 * has may be a rare name, and may be jargon; the rest are names. Behind the
 * first word of a name a second one is its own when it is a name, or when
 * nothing follows that it could belong to.
 *
 * Each rule looks at a bounded number of words beside its cue.
 */
#include "policy/redact/recognizer.h"

#include <string.h>

#define WORD_LONG 32 /* bytes of a word of a name */
#define PAYS 6	     /* words behind "send" */
#define MOST 3	     /* words of one that is said */

static uint32_t word_end(const struct scan *s, uint32_t i)
{
	uint32_t end = i;

	for (; end < s->n && end < i + WORD_LONG; end++) {
		uint8_t c = s->t[end];
		bool inner = (c == '\'' || c == '-') && end > i &&
			     is_alpha(scan_at(s, end + 1));

		if (!is_alpha(c) && c < 0x80 && !inner)
			break;
	}
	if (end - i > 2 && s->t[end - 2] == '\'' && s->t[end - 1] == 's')
		end -= 2;
	return is_digit(scan_at(s, end)) ? i : end;
}

static bool is_cap(const struct scan *s, uint32_t i)
{
	return is_upper(s->t[i]) || s->t[i] >= 0x80;
}

/* [i, end) is one of words, which blanks part and surround. */
static bool is_one(const struct scan *s, uint32_t i, uint32_t end,
		   const char *words)
{
	char word[WORD_LONG + 3] = " ";
	size_t n = 1;

	if (end <= i || end - i > WORD_LONG)
		return false;
	for (; i < end; i++)
		word[n++] = (char)(is_upper(s->t[i]) ? s->t[i] | 0x20
						     : s->t[i]);
	word[n++] = ' ';
	word[n] = '\0';
	return strstr(words, word) != NULL;
}

/* The word over one blank behind end is one of words: its end, or 0. */
static uint32_t over(const struct scan *s, uint32_t end, const char *words)
{
	uint32_t stop;

	if (scan_at(s, end) != ' ' || end + 1 >= s->n)
		return 0;
	stop = word_end(s, end + 1);
	return is_one(s, end + 1, stop, words) ? stop : 0;
}

/* Words that help others: hardly ever somebody in the midst of speech. */
static const char helpers[] = " will may can might must shall ";

/* enum tagger_listed; 0 where there is no tagger. */
static unsigned listed(const struct scan *s, uint32_t i, uint32_t end)
{
	return s->r->tagger == NULL
		       ? 0
		       : tagger_listed(s->r->tagger,
				       bytes_of(s->t + i, end - i));
}

enum name_kind recognizer_name_kind(const struct scan *s, uint32_t i,
				    uint32_t end)
{
	const unsigned who = TAGGER_GIVEN | TAGGER_FAMILY;
	unsigned roles = recognizer_name_roles(s, i, end), is;
	bool name;

	if (end - i < 2 || (roles & (ROLE_FUNCTION | ROLE_FOREIGN)) != 0)
		return NAME_NONE;
	is = listed(s, i, end);
	name = (is & (who | TAGGER_PROPER)) != 0 || (roles & ROLE_GIVEN) != 0;
	if ((is & TAGGER_WORD) != 0 || (roles & ROLE_COMMON) != 0 ||
	    (is & (TAGGER_GIVEN | TAGGER_PLACE)) == TAGGER_PLACE)
		return name ? NAME_WORD : NAME_NONE;
	if ((is & who) != 0)
		return NAME_KNOWN;
	if ((is & TAGGER_PROPER) != 0)
		return NAME_WORD; /* "netflix", "mays" */
	return memchr(s->t + i, '\'', end - i) == NULL ? NAME_RARE : NAME_NONE;
}

/* Somebody's first name, whatever else it means. */
static bool is_given(const struct scan *s, uint32_t i, uint32_t end)
{
	return (recognizer_name_roles(s, i, end) & ROLE_GIVEN) != 0 ||
	       (recognizer_name_kind(s, i, end) != NAME_NONE &&
		(listed(s, i, end) & TAGGER_GIVEN) != 0);
}

bool recognizer_name_called(const struct scan *s, uint32_t i, uint32_t end)
{
	const unsigned who = TAGGER_GIVEN | TAGGER_FAMILY;
	unsigned roles = recognizer_name_roles(s, i, end);

	if ((roles & ROLE_FUNCTION) != 0)
		return false;
	return (roles & ROLE_GIVEN) != 0 ||
	       ((roles & ROLE_COMMON) == 0 &&
		(listed(s, i, end) & (who | TAGGER_PROPER)) != 0);
}

/* Nothing goes on behind it, or a word that no name's last word asks for. */
static bool stops(const struct scan *s, uint32_t end)
{
	static const char words[] =
		" and here calling speaking on again from about since if down "
		"has was ";
	uint8_t c = scan_at(s, end);
	uint32_t next;

	if (c == 0 || strchr(".,;!?\n\r)", c) != NULL ||
	    over(s, end, words) != 0)
		return true;
	next = c == ' ' ? word_end(s, end + 1) : end;
	return next > end && (recognizer_name_roles(s, end + 1, next) &
			      ROLE_FOREIGN) != 0;
}

/* A common word ends a name: nothing goes on behind it, and a recognizer has no
 * use for it ("mr smith account"). Names of files are lists of words. */
static bool is_last(struct scan *s, uint32_t i, uint32_t end,
		    enum name_kind kind)
{
	if (s->run->kind == RUN_NAME || is_one(s, i, end, helpers) ||
	    !stops(s, end))
		return false;
	return kind == NAME_WORD ||
	       recognizer_words_find(&s->r->triggers, s->t + i, end - i,
				     s->n - i) == NULL;
}

/* May the word [i, end) follow one of a name? */
static bool follows(struct scan *s, uint32_t i, uint32_t end, bool *last)
{
	enum name_kind kind = recognizer_name_kind(s, i, end);
	unsigned roles = recognizer_name_roles(s, i, end);

	*last = kind <= NAME_WORD;
	if (kind > NAME_WORD || (end - i == 1 && is_upper(s->t[i])))
		return true;
	if ((roles & (ROLE_FUNCTION | ROLE_FOREIGN)) != 0 || end - i < 2)
		return false;
	return (is_cap(s, i) && !is_one(s, i, end, helpers)) ||
	       is_last(s, i, end, kind);
}

bool recognizer_name_ends(struct scan *s, uint32_t i, uint32_t end)
{
	static const char words[] = " about since if calling speaking here ";
	enum name_kind kind = recognizer_name_kind(s, i, end);

	s->steps += end - i;
	if (kind == NAME_WORD)
		return over(s, end, words) != 0 && !is_one(s, i, end, helpers);
	return kind == NAME_KNOWN ||
	       (kind == NAME_RARE && end - i > 3 &&
		memcmp(s->t + end - 3, "ing", 3) != 0);
}

uint32_t recognizer_name_more(struct scan *s, uint32_t end, unsigned most)
{
	bool last = false;

	for (; most > 0 && !last && scan_at(s, end) == ' '; most--) {
		uint32_t stop = word_end(s, end + 1);

		s->steps += stop - end;
		if (stop == end + 1 || !follows(s, end + 1, stop, &last))
			break;
		end = stop;
	}
	return end;
}

uint32_t recognizer_name_said(struct scan *s, uint32_t i, enum name_kind least)
{
	enum name_kind kind;
	uint32_t end, stop;

	if (i >= s->n)
		return i;
	end = word_end(s, i);
	kind = recognizer_name_kind(s, i, end);
	s->steps += end - i;
	if (is_cap(s, i) && end > i + 1 && kind < NAME_KNOWN &&
	    (recognizer_name_roles(s, i, end) & ROLE_FUNCTION) == 0)
		kind++;
	if (kind == NAME_NONE || is_one(s, i, end, helpers))
		return i;
	stop = recognizer_name_more(s, end, MOST - 1);
	if (kind < least && (stop == end || kind < NAME_WORD))
		return i;
	return stop;
}

bool recognizer_name_fits(struct scan *s, uint32_t i, uint32_t end, unsigned n)
{
	enum name_kind kind = recognizer_name_kind(s, i, end);
	uint32_t next;

	if (n > 0)
		return is_last(s, i, end, kind);
	if (kind == NAME_NONE)
		return false;
	if (stops(s, end))
		return is_given(s, i, end) ||
		       (listed(s, i, end) & TAGGER_FAMILY) != 0;
	next = scan_at(s, end) == ' ' ? word_end(s, end + 1) : end;
	s->steps += next - end;
	kind = next > end ? recognizer_name_kind(s, end + 1, next) : NAME_NONE;
	return kind > NAME_WORD || (kind == NAME_WORD && stops(s, next));
}

/* ---- before a word ---- */

/* Where the word before i begins, over one blank; i: none. */
static uint32_t word_before(const struct scan *s, uint32_t i)
{
	uint32_t start = i;

	if (i < 2 || s->t[i - 1] != ' ')
		return i;
	for (start = i - 1; start > 0 && i - start <= WORD_LONG &&
			    (is_word(s->t[start - 1]) ||
			     s->t[start - 1] == '-' || s->t[start - 1] == '\'');)
		start--;
	return start == i - 1 ? i : start;
}

/* A sentence or a clause begins at i. */
static bool begins(const struct scan *s, uint32_t i)
{
	static const char hello[] =
		" hi hello hey morning afternoon evening yes yeah so well and "
		"there because but okay ok um uh oh that ";
	uint32_t start;

	while (i > 0 && s->t[i - 1] == '"')
		i--;
	for (start = i; start > 1 && i - start < 5 && s->t[start - 2] >= 0x80;)
		if (s->t[--start - 1] >= 0xe2)
			return s->t[start - 1] != 0xe3; /* an emoji */
	if (i < 2 || s->t[i - 1] != ' ' || !is_word(s->t[i - 2]))
		return true;
	start = word_before(s, i);
	return is_one(s, start, i - 1, hello);
}

/* One who is called so begins a clause and ends before i: "X here". */
static uint32_t opens(struct scan *s, uint32_t i, enum name_kind least)
{
	uint32_t at = i;

	for (unsigned n = 0; n < MOST; n++) {
		uint32_t start = word_before(s, at), end;

		if (start == at)
			break;
		at = start;
		if (!begins(s, at))
			continue;
		end = recognizer_name_said(s, at, least);
		return end + 1 == i ? at : i;
	}
	return i;
}

static void hit(struct scan *s, uint32_t i, uint32_t end, unsigned score)
{
	if (end > i)
		recognizer_hit(s, i, end, ENTITY_PERSON, RULE_PERSON_INTRO,
			       score);
}

/* ---- the cues ---- */

/* Adjectives and the like that no list has: "laggy", "rebooting". */
static bool describes(const struct scan *s, uint32_t i, uint32_t end)
{
	return end - i > 3 && (s->t[end - 1] == 'y' ||
			       memcmp(s->t + end - 2, "ed", 2) == 0 ||
			       memcmp(s->t + end - 2, "en", 2) == 0 ||
			       memcmp(s->t + end - 3, "ing", 3) == 0);
}

/* "it's X here", "its X again, I called": where X is. */
static void cue_it(struct scan *s, uint32_t i, uint32_t end)
{
	static const char names[] = " here again calling speaking on from ";
	uint32_t at = end, stop, behind;

	if (end - i == 2 && scan_at(s, at) == '\'')
		at += 2;
	else if (end - i == 2)
		at = over(s, at, " is ");
	if (at == 0 || scan_at(s, at) != ' ')
		return;
	at++;
	stop = recognizer_name_said(s, at, NAME_WORD);
	behind = stop > at ? over(s, stop, names) : 0;
	if (behind == 0 ||
	    (stop == word_end(s, at) && describes(s, at, stop)))
		return;
	if (recognizer_name_kind(s, at, word_end(s, at)) == NAME_WORD &&
	    !is_cap(s, at)) {
		behind = scan_at(s, behind) == ',' ? behind + 1 : behind;
		if (over(s, behind, " i we i'm calling from before earlier "
				    "yesterday ") == 0)
			return;
	}
	hit(s, at, stop, 66);
}

/* "you have X on the line", "you've got X on the other end". */
static void cue_have(struct scan *s, uint32_t i, uint32_t end)
{
	uint32_t at = end + 1, stop, on;

	(void)i;
	if (scan_at(s, end) != ' ')
		return;
	stop = recognizer_name_said(s, at, NAME_WORD);
	on = over(s, stop, " on ");
	on = on == 0 ? 0 : over(s, on, " the ");
	if (on != 0 && over(s, on, " line phone other ") != 0)
		hit(s, at, stop, 66);
}

/* "put X down as my emergency contact", "list X as next of kin". */
static void cue_put(struct scan *s, uint32_t i, uint32_t end)
{
	static const char who[] =
		" emergency contact kin beneficiary authorized authorised "
		"driver user holder guarantor reference guardian owner "
		"cosigner signer payee trustee executor passenger ";
	uint32_t at = end + 1, stop, as;

	(void)i;
	if (scan_at(s, end) != ' ')
		return;
	stop = recognizer_name_said(s, at, NAME_WORD);
	as = stop > at ? over(s, stop, " down ") : 0;
	as = over(s, as != 0 ? as : stop, " as ");
	for (unsigned n = 0; as != 0 && stop > at && n < 4; n++) {
		if (over(s, as, who) != 0) {
			hit(s, at, stop, 66);
			return;
		}
		as = over(s, as, " my an the a our his her next of second ");
	}
}

/* "registered to X", "booked as X", "I'm down as X", "I go by X". */
static void cue_under(struct scan *s, uint32_t i, uint32_t end)
{
	uint32_t start = word_before(s, i), at, stop;

	if (is_one(s, i, end, " go ")) {
		at = is_one(s, start, i - 1, " i ") ? over(s, end, " by ") : 0;
	} else if (is_one(s, i, end, " down ")) {
		bool me = is_one(s, start, i - 1, " i'm me am name im ");

		at = me ? over(s, end, " as under ") : 0;
	} else {
		at = over(s, end, " to as for under ");
	}
	if (at == 0 || scan_at(s, at) != ' ')
		return;
	at++;
	stop = recognizer_name_said(s, at, NAME_WORD);
	if (stop > at &&
	    ((stops(s, stop) && !is_one(s, i, end, " go ")) ||
	     stop > word_end(s, at) ||
	     recognizer_name_kind(s, at, stop) > NAME_WORD))
		hit(s, at, stop, 66);
}

/* "X here", "X calling back", "it was X who": before the word at i. */
static void cue_before(struct scan *s, uint32_t i, uint32_t end)
{
	static const char behind[] = " with from calling again and i we my ";
	uint32_t start = word_before(s, i), was;

	if (start == i)
		return;
	if (is_one(s, i, end, " who ")) {
		was = word_before(s, start);
		if (is_one(s, was, start - 1, " was ") &&
		    is_one(s, word_before(s, was), was - 1, " it ") &&
		    recognizer_name_kind(s, start, i - 1) >= NAME_WORD)
			hit(s, start, i - 1, 60);
		return;
	}
	if (is_one(s, i, end, " here ") && scan_at(s, end) == ' ' &&
	    is_alpha(scan_at(s, end + 1)) && over(s, end, behind) == 0)
		return;
	start = opens(s, i, NAME_KNOWN);
	if (start < i)
		hit(s, start, i - 1, 60);
}

/* "X and I": one word that begins its clause. */
static void cue_and(struct scan *s, uint32_t i, uint32_t end)
{
	uint32_t start = word_before(s, i), behind = over(s, end, " i ");
	enum name_kind kind;

	if (start == i || behind == 0 || scan_at(s, behind) != ' ' ||
	    !begins(s, start) || word_end(s, start) != i - 1)
		return;
	kind = recognizer_name_kind(s, start, i - 1);
	if (kind > NAME_WORD || is_given(s, start, i - 1))
		hit(s, start, i - 1, 60);
}

/* "my landlord, X, has", "the plumber X Y came", "my doctor is X". */
static void cue_kin(struct scan *s, uint32_t i, uint32_t end)
{
	static const char whose[] = " my our his her their your the ";
	static const char law[] = "-in-law";
	uint32_t start = word_before(s, i), at, stop, is;
	enum name_kind kind;
	bool comma;

	if (start == i || !is_one(s, start, i - 1, whose))
		return;
	if (s->n - end > strlen(law) &&
	    memcmp(s->t + end, law, strlen(law)) == 0)
		end += (uint32_t)strlen(law);
	comma = scan_at(s, end) == ',';
	is = comma ? 0 : over(s, end, " is was named called ");
	at = is != 0 ? is : comma ? end + 1 : end;
	if (scan_at(s, at) != ' ' || at + 1 >= s->n)
		return;
	at++;
	stop = recognizer_name_said(
		s, at, comma || is_cap(s, at) ? NAME_WORD : NAME_KNOWN);
	if (stop == at)
		return;
	kind = recognizer_name_kind(s, at, word_end(s, at));
	if (comma && scan_at(s, stop) != ',' && kind < NAME_KNOWN)
		return;
	if (is != 0 && kind < NAME_KNOWN && !is_cap(s, at))
		return;
	hit(s, at, stop, 60);
}

/* "last time penny told me", "my sister hope said she": before the word. */
static void cue_told(struct scan *s, uint32_t i, uint32_t end)
{
	static const char whom[] =
		" me us it that she he they i we you no there to yes ";
	static const char whose[] = " the a an this that your our each every ";
	uint32_t start = word_before(s, i), which;
	bool cap;

	if (start == i || over(s, end, whom) == 0 ||
	    word_end(s, start) != i - 1)
		return;
	which = word_before(s, start);
	cap = which != start && is_upper(s->t[start]) &&
	      recognizer_name_kind(s, start, i - 1) == NAME_RARE;
	if (!cap && (!is_given(s, start, i - 1) ||
		     is_one(s, start, i - 1, helpers) ||
		     is_one(s, which, start - 1, whose)))
		return;
	hit(s, start, i - 1, 60);
}

/* "ring X Y since", "tell X Y that": two words of a name. */
static void cue_reach(struct scan *s, uint32_t i, uint32_t end)
{
	uint32_t with = over(s, end, " with "), at, first, stop;
	enum name_kind kind;

	at = (with != 0 ? with : end) + 1;
	if ((s->t[i] | 0x20) == 'c' && with == 0)
		return; /* "check with", not "check" */
	if (scan_at(s, at - 1) != ' ' || at >= s->n)
		return;
	first = word_end(s, at);
	stop = recognizer_name_said(s, at, NAME_WORD);
	if (stop <= first) {
		if (is_given(s, at, first) &&
		    over(s, first, " that to i he she we ") != 0)
			hit(s, at, first, 60);
		return;
	}
	kind = recognizer_name_kind(s, at, first);
	if (kind == NAME_WORD && !recognizer_name_called(s, at, first))
		return;
	if (kind == NAME_KNOWN ||
	    recognizer_name_kind(s, first + 1, word_end(s, first + 1)) >
		    NAME_WORD)
		hit(s, at, stop, 60);
}

bool recognizer_name_no(const struct scan *s, uint32_t i, uint32_t end,
			bool first)
{
	static const char does[] = " they we you i to don't can could ";
	static const char whom[] = " us me them it him her you the my a our ";
	static const char ills[] = " parkinson alzheimer crohn hodgkin ";
	unsigned roles = recognizer_name_roles(s, i, end);
	const struct word *w = recognizer_words_find(
		&s->r->triggers, s->t + i, end - i, s->n - i);
	uint32_t start = word_before(s, i);

	if (end == i + 1)
		return is_lower(s->t[i]);
	if (first && (roles & (ROLE_FUNCTION | ROLE_PARTICLE)) == ROLE_FUNCTION)
		return true; /* "Ta. Bye now." */
	if (w != NULL && (w->roles & ROLE_TOPIC) != 0 &&
	    recognizer_name_kind(s, i, end) != NAME_KNOWN)
		return true; /* "DOB?" */
	if (scan_at(s, end) == '\'' && is_one(s, i, end, ills))
		return true;
	return is_lower(s->t[i]) && is_one(s, start, i - 1, does) &&
	       over(s, end, whom) != 0; /* "they rob us" */
}

bool recognizer_name_held(const struct scan *s, uint32_t i, uint32_t end)
{
	static const char before[] = " to for with from by ";
	static const char behind[] = " to for at on in from and ";
	uint32_t start = word_before(s, i), next = word_end(s, end + 1);
	uint8_t c = scan_at(s, end);

	if (c == ' ' && next > end + 1 &&
	    recognizer_name_kind(s, end + 1, next) == NAME_KNOWN)
		return true;
	if (c == 0 && is_given(s, i, end) && start < i)
		return !is_one(s, start, i - 1, " the a an my your this ");
	return is_one(s, start, i - 1, before) &&
	       recognizer_name_called(s, i, end) &&
	       (c == 0 || strchr(".,;!?\n'", c) != NULL ||
		over(s, end, behind) != 0);
}

/* Behind " to ": one who gets money, "to grace from my savings". */
static void cue_pay(struct scan *s, uint32_t i, uint32_t end)
{
	static const char behind[] = " to from for in on at using via ";

	(void)i;
	for (unsigned n = 0; n < PAYS && scan_at(s, end) == ' '; n++) {
		uint32_t at = over(s, end, " to of "), stop;

		if (at != 0 && scan_at(s, at) == ' ') {
			stop = recognizer_name_said(s, ++at, NAME_WORD);
			if (stop > at && is_given(s, at, word_end(s, at)) &&
			    (stops(s, stop) || over(s, stop, behind) != 0))
				hit(s, at, stop, 60);
		}
		for (end++; end < s->n && s->t[end] > ' ';)
			end++;
		s->steps += end - i;
	}
}

/* "the checking account of jasbir." */
static void cue_owner(struct scan *s, uint32_t i, uint32_t end)
{
	uint32_t at = over(s, end, " of "), stop;

	(void)i;
	if (at == 0 || scan_at(s, at) != ' ')
		return;
	stop = recognizer_name_said(s, ++at, NAME_WORD);
	if (stop > at && stops(s, stop) &&
	    (is_given(s, at, word_end(s, at)) ||
	     recognizer_name_kind(s, at, word_end(s, at)) > NAME_WORD))
		hit(s, at, stop, 60);
}

/* "Psychologist", "see": before a name, and no part of it. */
static bool is_part(const struct scan *s, uint32_t i, uint32_t end)
{
	const unsigned none = ROLE_FUNCTION | ROLE_COMMON;
	unsigned roles = recognizer_name_roles(s, i, end);
	unsigned word = listed(s, i, end) & TAGGER_WORD;

	return end - i > 2 && word_end(s, i) == end &&
	       ((roles & ROLE_GIVEN) != 0 ||
		((roles & none) == 0 && (word == 0 || word == TAGGER_RARE)));
}

uint32_t recognizer_name_last(const struct scan *s, uint32_t i)
{
	uint32_t start = word_before(s, i);

	return start < i && word_end(s, start) == i - 1 &&
			       (is_part(s, start, i - 1) ||
				(listed(s, start, i - 1) & TAGGER_FAMILY) != 0)
		       ? start
		       : i;
}

void recognizer_name_initial(struct scan *s, uint32_t i)
{
	uint32_t end = i + 1, start, last, next;

	if (scan_at(s, end) == ' ' && scan_at(s, end + 1) == '.')
		end++;
	if (scan_at(s, end) != 0 && strchr(".,?!", scan_at(s, end)) == NULL)
		return;
	next = word_end(s, end + 2 < s->n ? end + 2 : s->n);
	if (scan_at(s, i + 1) == '.' && next > end + 2 &&
	    (recognizer_name_roles(s, end + 2, next) & ROLE_FUNCTION) == 0)
		return; /* "christopher j. celio" goes on */
	start = word_before(s, i);
	if (start == i || word_end(s, start) != i - 1 ||
	    !is_given(s, start, i - 1))
		return;
	last = word_before(s, start);
	if (last < start && is_part(s, last, start - 1))
		start = last;
	hit(s, start, i + 1, 60);
}

void recognizer_name_named(struct scan *s, uint32_t i, uint32_t at)
{
	static const char who[] =
		" someone somebody guy man woman lady rep representative "
		"agent person employee girl boy friend named colleague "
		"technician driver manager supervisor gentleman worker ";
	uint32_t start = word_before(s, i), stop;

	if (start == i || !is_one(s, start, i - 1, who))
		return;
	stop = recognizer_name_said(s, at, NAME_KNOWN);
	hit(s, at, stop, 55);
}

/* "first is X and the surname is Y", "first X last Y". */
static void cue_first(struct scan *s, uint32_t i, uint32_t end)
{
	uint32_t at = over(s, end, " name "), is, stop;

	(void)i;
	at = at == 0 ? end : at;
	is = over(s, at, " is ");
	if (is == 0 || (s->asked >> TOPIC_NAME & 1) == 0 || is + 1 >= s->n ||
	    scan_at(s, is) != ' ')
		return;
	at = is + 1;
	stop = recognizer_name_said(s, at, NAME_WORD);
	if (stop == at && stops(s, word_end(s, at)) &&
	    (recognizer_name_roles(s, at, word_end(s, at)) & ROLE_FUNCTION) ==
		    0)
		stop = word_end(s, at);
	hit(s, at, stop, 80);
}

/* "I'm art, art little": the name that is said twice begins at i. */
bool recognizer_name_twice(struct scan *s, uint32_t i)
{
	uint32_t end = i < s->n ? word_end(s, i) : i, at, stop;

	at = scan_at(s, end) == ',' ? end + 2 : end + 1;
	if (end - i < 2 || at + (end - i) > s->n ||
	    memcmp(s->t + i, s->t + at, end - i) != 0 ||
	    (recognizer_name_roles(s, i, end) & ROLE_FUNCTION) != 0 ||
	    word_end(s, at) != at + (end - i))
		return false;
	stop = recognizer_name_more(s, at + (end - i), 2);
	if (stop == at + (end - i) && scan_at(s, end) != ',')
		return false;
	hit(s, i, end, 70);
	hit(s, at, stop, 70);
	return true;
}

void recognizer_name_around(struct scan *s, uint32_t i, uint32_t end,
			    unsigned cue)
{
	static void (*const cues[])(struct scan *, uint32_t, uint32_t) = {
		[CUE_IT] = cue_it,     [CUE_HAVE] = cue_have,
		[CUE_PUT] = cue_put,   [CUE_UNDER] = cue_under,
		[CUE_AND] = cue_and,   [CUE_BEFORE] = cue_before,
		[CUE_KIN] = cue_kin,   [CUE_FIRST] = cue_first,
		[CUE_REACH] = cue_reach, [CUE_TOLD] = cue_told,
		[CUE_PAY] = cue_pay,   [CUE_OWNER] = cue_owner};

	if (cue < ARRAY_LEN(cues) && cues[cue] != NULL)
		cues[cue](s, i, end);
}
