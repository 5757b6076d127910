/* Identifiers: what a number is when no grammar claims it. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "policy/redact/recognizer.h"

/* What a topic makes of a number of so many digits. */
struct meaning {
	uint8_t topic, entity, least, most, score;
};

static const struct meaning meanings[] = {
	{TOPIC_SSN, ENTITY_US_SSN, 4, 9, 80},
	{TOPIC_CARD, ENTITY_CREDIT_CARD, 12, 19, 75},
	{TOPIC_ACCOUNT, ENTITY_ACCOUNT_NUMBER, 5, 20, 80},
	{TOPIC_ROUTING, ENTITY_ABA_ROUTING_NUMBER, 9, 9, 85},
	{TOPIC_PIN, ENTITY_PIN, 4, 8, 80},
	{TOPIC_CVV, ENTITY_CVV, 3, 4, 85},
	{TOPIC_EXPIRY, ENTITY_CARD_EXPIRY, 4, 6, 75},
	{TOPIC_PHONE, ENTITY_PHONE_NUMBER, 7, 15, 75},
	{TOPIC_ZIP, ENTITY_ZIP_CODE, 4, 9, 80},
	{TOPIC_PLZ, ENTITY_DE_PLZ, 4, 5, 80},
	{TOPIC_BIRTH, ENTITY_DATE_OF_BIRTH, 4, 8, 75},
	{TOPIC_ORDER, ENTITY_ORDER_ID, 4, 24, 75},
	{TOPIC_CONFIRMATION, ENTITY_CONFIRMATION_NUMBER, 4, 24, 75},
	{TOPIC_POLICY, ENTITY_POLICY_NUMBER, 4, 24, 75},
	{TOPIC_CLAIM, ENTITY_CLAIM_NUMBER, 4, 24, 75},
	{TOPIC_TICKET, ENTITY_TICKET_ID, 4, 24, 75},
	{TOPIC_CUSTOMER, ENTITY_CUSTOMER_ID, 4, 24, 75},
	{TOPIC_PASSPORT, ENTITY_PASSPORT, 6, 12, 80},
	{TOPIC_LICENSE, ENTITY_US_DRIVER_LICENSE, 5, 16, 75},
	{TOPIC_MEDICAL, ENTITY_MEDICAL_RECORD_NUMBER, 4, 16, 80},
	{TOPIC_USER, ENTITY_USERNAME, 4, 24, 75},
	{TOPIC_ID, ENTITY_ID_NUMBER, 4, 24, 65},
};

/* What the key of a value says alone: in prose these are about many things. */
static const struct meaning keys[] = {
	{TOPIC_NATIONAL, ENTITY_ID_NUMBER, 6, 24, 65},
	{TOPIC_TAX, ENTITY_ID_NUMBER, 6, 24, 65},
	{TOPIC_HEALTH, ENTITY_ID_NUMBER, 6, 24, 65},
	{TOPIC_INSURANCE, ENTITY_ID_NUMBER, 6, 24, 65},
	{TOPIC_PROVIDER, ENTITY_ID_NUMBER, 6, 24, 65},
	{TOPIC_EMPLOYER, ENTITY_ID_NUMBER, 6, 24, 65},
	{TOPIC_VEHICLE, ENTITY_ID_NUMBER, 6, 24, 65},
	{TOPIC_PLATE, ENTITY_VEHICLE_REGISTRATION, 4, 9, 80},
	{TOPIC_DEVICE, ENTITY_ID_NUMBER, 6, 24, 65},
};

/* The last four digits of what was spoken about before them. */
#define LAST_ACCOUNT 1
#define LAST_CARD 3
static const struct meaning lasts[] = {
	{TOPIC_SSN, ENTITY_US_SSN, 4, 4, 85},
	{TOPIC_ACCOUNT, ENTITY_ACCOUNT_NUMBER, 4, 4, 80},
	{TOPIC_PHONE, ENTITY_PHONE_NUMBER, 4, 4, 75},
	{TOPIC_CARD, ENTITY_CREDIT_CARD, 4, 4, 80},
};

#define LAST_FAR 20   /* bytes behind "last" of "last 4 digits are" */
#define BARE_DIGITS 5 /* fewer are a quantity, a year, a time */
#define ITEM_DIGITS 7 /* more are no reading of a meter */
#define ITEM_FAR 40   /* bytes from such a word */
#define ITEM_TURNS 6  /* how long one is spoken of */
/* What answers in six letters and digits, one of them at least. */
#define LOCATORS \
	(TOPIC_BIT(TOPIC_ORDER) | TOPIC_BIT(TOPIC_TICKET) | TOPIC_BIT(TOPIC_ID))
#define ACCOUNTS \
	(TOPIC_BIT(TOPIC_ACCOUNT) | TOPIC_BIT(TOPIC_CUSTOMER) | LOCATORS)
#define ITEM_LONG 60  /* bytes of a turn that tells a model */
#define NAME_DIGITS 7 /* fewer in a file's name: which of many it is */

static bool fits(const struct meaning *m, unsigned digits)
{
	return m != NULL && digits >= m->least && digits <= m->most;
}

/* The nearest topic's word before i, of those that a number may be. */
static const struct meaning *by_context(const struct scan *s, uint32_t i,
					unsigned digits)
{
	const struct meaning *found = NULL;
	uint32_t best = 0;

	for (size_t k = 0; k < ARRAY_LEN(meanings); k++) {
		uint32_t at = s->topic_at[meanings[k].topic];

		if (meanings[k].topic != TOPIC_ID && at > best && at - 1 <= i &&
		    i - (at - 1) <= 64 && fits(&meanings[k], digits)) {
			best = at;
			found = &meanings[k];
		}
	}
	best = found == NULL ? s->topic_at[TOPIC_ID] : best;
	if (found == NULL && best != 0 && i - (best - 1) <= 64) {
		found = &meanings[ARRAY_LEN(meanings) - 1];
		found = fits(found, digits) ? found : NULL;
	}
	if (found == NULL || s->topic_at[TOPIC_ITEM] <= best)
		return found;
	return NULL; /* "room 12345" */
}

static const struct meaning *by_bits(const struct meaning *m, size_t n,
				     uint64_t topics, unsigned digits)
{
	for (size_t k = 0; topics != 0 && k < n; k++)
		if ((topics >> m[k].topic & 1) != 0 && fits(&m[k], digits))
			return &m[k];
	return NULL;
}

int recognizer_id_of(uint64_t topics, unsigned n)
{
	const struct meaning *m =
		by_bits(meanings, ARRAY_LEN(meanings), topics, n);

	if (m == NULL && (topics >> TOPIC_PLATE & 1) != 0)
		return ENTITY_VEHICLE_REGISTRATION;
	return m == NULL ? -1 : m->entity;
}

int recognizer_id_asked(const struct scan *s, unsigned n)
{
	return recognizer_id_of(s->asked, n);
}

/* The question was about an amount, a model: no identifier answers. */
static bool asked_item(const struct scan *s)
{
	const uint64_t number = TOPIC_BIT(TOPIC_NUMBER) | TOPIC_BIT(TOPIC_ID);

	return (s->asked >> TOPIC_ITEM & 1) != 0 && (s->asked & number) == 0;
}

/* A meter, a mileage, an amount is spoken of. */
static bool talks_item(const struct scan *s, uint32_t i)
{
	const uint64_t other = TOPIC_BIT(TOPIC_NUMBER) | TOPIC_BIT(TOPIC_ID);
	const struct talk *d = s->talk;
	uint32_t at = s->topic_at[TOPIC_ITEM];

	return asked_item(s) ||
	       ((s->seen & TOPICS) == TOPIC_BIT(TOPIC_ITEM) &&
		i - at <= ITEM_FAR) ||
	       (d != NULL && s->seen == 0 && s->asked == 0 &&
		(d->kept >> TOPIC_ITEM & 1) != 0 && (d->kept & other) == 0 &&
		d->turns - d->kept_at <= ITEM_TURNS);
}

static bool starts_year(const struct scan *s, uint32_t i)
{
	return (s->t[i] == '1' && s->t[i + 1] == '9') ||
	       (s->t[i] == '2' && s->t[i + 1] == '0');
}

/* "The one ending in" stands before i, which is no year. */
static bool ends_in(const struct scan *s, uint32_t i)
{
	uint32_t at = s->topic_at[TOPIC_LAST4];

	if (at >= 5 && s->n - at > 6 && i - (at - 1) <= LAST_FAR &&
	    (memcmp(s->t + at - 1, " 4 ", 3) == 0 ||
	     memcmp(s->t + at - 1, " four ", 6) == 0))
		return true;
	if (at < 5 || i - (at - 1) > 9 || (s->t[at - 2] | 0x20) == 't')
		return false;
	return i - (at - 1) > 1 || !starts_year(s, i);
}

/* "The last four of your social?" - "4321". */
static const struct meaning *by_last(const struct scan *s, uint32_t i)
{
	if (i > 0 && s->topic_at[TOPIC_CARD] == i && !starts_year(s, i))
		return &lasts[LAST_CARD]; /* "visa 4929" */
	if (!recognizer_near(s, TOPIC_LAST4, i))
		return NULL;
	for (size_t k = 0; k < ARRAY_LEN(lasts); k++)
		if (recognizer_near(s, (enum topic)lasts[k].topic, i))
			return &lasts[k];
	/* of what they do not say: a card, an account */
	return ((s->asked >> TOPIC_LAST4 & 1) != 0 && !asked_item(s) &&
		!starts_year(s, i)) ||
			       ends_in(s, i)
		       ? &lasts[LAST_ACCOUNT]
		       : NULL;
}

/* " is", " was" behind a number: what it is comes. */
static bool links(const struct scan *s, uint32_t end)
{
	static const char *const words[] = {" is ",  " was ", " as ",
					    " ist ", " es ",  " là "};

	for (size_t k = 0; k < ARRAY_LEN(words); k++) {
		size_t n = strlen(words[k]);

		if (s->n - end > n && memcmp(s->t + end, words[k], n) == 0)
			return true;
	}
	return false;
}

/* "4321 is the last four of my social", "55012 is my account number". */
static const struct meaning *by_behind(struct scan *s, uint32_t end,
				       unsigned digits)
{
	uint64_t topics = links(s, end) ? recognizer_behind(s, end) : 0;

	if (topics == 0)
		return NULL;
	if ((topics >> TOPIC_LAST4 & 1) != 0 && digits == 4)
		return by_bits(lasts, ARRAY_LEN(lasts), topics, digits);
	return by_bits(meanings, ARRAY_LEN(meanings), topics, digits);
}

/* "room 12345", "the balance is 12345": no identifier. */
static bool item(const struct scan *s, uint32_t start)
{
	uint32_t at = s->topic_at[TOPIC_ITEM];

	return at != 0 && at + 4 >= start;
}

/* The number is said to be about something; false: by itself. */
static bool about(struct scan *s, uint32_t i, uint32_t end, unsigned digits)
{
	const struct meaning *m = digits == 4 ? by_last(s, i) : NULL;
	unsigned rule = RULE_ID_CONTEXT;

	if (m == NULL)
		m = by_context(s, i, digits);
	if (m == NULL) {
		m = by_bits(meanings, ARRAY_LEN(meanings), s->keyed, digits);
		if (m == NULL)
			m = by_bits(keys, ARRAY_LEN(keys), s->keyed, digits);
		rule = RULE_ID_KEY;
	}
	if (m == NULL && s->n <= 120 &&
	    !(digits <= ITEM_DIGITS && asked_item(s)) && !item(s, i)) {
		m = by_bits(meanings, ARRAY_LEN(meanings), s->asked, digits);
		rule = RULE_ID_ANSWER;
	}
	if (m == NULL) {
		m = by_behind(s, end, digits);
		rule = RULE_ID_CONTEXT;
	}
	if (m == NULL)
		return false;
	recognizer_hit(s, i, end, m->entity, rule, m->score);
	return true;
}

/* A unit, a percent sign or a decimal part stands behind: how many, how much.
 */
static bool quantity(const struct scan *s, uint32_t end)
{
	uint8_t c = scan_at(s, end);
	uint32_t i = end, j;
	const struct word *w;

	if (c == '%' || (c == '.' && is_digit(scan_at(s, end + 1))) ||
	    (c == ':' && is_digit(scan_at(s, end + 1))))
		return true;
	if (c == ' ' || c == '-')
		i++;
	for (j = i; j < s->n && j < i + 16 && is_word(s->t[j]);)
		j++;
	if (j == i)
		return false;
	w = scan_listed(s, i, j)->trigger;
	return w != NULL && (w->roles & (ROLE_UNIT | ROLE_CURRENCY)) != 0;
}

static bool like_year(const struct scan *s, const struct cluster *c)
{
	return c->digits[0] == 4 && starts_year(s, c->start[0]);
}

/* A round number counts something. */
static bool rounded(const struct scan *s, uint32_t i, uint32_t end)
{
	return end - i <= 9 && s->t[i] != '0' &&
	       memcmp(s->t + end - 3, "000", 3) == 0;
}

/* Groups that belong to one written identifier: "123-4567", "12345 67890". */
static unsigned join(const struct cluster *c, unsigned *digits)
{
	unsigned k = 1;

	*digits = c->digits[0];
	while (k < c->n && *digits < 24 &&
	       (c->sep[k - 1] == '-' || c->sep[k - 1] == '_' ||
		c->sep[k - 1] == '.' ||
		(c->sep[k - 1] == ' ' && c->digits[k] >= (k < 3 ? 3 : 2) &&
		 c->digits[k - 1] >= 2))) {
		if (c->sep[k - 1] == '.' && k == c->n - 1 && k == 1)
			break; /* a decimal fraction */
		*digits += c->digits[k++];
	}
	return k;
}

/* "One two three four five": somebody counts aloud. */
static bool counts(const struct scan *s, uint32_t start, uint32_t end)
{
	uint32_t n = 1;

	if (s->map == NULL || end - start > 9 || s->t[start] != '1' ||
	    s->map[end - 1] - s->map[start] < 3 * (end - start - 1))
		return false;
	while (n < end - start && s->t[start + n] == s->t[start + n - 1] + 1)
		n++;
	return n >= 3 && (n + 2 > end - start || s->run->again);
}

/* In a file's name a short number or one that begins with two zeros counts
 * files: "call_000123", "take-12-045". */
static bool counter(const struct scan *s, uint32_t start, unsigned digits)
{
	return s->run->kind == RUN_NAME &&
	       (digits < NAME_DIGITS ||
		(s->t[start] == '0' && s->t[start + 1] == '0'));
}

static bool touched(const struct scan *s, uint32_t start)
{
	uint8_t before = start == 0 ? ' ' : s->t[start - 1];

	return before == '.' || before == ',' || before == ':' || before == '$';
}

uint32_t recognizer_id(struct scan *s, const struct cluster *c)
{
	unsigned digits, k = join(c, &digits);
	uint32_t start = c->start[0], end = c->end[k - 1], lead, also;
	bool prose = (s->allowed & ALLOW_PROSE) != 0;

	if ((!prose && s->keyed == 0) || digits < 3 || touched(s, start) ||
	    is_word(scan_at(s, end)))
		return 0;
	if (quantity(s, end) ||
	    (like_year(s, c) && !recognizer_near(s, TOPIC_LAST4, start) &&
	     !recognizer_near(s, TOPIC_PIN, start) && s->asked == 0))
		return 0;
	lead = recognizer_id_lead(s, start, false);
	if (lead < start)
		end = recognizer_id_on(s, lead, end);
	also = recognizer_id_and(s, end);
	if (!quantity(s, also) &&
	    about(s, recognizer_id_lead(s, start, true), also, digits))
		return also;
	if (about(s, recognizer_id_lead(s, start, true), end, digits))
		return end;
	if (recognizer_echo(s, start, end))
		return end;
	if (!prose || digits < BARE_DIGITS || digits > 40 ||
	    (digits <= ITEM_DIGITS && talks_item(s, start)) ||
	    rounded(s, start, end) || item(s, start) || counts(s, start, end) ||
	    counter(s, start, digits))
		return 0;
	recognizer_hit(s, lead, end, ENTITY_ID_NUMBER, RULE_ID_BARE, 50);
	return end;
}

/* Digits among letters; *caps: no lower-case letter is in it. */
static unsigned count(const struct scan *s, uint32_t i, uint32_t end,
		      bool *caps)
{
	unsigned digits = 0;

	*caps = true;
	for (; i < end; i++) {
		digits += is_digit(s->t[i]);
		if (!is_digit(s->t[i]) && !is_upper(s->t[i]) && s->t[i] != '-')
			*caps = false;
	}
	return digits;
}

/* The most digits that stand side by side. */
static unsigned in_row(const struct scan *s, uint32_t i, uint32_t end)
{
	unsigned n = 0, most = 0;

	for (; i < end; i++) {
		n = is_digit(s->t[i]) ? n + 1 : 0;
		most = n > most ? n : most;
	}
	return most;
}

/* Letters, then few digits: "call0001" counts, as "call_0001" does. */
static bool counted(const struct scan *s, uint32_t start, uint32_t end,
		    unsigned digits)
{
	uint32_t i = start;

	while (i < end && !is_digit(s->t[i]))
		i++;
	return i > start && end - i == digits &&
	       (i + 1 == end || counter(s, i, digits));
}

/*
 * "AB12CD34", "hb12345678", "3f2a9c41": at least six characters with five
 * digits side by side, or eight with four; shorter ones only with a topic: so
 * models are called ("SMS426", "WH-984XM4"). "HB-1234" continues over dashes.
 */
void recognizer_id_code(struct scan *s, uint32_t start, uint32_t end)
{
	bool caps, few, prose = (s->allowed & ALLOW_PROSE) != 0;
	unsigned digits = count(s, start, end, &caps);
	uint32_t n;

	if (caps && s->run->kind != RUN_NAME) {
		end = recognizer_id_on(s, start, end);
		digits = count(s, start, end, &caps);
	}
	n = end - start;
	if (start > 0 && s->t[start - 1] == '\\')
		return; /* the rest of an escape */
	if ((!prose && s->keyed == 0) || n < 4 || digits == 0 ||
	    end < s->url_end)
		return;
	if (scan_at(s, end) == '@' || recognizer_id_offer(s, start, end) ||
	    recognizer_id_program(s, start, end) ||
	    (is_digit(s->t[start]) && quantity(s, start + digits)))
		return;
	/* record locators have six characters, often with a single digit */
	few = n == 6 && (recognizer_near(s, TOPIC_CONFIRMATION, start) ||
			 (s->n <= ITEM_LONG && (s->asked & LOCATORS) != 0));
	few = few || recognizer_id_random(s, start, end) ||
	      (n >= 7 && (s->asked & ACCOUNTS) != 0);
	if (n >= 5 && n <= 24 && (digits >= 2 || few) &&
	    about(s, start, end, n))
		return;
	if (s->run->kind == RUN_NAME && counted(s, start, end, digits))
		return;
	if ((s->asked >> TOPIC_ITEM & 1) != 0 && s->n <= ITEM_LONG &&
	    recognizer_id_asked(s, n) < 0)
		return; /* "which model" */
	if (prose && n >= 6 && n <= 64 && !item(s, start) &&
	    ((digits >= 4 && n >= 8) || in_row(s, start, end) >= 5 ||
	     recognizer_id_random(s, start, end)))
		recognizer_hit(s, start, end, ENTITY_ID_NUMBER, RULE_ID_BARE,
			       45);
}
