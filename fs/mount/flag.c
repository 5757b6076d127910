/* An annotator flags a value that was missed: the file goes from his view. */
/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The door is the mount itself. A session has no socket to the gateway and is
 * to have none: its namespaces, Landlock and seccomp are there so that what
 * runs in it meets nobody outside. But each file of the view is already a way
 * to the gateway, with a caller that the kernel vouches for. Setting the
 * attribute user.carrel.flag on the file is one call that names the file by
 * what the kernel knows of it (no path is parsed here), brings at most 64 KiB,
 * is answered once, and takes nothing from the view: nothing is ever read
 * back. A control file would need framing, a parser and names in it, and could
 * be half written; ioctl(2) needs the file opened first, and a program of its
 * own, while setfattr(1), Python and Perl can set attributes where the command
 * is not at hand.
 *
 * The order: counted against the limit, FLAG durable in the log, hidden in this
 * session, sealed in the store, the kernel's pages of the file dropped, the
 * answer. Killed between two of them, the log says more than was answered; what
 * was answered is durable.
 *
 * Opens and reads that come later are refused, also of what is open. Pages that
 * a mapping has are taken away: the kernel waits for a page that is on its way
 * in, for ever where somebody holds a request of his own back. So the word is
 * given by a thread of its own that holds nothing of the mount, and is waited
 * for a second only; the limit bounds how many there can be.
 */
#include "fs/mount/flag.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/fuse.h>
#include <poll.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/fdio.h"
#include "base/mem.h"
#include "fs/desk/flags.h"
#include "fs/mount/limit.h"
#include "fs/mount/names.h"
#include "fs/mount/ops.h"
#include "fs/mount/told.h"
#include "policy/redact/flag.h"

#define DROP_MS 1000

/* ---- the kernel's pages ---- */

struct drop {
	int fuse, done; /* done: its end tells that it is */
	struct {
		struct fuse_out_header head;
		struct fuse_notify_inval_inode_out body;
	} word;
};

static void *drop_thread(void *arg)
{
	struct drop *d = arg;

	/* ENOENT: the kernel has nothing of it. */
	(void)!write(d->fuse, &d->word, sizeof(d->word));
	fd_close(&d->fuse);
	fd_close(&d->done);
	mem_free(d);
	return NULL;
}

static int drop_start(struct drop *d, const struct mount *m, int done)
{
	pthread_attr_t a;
	pthread_t t;
	int r;

	d->done = done;
	d->fuse = fcntl(fuse_session_fd(m->se), F_DUPFD_CLOEXEC, 3);
	if (d->fuse < 0)
		return -errno;
	pthread_attr_init(&a);
	pthread_attr_setdetachstate(&a, PTHREAD_CREATE_DETACHED);
	r = -pthread_create(&t, &a, drop_thread, d);
	pthread_attr_destroy(&a);
	if (r != 0)
		fd_close(&d->fuse);
	return r;
}

static int drop_pages(const struct mount *m, uint64_t ino)
{
	struct drop *d = mem_new(1, sizeof(*d));
	struct pollfd p = {.fd = -1, .events = POLLIN};
	int ends[2], r;

	if (d == NULL)
		return -ENOMEM;
	d->word.head.len = sizeof(d->word);
	d->word.head.error = FUSE_NOTIFY_INVAL_INODE;
	d->word.body.ino = ino;
	r = pipe2(ends, O_CLOEXEC) != 0 ? -errno : 0;
	if (r == 0) {
		r = drop_start(d, m, ends[1]);
		if (r != 0)
			fd_close(&ends[1]);
		p.fd = ends[0];
		while (r == 0 && poll(&p, 1, DROP_MS) < 0 && errno == EINTR)
			continue;
		fd_close(&ends[0]);
	}
	if (r != 0)
		mem_free(d);
	return r;
}

/* ---- hidden ---- */

int flag_refuses(struct mount *m, fuse_req_t req, struct inode i)
{
	struct buf path CLEANUP(buf_free) = {0};
	struct flags *f = m->want.flags;

	if (f == NULL || i.kind != INODE_FILE || !flags_hide(f, i.nr) ||
	    !flags_again(f, i.nr))
		return 0;
	if (inode_path(&m->want, i, &path) != 0)
		return EIO;
	return ops_denied(m, req, "flagged", buf_bytes(&path), EACCES);
}

/* ---- flagging ---- */

/* Durable in the log; its number and time. */
static int log_flag(fuse_req_t req, struct inode i, struct bytes text,
		    uint64_t *seq)
{
	struct mount *m = serve_of(req);
	struct event ev = told_begin(m, EV_FLAG);
	struct buf path CLEANUP(buf_free) = {0};
	struct buf words CLEANUP(buf_free) = {.secret = true};
	struct desk_source of;
	int r = inode_path(&m->want, i, &path);

	if (r == 0)
		r = buf_putb(&words, text);
	if (r != 0 || !desk_source(m->want.desk, i.nr, &of))
		return -EIO;
	event_bytes(&ev, EF_PATH, buf_bytes(&path));
	event_bytes(&ev, EF_OBJECT, bytes_of(of.id, STORE_ID));
	event_text(&ev, EF_OP, "flag");
	event_text(&ev, EF_REASON, buf_str(&words));
	told_caller(&ev, req);
	r = audit_append(m->want.audit, m->want.dek, &ev, seq);
	return r == 0 ? audit_durable(m->want.audit, *seq) : r;
}

static int allowed(fuse_req_t req, struct inode i, struct bytes text)
{
	struct mount *m = serve_of(req);
	struct desk_source of;
	uint64_t from, to;
	int r;

	if (inode_is_folder(i) || i.kind == INODE_WORK)
		return EISDIR;
	if (i.kind != INODE_FILE)
		return EPERM;
	if (!desk_source(m->want.desk, i.nr, &of))
		return EIO;
	r = of.recording ? flag_seconds(text, &from, &to) : flag_words(text);
	return r != 0 ? -r : limit_flag(m, req, i);
}

static int take(fuse_req_t req, struct inode i, struct bytes text)
{
	struct mount *m = serve_of(req);
	uint64_t seq = 0;
	int r = allowed(req, i, text);

	if (r != 0)
		return r;
	r = log_flag(req, i, text, &seq);
	if (r == 0)
		r = flags_add(m->want.flags, i.nr, seq, clock_wall_ns(), text);
	if (r == 0)
		r = drop_pages(m, i.ino);
	return r == 0 ? 0 : EIO;
}

bool flag_takes(fuse_req_t req, fuse_ino_t ino, const char *name,
		struct bytes text)
{
	struct mount *m = serve_of(req);

	if (m->want.flags == NULL || strcmp(name, FLAG_ATTR) != 0)
		return false;
	if (!names_stopped(req))
		fuse_reply_err(req, take(req, inode_get(&m->want, ino), text));
	return true;
}
