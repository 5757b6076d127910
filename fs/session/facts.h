/* Facts about this machine from which a session's strength is computed. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SESSION_FACTS_H
#define SESSION_FACTS_H

#include "base/buf.h"

/**
 * facts_put(b, no_terminal): append a JSON object: kernel, uid that owns the
 * user namespace, Landlock ABI, seccomp, hidepid of the host's /proc, Yama,
 * swap, core handler. facts_strength(): what they add up to: "guard-rail",
 * since one uid owns gateway, namespace and login.
 */
int facts_put(struct buf *b, bool no_terminal) MUST_CHECK;
const char *facts_strength(void);

#endif
