/* Typed getters over the YAML tree: one spelling for each kind of value. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "policy/load_yaml.h"

#include <errno.h>
#include <stdio.h>

#include "policy/near.h"

static const char *kind_words(enum yaml_kind kind)
{
	static const char *const words[] = {"a single value", "a list",
					    "a map (key: value)"};

	return words[kind];
}

/* What stands there, for the end of a complaint. */
static const char *found_words(const struct yaml_node *n)
{
	if (n->kind == YAML_SCALAR && n->text.n == 0 && !n->quoted)
		return "nothing";
	return kind_words(n->kind);
}

const struct yaml_node *yaml_get(const struct yaml_node *map, const char *key)
{
	if (map == NULL || map->kind != YAML_MAP)
		return NULL;
	for (const struct yaml_node *c = map->child; c != NULL; c = c->next)
		if (bytes_is(c->key->text, key))
			return c;
	return NULL;
}

int yaml_need(const struct yaml_node *map, const char *key,
	      const struct yaml_node **out, struct err *e)
{
	*out = yaml_get(map, key);
	if (*out == NULL)
		return yaml_fail(map, e, "key \"%s\" is missing here", key);
	return 0;
}

int yaml_expect(const struct yaml_node *n, enum yaml_kind kind, struct err *e)
{
	const struct yaml_node *key = n->key;

	if (n->kind == kind)
		return 0;
	if (key == NULL)
		return yaml_fail(n, e, "expected %s, found %s",
				 kind_words(kind), found_words(n));
	return yaml_fail(n, e, "\"%s\" must be %s, found %s",
			 yaml_shown(key->text).s, kind_words(kind),
			 found_words(n));
}

static int unknown_key(const struct yaml_node *key, const char *const allowed[],
		       size_t n, struct err *e)
{
	const char *near = near_word(key->text, allowed, n);
	char list[400] = "";
	size_t at = 0;

	if (near != NULL)
		return yaml_fail(key, e,
				 "unknown key \"%s\"; did you mean \"%s\"?",
				 yaml_shown(key->text).s, near);
	for (size_t i = 0; i < n && at < sizeof(list) - 40; i++)
		at += (size_t)snprintf(list + at, sizeof(list) - at, "%s%.30s",
				       i == 0 ? "" : ", ", allowed[i]);
	return yaml_fail(key, e, "unknown key \"%s\"; keys here: %s",
			 yaml_shown(key->text).s, list);
}

int yaml_expect_keys(const struct yaml_node *map, const char *const allowed[],
		     size_t n, struct err *e)
{
	int rc = yaml_expect(map, YAML_MAP, e);

	if (rc != 0)
		return rc;
	for (const struct yaml_node *c = map->child; c != NULL; c = c->next) {
		bool known = false;

		for (size_t i = 0; i < n && !known; i++)
			known = bytes_is(c->key->text, allowed[i]);
		if (!known)
			return unknown_key(c->key, allowed, n, e);
	}
	return 0;
}

/* A scalar's complaint: "quota": what was expected, what was found. */
static int bad_value(const struct yaml_node *n, struct err *e, const char *want)
{
	struct yaml_shown word = yaml_shown(n->text);
	char key[80] = "", found[100];

	if (n->key != NULL)
		snprintf(key, sizeof(key),
			 "\"%s\": ", yaml_shown(n->key->text).s);
	if (n->kind != YAML_SCALAR || (n->text.n == 0 && !n->quoted))
		snprintf(found, sizeof(found), "%s", found_words(n));
	else
		snprintf(found, sizeof(found), "%s\"%s\"",
			 n->quoted ? "the text " : "", word.s);
	return yaml_fail(n, e, "%sexpected %s, found %s", key, want, found);
}

int yaml_string(const struct yaml_node *n, const char **out, struct err *e)
{
	if (n->kind != YAML_SCALAR || n->text.n == 0)
		return bad_value(n, e, "a word or text");
	*out = (const char *)n->text.p;
	return 0;
}

static bool name_char(uint8_t c, bool first)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
	       (c >= '0' && c <= '9') || c == '_' ||
	       (!first && (c == '-' || c == '.'));
}

bool yaml_name_ok(struct bytes b)
{
	if (b.n == 0 || b.n > 64)
		return false;
	for (size_t i = 0; i < b.n; i++)
		if (!name_char(b.p[i], i == 0))
			return false;
	return true;
}

int yaml_name(const struct yaml_node *n, const char **out, struct err *e)
{
	if (n->kind != YAML_SCALAR || !yaml_name_ok(n->text))
		return bad_value(n, e,
				 "a name (1 to 64 of A-Z a-z 0-9 _ - .,"
				 " beginning with a letter, digit or _)");
	*out = (const char *)n->text.p;
	return 0;
}

int yaml_strings(const struct yaml_node *n, struct arena *a,
		 const char *const **out, size_t *count, struct err *e)
{
	const struct yaml_node *c = n->kind == YAML_SEQ ? n->child : n;
	size_t want = n->kind == YAML_SEQ ? n->count : 1;
	const char **v = arena_array(a, want + 1, sizeof(*v));

	if (v == NULL)
		return err_nomem(e);
	for (size_t i = 0; i < want; i++, c = c->next) {
		int rc = yaml_string(c, &v[i], e);

		if (rc != 0)
			return rc;
	}
	*out = v;
	*count = want;
	return 0;
}

/* Leading digits of b; how many bytes they take, 0 when none or too large. */
static size_t digits(struct bytes b, uint64_t *out)
{
	uint64_t v = 0;
	size_t i = 0;

	for (; i < b.n && b.p[i] >= '0' && b.p[i] <= '9'; i++)
		if (__builtin_mul_overflow(v, 10u, &v) ||
		    __builtin_add_overflow(v, b.p[i] - (unsigned)'0', &v))
			return 0;
	*out = v;
	return i;
}

static bool plain(const struct yaml_node *n)
{
	return n->kind == YAML_SCALAR && !n->quoted;
}

int yaml_uint(const struct yaml_node *n, uint64_t max, uint64_t *out,
	      struct err *e)
{
	char want[64];
	size_t got = plain(n) ? digits(n->text, out) : 0;

	if (got != 0 && got == n->text.n && *out <= max &&
	    (n->text.p[0] != '0' || got == 1))
		return 0;
	*out = 0;
	snprintf(want, sizeof(want), "a whole number up to %llu",
		 (unsigned long long)max);
	return bad_value(n, e, want);
}

int yaml_bool(const struct yaml_node *n, bool *out, struct err *e)
{
	*out = plain(n) && bytes_is(n->text, "true");
	if (*out || (plain(n) && bytes_is(n->text, "false")))
		return 0;
	return bad_value(n, e, "true or false");
}

int yaml_percent(const struct yaml_node *n, uint8_t *out, struct err *e)
{
	struct bytes t = plain(n) ? n->text : bytes_str("");
	unsigned v = t.n > 0 && t.p[0] == '1' ? 100 : 0;
	bool ok = t.n > 0 && (t.p[0] == '0' || t.p[0] == '1') && t.n != 2 &&
		  t.n <= 4 && (t.n == 1 || t.p[1] == '.');

	for (size_t i = 2; ok && i < t.n; i++) {
		ok = t.p[i] >= '0' && t.p[i] <= '9';
		v += (t.p[i] - (unsigned)'0') * (i == 2 ? 10 : 1);
	}
	if (!ok || v > 100)
		return bad_value(
			n, e, "a number from 0 to 1 with at most two decimals");
	*out = (uint8_t)v;
	return 0;
}

struct unit {
	const char *name;
	uint64_t factor;
};

static bool with_unit(const struct yaml_node *n, const struct unit *units,
		      size_t nunits, uint64_t *out)
{
	size_t got = plain(n) ? digits(n->text, out) : 0;
	struct bytes rest;

	if (got == 0)
		return false;
	rest = bytes_sub(n->text, got, SIZE_MAX);
	for (size_t i = 0; i < nunits; i++)
		if (bytes_is(rest, units[i].name))
			return !__builtin_mul_overflow(*out, units[i].factor,
						       out) &&
			       *out <= INT64_MAX;
	return false;
}

int yaml_size(const struct yaml_node *n, uint64_t *out, struct err *e)
{
	static const struct unit units[] = {{"", 1},
					    {"KiB", 1u << 10},
					    {"MiB", 1u << 20},
					    {"GiB", 1u << 30},
					    {"TiB", 1ull << 40}};

	if (with_unit(n, units, ARRAY_LEN(units), out))
		return 0;
	return bad_value(n, e, "a size such as 512, 64KiB, 200MiB or 2GiB");
}

int yaml_duration(const struct yaml_node *n, uint64_t *out, struct err *e)
{
	static const struct unit units[] = {
		{"s", 1}, {"m", 60}, {"h", 3600}, {"d", 86400}};

	if (with_unit(n, units, ARRAY_LEN(units), out))
		return 0;
	return bad_value(n, e, "a duration such as 90s, 30m, 8h or 7d");
}

/* "9999-99-99T99:99:99Z" with digits for nines, of one of three lengths. */
static bool date_shape(struct bytes t)
{
	static const char shape[] = "9999-99-99T99:99:99Z";

	if (t.n != 10 && t.n != 17 && t.n != 20)
		return false;
	for (size_t i = 0; i < t.n; i++) {
		char want = t.n == 17 && i == 16 ? 'Z' : shape[i];
		bool digit = t.p[i] >= '0' && t.p[i] <= '9';

		if (want == '9' ? !digit : t.p[i] != (uint8_t)want)
			return false;
	}
	return true;
}

static int64_t number_at(struct bytes t, size_t at, size_t n)
{
	int64_t v = 0;

	for (size_t i = at; i < at + n && at + n <= t.n; i++)
		v = v * 10 + (t.p[i] - '0');
	return v;
}

static int64_t month_days(int64_t y, int64_t m)
{
	static const int8_t days[] = {31, 28, 31, 30, 31, 30,
				      31, 31, 30, 31, 30, 31};
	bool leap = y % 4 == 0 && (y % 100 != 0 || y % 400 == 0);

	return m == 2 && leap ? 29 : days[m - 1];
}

/* Days from 1970-01-01: years begin in March, eras of 400 years. */
static int64_t day_number(int64_t y, int64_t m, int64_t d)
{
	int64_t era, yoe, doy;

	y -= m <= 2;
	era = y / 400;
	yoe = y - era * 400;
	doy = (153 * (m + (m > 2 ? -3 : 9)) + 2) / 5 + d - 1;
	return era * 146097 + yoe * 365 + yoe / 4 - yoe / 100 + doy - 719468;
}

int yaml_date(const struct yaml_node *n, int64_t *out, struct err *e)
{
	struct bytes t = n->text;
	bool ok = n->kind == YAML_SCALAR && date_shape(t);
	int64_t y = 0, m = 0, d = 0, hour = 0, min = 0, sec = 0;

	if (ok) {
		y = number_at(t, 0, 4);
		m = number_at(t, 5, 2);
		d = number_at(t, 8, 2);
		hour = number_at(t, 11, 2);
		min = number_at(t, 14, 2);
		sec = t.n == 20 ? number_at(t, 17, 2) : 0;
		ok = y >= 1970 && m >= 1 && m <= 12 && d >= 1 && hour <= 23 &&
		     min <= 59 && sec <= 59 && d <= month_days(y, m);
	}
	if (!ok)
		return bad_value(n, e,
				 "a date such as 2026-12-31 or a moment "
				 "(UTC) such as 2026-12-01T10:00Z");
	*out = day_number(y, m, d) * 86400 + hour * 3600 + min * 60 + sec;
	return 0;
}

int yaml_choice(const struct yaml_node *n, const char *const words[],
		size_t nwords, size_t *out, struct err *e)
{
	const char *near = NULL;
	char want[300] = "";
	size_t at = 0;

	for (size_t i = 0; n->kind == YAML_SCALAR && i < nwords; i++) {
		if (bytes_is(n->text, words[i])) {
			*out = i;
			return 0;
		}
	}
	for (size_t i = 0; i < nwords && at < sizeof(want) - 40; i++)
		at += (size_t)snprintf(
			want + at, sizeof(want) - at, "%s%.30s",
			i == 0 ? "" : (i + 1 < nwords ? ", " : " or "),
			words[i]);
	if (n->kind == YAML_SCALAR)
		near = near_word(n->text, words, nwords);
	if (near == NULL || nwords == 1)
		return bad_value(n, e, want);
	return yaml_fail(n, e,
			 "unknown value \"%s\"; did you mean \"%s\"? (it "
			 "is %s)",
			 yaml_shown(n->text).s, near, want);
}
