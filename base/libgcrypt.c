/* libgcrypt: started once, and its SHA-256. */
/* SPDX-License-Identifier: Apache-2.0 */
/*
 * libsodium 1.0.18 does not know the SHA instructions of x86-64 and ARMv8, and
 * a log of reads is hashed twice an entry: libgcrypt takes an eighth of the
 * time for that (240 ns against 1,990 for 200 bytes).
 */
#include "base/libgcrypt.h"

#include <gcrypt.h>
#include <pthread.h>

#include "base/hash.h"

#define PARTS 3 /* of a node: a byte, left, right */

static bool ready;

static void start(void)
{
	if (gcry_check_version("1.10.0") == NULL)
		return;
	gcry_control(GCRYCTL_DISABLE_SECMEM, 0); /* it gets no long-lived key */
	gcry_control(GCRYCTL_INITIALIZATION_FINISHED, 0);
	ready = true;
}

bool gcrypt_ready(void)
{
	static pthread_once_t once = PTHREAD_ONCE_INIT;

	pthread_once(&once, start);
	return ready;
}

static bool by_gcrypt(uint8_t out[HASH_LEN], const struct bytes *part, size_t n)
{
	gcry_buffer_t b[PARTS] = {{0}};

	for (size_t i = 0; i < n; i++) {
		b[i].len = part[i].n;
		b[i].data = (void *)(uintptr_t)part[i].p; /* only read */
	}
	return gcry_md_hash_buffers(GCRY_MD_SHA256, 0, out, b, (int)n) == 0;
}

void hash_sha256_parts(uint8_t out[HASH_LEN], const struct bytes *part,
		       size_t n)
{
	struct hasher h;

	if (n <= PARTS && gcrypt_ready() && by_gcrypt(out, part, n))
		return;
	hasher_sha256(&h);
	for (size_t i = 0; i < n; i++)
		hasher_add(&h, part[i]);
	hasher_end(&h, out);
}
