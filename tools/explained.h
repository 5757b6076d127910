/* What `policy explain` says as JSON, in words. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TOOLS_EXPLAINED_H
#define TOOLS_EXPLAINED_H

#include "tools/cli.h"

/**
 * explained_words(c, json, policy): the JSON object that c's command would
 * print with --json, for people: a line for each record and each span, last the
 * lines of the policy's text that decided. -EPROTO: it is no such object.
 */
int explained_words(const struct cli *c, struct bytes json,
		    struct bytes policy) MUST_CHECK;

#endif
