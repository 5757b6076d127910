/* E-mail addresses and URLs: what stands on both sides of a joint. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "policy/redact/recognizer.h"

#define LOCAL_LONG 80 /* bytes before "%40" */

static bool is_local(uint8_t c)
{
	return is_word(c) || c == '.' || c == '_' || c == '%' || c == '+' ||
	       c == '-' || c == '\'';
}

static bool is_host(uint8_t c)
{
	return is_word(c) || c == '-' || c == '.';
}

/* The host at i: dotted labels; trailing points and dashes left out.
 * *dots: points inside; *last: where the last label begins. */
static uint32_t host(struct scan *s, uint32_t i, unsigned *dots, uint32_t *last)
{
	uint32_t end = i;

	*dots = 0;
	*last = i;
	for (; is_host(scan_at(s, end)); end++)
		if (s->t[end] == '.' && scan_at(s, end + 1) == '.')
			break;
	s->steps += end - i;
	while (end > i && (s->t[end - 1] == '.' || s->t[end - 1] == '-'))
		end--;
	for (uint32_t k = i; k < end; k++)
		if (s->t[k] == '.') {
			(*dots)++;
			*last = k + 1;
		}
	return end;
}

/* The last label reads like a top-level domain: letters, or punycode. */
static bool is_top(const struct scan *s, uint32_t i, uint32_t end)
{
	if (end - i < 2)
		return false;
	if (end - i > 4 && memcmp(s->t + i, "xn--", 4) == 0)
		return true;
	for (; i < end; i++)
		if (!is_alpha(s->t[i]) && s->t[i] < 0x80)
			return false;
	return true;
}

static bool one_of(const struct scan *s, uint32_t i, uint32_t end,
		   const char *words)
{
	uint32_t n = end - i;

	for (const char *p = words; *p != '\0';) {
		size_t m = (size_t)(strchrnul(p, ' ') - p), k = 0;

		while (m == n && k < m && (s->t[i + k] | 0x20) == (uint8_t)p[k])
			k++;
		if (m == n && k == m)
			return true;
		p += m + (p[m] == ' ');
	}
	return false;
}

/* Where the local part that ends at i begins. */
static uint32_t local(struct scan *s, uint32_t i, uint32_t from)
{
	uint32_t start = i;

	while (start > from && is_local(s->t[start - 1]))
		start--;
	s->steps += i - start;
	while (start < i && !is_word(s->t[start]) && s->t[start] != '_')
		start++;
	return start;
}

static bool is_url(uint8_t c)
{
	return c > ' ' && c != '"' && c != '<' && c != '>' && c != '`' &&
	       c != 0x7f;
}

/* The end of a URL at i: its characters, without the sentence's punctuation
 * and without brackets that were not opened in it. */
static uint32_t url_end(struct scan *s, uint32_t i)
{
	uint32_t end = i;
	int open = 0;

	for (; is_url(scan_at(s, end)); end++) {
		open += s->t[end] == '(';
		if (s->t[end] == ')' && --open < 0)
			break;
		if (s->t[end] == ']' || s->t[end] == '}' || s->t[end] == '\\')
			break;
	}
	s->steps += end - i;
	while (end > i && strchr(".,;:!?'*|", s->t[end - 1]) != NULL)
		end--;
	return end;
}

static void take(struct scan *s, uint32_t start, uint32_t end, unsigned rule,
		 unsigned score)
{
	s->url_end = end;
	recognizer_hit(s, start, end, ENTITY_URL, rule, score);
}

/* Behind the address in brackets that may begin a host, "[2001:db8::1]". */
static uint32_t bracketed(const struct scan *s, uint32_t i)
{
	uint32_t end = i;

	if (scan_at(s, i) != '[')
		return i;
	while (end < i + 48 && is_url(scan_at(s, end)) && s->t[end] != ']')
		end++;
	return scan_at(s, end) == ']' ? end + 1 : i;
}

/* ':' of "scheme://". Returns 0: what is inside is scanned too, so that an
 * e-mail address in a URL is one. */
uint32_t recognizer_url(struct scan *s, uint32_t i, uint32_t from)
{
	uint32_t start = i, end;

	if (scan_at(s, i + 1) != '/' || scan_at(s, i + 2) != '/' ||
	    i < s->url_end)
		return 0;
	while (start > from && i - start < 20 &&
	       (is_alpha(s->t[start - 1]) || is_digit(s->t[start - 1]) ||
		s->t[start - 1] == '+'))
		start--;
	while (start < i && !is_alpha(s->t[start]))
		start++;
	if (i - start < 2)
		return 0;
	end = url_end(s, bracketed(s, i + 3));
	if (end == i + 3)
		return 0;
	take(s, start, end, RULE_URL_SCHEME, 95);
	return i + 3;
}

uint32_t recognizer_url_www(struct scan *s, uint32_t i)
{
	uint32_t end, last;
	unsigned dots;

	if (scan_at(s, i + 3) != '.' || !is_word(scan_at(s, i + 4)) ||
	    i < s->url_end)
		return 0;
	end = host(s, i, &dots, &last);
	if (dots < 2)
		return 0;
	end = url_end(s, end);
	s->dots_end = end;
	take(s, i, end, RULE_URL_WWW, 90);
	return 0;
}

/* Domains without a scheme: only tops that are no ends of sentences or names
 * of files; country ones that are words need a path behind. */
static bool bare_top(const struct scan *s, uint32_t i, uint32_t end, bool path)
{
	if (is_upper(s->t[i]) && is_lower(s->t[end - 1]))
		return false; /* a sentence without its blank */
	if (one_of(s, i, end,
		   "com net org edu gov mil info biz io co uk de es fr nl ch "
		   "pl se dk fi pt jp kr cn ru br mx au nz ie eu ca cz vn app "
		   "dev ai online shop store tech site cloud bank tv xyz "
		   "museum mobi asia il gr hu ro ua ar pe za tr sg hk tw th "
		   "ph pk ng ke ae sa lt lv ee sk hr bg lu mt li"))
		return true;
	return path && one_of(s, i, end, "it at be in us no me so is to gg ly");
}

/* "mkaplan@build7": somebody's, on a machine; the end of what was taken. */
static uint32_t account(struct scan *s, uint32_t start, uint32_t i,
			uint32_t end)
{
	if (i - start < 3 || is_digit(s->t[start]) ||
	    recognizer_name_roles(s, start, i) != 0)
		return 0;
	recognizer_hit(s, start, i, ENTITY_USERNAME, RULE_USER_HANDLE, 60);
	return end;
}

/* A local part that is no word of a sentence, a mail host, or talk of e-mail.
 */
static bool is_told(const struct scan *s, uint32_t start, uint32_t end,
		    uint32_t right)
{
	uint32_t stop = right;
	bool odd = false;

	for (uint32_t i = start; i < end; i++)
		odd = odd || !is_alpha(s->t[i]);
	while (is_word(scan_at(s, stop)))
		stop++;
	return odd || recognizer_mail_host(s, right, stop) ||
	       recognizer_near(s, TOPIC_EMAIL, start);
}

/* Behind "joe@hotmail" at i: " com", " con", " net". */
static uint32_t over_top(const struct scan *s, uint32_t i)
{
	uint32_t end;

	if (scan_at(s, i) != ' ' && scan_at(s, i) != ',')
		return i;
	end = recognizer_word_end(s, i + 1);
	return recognizer_word_in(s, "com con cm net", i + 1, end) ? end : i;
}

uint32_t recognizer_email(struct scan *s, uint32_t i, uint32_t from)
{
	uint32_t left = i > from && s->t[i - 1] == ' ' ? i - 1 : i;
	uint32_t right = scan_at(s, i + 1) == ' ' ? i + 2 : i + 1;
	uint32_t start = local(s, left, from), last, end;
	unsigned dots, score = 98;
	bool spaced = left != i || right != i + 1;

	if (start == left || !is_word(scan_at(s, right)))
		return 0;
	end = host(s, right, &dots, &last);
	if (dots == 0 || !is_top(s, last, end)) {
		/* user@10.0.0.1, joe@gmailcom; else no address */
		if (dots == 3 && is_digit(s->t[end - 1]))
			score = 80;
		else if (dots == 0 && (recognizer_mail_host(s, right, end) ||
				       (!spaced && over_top(s, end) > end))) {
			score = 75;
			end = over_top(s, end);
		} else
			return dots == 0 && !spaced ? account(s, start, i, end)
						    : 0;
	}
	if (spaced && !bare_top(s, last, end, is_told(s, start, left, right)))
		return 0;
	recognizer_hit(s, start, end, ENTITY_EMAIL_ADDRESS, RULE_EMAIL_AT,
		       spaced ? 75 : score);
	return end;
}

/* "jane%40example.com": the host begins behind "%40" at i. */
static uint32_t encoded(struct scan *s, uint32_t i, uint32_t from)
{
	uint32_t start, end, last;
	unsigned dots;

	if (i == from || s->t[i - 1] != '%' || scan_at(s, i) != '4' ||
	    scan_at(s, i + 1) != '0')
		return 0;
	if (i - from > LOCAL_LONG)
		from = i - LOCAL_LONG;
	start = local(s, i - 1, from);
	end = host(s, i + 2, &dots, &last);
	if (start == i - 1 || dots == 0 || !is_top(s, last, end))
		return 0;
	recognizer_hit(s, start, end, ENTITY_EMAIL_ADDRESS, RULE_EMAIL_AT, 96);
	return end;
}

uint32_t recognizer_url_bare(struct scan *s, uint32_t i, uint32_t from)
{
	uint32_t start = i, end, last;
	unsigned dots;
	bool path;

	if (i < s->dots_end || !is_word(scan_at(s, i + 1)))
		return 0;
	while (start > from && is_host(s->t[start - 1]) &&
	       s->t[start - 1] != '.')
		start--;
	end = encoded(s, start, from);
	s->dots_end = end;
	if (end != 0 || i < s->url_end)
		return 0;
	end = host(s, start, &dots, &last);
	s->dots_end = end;
	s->steps += i - start;
	if (start == i || scan_at(s, end) == '@' ||
	    (start > 0 && (s->t[start - 1] == '@' || s->t[start - 1] == '_')))
		return 0;
	path = scan_at(s, end) == '/' && is_word(scan_at(s, end + 1));
	if (last <= i || i - start < 2 || !bare_top(s, last, end, path))
		return 0;
	if (path)
		end = url_end(s, end);
	if (!path && recognizer_near(s, TOPIC_DOMAIN, start)) {
		recognizer_hit(s, start, end, ENTITY_DOMAIN_NAME, RULE_URL_BARE,
			       70);
		return 0;
	}
	take(s, start, end, RULE_URL_BARE, path ? 80 : 65);
	return 0;
}
