/* Which sessions may hold keys: from before they join until they are freed. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "fs/session/alive.h"

#include <errno.h>

int alive_add(struct alive *a, struct session *s)
{
	if (a->n == ALIVE_MAX)
		return -EBUSY;
	a->v[a->n].s = s;
	a->v[a->n++].life = ++a->lives;
	return 0;
}

void alive_del(struct alive *a, const struct session *s)
{
	for (unsigned i = 0; i < a->n; i++)
		if (a->v[i].s == s) {
			a->v[i] = a->v[--a->n];
			return;
		}
}

bool alive_any(const struct alive *a, const uint64_t *lives, unsigned n)
{
	for (unsigned i = 0; i < n; i++)
		for (unsigned k = 0; k < a->n; k++)
			if (a->v[k].life == lives[i])
				return true;
	return false;
}
