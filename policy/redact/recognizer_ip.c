/* Network addresses: IPv4, IPv6, MAC. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "policy/redact/recognizer.h"

static bool octet(const struct scan *s, const struct cluster *c, unsigned g)
{
	const uint8_t *p = s->t + c->start[g];
	unsigned n = c->digits[g], v = 0;

	for (unsigned i = 0; i < n && i < 4; i++)
		v = v * 10 + (unsigned)(p[i] - '0');
	return n <= 3 && v <= 255 && (n == 1 || p[0] != '0');
}

/* "v1.2.3.4", "version 1.2.3.4", "section 1.2.3.4" are no addresses. */
static bool versioned(const struct scan *s, uint32_t i)
{
	uint32_t at = s->topic_at[TOPIC_ITEM];

	return at != 0 && at - 1 < i && i - (at - 1) <= 2;
}

/* ":8080" or "/24" behind. */
static uint32_t port(const struct scan *s, uint32_t i)
{
	uint32_t j = i + 1;

	if (scan_at(s, i) != ':' && scan_at(s, i) != '/')
		return i;
	while (j < i + 6 && is_digit(scan_at(s, j)))
		j++;
	return j > i + 1 && !is_word(scan_at(s, j)) ? j : i;
}

uint32_t recognizer_ipv4(struct scan *s, const struct cluster *c)
{
	uint32_t end = c->end[3];

	for (unsigned g = 0; g < 4; g++)
		if (!octet(s, c, g) || (g < 3 && c->sep[g] != '.'))
			return 0;
	if (c->sep[3] == '.' || is_word(scan_at(s, end)) ||
	    versioned(s, c->start[0]))
		return 0;
	if (c->start[0] > 1 && s->t[c->start[0] - 1] == '.' &&
	    is_digit(s->t[c->start[0] - 2]))
		return 0;
	recognizer_hit(s, c->start[0], end, ENTITY_IP_ADDRESS, RULE_IP_V4, 90);
	return port(s, end);
}

static bool is_hex(uint8_t c)
{
	return is_digit(c) || (uint8_t)((c | 0x20) - 'a') < 6;
}

/* What a chain of hex groups and colons holds. */
struct groups {
	unsigned n, doubles, longest, shortest;
	bool digit, tail_v4;
};

static void count_group(struct groups *g, uint32_t n)
{
	g->n++;
	if (n > g->longest)
		g->longest = n;
	if (g->shortest == 0 || n < g->shortest)
		g->shortest = n;
}

/* Read [i, end): groups between colons; false: nothing like an address. */
static bool read_groups(const struct scan *s, uint32_t i, uint32_t end,
			struct groups *g)
{
	while (i < end) {
		uint32_t from = i;

		for (; i < end && is_hex(s->t[i]); i++)
			g->digit = g->digit || is_digit(s->t[i]);
		if (i > from)
			count_group(g, i - from);
		if (i - from > 4)
			return false;
		if (i < end && s->t[i] == ':') {
			bool two = i + 1 < end && s->t[i + 1] == ':';

			g->doubles += two;
			i += two ? 2 : 1;
			if (!two && i - 1 == from)
				return false; /* ":" without a group */
		}
	}
	return true;
}

/* The dotted tail of "::ffff:192.0.2.1" behind end; else end. */
static uint32_t mapped(const struct scan *s, uint32_t end)
{
	uint32_t i = end;
	unsigned dots = 0;

	while (i < end + 16 &&
	       (is_digit(scan_at(s, i)) ||
		(scan_at(s, i) == '.' && is_digit(scan_at(s, i + 1))))) {
		dots += s->t[i] == '.';
		i++;
	}
	return dots == 3 ? i : end;
}

static void decide(struct scan *s, uint32_t start, uint32_t end,
		   const struct groups *g, bool v4)
{
	unsigned n = g->n + (v4 ? 1 : 0);

	if (n == 6 && g->doubles == 0 && g->longest == 2 && g->shortest == 2) {
		recognizer_hit(s, start, end, ENTITY_MAC_ADDRESS,
			       RULE_MAC_GROUPS, 85);
		return;
	}
	if (n > 8 || g->doubles > 1 || (g->doubles == 0 && n != 8))
		return;
	if (g->doubles == 1 && (n == 0 || (!g->digit && n < 3)))
		return; /* a bare "::", or std::vector and its like */
	recognizer_hit(s, start, end, ENTITY_IP_ADDRESS, RULE_IP_V6, 90);
}

uint32_t recognizer_ipv6(struct scan *s, uint32_t i, uint32_t from)
{
	struct groups g = {0};
	uint32_t start = i, end = i, stop;

	if (i < s->hex_end)
		return 0;
	while (start > from && i - start < 5 && is_hex(s->t[start - 1]))
		start--;
	while (end < s->n && (is_hex(s->t[end]) || s->t[end] == ':'))
		end++;
	s->hex_end = end;
	s->steps += end - start;
	if (start > 0 && is_word(s->t[start - 1]))
		return 0;
	if (end > i + 1 && s->t[end - 1] == ':' && s->t[end - 2] != ':')
		end--; /* a colon of the sentence */
	if (end - start > 45 || is_word(scan_at(s, end)))
		return 0;
	stop = mapped(s, end);
	if (read_groups(s, start, end, &g))
		decide(s, start, stop, &g, stop != end);
	return 0;
}

/* A part of an address at i, digits or words for them: its end, or i. */
static uint32_t said_part(const struct scan *s, uint32_t i)
{
	uint32_t end = i, value = 0;

	if (is_digit(scan_at(s, i))) {
		for (; end < i + 3 && is_digit(scan_at(s, end)); end++)
			value = value * 10 + (s->t[end] - '0');
		return value > 255 || is_word(scan_at(s, end)) ? i : end;
	}
	for (unsigned n = 0; n < 3; n++) {
		uint32_t from = n == 0 ? i : end + 1, stop;

		stop = recognizer_word_end(s, from);
		if (stop == from || (n > 0 && s->t[end] != ' ') ||
		    !recognizer_spoken_word(bytes_of(s->t, s->n), from))
			break;
		end = stop;
	}
	return end;
}

uint32_t recognizer_ip_said(struct scan *s, const struct cluster *c)
{
	static const char *const dots[] = {" dot ", " point ", " . "};
	uint32_t start = c->start[0], end = c->end[0];

	if (c->n > 1 || c->digits[0] > 3 || scan_at(s, end) != ' ' ||
	    strchr("dp.", scan_at(s, end + 1)) == NULL ||
	    said_part(s, start) != end)
		return 0; /* most numbers */
	for (unsigned part = 1; part < 4; part++) {
		uint32_t from = end;

		for (size_t k = 0; k < ARRAY_LEN(dots) && from == end; k++) {
			uint32_t n = (uint32_t)strlen(dots[k]);

			if (s->n - end > n &&
			    memcmp(s->t + end, dots[k], n) == 0)
				from = end + n;
		}
		if (from == end)
			return 0;
		end = said_part(s, from);
		if (end == from)
			return 0;
	}
	s->steps += end - start;
	recognizer_hit(s, start, end, ENTITY_IP_ADDRESS, RULE_IP_V4, 90);
	return end;
}
