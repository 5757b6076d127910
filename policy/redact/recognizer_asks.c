/* What a turn asks for: topics that decide what answers it. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "policy/redact/recognizer.h"

#define LOOK 256	/* bytes of a turn */
#define REQUEST_LONG 48 /* of one that asks in a few words */
#define ADDED_LONG 80	/* where it goes on with "and" */
#define AGAIN_TURNS 6	/* within which one asks again */
#define AGAIN_LONG 40
#define AGAIN_WORDS 6

/* Topics of "when". */
#define TIMES (TOPIC_BIT(TOPIC_BIRTH) | TOPIC_BIT(TOPIC_EXPIRY))

/* What nobody should tell. */
#define SECRETS (TOPIC_BIT(TOPIC_SECRET) | TOPIC_BIT(TOPIC_PIN))

/* Where the letters and apostrophes end that begin at i of the run, of which
 * the first in.n bytes are looked at. */
static size_t word_end(const struct scan *s, struct bytes in, size_t i)
{
	i = starts_over(s->starts, STARTS_WORD, i);
	while (i < in.n && in.p[i] == '\'')
		i = starts_over(s->starts, STARTS_WORD, i + 1);
	return i < in.n ? i : in.n;
}

static size_t over_blanks(struct bytes in, size_t i)
{
	while (i < in.n && in.p[i] == ' ')
		i++;
	return i;
}

static ALWAYS_INLINE bool is_one(const char *words, struct bytes in, size_t i,
				 size_t end)
{
	return recognizer_check_word(words, in.p, i, end);
}

/* "the 3 digits", "last 4": how many are wanted. */
static bool is_size(const struct scan *s, size_t i)
{
	return (s->n - i > 6 &&
		strncasecmp((const char *)s->t + i + 2, "digit", 5) == 0) ||
	       (i >= 5 &&
		strncasecmp((const char *)s->t + i - 5, "last ", 5) == 0);
}

/* A few words that name what is wanted, and no value. */
static bool requests(const struct scan *s)
{
	size_t from = 0;

	if ((s->seen & TOPICS) == 0)
		return false;
	if (s->run->speaker.n == 0)
		(void)recognizer_turn_label(bytes_of(s->t, s->n), &from);
	if (s->n - from > REQUEST_LONG &&
	    (s->n - from > ADDED_LONG ||
	     strncasecmp((const char *)s->t + from, "and ", 4) != 0))
		return false;
	for (size_t i = from; i < s->n; i++)
		if (is_digit(s->t[i]) && !is_size(s, i))
			return false;
	return true;
}

/* Behind the word at i, over a blank, stands one of the words. */
static ALWAYS_INLINE bool followed(const struct scan *s, struct bytes in,
				   size_t end, const char *words)
{
	return end + 1 < in.n && in.p[end] == ' ' &&
	       is_one(words, in, end + 1, word_end(s, in, end + 1));
}

/* What a question is about besides its topics. */
enum manner {
	MANNER_VALUE,
	MANNER_COUNT, /* "how many", "how long": of whatever it is */
	MANNER_TIME,  /* "when did", "what time" */
};

static enum manner manner(const struct scan *s)
{
	struct bytes in = bytes_of(s->t, s->n < LOOK ? s->n : LOOK);

	for (size_t i = 0, end, next;
	     (i = starts_next(s->starts, STARTS_WORD, i)) < in.n; i = next) {
		uint8_t c = in.p[i] | 0x20;

		next = starts_over(s->starts, STARTS_WORD, i);
		if (c != 'h' && c != 'w')
			continue; /* most words */
		end = word_end(s, in, i);
		if (is_one("how", in, i, end) &&
		    followed(s, in, end, "many much long often far old big"))
			return MANNER_COUNT;
		if ((is_one("when", in, i, end) &&
		     followed(s, in, end, "did do does is was were will")) ||
		    (is_one("what which", in, i, end) &&
		     followed(s, in, end, "time day date")))
			return MANNER_TIME;
	}
	return MANNER_VALUE;
}

/* "Please dont share your password": it is not asked for. */
static bool forbids(const struct scan *s)
{
	struct bytes in = bytes_of(s->t, s->n < LOOK ? s->n : LOOK);
	bool never = false;

	for (size_t i = 0, end; (i = over_blanks(in, i)) < in.n; i = end) {
		uint8_t c = in.p[i] | 0x20;

		end = word_end(s, in, i);
		if (end == i) {
			end++;
			continue;
		}
		if (c == 'n' || c == 'd')
			never = never ||
				is_one("never not dont don't", in, i, end);
		else if (never &&
			 is_one("share tell give send type post", in, i, end))
			return true;
	}
	return false;
}

/* Yes or no answers: "did you write it down". */
static bool asks_yes(const struct scan *s)
{
	struct bytes in = bytes_of(s->t, s->n);
	size_t i = 0, end;

	if (s->run->speaker.n == 0)
		(void)recognizer_turn_label(in, &i);
	for (unsigned words = 0; (i = over_blanks(in, i)) < in.n && words < 3;
	     i = end) {
		end = word_end(s, in, i);
		if (end == i) {
			end++;
			continue;
		}
		words++;
		if (is_one("did do does is are was were have has", in, i, end))
			return true;
		if (!is_one("ok okay so and alright right hi well", in, i, end))
			return false;
	}
	return false;
}

/* "And the year", "sorry?", "say that again": what was asked for last is asked
 * for again. */
static bool asks_again(const struct scan *s)
{
	struct bytes in = bytes_of(s->t, s->n);
	unsigned words = 0;
	bool again = false;
	uint8_t c;

	if (s->n > AGAIN_LONG)
		return false;
	for (size_t i = 0, end; (i = over_blanks(in, i)) < in.n; i = end) {
		end = word_end(s, in, i);
		if (end == i) {
			end++;
			continue;
		}
		c = in.p[i] | 0x20;
		if (is_digit(in.p[i]) || ++words > AGAIN_WORDS)
			return false;
		if (words > 1 && c != 'r' && c != 't' && c != 'i' && c != 'u')
			continue;
		again = again || is_one("repeat", in, i, end) ||
			(words == 1 &&
			 is_one("and sorry pardon und y", in, i, end)) ||
			(is_one("that it", in, i, end) &&
			 followed(s, in, end, "again")) ||
			(words > 1 && is_one("taken invalid incorrect "
					     "unavailable",
					     in, i, end));
	}
	return again;
}

/* What is spoken of; "User: " before it says who speaks. */
static uint64_t spoken_of(const struct scan *s)
{
	const uint64_t user = TOPIC_BIT(TOPIC_USER);
	size_t from;

	if ((s->seen & user) == 0 || s->run->speaker.n != 0)
		return s->seen;
	(void)recognizer_turn_label(bytes_of(s->t, s->n), &from);
	return s->topic_at[TOPIC_USER] <= from ? s->seen & ~user : s->seen;
}

void recognizer_turn_asks(const struct scan *s, struct talk *d)
{
	uint64_t seen = spoken_of(s), land = seen >> TOPIC_LAND;
	enum manner how;

	if ((seen & TOPICS) == 0 && d->kept != 0 &&
	    d->turns - d->kept_at <= AGAIN_TURNS && asks_again(s)) {
		d->mine |= d->kept;
		return;
	}
	if (!s->asks && !requests(s))
		return;
	if ((seen & SECRETS) != 0 && forbids(s))
		return;
	how = (seen & TOPICS) != 0 ? manner(s) : MANNER_VALUE;
	if (how == MANNER_COUNT)
		d->mine = 0;
	else if (how == MANNER_TIME)
		d->mine = seen & TIMES;
	else
		d->mine = seen | (land != 0 ? d->mine & TOPICS : d->mine);
	if ((d->mine & TOPICS) != 0) {
		d->kept = d->mine;
		d->kept_at = d->turns;
		if (asks_yes(s))
			d->mine |= TOPIC_BIT(TOPIC_YES);
	}
}
