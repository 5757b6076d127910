/* A new root key: everything under the old one is wrapped anew. */
/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The order of things, and why a crash anywhere loses nothing, stands in
 * root.c. Here is step 1 of it and what goes before: for each slot of
 * store.yaml there must be a way to seal the new root for it. That of a key
 * file or passphrase needs that credential at hand; a recipient's needs the
 * public key only, if the sealed cell says that this store gave it the slot.
 * A slot with neither goes, if that was allowed, and with it the access of
 * whom the rotation may have been for.
 */
#include <errno.h>
#include <stdio.h>

#include "base/mem.h"
#include "fs/store/slots.h"

static const struct bytes none;

/* ---- the slots to come ---- */

struct plan {
	struct store *s;
	struct store_rotate *r;
	struct config now, next;
	struct slots_known known;
	const struct key *root; /* the new one */
	char missing[128];	/* numbers of slots that nothing opens */
	bool forged;		/* one of them is a recipient not ours */
	bool proven;		/* one is opened by a credential */
};

static void plan_miss(struct plan *p, const struct slot *slot)
{
	size_t at = strlen(p->missing);

	snprintf(p->missing + at, sizeof(p->missing) - at, "%s%u",
		 at == 0 ? "" : ", ", slot->id);
	p->forged |= slot->kind == SLOT_RECIPIENT;
	p->r->dropped++;
}

static int plan_slot(struct plan *p, const struct slot *slot, struct err *e)
{
	struct slot_bind bind = slots_bind(p->s);
	struct store_cred cred = {.recipient = slot->pub};
	struct slot *to = &p->next.slots[p->next.nslots];
	size_t which;

	*to = (struct slot){.id = slot->id, .ops = slot->ops, .kib = slot->kib};
	if (slots_opens(p->s, slot, p->r->creds, p->r->ncreds, &which)) {
		p->proven = true;
		if (slot->kind != SLOT_RECIPIENT)
			cred = p->r->creds[which];
	} else if (slot->kind != SLOT_RECIPIENT ||
		   !slots_known_is(&p->known, slot)) {
		plan_miss(p, slot);
		memset(to, 0, sizeof(*to));
		return 0;
	}
	p->next.nslots++;
	p->r->kept++;
	return slot_seal(&bind, &cred, p->root, to, e);
}

static int plan_verdict(const struct plan *p, struct err *e)
{
	if (!p->proven)
		return err_set(e, -ENOKEY, p->s->dir,
			       "no credential given opens a slot that would "
			       "stay");
	if (p->missing[0] == '\0' || p->r->drop)
		return 0;
	return err_set(
		e, -ENOKEY, p->s->dir,
		"slots %s cannot be carried over%s; give --also-key-file or "
		"--also-passphrase-file for each, or let them go with --drop",
		p->missing,
		p->forged ? " (a recipient is not one that this store "
			    "entered)"
			  : "");
}

static int plan_make(struct plan *p, struct err *e)
{
	int rc = slots_read(p->s, &p->now, e);

	if (rc == 0)
		rc = root_words(p->s, slots_known_read(p->s, &p->known), e);
	if (rc != 0)
		return rc;
	memcpy(p->next.id, p->now.id, STORE_ID);
	p->next.cipher = p->now.cipher;
	for (size_t i = 0; rc == 0 && i < p->now.nslots; i++)
		rc = plan_slot(p, &p->now.slots[i], e);
	return rc == 0 ? plan_verdict(p, e) : rc;
}

/* ---- the keys below ---- */

struct wrapped {
	bool dataset;
	enum catalog_key kind;
	uint8_t ref[HASH_LEN]; /* of a key, or the data set's id */
	size_t n;
	uint8_t box[KEYS_WRAPPED];
};

struct rows {
	struct wrapped *v;
	size_t n, cap;
};

static void rows_free(struct rows *r)
{
	mem_free(r->v);
}

static int rows_add(struct rows *r, const struct wrapped *one, struct bytes ref,
		    struct bytes box)
{
	size_t cap = r->cap == 0 ? 32 : r->cap * 2;
	struct wrapped *v = r->v;

	if (ref.n > HASH_LEN || box.n != KEYS_WRAPPED)
		return -EUCLEAN;
	if (r->n == r->cap) {
		v = mem_grow(v, cap, sizeof(*v));
		if (v == NULL)
			return -ENOMEM;
		r->v = v;
		r->cap = cap;
	}
	v[r->n] = *one;
	v[r->n].n = ref.n;
	if (ref.n > 0)
		memcpy(v[r->n].ref, ref.p, ref.n);
	memcpy(v[r->n++].box, box.p, box.n);
	return 0;
}

static int key_row(void *ctx, enum catalog_key kind, struct bytes ref,
		   struct bytes wrapped)
{
	struct wrapped one = {.kind = kind};

	if (kind == CATALOG_KEY_WORK || wrapped.n == 0)
		return 0; /* under its project's key; or destroyed */
	return rows_add(ctx, &one, ref, wrapped);
}

static int dataset_row(void *ctx, const struct catalog_dataset *d)
{
	struct wrapped one = {.dataset = true};

	return rows_add(ctx, &one, bytes_of(d->id, STORE_ID), d->key);
}

static int rewrap(struct store *s, const struct key *next,
		  const struct wrapped *w)
{
	CLEANUP(key_freep) struct key *key = NULL;
	CLEANUP(buf_free) struct buf b = {0};
	struct bytes ref = bytes_of(w->ref, w->n);
	struct ad ad;
	int rc;

	if (w->dataset)
		rows_bind_dataset(&ad, "key", w->ref);
	else
		rows_bind_key(&ad, w->kind, ref);
	rc = root_unwrap(s, &ad, bytes_of(w->box, KEYS_WRAPPED), &key);
	if (rc == 0)
		rc = keys_wrap(&b, next, &ad, key);
	if (rc != 0)
		return inner_damaged(rc);
	return w->dataset
		       ? catalog_dataset_key(s->catalog, w->ref, buf_bytes(&b))
		       : catalog_key_set(s->catalog, w->kind, ref,
					 buf_bytes(&b));
}

static int bridge_put(struct store *s, const struct key *next,
		      const struct config *c)
{
	CLEANUP(buf_free) struct buf b = {0};
	CLEANUP(buf_free) struct buf text = {0};
	struct ad ad;
	int rc;

	rows_bind_key(&ad, CATALOG_KEY_ROOT, none);
	rc = root_wrap(s, &b, &ad, next);
	if (rc == 0)
		rc = catalog_key_set(s->catalog, CATALOG_KEY_ROOT, none,
				     buf_bytes(&b));
	if (rc == 0)
		rc = config_put(&text, c);
	return rc == 0 ? store_cell_put(s, ROOT_CELL, none, buf_bytes(&text))
		       : rc;
}

/* Step 1, within one transaction. */
static int wrap_all(struct store *s, const struct key *next,
		    const struct config *c)
{
	CLEANUP(rows_free) struct rows r = {0};
	int rc = catalog_key_each(s->catalog, key_row, &r);

	if (rc == 0)
		rc = catalog_dataset_each(s->catalog, dataset_row, &r);
	for (size_t i = 0; rc == 0 && i < r.n; i++)
		rc = rewrap(s, next, &r.v[i]);
	return rc == 0 ? bridge_put(s, next, c) : rc;
}

static int change(struct store *s, struct key **next, const struct config *c)
{
	int rc = root_begin(s);

	if (rc != 0)
		return rc;
	rc = catalog_end(s->catalog, wrap_all(s, *next, c));
	if (rc == 0)
		root_swap(s, next);
	return rc;
}

/* ---- all of it ---- */

/* Steps 2 to 4, of this rotation or of one that was cut off. */
static int finish(struct store *s, const struct store_rotate *r, struct err *e)
{
	CLEANUP(buf_free) struct buf text = {0};
	int rc = root_pending(s, &text);

	if (rc == -ENOENT)
		return 0;
	if (rc != 0)
		return root_words(s, inner_damaged(rc), e);
	return root_finish(s, buf_bytes(&text), r->tell, r->ctx, e);
}

static int anew(struct plan *p, struct err *e)
{
	CLEANUP(key_freep) struct key *next = key_random(p->s->pool);
	int rc;

	if (next == NULL)
		return err_nomem(e);
	p->root = next;
	rc = plan_make(p, e);
	return rc == 0 ? root_words(p->s, change(p->s, &next, &p->next), e)
		       : rc;
}

int store_rotate(struct store *s, struct store_rotate *r, struct err *e)
{
	struct plan p = {.s = s, .r = r};
	int rc;

	r->kept = r->dropped = 0;
	if (!atomic_load(&s->writer))
		return err_set(e, -EROFS, s->dir,
			       "rotating keys needs the store's lock");
	rc = root_words(s, root_current(s), e);
	if (rc == 0)
		rc = finish(s, r, e);
	if (rc == 0)
		rc = anew(&p, e);
	if (rc == 0)
		rc = finish(s, r, e);
	if (rc != 0)
		return rc;
	rc = slots_known_settle(s, &s->config, NULL);
	if (rc == 0)
		rc = catalog_truncate(s->catalog);
	r->wal = rc == -EBUSY;
	return rc == -EBUSY ? 0 : root_words(s, rc, e);
}

int store_root_current(struct store *s)
{
	return root_current(s);
}
