/* Two AEAD ciphers behind one door, their keys in the pool. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "base/aead.h"

#include <errno.h>
#include <sodium.h>

#include "base/gcm.h"

#define XNONCE crypto_aead_xchacha20poly1305_ietf_NPUBBYTES

_Static_assert(XNONCE + AEAD_TAG == AEAD_BOX_OVERHEAD, "box overhead");
_Static_assert(GCM_TAG == AEAD_TAG, "GCM tag");
_Static_assert(crypto_aead_xchacha20poly1305_ietf_ABYTES == AEAD_TAG,
	       "XChaCha tag");

/* Lies in the pool as a whole. */
struct aead {
	struct keypool *pool;
	enum aead_cipher cipher;
	uint8_t raw[KEY_LEN];
};

static const char *const names[] = {
	[AEAD_AES256GCM] = "aes-256-gcm",
	[AEAD_XCHACHA20POLY1305] = "xchacha20-poly1305",
};

bool aead_available(enum aead_cipher c)
{
	if (sodium_init() < 0)
		return false;
	/* In software it would be slow, and its tables tell of the key. */
	if (c == AEAD_AES256GCM)
		return crypto_aead_aes256gcm_is_available() == 1 && gcm_ready();
	return c == AEAD_XCHACHA20POLY1305;
}

const char *aead_name(enum aead_cipher c)
{
	return (size_t)c < ARRAY_LEN(names) ? names[c] : NULL;
}

enum aead_cipher aead_parse(struct bytes name)
{
	for (size_t i = 1; i < ARRAY_LEN(names); i++) {
		if (bytes_is(name, names[i]))
			return (enum aead_cipher)i;
	}
	return AEAD_REFUSED;
}

void aead_free(struct aead *a)
{
	if (a != NULL && a->pool != NULL)
		keypool_scratch_free(a->pool, a);
}

int aead_new(struct keypool *pool, enum aead_cipher cipher,
	     const struct key *key, struct aead **out)
{
	struct aead *a;

	*out = NULL;
	if (!aead_available(cipher))
		return -ENOTSUP;
	a = keypool_scratch(pool, sizeof(*a));
	if (a == NULL)
		return -ENOMEM;
	a->pool = pool;
	a->cipher = cipher;
	memcpy(a->raw, key_raw(key), KEY_LEN);
	*out = a;
	return 0;
}

/* nonce = nr as an n-byte big-endian number, n >= 8. */
static void nonce_put(uint8_t *nonce, size_t n, uint64_t nr)
{
	memset(nonce, 0, n - 8);
	for (size_t i = n; i-- > n - 8; nr >>= 8)
		nonce[i] = (uint8_t)nr;
}

/* An aead wiped by fork holds a key of zeros: never use it. */
static void must_live(const struct aead *a)
{
	if (a->pool == NULL)
		sodium_misuse();
}

void aead_seal_nr(const struct aead *a, uint64_t nr, struct bytes ad,
		  struct bytes plain, uint8_t *out)
{
	uint8_t nonce[XNONCE];

	must_live(a);
	if (a->cipher == AEAD_AES256GCM) {
		nonce_put(nonce, GCM_NONCE, nr);
		gcm_seal(a->raw, nonce, ad, plain, out);
		return;
	}
	nonce_put(nonce, XNONCE, nr);
	crypto_aead_xchacha20poly1305_ietf_encrypt(
		out, NULL, plain.p, plain.n, ad.p, ad.n, NULL, nonce, a->raw);
}

int aead_open_nr(const struct aead *a, uint64_t nr, struct bytes ad,
		 struct bytes sealed, uint8_t *out)
{
	uint8_t nonce[XNONCE];
	int rc;

	must_live(a);
	if (sealed.n < AEAD_TAG)
		return -EBADMSG;
	if (a->cipher == AEAD_AES256GCM) {
		nonce_put(nonce, GCM_NONCE, nr);
		rc = gcm_open(a->raw, nonce, ad, sealed, out) ? 0 : -1;
	} else {
		nonce_put(nonce, XNONCE, nr);
		rc = crypto_aead_xchacha20poly1305_ietf_decrypt(
			out, NULL, NULL, sealed.p, sealed.n, ad.p, ad.n, nonce,
			a->raw);
	}
	if (rc == 0)
		return 0;
	secret_wipe(out, sealed.n - AEAD_TAG);
	return -EBADMSG;
}

int aead_box_put(struct buf *b, const struct key *key, struct bytes ad,
		 struct bytes plain)
{
	uint8_t *nonce;
	int rc;

	if (plain.n > SIZE_MAX - AEAD_BOX_OVERHEAD)
		return -ENOMEM;
	rc = buf_reserve(b, plain.n + AEAD_BOX_OVERHEAD);
	if (rc != 0)
		return rc;
	nonce = b->p + b->n;
	random_bytes(nonce, XNONCE);
	crypto_aead_xchacha20poly1305_ietf_encrypt(nonce + XNONCE, NULL,
						   plain.p, plain.n, ad.p, ad.n,
						   NULL, nonce, key_raw(key));
	b->n += plain.n + AEAD_BOX_OVERHEAD;
	return 0;
}

int aead_box_get(struct buf *b, const struct key *key, struct bytes ad,
		 struct bytes box)
{
	size_t n;
	int rc;

	if (box.n < AEAD_BOX_OVERHEAD)
		return -EBADMSG;
	n = box.n - AEAD_BOX_OVERHEAD;
	rc = buf_reserve(b, n);
	if (rc != 0)
		return rc;
	if (crypto_aead_xchacha20poly1305_ietf_decrypt(
		    b->p + b->n, NULL, NULL, box.p + XNONCE, box.n - XNONCE,
		    ad.p, ad.n, box.p, key_raw(key)) != 0)
		return -EBADMSG;
	b->n += n;
	return 0;
}

void aead_xchacha_seal(const struct key *key, const uint8_t nonce[24],
		       struct bytes ad, struct bytes plain, uint8_t *out)
{
	crypto_aead_xchacha20poly1305_ietf_encrypt(out, NULL, plain.p, plain.n,
						   ad.p, ad.n, NULL, nonce,
						   key_raw(key));
}

struct key *aead_xchacha_half(struct keypool *pool, const struct key *key,
			      const uint8_t nonce[24])
{
	uint8_t raw[KEY_LEN];
	struct key *half;

	crypto_core_hchacha20(raw, nonce, key_raw(key), NULL);
	half = key_import(pool, raw);
	secret_wipe(raw, sizeof(raw));
	return half;
}

void aead_xchacha_seal_half(const struct key *half, const uint8_t nonce[24],
			    struct bytes ad, struct bytes plain, uint8_t *out)
{
	uint8_t rest[crypto_aead_chacha20poly1305_ietf_NPUBBYTES] = {0};

	memcpy(rest + 4, nonce + 16, 8);
	crypto_aead_chacha20poly1305_ietf_encrypt(out, NULL, plain.p, plain.n,
						  ad.p, ad.n, NULL, rest,
						  key_raw(half));
}

int aead_xchacha_open(const struct key *key, const uint8_t nonce[24],
		      struct bytes ad, struct bytes sealed, uint8_t *out)
{
	if (sealed.n < AEAD_TAG ||
	    crypto_aead_xchacha20poly1305_ietf_decrypt(
		    out, NULL, NULL, sealed.p, sealed.n, ad.p, ad.n, nonce,
		    key_raw(key)) != 0)
		return -EBADMSG;
	return 0;
}
