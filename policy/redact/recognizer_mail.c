/* E-mail addresses as they are spoken: "jane dot doe at example dot com". */
/* SPDX-License-Identifier: Apache-2.0 */
#include "policy/redact/recognizer.h"

/*
 * The word "at" is all over English. So the host behind it decides first: two
 * words that "dot" joins, or one of the mail hosts that everybody has. Then
 * something before it must be a local part: what "dot", "underscore" and the
 * like join, letters that were spelled one by one, or one word, which is
 * enough only where it has a digit, the host is a mail host, or the talk is of
 * e-mail: "I work at example dot com" is no address.
 */

#define PARTS 8	 /* words of a local part */
#define LONG 32	 /* bytes of one of them */
#define LABELS 4 /* of a host */

static ALWAYS_INLINE bool is_said(const struct scan *s, uint32_t i,
				  uint32_t end, const char *words)
{
	return recognizer_check_word(words, s->t, i, end);
}

/* The word at i, and the one that ends at i. */
static uint32_t word_end(const struct scan *s, uint32_t i)
{
	return i < s->n ? recognizer_word_over(
				  s, i, s->n - i > LONG ? i + LONG : s->n)
			: i;
}

static uint32_t word_start(const struct scan *s, uint32_t i)
{
	uint32_t start = i;

	while (start > 0 && i - start < LONG && is_word(s->t[start - 1]))
		start--;
	return start;
}

static bool is_open(uint8_t c)
{
	return c == ' ' || c == '(' || c == '[' || c == '<' || c == '{';
}

static bool is_close(uint8_t c)
{
	return c == ' ' || c == ')' || c == ']' || c == '>' || c == '}';
}

/* Over blanks and a bracket; at most three bytes. */
static uint32_t over(const struct scan *s, uint32_t i, bool close)
{
	uint32_t end = i;

	while (end < i + 3 &&
	       (close ? is_close(scan_at(s, end)) : is_open(scan_at(s, end))))
		end++;
	return end;
}

static uint32_t back(const struct scan *s, uint32_t i, bool close)
{
	uint32_t start = i;

	while (start > 0 && i - start < 3 &&
	       (close ? is_close(s->t[start - 1]) : is_open(s->t[start - 1])))
		start--;
	return start;
}

/* The joint at i, " dot ", "(dot)" or ".": where the next label begins; i:
 * none. */
static uint32_t joint(const struct scan *s, uint32_t i)
{
	static const char words[] = "dot punkt punto chấm";
	uint32_t from = over(s, i, false), end;

	if (s->n - i > 3 && memcmp(s->t + i, " . ", 3) == 0)
		return i + 3;
	if (scan_at(s, i) == '.')
		return is_word(scan_at(s, i + 1)) ? i + 1 : i;
	end = word_end(s, from);
	if (from == i || !is_said(s, from, end, words))
		return i;
	return over(s, end, true);
}

/* What a host's end must be. */
static bool is_top(const struct scan *s, uint32_t i, uint32_t end)
{
	return is_said(s, i, end,
		       "com org net de es vn edu gov io co uk info eu fr it nl "
		       "ch at me us ca au in biz museum");
}

static bool is_provider(const struct scan *s, uint32_t i, uint32_t end)
{
	/* by their first two letters: most words behind "at" end here */
	static const char pairs[] = "gm go gx ya ym ho ou or li ms ic ao at pr "
				    "fa we co ve sb be ea bt la";
	char two[2] = {(char)(scan_at(s, i) | 0x20),
		       (char)(scan_at(s, i + 1) | 0x20)};

	return end - i >= 3 && recognizer_check_in(pairs, two, 2) &&
	       is_said(s, i, end,
		       "gmail googlemail yahoo ymail hotmail outlook live msn "
		       "icloud aol protonmail proton fastmail gmx web comcast "
		       "verizon att sbcglobal bellsouth earthlink btinternet "
		       "orange laposte libero");
}

/* Such as are words, too: only with their end. */
static bool is_vague(const struct scan *s, uint32_t i, uint32_t end)
{
	return is_said(s, i, end, "web live orange verizon comcast att");
}

bool recognizer_mail_host(const struct scan *s, uint32_t i, uint32_t end)
{
	static const char *const ends[] = {"com", "net", "de", "me",
					   "fr",  "es",	 "it"};

	if (is_provider(s, i, end))
		return !is_vague(s, i, end);
	if (end - i < 6)
		return false;
	for (size_t k = 0; k < ARRAY_LEN(ends); k++) {
		uint32_t n = (uint32_t)strlen(ends[k]);

		if (end - i > n + 1 && is_said(s, end - n, end, ends[k]) &&
		    is_provider(s, i, end - n))
			return true;
	}
	return false;
}

/* A joint or an end may come behind the word that ends at i. */
static bool may_join(const struct scan *s, uint32_t i)
{
	uint8_t c = scan_at(s, over(s, i, false)) | 0x20;

	return scan_at(s, i) == '.' || scan_at(s, i) == '-' || c == '.' ||
	       c == 'd' || c == 'p' || c == 'c' || c == 'h' || c == 'b';
}

/* "hyphen" between two words of a host, or one: "t-online punkt de". */
static uint32_t hyphen(const struct scan *s, uint32_t i)
{
	uint32_t from = over(s, i, false), end = word_end(s, from);

	if (scan_at(s, i) == '-' && is_word(scan_at(s, i + 1)))
		return i + 1;
	if (from == i || !is_said(s, from, end, "hyphen dash bindestrich"))
		return i;
	return over(s, end, true);
}

/* "hot mail", "g mail": the end of both words; else end. */
static uint32_t over_half(const struct scan *s, uint32_t i, uint32_t end)
{
	uint32_t stop;

	if (scan_at(s, end) != ' ' ||
	    !is_said(s, i, end, "hot g y proton fast out i"))
		return end;
	stop = word_end(s, end + 1);
	return is_said(s, end + 1, stop, "mail look cloud") ? stop : end;
}

/* A host at i: its end, or 0. *known: a mail host; *spelled: with "dot". */
static uint32_t host(struct scan *s, uint32_t i, bool *known, bool *spelled)
{
	uint32_t end = over_half(s, i, word_end(s, i)), found = 0;

	if (i >= s->n || end == i)
		return 0;
	*known = end > word_end(s, i) || is_provider(s, i, end) ||
		 recognizer_mail_host(s, i, end);
	*spelled = false;
	if (!*known && !may_join(s, end))
		return 0;
	if (*known && end == word_end(s, i) && !is_provider(s, i, end))
		found = end; /* gmailcom */
	for (unsigned n = 0; n < LABELS; n++) {
		uint32_t next = joint(s, end), stop;

		if (next == end && *known && n == 0 && scan_at(s, end) == ' ' &&
		    is_said(s, end + 1, word_end(s, end + 1), "com de net"))
			next = end + 1; /* "gmail com" */
		if (next == end)
			next = hyphen(s, end);
		if (next == end)
			break;
		stop = word_end(s, next);
		*spelled = *spelled || (s->t[end] != '.' && s->t[end] != '-');
		if (stop == next)
			break;
		end = stop;
		if (is_top(s, next, stop))
			found = end;
	}
	s->steps += end - i;
	return found;
}

/* Words that join parts of a local part. */
static bool is_joint(const struct scan *s, uint32_t i, uint32_t end)
{
	return is_said(s, i, end,
		       "dot underscore dash hyphen minus plus point punkt "
		       "punto guion guión unterstrich bindestrich");
}

/* Words that are no local part by themselves. */
static bool is_plain(const struct scan *s, uint32_t i, uint32_t end)
{
	return recognizer_name_roles(s, i, end) != 0;
}

/* A common word, but not one of those that hold a sentence together. */
static bool is_noun(const struct scan *s, uint32_t i, uint32_t end)
{
	return (recognizer_name_roles(s, i, end) & ROLE_FUNCTION) == 0;
}

/* One part of a local part that ends at i: "jane", "j.doe", "doe_42". */
static uint32_t part(const struct scan *s, uint32_t i)
{
	uint32_t start = i;

	while (start > 0 && i - start < LONG &&
	       (is_word(s->t[start - 1]) ||
		(strchr("._-+", s->t[start - 1]) != NULL && start > 1 &&
		 start < i && is_word(s->t[start - 2]))))
		start--;
	return start;
}

/* What stands before the local part that begins at i goes on with it: where
 * the part before that begins; i: nothing does. *strong: joined by a word. */
static uint32_t joined(const struct scan *s, uint32_t i, bool single, bool told,
		       bool *strong)
{
	uint32_t end = back(s, i, true), start = word_start(s, end), before;

	if (end == i || start == end)
		return i;
	if (is_joint(s, start, end)) {
		before = part(s, back(s, start, false));
		*strong = before < start - 1;
		return *strong ? before : i;
	}
	/* "jane 42" */
	if (is_digit(s->t[i]) && !is_digit(s->t[start]) &&
	    (!is_plain(s, start, end) || (told && is_noun(s, start, end)))) {
		*strong = true;
		return start;
	}
	/* letters one by one */
	if (start > 0 && s->t[start - 1] != ' ')
		return i;
	if (single && end - start == 1 && s->t[i - 1] == ' ' &&
	    word_end(s, i) == i + 1) {
		*strong = true;
		return start;
	}
	return i;
}

/* A local part that ends at i; i: none. *strong: it can be nothing else. */
static uint32_t local(struct scan *s, uint32_t i, bool told, bool *strong)
{
	uint32_t start = part(s, i);
	bool joints = false;

	*strong = false;
	for (uint32_t k = start; k < i; k++)
		*strong = *strong || !is_alpha(s->t[k]);
	for (unsigned n = 1; n < PARTS && start < i; n++) {
		uint32_t next =
			joined(s, start, n == 1 || joints, told, &joints);

		if (next == start)
			break;
		*strong = true;
		start = next;
	}
	s->steps += i - start;
	return start;
}

/* A plain word that is a local part: a mailbox of a firm, or any where an
 * address was asked for. */
static bool is_box(const struct scan *s, uint32_t i, uint32_t end, bool told)
{
	if (is_said(s, i, end, "info support sales orders office contact"))
		return true;
	return told && is_noun(s, i, end);
}

/* "a còng": the sign's name begins with that "a"; 0: no sign's. */
static uint32_t snail(const struct scan *s, uint32_t i, uint32_t end)
{
	if (memcmp(s->t + i, "còng", end - i) != 0 || i < 3 ||
	    memcmp(s->t + i - 3, " a ", 3) != 0)
		return 0;
	return i - 2;
}

uint32_t recognizer_mail(struct scan *s, uint32_t i, uint32_t end)
{
	bool known = false, spelled = false, strong,
	     bracket = i > 0 && s->t[i - 1] != ' ';
	uint32_t sign =
		end - i == 5 && s->t[i + 1] >= 0x80 ? snail(s, i, end) : i;
	uint32_t to = over(s, end, true), left = back(s, sign, false), start;
	uint32_t stop = to == end ? 0 : host(s, to, &known, &spelled);
	bool told = recognizer_near(s, TOPIC_EMAIL, i), bare = false;

	if (left == sign)
		return 0;
	/* "priya 22 at gmail" */
	if (stop == 0 && told && to > end &&
	    recognizer_mail_host(s, to, word_end(s, to))) {
		stop = word_end(s, to);
		bare = known = true;
	}
	if (stop == 0)
		return 0;
	start = local(s, left, known && spelled, &strong);
	/* "along at yahoo dot com" of who was asked for one; else a word of
	 * the sentence */
	if (start == left || (bare && !strong) ||
	    (!strong && is_plain(s, start, left) &&
	     !is_box(s, start, left, told && known && spelled)))
		return 0;
	if (!strong && !known && !told && !bracket &&
	    !(spelled && is_box(s, start, left, false)))
		return 0;
	if (!spelled && !known && !told && !bracket)
		return 0; /* "rooms 2 and 4 at example.com" */
	recognizer_hit(s, start, stop, ENTITY_EMAIL_ADDRESS, RULE_EMAIL_SPOKEN,
		       strong || told ? 92 : 80);
	return stop;
}

static bool is_ascii(const struct scan *s, uint32_t i, uint32_t end)
{
	while (i < end && s->t[i] < 0x80)
		i++;
	return i == end;
}

uint32_t recognizer_mail_plain(struct scan *s, uint32_t i, uint32_t end)
{
	bool strong, told = recognizer_near(s, TOPIC_EMAIL, i);
	uint32_t left = back(s, i, false), stop = end, start, to;

	if (left + 1 != i)
		return 0;
	if (is_provider(s, i, end)) {
		to = joint(s, end);
		if (to == end && scan_at(s, end) == ' ')
			to = end + 1;
		stop = word_end(s, to);
		if (to == end || !is_said(s, to, stop, "com net de co org"))
			stop = end;
	}
	start = local(s, left, told, &strong);
	if (start == left || (!strong && !told) || (stop == end && !told) ||
	    recognizer_name_roles(s, start, left) != 0 ||
	    !is_ascii(s, start, left) ||
	    scan_listed(s, start, left)->trigger != NULL)
		return 0;
	recognizer_hit(s, start, stop, ENTITY_EMAIL_ADDRESS, RULE_EMAIL_SPOKEN,
		       strong ? 85 : 70);
	return stop;
}
