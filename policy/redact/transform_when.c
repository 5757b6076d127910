/* A date as people write it: read from a text, and written back like it. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "policy/redact/transform_when.h"

#include <errno.h>

/*
 * Strict on purpose: what stands in the text beside year, month and day is
 * shown as it is, so it may be nothing but separators, the few words that join
 * a date ("the", "of", "de") and a time of day. A text with anything else is no
 * date here, and its reader gets a tag.
 */

static const struct when_words languages[] = {
	{{"January", "February", "March", "April", "May", "June", "July",
	  "August", "September", "October", "November", "December"},
	 {"Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct",
	  "Nov", "Dec"},
	 " ",
	 false},
	{{"Januar", "Februar", "M\xc3\xa4rz", "April", "Mai", "Juni", "Juli",
	  "August", "September", "Oktober", "November", "Dezember"},
	 {"Jan", "Feb", "M\xc3\xa4r", "Apr", "Mai", "Jun", "Jul", "Aug", "Sep",
	  "Okt", "Nov", "Dez"},
	 " ",
	 false},
	{{"enero", "febrero", "marzo", "abril", "mayo", "junio", "julio",
	  "agosto", "septiembre", "octubre", "noviembre", "diciembre"},
	 {"ene", "feb", "mar", "abr", "may", "jun", "jul", "ago", "sep", "oct",
	  "nov", "dic"},
	 " de ",
	 true},
};
#define WHEN_LONG 64 /* bytes; no date is as long, and a value may be */
#define ENGLISH 0
#define GERMAN 1
#define SPANISH 2

static bool is_digit(uint8_t c)
{
	return c >= '0' && c <= '9';
}

static bool is_letter(uint8_t c)
{
	return c >= 0x80 || ((c | 0x20) >= 'a' && (c | 0x20) <= 'z');
}

static uint8_t at(struct bytes t, size_t i)
{
	return i < t.n ? t.p[i] : 0;
}

static size_t digits_end(struct bytes t, size_t i)
{
	while (is_digit(at(t, i)))
		i++;
	return i;
}

static size_t word_end(struct bytes t, size_t i)
{
	while (is_letter(at(t, i)))
		i++;
	return i;
}

static unsigned number(struct bytes t, struct when_part p)
{
	unsigned v = 0;

	for (size_t i = 0; i < p.n && i < 5; i++)
		v = 10 * v + (unsigned)(t.p[p.at + i] - '0');
	return v;
}

static bool is_leap(unsigned year)
{
	return year != 0 &&
	       ((year % 4 == 0 && year % 100 != 0) || year % 400 == 0);
}

static unsigned days_in(unsigned year, unsigned month)
{
	static const uint8_t n[] = {31, 28, 31, 30, 31, 30,
				    31, 31, 30, 31, 30, 31};

	return n[month - 1] + (month == 2 && is_leap(year) ? 1u : 0u);
}

static bool is_day(const struct when *w)
{
	return w->month >= 1 && w->month <= 12 && w->day >= 1 &&
	       w->day <= days_in(w->year, w->month);
}

/* "T", "Z", "pm", "p.m.": of these letters names are made, too. */
static bool is_time_word(struct bytes w)
{
	if (w.n == 1)
		return w.p[0] != 0 && strchr("TtZapmAPM", w.p[0]) != NULL;
	return w.n == 2 && (w.p[1] | 0x20) == 'm' &&
	       ((w.p[0] | 0x20) == 'a' || (w.p[0] | 0x20) == 'p');
}

/* Digits of an hour, a minute, a fraction, a zone: no other number. */
static bool is_time_number(struct bytes t, size_t i, size_t end)
{
	uint8_t before = i > 0 ? t.p[i - 1] : 0;
	bool fraction = before == '.' || before == ',';

	return end - i <= 2 || (fraction && end - i <= 9) ||
	       ((before == '+' || before == '-') && end - i == 4);
}

/* Only a time of day, its half and its zone may stand behind the date. */
static bool only_time(struct bytes t, size_t i)
{
	bool any = false;
	size_t end;

	for (; i < t.n; i = end) {
		end = i + 1;
		if (is_letter(t.p[i])) {
			end = word_end(t, i);
			if (!is_time_word(bytes_sub(t, i, end - i)))
				return false;
		} else if (is_digit(t.p[i])) {
			end = digits_end(t, i);
			any = any || at(t, end) == ':';
			if (!any || !is_time_number(t, i, end))
				return false;
		} else if (t.p[i] == 0 || strchr(":.,+- ", t.p[i]) == NULL) {
			return false;
		}
	}
	return true;
}

/* ---- numbers only ---- */

static void set_year(struct when *w, struct when_part y)
{
	w->y = y;
	w->year = number(w->text, y);
	if (y.n == 2)
		w->year += 2000;
}

static void set_day(struct when *w, struct when_part m, struct when_part d)
{
	w->m = m;
	w->d = d;
	w->month = number(w->text, m);
	w->day = number(w->text, d);
}

static bool try_day(struct when *w, struct when_part m, struct when_part d)
{
	set_day(w, m, d);
	return is_day(w);
}

/* Day and month where both orders could be: by the order that is given, by
 * the dots that only one of them has; else nobody knows. */
static void decide(struct when *w, struct when_part a, struct when_part b,
		   enum date_order order)
{
	bool us = try_day(w, a, b), eu = try_day(w, b, a);

	if (us && eu && number(w->text, a) != number(w->text, b)) {
		if (order == ORDER_UNKNOWN && w->sep == '.')
			order = ORDER_DMY;
		us = order == ORDER_MDY;
		eu = order == ORDER_DMY;
	}
	if (us) {
		set_day(w, a, b);
	} else if (!eu) {
		w->m = w->d = (struct when_part){0};
		w->month = w->day = 0;
	}
}

static bool read_numbers(struct when *w, enum date_order order)
{
	struct bytes t = w->text;
	struct when_part g[3];
	size_t i = 0;

	for (unsigned k = 0; k < 3; k++) {
		g[k] = (struct when_part){i, digits_end(t, i) - i};
		i += g[k].n;
		if (g[k].n == 0 || g[k].n > 4)
			return false;
		if (k == 0)
			w->sep = (char)at(t, i);
		if (k < 2 && at(t, i++) != (uint8_t)w->sep)
			return false;
	}
	if (w->sep == 0 || strchr("-/._", w->sep) == NULL || !only_time(t, i))
		return false;
	if (g[0].n == 4 && g[1].n <= 2 && g[2].n <= 2) {
		set_year(w, g[0]);
		if (!try_day(w, g[1], g[2]))
			set_day(w, (struct when_part){0},
				(struct when_part){0});
		return w->year > 0;
	}
	if (g[0].n > 2 || g[1].n > 2 || (g[2].n != 4 && g[2].n != 2))
		return false;
	set_year(w, g[2]);
	decide(w, g[0], g[1], order);
	return w->year > 0;
}

/* ---- around a month's name ---- */

/* Bytes of letters differ in this bit alone, those of an umlaut too. */
static bool same(struct bytes w, const char *name)
{
	if (w.n != strlen(name))
		return false;
	for (size_t i = 0; i < w.n; i++)
		if ((w.p[i] | 0x20) != (uint8_t)(name[i] | 0x20))
			return false;
	return true;
}

static bool month_in(struct bytes word, const struct when_words *l,
		     struct when *w)
{
	for (unsigned i = 0; i < 12; i++) {
		bool full = same(word, l->full[i]);

		if (!full && !same(word, l->brief[i]) &&
		    !(i == 8 && same(word, "sept")))
			continue;
		w->words = l;
		w->month = i + 1;
		/* "May" is both: the full name of another month is right. */
		w->brief = !full;
		return true;
	}
	return false;
}

/* The language whose marks the text has is asked first: "3. April". */
static bool month_of(struct bytes word, struct bytes t, struct when *w)
{
	unsigned first = ENGLISH;

	for (size_t i = 1; i < t.n; i++) {
		if (is_digit(t.p[i - 1]) && t.p[i] == '.')
			first = GERMAN;
		if (at(t, i) == 'd' && at(t, i + 1) == 'e' &&
		    at(t, i + 2) == ' ' && t.p[i - 1] == ' ')
			first = SPANISH;
	}
	for (unsigned k = 0; k < ARRAY_LEN(languages); k++)
		if (month_in(word, &languages[(first + k) % 3], w))
			return true;
	return false;
}

static bool is_joint(struct bytes word)
{
	static const char *const joints[] = {"the", "of",  "de", "del",
					     "den", "der", "el"};

	/* With a capital it could be a name. */
	for (size_t i = 0; i < ARRAY_LEN(joints); i++)
		if (bytes_is(word, joints[i]))
			return true;
	return false;
}

static bool is_ordinal(struct bytes word)
{
	return same(word, "st") || same(word, "nd") || same(word, "rd") ||
	       same(word, "th");
}

/* One word at i; false: no word of a date. */
static bool take_word(struct when *w, size_t i, size_t end)
{
	struct bytes word = bytes_sub(w->text, i, end - i);

	if (w->d.n > 0 && w->d.at + w->d.n == i && is_ordinal(word)) {
		w->o = (struct when_part){i, end - i};
		return true;
	}
	if (w->m.n == 0 && month_of(word, w->text, w)) {
		w->m = (struct when_part){i, end - i};
		return true;
	}
	return is_joint(word);
}

static bool take_number(struct when *w, size_t i, size_t end)
{
	struct when_part p = {i, end - i};
	bool half = p.n == 2 && i > 0 && w->text.p[i - 1] == '\'';

	if ((p.n == 4 || half) && w->y.n == 0) {
		set_year(w, p);
		return w->year > 0;
	}
	if (p.n > 2 || w->d.n > 0)
		return false;
	w->d = p;
	w->day = number(w->text, p);
	return w->day > 0;
}

static bool read_words(struct when *w)
{
	struct bytes t = w->text;
	size_t i = 0, end, joint = 0;
	bool ok = true;

	for (; ok && i < t.n; i = end) {
		end = i + 1;
		if (is_digit(t.p[i])) {
			end = digits_end(t, i);
			if (at(t, end) == ':')
				break;
			ok = take_number(w, i, end);
		} else if (is_letter(t.p[i])) {
			end = word_end(t, i);
			ok = take_word(w, i, end);
			if (is_joint(bytes_sub(t, i, end - i)))
				joint = i + 1;
		} else {
			ok = strchr(" ,.-/'", t.p[i]) != NULL && t.p[i] != 0;
		}
	}
	if (!ok || !only_time(t, i) || w->month == 0)
		return false;
	/* It joins what is before it with something. */
	if (joint > w->m.at + 1 && joint > w->d.at + 1 && joint > w->y.at + 1)
		return false;
	return w->d.n == 0 || is_day(w);
}

bool when_read(struct bytes text, enum date_order order, struct when *out)
{
	*out = (struct when){.text = text};
	if (text.n > WHEN_LONG)
		return false;
	if (read_numbers(out, order))
		return true;
	*out = (struct when){.text = text};
	return read_words(out);
}

bool when_full_year(const struct when *w)
{
	return w->y.n == 4;
}

void when_step(struct when *w, bool back)
{
	unsigned year = w->y.n > 0;

	if (!back && w->day < days_in(w->year, w->month)) {
		w->day++;
	} else if (!back) {
		w->day = 1;
		w->year += w->month == 12 ? year : 0;
		w->month = w->month % 12 + 1;
	} else if (w->day > 1) {
		w->day--;
	} else {
		w->year -= w->month == 1 ? year : 0;
		w->month = (w->month + 10) % 12 + 1;
		w->day = days_in(w->year, w->month);
	}
}
