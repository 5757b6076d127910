/* What makes an identifier valid: check digits, dates, ranges. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef REDACT_RECOGNIZER_CHECK_H
#define REDACT_RECOGNIZER_CHECK_H

#include <string.h>

#include "base/attr.h"
#include "base/bytes.h"

/**
 * recognizer_check_X(v, n): the n letters (upper case) and digits v, of the
 * shape that recognizer_kinds.c gives X, are a valid X. What each rests on is
 * said where it is defined.
 */
typedef bool recognizer_check(const char *v, unsigned n);

/* recognizer_check.c: sums that several share. luhn: ISO/IEC 7812-1 annex B;
 * verhoeff, mod11_10 (ISO 7064), ean: the last digit checks the others. */
recognizer_check recognizer_check_luhn, recognizer_check_verhoeff,
	recognizer_check_mod11_10, recognizer_check_ean;

/** recognizer_check_sum(v, weights): the sum of v's digits (letters are 10
 * to 35) times weights, one character each: 0 to 9, A is 10 and so on. */
unsigned recognizer_check_sum(const char *v, const char *weights);
/** recognizer_check_number(v, n): n digits as a number. */
unsigned recognizer_check_number(const char *v, unsigned n);
/** recognizer_check_date(year, month, day): two digits each; such a day is in
 * the calendar. */
bool recognizer_check_date(const char *year, const char *month,
			   const char *day);
/** recognizer_check_in(list, v, n): v, of n bytes without a NUL, is one of the
 * words of list, which single blanks part. recognizer_check_may(list, c): one
 * of its words may begin with the lower-case letter c (may_end: end with it);
 * of a literal a compiler that optimizes knows it, and most words are not
 * looked for; others say that it may. _listed: of a list of size bytes;
 * _folded: of a lower-case list, whatever the case of v. */
bool recognizer_check_listed(const char *list, size_t size, const char *v,
			     unsigned n);
bool recognizer_check_folded(const char *list, size_t size, const uint8_t *v,
			     unsigned n);
#define RECOGNIZER_LETTERS(AT)                                           \
	(AT(a) | AT(b) | AT(c) | AT(d) | AT(e) | AT(f) | AT(g) | AT(h) | \
	 AT(i) | AT(j) | AT(k) | AT(l) | AT(m) | AT(n) | AT(o) | AT(p) | \
	 AT(q) | AT(r) | AT(s) | AT(t) | AT(u) | AT(v) | AT(w) | AT(x) | \
	 AT(y) | AT(z))
/* c is one of these letters, bits; of those no constant, it may be. */
static ALWAYS_INLINE bool recognizer_check_letter(uint32_t may, uint8_t c)
{
	return !__builtin_constant_p(may) || c < 'a' || c > 'z' ||
	       (may >> (c & 31) & 1) != 0;
}

static ALWAYS_INLINE bool recognizer_check_may(const char *list, uint8_t c)
{
#define AT(c)                                                            \
	((uint32_t)(*list == *#c || __builtin_strstr(list, " " #c) != 0) \
	 << (*#c & 31))
	uint32_t may = RECOGNIZER_LETTERS(AT);
#undef AT
	return recognizer_check_letter(may, c);
}

/* The same of the last letter. */
static ALWAYS_INLINE bool recognizer_check_may_end(const char *list, uint8_t c)
{
	size_t n = strlen(list);
	char last = n > 0 ? list[n - 1] : '\0';
#define AT(c)                                                           \
	((uint32_t)(last == *#c || __builtin_strstr(list, #c " ") != 0) \
	 << (*#c & 31))
	uint32_t may = RECOGNIZER_LETTERS(AT);
#undef AT
	return recognizer_check_letter(may, c);
}

/** recognizer_check_mark(marks, c): c is one of marks, a literal of blanks and
 * marks that stand before '@' in ASCII. */
static ALWAYS_INLINE bool recognizer_check_mark(const char *marks, uint8_t c)
{
#define AT(c) ((uint64_t)(__builtin_strchr(marks, c) != 0) << (c))
	uint64_t all = AT('\t') | AT('\n') | AT('\r') | AT(' ') | AT('!') |
		       AT('"') | AT('#') | AT('$') | AT('%') | AT('&') |
		       AT('\'') | AT('(') | AT(')') | AT('*') | AT('+') |
		       AT(',') | AT('-') | AT('.') | AT('/') | AT(':') |
		       AT(';') | AT('<') | AT('=') | AT('>') | AT('?');
#undef AT
	return c < 64 && (all >> c & 1) != 0;
}

static ALWAYS_INLINE bool recognizer_check_in(const char *list, const char *v,
					      unsigned n)
{
	return n > 0 && recognizer_check_may(list, (uint8_t)v[0]) &&
	       recognizer_check_listed(list, strlen(list), v, n);
}

/** recognizer_check_word(list, p, i, end): the word [i, end) of p is one of a
 * lower-case list, whatever its case; end <= i: there is no word. */
static ALWAYS_INLINE bool
recognizer_check_word(const char *list, const uint8_t *p, size_t i, size_t end)
{
	return i < end &&
	       ((unsigned)recognizer_check_may(list, p[i] | 0x20) &
		recognizer_check_may_end(list, p[end - 1] | 0x20)) != 0 &&
	       recognizer_check_folded(list, strlen(list), p + i,
				       (unsigned)(end - i));
}

/* recognizer_check_anglo.c: North America, the United Kingdom, Australia,
 * India, South Africa. */
recognizer_check recognizer_check_us_itin, recognizer_check_us_ein,
	recognizer_check_us_npi, recognizer_check_us_mbi,
	recognizer_check_us_aba, recognizer_check_us_dea,
	recognizer_check_uk_nhs, recognizer_check_uk_nino,
	recognizer_check_uk_postcode, recognizer_check_ca_postcode,
	recognizer_check_uk_driver, recognizer_check_uk_plate,
	recognizer_check_ca_sin, recognizer_check_au_tfn,
	recognizer_check_au_abn, recognizer_check_au_medicare,
	recognizer_check_in_aadhaar, recognizer_check_in_pan,
	recognizer_check_za_id;

/* recognizer_check_europe.c */
recognizer_check recognizer_check_de_tax, recognizer_check_de_card,
	recognizer_check_de_pension, recognizer_check_de_health,
	recognizer_check_de_plz, recognizer_check_at_social,
	recognizer_check_ch_ahv, recognizer_check_es_nif,
	recognizer_check_es_nie, recognizer_check_es_cif,
	recognizer_check_es_plate, recognizer_check_it_fiscal,
	recognizer_check_fr_nir, recognizer_check_nl_bsn,
	recognizer_check_pl_pesel, recognizer_check_fi_hetu,
	recognizer_check_se_number, recognizer_check_tr_id;

/* recognizer_check_world.c: Asia, Latin America, and what belongs to none. */
recognizer_check recognizer_check_vn_cccd, recognizer_check_cn_id,
	recognizer_check_kr_rrn, recognizer_check_sg_nric,
	recognizer_check_th_id, recognizer_check_br_cpf,
	recognizer_check_mx_curp, recognizer_check_mx_rfc,
	recognizer_check_cl_rut, recognizer_check_ar_cuil, recognizer_check_vin,
	recognizer_check_imei, recognizer_check_bic, recognizer_check_bic_mixed,
	recognizer_check_mac, recognizer_check_mixed;

#endif
