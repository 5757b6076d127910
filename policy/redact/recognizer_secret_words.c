/* Secrets that are words: answers to security questions, pass phrases. */
/* SPDX-License-Identifier: Apache-2.0 */
/*
 * "What was the name of your first pet?" - "biscuit". Nothing in the answer
 * says that it is a secret, so the question must: such questions are few, as
 * banks choose them from lists that look alike. What answers one is all of a
 * short turn, behind words that say nothing, unless it is no answer ("i dont
 * remember").
 *
 * Passwords are told without a question, too, often behind a clause of their
 * own: "the password isnt working its purplecow88", "the security word is
 * marshmallow".
 */
#include "policy/redact/recognizer.h"

#define LOOK 256       /* bytes of a turn */
#define ANSWER_LONG 80 /* of one that answers */
#define ASK_LONG 90    /* of one that asks without a question mark */
#define WORDS_MOST 3   /* of a secret */
#define WORDS_SAID 6   /* with "dash", "underscore" among them */
#define WORD_LONG 32
#define FAR 64 /* bytes between "password" and what it is */

#define T(topic) TOPIC_BIT(TOPIC_##topic)

/* What banks ask: each is enough. */
static const char *const questions[] = {
	"security question",
	"secret question",
	"security answer",
	"secret answer",
	"security word",
	"secret word",
	"secret code word",
	"code word",
	"codeword",
	"memorable",
	"verbal password",
	"security phrase",
	"maiden name",
	"first pet",
	"pet's name",
	"pets name",
	"name of your pet",
	"childhood",
	"first car",
	"first teacher",
	"first concert",
	"first school",
	"first job",
	"first boss",
	"first grade",
	"favorite teacher",
	"favourite teacher",
	"favorite team",
	"favourite team",
	"favorite sports",
	"favourite sports",
	"favorite movie",
	"favourite film",
	"favorite book",
	"favourite book",
	"favorite band",
	"favorite singer",
	"favorite pet",
	"favorite author",
	"favorite cartoon",
	"favorite superhero",
	"favourite band",
	"favorite vacation",
	"favorite aunt",
	"favorite uncle",
	"you grew up",
	"you grow up",
	"elementary school",
	"grade school",
	"primary school",
	"middle school",
	"mascot",
	"meet your spouse",
	"met your spouse",
	"meet your wife",
	"meet your husband",
	"oldest sibling",
	"youngest sibling",
	"father's middle",
	"fathers middle",
	"mother's middle",
	"mothers middle",
	"school did you",
	"high school you",
	"name of your high school",
	"your honeymoon",
	"city were you born",
	"town were you born",
	"where were you born",
	"city you were born",
	"town you were born",
	"hospital were you",
};

/* Of these it is said what they are: "the security word is". */
static const char *const told[] = {
	"security question", "secret question", "security answer",
	"secret answer",     "security word",	"secret word",
	"code word",	     "codeword",	"memorable word",
	"security phrase",   "verbal password", "memorable name",
	"security code word"};

/* Before an answer, and behind it. */
static const char before[] =
	"um uh uhm er well oh ok okay so its it's it is was that that's thats "
	"would be the answer should i think believe yes yeah sure my guess "
	"a an probably maybe ah hmm and for name says said reads called";
static const char behind[] = "i think please sir maam lol haha thanks thank";

/* Joined into one secret by what is said. */
static const char joints[] = "dash underscore hyphen dot exclamation hash "
			     "hashtag star pound at point capital lowercase "
			     "uppercase";

/* What is said of a password, not the password. */
static const char states[] =
	"wrong incorrect invalid expired correct required needed weak strong "
	"long short locked unlocked reset changed case sensitive different "
	"same right good bad fine old new working broken forgotten missing "
	"hidden printed blank empty visible available temporary permanent "
	"complicated safe secure unsafe saved stored sent accepted rejected "
	"what why who where hold wait sec second moment forgot know remember "
	"idea help great perfect verified mine yours none unknown nope sorry "
	"something anything nothing ready there here eight characters letters "
	"case-sensitive set up down asking about";

static uint32_t word_end(const struct scan *s, uint32_t i)
{
	uint32_t end = i;

	while (end < s->n && end - i < WORD_LONG && s->t[end] > ' ')
		end++;
	while (end > i && strchr(".,;?\"()", s->t[end - 1]) != NULL)
		end--;
	return end;
}

/* Letters and digits, or a mark that no sentence has. */
static bool is_odd(const struct scan *s, uint32_t i, uint32_t end)
{
	bool letter = false, digit = false, mark = false;

	for (uint32_t k = i; k < end; k++) {
		letter = letter || is_alpha(s->t[k]);
		digit = digit || is_digit(s->t[k]);
		mark = mark || strchr("!@#$%^&*_+=~", s->t[k]) != NULL;
	}
	return letter && (digit || (mark && s->t[end - 1] != '!'));
}

static bool ends_like(const struct scan *s, uint32_t i, uint32_t end)
{
	return end - i > 5 && (memcmp(s->t + end - 3, "ing", 3) == 0 ||
			       memcmp(s->t + end - 2, "ed", 2) == 0 ||
			       memcmp(s->t + end - 2, "ly", 2) == 0);
}

bool recognizer_secret_state(const struct scan *s, uint32_t i, uint32_t end)
{
	return recognizer_word_in(s, states, i, end) || ends_like(s, i, end);
}

/* A word of a secret. */
static bool may(const struct scan *s, uint32_t i, uint32_t end)
{
	static const char within[] = "the of de la mr mrs ms dr saint st van "
				     "von el";

	if (recognizer_word_in(s, states, i, end))
		return false;
	return recognizer_word_in(s, within, i, end) ||
	       (recognizer_name_roles(s, i, end) & ROLE_FUNCTION) == 0;
}

/* The secret that begins at i, of up to three words, up to the end of the
 * clause or a word that goes on with the sentence; its end, or i. *strange: a
 * word of it is no common one, or digits are said with it. */
static uint32_t secret(struct scan *s, uint32_t i, bool *strange)
{
	uint32_t from = i, end = i, stop = i;
	unsigned words = 0, joined = 0;

	*strange = false;
	while (from < s->n && words - joined <= WORDS_MOST &&
	       words <= WORDS_SAID) {
		bool joint;

		stop = word_end(s, from);
		if (stop == from)
			break;
		s->steps += stop - from;
		joint = words > 0 && recognizer_word_in(s, joints, from, stop);
		if (!joint && !may(s, from, stop))
			break;
		if (words > 0 && recognizer_word_in(s, behind, from, stop))
			break;
		joined += joint ? 2 : 0;
		*strange = *strange || joint || is_digit(s->t[stop - 1]) ||
			   is_odd(s, from, stop) ||
			   recognizer_name_roles(s, from, stop) == 0;
		words++;
		end = stop;
		if (recognizer_clause_over(s, stop) || s->t[stop] != ' ')
			break;
		from = stop + 1;
	}
	return words > joined / 2 && words <= WORDS_MOST + joined &&
			       end - i >= 3
		       ? end
		       : i;
}

/* Over words before an answer. */
static uint32_t over(const struct scan *s, uint32_t i)
{
	while (i < s->n) {
		uint32_t end;

		while (i < s->n && strchr(" ,.:", s->t[i]) != NULL)
			i++;
		end = word_end(s, i);
		if (end == i || !recognizer_word_in(s, before, i, end))
			return i;
		i = end;
	}
	return i;
}

static void answer(struct scan *s)
{
	size_t from = 0;
	uint32_t i, end;
	bool strange;

	if (s->run->speaker.n == 0)
		(void)recognizer_turn_label(bytes_of(s->t, s->n), &from);
	if (s->n - from > ANSWER_LONG)
		return;
	i = over(s, (uint32_t)from);
	if (i >= s->n || !may(s, i, word_end(s, i)))
		return;
	end = secret(s, i, &strange);
	if (end == i || scan_at(s, end) == '?' ||
	    ((s->asked & T(BANK)) == 0 &&
	     (!strange || (s->asked & T(YES)) != 0)))
		return;
	/* more than an answer */
	if (!recognizer_clause_over(s, end) &&
	    !recognizer_word_in(s, behind, end + 1, word_end(s, end + 1)))
		return;
	if ((s->asked & T(BANK)) != 0 || memchr(s->t + i, ' ', end - i))
		recognizer_hit(s, i, end, ENTITY_PASSWORD, RULE_SECRET_ANSWER,
			       72);
}

/* Lower case, with an end; what of the run is looked at. */
static void lower(const struct scan *s, char out[LOOK + 1])
{
	uint32_t n = s->n < LOOK ? s->n : LOOK;

	for (uint32_t i = 0; i < n; i++)
		out[i] = (char)(is_upper(s->t[i]) ? s->t[i] | 0x20
				: s->t[i] == 0	  ? ' '
						  : s->t[i]);
	out[n] = '\0';
}

/* Behind "security word" at i: " is ", " was ", ": " within a few words. */
static uint32_t is_what(const struct scan *s, uint32_t i)
{
	for (uint32_t at = i; at < i + 24 && at + 4 < s->n; at++) {
		if (s->t[at] == ':')
			return at + 1;
		if (strchr(".,;?!\n", s->t[at]) != NULL)
			break;
		if (memcmp(s->t + at, " is ", 4) == 0)
			return at + 4;
		if (memcmp(s->t + at, " was ", 5) == 0)
			return at + 5;
	}
	return s->n;
}

/* "The security word is marshmallow". */
static void says(struct scan *s, const char *text)
{
	for (size_t k = 0; k < ARRAY_LEN(told); k++) {
		const char *at = strstr(text, told[k]);
		uint32_t i, end;
		bool strange;

		if (at == NULL)
			continue;
		i = is_what(s,
			    (uint32_t)((size_t)(at - text) + strlen(told[k])));
		while (scan_at(s, i) == ' ')
			i++;
		if (i >= s->n || s->asks)
			continue;
		end = secret(s, i, &strange);
		if (end > i)
			recognizer_hit(s, i, end, ENTITY_PASSWORD,
				       RULE_SECRET_CUE, 72);
	}
}

/* Letters that stand beside each other in a text, by five bits of each. */
struct pairs {
	uint32_t behind[32];
};

static void pairs_of(const char *text, struct pairs *p)
{
	*p = (struct pairs){{0}};
	for (; text[0] != '\0'; text++)
		p->behind[text[0] & 31] |= (uint32_t)1 << (text[1] & 31);
}

/* The first six letters of the question may stand there; most do not. */
static bool may_hold(const struct pairs *p, const char *question)
{
	for (unsigned k = 0; k < 6; k += 2)
		if ((p->behind[question[k] & 31] >> (question[k + 1] & 31) &
		     1) == 0)
			return false;
	return true;
}

/* What the run says of words that are secrets, and whether it asks for one. */
static NOINLINE void bank(struct scan *s)
{
	char text[LOOK + 1] UNSET;
	struct pairs pairs;
	bool asks = s->asks || s->n <= ASK_LONG;

	s->steps += LOOK;
	lower(s, text);
	says(s, text);
	pairs_of(text, &pairs);
	for (size_t k = 0; asks && k < ARRAY_LEN(questions); k++)
		if (may_hold(&pairs, questions[k]) &&
		    strstr(text, questions[k]) != NULL) {
			s->seen |= T(BANK);
			s->asks = true;
			return;
		}
}

void recognizer_secret_words(struct scan *s)
{
	if ((s->asked & (T(BANK) | T(SECRET))) != 0)
		answer(s);
	if ((s->place & ROLE_BANK) != 0)
		bank(s);
}

/* "the password isnt working its purplecow88": where the odd word begins that
 * stands behind one of these; s->n: none does. */
static uint32_t later(struct scan *s, uint32_t i)
{
	static const char cues[] = "its it's is was to as use used try tried "
				   "be password pw this";
	uint32_t stop = s->n - i > FAR ? i + FAR : s->n;
	bool cue = true;

	while (i < stop && s->t[i] != '\n') {
		uint32_t end;

		while (i < stop && strchr(" ,.:;=\"-?", s->t[i]) != NULL) {
			cue = cue || s->t[i] == ':' || s->t[i] == '=';
			i++;
		}
		end = word_end(s, i);
		if (end == i)
			break;
		s->steps += end - i;
		if (cue && end - i >= 5 && is_alpha(s->t[i]) &&
		    is_odd(s, i, end) && memchr(s->t + i, '@', end - i) == NULL)
			return i;
		cue = recognizer_word_in(s, cues, i, end);
		i = end;
	}
	return s->n;
}

void recognizer_secret_later(struct scan *s, uint32_t end, uint32_t is)
{
	bool strange;
	uint32_t i = is < s->n ? is : s->n, stop;

	if (i < s->n) {
		stop = secret(s, i, &strange);
		if (stop > i && strange && !ends_like(s, i, stop)) {
			recognizer_hit(s, i, stop, ENTITY_PASSWORD,
				       RULE_SECRET_CUE, 74);
			return;
		}
	}
	i = later(s, end);
	if (i < s->n)
		recognizer_hit(s, i, word_end(s, i), ENTITY_PASSWORD,
			       RULE_SECRET_CUE, 74);
}
