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

/* Words behind a house's number that are part of an address. */
static bool goes_on(const struct abroad_turn *t, unsigned k)
{
	static const char spanish[] = " numero piso puerta bajo derecha "
				      "izquierda escalera primero segundo "
				      "tercero cuarto quinto interior bloque ";
	static const char vietnamese[] = " so duong pho ngo ngach hem phuong "
					 "quan xa huyen thon to ";

	return abroad_is(t, k,
			 t->tongue == ABROAD_SPANISH	  ? spanish
			 : t->tongue == ABROAD_VIETNAMESE ? vietnamese
							  : " a b c bis ");
}

/* A number at token k, in digits or words: the token behind it, or k. */
static unsigned number(const struct scan *s, const struct abroad_turn *t,
		       unsigned k)
{
	struct abroad_number n;
	unsigned end = k;

	if (t->t[k].digits)
		return k + 1;
	if (!abroad_number(bytes_of(s->t, s->n), t->t[k].i, &n) || n.ordinal ||
	    n.value == 0)
		return k;
	while (end < t->n && t->t[end].i < n.end)
		end++;
	return end;
}

/* The street whose first word is token k: words, then a number and what
 * belongs to it; the token behind it, or k. most: words before the number. */
static unsigned street_end(const struct scan *s, const struct abroad_turn *t,
			   unsigned k, unsigned most, bool plain)
{
	static const char particles[] = " a nhe nha oi em anh chi da dung roi "
					"phuong quan xa huyen ";
	static const char within[] = " numero de del la las los el ";
	unsigned at = k, end = k, last = k, next;

	for (; at < t->n; at = next) {
		bool letter = t->t[at].end - t->t[at].i == 1;
		bool named = t->tongue == ABROAD_VIETNAMESE && at < last + 3 &&
			     !t->t[at].apart && !abroad_is(t, at, particles);

		next = number(s, t, at);
		if (next > at) {
			end = last = next;
			continue;
		}
		next = at + 1;
		if (end == k &&
		    (at - k >= most ||
		     (plain && at > k && is_plain(t, at) && !is_kind(t, at) &&
		      !abroad_is(t, at, within))))
			return k;
		if (end == k)
			continue;
		if (!letter && !named && !goes_on(t, at) &&
		    (is_plain(t, at) || t->tongue == ABROAD_GERMAN))
			break;
		if (letter || named || !is_plain(t, at))
			end = next;
	}
	return end;
}

static void put_street(struct scan *s, const struct abroad_turn *t,
		       unsigned first, unsigned end, unsigned score)
{
	if (end > first + 1)
		recognizer_hit(s, t->t[first].i, t->t[end - 1].end,
			       ENTITY_STREET_ADDRESS, RULE_ADDRESS_STREET,
			       score);
}

/* The first words that may be a street, where one was asked for. */
static void street(struct scan *s, const struct abroad_turn *t)
{
	for (unsigned k = 0; k < t->n; k++) {
		if (!is_kind(t, k) && is_plain(t, k) && !t->t[k].digits)
			continue;
		put_street(s, t, k, street_end(s, t, k, WORDS, false), 72);
		return;
	}
}

/* "kastanienallee" */
static bool is_street(const struct abroad_token *w)
{
	static const char *const tails[] = {"strasse",	"allee", "gasse",
					    "chaussee", "damm",	 "weg",
					    "platz",	"ufer",	 "steig"};
	size_t n = strlen(w->word);

	for (size_t k = 0; k < ARRAY_LEN(tails); k++) {
		size_t m = strlen(tails[k]);

		if (n > m + 2 && strcmp(w->word + n - m, tails[k]) == 0)
			return w->roles == 0;
	}
	return false;
}

/* "ich ziehe um nach wuppertal", "vivo en lorca": a word that no list has. */
static void home(struct scan *s, const struct abroad_turn *t)
{
	static const char verbs[] =
		" ziehe ziehen gezogen umgezogen wohne "
		"wohnen wohnt wohnhaft lebt vive viven lebe leben komme kommen "
		"vivo vivimos mudo mude mudamos resido ";
	bool dwells = false;

	for (unsigned k = 0; k + 1 < t->n; k++) {
		const struct abroad_token *town = &t->t[k + 1];

		dwells = dwells || abroad_is(t, k, verbs);
		if (dwells && town->roles == 0 && town->word[0] != '\0' &&
		    town->end - town->i > 3 &&
		    abroad_is(t, k, " nach in aus en a de "))
			recognizer_hit(s, town->i, town->end, ENTITY_LOCATION,
				       RULE_PLACE_CUE, 58);
	}
}

/* "in der kastanienallee 19", "de la calle olmo 27" */
static void told(struct scan *s, const struct abroad_turn *t)
{
	for (unsigned k = 0; k + 1 < t->n; k++) {
		unsigned end = k;

		if (t->tongue == ABROAD_GERMAN && is_street(&t->t[k])) {
			end = number(s, t, k + 1);
			if (end == k + 1)
				continue;
			if (end < t->n && t->t[end].end - t->t[end].i == 1)
				end++;
		} else if (t->tongue == ABROAD_SPANISH &&
			   abroad_is(t, k,
				     " calle avenida avda carrera plaza paseo "
				     "carretera ")) {
			end = street_end(s, t, k, 6, true);
		} else if (t->tongue == ABROAD_VIETNAMESE) {
			/* streets have people's names */
			unsigned name = number(s, t, k);

			if (name > k && name < t->n && !t->t[name].apart)
				end = abroad_syllables(s, t, name);
			end = end > name + 1 ? end : k;
		}
		put_street(s, t, k, end, 70);
	}
}

void abroad_places(struct scan *s, const struct abroad_turn *t)
{
	told(s, t);
	if (t->tongue != ABROAD_VIETNAMESE)
		home(s, t);
	if (s->n > LONG || t->n > WORDS)
		return;
	if ((s->asked & T(ADDRESS)) != 0)
		street(s, t);
	if ((s->asked & T(CITY)) != 0 && t->n <= TOWN_WORDS)
		town(s, t);
}
