/* The ceiling: a direct_io file system of one file of zeros, doing nothing. */
/* SPDX-License-Identifier: Apache-2.0 */
#define FUSE_USE_VERSION 312
#include <fuse_lowlevel.h>

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/*
 * zero_fs MOUNTPOINT SIZE: serves MOUNTPOINT/zero in the foreground. It has the
 * same FUSE settings as the mount of carrel (low level, several threads,
 * direct_io, 1 MiB requests), so that the difference to it is the price of
 * the store, the view and the log.
 */
static uint64_t file_size;
static char zeros[1 << 20];

static void fill(fuse_ino_t ino, struct stat *st)
{
	memset(st, 0, sizeof(*st));
	st->st_ino = ino;
	st->st_nlink = 1;
	st->st_mode = ino == 1 ? S_IFDIR | 0555 : S_IFREG | 0444;
	st->st_size = ino == 1 ? 0 : (off_t)file_size;
	st->st_blksize = 1 << 20;
}

static void op_init(void *ctx, struct fuse_conn_info *conn)
{
	(void)ctx;
	conn->want &= ~(unsigned)(FUSE_CAP_SPLICE_WRITE | FUSE_CAP_SPLICE_MOVE);
	conn->max_write = 1 << 20;
	conn->max_read = 1 << 20;
}

static void op_lookup(fuse_req_t req, fuse_ino_t parent, const char *name)
{
	struct fuse_entry_param e = {
		.ino = 2, .attr_timeout = 3600, .entry_timeout = 3600};

	if (parent != 1 || strcmp(name, "zero") != 0) {
		fuse_reply_err(req, ENOENT);
		return;
	}
	fill(2, &e.attr);
	fuse_reply_entry(req, &e);
}

static void op_getattr(fuse_req_t req, fuse_ino_t ino,
		       struct fuse_file_info *fi)
{
	struct stat st;

	(void)fi;
	fill(ino, &st);
	fuse_reply_attr(req, &st, 3600);
}

static void op_open(fuse_req_t req, fuse_ino_t ino, struct fuse_file_info *fi)
{
	if (ino != 2) {
		fuse_reply_err(req, EISDIR);
		return;
	}
	fi->direct_io = 1;
	fi->noflush = 1;
	fuse_reply_open(req, fi);
}

static void op_read(fuse_req_t req, fuse_ino_t ino, size_t n, off_t off,
		    struct fuse_file_info *fi)
{
	(void)ino;
	(void)fi;
	if ((uint64_t)off >= file_size)
		n = 0;
	else if (n > file_size - (uint64_t)off)
		n = file_size - (uint64_t)off;
	fuse_reply_buf(req, zeros, n < sizeof(zeros) ? n : sizeof(zeros));
}

static const struct fuse_lowlevel_ops ops = {
	.init = op_init,
	.lookup = op_lookup,
	.getattr = op_getattr,
	.open = op_open,
	.read = op_read,
};

int main(int argc, char **argv)
{
	static char opt[] = "-o", max[] = "max_read=1048576";
	char *fargv[] = {argv[0], opt, max, NULL};
	struct fuse_args args = FUSE_ARGS_INIT(3, fargv);
	struct fuse_loop_config *cfg = fuse_loop_cfg_create();
	struct fuse_session *se;
	int r;

	if (argc != 3)
		return 2;
	file_size = strtoull(argv[2], NULL, 10);
	se = fuse_session_new(&args, &ops, sizeof(ops), NULL);
	if (se == NULL || fuse_session_mount(se, argv[1]) != 0)
		return 1;
	fuse_set_signal_handlers(se);
	fuse_loop_cfg_set_max_threads(cfg, 4);
	r = fuse_session_loop_mt(se, cfg);
	fuse_session_unmount(se);
	fuse_session_destroy(se);
	fuse_loop_cfg_destroy(cfg);
	return r == 0 ? 0 : 1;
}
