/* What stands around a street: the town, a ZIP code, a number that is said. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "policy/redact/recognizer.h"

/*
 * Chats and recognizers of speech write no capitals. "1482 larkspur st duluth
 * mn 55802" and "forty five maple road in topeka" are told from other words by
 * a state or a ZIP code behind, or by the talk being of an address.
 */
#define TOWN 3	/* words of a town's name */
#define NAMES 4 /* of a street's, behind a number that is said */

static unsigned common(const struct scan *s, uint32_t i, uint32_t end)
{
	const struct word *w = scan_listed(s, i, end)->common;

	return w == NULL ? 0 : w->roles;
}

/* " 55802" at i: its end; else i. */
static uint32_t zip(const struct scan *s, uint32_t i)
{
	uint32_t j = i + (scan_at(s, i) == ','), end;

	while (j < i + 3 && scan_at(s, j) == ' ')
		j++;
	if (j == i)
		return i;
	end = j;
	while (end < j + 6 && is_digit(scan_at(s, end)))
		end++;
	return end == j + 5 && !is_word(scan_at(s, end)) ? end : i;
}

/* The state that is the word at i, with a ZIP code behind; 0: it is none. */
static uint32_t state(const struct scan *s, uint32_t i, uint32_t end)
{
	static const char names[] =
		"alabama alaska arizona arkansas california colorado "
		"connecticut delaware florida georgia hawaii idaho illinois "
		"indiana iowa kansas kentucky louisiana maine maryland "
		"massachusetts michigan minnesota mississippi missouri montana "
		"nebraska nevada ohio oklahoma oregon pennsylvania tennessee "
		"texas utah vermont virginia washington wisconsin wyoming";
	static const char codes[] =
		"ak az ar ca co ct dc fl ga ia il ks ky md mi mn mo ms mt nc "
		"nd ne nh nj nm nv ny ri sc sd tn tx ut va vt wa wi wv wy";
	static const char words[] = "al de hi id in la ma me oh ok or pa";
	static const char first[] = "new north south west rhode";
	static const char second[] = "hampshire jersey mexico york carolina "
				     "dakota virginia island";
	uint32_t next;

	if (recognizer_word_in(s, first, i, end) && scan_at(s, end) == ' ') {
		next = recognizer_word_end(s, end + 1);
		return recognizer_word_in(s, second, end + 1, next)
			       ? zip(s, next)
			       : 0;
	}
	if (recognizer_word_in(s, names, i, end) ||
	    recognizer_word_in(s, codes, i, end))
		return zip(s, end);
	if (recognizer_word_in(s, words, i, end) &&
	    (zip(s, end) > end || recognizer_clause_over(s, end)))
		return zip(s, end);
	return 0;
}

/* Over ", ", "  ", ",", ". " and " in "; 0: no other word goes on there. */
static uint32_t skip(const struct scan *s, uint32_t i)
{
	uint32_t at = i;

	at += scan_at(s, at) == '.' &&
	      (scan_at(s, at + 1) == ',' || scan_at(s, at + 1) == ' ');
	at += scan_at(s, at) == ',';
	if (at == i && scan_at(s, at) != ' ')
		return 0;
	while (at < i + 4 && scan_at(s, at) == ' ')
		at++;
	if (scan_at(s, at) == 'i' && scan_at(s, at + 1) == 'n' &&
	    scan_at(s, at + 2) == ' ')
		at += 3;
	return is_word(scan_at(s, at)) ? at : 0;
}

/* The table of names has it. */
static bool is_place(const struct scan *s, uint32_t i, uint32_t end)
{
	return s->r->tagger != NULL && end - i > 3 &&
	       tagger_knows(s->r->tagger, bytes_of(s->t + i, end - i),
			    TAGGER_LOCATION);
}

/* Behind a street that is somebody's a word that means nothing else is a town,
 * whatever follows: "quarry drive flagstaff right". */
static bool is_odd(const struct scan *s, uint32_t i, uint32_t end)
{
	return end - i > 3 && memcmp(s->t + end - 2, "ly", 2) != 0 &&
	       scan_listed(s, i, end)->trigger == NULL;
}

uint32_t recognizer_town(struct scan *s, uint32_t i, bool near)
{
	uint32_t at = skip(s, i), end, found = i, stop;
	bool goes_on = scan_at(s, i) != '.'; /* else a sentence may begin */

	for (unsigned n = 0; n <= TOWN && at != 0; n++) {
		unsigned roles;

		end = recognizer_word_end(s, at);
		s->steps += end - at;
		if (end == at || is_digit(s->t[at]))
			break;
		stop = n > 0 ? state(s, at, end) : 0;
		if (stop != 0)
			return stop;
		if (n > 0 && zip(s, end) > end)
			return zip(s, end);
		roles = common(s, at, end);
		if ((roles & ROLE_FUNCTION) != 0 &&
		    !recognizer_word_in(s, "las los el", at, end))
			break;
		if (n < 2 && (roles & (ROLE_COMMON | ROLE_FUNCTION)) == 0 &&
		    ((near && goes_on && recognizer_clause_over(s, end) &&
		      scan_at(s, end) != ',') ||
		     (near && goes_on && n == 0 && is_odd(s, at, end)) ||
		     is_place(s, at, end)))
			found = end;
		goes_on = goes_on && scan_at(s, end) != '.';
		at = skip(s, end);
	}
	return found;
}

/* "five mile road" */
static bool is_unit(const struct scan *s, uint32_t i, uint32_t end)
{
	const struct word *w = scan_listed(s, i, end)->trigger;

	return w != NULL && (w->roles & ROLE_DIRECTION) == 0 &&
	       (w->roles & (ROLE_UNIT | ROLE_CURRENCY)) != 0;
}

/* "fifteen saint agnes avenue": the kind of street is the word [i, end), the
 * number before it is of few digits or holds "hundred"; others are folded to
 * one.
 */
uint32_t recognizer_address_said(struct scan *s, uint32_t i, uint32_t end)
{
	static const char numbers[] =
		"one two three four five six seven eight nine ten eleven "
		"twelve thirteen fourteen fifteen sixteen seventeen eighteen "
		"nineteen twenty thirty forty fifty sixty seventy eighty "
		"ninety hundred";
	bool near = recognizer_near(s, TOPIC_ADDRESS, i);
	uint32_t start = i, word, stop, unit;
	unsigned names = 0;

	for (;; names++, start = word) {
		word = recognizer_before(s, start);
		s->steps += start - word;
		if (word == start || names > NAMES)
			return recognizer_address_kind(s, i, end);
		if (recognizer_word_in(s, numbers, word, start - 1))
			break;
		if ((common(s, word, start - 1) &
		     (near ? ROLE_FUNCTION : ROLE_FUNCTION | ROLE_COMMON)) !=
			    0 ||
		    is_unit(s, word, start - 1))
			return recognizer_address_kind(s, i, end);
	}
	if (names == 0)
		return end;
	for (unsigned n = 0;
	     n < 5 && word < start &&
	     (recognizer_word_in(s, numbers, word, start - 1) ||
	      is_digit(s->t[word]) ||
	      (n == 1 && recognizer_word_in(s, "and", word, start - 1)));
	     n++) {
		start = word;
		word = recognizer_before(s, start);
	}
	unit = recognizer_address_unit(s, end);
	stop = recognizer_town(s, unit, near);
	if (recognizer_word_in(s, "hundred", start, start + 7))
		return end; /* how many? */
	if (!near && stop == end &&
	    recognizer_word_in(s, "one two", start, start + 3))
		return end; /* "one lane road", "two way street" */
	recognizer_hit(s, start, stop, ENTITY_STREET_ADDRESS,
		       RULE_ADDRESS_STREET, near ? 80 : 62);
	return stop;
}

/* "CA 94043", and "10115 Berlin" where the talk is of an address. */
uint32_t recognizer_street_zip(struct scan *s, const struct cluster *c)
{
	static const char states[] =
		"AL AK AZ AR CA CO CT DC DE FL GA HI IA ID IL IN KS KY LA MA "
		"MD ME MI MN MO MS MT NC ND NE NH NJ NM NV NY OH OK OR PA PR "
		"RI SC SD TN TX UT VA VT WA WI WV WY";
	uint32_t i = c->start[0], end = c->end[0];
	bool near = recognizer_near(s, TOPIC_ADDRESS, i);
	bool german = near && s->seen >> TOPIC_LAND == LAND_DE;

	if (c->digits[0] != 5)
		return 0;
	if (c->n > 1 && c->sep[0] == '-' && c->digits[1] == 4)
		end = c->end[1];
	if (is_word(scan_at(s, end)))
		return 0;
	if (i >= 3 && s->t[i - 1] == ' ' &&
	    recognizer_check_in(states, (const char *)s->t + i - 3, 2) &&
	    (i == 3 || !is_word(s->t[i - 4]))) {
		recognizer_hit(s, i, end, ENTITY_ZIP_CODE, RULE_ZIP_STATE, 84);
		return end;
	}
	if (!near || scan_at(s, end) != ' ' || !is_upper(scan_at(s, end + 1)) ||
	    !is_lower(scan_at(s, end + 2)))
		return 0;
	recognizer_hit(s, i, end, german ? ENTITY_DE_PLZ : ENTITY_ZIP_CODE,
		       RULE_ZIP_TOWN, 78);
	return end;
}
