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
#include "policy/redact/recognizer_name.h"

#define PAYS 6 /* words behind "send" */

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
	start = name_before(s, i);
	return name_one(s, start, i - 1, hello);
}

/* One who is called so begins a clause and ends before i: "X here". */
static uint32_t opens(struct scan *s, uint32_t i, enum name_kind least)
{
	uint32_t at = i;

	for (unsigned n = 0; n < NAME_MOST; n++) {
		uint32_t start = name_before(s, at), end;

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
	return end - i > 3 &&
	       (s->t[end - 1] == 'y' || memcmp(s->t + end - 2, "ed", 2) == 0 ||
		memcmp(s->t + end - 2, "en", 2) == 0 ||
		memcmp(s->t + end - 3, "ing", 3) == 0);
}

/* "it's X here", "its X again, I called": where X is. */
static void cue_it(struct scan *s, uint32_t i, uint32_t end)
{
	static const char names[] = " here again calling speaking on from ";
	static const char looks[] =
		" sunny rusty stormy misty sandy rich frank young gray brown "
		"royal merry bright early summer winter autumn star april "
		"august ";
	static const char done[] = " fixed got sorted appreciate ";
	uint32_t at = end, first, stop, behind;

	if (i > 3 && strchr("dte", s->t[i - 2]) != NULL &&
	    scan_at(s, end) == ' ' &&
	    name_one(s, name_before(s, i), i - 1, done))
		recognizer_name_ack(s, i, end);
	if (end - i == 2 && scan_at(s, at) == '\'')
		at += 2;
	else if (end - i == 2)
		at = name_over(s, at, " is ");
	if (at == 0 || scan_at(s, at) != ' ')
		return;
	at++;
	recognizer_name_reports(s, at, 60);
	stop = recognizer_name_said(s, at, NAME_WORD);
	behind = stop > at ? name_over(s, stop, names) : 0;
	if (behind == 0 || (stop == name_word(s, at) && describes(s, at, stop)))
		return;
	first = name_word(s, at);
	if (recognizer_name_kind(s, at, first) == NAME_WORD &&
	    !name_cap(s, at) &&
	    (name_one(s, at, first, looks) ||
	     !recognizer_name_given(s, at, first))) {
		behind = scan_at(s, behind) == ',' ? behind + 1 : behind;
		if (name_over(s, behind,
			      " i we i'm calling from before earlier "
			      "yesterday ") == 0)
			return;
	}
	hit(s, at, stop, 66);
}

/* "you have X on the line", "you've got X on the other end". */
static void cue_have(struct scan *s, uint32_t i, uint32_t end)
{
	uint32_t at = end + 1, stop, on;

	if (scan_at(s, end) != ' ' || i < 4 ||
	    (s->t[i - 2] != 'u' && s->t[i - 2] != 'e'))
		return; /* "you", "you've" */
	stop = recognizer_name_said(s, at, NAME_WORD);
	on = name_over(s, stop, " on ");
	on = on == 0 ? 0 : name_over(s, on, " the ");
	if (on != 0 && name_over(s, on, " line phone other ") != 0)
		hit(s, at, stop, 66);
}

/* "put X down as my emergency contact", "list X as next of kin". */
static void cue_put(struct scan *s, uint32_t i, uint32_t end)
{
	static const char who[] =
		" emergency contact kin beneficiary authorized authorised "
		"driver user holder guarantor reference guardian owner "
		"cosigner signer payee trustee executor passenger tenant "
		"resident member guest dependent traveler traveller ";
	uint32_t at = end + 1, stop, as;

	(void)i;
	if (scan_at(s, end) != ' ')
		return;
	stop = recognizer_name_said(s, at, NAME_WORD);
	as = stop > at ? name_over(s, stop, " down ") : 0;
	as = name_over(s, as != 0 ? as : stop, " as ");
	for (unsigned n = 0; as != 0 && stop > at && n < 4; n++) {
		if (name_over(s, as, who) != 0) {
			hit(s, at, stop, 66);
			return;
		}
		as = name_over(s, as,
			       " my an the a our his her next of second ");
	}
}

/* "registered to X", "booked as X", "I'm down as X", "I go by X". */
static void cue_under(struct scan *s, uint32_t i, uint32_t end)
{
	uint32_t start = name_before(s, i), at, stop;

	if (name_one(s, i, end, " go ")) {
		at = name_one(s, start, i - 1, " i ")
			     ? name_over(s, end, " by ")
			     : 0;
	} else if (name_one(s, i, end, " down ")) {
		bool me = name_one(s, start, i - 1, " i'm me am name im ");

		at = me ? name_over(s, end, " as under ") : 0;
	} else {
		at = name_over(s, end, " to as for under ");
	}
	if (at == 0 || scan_at(s, at) != ' ')
		return;
	at++;
	stop = recognizer_name_said(s, at, NAME_WORD);
	if (stop > at &&
	    ((recognizer_name_stops(s, stop) && !name_one(s, i, end, " go ")) ||
	     stop > name_word(s, at) ||
	     recognizer_name_kind(s, at, stop) > NAME_WORD))
		hit(s, at, stop, 66);
}

/* "Will will pay". */
static bool is_twice(const struct scan *s, uint32_t start, uint32_t i,
		     uint32_t end)
{
	return recognizer_name_helps(s, i, end) && is_lower(s->t[i]) &&
	       is_upper(s->t[start]) && end - i == i - 1 - start &&
	       memcmp(s->t + start + 1, s->t + i + 1, end - i - 1) == 0 &&
	       (s->t[start] | 0x20) == s->t[i];
}

/* "X here", "X calling back", "it was X who": before the word at i. */
static void cue_before(struct scan *s, uint32_t i, uint32_t end)
{
	static const char behind[] = " with from calling again and i we my ";
	uint32_t start = name_before(s, i), was;
	uint8_t c = s->t[i] | 0x20;

	if (c == 'w' && s->t[i + 1] == 'h')
		recognizer_name_who(s, i);
	if (start == i ||
	    (c == 'w' && s->t[i + 1] != 'h' && !is_upper(s->t[start])))
		return; /* "will" */
	if (c == 'w' && end - i == 3) {
		was = name_before(s, start);
		if (name_one(s, was, start - 1, " was ") &&
		    name_one(s, name_before(s, was), was - 1, " it ") &&
		    recognizer_name_kind(s, start, i - 1) >= NAME_WORD)
			hit(s, start, i - 1, 60);
		return;
	}
	if (c == 'h' && scan_at(s, end) == ' ' &&
	    is_alpha(scan_at(s, end + 1)) && name_over(s, end, behind) == 0)
		return;
	if (c == 'c' && end - i == 8 && name_over(s, end, " in ") == 0)
		return;
	if (is_twice(s, start, i, end)) {
		hit(s, start, i - 1, 60);
		return;
	}
	if (recognizer_name_helps(s, i, end))
		return;
	if (is_lower(s->t[start]) &&
	    (recognizer_name_roles(s, start, i - 1) & ROLE_FUNCTION) != 0)
		return;
	start = opens(s, i, NAME_KNOWN);
	if (start < i)
		hit(s, start, i - 1, 60);
}

/* "X and I": one word that begins its clause. */
static void cue_and(struct scan *s, uint32_t i, uint32_t end)
{
	uint32_t start;
	enum name_kind kind;

	if (scan_at(s, end) != ' ' || (scan_at(s, end + 1) | 0x20) != 'i' ||
	    scan_at(s, end + 2) != ' ')
		return;
	start = name_before(s, i);
	if (start == i || !begins(s, start) || name_word(s, start) != i - 1)
		return;
	kind = recognizer_name_kind(s, start, i - 1);
	if (kind > NAME_WORD || recognizer_name_given(s, start, i - 1))
		hit(s, start, i - 1, 60);
}

/* "my landlord, X, has", "the plumber X Y came", "my doctor is X". */
static void cue_kin(struct scan *s, uint32_t i, uint32_t end)
{
	static const char whose[] = " my our his her their your the ";
	static const char law[] = "-in-law";
	uint32_t start = name_before(s, i), at, stop, is;
	enum name_kind kind;
	bool comma;

	if (start == i || !name_one(s, start, i - 1, whose))
		return;
	if (s->n - end > strlen(law) &&
	    memcmp(s->t + end, law, strlen(law)) == 0)
		end += (uint32_t)strlen(law);
	comma = scan_at(s, end) == ',';
	is = comma ? 0 : name_over(s, end, " is was named called ");
	at = is != 0 ? is : comma ? end + 1 : end;
	if (scan_at(s, at) != ' ' || at + 1 >= s->n)
		return;
	at++;
	stop = recognizer_name_said(
		s, at, comma || name_cap(s, at) ? NAME_WORD : NAME_KNOWN);
	if (stop == at)
		return;
	kind = recognizer_name_kind(s, at, name_word(s, at));
	if (comma && scan_at(s, stop) != ',' && kind < NAME_KNOWN)
		return;
	if (is != 0 && kind < NAME_KNOWN && !name_cap(s, at))
		return;
	hit(s, at, stop, 60);
}

/* "last time penny told me", "my sister hope said she": before the word. */
static void cue_told(struct scan *s, uint32_t i, uint32_t end)
{
	static const char whom[] =
		" me us it that she he they i we you no there to yes ";
	static const char whose[] = " the a an this that your our each every ";
	uint32_t start = name_before(s, i), which;
	bool cap;

	if (start == i || name_over(s, end, whom) == 0 ||
	    name_word(s, start) != i - 1)
		return;
	which = name_before(s, start);
	cap = which != start && is_upper(s->t[start]) &&
	      recognizer_name_kind(s, start, i - 1) == NAME_RARE;
	if (!cap && (!recognizer_name_given(s, start, i - 1) ||
		     recognizer_name_helps(s, start, i - 1) ||
		     name_one(s, which, start - 1, whose)))
		return;
	hit(s, start, i - 1, 60);
}

/* "ring X Y since", "tell X Y that": two words of a name. */
static void cue_reach(struct scan *s, uint32_t i, uint32_t end)
{
	uint32_t with = name_over(s, end, " with "), at, first, stop;

	at = (with != 0 ? with : end) + 1;
	if ((s->t[i] | 0x20) == 'c' && with == 0)
		return; /* "check with", not "check" */
	if (scan_at(s, at - 1) != ' ' || at >= s->n)
		return;
	first = name_word(s, at);
	stop = recognizer_name_said(s, at, NAME_WORD);
	if (stop <= first) {
		if (recognizer_name_given(s, at, first) &&
		    name_over(s, first, " that to i he she we ") != 0)
			hit(s, at, first, 60);
		return;
	}
	if (recognizer_name_kind(s, at, first) > NAME_WORD ||
	    recognizer_name_given(s, at, first))
		hit(s, at, stop, 60);
}

static bool is_place(const struct scan *s, uint32_t i)
{
	return (recognizer_name_listed(s, i, name_word(s, i)) & TAGGER_PLACE) !=
	       0;
}

/* Behind " to ": one who gets money, "to grace from my savings". */
static void cue_pay(struct scan *s, uint32_t i, uint32_t end)
{
	static const char behind[] = " to from for in on at using via ";

	(void)i;
	for (unsigned n = 0; n < PAYS && scan_at(s, end) == ' '; n++) {
		uint32_t at = scan_at(s, end + 3) == ' '
				      ? name_over(s, end, " to of ")
				      : 0;
		uint32_t stop;

		if (at != 0 && scan_at(s, at) == ' ') {
			stop = recognizer_name_said(s, ++at, NAME_WORD);
			if (stop > at && !is_place(s, at) &&
			    recognizer_name_given(s, at, name_word(s, at)) &&
			    (recognizer_name_stops(s, stop) ||
			     name_over(s, stop, behind) != 0))
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
	uint32_t at = name_over(s, end, " of "), stop;

	(void)i;
	if (at == 0 || scan_at(s, at) != ' ')
		return;
	stop = recognizer_name_said(s, ++at, NAME_WORD);
	if (stop > at && recognizer_name_stops(s, stop) &&
	    (recognizer_name_given(s, at, name_word(s, at)) ||
	     recognizer_name_kind(s, at, name_word(s, at)) > NAME_WORD))
		hit(s, at, stop, 60);
}

void recognizer_name_initial(struct scan *s, uint32_t i)
{
	uint32_t end = i + 1, start, last, next;

	if (scan_at(s, end) == ' ' && scan_at(s, end + 1) == '.')
		end++;
	if (scan_at(s, end) != 0 && strchr(".,?!", scan_at(s, end)) == NULL)
		return;
	next = name_word(s, end + 2 < s->n ? end + 2 : s->n);
	if (scan_at(s, i + 1) == '.' && next > end + 2 &&
	    (recognizer_name_roles(s, end + 2, next) & ROLE_FUNCTION) == 0)
		return; /* "christopher j. celio" goes on */
	start = name_before(s, i);
	if (start == i || name_word(s, start) != i - 1 ||
	    !recognizer_name_given(s, start, i - 1))
		return;
	last = name_before(s, start);
	if (last < start && recognizer_name_part(s, last, start - 1))
		start = last;
	hit(s, start, i + 1, 60);
}

void recognizer_name_named(struct scan *s, uint32_t i, uint32_t at)
{
	static const char who[] =
		" someone somebody guy man woman lady rep representative "
		"agent person employee girl boy friend named colleague "
		"technician driver manager supervisor gentleman worker ";
	uint32_t start = name_before(s, i), stop;

	if (start == i || !name_one(s, start, i - 1, who))
		return;
	stop = recognizer_name_said(s, at, NAME_KNOWN);
	hit(s, at, stop > at ? stop : recognizer_name_people(s, at), 55);
}

/* "first is X and the surname is Y", "first X last Y". */
static void cue_first(struct scan *s, uint32_t i, uint32_t end)
{
	uint32_t at = name_over(s, end, " name "), is, stop;

	(void)i;
	at = at == 0 ? end : at;
	is = name_over(s, at, " is ");
	if (is == 0 || is + 1 >= s->n || scan_at(s, is) != ' ')
		return;
	at = is + 1;
	stop = recognizer_name_said(s, at, NAME_WORD);
	if ((s->asked >> TOPIC_NAME & 1) == 0 &&
	    (stop == at || name_over(s, name_over(s, stop, " and "),
				     " the last surname ") == 0))
		return;
	if (stop == at && recognizer_name_stops(s, name_word(s, at)) &&
	    (recognizer_name_roles(s, at, name_word(s, at)) & ROLE_FUNCTION) ==
		    0)
		stop = name_word(s, at);
	hit(s, at, stop, 80);
}

void recognizer_name_around(struct scan *s, uint32_t i, uint32_t end,
			    unsigned cue)
{
	static void (*const cues[])(struct scan *, uint32_t, uint32_t) = {
		[CUE_IT] = cue_it,	 [CUE_HAVE] = cue_have,
		[CUE_PUT] = cue_put,	 [CUE_UNDER] = cue_under,
		[CUE_AND] = cue_and,	 [CUE_BEFORE] = cue_before,
		[CUE_KIN] = cue_kin,	 [CUE_FIRST] = cue_first,
		[CUE_REACH] = cue_reach, [CUE_TOLD] = cue_told,
		[CUE_PAY] = cue_pay,	 [CUE_OWNER] = cue_owner};

	if (cue < ARRAY_LEN(cues) && cues[cue] != NULL)
		cues[cue](s, i, end);
}
