/* Verifying: what each entry must be, by its place and by those before. */
/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a stranger can say about one entry without any key to its body: that it
 * stands where its kind may stand. The hashes prove that an entry is the one
 * that was written; these checks prove that a writer of this log can have
 * written it: GENESIS first and once, epochs without a gap, every body key
 * committed to before anything is sealed under it, clocks that do not go back
 * within one boot.
 *
 * A wrapped key that is gone is no finding: shredding removes it on purpose.
 * One that is there and differs from the hash in the log is. Sessions of a
 * boot that has no SHUTDOWN are counted as unsettled: what they may have seen
 * is for the auditor to judge, not for the verifier to forgive.
 */
#include <errno.h>
#include <stdio.h>

#include "base/fdio.h"
#include "fs/audit/core.h"
#include "fs/audit/verify_core.h"

#define BOX_MOST 4096

static int bad(struct verify *v, const char *why)
{
	char path[TILE_PATH];

	tile_path(path, TILE_ENTRIES, v->next / TILE_WIDTH, TILE_WIDTH);
	return verify_bad(v, v->next, path, "%s", why);
}

/* Without a trusted key, the log's own word: consistent at least. */
static int take_own_key(struct verify *v, const uint8_t pub[SIGN_PUB])
{
	struct note n;

	note_key_make(&v->key, v->head.origin, pub);
	v->have_key = true;
	if (note_parse(buf_bytes(&v->note), &n) == 0 &&
	    note_check(&n, &v->key) == 0)
		return 0;
	return verify_bad(v, UINT64_MAX, "checkpoint",
			  "is not signed by the key that the log names");
}

static void new_epoch(struct verify *v, const uint8_t pub[SIGN_PUB])
{
	struct verify_epoch *ep = v->epoch;

	ep[1] = ep[0];
	ep[0] = (struct verify_epoch){.number = v->nepochs, .seq = v->next};
	memcpy(ep[0].pub, pub, SIGN_PUB);
	ep[0].after_boot = v->booted;
	v->booted = false;
	v->nepochs++;
	v->v->epochs = v->nepochs;
}

/* The first entry, and only that: which log this is, and epoch 0. */
static int check_genesis(struct verify *v, const struct event *e)
{
	struct bytes pubs = event_getb(e, EF_PUB);

	if (v->next != 0)
		return bad(v, "a second GENESIS");
	if (!bytes_eq(event_getb(e, EF_ORIGIN), v->head.origin))
		return bad(v, "GENESIS is of another origin");
	if (pubs.n != (size_t)2 * SIGN_PUB || event_get(e, EF_VERSION) != 1)
		return bad(v, "GENESIS is of an unknown format");
	if (v->have_key && memcmp(pubs.p, v->key.pub, SIGN_PUB) != 0)
		return bad(v, "GENESIS names another key than the trusted one");
	new_epoch(v, pubs.p + SIGN_PUB);
	return v->have_key ? 0 : take_own_key(v, pubs.p);
}

static int check_epoch(struct verify *v, const struct event *e)
{
	struct bytes pub = event_getb(e, EF_PUB);

	if (pub.n != SIGN_PUB)
		return bad(v, "EPOCH without a key");
	if (event_get(e, EF_NUMBER) != v->nepochs)
		return bad(v, "epochs are missing before this EPOCH");
	new_epoch(v, pub.p);
	return 0;
}

int verify_keys(struct verify *v, const struct event *e)
{
	struct bytes who = event_getb(e, EF_RECIPIENTS);
	struct bytes what = event_getb(e, EF_WRAPPED);
	struct buf b CLEANUP(buf_free) = {0};
	char path[CORE_KEY_PATH];
	uint8_t h[HASH_LEN];

	for (size_t i = 0; i + HASH_LEN <= who.n; i += HASH_LEN) {
		int rc;

		buf_clear(&b);
		core_key_path(path, v->next, who.p + i);
		rc = file_read(v->dir, path, BOX_MOST, &b);
		if (rc == -ENOENT)
			continue; /* shredded, or not given to us */
		if (rc != 0 && rc != -EFBIG)
			return err_set(v->e, rc, path, "cannot be read: %s",
				       strerror(-rc));
		hash_sha256(h, buf_bytes(&b));
		if (rc != 0 || memcmp(h, what.p + i, HASH_LEN) != 0)
			return verify_bad(v, v->next, path,
					  "is not the wrapped key that the "
					  "log names");
	}
	return 0;
}

static int check_dek(struct verify *v, const struct event *e)
{
	struct bytes who = event_getb(e, EF_RECIPIENTS);

	if (event_getb(e, EF_COMMIT).n != HASH_LEN || who.n == 0 ||
	    who.n % HASH_LEN != 0 || event_getb(e, EF_WRAPPED).n != who.n)
		return bad(v, "DEK without its commitments");
	if (bytes_is(event_getb(e, EF_KIND), "session")) {
		v->v->sessions++;
		v->boot_sessions++;
	}
	if (verify_set_add(&v->deks, v->next) != 0)
		return err_nomem(v->e);
	return verify_keys(v, e);
}

/* A boot that did not end with SHUTDOWN leaves its sessions unsettled. */
static int check_boot(struct verify *v)
{
	if (!v->shut)
		v->v->unsettled += v->boot_sessions;
	v->boot_sessions = 0;
	v->booted = true;
	v->shut = false;
	v->last_boot = 0;
	return 0;
}

static int check_plain(struct verify *v, const struct event *e)
{
	uint64_t boot = event_get(e, EF_BOOTTIME);
	int rc = 0;

	if (!event_has(e, EF_T) || !event_has(e, EF_BOOTTIME))
		return bad(v, "has no clocks");
	if ((v->next == 0) != (e->kind == EV_GENESIS) && e->kind != EV_GENESIS)
		return bad(v, "the log does not begin with GENESIS");
	if (e->kind == EV_GENESIS)
		rc = check_genesis(v, e);
	else if (e->kind == EV_EPOCH)
		rc = check_epoch(v, e);
	else if (e->kind == EV_DEK)
		rc = check_dek(v, e);
	else if (e->kind == EV_BOOT)
		rc = check_boot(v);
	if (rc != 0)
		return rc;
	/* RECOVERY stands before the BOOT of its own process. */
	if (boot < v->last_boot && e->kind != EV_RECOVERY)
		return bad(v, "its clock goes back within one boot");
	if (e->kind != EV_RECOVERY)
		v->last_boot = boot;
	v->shut = e->kind == EV_SHUTDOWN;
	return 0;
}

int verify_entry(struct verify *v, struct bytes raw)
{
	struct entry en;

	if (entry_parse(raw, &en) != 0)
		return bad(v, "is no entry");
	if (en.seq != v->next)
		return bad(v, "carries another number: moved or inserted");
	if (!en.sealed)
		return check_plain(v, &en.event);
	v->shut = false;
	if (v->next == 0)
		return bad(v, "the log does not begin with GENESIS");
	if (!verify_set_has(&v->deks, en.dek))
		return bad(v, "is sealed under a key the log does not name");
	return 0;
}
