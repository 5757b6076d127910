/* What a word is as a name, and where names end that are said. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "policy/redact/recognizer_name.h"

bool recognizer_name_helps(const struct scan *s, uint32_t i, uint32_t end)
{
	return name_one(s, i, end, " will may can might must shall ");
}

/* enum tagger_listed; 0 where there is no tagger. */
unsigned recognizer_name_listed(const struct scan *s, uint32_t i, uint32_t end)
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
	is = recognizer_name_listed(s, i, end);
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
bool recognizer_name_given(const struct scan *s, uint32_t i, uint32_t end)
{
	return (recognizer_name_roles(s, i, end) & ROLE_GIVEN) != 0 ||
	       (recognizer_name_kind(s, i, end) != NAME_NONE &&
		(recognizer_name_listed(s, i, end) & TAGGER_GIVEN) != 0);
}

bool recognizer_name_called(const struct scan *s, uint32_t i, uint32_t end)
{
	const unsigned who = TAGGER_GIVEN | TAGGER_FAMILY;
	unsigned roles = recognizer_name_roles(s, i, end);

	if ((roles & ROLE_FUNCTION) != 0)
		return false;
	return (roles & ROLE_GIVEN) != 0 ||
	       ((roles & ROLE_COMMON) == 0 &&
		(recognizer_name_listed(s, i, end) & (who | TAGGER_PROPER)) !=
			0);
}

/* Nothing goes on behind it, or a word that no name's last word asks for. */
bool recognizer_name_stops(const struct scan *s, uint32_t end)
{
	static const char words[] = " and here calling speaking on again from "
				    "about since if down as "
				    "has was ";
	uint8_t c = scan_at(s, end);
	uint32_t next, may = name_over(s, end, " may can could how ");

	if (may != 0 && name_over(s, may, " i we you are ") != 0)
		return true; /* "precious may i have" */
	if (c == 0 || strchr(".,;!?\n\r)", c) != NULL ||
	    name_over(s, end, words) != 0)
		return true;
	next = c == ' ' ? name_word(s, end + 1) : end;
	return next > end &&
	       (recognizer_name_roles(s, end + 1, next) & ROLE_FOREIGN) != 0;
}

/* A common word ends a name: nothing goes on behind it, and a recognizer has no
 * use for it ("mr smith account"). Names of files are lists of words. */
static bool is_last(struct scan *s, uint32_t i, uint32_t end,
		    enum name_kind kind)
{
	if (s->run->kind == RUN_NAME || recognizer_name_helps(s, i, end) ||
	    !recognizer_name_stops(s, end))
		return false;
	return kind == NAME_WORD || scan_listed(s, i, end)->trigger == NULL;
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
	return (name_cap(s, i) && !recognizer_name_helps(s, i, end)) ||
	       is_last(s, i, end, kind);
}

bool recognizer_name_ends(struct scan *s, uint32_t i, uint32_t end)
{
	static const char words[] = " about since if calling speaking here ";
	enum name_kind kind = recognizer_name_kind(s, i, end);

	s->steps += end - i;
	if (kind == NAME_WORD)
		return name_over(s, end, words) != 0 &&
		       !recognizer_name_helps(s, i, end);
	return kind == NAME_KNOWN || (kind == NAME_RARE && end - i > 3 &&
				      memcmp(s->t + end - 3, "ing", 3) != 0);
}

uint32_t recognizer_name_more(struct scan *s, uint32_t end, unsigned most)
{
	bool last = false;

	for (; most > 0 && !last && scan_at(s, end) == ' '; most--) {
		uint32_t stop = name_word(s, end + 1);

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
	end = name_word(s, i);
	kind = recognizer_name_kind(s, i, end);
	s->steps += end - i;
	if (name_cap(s, i) && end > i + 1 && kind < NAME_KNOWN &&
	    (recognizer_name_roles(s, i, end) & ROLE_FUNCTION) == 0)
		kind++;
	if (kind == NAME_NONE || recognizer_name_helps(s, i, end))
		return i;
	stop = recognizer_name_more(s, end, NAME_MOST - 1);
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
	if (recognizer_name_stops(s, end))
		return recognizer_name_given(s, i, end) ||
		       (recognizer_name_listed(s, i, end) & TAGGER_FAMILY) != 0;
	next = scan_at(s, end) == ' ' ? name_word(s, end + 1) : end;
	s->steps += next - end;
	kind = next > end ? recognizer_name_kind(s, end + 1, next) : NAME_NONE;
	return kind > NAME_WORD ||
	       (kind == NAME_WORD && recognizer_name_stops(s, next));
}

bool recognizer_name_no(const struct scan *s, uint32_t i, uint32_t end,
			bool first)
{
	static const char does[] = " they we you i to don't can could ";
	static const char whom[] = " us me them it him her you the my a our ";
	static const char ills[] = " parkinson alzheimer crohn hodgkin ";
	unsigned roles = recognizer_name_roles(s, i, end);
	const struct word *w = scan_listed(s, i, end)->trigger;
	uint32_t start = name_before(s, i);

	if (end == i + 1)
		return is_lower(s->t[i]);
	if (first && (roles & (ROLE_FUNCTION | ROLE_PARTICLE)) == ROLE_FUNCTION)
		return true; /* "Ta. Bye now." */
	if (w != NULL && (w->roles & ROLE_TOPIC) != 0 &&
	    (is_upper(s->t[i + 1]) ||
	     recognizer_name_kind(s, i, end) != NAME_KNOWN))
		return true; /* "DOB?" */
	if (scan_at(s, end) == '\'' && name_one(s, i, end, ills))
		return true;
	return is_lower(s->t[i]) && name_one(s, start, i - 1, does) &&
	       name_over(s, end, whom) != 0; /* "they rob us" */
}

bool recognizer_name_held(const struct scan *s, uint32_t i, uint32_t end)
{
	static const char before[] = " to for with from by ";
	static const char behind[] = " to for at on in from and ";
	uint32_t start = name_before(s, i), next = name_word(s, end + 1);
	uint8_t c = scan_at(s, end);

	if (c == ' ' && next > end + 1 &&
	    recognizer_name_kind(s, end + 1, next) == NAME_KNOWN)
		return true;
	return name_one(s, start, i - 1, before) &&
	       recognizer_name_called(s, i, end) &&
	       (c == 0 || strchr(".,;!?\n'", c) != NULL ||
		name_over(s, end, behind) != 0);
}

/* "Psychologist", "see": before a name, and no part of it. */
bool recognizer_name_part(const struct scan *s, uint32_t i, uint32_t end)
{
	const unsigned none = ROLE_FUNCTION | ROLE_COMMON;
	unsigned roles = recognizer_name_roles(s, i, end);
	unsigned word = recognizer_name_listed(s, i, end) & TAGGER_WORD;

	return end - i > 2 && name_word(s, i) == end &&
	       ((roles & ROLE_GIVEN) != 0 ||
		((roles & none) == 0 && (word == 0 || word == TAGGER_RARE)));
}

static bool is_family(const struct scan *s, uint32_t i, uint32_t end)
{
	const unsigned none = ROLE_FUNCTION | ROLE_COMMON;

	return (recognizer_name_roles(s, i, end) & none) == 0 &&
	       (recognizer_name_listed(s, i, end) & TAGGER_FAMILY) != 0;
}

uint32_t recognizer_name_last(const struct scan *s, uint32_t i)
{
	uint32_t start = name_before(s, i);

	return start < i && name_word(s, start) == i - 1 &&
			       (recognizer_name_part(s, start, i - 1) ||
				is_family(s, start, i - 1))
		       ? start
		       : i;
}
