/* What of the work area is logged: attributed changes. */
/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <limits.h>

#include "fs/mount/told.h"
#include "fs/mount/workops.h"

/*
 * A change stands in the log before it is made (CREATE, RENAME, UNLINK,
 * TRUNCATE: the area asks its watcher) or before it is acknowledged (WRITE).
 * Where the log does not take it, the operation fails with EIO and nothing has
 * changed. Of one open file two WRITEs are logged: one with its first write,
 * with offset and length of that, and one at its close that refers to it, with
 * all bytes written, the size and the digest of what the file then holds.
 * Reading what one wrote is not logged.
 */
static int path_put(struct buf *b, struct bytes path)
{
	int r = buf_puts(b, "work");

	if (r == 0 && path.n > 0)
		r = buf_putc(b, '/');
	return r == 0 ? buf_putb(b, path) : r;
}

static int append(struct mount *m, struct event *ev, uint64_t *seq)
{
	return audit_append(m->want.audit, m->want.dek, ev, seq) == 0 ? 0
								      : -EIO;
}

int workops_watch(void *ctx, const struct work_by *by,
		  const struct work_event *w)
{
	static const enum event_kind kinds[] = {
		[WORK_CREATE] = EV_CREATE,
		[WORK_RENAME] = EV_RENAME,
		[WORK_UNLINK] = EV_UNLINK,
		[WORK_TRUNCATE] = EV_TRUNCATE,
	};
	struct mount *m = ctx;
	struct event ev = told_begin(m, kinds[w->change]);
	struct buf path CLEANUP(buf_free) = {.secret = true};
	struct buf to CLEANUP(buf_free) = {.secret = true};
	int r = path_put(&path, w->path);

	if (r == 0 && w->change == WORK_RENAME)
		r = path_put(&to, w->to);
	else if (r == 0)
		r = buf_putb(&to, w->to);
	if (r != 0)
		return r;
	event_bytes(&ev, EF_PATH, buf_bytes(&path));
	if (to.n > 0)
		event_bytes(&ev, EF_TO, buf_bytes(&to));
	if (w->change == WORK_TRUNCATE)
		event_uint(&ev, EF_SIZE, w->size);
	told_caller(&ev, by->ctx);
	return append(m, &ev, NULL);
}

static int path_of(struct mount *m, uint64_t id, struct buf *b)
{
	struct buf below CLEANUP(buf_free) = {.secret = true};
	int r = work_path(m->want.work, id, &below);

	return r == 0 ? path_put(b, buf_bytes(&below)) : r;
}

/* A file that has no name any more is written to all the same. */
static int put_path(struct mount *m, uint64_t id, struct buf *b,
		    struct event *ev)
{
	int r = path_of(m, id, b);

	if (r == 0)
		event_bytes(ev, EF_PATH, buf_bytes(b));
	return r == -ENOENT ? 0 : r;
}

int workops_told(struct mount *m, fuse_req_t req, struct handle *h,
		 uint64_t off, uint64_t n)
{
	struct event ev = told_begin(m, EV_WRITE);
	struct buf path CLEANUP(buf_free) = {.secret = true};
	char exe[PATH_MAX];
	uint64_t seq = 0;
	int r;

	if (atomic_load(&h->first) != 0)
		return 0;
	r = put_path(m, h->node, &path, &ev);
	if (r != 0)
		return r;
	event_uint(&ev, EF_OFFSET, off);
	event_uint(&ev, EF_ASKED, n);
	told_caller(&ev, req);
	event_bytes(&ev, EF_EXE, told_exe(req, exe, sizeof(exe)));
	r = append(m, &ev, &seq);
	if (r != 0)
		return r;
	atomic_store(&h->first, seq);
	return 0;
}

int workops_xattr(struct mount *m, fuse_req_t req, uint64_t id, const char *op,
		  uint64_t n)
{
	struct event ev = told_begin(m, EV_WRITE);
	struct buf path CLEANUP(buf_free) = {.secret = true};
	int r = put_path(m, id, &path, &ev);

	if (r != 0)
		return r;
	event_text(&ev, EF_OP, op);
	event_uint(&ev, EF_BYTES, n);
	told_caller(&ev, req);
	return append(m, &ev, NULL);
}

/* Nobody is left to be told of a failure; the first WRITE stands, so that a
 * missing second one only means that its end is not known. */
static void log_close(struct mount *m, struct handle *h)
{
	struct event ev = told_begin(m, EV_WRITE);
	struct buf path CLEANUP(buf_free) = {.secret = true};
	uint8_t digest[WORK_DIGEST];
	struct stat st = {0};
	int r = work_getattr(h->area, h->node, &st);

	if (r == 0)
		r = put_path(m, h->node, &path, &ev);
	if (r != 0)
		return;
	if (work_digest(h->area, h->node, digest) == 0)
		event_bytes(&ev, EF_DIGEST, bytes_of(digest, sizeof(digest)));
	event_uint(&ev, EF_REF, atomic_load(&h->first));
	event_uint(&ev, EF_SIZE, (uint64_t)st.st_size);
	event_uint(&ev, EF_BYTES, atomic_load(&h->written));
	event_uint(&ev, EF_COUNT, atomic_load(&h->writes));
	r = append(m, &ev, NULL);
	(void)r;
}

void workops_close(struct mount *m, struct handle *h)
{
	if (atomic_load(&h->first) != 0 && atomic_load(&h->writes) > 0) {
		(void)work_version(h->area, h->node);
		log_close(m, h);
	}
	work_release(h->area, h->node);
}
