/* Makes a store: a mark first, everything, the mark gone last. */
/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A directory is a store once store.yaml stands in it and the empty file
 * ".init" does not. The mark is made before anything else and taken away when
 * all is on disk, store.yaml and the log included; then what a crash leaves
 * behind is known to be ours and to hold nothing of anybody's: no command
 * opens it, and the next init clears it away and begins anew, keys and log
 * too (leftovers.c). Without the mark, or beside any file that an init does
 * not make, files in the directory are somebody's, and init refuses; so a store
 * that lost its store.yaml is never overwritten, nor, whatever marks it has,
 * one with a pack.
 * The directory itself is locked meanwhile (flock), so two inits never meet.
 */
#include <errno.h>
#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/cbor.h"
#include "base/fdio.h"
#include "base/hex.h"
#include "fs/store/inner.h"
#include "fs/store/leftovers.h"

static int dir_open(const char *dir, int *fd, struct err *e)
{
	int rc = mkdir(dir, 0700) != 0 && errno != EEXIST ? -errno : 0;

	/* One that stands may be of an init that was cut off before this. */
	if (rc == 0)
		rc = dir_sync_parent(AT_FDCWD, dir);
	if (rc != 0)
		return err_set(e, rc, dir,
			       "cannot make the store's directory: %s",
			       strerror(-rc));
	*fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (*fd < 0)
		return err_errno(e, dir, "cannot open the store's directory");
	if (flock(*fd, LOCK_EX | LOCK_NB) != 0)
		return err_set(e, -EBUSY, dir,
			       "another init is at work here; wait for it");
	return 0;
}

static int place_words(const char *dir, int rc, struct err *e)
{
	if (rc == -ENOTEMPTY)
		return err_set(e, rc, dir,
			       "the directory holds other files; choose an "
			       "empty one");
	return rc == 0 ? 0
		       : err_set(e, rc, dir, "looking at what is there: %s",
				 strerror(-rc));
}

static int place_check(const char *dir, int fd, struct err *e)
{
	if (faccessat(fd, INNER_MARK, F_OK, AT_SYMLINK_NOFOLLOW) != 0 &&
	    faccessat(fd, CONFIG_FILE, F_OK, 0) == 0)
		return err_set(e, -EEXIST, dir,
			       "a store stands here already; choose another "
			       "directory");
	return place_words(dir, leftovers_check(fd), e);
}

/* What an init that was cut off left is cleared away; all else stays. */
static int place_take(const char *dir, int fd, struct err *e)
{
	int rc = place_check(dir, fd, e);

	return rc != 0 ? rc : place_words(dir, leftovers_clear(fd), e);
}

int store_init_place(const char *dir, struct err *e)
{
	CLEANUP(fd_close)
	int fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	if (fd < 0 && errno == ENOENT)
		return 0;
	if (fd < 0)
		return err_errno(e, dir, "cannot open the store's directory");
	return place_check(dir, fd, e);
}

static int make_file(int fd, const char *name)
{
	CLEANUP(fd_close)
	int f = openat(fd, name, O_RDWR | O_CREAT | O_CLOEXEC, 0600);

	return f < 0 ? -errno : 0;
}

static int skeleton(const char *dir, int fd, struct err *e)
{
	int rc = make_file(fd, INNER_MARK);

	if (rc == 0)
		rc = dir_sync(fd);
	if (rc == 0)
		rc = make_file(fd, INNER_LOCK);
	if (rc == 0)
		rc = dir_make(fd, INNER_PACKS, 0700);
	if (rc == 0)
		rc = dir_make(fd, "work", 0700);
	if (rc != 0)
		return err_set(e, rc, dir, "cannot make the store's files: %s",
			       strerror(-rc));
	return catalog_create(dir, e);
}

/* ---- keys and facts ---- */

static int key_new(struct store *s, enum catalog_key kind, struct key **out)
{
	*out = key_random(s->pool);
	if (*out == NULL)
		return -ENOMEM;
	return inner_key_make(s, kind, bytes_of(NULL, 0), *out);
}

static int keys_new(struct store *s, const struct store_init *i)
{
	struct bytes none = bytes_of(NULL, 0);
	int rc = key_new(s, CATALOG_KEY_CELLS, &s->cells);

	if (rc == 0)
		rc = key_new(s, CATALOG_KEY_LOOKUP, &s->lookup);
	if (rc == 0)
		rc = key_new(s, CATALOG_KEY_DIGEST, &s->digest);
	if (rc == 0)
		rc = key_new(s, CATALOG_KEY_SIGN, &s->sign);
	if (rc == 0 && i->sign != NULL)
		rc = inner_key_make(s, CATALOG_KEY_LOG, none, i->sign);
	else if (rc == 0)
		rc = key_new(s, CATALOG_KEY_LOG, &s->log);
	if (rc == 0 && i->nauditors == 0)
		rc = key_new(s, CATALOG_KEY_AUDIT, &s->audit);
	return rc;
}

/* [origin, owner's uid, [auditors' keys]] */
static int facts_put(struct buf *b, const struct store *s,
		     const struct store_init *i)
{
	char id[2 * STORE_ID + 1];
	int rc = cbor_put_array(b, 3);

	hex_encode(id, bytes_of(s->config.id, STORE_ID));
	if (rc == 0)
		rc = cbor_put_text(
			b, bytes_str(i->sign != NULL && i->origin != NULL
					     ? i->origin
					     : id));
	if (rc == 0)
		rc = cbor_put_uint(b, i->owner_uid);
	if (rc == 0)
		rc = cbor_put_array(b, i->nauditors);
	for (size_t k = 0; rc == 0 && k < i->nauditors; k++)
		rc = cbor_put_bytes(b, bytes_of(i->auditors[k], BOX_PUB));
	return rc;
}

static int fill(struct store *s, const struct store_init *i)
{
	CLEANUP(buf_free) struct buf facts = {.secret = true};
	int rc = catalog_begin(s->catalog);

	if (rc != 0)
		return rc;
	rc = keys_new(s, i);
	if (rc == 0)
		rc = facts_put(&facts, s, i);
	if (rc == 0)
		rc = store_cell_put(s, "facts", bytes_of(NULL, 0),
				    buf_bytes(&facts));
	return catalog_end(s->catalog, rc);
}

static int slot_first(struct store *s, const struct store_init *i,
		      struct err *e)
{
	struct slot_bind bind = {.pool = i->pool,
				 .store = s->config.id,
				 .cipher = s->config.cipher};
	struct slot *slot = &s->config.slots[0];

	slot->id = 1;
	slot->ops = i->argon_ops != 0 ? i->argon_ops : SLOT_OPS;
	slot->kib = i->argon_kib != 0 ? i->argon_kib : SLOT_KIB;
	s->config.nslots = 1;
	return slot_seal(&bind, i->cred, s->root, slot, e);
}

static void half_close(struct store *s)
{
	struct key *keys[] = {s->root, s->cells, s->lookup, s->digest,
			      s->sign, s->log,	 s->audit};

	catalog_close(s->catalog);
	for (size_t i = 0; i < ARRAY_LEN(keys); i++)
		key_free(keys[i]);
}

/* Keys, slot and catalog rows of the store in s; closes the catalog. */
static int build(struct store *s, const struct store_init *i, struct err *e)
{
	int rc;

	random_bytes(s->config.id, STORE_ID);
	s->root = key_random(i->pool);
	if (s->root == NULL)
		return err_nomem(e);
	rc = slot_first(s, i, e);
	if (rc == 0)
		rc = catalog_open(i->dir, &s->catalog, e);
	if (rc == 0)
		rc = catalog_words(s->catalog, fill(s, i), e);
	return rc;
}

static int cipher_choose(const struct store_init *i, struct config *c,
			 struct err *e)
{
	c->cipher = i->cipher;
	if (c->cipher == AEAD_REFUSED)
		c->cipher = aead_available(AEAD_AES256GCM)
				    ? AEAD_AES256GCM
				    : AEAD_XCHACHA20POLY1305;
	if (aead_available(c->cipher))
		return 0;
	return err_set(e, -ENOTSUP, i->dir,
		       "this CPU has no AES instructions; use --cipher "
		       "xchacha20-poly1305");
}

/* What the caller has to add, with the store opened. */
static int finish(const struct store_init *i, struct err *e)
{
	CLEANUP(store_closep) struct store *s = NULL;
	int rc;

	if (i->finish == NULL)
		return 0;
	rc = inner_open(i->dir, i->pool, i->cred, true, &s, e);
	return rc != 0 ? rc : i->finish(i->ctx, s, e);
}

/* It is a store from here on, power cut or not. */
static int mark_remove(const char *dir, int fd, struct err *e)
{
	int rc = unlinkat(fd, INNER_MARK, 0) == 0 ? dir_sync(fd) : -errno;

	return rc == 0 ? 0
		       : err_set(e, rc, dir, "cannot remove " INNER_MARK ": %s",
				 strerror(-rc));
}

int store_init(const struct store_init *i, struct err *e)
{
	CLEANUP(half_close)
	struct store s = {.pool = i->pool,
			  .lockfd = -1,
			  .rooting = PTHREAD_MUTEX_INITIALIZER};
	CLEANUP(fd_close) int fd = -1;
	int rc = cipher_choose(i, &s.config, e);

	atomic_init(&s.writer, true);
	if (rc == 0)
		rc = dir_open(i->dir, &fd, e);
	if (rc == 0)
		rc = place_take(i->dir, fd, e);
	if (rc == 0)
		rc = skeleton(i->dir, fd, e);
	if (rc == 0)
		rc = build(&s, i, e);
	if (rc != 0)
		return rc;
	/* Closed first: all of the catalog is then in its file. */
	catalog_close(STEAL(s.catalog));
	rc = dir_sync(fd);
	if (rc != 0)
		return err_set(e, rc, i->dir, "cannot sync: %s", strerror(-rc));
	rc = config_write(fd, i->dir, &s.config, e);
	if (rc == 0)
		rc = finish(i, e);
	return rc != 0 ? rc : mark_remove(i->dir, fd, e);
}
