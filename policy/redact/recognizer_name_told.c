/* More of names as they are said: "ask for drew", "this is chip with sales". */
/* SPDX-License-Identifier: Apache-2.0 */
#include "policy/redact/recognizer_name.h"

#define BACK 4 /* words of a name and one before it */

bool recognizer_name_own(struct scan *s, uint32_t i, uint32_t end)
{
	static const char how[] = " yin ing ed ly ish less ful zed sed en ey ";
	uint32_t n = end - i;

	if (n < 3 || name_word(s, i) != end || !recognizer_name_stops(s, end) ||
	    recognizer_name_kind(s, i, end) != NAME_RARE)
		return false;
	if (n == 3)
		return s->t[end - 1] != 'y' && s->t[end - 1] != 'n' &&
		       strchr("aeiou", s->t[i + 1]) == NULL;
	return s->t[end - 1] != 'y' && !name_one(s, end - 2, end, how) &&
	       !name_one(s, end - 3, end, how) &&
	       recognizer_rare_word(s, i, end);
}

/* "hey it's drew with the tacoma", "this is chip from retention": one who is
 * called so, or whatever the first words of a turn say. */
void recognizer_name_reports(struct scan *s, uint32_t i, unsigned score)
{
	static const char of[] = " with from at in over ";
	static const char no[] =
		" good bad great fine okay ok free down up done off late part "
		"true false wrong right same available back stock broken full "
		"unacceptable ridiculous nonsense garbage crap bull ";
	uint32_t end = i < s->n ? name_word(s, i) : i, over, next;
	bool given;

	if (end < i + 3 || !is_lower(s->t[i]))
		return;
	over = name_over(s, end, of);
	next = over != 0 && over + 1 < s->n ? name_word(s, over + 1) : over;
	given = recognizer_name_given(s, i, end);
	s->steps += end - i;
	if (over == 0 || next <= over + 1 || name_one(s, i, end, no) ||
	    recognizer_name_helps(s, i, end) || name_verbal(s, i, end) ||
	    (recognizer_name_roles(s, i, end) & ROLE_FUNCTION) != 0)
		return;
	if (given ||
	    (i <= 24 && s->run->speaker.n > 0 &&
	     (recognizer_name_roles(s, over + 1, next) & ROLE_FUNCTION) == 0 &&
	     (recognizer_name_roles(s, i, end) & ROLE_COMMON) == 0))
		recognizer_hit(s, i, end, ENTITY_PERSON, RULE_PERSON_INTRO,
			       score);
}

/* "ask for X", where X goes on in no thing that is asked for. */
static void ask_for(struct scan *s, uint32_t end)
{
	uint32_t at = name_over(s, end, " for "), stop;
	enum name_kind kind;

	if (at == 0 || at + 1 >= s->n)
		return;
	stop = name_word(s, ++at);
	if (stop < at + 2)
		return;
	kind = recognizer_name_kind(s, at, stop);
	if (kind == NAME_KNOWN || recognizer_name_given(s, at, stop) ||
	    (kind == NAME_RARE && recognizer_rare_word(s, at, stop)) ||
	    (kind == NAME_WORD && recognizer_name_stops(s, stop) &&
	     (recognizer_name_roles(s, at, stop) & ROLE_COMMON) == 0))
		recognizer_hit(s, at, recognizer_name_more(s, stop, 2),
			       ENTITY_PERSON, RULE_PERSON_INTRO, 60);
}

/* "for adeyemi party of four": the words between. */
static void party(struct scan *s, uint32_t i, uint32_t end)
{
	static const char before[] = " for under is name of ";
	uint32_t at = i, start;

	if (name_over(s, end, " of ") == 0)
		return;
	for (unsigned n = 0; n < BACK; n++, at = start) {
		start = name_before(s, at);
		if (start == at)
			return;
		if (name_one(s, start, at - 1, before))
			break;
		if ((recognizer_name_roles(s, start, at - 1) & ROLE_FUNCTION) !=
		    0)
			return;
	}
	s->steps += i - at;
	if (at < i && at != i && name_before(s, at) != at &&
	    name_one(s, name_before(s, at), at - 1, before))
		recognizer_hit(s, at, i - 1, ENTITY_PERSON, RULE_PERSON_INTRO,
			       66);
}

/* One word that people are called by, which is another word, too. */
uint32_t recognizer_name_people(const struct scan *s, uint32_t i)
{
	uint32_t end = i < s->n ? name_word(s, i) : i;

	return end > i + 2 && !recognizer_name_helps(s, i, end) &&
			       (recognizer_name_given(s, i, end) ||
				(recognizer_name_listed(s, i, end) &
				 TAGGER_FAMILY) != 0)
		       ? end
		       : i;
}

/* "my roommate ivy returned it": such a word, and one that tells what they do.
 */
static void kin(struct scan *s, uint32_t i, uint32_t end)
{
	static const char whose[] = " my our his her their your ";
	static const char does[] =
		" is was has had said told got did can wants needs came went "
		"who and called calls left lives works on bought paid sent "
		"lost "
		"broke forgot took made found put kept saw sold gave ";
	uint32_t start = name_before(s, i), stop, next;

	if (start == i || !name_one(s, start, i - 1, whose) ||
	    scan_at(s, end) != ' ')
		return;
	stop = recognizer_name_people(s, end + 1);
	if (stop == end + 1 || scan_at(s, stop) != ' ')
		return;
	next = stop + 1 < s->n ? name_word(s, stop + 1) : stop;
	s->steps += next - i;
	if (name_over(s, stop, does) != 0 ||
	    (next > stop + 5 && memcmp(s->t + next - 2, "ed", 2) == 0))
		recognizer_hit(s, end + 1, stop, ENTITY_PERSON,
			       RULE_PERSON_INTRO, 60);
}

/* "on behalf of quill.": whatever ends what is said. */
static void behalf(struct scan *s, uint32_t end)
{
	const unsigned no = ROLE_FUNCTION | ROLE_COMMON | ROLE_FOREIGN;
	uint32_t at = name_over(s, end, " of "), stop;

	if (at == 0 || scan_at(s, at) != ' ' || at + 1 >= s->n)
		return;
	stop = name_word(s, ++at);
	s->steps += stop - at;
	if (stop > at + 2 && recognizer_name_stops(s, stop) &&
	    (recognizer_name_roles(s, at, stop) & no) == 0)
		recognizer_hit(s, at, stop, ENTITY_PERSON, RULE_PERSON_INTRO,
			       55);
}

void recognizer_name_told(struct scan *s, uint32_t i, uint32_t end,
			  unsigned cue)
{
	if (cue == CUE_PARTY && (s->t[i] | 0x20) == 'b')
		behalf(s, end);
	else if (cue == CUE_PARTY)
		party(s, i, end);
	else if (cue == CUE_REACH && name_said(s, i, "ask") != 0)
		ask_for(s, end);
	else if (cue == CUE_KIN && name_said(s, i, "doctor") == 0)
		kin(s, i, end);
}
