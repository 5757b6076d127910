/* Signed notes: parsing, checking and making signature lines. */
/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Everything here reads text that may come from an enemy, so there is one
 * spelling of each thing and no other: numbers without sign, space or leading
 * zero; base64 that encodes back to itself; names without any space Unicode
 * knows; the last blank line as the divider. A note is taken apart without
 * believing it; belief is note_check alone, and a known key's bad line spoils
 * the note even where a good one stands beside it. Lines by keys nobody asked
 * about (epochs, witnesses) are left alone, which is what lets them be added.
 */
#include "fs/audit/note.h"

#include <errno.h>

#include "base/hex.h"
#include "base/utf8.h"

static const char dash[] = "\xE2\x80\x94 "; /* em dash, space */

/* The code points Unicode calls spaces. */
static bool is_space(uint32_t cp)
{
	return (cp >= 9 && cp <= 13) || cp == ' ' || cp == 0x85 || cp == 0xA0 ||
	       cp == 0x1680 || (cp >= 0x2000 && cp <= 0x200A) || cp == 0x2028 ||
	       cp == 0x2029 || cp == 0x202F || cp == 0x205F || cp == 0x3000;
}

bool note_name_ok(struct bytes name)
{
	uint32_t cp;
	size_t step;

	if (name.n == 0 || !utf8_valid(name))
		return false;
	for (size_t at = 0; at < name.n; at += step) {
		step = utf8_next(name, at, &cp);
		if (step == 0 || is_space(cp) || cp < 0x20 || cp == '+')
			return false;
	}
	return true;
}

bool note_line(struct bytes in, size_t *at, struct bytes *line)
{
	const uint8_t *end;

	if (*at >= in.n)
		return false;
	end = memchr(in.p + *at, '\n', in.n - *at);
	if (end == NULL)
		return false;
	*line = bytes_sub(in, *at, (size_t)(end - in.p) - *at);
	*at = (size_t)(end - in.p) + 1;
	return true;
}

/* No control character but newline, and all of it UTF-8. */
static bool clean(struct bytes in)
{
	for (size_t i = 0; i < in.n; i++) {
		if ((in.p[i] < 0x20 && in.p[i] != '\n') || in.p[i] == 0x7F)
			return false;
	}
	return utf8_valid(in);
}

/* Offset behind the text's last newline, or 0 where no blank line is. */
static size_t text_end(struct bytes in)
{
	for (size_t i = in.n; i >= 2; i--) {
		if (in.p[i - 1] == '\n' && in.p[i - 2] == '\n')
			return i - 1;
	}
	return 0;
}

/* One line "— name base64". */
static int parse_sig(struct bytes line, struct note_sig *s)
{
	struct buf raw CLEANUP(buf_free) = {0};
	const size_t lead = sizeof(dash) - 1;
	const uint8_t *space;
	int rc;

	if (!bytes_is(bytes_sub(line, 0, lead), dash))
		return -EPROTO;
	line = bytes_sub(line, lead, line.n);
	space = line.n == 0 ? NULL : memchr(line.p, ' ', line.n);
	if (space == NULL)
		return -EPROTO;
	s->name = bytes_sub(line, 0, (size_t)(space - line.p));
	s->b64 = bytes_sub(line, s->name.n + 1, line.n);
	if (!note_name_ok(s->name))
		return -EPROTO;
	rc = base64_get(&raw, s->b64);
	if (rc != 0)
		return rc;
	if (raw.n < 5)
		return -EPROTO;
	memcpy(s->id, raw.p, 4);
	return 0;
}

int note_parse(struct bytes in, struct note *n)
{
	struct bytes line;
	size_t at;
	int rc = 0;

	*n = (struct note){0};
	if (in.n == 0 || in.n > NOTE_MOST || !clean(in))
		return -EPROTO;
	at = text_end(in);
	if (at == 0 || in.p[in.n - 1] != '\n')
		return -EPROTO;
	n->text = bytes_sub(in, 0, at);
	at++;
	while (rc == 0 && note_line(in, &at, &line)) {
		if (n->nsigs == NOTE_SIGS)
			return -EPROTO;
		rc = parse_sig(line, &n->sigs[n->nsigs++]);
	}
	return rc != 0 ? rc : n->nsigs == 0 ? -EPROTO : 0;
}

/* Whether one line is this key's good signature. */
static int check_line(const struct note *n, const struct note_sig *s,
		      const struct note_key *k)
{
	struct buf raw CLEANUP(buf_free) = {0};
	int rc = base64_get(&raw, s->b64);

	if (rc != 0)
		return rc == -ENOMEM ? rc : -EBADMSG;
	if (raw.n != 4 + SIGN_LEN)
		return -EBADMSG;
	return sign_check(k->pub, n->text, raw.p + 4);
}

int note_check(const struct note *n, const struct note_key *k)
{
	int found = -ENOKEY;

	for (size_t i = 0; i < n->nsigs; i++) {
		const struct note_sig *s = &n->sigs[i];

		if (!bytes_eq(s->name, k->name) || memcmp(s->id, k->id, 4) != 0)
			continue;
		found = check_line(n, s, k);
		if (found != 0)
			return found;
	}
	return found;
}

void note_key_make(struct note_key *k, struct bytes name,
		   const uint8_t pub[SIGN_PUB])
{
	static const uint8_t sep[] = {'\n', NOTE_ED25519};
	uint8_t h[HASH_LEN];
	struct hasher s;

	k->name = name;
	memcpy(k->pub, pub, SIGN_PUB);
	hasher_sha256(&s);
	hasher_add(&s, name);
	hasher_add(&s, bytes_of(sep, sizeof(sep)));
	hasher_add(&s, bytes_of(pub, SIGN_PUB));
	hasher_end(&s, h);
	memcpy(k->id, h, sizeof(k->id));
}

int note_key_parse(struct bytes vkey, struct note_key *k)
{
	struct buf raw CLEANUP(buf_free) = {0};
	const uint8_t *plus = vkey.n == 0 ? NULL : memchr(vkey.p, '+', vkey.n);
	struct bytes name, rest;
	char id[9];

	if (plus == NULL)
		return -EPROTO;
	name = bytes_sub(vkey, 0, (size_t)(plus - vkey.p));
	rest = bytes_sub(vkey, name.n + 1, vkey.n);
	if (!note_name_ok(name) || rest.n < 10 || rest.p[8] != '+' ||
	    base64_get(&raw, bytes_sub(rest, 9, rest.n)) != 0)
		return -EPROTO;
	if (raw.n != 1 + SIGN_PUB || raw.p[0] != NOTE_ED25519)
		return -EPROTO;
	note_key_make(k, name, raw.p + 1);
	/* Compared as text: one key has one spelling. */
	hex_encode(id, bytes_of(k->id, sizeof(k->id)));
	return bytes_is(bytes_sub(rest, 0, 8), id) ? 0 : -EPROTO;
}

int note_key_put(struct buf *b, const struct note_key *k)
{
	uint8_t raw[1 + SIGN_PUB] = {NOTE_ED25519};
	char id[9];
	int rc;

	hex_encode(id, bytes_of(k->id, sizeof(k->id)));
	memcpy(raw + 1, k->pub, SIGN_PUB);
	rc = buf_putb(b, k->name);
	if (rc == 0)
		rc = buf_printf(b, "+%s+", id);
	return rc != 0 ? rc : base64_put(b, bytes_of(raw, sizeof(raw)));
}

int note_sign(struct buf *b, struct bytes text, struct bytes name,
	      struct keypool *pool, const struct key *seed)
{
	uint8_t raw[4 + SIGN_LEN], pub[SIGN_PUB];
	struct note_key k;
	int rc;

	if (!note_name_ok(name))
		return -EINVAL;
	sign_public(seed, pub);
	note_key_make(&k, name, pub);
	memcpy(raw, k.id, sizeof(k.id));
	rc = sign_make(pool, seed, text, raw + 4);
	if (rc == 0)
		rc = buf_puts(b, dash);
	if (rc == 0)
		rc = buf_putb(b, name);
	if (rc == 0)
		rc = buf_putc(b, ' ');
	if (rc == 0)
		rc = base64_put(b, bytes_of(raw, sizeof(raw)));
	return rc != 0 ? rc : buf_putc(b, '\n');
}

int note_number(struct bytes s, uint64_t *v)
{
	*v = 0;
	if (s.n == 0 || (s.n > 1 && s.p[0] == '0'))
		return -EPROTO;
	for (size_t i = 0; i < s.n; i++) {
		uint64_t d = (uint64_t)s.p[i] - '0';

		if (s.p[i] < '0' || s.p[i] > '9' || *v > (UINT64_MAX - d) / 10)
			return -EPROTO;
		*v = *v * 10 + d;
	}
	return 0;
}

int note_head_parse(struct bytes text, struct note_head *h)
{
	struct buf raw CLEANUP(buf_free) = {0};
	struct bytes size, root;
	size_t at = 0;

	if (!note_line(text, &at, &h->origin) || h->origin.n == 0 ||
	    !note_line(text, &at, &size) || !note_line(text, &at, &root) ||
	    at != text.n)
		return -EPROTO;
	if (note_number(size, &h->size) != 0 || base64_get(&raw, root) != 0 ||
	    raw.n != HASH_LEN)
		return -EPROTO;
	memcpy(h->root, raw.p, HASH_LEN);
	return 0;
}

int note_head_put(struct buf *b, const struct note_head *h)
{
	int rc = buf_putb(b, h->origin);

	if (rc == 0)
		rc = buf_printf(b, "\n%llu\n", (unsigned long long)h->size);
	if (rc == 0)
		rc = base64_put(b, bytes_of(h->root, HASH_LEN));
	return rc != 0 ? rc : buf_putc(b, '\n');
}
