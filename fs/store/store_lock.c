/* One writer at a time, and the keys of projects it may make. */
/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/file.h>
#include <unistd.h>

#include "base/fdio.h"
#include "fs/store/root.h"

static int held(const struct store *s, int fd, struct err *e)
{
	char pid[32] = "";
	ssize_t n = fd_pread_full(fd, pid, sizeof(pid) - 1, 0);

	if (n > 0)
		pid[strcspn(pid, "\n")] = '\0';
	if (n <= 0 || strspn(pid, "0123456789") != strlen(pid) ||
	    pid[0] == '\0')
		return err_set(e, -EBUSY, s->dir,
			       "another process is writing to this store; wait "
			       "for it to end");
	return err_set(e, -EBUSY, s->dir,
		       "process %s is writing to this store; wait for it or "
		       "end it",
		       pid);
}

static int pid_write(int fd)
{
	char pid[32];
	int n = snprintf(pid, sizeof(pid), "%ld\n", (long)getpid());

	if (ftruncate(fd, 0) != 0)
		return -errno;
	return fd_pwrite_full(fd, bytes_of(pid, (size_t)n), 0);
}

int store_lock(struct store *s, struct err *e)
{
	CLEANUP(fd_close) int fd = -1;
	int rc;

	if (atomic_load(&s->writer))
		return 0;
	fd = openat(s->dirfd, INNER_LOCK, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	if (fd < 0)
		return err_errno(e, s->dir, "cannot open the store's lock");
	if (flock(fd, LOCK_EX | LOCK_NB) != 0)
		return errno == EWOULDBLOCK
			       ? held(s, fd, e)
			       : err_errno(e, s->dir, "cannot lock the store");
	rc = pid_write(fd);
	if (rc == 0)
		rc = s->packs.sync(s->packs.self);
	if (rc != 0)
		return err_set(e, rc, s->dir, "cannot write to the store: %s",
			       strerror(-rc));
	s->lockfd = fd;
	fd = -1;
	atomic_store(&s->writer, true);
	rc = root_settle(s, e);
	if (rc != 0)
		return rc;
	rc = store_erase_finish(s, NULL, e);
	return rc == -EBUSY ? 0 : rc; /* a reader kept the WAL */
}

int store_lock_share(const struct store *s)
{
	int fd = fcntl(s->lockfd, F_DUPFD_CLOEXEC, 0);

	return fd < 0 ? -errno : fd;
}

void store_lent(struct store *s, int fd)
{
	fd_close(&s->lockfd);
	s->lockfd = fd;
	atomic_store(&s->writer, true);
}

int store_door_key(struct store *s, struct key **out)
{
	*out = key_derive(s->pool, s->cells, "owner door");
	return *out == NULL ? -ENOMEM : 0;
}

/* Under the catalog's lock: two threads at the first use make one key. */
static int project_make(struct store *s, struct bytes ref, struct key **out)
{
	int rc = root_begin(s);

	if (rc != 0)
		return rc;
	rc = inner_key_get(s, CATALOG_KEY_PROJECT, ref, out);
	if (rc == -ENOENT) {
		*out = key_random(s->pool);
		rc = *out == NULL ? -ENOMEM
				  : inner_key_make(s, CATALOG_KEY_PROJECT, ref,
						   *out);
	}
	return catalog_end(s->catalog, rc);
}

/* The project's own key; made where there is none and we may write. */
static int project_key(struct store *s, struct bytes ref, struct key **out)
{
	int rc = inner_key_get(s, CATALOG_KEY_PROJECT, ref, out);

	if (rc == -ENOENT)
		rc = atomic_load(&s->writer) ? project_make(s, ref, out)
					     : -EROFS;
	return rc == -EBADMSG ? -EUCLEAN : rc;
}

static int project_words(struct store *s, int rc, struct err *e)
{
	if (rc == -EROFS)
		return err_set(e, rc, s->dir,
			       "the project has no key yet and this process "
			       "does not hold the store's lock");
	if (rc == -ENOMEM)
		return err_nomem(e);
	return root_words(s, rc, e);
}

int store_project_key(struct store *s, const char *project, const char *purpose,
		      struct key **out, struct err *e)
{
	CLEANUP(key_freep) struct key *key = NULL;
	uint8_t ref[HASH_LEN];
	int rc;

	*out = NULL;
	inner_hash(s, "project", bytes_str(project), bytes_of(NULL, 0), ref);
	rc = project_key(s, bytes_of(ref, sizeof(ref)), &key);
	if (rc != 0)
		return project_words(s, rc, e);
	*out = key_derive(s->pool, key, purpose);
	return *out == NULL ? err_nomem(e) : 0;
}
