/* The scan over runs: byte classes find candidates, verifiers decide. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "policy/redact/recognizer_abroad.h"

#include <errno.h>

/*
 * How recognition works
 *
 * A run is read once, byte by byte, through a table of byte classes. Most
 * bytes are letters: a word is walked over and its hash probed in one small
 * table; a few hundred words mean something (months, units, "account", "my
 * name"). Digits, '@', ':', '.', and currency signs are the other candidates.
 * At a candidate a verifier looks at a bounded neighbourhood (a number has at
 * most CLUSTER_MAX groups, a name at most five words) or at a stretch that no
 * later candidate looks at again (the host of an e-mail, a URL); so the work is
 * linear in the text whatever the text is. recognizer_count() counts the
 * steps, and a test holds it to that.
 *
 * What a number means is rarely in the number. Words that name a topic leave
 * their place in scan.topic_at; a number asks which topic stands near. In a
 * dialogue the turn before decides: when it asked ("What's the last four of
 * your social?"), its topics are those of the answer, whatever the answer
 * looks like. In JSON the member's name does the same.
 *
 * Verifiers add hits with a score and do not care for each other; at the end
 * of a run overlaps are resolved (recognizer_hits.c).
 *
 * Matching sees folded text: see recognizer_fold.c. For plain ASCII, which is
 * most, folding is skipped and offsets are the run's own.
 *
 * Invariants
 * - A hit never has zero length and lies inside its run.
 * - Hits of a run are disjoint and sorted; runs come in order.
 * - A run whose recognition fails (no memory) fails the whole call: the caller
 *   denies the record.
 */

enum class {
	CLASS_NONE = 0,
	CLASS_WORD = 1,
	CLASS_DIGIT = 2,
	CLASS_AT = 4,
	CLASS_COLON = 8,
	CLASS_DOT = 16,
	CLASS_DOLLAR = 32,
	CLASS_QUESTION = 64,
};

static const uint8_t classes[256] = {
	['0' ... '9'] = CLASS_DIGIT,
	['A' ... 'Z'] = CLASS_WORD,
	['a' ... 'z'] = CLASS_WORD,
	[0x80 ... 0xff] = CLASS_WORD,
	['@'] = CLASS_AT,
	[':'] = CLASS_COLON,
	['.'] = CLASS_DOT,
	['$'] = CLASS_DOLLAR,
	['?'] = CLASS_QUESTION,
};

#define SIGN 3 /* bytes of the longest currency sign */

/* Length of the currency sign that begins at i; 0: none. */
static uint32_t currency_sign(const struct scan *s, uint32_t i)
{
	const uint8_t *p = s->t + i;

	if (p[0] == 0xc2 && s->n - i >= 2 && p[1] >= 0xa2 && p[1] <= 0xa5)
		return 2; /* cent, pound, general, yen */
	if (p[0] == 0xe2 && s->n - i >= SIGN && p[1] == 0x82 && p[2] >= 0xa0)
		return SIGN; /* U+20A0..U+20BF: euro, dong, rupee ... */
	return 0;
}

static uint32_t kinds(struct scan *s, uint32_t i)
{
	if ((s->allowed & ALLOW_MORE) == 0)
		return 0;
	return recognizer_kinds(s, i, (s->allowed & ALLOW_PROSE) != 0);
}

/* A word that holds digits: an IBAN, an identifier, some code. */
static uint32_t mixed(struct scan *s, uint32_t i, uint32_t end)
{
	uint32_t next = 0;

	if (end - i >= 4 && is_digit(s->t[i + 2]) && is_digit(s->t[i + 3]))
		next = recognizer_iban(s, i);
	if (next == 0)
		next = kinds(s, i);
	if (next == 0 && end - i >= SECRET_WORD &&
	    (s->allowed & ALLOW_MORE) != 0)
		next = recognizer_secret_token(s, i, end);
	if (next == 0)
		recognizer_id_code(s, i, end);
	return next > end ? next : end;
}

/* " 12 34", " 123456": as much of six digits as tells them from a time. */
static bool six_digits(const struct scan *s, uint32_t end)
{
	return scan_at(s, end) == ' ' && is_digit(scan_at(s, end + 1)) &&
	       is_digit(scan_at(s, end + 2)) && is_digit(scan_at(s, end + 4)) &&
	       is_digit(scan_at(s, end + 5));
}

/* A word without digits may begin an identifier: they follow, or it is all
 * capitals, or hexadecimal. Few do, for one of many reasons; so there is one
 * branch. */
static inline bool begins(const struct scan *s, uint32_t i, uint32_t end)
{
	uint32_t n = end - i;
	uint8_t sep = scan_at(s, end), next = scan_at(s, end + 1);
	unsigned blank = sep == ' ', dash = sep == '-';
	unsigned first = is_upper(s->t[i]), last = is_upper(s->t[end - 1]);
	unsigned digits =
		(n <= 6) & (unsigned)is_digit(next) & (dash | (blank & last));
	unsigned parts = ((n == 2) & dash) |
			 ((n == 4) & (sep == '.') & (unsigned)is_word(next));
	unsigned capitals = first & last &
			    ((n == 8) | (n == 11) |
			     ((n <= 6) & (blank | dash) & is_upper(next)));

	return (digits | parts | capitals) != 0 ||
	       (n == 2 && blank != 0 && six_digits(s, end));
}

static bool before_number(const struct scan *s, uint32_t end)
{
	uint32_t at = scan_at(s, end) == '.' ? end + 1 : end;

	return scan_at(s, at) == ' ' && is_digit(scan_at(s, at + 1));
}

/* In the middle of a sentence, as most words: nothing but the table can want
 * it. */
static inline bool is_plain(const struct scan *s, uint32_t i, uint32_t end)
{
	/* one branch: nobody can foretell what stands around a word */
	return end + 1 < s->n &&
	       ((unsigned)is_lower(s->t[i]) & (end - i > 1) &
		(s->t[end] == ' ') & !is_digit(s->t[end + 1]) &
		(s->t[i < 2 ? 0 : i - 2] != ',')) != 0;
}

/* One that is not plain, without digits; where to go on. */
static uint32_t other_word(struct scan *s, uint32_t i, uint32_t end)
{
	if (end - i >= 3 && before_number(s, end) &&
	    (s->allowed & ALLOW_MORE) != 0) {
		uint32_t next = recognizer_street_german(s, i, end);

		if (next > end)
			return next;
	}
	if (begins(s, i, end)) {
		uint32_t next = kinds(s, i);

		if (next > end)
			return next;
	}
	if (end - i == 1 && (s->allowed & ALLOW_PROSE) != 0)
		recognizer_name_initial(s, i);
	if (i > 2 && s->t[i - 2] == ',' && (s->allowed & ALLOW_PROSE) != 0 &&
	    scan_listed(s, i, end)->trigger == NULL)
		recognizer_name_last_word(s, i, end);
	return end;
}

/* The word at i; where to go on. */
static uint32_t word(struct scan *s, uint32_t i)
{
	const struct word *w;
	uint32_t end, sign, next = 0, id;

	if (s->t[i] >= 0x80 && (sign = currency_sign(s, i)) != 0) {
		if ((s->allowed & ALLOW_MORE) != 0)
			next = recognizer_money_sign(s, i, sign);
		return next > i ? next : i + sign;
	}
	end = (uint32_t)starts_over(s->starts, STARTS_WORD, i);
	if (starts_any(s->starts, STARTS_DIGIT, i, end)) {
		s->digit_at = s->digit_at == 0 ? i + 1 : s->digit_at;
		return mixed(s, i, end);
	}
	if (!is_plain(s, i, end)) {
		next = other_word(s, i, end);
		if (next > end)
			return next;
	}
	id = s->starts->id == NULL ? 0 : s->starts->id[i];
	w = id != 0 ? s->r->listed[id - 1].trigger
		    : scan_listed(s, i, end)->trigger; /* inside of a word */
	return w == NULL ? end : recognizer_trigger(s, i, end, w);
}

/* '@', ':' and '.': what stands on both sides decides. */
static uint32_t joint(struct scan *s, uint32_t i, unsigned class,
		      uint32_t *floor)
{
	bool more = (s->allowed & ALLOW_MORE) != 0;
	bool net = (s->allowed & (ALLOW_MORE | ALLOW_NET)) != 0;
	uint32_t next = 0;

	if (class == CLASS_AT) {
		next = recognizer_email(s, i, *floor);
		if (next == 0 && (s->allowed & ALLOW_PROSE) != 0)
			next = recognizer_traits_handle(s, i);
		*floor = i + 1;
	} else if (class == CLASS_COLON && net) {
		if (more)
			next = recognizer_url(s, i, *floor);
		if (next == 0)
			next = recognizer_ipv6(s, i, *floor);
	} else if (class == CLASS_DOT && more) {
		next = recognizer_url_bare(s, i, *floor);
	}
	return next > i ? next : i + 1;
}

/* Where the scan stops, i or behind; who took a part of a word left the rest of
 * it. */
static uint32_t stop(const struct scan *s, uint32_t i)
{
	if (starts_inside(s->starts, i))
		return i;
	return (uint32_t)starts_next(s->starts, STARTS_SCAN, i);
}

static void scan_text(struct scan *s)
{
	uint32_t i = 0, floor = 0;

	s->steps += s->n;
	while ((i = stop(s, i)) < s->n && s->err == 0) {
		unsigned c = classes[s->t[i]];

		if (c == CLASS_NONE) {
			i++;
		} else if (c == CLASS_WORD) {
			i = word(s, i);
		} else if (c == CLASS_DIGIT) {
			s->digit_at = s->digit_at == 0 ? i + 1 : s->digit_at;
			i = recognizer_number(s, i);
		} else if (c == CLASS_DOLLAR) {
			uint32_t next = 0;

			if ((s->allowed & ALLOW_MORE) != 0)
				next = recognizer_money_sign(s, i, 1);
			i = next > i ? next : i + 1;
		} else if (c == CLASS_QUESTION) {
			s->asks = true;
			i++;
		} else {
			i = joint(s, i, c, &floor);
		}
		s->steps++;
	}
}

/* Of the hits from from on one is the value that the turn speaks of: it stands
 * behind that word ("last name hill"), or "is" behind it ("hill is the last
 * name"); not "thanks beau and the last name". */
static bool says(const struct scan *s, size_t from, int type, enum topic topic)
{
	const struct hits *h = s->out;

	for (; from < h->n; from++) {
		const struct hit *a = &h->v[from];

		if (a->type == type &&
		    (a->start >= s->topic_at[topic] ||
		     (s->n - a->end > 4 &&
		      memcmp(s->t + a->end, " is ", 4) == 0)))
			return true;
	}
	return false;
}

static void scan_run(struct scan *s, struct talk *turn)
{
	const struct run *run = s->run;
	size_t first = s->out->n;
	bool answers = true;

	s->keyed =
		run->kind == RUN_TEXT ? 0 : recognizer_topics(s->r, run->key);
	switch (run->kind) {
	case RUN_TEXT:
	case RUN_CELL:
		s->allowed = ALLOW_CORE | ALLOW_MORE | ALLOW_PROSE;
		answers =
			run->again || recognizer_turn_begin(s, turn, &s->asked);
		s->told = (s->asked >> TOPIC_STREET & 1) != 0;
		s->asked &= ~TOPIC_BIT(TOPIC_STREET);
		s->talk = run->again ? NULL : turn;
		scan_text(s);
		if (s->err == 0 && answers) {
			recognizer_tagger(s);
			recognizer_rare(s);
		}
		if (!run->again) {
			turn->mine |= recognizer_abode(s, turn, first);
			turn->mine |= recognizer_place_asks(s);
			recognizer_birth(s);
		}
		if (answers)
			recognizer_answers(s);
		turn->abroad = turn->abroad || s->abroad_words > 0;
		abroad_turn(s, first);
		if (run->kind == RUN_CELL) {
			recognizer_name_value(s);
			recognizer_traits_value(s);
		}
		if (recognizer_name_asked(s)) {
			s->seen |= TOPIC_BIT(TOPIC_NAME);
			s->asks = true;
		}
		if (!s->asks && says(s, first, ENTITY_PERSON, TOPIC_NAME))
			s->seen &= ~TOPIC_BIT(TOPIC_NAME); /* it says it */
		if (!s->asks && says(s, first, ENTITY_USERNAME, TOPIC_USER))
			s->seen &= ~TOPIC_BIT(TOPIC_USER);
		if (!run->again)
			recognizer_turn_asks(s, turn);
		break;
	case RUN_VALUE:
		s->allowed = ALLOW_CORE | ALLOW_MORE;
		scan_text(s);
		recognizer_name_value(s);
		recognizer_traits_value(s);
		break;
	case RUN_KEY:
		/* Who wrote "ssn" or "date" meant the member, not a value. */
		s->allowed = ALLOW_CORE | ALLOW_NET;
		s->keyed = 0;
		scan_text(s);
		break;
	case RUN_NAME:
		s->allowed = ALLOW_CORE | ALLOW_MORE | ALLOW_PROSE;
		s->keyed = 0;
		scan_text(s);
		break;
	case RUN_NUMBER:
		s->allowed = ALLOW_CORE;
		recognizer_number_bare(s);
		return;
	}
	recognizer_custom(s);
}

/* Hits [from, ...) were found in folded text: move them to the run's own. */
static void unfold(struct hits *h, size_t from, const struct folded *f)
{
	for (size_t i = from; i < h->n; i++) {
		h->v[i].start = f->map[h->v[i].start];
		h->v[i].end = f->map[h->v[i].end];
	}
}

/* Words of clauses that are kept are none of this text's. */
static void clauses_begin(struct scan *s)
{
	struct clauses *c = s->clauses;

	c->base += c->n + 1;
	c->n = s->n;
}

static int one_text(struct scan *s, struct talk *turn)
{
	struct folded f = {0};
	size_t from = s->out->n;
	struct bytes text = s->run->text;

	s->t = text.p;
	s->n = (uint32_t)text.n;
	s->err = starts_make(s->starts, s->r, text);
	if (s->err == 0 &&
	    (s->starts->high || recognizer_spoken_any(s->starts, text))) {
		s->err = recognizer_fold(text, &f);
		s->t = f.text.p;
		s->n = (uint32_t)f.text.n;
		s->map = f.map;
		if (s->err == 0)
			s->err = starts_make(s->starts, s->r,
					     buf_bytes(&f.text));
	}
	clauses_begin(s);
	if (s->err == 0)
		scan_run(s, turn);
	if (s->err == 0 && f.spelled && (s->allowed & ALLOW_PROSE) != 0)
		recognizer_spelled_hits(s);
	if (s->err == 0 && (s->allowed & ALLOW_PROSE) != 0)
		recognizer_parts(s, from);
	if (s->talk != NULL)
		recognizer_echo_learn(s, turn, from);
	s->steps += s->starts->walked;
	if (s->err == 0 && f.map != NULL)
		unfold(s->out, from, &f);
	recognizer_fold_free(&f);
	s->map = NULL;
	return s->err;
}

/* Lines that say who speaks are turns, each by itself, too: what it answers is
 * in the one before. */
static int own_turns(struct scan *s, struct talk *d)
{
	struct bytes text = s->run->text, turn;
	size_t at = 0;

	for (size_t from = 0;
	     recognizer_turn_next(text, &at, &turn) && s->err == 0; from = at) {
		struct run run = {.kind = RUN_TEXT, .text = turn};
		struct scan part = {.r = s->r,
				    .run = &run,
				    .runs = s->runs,
				    .nruns = s->nruns,
				    .record_tongue = s->record_tongue,
				    .nr = s->nr,
				    .starts = s->starts,
				    .clauses = s->clauses,
				    .out = s->out};
		size_t first = s->out->n;

		s->err = one_text(&part, d);
		s->steps += part.steps;
		for (size_t i = first; i < s->out->n; i++) {
			s->out->v[i].start += (uint32_t)from;
			s->out->v[i].end += (uint32_t)from;
		}
	}
	return s->err;
}

int recognizer_run(struct scan *s, struct talk *turn)
{
	size_t from = s->out->n;
	const struct run *run = s->run;
	struct run whole = *run;

	if (run->text.n >= UINT32_MAX)
		return -EFBIG;
	if (run->known != 0 && run->text.n > 0) {
		recognizer_hit(s, 0, (uint32_t)run->text.n, run->known - 1u,
			       RULE_KNOWN, 100);
		return s->err;
	}
	if (recognizer_turn_several(run)) {
		whole.again = true;
		s->run = &whole;
		s->err = own_turns(s, turn);
	}
	if (s->err == 0)
		s->err = one_text(s, turn);
	s->run = run;
	if (s->err == 0)
		s->err = recognizer_hits_resolve(s->out, from, run->text);
	return s->err;
}
