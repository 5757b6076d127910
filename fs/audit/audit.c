/* The log's front door: created, opened, checkpointed, closed. */
/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The order of a start is the order of trust: become the only writer, find out
 * what is on the disk (recover), only then make new keys and append. Nothing
 * signs before GENESIS or BOOT and the EPOCH stand in the log, so that every
 * signature has an entry that says whose it is.
 *
 * An end is the reverse: SHUTDOWN, all of it integrated and signed, the lock
 * given back last. A process that is killed skips all that, and loses nothing
 * that anybody was promised: the next start finds the same log without the
 * SHUTDOWN, and says so in its BOOT.
 */
#include "fs/audit/audit.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include "base/fdio.h"
#include "fs/audit/core.h"

static const char *const dirs[] = {
	".state",      "tile", "tile/entries", "tile/0",
	"checkpoints", "keys", "objects",      "objects/policy",
};

int audit_vkey(const char *origin, const uint8_t pub[SIGN_PUB], struct buf *b)
{
	struct note_key k;

	if (!note_name_ok(bytes_str(origin)))
		return -EINVAL;
	note_key_make(&k, bytes_str(origin), pub);
	return note_key_put(b, &k);
}

/* Become the one writer; the directory must stand. */
static int lock(struct audit *a, const char *dir, struct err *e)
{
	a->dir = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (a->dir < 0)
		return err_errno(e, dir, "no log can be opened here");
	a->state = openat(a->dir, ".state", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (a->state < 0)
		return err_errno(e, dir, "not a log (.state)");
	a->lockfd = openat(a->state, "lock",
			   O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (a->lockfd < 0)
		return err_errno(e, ".state/lock", "cannot open");
	if (flock(a->lockfd, LOCK_EX | LOCK_NB) == 0)
		return 0;
	return err_set(e, -EBUSY, dir,
		       "another process writes this log; end it first");
}

/* Integrate and sign all that is written. */
static int sign_all(struct audit *a, bool keep)
{
	uint64_t upto;
	int rc;

	pthread_mutex_lock(&a->ilock);
	pthread_mutex_lock(&a->lock);
	upto = a->next;
	pthread_mutex_unlock(&a->lock);
	rc = core_integrate(a, upto);
	if (rc == 0)
		a->tree.dirs_synced = true;
	if (rc == 0)
		rc = core_publish(a, keep);
	pthread_mutex_unlock(&a->ilock);
	return rc;
}

int audit_checkpoint(struct audit *a)
{
	return sign_all(a, true);
}

/* The first entry: what log this is, and the key of epoch 0. */
static int log_genesis(struct audit *a)
{
	struct event e = {.kind = EV_GENESIS};
	uint8_t pubs[2 * SIGN_PUB];

	a->epoch_key = key_random(a->pool);
	if (a->epoch_key == NULL)
		return -ENOMEM;
	memcpy(pubs, a->pub, SIGN_PUB);
	sign_public(a->epoch_key, pubs + SIGN_PUB);
	event_uint(&e, EF_VERSION, 1); /* of the format */
	event_text(&e, EF_ORIGIN, a->origin);
	event_bytes(&e, EF_PUB, bytes_of(pubs, sizeof(pubs)));
	event_uint(&e, EF_NUMBER, 0);
	event_text(&e, EF_TOOL, a->tool);
	return audit_append(a, NULL, &e, NULL);
}

static int make_dirs(struct audit *a, const char *dir, struct err *e)
{
	int rc = io_mkdirs(a->io, AT_FDCWD, dir);
	int fd = rc != 0 ? rc : open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	if (rc == 0 && fd < 0)
		rc = -errno;
	/* Those of an attempt that was killed may not be synced yet. */
	if (rc == 0)
		rc = io_sync_parent(a->io, AT_FDCWD, dir);
	for (size_t i = 0; i < ARRAY_LEN(dirs) && rc == 0; i++) {
		rc = io_mkdirs(a->io, fd, dirs[i]);
		if (rc == 0)
			rc = io_sync_parent(a->io, fd, dirs[i]);
	}
	fd_close(&fd);
	return rc == 0 ? 0
		       : err_set(e, rc, dir, "cannot make the log: %s",
				 strerror(-rc));
}

static int log_boot(struct audit *a, const struct core_found *f)
{
	struct buf id CLEANUP(buf_free) = {0};
	struct event e = {.kind = EV_BOOT};

	if (file_read(AT_FDCWD, "/proc/sys/kernel/random/boot_id", 64, &id) ==
		    0 &&
	    id.n > 0)
		event_bytes(&e, EF_BOOT_ID,
			    bytes_sub(buf_bytes(&id), 0, id.n - 1));
	event_text(&e, EF_TOOL, a->tool);
	event_uint(&e, EF_CLEAN, f->clean);
	return audit_append(a, NULL, &e, NULL);
}

/* GENESIS, unless an earlier attempt got that far; its key is then lost. */
static int begin(struct audit *a, const struct core_found *f)
{
	int rc;

	if (f->size == 0) {
		rc = log_genesis(a);
	} else {
		a->epoch = f->epoch + 1;
		rc = log_boot(a, f);
		if (rc == 0)
			rc = core_epoch_begin(a, &a->epoch_key, a->epoch);
	}
	return rc != 0 ? rc : sign_all(a, true);
}

int audit_create(const struct audit_config *c, struct err *e)
{
	CLEANUP(core_freep) struct audit *a = NULL;
	struct core_found f CLEANUP(core_found_free) = {0};
	int rc = core_new(c, &a, e);

	if (rc == 0)
		rc = make_dirs(a, c->dir, e);
	if (rc == 0)
		rc = lock(a, c->dir, e);
	if (rc != 0)
		return rc;
	if (faccessat(a->dir, CORE_CHECKPOINT, F_OK, 0) == 0)
		return err_set(e, -EEXIST, c->dir, "a log stands here already");
	rc = core_recover(a, &f, e);
	if (f.size == 0)
		f.torn = f.nkept = 0; /* what was cut was never a log */
	if (rc == 0)
		rc = core_settle(a, &f, e);
	if (rc != 0)
		return rc;
	rc = begin(a, &f);
	if (rc == 0)
		rc = wal_close(&a->wal);
	wal_init(&a->wal, io_kernel(), -1, a->origin_hash, 0);
	return rc == 0 ? 0
		       : err_set(e, rc, c->dir, "cannot write the log: %s",
				 strerror(-rc));
}

/* BOOT, EPOCH, the log's own DEK, and a checkpoint by the new epoch. */
static int boot(struct audit *a, const struct core_found *f, struct err *e)
{
	int rc = log_boot(a, f);

	a->epoch = f->epoch + 1;
	if (rc == 0)
		rc = core_epoch_begin(a, &a->epoch_key, a->epoch);
	if (rc != 0)
		return err_set(e, rc, "log", "cannot begin: %s", strerror(-rc));
	rc = audit_dek_make(a, "log", &a->own, e);
	if (rc != 0)
		return rc;
	rc = sign_all(a, false);
	if (rc == 0)
		rc = core_threads_start(a);
	return rc == 0 ? 0
		       : err_set(e, rc, "log", "cannot begin: %s",
				 strerror(-rc));
}

int audit_open(const struct audit_config *c, struct audit **out, struct err *e)
{
	CLEANUP(core_freep) struct audit *a = NULL;
	struct core_found f CLEANUP(core_found_free) = {0};
	int rc = core_new(c, &a, e);

	*out = NULL;
	if (rc == 0)
		rc = lock(a, c->dir, e);
	if (rc != 0)
		return rc;
	if (faccessat(a->dir, CORE_CHECKPOINT, F_OK, 0) != 0)
		return err_set(e, -ENOENT, c->dir, "no log stands here");
	rc = core_recover(a, &f, e);
	if (rc == 0)
		rc = core_settle(a, &f, e);
	if (rc == 0)
		rc = boot(a, &f, e);
	if (rc != 0)
		return rc;
	*out = STEAL(a);
	return 0;
}

int audit_close(struct audit *a)
{
	struct event e = {.kind = EV_SHUTDOWN};
	int rc;

	if (a == NULL)
		return 0;
	core_threads_stop(a);
	rc = audit_dead(a);
	if (rc == 0)
		rc = audit_append(a, NULL, &e, NULL);
	if (rc == 0)
		rc = sign_all(a, true);
	if (rc == 0) {
		rc = wal_close(&a->wal);
		wal_init(&a->wal, io_kernel(), -1, a->origin_hash, 0);
	}
	core_free(a);
	return rc;
}
