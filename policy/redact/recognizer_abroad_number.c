/* Numbers in words of German, Spanish and Vietnamese. */
/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Digits said one by one are recognizer_spoken.c's; here are the words that say
 * more of them at once. German writes them together ("achtundfünfzig",
 * "zweihundertvierunddreißig"), and who writes down what is said apart, too
 * ("acht und fünfzig"). Spanish has an "y" between tens and ones. Vietnamese
 * says ten's and hundred's words behind a digit's ("hai mươi lăm"). Words are
 * compared without accents. A number is at most seven words of bounded length.
 */
#include "policy/redact/recognizer_abroad.h"

#define GREATEST 9999

struct amount {
	const char *word;
	uint16_t value;
};

/* Longer ones before those that begin them. */
static const struct amount german[] = {
	{"dreizehn", 13}, {"vierzehn", 14}, {"funfzehn", 15}, {"fuenfzehn", 15},
	{"sechzehn", 16}, {"siebzehn", 17}, {"achtzehn", 18}, {"neunzehn", 19},
	{"zwanzig", 20},  {"dreissig", 30}, {"dreizig", 30},  {"dreisig", 30},
	{"vierzig", 40},  {"funfzig", 50},  {"fuenfzig", 50}, {"sechzig", 60},
	{"siebzig", 70},  {"achtzig", 80},  {"neunzig", 90},  {"zehn", 10},
	{"elf", 11},	  {"zwolf", 12},    {"zwoelf", 12},   {"zwei", 2},
	{"zwo", 2},	  {"drei", 3},	    {"vier", 4},      {"funf", 5},
	{"fuenf", 5},	  {"sechs", 6},	    {"sieben", 7},    {"acht", 8},
	{"neun", 9},	  {"eins", 1},	    {"ein", 1},	      {"null", 0},
};

static const struct amount spanish[] = {
	{"cero", 0},	      {"un", 1},
	{"uno", 1},	      {"una", 1},
	{"dos", 2},	      {"tres", 3},
	{"cuatro", 4},	      {"cinco", 5},
	{"seis", 6},	      {"siete", 7},
	{"ocho", 8},	      {"nueve", 9},
	{"diez", 10},	      {"once", 11},
	{"doce", 12},	      {"trece", 13},
	{"catorce", 14},      {"quince", 15},
	{"dieciseis", 16},    {"diecisiete", 17},
	{"dieciocho", 18},    {"diecinueve", 19},
	{"veinte", 20},	      {"veintiun", 21},
	{"veintiuno", 21},    {"veintiuna", 21},
	{"veintidos", 22},    {"veintitres", 23},
	{"veinticuatro", 24}, {"veinticinco", 25},
	{"veintiseis", 26},   {"veintisiete", 27},
	{"veintiocho", 28},   {"veintinueve", 29},
	{"treinta", 30},      {"cuarenta", 40},
	{"cincuenta", 50},    {"sesenta", 60},
	{"setenta", 70},      {"ochenta", 80},
	{"noventa", 90},      {"cien", 100},
	{"ciento", 100},      {"doscientos", 200},
	{"trescientos", 300}, {"cuatrocientos", 400},
	{"quinientos", 500},  {"seiscientos", 600},
	{"setecientos", 700}, {"ochocientos", 800},
	{"novecientos", 900}, {"doscientas", 200},
	{"trescientas", 300}, {"cuatrocientas", 400},
	{"quinientas", 500},  {"seiscientas", 600},
	{"setecientas", 700}, {"ochocientas", 800},
	{"novecientas", 900},
};

/* With accents: without, "hai" and "ba" are too much else. */
static const struct amount vietnamese[] = {
	{"không", 0}, {"một", 1},  {"mốt", 1}, {"hai", 2}, {"ba", 3},
	{"bốn", 4},   {"tư", 4},   {"năm", 5}, {"lăm", 5}, {"nhăm", 5},
	{"sáu", 6},   {"bảy", 7},  {"bẩy", 7}, {"tám", 8}, {"chín", 9},
	{"mười", 10}, {"mươi", 10}};

/* A part of the text, word by word. */
struct words {
	struct bytes in;
	size_t at;   /* where the next word begins */
	size_t from; /* where the word began that was taken last */
	size_t end;  /* and ended */
	size_t n;    /* its length without accents */
	char word[ABROAD_LONG];
};

/* Read the next word, over one blank or none at the beginning. */
static bool next(struct words *w)
{
	size_t end;

	if (w->at > w->in.n)
		return false;
	w->n = w->at < w->in.n ? abroad_plain(w->in, w->at, &end, w->word) : 0;
	if (w->n == 0)
		return false;
	w->from = w->at;
	w->end = end;
	w->at = end < w->in.n && (w->in.p[end] == ' ' || w->in.p[end] == '-')
			? end + 1
			: w->in.n + 1;
	return true;
}

static bool is(const struct words *w, const char *word)
{
	return strcmp(w->word, word) == 0;
}

/* ---- German ---- */

/* The longest one that begins at *p: *p moves behind it; 0 and no move. */
static bool german_part(const char **p, unsigned *value, unsigned least,
			unsigned most)
{
	for (size_t k = 0; k < ARRAY_LEN(german); k++) {
		const char *word = german[k].word;

		if (word[0] == **p && word[1] == (*p)[1] &&
		    german[k].value >= least && german[k].value <= most &&
		    strncmp(*p, word, strlen(word)) == 0) {
			*p += strlen(word);
			*value = german[k].value;
			return true;
		}
	}
	return false;
}

static bool over(const char **p, const char *word)
{
	size_t n = strlen(word);

	if (strncmp(*p, word, n) != 0)
		return false;
	*p += n;
	return true;
}

/* "acht", "achtundfünfzig", "fünfzig" */
static bool german_tens(const char **p, unsigned *value)
{
	unsigned tens;

	if (!german_part(p, value, 0, 90))
		return false;
	if (*value > 0 && *value < 10) {
		const char *from = *p;

		if (over(p, "und") && german_part(p, &tens, 20, 90))
			*value += tens;
		else
			*p = from;
	}
	return true;
}

/* Behind a part of a hundred: what it is with that. */
static bool german_hundreds(const char **p, unsigned *value, bool *sum)
{
	unsigned rest;
	bool some = german_tens(p, value);
	const char *from = *p;

	if (!over(p, "hundert"))
		return some;
	*sum = true;
	*value = (some ? *value : 1) * 100;
	(void)over(p, "und");
	from = *p;
	if (german_tens(p, &rest))
		*value += rest;
	else
		*p = from;
	return true;
}

/* "zwölfter", "achten", "siebte", "zwanzigste" */
static bool german_ordinal(const char *p)
{
	static const char *const ends[] = {"te",  "ter",  "ten",  "tes", "tem",
					   "ste", "ster", "sten", "stes"};

	for (size_t k = 0; k < ARRAY_LEN(ends); k++)
		if (strcmp(p, ends[k]) == 0)
			return true;
	return false;
}

/* Those that are no number with an end. */
static bool german_first(const char *word, unsigned *value)
{
	static const struct amount firsts[] = {{"erste", 1},  {"dritte", 3},
					       {"siebte", 7}, {"achte", 8},
					       {"zwote", 2},  {"siebente", 7}};
	static const char ends[] = " r n s m";

	for (size_t k = 0; k < ARRAY_LEN(firsts); k++) {
		size_t n = strlen(firsts[k].word);

		if (word[0] == firsts[k].word[0] &&
		    strncmp(word, firsts[k].word, n) == 0 &&
		    (word[n] == '\0' ||
		     (word[n + 1] == '\0' && strchr(ends, word[n]) != NULL))) {
			*value = firsts[k].value;
			return true;
		}
	}
	return false;
}

static bool german_number(struct words *w, struct abroad_number *out)
{
	const char *p = w->word;
	unsigned rest = 0;
	bool some, sum = false;

	if (over(&p, "doppel")) {
		out->digits = 2;
		some = german_part(&p, &out->value, 0, 9) && *p == '\0';
		out->value *= 11;
		return some;
	}
	if (german_first(p, &out->value)) {
		out->ordinal = true;
		return true;
	}
	some = german_hundreds(&p, &out->value, &sum);
	if (over(&p, "tausend")) {
		const char *from = p;

		sum = true;
		out->value = (some ? out->value : 1) * 1000;
		(void)over(&p, "und");
		from = p;
		if (german_hundreds(&p, &rest, &sum))
			out->value += rest;
		else
			p = from;
		some = true;
	}
	out->sum = sum;
	out->ordinal = some && german_ordinal(p);
	return some && (*p == '\0' || out->ordinal);
}

/* "acht und fünfzig": behind ones. */
static void german_apart(struct words w, struct abroad_number *out)
{
	unsigned tens;
	const char *p = w.word;

	if (out->value == 0 || out->value > 9 || !next(&w) || !is(&w, "und") ||
	    !next(&w) || !german_part(&p, &tens, 20, 90) ||
	    (*p != '\0' && !german_ordinal(p)))
		return;
	out->ordinal = *p != '\0';
	out->value += tens;
	out->end = w.end;
	out->several = true;
}

/* ---- Spanish ---- */

static bool spanish_word(const char *word, unsigned *value)
{
	for (size_t k = 0; k < ARRAY_LEN(spanish); k++)
		if (spanish[k].word[0] == word[0] &&
		    strcmp(spanish[k].word, word) == 0) {
			*value = spanish[k].value;
			return true;
		}
	return false;
}

/* "y cuatro", "cuatro" behind tens or hundreds. */
static bool spanish_ones(struct words *w, unsigned *value)
{
	struct words ahead = *w;
	unsigned ones;

	if (!next(&ahead) || !is(&ahead, "y") || !next(&ahead) ||
	    !spanish_word(ahead.word, &ones) || ones == 0 || ones > 9)
		return false;
	*value += ones;
	*w = ahead;
	return true;
}

/* What w's word begins below a thousand. */
static bool spanish_hundreds(struct words *w, unsigned *value)
{
	struct words ahead = *w;
	unsigned rest;

	if (!spanish_word(w->word, value))
		return false;
	if (*value >= 100 && next(&ahead) && spanish_word(ahead.word, &rest) &&
	    rest > 0 && rest < 100) {
		if (rest >= 30)
			(void)spanish_ones(&ahead, &rest);
		*value += rest;
		*w = ahead;
	} else if (*value >= 30 && *value < 100) {
		(void)spanish_ones(w, value);
	}
	return true;
}

static bool spanish_number(struct words *w, struct abroad_number *out)
{
	struct words ahead;
	unsigned rest;
	bool one = is(w, "mil");

	out->value = 1;
	if (!one && !spanish_hundreds(w, &out->value))
		return false;
	ahead = *w;
	out->sum = out->value >= 100;
	if (one || (out->value > 1 && next(&ahead) && is(&ahead, "mil"))) {
		*w = ahead;
		out->value *= 1000;
		out->sum = true;
		if (next(&ahead) && spanish_hundreds(&ahead, &rest)) {
			out->value += rest;
			*w = ahead;
		}
	}
	out->end = w->end;
	return true;
}

/* ---- Vietnamese ---- */

static bool vietnamese_word(const struct words *w, unsigned *value)
{
	struct bytes is = bytes_sub(w->in, w->from, w->end - w->from);

	for (size_t k = 0; k < ARRAY_LEN(vietnamese); k++) {
		const char *word = vietnamese[k].word;

		if (is.p[0] == (uint8_t)word[0] && is.n == strlen(word) &&
		    memcmp(is.p, word, is.n) == 0) {
			*value = vietnamese[k].value;
			return true;
		}
	}
	return false;
}

/* "mươi lăm" behind a digit, "hai" behind "mười". */
static void vietnamese_tens(struct words *w, unsigned *value)
{
	struct words ahead = *w;
	unsigned ten = *value, ones;

	if (*value != 10) {
		if (*value < 2 || *value > 9 || !next(&ahead) ||
		    !vietnamese_word(&ahead, &ten) || ten != 10)
			return;
		*value *= 10;
		*w = ahead;
	}
	if (next(&ahead) && vietnamese_word(&ahead, &ones) && ones > 0 &&
	    ones < 10) {
		*value += ones;
		*w = ahead;
	}
}

static bool vietnamese_hundreds(struct words *w, unsigned *value)
{
	struct words ahead;
	unsigned rest;

	if (!vietnamese_word(w, value))
		return false;
	vietnamese_tens(w, value);
	ahead = *w;
	if (*value > 9 || !next(&ahead) || !is(&ahead, "tram"))
		return true;
	*value *= 100;
	*w = ahead;
	if (!next(&ahead))
		return true;
	if ((is(&ahead, "le") || is(&ahead, "linh")) && !next(&ahead))
		return true;
	if (vietnamese_word(&ahead, &rest)) {
		vietnamese_tens(&ahead, &rest);
		*value += rest;
		*w = ahead;
	}
	return true;
}

static bool vietnamese_number(struct words *w, struct abroad_number *out)
{
	struct words ahead;
	unsigned rest;

	if (!vietnamese_hundreds(w, &out->value))
		return false;
	out->sum = out->value >= 100;
	ahead = *w;
	if (next(&ahead) && (is(&ahead, "nghin") || is(&ahead, "ngan"))) {
		out->value *= 1000;
		out->sum = true;
		*w = ahead;
		if (next(&ahead) && vietnamese_hundreds(&ahead, &rest)) {
			out->value += rest;
			*w = ahead;
		}
	}
	out->end = w->end;
	return true;
}

/* First letters of such words. */
static bool may_begin(uint8_t c)
{
	return is_alpha(c) && strchr("abcdefhklmnoqstuvz", c | 0x20) != NULL;
}

bool abroad_number(struct bytes in, size_t i, struct abroad_number *out)
{
	struct words w = {.in = in, .at = i}, first;
	bool found;

	if (i >= in.n || !may_begin(in.p[i]) ||
	    (i > 0 && is_word(in.p[i - 1])) || !next(&w) ||
	    (w.end < in.n && is_digit(in.p[w.end])))
		return false;
	*out = (struct abroad_number){.end = w.end};
	first = w;
	found = vietnamese_number(&w, out) || spanish_number(&w, out);
	if (!found && german_number(&w, out)) {
		found = true;
		german_apart(w, out);
	}
	if (!found || out->value > GREATEST)
		return false;
	out->several = out->several || w.end > first.end || out->value > 9 ||
		       out->ordinal || out->digits != 0;
	if (out->digits != 0)
		return true; /* "doppelnull" */
	out->digits = out->value < 10	  ? 1
		      : out->value < 100  ? 2
		      : out->value < 1000 ? 3
					  : 4;
	return true;
}
