/* Importing a log's signing key: hex, or Go's note format. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "tools/logkey.h"

#include <errno.h>
#include <fcntl.h>

#include "base/fdio.h"
#include "base/hash.h"
#include "base/hex.h"

#define PREFIX "PRIVATE+KEY+"

/* The part of s up to the next '+', and s moved behind it. */
static struct bytes next_part(struct bytes *s)
{
	const uint8_t *plus = s->n == 0 ? NULL : memchr(s->p, '+', s->n);
	size_t n = plus == NULL ? s->n : (size_t)(plus - s->p);
	struct bytes part = bytes_sub(*s, 0, n);

	*s = bytes_sub(*s, plus == NULL ? n : n + 1, s->n);
	return part;
}

/* Key ID of signed-note: SHA-256(name "\n" 0x01 pub)[:4]. */
static bool id_fits(struct bytes name, const struct key *seed, struct bytes id)
{
	struct hasher h;
	uint8_t pub[SIGN_PUB], sum[HASH_LEN], want[4];
	static const uint8_t mid[2] = {'\n', 0x01};

	sign_public(seed, pub);
	hasher_sha256(&h);
	hasher_add(&h, name);
	hasher_add(&h, bytes_of(mid, sizeof(mid)));
	hasher_add(&h, bytes_of(pub, sizeof(pub)));
	hasher_end(&h, sum);
	return hex_decode(want, sizeof(want), id) == 0 &&
	       memcmp(want, sum, sizeof(want)) == 0;
}

static int read_go_key(struct keypool *pool, struct bytes text,
		       const char *path, struct key **seed, struct buf *origin,
		       struct err *e)
{
	struct buf raw CLEANUP(buf_free) = {.secret = true};
	struct bytes name, id;

	text = bytes_sub(text, strlen(PREFIX), text.n);
	name = next_part(&text);
	id = next_part(&text);
	if (base64_get(&raw, text) != 0 || raw.n != 1 + KEY_LEN ||
	    raw.p[0] != 0x01 || name.n == 0)
		return err_set(
			e, -EPROTO, path,
			"not an Ed25519 note key: PRIVATE+KEY+name+hash+base64 "
			"of 0x01 and 32 bytes");
	*seed = key_import(pool, raw.p + 1);
	if (*seed == NULL)
		return err_nomem(e);
	if (!id_fits(name, *seed, id))
		return err_set(
			e, -EPROTO, path,
			"the key's hash does not belong to its name and key");
	return buf_putb(origin, name) == 0 ? 0 : err_nomem(e);
}

int logkey_read(struct keypool *pool, const char *path, struct key **seed,
		struct buf *origin, struct err *e)
{
	struct buf b CLEANUP(buf_free) = {.secret = true};
	uint8_t raw[KEY_LEN];
	struct bytes text;
	int r = file_read(AT_FDCWD, path, 4096, &b);

	if (r != 0)
		return err_set(e, r, path, "the log key cannot be read: %s",
			       strerror(-r));
	text = buf_bytes(&b);
	while (text.n > 0 && text.p[text.n - 1] <= ' ')
		text.n--;
	if (text.n > strlen(PREFIX) &&
	    memcmp(text.p, PREFIX, strlen(PREFIX)) == 0)
		return read_go_key(pool, text, path, seed, origin, e);
	if (hex_decode(raw, sizeof(raw), text) != 0)
		return err_set(e, -EPROTO, path,
			       "a log key is 64 hex digits or PRIVATE+KEY+...");
	*seed = key_import(pool, raw);
	secret_wipe(raw, sizeof(raw));
	return *seed == NULL ? err_nomem(e) : 0;
}
