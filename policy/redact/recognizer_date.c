/* Dates: numeric, ISO time stamps, and worded ones around a month's name. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "policy/redact/recognizer.h"

#define FULL_YEAR 85 /* score of a date whose year has four digits */

static unsigned value(const struct scan *s, uint32_t i, uint32_t end)
{
	unsigned v = 0;

	for (; i < end && v < 100000; i++)
		v = v * 10 + (unsigned)(s->t[i] - '0');
	return v;
}

static unsigned group(const struct scan *s, const struct cluster *c, unsigned g)
{
	return value(s, c->start[g], c->end[g]);
}

static uint32_t digits_end(const struct scan *s, uint32_t i, unsigned most)
{
	uint32_t end = i;

	while (end < i + most && is_digit(scan_at(s, end)))
		end++;
	return end;
}

static void hit_of(struct scan *s, uint32_t start, uint32_t end, unsigned rule,
		   unsigned score, bool birth)
{
	birth = birth || recognizer_near(s, TOPIC_BIRTH, start);
	recognizer_hit(s, start, end,
		       birth ? ENTITY_DATE_OF_BIRTH : ENTITY_DATE_TIME, rule,
		       birth ? score + 10 : score);
}

static void hit(struct scan *s, uint32_t start, uint32_t end, unsigned rule,
		unsigned score)
{
	hit_of(s, start, end, rule, score, false);
}

/* "+02:00", "-0500", "Z" behind a time. */
static uint32_t zone(const struct scan *s, uint32_t i)
{
	uint8_t c = scan_at(s, i);
	uint32_t j = i + 1;

	if (c == 'Z' && !is_word(scan_at(s, j)))
		return j;
	if ((c != '+' && c != '-') || digits_end(s, j, 2) != j + 2)
		return i;
	j += 2;
	if (scan_at(s, j) == ':' && digits_end(s, j + 1, 2) == j + 3)
		return j + 3;
	return digits_end(s, j, 2);
}

static uint32_t half_day(const struct scan *s, uint32_t i)
{
	uint32_t j = scan_at(s, i) == ' ' ? i + 1 : i;
	uint8_t c = scan_at(s, j) | 0x20;

	if ((c != 'a' && c != 'p') || (scan_at(s, j + 1) | 0x20) != 'm' ||
	    is_word(scan_at(s, j + 2)))
		return i;
	return j + 2;
}

/* " 12:34:56.789Z", "T12:34", ", 5:30 pm" behind a date at i; else i. */
static uint32_t clock(const struct scan *s, uint32_t i)
{
	uint32_t j = i, h;

	if (scan_at(s, j) == ',')
		j++;
	if (scan_at(s, j) == ' ' || scan_at(s, j) == 'T' ||
	    scan_at(s, j) == 't' || scan_at(s, j) == '_')
		j++;
	h = digits_end(s, j, 2);
	if (j == i || h == j || scan_at(s, h) != ':' ||
	    digits_end(s, h + 1, 2) != h + 3)
		return i;
	j = h + 3;
	if (scan_at(s, j) == ':' && digits_end(s, j + 1, 2) == j + 3)
		j += 3;
	if ((scan_at(s, j) == '.' || scan_at(s, j) == ',') &&
	    is_digit(scan_at(s, j + 1)))
		j = digits_end(s, j + 1, 9);
	h = zone(s, j);
	return h != j ? h : half_day(s, j);
}

static bool year(unsigned y)
{
	return y >= 1850 && y <= 2199;
}

static bool day_month(unsigned a, unsigned b)
{
	return a >= 1 && b >= 1 && a <= 31 && b <= 31 && (a <= 12 || b <= 12);
}

/* Groups are year-month-day; "2024-05-06T..." has a letter glued behind. */
static bool is_iso(const struct scan *s, const struct cluster *c)
{
	unsigned month = group(s, c, 1), day = group(s, c, 2);

	return c->digits[0] == 4 && c->digits[1] <= 2 && c->digits[2] <= 2 &&
	       year(group(s, c, 0)) && month >= 1 && month <= 12 && day >= 1 &&
	       day <= 31;
}

static unsigned numeric_score(const struct scan *s, const struct cluster *c)
{
	unsigned y = c->digits[2];

	if (c->digits[0] > 2 || c->digits[1] > 2 ||
	    !day_month(group(s, c, 0), group(s, c, 1)))
		return 0;
	if (y == 4)
		return year(group(s, c, 2)) ? FULL_YEAR : 0;
	if (y != 2)
		return 0;
	return c->sep[0] == '/' ? 75 : 55;
}

/* "12/27" and "05/14" where the talk is of expiry or birth. */
static uint32_t two_groups(struct scan *s, const struct cluster *c)
{
	uint32_t end = c->end[1];
	unsigned a = group(s, c, 0), b = group(s, c, 1);

	if (c->sep[0] != '/' || c->digits[0] > 2 ||
	    (c->start[0] > 0 && s->t[c->start[0] - 1] == '/') ||
	    is_word(scan_at(s, end)))
		return 0;
	if (recognizer_near(s, TOPIC_EXPIRY, c->start[0]) && a >= 1 &&
	    a <= 12 && (c->digits[1] == 2 || c->digits[1] == 4)) {
		recognizer_hit(s, c->start[0], end, ENTITY_CARD_EXPIRY,
			       RULE_DATE_NUMERIC, 80);
		return end;
	}
	if (c->digits[1] == 4 && a >= 1 && a <= 12 && year(b)) {
		hit(s, c->start[0], end, RULE_DATE_NUMERIC, 60);
		return end;
	}
	if (c->digits[1] > 2 || !day_month(a, b) ||
	    !recognizer_near(s, TOPIC_BIRTH, c->start[0]))
		return 0;
	hit(s, c->start[0], end, RULE_DATE_NUMERIC, 60);
	return end;
}

uint32_t recognizer_date_numeric(struct scan *s, const struct cluster *c)
{
	uint8_t sep = c->sep[0];
	unsigned score = 0;
	bool name = sep == '_' && s->run->kind == RUN_NAME;
	bool iso;
	uint32_t end, time;

	if (sep != '/' && sep != '-' && sep != '.' && !name &&
	    (sep != ' ' || (s->asked >> TOPIC_BIRTH & 1) == 0))
		return 0; /* "4 17 91" was asked for */
	if (c->n == 2)
		return two_groups(s, c);
	if (c->n < 3 || c->sep[1] != sep)
		return 0;
	iso = is_iso(s, c);
	if (c->sep[2] == sep && !iso)
		return 0;
	score = iso ? 90 : numeric_score(s, c);
	end = c->end[2];
	time = clock(s, end);
	if (score == 0 || (name && score < FULL_YEAR) ||
	    (time == end && is_word(scan_at(s, end))))
		return 0;
	hit(s, c->start[0], time, iso ? RULE_DATE_ISO : RULE_DATE_NUMERIC,
	    score);
	return time;
}

/* "th" of an ordinal behind a number, German "8.", Spanish "8º". */
static uint32_t suffix(const struct scan *s, uint32_t i)
{
	static const char *const endings[] = {"st", "nd", "rd", "th"};
	uint8_t a = scan_at(s, i) | 0x20, b = scan_at(s, i + 1) | 0x20;

	for (size_t k = 0; k < ARRAY_LEN(endings); k++)
		if (a == (uint8_t)endings[k][0] &&
		    b == (uint8_t)endings[k][1] && !is_word(scan_at(s, i + 2)))
			return i + 2;
	return i;
}

/* Behind "of ", "de ", "del ", "năm " at i; else i. */
static uint32_t linked(const struct scan *s, uint32_t i)
{
	static const char *const words[] = {"of ", "de ", "del ", "năm "};

	if (!recognizer_check_may("o d n", scan_at(s, i)))
		return i; /* most words */
	for (size_t k = 0; k < ARRAY_LEN(words); k++) {
		size_t n = strlen(words[k]);

		if (i < s->n && s->n - i > n &&
		    memcmp(s->t + i, words[k], n) == 0)
			return i + (uint32_t)n;
	}
	return i;
}

/* "tháng 3" at i: its end, or 0. */
static uint32_t month_number(const struct scan *s, uint32_t i)
{
	static const char word[] = "tháng ";
	uint32_t n = sizeof(word) - 1, end;

	if (i >= s->n || s->n - i <= n || memcmp(s->t + i, word, n) != 0)
		return 0;
	end = digits_end(s, i + n, 2);
	return end > i + n && !is_word(scan_at(s, end)) &&
			       value(s, i + n, end) >= 1 &&
			       value(s, i + n, end) <= 12
		       ? end
		       : 0;
}

static const struct word *trigger(const struct scan *s, uint32_t i,
				  uint32_t *end)
{
	*end = i;
	while (*end < s->n && *end < i + 16 && is_word(s->t[*end]))
		(*end)++;
	return scan_listed(s, i, *end)->trigger;
}

/* "2019", ", 2019", " of 2019", "'19" behind a date at i; else i. */
static uint32_t year_behind(const struct scan *s, uint32_t i)
{
	uint32_t j = i, end;

	if (scan_at(s, j) == ',' || scan_at(s, j) == '.')
		j++;
	if (scan_at(s, j) == ' ' || scan_at(s, j) == '-' ||
	    scan_at(s, j) == '/')
		j++;
	j = linked(s, j);
	if (j > i && scan_at(s, j) == '\'' && digits_end(s, j + 1, 3) == j + 3)
		return j + 3;
	end = digits_end(s, j, 5);
	if (j > i && end == j + 2 && !is_word(scan_at(s, end)) &&
	    (recognizer_near(s, TOPIC_BIRTH, i) || recognizer_date_old(s, j)))
		return end; /* "June tenth 82" of a birthday */
	if (j == i || end != j + 4 || is_word(scan_at(s, end)) ||
	    !year(value(s, j, end)))
		return i;
	return end;
}

/* A word that is often no month needs a capital. */
static bool vague(const struct scan *s, uint32_t i, uint32_t end)
{
	return (end - i == 3 || end - i == 5) && is_lower(s->t[i]) &&
	       s->t[i] == 'm';
}

/* A spelled ordinal at i: "eighth", "twenty first"; its end, or i. */
static uint32_t spelled(const struct scan *s, uint32_t i)
{
	uint32_t end, next;
	const struct word *w = trigger(s, i, &end), *v;

	if (w == NULL || (w->roles & ROLE_ORDINAL) == 0)
		return i;
	if (scan_at(s, end) != ' ' && scan_at(s, end) != '-')
		return end;
	v = trigger(s, end + 1, &next);
	return v != NULL && (v->roles & ROLE_ORDINAL) != 0 && v->number < 10
		       ? next
		       : end;
}

/* The day behind a month at i: " 8", " 8th", " the 8th", " eighth"; else i. */
static uint32_t day_behind(const struct scan *s, uint32_t i, bool *ordinal)
{
	uint32_t j = scan_at(s, i) == '.' ? i + 1 : i, end;
	unsigned day;

	if (scan_at(s, j) != ' ' && scan_at(s, j) != '-')
		return i;
	j++;
	if (j + 4 < s->n && memcmp(s->t + j, "the ", 4) == 0)
		j += 4;
	*ordinal = true;
	end = spelled(s, j);
	if (end != j)
		return end;
	end = digits_end(s, j, 3);
	day = value(s, j, end);
	j = suffix(s, end);
	*ordinal = j != end;
	if (day < 1 || day > 31 || is_word(scan_at(s, j)) ||
	    scan_at(s, j) == ':')
		return i;
	if (scan_at(s, j) == '.' && is_digit(scan_at(s, j + 1)))
		return i;
	return j;
}

/* "third of " before the month at i: where the ordinal begins, or i. */
static uint32_t ordinal_before(const struct scan *s, uint32_t i)
{
	uint32_t end = s->ordinal_end;

	if (end == 0 || end >= i)
		return i;
	if (i - end == 1 ||
	    (i - end == 4 && memcmp(s->t + end, " of ", 4) == 0))
		return s->ordinal;
	return i;
}

uint32_t recognizer_date_month(struct scan *s, uint32_t i, uint32_t end)
{
	bool ordinal = false;
	uint32_t whole = recognizer_date_whole(s, end);
	uint32_t start = ordinal_before(s, i);
	uint32_t day = start == i ? day_behind(s, end, &ordinal) : end;
	uint32_t stop = year_behind(s, day), time;
	bool dayless = start == i && day == end;

	if (whole != 0) {
		hit_of(s, i, whole, RULE_DATE_WORDED, 85, false);
		return whole;
	}
	if (dayless && stop == end)
		return 0;
	if (vague(s, i, end) && start == i && !ordinal && stop == day)
		return 0;
	if (dayless && vague(s, i, end))
		return 0;
	time = stop == day ? recognizer_date_year(s, stop) : stop;
	if (time == stop)
		time = clock(s, stop);
	hit_of(s, start, time, RULE_DATE_WORDED, dayless ? 65 : 85,
	       stop == day + 3 && !dayless && recognizer_date_old(s, stop - 2));
	return time;
}

/* A month behind the day at j: "8 March", "8th of March", "8. März", "8 de
 * marzo"; the end of its name, or 0. */
static uint32_t month_behind(const struct scan *s, uint32_t j)
{
	uint32_t end;
	const struct word *w;

	if (scan_at(s, j) == '.')
		j++;
	if (scan_at(s, j) != ' ' && scan_at(s, j) != '-')
		return 0;
	j++;
	end = month_number(s, j);
	if (end != 0)
		return end;
	j = linked(s, j);
	if (!is_word(scan_at(s, j)) || is_digit(scan_at(s, j)))
		return 0;
	w = trigger(s, j, &end);
	return w != NULL && (w->roles & ROLE_MONTH) != 0 ? end : 0;
}

uint32_t recognizer_date_day(struct scan *s, const struct cluster *c)
{
	uint32_t end = suffix(s, c->end[0]), month, stop;
	unsigned day = group(s, c, 0);

	if (day < 1 || day > 31 ||
	    (end == c->end[0] && is_word(scan_at(s, end))))
		return 0;
	month = month_behind(s, end);
	if (month == 0)
		return 0;
	stop = year_behind(s, month);
	if (stop == month)
		stop = recognizer_date_year(s, month);
	stop = clock(s, stop);
	hit(s, c->start[0], stop, RULE_DATE_WORDED, 85);
	return stop;
}
