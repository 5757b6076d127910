/* Towns and streets that answer in another language. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "policy/redact/recognizer_abroad.h"

#define LONG 80	 /* bytes of a turn that answers */
#define WORDS 12 /* of one */
#define TOWN_WORDS 6

#define T(topic) TOPIC_BIT(TOPIC_##topic)

/* A street's kind, which begins its name. */
static bool is_kind(const struct abroad_turn *t, unsigned k)
{
	static const char spanish[] = " calle avenida avda av plaza paseo "
				      "carrera camino ronda travesia c cra "
				      "carretera urbanizacion callejon ";
	static const char vietnamese[] = " duong pho ngo ngach hem kiet "
					 "thon ap khu toa chung ";
	static const char german[] = " am im zur zum alte alter alten neue "
				     "neuer neuen ";

	return abroad_is(t, k,
			 t->tongue == ABROAD_SPANISH	  ? spanish
			 : t->tongue == ABROAD_VIETNAMESE ? vietnamese
							  : german);
}

static bool is_plain(const struct abroad_turn *t, unsigned k)
{
	return t->t[k].roles != 0 &&
	       (t->t[k].roles != ABROAD_ALSO || t->n > WORDS);
}

/* Words that are none of the language, with such within, "in görlitz", "buôn
 * ma thuột". */
static void town(struct scan *s, const struct abroad_turn *t)
{
	unsigned first = t->n, end = 0;

	for (unsigned k = 0; k < t->n; k++) {
		if (t->t[k].digits || is_plain(t, k) ||
		    (recognizer_name_roles(s, t->t[k].i, t->t[k].end) &
		     (ROLE_FUNCTION | ROLE_FOREIGN)) != 0)
			continue;
		first = first == t->n ? k : first;
		end = k + 1;
	}
	if (end > first && end - first <= 4 &&
	    t->t[end - 1].end - t->t[first].i > 2)
		recognizer_hit(s, t->t[first].i, t->t[end - 1].end,
			       ENTITY_LOCATION, RULE_PLACE_ANSWER, 60);
}

/* From the first word that may begin a street to the last number, and what is
 * glued to it. */
static void street(struct scan *s, const struct abroad_turn *t)
{
	unsigned first = t->n, end = 0;

	for (unsigned k = 0; k < t->n; k++) {
		bool digits = t->t[k].digits;
		bool letter = end == k && k > 0 && t->t[k].end - t->t[k].i == 1;

		if (!digits && !letter && is_plain(t, k) &&
		    !(first == t->n && is_kind(t, k)))
			continue;
		first = first == t->n ? k : first;
		end = digits || letter || end == 0 || t->tongue != ABROAD_GERMAN
			      ? k + 1
			      : end;
	}
	for (unsigned k = first; k < end; k++)
		if (t->t[k].digits && end > first + 1) {
			recognizer_hit(s, t->t[first].i, t->t[end - 1].end,
				       ENTITY_STREET_ADDRESS,
				       RULE_ADDRESS_STREET, 72);
			return;
		}
}

void abroad_places(struct scan *s, const struct abroad_turn *t)
{
	if (s->n > LONG || t->n > WORDS)
		return;
	if ((s->asked & T(ADDRESS)) != 0)
		street(s, t);
	if ((s->asked & T(CITY)) != 0 && t->n <= TOWN_WORDS)
		town(s, t);
}
