/* When words and stretches of speech are said. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "policy/redact/format_time.h"

#include <errno.h>

#include "base/mem.h"

#define DIGITS_MAX 18 /* that count: 10^18 fits 64 bits */

/* A decimal number while it is read: digits times ten to the power. */
struct decimal {
	uint64_t v;
	int power;
	unsigned digits; /* that were kept */
	bool any;
};

static void add_digit(struct decimal *d, uint8_t c, bool behind_point)
{
	d->any = true;
	if (d->digits == DIGITS_MAX) {
		d->power += !behind_point;
		return;
	}
	d->v = d->v * 10 + (c - '0');
	d->digits += d->v > 0;
	d->power -= behind_point;
}

static size_t read_digits(struct bytes t, size_t i, bool behind_point,
			  struct decimal *d)
{
	for (; i < t.n && t.p[i] >= '0' && t.p[i] <= '9'; i++)
		add_digit(d, t.p[i], behind_point);
	return i;
}

static size_t read_exponent(struct bytes t, size_t i, struct decimal *d)
{
	struct decimal e = {0};
	bool minus;

	if (i + 1 >= t.n || (t.p[i] | 32) != 'e')
		return i;
	minus = t.p[i + 1] == '-';
	i += minus || t.p[i + 1] == '+' ? 2 : 1;
	i = read_digits(t, i, false, &e);
	if (!e.any || e.v > 100 || e.power != 0)
		return 0;
	d->power += minus ? -(int)e.v : (int)e.v;
	return i;
}

int64_t format_time(struct bytes text, uint32_t unit)
{
	struct decimal d = {0};
	size_t i;
	uint64_t v;

	if (text.n > 0 && text.p[text.n - 1] == 's' && unit == 1000000)
		text.n--;
	i = read_digits(text, 0, false, &d);
	if (i < text.n && text.p[i] == '.')
		i = read_digits(text, i + 1, true, &d);
	if (d.any)
		i = read_exponent(text, i, &d);
	if (!d.any || i != text.n || text.n > 64)
		return TIMED_UNKNOWN;
	/* Digits beyond a billionth of a second are nobody's. */
	for (; d.v > UINT64_MAX / 1000000 / 2 && d.power < 0; d.power++)
		d.v /= 10;
	if (__builtin_mul_overflow(d.v, (uint64_t)unit, &v))
		return TIMED_UNKNOWN;
	for (; d.power < 0 && v > 0; d.power++)
		v /= 10;
	for (; d.power > 0 && v > 0; d.power--)
		if (__builtin_mul_overflow(v, 10u, &v))
			return TIMED_UNKNOWN;
	return v > INT64_MAX / 4 ? TIMED_UNKNOWN : (int64_t)v;
}

void format_time_open(const struct format_reader *r, uint64_t hits,
		      struct format_timing *t)
{
	const struct format_plan *p = r->plan;

	*t = (struct format_timing){.t = {.first = (uint32_t)r->nruns,
					  .from = TIMED_UNKNOWN,
					  .to = TIMED_UNKNOWN},
				    .duration = TIMED_UNKNOWN};
	for (int k = 0; k < TIMED_KINDS; k++) {
		if ((hits & p->items[k]) == 0)
			continue;
		t->on = true;
		t->t.kind = (enum timed_kind)k;
	}
}

uint16_t format_time_channel(const struct file_rule *rule, struct bytes value)
{
	for (uint32_t i = 0; i < rule->nchannels; i++)
		if (bytes_is(value, rule->channels[i].value))
			return rule->channels[i].channel;
	return 0;
}

/* What is said twice and differently is not known. */
static void set(int64_t *at, struct bytes text, uint32_t unit)
{
	int64_t v = format_time(text, unit);

	*at = *at == TIMED_UNKNOWN || *at == v ? v : -1;
}

void format_time_take(const struct format_plan *p, uint64_t hits,
		      struct bytes text, struct format_timing *t)
{
	enum timed_kind k = t->t.kind;
	uint32_t unit = p->rule->times[k].unit;

	if (!t->on)
		return;
	if ((hits & p->start[k]) != 0)
		set(&t->t.from, text, unit);
	if ((hits & p->end[k]) != 0)
		set(&t->t.to, text, unit);
	if ((hits & p->duration[k]) != 0)
		set(&t->duration, text, unit);
	if ((hits & p->channel[k]) != 0)
		t->t.channel = format_time_channel(p->rule, text);
}

int format_time_close(struct format_reader *r, struct format_timing *t)
{
	int rc = 0;

	if (!t->on)
		return 0;
	if (t->t.kind == TIMED_SEGMENT)
		rc = format_time_lists_end(r);
	if (rc != 0)
		return rc;
	t->t.n = (uint32_t)r->nruns - t->t.first;
	if (t->t.to == TIMED_UNKNOWN && t->t.from >= 0 && t->duration >= 0)
		t->t.to = t->t.from + t->duration;
	if (t->t.from < 0)
		t->t.from = TIMED_UNKNOWN;
	if (t->t.to < 0 || t->t.to < t->t.from)
		t->t.to = TIMED_UNKNOWN;
	return format_runs_timed(r, &t->t);
}

/* ---- words in lists ---- */

void format_time_lists_begin(struct format_reader *r)
{
	struct format_lists *l = &r->lists;

	l->n[0] = l->n[1] = 0;
	l->texts = 0;
	l->base = r->plan->base == 0 ? 0 : TIMED_UNKNOWN;
}

void format_time_lists_text(struct format_reader *r)
{
	r->lists.run = (uint32_t)r->nruns;
	r->lists.texts++;
}

static int push(struct format_lists *l, int i, int64_t v)
{
	size_t cap = l->cap[i] == 0 ? 256 : l->cap[i] * 2;
	void *p;

	if (l->n[i] == l->cap[i]) {
		p = mem_grow(l->v[i], cap, sizeof(*l->v[i]));
		if (p == NULL)
			return -ENOMEM;
		l->v[i] = p;
		l->cap[i] = cap;
	}
	l->v[i][l->n[i]++] = v;
	return 0;
}

int format_time_lists_take(struct format_reader *r, uint64_t hits,
			   struct bytes text)
{
	const struct format_plan *p = r->plan;
	int64_t v;
	int rc = 0;

	if ((hits & p->lists) == 0)
		return 0;
	v = format_time(text, p->rule->times[TIMED_WORD].unit);
	if ((hits & p->base) != 0)
		r->lists.base = v;
	if ((hits & p->list_start) != 0)
		rc = push(&r->lists, 0, v);
	if (rc == 0 && (hits & (p->list_end | p->list_duration)) != 0)
		rc = push(&r->lists, 1, v);
	return rc;
}

static bool blank(uint8_t c)
{
	return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

/* The next word of text from *end on, by blanks. */
static bool next_word(struct bytes text, uint32_t *start, uint32_t *end)
{
	uint32_t i = *end;

	while (i < text.n && blank(text.p[i]))
		i++;
	*start = i;
	while (i < text.n && !blank(text.p[i]))
		i++;
	*end = i;
	return *start < *end;
}

static struct timed word_of(const struct format_reader *r, size_t i,
			    uint32_t start, uint32_t end)
{
	const struct format_lists *l = &r->lists;
	int64_t from = l->v[0][i], to = l->v[1][i];
	struct timed t = {.kind = TIMED_WORD,
			  .first = l->run,
			  .n = 1,
			  .start = start,
			  .end = end,
			  .from = TIMED_UNKNOWN,
			  .to = TIMED_UNKNOWN};

	if (l->base < 0 || from < 0)
		return t;
	t.from = l->base + from;
	if (to >= 0)
		to += r->plan->list_duration != 0 ? t.from : l->base;
	if (to >= t.from)
		t.to = to;
	return t;
}

int format_time_lists_end(struct format_reader *r)
{
	const struct format_lists *l = &r->lists;
	uint32_t start, end = 0;
	struct bytes text = {NULL, 0};
	size_t n = 0;
	int rc = 0;

	if (l->texts == 1 && l->run < r->nruns && l->n[0] == l->n[1]) {
		text = r->runs[l->run].text;
		while (next_word(text, &start, &end))
			n++;
	}
	end = 0;
	for (size_t i = 0; rc == 0 && n == l->n[0] && i < n; i++) {
		struct timed t;

		(void)next_word(text, &start, &end);
		t = word_of(r, i, start, end);
		rc = format_runs_timed(r, &t);
	}
	format_time_lists_begin(r);
	return rc;
}

void format_time_free(struct format_reader *r)
{
	mem_free(r->timed);
	mem_free(r->lists.v[0]);
	mem_free(r->lists.v[1]);
}
