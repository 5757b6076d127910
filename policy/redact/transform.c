/* Transforms: from a span's value to the text that stands in its place. */
/* SPDX-License-Identifier: Apache-2.0 */
#include <assert.h>
#include <errno.h>

#include "base/json.h"
#include "base/utf8.h"
#include "policy/redact/decision.h"
#include "policy/redact/pseudonym.h"
#include "policy/redact/standin.h"
#include "policy/redact/transform_date.h"
#include "policy/redact/transform_file.h"

#define MASK_FIXED 8 /* stars, whatever the value's length */

/* [PERSON_1] */
static int put_tag(const struct transform_in *in, struct buf *out)
{
	char digits[12];
	unsigned n = sizeof(digits);
	uint32_t v = in->ord;
	int rc = buf_putc(out, '[');

	if (rc == 0)
		rc = buf_putb(out, in->type);
	digits[--n] = ']';
	do {
		digits[--n] = (char)('0' + v % 10);
		v /= 10;
	} while (v != 0);
	digits[--n] = '_';
	return rc == 0 ? buf_put(out, digits + n, sizeof(digits) - n) : rc;
}

/* ---- mask ---- */

/* Letters, digits and all that is not ASCII: what a mask covers. */
static bool is_mark(uint32_t cp)
{
	return cp >= 0x80 || (cp >= '0' && cp <= '9') ||
	       ((cp | 0x20) >= 'a' && (cp | 0x20) <= 'z');
}

static size_t count_marks(const struct transform *t, struct bytes text)
{
	size_t n = 0, len;
	uint32_t cp;

	for (size_t i = 0; (len = utf8_next(text, i, &cp)) != 0; i += len)
		n += !t->keep_separators || is_mark(cp);
	return n;
}

static int put_code(struct buf *out, uint32_t cp)
{
	uint8_t u[4];
	size_t n = utf8_put(u, cp);

	return n != 0 ? buf_put(out, u, n) : buf_putc(out, '*');
}

/*
 * Characters of the value are left only where at least as many are hidden: a
 * card's last four, but not the four digits that were all that was said.
 */
static size_t kept(const struct transform *t, size_t marks)
{
	return marks >= 2 * (size_t)t->keep_last ? t->keep_last : 0;
}

static int put_mask(const struct transform_in *in, struct buf *out)
{
	const struct transform *t = in->t;
	uint32_t star = t->mask_char != 0 ? t->mask_char : '*', cp;
	bool length = t->true_length || t->keep_separators;
	size_t marks = count_marks(t, in->text), left = kept(t, marks), len;
	int rc = 0;

	for (size_t i = 0; rc == 0 && !length && i < MASK_FIXED; i++)
		rc = put_code(out, star);
	for (size_t i = 0; rc == 0 && (len = utf8_next(in->text, i, &cp)) != 0;
	     i += len) {
		bool mark = !t->keep_separators || is_mark(cp);

		if (mark && marks-- > left)
			rc = length ? put_code(out, star) : 0;
		else if (mark || length)
			rc = buf_put(out, in->text.p + i, len);
	}
	return rc;
}

/* ---- keyed ---- */

#define DIGITS_EXACT 15 /* of a number that readers keep to the last digit */

/* Hexadecimal digits are no JSON number. */
static int put_digits(struct standin_seed *s, unsigned n, struct buf *out)
{
	int rc = buf_putc(out, (int)('1' + standin_pick(s, 9)));

	for (unsigned i = 1; rc == 0 && i < n && i < DIGITS_EXACT; i++)
		rc = buf_putc(out, (int)('0' + standin_pick(s, 10)));
	return rc;
}

static int put_hash(const struct transform_in *in, struct buf *out)
{
	unsigned n = in->t->hash_len == 0 ? 16 : in->t->hash_len;
	struct bytes canon = in->canon;
	struct standin_seed s;

	if (in->s == NULL || in->s->key == NULL)
		return -ENOKEY;
	/* " lopez" is a last name; it is the same value where nobody knows. */
	if (canon.n > 0 && canon.p[0] == ' ')
		canon = bytes_sub(canon, 1, canon.n);
	standin_draw(in, "hash", canon, 0, &s);
	if (in->number)
		return put_digits(&s, n, out);
	return standin_hex(out, &s, n < 64 ? n : 64);
}

/* What cannot be made coarser or moved becomes a tag. */
static int put_date(const struct transform_in *in, struct buf *out)
{
	int rc = in->t->action == ACTION_SHIFT
			 ? transform_date_shift(in, out)
			 : transform_date_generalize(in, out);

	return rc == -ENOENT ? put_tag(in, out) : rc;
}

bool transform_is_tagged(const struct transform *t, struct bytes type)
{
	return t->action == ACTION_PSEUDONYM &&
	       (bytes_is(type, "DATE_TIME") || bytes_is(type, "DATE_OF_BIRTH"));
}

static bool is_file(struct bytes type)
{
	return bytes_is(type, "FILE_PATH");
}

int transform_apply(const struct transform_in *in, struct buf *out)
{
	switch (in->t->action) {
	case ACTION_TAG:
		return put_tag(in, out);
	case ACTION_MASK:
		return put_mask(in, out);
	case ACTION_PSEUDONYM:
		if (is_file(in->type))
			return transform_file(in, out);
		return transform_is_tagged(in->t, in->type)
			       ? put_tag(in, out)
			       : pseudonym_put(in, out);
	case ACTION_HASH:
		return put_hash(in, out);
	case ACTION_GENERALIZE:
	case ACTION_SHIFT:
		return put_date(in, out);
	case ACTION_KEEP:
		assert(in->t->action != ACTION_KEEP);
		return -EINVAL;
	case ACTION_DROP:
	default:
		return 0;
	}
}

bool transform_wants_text(const struct transform *t, struct bytes type)
{
	switch (t->action) {
	case ACTION_MASK:
		return t->keep_last > 0 || t->keep_separators || t->true_length;
	case ACTION_PSEUDONYM:
		return is_file(type) || pseudonym_shaped(t, type);
	case ACTION_GENERALIZE:
	case ACTION_SHIFT:
		return true;
	case ACTION_DROP:
	case ACTION_TAG:
	case ACTION_HASH:
	case ACTION_KEEP:
	default:
		return false;
	}
}
