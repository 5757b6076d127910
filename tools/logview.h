/* Opening a log for reading: directory and the secret that opens bodies. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TOOLS_LOGVIEW_H
#define TOOLS_LOGVIEW_H

#include "fs/audit/reader.h"
#include "tools/open.h"

/* A log being read, with what it needs; zero-initialise. */
struct logview {
	struct open open; /* pool; the store where its key is used */
	struct key *secret;
	struct audit_reader *reader;
	struct buf dir;
};
void logview_close(struct logview *v);

/**
 * logview_open(c, v, need_store, e): with --auditor-key that secret, else the
 * owner's from the store (opened with its key). need_store opens the store in
 * any case.
 */
int logview_open(const struct cli *c, struct logview *v, bool need_store,
		 struct err *e) MUST_CHECK;

#endif
