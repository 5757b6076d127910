/* Street addresses: number, words, a street's kind; then unit, town, ZIP. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "policy/redact/recognizer.h"

#define WORDS 5 /* between the number and the street's kind */

static unsigned roles(const struct word *w)
{
	return w == NULL ? 0 : w->roles;
}

/* Kinds that are other words too need capitals around. */
static bool plain_kind(const struct scan *s, uint32_t i, uint32_t end)
{
	static const char kinds[] =
		"street avenue ave road rd boulevard blvd lane ln parkway pkwy "
		"highway hwy terrace drive";

	return recognizer_check_in(kinds, (const char *)s->t + i, end - i);
}

/* Others, where the talk is of an address, a town stands behind, or sure. */
static bool told_kind(struct scan *s, uint32_t i, uint32_t end, bool sure)
{
	static const char kinds[] = "st dr ct pl cir way court circle place "
				    "trail square crescent close";

	return recognizer_check_in(kinds, (const char *)s->t + i, end - i) &&
	       (sure || recognizer_near(s, TOPIC_ADDRESS, i) ||
		recognizer_address_unit(s, end) > end ||
		recognizer_town(s, end, false) > end);
}

/* A word that may stand in a street's name: capital, ordinal, direction. */
static bool named(const struct scan *s, uint32_t i, uint32_t end)
{
	return is_upper(s->t[i]) || is_digit(s->t[i]) || s->t[i] >= 0x80 ||
	       (roles(scan_listed(s, i, end)->trigger) & ROLE_DIRECTION) != 0;
}

/* These bytes stand at i. */
static bool said(const struct scan *s, const char *what, uint32_t i)
{
	size_t n = strlen(what);

	return s->n - i >= n && memcmp(s->t + i, what, n) == 0;
}

/* "1100 h street", "555 el camino real", "1 los altos road". */
static bool inner(const struct scan *s, uint32_t i, uint32_t end)
{
	if (end - i == 1)
		return is_alpha(s->t[i]) &&
		       (said(s, " street", end) || said(s, " avenue", end));
	return recognizer_check_in("el los las", (const char *)s->t + i,
				   end - i);
}

static bool hardly(const struct scan *s, uint32_t i, uint32_t end)
{
	if (is_upper(s->t[i]) || inner(s, i, end))
		return false;
	return (roles(scan_listed(s, i, end)->common) & ROLE_FUNCTION) != 0 ||
	       ((roles(scan_listed(s, i, end)->trigger) &
		 (ROLE_UNIT | ROLE_DIRECTION)) == ROLE_UNIT &&
		!recognizer_check_in("old grand", (const char *)s->t + i,
				     end - i));
}

/* "El Camino Real", "the Embarcadero" need no other kind. */
static bool whole_name(const struct scan *s, uint32_t i, uint32_t end)
{
	static const char *const names[] = {"camino real", "embarcadero"};

	for (size_t k = 0; k < ARRAY_LEN(names); k++) {
		uint32_t n = (uint32_t)strlen(names[k]), m = 0;

		while (m < n && end >= i + n &&
		       (s->t[end - n + m] | 0x20) == (uint8_t)names[k][m])
			m++;
		if (m == n)
			return true;
	}
	return false;
}

/* "3317 bellflower way": a number of three digits and more, which ends before
 * i, and one word that is no other before the street's kind at end. */
static bool odd_name(const struct scan *s, uint32_t i, uint32_t end)
{
	for (uint32_t k = 2; k < 5; k++)
		if (i < k || !is_digit(s->t[i - k]))
			return false;
	return end > i + 4 && recognizer_joined_end(s, i) + 1 == end &&
	       !is_digit(s->t[i]) &&
	       recognizer_name_roles(s, i, end - 1) == 0 &&
	       roles(scan_listed(s, i, end - 1)->trigger) == 0;
}

/*
 * The street behind the number that ends at i: its end, or 0. *strong: every
 * word has a capital or is a number; *odd: some word is no common one. near:
 * the talk is of an address, so more lower-case words and kinds are believed.
 */
static uint32_t street(struct scan *s, uint32_t i, bool near, bool *strong,
		       bool *odd)
{
	uint32_t found = 0, first = i + 1;

	*strong = true;
	*odd = false;
	for (unsigned n = 0; n <= WORDS; n++) {
		uint32_t from = i + 1, end;
		unsigned r;

		if (scan_at(s, i) != ' ' || !is_word(scan_at(s, from)))
			return found;
		end = recognizer_joined_end(s, from);
		s->steps += end - from;
		r = roles(scan_listed(s, from, end)->trigger);
		if ((r & ROLE_SUFFIX) != 0 && (n > 0 || end - from >= 8) &&
		    (is_upper(s->t[from]) || near || plain_kind(s, from, end) ||
		     told_kind(s, from, end, odd_name(s, first, from)))) {
			found = end;
			*odd = *odd || plain_kind(s, from, end);
		} else if (whole_name(s, first, end)) {
			found = end;
			*odd = true;
		} else if (found != 0 || hardly(s, from, end)) {
			return found;
		} else {
			if (!named(s, from, end)) {
				*strong = false;
				if (n >= (near ? 4 : 2))
					return 0;
			}
			*odd = *odd || !is_lower(s->t[from]) ||
			       end - from == 1 ||
			       roles(scan_listed(s, from, end)->common) == 0;
		}
		i = end;
		if (scan_at(s, i) == '.' && scan_at(s, i + 1) == ' ' &&
		    end - from <= 4)
			i++; /* "St. Mary", "N. First" */
	}
	return found;
}

/* A direction behind the street: " NW", " Northeast". */
static uint32_t direction(const struct scan *s, uint32_t i)
{
	uint32_t from = scan_at(s, i) == '.' ? i + 2 : i + 1, end;

	if (from == i + 2 && scan_at(s, i + 1) != ' ')
		return i;
	if (from == i + 1 && scan_at(s, i) != ' ')
		return i;
	if (!is_upper(scan_at(s, from)))
		return i;
	end = recognizer_joined_end(s, from);
	return (roles(scan_listed(s, from, end)->trigger) & ROLE_DIRECTION) != 0
		       ? end
		       : i;
}

/* " 94043" or " 94043-1234" at i; else i. */
static uint32_t zip(const struct scan *s, uint32_t i)
{
	uint32_t j = i + 1, end;

	if (scan_at(s, i) != ' ')
		return i;
	for (end = j; end < j + 6 && is_digit(scan_at(s, end));)
		end++;
	if (end != j + 5)
		return i;
	if (scan_at(s, end) == '-' && is_digit(scan_at(s, end + 1)))
		end = recognizer_joined_end(s, j);
	return end;
}

/* ", Mountain View, CA 94043" behind the street: up to four words with
 * capitals, then a state or a ZIP code; else i. */
static uint32_t town(struct scan *s, uint32_t i)
{
	uint32_t j = i, end;

	for (unsigned n = 0; n < 5; n++) {
		if (scan_at(s, j) == ',')
			j++;
		if (scan_at(s, j) != ' ' || !is_upper(scan_at(s, j + 1)))
			return i;
		end = recognizer_joined_end(s, j + 1);
		if (n > 0 && end - j == 3 && is_upper(s->t[j + 2]))
			return zip(s, end);
		j = end;
		if (n > 0 && zip(s, j) != j)
			return zip(s, j);
	}
	return i;
}

/* Where the talk is of an address, two to five words with capitals are one
 * whatever the street's kind: "34 Rue Jean Mermoz". The end, or 0. */
static uint32_t told(struct scan *s, uint32_t i)
{
	unsigned n = 0;

	for (; n < WORDS && scan_at(s, i) == ' ' && is_upper(scan_at(s, i + 1));
	     n++) {
		uint32_t end = recognizer_joined_end(s, i + 1);

		if (hardly(s, i + 1, end))
			break;
		s->steps += end - i;
		i = end;
	}
	return n >= 2 ? i : 0;
}

/* ", Brooklyn" or ", 75008" behind a street that was asked for or announced,
 * up to the end of the clause; else i. */
static uint32_t place(const struct scan *s, uint32_t i)
{
	uint32_t end = i + 2;

	if (scan_at(s, i) != ',' || scan_at(s, i + 1) != ' ')
		return i;
	if (is_digit(scan_at(s, end))) {
		end = recognizer_joined_end(s, end);
		return end - i >= 6 && end - i <= 8 ? end : i;
	}
	while (is_upper(scan_at(s, end))) {
		uint32_t stop = recognizer_joined_end(s, end);
		uint8_t c = scan_at(s, stop);

		if (hardly(s, end, stop))
			return i;
		if (c != ' ')
			return c == '.' || c == ',' || c == 0 ? stop : i;
		end = stop + 1;
	}
	return scan_at(s, end - 1) == ' ' && end > i + 3 ? end - 1 : i;
}

/* Right behind a number's first group: a letter, or "-30" of a range. */
static uint32_t house(const struct scan *s, const struct cluster *c)
{
	uint32_t end = c->end[0];

	if (c->n > 1 && c->sep[0] == '-' && c->digits[1] <= 5)
		end = c->end[1];
	if (is_alpha(scan_at(s, end)) && !is_word(scan_at(s, end + 1)))
		end++;
	else if (is_alpha(scan_at(s, end)) && said(s, "bis ", end))
		end += 3;
	else if (said(s, " and a half ", end))
		end += 11;
	return is_word(scan_at(s, end)) ? 0 : end;
}

uint32_t recognizer_address_box(struct scan *s, const struct cluster *c)
{
	uint32_t start = recognizer_address_post(s, c->start[0]),
		 end = c->end[0];

	if (start == c->start[0] || is_word(scan_at(s, end)))
		return 0;
	end = town(s, end) > end ? town(s, end) : recognizer_town(s, end, true);
	recognizer_hit(s, start, end, ENTITY_STREET_ADDRESS, RULE_ADDRESS_BOX,
		       85);
	return end;
}

/* "2 way street", "4 lane highway": the word at i says how many. */
static bool is_lane(const struct scan *s, uint32_t i)
{
	return said(s, "way ", i) || said(s, "lane ", i) ||
	       said(s, "story ", i);
}

/* Nothing more of the address, or a unit or town. */
static bool is_done(struct scan *s, uint32_t i)
{
	return recognizer_clause_over(s, i) ||
	       recognizer_address_unit(s, i) > i ||
	       recognizer_town(s, i, false) > i;
}

/* "14th", "3rd". */
static bool is_ordinal(const struct scan *s, uint32_t i, uint32_t end)
{
	return end - i >= 3 && is_digit(s->t[i]) &&
	       recognizer_word_in(s, "st nd rd th", end - 2, end);
}

/* A town with its ZIP code stands behind, or, where the number opens what is
 * said, one that ends the clause; not "I found 6 therapists in Santa Rosa",
 * and "at 24660" has none. */
static bool before_town(struct scan *s, uint32_t i, bool opens)
{
	uint32_t end = recognizer_town(s, i, false), code = end, word;

	if (end == i || !is_digit(s->t[end - 1]))
		return end > i && opens && recognizer_clause_over(s, end);
	while (code > i && s->t[code - 1] != ' ')
		code--;
	word = recognizer_before(s, code);
	return word == code ||
	       !recognizer_word_in(s, "at in on to for of by from", word,
				   code - 1);
}

/* A street without its kind: "2210 n halsted", "200 w 20th", "88 pecan apt 3":
 * it has a direction or a unit. Its end, or 0. */
static uint32_t kindless(struct scan *s, uint32_t i, bool near, bool opens)
{
	bool turned = false;

	for (unsigned n = 0; n < 3 && scan_at(s, i) == ' '; n++) {
		uint32_t end = recognizer_joined_end(s, i + 1);

		s->steps += end - i;
		if (end == i + 1 || hardly(s, i + 1, end))
			return 0;
		if (near && n < 2 && before_town(s, end, opens))
			return end;
		if (n == 0 && (roles(scan_listed(s, i + 1, end)->trigger) &
			       ROLE_DIRECTION) != 0) {
			turned = true;
		} else {
			bool other =
				end - i > 3 &&
				(is_alpha(s->t[i + 1]) ||
				 !is_digit(s->t[end - 1])) &&
				roles(scan_listed(s, i + 1, end)->common) ==
					0 &&
				roles(scan_listed(s, i + 1, end)->trigger) == 0;

			if (turned && (is_ordinal(s, i + 1, end) ||
				       recognizer_address_unit(s, end) > end))
				return end;
			if (other && ((turned && is_done(s, end)) ||
				      recognizer_address_unit(s, end) > end))
				return end;
		}
		i = end;
	}
	return 0;
}

/* The street behind the number that ends at i, its units and the town; 0. */
static uint32_t behind(struct scan *s, uint32_t i, bool near, bool opens,
		       bool *strong)
{
	bool odd;
	uint32_t stop = street(s, i, near || opens, strong, &odd), end;

	if (!near && stop != 0 && is_lane(s, i + 1))
		stop = 0;
	if (!near && !odd)
		stop = 0;
	if (stop == 0 && near)
		stop = told(s, i);
	if (stop == 0 && opens)
		stop = recognizer_address_answer(s, i);
	if (stop == 0 && (near || opens))
		stop = kindless(s, i, near, opens);
	if (stop == 0)
		return 0;
	stop = recognizer_address_unit(s, direction(s, stop));
	end = town(s, stop);
	if (end == stop && scan_at(s, stop) == '.')
		end = town(s, stop + 1) == stop + 1 ? stop : town(s, stop + 1);
	if (end == stop && near)
		end = place(s, stop);
	return end == stop ? recognizer_town(s, stop, near || opens) : end;
}

/* A street's name may follow the number that ends at i: most are "5 minutes",
 * "12 of" and go no further. */
static bool may_follow(const struct scan *s, uint32_t i)
{
	uint32_t from = i + (scan_at(s, i) == ',' ? 2 : 1);

	if (scan_at(s, from - 1) != ' ' || !is_word(scan_at(s, from)))
		return false;
	if (from == i + 2)
		return strchr("rvjiqu", s->t[from] | 0x20) != NULL;
	return !hardly(s, from, recognizer_joined_end(s, from));
}

uint32_t recognizer_address(struct scan *s, const struct cluster *c)
{
	uint32_t end = c->digits[0] > 6 || c->plus ? 0 : house(s, c);
	bool strong = true, near, opens,
	     asked = (s->asked >> TOPIC_ADDRESS & 1) != 0 || s->told ||
		     s->house_at != 0;
	uint32_t start, stop;
	unsigned score;

	if (end == 0 || (!asked && !may_follow(s, end)))
		return 0;
	near = recognizer_near(s, TOPIC_ADDRESS, c->start[0]);
	start = recognizer_address_flat(s, c->start[0]);
	opens = recognizer_address_opens(s, start);
	stop = recognizer_address_abroad(s, end, near || opens);
	if (stop == 0 && scan_at(s, end) == ' ')
		stop = behind(s, end, near, opens, &strong);
	if (stop == 0)
		stop = recognizer_street_wards(s, end);
	if (stop == 0 && recognizer_address_before(s, start, end) < start) {
		start = recognizer_address_before(s, start, end);
		stop = recognizer_street_town(s, end);
		stop = stop > end ? stop : recognizer_town(s, end, true);
	}
	if (stop == 0 && recognizer_address_house(s, c->start[0], end))
		stop = end;
	if (stop == 0)
		return 0;
	s->place |= ROLE_STREET;
	score = strong ? 80 : 60;
	recognizer_hit(s, start, stop, ENTITY_STREET_ADDRESS,
		       RULE_ADDRESS_STREET, near || opens ? score + 10 : score);
	return stop;
}
