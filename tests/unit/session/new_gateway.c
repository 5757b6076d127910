/* A gateway over a new store, with a log of its own. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/unit/session/new_gateway.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

struct gateway *new_gateway(struct store *s)
{
	struct audit_config c = {.tool = "test",
				 .origin = store_origin(s),
				 .pool = store_pool(s),
				 .sign = store_log_seed(s)};
	struct gateway *g = NULL;
	char dir[160];
	struct err e = {0};

	snprintf(dir, sizeof(dir), "%s/log", store_dir(s));
	c.dir = dir;
	c.recipients = store_recipients(s, &c.nrecipients);
	if (audit_create(&c, &e) != 0 || gateway_open(s, "test", &g, &e) != 0)
		fail_msg("%s: %s", e.place, e.text);
	return g;
}
