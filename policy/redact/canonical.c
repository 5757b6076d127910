/* The canonical form of a value: what stand-ins are computed from. */
/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>

#include "policy/redact/recognizer.h"

/* How values of a type are written in one way. */
enum form {
	FORM_TEXT,   /* lower case, blanks joined */
	FORM_NAME,   /* the same, accents kept out, no points or commas */
	FORM_PHONE,  /* digits; 00 and North America's 1 away */
	FORM_DIGITS, /* letters and digits only, lower case */
};

static enum form form_of(const char *type)
{
	int entity = entity_find(bytes_str(type));

	/* secrets other than numbers come before, contact behind */
	if (entity >= ENTITY_PIN && entity <= ENTITY_IMEI)
		return FORM_DIGITS;
	switch (entity) {
	case ENTITY_PHONE_NUMBER:
		return FORM_PHONE;
	case ENTITY_PERSON:
	case ENTITY_LOCATION:
	case ENTITY_ORGANIZATION:
	case ENTITY_STREET_ADDRESS:
		return FORM_NAME;
	case ENTITY_ID_NUMBER:
	case ENTITY_ORDER_ID:
	case ENTITY_CONFIRMATION_NUMBER:
	case ENTITY_POLICY_NUMBER:
	case ENTITY_CLAIM_NUMBER:
	case ENTITY_TICKET_ID:
	case ENTITY_CUSTOMER_ID:
	case ENTITY_MAC_ADDRESS:
	case ENTITY_UK_POSTCODE:
		return FORM_DIGITS;
	default:
		return FORM_TEXT;
	}
}

static int put_digits(struct bytes in, struct buf *out)
{
	int rc = 0;

	for (size_t i = 0; i < in.n && rc == 0; i++)
		if (is_word(in.p[i]))
			rc = buf_putc(out, in.p[i]);
	return rc;
}

static int put_phone(struct bytes in, struct buf *out)
{
	char d[64];
	size_t n = 0, skip = 0;

	for (size_t i = 0; i < in.n && n < sizeof(d); i++) {
		if (is_alpha(in.p[i]))
			break; /* an extension is not the line */
		if (is_digit(in.p[i]))
			d[n++] = (char)in.p[i];
	}
	if (n > 10 && d[0] == '0' && d[1] == '0')
		skip = 2;
	if (n - skip == 11 && d[skip] == '1')
		skip++;
	return buf_put(out, d + skip, n - skip);
}

/* Words joined by one blank; loose: what is no word counts as a blank. */
static int put_words(struct bytes in, bool loose, struct buf *out)
{
	bool gap = false;
	size_t from = out->n;
	int rc = 0;

	for (size_t i = 0; i < in.n && rc == 0; i++) {
		uint8_t c = in.p[i];
		bool blank = c <= ' ' || (loose && !is_word(c) && c != '\'');

		if (!blank && gap && out->n > from)
			rc = buf_putc(out, ' ');
		if (!blank && rc == 0)
			rc = buf_putc(out, c);
		gap = blank;
	}
	return rc;
}

static int put(enum form form, struct bytes in, struct buf *out)
{
	switch (form) {
	case FORM_PHONE:
		return put_phone(in, out);
	case FORM_DIGITS:
		return put_digits(in, out);
	case FORM_NAME:
		return put_words(in, true, out);
	case FORM_TEXT:
	default:
		return put_words(in, false, out);
	}
}

int canonical_turned(const char *type, struct bytes text, struct buf *out)
{
	struct buf b CLEANUP(buf_free) = {0};
	uint32_t s1, e1, s2, e2;
	int rc;

	if (!propagate_tree_word(text, 0, &s1, &e1) ||
	    !propagate_tree_word(text, e1, &s2, &e2))
		return canonical(type, text, out);
	rc = buf_put(&b, text.p + s2, e2 - s2);
	if (rc == 0)
		rc = buf_putc(&b, ' ');
	if (rc == 0)
		rc = buf_put(&b, text.p + s1, e1 - s1);
	return rc == 0 ? canonical(type, buf_bytes(&b), out) : rc;
}

int canonical(const char *type, struct bytes text, struct buf *out)
{
	struct buf lower CLEANUP(buf_free) = {0};
	struct folded f = {0};
	size_t from = out->n;
	int rc = recognizer_fold(text, &f);

	if (rc == 0)
		rc = recognizer_fold_lower(&lower, buf_bytes(&f.text));
	recognizer_fold_free(&f);
	if (rc == 0)
		rc = put(form_of(type), buf_bytes(&lower), out);
	if (rc == 0 && out->n == from)
		rc = put_words(buf_bytes(&lower), false, out);
	return rc;
}
