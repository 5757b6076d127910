/* Realistic stand-ins: names, addresses, numbers nobody can have. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "policy/redact/pseudonym_kinds.h"

#include <stdio.h>

#include "policy/redact/pseudonym.h"
#include "policy/redact/pseudonym_names.h"
#include "policy/redact/standin.h"

/*
 * Where each stand-in comes from, and why no real person can have it:
 *
 *   PERSON         first and last name by tables, per word of the canonical
 *                  name, so that "Maria" and "Maria Lopez" keep one first name;
 *                  an initial between them, by both words: "Maria Lopez" and
 *                  "Maria Ortiz" must not meet, and of 500 million names a
 *                  thousand people meet with a chance of 1 in 1,000; checked
 *                  against the exclusion set without the initial, since tables
 *                  hold real names
 *   EMAIL_ADDRESS  example.org, which RFC 2606 keeps from everybody
 *   URL            likewise
 *   PHONE_NUMBER   ranges kept for fiction: pseudonym_phone.c
 *   CREDIT_CARD    last digit wrong for Luhn
 *   IBAN_CODE      country XX, check digits 00: no bank, and mod 97 fails
 *   US_SSN, _ITIN  9xx-NN-: never given out; NN below 50: no ITIN either
 *   IP_ADDRESS     documentation ranges of RFC 5737 and RFC 3849
 *   DOMAIN_NAME    below example.org
 *   USERNAME       a first name and six hexadecimal digits
 *   identifiers with check digits, SWIFT_CODE, MAC_ADDRESS: pseudonym_ids.c
 *
 * Numbers follow the grouping of the text they replace where it is nothing but
 * digits and separators. All of it is frozen under VIEW_RENDERER.
 */

static bool is_digit(uint8_t c)
{
	return c >= '0' && c <= '9';
}

struct pseudonym_shape pseudonym_shape(struct bytes text)
{
	struct pseudonym_shape s = {.plain = true};

	for (size_t i = 0; i < text.n; i++) {
		if (is_digit(text.p[i]))
			s.digits++;
		else if (text.p[i] == 0 || strchr(" ()-.+/", text.p[i]) == NULL)
			s.plain = false;
	}
	return s;
}

static bool has_char(struct bytes text, char c)
{
	return text.n > 0 && memchr(text.p, c, text.n) != NULL;
}

int pseudonym_put_shaped(struct buf *out, struct bytes text, unsigned skip,
			 const char *digits)
{
	int rc = 0;

	for (size_t i = 0; rc == 0 && i < text.n; i++) {
		uint8_t c = text.p[i];

		if (is_digit(c) && skip > 0)
			skip--;
		else if (is_digit(c) && *digits != 0)
			c = (uint8_t)*digits++;
		rc = buf_putc(out, c);
	}
	return rc;
}

void pseudonym_fill(struct standin_seed *s, char *p, unsigned n)
{
	for (unsigned i = 0; i < n; i++) {
		if (s->at >= sizeof(s->d) - 1)
			s->at = 1; /* odd places: other bytes */
		p[i] = (char)('0' + standin_pick(s, 10));
	}
}

/* ---- people ---- */

#define NAME_ROOM 32 /* bytes of a last name */

static bool same_word(struct bytes word, const char *name)
{
	if (word.n != strlen(name))
		return false;
	for (size_t i = 0; i < word.n; i++)
		if ((word.p[i] | 0x20) != (uint8_t)(name[i] | 0x20))
			return false;
	return true;
}

/* 'l' all lower, 'u' all upper (two letters at least), else 't'. */
static char case_of(struct bytes text)
{
	unsigned up = 0, low = 0;

	for (size_t i = 0; i < text.n; i++) {
		up += text.p[i] >= 'A' && text.p[i] <= 'Z';
		low += text.p[i] >= 'a' && text.p[i] <= 'z';
	}
	if (up == 0 && low > 0)
		return 'l';
	return low == 0 && up > 1 ? 'u' : 't';
}

static int put_cased(struct buf *out, const char *name, char how)
{
	int rc = 0;

	for (; rc == 0 && *name != 0; name++) {
		bool letter = *name >= 'A';
		int c = *name;

		if (letter && how == 'l')
			c |= 0x20;
		else if (letter && how == 'u')
			c &= ~0x20;
		rc = buf_putc(out, c);
	}
	return rc;
}

/* A first name for one word, never the word itself. */
static const char *first_of(const struct transform_in *in, struct bytes word,
			    uint32_t turn)
{
	uint32_t n = (uint32_t)pseudonym_names_nfirst, i;
	struct standin_seed s;

	standin_draw(in, "first-name", word, turn, &s);
	i = standin_pick(&s, n);
	if (same_word(word, pseudonym_names_first[i]))
		i = (i + 1) % n;
	return pseudonym_names_first[i];
}

/* Likewise a last name, of a head and a tail. */
static void last_of(const struct transform_in *in, struct bytes word,
		    uint32_t turn, char out[NAME_ROOM])
{
	uint32_t n = (uint32_t)pseudonym_names_ntails, head, tail;
	struct standin_seed s;

	standin_draw(in, "last-name", word, turn, &s);
	head = standin_pick(&s, (uint32_t)pseudonym_names_nheads);
	tail = standin_pick(&s, n);
	snprintf(out, NAME_ROOM, "%s%s", pseudonym_names_heads[head],
		 pseudonym_names_tails[tail]);
	if (same_word(word, out))
		snprintf(out, NAME_ROOM, "%s%s", pseudonym_names_heads[head],
			 pseudonym_names_tails[(tail + 1) % n]);
}

/* " K. " for the first and last word: other names between them do not count. */
static int put_initial(const struct transform_in *in, struct bytes first,
		       struct bytes last, uint32_t turn, struct buf *text)
{
	struct buf CLEANUP(buf_free) both = {.secret = true};
	char how = case_of(in->text), initial[] = "A.";
	struct standin_seed s;
	int rc = buf_putb(&both, first);

	if (rc == 0)
		rc = buf_putc(&both, ' ');
	if (rc == 0)
		rc = buf_putb(&both, last);
	if (rc != 0)
		return rc;
	standin_draw(in, "initial", buf_bytes(&both), turn, &s);
	initial[0] = (char)('A' + standin_pick(&s, 26));
	rc = buf_putc(text, ' ');
	if (rc == 0)
		rc = put_cased(text, initial, how);
	return rc == 0 ? buf_putc(text, ' ') : rc;
}

static int put_name(const struct transform_in *in, const char *name,
		    struct buf *text, struct buf *canon)
{
	int rc = put_cased(text, name, case_of(in->text));

	return rc == 0 ? put_cased(canon, name, 'l') : rc;
}

static int make_person(const struct transform_in *in, uint32_t turn,
		       struct buf *text, struct buf *canon)
{
	struct bytes v = in->canon, first, last = {0};
	char name[NAME_ROOM];
	size_t a = 0, z = v.n;
	int rc;

	while (a < v.n && v.p[a] != ' ')
		a++;
	while (z > a && v.p[z - 1] != ' ')
		z--;
	first = bytes_sub(v, 0, a);
	if (z > a)
		last = bytes_sub(v, z, v.n);
	if (a == 0) { /* " lopez": a last name */
		last_of(in, last, turn, name);
		return put_name(in, name, text, canon);
	}
	rc = put_name(in, first_of(in, first, turn), text, canon);
	if (rc != 0 || last.n == 0)
		return rc;
	rc = put_initial(in, first, last, turn, text);
	if (rc == 0)
		rc = buf_putc(canon, ' ');
	last_of(in, last, turn, name);
	return rc == 0 ? put_name(in, name, text, canon) : rc;
}

/* ---- addresses ---- */

/* "carina.k5f6994": a name nobody has. */
static int put_local(const struct transform_in *in, uint32_t turn, char joint,
		     struct buf *text)
{
	struct standin_seed s;
	const char *name;
	int rc;

	standin_draw(in, "pseudonym", in->canon, turn, &s);
	name = pseudonym_names_first[standin_pick(
		&s, (uint32_t)pseudonym_names_nfirst)];
	memmove(s.d, s.d + 2, sizeof(s.d) - 2);
	rc = put_cased(text, name, 'l');
	if (rc == 0)
		rc = buf_putc(text, joint);
	if (rc == 0)
		rc = buf_putc(text, 'k');
	return rc == 0 ? standin_hex(text, &s, 6) : rc;
}

static int make_email(const struct transform_in *in, uint32_t turn,
		      struct buf *text, struct buf *canon)
{
	int rc = put_local(in, turn, '.', text);

	if (rc == 0)
		rc = buf_puts(text, "@example.org");
	return rc == 0 ? buf_putb(canon, buf_bytes(text)) : rc;
}

static int make_username(const struct transform_in *in, uint32_t turn,
			 struct buf *text, struct buf *canon)
{
	bool at = in->text.n > 0 && in->text.p[0] == '@';
	int rc = at ? buf_putc(text, '@') : 0;

	if (rc == 0)
		rc = put_local(in, turn, '_', text);
	return rc == 0 ? buf_putb(canon, buf_bytes(text)) : rc;
}

static int make_url(const struct transform_in *in, uint32_t turn,
		    struct buf *text, struct buf *canon)
{
	struct standin_seed s;
	int rc;

	standin_draw(in, "pseudonym", in->canon, turn, &s);
	rc = buf_puts(text, "https://example.org/k");
	if (rc == 0)
		rc = standin_hex(text, &s, 8);
	return rc == 0 ? buf_putb(canon, buf_bytes(text)) : rc;
}

static int make_domain(const struct transform_in *in, uint32_t turn,
		       struct buf *text, struct buf *canon)
{
	struct standin_seed s;
	int rc;

	standin_draw(in, "pseudonym", in->canon, turn, &s);
	rc = buf_putc(text, 'k');
	if (rc == 0)
		rc = standin_hex(text, &s, 8);
	if (rc == 0)
		rc = buf_puts(text, ".example.org");
	return rc == 0 ? buf_putb(canon, buf_bytes(text)) : rc;
}

static int put_ip6(struct standin_seed *s, struct buf *text)
{
	int rc = buf_puts(text, "2001:db8");

	for (int i = 0; rc == 0 && i < 6; i++)
		rc = buf_printf(text, ":%x", 1 + standin_pick(s, 65535));
	return rc;
}

static int make_ip(const struct transform_in *in, uint32_t turn,
		   struct buf *text, struct buf *canon)
{
	static const char *const nets[] = {"192.0.2", "198.51.100",
					   "203.0.113"};
	struct standin_seed s;
	const char *net;
	int rc;

	standin_draw(in, "pseudonym", in->canon, turn, &s);
	if (has_char(in->canon, ':'))
		rc = put_ip6(&s, text);
	else {
		net = nets[standin_pick(&s, ARRAY_LEN(nets))];
		rc = buf_printf(text, "%s.%u", net, 1 + standin_pick(&s, 254));
	}
	return rc == 0 ? buf_putb(canon, buf_bytes(text)) : rc;
}

/* ---- numbers ---- */

/* The digit that makes n digits pass Luhn, the last left out. */
static unsigned luhn_check(const char *d, unsigned n)
{
	unsigned sum = 0;

	for (unsigned i = 0; i < n - 1; i++) {
		unsigned v = (unsigned)(d[n - 2 - i] - '0');

		v = i % 2 == 0 ? 2 * v : v;
		sum += v > 9 ? v - 9 : v;
	}
	return (10 - sum % 10) % 10;
}

static int make_card(const struct transform_in *in, uint32_t turn,
		     struct buf *text, struct buf *canon)
{
	struct pseudonym_shape shape = pseudonym_shape(in->text);
	bool own = shape.plain && shape.digits >= 2 && shape.digits <= 19;
	unsigned n = own ? shape.digits : 16;
	struct standin_seed s;
	char d[20];
	int rc;

	standin_draw(in, "pseudonym", in->canon, turn, &s);
	pseudonym_fill(&s, d, n);
	d[0] = (char)('1' + (d[0] - '0') % 9);
	d[n - 1] = (char)('0' + (luhn_check(d, n) + 1 +
				 (unsigned)(d[n - 1] - '0') % 9) %
					10);
	d[n] = 0;
	if (own)
		rc = pseudonym_put_shaped(text, in->text, 0, d);
	else
		rc = buf_printf(text, "%.4s %.4s %.4s %.4s", d, d + 4, d + 8,
				d + 12);
	return rc == 0 ? buf_puts(canon, d) : rc;
}

static int make_iban(const struct transform_in *in, uint32_t turn,
		     struct buf *text, struct buf *canon)
{
	bool grouped = has_char(in->text, ' ');
	struct standin_seed s;
	char d[23] = "XX00";
	int rc = 0;

	standin_draw(in, "pseudonym", in->canon, turn, &s);
	pseudonym_fill(&s, d + 4, 18);
	for (unsigned i = 0; rc == 0 && i < 22; i++) {
		if (grouped && i > 0 && i % 4 == 0)
			rc = buf_putc(text, ' ');
		if (rc == 0)
			rc = buf_putc(text, d[i]);
	}
	return rc == 0 ? buf_puts(canon, d) : rc;
}

static int make_ssn(const struct transform_in *in, uint32_t turn,
		    struct buf *text, struct buf *canon)
{
	struct pseudonym_shape shape = pseudonym_shape(in->text);
	struct standin_seed s;
	unsigned group;
	char d[10];
	int rc;

	standin_draw(in, "pseudonym", in->canon, turn, &s);
	pseudonym_fill(&s, d, 9);
	group = 1 + standin_pick(&s, 49);
	d[0] = '9';
	d[3] = (char)('0' + group / 10);
	d[4] = (char)('0' + group % 10);
	d[9] = 0;
	if (shape.plain && shape.digits == 9)
		rc = pseudonym_put_shaped(text, in->text, 0, d);
	else if (shape.plain && shape.digits == 4)
		rc = pseudonym_put_shaped(text, in->text, 0, d + 5);
	else
		rc = buf_printf(text, "%.3s-%.2s-%.4s", d, d + 3, d + 5);
	return rc == 0 ? buf_puts(canon,
				  shape.plain && shape.digits == 4 ? d + 5 : d)
		       : rc;
}

const struct pseudonym_kind *pseudonym_kinds_find(struct bytes type)
{
	static const struct pseudonym_kind kinds[] = {
		{"PERSON", true, true, make_person},
		{"EMAIL_ADDRESS", false, false, make_email},
		{"PHONE_NUMBER", true, false, pseudonym_phone},
		{"CREDIT_CARD", true, false, make_card},
		{"IBAN_CODE", true, false, make_iban},
		{"US_SSN", true, false, make_ssn},
		{"US_ITIN", true, false, make_ssn},
		{"IP_ADDRESS", false, false, make_ip},
		{"URL", false, false, make_url},
		{"DOMAIN_NAME", false, false, make_domain},
		{"USERNAME", true, false, make_username},
		{"SWIFT_CODE", true, false, pseudonym_swift},
		{"MAC_ADDRESS", true, false, pseudonym_mac},
	};
	static const struct pseudonym_kind id = {"", true, false, pseudonym_id};

	for (size_t i = 0; i < ARRAY_LEN(kinds); i++)
		if (bytes_is(type, kinds[i].type))
			return &kinds[i];
	return pseudonym_id_of(type) ? &id : NULL;
}
