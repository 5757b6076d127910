/* What a turn is to a value that is said over several turns. */
/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Who dictates says a few digits, waits for the other's "mhm", and goes on. A
 * turn is looked at word by word: parts of a value (digits, words for them,
 * letters one by one), words that say nothing ("okay", "go ahead", "it's"),
 * and all others. Only the first and the last words of a long turn count, so
 * the work is bounded for each.
 */
#include "base/sign.h"
#include "policy/redact/recognizer.h"

#define LOOK 256	/* bytes at each end of a turn */
#define LABEL_LONG 40	/* bytes of "Customer: " */
#define LISTENS_LONG 40 /* of one that says nothing */
#define MAIL_LONG 80	/* of a turn that goes on with an address */

enum part {
	PART_NONE,
	PART_IDLE,
	PART_VALUE,
	PART_JOINT,
	PART_OTHER
};

/* Who listens, or thinks, or begins; by the first letter. */
static const char *const idle[27] = {
	['a' - 'a'] = "ahead all alright and ah ajá",
	['b' - 'a'] = "bitte bien bueno",
	['c' - 'a'] = "continue cool correct claro",
	['d' - 'a'] = "digits dạ",
	['e' - 'a'] = "er erm",
	['f' - 'a'] = "fine far first following",
	['g' - 'a'] = "go got great good going genau gut",
	['h' - 'a'] = "huh hm hmm here",
	['i' - 'a'] = "it it's its is i i'm",
	['j' - 'a'] = "ja",
	['k' - 'a'] = "k",
	['l' - 'a'] = "listening last",
	['m' - 'a'] = "mhm mm mmm me",
	['n' - 'a'] = "next numbers",
	['o' - 'a'] = "okay ok oh on of",
	['p' - 'a'] = "please perfect part",
	['r' - 'a'] = "right ready rest remaining rồi",
	['s' - 'a'] = "sure so see sí si sigue siga",
	['t' - 'a'] = "that that's then thanks thank the",
	['u' - 'a'] = "uh um uhm understood",
	['v' - 'a'] = "vale vâng",
	['w' - 'a'] = "well with weiter",
	['y' - 'a'] = "yes yeah yep yup you",
	[26] = "ừ",
};
const char *recognizer_idle_list(size_t k)
{
	if (k == ARRAY_LEN(idle))
		return NULL;
	return idle[k] == NULL ? "" : idle[k];
}

static const char joints[] = "at dot underscore hyphen arroba punkt punto";

static ALWAYS_INLINE bool in_list(const char *list, struct bytes in, size_t i,
				  size_t end)
{
	return recognizer_check_word(list, in.p, i, end);
}

static size_t word_end(struct bytes in, size_t i)
{
	size_t end = i;

	while (end < in.n && (is_word(in.p[end]) ||
			      (in.p[end] == '\'' && end > i && end + 1 < in.n &&
			       is_alpha(in.p[end + 1]))))
		end++;
	return end;
}

static bool is_idle(struct bytes in, size_t i, size_t end)
{
	uint8_t c = in.p[i] | 0x20;
	const char *list = idle[is_alpha(c) ? c - 'a' : 26];

	return list != NULL && in_list(list, in, i, end);
}

/* "as in Sam", "like Sam" behind a letter: its end, or i. */
static size_t over_alphabet(struct bytes in, size_t i)
{
	size_t at = i < in.n && in.p[i] == ' ' ? i + 1 : i;
	size_t end = word_end(in, at);

	if (at == i || !in_list("as like for wie como", in, at, end))
		return i;
	at = end < in.n ? end + 1 : end;
	end = word_end(in, at);
	if (in_list("in", in, at, end)) {
		at = end < in.n ? end + 1 : end;
		end = word_end(in, at);
	}
	return end > at ? end : i;
}

/* A letter that stands alone. */
static bool is_letter(struct bytes in, size_t i)
{
	return i < in.n && is_alpha(in.p[i]) &&
	       (i == 0 || !is_word(in.p[i - 1])) &&
	       (i + 1 == in.n || !is_word(in.p[i + 1]));
}

/* "a", "I" that no other letter stands beside. */
static bool is_article(struct bytes in, size_t i)
{
	uint8_t c = in.p[i] | 0x20;

	return (c == 'a' || c == 'i') && !is_letter(in, i + 2) &&
	       (i < 2 || !is_letter(in, i - 2));
}

/* What the word [i, *end) is; *end moves over what belongs to it. */
static enum part part_of(struct bytes in, size_t i, size_t *end)
{
	size_t n = *end - i, digits = 0;

	for (size_t k = i; k < *end; k++)
		digits += is_digit(in.p[k]);
	if (digits == n)
		return n <= 19 ? PART_VALUE : PART_OTHER;
	if (digits > 0)
		return PART_OTHER;
	if (recognizer_spoken_word(in, i))
		return PART_VALUE;
	if (n == 1 && is_alpha(in.p[i])) {
		*end = over_alphabet(in, *end);
		return is_article(in, i) ? PART_IDLE : PART_VALUE;
	}
	if (in_list(joints, in, i, *end))
		return PART_JOINT;
	return is_idle(in, i, *end) ? PART_IDLE : PART_OTHER;
}

static bool is_mark(uint8_t c)
{
	return recognizer_check_mark(" \t\r\n,.-:;!?'\"()/#", c);
}

/* From the beginning up to the first other word; *end: where that stands; parts
 * of a value are in [out->from, out->to). */
static unsigned head(struct bytes in, enum part *first, size_t *end,
		     struct turn_shape *out)
{
	unsigned n = 0;
	size_t i = 0, stop;

	*first = PART_NONE;
	for (*end = 0; i < in.n; *end = i = stop) {
		enum part part;

		stop = word_end(in, i);
		if (stop == i && is_mark(in.p[i])) {
			stop++;
			continue;
		}
		part = stop == i ? PART_OTHER : part_of(in, i, &stop);
		if (*first == PART_NONE)
			*first = part;
		if (part == PART_OTHER || part == PART_JOINT)
			return n;
		if (part != PART_VALUE)
			continue;
		out->from = n++ == 0 ? i : out->from;
		out->to = stop;
	}
	*end = in.n;
	return n;
}

/* Where the word before i, over one mark, begins; i: none does. */
static size_t word_before(struct bytes in, size_t i)
{
	size_t at = i > 0 && is_mark(in.p[i - 1]) ? i - 1 : i, start = at;

	while (start > 0 && at - start < LOOK && is_word(in.p[start - 1]))
		start--;
	return start == at ? i : start;
}

/* Where the letter stands that the word at i spells: "S as in Sam"; or i. */
static size_t spelled(struct bytes in, size_t i)
{
	size_t at = i, end;

	for (unsigned n = 0; n < 3; n++) {
		size_t start = word_before(in, at);

		if (start == at)
			return i;
		if (n > 0 && at - start <= 2 && is_alpha(in.p[start])) {
			end = start + 1;
			return over_alphabet(in, end) > i ? start : i;
		}
		at = start;
	}
	return i;
}

/* From the end back to the last other word. A word alone that says a digit says
 * none: "the long one". */
static bool tail(struct bytes in)
{
	size_t i = in.n, start, end;
	unsigned n = 0;
	bool sure = false;

	while (i > 0 && in.n - i < LOOK) {
		enum part part;

		if (!is_word(in.p[i - 1])) {
			if (!is_mark(in.p[i - 1]))
				break;
			i--;
			continue;
		}
		for (start = i; start > 0 && i - start < LOOK &&
				(is_word(in.p[start - 1]) ||
				 (in.p[start - 1] == '\'' && start < i));)
			start--;
		end = i;
		part = part_of(in, start, &end);
		if (part == PART_OTHER && spelled(in, start) < start) {
			part = PART_VALUE;
			start = spelled(in, start);
		}
		/* "john dot", but "text me at 555": not "2 dot 5" */
		if (part == PART_JOINT)
			return n == 0 || in_list("at", in, start, end);
		if (part == PART_OTHER)
			break;
		n += part == PART_VALUE;
		sure = sure || (part == PART_VALUE &&
				!recognizer_spoken_word(in, start));
		i = start;
	}
	return n > 1 || (n == 1 && sure);
}

void recognizer_turn(struct bytes text, struct turn_shape *out)
{
	struct bytes look = bytes_sub(text, 0, text.n < LOOK ? text.n : LOOK);
	enum part first;
	size_t end;
	unsigned n;
	bool all;

	*out = (struct turn_shape){.from = 0};
	n = head(look, &first, &end, out);
	all = end == text.n;
	out->listens = all && n == 0;
	out->only = all && n > 0;
	out->goes_on = n > 0;
	out->opens = all ? n > 0 : tail(text);
	out->mail = text.n <= MAIL_LONG && first == PART_JOINT;
}

/* ---- who speaks ---- */

/* "[00:01:02] Agent 2: ", "(Customer) ": a name before a colon. */
struct bytes recognizer_turn_label(struct bytes text, size_t *from)
{
	size_t i = 0, start, end;

	*from = 0;
	if (text.n == 0 ||
	    memchr(text.p, ':',
		   text.n < 2 * LABEL_LONG + 2 ? text.n : 2 * LABEL_LONG + 2) ==
		    NULL)
		return (struct bytes){NULL, 0};
	while (i < text.n && i < LABEL_LONG &&
	       (strchr(" \t[]().,:-", text.p[i]) != NULL ||
		is_digit(text.p[i])))
		i++;
	start = i;
	while (i < text.n && i < start + LABEL_LONG &&
	       (is_word(text.p[i]) || text.p[i] == ' ' || text.p[i] == '_' ||
		text.p[i] == '.'))
		i++;
	end = i;
	if (i < text.n && (text.p[i] == ')' || text.p[i] == ']'))
		i++;
	if (end == start || i == text.n || text.p[i] != ':' ||
	    (i + 1 < text.n && strchr(" \t\r\n", text.p[i + 1]) == NULL))
		return (struct bytes){NULL, 0};
	*from = i + 1;
	return bytes_sub(text, start, end - start);
}

static bool is_aside(struct bytes key)
{
	return in_list("speaker role from sender author who party channel user "
		       "speaker_role spk speaker_id participant",
		       key, 0, key.n);
}

static uint64_t hash_of(struct bytes who)
{
	static const uint8_t key[16] = "carrel speakers";

	return who.n == 0 ? 0 : siphash(key, who) | 1;
}

/* *from: where what the run says begins, behind its label. */
static uint64_t who_says(struct talk *d, const struct run *run, bool *aside,
			 size_t *from)
{
	struct bytes label = {NULL, 0};

	*from = 0;
	if (run->speaker.n == 0)
		label = recognizer_turn_label(run->text, from);
	*aside = run->speaker.n == 0 && is_aside(run->key);
	if (*aside)
		d->next = hash_of(run->text);
	if (*aside || run->speaker.n > 0)
		return hash_of(run->speaker);
	return label.n > 0 ? hash_of(label) : d->next;
}

uint64_t recognizer_who(struct talk *d, const struct run *run, bool *aside)
{
	size_t from;

	return who_says(d, run, aside, &from);
}

/* "Go ahead" between a question and its answer is no turn. */
/* A word behind from is none of those that are said there: most turns. */
static bool says_more(const struct scan *s, size_t from)
{
	const struct starts *m = s->starts;
	size_t end;

	if (s->map != NULL || m->high || m->id == NULL)
		return false; /* not known */
	for (size_t i = from;
	     (i = starts_next(s->starts, STARTS_WORD, i)) < s->n; i = end) {
		end = starts_over(s->starts, STARTS_WORD, i);
		if (end == i + 1 && end + 1 < s->n && m->id[end + 1] != 0 &&
		    (m->may[m->id[end + 1] - 1] & STARTS_CHAIN) != 0)
			return false; /* "a as in apple" */
		if (end - i > 1 && m->id[i] != 0 &&
		    scan_at(s, (uint32_t)end) != '\'' &&
		    (i == 0 || s->t[i - 1] != '\'') &&
		    (m->may[m->id[i] - 1] & STARTS_IDLE) == 0)
			return true;
	}
	return false;
}

static bool listens(struct bytes text)
{
	struct turn_shape shape = {.from = 0};
	enum part first;
	size_t end;

	return text.n <= LISTENS_LONG &&
	       head(text, &first, &end, &shape) == 0 && end == text.n;
}

static bool thanks(struct bytes text)
{
	for (size_t i = 0, end; i < text.n; i = end) {
		end = word_end(text, i);
		if (end == i)
			end++;
		else if (in_list("thanks thank danke gracias", text, i, end))
			return true;
	}
	return false;
}

bool recognizer_turn_begin(const struct scan *s, struct talk *d,
			   uint64_t *asked)
{
	const struct run *run = s->run;
	bool aside;
	size_t from;
	uint64_t who = who_says(d, run, &aside, &from);

	*asked = 0;
	d->turns++;
	if (!says_more(s, from) &&
	    listens(bytes_sub(run->text, from, run->text.n - from))) {
		/* an answer that one is thanked for was all of it */
		if (who != d->who &&
		    thanks(bytes_sub(run->text, from, LISTENS_LONG)))
			d->asked = 0;
		return false;
	}
	if (!aside && (who == 0 || who != d->who)) {
		d->asked = d->mine;
		d->mine = 0;
		d->who = who;
	}
	*asked = aside ? 0 : d->asked;
	return true;
}

bool recognizer_turn_next(struct bytes text, size_t *at, struct bytes *turn)
{
	size_t start = *at, from;

	while (*at < text.n) {
		const uint8_t *nl = memchr(text.p + *at, '\n', text.n - *at);
		struct bytes rest;

		*at = nl == NULL ? text.n : (size_t)(nl - text.p) + 1;
		rest = bytes_sub(text, *at, text.n - *at);
		if (recognizer_turn_label(rest, &from).n > 0)
			break;
	}
	*turn = bytes_sub(text, start, *at - start);
	return start < *at;
}

bool recognizer_turn_several(const struct run *run)
{
	struct bytes turn;
	size_t at = 0, from;

	/* a line's end behind the text is none */
	return run->kind == RUN_TEXT && !run->again && run->speaker.n == 0 &&
	       run->text.n > 0 &&
	       memchr(run->text.p, '\n', run->text.n - 1) != NULL &&
	       recognizer_turn_next(run->text, &at, &turn) &&
	       at < run->text.n && recognizer_turn_label(turn, &from).n > 0;
}
