/* A date as people write it: read from a text, and written back like it. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef REDACT_TRANSFORM_WHEN_H
#define REDACT_TRANSFORM_WHEN_H

#include "policy/redact/decision.h"

/* Bytes [at, at + n) of the text; n 0: not there. */
struct when_part {
	size_t at, n;
};

/* How a language writes a date. */
struct when_words {
	const char *full[12], *brief[12];
	const char *joint; /* between month and year */
	bool lower;	   /* names of months are no capitals */
};

/* What a text says about a date; numbers are 0 where it does not. */
struct when {
	struct bytes text;
	unsigned year, month, day;
	struct when_part y, m, d, o;	/* o: "th" */
	const struct when_words *words; /* month is a word of this language */
	bool brief;			/* "Jul" */
	char sep;			/* numeric ones: between the numbers */
};

/**
 * when_read(text, order, out): "2026-07-14T10:00Z", "7/14/26", "14.07.2026",
 * "July 14th, 2026", "14. Juli", "8 de marzo de 2024". False: no date, or the
 * text says more than a date and a time of day. Of "5/6/2026" without an order
 * only the year is known. A two-digit year is one of 2000 to 2099.
 */
bool when_read(struct bytes text, enum date_order order, struct when *out)
	NONNULL(3);

/**
 * when_step(w, back): one day on or back in the calendar; a date without a year
 * is one of a year of 365 days. Needs month and day.
 */
void when_step(struct when *w, bool back) NONNULL_ALL;

/** when_put(w, out): the text with what the date is now, written as before. */
int when_put(const struct when *w, struct buf *out) MUST_CHECK NONNULL_ALL;

/** when_put_month(w, out): "2026-07", "07/2026", "July 2026", "July". -ENOENT:
 * it does not say a month, or only half a year. */
int when_put_month(const struct when *w,
		   struct buf *out) MUST_CHECK NONNULL_ALL;

/** when_full_year(w): its year has four digits. */
bool when_full_year(const struct when *w) NONNULL_ALL;

#endif
