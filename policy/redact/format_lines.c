/* Lines, words and numbers of subtitles and tables of speech. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "policy/redact/format_timed.h"

uint64_t format_timed_bom(struct bytes in)
{
	return in.n >= 3 && memcmp(in.p, "\xEF\xBB\xBF", 3) == 0 ? 3 : 0;
}

struct bytes format_timed_line(struct bytes in, uint64_t at, uint64_t *next)
{
	uint64_t end = at;

	while (end < in.n && in.p[end] != '\n' && in.p[end] != '\r')
		end++;
	*next = end + (end < in.n);
	if (end + 1 < in.n && in.p[end] == '\r' && in.p[end + 1] == '\n')
		*next = end + 2;
	return bytes_sub(in, at, end - at);
}

static bool is_blank(uint8_t c)
{
	return c == ' ' || c == '\t';
}

bool format_timed_blank(struct bytes line)
{
	size_t i = 0;

	while (i < line.n && is_blank(line.p[i]))
		i++;
	return i == line.n;
}

bool format_timed_word(struct bytes line, size_t *at, struct bytes *word)
{
	size_t end;

	while (*at < line.n && is_blank(line.p[*at]))
		(*at)++;
	for (end = *at; end < line.n && !is_blank(line.p[end]);)
		end++;
	*word = bytes_sub(line, *at, end - *at);
	*at = end;
	return word->n > 0;
}

/* Digits from *at on; how many. */
static size_t digits(struct bytes b, size_t *at)
{
	size_t from = *at;

	while (*at < b.n && b.p[*at] >= '0' && b.p[*at] <= '9')
		(*at)++;
	return *at - from;
}

bool format_timed_number(struct bytes word)
{
	size_t i = word.n > 0 && word.p[0] == '-', whole = digits(word, &i);
	size_t n = 0, power;

	if (i < word.n && word.p[i] == '.') {
		i++;
		n = digits(word, &i);
	}
	if (whole + n == 0 || whole > 9 || n > 20)
		return false;
	if (i == word.n || (word.p[i] | 0x20) != 'e')
		return i == word.n;
	i++;
	i += i < word.n && (word.p[i] == '-' || word.p[i] == '+');
	power = digits(word, &i);
	return i == word.n && power > 0 && power < 4;
}

static bool is_letter(uint8_t c)
{
	return (c | 0x20) >= 'a' && (c | 0x20) <= 'z';
}

bool format_timed_known(struct bytes text, const char *words, unsigned most)
{
	size_t list = strlen(words), end, single = 0;

	for (size_t i = 0; i < text.n; i = end) {
		char low[20] = " ";
		size_t n = 0;

		end = i;
		if (digits(text, &end) > most)
			return false;
		if (end > i)
			continue;
		while (end < text.n && is_letter(text.p[end]) && n < 17)
			low[++n] = (char)(text.p[end++] | 0x20);
		low[n + 1] = ' ';
		if (n > 0 && memmem(words, list, low, n + 2) == NULL &&
		    (n > 1 || ++single > 1))
			return false;
		if (n == 0 && strchr(" \t:.,%=-_/<>", text.p[end++]) == NULL)
			return false;
	}
	return true;
}
