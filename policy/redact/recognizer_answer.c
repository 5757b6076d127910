/* What the question or the key decides: values, passwords. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "policy/redact/recognizer.h"

#define ANSWER_LONG 60 /* bytes; longer turns say who they are themselves */
#define ANSWER_WORDS 4 /* "It's jdoe77, thanks." */
#define VALUE_LONG 80

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

/* Words of a turn, as far as one of them may be a user's name or a password. */
struct tokens {
	uint32_t start, end; /* the last such */
	unsigned odd, plain; /* such with a digit or a mark, such of letters */
	unsigned words, common, before; /* the token */
	bool digits; /* a word of digits is among the others */
};

/* Something that no word of a sentence has in it. */
static bool is_odd(const struct scan *s, uint32_t i, uint32_t end)
{
	for (uint32_t k = i; k < end; k++)
		if (!is_alpha(s->t[k]) && s->t[k] < 0x80 && s->t[k] != '\'' &&
		    (s->t[k] != '-' || k == i || k + 1 == end))
			return true;
	return false;
}

static void tokens(struct scan *s, uint32_t from, struct tokens *t)
{
	uint32_t stop;

	*t = (struct tokens){.words = 0};
	for (uint32_t i = from; i < s->n; i = stop + 1) {
		const struct word *w;
		unsigned roles;
		bool odd;

		for (stop = i; stop < s->n && s->t[stop] > ' ';)
			stop++;
		if (stop > i && strchr(".,:;!?", s->t[stop - 1]) != NULL)
			stop--;
		if (stop == i)
			continue;
		t->words++;
		roles = recognizer_name_roles(s, i, stop);
		t->common += (roles & ROLE_FUNCTION) == 0 && roles != 0;
		t->digits = t->digits || is_digit(s->t[i]);
		odd = is_odd(s, i, stop);
		w = scan_listed(s, i, stop)->trigger;
		if (w != NULL && (w->roles & ROLE_TOPIC) != 0)
			continue;
		if (stop - i < 4 || roles != 0 || (!odd && t->odd > 0))
			continue;
		t->start = i;
		t->end = stop;
		t->odd += odd;
		t->plain += !odd;
		t->before = t->common;
	}
	s->steps += s->n;
}

/* "snowleopard 91": the one word that is no common one, and a number that the
 * turn ends in, which belongs to it. */
static bool with_number(const struct scan *s, struct tokens *t)
{
	uint32_t end = t->end + 1;

	if (t->odd != 0 || t->plain != 1 || t->common != 0 ||
	    t->words > ANSWER_WORDS || scan_at(s, t->end) != ' ')
		return false;
	while (is_digit(scan_at(s, end)))
		end++;
	if (end == t->end + 1 || end - t->end > 5 ||
	    (end < s->n && (s->t[end] != '.' || end + 1 < s->n)))
		return false;
	t->end = end;
	return true;
}

/*
 * The turn before asked for a user's name or a password: the one word of a
 * short turn that has digits or marks in it, or the one that is no common one
 * among words that say nothing.
 */
void recognizer_token_answer(struct scan *s)
{
	const uint64_t user = TOPIC_BIT(TOPIC_USER);
	const uint64_t both = user | TOPIC_BIT(TOPIC_SECRET);
	const uint64_t pin = TOPIC_BIT(TOPIC_PIN);
	struct tokens t;
	size_t from = 0;
	bool one;

	if ((s->asked & (both | pin)) == 0 || s->n > ANSWER_LONG)
		return;
	if (s->run->speaker.n == 0)
		(void)recognizer_turn_label(bytes_of(s->t, s->n), &from);
	tokens(s, (uint32_t)from, &t);
	/* "i use kdrake" */
	if ((s->asked & user) != 0 && t.before == 1)
		t.common -= t.before;
	one = t.odd == 1 || (t.odd == 0 && t.plain == 1 && t.common == 0 &&
			     !t.digits && t.words <= ANSWER_WORDS &&
			     (s->asked & TOPIC_BIT(TOPIC_YES)) == 0);
	if (!one && (s->asked & user) != 0)
		one = with_number(s, &t);
	if (!one)
		return;
	if ((s->asked & user) != 0)
		recognizer_hit(s, t.start, t.end, ENTITY_USERNAME,
			       RULE_USER_ANSWER, 70);
	else if ((s->asked & both) != 0 || mixed(s, t.start, t.end))
		recognizer_hit(s, t.start, t.end, ENTITY_PASSWORD,
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
		uint32_t end = recognizer_letters_end(s, i);

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

/* Behind "password": "is", ":" and a token that is no word of the sentence; or
 * letters and digits right behind it. */
void recognizer_secret(struct scan *s, uint32_t end)
{
	uint32_t i = end, stop = end + 1;
	bool colon = false, odd = false, is = false;

	while (stop < s->n && stop < end + 64 && s->t[stop] > ' ')
		stop++;
	while (stop > end + 1 && strchr(".,;!?", s->t[stop - 1]) != NULL)
		stop--;
	if (scan_at(s, end) == ' ' && stop - end > 6 &&
	    mixed(s, end + 1, stop)) {
		recognizer_hit(s, end + 1, stop, ENTITY_PASSWORD,
			       RULE_SECRET_CUE, 75);
		return;
	}

	while (i < end + 12 && !colon && scan_at(s, i) != 0) {
		colon = s->t[i] == ':' || s->t[i] == '=';
		if (i > end && s->t[i - 1] == ' ' && i + 4 < s->n &&
		    (memcmp(s->t + i, "is ", 3) == 0 ||
		     memcmp(s->t + i, "was ", 4) == 0)) {
			i += s->t[i] == 'w' ? 4 : 3;
			is = true;
			break;
		}
		if (!colon && s->t[i] != ' ' && !is_lower(s->t[i]))
			break;
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
	if ((is || colon) && stop - i >= 4 && (colon || odd) &&
	    scan_at(s, stop) != ' ' && recognizer_name_roles(s, i, stop) == 0)
		recognizer_hit(s, i, stop, ENTITY_PASSWORD, RULE_SECRET_CUE,
			       75);
	else
		recognizer_secret_later(s, end, is || colon ? i : s->n);
}

/* Nothing was asked for, and no word says what it is: most turns. */
static bool is_silent(const struct scan *s)
{
	return s->asked == 0 && (s->place & ROLE_BANK) == 0 &&
	       s->topic_at[TOPIC_USER] == 0 && s->topic_at[TOPIC_PLATE] == 0 &&
	       s->topic_at[TOPIC_BIRTH] == 0;
}

void recognizer_answers(struct scan *s)
{
	if (is_silent(s))
		return;
	recognizer_place_answer(s);
	recognizer_name_answer(s);
	recognizer_name_among(s);
	recognizer_token_answer(s);
	recognizer_user_answer(s);
	recognizer_user_said(s);
	recognizer_secret_words(s);
	recognizer_code_answer(s);
	recognizer_date_answer(s);
}
