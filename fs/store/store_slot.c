/* Key slots of an opened store: listed, added, removed. */
/* SPDX-License-Identifier: Apache-2.0 */
/*
 * store.yaml is read anew for each of them: other commands may have changed it
 * since the store was opened. It is replaced as a whole, so a crash leaves the
 * slots of before or of after.
 *
 * Beside it a sealed cell keeps what store.yaml cannot be trusted with: the
 * highest number that a slot ever had, so that none comes again, and the public
 * keys of the recipients (see slot.c). It is written before a slot appears and
 * after one has gone; a key in it without a slot means nothing.
 */
#include "fs/store/slots.h"

#include <errno.h>

#include "base/cbor.h"

static const struct bytes none;

/* ---- the cell: [highest, number, public key, number, public key ...] ---- */

static int known_get(struct bytes in, struct slots_known *k)
{
	struct cbor c = {.in = in};
	uint64_t n = cbor_get_array(&c);

	if (n == 0 || n % 2 == 0 || n / 2 > CONFIG_SLOTS)
		return -EUCLEAN;
	k->highest = (uint32_t)cbor_get_uint(&c);
	for (k->n = 0; k->n < n / 2; k->n++) {
		struct bytes pub;

		k->id[k->n] = (uint32_t)cbor_get_uint(&c);
		pub = cbor_get_bytes(&c);
		if (pub.n != BOX_PUB)
			return -EUCLEAN;
		memcpy(k->pub[k->n], pub.p, BOX_PUB);
	}
	return cbor_end(&c) == 0 ? 0 : -EUCLEAN;
}

int slots_known_read(struct store *s, struct slots_known *k)
{
	CLEANUP(buf_free) struct buf b = {.secret = true};
	int rc = store_cell_get(s, "slots", none, &b);

	*k = (struct slots_known){.highest = 0};
	if (rc == -ENOENT)
		return 0;
	return rc != 0 ? inner_damaged(rc) : known_get(buf_bytes(&b), k);
}

static int known_write(struct store *s, const struct slots_known *k)
{
	CLEANUP(buf_free) struct buf b = {.secret = true};
	int rc = cbor_put_array(&b, 1 + 2 * k->n);

	if (rc == 0)
		rc = cbor_put_uint(&b, k->highest);
	for (size_t i = 0; rc == 0 && i < k->n; i++) {
		rc = cbor_put_uint(&b, k->id[i]);
		if (rc == 0)
			rc = cbor_put_bytes(&b, bytes_of(k->pub[i], BOX_PUB));
	}
	return rc == 0 ? store_cell_put(s, "slots", none, buf_bytes(&b)) : rc;
}

bool slots_known_is(const struct slots_known *k, const struct slot *slot)
{
	for (size_t i = 0; i < k->n; i++)
		if (k->id[i] == slot->id)
			return memcmp(k->pub[i], slot->pub, BOX_PUB) == 0;
	return false;
}

/* Only of slots that are there: crashes leave keys without one. */
static void known_tidy(struct slots_known *k, const struct config *c)
{
	size_t n = 0;

	for (size_t i = 0; i < k->n; i++) {
		bool there = false;

		for (size_t j = 0; j < c->nslots; j++)
			there |= c->slots[j].id == k->id[i];
		if (!there)
			continue;
		k->id[n] = k->id[i];
		memmove(k->pub[n++], k->pub[i], BOX_PUB);
	}
	k->n = n;
}

int slots_known_settle(struct store *s, const struct config *c,
		       const struct slot *added)
{
	struct slots_known k;
	int rc = slots_known_read(s, &k);

	if (rc != 0)
		return rc;
	known_tidy(&k, c);
	for (size_t i = 0; i < c->nslots; i++)
		if (c->slots[i].id > k.highest)
			k.highest = c->slots[i].id;
	if (added != NULL && added->id > k.highest)
		k.highest = added->id;
	if (added != NULL && added->kind == SLOT_RECIPIENT) {
		if (k.n == CONFIG_SLOTS)
			return -ENOSPC;
		k.id[k.n] = added->id;
		memcpy(k.pub[k.n++], added->pub, BOX_PUB);
	}
	return known_write(s, &k);
}

/* ---- what stands now ---- */

struct slot_bind slots_bind(const struct store *s)
{
	return (struct slot_bind){.pool = s->pool,
				  .store = s->config.id,
				  .cipher = s->config.cipher};
}

int slots_read(struct store *s, struct config *c, struct err *e)
{
	int rc = config_read(s->dirfd, s->dir, c, e);

	if (rc != 0)
		return rc;
	if (memcmp(c->id, s->config.id, STORE_ID) == 0 &&
	    c->cipher == s->config.cipher)
		return 0;
	return err_set(e, -EUCLEAN, s->dir,
		       CONFIG_FILE " is now another store's; restore this one "
				   "file from a backup");
}

int store_slot_each(struct store *s,
		    int (*fn)(void *ctx, const struct store_slot *slot),
		    void *ctx, struct err *e)
{
	struct config c;
	int rc = slots_read(s, &c, e);

	for (size_t i = 0; rc == 0 && i < c.nslots; i++) {
		const struct slot *v = &c.slots[i];
		struct store_slot out = {
			.id = v->id,
			.kind = slot_kind_name(v->kind),
			.own = v->id == s->own,
			.pub = v->kind == SLOT_RECIPIENT ? v->pub : NULL,
			.ops = v->ops,
			.kib = v->kib};

		rc = fn(ctx, &out);
	}
	return rc;
}

/* Slots may be changed: by the writer, with the root that is in force, and not
 * while store.yaml waits to be replaced. */
static int ready(struct store *s, struct config *c, struct err *e)
{
	CLEANUP(buf_free) struct buf text = {0};
	int rc;

	if (!atomic_load(&s->writer))
		return err_set(e, -EROFS, s->dir,
			       "changing slots needs the store's lock");
	rc = root_current(s);
	if (rc == 0)
		rc = root_pending(s, &text);
	if (rc == 0)
		return err_set(e, -EBUSY, s->dir,
			       "a rotation of the root key was cut off; run "
			       "`carrel key rotate` first, which ends it");
	return rc == -ENOENT ? slots_read(s, c, e)
			     : root_words(s, inner_damaged(rc), e);
}

/* ---- add ---- */

static int twice(struct store *s, const struct config *c,
		 const struct store_cred *cred, struct err *e)
{
	struct slot_bind bind = slots_bind(s);
	uint8_t pub[BOX_PUB] = {0};
	bool named = cred->recipient != NULL;

	if (named)
		memcpy(pub, cred->recipient, BOX_PUB);
	for (size_t i = 0; i < c->nslots; i++) {
		const struct slot *v = &c->slots[i];
		CLEANUP(key_freep) struct key *root = NULL;
		bool same = named ? v->kind == SLOT_RECIPIENT &&
					    memcmp(v->pub, pub, BOX_PUB) == 0
				  : slot_open(&bind, cred, v, &root) == 0;

		if (same)
			return err_set(e, -EEXIST, s->dir,
				       "slot %u is there for it already",
				       v->id);
	}
	return 0;
}

static uint32_t next_id(const struct config *c, const struct slots_known *k)
{
	uint32_t id = k->highest;

	for (size_t i = 0; i < c->nslots; i++)
		id = c->slots[i].id > id ? c->slots[i].id : id;
	return id + 1;
}

static int seal(struct store *s, const struct store_cred *cred,
		struct slot *slot, struct err *e)
{
	struct slot_bind bind = slots_bind(s);
	int rc;

	pthread_mutex_lock(&s->rooting);
	rc = slot_seal(&bind, cred, s->root, slot, e);
	pthread_mutex_unlock(&s->rooting);
	return rc;
}

int store_slot_add(struct store *s, const struct store_cred *cred, uint32_t ops,
		   uint32_t kib, uint32_t *id, struct err *e)
{
	struct slots_known known;
	struct config c;
	struct slot *slot;
	int rc = ready(s, &c, e);

	if (rc == 0)
		rc = twice(s, &c, cred, e);
	if (rc != 0)
		return rc;
	if (c.nslots == CONFIG_SLOTS)
		return err_set(e, -ENOSPC, s->dir,
			       "a store has at most %d slots; remove one first",
			       CONFIG_SLOTS);
	rc = slots_known_read(s, &known);
	if (rc != 0)
		return root_words(s, rc, e);
	slot = &c.slots[c.nslots];
	*slot = (struct slot){.id = next_id(&c, &known),
			      .ops = ops != 0 ? ops : SLOT_OPS,
			      .kib = kib != 0 ? kib : SLOT_KIB};
	rc = seal(s, cred, slot, e);
	if (rc != 0)
		return rc;
	rc = slots_known_settle(s, &c, slot);
	if (rc != 0)
		return root_words(s, rc, e);
	*id = slot->id;
	c.nslots++;
	rc = config_write(s->dirfd, s->dir, &c, e);
	if (rc == 0)
		s->config = c;
	return rc;
}

/* ---- remove ---- */

bool slots_opens(struct store *s, const struct slot *slot,
		 const struct store_cred *creds, size_t n, size_t *which)
{
	struct slot_bind bind = slots_bind(s);

	for (*which = 0; *which < n; (*which)++) {
		CLEANUP(key_freep) struct key *root = NULL;
		bool same = false;

		if (slot_open(&bind, &creds[*which], slot, &root) != 0)
			continue;
		pthread_mutex_lock(&s->rooting);
		same = key_eq(root, s->root);
		pthread_mutex_unlock(&s->rooting);
		if (same)
			return true;
	}
	return false;
}

/* As it was when the store was opened with it. */
static bool is_own(const struct store *s, const struct slot *slot)
{
	for (size_t i = 0; i < s->config.nslots; i++)
		if (s->config.slots[i].id == s->own && slot->id == s->own)
			return memcmp(slot, &s->config.slots[i],
				      sizeof(*slot)) == 0;
	return false;
}

static bool stays_proven(struct store *s, const struct config *c,
			 const struct store_cred *creds, size_t n)
{
	size_t which;

	for (size_t i = 0; i < c->nslots; i++)
		if (is_own(s, &c->slots[i]) ||
		    slots_opens(s, &c->slots[i], creds, n, &which))
			return true;
	return false;
}

int store_slot_remove(struct store *s, uint32_t id,
		      const struct store_cred *creds, size_t n, struct err *e)
{
	struct config c;
	size_t at = 0;
	int rc = ready(s, &c, e);

	if (rc != 0)
		return rc;
	while (at < c.nslots && c.slots[at].id != id)
		at++;
	if (at == c.nslots)
		return err_set(e, -ENOENT, s->dir,
			       "there is no slot %u; `carrel key list` has "
			       "their numbers",
			       id);
	c.nslots--;
	memmove(&c.slots[at], &c.slots[at + 1],
		(c.nslots - at) * sizeof(c.slots[0]));
	memset(&c.slots[c.nslots], 0, sizeof(c.slots[0]));
	if (c.nslots == 0)
		return err_set(e, -EACCES, s->dir,
			       "slot %u is the last one; without it nobody "
			       "opens the store again",
			       id);
	if (!stays_proven(s, &c, creds, n))
		return err_set(e, -EACCES, s->dir,
			       "slot %u is the one you came with; show that "
			       "another opens the store: --also-key-file or "
			       "--also-passphrase-file",
			       id);
	rc = config_write(s->dirfd, s->dir, &c, e);
	if (rc != 0)
		return rc;
	s->config = c;
	return root_words(s, slots_known_settle(s, &c, NULL), e);
}
