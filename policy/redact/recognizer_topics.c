/* What the words around a value, the question and the key are about. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "policy/redact/recognizer.h"

#define NEAR 64 /* bytes between a topic's word and what it is about */
#define LOOK 48 /* and where its word comes behind */

_Static_assert(TOPIC_COUNT <= TOPIC_TRAIT, "topics are bits below a trait");

bool recognizer_near(const struct scan *s, enum topic topic, uint32_t i)
{
	uint32_t at = s->topic_at[topic];

	if (((s->asked | s->keyed) >> topic & 1) != 0)
		return true;
	return at != 0 && at - 1 <= i && i - (at - 1) <= NEAR;
}

/* A word that begins another thought. */
static bool is_joint(const uint8_t *p, uint32_t n)
{
	static const char *const words[] = {"and", "but", "und", "y",
					    "v\xc3\xa0"};

	for (size_t k = 0; k < ARRAY_LEN(words); k++)
		if (p[0] == (uint8_t)words[k][0] && strlen(words[k]) == n &&
		    memcmp(p, words[k], n) == 0)
			return true;
	return false;
}

uint64_t recognizer_behind(struct scan *s, uint32_t i)
{
	uint32_t from = i, stop = s->n - i > LOOK ? i + LOOK : s->n;
	uint64_t topics = 0;

	while (i < stop && strchr("\n?!;", s->t[i]) == NULL &&
	       !is_digit(s->t[i]) &&
	       (s->t[i] != '.' || is_word(scan_at(s, i + 1)))) {
		const struct word *w;
		uint32_t end = i;

		while (end < stop && is_word(s->t[end]))
			end++;
		if (end == i) {
			i++;
			continue;
		}
		if (is_joint(s->t + i, end - i))
			break;
		w = scan_listed(s, i, end)->trigger;
		if (w != NULL && (w->roles & ROLE_TOPIC) != 0)
			topics =
				topic_add(topics, w->topic, recognizer_land(w));
		i = end;
	}
	s->steps += i - from;
	return topics;
}

/* The word before "number" at i is one of these: "my number", "house number".
 */
static bool follows(const struct scan *s, uint32_t i, const char *words)
{
	char lower[16];
	uint32_t start = i - 1, n;

	if (i == 0 || s->t[i - 1] != ' ')
		return false;
	while (start > 0 && i - start < 12 && is_alpha(s->t[start - 1]))
		start--;
	n = i - 1 - start;
	for (uint32_t k = 0; k < n; k++)
		lower[k] = (char)(s->t[start + k] | 0x20);
	return n > 0 && recognizer_check_in(words, lower, n);
}

/* A word of these stands right before i. */
static bool is_behind(const struct scan *s, uint32_t i, const char *word)
{
	uint32_t n = (uint32_t)strlen(word);

	return i > n && s->t[i - 1] == ' ' &&
	       strncasecmp((const char *)s->t + i - 1 - n, word, n) == 0;
}

static bool is_at(const struct scan *s, uint32_t i, const char *words)
{
	size_t n = strlen(words);

	return i <= s->n && s->n - i >= n &&
	       strncasecmp((const char *)s->t + i, words, n) == 0;
}

bool recognizer_topic_sign(const struct scan *s, uint32_t i, uint32_t end,
			   uint32_t *as)
{
	static const char *const ways[] = {" in with", " in as", " on with",
					   " on as", " in under"};

	*as = s->n;
	for (size_t k = 0; k < ARRAY_LEN(ways); k++) {
		uint32_t n = (uint32_t)strlen(ways[k]);

		if (!is_at(s, end, ways[k]))
			continue;
		/* "what do you sign in with" */
		if (end + n == s->n || strchr("?.,\n", s->t[end + n]) != NULL)
			return true;
		if (ways[k][4] == 'a' && s->t[end + n] == ' ')
			*as = end + n + 1;
		return *as < s->n;
	}
	return is_at(s, end, " in") &&
	       (is_behind(s, i, "use to") || is_behind(s, i, "using to"));
}

bool recognizer_topic_signs(struct bytes word)
{
	return (word.n >= 4 &&
		strncasecmp((const char *)word.p, "sign", 4) == 0) ||
	       (word.n >= 3 && word.n != 5 &&
		strncasecmp((const char *)word.p, "log", 3) == 0);
}

/* What stands behind "checking" makes it something that is done. */
static bool is_verb(const struct scan *s, uint32_t end)
{
	static const char *const words[] = {" in ",    " on ",	 " if ",
					    " about ", " up ",	 " out ",
					    " for ",   " that ", " whether "};

	for (size_t k = 0; k < ARRAY_LEN(words); k++)
		if (is_at(s, end, words[k]))
			return true;
	return false;
}

/* What stands behind "last" makes it a time. */
static bool is_ago(const struct scan *s, uint32_t end)
{
	static const char *const words[] = {" month", " week", " year",
					    " night", " time", " summer"};

	for (size_t k = 0; k < ARRAY_LEN(words); k++)
		if (is_at(s, end, words[k]))
			return true;
	return false;
}

void recognizer_topic(struct scan *s, uint32_t i, uint32_t end,
		      const struct word *w)
{
	unsigned land = recognizer_land(w), t = w->topic;
	uint32_t as;

	/* "Customer: " before what one says */
	if (t == TOPIC_CUSTOMER && scan_at(s, end) == ':' &&
	    (i == 0 || s->t[i - 1] == '\n'))
		return;
	/* "email address", "IP address" are no place */
	if (t == TOPIC_ADDRESS &&
	    (follows(s, i, "email ip web mac url wallet") ||
	     (i > 7 && memcmp(s->t + i - 6, "-mail ", 6) == 0)))
		return;
	/* "social insurance" is another matter than social security */
	if (t == TOPIC_INSURANCE && i > 0 && s->topic_at[TOPIC_SSN] == i)
		s->topic_at[TOPIC_SSN] = 0;
	if (t == TOPIC_NUMBER &&
	    follows(s, i, "my your his her our their mine"))
		t = TOPIC_PHONE;
	if (t == TOPIC_NUMBER &&
	    follows(s, i, "house street apartment apt unit flat suite")) {
		t = TOPIC_ADDRESS;
		s->house_at = end + 1;
	}
	/* "tag number" of a car */
	if (t == TOPIC_PLATE && is_at(s, i, "tag") && end - i == 3 &&
	    !is_at(s, end, " number") && !is_behind(s, i, "license"))
		return;
	/* "checking in on it" */
	if (t == TOPIC_ACCOUNT && is_at(s, i, "checking") && is_verb(s, end))
		return;
	/* "final price" */
	if (t == TOPIC_LAST4 && is_at(s, i, "final") &&
	    !is_at(s, end, " four") && !is_at(s, end, " 4 ") &&
	    !is_at(s, end, " digits"))
		return;
	/* "last month" */
	if (t == TOPIC_LAST4 && is_at(s, i, "last") && is_ago(s, end))
		return;
	if (t == TOPIC_ID && is_behind(s, i, "area")) {
		recognizer_phone_area(s, end);
		return;
	}
	/* what a shop gives to everybody */
	if (t == TOPIC_ID &&
	    (is_behind(s, i, "promo") || is_behind(s, i, "coupon") ||
	     is_behind(s, i, "discount")))
		t = TOPIC_ITEM;
	/* of a card; "sign in with" */
	if (t == TOPIC_ID &&
	    (is_behind(s, i, "security") || is_behind(s, i, "sec")))
		t = TOPIC_CVV;
	if (t == TOPIC_USER &&
	    recognizer_topic_signs(bytes_of(s->t + i, end - i)) &&
	    !recognizer_topic_sign(s, i, end, &as))
		return;
	s->topic_at[t] = end + 1;
	s->seen = topic_add(s->seen, t, land);
	if (land != LAND_NONE)
		s->land_at = end + 1;
}

/* Topics of a member's name: snake_case, camelCase, "first and last name". */
static uint64_t key_topics(const struct recognizers *r, struct bytes key,
			   bool *person, bool *other)
{
	uint64_t topics = 0;

	for (size_t i = 0; i < key.n;) {
		size_t end = i + 1;
		const struct word *w;

		if (!is_word(key.p[i])) {
			i++;
			continue;
		}
		while (end < key.n && is_word(key.p[end]) &&
		       !(is_upper(key.p[end]) && is_lower(key.p[end - 1])))
			end++;
		w = recognizer_words_find(&r->triggers, key.p + i, end - i,
					  key.n - i);
		if (w != NULL &&
		    ((w->topic == TOPIC_USER &&
		      recognizer_topic_signs(bytes_sub(key, i, end - i))) ||
		     (w->topic == TOPIC_PLATE && end - i == 3)))
			w = NULL; /* "log", "tag" */
		if (w != NULL && (w->roles & ROLE_TOPIC) != 0)
			topics =
				topic_add(topics, w->topic, recognizer_land(w));
		if (w != NULL && (w->roles & ROLE_TRAIT) != 0 &&
		    w->number < TRAIT_IS)
			topics |= (uint64_t)w->number << TOPIC_TRAIT;
		if (w != NULL && (w->roles & ROLE_PERSON) != 0)
			*person = true;
		else if (w == NULL || w->topic != TOPIC_NAME)
			*other = true;
		i = end;
	}
	return topics;
}

/* A name's key: "name" alone, or with a person's word ("first_name"), or a
 * person's word alone ("caller"); not "file_name". */
uint64_t recognizer_topics(const struct recognizers *r, struct bytes key)
{
	bool person = false, other = false;
	const uint64_t name = TOPIC_BIT(TOPIC_NAME);
	uint64_t topics;

	if (key.n == 0 || key.n > 256)
		return 0;
	topics = key_topics(r, key, &person, &other);
	if (person && !other)
		topics |= name;
	else if (!person && other)
		topics &= ~name;
	return topics;
}
