/* Coarser values and moved dates. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "policy/redact/transform_date.h"

#include <errno.h>

#include "policy/redact/standin.h"
#include "policy/redact/transform_when.h"

static bool is_digit(uint8_t c)
{
	return c >= '0' && c <= '9';
}

/* ---- numbers ---- */

#define AMOUNT_LONG 64 /* bytes */

/* "$1,234.56", "34 years old": a whole number with what is around it. */
struct amount {
	struct bytes before, behind;
	uint64_t v;
};

/* Words that may stand beside a number and are shown: what an amount is of.
 * "million" and "k" are none: the number alone would not be the amount. */
static bool is_unit(struct bytes word)
{
	static const char units[] =
		" $ us$ ca$ a$ \xe2\x82\xac \xc2\xa3 \xc2\xa5 usd eur euro "
		"euros "
		"dollar dollars buck bucks gbp pound pounds chf francs franken "
		"cad aud nzd jpy yen cny inr rupees sek nok dkk kronor pln mxn "
		"peso pesos vnd \xc4\x91 \xc4\x91\xe1\xbb\x93ng year years yr "
		"yrs old "
		"year-old years-old jahre jahren alt a\xc3\xb1os ";
	char w[20] = " ";
	size_t n = 1;

	if (word.n > sizeof(w) - 3)
		return false;
	for (size_t i = 0; i < word.n; i++) {
		bool upper = word.p[i] >= 'A' && word.p[i] <= 'Z';

		w[n++] = (char)(upper ? word.p[i] | 0x20 : word.p[i]);
	}
	w[n++] = ' ';
	return memmem(units, sizeof(units) - 1, w, n) != NULL;
}

static bool all_units(struct bytes t)
{
	for (size_t i = 0, end; i < t.n; i = end + 1) {
		end = i;
		while (end < t.n && t.p[end] != ' ')
			end++;
		if (end > i && !is_unit(bytes_sub(t, i, end - i)))
			return false;
	}
	return true;
}

/* The number at *i with marks between thousands, cents left out; false: too
 * large. bare: a JSON number, whose point is never a mark of thousands. */
static bool take_number(struct bytes t, bool bare, size_t *i, uint64_t *v)
{
	size_t first = *i, at = *i, mark = 0;

	for (; at < t.n; at++) {
		bool joins =
			t.p[at] == ',' || t.p[at] == '.' || t.p[at] == '\'';

		if (joins && at + 1 < t.n && is_digit(t.p[at + 1]))
			mark = at;
		else if (!is_digit(t.p[at]))
			break;
	}
	*i = at;
	/* A last group that is not of three digits is cents. */
	if (mark > 0 && (bare || at - mark != 4))
		at = mark;
	*v = 0;
	for (size_t k = first; k < at; k++)
		if (is_digit(t.p[k]) &&
		    (__builtin_mul_overflow(*v, 10u, v) ||
		     __builtin_add_overflow(*v, t.p[k] - (unsigned)'0', v)))
			return false;
	return *v <= UINT64_MAX / 2;
}

static bool read_amount(struct bytes t, bool bare, struct amount *a)
{
	size_t i = 0, start;

	while (i < t.n && i < AMOUNT_LONG && !is_digit(t.p[i]))
		i++;
	a->before = bytes_sub(t, 0, i);
	start = i;
	if (i == t.n || t.n > AMOUNT_LONG || !take_number(t, bare, &i, &a->v))
		return false;
	a->behind = bytes_sub(t, i, t.n);
	return i > start && all_units(a->before) && all_units(a->behind);
}

/* In a number's place the lower bound alone: a range would be no number. Ages
 * from 90 on are one class, whatever the width. */
static int put_band(const struct transform_in *in, uint32_t width,
		    struct buf *out)
{
	bool age = bytes_is(in->type, "AGE");
	struct amount a = {.v = 0};
	unsigned long long low, high;
	int rc;

	if (width < 2 || !read_amount(in->text, in->number, &a))
		return -ENOENT;
	low = a.v - a.v % width;
	high = low + width - 1;
	if (age && a.v >= 90)
		low = 90;
	else if (age && high >= 90)
		high = 89;
	if (in->number)
		return buf_printf(out, "%llu", low);
	rc = buf_putb(out, a.before);
	if (rc == 0 && age && a.v >= 90)
		rc = buf_puts(out, "90+");
	else if (rc == 0)
		rc = buf_printf(out, "%llu-%llu", low, high);
	return rc == 0 ? buf_putb(out, a.behind) : rc;
}

/* Three digits, and none of those where fewer than 20,000 people live (the
 * list of the HIPAA guidance, by the census of 2000): they are one class. */
static int put_zip3(const struct transform_in *in, struct buf *out)
{
	static const char few[] = " 036 059 063 102 203 556 692 790 821 823 "
				  "830 831 878 879 884 890 893 ";
	struct bytes t = in->text;
	char zip[] = " 000 ";
	size_t n = 0;

	while (n < t.n && is_digit(t.p[n]))
		n++;
	if (n != 5 || (t.n > 5 && t.p[5] != '-' && t.p[5] != ' '))
		return -ENOENT;
	memcpy(zip + 1, t.p, 3);
	if (strstr(few, zip) != NULL)
		memcpy(zip + 1, "000", 3);
	return buf_printf(out, "%.3s**", zip + 1);
}

/* ---- dates ---- */

/* The decade of a year; of an age, which has no more than three digits, its
 * tens. */
static int put_decade(const struct transform_in *in, const struct when *w,
		      struct buf *out)
{
	struct transform_in age = *in;

	if (w != NULL && when_full_year(w))
		return buf_printf(out, in->number ? "%u" : "%us",
				  w->year / 10 * 10);
	if (w != NULL || in->text.n > 3)
		return -ENOENT;
	age.type = bytes_str("AGE");
	return put_band(&age, 10, out);
}

int transform_date_generalize(const struct transform_in *in, struct buf *out)
{
	struct bytes to = bytes_str(in->t->to);
	struct when w;
	bool dated;

	if (bytes_is(to, "zip3"))
		return put_zip3(in, out);
	if (bytes_is(to, "band"))
		return put_band(in, in->t->width, out);
	dated = when_read(in->text, in->t->order, &w);
	if (bytes_is(to, "decade"))
		return put_decade(in, dated ? &w : NULL, out);
	if (dated && bytes_is(to, "month"))
		return when_put_month(&w, out);
	if (dated && bytes_is(to, "year") && when_full_year(&w))
		return buf_printf(out, "%04u", w.year);
	return -ENOENT;
}

int transform_date_shift(const struct transform_in *in, struct buf *out)
{
	struct transform_in whole = *in; /* dates of all types move as one */
	struct standin_seed s;
	struct when w;
	uint32_t days;
	bool back;

	if (in->s == NULL || in->s->key == NULL)
		return -ENOKEY;
	if (!when_read(in->text, in->t->order, &w) || w.day == 0 ||
	    (w.y.n > 0 && (w.year < 2 || w.year > 9997)))
		return -ENOENT;
	whole.type = (struct bytes){0};
	standin_draw(&whole, "shift", (struct bytes){0}, 0, &s);
	back = standin_pick(&s, 2) == 0;
	days = 1 + standin_pick(&s, 180);
	if (in->t->weekdays)
		days = (days + 6) / 7 * 7;
	while (days-- > 0)
		when_step(&w, back);
	return when_put(&w, out);
}
