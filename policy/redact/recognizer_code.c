/* Codes of several words that answer: "HO3 5512 8830", "bkr 4471". */
/* SPDX-License-Identifier: Apache-2.0 */
#include "policy/redact/recognizer.h"

#define ANSWER_LONG 80
#define LETTERS_MOST 4 /* of a word without digits */
#define LEAST 4	       /* letters and digits in all */
#define MOST 28
#define LEAST_DIGITS 3
#define LOCATOR 6	/* letters of a booking's, which may have no digit */
#define LOCATOR_LONG 32 /* bytes of a turn that is one, */
#define LOCATOR_WORDS 4 /* of a turn that is one */

/* Questions that a code answers. */
#define T(topic) TOPIC_BIT(TOPIC_##topic)
#define CODES                                                             \
	(T(ORDER) | T(CONFIRMATION) | T(POLICY) | T(CLAIM) | T(TICKET) |  \
	 T(CUSTOMER) | T(PASSPORT) | T(LICENSE) | T(MEDICAL) | T(PLATE) | \
	 T(ACCOUNT) | T(ID))

enum part {
	PART_WORD,
	PART_LETTERS,
	PART_CODE,
};

/* Words of the code so far. */
struct code {
	uint32_t first; /* where the turn begins */
	uint32_t start, end;
	unsigned words, letters, digits;
};

/* Up to a blank, without the marks at its end. */
static uint32_t token_end(const struct scan *s, uint32_t i)
{
	uint32_t end = i;

	while (end < s->n && s->t[end] > ' ')
		end++;
	while (end > i && strchr(".,;!?", s->t[end - 1]) != NULL)
		end--;
	return end;
}

static bool is_trigger(const struct scan *s, uint32_t i, uint32_t end)
{
	return scan_listed(s, i, end)->trigger != NULL;
}

static bool is_filler(const struct scan *s, uint32_t i, uint32_t end)
{
	char lower[4];

	for (uint32_t k = i; k < end && k < i + sizeof(lower); k++)
		lower[k - i] = (char)(s->t[k] | 0x20);
	return end - i <= sizeof(lower) &&
	       recognizer_check_in("uhh umm uhm ahh hmm erm yea yup", lower,
				   end - i);
}

/* Small letters that may be a word nobody knows: "says". */
static bool is_spoken(const struct scan *s, uint32_t i, uint32_t end,
		      uint32_t first)
{
	bool vowel = false;

	/* "abc 1234" is all that is said */
	if (end - i < 3 || is_upper(s->t[i]) ||
	    (end - i == 3 && i == first && is_digit(scan_at(s, end + 1))))
		return false;
	for (; i < end; i++)
		vowel = vowel || strchr("aeiouy", s->t[i]) != NULL;
	return vowel;
}

static enum part part_of(const struct scan *s, uint32_t i, uint32_t end,
			 struct code *c)
{
	unsigned digits = 0, letters = 0;

	for (uint32_t k = i; k < end; k++) {
		digits += is_digit(s->t[k]);
		letters += is_alpha(s->t[k]);
		if (!is_digit(s->t[k]) && !is_alpha(s->t[k]) && s->t[k] != '-')
			return PART_WORD;
	}
	if (digits == 0 &&
	    (is_filler(s, i, end) || is_spoken(s, i, end, c->first) ||
	     letters == 0 || letters > LETTERS_MOST ||
	     (letters > 1 && (recognizer_name_roles(s, i, end) != 0 ||
			      is_trigger(s, i, end))) ||
	     strchr("aiAI", s->t[i]) != NULL))
		return PART_WORD;
	c->digits += digits;
	c->letters += letters;
	return digits == 0 ? PART_LETTERS : PART_CODE;
}

/* The code that a turn is, behind words that everybody says. */
static bool find(struct scan *s, uint32_t from, struct code *c)
{
	uint32_t end;

	*c = (struct code){.first = from};
	for (uint32_t i = from; i < s->n; i = end + 1) {
		end = token_end(s, i);
		if (end == i)
			continue;
		if (part_of(s, i, end, c) == PART_WORD) {
			if (c->words > 0)
				return !is_trigger(s, i, end);
			if (recognizer_name_roles(s, i, end) == 0 &&
			    !is_trigger(s, i, end) && !is_filler(s, i, end))
				return false;
			continue;
		}
		c->start = c->words++ == 0 ? i : c->start;
		c->end = end;
		if (scan_at(s, end) > ' ')
			end++;
		if (s->t[end - 1] == '.' || s->t[end - 1] == '?')
			return true;
	}
	return c->words > 0;
}

static unsigned digits(const struct scan *s, uint32_t i)
{
	unsigned n = 0;

	for (; i < s->n; i++)
		n += is_digit(s->t[i]);
	return n;
}

/* Six letters that hardly make a word: capitals, or one vowel at most. */
static bool is_locator(const struct scan *s, uint32_t i, uint32_t end)
{
	unsigned upper = 0, vowels = 0;

	for (uint32_t k = i; k < end; k++) {
		if (!is_alpha(s->t[k]))
			return false;
		upper += is_upper(s->t[k]);
		vowels += strchr("aeiouy", s->t[k] | 0x20) != NULL;
	}
	return end - i == LOCATOR && (upper == LOCATOR || vowels <= 1);
}

/* "uh ghkplm": one such among few words that say nothing. */
static void locator(struct scan *s, uint32_t from)
{
	uint32_t start = 0, end, stop = 0;
	unsigned words = 0;

	for (uint32_t i = from; i < s->n; i = end + 1) {
		end = token_end(s, i);
		words += end > i;
		if (end == i ||
		    (recognizer_name_roles(s, i, end) & ROLE_FUNCTION) != 0 ||
		    is_trigger(s, i, end))
			continue;
		if (stop != 0 || !is_locator(s, i, end))
			return;
		start = i;
		stop = end;
	}
	if (stop != 0 && words <= LOCATOR_WORDS)
		recognizer_hit(s, start, stop, ENTITY_CONFIRMATION_NUMBER,
			       RULE_ID_ANSWER, 60);
}

/* Behind "my plate is"; s->n: that is not said. */
static uint32_t plate(const struct scan *s)
{
	static const char *const words[] = {" is ", " number is ", " was ",
					    ": "};
	uint32_t at = s->topic_at[TOPIC_PLATE];

	for (size_t k = 0; at != 0 && k < ARRAY_LEN(words); k++) {
		uint32_t n = (uint32_t)strlen(words[k]);

		if (s->n - (at - 1) > n &&
		    memcmp(s->t + at - 1, words[k], n) == 0)
			return at - 1 + n;
	}
	return s->n;
}

void recognizer_code_answer(struct scan *s)
{
	size_t from = 0;
	struct code c;
	int type = -1;

	if ((s->asked & CODES) == 0) {
		from = plate(s);
		type = ENTITY_VEHICLE_REGISTRATION;
	}
	if (from == s->n || s->n - from > ANSWER_LONG)
		return;
	if (from == 0 && s->run->speaker.n == 0)
		(void)recognizer_turn_label(bytes_of(s->t, s->n), &from);
	s->steps += s->n - from;
	if ((s->asked & T(CONFIRMATION)) != 0 && s->n - from <= LOCATOR_LONG)
		locator(s, (uint32_t)from);
	if (digits(s, (uint32_t)from) < LEAST_DIGITS)
		return;
	if (!find(s, (uint32_t)from, &c) || c.words < 2 || c.letters == 0 ||
	    c.digits < LEAST_DIGITS || c.letters + c.digits < LEAST ||
	    c.letters + c.digits > MOST)
		return;
	if (type < 0)
		type = recognizer_id_asked(s, c.letters + c.digits);
	if (type >= 0)
		recognizer_hit(s, c.start, c.end, (unsigned)type,
			       RULE_ID_ANSWER, 78);
}
