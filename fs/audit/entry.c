/* Stored entries: the two shapes, and the sealing of bodies. */
/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The nonce is a label and the entry's number, so it cannot repeat under one
 * DEK as long as a DEK does not outlive the process that made it: after a
 * crash numbers may come again, keys never do. The associated data is the
 * origin's hash and the clear bytes before the ciphertext; a body moved to
 * another number, session or log does not open.
 *
 * XChaCha20 first makes a key of the DEK and the nonce's first 16 bytes; here
 * these are the label, so entry_key makes it once for all entries of a DEK.
 */
#include "fs/audit/entry.h"

#include <errno.h>

#include "base/aead.h"
#include "fs/audit/bits.h"

#define NONCE 24
#define AAD_MOST (HASH_LEN + 32)

static void nonce_of(uint64_t seq, uint8_t nonce[NONCE])
{
	memcpy(nonce, "tlog-audit-body1", 16);
	bits_put(nonce + 16, 8, seq);
}

/* SHA-256(origin) || head */
static struct bytes aad_of(const uint8_t origin[HASH_LEN], struct bytes head,
			   uint8_t out[AAD_MOST])
{
	memcpy(out, origin, HASH_LEN);
	memcpy(out + HASH_LEN, head.p, head.n);
	return bytes_of(out, HASH_LEN + head.n);
}

int entry_put_plain(struct buf *b, uint64_t seq, const struct event *e)
{
	int rc = cbor_put_array(b, 4);

	if (rc == 0)
		rc = cbor_put_uint(b, ENTRY_PLAIN);
	if (rc == 0)
		rc = cbor_put_uint(b, seq);
	if (rc == 0)
		rc = event_put(e, b);
	return rc;
}

/* CBOR [kind, body], zeros up to a multiple of ENTRY_PAD. */
static int put_padded(struct buf *b, const struct event *e)
{
	static const uint8_t zero[ENTRY_PAD];
	int rc = event_body(e, b);

	if (rc == 0 && b->n % ENTRY_PAD != 0)
		rc = buf_put(b, zero, ENTRY_PAD - b->n % ENTRY_PAD);
	return rc;
}

static int put_head(struct buf *b, uint64_t seq, uint64_t dek)
{
	int rc = cbor_put_array(b, 4);

	if (rc == 0)
		rc = cbor_put_uint(b, ENTRY_SEALED);
	if (rc == 0)
		rc = cbor_put_uint(b, seq);
	return rc != 0 ? rc : cbor_put_uint(b, dek);
}

struct key *entry_key(struct keypool *pool, const struct key *dek)
{
	uint8_t nonce[NONCE];

	nonce_of(0, nonce);
	return aead_xchacha_half(pool, dek, nonce);
}

int entry_put_sealed(struct buf *b, const struct entry_seal *s, uint64_t seq,
		     const struct event *e)
{
	uint8_t nonce[NONCE], ad[AAD_MOST];
	size_t at = b->n, n;
	struct bytes aad;
	int rc;

	s->work->secret = true;
	buf_clear(s->work);
	rc = put_padded(s->work, e);
	n = s->work->n;
	if (rc == 0)
		rc = buf_reserve(s->work, n + AEAD_TAG);
	if (rc == 0)
		rc = put_head(b, seq, s->dek);
	if (rc != 0)
		return rc;
	aad = aad_of(s->origin, bytes_sub(buf_bytes(b), at, b->n), ad);
	nonce_of(seq, nonce);
	aead_xchacha_seal_half(s->key, nonce, aad, bytes_of(s->work->p, n),
			       s->work->p + n);
	rc = cbor_put_bytes(b, bytes_of(s->work->p + n, n + AEAD_TAG));
	secret_wipe(s->work->p, n);
	return rc;
}

int entry_parse(struct bytes raw, struct entry *en)
{
	struct cbor c = {.in = raw};
	uint64_t shape;

	*en = (struct entry){0};
	if (cbor_get_array(&c) != 4)
		return -EPROTO;
	shape = cbor_get_uint(&c);
	en->seq = cbor_get_uint(&c);
	if (shape == ENTRY_PLAIN) {
		if (event_get_pair(&c, &en->event) != 0 ||
		    !event_is_plain(en->event.kind))
			return -EPROTO;
		en->event.seq = en->seq;
		return cbor_end(&c);
	}
	if (shape != ENTRY_SEALED)
		return -EPROTO;
	en->sealed = true;
	en->dek = cbor_get_uint(&c);
	en->head = bytes_sub(raw, 0, c.at);
	en->text = cbor_get_bytes(&c);
	if (cbor_end(&c) != 0 || en->text.n < ENTRY_PAD + AEAD_TAG ||
	    (en->text.n - AEAD_TAG) % ENTRY_PAD != 0)
		return -EPROTO;
	return 0;
}

/* Where the padding starts; -EPROTO unless it is the least there could be. */
static int unpad(struct buf *b)
{
	struct cbor c = {.in = buf_bytes(b)};

	cbor_skip(&c);
	if (c.err != 0 || b->n - c.at >= ENTRY_PAD)
		return -EPROTO;
	for (size_t i = c.at; i < b->n; i++) {
		if (b->p[i] != 0)
			return -EPROTO;
	}
	b->n = c.at;
	return 0;
}

int entry_open(const struct entry *en, const uint8_t origin[HASH_LEN],
	       const struct key *key, struct buf *work, struct event *e)
{
	uint8_t nonce[NONCE], ad[AAD_MOST];
	struct bytes aad = aad_of(origin, en->head, ad);
	int rc;

	work->secret = true;
	buf_clear(work);
	rc = buf_reserve(work, en->text.n);
	if (rc != 0)
		return rc;
	nonce_of(en->seq, nonce);
	rc = aead_xchacha_open(key, nonce, aad, en->text, work->p);
	if (rc != 0)
		return rc;
	work->n = en->text.n - AEAD_TAG;
	rc = unpad(work);
	if (rc == 0)
		rc = event_unbody(buf_bytes(work), e);
	if (rc == 0 && event_is_plain(e->kind))
		rc = -EPROTO; /* structural kinds hide from nobody */
	e->seq = en->seq;
	return rc;
}
