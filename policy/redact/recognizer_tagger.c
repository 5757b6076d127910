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
 * and nouns with capitals for names; there only what the table of names has, or
 * a place that a preposition announces, is one, less the words around it that
 * are none.
 */
#define LOOK 1024 /* bytes that tell the language of a run */

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

/* More of its words are those of another language than English ones. */
static bool is_foreign(struct scan *s)
{
	uint32_t most = s->n < LOOK ? s->n : LOOK, end;
	unsigned foreign = 0, english = 0;

	for (uint32_t i = 0; s->tongue == 0 && i < most; i = end + 1) {
		unsigned r;

		end = word_end(s, i, most);
		if (end == i)
			continue;
		r = roles(s, i, end);
		foreign += (r & ROLE_FOREIGN) != 0;
		english +=
			(r & (ROLE_FUNCTION | ROLE_FOREIGN)) == ROLE_FUNCTION;
	}
	if (s->tongue == 0) {
		s->steps += most;
		s->tongue = foreign >= 2 && foreign > english ? 2 : 1;
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

/* "in Husum", "en Lugo", "táº¡i Vinh": behind these is a place. */
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
		if (end > i + 1 && (roles(s, i, end) & none) == 0 &&
		    tagger_knows(s->r->tagger, bytes_of(s->t + i, end - i),
				 t->type))
			return true;
	}
	return false;
}

/* One word that is no name in any language that is known: "ja", "mhm"; or
 * nothing but single letters. */
static bool is_idle(const struct scan *s, const struct tagger_span *t)
{
	uint32_t i = t->start;

	if (word_end(s, i, t->end) == t->end && is_lower(s->t[i]) &&
	    (roles(s, i, t->end) & (ROLE_FUNCTION | ROLE_PARTICLE)) ==
		    ROLE_FUNCTION)
		return true;
	while (i < t->end && word_end(s, i, t->end) <= i + 1)
		i++;
	return i == t->end && is_lower(s->t[t->start]);
}

static int take(void *ctx, const struct tagger_span *found)
{
	struct tagger_span own = *found, *t = &own;
	struct scan *s = ctx;

	if (is_idle(s, t))
		return 0;
	if (is_foreign(s)) {
		strip(s, t);
		if (t->start >= t->end || !is_known(s, t))
			return 0;
	}
	if (t->score >= types[t->type].least && has_letter(s, t->start, t->end))
		recognizer_hit(s, t->start, t->end, types[t->type].entity,
			       types[t->type].rule,
			       t->score * types[t->type].most / 100u);
	return s->err;
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
