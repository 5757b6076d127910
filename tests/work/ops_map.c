/* Operations beside read and write: mapping, holes, copies in the kernel. */
/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/sendfile.h>
#include <unistd.h>

#include "world.h"

/*
 * A mapping of a file whose server died answers with SIGBUS, which ends the
 * run. So the journal is flushed before each access, and an "M" line says what
 * may have been stored; its "W" comes after msync.
 */
static void brace(struct world *w)
{
	if (w->journal != NULL)
		fflush(w->journal);
}

static size_t mapped(const struct handle *h)
{
	off_t size = h->node->size;

	if (h->map == NULL)
		return 0;
	return (off_t)h->map_len < size ? h->map_len : (size_t)size;
}

static struct handle *pick_map(struct world *w)
{
	size_t start = (size_t)below(w, MAX_HANDLES);

	for (size_t i = 0; i < MAX_HANDLES; i++) {
		struct handle *h = &w->handles[(start + i) % MAX_HANDLES];

		if (h->fd >= 0 && mapped(h) > 0)
			return h;
	}
	return NULL;
}

void op_map(struct world *w)
{
	struct handle *h = pick_handle(w, true);
	size_t len;

	if (h == NULL || h->node->size == 0)
		return;
	len = h->node->size < MAX_MAP ? (size_t)h->node->size : MAX_MAP;
	trace(w, "map file %u: %zu", h->node->nr, len);
	if (h->map != NULL)
		munmap(h->map, h->map_len);
	h->map = mmap(NULL, len, PROT_READ | PROT_WRITE, MAP_SHARED, h->fd, 0);
	h->map_len = len;
	if (h->map == MAP_FAILED) {
		h->map = NULL;
		happened(w, -1, "mmap");
	}
}

static void store(struct world *w, struct node *n, unsigned char *map,
		  size_t at, size_t len, uint32_t tag)
{
	pattern(w->want, (off_t)at, len, tag);
	journal(w, "M %u %zu %zu %u", n->nr, at, len, tag);
	brace(w);
	memcpy(map + at, w->want, len);
}

void op_map_write(struct world *w)
{
	struct handle *h = pick_map(w);
	size_t size, at, len;
	uint32_t tag = 0x80000000U | w->tag;

	if (h == NULL)
		return;
	w->tag++;
	size = mapped(h);
	at = (size_t)below(w, size);
	len = pick_len(w);
	len = len < size - at ? len : size - at;
	trace(w, "store file %u (map %zu): %zu at %zu, tag %08x", h->node->nr,
	      h->map_len, len, at, tag);
	store(w, h->node, h->map, at, len, tag);
	if (w->journal != NULL || chance(w, 2)) {
		happened(w, msync(h->map, h->map_len, MS_SYNC), "msync");
		model_write(w, h->node, (off_t)at, len, tag);
		synced(w, h->node);
	} else {
		model_write(w, h->node, (off_t)at, len, tag);
	}
}

void op_map_read(struct world *w)
{
	struct handle *h = pick_map(w);
	size_t size, at, len;

	if (h == NULL)
		return;
	size = mapped(h);
	at = (size_t)below(w, size);
	len = pick_len(w);
	len = len < size - at ? len : size - at;
	trace(w, "load file %u (map %zu): %zu at %zu", h->node->nr, h->map_len,
	      len, at);
	model_read(h->node, (off_t)at, len, w->want);
	brace(w);
	compare(w, h->node, (off_t)at, h->map + at, w->want, len, "mapping");
}

/* A mapping outlives its descriptor; what it stores is the file's. */
void op_map_closed(struct world *w)
{
	struct node *n = pick(w, K_FILE);
	char path[MAX_PATH];
	unsigned char *map;
	uint32_t tag = 0x80000000U | w->tag;
	size_t len;
	int fd;

	if (n == NULL || n->size == 0)
		return;
	w->tag++;
	len = n->size < 20000 ? (size_t)n->size : 20000;
	trace(w, "store file %u after close: %zu, tag %08x", n->nr, len, tag);
	fd = openat(w->top, path_of(n, path), O_RDWR | O_CLOEXEC);
	happened(w, fd, "open");
	if (w->gone)
		return;
	map = mmap(NULL, len, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	close(fd);
	happened(w, map == MAP_FAILED ? -1 : 0, "mmap");
	if (map == MAP_FAILED)
		return;
	store(w, n, map, 0, len, tag);
	if (w->journal != NULL)
		happened(w, msync(map, len, MS_SYNC), "msync");
	munmap(map, len);
	model_write(w, n, 0, len, tag);
}

/* The kinds that a file system may lack; what it takes, it must do right. */
void op_allocate(struct world *w)
{
	static const int modes[] = {0, FALLOC_FL_KEEP_SIZE,
				    FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE,
				    FALLOC_FL_ZERO_RANGE,
				    FALLOC_FL_ZERO_RANGE | FALLOC_FL_KEEP_SIZE};
	struct handle *h = pick_handle(w, true);
	int mode = modes[below(w, 5)], r;
	off_t off, len = 1 + (off_t)below(w, 100000);

	if (h == NULL)
		return;
	off = (off_t)below(w, (uint64_t)h->node->size + 20000);
	if (off + len > MAX_SIZE)
		return;
	trace(w, "fallocate file %u (size %jd): mode %d, %jd at %jd",
	      h->node->nr, (intmax_t)h->node->size, mode, (intmax_t)len,
	      (intmax_t)off);
	r = fallocate(h->fd, mode, off, len);
	if (r != 0 && errno == EOPNOTSUPP) {
		w->refused_allocs++;
		return;
	}
	happened(w, r, "fallocate");
	if (mode & (FALLOC_FL_PUNCH_HOLE | FALLOC_FL_ZERO_RANGE))
		model_zero(w, h->node, off, len);
	if (!(mode & FALLOC_FL_KEEP_SIZE) && off + len > h->node->size)
		model_size(w, h->node, off + len);
	h->node->mtime_known = false;
}

static void seek_data(struct world *w, struct handle *h, off_t off)
{
	struct node *n = h->node;
	off_t at = lseek(h->fd, off, SEEK_DATA);

	if (at < 0 && errno == ENXIO) {
		if (off < n->size && !model_zeros(n, off, n->size))
			world_fail(w, "SEEK_DATA: none from %jd on",
				   (intmax_t)off);
		return;
	}
	happened(w, at, "SEEK_DATA");
	if (!w->gone && (at < off || at >= n->size || !model_zeros(n, off, at)))
		world_fail(w, "SEEK_DATA from %jd gives %jd", (intmax_t)off,
			   (intmax_t)at);
}

static void seek_hole(struct world *w, struct handle *h, off_t off)
{
	struct node *n = h->node;
	unsigned char byte = 0;
	off_t at = lseek(h->fd, off, SEEK_HOLE);

	if (off >= n->size) {
		refused(w, at, ENXIO, "SEEK_HOLE at the end");
		return;
	}
	happened(w, at, "SEEK_HOLE");
	if (w->gone)
		return;
	if (at < n->size)
		model_read(n, at, 1, &byte);
	if (at < off || at > n->size || byte != 0)
		world_fail(w, "SEEK_HOLE from %jd gives %jd", (intmax_t)off,
			   (intmax_t)at);
}

void op_seek(struct world *w)
{
	struct handle *h = pick_handle(w, false);
	off_t off;

	if (h == NULL)
		return;
	off = pick_off(w, h->node);
	trace(w, "seek file %u (size %jd) from %jd", h->node->nr,
	      (intmax_t)h->node->size, (intmax_t)off);
	seek_data(w, h, off);
	if (!w->gone)
		seek_hole(w, h, off);
	if (!w->gone && lseek(h->fd, h->pos, SEEK_SET) != h->pos)
		world_fail(w, "lseek back: %s", strerror(errno));
}

#define MAX_COPY 61440

/* Copies until the length is done, as cp and Java do. */
void op_copy(struct world *w)
{
	struct handle *from = pick_handle(w, false);
	struct handle *to = pick_handle(w, true);
	off_t at, to_at;
	size_t len = pick_len(w);

	if (from == NULL || to == NULL || from->node == to->node ||
	    (to->flags & O_APPEND))
		return;
	at = (off_t)below(w, (uint64_t)from->node->size + 1);
	to_at = pick_off(w, to->node);
	if ((off_t)len > from->node->size - at)
		len = (size_t)(from->node->size - at);
	/* with a journal: what is one request, done or not, in the kernel */
	if (w->journal != NULL && len > MAX_COPY)
		len = MAX_COPY;
	if (to_at + (off_t)len > MAX_SIZE)
		return;
	trace(w, "copy file %u at %jd to file %u at %jd: %zu", from->node->nr,
	      (intmax_t)at, to->node->nr, (intmax_t)to_at, len);
	for (size_t done = 0; done < len && !w->gone;) {
		off_t a = at + (off_t)done, b = to_at + (off_t)done;
		ssize_t k = copy_file_range(from->fd, &a, to->fd, &b,
					    len - done, 0);

		happened(w, k == 0 ? -1 : k, "copy_file_range");
		model_copy(w, to->node, to_at + (off_t)done, from->node,
			   at + (off_t)done, k > 0 ? (size_t)k : len - done);
		done += k > 0 ? (size_t)k : 0;
	}
}

/* Through the page cache, not through read. */
void op_sendfile(struct world *w)
{
	struct handle *h = pick_handle(w, false);
	off_t off, from;
	size_t len = 1 + (size_t)below(w, 30000), have;
	int pipes[2];
	ssize_t k;

	if (h == NULL)
		return;
	from = off = (off_t)below(w, (uint64_t)h->node->size + 1);
	trace(w, "sendfile file %u (size %jd): %zu at %jd", h->node->nr,
	      (intmax_t)h->node->size, len, (intmax_t)off);
	if (pipe2(pipes, O_CLOEXEC) != 0)
		world_fail(w, "pipe: %s", strerror(errno));
	have = model_read(h->node, from, len, w->want);
	k = sendfile(pipes[1], h->fd, &off, len);
	happened(w, k, "sendfile");
	if (!w->gone && (have > 0) != (k > 0))
		world_fail(w, "sendfile: %zd, wanted %zu", k, have);
	if (!w->gone && k > 0 && read(pipes[0], w->got, (size_t)k) == k)
		compare(w, h->node, from, w->got, w->want, (size_t)k,
			"sendfile");
	close(pipes[0]);
	close(pipes[1]);
}
