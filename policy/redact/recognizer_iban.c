/* International bank account numbers: length per country, mod 97. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "policy/redact/recognizer.h"

#define IBAN_MAX 34

/* Countries of the registry and the length of theirs. */
static const struct {
	char country[3];
	uint8_t length;
} registry[] = {
	{"AD", 24}, {"AE", 23}, {"AL", 28}, {"AT", 20}, {"AZ", 28}, {"BA", 20},
	{"BE", 16}, {"BG", 22}, {"BH", 22}, {"BI", 27}, {"BR", 29}, {"BY", 28},
	{"CH", 21}, {"CR", 22}, {"CY", 28}, {"CZ", 24}, {"DE", 22}, {"DJ", 27},
	{"DK", 18}, {"DO", 28}, {"EE", 20}, {"EG", 29}, {"ES", 24}, {"FI", 18},
	{"FK", 18}, {"FO", 18}, {"FR", 27}, {"GB", 22}, {"GE", 22}, {"GI", 23},
	{"GL", 18}, {"GR", 27}, {"GT", 28}, {"HN", 28}, {"HR", 21}, {"HU", 28},
	{"IE", 22}, {"IL", 23}, {"IQ", 23}, {"IS", 26}, {"IT", 27}, {"JO", 30},
	{"KW", 30}, {"KZ", 20}, {"LB", 28}, {"LC", 32}, {"LI", 21}, {"LT", 20},
	{"LU", 20}, {"LV", 21}, {"LY", 25}, {"MC", 27}, {"MD", 24}, {"ME", 22},
	{"MK", 19}, {"MN", 20}, {"MR", 27}, {"MT", 31}, {"MU", 30}, {"NI", 28},
	{"NL", 18}, {"NO", 15}, {"OM", 23}, {"PK", 24}, {"PL", 28}, {"PS", 29},
	{"PT", 25}, {"QA", 29}, {"RO", 24}, {"RS", 22}, {"RU", 33}, {"SA", 24},
	{"SC", 31}, {"SD", 18}, {"SE", 24}, {"SI", 19}, {"SK", 24}, {"SM", 27},
	{"SO", 23}, {"ST", 25}, {"SV", 28}, {"TL", 23}, {"TN", 24}, {"TR", 26},
	{"UA", 29}, {"VA", 22}, {"VG", 24}, {"XK", 20}, {"YE", 30}};

static uint8_t upper(uint8_t c)
{
	return is_lower(c) ? (uint8_t)(c - 32) : c;
}

static unsigned length_of(uint8_t a, uint8_t b)
{
	for (size_t i = 0; i < ARRAY_LEN(registry); i++)
		if (registry[i].country[0] == (char)a &&
		    registry[i].country[1] == (char)b)
			return registry[i].length;
	return 0;
}

/* ISO 7064 mod 97-10 of v[4..n) v[0..4), letters as 10..35. */
static bool mod97(const uint8_t *v, unsigned n)
{
	unsigned m = 0;

	for (unsigned i = 0; i < n; i++) {
		uint8_t c = v[(i + 4) % n];

		if (is_digit(c))
			m = (m * 10 + (unsigned)(c - '0')) % 97;
		else
			m = (m * 100 + (unsigned)(c - 'A' + 10)) % 97;
	}
	return m == 1;
}

/*
 * Gather want letters and digits from i, upper case, into v; single blanks,
 * points and dashes between them are passed over. The end, or 0.
 */
static uint32_t gather(const struct scan *s, uint32_t i, unsigned want,
		       uint8_t v[IBAN_MAX])
{
	unsigned n = 0;

	while (n < want) {
		uint8_t c = scan_at(s, i);

		if (is_digit(c) || is_alpha(c)) {
			v[n++] = upper(c);
			i++;
		} else if ((c == ' ' || c == '-' || c == '.') && n > 0 &&
			   is_word(scan_at(s, i + 1))) {
			i++;
		} else {
			return 0;
		}
	}
	return is_word(scan_at(s, i)) ? 0 : i;
}

uint32_t recognizer_iban(struct scan *s, uint32_t i)
{
	uint8_t a = upper(s->t[i]), b = upper(s->t[i + 1]), v[IBAN_MAX];
	unsigned want = length_of(a, b);
	uint32_t end = want == 0 ? 0 : gather(s, i, want, v);

	s->steps += want;
	if (end == 0)
		return 0;
	if (mod97(v, want)) {
		recognizer_hit(s, i, end, ENTITY_IBAN_CODE, RULE_IBAN_MOD97,
			       98);
		return end;
	}
	if (!recognizer_near(s, TOPIC_IBAN, i))
		return 0;
	recognizer_hit(s, i, end, ENTITY_IBAN_CODE, RULE_IBAN_CONTEXT, 70);
	return end;
}
