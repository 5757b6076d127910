/* What the tagger finds in speech and prose, as hits. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "policy/redact/recognizer.h"

/*
 * Percent from which a name of each type is one: a person left in hurts more
 * than a word too much, a company is rarely anybody's secret. And the score of
 * what is certain: patterns and cues say more, a cue for a person also where
 * the tagger takes the words for a company.
 */
static const struct {
	uint8_t entity, rule, least, most;
} types[TAGGER_TYPES] = {
	[TAGGER_PERSON] = {ENTITY_PERSON, RULE_PERSON_TAGGER, 25, 55},
	[TAGGER_LOCATION] = {ENTITY_LOCATION, RULE_LOCATION_TAGGER, 35, 55},
	[TAGGER_ORGANIZATION] = {ENTITY_ORGANIZATION, RULE_ORGANIZATION_TAGGER,
				 50, 64},
};

static bool has_letter(const struct scan *s, uint32_t start, uint32_t end)
{
	while (start < end && !is_alpha(s->t[start]) && s->t[start] < 0x80)
		start++;
	return start < end;
}

/*
 * The tagger learned English. In a text of another language it takes greetings
 * and nouns with capitals for names, and of a word or two that stand alone (in
 * a cell, a list of timed words) nobody knows the language. There only what the
 * table of names has, or a place that a preposition announces, is one, less the
 * words around it that are none. In a turn of a dialogue a word or two answer,
 * and where a name was asked for all words may be one.
 */
#define LOOK 1024 /* bytes that tell the language of a run */
#define FEW 3	  /* words that do not */
#define LONG 128  /* bytes of the longest name; longer ones are several */

static uint32_t word_end(const struct scan *s, uint32_t i, uint32_t end)
{
	while (i < end && is_word(s->t[i]))
		i++;
	return i;
}

static unsigned roles(const struct scan *s, uint32_t i, uint32_t end)
{
	const struct word *w = recognizer_words_find(&s->r->common, s->t + i,
						     end - i, s->n - i);

	return w == NULL ? 0 : w->roles;
}

/* More of its words are those of another language than English ones, or there
 * are few. */
static bool is_foreign(struct scan *s)
{
	uint32_t most = s->n < LOOK ? s->n : LOOK, end;
	unsigned foreign = 0, english = 0, words = 0;

	for (uint32_t i = 0; s->tongue == 0 && i < most; i = end + 1) {
		unsigned r;

		end = word_end(s, i, most);
		if (end == i)
			continue;
		r = roles(s, i, end);
		words++;
		foreign += (r & ROLE_FOREIGN) != 0;
		english +=
			(r & (ROLE_FUNCTION | ROLE_FOREIGN)) == ROLE_FUNCTION;
	}
	if (s->tongue == 0) {
		bool turn = s->run->kind == RUN_TEXT && !s->run->again &&
			    s->run->speaker.n > 0;
		bool few = words < FEW && !turn &&
			   (s->asked >> TOPIC_NAME & 1) == 0;

		s->steps += most;
		s->tongue = few || (foreign >= 2 && foreign > english) ? 2 : 1;
	}
	return s->tongue == 2;
}

/* No name: one of the other language's words. Tables of words do not tell
 * letters beyond ASCII apart, that of names does: "Võ" is not "và". */
static bool is_plain(const struct scan *s, uint32_t i, uint32_t end)
{
	bool ascii = true;

	if ((roles(s, i, end) & ROLE_FOREIGN) == 0)
		return false;
	for (uint32_t k = i; k < end; k++)
		ascii = ascii && s->t[k] < 0x80;
	return ascii || is_lower(s->t[i]) ||
	       !tagger_knows(s->r->tagger, bytes_of(s->t + i, end - i),
			     TAGGER_PERSON);
}

/* Words at both ends that are no names. */
static void strip(const struct scan *s, struct tagger_span *t)
{
	while (t->start < t->end) {
		uint32_t end = word_end(s, t->start, t->end);

		if (end > t->start && !is_plain(s, t->start, end))
			break;
		t->start = end > t->start ? end : end + 1;
	}
	while (t->start < t->end) {
		uint32_t i = t->end;

		while (i > t->start && is_word(s->t[i - 1]))
			i--;
		if (i < t->end && !is_plain(s, i, t->end))
			break;
		t->end = i < t->end ? i : i - 1;
	}
}

/* "in Husum", "en Lugo", "tại Vinh": behind these is a place. */
static bool is_announced(const struct scan *s, uint32_t start)
{
	static const char *const words[] = {" in ", " aus ", " nach ",	" bei ",
					    " en ", " de ",  " desde ", " tại ",
					    " ở ",  " từ "};

	for (size_t k = 0; k < ARRAY_LEN(words); k++) {
		size_t n = strlen(words[k]);

		if (start >= n && memcmp(s->t + start - n, words[k], n) == 0)
			return is_upper(s->t[start]) || s->t[start] >= 0x80;
	}
	return false;
}

static bool is_known(struct scan *s, const struct tagger_span *t)
{
	const unsigned none = ROLE_FUNCTION | ROLE_PARTICLE;
	uint32_t end;

	s->steps += t->end - t->start;
	if (t->type == TAGGER_LOCATION && is_announced(s, t->start))
		return true;
	for (uint32_t i = t->start; i < t->end; i = end + 1) {
		end = word_end(s, i, t->end);
		if (end > i + (is_lower(s->t[i]) ? 3 : 1) &&
		    (roles(s, i, end) & none) == 0 &&
		    tagger_knows(s->r->tagger, bytes_of(s->t + i, end - i),
				 t->type))
			return true;
	}
	return false;
}

static int put(struct scan *s, const struct tagger_span *t)
{
	if (has_letter(s, t->start, t->end))
		recognizer_hit(s, t->start, t->end, types[t->type].entity,
			       types[t->type].rule,
			       t->score * types[t->type].most / 100u);
	return s->err;
}

static int put_known(struct scan *s, struct tagger_span t)
{
	strip(s, &t);
	return t.start < t.end && is_known(s, &t) ? put(s, &t) : s->err;
}

/* A list of names, or of nouns: each stretch between words that are none. */
static int put_list(struct scan *s, const struct tagger_span *all)
{
	struct tagger_span t = *all;
	int rc = 0;

	s->steps += all->end - all->start;
	for (uint32_t i = t.start, end; rc == 0 && i < all->end; i = end) {
		end = word_end(s, i, all->end);
		if (end == i) {
			end++;
		} else if (is_plain(s, i, end)) {
			t.end = i;
			rc = put_known(s, t);
			t.start = end;
		}
	}
	t.end = all->end;
	return rc == 0 && t.start < t.end ? put_known(s, t) : rc;
}

static int take(void *ctx, const struct tagger_span *t)
{
	struct scan *s = ctx;

	if (t->score < types[t->type].least)
		return 0;
	if (!is_foreign(s))
		return put(s, t);
	return t->end - t->start > LONG ? put_list(s, t) : put_known(s, *t);
}

static enum tagger_asked asked(const struct scan *s)
{
	const uint64_t place = TOPIC_BIT(TOPIC_ADDRESS) | TOPIC_BIT(TOPIC_ZIP);

	if ((s->asked >> TOPIC_NAME & 1) != 0)
		return TAGGER_ASKED_NAME;
	if ((s->asked & place) != 0)
		return TAGGER_ASKED_PLACE;
	return s->asked != 0 ? TAGGER_ASKED_OTHER : TAGGER_ASKED_NONE;
}

void recognizer_tagger(struct scan *s)
{
	int rc = 0;

	if (s->r->tagger != NULL)
		rc = tagger_run(s->r->tagger, bytes_of(s->t, s->n), asked(s),
				take, s, &s->steps);
	if (s->err == 0)
		s->err = rc;
}
