/* One-time tags of bytes that were served. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "base/tag.h"

#include <sodium.h>

#include "base/gcm.h"
#include "base/hash.h"

_Static_assert(TAG_LEN == crypto_onetimeauth_poly1305_BYTES, "Poly1305");
_Static_assert(TAG_LEN == GCM_TAG, "GMAC");
_Static_assert(KEY_LEN == HASH_LEN, "a hash is the key");

void tag_once(uint8_t out[TAG_LEN], enum aead_cipher cipher,
	      const struct key *session, uint64_t counter, struct bytes in)
{
	static const uint8_t nonce[GCM_NONCE];
	uint8_t once[KEY_LEN];
	struct hasher h;

	hasher_blake2b(&h, session);
	hasher_add(&h, bytes_str("carrel read"));
	hasher_u64(&h, counter);
	hasher_end(&h, once);
	if (cipher == AEAD_AES256GCM)
		gcm_seal(once, nonce, in, bytes_of(NULL, 0), out);
	else
		crypto_onetimeauth_poly1305(out, in.p, in.n, once);
	secret_wipe(once, sizeof(once));
}
