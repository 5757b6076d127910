/* A street's words: what stands behind a house's number, weighed. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "policy/redact/recognizer_abode.h"

#define TALK_TURNS 8 /* that an address is spoken of */
#define NAMES 4	     /* words of a street's name */

unsigned abode_talk(const struct scan *s)
{
	const struct talk *d = s->talk;

	if ((s->asked >> TOPIC_ADDRESS & 1) != 0)
		return 2;
	return s->told || (d != NULL && d->abode_at != 0 &&
			   d->turns - d->abode_at < TALK_TURNS)
		       ? 1
		       : 0;
}

/* The words of the street's name behind the number, and its kind. */
static bool name(struct abode_street *t)
{
	const struct abode_words *w = t->w;
	unsigned k = t->first, strong = 0, weak = 0;

	if (k < w->n && (w->v[k].is & ABODE_DIRECTION) != 0 && !w->v[k].apart) {
		t->turned = true;
		t->first = ++k;
	}
	for (; k < w->n && k < t->first + NAMES; k++) {
		const struct abode_word *v = &w->v[k];
		bool kind = (v->is & ABODE_KIND) != 0 && k > t->first;
		bool next = k + 1 < w->n && !w->v[k + 1].apart &&
			    (w->v[k + 1].is & ABODE_KIND) != 0;

		if (v->apart ||
		    ((v->is & ABODE_UNIT) != 0 &&
		     (k == t->first ||
		      (k + 1 < w->n &&
		       ((w->v[k + 1].is & (ABODE_DIGITS | ABODE_SAID)) != 0 ||
			w->v[k + 1].end == w->v[k + 1].start + 1)))))
			break;
		if (!kind && !next &&
		    (v->is & (ABODE_FUNCTION | ABODE_DIGITS | ABODE_SAID |
			      ABODE_AMOUNT | ABODE_MONTH)) != 0)
			break;
		if (!kind && (v->is & (ABODE_AMOUNT | ABODE_FUNCTION)) != 0)
			break;
		if (kind && strong == 0)
			strong = k;
		if (k > t->first && (v->is & ABODE_LAND) != 0)
			weak = k;
		if (!kind &&
		    (v->is & (ABODE_COMMON | ABODE_TOPIC | ABODE_ORDINAL |
			      ABODE_KIND)) == 0 &&
		    v->end - v->start > 2)
			t->odd = true;
		if (strong != 0)
			break;
	}
	t->kind = strong != 0;
	t->land = weak != 0;
	t->end = strong != 0 ? strong + 1 : weak != 0 ? weak + 1 : k;
	t->names = t->end - t->first - (t->kind || t->land);
	return t->end > t->first;
}

/* What the next word is does not go on with the clause. */
bool abode_over(const struct abode_words *w, unsigned k)
{
	return k >= w->n || w->v[k].apart || (w->v[k].is & ABODE_FUNCTION) != 0;
}

/* A direction, flats, the town behind the street. */
static void behind(struct scan *s, struct abode_street *t, unsigned talk)
{
	struct abode_words *w = t->w;
	unsigned k = t->end;
	uint32_t at, code;

	if (k < w->n && !w->v[k].apart && (w->v[k].is & ABODE_DIRECTION) != 0 &&
	    (w->v[k].end - w->v[k].start < 3 || abode_over(w, k + 1) ||
	     talk > 0))
		k++;
	t->end = abode_units(s, w, k);
	t->unit = t->end > k;
	t->ends = abode_over(w, t->end);
	at = w->v[t->end - 1].end;
	t->stop = recognizer_town(s, at, talk > 0);
	t->town = t->stop > at;
	code = abode_postcode(s, t->stop);
	if (code != 0)
		t->stop = code;
}

/* "account for", "outage at", "moved to": only addresses follow. */
static bool addresses(struct scan *s, uint32_t i)
{
	static const char things[] =
		"account outage service power leak order property home house "
		"place unit meter here live lives lived living moved move "
		"delivery deliver delivered ship shipped send sent stay "
		"staying located address addy apartment me over out lease "
		"rent renting office work back mailed parked down appointment";
	uint32_t end, word = abode_before(s, i, &end);

	s->steps += i - word;
	if (word == i)
		return false;
	if (recognizer_word_in(s, "address addy live lives number house", word,
			       end))
		return true;
	if (!recognizer_word_in(s, "at for to is it's its was it", word, end))
		return false;
	for (unsigned n = 0; n < 2; n++) {
		i = word;
		word = abode_before(s, i, &end);
		s->steps += i - word;
		if (word == i ||
		    !recognizer_word_in(s, "it them this that me", word, end))
			break;
	}
	return word < i && recognizer_word_in(s, things, word, end);
}

/* The number at i begins what is said, or a word announces it. */
static void announced(struct scan *s, struct abode_street *t, uint32_t i)
{
	static const char words[] =
		"at to is it's its that that's thats from was address live "
		"lives "
		"home on about have for sorry no wait meant actually yes yeah "
		"yep ok okay um uh so and please it near old new says say show "
		"shows reads";
	uint32_t end, word = abode_before(s, i, &end);

	t->opens = word == i;
	t->at = recognizer_word_in(s, "at", word, end);
	t->addressed = addresses(s, i);
	t->weak = recognizer_word_in(s, "for have about and", word, end);
	t->announced = t->opens || t->addressed ||
		       recognizer_word_in(s, words, word, end);
}

/* The word is one of many things. */
static bool is_many(const struct scan *s, const struct abode_word *v)
{
	return v->end - v->start > 3 && (s->t[v->end - 1] | 0x20) == 's' &&
	       (s->t[v->end - 2] | 0x20) != 's';
}

/* "12 big boxes", "6 therapists in santa rosa". */
static bool is_plural(const struct scan *s, const struct abode_street *t)
{
	bool asked = (s->asked >> TOPIC_ADDRESS & 1) != 0; /* an address was */
	/* "6 therapists", not "8 the paddocks" */
	bool common =
		!asked || (t->number.n == 1 && t->first == t->number.words);
	bool many = false;

	if (t->kind || t->land || t->names == 0)
		return false;
	for (unsigned k = t->first; k < t->first + t->names; k++) {
		const struct abode_word *v = &t->w->v[k];
		bool is = (v->is & ABODE_COMMON) != 0;

		common = common || is;
		many = is_many(s, v);
		if (many && (is || (t->number.n < 3 &&
				    (!asked || k + 1 < t->first + t->names))))
			return true;
	}
	return common && many;
}

/* All of it together is an address. talk: see abode_talk. */
static bool is_street(const struct scan *s, const struct abode_street *t,
		      unsigned talk)
{
	bool behind_it = t->unit || t->town, known = t->odd || t->land;
	bool large = t->number.n > 2 || t->number.words > 1;
	bool asked = (s->asked >> TOPIC_ADDRESS & 1) != 0;
	bool one = t->number.n == 1 && (t->w->v[0].is & ABODE_SAID) != 0;

	if (t->kind && (t->odd || t->turned))
		return talk > 1 || t->announced || behind_it || large;
	if (t->unit && t->announced && (t->kind || t->land))
		return true;
	if (talk > 1 && (t->kind || t->unit || (t->town && (known || large)) ||
			 (t->turned && t->announced)))
		return true;
	if (talk > 1)
		return t->ends && t->announced &&
		       (known ? !one && (asked || t->number.n > 1) : large);
	if ((t->at && t->land && t->odd && t->ends) ||
	    (t->town && known && large && is_digit(s->t[t->stop - 1])))
		return true; /* at ..., or with the town's code */
	if (!large || !t->announced || (!t->ends && !behind_it))
		return false;
	if (t->kind || (behind_it && known))
		return true;
	return (t->addressed || (talk > 0 && !t->weak)) && (known || t->turned);
}

/* An address of somebody's: 0: none begins at i; or behind it. */
uint32_t abode_street(struct scan *s, struct talk *d, struct abode_street *t,
		      uint32_t i)
{
	unsigned talk = abode_talk(s);

	t->first = t->number.words;
	if (talk > 1 && t->first < t->w->n && !t->w->v[t->first].apart &&
	    recognizer_word_in(s, "the", t->w->v[t->first].start,
			       t->w->v[t->first].end))
		t->first++; /* "8 the paddocks" */
	if (t->number.n == 0 || !name(t) || is_plural(s, t))
		return 0;
	if (recognizer_near(s, TOPIC_ADDRESS, i) ||
	    ((t->number.n > 2 || t->kind || t->land) &&
	     abode_known(d, &t->number)))
		talk = 2;
	behind(s, t, talk);
	announced(s, t, i);
	if (!is_street(s, t, talk))
		return 0;
	recognizer_hit(s, i, t->stop, ENTITY_STREET_ADDRESS,
		       RULE_ADDRESS_STREET, talk > 1 ? 82 : 64);
	d->abode_at = d->turns;
	s->place |= ROLE_STREET;
	return t->stop;
}

/* The number alone answers: "forty six", "14a, BS7 9DT". */
bool abode_answer(struct scan *s, const struct abode_street *t, uint32_t i)
{
	const uint64_t whose = TOPIC_BIT(TOPIC_ADDRESS) |
			       TOPIC_BIT(TOPIC_NAME) | TOPIC_BIT(TOPIC_CITY) |
			       TOPIC_BIT(TOPIC_ZIP) | TOPIC_BIT(TOPIC_NUMBER) |
			       TOPIC_BIT(TOPIC_YES);
	unsigned k = t->number.words, talk = abode_talk(s);
	uint64_t asked = s->asked & TOPICS;
	uint32_t end = t->w->v[k - 1].end;

	if (talk == 0 || t->number.n > 5 || (asked & ~whose) != 0)
		return false;
	if (talk < 2 && ((asked >> TOPIC_NUMBER & 1) == 0 || s->n > 24))
		return false;
	if (k < t->w->n && !t->w->v[k].apart &&
	    t->w->v[k].end == t->w->v[k].start + 1) { /* "two b" */
		end = t->w->v[k].end;
		k++;
	}
	return recognizer_address_opens(s, i) &&
	       (recognizer_clause_over(s, end) ||
		(k < t->w->n &&
		 recognizer_word_in(s, "it's its uh um yes yeah please thanks",
				    t->w->v[k].start, t->w->v[k].end)));
}
