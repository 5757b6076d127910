/* Sums and dates that check digits are made of. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "policy/redact/recognizer_check.h"

#ifdef __SSE2__
#include <emmintrin.h>
#endif

static unsigned value(char c)
{
	return c <= '9' ? (unsigned)(c - '0') : (unsigned)(c - 'A') + 10;
}

unsigned recognizer_check_sum(const char *v, const char *weights)
{
	unsigned sum = 0;

	for (; *weights != '\0'; weights++, v++)
		sum += value(*v) * value(*weights);
	return sum;
}

unsigned recognizer_check_number(const char *v, unsigned n)
{
	unsigned number = 0;

	while (n-- > 0)
		number = number * 10 + (unsigned)(*v++ - '0');
	return number;
}

bool recognizer_check_date(const char *year, const char *month, const char *day)
{
	unsigned y = recognizer_check_number(year, 2);
	unsigned m = recognizer_check_number(month, 2);
	unsigned d = recognizer_check_number(day, 2), most = 31;

	if (m == 4 || m == 6 || m == 9 || m == 11)
		most = 30;
	else if (m == 2)
		most = y % 4 == 0 ? 29 : 28;
	return m >= 1 && m <= 12 && d >= 1 && d <= most;
}

/* v is the word of the list at at; fold: but for the case of its letters. */
static inline bool is_at(const char *list, const char *at, const char *v,
			 unsigned n, bool fold)
{
	return (at == list || at[-1] == ' ') &&
	       (fold ? strncasecmp(at, v, n) : strncmp(at, v, n)) == 0 &&
	       (at[n] == ' ' || at[n] == '\0');
}

static inline char folded(char c, bool fold)
{
	unsigned capital = (uint8_t)(c - 'A') < 26;

	return fold ? (char)(c | (int)(capital << 5)) : c;
}

#ifdef __SSE2__
/* Of the 16 bytes at at: those where a word begins with these two letters. */
static inline unsigned begins(const char *list, const char *at, __m128i one,
			      __m128i two)
{
	__m128i a = _mm_loadu_si128((const __m128i *)at);
	__m128i b = _mm_loadu_si128((const __m128i *)(at + 1));
	unsigned blanks = (unsigned)_mm_movemask_epi8(
		_mm_cmpeq_epi8(a, _mm_set1_epi8(' ')));
	bool first = at == list || at[-1] == ' ';

	return (blanks << 1 | first) &
	       (unsigned)_mm_movemask_epi8(_mm_and_si128(
		       _mm_cmpeq_epi8(a, one), _mm_cmpeq_epi8(b, two)));
}

/* Of a list of 16 bytes and more; n > 1. */
static inline bool in_long(const char *list, size_t size, const char *v,
			   unsigned n, bool fold)
{
	__m128i one = _mm_set1_epi8(folded(v[0], fold));
	__m128i two = _mm_set1_epi8(folded(v[1], fold));

	for (size_t k = 0; k < size; k += 16) {
		const char *at = list + (k + 16 > size ? size - 16 : k);

		for (unsigned m = begins(list, at, one, two); m != 0;
		     m &= m - 1)
			if (is_at(list, at + __builtin_ctz(m), v, n, fold))
				return true;
	}
	return false;
}
#endif

static inline bool in_list(const char *list, size_t size, const char *v,
			   unsigned n, bool fold)
{
	if (n == 0 || v[0] == '\0')
		return false;
#ifdef __SSE2__
	if (n > 1 && size >= 16)
		return in_long(list, size, v, n, fold);
#else
	(void)size;
#endif
	for (const char *at = list; at != NULL; at = strchr(at, ' ')) {
		at += *at == ' ';
		if (*at == folded(v[0], fold) &&
		    (n == 1 || at[1] == folded(v[1], fold)) &&
		    is_at(list, at, v, n, fold))
			return true;
	}
	return false;
}

bool recognizer_check_listed(const char *list, size_t size, const char *v,
			     unsigned n)
{
	return in_list(list, size, v, n, false);
}

bool recognizer_check_folded(const char *list, size_t size, const uint8_t *v,
			     unsigned n)
{
	return in_list(list, size, (const char *)v, n, true);
}

bool recognizer_check_luhn(const char *v, unsigned n)
{
	unsigned sum = 0;

	for (unsigned i = 0; i < n; i++) {
		unsigned d = value(v[n - 1 - i]) << (i % 2);

		sum += d > 9 ? d - 9 : d;
	}
	return sum % 10 == 0;
}

/* J. Verhoeff, 1969: the dihedral group of order ten. */
bool recognizer_check_verhoeff(const char *v, unsigned n)
{
	static const uint8_t turn[8][10] = {
		{0, 1, 2, 3, 4, 5, 6, 7, 8, 9}, {1, 5, 7, 6, 2, 8, 3, 0, 9, 4},
		{5, 8, 0, 3, 7, 9, 6, 1, 4, 2}, {8, 9, 1, 6, 0, 4, 3, 5, 2, 7},
		{9, 4, 5, 3, 1, 2, 6, 8, 7, 0}, {4, 2, 8, 6, 5, 7, 3, 9, 0, 1},
		{2, 7, 9, 3, 8, 0, 6, 4, 1, 5}, {7, 0, 4, 6, 9, 1, 3, 2, 5, 8}};
	unsigned c = 0;

	for (unsigned i = 0; i < n; i++) {
		unsigned d = turn[i % 8][value(v[n - 1 - i])];
		unsigned low = c % 5, add = d % 5;

		/* c times d: rotations below five, reflections above */
		if (c < 5)
			c = (low + add) % 5 + (d < 5 ? 0 : 5);
		else
			c = (5 + low - add) % 5 + (d < 5 ? 5 : 0);
	}
	return c == 0;
}

/* ISO 7064, mod 11,10. */
bool recognizer_check_mod11_10(const char *v, unsigned n)
{
	unsigned p = 10;

	for (unsigned i = 0; i + 1 < n; i++) {
		p = (p + value(v[i])) % 10;
		p = (p == 0 ? 10 : p) * 2 % 11;
	}
	return (p + value(v[n - 1])) % 10 == 1;
}

/* As of an EAN-13: weights 1 and 3 in turn. */
bool recognizer_check_ean(const char *v, unsigned n)
{
	unsigned sum = 0;

	for (unsigned i = 0; i < n; i++)
		sum += value(v[n - 1 - i]) * (i % 2 == 0 ? 1 : 3);
	return sum % 10 == 0;
}
