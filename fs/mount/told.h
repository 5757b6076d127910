/* What events of a mount have in common: the session, and who asked. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef MOUNT_TOLD_H
#define MOUNT_TOLD_H

#include "fs/mount/serve.h"

/** told_begin(m, kind): an event of this session. told_caller(ev, req): with
 * who asked. */
struct event told_begin(const struct mount *m, enum event_kind kind);
void told_caller(struct event *ev, fuse_req_t req);

/** told_exe(req, exe, n): the program behind a request, in exe: a claim, since
 * it can be changed. */
struct bytes told_exe(fuse_req_t req, char *exe, size_t n);

#endif
