/* What an external recognizer has lost before it is started. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef INGEST_EXTERNAL_CONFINE_H
#define INGEST_EXTERNAL_CONFINE_H

#include "base/err.h"

/**
 * external_confine(paths, e): for this process and all it starts: no
 * capability, no new privileges, no core, bounded memory and descriptors; of
 * the file system what programs are made of (/usr, /lib*, /bin, a little of
 * /etc and /dev) and paths, which end with NULL, to be read and run, nothing to
 * be written; no socket, no other process, not out of its process group; dead
 * with the parent of this one (a thread that stays). -ENOTSUP: this kernel has
 * no Landlock. Cannot be undone.
 */
int external_confine(const char *const *paths, struct err *e) MUST_CHECK;

#endif
