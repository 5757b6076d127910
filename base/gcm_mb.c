/* AES-256-GCM as intel-ipsec-mb has it, where there is one: x86-64. */
/* SPDX-License-Identifier: Apache-2.0 */
/*
 * On a CPU with VAES and VPCLMULQDQ it opens a segment in half the time that
 * libgcrypt takes, and makes the GMAC of a read in less than half; opening and
 * tagging are the largest part of a read. meson.build takes this file where the
 * library is, else gcm.c; a test holds the two against each other.
 *
 * The manager is a table of functions for this CPU, filled once and then only
 * read. The expanded key (fifteen round keys and the powers of H) lies on the
 * stack for one call and is wiped: between calls keys lie in the pool and
 * nowhere else.
 */
#include "base/gcm.h"

#include <intel-ipsec-mb.h>
#include <pthread.h>
#include <sodium.h>
#include <stdlib.h>

#include "base/secret.h"

static IMB_MGR *mgr;

static void start(void)
{
	IMB_MGR *m = alloc_mb_mgr(0);

	if (m == NULL)
		return;
	init_mb_mgr_auto(m, NULL);
	if (imb_get_errno(m) == 0 &&
	    (m->features & IMB_FEATURE_SELF_TEST_PASS) != 0)
		mgr = m;
	else
		free_mb_mgr(m);
}

bool gcm_ready(void)
{
	static pthread_once_t once = PTHREAD_ONCE_INIT;

	pthread_once(&once, start);
	return mgr != NULL;
}

/* Of one call; wiped at its end. The library stores round keys by moves that
 * fault where they are not at a multiple of 16, and its type does not say so.
 */
struct state {
	_Alignas(64) struct gcm_key_data key;
	_Alignas(16) struct gcm_context_data ctx;
};

static void begin(struct state *s, const uint8_t *key)
{
	if (!gcm_ready())
		abort(); /* sealing must not go on without a cipher */
	IMB_AES256_GCM_PRE(mgr, key, &s->key);
}

void gcm_seal(const uint8_t key[32], const uint8_t nonce[GCM_NONCE],
	      struct bytes ad, struct bytes plain, uint8_t *out)
{
	struct state s;

	begin(&s, key);
	IMB_AES256_GCM_ENC(mgr, &s.key, &s.ctx, out, plain.p, plain.n, nonce,
			   ad.p, ad.n, out + plain.n, GCM_TAG);
	secret_wipe(&s, sizeof(s));
}

bool gcm_open(const uint8_t key[32], const uint8_t nonce[GCM_NONCE],
	      struct bytes ad, struct bytes sealed, uint8_t *out)
{
	size_t n = sealed.n - GCM_TAG;
	uint8_t tag[GCM_TAG];
	struct state s;

	begin(&s, key);
	IMB_AES256_GCM_DEC(mgr, &s.key, &s.ctx, out, sealed.p, n, nonce, ad.p,
			   ad.n, tag, GCM_TAG);
	secret_wipe(&s, sizeof(s));
	return sodium_memcmp(tag, sealed.p + n, GCM_TAG) == 0;
}
