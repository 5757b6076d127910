/* Identifiers of Asia, Latin America and things: what makes them valid. */
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

/* Căn cước công dân, 07/2016/TT-BCA: province, century and sex, year of birth,
 * six digits; nothing checks them. */
bool recognizer_check_vn_cccd(const char *v, unsigned n)
{
	static const char provinces[] =
		"001 002 004 006 008 010 011 012 014 015 017 019 020 022 024 "
		"025 026 027 030 031 033 034 035 036 037 038 040 042 044 045 "
		"046 048 049 051 052 054 056 058 060 062 064 066 067 068 070 "
		"072 074 075 077 079 080 082 083 084 086 087 089 091 092 093 "
		"094 095 096";

	(void)n;
	return recognizer_check_in(provinces, v, 3) && v[3] <= '3';
}

/* GB 11643: place, date of birth, ISO 7064 mod 11-2. */
bool recognizer_check_cn_id(const char *v, unsigned n)
{
	(void)n;
	return (number(v + 6, 2) == 19 || number(v + 6, 2) == 20) &&
	       v[0] != '0' && recognizer_check_date(v + 8, v + 10, v + 12) &&
	       "10X98765432"[sum(v, "79A584216379A5842") % 11] == v[17];
}

/* Date of birth, century and sex; numbers given since October 2020 have no
 * check digit. */
bool recognizer_check_kr_rrn(const char *v, unsigned n)
{
	bool young = strchr("3478", v[6]) != NULL && v[0] >= '2';

	(void)n;
	return v[6] >= '1' && v[6] <= '8' &&
	       recognizer_check_date(v, v + 2, v + 4) &&
	       (young ||
		(11 - sum(v, "234567892345") % 11) % 10 == digit(v[12]));
}

/* Immigration & Checkpoints Authority: a table of letters per series. */
bool recognizer_check_sg_nric(const char *v, unsigned n)
{
	unsigned rest = sum(v + 1, "2765432");

	(void)n;
	switch (v[0]) {
	case 'S':
		return "JZIHGFEDCBA"[rest % 11] == v[8];
	case 'T':
		return "JZIHGFEDCBA"[(rest + 4) % 11] == v[8];
	case 'F':
		return "XWUTRQPNMLK"[rest % 11] == v[8];
	case 'G':
		return "XWUTRQPNMLK"[(rest + 4) % 11] == v[8];
	case 'M':
		return "XWUTRQPNJLK"[(rest + 3) % 11] == v[8];
	default:
		return false;
	}
}

bool recognizer_check_th_id(const char *v, unsigned n)
{
	(void)n;
	return v[0] >= '1' && v[0] <= '8' &&
	       (11 - sum(v, "DCBA98765432") % 11) % 10 == digit(v[12]);
}

static bool cpf_digit(unsigned total, char c)
{
	return total * 10 % 11 % 10 == digit(c);
}

bool recognizer_check_br_cpf(const char *v, unsigned n)
{
	(void)n;
	return cpf_digit(sum(v, "A98765432"), v[9]) &&
	       cpf_digit(sum(v, "BA98765432"), v[10]);
}

/* The letter behind N is Ñ. */
static unsigned curp_value(char c)
{
	if (is_digit(c))
		return digit(c);
	return (unsigned)(c - 'A') + 10 + (c > 'N' ? 1 : 0);
}

/* Clave única de registro de población: names, birth, sex, state. */
bool recognizer_check_mx_curp(const char *v, unsigned n)
{
	static const char states[] =
		"AS BC BS CC CL CM CS CH DF DG GT GR HG JC MC MN MS NT NL OC "
		"PL QT QR SP SL SR TC TS TL VZ YN ZS NE";
	unsigned total = 0;

	for (unsigned i = 0; i + 1 < n; i++)
		total += (18 - i) * curp_value(v[i]);
	return strchr("HMX", v[10]) != NULL &&
	       recognizer_check_in(states, v + 11, 2) &&
	       recognizer_check_date(v + 4, v + 6, v + 8) &&
	       (10 - total % 10) % 10 == digit(v[17]);
}

/* Registro federal de contribuyentes of a person. */
bool recognizer_check_mx_rfc(const char *v, unsigned n)
{
	(void)n;
	return recognizer_check_date(v + 4, v + 6, v + 8);
}

/* Rol único tributario: 2 to 7 from the right; 10 is K. */
bool recognizer_check_cl_rut(const char *v, unsigned n)
{
	unsigned total = 0;

	for (unsigned i = 0; i + 1 < n; i++)
		total += digit(v[n - 2 - i]) * (2 + i % 6);
	return "0K987654321"[total % 11] == v[n - 1];
}

bool recognizer_check_ar_cuil(const char *v, unsigned n)
{
	(void)n;
	return recognizer_check_in("20 23 24 25 26 27 30 33 34", v, 2) &&
	       sum(v, "54327654321") % 11 == 0;
}

static unsigned vin_value(char c)
{
	static const uint8_t values[] = {1, 2, 3, 4, 5, 6, 7, 8, 0, 1, 2, 3, 4,
					 5, 0, 7, 0, 9, 2, 3, 4, 5, 6, 7, 8, 9};

	return is_digit(c) ? digit(c) : values[c - 'A'];
}

/* ISO 3779; the check digit at the ninth place is North America's. */
bool recognizer_check_vin(const char *v, unsigned n)
{
	static const uint8_t weights[] = {8, 7, 6, 5, 4, 3, 2, 10, 0,
					  9, 8, 7, 6, 5, 4, 3, 2};
	unsigned total = 0, letters = 0;

	for (unsigned i = 0; i < n; i++) {
		letters += !is_digit(v[i]);
		if (strchr("IOQ", v[i]) != NULL)
			return false;
		total += vin_value(v[i]) * weights[i];
	}
	return letters > 0 && letters < n && "0123456789X"[total % 11] == v[8];
}

/* GSMA TS.06: the reporting bodies, Luhn. */
bool recognizer_check_imei(const char *v, unsigned n)
{
	return recognizer_check_in("01 35 44 45 49 50 51 52 53 54 86 91 98 99",
				   v, 2) &&
	       recognizer_check_luhn(v, n);
}

/* ISO 9362: a country of ISO 3166 (and Kosovo's XK) at the fifth place. */
bool recognizer_check_bic(const char *v, unsigned n)
{
	static const char countries[] =
		"AD AE AF AG AI AL AM AO AQ AR AS AT AU AW AX AZ BA BB BD BE "
		"BF BG BH BI BJ BL BM BN BO BQ BR BS BT BV BW BY BZ CA CC CD "
		"CF CG CH CI CK CL CM CN CO CR CU CV CW CX CY CZ DE DJ DK DM "
		"DO DZ EC EE EG EH ER ES ET FI FJ FK FM FO FR GA GB GD GE GF "
		"GG GH GI GL GM GN GP GQ GR GS GT GU GW GY HK HM HN HR HT HU "
		"ID IE IL IM IN IO IQ IR IS IT JE JM JO JP KE KG KH KI KM KN "
		"KP KR KW KY KZ LA LB LC LI LK LR LS LT LU LV LY MA MC MD ME "
		"MF MG MH MK ML MM MN MO MP MQ MR MS MT MU MV MW MX MY MZ NA "
		"NC NE NF NG NI NL NO NP NR NU NZ OM PA PE PF PG PH PK PL PM "
		"PN PR PS PT PW PY QA RE RO RS RU RW SA SB SC SD SE SG SH SI "
		"SJ SK SL SM SN SO SR SS ST SV SX SY SZ TC TD TF TG TH TJ TK "
		"TL TM TN TO TR TT TV TW TZ UA UG UM US UY UZ VA VC VE VG VI "
		"VN VU WF WS XK YE YT ZA ZM ZW";

	(void)n;
	return recognizer_check_in(countries, v + 4, 2);
}

/* One that no word is: with a digit, or of the head office (XXX). */
bool recognizer_check_bic_mixed(const char *v, unsigned n)
{
	bool mixed = n == 11 && memcmp(v + 8, "XXX", 3) == 0;

	for (unsigned i = 6; i < n; i++)
		mixed = mixed || is_digit(v[i]);
	return mixed && recognizer_check_bic(v, n);
}

bool recognizer_check_mac(const char *v, unsigned n)
{
	for (unsigned i = 0; i < n; i++)
		if (!is_digit(v[i]) && v[i] > 'F')
			return false;
	return true;
}

/* Letters and digits both. */
bool recognizer_check_mixed(const char *v, unsigned n)
{
	unsigned digits = 0;

	for (unsigned i = 0; i < n; i++)
		digits += is_digit(v[i]);
	return digits > 0 && digits < n;
}
