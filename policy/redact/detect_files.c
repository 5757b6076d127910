/* Paths of other files of the data set in the texts of a record. */
/* SPDX-License-Identifier: Apache-2.0 */
/*
 * They come when all else is found and learned: what a path holds (a name in
 * that of a folder) is known in the group as if it stood elsewhere, so what is
 * found in one file does not change with which other files there are. Only the
 * spans of the file itself do; the summary says where that can be.
 *
 * A path is replaced as one: hits within it are gone, of those that reach over
 * it what sticks out is left (the host of a link, if that is no "file:"). What
 * reaches over all of it and is sure, too, stays and the path is none: the
 * owner said what the whole value is.
 */
#include <errno.h>

#include "base/mem.h"
#include "policy/redact/detect_group.h"
#include "policy/redact/recognizer.h"
#include "policy/redact/recognizer_file.h"

struct merge {
	const struct format_record *r;
	const struct hits *files;
	size_t at; /* of files, the next one */
	struct hits *out;
};

static struct bytes text_of(const struct merge *m, const struct hit *h)
{
	return bytes_sub(m->r->runs[h->run].text, h->start, h->end - h->start);
}

/* What is left of "file://localhost" is no value of its own. */
static bool is_scheme(struct bytes t)
{
	static const char name[] = "file";

	for (size_t i = 0; i < 4; i++)
		if (i >= t.n || (t.p[i] | 0x20) != (uint8_t)name[i])
			return false;
	return t.n == 4 || t.p[4] == ':';
}

/* A piece [start, end) of what another lost to a path. */
static int put_piece(struct merge *m, struct hit h, uint32_t start,
		     uint32_t end)
{
	struct bytes t = m->r->runs[h.run].text;

	while (start < end && !is_word(t.p[start]))
		start++;
	while (start < end && !is_word(t.p[end - 1]))
		end--;
	h.start = start;
	h.end = end;
	if (start == end || is_scheme(text_of(m, &h)))
		return 0;
	return recognizer_hits_put(m->out, h);
}

static int put_file(struct merge *m)
{
	return recognizer_hits_put(m->out, m->files->v[m->at++]);
}

static bool is_before(const struct hit *a, const struct hit *b)
{
	return a->run != b->run ? a->run < b->run : a->end <= b->start;
}

/* The next path that h touches. */
static const struct hit *touching(const struct merge *m, const struct hit *h)
{
	const struct hit *f = &m->files->v[m->at];

	return m->at < m->files->n && f->run == h->run && f->start < h->end
		       ? f
		       : NULL;
}

/* h and the paths before it and over it. */
static int put_hit(struct merge *m, struct hit h)
{
	const struct hit *f;
	bool cut = false;
	int rc = 0;

	while (rc == 0 && m->at < m->files->n &&
	       is_before(&m->files->v[m->at], &h))
		rc = put_file(m);
	while (rc == 0 && h.start < h.end && (f = touching(m, &h)) != NULL) {
		bool over = h.start <= f->start && h.end >= f->end;

		if (over && h.score >= f->score) {
			m->at++;
			continue;
		}
		if (h.start < f->start)
			rc = put_piece(m, h, h.start, f->start);
		cut = true;
		h.start = f->end < h.end ? f->end : h.end;
		if (rc == 0 && h.start < h.end)
			rc = put_file(m);
	}
	if (rc != 0 || h.start == h.end)
		return rc;
	return cut ? put_piece(m, h, h.start, h.end)
		   : recognizer_hits_put(m->out, h);
}

static int merge(struct detect_group *g, const struct format_record *r,
		 const struct hits *files)
{
	struct hits all = {0};
	struct merge m = {.r = r, .files = files, .out = &all};
	int rc = 0;

	for (size_t i = 0; rc == 0 && i < g->hits.n; i++)
		rc = put_hit(&m, g->hits.v[i]);
	while (rc == 0 && m.at < files->n)
		rc = put_file(&m);
	hits_free(&g->hits);
	g->hits = all;
	return rc;
}

/* Of a run whose text is no other than that of the one before it: its paths.
 * With blanks in them they would be those of other files. */
static int put_again(struct hits *files, uint32_t run)
{
	size_t n = files->n, from = n;
	int rc = 0;

	while (from > 0 && files->v[from - 1].run + 1 == run)
		from--;
	for (; rc == 0 && from < n; from++) {
		struct hit h = files->v[from];

		h.run = run;
		rc = recognizer_hits_put(files, h);
	}
	return rc;
}

int detect_files_record(struct detect_group *g, const struct format_record *r)
{
	const struct known_files *k = recognizers_known(g->r);
	struct hits files CLEANUP(hits_free) = {0};
	int rc = 0;

	for (size_t i = 0; rc == 0 && i < r->nruns; i++)
		rc = r->runs[i].spaced
			     ? put_again(&files, (uint32_t)i)
			     : recognizer_file(k, &r->runs[i], (uint32_t)i,
					       &files, &g->o.paths);
	return rc == 0 && files.n > 0 ? merge(g, r, &files) : rc;
}
