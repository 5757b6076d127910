/* Inside of the recognizers of names: words, kinds of them, and cues. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef REDACT_RECOGNIZER_NAME_H
#define REDACT_RECOGNIZER_NAME_H

#include <string.h>

#include "policy/redact/recognizer.h"

#define NAME_WORD_LONG 32 /* bytes of a word of a name */
#define NAME_MOST 3	  /* words of one that is said */

/** name_word(s, i): where the word at i ends: letters with inner apostrophes
 * and dashes; i: none begins there, or digits go on. */
static inline uint32_t name_word(const struct scan *s, uint32_t i)
{
	uint32_t end = i;

	for (; end < s->n && end < i + NAME_WORD_LONG; end++) {
		uint8_t c = s->t[end];
		bool inner = (c == '\'' || c == '-') && end > i &&
			     is_alpha(scan_at(s, end + 1));

		if (!is_alpha(c) && c < 0x80 && !inner)
			break;
	}
	if (end - i > 2 && s->t[end - 2] == '\'' && s->t[end - 1] == 's')
		end -= 2;
	return is_digit(scan_at(s, end)) ? i : end;
}

/** name_cap(s, i): a capital stands there, or a letter beyond ASCII. */
static inline bool name_cap(const struct scan *s, uint32_t i)
{
	return is_upper(s->t[i]) || s->t[i] >= 0x80;
}

/** name_lower(c): a capital of ASCII as a small letter. */
static inline uint8_t name_lower(uint8_t c)
{
	return is_upper(c) ? c | 0x20 : c;
}

/** name_one(s, i, end, words): [i, end) is one of words, case apart, which
 * blanks part and surround; end beyond the text (the end before its first
 * byte): there is no word. */
static ALWAYS_INLINE bool name_one(const struct scan *s, uint32_t i,
				   uint32_t end, const char *words)
{
	return end <= s->n && recognizer_check_word(words, s->t, i, end);
}

/** name_over(s, end, words): the word over one blank behind end is one of
 * words: its end, or 0. */
uint32_t name_over_listed(const struct scan *s, uint32_t end, const char *words,
			  size_t size);
static ALWAYS_INLINE uint32_t name_over(const struct scan *s, uint32_t end,
					const char *words)
{
	if (scan_at(s, end) != ' ' ||
	    !recognizer_check_may(words, scan_at(s, end + 1) | 0x20))
		return 0;
	return name_over_listed(s, end, words, strlen(words));
}

/** name_before(s, i): where the word before i begins, over one blank; i: none.
 */
static inline uint32_t name_before(const struct scan *s, uint32_t i)
{
	uint32_t start = i;

	if (i < 2 || s->t[i - 1] != ' ')
		return i;
	for (start = i - 1;
	     start > 0 && i - start <= NAME_WORD_LONG &&
	     (is_word(s->t[start - 1]) || s->t[start - 1] == '-' ||
	      s->t[start - 1] == '\'');)
		start--;
	return start == i - 1 ? i : start;
}

/** name_said(s, i, w): the word or words w stand at i, case apart: their end,
 * or 0. name_said_any(s, i, words, n): one of them. */
static inline uint32_t name_said(const struct scan *s, uint32_t i,
				 const char *w)
{
	uint8_t first = scan_at(s, i);
	size_t n;

	if ((is_alpha(first) ? (first | 0x20) : first) != (uint8_t)w[0])
		return 0; /* mostly */
	n = strlen(w);
	for (size_t k = 1; k < n; k++) {
		uint8_t c = scan_at(s, i + (uint32_t)k);

		if ((is_alpha(c) ? (c | 0x20) : c) != (uint8_t)w[k])
			return 0;
	}
	return is_word(scan_at(s, i + (uint32_t)n)) ? 0 : i + (uint32_t)n;
}

static inline uint32_t name_said_any(const struct scan *s, uint32_t i,
				     const char *const *words, size_t n)
{
	for (size_t k = 0; k < n; k++) {
		uint32_t end = name_said(s, i, words[k]);

		if (end != 0)
			return end;
	}
	return 0;
}

/** name_blanks(s, i): behind at most four blanks at i. */
static inline uint32_t name_blanks(const struct scan *s, uint32_t i)
{
	uint32_t end = i;

	while (end < i + 4 &&
	       (scan_at(s, end) == ' ' || scan_at(s, end) == '\t'))
		end++;
	return end;
}

/** name_verbal(s, i, end): "Going", "interested" with a capital are no names.
 */
static inline bool name_verbal(const struct scan *s, uint32_t i, uint32_t end)
{
	return (end - i > 5 && memcmp(s->t + end - 3, "ing", 3) == 0) ||
	       (end - i > 5 && memcmp(s->t + end - 2, "ed", 2) == 0);
}

/* ---- recognizer_name.c ---- */

/* How sure a cue makes us: what words may be a name behind it. */
enum name_trust {
	TRUST_CAPITAL, /* words with a capital that are no common ones */
	TRUST_STRONG,  /* also common ones with a capital: "Grace" */
	TRUST_ANY,     /* also lower case: "my name is john" */
};

/** recognizer_name_put(s, i, trust, rule, score): a hit for the name at i;
 * false: there is none. recognizer_name_any(s, i): the end of the name at i,
 * whose words have capitals or are no common ones; i: there is none. */
bool recognizer_name_put(struct scan *s, uint32_t i, enum name_trust trust,
			 unsigned rule, unsigned score) NONNULL_ALL;
uint32_t recognizer_name_any(struct scan *s, uint32_t i) NONNULL_ALL;

/** recognizer_name_is(s, i, end): at the word "name" [i, end);
 * recognizer_name_is.c. */
void recognizer_name_is(struct scan *s, uint32_t i, uint32_t end) NONNULL_ALL;

/* ---- recognizer_name_told.c ---- */

/** recognizer_name_own(s, i, end): behind "i'm", the rare word [i, end) is who
 * one is, not how: "im dre." recognizer_name_reports(s, i, score): "X with
 * retention", X at i behind "this is", "it's". recognizer_name_told(s, i, end,
 * cue): at a word [i, end) with one of three cues: "ask for X", "for X party of
 * four" or "on behalf of X", "doctor X". recognizer_name_people(s, i): the end
 * of the word at i, which people are called by whatever else it means; i: they
 * are not. */
uint32_t recognizer_name_people(const struct scan *s, uint32_t i) NONNULL_ALL;
bool recognizer_name_own(struct scan *s, uint32_t i, uint32_t end) NONNULL_ALL;
void recognizer_name_reports(struct scan *s, uint32_t i,
			     unsigned score) NONNULL_ALL;
void recognizer_name_told(struct scan *s, uint32_t i, uint32_t end,
			  unsigned cue) NONNULL_ALL;

/* ---- recognizer_name_kind.c ---- */

/* What a word alone is as a name. */
enum name_kind {
	NAME_NONE,  /* an English word, a place */
	NAME_WORD,  /* one, and some are called so: "rose" */
	NAME_RARE,  /* in no list: a rare name, or jargon */
	NAME_KNOWN, /* a name and nothing else */
};

/** recognizer_name_kind(s, i, end): what the word [i, end) is; its case does
 * not count. And whether it is
 *   _listed   in the table of names: enum tagger_listed
 *   _given    somebody's first name, whatever else it means
 *   _called   a name or no common word
 *   _helps    "will", "may": hardly ever somebody in the midst of speech
 *   _part     part of a name that stands before a sure one, not "psychologist"
 */
enum name_kind recognizer_name_kind(const struct scan *s, uint32_t i,
				    uint32_t end) NONNULL_ALL;
unsigned recognizer_name_listed(const struct scan *s, uint32_t i,
				uint32_t end) NONNULL_ALL;
bool recognizer_name_given(const struct scan *s, uint32_t i,
			   uint32_t end) NONNULL_ALL;
bool recognizer_name_called(const struct scan *s, uint32_t i,
			    uint32_t end) NONNULL_ALL;
bool recognizer_name_helps(const struct scan *s, uint32_t i,
			   uint32_t end) NONNULL_ALL;
bool recognizer_name_part(const struct scan *s, uint32_t i,
			  uint32_t end) NONNULL_ALL;

/** recognizer_name_stops(s, end): behind end nothing goes on that a common word
 * before it could belong to. */
bool recognizer_name_stops(const struct scan *s, uint32_t end) NONNULL_ALL;

/** recognizer_name_said(s, i, least): the end of the name at i in any case,
 * whose first word is of that kind or has another behind it; i: there is none.
 * recognizer_name_more(s, end, most): a name ends at end; where up to most
 * words end that are more of it. */
uint32_t recognizer_name_said(struct scan *s, uint32_t i,
			      enum name_kind least) NONNULL_ALL;
uint32_t recognizer_name_more(struct scan *s, uint32_t end,
			      unsigned most) NONNULL_ALL;

/** Of the word [i, end) in lower case:
 * recognizer_name_fits(s, i, end, n): common, it may be the first (n 0) or a
 * later one of a name; _ends: behind a name, it is the rest of it; _no: alone
 * it is nobody ("DOB?", "they rob us"; first: it begins a sentence); _held:
 * common, what stands around speaks for a name ("to grace."). */
bool recognizer_name_fits(struct scan *s, uint32_t i, uint32_t end,
			  unsigned n) NONNULL_ALL;
bool recognizer_name_ends(struct scan *s, uint32_t i, uint32_t end) NONNULL_ALL;
bool recognizer_name_no(const struct scan *s, uint32_t i, uint32_t end,
			bool first) NONNULL_ALL;
bool recognizer_name_held(const struct scan *s, uint32_t i,
			  uint32_t end) NONNULL_ALL;

/* ---- cues: recognizer_name_said.c, recognizer_name_called.c ---- */

/** recognizer_name_around(s, i, end, cue): at a cue [i, end) from CUE_IT on.
 * recognizer_name_initial(s, i): the letter at i may end a name: "dwyer
 * patricia j," recognizer_name_last(s, i): where the last name begins that
 * stands before the first one at i; i: none does. recognizer_name_named(s, i,
 * at): a name at at, behind "called" at i, where that is said of a person.
 * recognizer_name_twice(s, i): the name at i comes twice: "art, art little". */
void recognizer_name_around(struct scan *s, uint32_t i, uint32_t end,
			    unsigned cue) NONNULL_ALL;
void recognizer_name_initial(struct scan *s, uint32_t i) NONNULL_ALL;
uint32_t recognizer_name_last(const struct scan *s, uint32_t i) NONNULL_ALL;
void recognizer_name_named(struct scan *s, uint32_t i, uint32_t at) NONNULL_ALL;
bool recognizer_name_twice(struct scan *s, uint32_t i) NONNULL_ALL;

/** recognizer_name_last_word(s, i, end): the word [i, end) stands behind a
 * comma; where it ends the sentence it may be whom that is said to. */
void recognizer_name_last_word(struct scan *s, uint32_t i,
			       uint32_t end) NONNULL_ALL;

/** About the word [i, end): recognizer_name_ack: "great" before a name;
 * _house: "family" behind one; _abroad: "spricht", "habla", "bin", "soy" before
 * one in any case; _title: "frau" in lower case. */
void recognizer_name_ack(struct scan *s, uint32_t i, uint32_t end) NONNULL_ALL;
void recognizer_name_house(struct scan *s, uint32_t i) NONNULL_ALL;
void recognizer_name_abroad(struct scan *s, uint32_t end) NONNULL_ALL;
void recognizer_name_title(struct scan *s, uint32_t i,
			   uint32_t end) NONNULL_ALL;

#endif
