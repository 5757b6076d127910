/* AES-256-GCM as libgcrypt has it, a key set for one call at a time. */
/* SPDX-License-Identifier: Apache-2.0 */
/*
 * libsodium's AES-GCM opens about 1.6 GB/s on a core that does 4 GB/s and more
 * with libgcrypt's, and opening segments is the largest part of a read.
 *
 * A libgcrypt handle holds the expanded key in ordinary memory, and one thread
 * at a time may use it. So handles belong to no key: a call takes a spare one,
 * sets the key (a tenth of a microsecond), and before it gives the handle back
 * sets a key of zeros. Between calls keys lie in the pool and nowhere else,
 * within one they are where any cipher has them for its microseconds: in
 * registers and on the stack.
 *
 * What libgcrypt cannot do at this place it could not do at the first call
 * either (no memory, FIPS mode, which forbids nonces of one's own): gcm_ready
 * seals a block to find out, and later failures end the process. Sealing must
 * not go on with a cipher that did not run.
 */
#include "base/gcm.h"

#include <gcrypt.h>
#include <pthread.h>
#include <stdlib.h>

#include "base/libgcrypt.h"

#define SPARES 32

static const uint8_t zeros[32];

/* Guarded by lock. */
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static gcry_cipher_hd_t spare[SPARES];
static size_t nspare;

static void must(gcry_error_t rc)
{
	if (rc != 0)
		abort();
}

static bool handle_new(gcry_cipher_hd_t *h)
{
	return gcry_cipher_open(h, GCRY_CIPHER_AES256, GCRY_CIPHER_MODE_GCM,
				0) == 0;
}

static gcry_cipher_hd_t take(const uint8_t *key, const uint8_t *nonce,
			     struct bytes ad)
{
	gcry_cipher_hd_t h = NULL;

	pthread_mutex_lock(&lock);
	if (nspare > 0)
		h = spare[--nspare];
	pthread_mutex_unlock(&lock);
	if (h == NULL && !handle_new(&h))
		abort();
	must(gcry_cipher_setkey(h, key, 32));
	must(gcry_cipher_setiv(h, nonce, GCM_NONCE));
	if (ad.n > 0)
		must(gcry_cipher_authenticate(h, ad.p, ad.n));
	return h;
}

static void give(gcry_cipher_hd_t h)
{
	must(gcry_cipher_setkey(h, zeros, sizeof(zeros)));
	pthread_mutex_lock(&lock);
	if (nspare < SPARES) {
		spare[nspare++] = h;
		h = NULL;
	}
	pthread_mutex_unlock(&lock);
	gcry_cipher_close(h);
}

static bool ready;

static void start(void)
{
	uint8_t block[16] = {0}, tag[GCM_TAG];
	gcry_cipher_hd_t h;

	if (!gcrypt_ready() || !handle_new(&h))
		return;
	ready = gcry_cipher_setkey(h, zeros, sizeof(zeros)) == 0 &&
		gcry_cipher_setiv(h, zeros, GCM_NONCE) == 0 &&
		gcry_cipher_encrypt(h, block, sizeof(block), NULL, 0) == 0 &&
		gcry_cipher_gettag(h, tag, sizeof(tag)) == 0;
	gcry_cipher_close(h);
}

bool gcm_ready(void)
{
	static pthread_once_t once = PTHREAD_ONCE_INIT;

	pthread_once(&once, start);
	return ready;
}

void gcm_seal(const uint8_t key[32], const uint8_t nonce[GCM_NONCE],
	      struct bytes ad, struct bytes plain, uint8_t *out)
{
	gcry_cipher_hd_t h = take(key, nonce, ad);

	if (plain.n > 0)
		must(gcry_cipher_encrypt(h, out, plain.n, plain.p, plain.n));
	must(gcry_cipher_gettag(h, out + plain.n, GCM_TAG));
	give(h);
}

bool gcm_open(const uint8_t key[32], const uint8_t nonce[GCM_NONCE],
	      struct bytes ad, struct bytes sealed, uint8_t *out)
{
	size_t n = sealed.n - GCM_TAG;
	gcry_cipher_hd_t h = take(key, nonce, ad);
	bool ok;

	if (n > 0)
		must(gcry_cipher_decrypt(h, out, n, sealed.p, n));
	ok = gcry_cipher_checktag(h, sealed.p + n, GCM_TAG) == 0;
	give(h);
	return ok;
}
