/* Where somebody lives, as people type and say it, by the words around. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "policy/redact/recognizer_abode.h"

/*
 * "600 copper basin", "twelve hundred willow bend unit three oh six": the
 * number is written or said, the street's kind is missing or is a word of
 * nature. What tells such words from an amount is weighed: an address was asked
 * for or is what the talk is about, words before announce one ("at", "account
 * for"), a street's kind, a flat, a town stand behind, the name is no common
 * word, nothing else comes in the clause. The words are looked at from each
 * number on, a bounded count of them, so the work is linear.
 *
 * A dialogue remembers the numbers of the last few houses: said again, with
 * digits changed or put right ("no, 3371"), they are found by that.
 */
#define TALK_TURNS 6  /* that an address is spoken of */
#define HOUSE_TURNS 8 /* within which a number is said again */
#define NAMES 4	      /* words of a street's name */
#define RIGHT_LONG 60
#define ASKS_LONG 200
#define REQUEST_LONG 40

/* What the words from a number on are. */
struct street {
	struct abode_words w;
	struct abode_number number;
	unsigned first, names, end; /* words: of the name, behind it all */
	uint32_t stop;		    /* behind the town */
	bool kind, land, odd, turned, unit, town, ends, announced, opens;
	bool addressed; /* announced by a word that only addresses follow */
	bool weak;	/* by one that much else does */
};

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
static bool name(struct street *t)
{
	const struct abode_words *w = &t->w;
	unsigned k = t->first, strong = 0, weak = 0;

	if (k < w->n && (w->v[k].is & ABODE_DIRECTION) != 0 &&
	    !w->v[k].apart) {
		t->turned = true;
		t->first = ++k;
	}
	for (; k < w->n && k < t->first + NAMES; k++) {
		const struct abode_word *v = &w->v[k];
		bool kind = (v->is & ABODE_KIND) != 0 && k > t->first;
		bool next = k + 1 < w->n && !w->v[k + 1].apart &&
			    (w->v[k + 1].is & ABODE_KIND) != 0;

		if (v->apart ||
		    ((v->is & ABODE_UNIT) != 0 && k + 1 < w->n &&
		     (w->v[k + 1].is & (ABODE_DIGITS | ABODE_SAID)) != 0))
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
		if (!kind && (v->is & (ABODE_COMMON | ABODE_TOPIC |
				       ABODE_ORDINAL | ABODE_KIND)) == 0 &&
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
static bool is_over(const struct abode_words *w, unsigned k)
{
	return k >= w->n || w->v[k].apart ||
	       (w->v[k].is & ABODE_FUNCTION) != 0;
}

/* A direction, flats, the town behind the street. */
static void behind(struct scan *s, struct street *t, unsigned talk)
{
	struct abode_words *w = &t->w;
	unsigned k = t->end;
	uint32_t at, code;

	if (k < w->n && !w->v[k].apart &&
	    (w->v[k].is & ABODE_DIRECTION) != 0 &&
	    (w->v[k].end - w->v[k].start < 3 || is_over(w, k + 1) || talk > 0))
		k++;
	t->end = abode_units(s, w, k);
	t->unit = t->end > k;
	t->ends = is_over(w, t->end);
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
static void announced(struct scan *s, struct street *t, uint32_t i)
{
	static const char words[] =
		"at to is it's its that that's thats from was address live lives "
		"home on about have for sorry no wait meant actually yes yeah "
		"yep ok okay um uh so and please it near old new";
	uint32_t end, word = abode_before(s, i, &end);

	t->opens = word == i;
	t->addressed = addresses(s, i);
	t->weak = recognizer_word_in(s, "for have about and", word, end);
	t->announced = t->opens || t->addressed ||
		       recognizer_word_in(s, words, word, end);
}

/* The last word of the name is one of many things: "12 big boxes". */
static bool is_plural(const struct scan *s, const struct street *t, bool asked)
{
	const struct abode_word *v = &t->w.v[t->first + t->names - 1];

	return ((v->is & ABODE_COMMON) != 0 || !asked) && !t->kind &&
	       !t->land && v->end - v->start > 3 &&
	       (s->t[v->end - 1] | 0x20) == 's' &&
	       (s->t[v->end - 2] | 0x20) != 's';
}

/* All of it together is an address. talk: see abode_talk. */
static bool is_street(const struct scan *s, const struct street *t,
		      unsigned talk)
{
	bool behind_it = t->unit || t->town, known = t->odd || t->land;
	bool large = t->number.n > 2 || t->number.words > 1;
	bool one = t->number.n == 1 && (t->w.v[0].is & ABODE_SAID) != 0;

	if (is_plural(s, t, talk > 1))
		return false;
	if (t->kind && (t->odd || t->turned))
		return talk > 1 || t->announced || behind_it || large;
	if (t->unit && t->announced && (t->kind || t->land))
		return true;
	if (talk > 1 && (t->kind || behind_it || (t->turned && t->announced)))
		return true;
	if (talk > 1)
		return t->ends && t->announced && (known ? !one : large);
	if (!large || !t->announced || (!t->ends && !behind_it))
		return false;
	if (t->kind || (behind_it && known))
		return true;
	return (t->addressed || (talk > 0 && !t->weak)) && (known || t->turned);
}

/* ---- houses that were spoken of ---- */

static uint32_t hash_of(const struct scan *s, const struct abode_word *v)
{
	uint32_t h = 2166136261u;

	for (uint32_t i = v->start; i < v->end && i < v->start + 16; i++)
		h = (h ^ (s->t[i] | 0x20)) * 16777619u;
	return h | 1;
}

/* The name's word that is told from others: behind a direction. */
static uint32_t named(const struct scan *s, const struct abode_words *w,
		      unsigned k)
{
	while (k < w->n && (w->v[k].is & ABODE_DIRECTION) != 0)
		k++;
	return k < w->n && !w->v[k].apart &&
			       (w->v[k].is & ABODE_FUNCTION) == 0
		       ? hash_of(s, &w->v[k])
		       : 0;
}

void abode_learn(const struct scan *s, struct talk *d,
		 const struct abode_words *w, const struct abode_number *n)
{
	struct talk_house h = {.turn = d->turns, .n = (uint8_t)n->n};

	if (n->n == 0)
		return;
	memcpy(h.digits, n->digits, n->n);
	h.name = named(s, w, n->words);
	d->houses[d->nexth] = h;
	d->nexth = (d->nexth + 1) % TALK_HOUSES;
}

/* The number is that of a house that was spoken of. */
static bool is_known(const struct talk *d, const struct abode_number *n)
{
	for (unsigned i = 0; i < TALK_HOUSES && n->n > 1; i++) {
		const struct talk_house *h = &d->houses[i];

		if (h->n == n->n && d->turns - h->turn <= HOUSE_TURNS &&
		    memcmp(h->digits, n->digits, n->n) == 0)
			return true;
	}
	return false;
}

/* One digit is another, or two have changed places. */
static bool is_like(const struct talk_house *h, const struct abode_number *n)
{
	int count[10] = {0};
	unsigned other = 0, apart = 0;

	if (h->n != n->n || h->n < 3)
		return false;
	for (unsigned i = 0; i < n->n; i++) {
		other += h->digits[i] != n->digits[i];
		count[h->digits[i] - '0']++;
		count[n->digits[i] - '0']--;
	}
	for (unsigned i = 0; i < 10; i++)
		apart += count[i] != 0;
	return other <= 1 || apart == 0;
}

/* "no", "sorry", "not 3317", "fixed": a number is put right. */
static bool puts_right(const struct scan *s)
{
	static const char words[] = "no nope sorry wait actually correction "
				    "oops not typo meant fixed instead ok okay "
				    "is thats that's its it's it had got "
				    "updated changed so the and";
	uint32_t end;

	if (s->n > RIGHT_LONG)
		return false;
	for (uint32_t i = 0; i < s->n; i = end + 1) {
		end = recognizer_joined_end(s, i);
		if (recognizer_word_in(s, words, i, end))
			return true;
	}
	return false;
}

/* The number at i is that of a house that was spoken of: where it ends with its
 * street; 0: it is not. */
static uint32_t again(struct scan *s, const struct talk *d,
		      const struct abode_words *w, const struct abode_number *n)
{
	uint32_t word = named(s, w, n->words), end;
	unsigned k = n->words;

	for (unsigned i = 0; i < TALK_HOUSES; i++) {
		const struct talk_house *h = &d->houses[i];
		bool same, like = is_like(h, n);

		if (h->n == 0 || d->turns - h->turn > HOUSE_TURNS)
			continue;
		same = h->n == n->n && memcmp(h->digits, n->digits, n->n) == 0;
		end = w->v[k - 1].end;
		if (word != 0 && word == h->name && (same || n->n > 1)) {
			while (k < w->n &&
			       (w->v[k].is & ABODE_DIRECTION) != 0)
				k++;
			k = abode_units(s, w, k + 1);
			return recognizer_town(s, w->v[k - 1].end, true);
		}
		if ((same && n->n > 2 && is_over(w, k)) ||
		    (like && is_over(w, k) && puts_right(s)))
			return end;
	}
	return 0;
}

/* An address of somebody's: 0: none begins at i; or behind it. */
static uint32_t street(struct scan *s, struct talk *d, struct street *t,
		       uint32_t i)
{
	unsigned talk = abode_talk(s);

	t->first = t->number.words;
	if (t->number.n == 0 || !name(t))
		return 0;
	if (recognizer_near(s, TOPIC_ADDRESS, i) || is_known(d, &t->number))
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
static bool is_answer(struct scan *s, const struct street *t, uint32_t i)
{
	const uint64_t whose = TOPIC_BIT(TOPIC_ADDRESS) |
			       TOPIC_BIT(TOPIC_NAME) | TOPIC_BIT(TOPIC_CITY) |
			       TOPIC_BIT(TOPIC_ZIP) | TOPIC_BIT(TOPIC_NUMBER) |
			       TOPIC_BIT(TOPIC_YES);
	unsigned k = t->number.words, talk = abode_talk(s);
	uint64_t asked = s->asked & TOPICS;
	uint32_t end = t->w.v[k - 1].end;

	if (talk == 0 || t->number.n > 5 || (asked & ~whose) != 0)
		return false;
	if (talk < 2 && ((asked >> TOPIC_NUMBER & 1) == 0 || s->n > 24))
		return false;
	return recognizer_address_opens(s, i) &&
	       (recognizer_clause_over(s, end) ||
		(k < t->w.n &&
		 recognizer_word_in(s, "it's its uh um yes yeah please thanks",
				    t->w.v[k].start, t->w.v[k].end)));
}

/* ---- the pass ---- */

/* What the street address that was found already goes on with: " nw", "apt
 * 410". Where it ends then. */
static uint32_t extend(struct scan *s, struct talk *d, struct hit h)
{
	struct abode_words w;
	struct abode_number n;
	uint32_t last = h.end, stop = h.end, code, i = h.start;

	abode_words(s, i, ABODE_WORDS, &w);
	abode_number(s, &w, 0, &n);
	abode_learn(s, d, &w, &n);
	while (last > h.start && is_word(s->t[last - 1]))
		last--;
	abode_words(s, last, ABODE_WORDS, &w);
	if (w.n > 1) {
		unsigned k = 1;

		if (!w.v[k].apart && (w.v[k].is & ABODE_DIRECTION) != 0)
			k++;
		if (k > 1 || (w.v[0].is & (ABODE_KIND | ABODE_LAND)) != 0 ||
		    (w.v[k].is & ABODE_ORDINAL) == 0) /* of no town */
			k = abode_units(s, &w, k);
		if (k > 1)
			stop = recognizer_town(s, w.v[k - 1].end,
					       abode_talk(s) > 0);
	}
	code = abode_postcode(s, stop);
	if (code != 0)
		stop = code;
	d->abode_at = d->turns;
	if (stop > h.end)
		recognizer_hit(s, h.start, stop, h.type, h.rule, h.score + 1u);
	return stop;
}

/* The street address found already that holds i or ends before it; its end. */
static uint32_t found(struct scan *s, struct talk *d, size_t *at, size_t n,
		      uint32_t i)
{
	for (; *at < n; (*at)++) {
		struct hit h = s->out->v[*at];

		if (h.type != ENTITY_STREET_ADDRESS)
			continue;
		if (h.start > i)
			return 0;
		h.end = extend(s, d, h);
		if (h.end > i) {
			(*at)++;
			return h.end;
		}
	}
	return 0;
}

/* The word behind the number at i begins no street, and the talk is of none. */
static bool is_plain(const struct scan *s, const struct talk *d,
		     const struct abode_words *w)
{
	const unsigned none = ABODE_FUNCTION | ABODE_AMOUNT | ABODE_MONTH;

	if ((w->v[0].is & (ABODE_DIGITS | ABODE_SAID)) == 0)
		return true;
	if (abode_talk(s) > 0 || d->houses[0].n > 0)
		return false;
	return w->n == 1 || (w->v[1].apart && w->n == 2) ||
	       ((w->v[1].is & none) != 0 &&
		(w->v[1].is & (ABODE_KIND | ABODE_HUNDRED)) == 0 &&
		!recognizer_word_in(s, "and", w->v[1].start, w->v[1].end));
}

/* The number that may begin at i; where to go on, or 0. */
static uint32_t number(struct scan *s, struct talk *d, uint32_t i)
{
	struct street t;
	uint32_t end;

	abode_words(s, i, 2, &t.w);
	if (is_plain(s, d, &t.w))
		return t.w.v[0].end;
	t = (struct street){.first = 0};
	abode_words(s, i, ABODE_WORDS, &t.w);
	abode_number(s, &t.w, 0, &t.number);
	if (t.number.n == 0)
		return t.w.v[0].end;
	end = street(s, d, &t, i);
	if (end == 0) {
		end = again(s, d, &t.w, &t.number);
		if (end == 0 && is_answer(s, &t, i))
			end = t.w.v[t.number.words - 1].end;
		if (end != 0)
			recognizer_hit(s, i, end, ENTITY_STREET_ADDRESS,
				       RULE_ADDRESS_STREET, 63);
	}
	if (end != 0) {
		abode_learn(s, d, &t.w, &t.number);
		return end;
	}
	return t.w.v[t.number.words - 1].end;
}

/* What the run asks for, of which those words are; the first line, the cross
 * street are of two. */
static uint64_t asks(const struct scan *s, unsigned words)
{
	const uint64_t address = TOPIC_BIT(TOPIC_ADDRESS);

	if (s->n > ASKS_LONG || (!s->asks && s->n > REQUEST_LONG))
		return 0;
	if ((words & ABODE_ASKS) != 0)
		return address;
	return (words & ABODE_WHERE) != 0 && (words & ABODE_COMES) != 0
		       ? address | TOPIC_BIT(TOPIC_CITY)
		       : 0;
}

/* "cross street", whose first word ends at i. */
static bool is_pair(const struct scan *s, uint32_t i)
{
	unsigned value;

	return scan_at(s, i) == ' ' &&
	       (abode_is(s, i + 1, recognizer_word_end(s, i + 1), &value) &
		ABODE_SECOND) != 0;
}

uint64_t recognizer_abode(struct scan *s, struct talk *d, size_t first)
{
	size_t at = first, n = s->out->n;
	unsigned words = 0, value;
	uint64_t topics;

	abode_parts(s, d);
	for (uint32_t i = 0, end; i < s->n && s->err == 0; i = end) {
		unsigned is = ABODE_SAID;

		for (end = i; end < s->n && is_word(s->t[end]);)
			end++;
		s->steps += end - i;
		if (end == i) {
			end++;
			continue;
		}
		if (at < n) {
			uint32_t stop = found(s, d, &at, n, i);

			end = stop > end ? stop : end;
			if (stop != 0)
				continue;
		}
		if (!is_digit(s->t[i]))
			is = abode_is(s, i, end, &value);
		words |= is;
		if ((is & ABODE_FIRST) != 0 && is_pair(s, end))
			words |= ABODE_ASKS;
		if ((is & ABODE_SAID) != 0 && !recognizer_tongue_foreign(s)) {
			uint32_t stop = number(s, d, i);

			end = stop > end ? stop : end;
		}
	}
	topics = asks(s, words);
	if (((d->mine | topics) >> TOPIC_ADDRESS & 1) != 0 ||
	    abode_talk(s) == 2)
		d->abode_at = d->turns;
	return topics;
}
