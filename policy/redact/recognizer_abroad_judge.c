/* What others took for a name in a turn of another language. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "policy/redact/recognizer_abroad.h"
#include "policy/redact/recognizer_name.h"

/* A sentence begins at i, with a capital whatever it is. */
static bool opens(const struct scan *s, uint32_t i)
{
	while (i > 0 && s->t[i - 1] == ' ')
		i--;
	return i == 0 || strchr(".!?:\n", s->t[i - 1]) != NULL;
}

/* A word of the language that is nobody's name here. */
static bool is_plain(struct scan *s, uint32_t i, uint32_t end)
{
	unsigned roles = abroad_word(s, i, end);
	struct abroad_number n;

	if (abroad_capital(s, i))
		return (roles & ABROAD_WORD) != 0 && opens(s, i);
	if (roles == 0)
		return end == i + 1 ||
		       abroad_number(bytes_of(s->t, end), i, &n);
	return (roles & ABROAD_WORD) != 0 ||
	       ((roles & ABROAD_ALSO) != 0 &&
		(recognizer_name_listed(s, i, end) & TAGGER_GIVEN) == 0);
}

/* The list of names has the word for such a hit. */
static bool is_listed(const struct scan *s, const struct hit *h, uint32_t i,
		      uint32_t end)
{
	unsigned is = recognizer_name_listed(s, i, end);

	return (is &
		(h->type == ENTITY_PERSON ? TAGGER_GIVEN : TAGGER_PLACE)) != 0;
}

/* Plain words at both ends go; false: nothing is left, or words in small
 * letters that the tagger alone takes for a name, and no list has. */
static bool trim(struct scan *s, struct hit *h)
{
	uint32_t start = h->end, stop = h->end, next;
	bool guess = h->rule == RULE_PERSON_TAGGER ||
		     h->rule == RULE_LOCATION_TAGGER;
	bool name = false, known = !guess;

	for (uint32_t i = h->start; i < h->end; i = next) {
		next = scan_word_end(s, i, h->end);
		s->steps += next - i + 1;
		if (next == i) {
			next++;
			continue;
		}
		known = known || abroad_capital(s, i) ||
			is_listed(s, h, i, next);
		if (is_plain(s, i, next) && scan_at(s, next) != '-' &&
		    (i == h->start || s->t[i - 1] != '-')) {
			if (!name || !guess ||
			    (abroad_word(s, i, next) & ABROAD_PARTICLE) != 0)
				continue;
			/* perhaps another one comes: "la fe le saluda ana" */
			recognizer_hit(s, next, h->end, h->type, h->rule,
				       h->score);
			break;
		}
		start = name ? start : i;
		stop = next;
		name = true;
	}
	h->start = start;
	h->end = name ? stop : h->end;
	return name && known && stop > start + 1;
}

static bool is_guess(const struct hit *h)
{
	return (h->type == ENTITY_PERSON &&
		(h->rule == RULE_PERSON_TAGGER ||
		 h->rule == RULE_PERSON_INTRO || h->rule == RULE_PERSON_TITLE ||
		 h->rule == RULE_PERSON_ANSWER ||
		 h->rule == RULE_PERSON_SALUTATION)) ||
	       (h->type == ENTITY_LOCATION &&
		h->rule == RULE_LOCATION_TAGGER) ||
	       (h->type == ENTITY_ORGANIZATION &&
		h->rule == RULE_ORGANIZATION_TAGGER);
}

/* A meter's reading, which the turn or the question speaks of. */
static bool is_reading(const struct scan *s, const struct hit *h,
		       const struct abroad_turn *t)
{
	const uint64_t number = TOPIC_BIT(TOPIC_NUMBER) | TOPIC_BIT(TOPIC_ID);
	bool item =
		(s->asked >> TOPIC_ITEM & 1) != 0 && (s->asked & number) == 0;

	if (h->rule != RULE_ID_BARE || h->end - h->start > 7)
		return false;
	for (unsigned k = 0; k < t->n; k++)
		item = item || ((t->t[k].roles & ABROAD_TOPIC) != 0 &&
				t->t[k].topic == TOPIC_ITEM);
	return item;
}

void abroad_judge(struct scan *s, size_t from, const struct abroad_turn *t)
{
	size_t kept = from;

	for (size_t i = from; i < s->out->n; i++) {
		struct hit h = s->out->v[i];

		if ((is_guess(&h) && !trim(s, &h)) || is_reading(s, &h, t))
			continue;
		s->out->v[kept++] = h;
	}
	s->out->n = kept;
}
