/* Text folded for matching only, with a map back to where it came from. */
/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <utf8proc.h>

#include "base/mem.h"
#include "base/utf8.h"
#include "policy/redact/recognizer.h"

/*
 * A person, or a program that wants a value to slip through, writes digits in
 * another script, a dash that is not '-', a space that does not break, or a
 * character nobody sees. Recognizers look at folded text; a hit's edges go
 * back through the map. Folding never grows the text, so offsets fit. Digits
 * that are said become a number: recognizer_spoken.c.
 */

#define KEEP 0xffffffffu /* leave the code point as it is */
#define GONE 0xfffffffeu /* leave it out */

bool recognizer_fold_needed(struct bytes b)
{
	size_t i = 0;

	for (; i + 8 <= b.n; i += 8) {
		uint64_t v;

		memcpy(&v, b.p + i, 8);
		if ((v & 0x8080808080808080u) != 0)
			return true;
	}
	for (; i < b.n; i++)
		if (b.p[i] >= 0x80)
			return true;
	return false;
}

/* General punctuation, U+2000..U+206F. */
static uint32_t punctuation(uint32_t cp)
{
	if (cp <= 0x200a || cp == 0x202f || cp == 0x205f)
		return ' ';
	if (cp <= 0x200f || (cp >= 0x2028 && cp <= 0x202e) ||
	    (cp >= 0x2060 && cp <= 0x2069))
		return cp == 0x2028 || cp == 0x2029 ? '\n' : GONE;
	if (cp <= 0x2015)
		return '-';
	if (cp >= 0x2018 && cp <= 0x201b)
		return '\'';
	if (cp >= 0x201c && cp <= 0x201f)
		return '"';
	if (cp >= 0x2020 && cp <= 0x2027)
		return '.';
	return cp == 0x2032 ? '\'' : KEEP;
}

/* First digits of the decimal scripts that stand in ten. */
static uint32_t digit(uint32_t cp)
{
	static const uint32_t zeros[] = {
		0x660,	 0x6f0,	  0x7c0,   0x966,   0x9e6,  0xa66,
		0xae6,	 0xb66,	  0xbe6,   0xc66,   0xce6,  0xd66,
		0xe50,	 0xed0,	  0xf20,   0x1040,  0x17e0, 0x1810,
		0x1d7ce, 0x1d7d8, 0x1d7e2, 0x1d7ec, 0x1d7f6};

	for (size_t i = 0; i < ARRAY_LEN(zeros); i++)
		if (cp >= zeros[i] && cp < zeros[i] + 10)
			return '0' + (cp - zeros[i]);
	return KEEP;
}

/* Shown as nothing, or around the letter before: joiners, selectors of a
 * letter's form, keys, fillers, tags. */
static bool is_gone(uint32_t cp)
{
	return cp == 0xad || cp == 0x34f || cp == 0x115f || cp == 0x1160 ||
	       cp == 0x180e || cp == 0x20e3 || cp == 0x3164 ||
	       (cp >= 0xfe00 && cp <= 0xfe0f) || cp == 0xfeff || cp == 0xffa0 ||
	       (cp >= 0xe0000 && cp <= 0xe01ef);
}

/* Accents and the like: of a letter they are a part, of a digit they are not.
 */
static bool is_accent(uint32_t cp)
{
	return cp >= 0x300 && cp <= 0x36f;
}

static uint32_t plain(uint32_t cp)
{
	if (is_gone(cp))
		return GONE;
	if (cp >= 0xff01 && cp <= 0xff5e)
		return cp - 0xff01 + '!';
	if (cp >= 0x2000 && cp <= 0x206f)
		return punctuation(cp);
	if ((cp >= 0x2190 && cp <= 0x2bff) || (cp >= 0x1f000 && cp <= 0x1faff))
		return ' '; /* arrows, signs, emoji end a word */
	switch (cp) {
	case 0xa0:
	case 0x3000:
		return ' ';
	case 0xa1:
	case 0xbf:
	case 0xb7:
		return '.'; /* no letters: they end a word */
	case 0xab:
	case 0xbb:
		return '"';
	case 0xb4:
		return '\'';
	case 0x2212:
		return '-';
	case 0x3002:
		return '.';
	case 0x3001:
		return ',';
	default:
		return cp < 0x660 ? KEEP : digit(cp);
	}
}

/* Append the n bytes at p, which came from source offset at; raw: whether each
 * byte maps to itself. */
static void put(struct folded *f, const uint8_t *p, size_t n, size_t at,
		bool raw)
{
	for (size_t i = 0; i < n; i++) {
		f->map[f->text.n] = (uint32_t)(raw ? at + i : at);
		f->text.p[f->text.n++] = p[i];
	}
}

/* The chain of digits that begins at i; its end, or 0. */
static size_t put_spoken(struct folded *f, struct bytes in, size_t i)
{
	struct spoken_digits d = {.end = i};
	bool joined;
	size_t end = recognizer_spoken_may(in, i) == 0
			     ? 0
			     : recognizer_spoken(in, i, &joined);

	for (size_t at = i; end != 0 && at < end;) {
		if (!joined && at > i)
			put(f, (const uint8_t *)" ", 1, d.end, false);
		if (!recognizer_spoken_next(in, &at, at == i, &d))
			break;
		put(f, (const uint8_t *)d.digits, d.n, d.start, false);
	}
	return end;
}

/* A word that is spelled from i on; its end, or 0. */
static size_t put_spelled(struct folded *f, struct bytes in, size_t i,
			  bool letters)
{
	struct spoken_digits d;
	bool alone = i + 1 == in.n || !is_word(in.p[i + 1]);
	size_t end = letters || (alone && is_alpha(in.p[i]))
			     ? recognizer_spelled(in, i)
			     : 0;

	for (size_t at = i; end != 0 && at < end;) {
		if (!recognizer_spelled_next(in, &at, &d))
			break;
		put(f, (const uint8_t *)d.digits, d.n, d.start, false);
	}
	f->spelled = f->spelled || end != 0;
	return end;
}

/* Written groups that are one number, with blanks between; their end, or 0. */
static size_t put_groups(struct folded *f, struct bytes in, size_t i)
{
	size_t end = is_digit(in.p[i]) ? recognizer_groups(in, i) : 0;
	bool thinks;

	for (size_t at = i, stop; end != 0 && at < end;) {
		stop = at;
		while (stop < end && is_digit(in.p[stop]))
			stop++;
		put(f, in.p + at, stop - at, at, true);
		if (stop == end)
			break;
		put(f, (const uint8_t *)" ", 1, stop, false);
		at = recognizer_spoken_gap(in, stop, &thinks);
	}
	return end;
}

/* What is said or spelled from the word at i on; its end, or 0. */
static size_t put_chain(struct folded *f, struct bytes in, size_t i,
			bool letters)
{
	size_t end = put_spelled(f, in, i, letters);

	if (end == 0)
		end = put_spoken(f, in, i);
	return end == 0 ? put_groups(f, in, i) : end;
}

/* A letter stands alone somewhere that is no word. */
static bool has_letter(struct bytes in)
{
	bool before = false; /* a word goes on */

	for (size_t i = 0; i < in.n; i++) {
		bool word = is_word(in.p[i]);

		if (word && !before && is_alpha(in.p[i]) &&
		    (in.p[i] | 0x20) != 'a' && (in.p[i] | 0x20) != 'i' &&
		    (i + 1 == in.n || !is_word(in.p[i + 1])))
			return true;
		before = word;
	}
	return false;
}

int recognizer_fold(struct bytes in, struct folded *out)
{
	int rc = buf_reserve(&out->text, in.n + 1);
	bool letters = has_letter(in);

	if (rc != 0)
		return rc;
	out->map = mem_new(in.n + 1, sizeof(*out->map));
	if (out->map == NULL)
		return -ENOMEM;
	for (size_t i = 0; i < in.n;) {
		uint32_t cp, to;
		size_t n, end = 0;
		uint8_t c;

		if (is_word(in.p[i]) && (i == 0 || !is_word(in.p[i - 1])))
			end = put_chain(out, in, i, letters);
		if (end != 0) {
			i = end;
			continue;
		}
		n = in.p[i] < 0x80 ? 1 : utf8_next(in, i, &cp);
		to = in.p[i] < 0x80 ? KEEP : plain(cp);
		if (to == KEEP && in.p[i] >= 0x80 && is_accent(cp) &&
		    out->text.n > 0 && is_digit(out->text.p[out->text.n - 1]))
			to = GONE;
		c = (uint8_t)to;
		if (to == KEEP)
			put(out, in.p + i, n, i, true);
		else if (to != GONE)
			put(out, &c, 1, i, false);
		i += n;
	}
	out->map[out->text.n] = (uint32_t)in.n;
	return 0;
}

void recognizer_fold_free(struct folded *f)
{
	buf_free(&f->text);
	mem_free(f->map);
	f->map = NULL;
}

static int lower_ascii(struct buf *b, struct bytes in)
{
	int rc = buf_reserve(b, in.n);

	for (size_t i = 0; rc == 0 && i < in.n; i++) {
		uint8_t c = in.p[i];

		b->p[b->n++] = is_upper(c) ? (uint8_t)(c + 32) : c;
	}
	return rc;
}

/* Letters that no mark makes, as people write them who have not got them. */
static const char *latin(utf8proc_int32_t cp)
{
	switch (cp) {
	case 0xe6:
		return "ae";
	case 0xf0:
	case 0x111:
		return "d";
	case 0xf8:
		return "o";
	case 0xfe:
		return "th";
	case 0x131:
		return "i";
	case 0x142:
		return "l";
	case 0x153:
		return "oe";
	default:
		return NULL;
	}
}

/* Through NFKC-like decomposition, marks stripped, case folded. */
static int lower_unicode(struct buf *b, struct bytes in)
{
	const utf8proc_option_t how = UTF8PROC_COMPAT | UTF8PROC_DECOMPOSE |
				      UTF8PROC_CASEFOLD | UTF8PROC_STRIPMARK |
				      UTF8PROC_IGNORE;
	utf8proc_ssize_t cap = (utf8proc_ssize_t)in.n * 4 + 16, n;
	utf8proc_int32_t *cps CLEANUP(mem_freep) =
		mem_new((size_t)cap + 1, sizeof(*cps));

	if (cps == NULL)
		return -ENOMEM;
	n = utf8proc_decompose(in.p, (utf8proc_ssize_t)in.n, cps, cap, how);
	if (n < 0 || n > cap)
		return lower_ascii(b, in); /* not UTF-8: as bytes */
	for (utf8proc_ssize_t i = 0; i < n; i++) {
		const char *as = latin(cps[i]);
		uint8_t out[4];
		int rc = as != NULL ? buf_puts(b, as)
				    : buf_put(b, out,
					      utf8_put(out, (uint32_t)cps[i]));

		if (rc != 0)
			return rc;
	}
	return 0;
}

int recognizer_fold_lower(struct buf *b, struct bytes in)
{
	if (recognizer_fold_needed(in))
		return lower_unicode(b, in);
	return lower_ascii(b, in);
}
