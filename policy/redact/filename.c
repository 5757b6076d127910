/* Names of files and folders as shown: values in them are replaced. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "policy/redact/filename.h"

/*
 * A component is shown as a record of text is: what no span covers is copied,
 * a span is replaced by what its type's transform makes of its value, a type
 * that is kept stays. So one person is one stand-in in contents and names. Two
 * things differ:
 *
 *   scope   a name belongs to no record. Under scope "record" a stand-in holds
 *           for this one name of this one file or folder; [PERSON_2] counts
 *           within the component.
 *   overlap a folder's spans are a union over many objects, so they may
 *           overlap. The longest that begins first says what stands there; to
 *           the end of the last that touches it everything is hidden.
 */

static const char known[] =
	" txt md log json jsonl ndjson csv tsv psv xml html htm yaml yml srt "
	"vtt sbv textgrid eaf trs stm ctm rttm wav wave mp3 flac ogg opus m4a "
	"aac sph au aif aiff amr wma webm mp4 mkv avi mov png jpg jpeg gif "
	"tif tiff bmp webp pdf doc docx xls xlsx odt ods rtf gz bz2 xz zst "
	"zip tar 7z parquet arrow npy npz pt bin dat db sqlite ann conll lab "
	"scp ";

#define EXT_MAX 8

struct bytes filename_ext(struct bytes name)
{
	char word[EXT_MAX + 3] = " ";
	size_t dot = name.n, n = 1;

	while (dot > 0 && name.n - dot < EXT_MAX + 1 && name.p[dot - 1] != '.')
		dot--;
	if (dot < 2 || dot == name.n || name.n - dot > EXT_MAX)
		return (struct bytes){0};
	for (size_t i = dot; i < name.n; i++) {
		uint8_t c = name.p[i];
		bool upper = c >= 'A' && c <= 'Z';

		if (c <= ' ')
			return (struct bytes){0};
		word[n++] = (char)(upper ? c + 32 : c);
	}
	word[n] = ' ';
	return memmem(known, sizeof(known) - 1, word, n + 1) == NULL
		       ? (struct bytes){0}
		       : bytes_sub(name, dot - 1, name.n);
}

/* ---- spans ---- */

static const struct transform *rule_of(const struct filename_in *in,
				       const struct name_span *s)
{
	const struct circumstance c = {.score = s->score,
				       .task = in->standin != NULL
						       ? in->standin->task
						       : (struct bytes){0}};

	return decision_for(in->decision, s->type, &c);
}

/* Bytes of the name that span i hides; false: none. */
static bool hidden(const struct filename_in *in, uint32_t i, size_t *from,
		   size_t *to)
{
	const struct name_span *s = &in->spans[i];
	size_t end = in->at + in->name.n;

	if (s->end <= in->at || s->start >= end ||
	    rule_of(in, s)->action == ACTION_KEEP)
		return false;
	*from = s->start <= in->at ? 0 : s->start - in->at;
	*to = (s->end < end ? s->end : end) - in->at;
	return true;
}

bool filename_hides(const struct filename_in *in, size_t from, size_t to)
{
	size_t a, b;

	for (uint32_t i = 0; i < in->nspans; i++)
		if (hidden(in, i, &a, &b) && a < to && b > from)
			return true;
	return false;
}

/* Spans that were replaced so far, in order; a name of 255 bytes has no more.
 */
struct replaced {
	uint32_t nr[128];
	size_t n;
};

static bool same_value(const struct name_span *a, const struct name_span *b)
{
	return bytes_eq(a->type, b->type) && bytes_eq(a->canon, b->canon);
}

/* Where the value of span nr was first replaced; r->n: not yet. */
static size_t first_of(const struct filename_in *in, const struct replaced *r,
		       uint32_t nr)
{
	size_t i = 0;

	while (i < r->n && !same_value(&in->spans[r->nr[i]], &in->spans[nr]))
		i++;
	return i;
}

/* Which distinct value of its type in the component span nr is: 1, 2 ... */
static uint32_t ord_of(const struct filename_in *in, const struct replaced *r,
		       uint32_t nr)
{
	size_t first = first_of(in, r, nr);
	uint32_t ord = 1;

	for (size_t i = 0; i < first; i++)
		if (bytes_eq(in->spans[r->nr[i]].type, in->spans[nr].type) &&
		    first_of(in, r, r->nr[i]) == i)
			ord++;
	return ord;
}

/* ---- replacements ---- */

/* What a blank becomes: the separator that stood between the words. */
static char joint(struct bytes value)
{
	static const char order[] = "_ -.";

	for (size_t i = 0; i < sizeof(order) - 1; i++)
		if (value.n > 0 && memchr(value.p, order[i], value.n) != NULL)
			return order[i];
	return '_';
}

static int put_safe(struct bytes text, char blank, struct buf *out)
{
	bool name = blank != ' ';
	int rc = 0;

	for (size_t i = 0; rc == 0 && i < text.n; i++) {
		uint8_t c = text.p[i];
		uint8_t next = i + 1 < text.n ? text.p[i + 1] : 0;

		if (c == '.' && name && next == ' ')
			continue; /* an initial's: "ada_k_norwood" */
		if (c == ' ')
			c = (uint8_t)blank;
		else if (c < ' ' || c == '/' || c == 0x7f)
			c = '_';
		rc = buf_putc(out, c);
	}
	return rc;
}

/* The value as text has it: words with blanks between. */
static int put_plain(struct bytes value, struct buf *out)
{
	int rc = 0;

	for (size_t i = 0; rc == 0 && i < value.n; i++)
		rc = buf_putc(out, value.p[i] == '_' ? ' ' : value.p[i]);
	return rc;
}

static int replace(const struct filename_in *in, struct replaced *r,
		   uint32_t nr, struct bytes value, struct buf *out)
{
	struct buf CLEANUP(buf_free) text = {.secret = true};
	struct buf CLEANUP(buf_free) made = {0};
	const struct name_span *s = &in->spans[nr];
	const struct transform_in t = {.t = rule_of(in, s),
				       .type = s->type,
				       .canon = value_own(s->canon),
				       .person = value_person(s->canon),
				       .ord = ord_of(in, r, nr),
				       .s = in->standin};
	struct transform_in with = t;
	int rc = put_plain(value, &text);

	if (r->n < ARRAY_LEN(r->nr))
		r->nr[r->n++] = nr;
	with.text = buf_bytes(&text);
	if (rc == 0)
		rc = transform_apply(&with, &made);
	return rc == 0 ? put_safe(buf_bytes(&made), joint(value), out) : rc;
}

/* The span that says what stands at the first hidden byte from pos on: of those
 * that begin there the longest; in->nspans: none before `to`. */
static uint32_t next(const struct filename_in *in, size_t pos, size_t to,
		     size_t *from, size_t *end)
{
	uint32_t found = in->nspans;

	for (uint32_t i = 0; i < in->nspans; i++) {
		size_t a, b;

		if (!hidden(in, i, &a, &b) || b <= pos || a >= to)
			continue;
		if (found == in->nspans || a < *from ||
		    (a == *from && b > *end)) {
			found = i;
			*from = a;
			*end = b;
		}
	}
	return found;
}

/* Where hiding ends that began at [.., end): all that touches it. */
static size_t reach(const struct filename_in *in, size_t from, size_t end)
{
	size_t a, b, was;

	do {
		was = end;
		for (uint32_t i = 0; i < in->nspans; i++)
			if (hidden(in, i, &a, &b) && a < end && b > from &&
			    b > end)
				end = b;
	} while (end != was);
	return end;
}

static int put_all(const struct filename_in *in, size_t to, struct buf *out)
{
	size_t pos = 0, from = 0, end = 0;
	struct replaced r = {.n = 0};
	int rc = 0;

	while (rc == 0 && pos < to) {
		uint32_t nr = next(in, pos, to, &from, &end);

		if (nr == in->nspans)
			return buf_put(out, in->name.p + pos, to - pos);
		rc = buf_put(out, in->name.p + pos, from - pos);
		if (rc == 0)
			rc = replace(in, &r, nr,
				     bytes_sub(in->name, from, end - from),
				     out);
		pos = reach(in, from, end);
	}
	return rc;
}

int filename_put(const struct filename_in *in, size_t to, struct buf *out)
{
	struct buf CLEANUP(buf_free) made = {0};
	bool dotted = in->name.n > 0 && in->name.p[0] == '.';
	int rc = put_all(in, to < in->name.n ? to : in->name.n, &made);

	if (rc != 0)
		return rc;
	if (made.n == 0 || (made.p[0] == '.' && !dotted) ||
	    bytes_is(buf_bytes(&made), ".") || bytes_is(buf_bytes(&made), ".."))
		rc = buf_putc(out, '_');
	return rc == 0 ? buf_putb(out, buf_bytes(&made)) : rc;
}
