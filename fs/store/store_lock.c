/* One writer at a time. */
/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/file.h>
#include <unistd.h>

#include "base/fdio.h"
#include "fs/store/erase.h"

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
	rc = store_settle(s, NULL, NULL, NULL, e);
	if (rc == 0)
		store_ended_settle(s);
	return rc;
}

int store_settle(struct store *s, int (*tell)(void *ctx, struct err *e),
		 int (*clear)(void *ctx, struct err *e), void *ctx,
		 struct err *e)
{
	CLEANUP(buf_free) struct buf plan = {.secret = true};
	int rc = root_settle(s, tell, ctx, e);

	if (rc != 0)
		return rc;
	rc = store_cell_get(s, ERASE_CELL, bytes_of(NULL, 0), &plan);
	if (rc == -ENOENT)
		return 0;
	if (rc == 0 && clear != NULL) {
		rc = clear(ctx, e);
		if (rc != 0)
			return rc; /* sessions that do not end have its keys */
	}
	if (rc == 0)
		rc = store_erase_finish(s, NULL, e);
	else if (rc == -EBADMSG)
		rc = root_words(s, -EUCLEAN, e);
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
