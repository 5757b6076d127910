/* Words that are spelled: "S-M-I-T-H", "n like nancy a i r", "K 7 4 W". */
/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Letters said one by one, with digits among them where a code is read aloud,
 * become the word for matching (recognizer_fold.c), so that what is a name
 * behind a cue, an answer, a code or a part of an address is found as it is
 * written, and searched where the other stands. "As in", "like" and "for" with
 * a word of the same letter belong to a letter. The alphabet is no word, nor
 * are abbreviations with points.
 */
#include "policy/redact/recognizer.h"

#define NAME_LEAST 4  /* letters, where nobody asked for a name */
#define ASKED_LEAST 2 /* where somebody did */
#define APART 3	      /* a blank between most of them */
#define EXAMPLES 10   /* "as in Sam" */

static bool alone(struct bytes in, size_t i)
{
	return i < in.n && is_alpha(in.p[i]) &&
	       (i == 0 || (!is_word(in.p[i - 1]) && in.p[i - 1] != '\'')) &&
	       (i + 1 == in.n ||
		(!is_word(in.p[i + 1]) && in.p[i + 1] != '\''));
}

/* Over one blank, the word: its end; i: it is not there. */
static size_t over(struct bytes in, size_t i, const char *word)
{
	size_t at = i + 1;

	if (i >= in.n || in.p[i] != ' ')
		return i;
	for (; *word != '\0'; word++, at++)
		if (at >= in.n || (in.p[at] | 0x20) != (uint8_t)*word)
			return i;
	return at < in.n && is_word(in.p[at]) ? i : at;
}

static const char *const examples[] = {"as",  "like", "for",
				       "wie", "como", "de"};
static const char twice_[] = "double";
static const char more[] = "at hundred thousand"; /* behind digits */

const char *recognizer_chain_list(size_t k)
{
	if (k < SPOKEN_IDLY)
		return recognizer_spoken_idly[k] == NULL
			       ? ""
			       : recognizer_spoken_idly[k];
	k -= SPOKEN_IDLY;
	if (k < SPOKEN_PAIRS)
		return recognizer_spoken_pairs[k];
	k -= SPOKEN_PAIRS;
	if (k < ARRAY_LEN(examples))
		return examples[k];
	k -= ARRAY_LEN(examples);
	return k == 0 ? twice_ : k == 1 ? more : NULL;
}

/* "as in Sam", "for Sam" behind the letter before i: its end, or i. */
static size_t over_example(struct bytes in, size_t i)
{
	size_t at = i, end;

	if (i + 1 >= in.n ||
	    !recognizer_check_may("a l f w c d", in.p[i + 1] | 0x20))
		return i; /* most words begin none of them */
	for (size_t k = 0; at == i && k < ARRAY_LEN(examples); k++)
		at = over(in, i, examples[k]);
	if (at == i)
		return i;
	at = over(in, at, "in");
	if (at + 1 >= in.n || in.p[at] != ' ' ||
	    (in.p[at + 1] | 0x20) != (in.p[i - 1] | 0x20))
		return i;
	for (end = at + 1; end < in.n && is_word(in.p[end]);)
		end++;
	return end - at > 2 ? end : i;
}

/* What the next item is; the letters and the examples it adds are counted. */
struct spelled {
	size_t letters, digits, examples, items;
	bool alphabet; /* as far as it goes */
	uint8_t last;
};

static void letter(struct spelled *c, uint8_t l, unsigned times)
{
	l |= 0x20;
	c->alphabet = c->alphabet && times == 1 &&
		      (c->letters == 0 || l == c->last + 1);
	c->last = l;
	c->letters += times;
}

static bool next_item(struct bytes in, size_t *at, struct spelled *c,
		      struct spoken_digits *out)
{
	size_t end, twice = *at > 0 ? over(in, *at - 1, twice_) : 0;
	unsigned times = 1;
	bool thinks;

	if (*at > 0 && twice > *at && twice + 1 < in.n &&
	    alone(in, twice + 1)) {
		times = 2;
		end = twice + 2;
	} else if (alone(in, *at)) {
		end = over_example(in, *at + 1);
		c->examples += end > *at + 1;
	} else {
		if (!recognizer_spoken_next(in, at, false, out))
			return false;
		/* "r as in romeo, 7, k": these are no list */
		if (c->examples > 0 && *at == in.n && out->end < in.n &&
		    in.p[out->end] == ',')
			*at = recognizer_spoken_gap(in, out->end, &thinks);
		c->digits += out->n;
		c->items++;
		return true;
	}
	letter(c, in.p[times == 2 ? end - 1 : *at], times);
	c->items++;
	*out = (struct spoken_digits){
		.start = *at, .end = end, .n = (uint8_t)times};
	memset(out->digits, in.p[times == 2 ? end - 1 : *at], 2);
	*at = recognizer_spoken_gap(in, end, &thinks);
	if (*at == end)
		*at = in.n;
	return true;
}

bool recognizer_spelled_next(struct bytes in, size_t *at,
			     struct spoken_digits *out)
{
	struct spelled c = {.alphabet = true, .examples = 1};

	return next_item(in, at, &c, out); /* what recognizer_spelled() found */
}

/* "two l s as in sugar t one seven nine": a digit or two, then letters, then
 * digits; a time of day ends in letters. */
static size_t digits_first(struct bytes in, size_t i)
{
	struct spelled c = {.alphabet = true};
	struct spoken_digits d = {.end = 0};
	size_t end = 0, letters = 0;
	bool digit = false;

	for (size_t at = i; next_item(in, &at, &c, &d); end = d.end) {
		if (c.letters == 0 && c.items > 2)
			return 0;
		digit = c.letters == letters;
		letters = c.letters;
	}
	return letters > 0 && c.digits >= 3 &&
			       (c.examples > 0 || (letters >= 3 && digit))
		       ? end
		       : 0;
}

bool recognizer_spoken_ends(const struct starts *m, struct bytes in, size_t end)
{
	unsigned id = m->id != NULL && end + 1 < in.n && in.p[end] == ' '
			      ? m->id[end + 1]
			      : 0;

	return id != 0 && (m->may[id - 1] & STARTS_CHAIN) == 0 &&
	       !starts_has(m, STARTS_SAID, end + 1);
}

size_t recognizer_spelled(struct bytes in, size_t i)
{
	struct spelled c = {.alphabet = true};
	struct spoken_digits d = {.end = 0};
	size_t end = 0;
	bool word = (in.p[i] | 0x20) == 'a' || (in.p[i] | 0x20) == 'i';

	if (!alone(in, i))
		return digits_first(in, i);
	for (size_t at = i; next_item(in, &at, &c, &d);) {
		if (c.items == 2 && word && c.examples == 0 && c.digits > 0)
			return 0; /* "a 4 5 6" */
		end = d.end;
	}
	if (c.examples > 0)
		return c.items >= 2 ? end : 0;
	if (c.items < 3 || (c.alphabet && c.letters > 2))
		return 0;
	return (c.letters >= (word ? 4 : 3) && c.digits == 0) ||
			       (c.letters > 0 && c.digits >= 3) ||
			       (c.letters >= 4 && c.items >= 6) ||
			       (c.letters >= 2 && c.digits >= 2)
		       ? end
		       : 0;
}

/* How far its letters stood apart, on average, in halves of a byte. */
static uint32_t apart(const struct scan *s, uint32_t i, uint32_t end)
{
	return end - i < 2 ? 0
			   : 2 * (s->map[end - 1] - s->map[i]) / (end - i - 1);
}

/* "capital b r e n": where that begins. */
static uint32_t capital(const struct scan *s, uint32_t i)
{
	static const char word[] = "capital ";
	uint32_t n = (uint32_t)strlen(word);

	for (uint32_t k = 0; k < n; k++)
		if (i < n || (s->t[i - n + k] | 0x20) != (uint8_t)word[k])
			return i;
	return i - n;
}

void recognizer_spelled_hits(struct scan *s)
{
	const uint64_t codes =
		TOPIC_BIT(TOPIC_CONFIRMATION) | TOPIC_BIT(TOPIC_ORDER) |
		TOPIC_BIT(TOPIC_TICKET) | TOPIC_BIT(TOPIC_POLICY) |
		TOPIC_BIT(TOPIC_CLAIM) | TOPIC_BIT(TOPIC_ID);
	bool name = (s->asked >> TOPIC_NAME & 1) != 0;
	bool code = !name && (s->asked & codes) != 0;
	uint32_t end;

	s->steps += s->n;
	for (uint32_t i = 0; i < s->n; i = end) {
		unsigned digits = 0, least;

		for (end = i; end < s->n && is_word(s->t[end]); end++)
			digits += is_digit(s->t[end]);
		if (end == i) {
			end++;
			continue;
		}
		if (digits == end - i || apart(s, i, end) < APART)
			continue;
		least = name || apart(s, i, end) >= EXAMPLES ? ASKED_LEAST
							     : NAME_LEAST;
		if (digits > 0 || code)
			recognizer_hit(s, i, end, ENTITY_ID_NUMBER,
				       RULE_ID_SPELLED, 55);
		else if (end - i >= least || recognizer_near(s, TOPIC_NAME, i))
			recognizer_hit(s, capital(s, i), end, ENTITY_PERSON,
				       RULE_PERSON_SPELLED, 60);
	}
}
