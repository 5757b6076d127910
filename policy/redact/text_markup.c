/* Decoding the text of subtitles and of strings whose quotes are doubled. */
/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A subtitle's text holds tags ("<i>", "<v Maria>", "{\an8}") and entities
 * ("&eacute;"). A value is searched without them: a tag is a hard gap, so that
 * what is found over it is replaced on both sides and the tag stays. An opening
 * bracket that nothing closes is text. What players do not know as an entity is
 * text, too.
 */
#include <errno.h>

#include "base/attr.h"
#include "base/utf8.h"
#include "policy/redact/text.h"

/* Names from U+00A0 on, one a code point. */
static const char latin[] =
	"nbsp iexcl cent pound curren yen brvbar sect uml copy ordf laquo not "
	"shy reg macr deg plusmn sup2 sup3 acute micro para middot cedil sup1 "
	"ordm raquo frac14 frac12 frac34 iquest Agrave Aacute Acirc Atilde "
	"Auml Aring AElig Ccedil Egrave Eacute Ecirc Euml Igrave Iacute Icirc "
	"Iuml ETH Ntilde Ograve Oacute Ocirc Otilde Ouml times Oslash Ugrave "
	"Uacute Ucirc Uuml Yacute THORN szlig agrave aacute acirc atilde auml "
	"aring aelig ccedil egrave eacute ecirc euml igrave iacute icirc iuml "
	"eth ntilde ograve oacute ocirc otilde ouml divide oslash ugrave "
	"uacute ucirc uuml yacute thorn yuml ";

static const struct {
	const char *name;
	uint32_t cp;
} others[] = {
	{"amp", '&'},	    {"lt", '<'},       {"gt", '>'},
	{"quot", '"'},	    {"apos", '\''},    {"lrm", 0x200e},
	{"rlm", 0x200f},    {"zwj", 0x200d},   {"zwnj", 0x200c},
	{"ndash", 0x2013},  {"mdash", 0x2014}, {"lsquo", 0x2018},
	{"rsquo", 0x2019},  {"ldquo", 0x201c}, {"rdquo", 0x201d},
	{"hellip", 0x2026},
};

#define NAME_LONG 8

/* The code point of a name; 0: there is none. */
static uint32_t named(struct bytes name)
{
	const char *p = latin;

	if (name.n < 2 || name.n > NAME_LONG)
		return 0;
	for (size_t i = 0; i < ARRAY_LEN(others); i++)
		if (bytes_is(name, others[i].name))
			return others[i].cp;
	for (uint32_t cp = 0xa0; *p != '\0'; cp++) {
		size_t n = (size_t)(strchr(p, ' ') - p);

		if (bytes_eq(name, bytes_of(p, n)))
			return cp;
		p += n + 1;
	}
	return 0;
}

/* Value of a digit in base 10 or 16; 16: it is none. */
static unsigned digit(uint8_t c, unsigned base)
{
	unsigned v = 16;

	if (c >= '0' && c <= '9')
		v = c - '0';
	else if ((c | 0x20) >= 'a' && (c | 0x20) <= 'f')
		v = (c | 0x20) - 'a' + 10u;
	return v < base ? v : 16;
}

/* "&#38;" from its '#' at `at`: where it ends; at: it is none. */
static size_t numbered(struct bytes in, size_t at, uint32_t *cp)
{
	size_t i = at + 1, from;
	unsigned base = 10, v;

	if (i < in.n && (in.p[i] | 0x20) == 'x') {
		base = 16;
		i++;
	}
	*cp = 0;
	for (from = i; i < in.n && (v = digit(in.p[i], base)) < 16; i++)
		*cp = *cp > 0x10ffff ? *cp : *cp * base + v;
	if (i == from)
		return at;
	if (*cp == 0 || *cp > 0x10ffff || (*cp >= 0xd800 && *cp <= 0xdfff))
		*cp = 0xfffd;
	return i;
}

/* The entity at in[at] == '&': its length, 0: none. */
static size_t entity(struct bytes in, size_t at, uint32_t *cp)
{
	size_t i = at + 1, end = i;

	if (i < in.n && in.p[i] == '#') {
		end = numbered(in, i, cp);
		if (end == i)
			return 0;
	} else {
		while (end < in.n && end - i <= NAME_LONG &&
		       (digit(in.p[end], 10) < 16 ||
			((in.p[end] | 0x20) >= 'a' &&
			 (in.p[end] | 0x20) <= 'z')))
			end++;
		*cp = named(bytes_sub(in, i, end - i));
		if (*cp == 0)
			return 0;
	}
	return end + (end < in.n && in.p[end] == ';') - at;
}

size_t text_entity(struct bytes in, size_t at, uint32_t *cp)
{
	size_t n = entity(in, at, cp);

	return n > 0 && in.p[at + n - 1] == ';' ? n : 0;
}

static size_t last_of(struct bytes in, int c)
{
	const uint8_t *p = in.n == 0 ? NULL : memrchr(in.p, c, in.n);

	return p == NULL ? 0 : (size_t)(p - in.p);
}

struct text_tag_ends text_tag_ends(struct bytes in)
{
	return (struct text_tag_ends){last_of(in, '>'), last_of(in, '}')};
}

size_t text_tag(struct bytes in, const struct text_tag_ends *ends, size_t at)
{
	bool brace = at + 1 < in.n && in.p[at] == '{' && in.p[at + 1] == '\\';
	const uint8_t *end;

	if (at >= in.n || (in.p[at] != '<' && !brace) ||
	    at >= (brace ? ends->brace : ends->angle))
		return 0;
	end = memchr(in.p + at, brace ? '}' : '>', in.n - at);
	return end == NULL ? 0 : (size_t)(end - in.p) + 1 - at;
}

static bool is_end(uint8_t c)
{
	return c == '\n' || c == '\r';
}

/* How many bytes from at on begin no tag, no entity and, where lines are
 * joined, are no line end. */
static size_t ordinary(struct bytes in, size_t at, bool joined)
{
	size_t i = at;

	while (i < in.n && in.p[i] != '<' && in.p[i] != '{' && in.p[i] != '&' &&
	       !(joined && is_end(in.p[i])))
		i++;
	return i - at;
}

/* The entity or line end at in[at]: its length, 0: none. */
static size_t unit(struct bytes in, size_t at, bool joined, uint32_t *cp)
{
	if (in.p[at] == '&')
		return entity(in, at, cp);
	*cp = ' ';
	if (!joined || !is_end(in.p[at]))
		return 0;
	return in.p[at] == '\r' && at + 1 < in.n && in.p[at + 1] == '\n' ? 2
									 : 1;
}

/* A tag; its glue only where no blank stands already. */
static int put_tag(struct text_builder *t, uint64_t raw, size_t n,
		   const char *glue)
{
	bool blank = t->text.n == 0 || t->text.p[t->text.n - 1] <= ' ';

	return text_gap(t, bytes_str(blank ? "" : glue), raw, n);
}

int text_markup(struct text_builder *t, struct bytes in, uint64_t raw,
		const char *glue)
{
	const struct text_tag_ends ends = text_tag_ends(in);
	bool joined = *glue != '\0';
	int rc = 0;

	for (size_t at = 0, n; rc == 0 && at < in.n; at += n) {
		uint32_t cp;

		n = ordinary(in, at, joined);
		if (n > 0) {
			rc = text_plain(t, bytes_sub(in, at, n), raw + at);
			continue;
		}
		n = text_tag(in, &ends, at);
		if (n > 0) {
			rc = put_tag(t, raw + at, n, glue);
			continue;
		}
		n = unit(in, at, joined, &cp);
		if (n > 0) {
			rc = text_unit(t, cp, raw + at, n);
			continue;
		}
		n = 1;
		rc = text_plain(t, bytes_sub(in, at, n), raw + at);
	}
	return rc;
}
