/* What /proc says of a process. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef BASE_PROC_H
#define BASE_PROC_H

#include <sys/types.h>

/** proc_parent(pid): the parent of a process or a thread; -1: it has ended, or
 * /proc does not show it to us (hidepid); -EMFILE, -ENFILE, -ENOMEM: nobody
 * could look. */
pid_t proc_parent(pid_t pid);

/**
 * proc_of_pidfd(fd, inner): the number, here, of the process that a pidfd
 * names; 0: it has ended, none of ours can see it, or fd is no pidfd. *inner,
 * where it is not NULL: its number in the pid namespace it lives in, 0 where
 * that is ours. proc(5), "NSpid" of /proc/PID/fdinfo since Linux 5.5.
 */
pid_t proc_of_pidfd(int fd, pid_t *inner);

#endif
