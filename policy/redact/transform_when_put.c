/* A date written back as people had written it. */
/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>

#include "policy/redact/transform_when.h"

/* 'u': all capitals, 't': the first one, 'l': none. */
static char case_of(struct bytes word)
{
	bool first = word.n > 0 && word.p[0] >= 'A' && word.p[0] <= 'Z';
	bool second = word.n > 1 && word.p[1] >= 'A' && word.p[1] <= 'Z';

	if (!first)
		return 'l';
	return second || (word.n > 1 && word.p[1] == 0xc3 && word.n > 2 &&
			  word.p[2] < 0xa0)
		       ? 'u'
		       : 't';
}

static int put_cased(struct buf *out, const char *name, char how)
{
	int rc = 0;

	for (size_t i = 0; rc == 0 && name[i] != 0; i++) {
		uint8_t c = (uint8_t)name[i];
		bool upper = how == 'u' || (how == 't' && i == 0);

		/* An umlaut's first byte stays: it has this bit in no case. */
		if (c != 0xc3)
			c = upper ? c & 0xdf : c | 0x20;
		rc = buf_putc(out, c);
	}
	return rc;
}

static int put_number(struct buf *out, unsigned v, bool two)
{
	return buf_printf(out, two ? "%02u" : "%u", v);
}

/* Whether a day or month below ten has a nought before it. */
static bool is_padded(const struct when *w)
{
	bool nought = w->text.p[w->d.at] == '0' ||
		      (w->words == NULL && w->text.p[w->m.at] == '0');

	return nought || (w->words == NULL && w->d.n == 2 && w->m.n == 2);
}

/* "14th" becomes "3rd". */
static int put_ordinal(const struct when *w, struct buf *out)
{
	static const char *const ends[] = {"th", "st", "nd", "rd"};
	unsigned last = w->day % 10;

	if (last > 3 || (w->day > 10 && w->day < 14))
		last = 0;
	return put_cased(out, ends[last], w->text.p[w->o.at] < 'a' ? 'u' : 'l');
}

static int put_part(const struct when *w, const struct when_part *p,
		    struct buf *out)
{
	struct bytes was = bytes_sub(w->text, p->at, p->n);

	if (p == &w->o)
		return put_ordinal(w, out);
	if (p == &w->y)
		return p->n == 2 ? put_number(out, w->year % 100, true)
				 : buf_printf(out, "%04u", w->year);
	if (p == &w->d)
		return put_number(out, w->day, is_padded(w));
	if (w->words == NULL)
		return put_number(out, w->month, is_padded(w));
	return put_cased(out,
			 w->brief ? w->words->brief[w->month - 1]
				  : w->words->full[w->month - 1],
			 case_of(was));
}

int when_put(const struct when *w, struct buf *out)
{
	const struct when_part *parts[] = {&w->y, &w->m, &w->d, &w->o};
	size_t i = 0;
	int rc = 0;

	while (rc == 0 && i < w->text.n) {
		const struct when_part *p = NULL;

		for (unsigned k = 0; k < ARRAY_LEN(parts); k++)
			if (parts[k]->n > 0 && parts[k]->at == i)
				p = parts[k];
		rc = p != NULL ? put_part(w, p, out)
			       : buf_putc(out, w->text.p[i]);
		i += p != NULL ? p->n : 1;
	}
	return rc;
}

int when_put_month(const struct when *w, struct buf *out)
{
	const struct when_words *l = w->words;
	int rc;

	if (w->month == 0 || (w->y.n != 0 && w->y.n != 4))
		return -ENOENT;
	if (l == NULL && w->y.at == 0)
		return buf_printf(out, "%04u%c%02u", w->year, w->sep, w->month);
	if (l == NULL)
		return buf_printf(out, "%02u%c%04u", w->month, w->sep, w->year);
	rc = put_cased(out, l->full[w->month - 1], l->lower ? 'l' : 't');
	if (rc == 0 && w->y.n != 0)
		rc = buf_printf(out, "%s%u", l->joint, w->year);
	return rc;
}
