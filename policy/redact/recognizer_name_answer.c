/* Who a turn says that it is, when the turn before asked for a name. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "policy/redact/recognizer_name.h"

#include <string.h>

#define ANSWER_LONG 60	 /* bytes; longer turns say who they are themselves */
#define WORDY 24	 /* bytes of one that says more than a name */
#define FEW 5		 /* words of one in which a common one is a name */
#define QUESTION_LONG 96 /* of one that asks who speaks */

/* Words around the answer: "yes, it's ...", "my first name is ...". */
static bool filler(struct scan *s, uint32_t i, uint32_t end)
{
	enum name_kind kind;
	unsigned common = recognizer_name_roles(s, i, end);

	if ((common & ROLE_FOREIGN) != 0 && is_lower(s->t[i]))
		return true;
	if (common == 0 && is_lower(s->t[i])) {
		kind = recognizer_name_kind(s, i, end);
		return kind < NAME_RARE ||
		       (kind == NAME_RARE && s->n > WORDY && end - i > 3 &&
			!recognizer_rare_word(s, i, end));
	}
	return (common & (ROLE_FUNCTION | ROLE_COMMON)) != 0 &&
	       !((common & ROLE_COMMON) != 0 && is_upper(s->t[i]) && i > 0);
}

/* What is found so far. */
struct answer {
	uint32_t start, end;	 /* the name */
	uint32_t word, word_end; /* a word that may be one, just before */
	uint32_t may, may_end;	 /* the first such word */
	uint32_t only, only_end; /* the last word that says something */
	unsigned n, said;	 /* words of the name; that say something */
	unsigned words;		 /* all */
};

static bool is_reply(const struct scan *s, uint32_t i, uint32_t end)
{
	static const char words[] =
		" good great right okay oh sure fine cool wait hold stop what "
		"more best new same both agent support help cancel account "
		"order manager billing refund return chat live ";

	return name_one(s, i, end, words);
}

/* The next word; false: the name has ended. "Oh right, " is none. */
static bool take(struct scan *s, uint32_t i, uint32_t stop, struct answer *a)
{
	bool helps = (recognizer_name_roles(s, i, stop) & ROLE_FUNCTION) != 0 ||
		     (stop < s->n && is_lower(s->t[i]) && is_reply(s, i, stop));
	bool joins = a->n == 0 && is_lower(s->t[i]) && stop - i == 2 &&
		     memcmp(s->t + i, "de", 2) == 0;

	a->words++;
	if (!joins && !filler(s, i, stop)) {
		a->start = a->n == 0 ? i : a->start;
		if (a->n == 0 && a->word_end != 0 && i - a->word_end <= 2)
			a->start = a->word; /* "rose ngwenya", "price, jo" */
		a->end = stop;
		a->n++;
		return true;
	}
	if (a->n > 0)
		return false;
	a->said += !helps;
	if (!helps) {
		a->only = i;
		a->only_end = stop;
	}
	if (!recognizer_name_called(s, i, stop) &&
	    (scan_at(s, stop) != ',' || helps ||
	     recognizer_name_kind(s, i, stop) != NAME_WORD)) {
		a->word_end = a->word_end + 1 == i ? a->word_end : 0;
	} else if (a->word_end == 0 || a->word_end + 1 != i) {
		a->word = i;
		a->word_end = stop;
	}
	if (a->may_end == 0) {
		a->may = a->word;
		a->may_end = a->word_end;
	}
	return true;
}

/* A word that is a name, too, ends it: "ruby good the usual", "tsosie, will."
 */
static uint32_t last_word(struct scan *s, uint32_t end)
{
	uint32_t at = scan_at(s, end) == ',' ? end + 1 : end, stop;
	uint8_t c;

	if (scan_at(s, at) != ' ' || at + 1 >= s->n)
		return end;
	stop = recognizer_letters_end(s, ++at);
	c = scan_at(s, stop);
	if (recognizer_name_kind(s, at, stop) != NAME_WORD)
		return c == 0 || strchr(".!,?", c) != NULL
			       ? recognizer_name_more(s, end, 1)
			       : end;
	if (c == ' ' && stop + 1 < s->n &&
	    (is_digit(s->t[stop + 1]) ||
	     recognizer_spoken_word(bytes_of(s->t, s->n), stop + 1)))
		return stop; /* "hyun woo oh eight" */
	if (c == ' ') {
		uint32_t next = recognizer_letters_end(s, stop + 1);

		return (recognizer_name_roles(s, stop + 1, next) &
			ROLE_FUNCTION) != 0
			       ? stop
			       : end;
	}
	return c == 0 || strchr(".!,?", c) != NULL ? stop : end;
}

/* "west", "its cash": a common word that is a name, too, and all that is said;
 * no reply of other kinds. */
static bool is_it(const struct scan *s, const struct answer *a)
{
	const unsigned who = TAGGER_GIVEN | TAGGER_FAMILY |
			     (a->words == 1 ? TAGGER_PROPER : 0);
	uint32_t start = name_before(s, a->only);

	return (a->words == 1 ||
		(a->words == 2 && start < a->only &&
		 name_one(s, start, a->only - 1, " its it's ist es là "))) &&
	       !is_reply(s, a->only, a->only_end) &&
	       !recognizer_name_helps(s, a->only, a->only_end) &&
	       recognizer_name_kind(s, a->only, a->only_end) == NAME_WORD &&
	       (recognizer_name_listed(s, a->only, a->only_end) & who) != 0;
}

/* Nothing in it is a name for sure: a word or two that may be one are it, and
 * so is whatever is all that is said. */
static void guess(struct scan *s, struct answer *a)
{
	bool alone = a->said == 1 && a->only_end != 0;

	if (a->may_end != 0 && a->words <= FEW) {
		a->start = a->may;
		a->end = last_word(s, a->may_end);
	} else if (alone &&
		   (recognizer_name_roles(s, a->only, a->only_end) == 0 ||
		    is_it(s, a))) {
		a->start = a->only;
		a->end = a->only_end;
	}
}

/*
 * The first one to three words of a short turn that are not common ones are the
 * name, and a common one beside them or alone where people are called so. Words
 * a cue has taken already are joined by the resolution of overlaps.
 */
void recognizer_name_answer(struct scan *s)
{
	struct answer a = {.n = 0};
	size_t from = 0;

	if ((s->asked >> TOPIC_NAME & 1) == 0 || s->n > ANSWER_LONG)
		return;
	if (s->run->speaker.n == 0)
		(void)recognizer_turn_label(bytes_of(s->t, s->n), &from);
	for (uint32_t i = (uint32_t)from; i < s->n && a.n < 3;) {
		uint32_t stop = recognizer_letters_end(s, i);

		if (is_digit(s->t[i]) || s->t[i] == '@')
			return;
		if (stop == i) {
			i++;
			continue;
		}
		if (!take(s, i, stop, &a))
			break;
		if (a.n > 0 && scan_at(s, stop) != ' ' &&
		    scan_at(s, stop) != '.')
			break;
		i = stop;
	}
	s->steps += s->n;
	if (a.n == 0)
		guess(s, &a);
	else
		a.end = last_word(s, a.end);
	while (a.n > 0 && a.start >= 2 && s->t[a.start - 1] == ' ' &&
	       is_alpha(s->t[a.start - 2]) &&
	       (a.start == 2 || s->t[a.start - 3] == ' '))
		a.start -= 2;	 /* initials */
	if (a.end - a.start > 1) /* a letter alone is no name */
		recognizer_hit(s, a.start, a.end, ENTITY_PERSON,
			       RULE_PERSON_ANSWER, 65);
}

static bool has(const struct scan *s, uint32_t i, const char *words)
{
	for (; *words != '\0'; words++, i++)
		if ((scan_at(s, i) | 0x20) != (uint8_t)*words)
			return false;
	return !is_word(scan_at(s, i));
}

void recognizer_name_who(struct scan *s, uint32_t i)
{
	static const char *const words[] = {
		"who is this",	 "who's this",	   "whos this", "who am i",
		"who do i have", "who i have",	   "who i am",	"who i'm",
		"who's calling", "who is calling", "whom am i", "who are you"};

	for (size_t k = 0; s->n <= QUESTION_LONG && k < ARRAY_LEN(words); k++)
		if (has(s, i, words[k]))
			s->seen |= TOPIC_BIT(TOPIC_NAME);
}

/* "And you are?", "and father's?" */
bool recognizer_name_asked(struct scan *s)
{
	static const char *const last[] = {"and you are", "mothers", "fathers",
					   "mother's", "father's"};
	uint32_t end = s->n;

	if (s->n > QUESTION_LONG)
		return false;
	while (end > 0 && !is_word(s->t[end - 1]))
		end--;
	if (end == 0 ||
	    ((s->t[end - 1] | 0x20) != 'e' && (s->t[end - 1] | 0x20) != 's'))
		return false;
	s->steps += s->n - end;
	for (size_t k = 0; k < ARRAY_LEN(last); k++) {
		uint32_t n = (uint32_t)strlen(last[k]);

		if (end >= n && (end == n || s->t[end - n - 1] == ' ') &&
		    has(s, end - n, last[k]))
			return true;
	}
	return false;
}
