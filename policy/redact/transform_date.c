/* Coarser values and moved dates. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "policy/redact/transform_date.h"

#include <errno.h>

#include "policy/redact/standin.h"

/* What a text says about a date; 0: not said. */
struct date {
	unsigned year, month, day;
	bool iso;      /* YYYY-MM-DD stands at the front */
	size_t behind; /* first byte after an ISO date */
};

static const char *const months[] = {
	"January", "February", "March",	    "April",   "May",	   "June",
	"July",	   "August",   "September", "October", "November", "December"};

static bool digit_at(struct bytes t, size_t i)
{
	return i < t.n && t.p[i] >= '0' && t.p[i] <= '9';
}

static bool letter_at(struct bytes t, size_t i)
{
	return i < t.n && (t.p[i] | 0x20) >= 'a' && (t.p[i] | 0x20) <= 'z';
}

/* n digits at i and no digit behind them; -1 where that is not so. */
static int number_at(struct bytes t, size_t i, size_t n)
{
	int v = 0;

	for (size_t k = 0; k < n; k++) {
		if (!digit_at(t, i + k))
			return -1;
		v = 10 * v + (t.p[i + k] - '0');
	}
	return digit_at(t, i + n) ? -1 : v;
}

static unsigned days_in(unsigned year, unsigned month)
{
	static const uint8_t n[] = {31, 28, 31, 30, 31, 30,
				    31, 31, 30, 31, 30, 31};
	bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;

	return n[month - 1] + (month == 2 && leap ? 1u : 0u);
}

static bool parse_iso(struct bytes t, struct date *d)
{
	int y = number_at(t, 0, 4), m = number_at(t, 5, 2);
	int day = number_at(t, 8, 2);

	if (y < 1 || m < 1 || m > 12 || day < 1 || t.p[4] != t.p[7] ||
	    (t.p[4] != '-' && t.p[4] != '/' && t.p[4] != '.'))
		return false;
	*d = (struct date){.year = (unsigned)y,
			   .month = (unsigned)m,
			   .day = (unsigned)day,
			   .iso = true,
			   .behind = 10};
	return d->day <= days_in(d->year, d->month);
}

/* A word of three letters at least that begins a month's name. */
static unsigned month_of(struct bytes w)
{
	for (unsigned m = 0; m < ARRAY_LEN(months); m++) {
		size_t n = strlen(months[m]), i = 0;

		while (i < w.n && i < n &&
		       (w.p[i] | 0x20) == (uint8_t)(months[m][i] | 0x20))
			i++;
		if (i == w.n && (w.n == n || w.n == 3))
			return m + 1;
	}
	return 0;
}

/* A year of four digits and a month's name, anywhere in the text. */
static void parse_words(struct bytes t, struct date *d)
{
	size_t end;

	for (size_t i = 0; i < t.n; i = end) {
		end = i + 1;
		if (letter_at(t, i)) {
			while (letter_at(t, end))
				end++;
			if (d->month == 0)
				d->month = month_of(bytes_sub(t, i, end - i));
		} else if (digit_at(t, i)) {
			while (digit_at(t, end))
				end++;
			if (end - i == 4 && d->year == 0)
				d->year = (unsigned)number_at(t, i, 4);
		}
	}
}

static int put_month(const struct date *d, struct buf *out)
{
	if (d->month == 0)
		return -ENOENT;
	if (d->iso)
		return buf_printf(out, "%04u-%02u", d->year, d->month);
	if (d->year == 0)
		return buf_puts(out, months[d->month - 1]);
	return buf_printf(out, "%s %u", months[d->month - 1], d->year);
}

static int put_zip3(struct bytes t, struct buf *out)
{
	if (number_at(t, 0, 5) < 0)
		return -ENOENT;
	return buf_printf(out, "%.3s**", (const char *)t.p);
}

/* An age by tens; from 90 on they are one class. */
static int put_decade(struct bytes t, struct buf *out)
{
	int v = t.n >= 1 && t.n <= 3 ? number_at(t, 0, t.n) : -1;

	if (v < 0)
		return -ENOENT;
	if (v >= 90)
		return buf_puts(out, "90+");
	return buf_printf(out, "%d-%d", v / 10 * 10, v / 10 * 10 + 9);
}

int transform_date_generalize(const struct transform_in *in, struct buf *out)
{
	struct bytes to = bytes_str(in->t->to);
	struct date d = {0};

	if (bytes_is(to, "zip3"))
		return put_zip3(in->text, out);
	if (bytes_is(to, "decade"))
		return put_decade(in->text, out);
	if (!parse_iso(in->text, &d)) {
		d = (struct date){0};
		parse_words(in->text, &d);
	}
	if (bytes_is(to, "month"))
		return put_month(&d, out);
	if (bytes_is(to, "year") && d.year != 0)
		return buf_printf(out, "%04u", d.year);
	return -ENOENT;
}

/* One day on or back in the calendar. */
static void step(struct date *d, bool back)
{
	if (!back && d->day < days_in(d->year, d->month)) {
		d->day++;
	} else if (!back) {
		d->day = 1;
		d->year += d->month == 12;
		d->month = d->month % 12 + 1;
	} else if (d->day > 1) {
		d->day--;
	} else {
		d->year -= d->month == 1;
		d->month = (d->month + 10) % 12 + 1;
		d->day = days_in(d->year, d->month);
	}
}

/* Only a time of day may stand behind the date. */
static bool only_time(struct bytes rest)
{
	for (size_t i = 0; i < rest.n; i++)
		if (rest.p[i] == 0 ||
		    strchr("0123456789T:Z.+- ", rest.p[i]) == NULL)
			return false;
	return true;
}

int transform_date_shift(const struct transform_in *in, struct buf *out)
{
	struct transform_in whole = *in; /* dates of all types move as one */
	struct bytes rest;
	struct standin_seed s;
	struct date d;
	bool back;
	int rc;

	if (in->s == NULL || in->s->key == NULL)
		return -ENOKEY;
	if (!parse_iso(in->text, &d) || d.year < 2 || d.year > 9997)
		return -ENOENT;
	rest = bytes_sub(in->text, d.behind, in->text.n);
	if (!only_time(rest))
		return -ENOENT;
	whole.type = (struct bytes){0};
	standin_draw(&whole, "shift", (struct bytes){0}, 0, &s);
	back = standin_pick(&s, 2) == 0;
	for (uint32_t n = 1 + standin_pick(&s, 180); n > 0; n--)
		step(&d, back);
	rc = buf_printf(out, "%04u%c%02u%c%02u", d.year, in->text.p[4], d.month,
			in->text.p[4], d.day);
	return rc == 0 ? buf_putb(out, rest) : rc;
}
