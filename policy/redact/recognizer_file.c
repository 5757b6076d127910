/* Paths of stored files in a run of text: where they begin and end. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "policy/redact/recognizer_file.h"

#include "policy/redact/recognizer.h"

/*
 * A path begins with a slash that nothing but a quote, a bracket, a sign or a
 * blank stands before, or behind "?d=" (as label tools have their files), and
 * ends where a blank or such a sign is. Where that is no stored file, it is
 * tried without the marks of a sentence and without ":42" behind it (offsets in
 * an archive of Kaldi's), up to the quote that closes the one before it, and,
 * where it begins the run, as all of it: so much may have blanks in it.
 *
 * Each of these is one pass over at most KNOWN_FILES_LONG bytes, and the next
 * path begins behind the last; the blanks around a run are counted once: the
 * work is linear, whatever stands there.
 */
struct look {
	const struct known_files *k;
	const struct run *run;
	struct bytes t; /* the run's text */
	uint32_t nr;
	struct hits *out;
	bool *seen;
	size_t first, last; /* of t, without the blanks around it */
	int rc;
};

/* Of a typographic quote: bytes; 0: none is there. */
static size_t quote_at(struct bytes t, size_t i)
{
	return t.n - i >= 3 && t.p[i] == 0xe2 && t.p[i + 1] == 0x80 &&
			       t.p[i + 2] >= 0x98 && t.p[i + 2] <= 0x9f
		       ? 3
		       : 0;
}

static bool is_end(struct bytes t, size_t i, bool query)
{
	uint8_t c = t.p[i];

	return c <= ' ' || c == 0x7f ||
	       strchr("\"'`()[]{}<>,;|?\\", c) != NULL ||
	       (query && (c == '&' || c == '#')) || quote_at(t, i) != 0;
}

/* A path in "/a/x:/b/y" ends where the next one begins. */
static size_t end_of(struct bytes t, size_t at, bool query)
{
	size_t from = at;

	while (at < t.n && !is_end(t, at, query) &&
	       !(at > from && t.p[at] == '/' && t.p[at - 1] == ':'))
		at++;
	return at;
}

/* A slash there begins a path, not "and/or". */
static bool begins(struct bytes t, size_t i)
{
	uint8_t c = i == 0 ? ' ' : t.p[i - 1];

	return t.p[i] == '/' && !is_alpha(c) && !is_digit(c) &&
	       strchr("/.~_-%\\$})]*+", c) == NULL;
}

/* "?d=" ends before i. */
static bool is_query(struct bytes t, size_t i)
{
	return i >= 3 && t.p[i - 1] == '=' && t.p[i - 2] == 'd' &&
	       (t.p[i - 3] == '?' || t.p[i - 3] == '&');
}

static bool is_file_scheme(struct bytes t, size_t colon)
{
	static const char name[] = "file";

	if (colon < 4 || (colon > 4 && is_word(t.p[colon - 5])))
		return false;
	for (size_t i = 0; i < 4; i++)
		if ((t.p[colon - 4 + i] | 0x20) != (uint8_t)name[i])
			return false;
	return true;
}

/* ---- ends ---- */

/* It is replaced as one: nothing in it stays. */
static bool is_whole(const struct look *l, size_t from, size_t to)
{
	uint32_t at = (uint32_t)from, a, b;

	return text_part(l->run, &at, (uint32_t)to, &a, &b) && a == from &&
	       b == to;
}

static bool take(struct look *l, size_t from, size_t to)
{
	const struct hit h = {.run = l->nr,
			      .start = (uint32_t)from,
			      .end = (uint32_t)to,
			      .type = ENTITY_FILE_PATH,
			      .rule = RULE_FILE_PATH,
			      .score = 100};

	if (to <= from + 1 || l->rc != 0 ||
	    !known_files_in(l->k, bytes_sub(l->t, from, to - from)) ||
	    !is_whole(l, from, to))
		return false;
	l->rc = recognizer_hits_put(l->out, h);
	return l->rc == 0;
}

/* Without the marks that end a sentence, or a folder. */
static size_t without_marks(struct bytes t, size_t from, size_t to)
{
	while (to > from && strchr(".:!*&=~/", t.p[to - 1]) != NULL &&
	       t.p[to - 1] != 0)
		to--;
	return to;
}

/* Without what is behind the last colon of its name. */
static size_t without_offset(struct bytes t, size_t from, size_t to)
{
	for (size_t i = to; i > from && t.p[i - 1] != '/'; i--)
		if (t.p[i - 1] == ':')
			return i - 1;
	return to;
}

/* Up to the quote that is the one before it; from: none. */
static size_t quoted_end(struct bytes t, size_t from)
{
	uint8_t c = from == 0 ? 0 : t.p[from - 1];
	size_t left = t.n - from;
	const uint8_t *p;

	if (c != '"' && c != '\'' && c != '`')
		return from;
	left = left < KNOWN_FILES_LONG ? left : KNOWN_FILES_LONG;
	p = memchr(t.p + from, c, left);
	return p == NULL ? from : (size_t)(p - t.p);
}

/* A slash there is that of another path, in one that may have signs in it. */
static bool begins_other(struct bytes t, size_t i)
{
	return t.p[i] == '/' && t.p[i - 1] != 0 &&
	       strchr(" ,;|:=\"'`([{<>", t.p[i - 1]) != NULL;
}

/* All up to another path, or that is left of the run, where it may be one path;
 * from: it is none. */
static size_t whole_end(const struct look *l, size_t from)
{
	struct bytes t = l->t;
	size_t most = from + KNOWN_FILES_LONG, i = from;

	while (i < l->last && i <= most) {
		if (t.p[i] < ' ' || is_query(t, i))
			return from;
		if (i > from && begins_other(t, i))
			return i - 1;
		i++;
	}
	return i < l->last || i < from ? from : i;
}

/* Nothing but blanks and "file://" stands before it. */
static bool is_first(const struct look *l, size_t from)
{
	struct bytes t = l->t;
	size_t i = l->first;

	if (from > i && from - i >= 7 && from - i <= KNOWN_FILES_LONG &&
	    t.p[i + 4] == ':' && is_file_scheme(t, i + 4))
		return memchr(t.p + i, ' ', from - i) == NULL;
	return i == from;
}

/* Two names, or one with an extension: others would be the ends of tags. */
static bool looks_like(struct bytes path)
{
	const uint8_t *slash = memrchr(path.p, '/', path.n);

	return path.n > 2 && ((slash != NULL && slash > path.p) ||
			      memchr(path.p, '.', path.n) != NULL);
}

/* As far as its end is, without or with what may follow it. */
static bool take_narrow(struct look *l, size_t from, size_t to)
{
	size_t bare = without_marks(l->t, from, to);
	size_t name = without_offset(l->t, from, to);

	*l->seen = true;
	return take(l, from, to) || (bare < to && take(l, from, bare)) ||
	       (name < to && name != bare && take(l, from, name));
}

/* Beyond a blank or a sign. */
static bool take_wide(struct look *l, size_t from, size_t end, size_t to)
{
	if (to <= end || !looks_like(bytes_sub(l->t, from, to - from)))
		return false;
	*l->seen = true;
	return take(l, from, to);
}

/* The path that begins the run, or what is behind such a one. */
static bool take_whole(struct look *l, size_t from, size_t end, size_t to)
{
	if (!take_wide(l, from, end, to))
		return false;
	l->first = to + 1;
	return true;
}

/* The path that begins at from; where to look on. */
static size_t path_at(struct look *l, size_t from, bool query)
{
	struct bytes t = l->t;
	size_t end = end_of(t, from, query), more;

	if (end - from > KNOWN_FILES_LONG)
		return end;
	if ((query || looks_like(bytes_sub(t, from, end - from))) &&
	    take_narrow(l, from, end))
		return end;
	more = quoted_end(t, from);
	if (take_wide(l, from, end, more))
		return more;
	more = is_first(l, from) ? whole_end(l, from) : from;
	return take_whole(l, from, end, more) ? more : end;
}

/* What begins with the slash at i: a path, or behind "://". */
static size_t slash_at(struct look *l, size_t i)
{
	struct bytes t = l->t;
	const uint8_t *slash;
	size_t end;

	if (i == 0 || t.p[i - 1] != ':' || i + 1 == t.n || t.p[i + 1] != '/')
		return path_at(l, i, false);
	end = end_of(t, i, false);
	if (!is_file_scheme(t, i - 1))
		return end;
	/* A host may stand there: localhost. */
	slash = memchr(t.p + i + 2, '/', end - i - 2);
	return slash == NULL ? end : path_at(l, (size_t)(slash - t.p), false);
}

/* What stands behind "?d="; from a slash on it is as any other. */
static size_t query_at(struct look *l, size_t i)
{
	if (i == l->t.n || l->t.p[i] == '/' || is_end(l->t, i, true))
		return i;
	return path_at(l, i, true);
}

int recognizer_file(const struct known_files *k, const struct run *run,
		    uint32_t nr, struct hits *out, bool *seen)
{
	struct look l = {.k = k,
			 .run = run,
			 .t = run->text,
			 .nr = nr,
			 .out = out,
			 .seen = seen};

	if (run->kind == RUN_NUMBER)
		return 0;
	l.last = l.t.n;
	while (l.first < l.t.n && l.t.p[l.first] <= ' ')
		l.first++;
	while (l.last > l.first && l.t.p[l.last - 1] <= ' ')
		l.last--;
	for (size_t i = 0; l.rc == 0 && i < l.t.n;) {
		uint8_t c = l.t.p[i];

		if (c == '/' && begins(l.t, i))
			i = slash_at(&l, i);
		else if (c == '=' && is_query(l.t, i + 1))
			i = query_at(&l, i + 1);
		else
			i++;
	}
	return l.rc;
}
