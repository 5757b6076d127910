/* One-time tags of bytes that were served. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "base/tag.h"

#include <sodium.h>

#include "base/gcm.h"
#include "base/hash.h"

_Static_assert(TAG_LEN == crypto_onetimeauth_poly1305_BYTES, "Poly1305");
_Static_assert(TAG_LEN == GCM_TAG, "GMAC");
_Static_assert(KEY_LEN == HASH_LEN, "a hash is the key");

static const uint8_t nonce[GCM_NONCE];

static void key_of(uint8_t once[KEY_LEN], const struct key *session,
		   uint64_t counter)
{
	struct hasher h;

	hasher_blake2b(&h, session);
	hasher_add(&h, bytes_str("carrel read"));
	hasher_u64(&h, counter);
	hasher_end(&h, once);
}

void tag_once(uint8_t out[TAG_LEN], enum aead_cipher cipher,
	      const struct key *session, uint64_t counter, struct bytes in)
{
	uint8_t once[KEY_LEN];

	key_of(once, session, counter);
	if (cipher == AEAD_AES256GCM)
		gcm_seal(once, nonce, in, bytes_of(NULL, 0), out);
	else
		crypto_onetimeauth_poly1305(out, in.p, in.n, once);
	secret_wipe(once, sizeof(once));
}

/* ---- made ahead ---- */

enum ahead_state {
	AHEAD_NONE,
	AHEAD_BUSY,
	AHEAD_MADE
};

/* Lies in the pool as a whole; who makes state busy has the rest. */
struct tag_ahead {
	_Alignas(16) uint8_t room[GCM_ROOM]; /* or Poly1305's key */
	struct keypool *pool;
	const struct key *session;
	atomic_ullong *counters;
	uint64_t counter;
	enum aead_cipher cipher;
	atomic_int state;
};

struct tag_ahead *tag_ahead_new(enum aead_cipher cipher,
				const struct key *session,
				atomic_ullong *counters)
{
	struct keypool *pool = key_pool(session);
	struct tag_ahead *t = keypool_scratch(pool, sizeof(*t));

	if (t == NULL)
		return NULL;
	t->pool = pool;
	t->cipher = cipher;
	t->session = session;
	t->counters = counters;
	atomic_init(&t->state, AHEAD_NONE);
	return t;
}

void tag_ahead_free(struct tag_ahead *t)
{
	if (t != NULL)
		keypool_scratch_free(t->pool, t);
}

static bool claim(struct tag_ahead *t, int state)
{
	return atomic_load(&t->state) == state &&
	       atomic_compare_exchange_strong(&t->state, &state, AHEAD_BUSY);
}

void tag_ahead_make(struct tag_ahead *t)
{
	uint8_t once[KEY_LEN];

	if (!claim(t, AHEAD_NONE))
		return;
	t->counter = atomic_fetch_add(t->counters, 1);
	key_of(once, t->session, t->counter);
	if (t->cipher == AEAD_AES256GCM)
		gcm_expand(t->room, once);
	else
		memcpy(t->room, once, sizeof(once));
	secret_wipe(once, sizeof(once));
	atomic_store(&t->state, AHEAD_MADE);
}

uint64_t tag_ahead_use(struct tag_ahead *t, struct bytes in,
		       uint8_t tag[TAG_LEN])
{
	uint64_t counter;

	if (!claim(t, AHEAD_MADE)) {
		counter = atomic_fetch_add(t->counters, 1);
		tag_once(tag, t->cipher, t->session, counter, in);
		return counter;
	}
	counter = t->counter;
	if (t->cipher == AEAD_AES256GCM)
		gcm_mac(t->room, nonce, in, tag);
	else
		crypto_onetimeauth_poly1305(tag, in.p, in.n, t->room);
	atomic_store(&t->state, AHEAD_NONE);
	return counter;
}
