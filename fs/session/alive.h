/* Which sessions may hold keys: from before they join until they are freed. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SESSION_ALIVE_H
#define SESSION_ALIVE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/attr.h"

#define ALIVE_MAX 512 /* more than may be in session: some come, some go */

struct session;

/* Zero-initialise; the caller has a lock. */
struct alive {
	struct {
		struct session *s;
		uint64_t life; /* another may lie where one was */
	} v[ALIVE_MAX];
	unsigned n;
	uint64_t lives; /* that there were */
};

/** alive_add(a, s): -EBUSY when there are too many. alive_del(a, s): also where
 * it is not there. alive_any(a, lives, n): one of these is there. */
int alive_add(struct alive *a, struct session *s) MUST_CHECK;
void alive_del(struct alive *a, const struct session *s);
bool alive_any(const struct alive *a, const uint64_t *lives, unsigned n);

#endif
