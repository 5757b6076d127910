/* Generated JSON, JSONL and tables with every trap a reader can fall into. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/property/made.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

uint64_t made_next(uint64_t *seed)
{
	uint64_t z = *seed += 0x9E3779B97F4A7C15u;

	z = (z ^ z >> 30) * 0xBF58476D1CE4E5B9u;
	z = (z ^ z >> 27) * 0x94D049BB133111EBu;
	return z ^ z >> 31;
}

static const char *const parts[] = {"My name is Maria Lopez. ",
				    "call 415-555-0123 ",
				    "\\u00e9t\\u00e9 ",
				    "card 4111 1111 1111 1111 ",
				    "mail m.lopez@bank.com, ",
				    "\\ud83d\\ude00",
				    "lone \\ud83d x ",
				    "\xf0\x9f\x98\x80 ",
				    "\\\"quoted\\\" ",
				    "\\n\\t ",
				    "M\\u0061ria Lopez ",
				    "\xff\xfe ",
				    "192.168.10.20 ",
				    "https://bank.com/a?b=c ",
				    "on 2026-07-14 ",
				    "\\/slash\\\\ ",
				    "{\\\"name\\\": \\\"Maria Lopez\\\"} ",
				    "SSN 536-90-4399 ",
				    "plain words about nothing "};

static void put_string(struct buf *b, uint64_t *seed)
{
	size_t n = made_next(seed) % 6;

	assert_int_equal(buf_putc(b, '"'), 0);
	while (n-- > 0)
		assert_int_equal(
			buf_puts(b, parts[made_next(seed) % ARRAY_LEN(parts)]),
			0);
	assert_int_equal(buf_putc(b, '"'), 0);
}

static void put_value(struct buf *b, uint64_t *seed)
{
	static const char *const bare[] = {"null",	 "true",
					   "4155550123", "12345678901234567890",
					   "-1.50e+3",	 "4111111111111111",
					   "[]",	 "{}"};

	if (made_next(seed) % 3 == 0)
		assert_int_equal(
			buf_puts(b, bare[made_next(seed) % ARRAY_LEN(bare)]),
			0);
	else
		put_string(b, seed);
}

void made_object(struct buf *b, uint64_t *seed, const char *space)
{
	static const char *const keys[] = {"a",	    "b", "text",
					   "phone", "b", "Maria Lopez"};
	size_t n = made_next(seed) % 7;

	assert_int_equal(buf_putc(b, '{'), 0);
	for (size_t i = 0; i < n; i++) {
		assert_int_equal(
			buf_printf(b, "%s%s\"%s\":%s", i == 0 ? "" : ",", space,
				   keys[made_next(seed) % ARRAY_LEN(keys)],
				   space),
			0);
		put_value(b, seed);
	}
	assert_int_equal(buf_printf(b, "%s}", space), 0);
}

void made_file(struct buf *b, uint64_t seed, bool lines)
{
	static const char *const spaces[] = {"", " ", "\r\n  ", "\n\t"};
	const char *space = lines ? " " : spaces[made_next(&seed) % 4];
	size_t n = seed % 50 == 0 ? 20000 : 1 + made_next(&seed) % 60;

	if (made_next(&seed) % 4 == 0)
		assert_int_equal(buf_puts(b, "\xef\xbb\xbf"), 0);
	if (!lines)
		assert_int_equal(buf_printf(b, "%s[", space), 0);
	for (size_t i = 0; i < n; i++) {
		if (i > 0)
			assert_int_equal(buf_puts(b, lines ? "\n" : ","), 0);
		assert_int_equal(buf_puts(b, lines ? "" : space), 0);
		made_object(b, &seed, space);
	}
	if (!lines)
		assert_int_equal(buf_printf(b, "%s]%s", space, space), 0);
	else if (made_next(&seed) % 2 == 0)
		assert_int_equal(buf_putc(b, '\n'), 0);
}

/* One cell; an unquoted one has no separator, no line end, and no quote at its
 * beginning. */
static void put_cell(struct buf *b, uint64_t *seed)
{
	static const char *const some[] = {"Maria Lopez",
					   "415-555-0123",
					   "4111111111111111",
					   "m.lopez@bank.com",
					   "10.20.30.40",
					   "536-90-4399",
					   "10.20.30.40\"x\"",
					   "192.168.10.20=1+1",
					   "5\" pipe",
					   "=SUM(A1)",
					   "my name is Maria Lopez",
					   "\xff\xfe",
					   "\xf0\x9f\x98\x80",
					   " ",
					   "\\",
					   "words"};
	static const char *const more[] = {
		"\"\"", "a, b; c\td|e", "\r\n", "\n",
		"{\"\"t\"\": \"\"m.lopez@bank.com\"\"}"};
	bool quoted = made_next(seed) % 2 == 0;
	size_t n = made_next(seed) % (quoted ? 5 : 3);

	assert_int_equal(buf_puts(b, quoted ? "\"" : ""), 0);
	for (size_t i = 0; i < n; i++) {
		const char *s = some[made_next(seed) % ARRAY_LEN(some)];

		if (quoted &&
		    (strchr(s, '"') != NULL || made_next(seed) % 3 == 0))
			s = more[made_next(seed) % ARRAY_LEN(more)];
		assert_int_equal(buf_puts(b, s), 0);
	}
	assert_int_equal(buf_puts(b, quoted ? "\"" : ""), 0);
}

void made_table(struct buf *b, uint64_t seed, char separator)
{
	static const char *const names[] = {"a", "b", "text", "\"first name\""};
	static const char *const ends[] = {"\n", "\n", "\r\n", "\n\n"};
	size_t width = 1 + made_next(&seed) % ARRAY_LEN(names);
	size_t n = seed % 20 == 0 ? 20000 : 1 + made_next(&seed) % 60;

	if (made_next(&seed) % 4 == 0)
		assert_int_equal(buf_puts(b, "\xef\xbb\xbf"), 0);
	for (size_t i = 0; i <= n; i++) {
		size_t cells = width + (i > 0 && made_next(&seed) % 20 == 0);

		for (size_t k = 0; k < cells; k++) {
			if (k > 0)
				assert_int_equal(buf_putc(b, separator), 0);
			if (i == 0)
				assert_int_equal(buf_puts(b, names[k]), 0);
			else
				put_cell(b, &seed);
		}
		assert_int_equal(
			buf_puts(b, ends[made_next(&seed) % ARRAY_LEN(ends)]),
			0);
	}
}
