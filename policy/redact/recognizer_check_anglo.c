/* Identifiers of the English-speaking countries: what makes them valid. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "policy/redact/recognizer_check.h"

#define sum recognizer_check_sum
#define number recognizer_check_number

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

/* Internal Revenue Service: 9xx, and a group that no SSN has. */
bool recognizer_check_us_itin(const char *v, unsigned n)
{
	unsigned group = number(v + 3, 2);

	(void)n;
	return v[0] == '9' && group >= 50 && group != 66 && group != 67 &&
	       group != 68 && group != 69 && group != 89 && group != 93;
}

/* Prefixes that the Internal Revenue Service lists. */
bool recognizer_check_us_ein(const char *v, unsigned n)
{
	(void)n;
	return !recognizer_check_in("00 07 08 09 17 18 19 28 29 49 69 70 78 79 "
				    "89 96 97",
				    v, 2);
}

/* 45 CFR 162.406: Luhn over 80840 and the number; 80840 adds 24. */
bool recognizer_check_us_npi(const char *v, unsigned n)
{
	unsigned total = 24;

	for (unsigned i = 0; i < n; i++) {
		unsigned d = (unsigned)(v[i] - '0') << ((n - 1 - i) % 2);

		total += d > 9 ? d - 9 : d;
	}
	return (v[0] == '1' || v[0] == '2') && total % 10 == 0;
}

/* Centers for Medicare & Medicaid Services: no S, L, O, I, B, Z; the third
 * and sixth place may be either, the shape has the others. */
bool recognizer_check_us_mbi(const char *v, unsigned n)
{
	for (unsigned i = 0; i < n; i++)
		if (strchr("SLOIBZ", v[i]) != NULL)
			return false;
	return v[0] != '0';
}

/* American Bankers Association: 3, 7, 1; Federal Reserve districts. */
bool recognizer_check_us_aba(const char *v, unsigned n)
{
	unsigned district = number(v, 2);

	(void)n;
	return (district <= 12 || (district >= 21 && district <= 32) ||
		(district >= 61 && district <= 72) || district == 80) &&
	       sum(v, "371371371") % 10 == 0;
}

/* Drug Enforcement Administration: a kind of registrant, a name's letter, six
 * digits and their check. */
bool recognizer_check_us_dea(const char *v, unsigned n)
{
	(void)n;
	return strchr("ABCDEFGHJKLMPRSTUX", v[0]) != NULL &&
	       sum(v + 2, "121212") % 10 == (unsigned)(v[8] - '0');
}

/* NHS Data Dictionary: modulus 11. */
bool recognizer_check_uk_nhs(const char *v, unsigned n)
{
	(void)n;
	return sum(v, "A987654321") % 11 == 0;
}

/* HM Revenue & Customs, NIM39110: letters that are not used. */
bool recognizer_check_uk_nino(const char *v, unsigned n)
{
	return strchr("DFIQUV", v[0]) == NULL &&
	       strchr("DFIQUVO", v[1]) == NULL &&
	       !recognizer_check_in("BG GB KN NK NT TN ZZ", v, 2) &&
	       (n == 8 || (v[8] >= 'A' && v[8] <= 'D'));
}

/* Royal Mail's areas; the last two letters are none of C I K M O V. */
bool recognizer_check_uk_postcode(const char *v, unsigned n)
{
	static const char areas[] =
		"AB AL B BA BB BD BH BL BN BR BS BT CA CB CF CH CM CO CR CT CV "
		"CW DA DD DE DG DH DL DN DT DY E EC EH EN EX FK FY G GL GU GY "
		"HA HD HG HP HR HS HU HX IG IM IP IV JE KA KT KW KY L LA LD LE "
		"LL LN LS LU M ME MK ML N NE NG NN NP NR NW OL OX PA PE PH PL "
		"PO PR RG RH RM S SA SE SG SK SL SM SN SO SP SR SS ST SW SY TA "
		"TD TF TN TQ TR TS TW UB W WA WC WD WF WN WR WS WV YO ZE";
	unsigned letters = is_digit(v[1]) ? 1 : 2;

	return recognizer_check_in(areas, v, letters) &&
	       strchr("CIKMOV", v[n - 1]) == NULL &&
	       strchr("CIKMOV", v[n - 2]) == NULL;
}

/* Canada: a province's letter, then neither D F I O Q U nor, first, W Z. */
bool recognizer_check_ca_postcode(const char *v, unsigned n)
{
	for (unsigned i = 0; i < n; i += 2)
		if (strchr("DFIOQU", v[i]) != NULL)
			return false;
	return v[0] != 'W' && v[0] != 'Z';
}

/* Driver and Vehicle Licensing Agency: five of the surname, filled with 9;
 * decade, month (a woman's plus 50), day, year; initials. */
bool recognizer_check_uk_driver(const char *v, unsigned n)
{
	unsigned i = 0, month = number(v + 6, 2) % 50, day = number(v + 8, 2);

	(void)n;
	while (i < 5 && !is_digit(v[i]))
		i++;
	for (unsigned k = i; k < 5; k++)
		if (v[k] != '9')
			return false;
	return i > 0 && month >= 1 && month <= 12 && day >= 1 && day <= 31;
}

/* Since 2001: an area, half-years 02 to 29 or 51 to 79, three letters. */
bool recognizer_check_uk_plate(const char *v, unsigned n)
{
	unsigned age = number(v + 2, 2) % 50;

	(void)n;
	for (unsigned i = 0; i < 7; i++)
		if (v[i] == 'I' || v[i] == 'Q')
			return false;
	return v[1] != 'Z' && age >= 1 && age <= 29;
}

/* Employment and Social Development Canada: Luhn; 0 and 8 are not given. */
bool recognizer_check_ca_sin(const char *v, unsigned n)
{
	return v[0] != '0' && v[0] != '8' && recognizer_check_luhn(v, n);
}

/* Australian Taxation Office. */
bool recognizer_check_au_tfn(const char *v, unsigned n)
{
	(void)n;
	return sum(v, "14375869A") % 11 == 0;
}

bool recognizer_check_au_abn(const char *v, unsigned n)
{
	(void)n;
	return v[0] != '0' && (sum(v, "A13579BDFHJ") - 10) % 89 == 0;
}

/* Services Australia: begins with 2 to 6; the ninth checks eight. */
bool recognizer_check_au_medicare(const char *v, unsigned n)
{
	(void)n;
	return v[0] >= '2' && v[0] <= '6' && v[9] != '0' &&
	       sum(v, "13791379") % 10 == (unsigned)(v[8] - '0');
}

/* Unique Identification Authority of India: no palindrome, not from 0 or 1. */
bool recognizer_check_in_aadhaar(const char *v, unsigned n)
{
	unsigned i = 0;

	while (i < n / 2 && v[i] == v[n - 1 - i])
		i++;
	return v[0] >= '2' && i < n / 2 && recognizer_check_verhoeff(v, n);
}

/* Income Tax Department: the fourth letter is the holder's kind. */
bool recognizer_check_in_pan(const char *v, unsigned n)
{
	(void)n;
	return strchr("ABCFGHJKLPT", v[3]) != NULL;
}

/* Date of birth, sex, citizenship, Luhn. */
bool recognizer_check_za_id(const char *v, unsigned n)
{
	return recognizer_check_date(v, v + 2, v + 4) && v[10] <= '2' &&
	       recognizer_check_luhn(v, n);
}
