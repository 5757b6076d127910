/* What the question or the key decides: values, passwords. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "policy/redact/recognizer.h"

#define ANSWER_LONG 60 /* bytes; longer turns say who they are themselves */
#define ANSWER_WORDS 4 /* "It's jdoe77, thanks." */
#define VALUE_LONG 80

static uint32_t word_end(const struct scan *s, uint32_t i)
{
	uint32_t end = i;

	while (end < s->n && (is_alpha(s->t[end]) || s->t[end] >= 0x80 ||
			      s->t[end] == '\'' || s->t[end] == '-'))
		end++;
	return end;
}

/* Letters and digits: what people give for a PIN that is a word. */
static bool mixed(const struct scan *s, uint32_t i, uint32_t end)
{
	bool letter = false, digit = false;

	for (; i < end; i++) {
		letter = letter || is_alpha(s->t[i]);
		digit = digit || is_digit(s->t[i]);
	}
	return letter && digit;
}

/*
 * The turn before asked for a user's name or a password: the one word of a
 * short turn that is no common one.
 */
void recognizer_token_answer(struct scan *s)
{
	const uint64_t user = TOPIC_BIT(TOPIC_USER);
	const uint64_t both = user | TOPIC_BIT(TOPIC_SECRET);
	const uint64_t pin = TOPIC_BIT(TOPIC_PIN);
	uint32_t start = 0, end = 0, stop;
	unsigned n = 0, words = 0;
	size_t from = 0;

	if ((s->asked & (both | pin)) == 0 || s->n > ANSWER_LONG)
		return;
	if (s->run->speaker.n == 0)
		(void)recognizer_turn_label(bytes_of(s->t, s->n), &from);
	for (uint32_t i = (uint32_t)from; i < s->n; i = stop + 1) {
		for (stop = i; stop < s->n && s->t[stop] > ' ';)
			stop++;
		if (stop > i && strchr(".,;!?", s->t[stop - 1]) != NULL)
			stop--;
		words += stop > i;
		if (stop - i < 4 || recognizer_name_roles(s, i, stop) != 0)
			continue;
		start = i;
		end = stop;
		n++;
	}
	s->steps += s->n;
	if (words > ANSWER_WORDS)
		return;
	if (n == 1 && (s->asked & user) != 0)
		recognizer_hit(s, start, end, ENTITY_USERNAME, RULE_USER_ANSWER,
			       70);
	else if (n == 1 && ((s->asked & both) != 0 || mixed(s, start, end)))
		recognizer_hit(s, start, end, ENTITY_PASSWORD,
			       RULE_SECRET_ANSWER, 70);
}

/* A value under a name's key is one when it reads like one: one to five words
 * of letters, not all of them common. */
void recognizer_name_value(struct scan *s)
{
	unsigned n = 0, unusual = 0;
	uint32_t i = 0;

	if ((s->keyed >> TOPIC_NAME & 1) == 0 || s->n > VALUE_LONG)
		return;
	while (i < s->n) {
		uint32_t end = word_end(s, i);

		if (end == i) {
			if (s->t[i] != ' ' && s->t[i] != '.' && s->t[i] != ',')
				return;
			i++;
			continue;
		}
		unusual += recognizer_name_roles(s, i, end) == 0;
		n++;
		i = end;
	}
	s->steps += s->n;
	if (n >= 1 && n <= 5 && (unusual > 0 || is_upper(s->t[0])))
		recognizer_hit(s, 0, s->n, ENTITY_PERSON, RULE_PERSON_KEY, 80);
}

/* Behind "password": "is", ":" and a token that is no word of the sentence. */
void recognizer_secret(struct scan *s, uint32_t end)
{
	uint32_t i = end, stop;
	bool colon = false, odd = false;

	while (i < end + 12 && !colon && scan_at(s, i) != 0) {
		colon = s->t[i] == ':' || s->t[i] == '=';
		if (i > end && s->t[i - 1] == ' ' && i + 3 < s->n &&
		    memcmp(s->t + i, "is ", 3) == 0) {
			i += 3;
			break;
		}
		if (!colon && s->t[i] != ' ' && !is_lower(s->t[i]))
			return;
		i++;
	}
	while (scan_at(s, i) == ' ' || scan_at(s, i) == '"')
		i++;
	for (stop = i; stop < s->n && stop < i + 64 && s->t[stop] > ' ' &&
		       s->t[stop] != '"';
	     stop++)
		odd = odd || !is_lower(s->t[stop]);
	while (stop > i && strchr(".,;!?", s->t[stop - 1]) != NULL)
		stop--;
	if (stop - i < 4 || (!colon && !odd) ||
	    recognizer_name_roles(s, i, stop) != 0)
		return;
	recognizer_hit(s, i, stop, ENTITY_PASSWORD, RULE_SECRET_CUE, 75);
}
