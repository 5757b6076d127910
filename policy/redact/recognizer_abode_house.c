/* Houses that were spoken of: said again, or put right. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "policy/redact/recognizer_abode.h"

#define HOUSE_TURNS 8 /* within which a number is said again */
#define RIGHT_LONG 60

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
	return k < w->n && !w->v[k].apart && (w->v[k].is & ABODE_FUNCTION) == 0
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
bool abode_known(const struct talk *d, const struct abode_number *n)
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
uint32_t abode_again(struct scan *s, const struct talk *d,
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
			while (k < w->n && (w->v[k].is & ABODE_DIRECTION) != 0)
				k++;
			k = abode_units(s, w, k + 1);
			return recognizer_town(s, w->v[k - 1].end, true);
		}
		if ((same && n->n > 2 && abode_over(w, k)) ||
		    (like && abode_over(w, k) && puts_right(s)))
			return end;
	}
	return 0;
}
