/* Signatures, sealed boxes, passphrase keys and SipHash, by libsodium. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "base/sign.h"

#include <errno.h>
#include <sodium.h>

_Static_assert(SIGN_PUB == crypto_sign_PUBLICKEYBYTES, "Ed25519 public");
_Static_assert(SIGN_LEN == crypto_sign_BYTES, "Ed25519 signature");
_Static_assert(KEY_LEN == crypto_sign_SEEDBYTES, "Ed25519 seed");
_Static_assert(BOX_PUB == crypto_box_PUBLICKEYBYTES, "X25519 public");
_Static_assert(BOX_OVERHEAD == crypto_box_SEALBYTES, "sealed box");
_Static_assert(crypto_pwhash_argon2id_SALTBYTES == 16, "Argon2id salt");

void sign_public(const struct key *seed, uint8_t pub[SIGN_PUB])
{
	uint8_t secret[crypto_sign_SECRETKEYBYTES];

	crypto_sign_seed_keypair(pub, secret, key_raw(seed));
	secret_wipe(secret, sizeof(secret));
}

int sign_make(struct keypool *pool, const struct key *seed, struct bytes msg,
	      uint8_t sig[SIGN_LEN])
{
	uint8_t *secret = keypool_scratch(pool, crypto_sign_SECRETKEYBYTES);
	uint8_t pub[SIGN_PUB];

	if (secret == NULL)
		return -ENOMEM;
	crypto_sign_seed_keypair(pub, secret, key_raw(seed));
	crypto_sign_detached(sig, NULL, msg.p, msg.n, secret);
	keypool_scratch_free(pool, secret);
	return 0;
}

int sign_check(const uint8_t pub[SIGN_PUB], struct bytes msg,
	       const uint8_t sig[SIGN_LEN])
{
	int rc = crypto_sign_verify_detached(sig, msg.p, msg.n, pub);

	return rc == 0 ? 0 : -EBADMSG;
}

void box_public(const struct key *secret, uint8_t pub[BOX_PUB])
{
	crypto_scalarmult_base(pub, key_raw(secret));
}

int box_seal(const uint8_t pub[BOX_PUB], struct bytes msg, uint8_t *out)
{
	if (crypto_box_seal(out, msg.p, msg.n, pub) != 0)
		return -EINVAL;
	return 0;
}

int box_open(const struct key *secret, struct bytes box, uint8_t *out)
{
	uint8_t pub[BOX_PUB];

	if (box.n < BOX_OVERHEAD)
		return -EBADMSG;
	box_public(secret, pub);
	if (crypto_box_seal_open(out, box.p, box.n, pub, key_raw(secret)) != 0)
		return -EBADMSG;
	return 0;
}

int pwhash_key(struct keypool *pool, struct bytes pass, const uint8_t salt[16],
	       uint32_t ops, uint32_t mem_kib, struct key **out)
{
	uint8_t *raw;
	int rc;

	*out = NULL;
	if (ops < crypto_pwhash_argon2id_OPSLIMIT_MIN ||
	    mem_kib < crypto_pwhash_argon2id_MEMLIMIT_MIN / 1024 ||
	    pass.n > crypto_pwhash_argon2id_PASSWD_MAX)
		return -EINVAL;
	raw = keypool_scratch(pool, KEY_LEN);
	if (raw == NULL)
		return -ENOMEM;
	rc = crypto_pwhash_argon2id(raw, KEY_LEN, (const char *)pass.p, pass.n,
				    salt, ops, (size_t)mem_kib * 1024,
				    crypto_pwhash_argon2id_ALG_ARGON2ID13);
	if (rc == 0)
		*out = key_import(pool, raw);
	keypool_scratch_free(pool, raw);
	return *out == NULL ? -ENOMEM : 0;
}

uint64_t siphash(const uint8_t key16[16], struct bytes in)
{
	uint8_t h[crypto_shorthash_siphash24_BYTES];
	uint64_t v = 0;

	crypto_shorthash_siphash24(h, in.p, in.n, key16);
	for (size_t i = sizeof(h); i-- > 0;)
		v = v << 8 | h[i];
	return v;
}
