/* Policy texts back out of the log, opened with a recipient's secret. */
/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>

#include "base/aead.h"
#include "base/fdio.h"
#include "fs/audit/policy_object.h"
#include "fs/audit/reader_core.h"

#define BOX (KEY_LEN + BOX_OVERHEAD)
#define SLOT (HASH_LEN + BOX)

/* The text's key out of the recipients' boxes. */
static int find_key(struct audit_reader *r, struct bytes in, struct key **out)
{
	size_t count = in.p[1];
	uint8_t *raw;
	int rc = -ENOKEY;

	for (size_t i = 0; i < count; i++) {
		struct bytes slot = bytes_sub(in, 2 + i * SLOT, SLOT);

		if (memcmp(slot.p, r->keys.who, HASH_LEN) != 0)
			continue;
		raw = keypool_scratch(r->pool, KEY_LEN);
		if (raw == NULL)
			return -ENOMEM;
		rc = box_open(r->secret, bytes_sub(slot, HASH_LEN, BOX), raw);
		if (rc == 0)
			*out = key_import(r->pool, raw);
		keypool_scratch_free(r->pool, raw);
		return rc != 0 ? rc : *out == NULL ? -ENOMEM : 0;
	}
	return rc;
}

int audit_policy_get(struct audit_reader *r, const uint8_t hash[HASH_LEN],
		     struct buf *b)
{
	CLEANUP(key_freep) struct key *k = NULL;
	struct buf in CLEANUP(buf_free) = {0};
	char path[POLICY_OBJECT_PATH];
	uint8_t have[HASH_LEN];
	size_t was = b->n, head;
	int rc;

	policy_object_path(path, hash);
	rc = file_read(r->dir, path, POLICY_OBJECT_MOST, &in);
	if (rc != 0)
		return rc;
	if (r->secret == NULL)
		return -ENOKEY;
	head = in.n < 2 ? 2 : 2 + (size_t)in.p[1] * SLOT;
	if (in.n < head || in.p[0] != POLICY_OBJECT_VERSION)
		return -EBADMSG;
	rc = find_key(r, buf_bytes(&in), &k);
	if (rc == 0)
		rc = aead_box_get(b, k, bytes_of(hash, HASH_LEN),
				  bytes_sub(buf_bytes(&in), head, in.n));
	if (rc != 0)
		return rc;
	hash_sha256(have, bytes_sub(buf_bytes(b), was, b->n));
	if (memcmp(have, hash, HASH_LEN) == 0)
		return 0;
	b->n = was;
	return -EBADMSG;
}
