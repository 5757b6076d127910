/* Several digits said at once, within a chain of digits that are said. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "policy/redact/recognizer_abroad.h"

/* English words that one of them begins with, "once upon". */
static bool is_english(struct bytes in, size_t i, size_t end)
{
	return end - i == 4 &&
	       strncasecmp((const char *)in.p + i, "once", 4) == 0;
}

bool recognizer_spoken_abroad(struct bytes in, size_t i, bool first,
			      struct spoken_digits *out)
{
	struct abroad_number n;
	unsigned value;

	if (!recognizer_spoken_may_abroad(in, i) || !abroad_number(in, i, &n) ||
	    !n.several || n.ordinal ||
	    /* folding never grows the text: "mil" */
	    n.end - i < n.digits || (first && is_english(in, i, n.end)))
		return false;
	*out = (struct spoken_digits){
		.start = i, .end = n.end, .n = n.digits, .sum = n.sum};
	value = n.value;
	for (unsigned k = n.digits; k > 0; value /= 10)
		out->digits[--k] = (char)('0' + value % 10);
	return true;
}

/* "tháng ba năm tám lăm": of a date; and "năm hai nghìn". */
bool recognizer_spoken_date(struct bytes in, size_t i)
{
	static const char month[] = "th\xc3\xa1ng ", year[] = "n\xc4\x83m ";
	const size_t n = sizeof(month) - 1;
	struct abroad_number next;
	size_t from = i < 24 ? 0 : i - 24;

	if (i >= n && memcmp(in.p + i - n, month, n) == 0)
		return true;
	if (in.n - i < sizeof(year) ||
	    memcmp(in.p + i, year, sizeof(year) - 1) != 0)
		return false;
	for (size_t k = from; k + n <= i; k++)
		if (memcmp(in.p + k, month, n) == 0)
			return true;
	return abroad_number(in, i + sizeof(year) - 1, &next) &&
	       next.digits == 4;
}

bool recognizer_spoken_no(struct bytes in, size_t i, size_t end)
{
	static const char no[] = "kh\xc3\xb4ng", yes[] = " \xe1\xba\xa1";

	return end - i == sizeof(no) - 1 &&
	       memcmp(in.p + i, no, sizeof(no) - 1) == 0 && end + 1 < in.n &&
	       in.p[end] == ' ' && is_word(in.p[end + 1]) &&
	       (in.n - end < sizeof(yes) - 1 ||
		memcmp(in.p + end, yes, sizeof(yes) - 1) != 0);
}
