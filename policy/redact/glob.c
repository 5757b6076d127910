/* Matching stored paths against patterns. */
/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Two saved places make it linear in practice and at most pattern times path:
 * the last '*' (which never crosses '/') and the last '**' (which does). On a
 * mismatch the inner star takes one more character; when it cannot, the outer
 * one does, and the inner is forgotten: whatever the inner could still reach
 * from an earlier place, it can reach from a later one.
 */
#include "base/utf8.h"
#include "policy/redact/dataset.h"

struct place {
	const char *pattern; /* behind the star; NULL: no star yet */
	size_t at;
};

/* The set at p ("[abc]", "[a-z]", "[!a]"): whether c is in it, and its end.
 * Without a closing bracket it is the character '['. */
static bool set_has(const char *p, uint32_t c, const char **end)
{
	struct bytes s = bytes_str(p);
	bool no = s.n > 1 && s.p[1] == '!', hit = false;
	size_t i = no ? 2 : 1, first = i;
	uint32_t lo, hi;

	while (i < s.n && (s.p[i] != ']' || i == first)) {
		i += utf8_next(s, i, &lo);
		hi = lo;
		if (i + 1 < s.n && s.p[i] == '-' && s.p[i + 1] != ']') {
			i++;
			i += utf8_next(s, i, &hi);
		}
		hit = hit || (c >= lo && c <= hi);
	}
	if (i >= s.n) {
		*end = p + 1;
		return c == '[';
	}
	*end = p + i + 1;
	return hit != no && c != '/';
}

/* One character of the pattern that is no star against c; *end behind it. */
static bool one(const char *p, uint32_t c, const char **end)
{
	struct bytes s = bytes_str(p);
	uint32_t want;

	if (*p == '\0')
		return false;
	if (*p == '?') {
		*end = p + 1;
		return c != '/';
	}
	if (*p == '[')
		return set_has(p, c, end);
	*end = p + utf8_next(s, 0, &want);
	return want == c;
}

/* Over "**", and over the slash behind it when it stands for no folder. */
static const char *deep_end(const char *p, const char *begin, bool *folder)
{
	bool edge = p == begin || p[-1] == '/';

	while (*p == '*')
		p++;
	*folder = edge && *p == '/';
	return *folder ? p + 1 : p;
}

struct match {
	const char *begin;
	struct place star, deep;
	bool folder; /* the deep star stands for whole folders: "**" "/" */
};

/* Take up a star at p: where matching goes on. */
static const char *star_take(struct match *m, const char *p, size_t at)
{
	if (p[1] != '*') {
		m->star = (struct place){p + 1, at};
		return p + 1;
	}
	p = deep_end(p, m->begin, &m->folder);
	m->deep = (struct place){p, at};
	m->star.pattern = NULL;
	return p;
}

/* After a mismatch: let a star take more; NULL when none can. */
static const char *star_more(struct match *m, struct bytes path, size_t *at)
{
	uint32_t c;

	if (m->star.pattern != NULL && m->star.at < path.n &&
	    path.p[m->star.at] != '/') {
		m->star.at += utf8_next(path, m->star.at, &c);
		*at = m->star.at;
		return m->star.pattern;
	}
	m->star.pattern = NULL;
	if (m->deep.pattern == NULL || m->deep.at >= path.n)
		return NULL;
	do {
		m->deep.at += utf8_next(path, m->deep.at, &c);
	} while (m->folder && m->deep.at < path.n &&
		 path.p[m->deep.at - 1] != '/');
	*at = m->deep.at;
	return m->deep.pattern;
}

bool glob_match(const char *pattern, struct bytes path)
{
	struct match m = {.begin = pattern};
	const char *p = pattern, *end;
	size_t at = 0, n;
	uint32_t c;

	for (;;) {
		if (*p == '*') {
			p = star_take(&m, p, at);
			continue;
		}
		n = utf8_next(path, at, &c);
		if (n == 0 && *p == '\0')
			return true;
		if (n > 0 && one(p, c, &end)) {
			p = end;
			at += n;
			continue;
		}
		p = star_more(&m, path, &at);
		if (p == NULL)
			return false;
	}
}

const struct file_rule *dataset_rule(const struct dataset_rules *d,
				     struct bytes path)
{
	for (uint32_t i = 0; i < d->nfiles; i++) {
		if (glob_match(d->files[i].match, path))
			return &d->files[i];
	}
	return NULL;
}
