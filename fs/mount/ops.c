/* Opens, reads, listings: one event first, then one reply. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "fs/mount/ops.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>

#include "base/tag.h"
#include "fs/desk/shown.h"
#include "fs/mount/flag.h"
#include "fs/mount/inode.h"
#include "fs/mount/limit.h"
#include "fs/mount/listing.h"
#include "fs/mount/names.h"
#include "fs/mount/told.h"
#include "fs/mount/workops.h"

/* A READ's bytes are held against the limits, and its event says what is left
 * of them; tag must last until it is appended. One that was made ahead is of
 * all bytes: of fewer it is made anew, by a counter of its own. */
static int counted(fuse_req_t req, struct event *ev, struct handle *h,
		   struct bytes *data, uint8_t tag[TAG_LEN])
{
	struct mount *m = serve_of(req);
	bool made = ev != NULL && event_getb(ev, EF_TAG).n > 0;
	size_t all = data->n;
	int r;

	if (ev == NULL || (h == NULL) != (ev->kind == EV_READDIR))
		return -EIO;
	if (h == NULL)
		return 0;
	r = flag_refuses(m, req, inode_get(&m->want, h->ino));
	if (r != 0)
		return -r;
	r = limit_read(m, req, h, event_get(ev, EF_OFFSET),
		       bytes_is(event_getb(ev, EF_VIA), "cache"), data);
	if (r != 0)
		return r;
	event_int(ev, EF_RESULT, (int64_t)data->n);
	if (made && data->n == all)
		return 0;
	if (made)
		event_uint(ev, EF_COUNTER,
			   atomic_fetch_add(&m->reads_taken, 1));
	tag_once(tag, desk_cipher(m->want.desk), audit_dek_replay(m->want.dek),
		 event_get(ev, EF_COUNTER), *data);
	event_bytes(ev, EF_TAG, bytes_of(tag, TAG_LEN));
	return 0;
}

static void count_read(struct mount *m, struct handle *h, uint64_t n)
{
	atomic_fetch_add(&m->reads, 1);
	atomic_fetch_add(&m->bytes, n);
	atomic_fetch_add(&h->reads, 1);
	atomic_fetch_add(&h->bytes, n);
}

/* In the log, which is what totals are of, and covered on disk: by *l, where
 * that is set. */
static int on_record(struct mount *m, struct event *ev, struct handle *h,
		     struct lease **l)
{
	struct audit *a = m->want.audit;
	uint64_t seq = 0;
	int r = audit_append(a, m->want.dek, ev, &seq);

	if (r == 0 && h != NULL)
		count_read(m, h, event_get(ev, EF_RESULT));
	if (r == 0 && m->want.durability == DURABLE_READ)
		r = audit_durable(a, seq);
	else if (r == 0 && h != NULL)
		r = lease_enter(m, h, l);
	return r == 0 ? 0 : -EIO;
}

/*
 * Logged before shown
 * -------------------
 * Bytes and names leave through answer() and through nothing else; a test
 * greps that no other function of the room makes a reply that carries data.
 * What answer() promises:
 *
 *  1. The event is appended, that is written to the log's file, before the
 *     reply: a killed gateway has shown nothing that is not there.
 *  2. Before the reply something *durable* covers it, so that a power cut
 *     cannot take it back. With `durability: open` that is the OPEN of the
 *     handle, or a lease on a block of siblings (lease.c): waited for at the
 *     first byte, not at open(2), since an open that reads nothing owes the
 *     disk nothing. With `durability: read` it is the event of this very
 *     reply. Names are covered since SESSION_START, which holds the digest of
 *     all of them.
 *  3. When the append or the wait fails, the answer is EIO. The event may then
 *     stand in the log though nothing was shown: the log may say too much,
 *     never too little.
 *
 *  4. Without an event goes only what a handle of the work area is given: what
 *     its annotator wrote there. Such a handle holds nothing of the view.
 *  5. Bytes of a view go with the handle they were read from, and count against
 *     the limits of the role here, before the event: what goes, the event's
 *     length and its tag are of what may go. Without a handle only names go.
 *
 * A READ's counter is taken once and never again, also when the read fails, or
 * its bytes were made ahead for nobody: it is the nonce of the tag's one-time
 * key.
 *
 * The tree never changes while it is served, so lookups and attributes may
 * stay in the kernel for ever, absent names too; FORGET needs no books. Files
 * are opened with direct_io: each read(2) comes here. What comes without a
 * lock owner fills the page cache for mmap, sendfile or splice and is logged
 * as via=cache: later touches of that page are not seen, until the next open
 * drops it.
 */
static void answer(fuse_req_t req, struct event *ev, struct handle *h,
		   struct bytes data)
{
	struct mount *m = serve_of(req);
	struct lease *l = NULL;
	uint8_t tag[TAG_LEN];
	int r = atomic_load(&m->denying) ? -EIO : 0;

	if (ev == NULL)
		r = handle_is_work(h, m->want.work) ? r : -EIO;
	else if (r == 0)
		r = counted(req, ev, h, &data, tag);
	if (r == 0 && ev != NULL)
		r = on_record(m, ev, h, &l);
	if (r != 0)
		fuse_reply_err(req, -r);
	else
		fuse_reply_buf(req, (const char *)data.p, data.n);
	lease_leave(m, l);
}

void ops_answer_work(fuse_req_t req, struct handle *h, struct bytes data)
{
	answer(req, NULL, h, data);
}

int ops_denied(struct mount *m, fuse_req_t req, const char *op,
	       struct bytes path, int err)
{
	struct event ev = told_begin(m, EV_DENIED);
	int r;

	told_caller(&ev, req);
	event_text(&ev, EF_OP, op);
	event_bytes(&ev, EF_PATH, path);
	event_int(&ev, EF_RESULT, -err);
	r = audit_append(m->want.audit, m->want.dek, &ev, NULL);
	if (r != 0)
		return EIO;
	atomic_fetch_add(&m->denials, 1); /* totals are of the log */
	return err;
}

/* ---- files ---- */

static int log_open(fuse_req_t req, struct inode i, struct handle *h, int flags)
{
	struct mount *m = serve_of(req);
	struct event ev = told_begin(m, EV_OPEN);
	struct buf path CLEANUP(buf_free) = {0};
	uint8_t recipe[HASH_LEN];
	char exe[PATH_MAX];
	int r = inode_path(&m->want, i, &path);

	if (r != 0)
		return r;
	event_bytes(&ev, EF_PATH, buf_bytes(&path));
	event_uint(&ev, EF_SIZE, h->text.n);
	if (h->shown != NULL) {
		shown_recipe(h->shown, audit_dek_replay(m->want.dek), recipe);
		event_bytes(&ev, EF_OBJECT,
			    bytes_of(shown_object(h->shown), STORE_ID));
		event_uint(&ev, EF_VERSION, shown_version(h->shown));
		event_uint(&ev, EF_SIZE, shown_size(h->shown));
		event_bytes(&ev, EF_RECIPE, bytes_of(recipe, sizeof(recipe)));
	}
	event_uint(&ev, EF_FLAGS, (uint64_t)(unsigned)flags);
	told_caller(&ev, req);
	event_bytes(&ev, EF_EXE, told_exe(req, exe, sizeof(exe)));
	return audit_append(m->want.audit, m->want.dek, &ev, &h->seq);
}

/* -errno; the handle is in the list and logged on success. */
static int open_file(fuse_req_t req, struct inode i, int flags,
		     struct handle **out)
{
	struct mount *m = serve_of(req);
	struct shown *s CLEANUP(shown_closep) = NULL;
	struct bytes text = {0};
	int r = 0;

	if (i.kind == INODE_TASK)
		text = m->want.task;
	else
		r = shown_open(m->want.desk, i.nr, &s, NULL);
	if (r != 0)
		return r == -ENFILE ? r : -EIO;
	*out = handle_new(&m->handles, i.ino, s, text);
	if (*out == NULL)
		return -ENOMEM;
	s = NULL;
	r = log_open(req, i, *out, flags);
	if (r == 0) {
		audit_handles(m->want.audit, 1);
		return 0;
	}
	handle_free(&m->handles, *out);
	return -EIO;
}

static int refused_open(fuse_req_t req, struct inode i)
{
	struct mount *m = serve_of(req);
	struct buf path CLEANUP(buf_free) = {0};

	if (inode_path(&m->want, i, &path) != 0)
		return EIO;
	return ops_denied(m, req, "open", buf_bytes(&path), EROFS);
}

static void ops_open(fuse_req_t req, fuse_ino_t ino, struct fuse_file_info *fi)
{
	struct mount *m = serve_of(req);
	struct inode i = inode_get(&m->want, ino);
	struct handle *h = NULL;
	int r;

	if (names_stopped(req))
		return;
	if (i.kind != INODE_FILE && i.kind != INODE_TASK) {
		fuse_reply_err(req, ENOENT);
		return;
	}
	if ((fi->flags & O_ACCMODE) != O_RDONLY || (fi->flags & O_TRUNC)) {
		fuse_reply_err(req, refused_open(req, i));
		return;
	}
	r = -flag_refuses(m, req, i);
	if (r == 0)
		r = -limit_open(m, req, i);
	if (r == 0)
		r = open_file(req, i, fi->flags, &h);
	if (r != 0) {
		fuse_reply_err(req, -r);
		return;
	}
	atomic_fetch_add(&m->opens, 1);
	coming_opened(m->coming, i.nr); /* 0, a folder's, of TASK.md */
	fi->fh = (uintptr_t)h;
	fi->direct_io = 1;
	fi->noflush = 1;
	fi->keep_cache = 0; /* each open drops the pages of the last */
	if (fuse_reply_open(req, fi) == -ENOENT)
		ops_close(m, h); /* interrupted: no RELEASE will come */
}

static struct handle *handle_of(const struct fuse_file_info *fi)
{
	return (struct handle *)(uintptr_t)fi->fh;
}

static void close_shown(struct mount *m, struct handle *h)
{
	struct event ev = told_begin(m, EV_CLOSE);
	struct inode i = inode_get(&m->want, h->ino);
	int dead;

	if (i.kind == INODE_FILE && atomic_load(&h->reads) > 0)
		worn_set(m->worn, desk_node(m->want.desk, i.nr)->parent);
	event_uint(&ev, EF_REF, h->seq);
	event_uint(&ev, EF_READS, atomic_load(&h->reads));
	event_uint(&ev, EF_BYTES, atomic_load(&h->bytes));
	audit_handles(m->want.audit, -1);
	/* A missing CLOSE only makes the log say more: the whole file. */
	dead = audit_append(m->want.audit, m->want.dek, &ev, NULL);
	(void)dead;
}

void ops_close(struct mount *m, struct handle *h)
{
	ahead_drop(m->ahead, h);
	if (h->area != NULL)
		workops_close(m, h);
	else
		close_shown(m, h);
	handle_free(&m->handles, h);
}

static void ops_release(fuse_req_t req, fuse_ino_t ino,
			struct fuse_file_info *fi)
{
	(void)ino;
	ops_close(serve_of(req), handle_of(fi));
	fuse_reply_err(req, 0);
}

static ssize_t make_bytes(struct handle *h, uint64_t off, uint8_t *p, size_t n)
{
	struct bytes part;

	if (h->shown != NULL)
		return shown_read(h->shown, off, p, n);
	part = bytes_sub(h->text, off < h->text.n ? (size_t)off : h->text.n, n);
	if (part.n > 0)
		memcpy(p, part.p, part.n);
	return (ssize_t)part.n;
}

/* A read that could not be made is in the log too, and shows nothing. */
static void failed_read(fuse_req_t req, struct event *ev, int err)
{
	struct mount *m = serve_of(req);
	int dead;

	event_int(ev, EF_RESULT, err);
	dead = audit_append(m->want.audit, m->want.dek, ev, NULL);
	(void)dead;
	fuse_reply_err(req, EIO);
}

static void read_now(fuse_req_t req, struct event *ev, struct handle *h,
		     uint64_t off, size_t n)
{
	struct mount *m = serve_of(req);
	uint8_t *p = pool_take(m->pool);
	ssize_t got = -ENOMEM;

	event_uint(ev, EF_COUNTER, atomic_fetch_add(&m->reads_taken, 1));
	if (p != NULL)
		got = make_bytes(h, off, p, n);
	if (got < 0)
		failed_read(req, ev, (int)got);
	else
		answer(req, ev, h, bytes_of(p, (size_t)got));
	pool_give(m->pool, p);
}

static void ops_read(fuse_req_t req, fuse_ino_t ino, size_t n, off_t off,
		     struct fuse_file_info *fi)
{
	struct mount *m = serve_of(req);
	struct handle *h = handle_of(fi);
	struct event ev = told_begin(m, EV_READ);
	const struct ahead_read *made;

	(void)ino;
	n = n < MOUNT_REQUEST ? n : MOUNT_REQUEST;
	event_uint(&ev, EF_REF, h->seq);
	event_uint(&ev, EF_OFFSET, (uint64_t)off);
	event_uint(&ev, EF_ASKED, n);
	event_text(&ev, EF_VIA, fi->lock_owner != 0 ? "read" : "cache");
	made = ahead_take(m->ahead, h, (uint64_t)off, n);
	if (made == NULL) {
		read_now(req, &ev, h, (uint64_t)off, n);
		return;
	}
	event_uint(&ev, EF_COUNTER, made->counter);
	event_bytes(&ev, EF_TAG, bytes_of(made->tag, TAG_LEN));
	answer(req, &ev, h, made->data);
	ahead_give(m->ahead, made);
}

/* ---- folders ---- */

static void ops_opendir(fuse_req_t req, fuse_ino_t ino,
			struct fuse_file_info *fi)
{
	struct mount *m = serve_of(req);
	struct inode i = inode_get(&m->want, ino);

	if (names_stopped(req))
		return;
	if (!inode_is_folder(i)) {
		fuse_reply_err(req, ENOTDIR);
		return;
	}
	fi->cache_readdir = 1;
	fi->keep_cache = i.kind != INODE_FOLDER || !worn_take(m->worn, i.nr);
	fuse_reply_open(req, fi);
}

static void list_answer(fuse_req_t req, struct inode dir, struct listing *l,
			uint64_t from)
{
	struct mount *m = serve_of(req);
	struct event ev = told_begin(m, EV_READDIR);
	struct buf path CLEANUP(buf_free) = {0};
	uint8_t digest[HASH_LEN];

	if (inode_path(&m->want, dir, &path) != 0) {
		fuse_reply_err(req, ENOMEM);
		return;
	}
	hasher_end(&l->names, digest);
	event_bytes(&ev, EF_PATH, buf_bytes(&path));
	event_uint(&ev, EF_OFFSET, from);
	event_uint(&ev, EF_COUNT, l->count);
	event_bytes(&ev, EF_DIGEST, bytes_of(digest, sizeof(digest)));
	told_caller(&ev, req);
	answer(req, &ev, NULL, bytes_of(l->p, l->n));
}

static void list(fuse_req_t req, fuse_ino_t ino, size_t n, off_t off, bool plus)
{
	struct mount *m = serve_of(req);
	struct inode dir = inode_get(&m->want, ino);
	struct listing l = {.p = pool_take(m->pool),
			    .plus = plus,
			    .size = n < MOUNT_REQUEST ? n : MOUNT_REQUEST};
	int r = l.p == NULL ? -ENOMEM : 0;

	hasher_blake2b(&l.names, NULL);
	if (r == 0)
		r = listing_fill(req, &l, dir, (uint64_t)off);
	if (r != 0)
		fuse_reply_err(req, -r);
	else if (l.count == 0)
		fuse_reply_err(req, 0); /* the end: nothing is shown */
	else
		list_answer(req, dir, &l, (uint64_t)off);
	pool_give(m->pool, l.p);
}

static void ops_readdir(fuse_req_t req, fuse_ino_t ino, size_t n, off_t off,
			struct fuse_file_info *fi)
{
	(void)fi;
	list(req, ino, n, off, false);
}

static void ops_readdirplus(fuse_req_t req, fuse_ino_t ino, size_t n, off_t off,
			    struct fuse_file_info *fi)
{
	(void)fi;
	list(req, ino, n, off, true);
}

void ops_fill(struct fuse_lowlevel_ops *o)
{
	o->open = ops_open;
	o->read = ops_read;
	o->release = ops_release;
	o->opendir = ops_opendir;
	o->readdir = ops_readdir;
	o->readdirplus = ops_readdirplus;
}
