/* Negotiating with the kernel: what the connection may do, and its I/O. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "fs/mount/init.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/fuse.h>
#include <sys/uio.h>
#include <unistd.h>

#include "base/clock.h"
#include "fs/mount/serve.h"

/*
 * Every READ must reach the gateway, so files are opened with direct_io; but
 * then the kernel refuses MAP_SHARED, which Python's mmap, numpy.memmap, Java
 * and SQLite ask for. Linux 6.6 lifted that for servers that say so in their
 * reply to INIT: bit 36 of the flags, which stands in flags2 and counts only
 * together with FUSE_INIT_EXT. libfuse learned the bit in 3.17; where it does
 * not know it, the reply passes through init_patch on its way out. A bit that
 * the kernel did not offer is never asked for.
 *
 * Requests come by relay.c, so the descriptor does not block.
 */

/* FUSE_DIRECT_IO_ALLOW_MMAP of linux/fuse.h 7.39: bit 36, so 4 of flags2. */
#define INIT_ALLOW_MMAP (1u << 4)

void init_look(struct init_state *s, const void *in, uint64_t n)
{
	struct fuse_in_header h;
	struct fuse_init_in i = {0};

	if (atomic_load_explicit(&s->seen, memory_order_relaxed))
		return;
	if (n < sizeof(h) + 16)
		return;
	memcpy(&h, in, sizeof(h));
	if (h.opcode != FUSE_INIT)
		return;
	n -= sizeof(h);
	memcpy(&i, (const uint8_t *)in + sizeof(h),
	       n < sizeof(i) ? n : sizeof(i));
	atomic_store(&s->offered, (i.flags & FUSE_INIT_EXT) != 0 &&
					  (i.flags2 & INIT_ALLOW_MMAP) != 0);
	atomic_store(&s->unique, h.unique);
	atomic_store(&s->seen, true);
}

void init_patch(struct init_state *s, const void *head, void *body, uint64_t n)
{
	struct fuse_out_header h;
	struct fuse_init_out out;

	if (!atomic_load_explicit(&s->offered, memory_order_relaxed) ||
	    atomic_load_explicit(&s->granted, memory_order_relaxed))
		return;
	memcpy(&h, head, sizeof(h));
	if (h.unique != atomic_load(&s->unique) || h.error != 0 ||
	    n != sizeof(out))
		return;
	memcpy(&out, body, sizeof(out));
	if (out.major != FUSE_KERNEL_VERSION)
		return;
	out.flags |= FUSE_INIT_EXT;
	out.flags2 |= INIT_ALLOW_MMAP;
	memcpy(body, &out, sizeof(out));
	atomic_store(&s->granted, true);
}

static ssize_t hook_read(int fd, void *p, size_t n, void *userdata)
{
	struct mount *m = userdata;
	ssize_t r;

	do {
		r = relay_read(&m->relay, fd, p, n);
	} while (r > 0 && !caller_admits(m, fd, bytes_of(p, (size_t)r)));
	if (r > 0)
		atomic_store_explicit(&m->asked, clock_s(),
				      memory_order_relaxed);
	if (r > 0)
		init_look(&m->init, p, (uint64_t)r);
	return r;
}

static ssize_t hook_writev(int fd, struct iovec *v, int n, void *userdata)
{
	struct mount *m = userdata;

#ifndef FUSE_CAP_DIRECT_IO_ALLOW_MMAP
	if (n == 2 && v[0].iov_len == sizeof(struct fuse_out_header))
		init_patch(&m->init, v[0].iov_base, v[1].iov_base,
			   v[1].iov_len);
#else
	(void)m;
#endif
	return writev(fd, v, n);
}

int init_attach(struct fuse_session *se, int fd)
{
	static const struct fuse_custom_io io = {.read = hook_read,
						 .writev = hook_writev};

	int flags = fcntl(fd, F_GETFL);

	if (flags < 0 || fcntl(fd, F_SETFL, flags | O_NONBLOCK) != 0)
		return -errno;
	return fuse_session_custom_io(se, &io, fd) == 0 ? 0 : -EINVAL;
}

void init_negotiate(struct init_state *s, struct fuse_conn_info *conn)
{
	const unsigned no = FUSE_CAP_SPLICE_READ | FUSE_CAP_SPLICE_WRITE |
			    FUSE_CAP_SPLICE_MOVE | FUSE_CAP_WRITEBACK_CACHE |
			    FUSE_CAP_AUTO_INVAL_DATA;

	conn->want &= ~no;
	conn->want |= conn->capable &
		      (FUSE_CAP_READDIRPLUS | FUSE_CAP_READDIRPLUS_AUTO |
		       FUSE_CAP_PARALLEL_DIROPS | FUSE_CAP_ATOMIC_O_TRUNC |
		       FUSE_CAP_ASYNC_READ | FUSE_CAP_ASYNC_DIO |
		       FUSE_CAP_CACHE_SYMLINKS);
	conn->max_write = MOUNT_REQUEST;
	conn->max_read = 0;
	/* Mapping then logs the pages that were touched, not their
	 * neighbours. read(2) asks for what it wants in any case. */
	conn->max_readahead = 4096;
	conn->time_gran = 1;
#ifdef FUSE_CAP_DIRECT_IO_ALLOW_MMAP
	if ((conn->capable & FUSE_CAP_DIRECT_IO_ALLOW_MMAP) != 0) {
		conn->want |= FUSE_CAP_DIRECT_IO_ALLOW_MMAP;
		atomic_store(&s->granted, true);
	}
#else
	(void)s;
#endif
}
