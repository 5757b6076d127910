/* Stand-ins of phone numbers: ranges that are kept for fiction. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "policy/redact/pseudonym_kinds.h"
#include "policy/redact/standin.h"

/*
 * North America keeps AAA-555-01XX in every area. Who keeps ranges for films
 * elsewhere: Ofcom, the Bundesnetzagentur, ARCEP, ACMA, PTS, ComReg. Other
 * countries keep none: 000 behind the country's code is dialled nowhere, nor is
 * 000 at the beginning of a number of eleven digits or more (00 leads abroad,
 * and no country's code begins with 0; ten digits may be Australian, where 000
 * is the emergency call).
 */
struct range {
	const char *country, *begins; /* the number behind the country's code */
	unsigned n;		      /* its digits */
};

static const struct range ranges[] = {
	{"44", "1632960", 10}, {"49", "3023125", 10}, {"33", "63998", 9},
	{"61", "25550", 9},    {"46", "3139006", 9},  {"353", "2091", 9},
};

#define MOST 20 /* digits that are looked at */

static unsigned digits_of(struct bytes text, char out[MOST + 1])
{
	unsigned n = 0;

	for (size_t i = 0; i < text.n && n < MOST; i++)
		if (text.p[i] >= '0' && text.p[i] <= '9')
			out[n++] = (char)text.p[i];
	out[n] = 0;
	return n;
}

/* NXX 555 01XX, ten digits. */
static void american(struct standin_seed *s, char out[11])
{
	pseudonym_fill(s, out, 3);
	out[0] = (char)('2' + (out[0] - '0') % 8);
	memcpy(out + 3, "55501", 5);
	pseudonym_fill(s, out + 8, 2);
	out[10] = 0;
}

/* Where digits with a country's code have it: behind "00", or 0; *r: the range
 * of that country, NULL: it keeps none. */
static bool is_abroad(struct bytes text, const char *d, unsigned n,
		      unsigned *at, const struct range **r)
{
	bool plus = text.n > 0 &&
		    (text.p[0] == '+' ||
		     (text.p[0] == '(' && text.n > 1 && text.p[1] == '+'));

	*r = NULL;
	*at = !plus && n > 10 && d[0] == '0' && d[1] == '0' ? 2 : 0;
	if ((!plus && *at == 0) || n - *at < 8 || d[*at] == '1')
		return false;
	for (size_t k = 0; k < ARRAY_LEN(ranges); k++)
		if (memcmp(d + *at, ranges[k].country,
			   strlen(ranges[k].country)) == 0)
			*r = &ranges[k];
	return true;
}

/* In the text's own shape where its digits are as many; else +CC and digits. */
static int put_abroad(struct standin_seed *s, struct bytes text, const char *d,
		      unsigned n, unsigned at, const struct range *r,
		      struct buf *out, struct buf *canon)
{
	const char *begins = r == NULL ? "000" : r->begins;
	unsigned code = r == NULL ? 2 : (unsigned)strlen(r->country);
	unsigned most = r == NULL ? n - at - code : r->n;
	unsigned k = (unsigned)strlen(begins);
	struct pseudonym_shape shape = pseudonym_shape(text);
	char own[MOST + 1];
	int rc;

	memcpy(own, begins, k);
	pseudonym_fill(s, own + k, most - k);
	own[most] = 0;
	if (n - at - code == most && shape.plain && shape.digits == n)
		rc = pseudonym_put_shaped(out, text, at + code, own);
	else
		rc = buf_printf(out, "+%.*s %s", (int)code, d + at, own);
	if (rc == 0)
		rc = buf_put(canon, d + at, code);
	return rc == 0 ? buf_puts(canon, own) : rc;
}

/* "0451 1234567": nobody knows of which country. */
static int put_national(struct standin_seed *s, struct bytes text, unsigned n,
			struct buf *out, struct buf *canon)
{
	char own[MOST + 1] = "000";
	int rc;

	pseudonym_fill(s, own + 3, n - 3);
	own[n] = 0;
	rc = pseudonym_put_shaped(out, text, 0, own);
	/* 00 is away in a canonical form */
	return rc == 0 ? buf_puts(canon, own + 2) : rc;
}

int pseudonym_phone(const struct transform_in *in, uint32_t turn,
		    struct buf *text, struct buf *canon)
{
	struct pseudonym_shape shape = pseudonym_shape(in->text);
	const struct range *r;
	struct standin_seed s;
	char d[11], all[MOST + 1];
	unsigned n = digits_of(in->text, all), at;
	int rc;

	standin_draw(in, "pseudonym", in->canon, turn, &s);
	if (is_abroad(in->text, all, n, &at, &r))
		return put_abroad(&s, in->text, all, n, at, r, text, canon);
	if (shape.plain && n == shape.digits && n > 10 && all[0] == '0')
		return put_national(&s, in->text, n, text, canon);
	american(&s, d);
	if (shape.plain && shape.digits == 10)
		rc = pseudonym_put_shaped(text, in->text, 0, d);
	else if (shape.plain && shape.digits == 7)
		rc = pseudonym_put_shaped(text, in->text, 0, d + 3);
	else if (shape.plain && shape.digits == 11 && all[0] == '1')
		rc = pseudonym_put_shaped(text, in->text, 1, d);
	else
		rc = buf_printf(text, "+1-%.3s-%.3s-%.4s", d, d + 3, d + 6);
	return rc == 0 ? buf_puts(canon, d) : rc;
}

bool pseudonym_phone_reserved(struct bytes v)
{
	if (v.n == 10 && memcmp(v.p + 3, "55501", 5) == 0)
		return true;
	if (v.n > 10 &&
	    (memcmp(v.p, "000", 3) == 0 || memcmp(v.p + 2, "000", 3) == 0))
		return true;
	for (size_t k = 0; k < ARRAY_LEN(ranges); k++) {
		size_t c = strlen(ranges[k].country);
		size_t b = strlen(ranges[k].begins);

		if (v.n == c + ranges[k].n &&
		    memcmp(v.p, ranges[k].country, c) == 0 &&
		    memcmp(v.p + c, ranges[k].begins, b) == 0)
			return true;
	}
	return false;
}
