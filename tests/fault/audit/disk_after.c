/* What a power cut leaves of a disk: see disk.h. */
/* SPDX-License-Identifier: Apache-2.0 */
#include <assert.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>

#include "base/fdio.h"
#include "base/mem.h"
#include "tests/fault/audit/disk.h"

#define PAGE 4096

/* Of each page, the first few of the writes that wait for it. */
static void lose_pages(struct disk *d, struct disk_file *f, struct buf *out)
{
	uint64_t pages = (f->size + PAGE - 1) / PAGE;
	uint8_t *upto = mem_new((size_t)pages + 1, 1);
	uint64_t mood = disk_random(d, 4);

	assert(upto != NULL);
	/* Some cuts lose nearly all, some nearly nothing. */
	for (uint64_t p = 0; p < pages; p++) {
		if (mood == 0)
			upto[p] = disk_random(d, 16) == 0 ? 255 : 0;
		else if (mood == 1)
			upto[p] = disk_random(d, 16) == 0 ? 0 : 255;
		else
			upto[p] = (uint8_t)disk_random(d, 256);
	}
	for (size_t i = 0; i < f->nwait; i++) {
		struct bytes v = buf_bytes(&f->wait[i].data);
		uint64_t off = f->wait[i].off;

		while (v.n > 0) {
			uint64_t page = off / PAGE;
			size_t n = PAGE - (size_t)(off % PAGE);

			n = n < v.n ? n : v.n;
			/* In order: the i-th of nwait, as a share of 255. */
			if (page < pages && i * 255 / f->nwait < upto[page])
				disk_put_at(out, off, bytes_sub(v, 0, n));
			off += n;
			v = bytes_sub(v, n, v.n);
		}
	}
	mem_free(upto);
}

static void make_file(struct disk *d, struct disk_file *f, const char *path)
{
	struct buf out CLEANUP(buf_free) = {0};
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);

	assert(fd >= 0);
	assert(buf_putb(&out, buf_bytes(&f->disk)) == 0);
	disk_buf_size(&out, f->disk_size);
	lose_pages(d, f, &out);
	if (f->size != f->disk_size && disk_random(d, 2) == 0)
		disk_buf_size(&out, f->size);
	if (out.n > f->size && out.n > f->disk_size)
		disk_buf_size(&out,
			      f->size > f->disk_size ? f->size : f->disk_size);
	assert(fd_write_full(fd, buf_bytes(&out)) == 0);
	fd_close(&fd);
}

/* Shortest first, so that directories come before what is in them. */
static void make_all(struct disk *d, const char *to)
{
	for (size_t len = 0; len < sizeof(d->disk->path); len++) {
		for (size_t i = 0; i < d->ndisk; i++) {
			struct disk_name *n = &d->disk[i];
			char full[480];
			struct stat st;

			if (n->file < 0 || strlen(n->path) != len)
				continue;
			(void)snprintf(full, sizeof(full), "%s%s", to, n->path);
			*strrchr(full, '/') = '\0';
			if (len > 0 && stat(full, &st) != 0)
				continue; /* its directory is lost */
			(void)snprintf(full, sizeof(full), "%s%s", to, n->path);
			if (d->files[n->file].dir)
				(void)mkdir(full, 0700);
			else
				make_file(d, &d->files[n->file], full);
		}
	}
}

void disk_after(struct disk *d, const char *to)
{
	uint64_t mood = disk_random(d, 3);

	pthread_mutex_lock(&d->lock);
	for (size_t i = 0; i < d->nwait; i++) {
		const struct disk_name *w = &d->wait[i];

		/* A rename is one change: both names or none. */
		if (mood == 0 || (mood == 1 && disk_random(d, 2) == 0))
			continue;
		disk_name_set(&d->disk, &d->ndisk, w->path, w->file);
		if (w->with == (int)i + 1 && i + 1 < d->nwait) {
			i++;
			disk_name_set(&d->disk, &d->ndisk, d->wait[i].path,
				      d->wait[i].file);
		}
	}
	pthread_mutex_unlock(&d->lock);
	make_all(d, to);
}
