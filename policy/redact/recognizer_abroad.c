/* Turns of dialogues in German, Spanish and Vietnamese. */
/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The tagger and most rules know English. In small letters, where chats and
 * recognizers of speech have nothing else, they take verbs and nouns of other
 * languages for names, and miss those that stand behind words that they do not
 * know. Here are tables of the most frequent words of three languages, without
 * accents, because who types fast writes none. They tell the language; what
 * they hold is hardly a name; and some announce one, or ask.
 *
 * Whether a run may be in one of these languages is asked of the scan: it
 * counts words that English has not. The language is that of most of the run's
 * words, and where these are few, of the record's first ones.
 *
 * A turn is looked at as tokens: words, and groups of digits. A long one is
 * taken in parts that overlap, so all is linear.
 */
#include "policy/redact/recognizer_abroad.h"

#include "base/utf8.h"

#define LOOK 1024     /* bytes that tell the language of a record */
#define OVERLAP 16    /* tokens that two parts of a long turn share */
#define KNOWN_SHIFT 4 /* of the record's language in *record_tongue */

/* Letters without their accents, from U+00C0 on; '?': none. */
static const char latin[] =
	"aaaaaaaceeeeiiiidnooooo?ouuuuy?s"
	"aaaaaaaceeeeiiiidnooooo?ouuuuy?y"
	"aaaaaaccccccccddddeeeeeeeeeegggggggghhhh"
	"iiiiiiiiiiiijjkkkllllllllllnnnnnnnnn"
	"oooooooorrrrrrssssssssttttttuuuuuuuuuuuuwwyyyzzzzzzs";

static char plain_letter(uint32_t cp)
{
	static const struct {
		uint16_t last;
		char letter;
	} more[] = {{0x1eb7, 'a'}, {0x1ec7, 'e'}, {0x1ecb, 'i'},
		    {0x1ee3, 'o'}, {0x1ef1, 'u'}, {0x1ef9, 'y'}};

	if (cp >= 0xc0 && cp - 0xc0 < sizeof(latin) - 1)
		return latin[cp - 0xc0];
	if (cp == 0x1a0 || cp == 0x1a1)
		return 'o';
	if (cp == 0x1af || cp == 0x1b0)
		return 'u';
	for (size_t k = 0; cp >= 0x1ea0 && k < ARRAY_LEN(more); k++)
		if (cp <= more[k].last)
			return more[k].letter;
	return cp >= 0x300 && cp <= 0x36f ? 0 : '?';
}

size_t abroad_plain(struct bytes in, size_t i, size_t *end,
		    char out[ABROAD_LONG])
{
	size_t n = 0;

	while (i < in.n) {
		uint8_t c = in.p[i];
		uint32_t cp = c;
		size_t more = 1;

		if (is_alpha(c)) {
			cp = c | 0x20u;
		} else if (c >= 0x80) {
			more = utf8_next(in, i, &cp);
			c = cp == 0xdf ? 's' : 0;
			cp = (uint8_t)plain_letter(cp);
			if (c != 0 && n < ABROAD_LONG - 1)
				out[n++] = 's';
		} else {
			break;
		}
		if (cp != 0 && n < ABROAD_LONG - 1)
			out[n++] = (char)cp;
		i += more;
	}
	out[n] = '\0';
	*end = i;
	return n;
}

bool abroad_capital(const struct scan *s, uint32_t i)
{
	uint32_t cp;

	if (s->t[i] < 0x80)
		return is_upper(s->t[i]);
	(void)utf8_next(bytes_of(s->t, s->n), i, &cp);
	return (cp >= 0xc0 && cp <= 0xde) || cp == 0x1af ||
	       (((cp >= 0x100 && cp < 0x130) || cp == 0x168 || cp == 0x1a0 ||
		 (cp >= 0x1ea0 && cp < 0x1f00)) &&
		cp % 2 == 0);
}

bool abroad_is(const struct abroad_turn *t, unsigned k, const char *words)
{
	const char *word;

	if (k >= t->n || t->t[k].word[0] == '\0')
		return false;
	word = t->t[k].word;
	for (const char *w = words + 1; *w != '\0'; w++) {
		size_t n = 0;

		while (word[n] != '\0' && word[n] == w[n])
			n++;
		if (word[n] == '\0' && w[n] == ' ')
			return true;
		for (w += n; *w != ' ';)
			w++;
	}
	return false;
}

static const struct word *find(const struct scan *s, enum abroad tongue,
			       const char *word, size_t n)
{
	return recognizer_words_find(&s->r->abroad[tongue - 1],
				     (const uint8_t *)word, n, ABROAD_LONG);
}

/* ---- the language ---- */

struct votes {
	unsigned of[ABROAD_VIETNAMESE + 1]; /* [0]: English */
};

/* Words of the first LOOK bytes of the text. */
static void vote(struct scan *s, struct bytes text, struct votes *v)
{
	static const char english[] = " the to and you of is it that for what ";
	size_t most = text.n < LOOK ? text.n : LOOK, end;
	char word[ABROAD_LONG];

	for (size_t i = 0; i < most; i = end) {
		size_t n = abroad_plain(text, i, &end, word);
		const struct word *w;
		bool some = false;

		if (n == 0)
			end = i + 1;
		if (n < 2 || n == ABROAD_LONG - 1)
			continue;
		w = recognizer_words_find(&s->r->common, text.p + i, end - i,
					  text.n - i);
		if (w != NULL && (w->roles & ROLE_FUNCTION) != 0 &&
		    name_one(&(struct scan){.t = text.p, .n = (uint32_t)text.n},
			     (uint32_t)i, (uint32_t)end, english)) {
			v->of[0]++;
			continue;
		}
		for (unsigned k = ABROAD_GERMAN; k <= ABROAD_VIETNAMESE; k++)
			if (find(s, k, word, n) != NULL) {
				v->of[k]++;
				some = true;
			}
		v->of[0] += !some && w != NULL &&
			    (w->roles & (ROLE_FUNCTION | ROLE_FOREIGN)) ==
				    ROLE_FUNCTION;
	}
	s->steps += most;
}

static enum abroad most_of(const struct votes *v)
{
	enum abroad best = ABROAD_GERMAN;

	for (unsigned k = ABROAD_SPANISH; k <= ABROAD_VIETNAMESE; k++)
		if (v->of[k] > v->of[best])
			best = k;
	return best;
}

static enum abroad of_record(struct scan *s)
{
	struct votes v = {{0}};
	enum abroad best;
	size_t looked = 0;

	if (*s->record_tongue >> KNOWN_SHIFT == 0) {
		for (size_t i = 0; i < s->nruns && i < LOOK && looked < LOOK;
		     i++)
			if (s->runs[i].kind == RUN_TEXT) {
				vote(s, s->runs[i].text, &v);
				looked += s->runs[i].text.n;
			}
		best = most_of(&v);
		if (v.of[best] < 3 || v.of[best] <= v.of[0])
			best = ABROAD_NONE;
		*s->record_tongue |= (uint8_t)((best + 1) << KNOWN_SHIFT);
	}
	return (*s->record_tongue >> KNOWN_SHIFT) - 1;
}

/* The run's own words, where they say enough. */
static enum abroad tell(struct scan *s)
{
	struct votes v = {{0}};
	enum abroad record = of_record(s), best;

	if (record == ABROAD_NONE && s->abroad_words == 0)
		return ABROAD_NONE; /* whatever its words say */
	vote(s, bytes_of(s->t, s->n), &v);
	best = most_of(&v);
	if (record != ABROAD_NONE && v.of[record] == v.of[best])
		best = record;
	if (v.of[best] >= 3 && v.of[best] > 2 * v.of[0] && s->abroad_words > 0)
		return best;
	return record != ABROAD_NONE && v.of[0] <= v.of[record] + 1
		       ? record
		       : ABROAD_NONE;
}

/* The run has letters beyond ASCII. */
static bool accents(struct scan *s)
{
	if (s->map == NULL)
		return false;
	s->steps += s->n;
	return recognizer_fold_needed(bytes_of(s->t, s->n));
}

enum abroad abroad_tongue(struct scan *s)
{
	if (s->abroad == 0) {
		s->abroad = 1;
		if (s->abroad_words == 0 && accents(s))
			s->abroad_words = 1;
		if (s->abroad_words > 0 || (s->talk != NULL && s->talk->abroad))
			s->abroad = (uint8_t)(tell(s) + 1);
	}
	return s->abroad - 1;
}

unsigned abroad_word(struct scan *s, uint32_t i, uint32_t end)
{
	enum abroad tongue = abroad_tongue(s);
	char word[ABROAD_LONG];
	const struct word *w;
	size_t stop, n;

	if (tongue == ABROAD_NONE)
		return 0;
	n = abroad_plain(bytes_of(s->t, end), i, &stop, word);
	w = n == 0 || stop != end ? NULL : find(s, tongue, word, n);
	return w == NULL ? 0 : w->roles;
}

/* ---- a turn ---- */

/* The token at i; false: no word begins there. */
static bool take(const struct scan *s, uint32_t i, struct abroad_turn *t)
{
	struct abroad_token *k = &t->t[t->n];
	const struct word *w;
	size_t end, n;

	*k = (struct abroad_token){.i = i, .end = i};
	if (!is_word(s->t[i]))
		return false;
	n = abroad_plain(bytes_of(s->t, s->n), i, &end, k->word);
	k->end = (uint32_t)end;
	while (k->end < s->n && is_word(s->t[k->end]))
		k->end++;
	for (uint32_t at = i; at < k->end; at++)
		k->digits = k->digits || is_digit(s->t[at]);
	if (k->digits || n == 0) {
		k->word[0] = '\0';
		return true;
	}
	w = find(s, t->tongue, k->word, n);
	if (w != NULL) {
		k->roles = w->roles;
		k->number = w->number;
		k->topic = w->topic;
		k->cue = w->cue;
	}
	return true;
}

/* Tokens from i on; where they end. */
static uint32_t tokens(struct scan *s, uint32_t i, struct abroad_turn *t)
{
	bool apart = true;
	uint32_t from = i;

	for (t->n = 0; i < s->n && t->n < ABROAD_TOKENS;) {
		if (!take(s, i, t)) {
			apart = apart || strchr(".!?;\n", s->t[i]) != NULL;
			i++;
			continue;
		}
		t->t[t->n].apart = apart;
		i = t->t[t->n++].end;
		apart = false;
	}
	s->steps += i - from;
	return i;
}

/* ---- the whole turn ---- */

/* Apart from abroad_turn(), which has no use for the tokens mostly. */
static void NOINLINE look(struct scan *s, size_t from, enum abroad tongue)
{
	struct abroad_turn t = {.tongue = tongue, .accents = accents(s)};
	uint32_t at, end;
	size_t label = 0;

	if (s->run->speaker.n == 0)
		(void)recognizer_turn_label(bytes_of(s->t, s->n), &label);
	end = tokens(s, (uint32_t)label, &t);
	t.whole = end == s->n && !s->run->again;
	abroad_judge(s, from, &t);
	if (t.whole) {
		abroad_dates(s, &t);
		abroad_codes(s, &t);
		abroad_places(s, &t);
		abroad_asks(s, &t);
	}
	abroad_names(s, &t);
	while (end < s->n && t.n == ABROAD_TOKENS) {
		at = t.t[ABROAD_TOKENS - OVERLAP].i;
		end = tokens(s, at, &t);
		abroad_names(s, &t);
	}
}

void abroad_turn(struct scan *s, size_t from)
{
	enum abroad tongue = abroad_tongue(s);

	if (tongue != ABROAD_NONE && s->n > 0)
		look(s, from, tongue);
}
