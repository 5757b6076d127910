/* Names that somebody is called by: "super, Wubishet.", "cám ơn chị Vũ". */
/* SPDX-License-Identifier: Apache-2.0 */
#include "policy/redact/recognizer.h"

#include <string.h>

/*
 * Nine of ten people in Vietnam have one of few family names, which stand
 * first; most are ordinary words, too. Behind "là" (is) and what people are
 * called (chị, anh, ông, bà, cô) they are names, with up to two words behind
 * them where these are no common ones.
 */
static const char *const families[] = {
	"nguyễn", "trần", "lê",	   "phạm", "huỳnh", "hoàng",
	"phan",	  "vũ",	  "võ",	   "đặng", "bùi",   "đỗ",
	"hồ",	  "ngô",  "dương", "lý",   "đinh",  "trương"};

static uint32_t word_end(const struct scan *s, uint32_t i)
{
	while (i < s->n && is_word(s->t[i]))
		i++;
	return i;
}

/* The same word, its first letter in either case. */
static bool is_family(const struct scan *s, uint32_t i, uint32_t end)
{
	for (size_t k = 0; k < ARRAY_LEN(families); k++) {
		const uint8_t *w = (const uint8_t *)families[k];
		uint32_t n = (uint32_t)strlen(families[k]), at = 0;

		if (n != end - i)
			continue;
		if (w[0] == 0xC4 && w[1] == 0x91) { /* đ */
			if (s->t[i] != 0xC4 || (s->t[i + 1] | 1) != 0x91)
				continue;
			at = 2;
		} else if ((s->t[i] | 0x20) == w[0]) {
			at = 1;
		}
		if (at > 0 && memcmp(s->t + i + at, w + at, n - at) == 0)
			return true;
	}
	return false;
}

void recognizer_name_family(struct scan *s, uint32_t cue, uint32_t end)
{
	const unsigned none = ROLE_FUNCTION | ROLE_COMMON;
	uint32_t i = end + 1, stop, next;
	unsigned more = 0;

	if (scan_at(s, end) != ' ' || i >= s->n)
		return;
	stop = word_end(s, i);
	if (stop == i || !is_family(s, i, stop))
		return;
	for (; more < 2 && scan_at(s, stop) == ' '; more++) {
		next = word_end(s, stop + 1);
		if (next == stop + 1 ||
		    (recognizer_name_roles(s, stop + 1, next) & none) != 0)
			break;
		stop = next;
	}
	s->steps += stop - end;
	/* "là vũ khí." is a weapon */
	if (is_upper(s->t[i]) || s->t[i] == 0xC4 || s->t[cue] != 'l' ||
	    more == 2)
		recognizer_hit(s, i, stop, ENTITY_PERSON, RULE_PERSON_INTRO,
			       75);
}

/* "Great, Maria.", "bye, sage!": called by it, and the sentence ends. */
void recognizer_name_ack(struct scan *s, uint32_t end)
{
	uint32_t at = end + 2, stop;
	uint8_t c;

	if (scan_at(s, end) != ',' || scan_at(s, end + 1) != ' ' || at >= s->n)
		return;
	stop = recognizer_name_any(s, at);
	c = scan_at(s, stop);
	if (stop != at && (c == '.' || c == '!' || c == 0 || c == '\n'))
		recognizer_hit(s, at, stop, ENTITY_PERSON,
			       RULE_PERSON_SALUTATION, 55);
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
	    (kind == NAME_WORD && is_spoken_for(s, start - 4)))
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
	if (stop != at && (is_upper(s->t[at]) || words > 1))
		recognizer_hit(s, at, stop, ENTITY_PERSON, RULE_PERSON_INTRO,
			       70);
}

/* "danke, frau klein" where nothing has a capital. */
void recognizer_name_title(struct scan *s, uint32_t i, uint32_t end)
{
	const unsigned none = ROLE_FUNCTION | ROLE_FOREIGN;
	uint32_t at = end + 1, stop;
	uint8_t c = s->t[i];

	if ((c != 'h' && c != 'f') || scan_at(s, end) != ' ' || at >= s->n ||
	    is_upper(s->t[at]))
		return;
	stop = word_end(s, at);
	if (stop - at >= 3 && (recognizer_name_roles(s, at, stop) & none) == 0)
		recognizer_hit(s, at, stop, ENTITY_PERSON, RULE_PERSON_TITLE,
			       60);
}
