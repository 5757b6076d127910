/* Writes and reads store.yaml, in one fixed line format. */
/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The file is YAML for people, but no YAML parser reads it: every line has one
 * form, and after parsing the file is written again and must come out byte for
 * byte the same. So there is one spelling of each store, nothing is ignored,
 * and a flipped bit never changes a meaning silently:
 *
 *     carrel-store: 1
 *     id: 32 hex digits
 *     cipher: aes-256-gcm
 *     segment: 16384
 *     slots:
 *       - { id: 1, kind: keyfile, wrapped: 144 hex digits }
 *       - { id: 2, kind: passphrase, salt: ..., ops: 3, kib: 65536, ... }
 *       - { id: 3, kind: recipient, public: ..., sealed: ..., wrapped: ... }
 *     sum: BLAKE2b-256 of all before, 64 hex digits
 *
 * The checksum finds accidents; whoever changes a field on purpose and repairs
 * it is stopped by the wrapped root key, which is bound to every field.
 * A slot of a kind unknown here is kept as a line and never tried.
 */
#include "fs/store/config.h"

#include <errno.h>

#include "base/fdio.h"
#include "base/hash.h"
#include "base/hex.h"

#define CONFIG_MOST 16384
#define OPS_MOST 64
#define KIB_MOST (4u << 20)

static int put_hex(struct buf *b, const void *p, size_t n)
{
	char hex[2 * 128 + 1];

	if (n > 128)
		return -EINVAL;
	hex_encode(hex, bytes_of(p, n));
	return buf_puts(b, hex);
}

/* "NAME: HEX" */
static int put_field(struct buf *b, const char *name, const void *p, size_t n)
{
	int rc = buf_printf(b, "%s: ", name);

	return rc == 0 ? put_hex(b, p, n) : rc;
}

static int put_passphrase(struct buf *b, const struct slot *s)
{
	int rc = put_field(b, "salt", s->salt, SLOT_SALT);

	return rc != 0 ? rc
		       : buf_printf(b, ", ops: %u, kib: %u, ", s->ops, s->kib);
}

static int put_recipient(struct buf *b, const struct slot *s)
{
	int rc = put_field(b, "public", s->pub, BOX_PUB);

	if (rc == 0)
		rc = put_field(b, ", sealed", s->sealed, SLOT_SEALED);
	return rc == 0 ? buf_puts(b, ", ") : rc;
}

static int put_slot(struct buf *b, const struct slot *s)
{
	int rc;

	if (s->kind == SLOT_UNKNOWN)
		return buf_printf(b, "%s\n", s->line);
	rc = buf_printf(b, "  - { id: %u, kind: %s, ", s->id,
			slot_kind_name(s->kind));
	if (rc == 0 && s->kind == SLOT_PASSPHRASE)
		rc = put_passphrase(b, s);
	if (rc == 0 && s->kind == SLOT_RECIPIENT)
		rc = put_recipient(b, s);
	if (rc == 0)
		rc = put_field(b, "wrapped", s->wrapped, sizeof(s->wrapped));
	return rc == 0 ? buf_puts(b, " }\n") : rc;
}

static int put_body(struct buf *b, const struct config *c)
{
	int rc = buf_printf(b, "carrel-store: %d\nid: ", CONFIG_FORMAT);

	if (rc == 0)
		rc = put_hex(b, c->id, STORE_ID);
	if (rc == 0)
		rc = buf_printf(b, "\ncipher: %s\nsegment: %d\nslots:\n",
				aead_name(c->cipher), STORE_SEGMENT);
	for (size_t i = 0; rc == 0 && i < c->nslots; i++)
		rc = put_slot(b, &c->slots[i]);
	return rc;
}

int config_put(struct buf *b, const struct config *c)
{
	uint8_t sum[HASH_LEN];
	size_t at = b->n;
	int rc = put_body(b, c);

	if (rc != 0)
		return rc;
	hash_blake2b(sum, NULL, bytes_of(b->p + at, b->n - at));
	rc = buf_puts(b, "sum: ");
	if (rc == 0)
		rc = put_hex(b, sum, sizeof(sum));
	return rc == 0 ? buf_puts(b, "\n") : rc;
}

/* ---- reading: each step takes what it knows from the front of in ---- */

static bool lit(struct bytes *in, const char *s)
{
	size_t n = strlen(s);

	if (in->n < n || memcmp(in->p, s, n) != 0)
		return false;
	*in = bytes_sub(*in, n, in->n);
	return true;
}

static bool hex(struct bytes *in, uint8_t *out, size_t n)
{
	if (in->n < 2 * n || hex_decode(out, n, bytes_sub(*in, 0, 2 * n)) != 0)
		return false;
	*in = bytes_sub(*in, 2 * n, in->n);
	return true;
}

static bool num(struct bytes *in, uint32_t *out)
{
	uint64_t v = 0;
	size_t i = 0;

	while (i < in->n && i < 10 && in->p[i] >= '0' && in->p[i] <= '9')
		v = v * 10 + (uint64_t)(in->p[i++] - '0');
	*in = bytes_sub(*in, i, in->n);
	*out = (uint32_t)v;
	return i > 0 && v <= UINT32_MAX;
}

/* Take the rest of a line, without its newline. */
static bool line(struct bytes *in, struct bytes *out)
{
	const uint8_t *nl = in->n == 0 ? NULL : memchr(in->p, '\n', in->n);

	if (nl == NULL)
		return false;
	*out = bytes_of(in->p, (size_t)(nl - in->p));
	*in = bytes_sub(*in, out->n + 1, in->n);
	return true;
}

static bool passphrase(struct bytes *in, struct slot *s)
{
	return hex(in, s->salt, SLOT_SALT) && lit(in, ", ops: ") &&
	       num(in, &s->ops) && lit(in, ", kib: ") && num(in, &s->kib) &&
	       lit(in, ", ") && s->ops <= OPS_MOST && s->kib <= KIB_MOST;
}

static bool recipient(struct bytes *in, struct slot *s)
{
	return hex(in, s->pub, BOX_PUB) && lit(in, ", sealed: ") &&
	       hex(in, s->sealed, SLOT_SEALED) && lit(in, ", ");
}

static bool slot_known(struct bytes in, struct slot *s)
{
	bool ok = true;

	if (!lit(&in, "  - { id: ") || !num(&in, &s->id))
		return false;
	if (lit(&in, ", kind: keyfile, ")) {
		s->kind = SLOT_KEYFILE;
	} else if (lit(&in, ", kind: passphrase, salt: ")) {
		s->kind = SLOT_PASSPHRASE;
		ok = passphrase(&in, s);
	} else if (lit(&in, ", kind: recipient, public: ")) {
		s->kind = SLOT_RECIPIENT;
		ok = recipient(&in, s);
	} else {
		return false;
	}
	return ok && lit(&in, "wrapped: ") &&
	       hex(&in, s->wrapped, sizeof(s->wrapped)) && lit(&in, " }") &&
	       in.n == 0;
}

static bool slot_parse(struct bytes text, struct slot *s)
{
	struct bytes in = text;

	memset(s, 0, sizeof(*s));
	if (slot_known(text, s))
		return true;
	memset(s, 0, sizeof(*s));
	if (text.n >= SLOT_LINE || !lit(&in, "  - { id: ") ||
	    !num(&in, &s->id) || !lit(&in, ", kind: ") ||
	    lit(&in, "keyfile,") || lit(&in, "passphrase,") ||
	    lit(&in, "recipient,"))
		return false;
	memcpy(s->line, text.p, text.n);
	return memchr(s->line, '\0', text.n) == NULL;
}

static bool slots_parse(struct bytes *in, struct config *c)
{
	struct bytes text;

	while (in->n > 0 && in->p[0] == ' ') {
		if (c->nslots == CONFIG_SLOTS || !line(in, &text) ||
		    !slot_parse(text, &c->slots[c->nslots]))
			return false;
		c->nslots++;
	}
	return c->nslots > 0;
}

static bool body_parse(struct bytes in, struct config *c)
{
	uint32_t segment;
	struct bytes name;

	return lit(&in, "id: ") && hex(&in, c->id, STORE_ID) &&
	       lit(&in, "\ncipher: ") && line(&in, &name) &&
	       (c->cipher = aead_parse(name)) != AEAD_REFUSED &&
	       lit(&in, "segment: ") && num(&in, &segment) &&
	       segment == STORE_SEGMENT && lit(&in, "\nslots:\n") &&
	       slots_parse(&in, c);
}

static int damaged(struct err *e, const char *place)
{
	return err_set(e, -EUCLEAN, place,
		       CONFIG_FILE " is damaged; restore this one file from a "
				   "backup (it holds the wrapped root key)");
}

int config_parse(struct bytes text, const char *place, struct config *c,
		 struct err *e)
{
	CLEANUP(buf_free) struct buf again = {0};
	struct bytes in = text;
	uint32_t format;

	memset(c, 0, sizeof(*c));
	if (!lit(&in, "carrel-store: ") || !num(&in, &format) ||
	    !lit(&in, "\n"))
		return damaged(e, place);
	if (!body_parse(in, c)) {
		if (format > CONFIG_FORMAT)
			return err_set(e, -ENOTSUP, place,
				       "the store has format %u, this carrel "
				       "knows %d; use a newer carrel",
				       format, CONFIG_FORMAT);
		return damaged(e, place);
	}
	if (config_put(&again, c) != 0)
		return err_nomem(e);
	return bytes_eq(text, buf_bytes(&again)) ? 0 : damaged(e, place);
}

int config_read(int dirfd, const char *place, struct config *c, struct err *e)
{
	CLEANUP(buf_free) struct buf b = {0};
	int rc = file_read(dirfd, CONFIG_FILE, CONFIG_MOST, &b);

	if (rc == -ENOENT)
		return err_set(e, rc, place,
			       "no store here (no " CONFIG_FILE
			       "); name it with --store, or make one with "
			       "`carrel init`");
	if (rc == -EFBIG)
		return damaged(e, place);
	if (rc != 0)
		return err_set(e, rc, place, "cannot read " CONFIG_FILE ": %s",
			       strerror(-rc));
	return config_parse(buf_bytes(&b), place, c, e);
}

int config_write(int dirfd, const char *place, const struct config *c,
		 struct err *e)
{
	CLEANUP(buf_free) struct buf b = {0};
	int rc = config_put(&b, c);

	if (rc == 0)
		rc = file_replace(dirfd, CONFIG_FILE, 0600, buf_bytes(&b));
	if (rc == 0)
		return 0;
	return err_set(e, rc, place, "cannot write " CONFIG_FILE ": %s",
		       strerror(-rc));
}
