/* The reader's body keys: unwrapped, checked against their commitments. */
/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A body key arrives as a sealed box that anybody could have made for our
 * public key, so it is believed only after it fits the commitment in the DEK
 * entry: else an operator could hand out a second key under which the same
 * ciphertext opens to something else. Whether a key is missing, foreign or
 * wrong is told apart, because "shredded" and "forged" are different findings.
 */
#include <errno.h>

#include "base/fdio.h"
#include "base/mem.h"
#include "fs/audit/core.h"
#include "fs/audit/reader_core.h"

#define SECRET (2 * KEY_LEN)
#define WRAPPED (SECRET + BOX_OVERHEAD)

void reader_keys_init(struct reader_keys *k, const struct key *secret)
{
	uint8_t pub[BOX_PUB];

	box_public(secret, pub);
	core_recipient(pub, k->who);
}

static void slot_free(struct reader_key *s)
{
	key_free(s->body);
	key_free(s->replay);
	*s = (struct reader_key){0};
}

void reader_keys_free(struct reader_keys *k)
{
	for (size_t i = 0; i < k->n; i++)
		slot_free(&k->slot[i]);
}

/* The DEK event, from wherever it is; work keeps its bytes. */
static int dek_event(struct audit_reader *r, uint64_t dek, struct buf *work,
		     struct event *e)
{
	CLEANUP(audit_reader_freep)
	struct audit_reader *side = mem_new(1, sizeof(*side));
	struct bytes raw;
	struct entry en;
	int rc;

	if (side == NULL)
		return -ENOMEM;
	/* A second position over the same descriptors. */
	side->dir = r->dir;
	side->state = r->state;
	side->bundle_nr = UINT64_MAX;
	side->size = r->size;
	side->next = dek;
	memcpy(side->origin_hash, r->origin_hash, HASH_LEN);
	side->origin = mem_dup(r->origin, strlen(r->origin));
	rc = side->origin == NULL ? -ENOMEM : reader_raw(side, &raw, NULL);
	if (rc == 1)
		rc = buf_putb(work, raw) == 0 ? 1 : -ENOMEM;
	side->dir = side->state = -1;
	if (rc <= 0)
		return rc == 0 ? -EBADMSG : rc;
	if (entry_parse(buf_bytes(work), &en) != 0 || en.seq != dek ||
	    en.sealed || en.event.kind != EV_DEK)
		return -EBADMSG;
	*e = en.event;
	return 0;
}

/* Position of the hash among concatenated ones; SIZE_MAX. */
static size_t find_hash(struct bytes all, const uint8_t h[HASH_LEN])
{
	for (size_t i = 0; i + HASH_LEN <= all.n; i += HASH_LEN) {
		if (memcmp(all.p + i, h, HASH_LEN) == 0)
			return i / HASH_LEN;
	}
	return SIZE_MAX;
}

static int give_up(struct reader_key *s, int code, const char *why)
{
	s->code = code;
	s->why = why;
	return 0;
}

static bool committed(const struct event *e, enum event_field f,
		      const char *label, const struct key *k)
{
	uint8_t h[HASH_LEN];

	core_commit(label, k, h);
	return bytes_eq(event_getb(e, f), bytes_of(h, sizeof(h)));
}

/* Open the box and compare both keys with what the log committed to. */
static int unwrap(struct audit_reader *r, struct reader_key *s,
		  const struct event *e, struct bytes box)
{
	uint8_t *raw = keypool_scratch(r->pool, SECRET);
	int rc;

	if (raw == NULL)
		return -ENOMEM;
	rc = box.n == WRAPPED ? box_open(r->secret, box, raw) : -EBADMSG;
	if (rc == 0) {
		s->body = key_import(r->pool, raw);
		s->replay = key_import(r->pool, raw + KEY_LEN);
	}
	keypool_scratch_free(r->pool, raw);
	if (rc != 0)
		return give_up(s, -EBADMSG, "its key file is damaged");
	if (s->body == NULL || s->replay == NULL)
		return -ENOMEM;
	if (!committed(e, EF_COMMIT, "dek-commit", s->body) ||
	    !committed(e, EF_DIGEST, "replay-commit", s->replay))
		return give_up(s, -EBADMSG,
			       "its key is not the one the log committed to");
	return 0;
}

static int fetch(struct audit_reader *r, struct reader_key *s)
{
	struct buf work CLEANUP(buf_free) = {0};
	struct buf box CLEANUP(buf_free) = {0};
	char path[CORE_KEY_PATH];
	struct event e;
	size_t at;
	int rc;

	if (r->secret == NULL)
		return give_up(s, -ENOKEY, "no key was given");
	rc = dek_event(r, s->dek, &work, &e);
	if (rc == -EBADMSG)
		return give_up(s, rc, "the log has no such body key");
	if (rc != 0)
		return rc;
	at = find_hash(event_getb(&e, EF_RECIPIENTS), r->keys.who);
	if (at == SIZE_MAX)
		return give_up(s, -ENOKEY, "sealed to another key");
	core_key_path(path, s->dek, r->keys.who);
	rc = file_read(r->dir, path, 4096, &box);
	if (rc == -ENOENT)
		return give_up(s, -ESTALE, "shredded");
	return rc != 0 ? rc : unwrap(r, s, &e, buf_bytes(&box));
}

int reader_keys_get(struct audit_reader *r, uint64_t dek,
		    struct reader_key **out)
{
	struct reader_keys *k = &r->keys;
	struct reader_key s = {.dek = dek};
	size_t at;
	int rc;

	for (size_t i = 0; i < k->n; i++) {
		at = (k->last + i) % k->n;
		if (k->slot[at].dek == dek) {
			k->last = at;
			*out = &k->slot[at];
			return 0;
		}
	}
	rc = fetch(r, &s);
	if (rc != 0) {
		slot_free(&s);
		return rc;
	}
	at = k->n < READER_KEYS ? k->n++ : k->evict++ % READER_KEYS;
	slot_free(&k->slot[at]);
	k->slot[at] = s;
	k->last = at;
	*out = &k->slot[at];
	return 0;
}

int reader_keys_open(struct audit_reader *r, const struct entry *en,
		     struct event *e, const char **why)
{
	struct reader_key *k;
	int rc = reader_keys_get(r, en->dek, &k);

	if (rc != 0)
		return rc;
	*why = k->why;
	if (k->why != NULL)
		return 0;
	rc = entry_open(en, r->origin_hash, k->body, &r->body, e);
	if (rc == 0)
		return 1;
	*why = rc == -EPROTO ? "not an event inside" : "damaged, or forged";
	return rc == -ENOMEM ? rc : 0;
}

int audit_reader_replay_key(struct audit_reader *r, uint64_t dek,
			    struct key **out)
{
	struct reader_key *k;
	int rc = reader_keys_get(r, dek, &k);

	*out = NULL;
	if (rc != 0)
		return rc;
	if (k->why != NULL)
		return k->code;
	*out = key_import(r->pool, key_raw(k->replay));
	return *out == NULL ? -ENOMEM : 0;
}
