/* A key and whom stand-ins are for: the same in every test of redaction. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/unit/redact/world.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "base/hash.h"

int world_setup(void **state)
{
	static struct world w;
	uint8_t raw[KEY_LEN];

	for (unsigned i = 0; i < sizeof(raw); i++)
		raw[i] = (uint8_t)i;
	if (keypool_new(&w.pool, NULL) != 0)
		return -1;
	w.key = key_import(w.pool, raw);
	w.s = (struct standin){.key = w.key,
			       .project = bytes_str("harbor-bank-2026"),
			       .task = bytes_str("batch-07"),
			       .annotator = bytes_str("alice"),
			       .object = bytes_str("calls/1.json")};
	*state = &w;
	return w.key == NULL ? -1 : 0;
}

int world_teardown(void **state)
{
	struct world *w = *state;

	key_free(w->key);
	keypool_free(w->pool);
	return 0;
}

const struct transform world_project = {.action = ACTION_PSEUDONYM,
					.scope = SCOPE_PROJECT};

char *world_standin(const struct standin *s, const struct transform *t,
		    const char *type, const char *canon, const char *text,
		    const char *record)
{
	struct buf out = {0};
	const struct transform_in in = {.t = t,
					.type = bytes_str(type),
					.canon = bytes_str(canon),
					.text = bytes_str(text),
					.ord = 1,
					.record = bytes_str(record),
					.s = s};

	assert_int_equal(pseudonym_put(&in, &out), 0);
	assert_non_null(buf_str(&out));
	return (char *)out.p;
}

void world_drop(char *s)
{
	struct buf b = {.p = (uint8_t *)s, .cap = 1};

	buf_free(&b);
}
