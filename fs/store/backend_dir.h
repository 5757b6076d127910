/* The directory backend: STORE/packs/ab/abcd....pack. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef STORE_BACKEND_DIR_H
#define STORE_BACKEND_DIR_H

#include "fs/store/backend.h"

#define BACKEND_DIR_FDS 64 /* most packs open at a time */

/** backend_dir_open(dirfd, path, out): the directory path below dirfd. -errno;
 * release with backend_free. */
int backend_dir_open(int dirfd, const char *path,
		     struct backend *out) MUST_CHECK;

#endif
