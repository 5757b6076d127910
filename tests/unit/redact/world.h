/* A key and whom stand-ins are for: the same in every test of redaction. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef UNIT_REDACT_WORLD_H
#define UNIT_REDACT_WORLD_H

#include "policy/redact/pseudonym.h"

struct world {
	struct keypool *pool;
	struct key *key;
	struct standin s;
};

/** world_setup, world_teardown: group fixtures; *state is a struct world. The
 * key is the bytes 0 to 31: what is frozen in vectors was made with it. */
int world_setup(void **state);
int world_teardown(void **state);

/** world_project: a pseudonym in the scope of the project. */
extern const struct transform world_project;

/** world_standin(s, t, type, canon, text, record): what stands for text, a
 * string of its own; world_drop. */
char *world_standin(const struct standin *s, const struct transform *t,
		    const char *type, const char *canon, const char *text,
		    const char *record);
void world_drop(char *s);

#endif
