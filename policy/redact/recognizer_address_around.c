/* What stands before an address and its number, and how far it goes. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "policy/redact/recognizer.h"

#define FRONT 3 /* words before a number that say an address comes */
#define ANSWER_LONG 60
#define NAMES 4 /* of a street, where it was asked for */

/* Where the word before i begins, over a blank with a comma or colon before
 * it; i: there is none. */
static uint32_t before(const struct scan *s, uint32_t i, uint32_t *end)
{
	uint32_t start;

	if (i < 2 || s->t[i - 1] != ' ')
		return i;
	*end = i - 1;
	if (s->t[*end - 1] == ',' || s->t[*end - 1] == ':')
		(*end)--;
	for (start = *end;
	     start > 0 && *end - start < 16 && is_word(s->t[start - 1]);)
		start--;
	return start < *end ? start : i;
}

bool recognizer_address_opens(struct scan *s, uint32_t i)
{
	static const char says[] = "to at it is its it's that's thats from was "
				   "address live lives living home s on about";
	static const char idle[] = "so uh um er erm well okay ok sure yes yeah "
				   "yep hi right actually no and hmm please "
				   "alright just oh";
	uint32_t end = i;

	for (unsigned n = 0; n < FRONT; n++) {
		uint32_t start =
			i == 0 || s->t[i - 1] == '\n' ? i : before(s, i, &end);

		if (start == i)
			return i == 0 || s->t[i - 1] == '\n' ||
			       (i > 1 && s->t[i - 1] == ' ' &&
				strchr(".:!?", s->t[i - 2]) != NULL);
		s->steps += i - start;
		if (recognizer_word_in(s, says, start, end))
			return true;
		if (!recognizer_word_in(s, idle, start, end))
			return false;
		i = start;
	}
	return false;
}

/* "flat ", "unit ", "Apt. " before the number at i: where it begins, or i. */
static uint32_t flat_kind(const struct scan *s, uint32_t i)
{
	static const char kinds[] = "flat apartment apt unit suite room lot "
				    "studio piso box";
	uint32_t end, kind = before(s, i, &end);

	if (kind == i && i > 2 && s->t[i - 1] == ' ' && s->t[i - 2] == '.') {
		for (end = kind = i - 2;
		     kind > 0 && end - kind < 16 && is_word(s->t[kind - 1]);)
			kind--;
	}
	return kind < i && recognizer_word_in(s, kinds, kind, end) ? kind : i;
}

/* "Flat 3, ", "unit 4b ", "Apt. 5, " before the number at i: where it begins;
 * i: there is none. */
uint32_t recognizer_address_flat(const struct scan *s, uint32_t i)
{
	uint32_t end, start = before(s, i, &end), kind;

	if (start == i || end - start > 4)
		return i;
	if (!is_digit(s->t[start]) && end - start > 1)
		return i;
	kind = flat_kind(s, start);
	return kind < start ? kind : i;
}

/* Kinds of streets that stand before the name, and words within such names. */
static const char kinds[] = "rue via viale piazza jalan jln jl rua impasse "
			    "chemin quai ulica avenue boulevard cours place "
			    "calle avenida";
static const char inner[] = "de des du d la le les l della dei del do da dos "
			    "en sur san";

/* The name of a street behind its kind at i: words with capitals, and those in
 * lower case that are none of these; 0: none may be. Its end, or i. */
static uint32_t name(struct scan *s, uint32_t i, unsigned none)
{
	uint32_t at = i, found = i;

	for (unsigned n = 0; n < NAMES + 1 && scan_at(s, at) == ' '; n++) {
		uint32_t from = at + 1, end = recognizer_joined_end(s, from);
		uint8_t c = scan_at(s, from);
		bool link = recognizer_word_in(s, inner, from, end);

		s->steps += end - at;
		if (end == from || is_digit(c))
			break;
		if (!link && !is_upper(c) && c < 0x80 &&
		    (none == 0 ||
		     (recognizer_name_roles(s, from, end) & none) != 0))
			break;
		at = end;
		found = link ? found : end;
	}
	return found;
}

uint32_t recognizer_address_abroad(struct scan *s, uint32_t i, bool opens)
{
	uint32_t from = i + (scan_at(s, i) == ',' ? 2 : 1), end, stop;
	bool english;

	if (scan_at(s, from - 1) != ' ')
		return 0;
	end = recognizer_joined_end(s, from);
	if (!recognizer_word_in(s, kinds, from, end))
		return 0;
	english =
		is_lower(s->t[from]) &&
		recognizer_word_in(s, "via place avenue boulevard", from, end);
	stop = name(s, end,
		    !opens    ? 0
		    : english ? ROLE_FUNCTION | ROLE_COMMON
			      : ROLE_FUNCTION);
	if (stop == end)
		return 0;
	end = recognizer_street_town(s, stop);
	return end > stop ? end : recognizer_town(s, stop, opens);
}

uint32_t recognizer_address_answer(struct scan *s, uint32_t i)
{
	uint32_t at = i;
	bool odd = false;

	if ((s->asked >> TOPIC_ADDRESS & 1) == 0 && !s->told)
		return 0;
	for (unsigned n = 0; n < NAMES && scan_at(s, at) == ' '; n++) {
		uint32_t from = at + 1, end = recognizer_joined_end(s, from);
		const struct word *w;
		unsigned roles = recognizer_name_roles(s, from, end);

		s->steps += end - at;
		if (end == from || is_digit(s->t[from]) ||
		    (roles & ROLE_FUNCTION) != 0 ||
		    recognizer_word_in(s, "am pm", from, end))
			return 0;
		w = scan_listed(s, from, end)->trigger;
		if (w != NULL &&
		    (w->roles & ~(unsigned)(ROLE_SUFFIX | ROLE_DIRECTION)) != 0)
			return 0;
		odd = odd || (roles == 0 && end - from > 2);
		at = end;
		if (recognizer_clause_over(s, at))
			return odd ? at : 0;
	}
	return 0;
}

uint32_t recognizer_address_before(struct scan *s, uint32_t i, uint32_t end)
{
	uint32_t start = i, from = i;
	bool odd = false;

	if ((s->asked >> TOPIC_ADDRESS & 1) == 0 || s->n > ANSWER_LONG ||
	    (!recognizer_clause_over(s, end) &&
	     !recognizer_word_in(s, "in en", end + 1,
				 recognizer_joined_end(s, end + 1))))
		return i;
	for (unsigned n = 0; n < NAMES + 2; n++) {
		uint32_t stop, word = before(s, from, &stop);
		unsigned roles;

		if (word == from || is_digit(s->t[word]) ||
		    stop + 1 < from) /* over a comma */
			break;
		s->steps += from - word;
		roles = recognizer_name_roles(s, word, stop);
		from = word;
		if (recognizer_word_in(s, inner, word, stop))
			continue;
		if ((roles & ROLE_FUNCTION) != 0)
			break;
		odd = odd || roles == 0 || roles == ROLE_FOREIGN;
		start = word;
	}
	return odd && recognizer_address_opens(s, start) ? start : i;
}

bool recognizer_address_house(struct scan *s, uint32_t i, uint32_t end)
{
	const uint64_t whose = TOPIC_BIT(TOPIC_ADDRESS) |
			       TOPIC_BIT(TOPIC_NAME) | TOPIC_BIT(TOPIC_CITY) |
			       TOPIC_BIT(TOPIC_NUMBER);
	uint64_t asked = s->asked & TOPICS;
	uint32_t at = s->topic_at[TOPIC_ADDRESS];

	if (!recognizer_clause_over(s, end))
		return false;
	if ((asked >> TOPIC_ADDRESS & 1) != 0 && (asked & ~whose) == 0)
		return recognizer_address_opens(s, i) || flat_kind(s, i) < i;
	return at != 0 && at - 1 <= i && i - (at - 1) <= 4 &&
	       s->topic_at[TOPIC_ADDRESS] == s->house_at;
}

uint32_t recognizer_address_post(const struct scan *s, uint32_t i)
{
	static const char *const words[] = {"po box ", "p.o. box ", "p o box ",
					    "postfach ", "apartado "};

	if (i < 2 || s->t[i - 1] != ' ' ||
	    !recognizer_check_may("x h o", s->t[i - 2] | 0x20))
		return i; /* most numbers */
	for (size_t k = 0; k < ARRAY_LEN(words); k++) {
		uint32_t n = (uint32_t)strlen(words[k]), m = 0;

		if (n > i || (i > n && is_word(s->t[i - n - 1])))
			continue;
		while (m < n &&
		       (is_upper(s->t[i - n + m])
				? s->t[i - n + m] | 0x20
				: s->t[i - n + m]) == (uint8_t)words[k][m])
			m++;
		if (m == n)
			return i - n;
	}
	return i;
}

/* "rural route 2 box 118", "HC 61 Box 22", "box 118": the words before the
 * number at i; i: they are others. */
static uint32_t route(const struct scan *s, uint32_t i)
{
	uint32_t end, word = before(s, i, &end), more;

	if (word == i)
		return i;
	if (recognizer_word_in(s, "rr hc", word, end))
		return word;
	if (!recognizer_word_in(s, "route", word, end))
		return i;
	more = before(s, word, &end);
	return more < word && recognizer_word_in(s, "rural star highway", more,
						 end)
		       ? more
		       : i;
}

uint32_t recognizer_address_route(struct scan *s, const struct cluster *c)
{
	uint32_t start, at = c->end[0], end;

	if (scan_at(s, at) != ' ' || (scan_at(s, at + 1) | 0x20) != 'b' ||
	    !is_digit(scan_at(s, at + 5)))
		return 0;
	end = recognizer_joined_end(s, at + 1);
	start = route(s, c->start[0]);
	if (start == c->start[0] || !recognizer_word_in(s, "box", at + 1, end))
		return 0;
	end = recognizer_joined_end(s, end + 1);
	end = recognizer_town(s, end, true);
	recognizer_hit(s, start, end, ENTITY_STREET_ADDRESS, RULE_ADDRESS_BOX,
		       85);
	return end;
}
