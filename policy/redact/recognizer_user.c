/* Names of users: those of several words, and among other values. */
/* SPDX-License-Identifier: Apache-2.0 */
/*
 * "Underscore" is said in little else than user's names and addresses. Who is
 * asked for phone, user name and e-mail writes "3055550119, mvega,
 * mvega@example.com": of the pieces between commas the one word that is no
 * common one is the user name. Asked for that alone, "sunny side up 3" is one.
 */
#include "policy/redact/recognizer.h"

#define ANSWER_LONG 160
#define WORDS_MOST 4 /* of a name that is all of a turn */
#define WORD_LONG 32

static const char joints[] = "dot underscore dash hyphen unterstrich";
static const char labels[] = "username user usernam usrname usr uname login "
			     "id name handle is its it's the my and";

static uint32_t word_end(const struct scan *s, uint32_t i)
{
	uint32_t end = i;

	while (end < s->n && end - i < WORD_LONG && s->t[end] > ' ' &&
	       strchr(",;!?\"()", s->t[end]) == NULL)
		end++;
	while (end > i && strchr(".:", s->t[end - 1]) != NULL)
		end--;
	return end;
}

static bool is_function(const struct scan *s, uint32_t i, uint32_t end)
{
	return (recognizer_name_roles(s, i, end) & ROLE_FUNCTION) != 0;
}

uint32_t recognizer_user_under(struct scan *s, uint32_t i, uint32_t end)
{
	uint32_t start = recognizer_before(s, i), stop;

	if (start == i || scan_at(s, end) != ' ')
		return 0;
	stop = recognizer_word_end(s, end + 1);
	if (stop == end + 1 || is_function(s, start, i - 1) ||
	    is_function(s, end + 1, stop) ||
	    (recognizer_name_roles(s, start, i - 1) != 0 &&
	     recognizer_name_roles(s, end + 1, stop) != 0))
		return 0;
	recognizer_hit(s, start, stop, ENTITY_USERNAME, RULE_USER_CUE, 60);
	return 0;
}

static bool is_trigger(const struct scan *s, uint32_t i, uint32_t end)
{
	return scan_listed(s, i, end)->trigger != NULL;
}

/* One word of a piece [i, end) that is a user's name. */
static bool is_name(const struct scan *s, uint32_t i, uint32_t end)
{
	unsigned letters = 0;

	for (uint32_t k = i; k < end; k++) {
		if (s->t[k] == '@' || s->t[k] == '/' || s->t[k] == '#')
			return false;
		letters += is_alpha(s->t[k]);
	}
	return letters > 1 && end - i >= 4 &&
	       recognizer_name_roles(s, i, end) == 0 && !is_trigger(s, i, end);
}

/* The pieces between commas of a turn that says several values. */
static void pieces(struct scan *s, uint32_t from)
{
	uint32_t at = from, end, start = 0, stop = 0;
	unsigned words = 0;

	for (; at <= s->n; at = end) {
		while (at < s->n && s->t[at] == ' ')
			at++;
		end = at < s->n ? word_end(s, at) : at;
		if (end == at || (end == at + 1 && !is_word(s->t[at])) ||
		    recognizer_word_in(s, "and", at, end)) {
			if (words == 1 && is_name(s, start, stop))
				recognizer_hit(s, start, stop, ENTITY_USERNAME,
					       RULE_USER_ANSWER, 55);
			words = 0;
			end = end == at ? at + 1 : end;
			continue;
		}
		if (recognizer_word_in(s, labels, at, end))
			continue;
		start = at;
		stop = end;
		words++;
	}
}

/* All of the turn, behind words that say nothing: with a joint in it, or a
 * number at its end. */
static void whole(struct scan *s, uint32_t from)
{
	static const char idle[] = "um uh so its it's it is ok okay oh then "
				   "try yes yeah sure maybe";
	uint32_t start = s->n, stop = 0, end;
	unsigned words = 0, common = 0;
	bool joint = false, last = false;

	for (uint32_t i = from; i < s->n; i = end) {
		while (i < s->n && s->t[i] == ' ')
			i++;
		end = i < s->n ? word_end(s, i) : i;
		if (end == i)
			break;
		if (words == 0 && (recognizer_word_in(s, idle, i, end) ||
				   recognizer_word_in(s, labels, i, end)))
			continue;
		if (words == 0 && is_trigger(s, i, end))
			return; /* "order 10938" */
		start = words++ == 0 ? i : start;
		stop = end;
		last = is_digit(s->t[end - 1]);
		joint = joint ||
			(words > 1 && recognizer_word_in(s, joints, i, end));
		common += is_function(s, i, end) && words != 3;
	}
	if (words < 2 || words > WORDS_MOST || common > 0 || stop + 1 < s->n ||
	    !(joint || last) || is_digit(s->t[start]))
		return;
	recognizer_hit(s, start, stop, ENTITY_USERNAME, RULE_USER_ANSWER, 68);
}

/* Asked for an e-mail address, one answers with what stands before the '@'. */
static void box(struct scan *s)
{
	uint32_t end = word_end(s, 0);
	bool digit = false, mark = false;

	for (uint32_t k = 0; k < end; k++) {
		digit = digit || is_digit(s->t[k]);
		mark = mark || s->t[k] == '_' || s->t[k] == '.';
		if (s->t[k] == '@')
			return;
	}
	if (end + 1 >= s->n && end > 5 && is_alpha(s->t[0]) && (digit || mark))
		recognizer_hit(s, 0, end, ENTITY_EMAIL_ADDRESS,
			       RULE_USER_ANSWER, 66);
}

void recognizer_user_answer(struct scan *s)
{
	const uint64_t other = TOPIC_BIT(TOPIC_EMAIL) | TOPIC_BIT(TOPIC_PHONE);
	size_t from = 0;

	if ((s->asked >> TOPIC_EMAIL & 1) != 0)
		box(s);
	if ((s->asked >> TOPIC_USER & 1) == 0 || s->n > ANSWER_LONG)
		return;
	if (s->run->speaker.n == 0)
		(void)recognizer_turn_label(bytes_of(s->t, s->n), &from);
	s->steps += s->n - from;
	if ((s->asked & TOPICS & ~other) != 0 &&
	    (memchr(s->t + from, ',', s->n - from) != NULL ||
	     memchr(s->t + from, '/', s->n - from) != NULL)) {
		/* JSON, or a title */
		if (memchr(s->t + from, '"', s->n - from) == NULL)
			pieces(s, (uint32_t)from);
	} else if ((s->asked & TOPIC_BIT(TOPIC_YES)) == 0)
		whole(s, (uint32_t)from);
}

/* A digit or a mark is inside of the word. */
static bool is_odd(const struct scan *s, uint32_t i, uint32_t end)
{
	for (uint32_t k = i; k < end; k++)
		if (is_digit(s->t[k]) || s->t[k] == '_' || s->t[k] == '.')
			return true;
	return false;
}

/* What stands behind a plain word ends it as a value: "goldfinch and". */
static bool is_ended(const struct scan *s, uint32_t i)
{
	uint32_t end = recognizer_word_end(s, i + 1);

	return recognizer_clause_over(s, i) || is_function(s, i + 1, end);
}

void recognizer_user_said(struct scan *s)
{
	static const char links[] = "name id is was i use its it's my account";
	uint32_t i = s->topic_at[TOPIC_USER], start, end;
	const char *over = links;
	size_t from = 0;
	bool plain;

	if (i == 0)
		return;
	/* "User: I prefer" */
	if (s->run->speaker.n == 0)
		(void)recognizer_turn_label(bytes_of(s->t, s->n), &from);
	if (i <= from)
		over = "name id";
	for (start = --i; start > 0 && is_word(s->t[start - 1]);)
		start--;
	/* "user experience", "login page" */
	plain = !recognizer_word_in(s, "user login log sign handle", start, i);
	for (unsigned n = 0; n < 6; n++) {
		for (; i < s->n && strchr(" :=-", s->t[i]) != NULL; i++)
			plain = plain || s->t[i] != ' ';
		end = word_end(s, i);
		if (end == i || !recognizer_word_in(s, over, i, end))
			break;
		plain = plain || recognizer_word_in(s, "name id", i, end);
		i = end;
	}
	if (end == i || !is_name(s, i, end) ||
	    !(is_odd(s, i, end) || (plain && !s->asks && is_ended(s, end) &&
				    !recognizer_secret_state(s, i, end))))
		return;
	recognizer_hit(s, i, end, ENTITY_USERNAME, RULE_USER_CUE, 56);
}
