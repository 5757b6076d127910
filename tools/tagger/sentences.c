/* Labelled sentences read from a file, and their features. */
/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>

#include "base/fdio.h"
#include "base/mem.h"
#include "tools/tagger/fit.h"

#define ALL 0xff

struct label {
	uint32_t start, end;
	uint8_t type; /* of enum tagger_label, its first; ALL: any */
};

static int type_of(struct bytes name)
{
	static const struct {
		const char *name;
		uint8_t type;
	} types[] = {{"PERSON", LABEL_PERSON},
		     {"LOCATION", LABEL_LOCATION},
		     {"ORGANIZATION", LABEL_ORGANIZATION},
		     {"OTHER", LABEL_OTHER},
		     {"ANY", ALL}};

	for (size_t i = 0; i < ARRAY_LEN(types); i++)
		if (bytes_is(name, types[i].name))
			return types[i].type;
	return -1;
}

/* "12-17:PERSON" at *p, up to a blank or end. */
static int label_read(const char **p, const char *end, struct label *l)
{
	char *at;
	const char *stop;
	int type;

	l->start = (uint32_t)strtoul(*p, &at, 10);
	if (at >= end || *at != '-')
		return -EPROTO;
	l->end = (uint32_t)strtoul(at + 1, &at, 10);
	if (at >= end || *at != ':')
		return -EPROTO;
	for (stop = at; stop < end && *stop != ' ';)
		stop++;
	type = type_of(bytes_of(at + 1, (size_t)(stop - at - 1)));
	if (type < 0)
		return -EPROTO;
	l->type = (uint8_t)type;
	*p = stop < end ? stop + 1 : end;
	return 0;
}

/* The labels of the tokens in [start, end) of the text. */
static void allow(struct sentence *s, const struct label *l)
{
	bool first = true;

	for (uint32_t i = 0; i < s->n; i++) {
		if (s->end[i] <= l->start || s->start[i] >= l->end)
			continue;
		if (l->type == ALL)
			s->allowed[i] = ALL;
		else if (l->type == LABEL_OTHER || first)
			s->allowed[i] = (uint8_t)(1u << l->type);
		else
			s->allowed[i] = (uint8_t)(2u << l->type);
		first = false;
	}
}

static int room(struct sentence *s, unsigned n, size_t nrows)
{
	s->n = n;
	s->allowed = mem_new(n + 1, 1);
	s->first = mem_new(n + 1, sizeof(*s->first));
	s->start = mem_new(n + 1, sizeof(*s->start));
	s->end = mem_new(n + 1, sizeof(*s->end));
	s->rows = mem_new(nrows + 1, sizeof(*s->rows));
	return s->allowed != NULL && s->first != NULL && s->start != NULL &&
			       s->end != NULL && s->rows != NULL
		       ? 0
		       : -ENOMEM;
}

/* As the tagger sums them: see tagger.c. */
static void features(const struct tagger_model *m, struct sentence *s,
		     struct tagger_token *t)
{
	static uint32_t v[TAGGER_CHUNK + 2 * TAGGER_REACH][KINDS];
	uint32_t n = 0;

	for (uint32_t i = 0; i < s->n + 2 * TAGGER_REACH; i++)
		tagger_word(m, s->text, &t[i], v[i]);
	for (uint32_t i = 0; i < s->n; i++) {
		s->first[i] = n;
		for (unsigned k = 0; k < KINDS; k++)
			for (unsigned p = 0; p <= 2 * TAGGER_REACH; p++)
				if ((tagger_reach(k) >> p & 1) != 0)
					s->rows[n++] = tagger_row_at(
						m, k, v[i + p][k], p);
		n += tagger_joint(m, t + TAGGER_REACH, i, s->n, s->asked,
				  s->rows + n);
	}
	s->first[s->n] = n;
}

static int tokens(const struct tagger_model *m, struct sentence *s, bool open)
{
	static struct tagger_token t[TAGGER_CHUNK + 2 * TAGGER_REACH];
	uint32_t at = 0;
	unsigned n;

	memset(t, 0, sizeof(t));
	n = tagger_tokens(s->text, &at, t + TAGGER_REACH, TAGGER_CHUNK);
	memset(t + TAGGER_REACH + n, 0, TAGGER_REACH * sizeof(*t));
	if (room(s, n, (size_t)n * TAGGER_FEATURES) != 0)
		return -ENOMEM;
	for (unsigned i = 0; i < n; i++) {
		s->allowed[i] = 1u << LABEL_OUT;
		if (open)
			s->allowed[i] |= 1u << LABEL_OTHER;
		s->start[i] = t[TAGGER_REACH + i].start;
		s->end[i] = t[TAGGER_REACH + i].end;
	}
	features(m, s, t);
	s->rows = mem_grow(s->rows, s->first[n] + 1, sizeof(*s->rows));
	return s->rows == NULL ? -ENOMEM : 0;
}

static int line_read(const struct tagger_model *m, const char *p,
		     const char *end, struct sentence *s)
{
	const char *spans = p + 4, *text;
	struct label l;
	int rc;

	if (end - p < 5 || p[1] != '\t' || p[3] != '\t')
		return -EPROTO;
	text = memchr(spans, '\t', (size_t)(end - spans));
	if (text == NULL)
		return -EPROTO;
	s->asked = (enum tagger_asked)(p[0] - '0');
	s->text = bytes_of(text + 1, (size_t)(end - text - 1));
	rc = tokens(m, s, p[2] == '1');
	while (rc == 0 && spans < text) {
		rc = label_read(&spans, text, &l);
		if (rc == 0)
			allow(s, &l);
	}
	return rc;
}

int sentences_load(const char *path, const struct tagger_model *m,
		   struct sentences *s)
{
	int rc = file_read(AT_FDCWD, path, (size_t)1 << 30, &s->file);
	const char *p = (const char *)s->file.p, *end = p + s->file.n;

	while (rc == 0 && p < end) {
		const char *stop = memchr(p, '\n', (size_t)(end - p));

		stop = stop == NULL ? end : stop;
		if (s->n == s->cap) {
			s->cap = s->cap == 0 ? 1024 : 2 * s->cap;
			s->v = mem_grow(s->v, s->cap, sizeof(*s->v));
			if (s->v == NULL)
				return -ENOMEM;
		}
		s->v[s->n] = (struct sentence){0};
		rc = line_read(m, p, stop, &s->v[s->n++]);
		p = stop + 1;
	}
	return rc;
}

void sentences_free(struct sentences *s)
{
	for (size_t i = 0; i < s->n; i++) {
		mem_free(s->v[i].allowed);
		mem_free(s->v[i].first);
		mem_free(s->v[i].start);
		mem_free(s->v[i].end);
		mem_free(s->v[i].rows);
	}
	mem_free(s->v);
	buf_free(&s->file);
	*s = (struct sentences){0};
}
