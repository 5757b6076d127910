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

enum name_kind recognizer_name_kind(const struct scan *s, uint32_t i,
				    uint32_t end)
{
	const unsigned who = TAGGER_GIVEN | TAGGER_FAMILY;
	unsigned roles = recognizer_name_roles(s, i, end), is;
	bool name;

	if (end - i < 2 || s->r->tagger == NULL ||
	    (roles & (ROLE_FUNCTION | ROLE_FOREIGN)) != 0)
		return NAME_NONE;
	is = tagger_listed(s->r->tagger, bytes_of(s->t + i, end - i));
	name = (is & (who | TAGGER_PROPER)) != 0 || (roles & ROLE_GIVEN) != 0;
	if ((is & TAGGER_WORD) != 0 || (roles & ROLE_COMMON) != 0 ||
	    (is & (TAGGER_GIVEN | TAGGER_PLACE)) == TAGGER_PLACE)
		return name ? NAME_WORD : NAME_NONE;
	if ((is & who) != 0)
		return NAME_KNOWN;
	return memchr(s->t + i, '\'', end - i) == NULL ? NAME_RARE : NAME_NONE;
}

/* Nothing goes on behind it, or a word that no name's last word asks for. */
static bool stops(const struct scan *s, uint32_t end)
{
	static const char words[] =
		" and here calling speaking on again from about since if ";
	uint8_t c = scan_at(s, end);

	return c == 0 || strchr(".,;!?\n\r)", c) != NULL ||
	       over(s, end, words) != 0;
}

/* May the word [i, end) follow one of a name? */
static bool follows(struct scan *s, uint32_t i, uint32_t end, bool *last)
{
	enum name_kind kind = recognizer_name_kind(s, i, end);
	unsigned roles = recognizer_name_roles(s, i, end);

	*last = kind <= NAME_WORD;
	if (kind > NAME_WORD || (end - i == 1 && is_upper(s->t[i])))
		return true;
	if ((roles & (ROLE_FUNCTION | ROLE_FOREIGN)) != 0 || end - i < 2 ||
	    is_one(s, i, end, helpers))
		return false;
	return is_cap(s, i) || stops(s, end);
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
	if (is_cap(s, i) && end > i + 1 && kind < NAME_RARE &&
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
		return stops(s, end) && !is_one(s, i, end, helpers);
	if (kind == NAME_NONE)
		return false;
	if (stops(s, end))
		return true;
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
	static const char names[] = " here again calling speaking on ";
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
	if (behind == 0 || describes(s, at, stop))
		return;
	if (recognizer_name_kind(s, at, word_end(s, at)) == NAME_WORD &&
	    !is_cap(s, at)) {
		behind = scan_at(s, behind) == ',' ? behind + 1 : behind;
		if (over(s, behind, " i we i'm calling from ") == 0)
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
	if (stop > at && (stops(s, stop) || stop > word_end(s, at) ||
			  recognizer_name_kind(s, at, stop) > NAME_WORD))
		hit(s, at, stop, 66);
}

/* "X here", "X calling back", "it was X who": before the word at i. */
static void cue_before(struct scan *s, uint32_t i, uint32_t end)
{
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
	if (kind > NAME_WORD ||
	    (kind == NAME_WORD &&
	     (recognizer_name_roles(s, start, i - 1) & ROLE_GIVEN) != 0))
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
	stop = recognizer_name_said(s, at, comma ? NAME_WORD : NAME_KNOWN);
	if (stop == at)
		return;
	kind = recognizer_name_kind(s, at, word_end(s, at));
	if (comma && scan_at(s, stop) != ',' && kind < NAME_KNOWN)
		return;
	if (is != 0 && kind < NAME_KNOWN && !is_cap(s, at))
		return;
	hit(s, at, stop, 60);
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

void recognizer_name_around(struct scan *s, uint32_t i, uint32_t end,
			    unsigned cue)
{
	static void (*const cues[])(struct scan *, uint32_t, uint32_t) = {
		[CUE_IT] = cue_it,     [CUE_HAVE] = cue_have,
		[CUE_PUT] = cue_put,   [CUE_UNDER] = cue_under,
		[CUE_AND] = cue_and,   [CUE_BEFORE] = cue_before,
		[CUE_KIN] = cue_kin,   [CUE_FIRST] = cue_first};

	if (cue < ARRAY_LEN(cues) && cues[cue] != NULL)
		cues[cue](s, i, end);
}
