/* Body keys: random, wrapped to every recipient, committed to in the log. */
/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The DEK event goes first, because its number names the key files; the files
 * follow, synced; then the event is made durable. A crash in between leaves an
 * event whose key seals nothing, or files without an event, which recovery
 * removes. Only when all three stand does the caller get the key.
 */
#include <errno.h>

#include "base/mem.h"
#include "fs/audit/core.h"

#define SECRET (2 * KEY_LEN) /* DEK || replay key */
#define WRAPPED (SECRET + BOX_OVERHEAD)

void audit_dek_free(struct audit_dek *d)
{
	if (d == NULL)
		return;
	key_free(d->body);
	key_free(d->sealing);
	key_free(d->replay);
	mem_free(d);
}

static void dek_freep(struct audit_dek **d)
{
	audit_dek_free(*d);
}

const struct key *audit_dek_replay(const struct audit_dek *d)
{
	return d->replay;
}

uint64_t audit_dek_last(const struct audit_dek *d)
{
	return atomic_load(&d->last);
}

/* One sealed box per recipient, one after the other, into b. */
static int wrap_all(const struct audit *a, const struct audit_dek *d,
		    struct buf *b)
{
	uint8_t *secret = keypool_scratch(a->pool, SECRET);
	int rc = buf_reserve(b, a->nrecipients * WRAPPED);

	if (secret == NULL) {
		return -ENOMEM;
	}
	memcpy(secret, key_raw(d->body), KEY_LEN);
	memcpy(secret + KEY_LEN, key_raw(d->replay), KEY_LEN);
	for (size_t i = 0; i < a->nrecipients && rc == 0; i++) {
		rc = box_seal(a->recipients[i], bytes_of(secret, SECRET),
			      b->p + b->n);
		b->n += WRAPPED;
	}
	keypool_scratch_free(a->pool, secret);
	return rc;
}

/* The recipients' hashes and the hashes of their boxes. */
static int hash_all(const struct audit *a, const struct buf *boxes,
		    struct buf *who, struct buf *what)
{
	uint8_t h[HASH_LEN];
	int rc = 0;

	for (size_t i = 0; i < a->nrecipients && rc == 0; i++) {
		core_recipient(a->recipients[i], h);
		rc = buf_put(who, h, sizeof(h));
		hash_sha256(h, bytes_of(boxes->p + i * WRAPPED, WRAPPED));
		if (rc == 0)
			rc = buf_put(what, h, sizeof(h));
	}
	return rc;
}

static int log_dek(struct audit *a, const char *what, struct audit_dek *d,
		   const struct buf *boxes)
{
	struct buf who CLEANUP(buf_free) = {0};
	struct buf hashes CLEANUP(buf_free) = {0};
	struct event e = {.kind = EV_DEK};
	uint8_t commit[HASH_LEN], replay[HASH_LEN];
	int rc = hash_all(a, boxes, &who, &hashes);

	if (rc != 0)
		return rc;
	core_commit("dek-commit", d->body, commit);
	core_commit("replay-commit", d->replay, replay);
	event_bytes(&e, EF_COMMIT, bytes_of(commit, sizeof(commit)));
	event_bytes(&e, EF_RECIPIENTS, buf_bytes(&who));
	event_bytes(&e, EF_WRAPPED, buf_bytes(&hashes));
	event_text(&e, EF_KIND, what);
	event_bytes(&e, EF_DIGEST, bytes_of(replay, sizeof(replay)));
	return audit_append(a, NULL, &e, &d->seq);
}

/* keys/SEQ.HASH for every recipient, file and directory synced. */
static int store_all(struct audit *a, const struct audit_dek *d,
		     const struct buf *boxes)
{
	uint8_t h[HASH_LEN];
	char path[CORE_KEY_PATH];
	int rc = 0;

	for (size_t i = 0; i < a->nrecipients && rc == 0; i++) {
		core_recipient(a->recipients[i], h);
		core_key_path(path, d->seq, h);
		rc = io_put(a->io, a->dir, path,
			    bytes_of(boxes->p + i * WRAPPED, WRAPPED));
	}
	return rc != 0 ? rc : io_sync_parent(a->io, a->dir, path);
}

int audit_dek_make(struct audit *a, const char *what, struct audit_dek **out,
		   struct err *e)
{
	CLEANUP(dek_freep) struct audit_dek *d = mem_new(1, sizeof(*d));
	struct buf boxes CLEANUP(buf_free) = {0};
	int rc;

	*out = NULL;
	if (d == NULL)
		return err_nomem(e);
	d->body = key_random(a->pool);
	d->replay = key_random(a->pool);
	if (d->body != NULL)
		d->sealing = entry_key(a->pool, d->body);
	if (d->sealing == NULL || d->replay == NULL)
		return err_set(e, -ENOMEM, NULL, "no room for keys");
	rc = wrap_all(a, d, &boxes);
	if (rc == 0)
		rc = log_dek(a, what, d, &boxes);
	if (rc != 0)
		return err_set(e, rc, "log", "no body key: %s", strerror(-rc));
	rc = store_all(a, d, &boxes);
	if (rc != 0)
		rc = core_die(a);
	if (rc == 0)
		rc = audit_durable(a, d->seq);
	if (rc != 0)
		return err_set(e, rc, "keys",
			       "the body key could not be made durable: %s",
			       strerror(-rc));
	*out = STEAL(d);
	return 0;
}

int audit_dek_new(struct audit *a, struct audit_dek **out, struct err *e)
{
	return audit_dek_make(a, "session", out, e);
}
