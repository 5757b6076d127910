/* Verifying: the checkpoint, the trusted key, the earlier checkpoint. */
/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Belief starts with a key from elsewhere. With one, the checkpoint must be of
 * the log that the key names and be signed by it. Without one the verifier goes
 * on with the log's own word (GENESIS) and says at the end that all is merely
 * consistent: whoever can rewrite the disk can make a consistent log, too.
 *
 * The checkpoint kept elsewhere (--prev) is the only answer to a disk that was
 * set back as a whole: the log must be at least that long, and its first
 * entries must fold to that root.
 */
#include <errno.h>

#include "base/fdio.h"
#include "fs/audit/verify_core.h"

/* The trusted key; its name is the origin to expect. */
static int take_key(struct verify *v)
{
	if (v->o->vkey.n == 0)
		return 0;
	if (note_key_parse(v->o->vkey, &v->key) != 0)
		return err_set(v->e, -EINVAL, "key",
			       "not a verifier key (name+id+base64), or its "
			       "id does not fit");
	v->have_key = true;
	return 0;
}

/* Origin and signature of a note against the trusted key. */
static int check_note(struct verify *v, const struct note *n,
		      const struct note_head *h, const char *place)
{
	int rc;

	if (!v->have_key)
		return 0;
	if (!bytes_eq(h->origin, v->key.name))
		return verify_bad(
			v, UINT64_MAX, place, "is of the log %.*s, not of %.*s",
			(int)(h->origin.n < 100 ? h->origin.n : 100),
			(const char *)h->origin.p,
			(int)(v->key.name.n < 100 ? v->key.name.n : 100),
			(const char *)v->key.name.p);
	rc = note_check(n, &v->key);
	if (rc == -ENOMEM)
		return err_nomem(v->e);
	if (rc == -ENOKEY)
		return verify_bad(v, UINT64_MAX, place,
				  "is not signed by the trusted key");
	return rc == 0 ? 0
		       : verify_bad(v, UINT64_MAX, place,
				    "the signature is not good");
}

static int take_checkpoint(struct verify *v)
{
	struct audit_verdict *out = v->v;
	struct note n;
	int rc = file_read(v->dir, "checkpoint", NOTE_MOST, &v->note);

	if (rc == -EFBIG)
		return verify_bad(v, UINT64_MAX, "checkpoint", "is too long");
	if (rc != 0)
		return err_set(v->e, rc, "checkpoint",
			       rc == -ENOENT ? "no log stands here"
					     : "cannot be read");
	if (note_parse(buf_bytes(&v->note), &n) != 0 ||
	    note_head_parse(n.text, &v->head) != 0)
		return verify_bad(v, UINT64_MAX, "checkpoint",
				  "is no signed checkpoint");
	if (!note_name_ok(v->head.origin) ||
	    v->head.origin.n >= sizeof(out->origin))
		return verify_bad(v, UINT64_MAX, "checkpoint",
				  "its origin is no origin");
	out->size = v->head.size;
	memcpy(out->origin, v->head.origin.p, v->head.origin.n);
	if (v->head.size == 0)
		return verify_bad(v, UINT64_MAX, "checkpoint",
				  "signs an empty log, which no log is");
	return check_note(v, &n, &v->head, "checkpoint");
}

/* --prev: of the same log, no longer than it is now. */
static int take_prev(struct verify *v)
{
	struct note n;
	int rc;

	if (v->o->prev.n == 0)
		return 0;
	rc = buf_putb(&v->prev, v->o->prev);
	if (rc != 0)
		return err_nomem(v->e);
	if (note_parse(buf_bytes(&v->prev), &n) != 0 ||
	    note_head_parse(n.text, &v->prev_head) != 0)
		return err_set(v->e, -EINVAL, "prev",
			       "the earlier checkpoint is no checkpoint");
	if (!bytes_eq(v->prev_head.origin, v->head.origin))
		return verify_bad(v, UINT64_MAX, "prev",
				  "the earlier checkpoint is another log's");
	rc = check_note(v, &n, &v->prev_head, "prev");
	if (rc != 0)
		return rc;
	if (v->prev_head.size > v->head.size)
		return verify_bad(v, v->head.size, "checkpoint",
				  "the log was cut back: it had %llu entries",
				  (unsigned long long)v->prev_head.size);
	return 0;
}

int verify_head(struct verify *v)
{
	int rc = take_key(v);

	if (rc == 0)
		rc = take_checkpoint(v);
	return rc != 0 ? rc : take_prev(v);
}
