/* What the tagger finds in speech and prose, as hits. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "policy/redact/filename.h"
#include "policy/redact/recognizer_name.h"

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

static unsigned roles(const struct scan *s, uint32_t i, uint32_t end)
{
	const struct word *w = scan_listed(s, i, end)->common;

	return w == NULL ? 0 : w->roles;
}

/* Words of another language and English ones, in the first LOOK bytes. */
struct tongues {
	uint32_t looked;
	unsigned foreign, english, words;
};

/* English ones that others have, too, unless with a capital: "a las 7:45 me va
 * bien". */
static bool is_shared(const struct scan *s, uint32_t i, uint32_t end)
{
	const uint8_t *w = s->t + i;

	if (end - i == 3)
		return w[0] == 'l' && (w[1] == 'a' || w[1] == 'o') &&
		       w[2] == 's'; /* "las", "los" */
	if (end - i == 2)
		return memcmp(w, "me", 2) == 0 || memcmp(w, "no", 2) == 0;
	return end - i == 1 && w[0] == 'a';
}

static void tell(const struct scan *s, struct tongues *t)
{
	size_t most = LOOK - t->looked, i = 0, end;

	most = s->n < most ? s->n : most;
	for (; (i = starts_next(s->starts, STARTS_WORD, i)) < most; i = end) {
		unsigned is;

		end = starts_over(s->starts, STARTS_WORD, i);
		end = end < most ? end : most;
		is = s->r->starts[scan_listed_id(s, (uint32_t)i,
						 (uint32_t)end)];
		t->words++;
		t->foreign += (is & STARTS_FOREIGN) != 0;
		t->english += (is & STARTS_ENGLISH) / STARTS_ENGLISH;
		if ((is & STARTS_SHARED) != 0 &&
		    is_shared(s, (uint32_t)i, (uint32_t)end))
			t->english -= (is & STARTS_ENGLISH) / STARTS_ENGLISH;
	}
	t->looked += (uint32_t)most;
}

static int tell_text(const struct recognizers *r, struct bytes text,
		     struct tongues *t)
{
	struct starts m CLEANUP(starts_free);
	struct scan s = {.r = r, .t = text.p, .starts = &m};
	int rc;

	m.heap = NULL;
	s.n = text.n < LOOK ? (uint32_t)text.n : LOOK;
	rc = starts_make(&m, r, bytes_of(text.p, s.n));
	if (rc == 0)
		tell(&s, t);
	return rc;
}

/* "Gracias." says nothing alone: a short run is in its record's language. */
static bool is_record_foreign(struct scan *s)
{
	struct tongues t = {0};

	if ((*s->record_tongue & 3) == 0) {
		for (size_t i = 0; i < s->nruns && i < LOOK && s->err == 0; i++)
			if (s->runs[i].kind == RUN_TEXT && t.looked < LOOK)
				s->err = tell_text(s->r, s->runs[i].text, &t);
		s->steps += t.looked;
		*s->record_tongue |=
			t.foreign >= 2 && t.foreign > t.english ? 2 : 1;
	}
	return (*s->record_tongue & 3) == 2;
}

/* No word is another language's, there are some, and the record is English. */
static bool is_english(const struct scan *s)
{
	size_t i = 0;

	if (s->n > LOOK || (s->starts->any & STARTS_FOREIGN) != 0 ||
	    (*s->record_tongue & 3) != 1)
		return false;
	for (unsigned n = 0; n < FEW; n++) {
		i = starts_next(s->starts, STARTS_WORD, i);
		if (i == s->n)
			return false;
		i = starts_over(s->starts, STARTS_WORD, i);
	}
	return true;
}

/* More of its words are those of another language than English ones, or there
 * are few. */
bool recognizer_foreign(struct scan *s)
{
	struct tongues t = {0};

	if (s->tongue == 0 && is_english(s)) {
		s->steps += s->n;
		s->tongue = 1;
	} else if (s->tongue == 0) {
		bool turn = s->run->kind == RUN_TEXT && !s->run->again &&
			    s->run->speaker.n > 0;
		bool few;

		tell(s, &t);
		few = t.words < FEW && !turn &&
		      (s->asked >> TOPIC_NAME & 1) == 0;
		s->steps += t.looked;
		s->tongue = few || (t.foreign >= 2 && t.foreign > t.english)
				    ? 2
				    : 1;
		if (s->tongue == 1 && (t.english < 3 || t.foreign > 0) &&
		    is_record_foreign(s))
			s->tongue = 2;
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

/* The capital at i stands right behind one: "Trần Tuấn Anh". */
static bool goes_on(const struct scan *s, uint32_t start, uint32_t i)
{
	uint32_t k;

	if (i < start + 2 || s->t[i - 1] != ' ' || !is_upper(s->t[i]))
		return false;
	for (k = i - 1; k > start && is_word(s->t[k - 1]);)
		k--;
	return k < i - 1 && (is_upper(s->t[k]) || s->t[k] >= 0x80);
}

/* A particle before a word of the language: "le habla". */
static bool is_leading(const struct scan *s, uint32_t i, uint32_t end,
		       uint32_t stop)
{
	uint32_t next = scan_word_end(s, end + 1, stop);

	return is_lower(s->t[i]) && end + 1 < next &&
	       (roles(s, i, end) & ROLE_PARTICLE) != 0 &&
	       is_plain(s, end + 1, next);
}

/* Words at both ends that are no names. */
static void strip(const struct scan *s, struct tagger_span *t)
{
	while (t->start < t->end) {
		uint32_t end = scan_word_end(s, t->start, t->end);

		if (end > t->start && !is_plain(s, t->start, end) &&
		    !is_leading(s, t->start, end, t->end))
			break;
		t->start = end > t->start ? end : end + 1;
	}
	while (t->start < t->end) {
		uint32_t i = t->end;

		while (i > t->start && is_word(s->t[i - 1]))
			i--;
		if (i < t->end &&
		    (!is_plain(s, i, t->end) || goes_on(s, t->start, i)))
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
		end = scan_word_end(s, i, t->end);
		if (end > i + (is_lower(s->t[i]) ? 3 : 1) &&
		    (roles(s, i, end) & none) == 0 &&
		    tagger_knows(s->r->tagger, bytes_of(s->t + i, end - i),
				 t->type))
			return true;
	}
	return false;
}

#define PATH_LOOK 64 /* bytes before an extension */

/* "wav" of "calls/a_1.wav" is nobody; "ann" may be somebody. */
static bool is_extension(struct scan *s, const struct tagger_span *t)
{
	uint32_t i = t->start - 1;
	bool last = t->end == s->n; /* then there may be blanks before it */

	if (t->start < 2 || s->t[i] != '.' || (s->t[t->start] | 0x20) == 'a' ||
	    filename_ext(bytes_of(s->t, t->end)).n != t->end - i)
		return false;
	if (last && s->run->again)
		return true;
	while (i > 0 && t->start - i < PATH_LOOK &&
	       (last || s->t[i - 1] > ' ')) {
		i--;
		s->steps++;
		if (s->t[i] == '/' || s->t[i] == '\\' || s->t[i] == '_')
			return true;
	}
	return false;
}

/* One word that is no name in any language that is known: "ja", "mhm"; or
 * nothing but single letters. */
static bool is_idle(const struct scan *s, const struct tagger_span *t)
{
	uint32_t i = t->start;

	if (scan_word_end(s, i, t->end) == t->end && is_lower(s->t[i]) &&
	    (roles(s, i, t->end) & (ROLE_FUNCTION | ROLE_PARTICLE)) ==
		    ROLE_FUNCTION)
		return true;
	while (i < t->end && scan_word_end(s, i, t->end) <= i + 1)
		i++;
	return i == t->end && is_lower(s->t[t->start]);
}

/* "us", "bye": words that are part of no name, without a capital. */
static bool is_nothing(const struct scan *s, const struct tagger_span *t)
{
	uint32_t end;

	for (uint32_t i = t->start; i < t->end; i = end + 1) {
		end = scan_word_end(s, i, t->end);
		if (end > i && (!is_lower(s->t[i]) ||
				(roles(s, i, end) & ROLE_FUNCTION) == 0))
			return false;
	}
	return true;
}

/* "signed by mcallister": a rare word alone that is said of one who does it is
 * left to recognizer_rare, which hides more than a company. */
static bool is_somebody(struct scan *s, const struct tagger_span *t)
{
	static const char before[] = " by for with ask tell from to ";
	uint32_t start = name_before(s, t->start);

	return t->type == TAGGER_ORGANIZATION && is_lower(s->t[t->start]) &&
	       start < t->start && name_one(s, start, t->start - 1, before) &&
	       scan_word_end(s, t->start, t->end) == t->end &&
	       recognizer_name_kind(s, t->start, t->end) >= NAME_RARE &&
	       recognizer_rare_word(s, t->start, t->end);
}

static void put(struct scan *s, const struct tagger_span *found)
{
	struct tagger_span copy = *found, *t = &copy;

	if (is_nothing(s, t) || is_idle(s, t) || is_extension(s, t) ||
	    !recognizer_tagger_trim(s, t) || is_nothing(s, t) ||
	    recognizer_thing(s, t) || is_somebody(s, t) ||
	    (t->type != TAGGER_ORGANIZATION &&
	     recognizer_place_public(s, t->start, t->end,
				     t->type == TAGGER_PERSON)))
		return;
	if (t->score >= types[t->type].least && has_letter(s, t->start, t->end))
		recognizer_hit(s, t->start, t->end, types[t->type].entity,
			       types[t->type].rule,
			       t->score * types[t->type].most / 100u);
}

/* Where the first part of [i, end) ends: at a mark, or at a word of the other
 * language that goes on in no name. "Kühn. Auf Wiederhören", "Luis am Apparat"
 */
static uint32_t part_end(const struct scan *s, uint32_t i, uint32_t end)
{
	uint32_t last = i, from = i, stop;

	for (; i < end; i = stop + 1) {
		stop = scan_word_end(s, i, end);
		if (stop == i && strchr(".,;!?", s->t[i]) != NULL)
			return last;
		if (stop > i && (roles(s, i, stop) & ROLE_PARTICLE) == 0 &&
		    is_plain(s, i, stop) && !goes_on(s, from, i))
			return last > from ? last : stop;
		last = stop;
	}
	return end;
}

/* What the tagger took for one name may hold several, and words between. */
static void take_foreign(struct scan *s, struct tagger_span all)
{
	while (all.start < all.end) {
		struct tagger_span t = all;

		strip(s, &t);
		if (t.start >= t.end)
			return;
		all.end = t.end;
		t.end = part_end(s, t.start, t.end);
		all.start = t.end + 1;
		strip(s, &t);
		if (t.start < t.end && is_known(s, &t))
			put(s, &t);
	}
}

static void put_known(struct scan *s, struct tagger_span t)
{
	strip(s, &t);
	if (t.start < t.end && is_known(s, &t))
		put(s, &t);
}

/* A list of names, or of nouns: each stretch between words that are none. */
static void put_list(struct scan *s, const struct tagger_span *all)
{
	struct tagger_span t = *all;

	s->steps += all->end - all->start;
	for (uint32_t i = t.start, end; i < all->end; i = end) {
		end = scan_word_end(s, i, all->end);
		if (end == i) {
			end++;
		} else if (is_plain(s, i, end)) {
			t.end = i;
			put_known(s, t);
			t.start = end;
		}
	}
	t.end = all->end;
	if (t.start < t.end)
		put_known(s, t);
}

static int take(void *ctx, const struct tagger_span *found)
{
	struct scan *s = ctx;

	if (!recognizer_foreign(s))
		put(s, found);
	else if (found->end - found->start > LONG)
		put_list(s, found);
	else
		take_foreign(s, *found);
	return s->err;
}

static enum tagger_asked asked(const struct scan *s)
{
	const uint64_t place = TOPIC_BIT(TOPIC_ADDRESS) | TOPIC_BIT(TOPIC_ZIP) |
			       TOPIC_BIT(TOPIC_CITY);

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
