/* Seals and opens the root key under a key file or a passphrase. */
/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A slot wraps the one root key under what somebody holds. All that the
 * unsealing depends on is bound: store, cipher, segment size, the slot's own
 * number and kind, and the cost of the passphrase. So a line copied from one
 * store to another does not open there, and nobody can lower ops or kib to have
 * a passphrase tried cheaply: the slot would no longer open with it.
 *
 * A key file is random, so one keyed hash makes the wrapping key of it. A
 * passphrase is not, so Argon2id does, over a salt of the slot's own. For a
 * recipient the wrapping key is random and sealed to the public key
 * (crypto_box_seal), which binds nothing; what it wraps binds all.
 *
 * Nobody can tell from a recipient's slot alone that the owner made it: who can
 * write to store.yaml could name a key of his own. That opens nothing, until
 * the root is sealed again for everybody; so the public keys stand in a sealed
 * cell, too, and rotation compares (store_slot.c).
 */
#include "fs/store/slot.h"

#include <errno.h>

enum slot_kind slot_kind_of(const struct store_cred *cred)
{
	if (cred->recipient != NULL)
		return SLOT_RECIPIENT;
	return cred->key != NULL ? SLOT_KEYFILE : SLOT_PASSPHRASE;
}

bool slot_fits(const struct store_cred *cred, enum slot_kind kind)
{
	return kind == slot_kind_of(cred) ||
	       (kind == SLOT_RECIPIENT && cred->key != NULL);
}

const char *slot_kind_name(enum slot_kind kind)
{
	static const char *const names[] = {
		[SLOT_UNKNOWN] = "unknown",
		[SLOT_KEYFILE] = "keyfile",
		[SLOT_PASSPHRASE] = "passphrase",
		[SLOT_RECIPIENT] = "recipient",
	};

	return names[kind];
}

/* A slot's line cannot be moved to a store that differs in anything. */
static void bind(struct ad *ad, const struct slot_bind *b, const struct slot *s)
{
	ad_start(ad, "slot");
	ad_put(ad, b->store, STORE_ID);
	ad_u8(ad, (uint8_t)b->cipher);
	ad_u32(ad, STORE_SEGMENT);
	ad_u32(ad, s->id);
	ad_u8(ad, (uint8_t)s->kind);
	ad_put(ad, s->salt, SLOT_SALT);
	ad_u32(ad, s->ops);
	ad_u32(ad, s->kib);
	if (s->kind == SLOT_RECIPIENT)
		ad_put(ad, s->pub, BOX_PUB);
}

/* A fresh wrapping key, which only the recipient can open again. */
static int recipient_seal(const struct slot_bind *b, struct slot *s,
			  struct key **out)
{
	*out = key_random(b->pool);
	if (*out == NULL)
		return -ENOMEM;
	return box_seal(s->pub, bytes_of(key_raw(*out), KEY_LEN), s->sealed);
}

static int recipient_open(const struct slot_bind *b, const struct key *secret,
			  const struct slot *s, struct key **out)
{
	uint8_t pub[BOX_PUB], *raw;
	int rc;

	box_public(secret, pub);
	if (memcmp(pub, s->pub, BOX_PUB) != 0)
		return -EBADMSG;
	raw = keypool_scratch(b->pool, KEY_LEN);
	if (raw == NULL)
		return -ENOMEM;
	rc = box_open(secret, bytes_of(s->sealed, SLOT_SEALED), raw);
	if (rc == 0) {
		*out = key_import(b->pool, raw);
		rc = *out == NULL ? -ENOMEM : 0;
	}
	keypool_scratch_free(b->pool, raw);
	return rc;
}

static int wrap_key(const struct slot_bind *b, const struct store_cred *cred,
		    const struct slot *s, struct key **out)
{
	if (s->kind == SLOT_PASSPHRASE)
		return pwhash_key(b->pool, cred->passphrase, s->salt, s->ops,
				  s->kib, out);
	if (s->kind == SLOT_RECIPIENT)
		return recipient_open(b, cred->key, s, out);
	*out = key_derive(b->pool, cred->key, "carrel/1 key file slot");
	return *out == NULL ? -ENOMEM : 0;
}

int slot_seal(const struct slot_bind *b, const struct store_cred *cred,
	      const struct key *root, struct slot *s, struct err *e)
{
	CLEANUP(key_freep) struct key *wrap = NULL;
	CLEANUP(buf_free) struct buf box = {0};
	struct ad ad;
	int rc;

	s->kind = slot_kind_of(cred);
	memset(s->salt, 0, sizeof(s->salt));
	if (s->kind == SLOT_PASSPHRASE)
		random_bytes(s->salt, sizeof(s->salt));
	else
		s->ops = s->kib = 0;
	if (s->kind == SLOT_RECIPIENT) {
		memcpy(s->pub, cred->recipient, BOX_PUB);
		rc = recipient_seal(b, s, &wrap);
	} else {
		rc = wrap_key(b, cred, s, &wrap);
	}
	if (rc == -EINVAL && s->kind == SLOT_RECIPIENT)
		return err_set(e, rc, NULL,
			       "not a usable public key; carrel key new makes "
			       "a pair");
	if (rc != 0)
		return err_set(e, rc, NULL,
			       "no memory to derive the slot's key (%u KiB); "
			       "lower the cost or free memory",
			       s->kib);
	bind(&ad, b, s);
	rc = keys_wrap(&box, wrap, &ad, root);
	if (rc != 0)
		return err_nomem(e);
	memcpy(s->wrapped, box.p, sizeof(s->wrapped));
	return 0;
}

int slot_open(const struct slot_bind *b, const struct store_cred *cred,
	      const struct slot *s, struct key **root)
{
	CLEANUP(key_freep) struct key *wrap = NULL;
	struct ad ad;
	int rc;

	*root = NULL;
	if (!slot_fits(cred, s->kind))
		return -ENOKEY;
	rc = wrap_key(b, cred, s, &wrap);
	if (rc != 0)
		return rc == -EBADMSG ? -ENOKEY : rc;
	bind(&ad, b, s);
	rc = keys_unwrap(b->pool, wrap, &ad,
			 bytes_of(s->wrapped, sizeof(s->wrapped)), root);
	return rc == -EBADMSG ? -ENOKEY : rc;
}
