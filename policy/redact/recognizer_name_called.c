/* Names that somebody is called by: "super, Wubishet.". */
/* SPDX-License-Identifier: Apache-2.0 */
#include "policy/redact/recognizer_name.h"

#include <string.h>

static uint32_t word_end(const struct scan *s, uint32_t i)
{
	while (i < s->n && is_word(s->t[i]))
		i++;
	return i;
}

/* Behind a name that somebody is called by, without a comma. */
static bool is_next(const struct scan *s, uint32_t end)
{
	static const char *const words[] = {
		"just", "nearly", "almost", "now",    "let",  "one",
		"bear", "hold",	  "hang",   "please", "give", "thank",
		"what", "mind",	  "are",    "enjoy",  "take", "thanks"};
	uint32_t stop = end == s->n ? end : word_end(s, end + 1);

	if (end == s->n || s->t[end] == '.' || s->t[end] == '!' ||
	    s->t[end] == '\n')
		return true;
	for (size_t k = 0; s->t[end] == ' ' && k < ARRAY_LEN(words); k++)
		if (strlen(words[k]) == stop - end - 1 &&
		    memcmp(s->t + end + 1, words[k], stop - end - 1) == 0)
			return true;
	return false;
}

/* "super wubishet just a tick", "bye miles", "happy to help rich": words of
 * lower case. A word that agrees ("ok", "sure") rather begins a sentence. */
static void call_plainly(struct scan *s, uint32_t i, uint32_t end)
{
	static const char yes[] = " ok okay sure right alright now you ";
	static const char soft[] = " up now loads you it moment course ";
	/* behind "thanks beau" */
	static const char praise[] = " you're youre ur you've youve that's "
				     "thats for ";
	static const char dears[] = " man love bud buddy mate honey dear girl "
				    "sugar baby sir ";
	uint32_t at = end + 1, stop = word_end(s, at);
	enum name_kind kind;

	if (stop - at < 3 ||
	    (s->t[i] == 'h' && (i < 3 || memcmp(s->t + i - 3, "to ", 3) != 0)))
		return;
	kind = recognizer_name_kind(s, at, stop);
	if (kind == NAME_NONE ||
	    (kind != NAME_KNOWN &&
	     ((!is_next(s, stop) &&
	       !(s->t[i] == 't' && name_over(s, stop, praise) != 0)) ||
	      name_one(s, i, end, yes))))
		return;
	if (name_one(s, at, stop, dears) ||
	    (kind == NAME_RARE && name_one(s, i, end, soft)))
		return;
	if (kind == NAME_RARE || recognizer_name_given(s, at, stop))
		recognizer_hit(s, at, stop, ENTITY_PERSON,
			       RULE_PERSON_SALUTATION, 50);
}

/* "bring that up, iolanthe.": the word between a comma and the end. */
void recognizer_name_last_word(struct scan *s, uint32_t i, uint32_t end)
{
	enum name_kind kind;
	uint32_t from = i < 32 ? 0 : i - 32;
	uint8_t c = scan_at(s, end);

	if (!is_lower(s->t[i]) || end - i < 4 ||
	    (c != 0 && c != '.' && c != '!' && c != '?') ||
	    memchr(s->t + from, ',', i - 2 - from) != NULL)
		return;
	kind = recognizer_name_kind(s, i, end);
	s->steps += 32;
	if (kind > NAME_WORD || recognizer_name_given(s, i, end))
		recognizer_hit(s, i, end, ENTITY_PERSON, RULE_PERSON_SALUTATION,
			       50);
}

/* "Great, Maria.", "bye, sage!": called by it, and the sentence ends. */
void recognizer_name_ack(struct scan *s, uint32_t i, uint32_t end)
{
	uint32_t at = end + 2, stop, first;
	uint8_t c;

	if (scan_at(s, end) == ' ' && is_lower(scan_at(s, end + 1)) &&
	    is_lower(s->t[i]))
		call_plainly(s, i, end);
	if (scan_at(s, end) != ',' || scan_at(s, end + 1) != ' ' || at >= s->n)
		return;
	stop = recognizer_name_any(s, at);
	c = scan_at(s, stop);
	if (stop == at || (c != '.' && c != '!' && c != 0 && c != '\n'))
		return;
	first = word_end(s, at);
	if (is_lower(s->t[at]) &&
	    recognizer_name_kind(s, at, first) < NAME_RARE &&
	    (!recognizer_name_called(s, at, first) ||
	     (stop > first && recognizer_name_helps(s, at, first) &&
	      recognizer_name_roles(s, first + 1, stop) != 0)))
		return; /* "thanks, will fix" */
	recognizer_hit(s, at, stop, ENTITY_PERSON, RULE_PERSON_SALUTATION, 55);
}

/* Before "the": for whom one calls. */
static bool is_spoken_for(const struct scan *s, uint32_t the)
{
	static const char *const words[] = {"here for ", "speaking for ",
					    "calling for ", "behalf of "};

	for (size_t k = 0; k < ARRAY_LEN(words); k++) {
		size_t n = strlen(words[k]);

		if (the >= n && memcmp(s->t + the - n, words[k], n) == 0)
			return true;
	}
	return false;
}

/* "the whole family". */
static bool is_kind_of(const struct scan *s, uint32_t i, uint32_t end)
{
	static const char *const words[] = {"whole", "entire",	  "same",
					    "other", "immediate", "extended",
					    "own",   "royal",	  "new"};

	for (size_t k = 0; k < ARRAY_LEN(words); k++)
		if (strlen(words[k]) == end - i &&
		    memcmp(s->t + i, words[k], end - i) == 0)
			return true;
	return false;
}

/* "the Carter family": a word between, which is no common one, or one that
 * somebody is called by where one calls for them. */
void recognizer_name_house(struct scan *s, uint32_t i)
{
	const unsigned none = ROLE_FUNCTION | ROLE_FOREIGN;
	uint32_t start = i == 0 ? 0 : i - 1;
	enum name_kind kind;

	if (i < 7 || s->t[i - 1] != ' ')
		return;
	while (start > 0 && i - start < 32 && is_word(s->t[start - 1]))
		start--;
	s->steps += i - start;
	if (i - start < 4 || start < 4 || (s->t[start - 4] | 0x20) != 't' ||
	    memcmp(s->t + start - 3, "he ", 3) != 0 ||
	    (recognizer_name_roles(s, start, i - 1) & none) != 0)
		return;
	kind = recognizer_name_kind(s, start, i - 1);
	if (kind > NAME_WORD || is_upper(s->t[start]) ||
	    (is_spoken_for(s, start - 4) && !is_kind_of(s, start, i - 1)))
		recognizer_hit(s, start, i - 1, ENTITY_PERSON,
			       RULE_PERSON_INTRO, 66);
}

/* In lower case a word alone is more often what one is than who: "ich bin
 * müde", "soy alérgico"; and so is one before a common word. */
void recognizer_name_abroad(struct scan *s, uint32_t end)
{
	uint32_t at = end + 1, stop, next;
	unsigned words = 0;

	if (scan_at(s, end) != ' ' || at >= s->n)
		return;
	stop = recognizer_name_any(s, at);
	for (uint32_t i = at; i < stop; i = next + 1, words++) {
		next = word_end(s, i);
		if (!is_upper(s->t[at]) &&
		    (recognizer_name_roles(s, i, next) & ROLE_FOREIGN) != 0)
			return;
	}
	if (stop != at && (is_upper(s->t[at]) || words > 1 ||
			   recognizer_name_kind(s, at, stop) == NAME_KNOWN))
		recognizer_hit(s, at, stop, ENTITY_PERSON, RULE_PERSON_INTRO,
			       70);
}

/* Before "dr" stands what it is of, or where it is: "the dr called", "1200
 * ocean dr west". Others greet, ask or say whom one saw. */
static bool is_title(const struct scan *s, uint32_t i)
{
	static const char whose[] =
		" the a my your his her our their this that any another ";
	static const char whom[] =
		" see saw seen seeing visit visited gracias hola buenas ";
	uint32_t start = name_before(s, i);

	if (start == i)
		return i < 2 || !is_word(s->t[i - 2]);
	if (name_one(s, start, i - 1, whose))
		return false;
	return name_one(s, start, i - 1, whom) ||
	       (recognizer_name_roles(s, start, i - 1) &
		(ROLE_FUNCTION | ROLE_FOREIGN)) != 0;
}

/* "is dr bloom in", "hola señora vega": a family's or a first name, which may
 * be a word, too; or a rare one: "with dr achterberg please". Behind "dr" short
 * ones are jargon ("dr appt"), behind "señora" verbs that no list has. */
static void call_titled(struct scan *s, uint32_t i, uint32_t at)
{
	const unsigned who = TAGGER_GIVEN | TAGGER_FAMILY;
	static const char no[] = " pepper scholls martens strange ";
	uint32_t stop = name_word(s, at);
	enum name_kind kind = recognizer_name_kind(s, at, stop);
	unsigned vowels = 0;
	bool rare;

	for (uint32_t k = at; k < stop; k++)
		vowels += strchr("aeiouy", name_lower(s->t[k])) != NULL;
	rare = kind == NAME_RARE && s->t[i] != 's' && vowels > 0 &&
	       ((stop - at > 4 && vowels > 1) ||
		(stop - at > 2 &&
		 (recognizer_name_stops(s, stop) ||
		  name_over(s, stop, " is on in at or can for ") != 0))) &&
	       !name_verbal(s, at, stop);

	s->steps += stop - at;
	if (stop - at < 3 || name_one(s, at, stop, no) ||
	    recognizer_name_helps(s, at, stop) || kind == NAME_NONE ||
	    (!rare && (recognizer_name_listed(s, at, stop) & who) == 0) ||
	    !is_title(s, i))
		return;
	recognizer_hit(s, at, recognizer_name_more(s, stop, 1), ENTITY_PERSON,
		       RULE_PERSON_TITLE, 60);
}

/* "danke, frau klein" where nothing has a capital. */
void recognizer_name_title(struct scan *s, uint32_t i, uint32_t end)
{
	static const char titles[] = " dr prof professor mister señor señora "
				     "sr sra ";
	const unsigned none = ROLE_FUNCTION | ROLE_FOREIGN;
	uint32_t at = scan_at(s, end) == '.' ? end + 2 : end + 1, stop;
	uint8_t c = s->t[i];

	if (at >= s->n || s->t[at - 1] != ' ' || is_upper(s->t[at]))
		return;
	if (name_one(s, i, end, titles)) {
		call_titled(s, i, at);
		return;
	}
	if ((c != 'h' && c != 'f') || at != end + 1)
		return;
	stop = word_end(s, at);
	if (stop - at >= 3 && (recognizer_name_roles(s, at, stop) & none) == 0)
		recognizer_hit(s, at, stop, ENTITY_PERSON, RULE_PERSON_TITLE,
			       60);
}

/* "I'm art, art little": the name that is said twice begins at i. */
bool recognizer_name_twice(struct scan *s, uint32_t i)
{
	uint32_t end = i < s->n ? name_word(s, i) : i, at, stop, last;

	at = scan_at(s, end) == ',' ? end + 2 : end + 1;
	if (end - i < 2 || at + (end - i) > s->n || s->t[i] != s->t[at] ||
	    memcmp(s->t + i, s->t + at, end - i) != 0 ||
	    (recognizer_name_kind(s, i, end) < NAME_RARE &&
	     (recognizer_name_roles(s, i, end) & ROLE_GIVEN) == 0) ||
	    name_word(s, at) != at + (end - i))
		return false;
	stop = at + (end - i);
	last = scan_at(s, stop) == ' ' ? name_word(s, stop + 1) : stop;
	if (last > stop + 2 &&
	    (recognizer_name_roles(s, stop + 1, last) & ROLE_FUNCTION) == 0)
		stop = last;
	else if (scan_at(s, end) != ',')
		return false;
	recognizer_hit(s, i, end, ENTITY_PERSON, RULE_PERSON_INTRO, 70);
	recognizer_hit(s, at, stop, ENTITY_PERSON, RULE_PERSON_INTRO, 70);
	return true;
}
