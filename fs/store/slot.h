/* Key slots: the root key, wrapped once per way to unlock the store. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef STORE_SLOT_H
#define STORE_SLOT_H

#include "base/sign.h"
#include "fs/store/keys.h"
#include "fs/store/store.h"

#define SLOT_SALT 16
#define SLOT_SEALED (KEY_LEN + BOX_OVERHEAD)
#define SLOT_OPS 3u /* Argon2id, libsodium's moderate cost */
#define SLOT_KIB (256u << 10)
#define SLOT_LINE 512 /* most bytes of a slot's line in store.yaml */

/* The numbers are bound into wrapped keys: never renumber. */
enum slot_kind {
	SLOT_UNKNOWN = 0, /* written by a newer carrel: kept, never tried */
	SLOT_KEYFILE = 1,
	SLOT_PASSPHRASE = 2,
	SLOT_RECIPIENT = 3, /* X25519: sealed to a public key */
};

struct slot {
	uint32_t id; /* never reused in one store */
	enum slot_kind kind;
	uint8_t salt[SLOT_SALT]; /* passphrase only, as the next two */
	uint32_t ops, kib;
	uint8_t pub[BOX_PUB]; /* recipient only, as the next */
	uint8_t sealed[SLOT_SEALED];
	uint8_t wrapped[KEYS_WRAPPED];
	char line[SLOT_LINE]; /* SLOT_UNKNOWN: as it was found */
};

/* What every slot is bound to. Borrowed. */
struct slot_bind {
	struct keypool *pool;
	const uint8_t *store; /* STORE_ID bytes */
	enum aead_cipher cipher;
};

/** slot_kind_of(cred): which kind of slot slot_seal makes of it.
 * slot_fits(cred, kind): it can open such slots at all; a key opens those of
 * its key file and those of the recipient whose secret it is.
 * slot_kind_name(kind): as in store.yaml. */
enum slot_kind slot_kind_of(const struct store_cred *cred);
bool slot_fits(const struct store_cred *cred, enum slot_kind kind);
const char *slot_kind_name(enum slot_kind kind);

/**
 * slot_seal(b, cred, root, s, e): fill kind, salt, pub, sealed and wrapped of
 * s; id, and for a passphrase ops and kib (libsodium's units: passes, KiB),
 * stand in s. -EINVAL: a recipient's key is none.
 */
int slot_seal(const struct slot_bind *b, const struct store_cred *cred,
	      const struct key *root, struct slot *s, struct err *e) MUST_CHECK;

/**
 * slot_open(b, cred, s, root): the root key, for the caller to free; -ENOKEY
 * when this credential does not open this slot, -ENOMEM.
 */
int slot_open(const struct slot_bind *b, const struct store_cred *cred,
	      const struct slot *s, struct key **root) MUST_CHECK;

#endif
