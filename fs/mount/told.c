/* What events of a mount have in common: the session, and who asked. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "fs/mount/told.h"

#include <stdio.h>
#include <unistd.h>

struct event told_begin(const struct mount *m, enum event_kind kind)
{
	struct event ev = {.kind = kind};

	event_uint(&ev, EF_SESSION, m->want.session);
	return ev;
}

void told_caller(struct event *ev, fuse_req_t req)
{
	const struct fuse_ctx *c = fuse_req_ctx(req);

	event_uint(ev, EF_PID, (uint64_t)c->pid);
	event_uint(ev, EF_UID, c->uid);
}

struct bytes told_exe(fuse_req_t req, char *exe, size_t n)
{
	char link[64];
	ssize_t r;

	snprintf(link, sizeof(link), "/proc/%d/exe",
		 (int)fuse_req_ctx(req)->pid);
	r = readlink(link, exe, n);
	return bytes_of(exe, r < 0 ? 0 : (size_t)r);
}
