/* Street addresses in German, Spanish, Vietnamese. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "policy/redact/recognizer.h"

#define WORDS 6	     /* of a street's name */
#define PARTS 5	     /* of what follows it: ward, district, town */
#define WORD_LONG 34 /* bytes of one and what is behind it */

static uint32_t word_end(const struct scan *s, uint32_t i)
{
	uint32_t end = i;

	while (end < i + WORD_LONG - 2 && (is_word(scan_at(s, end)) ||
					   (end > i && scan_at(s, end) == '-' &&
					    is_word(scan_at(s, end + 1)))))
		end++;
	return end;
}

static bool is_capital(const struct scan *s, uint32_t i)
{
	uint8_t c = scan_at(s, i);

	return is_upper(c) || c >= 0x80;
}

/* The word [i, end) ends with one of the list's words, blanks between; *all:
 * it is one. */
static bool has_tail(const struct scan *s, uint32_t i, uint32_t end,
		     const char *list, bool *all)
{
	/* the last letters of all that are listed, and those before them */
	if (!recognizer_check_may("e f g m r t z", s->t[end - 1] | 0x20) ||
	    !recognizer_check_may("e i k m n o r s t", s->t[end - 2] | 0x20))
		return false; /* most words */
	for (const char *p = list; *p != '\0';) {
		uint32_t n = (uint32_t)(strchrnul(p, ' ') - p);

		*all = n == end - i;
		if (n <= end - i &&
		    strncasecmp((const char *)s->t + end - n, p, n) == 0)
			return true;
		p += n + (p[n] == ' ');
	}
	return false;
}

/* A house's number at i: "12", "12a", "12-14", "12/5"; its end, or 0. */
static uint32_t house(const struct scan *s, uint32_t i)
{
	uint32_t end = i;

	while (end < i + 5 && is_digit(scan_at(s, end)))
		end++;
	if (end == i || end == i + 5)
		return 0;
	if (is_alpha(scan_at(s, end)))
		end++;
	if ((scan_at(s, end) == '-' || scan_at(s, end) == '/') &&
	    is_digit(scan_at(s, end + 1)))
		end = word_end(s, end + 1);
	else if (s->n - end > 3 && memcmp(s->t + end, " - ", 3) == 0 &&
		 is_digit(s->t[end + 3]))
		end = word_end(s, end + 3);
	return is_word(scan_at(s, end)) ? 0 : end;
}

/* Words with a capital from i on, at most n; the end of the last, or i. */
static uint32_t capitals(const struct scan *s, uint32_t i, unsigned n)
{
	uint32_t found = i;

	while (n-- > 0 && is_capital(s, i)) {
		found = word_end(s, i);
		if (scan_at(s, found) != ' ')
			break;
		i = found + 1;
	}
	return found;
}

/* Words without one up to the end of their clause, at most n; its end, or i:
 * chats and recognizers of speech write no capitals. */
static uint32_t small(const struct scan *s, uint32_t i, unsigned n)
{
	uint32_t at = i;

	while (n-- > 0 && is_word(scan_at(s, at)) && !is_digit(s->t[at])) {
		uint32_t end = word_end(s, at);

		if (recognizer_clause_over(s, end))
			return end;
		if (s->t[end] != ' ')
			return i;
		at = end + 1;
	}
	return i;
}

uint32_t recognizer_street_town(struct scan *s, uint32_t i)
{
	uint32_t at = i, end;

	if (scan_at(s, at) == ',')
		at++;
	if (scan_at(s, at) != ' ')
		return i;
	at++;
	if (scan_at(s, at) == 'i' && scan_at(s, at + 1) == 'n' &&
	    scan_at(s, at + 2) == ' ')
		at += 3;
	for (end = at; end < at + 6 && is_digit(scan_at(s, end));)
		end++;
	if (end - at != 5 && end - at != 4)
		return i;
	s->steps += 40;
	if (scan_at(s, end) != ' ' || !is_word(scan_at(s, end + 1)))
		return is_word(scan_at(s, end)) ? i : end;
	if (is_capital(s, end + 1))
		return capitals(s, end + 1, 2);
	if ((recognizer_name_roles(s, end + 1, word_end(s, end + 1)) &
	     ROLE_FUNCTION) != 0 ||
	    is_digit(s->t[end + 1]))
		return end;
	return word_end(s, end + 1);
}

uint32_t recognizer_before(const struct scan *s, uint32_t i)
{
	uint32_t start = i;

	if (i < 2 || s->t[i - 1] != ' ')
		return i;
	for (start = i - 1;
	     start > 0 && i - start < 32 &&
	     (is_word(s->t[start - 1]) || s->t[start - 1] == '-');)
		start--;
	return start < i - 1 ? start : i;
}

static void hit(struct scan *s, uint32_t start, uint32_t end, bool sure)
{
	bool near = recognizer_near(s, TOPIC_ADDRESS, start);

	recognizer_hit(s, start, end, ENTITY_STREET_ADDRESS,
		       RULE_ADDRESS_STREET,
		       (sure ? 84u : 60u) + (near ? 8 : 0));
}

/* "Am Alten Markt", "an der Linde", "auf dem Berg": where the preposition
 * begins that stands before the street's name at i, over at most two words; i:
 * none does. */
static uint32_t preposition(const struct scan *s, uint32_t i)
{
	static const char words[] = "am im an auf zum zur unter hinter vor bei "
				    "Am Im An Auf Zum Zur Unter Hinter Vor Bei "
				    "In";
	uint32_t at = i;

	for (unsigned n = 0; n < 3; n++) {
		uint32_t word = recognizer_before(s, at);

		if (word == at)
			return i;
		if (recognizer_check_in(words, (const char *)s->t + word,
					at - 1 - word))
			return word;
		at = word;
	}
	return i;
}

/* A street of any name before its number and ", 70173 Stuttgart": "Am Alten
 * Markt 5", "Bergmannring 3". The number ends at stop. */
static uint32_t german_any(struct scan *s, uint32_t i, uint32_t stop)
{
	uint32_t end = recognizer_street_town(s, stop), start;

	if (end == stop || is_digit(s->t[end - 1]))
		return 0; /* no town */
	start = preposition(s, i);
	if (start == i && !is_capital(s, i))
		return 0;
	hit(s, start, end, true);
	return end;
}

/* "Goethestr. 5", "Lange Straße 12a": the word [i, end) before a number. */
uint32_t recognizer_street_german(struct scan *s, uint32_t i, uint32_t end)
{
	static const char kinds[] = "straße strasse str weg platz allee gasse "
				    "damm ufer steig chaussee";
	static const char rare[] = "ring markt hof berg";
	bool near = recognizer_near(s, TOPIC_ADDRESS, i), all;
	uint32_t at = scan_at(s, end) == '.' ? end + 1 : end, stop, start = i;

	stop = scan_at(s, at) == ' ' ? house(s, at + 1) : 0;
	if (!has_tail(s, i, end, kinds, &all) &&
	    !(near && has_tail(s, i, end, rare, &all)))
		return stop == 0 ? 0 : german_any(s, i, stop);
	if (stop == 0 || (!is_capital(s, i) && !near &&
			  recognizer_street_town(s, stop) == stop))
		return 0;
	for (unsigned n = 0; n < 2; n++) {
		uint32_t word = recognizer_before(s, start);

		if (word == start || !is_capital(s, word) ||
		    (recognizer_name_roles(s, word, start - 1) &
		     ROLE_FUNCTION) != 0)
			break;
		start = word;
		all = false;
	}
	if (all && preposition(s, start) == start)
		return 0; /* "Platz 5" */
	if (all)
		start = preposition(s, start);
	at = stop;
	stop = recognizer_street_town(s, stop);
	if (stop == at && near)
		stop = recognizer_town(s, stop, true);
	hit(s, start, stop, true);
	return stop;
}

static bool is_particle(const struct scan *s, uint32_t i, uint32_t end)
{
	return recognizer_check_in("de del la las los el y san santa",
				   (const char *)s->t + i, end - i);
}

/* ", nº ", " #", " " between a street's name and its number. */
static uint32_t number_sign(const struct scan *s, uint32_t i)
{
	static const char *const signs[] = {"nº ",  "n.º ", "número ", "núm. ",
					    "nro ", "no. ", "no ",     "No. ",
					    "# ",   "#"};

	if (scan_at(s, i) == ',')
		i++;
	if (scan_at(s, i) == ' ')
		i++;
	for (size_t k = 0; k < ARRAY_LEN(signs); k++) {
		size_t n = strlen(signs[k]);

		if (i < s->n && s->n - i > n &&
		    memcmp(s->t + i, signs[k], n) == 0)
			return i + (uint32_t)n;
	}
	return i;
}

/* ", 3º b", ", piso 2", ", escalera A" behind a house's number; else i. */
static uint32_t floors(struct scan *s, uint32_t i)
{
	static const char kinds[] = "piso planta puerta esc escalera portal "
				    "bloque bajo bajos izq izquierda dcha "
				    "derecha izda entresuelo primero segundo "
				    "tercero cuarto quinto sexto depto dpto "
				    "departamento";
	for (unsigned n = 0; n < 4; n++) {
		uint32_t at = scan_at(s, i) == ',' ? i + 1 : i, end;
		bool ordinal;

		if (scan_at(s, at) != ' ')
			break;
		end = word_end(s, ++at);
		ordinal = end > at + 1 && is_digit(s->t[at]) &&
			  s->t[end - 1] >= 0x80;
		s->steps += end - i;
		if (!ordinal && !(n > 0 && end == at + 1) &&
		    !recognizer_check_in(kinds, (const char *)s->t + at,
					 end - at))
			break;
		i = end;
		if (!ordinal && scan_at(s, i) == ' ' &&
		    is_digit(scan_at(s, i + 1)) && word_end(s, i + 1) < i + 4)
			i = word_end(s, i + 1);
	}
	return i;
}

/* "Calle de la Paz, 12", "C/ Mayor 5", "Carrera 7 # 12-34". */
static uint32_t spanish(struct scan *s, uint32_t i, uint32_t end)
{
	bool near = recognizer_near(s, TOPIC_ADDRESS, i), named = false;
	bool small_words = false; /* neither a capital nor a particle */
	uint32_t at = end, stop;

	if (scan_at(s, at) == '/' || (scan_at(s, at) == '.' && end - i > 1))
		at++;
	else if (end - i == 1)
		return 0; /* "C/ Mayor", not "C. Mayor" */
	for (unsigned n = 0; n < WORDS && scan_at(s, at) == ' '; n++) {
		uint32_t word = at + 1;

		if (number_sign(s, at) > word)
			break;
		stop = word_end(s, word);
		s->steps += stop - at;
		if (stop == word || (n > 0 && is_digit(s->t[word])))
			break;
		if (!is_capital(s, word) && !is_particle(s, word, stop) &&
		    !is_digit(s->t[word]))
			small_words = true;
		named = named || is_capital(s, word) || is_digit(s->t[word]);
		at = stop;
	}
	stop = house(s, number_sign(s, at));
	if (stop == 0 || stop == at)
		return 0;
	at = stop;
	stop = recognizer_street_town(s, floors(s, stop));
	if (!near && stop == at && (!named || small_words))
		return 0;
	hit(s, i, stop, named);
	return stop;
}

/* Where the name begins behind ", phường ", ", quận " at i; 0: there is none.
 */
static uint32_t ward_kind(const struct scan *s, uint32_t i)
{
	static const char *const kinds[] = {
		"phường ", "quận ",	 "huyện ", "xã ", "tp. ",
		"tp ",	   "thành phố ", "tỉnh ",  "p. ", "q. "};
	uint32_t at = i + 2;

	if (scan_at(s, i) != ',' || scan_at(s, i + 1) != ' ')
		return 0;
	for (size_t k = 0; k < ARRAY_LEN(kinds); k++) {
		uint32_t n = (uint32_t)strlen(kinds[k]), c = 0;

		while (c < n && (scan_at(s, at + c) == (uint8_t)kinds[k][c] ||
				 (is_upper(scan_at(s, at + c)) &&
				  s->t[at + c] + 32 == (uint8_t)kinds[k][c])))
			c++;
		if (c == n)
			return at + n;
	}
	return 0;
}

/* ", phường Bến Nghé", ", Quận 1", ", TP. Hồ Chí Minh" behind; else i. */
static uint32_t ward(struct scan *s, uint32_t i)
{
	uint32_t at = ward_kind(s, i), end;

	if (at == 0) {
		if (scan_at(s, i) != ',' || scan_at(s, i + 1) != ' ')
			return i;
		at = i + 2;
	}
	s->steps += 40;
	if (is_digit(scan_at(s, at)))
		return word_end(s, at);
	end = capitals(s, at, 4);
	if (end == at)
		end = small(s, at, 3);
	return end == at ? i : end;
}

/* "số 14 ngõ " before the number at i: where it begins, or i. */
static uint32_t lane(const struct scan *s, uint32_t i)
{
	static const char kinds[] = "ngõ ngách hẻm kiệt tổ số";

	for (unsigned n = 0; n < 4; n++) {
		uint32_t word = recognizer_before(s, i);

		if (word == i ||
		    (!is_digit(s->t[word]) &&
		     !recognizer_check_in(kinds, (const char *)s->t + word,
					  i - 1 - word)))
			break;
		i = word;
	}
	return i;
}

/* "số 8": a street that has a number for a name; its end, or i. */
static uint32_t numbered(const struct scan *s, uint32_t i)
{
	uint32_t n = (uint32_t)strlen("số ");

	if (s->n - i <= n || memcmp(s->t + i, "số ", n) != 0 ||
	    !is_digit(s->t[i + n]))
		return i;
	return word_end(s, i + n);
}

/* "12 đường Lê Lợi", "số 5 phố Huế, quận 1". */
static uint32_t vietnamese(struct scan *s, uint32_t i, uint32_t end)
{
	uint32_t start = recognizer_before(s, i), stop;

	if (scan_at(s, end) != ' ' || start == i || !is_digit(s->t[start]))
		return 0;
	start = lane(s, start);
	while (start > 1 && s->t[start - 1] == '/' &&
	       is_digit(s->t[start - 2]) && i - start < 12)
		start -= 2;
	while (start > 0 && is_digit(s->t[start - 1]) && i - start < 16)
		start--;
	stop = capitals(s, end + 1, 4);
	if (stop == end + 1)
		stop = numbered(s, end + 1);
	if (stop == end + 1)
		stop = small(s, end + 1, 4);
	if (stop == end + 1)
		return 0;
	for (unsigned n = 0; n < PARTS; n++) {
		uint32_t next = ward(s, stop);

		if (next == stop)
			break;
		stop = next;
	}
	hit(s, lane(s, start), stop, true);
	return stop;
}

uint32_t recognizer_street_wards(struct scan *s, uint32_t i)
{
	uint32_t far = s->n - i < 4 * WORD_LONG ? s->n - i : 4 * WORD_LONG;
	uint32_t stop, next;
	bool found = false;

	/* wards stand behind commas */
	if (scan_at(s, i) != ' ' || memchr(s->t + i, ',', far) == NULL)
		return 0;
	stop = small(s, i + 1, 4);
	if (stop == i + 1)
		return 0;
	for (unsigned n = 0; n < PARTS; n++) {
		found = found || ward_kind(s, stop) != 0;
		next = ward(s, stop);
		if (next == stop)
			break;
		stop = next;
	}
	return found ? stop : 0;
}

uint32_t recognizer_street(struct scan *s, uint32_t i, uint32_t end)
{
	uint32_t stop = vietnamese(s, i, end);

	if (stop != 0 || s->t[i] >= 0x80 ||
	    recognizer_check_in("phố ngõ hẻm", (const char *)s->t + i, end - i))
		return stop;
	return spanish(s, i, end);
}
