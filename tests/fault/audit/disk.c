/* A disk that loses what was not synced: see disk.h. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/fault/audit/disk.h"

#include <assert.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/fdio.h"
#include "base/mem.h"

uint64_t disk_random(struct disk *d, uint64_t n)
{
	uint64_t z = (d->random += 0x9E3779B97F4A7C15);

	z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
	z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
	return (z ^ (z >> 31)) % n;
}

/* One more element at the end of an array; tests may die without memory. */
static void *more(void *p, size_t n, size_t size)
{
	void *q = mem_grow(p, n + 1, size);

	assert(q != NULL);
	memset((char *)q + n * size, 0, size);
	return q;
}

/* The path below root of what a call names. */
static void path_of(const struct disk *d, int dir, const char *path, char *out,
		    size_t n)
{
	char link[64], base[256] = "";
	ssize_t got = 0;
	size_t skip = strlen(d->root);

	if (dir != AT_FDCWD) {
		(void)snprintf(link, sizeof(link), "/proc/self/fd/%d", dir);
		got = readlink(link, base, sizeof(base) - 1);
		assert(got > 0);
		base[got] = '\0';
		assert(strncmp(base, d->root, skip) == 0);
	}
	if (dir == AT_FDCWD) {
		if (strncmp(path, d->root, skip) != 0) {
			out[0] = '\0'; /* a parent of the root */
			return;
		}
		(void)snprintf(out, n, "%s", path + skip);
	} else if (strcmp(path, ".") == 0) {
		(void)snprintf(out, n, "%s", base + skip);
	} else {
		(void)snprintf(out, n, "%s/%s", base + skip, path);
	}
}

static int find(const struct disk_name *v, size_t n, const char *path)
{
	for (size_t i = 0; i < n; i++) {
		if (strcmp(v[i].path, path) == 0)
			return (int)i;
	}
	return -1;
}

void disk_name_set(struct disk_name **v, size_t *n, const char *path, int file)
{
	int i = find(*v, *n, path);

	if (i < 0) {
		*v = more(*v, *n, sizeof(**v));
		i = (int)(*n)++;
		(void)snprintf((*v)[i].path, sizeof((*v)[i].path), "%s", path);
	}
	(*v)[i].file = file;
}

/* A name changes now, and on disk once its directory is synced. */
static void name_change(struct disk *d, const char *path, int file, int with)
{
	disk_name_set(&d->now, &d->nnow, path, file);
	d->wait = more(d->wait, d->nwait, sizeof(*d->wait));
	(void)snprintf(d->wait[d->nwait].path, sizeof(d->wait->path), "%s",
		       path);
	d->wait[d->nwait].file = file;
	d->wait[d->nwait++].with = with;
}

static int file_new(struct disk *d, bool dir)
{
	d->files = more(d->files, d->nfiles, sizeof(*d->files));
	d->files[d->nfiles].dir = dir;
	return (int)d->nfiles++;
}

static int file_of(const struct disk *d, const char *path)
{
	int i = find(d->now, d->nnow, path);

	return i < 0 ? -1 : d->now[i].file;
}

static size_t parent_len(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash == NULL ? 0 : (size_t)(slash - path);
}

/* Sync of a directory: its waiting names are on disk, in order. */
static void sync_dir(struct disk *d, const char *path)
{
	size_t kept = 0, n = strlen(path);

	for (size_t i = 0; i < d->nwait; i++) {
		struct disk_name *w = &d->wait[i];

		if (parent_len(w->path) == n && memcmp(w->path, path, n) == 0)
			disk_name_set(&d->disk, &d->ndisk, w->path, w->file);
		else
			d->wait[kept++] = *w;
	}
	d->nwait = kept;
}

void disk_buf_size(struct buf *b, uint64_t size)
{
	if (size > b->n) {
		assert(buf_reserve(b, (size_t)(size - b->n)) == 0);
		memset(b->p + b->n, 0, (size_t)size - b->n);
	}
	b->n = (size_t)size;
}

void disk_put_at(struct buf *b, uint64_t off, struct bytes v)
{
	if (off + v.n > b->n)
		disk_buf_size(b, off + v.n);
	memcpy(b->p + off, v.p, v.n);
}

static void sync_file(struct disk_file *f)
{
	for (size_t i = 0; i < f->nwait; i++) {
		disk_put_at(&f->disk, f->wait[i].off,
			    buf_bytes(&f->wait[i].data));
		buf_free(&f->wait[i].data);
	}
	f->nwait = 0;
	disk_buf_size(&f->disk, f->size);
	f->disk_size = f->size;
}

/* Count a call; true once the power is gone. Called with the lock. */
static bool gone(struct disk *d)
{
	d->ops++;
	if (d->cut_at != 0 && d->ops >= d->cut_at)
		d->cut = true;
	return d->cut;
}

static int d_open(void *ctx, int dir, const char *path, int flags, mode_t mode)
{
	struct disk *d = ctx;
	char full[160];
	int fd, file;

	pthread_mutex_lock(&d->lock);
	path_of(d, dir, path, full, sizeof(full));
	fd = gone(d) ? -EIO : openat(dir, path, flags | O_CLOEXEC, mode);
	if (fd == -1)
		fd = -errno;
	if (fd >= 0) {
		assert((size_t)fd < ARRAY_LEN(d->fds));
		file = file_of(d, full);
		if (file < 0 && (flags & O_CREAT) != 0) {
			file = file_new(d, false);
			name_change(d, full, file, -1);
		}
		if ((flags & O_TRUNC) != 0 && file >= 0)
			d->files[file].size = 0;
		d->fds[fd] = file;
	}
	pthread_mutex_unlock(&d->lock);
	return fd;
}

static int d_write(void *ctx, int fd, struct bytes b, uint64_t off)
{
	struct disk *d = ctx;
	struct disk_file *f;
	int rc;

	pthread_mutex_lock(&d->lock);
	f = &d->files[d->fds[fd]];
	rc = d->cut ? -EIO : 0;
	if (rc == 0) {
		/* The write under way when the power goes may reach the disk.
		 */
		f->wait = more(f->wait, f->nwait, sizeof(*f->wait));
		f->wait[f->nwait].off = off;
		assert(buf_putb(&f->wait[f->nwait++].data, b) == 0);
		if (off + b.n > f->size)
			f->size = off + b.n;
		if (gone(d))
			rc = -EIO;
	}
	if (rc == 0)
		rc = fd_pwrite_full(fd, b, off);
	pthread_mutex_unlock(&d->lock);
	return rc;
}

static int d_sync(void *ctx, int fd, bool data_only UNUSED)
{
	struct disk *d = ctx;
	int rc = 0, file;

	pthread_mutex_lock(&d->lock);
	file = d->fds[fd];
	if (gone(d))
		rc = -EIO;
	else if (file >= 0 && !d->files[file].dir)
		sync_file(&d->files[file]);
	else
		for (size_t i = 0; i < d->nnow; i++) {
			if (d->now[i].file == file)
				sync_dir(d, d->now[i].path);
		}
	pthread_mutex_unlock(&d->lock);
	return rc;
}

static int set_size(struct disk *d, int fd, uint64_t size)
{
	int rc;

	pthread_mutex_lock(&d->lock);
	rc = gone(d) ? -EIO : 0;
	if (rc == 0) {
		d->files[d->fds[fd]].size = size;
		rc = ftruncate(fd, (off_t)size) == 0 ? 0 : -errno;
	}
	pthread_mutex_unlock(&d->lock);
	return rc;
}

static int d_alloc(void *ctx, int fd, uint64_t size)
{
	return set_size(ctx, fd, size);
}

static int d_trunc(void *ctx, int fd, uint64_t size)
{
	return set_size(ctx, fd, size);
}

static int d_rename(void *ctx, int dir, const char *from, const char *to)
{
	struct disk *d = ctx;
	char a[160], b[160];
	int rc;

	pthread_mutex_lock(&d->lock);
	path_of(d, dir, from, a, sizeof(a));
	path_of(d, dir, to, b, sizeof(b));
	rc = gone(d) ? -EIO : 0;
	if (rc == 0 && renameat(dir, from, dir, to) != 0)
		rc = -errno;
	if (rc == 0) {
		name_change(d, b, file_of(d, a), (int)d->nwait + 1);
		name_change(d, a, -1, (int)d->nwait - 1);
	}
	pthread_mutex_unlock(&d->lock);
	return rc;
}

static int d_unlink(void *ctx, int dir, const char *path, int flags)
{
	struct disk *d = ctx;
	char full[160];
	int rc;

	pthread_mutex_lock(&d->lock);
	path_of(d, dir, path, full, sizeof(full));
	rc = gone(d) ? -EIO : 0;
	if (rc == 0 && unlinkat(dir, path, flags) != 0)
		rc = -errno;
	if (rc == 0)
		name_change(d, full, -1, -1);
	pthread_mutex_unlock(&d->lock);
	return rc;
}

static int d_mkdir(void *ctx, int dir, const char *path, mode_t mode)
{
	struct disk *d = ctx;
	char full[160];
	int rc;

	pthread_mutex_lock(&d->lock);
	path_of(d, dir, path, full, sizeof(full));
	rc = gone(d) ? -EIO : 0;
	if (rc == 0 && mkdirat(dir, path, mode) != 0)
		rc = -errno;
	if (rc == 0)
		name_change(d, full, file_new(d, true), -1);
	pthread_mutex_unlock(&d->lock);
	return rc;
}

/* Take over what stands under root, as synced. */
static void adopt(struct disk *d, const char *rel)
{
	char full[480], sub[360];
	struct dirent *en;
	DIR *dir;

	(void)snprintf(full, sizeof(full), "%s%s", d->root, rel);
	dir = opendir(full);
	assert(dir != NULL);
	while ((en = readdir(dir)) != NULL) {
		struct stat st;
		int file;

		if (strcmp(en->d_name, ".") == 0 ||
		    strcmp(en->d_name, "..") == 0)
			continue;
		(void)snprintf(sub, sizeof(sub), "%s/%.100s", rel, en->d_name);
		(void)snprintf(full, sizeof(full), "%s%s", d->root, sub);
		assert(stat(full, &st) == 0);
		file = file_new(d, S_ISDIR(st.st_mode));
		disk_name_set(&d->now, &d->nnow, sub, file);
		disk_name_set(&d->disk, &d->ndisk, sub, file);
		if (S_ISDIR(st.st_mode)) {
			adopt(d, sub);
			continue;
		}
		assert(file_read(AT_FDCWD, full, SIZE_MAX / 2,
				 &d->files[file].disk) == 0);
		d->files[file].size = d->files[file].disk_size =
			d->files[file].disk.n;
	}
	closedir(dir);
}

struct disk *disk_new(const char *root, uint64_t seed)
{
	struct disk *d = mem_new(1, sizeof(*d));
	int top;

	assert(d != NULL);
	pthread_mutex_init(&d->lock, NULL);
	(void)snprintf(d->root, sizeof(d->root), "%s", root);
	d->random = seed;
	for (size_t i = 0; i < ARRAY_LEN(d->fds); i++)
		d->fds[i] = -1;
	top = file_new(d, true);
	disk_name_set(&d->now, &d->nnow, "", top);
	disk_name_set(&d->disk, &d->ndisk, "", top);
	adopt(d, "");
	d->io = *io_kernel();
	d->io.ctx = d;
	d->io.open = d_open;
	d->io.write = d_write;
	d->io.map = NULL; /* it must see what is written */
	d->io.sync = d_sync;
	d->io.alloc = d_alloc;
	d->io.trunc = d_trunc;
	d->io.rename = d_rename;
	d->io.unlink = d_unlink;
	d->io.mkdir = d_mkdir;
	return d;
}

void disk_free(struct disk *d)
{
	for (size_t i = 0; i < d->nfiles; i++) {
		struct disk_file *f = &d->files[i];

		for (size_t k = 0; k < f->nwait; k++)
			buf_free(&f->wait[k].data);
		mem_free(f->wait);
		buf_free(&f->disk);
	}
	mem_free(d->files);
	mem_free(d->now);
	mem_free(d->disk);
	mem_free(d->wait);
	pthread_mutex_destroy(&d->lock);
	mem_free(d);
}
