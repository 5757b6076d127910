/* Packs as files: written aside, synced, linked once, read by pread. */
/* SPDX-License-Identifier: Apache-2.0 */
/*
 * put_if_absent: a new file ".new-HEX" in the top directory, its bytes, fsync;
 * then link(2) to its final name, which fails where one stands; then the sync
 * of the two-hex directory. A crash before the link leaves a ".new-" file that
 * the next writer removes (sync); after it, a whole pack that no row names,
 * which fsck counts as an orphan. So a name never shows a part of a pack.
 * A large one goes to the disk past the page cache, where that can be: copying
 * it there costs more than all else about it, and an ingest would push out what
 * readers have there.
 *
 * Reading keeps at most BACKEND_DIR_FDS descriptors. Each lives in a slot with
 * a count of readers inside pread; the slot that rested longest makes room.
 * When all are busy the reader opens and closes one of its own.
 */
#include "fs/store/backend_dir.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/fdio.h"
#include "base/hex.h"
#include "base/mem.h"
#include "base/secret.h"

#define NAME_HEX (2 * BACKEND_NAME)
#define SUFFIX ".pack"
#define FRESH ".new-"
#define PAGE 4096u
#define DIRECT (1u << 20) /* bytes; smaller ones by way of the page cache */

struct handle {
	uint8_t name[BACKEND_NAME];
	int fd; /* -1: free */
	unsigned readers;
	uint64_t used; /* tick of the last use */
};

struct dirbackend {
	int fd;
	pthread_mutex_t lock; /* guards tick, handles */
	uint64_t tick;
	struct handle handles[BACKEND_DIR_FDS];
};

/* "ab/abcdef....pack" */
static void pack_path(char out[64], const uint8_t *name)
{
	out[0] = out[1] = '\0';
	hex_encode(out + 3, bytes_of(name, BACKEND_NAME));
	memcpy(out, out + 3, 2);
	out[2] = '/';
	memcpy(out + 3 + NAME_HEX, SUFFIX, sizeof(SUFFIX));
}

static int pack_open(struct dirbackend *d, const uint8_t *name)
{
	char path[64];
	int fd;

	pack_path(path, name);
	fd = openat(d->fd, path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
	return fd < 0 ? -errno : fd;
}

/* ---- put ---- */

static int write_as(struct dirbackend *d, const char *path, int flags,
		    struct bytes data)
{
	CLEANUP(fd_close)
	int fd = openat(d->fd, path,
			O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | flags, 0600);
	int rc;

	if (fd < 0)
		return -errno;
	rc = fd_write_full(fd, data);
	if (rc == 0 && fsync(fd) != 0)
		rc = -errno;
	return rc == -EFBIG ? -ENOSPC : rc;
}

/* What a file system that can do so takes straight from memory. */
static bool is_direct(struct bytes data)
{
	return data.n >= DIRECT && data.n % PAGE == 0 &&
	       (uintptr_t)data.p % PAGE == 0;
}

static int fresh_write(struct dirbackend *d, const char *path,
		       struct bytes data)
{
	int rc = is_direct(data) ? write_as(d, path, O_DIRECT, data) : -EINVAL;

	if (rc != -EINVAL)
		return rc;
	(void)unlinkat(d->fd, path, 0);
	return write_as(d, path, 0, data);
}

/* One that stands may be of a thread, or of a process since killed, that has
 * not synced its name yet: it is synced here in any case. */
static int subdir_open(struct dirbackend *d, const char *path)
{
	char sub[3] = {path[0], path[1], '\0'};
	int fd, rc = dir_make(d->fd, sub, 0700);

	if (rc == 0)
		rc = dir_sync(d->fd);
	if (rc != 0)
		return rc;
	fd = openat(d->fd, sub, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	return fd < 0 ? -errno : fd;
}

static int fresh_link(struct dirbackend *d, const char *fresh, const char *path)
{
	CLEANUP(fd_close) int sub = subdir_open(d, path);

	if (sub < 0)
		return sub;
	if (linkat(d->fd, fresh, sub, path + 3, 0) != 0)
		return -errno;
	return dir_sync(sub);
}

static int dir_put(void *self, const uint8_t *name, struct bytes data)
{
	struct dirbackend *d = self;
	char fresh[64] = FRESH, path[64];
	int rc;

	pack_path(path, name);
	hex_encode(fresh + strlen(FRESH), bytes_of(name, BACKEND_NAME));
	rc = fresh_write(d, fresh, data);
	if (rc == 0)
		rc = fresh_link(d, fresh, path);
	(void)unlinkat(d->fd, fresh, 0);
	return rc;
}

/* ---- get ---- */

/* The handle of a pack that is open already; else NULL. Lock held. */
static struct handle *handle_find(struct dirbackend *d, const uint8_t *name)
{
	for (size_t i = 0; i < BACKEND_DIR_FDS; i++) {
		struct handle *h = &d->handles[i];

		if (h->fd >= 0 && memcmp(h->name, name, BACKEND_NAME) == 0)
			return h;
	}
	return NULL;
}

/* The idle handle that rested longest; NULL when all are read. Lock held. */
static struct handle *handle_idle(struct dirbackend *d)
{
	struct handle *best = NULL;

	for (size_t i = 0; i < BACKEND_DIR_FDS; i++) {
		struct handle *h = &d->handles[i];

		if (h->fd < 0)
			return h;
		if (h->readers == 0 && (best == NULL || h->used < best->used))
			best = h;
	}
	return best;
}

/* Take a handle for reading. *out is NULL when all are busy; -errno. */
static int handle_take(struct dirbackend *d, const uint8_t *name,
		       struct handle **out)
{
	struct handle *h = handle_find(d, name);
	int fd;

	*out = NULL;
	if (h == NULL) {
		h = handle_idle(d);
		if (h == NULL)
			return 0;
		fd = pack_open(d, name);
		if (fd < 0)
			return fd;
		fd_close(&h->fd);
		h->fd = fd;
		memcpy(h->name, name, BACKEND_NAME);
	}
	h->readers++;
	h->used = ++d->tick;
	*out = h;
	return 0;
}

static void handle_give(struct dirbackend *d, struct handle *h)
{
	pthread_mutex_lock(&d->lock);
	h->readers--;
	pthread_mutex_unlock(&d->lock);
}

static int read_exact(int fd, uint64_t off, void *dst, size_t n)
{
	ssize_t got = fd_pread_full(fd, dst, n, off);

	if (got < 0)
		return (int)got;
	return (size_t)got == n ? 0 : -EUCLEAN;
}

static int dir_get(void *self, const uint8_t *name, uint64_t off, void *dst,
		   size_t n)
{
	struct dirbackend *d = self;
	struct handle *h;
	int rc;

	pthread_mutex_lock(&d->lock);
	rc = handle_take(d, name, &h);
	pthread_mutex_unlock(&d->lock);
	if (rc != 0)
		return rc;
	if (h == NULL) {
		CLEANUP(fd_close) int fd = pack_open(d, name);

		return fd < 0 ? fd : read_exact(fd, off, dst, n);
	}
	rc = read_exact(h->fd, off, dst, n);
	handle_give(d, h);
	return rc;
}

static int dir_head(void *self, const uint8_t *name, uint64_t *size)
{
	struct dirbackend *d = self;
	char path[64];
	struct stat st;

	pack_path(path, name);
	if (fstatat(d->fd, path, &st, AT_SYMLINK_NOFOLLOW) != 0)
		return -errno;
	*size = (uint64_t)st.st_size;
	return S_ISREG(st.st_mode) ? 0 : -EUCLEAN;
}

/* ---- list, delete, sync ---- */

static void dir_closep(DIR **d)
{
	if (*d != NULL)
		closedir(*d);
}

static DIR *dir_read(int dirfd, const char *path)
{
	int fd = openat(dirfd, path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *d = fd < 0 ? NULL : fdopendir(fd);

	if (d == NULL)
		fd_close(&fd);
	return d;
}

static bool pack_name(const char *file, uint8_t *name)
{
	return strlen(file) == NAME_HEX + strlen(SUFFIX) &&
	       strcmp(file + NAME_HEX, SUFFIX) == 0 &&
	       hex_decode(name, BACKEND_NAME, bytes_of(file, NAME_HEX)) == 0;
}

struct listing {
	struct dirbackend *d;
	int (*fn)(void *ctx, const uint8_t *name, uint64_t size);
	void *ctx;
};

static int list_sub(const struct listing *l, const char *sub)
{
	CLEANUP(dir_closep) DIR *d = dir_read(l->d->fd, sub);
	uint8_t name[BACKEND_NAME];
	struct dirent *f;
	uint64_t size;
	int rc = 0;

	if (d == NULL)
		return -errno;
	while (rc == 0 && (f = readdir(d)) != NULL) {
		if (!pack_name(f->d_name, name))
			continue;
		rc = dir_head(l->d, name, &size);
		if (rc == 0)
			rc = l->fn(l->ctx, name, size);
		else if (rc == -ENOENT)
			rc = 0; /* deleted meanwhile */
	}
	return rc;
}

static int dir_list(void *self,
		    int (*fn)(void *ctx, const uint8_t *name, uint64_t size),
		    void *ctx)
{
	struct listing l = {.d = self, .fn = fn, .ctx = ctx};
	CLEANUP(dir_closep) DIR *d = dir_read(l.d->fd, ".");
	struct dirent *f;
	int rc = 0;

	if (d == NULL)
		return -errno;
	while (rc == 0 && (f = readdir(d)) != NULL) {
		if (strlen(f->d_name) == 2 && f->d_name[0] != '.')
			rc = list_sub(&l, f->d_name);
	}
	return rc;
}

static void handle_forget(struct dirbackend *d, const uint8_t *name)
{
	struct handle *h;

	pthread_mutex_lock(&d->lock);
	h = handle_find(d, name);
	if (h != NULL && h->readers == 0)
		fd_close(&h->fd);
	pthread_mutex_unlock(&d->lock);
}

static int dir_delete(void *self, const uint8_t *name)
{
	struct dirbackend *d = self;
	char path[64];

	handle_forget(d, name);
	pack_path(path, name);
	if (unlinkat(d->fd, path, 0) != 0)
		return -errno;
	path[2] = '\0';
	CLEANUP(fd_close)
	int sub = openat(d->fd, path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	return sub < 0 ? -errno : dir_sync(sub);
}

static int dir_tidy(void *self)
{
	struct dirbackend *b = self;
	CLEANUP(dir_closep) DIR *d = dir_read(b->fd, ".");
	struct dirent *f;

	if (d == NULL)
		return -errno;
	while ((f = readdir(d)) != NULL) {
		if (strncmp(f->d_name, FRESH, strlen(FRESH)) == 0)
			(void)unlinkat(b->fd, f->d_name, 0);
	}
	return dir_sync(b->fd);
}

static void dir_free(void *self)
{
	struct dirbackend *d = self;

	for (size_t i = 0; i < BACKEND_DIR_FDS; i++)
		fd_close(&d->handles[i].fd);
	fd_close(&d->fd);
	pthread_mutex_destroy(&d->lock);
	mem_free(d);
}

int backend_dir_open(int dirfd, const char *path, struct backend *out)
{
	CLEANUP(fd_close)
	int fd = openat(dirfd, path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	struct dirbackend *d;

	if (fd < 0)
		return -errno;
	d = mem_new(1, sizeof(*d));
	if (d == NULL)
		return -ENOMEM;
	pthread_mutex_init(&d->lock, NULL);
	for (size_t i = 0; i < BACKEND_DIR_FDS; i++)
		d->handles[i].fd = -1;
	d->fd = fd;
	fd = -1;
	*out = (struct backend){
		.put_if_absent = dir_put,
		.get = dir_get,
		.head = dir_head,
		.list = dir_list,
		.delete = dir_delete,
		.sync = dir_tidy,
		.free = dir_free,
		.self = d,
	};
	return 0;
}
