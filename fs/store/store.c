/* Opens and closes a store, and tells its facts. */
/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/cbor.h"
#include "base/fdio.h"
#include "base/mem.h"
#include "fs/store/backend_dir.h"
#include "fs/store/root.h"

static void keys_free(struct store *s)
{
	struct key *keys[] = {s->root, s->cells, s->lookup, s->digest,
			      s->sign, s->log,	 s->audit};

	for (size_t i = 0; i < ARRAY_LEN(keys); i++)
		key_free(keys[i]);
	for (size_t i = 0; i < s->ndatasets; i++)
		key_free(s->datasets[i].key);
	mem_free(s->datasets);
}

void store_close(struct store *s)
{
	if (s == NULL)
		return;
	cache_free(s->cache);
	backend_free(&s->packs);
	catalog_close(s->catalog);
	keys_free(s);
	fd_close(&s->lockfd);
	fd_close(&s->dirfd);
	pthread_mutex_destroy(&s->lock);
	pthread_mutex_destroy(&s->rooting);
	mem_free(s->recipients);
	mem_free(s->origin);
	mem_free(s->dir);
	mem_free(s);
}

/* From the root: a gateway leaves the folder it was started in. What cannot be
 * found is named as it was given, for the message. */
static char *absolute(const char *dir)
{
	char path[PATH_MAX];

	if (realpath(dir, path) != NULL)
		dir = path;
	return mem_dup(dir, strlen(dir));
}

static struct store *store_new(const char *dir, struct keypool *pool)
{
	struct store *s = mem_new(1, sizeof(*s));

	if (s == NULL)
		return NULL;
	s->pool = pool;
	s->dirfd = s->lockfd = -1;
	atomic_init(&s->writer, false);
	pthread_mutex_init(&s->lock, NULL);
	pthread_mutex_init(&s->rooting, NULL);
	s->dir = absolute(dir);
	if (s->dir == NULL) {
		store_close(s);
		return NULL;
	}
	return s;
}

/* A store, or what init is making one of. */
static int stands(int dirfd, const char *dir, bool making, struct err *e)
{
	if (!making && faccessat(dirfd, INNER_MARK, F_OK, 0) == 0)
		return err_set(e, -ENOENT, dir,
			       "no store here: its making was cut off; run "
			       "`carrel init` again");
	return 0;
}

static int dir_fd(const char *dir, int *fd, struct err *e)
{
	*fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (*fd >= 0)
		return 0;
	if (errno == ENOENT)
		return err_set(e, -ENOENT, dir,
			       "no store here; name it with --store, or make "
			       "one with `carrel init`");
	return err_errno(e, dir, "cannot open the store");
}

int store_stands(const char *dir, struct err *e)
{
	CLEANUP(fd_close) int fd = -1;
	struct config c;
	int rc = dir_fd(dir, &fd, e);

	if (rc == 0)
		rc = stands(fd, dir, false, e);
	if (rc == 0)
		rc = config_read(fd, dir, &c, e);
	return rc == -ENOENT ? rc : 0; /* all else is store_open's to say */
}

static int files_open(struct store *s, bool making, struct err *e)
{
	int rc = dir_fd(s->dir, &s->dirfd, e);

	if (rc == 0)
		rc = stands(s->dirfd, s->dir, making, e);
	return rc != 0 ? rc : config_read(s->dirfd, s->dir, &s->config, e);
}

/* ---- unlocking ---- */

static int refused(const struct store *s, const struct store_cred *cred,
		   size_t tried, struct err *e)
{
	bool file = slot_kind_of(cred) == SLOT_KEYFILE;

	if (tried == 0)
		return err_set(e, -ENOKEY, s->dir,
			       "the store has no slot for a %s; use %s",
			       file ? "key file" : "passphrase",
			       file ? "the passphrase" : "--key-file");
	return err_set(e, -ENOKEY, s->dir,
		       "wrong %s: it opens no slot of this store",
		       file ? "key file" : "passphrase");
}

static int unlock(struct store *s, const struct store_cred *cred, struct err *e)
{
	struct slot_bind bind = {.pool = s->pool,
				 .store = s->config.id,
				 .cipher = s->config.cipher};
	size_t tried = 0;

	for (size_t i = 0; i < s->config.nslots; i++) {
		const struct slot *slot = &s->config.slots[i];
		int rc = slot_open(&bind, cred, slot, &s->root);

		tried += slot_fits(cred, slot->kind);
		s->own = rc == 0 ? slot->id : 0;
		if (rc == 0)
			return 0;
		if (rc != -ENOKEY)
			return err_set(e, rc, s->dir,
				       "cannot derive the key of slot %u: %s",
				       slot->id, strerror(-rc));
	}
	return refused(s, cred, tried, e);
}

static int key_row(struct store *s, enum catalog_key kind, struct key **out)
{
	return inner_damaged(inner_key_get(s, kind, bytes_of(NULL, 0), out));
}

static int keys_open(struct store *s)
{
	int rc = key_row(s, CATALOG_KEY_CELLS, &s->cells);

	if (rc == 0)
		rc = key_row(s, CATALOG_KEY_LOOKUP, &s->lookup);
	if (rc == 0)
		rc = key_row(s, CATALOG_KEY_DIGEST, &s->digest);
	if (rc == 0)
		rc = key_row(s, CATALOG_KEY_SIGN, &s->sign);
	if (rc == 0)
		rc = key_row(s, CATALOG_KEY_LOG, &s->log);
	if (rc == 0)
		sign_public(s->sign, s->sign_pub);
	return rc;
}

/* ---- facts ---- */

static int recipients_get(struct store *s, struct cbor *c)
{
	uint64_t n = cbor_get_array(c);

	if (c->err != 0 || n > 1000)
		return -EPROTO;
	s->recipients = mem_new(n == 0 ? 1 : (size_t)n, BOX_PUB);
	if (s->recipients == NULL)
		return -ENOMEM;
	for (; s->nrecipients < n; s->nrecipients++) {
		struct bytes pub = cbor_get_bytes(c);

		if (pub.n != BOX_PUB)
			return -EPROTO;
		memcpy(s->recipients[s->nrecipients], pub.p, BOX_PUB);
	}
	return cbor_end(c);
}

/* Where no auditor was named the owner is the one recipient. */
static int auditor_own(struct store *s)
{
	int rc;

	if (s->nrecipients > 0)
		return 0;
	rc = key_row(s, CATALOG_KEY_AUDIT, &s->audit);
	if (rc != 0)
		return rc;
	box_public(s->audit, s->recipients[s->nrecipients++]);
	return 0;
}

static int facts_open(struct store *s)
{
	CLEANUP(buf_free) struct buf b = {.secret = true};
	struct bytes origin;
	struct cbor c;
	int rc = store_cell_get(s, "facts", bytes_of(NULL, 0), &b);

	if (rc != 0)
		return inner_damaged(rc);
	c = (struct cbor){.in = buf_bytes(&b)};
	if (cbor_get_array(&c) != 3)
		return -EUCLEAN;
	origin = cbor_get_text(&c);
	s->owner_uid = (uint32_t)cbor_get_uint(&c);
	rc = recipients_get(s, &c);
	if (rc == 0)
		rc = auditor_own(s);
	if (rc != 0)
		return inner_damaged(rc);
	s->origin = mem_dup(origin.p, origin.n);
	return s->origin == NULL ? -ENOMEM : 0;
}

/* The root from the slot opens nothing: was it changed since store.yaml was
 * read, or is the catalog damaged? */
static int yaml_changed(const struct store *s, struct err *e)
{
	struct config now;
	int rc = config_read(s->dirfd, s->dir, &now, e);

	if (rc != 0)
		return rc;
	return memcmp(&now, &s->config, sizeof(now)) == 0 ? -EUCLEAN : -ESTALE;
}

static int catalog_read(struct store *s, struct err *e)
{
	int rc = catalog_open(s->dir, &s->catalog, e);

	if (rc != 0)
		return rc;
	rc = keys_open(s);
	if (rc == 0)
		rc = facts_open(s);
	if (rc == -ESTALE)
		rc = yaml_changed(s, e);
	if (rc == -EUCLEAN)
		return err_set(e, rc, s->dir,
			       "the catalog is damaged: its keys are not what "
			       "was written; restore catalog.db from a backup");
	return rc == 0 ? 0 : root_words(s, rc, e);
}

static int packs_open(struct store *s, struct err *e)
{
	int rc = backend_dir_open(s->dirfd, INNER_PACKS, &s->packs);

	if (rc == -ENOENT)
		return err_set(e, -EUCLEAN, s->dir,
			       "the directory of packs is missing; restore the "
			       "store from a backup");
	if (rc != 0)
		return err_set(e, rc, s->dir, "cannot open the packs: %s",
			       strerror(-rc));
	rc = cache_new(CACHE_BYTES, &s->cache);
	return rc == 0 ? 0 : err_nomem(e);
}

int inner_open(const char *dir, struct keypool *pool,
	       const struct store_cred *cred, bool making, struct store **out,
	       struct err *e)
{
	CLEANUP(store_closep) struct store *s = store_new(dir, pool);
	int rc;

	*out = NULL;
	if (s == NULL)
		return err_nomem(e);
	rc = files_open(s, making, e);
	if (rc == 0 && !aead_available(s->config.cipher))
		rc = err_set(e, -ENOTSUP, dir,
			     "the store uses %s, which this CPU cannot do; "
			     "open it on a machine that can",
			     aead_name(s->config.cipher));
	if (rc == 0)
		rc = unlock(s, cred, e);
	if (rc == 0)
		rc = catalog_read(s, e);
	if (rc == 0)
		rc = packs_open(s, e);
	if (rc == 0)
		*out = STEAL(s);
	return rc;
}

int store_open(const char *dir, struct keypool *pool,
	       const struct store_cred *cred, struct store **out, struct err *e)
{
	return inner_open(dir, pool, cred, false, out, e);
}

const uint8_t *store_id(const struct store *s)
{
	return s->config.id;
}

const char *store_dir(const struct store *s)
{
	return s->dir;
}

const char *store_origin(const struct store *s)
{
	return s->origin;
}

enum aead_cipher store_cipher(const struct store *s)
{
	return s->config.cipher;
}

void store_forget(struct store *s)
{
	cache_forget(s->cache);
}

struct keypool *store_pool(const struct store *s)
{
	return s->pool;
}

uint32_t store_owner_uid(const struct store *s)
{
	return s->owner_uid;
}

const struct key *store_log_seed(const struct store *s)
{
	return s->log;
}

const struct key *store_audit_secret(const struct store *s)
{
	return s->audit;
}

const uint8_t (*store_recipients(const struct store *s, size_t *n))[32]
{
	*n = s->nrecipients;
	return (const uint8_t(*)[32])s->recipients;
}
