/* One part of an identifier: digits, a letter, "g40", "tango", "as in dog". */
/* SPDX-License-Identifier: Apache-2.0 */
#include "policy/redact/recognizer_parts.h"

#define LONG 24	       /* bytes of a part */
#define LETTERS_MOST 4 /* of one without digits */
#define LONGEST 8      /* letters of one that means something */

/* The alphabet that is said over the telephone, by letter. */
static const char *const alphabet[26] = {
	"alpha alfa", "bravo",	"charlie",	  "delta",    "echo",
	"foxtrot",    "golf",	"hotel",	  "india",    "juliet juliett",
	"kilo",	      "lima",	"mike",		  "november", "oscar",
	"papa",	      "quebec", "romeo",	  "sierra",   "tango",
	"uniform",    "victor", "whiskey whisky", "xray",     "yankee",
	"zulu"};

/* Short for something that is said before or behind a number. */
static const char brief[] =
	"no nr num ph tel ext ac id sn qty pls plz thx ty txt msg st rd ave "
	"apt ste rt rte ln pl ct bl fl rm pkg dob cc exp zip ur im its hi pw "
	"pwd usr ord acc conf ref inv po pos ok yr yrs hr hrs min mins sec lbs "
	"lb oz kg cm mm ft mph gb mb tb mg ml pm am st nd th etc vs c/o "
	" tmr rn btw idk imo lol omg nvm asap fyi tbh";

/* Letters behind digits that make them a measure, a time, an ordinal. */
static const char measures[] =
	"st nd rd th am pm gb mb tb kb g k m mm cm km ft in lb lbs oz mg ml kg "
	"mah ghz mhz hz w v fps p d h hr hrs min mins s sec yr yrs mo pc pcs "
	"mbps gbps kbps px kwh kw mp rd hp inch er a x xl ish";

bool recognizer_part_alphabet(const struct scan *s, uint32_t i, uint32_t end)
{
	unsigned letter = (s->t[i] | 0x20u) - 'a';

	return end - i > 3 && letter < 26 &&
	       (s->t[i + 1] | 0x20) == (uint8_t)alphabet[letter][1] &&
	       recognizer_word_in(s, alphabet[letter], i, end);
}

static bool is_trigger(const struct scan *s, uint32_t i, uint32_t end)
{
	return scan_listed(s, i, end)->trigger != NULL;
}

/* What letters alone are. */
static enum part_kind of_letters(const struct scan *s, const struct part *p)
{
	struct bytes in = bytes_of(s->t, s->n);

	if (p->letters > LONGEST)
		return PART_OTHER;
	if (p->letters > 1 && recognizer_spoken_word(in, p->start))
		return PART_SAID;
	if (recognizer_part_alphabet(s, p->start, p->end))
		return PART_ALPHABET;
	if (p->letters > 1 &&
	    (recognizer_name_roles(s, p->start, p->end) & ROLE_FUNCTION) != 0)
		return PART_OTHER;
	if (p->letters > 3 &&
	    recognizer_word_in(s, "dash hyphen", p->start, p->end))
		return PART_JOINT;
	if (p->letters > 3 &&
	    recognizer_word_in(s, "star pound hash", p->start, p->end))
		return PART_ALPHABET;
	if (p->letters > LETTERS_MOST ||
	    (p->letters > 1 &&
	     (recognizer_name_roles(s, p->start, p->end) != 0 ||
	      is_trigger(s, p->start, p->end))) ||
	    recognizer_word_in(s, brief, p->start, p->end))
		return PART_OTHER;
	return PART_LETTERS;
}

/* "5gb", "2nd", "10am". */
static bool is_measure(const struct scan *s, const struct part *p)
{
	uint32_t i = p->start;

	while (i < p->end && is_digit(s->t[i]))
		i++;
	return i > p->start && recognizer_word_in(s, measures, i, p->end);
}

/* A mark that may stand behind a part and does not belong to it. */
static bool is_behind(uint8_t c)
{
	return recognizer_check_mark(".,;!?)#\"'", c);
}

void recognizer_part_at(const struct scan *s, uint32_t i, struct part *p)
{
	uint32_t end = i;

	*p = (struct part){.start = i};
	while (end < s->n && end - i <= LONG && s->t[end] > ' ')
		end++;
	p->end = end;
	if (end - i > LONG || end == i)
		return;
	while (end > i && is_behind(s->t[end - 1]))
		end--;
	p->over = end < p->end;
	p->end = end;
	if (end - i > 2 && s->t[i] == '0' && (s->t[i + 1] | 0x20) == 'x')
		return; /* a constant of programs */
	for (; i < end; i++) {
		p->digits += is_digit(s->t[i]);
		p->letters += is_alpha(s->t[i]);
		if (!is_digit(s->t[i]) && !is_alpha(s->t[i]) &&
		    (s->t[i] != '-' || i == p->start))
			return;
	}
	if (p->digits == 0 && p->letters > 0)
		p->kind = (uint8_t)of_letters(s, p);
	else if (p->letters == 0 && p->digits > 0)
		p->kind = PART_DIGITS;
	else if (p->digits > 0)
		p->kind = is_measure(s, p) ? PART_MEASURE : PART_MIXED;
	if (p->kind == PART_SAID)
		p->digits = 1;
}

uint32_t recognizer_part_example(const struct scan *s, uint32_t i)
{
	static const char *const words[] = {" as in ", " like ", " for "};

	for (size_t k = 0; k < ARRAY_LEN(words); k++) {
		uint32_t n = (uint32_t)strlen(words[k]);

		if (i > n && memcmp(s->t + i - n, words[k], n) == 0 &&
		    (s->t[i - n - 1] | 0x20) == (s->t[i] | 0x20) &&
		    (i - n == 1 || !is_word(s->t[i - n - 2])))
			return i - n - 1;
	}
	return i;
}

bool recognizer_part_before(const struct scan *s, uint32_t i, uint32_t floor,
			    struct part *p)
{
	uint32_t end = i - 1, start, from;

	if (i <= floor + 1 || s->t[end] != ' ')
		return false;
	for (start = end;
	     start > floor && end - start <= LONG && s->t[start - 1] > ' ';)
		start--;
	if (s->t[start] == '#' || s->t[start] == '(')
		start++;
	if (start == end || end - start > LONG)
		return false;
	recognizer_part_at(s, start, p);
	from = is_alpha(s->t[start]) ? recognizer_part_example(s, start)
				     : start;
	if (from < start && from >= floor && !p->over) {
		p->start = from;
		p->kind = PART_ALPHABET;
	}
	if (p->kind == PART_DIGITS && recognizer_part_counts(s, p))
		return false;
	return p->kind != PART_OTHER && !p->over;
}

bool recognizer_part_counts(const struct scan *s, const struct part *p)
{
	uint32_t i = p->end + 1, end;
	const struct word *w;

	if (p->end + 1 >= s->n || s->t[p->end] != ' ')
		return false;
	end = recognizer_word_end(s, i);
	if (end - i < 2)
		return false;
	w = scan_listed(s, i, end)->trigger;
	if (w != NULL && (w->roles & ROLE_TOPIC) == 0 &&
	    (w->roles &
	     (ROLE_UNIT | ROLE_CURRENCY | ROLE_SCALE | ROLE_MONTH)) != 0)
		return true;
	return recognizer_word_in(s, "am pm x by of to off times per", i, end);
}
