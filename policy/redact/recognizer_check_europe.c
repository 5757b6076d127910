/* Identifiers of the European countries: what makes them valid. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "policy/redact/recognizer_check.h"

#define sum recognizer_check_sum
#define number recognizer_check_number

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static unsigned digit(char c)
{
	return (unsigned)(c - '0');
}

/* v * w, its digits added. */
static unsigned cross(unsigned v, unsigned w)
{
	return v * w / 10 + v * w % 10;
}

static bool is_day(const char *day, const char *month, unsigned months)
{
	unsigned d = number(day, 2), m = number(month, 2);

	return d >= 1 && d <= 31 && m >= 1 && m <= months;
}

/* Bundeszentralamt für Steuern: of ten digits one stands there two or three
 * times and the others once at most; ISO 7064 mod 11,10. */
bool recognizer_check_de_tax(const char *v, unsigned n)
{
	unsigned times[10] = {0}, twice = 0, most = 0;

	for (unsigned i = 0; i < 10; i++) {
		unsigned t = ++times[digit(v[i])];

		twice += t == 2;
		most = t > most ? t : most;
	}
	return v[0] != '0' && twice == 1 && most <= 3 &&
	       recognizer_check_mod11_10(v, n);
}

/* Identity card and passport: no vowels nor what looks like a digit; the
 * tenth, where it is given, checks nine (ICAO 9303: 7, 3, 1). */
bool recognizer_check_de_card(const char *v, unsigned n)
{
	unsigned digits = 0;

	for (unsigned i = 0; i < n; i++) {
		digits += is_digit(v[i]);
		if (!is_digit(v[i]) &&
		    strchr("CFGHJKLMNPRTVWXYZ", v[i]) == NULL)
			return false;
	}
	return digits >= 3 &&
	       (n == 9 || sum(v, "731731731") % 10 == digit(v[9]));
}

/* Versicherungsnummer, VKVV § 4: the letter counts as two digits. */
bool recognizer_check_de_pension(const char *v, unsigned n)
{
	static const uint8_t weights[] = {2, 1, 2, 5, 7, 1, 2, 1, 2, 1, 2, 1};
	unsigned letter = (unsigned)(v[8] - 'A') + 1, total = 0;
	char d[12];

	(void)n;
	memcpy(d, v, 8);
	d[8] = (char)('0' + letter / 10);
	d[9] = (char)('0' + letter % 10);
	d[10] = v[9];
	d[11] = v[10];
	for (unsigned i = 0; i < 12; i++)
		total += cross(digit(d[i]), weights[i]);
	return number(v + 4, 2) >= 1 && number(v + 4, 2) <= 12 &&
	       total % 10 == digit(v[11]);
}

/* Krankenversichertennummer, SGB V § 290: likewise, 1 and 2 in turn. */
bool recognizer_check_de_health(const char *v, unsigned n)
{
	unsigned letter = (unsigned)(v[0] - 'A') + 1;
	unsigned total = letter / 10 + cross(letter % 10, 2);

	for (unsigned i = 1; i + 1 < n; i++)
		total += cross(digit(v[i]), i % 2 == 1 ? 1 : 2);
	return total % 10 == digit(v[n - 1]);
}

/* "D-10115". */
bool recognizer_check_de_plz(const char *v, unsigned n)
{
	(void)n;
	return v[0] == 'D' && number(v + 1, 2) != 0;
}

/* Sozialversicherungsnummer, ASVG § 30c: the fourth checks the others. */
bool recognizer_check_at_social(const char *v, unsigned n)
{
	(void)n;
	return v[0] != '0' && is_day(v + 4, v + 6, 15) &&
	       sum(v, "3790584216") % 11 == digit(v[3]);
}

bool recognizer_check_ch_ahv(const char *v, unsigned n)
{
	return memcmp(v, "756", 3) == 0 && recognizer_check_ean(v, n);
}

static char nif_letter(unsigned v)
{
	return "TRWAGMYFPDXBNJZSQVHLCKE"[v % 23];
}

/* DNI, and K, L, M before seven digits: Orden EHA/451/2008. */
bool recognizer_check_es_nif(const char *v, unsigned n)
{
	if (is_digit(v[0]))
		return nif_letter(number(v, n - 1)) == v[n - 1];
	return strchr("KLM", v[0]) != NULL &&
	       nif_letter(number(v + 1, 7)) == v[8];
}

/* Foreigners: X, Y, Z stand for 0, 1, 2. */
bool recognizer_check_es_nie(const char *v, unsigned n)
{
	(void)n;
	return v[0] >= 'X' && nif_letter((unsigned)(v[0] - 'X') * 10000000 +
					 number(v + 1, 7)) == v[8];
}

/* Legal persons: Luhn over seven; a digit or the letter of that number. */
bool recognizer_check_es_cif(const char *v, unsigned n)
{
	unsigned total = 0, c;

	(void)n;
	for (unsigned i = 1; i < 8; i++)
		total += i % 2 == 1 ? cross(digit(v[i]), 2) : digit(v[i]);
	c = (10 - total % 10) % 10;
	if (strchr("ABCDEFGHJNPQRSUVW", v[0]) == NULL)
		return false;
	if (is_digit(v[8]))
		return strchr("PQRSNW", v[0]) == NULL && digit(v[8]) == c;
	return strchr("ABEH", v[0]) == NULL && "JABCDEFGHI"[c] == v[8];
}

/* Since 2000: four digits, three consonants. */
bool recognizer_check_es_plate(const char *v, unsigned n)
{
	for (unsigned i = 4; i < n; i++)
		if (strchr("AEIOUQ", v[i]) != NULL)
			return false;
	return true;
}

/* Codice fiscale, D.M. 23/12/1976; a digit may stand as a letter where two
 * people would have the same. */
bool recognizer_check_it_fiscal(const char *v, unsigned n)
{
	static const uint8_t odd[] = {1,  0,  5,  7,  9,  13, 15, 17, 19,
				      21, 2,  4,  18, 20, 11, 3,  6,  8,
				      12, 14, 16, 10, 22, 25, 24, 23};
	static const uint8_t digits[] = {6, 7, 9, 10, 12, 13, 14};
	unsigned total = 0;

	for (unsigned i = 0; i < ARRAY_LEN(digits); i++)
		if (!is_digit(v[digits[i]]) &&
		    strchr("LMNPQRSTUV", v[digits[i]]) == NULL)
			return false;
	for (unsigned i = 0; i + 1 < n; i++) {
		unsigned k =
			is_digit(v[i]) ? digit(v[i]) : (unsigned)(v[i] - 'A');

		total += i % 2 == 0 ? odd[k] : k;
	}
	return strchr("ABCDEHLMPRST", v[8]) != NULL &&
	       v[n - 1] == (char)('A' + total % 26);
}

/* Numéro de sécurité sociale: 97 less the rest; Corsica's 2A and 2B count as
 * 19 and 18. */
bool recognizer_check_fr_nir(const char *v, unsigned n)
{
	char d[13];
	unsigned rest = 0, month = number(v + 3, 2);

	(void)n;
	memcpy(d, v, 13);
	if (d[6] == 'A' || d[6] == 'B') {
		d[6] = d[6] == 'A' ? '9' : '8';
		d[5] = '1';
	}
	for (unsigned i = 0; i < 13; i++) {
		if (!is_digit(d[i]))
			return false;
		rest = (rest * 10 + digit(d[i])) % 97;
	}
	return strchr("123478", v[0]) != NULL && month >= 1 &&
	       (month <= 12 || month >= 20) && 97 - rest == number(v + 13, 2);
}

/* Burgerservicenummer: the eleven test, the last weighs -1. */
bool recognizer_check_nl_bsn(const char *v, unsigned n)
{
	(void)n;
	return sum(v, "98765432A") % 11 == 0;
}

/* Centuries add 20, 40, 60 or 80 to the month. */
bool recognizer_check_pl_pesel(const char *v, unsigned n)
{
	unsigned month = number(v + 2, 2) % 20, day = number(v + 4, 2);

	(void)n;
	return month >= 1 && month <= 12 && day >= 1 && day <= 31 &&
	       sum(v, "13791379131") % 10 == 0;
}

/* Henkilötunnus, decree 128/2010; the sign of the century is a separator or a
 * letter (since 2023 B to F and U to X as well). */
bool recognizer_check_fi_hetu(const char *v, unsigned n)
{
	const char *serial = n == 11 ? v + 7 : v + 6;
	unsigned rest = (number(v, 6) * 1000 + number(serial, 3)) % 31;

	if (n == 11 && strchr("ABCDEFUVWXY", v[6]) == NULL)
		return false;
	return is_day(v, v + 2, 12) &&
	       "0123456789ABCDEFHJKLMNPRSTUVWXY"[rest] == v[n - 1];
}

/* Personnummer, and samordningsnummer with 60 added to the day: Luhn over the
 * last ten. */
bool recognizer_check_se_number(const char *v, unsigned n)
{
	const char *d = v + n - 10;
	unsigned month = number(d + 2, 2), day = number(d + 4, 2) % 60;

	return month >= 1 && month <= 12 && day >= 1 && day <= 31 &&
	       (n == 10 || number(v, 2) == 19 || number(v, 2) == 20) &&
	       recognizer_check_luhn(d, 10);
}

/* T.C. kimlik numarası: two check digits. */
bool recognizer_check_tr_id(const char *v, unsigned n)
{
	unsigned odd = sum(v, "101010101"), even = sum(v, "01010101");

	(void)n;
	return v[0] != '0' && (odd * 7 + 100 - even) % 10 == digit(v[9]) &&
	       (odd + even + digit(v[9])) % 10 == digit(v[10]);
}
