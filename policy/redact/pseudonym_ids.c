/* Stand-ins of identifiers: their shape, and a check that fails. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "policy/redact/pseudonym_kinds.h"
#include "policy/redact/recognizer.h"
#include "policy/redact/standin.h"

/*
 * A digit becomes a digit, a letter a letter, by the canonical form, so the
 * same value has the same stand-in however it is grouped. Where what comes out
 * passes a check of its type (recognizer_kinds_table.c), the last place that
 * can make it fail is changed: nobody has such a number, and no form that
 * checks it takes it. Where none can, and where a length has no check, it
 * begins with 000.
 *
 * SWIFT codes are of the country XX, which is none. MAC addresses are locally
 * administered: no maker of devices gives such ones out.
 */

#define SHORT 6 /* fewer are a part of one: "ending in 6789" */

static bool is_checked(const struct kind *k)
{
	return k->check != NULL && k->check != recognizer_check_mixed;
}

static bool fits(const char *shape, const char *v, unsigned n)
{
	unsigned k = 0;

	for (; *shape != 0; shape++) {
		if (*shape != '9' && *shape != 'A' && *shape != 'X')
			continue;
		if (k == n || (*shape == '9' && !is_digit((uint8_t)v[k])) ||
		    (*shape == 'A' && is_digit((uint8_t)v[k])))
			return false;
		k++;
	}
	return k == n;
}

/* It is one of the type; *checked: a check could say so. */
static bool passes(int entity, const char *v, unsigned n, bool *checked)
{
	size_t rows;
	const struct kind *k = recognizer_kinds_table(&rows);
	bool yes = false;

	*checked = false;
	for (size_t i = 0; i < rows; i++) {
		if (k[i].entity != entity || !is_checked(&k[i]) ||
		    !fits(k[i].shape, v, n))
			continue;
		*checked = true;
		yes = yes || k[i].check(v, n);
	}
	return yes;
}

static void break_check(int entity, char *v, unsigned n)
{
	bool checked;

	for (unsigned at = n; at > 0 && passes(entity, v, n, &checked); at--) {
		char first = is_digit((uint8_t)v[at - 1]) ? '0' : 'A';
		char was = v[at - 1];
		int most = first == '0' ? 10 : 26;

		for (int k = 1; k < most && passes(entity, v, n, &checked); k++)
			v[at - 1] = (char)(first + (was - first + k) % most);
	}
}

/* Keyed letters and digits for those of v, upper case; false: it has others. */
static bool draw(const struct transform_in *in, uint32_t turn,
		 char out[KIND_LONG + 1])
{
	struct bytes v = in->canon;
	struct standin_seed s;

	if (v.n == 0 || v.n > KIND_LONG)
		return false;
	standin_draw(in, "pseudonym", v, turn, &s);
	for (size_t i = 0; i < v.n; i++) {
		if (is_digit(v.p[i]))
			out[i] = (char)('0' + s.d[i] * 10 / 256);
		else if (is_alpha(v.p[i]))
			out[i] = (char)('A' + s.d[i] * 26 / 256);
		else
			return false;
	}
	if (out[0] == '0' && v.p[0] != '0')
		out[0] = (char)('1' + s.d[0] % 9); /* a JSON number stays one */
	out[v.n] = 0;
	return true;
}

/* In the places of the text's letters and digits, and their case; by itself
 * where these are other ones (a number in words). */
static int put_in(struct bytes text, const char *v, struct buf *out)
{
	size_t n = 0, want = strlen(v);
	bool alike = true;
	int rc = 0;

	for (size_t i = 0; i < text.n; i++) {
		if (text.p[i] >= 0x80)
			alike = false;
		if (!is_word(text.p[i]))
			continue;
		alike = alike && n < want &&
			is_digit(text.p[i]) == is_digit((uint8_t)v[n]);
		n++;
	}
	if (!alike || n != want)
		return buf_puts(out, v);
	for (size_t i = 0; rc == 0 && i < text.n; i++) {
		uint8_t c = text.p[i];

		if (is_word(c)) {
			bool lower = is_lower(c);

			c = (uint8_t)*v++;
			c = (uint8_t)(lower ? c | 0x20 : c);
		}
		rc = buf_putc(out, c);
	}
	return rc;
}

static int finish(const struct transform_in *in, const char *v,
		  struct buf *text, struct buf *canon)
{
	int rc = put_in(in->text, v, text);

	for (; rc == 0 && *v != 0; v++)
		rc = buf_putc(canon, is_alpha((uint8_t)*v) ? *v | 0x20 : *v);
	return rc;
}

int pseudonym_id(const struct transform_in *in, uint32_t turn, struct buf *text,
		 struct buf *canon)
{
	int entity = entity_find(in->type);
	char v[KIND_LONG + 1];
	unsigned n = (unsigned)in->canon.n;
	bool checked, zeros;

	if (!draw(in, turn, v))
		return 1; /* no form that could be kept: a tag */
	break_check(entity, v, n);
	zeros = passes(entity, v, n, &checked) || !checked;
	for (unsigned k = 0; k < 3 && zeros && n >= SHORT; k++)
		v[k] = is_digit((uint8_t)v[k]) ? '0' : 'X';
	return finish(in, v, text, canon);
}

int pseudonym_swift(const struct transform_in *in, uint32_t turn,
		    struct buf *text, struct buf *canon)
{
	char v[KIND_LONG + 1];

	if (!draw(in, turn, v) || in->canon.n < 8)
		return 1;
	memcpy(v + 4, "XX", 2);
	return finish(in, v, text, canon);
}

/* Twelve of them, and nothing else but separators. */
static bool is_mac(struct bytes text)
{
	unsigned n = 0;

	for (size_t i = 0; i < text.n; i++) {
		if (text.p[i] >= 0x80)
			return false;
		n += is_word(text.p[i]);
	}
	return n == 12;
}

int pseudonym_mac(const struct transform_in *in, uint32_t turn,
		  struct buf *text, struct buf *canon)
{
	static const char hex[] = "0123456789abcdef";
	static const char local[] = "26ae"; /* second digit: bit 1, not bit 0 */
	struct bytes like = in->text;
	bool lower = true;
	struct standin_seed s;
	size_t k = 0;
	int rc = 0;

	if (in->canon.n != 12)
		return 1;
	if (!is_mac(like))
		like = bytes_str("00:00:00:00:00:00");
	for (size_t i = 0; i < like.n; i++)
		lower = lower && !is_upper(like.p[i]);
	standin_draw(in, "pseudonym", in->canon, turn, &s);
	for (size_t i = 0; rc == 0 && i < like.n; i++) {
		uint8_t c = like.p[i];

		if (is_word(c)) {
			c = (uint8_t)(k == 1 ? local[s.d[k] & 3]
					     : hex[s.d[k] & 15]);
			k++;
			rc = buf_putc(canon, c);
			c = (uint8_t)(!lower && is_alpha(c) ? c - 32 : c);
		}
		if (rc == 0)
			rc = buf_putc(text, c);
	}
	return rc;
}

bool pseudonym_id_of(struct bytes type)
{
	int entity = entity_find(type);
	size_t rows;
	const struct kind *k = recognizer_kinds_table(&rows);

	if (entity == ENTITY_UK_POSTCODE || entity == ENTITY_DE_PLZ ||
	    entity == ENTITY_PASSPORT || entity == ENTITY_VEHICLE_REGISTRATION)
		return false;
	for (size_t i = 0; i < rows; i++)
		if (k[i].entity == entity && is_checked(&k[i]))
			return true;
	return false;
}
