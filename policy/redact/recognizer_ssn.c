/* United States social security numbers. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "policy/redact/recognizer.h"

/* Never issued: area 000, 666 and 9xx, group 00, serial 0000, and numbers that
 * were printed in advertisements. */
static bool issued(const char d[9])
{
	static const char *const printed[] = {"078051120", "219099999",
					      "123456789", "987654321"};
	bool area = memcmp(d, "000", 3) != 0 && memcmp(d, "666", 3) != 0 &&
		    d[0] != '9';

	for (size_t i = 0; i < ARRAY_LEN(printed); i++)
		if (memcmp(d, printed[i], 9) == 0)
			return false;
	return area && memcmp(d + 3, "00", 2) != 0 &&
	       memcmp(d + 5, "0000", 4) != 0;
}

/* 3-2-4 with one kind of separator. */
static bool written(const struct cluster *c)
{
	return c->n >= 3 && c->digits[0] == 3 && c->digits[1] == 2 &&
	       c->digits[2] == 4 && c->sep[0] == c->sep[1] &&
	       (c->sep[0] == '-' || c->sep[0] == ' ' || c->sep[0] == '.');
}

uint32_t recognizer_ssn(struct scan *s, const struct cluster *c)
{
	bool near = recognizer_near(s, TOPIC_SSN, c->start[0]);
	bool nine = c->digits[0] == 9;
	uint32_t end;
	unsigned score = 40;
	char d[32];

	if (!written(c) && !(nine && near))
		return 0;
	end = nine ? c->end[0] : c->end[2];
	if (is_word(scan_at(s, end)) ||
	    (!nine && c->sep[2] == c->sep[0] && c->sep[0] != ' '))
		return 0;
	(void)recognizer_number_digits(s, c, nine ? 1 : 3, d);
	if (!issued(d))
		return 0;
	if (near)
		score = 95;
	else if (c->sep[0] == '-')
		score = 85;
	recognizer_hit(s, c->start[0], end, ENTITY_US_SSN,
		       near ? RULE_SSN_CONTEXT : RULE_SSN_FORMAT, score);
	return end;
}
