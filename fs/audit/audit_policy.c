/* Policy texts under objects/policy: sealed to the recipients, by SHA-256. */
/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <sys/stat.h>

#include "base/aead.h"
#include "fs/audit/core.h"
#include "fs/audit/policy_object.h"

/* version, count, then per recipient its hash and box, then the text's box */
static int build(const struct audit *a, struct bytes text,
		 const uint8_t hash[HASH_LEN], struct buf *b)
{
	CLEANUP(key_freep) struct key *k = key_random(a->pool);
	uint8_t who[HASH_LEN], box[KEY_LEN + BOX_OVERHEAD];
	int rc;

	if (k == NULL)
		return -ENOMEM;
	rc = buf_putc(b, POLICY_OBJECT_VERSION);
	if (rc == 0)
		rc = buf_putc(b, (int)a->nrecipients);
	for (size_t i = 0; i < a->nrecipients && rc == 0; i++) {
		core_recipient(a->recipients[i], who);
		rc = box_seal(a->recipients[i], bytes_of(key_raw(k), KEY_LEN),
			      box);
		if (rc == 0)
			rc = buf_put(b, who, sizeof(who));
		if (rc == 0)
			rc = buf_put(b, box, sizeof(box));
	}
	return rc != 0 ? rc
		       : aead_box_put(b, k, bytes_of(hash, HASH_LEN), text);
}

/* Under plock: those who bring the same text share its temporary name. */
static int put(struct audit *a, struct bytes text, const uint8_t hash[HASH_LEN],
	       const char *path, struct err *e)
{
	struct buf b CLEANUP(buf_free) = {0};
	struct stat st;
	int rc = 0;

	if (fstatat(a->dir, path, &st, 0) != 0) {
		rc = build(a, text, hash, &b);
		if (rc != 0)
			return err_set(e, rc, path, "cannot seal it: %s",
				       strerror(-rc));
		rc = io_put(a->io, a->dir, path, buf_bytes(&b));
	}
	/* One that stands may still wait for its name to be synced. */
	if (rc == 0)
		rc = io_sync_parent(a->io, a->dir, path);
	if (rc == 0)
		return 0;
	core_die(a);
	return err_set(e, -EIO, path, "cannot keep the policy: %s",
		       strerror(-rc));
}

int audit_policy_put(struct audit *a, struct bytes text, uint8_t hash[HASH_LEN],
		     struct err *e)
{
	char path[POLICY_OBJECT_PATH];
	int rc;

	if (audit_dead(a) != 0)
		return err_set(e, -EIO, "log", "the log is dead");
	hash_sha256(hash, text);
	policy_object_path(path, hash);
	pthread_mutex_lock(&a->plock);
	rc = put(a, text, hash, path, e);
	pthread_mutex_unlock(&a->plock);
	return rc;
}
