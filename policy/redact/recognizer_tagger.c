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

static int take(void *ctx, const struct tagger_span *t)
{
	struct scan *s = ctx;

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
	int rc = tagger_run(s->r->tagger, bytes_of(s->t, s->n), asked(s), take,
			    s, &s->steps);

	if (s->err == 0)
		s->err = rc;
}
