/* A store with a few indexed files, a policy, and a desk over them. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef DESK_FIXTURE_H
#define DESK_FIXTURE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "fs/desk/shown.h"
#include "policy/redact/index.h"

/*
 * Files are indexed here, not by ingest: spans stand where one of a handful of
 * words does. "Maria Lopez" and "Zora Zimmer" are PERSON, "4111111111111234"
 * is CREDIT_CARD, "Boston" is LOCATION, "/srv/eve/audio/1.txt" and ".../2.txt"
 * are FILE_PATH. In a file of lines each is a JSON
 * string and a record; one with "BROKEN" in it is denied. Else the file is one
 * record of text.
 */
struct fixture_file {
	const char *path;
	struct bytes data;
	bool lines;
	const char *group;	       /* NULL: none */
	const struct name_span *names; /* in its path */
	uint32_t nnames;
	bool unsearched; /* as in a store of before names were searched */
};

struct fixture {
	char dir[64], path[80];
	struct keypool *pool;
	struct key *key;
	struct store *store; /* open and locked */
	struct policy *policy;
	struct subject subject;
	struct err e;
};

/** fixture_setup, fixture_teardown: a store without data sets. */
int fixture_setup(void **state);
int fixture_teardown(void **state);

/** fixture_publish(f, dataset, files, n): one new version with these files. */
void fixture_publish(struct fixture *f, const char *dataset,
		     const struct fixture_file *files, size_t n);

/** fixture_policy(f, text, annotator): load it and take a seat. */
void fixture_policy(struct fixture *f, const char *text, const char *annotator);

/** fixture_desk(f): open with all defaults; the test fails where it cannot. */
struct desk *fixture_desk(struct fixture *f);
/** fixture_try(f, now, out): what desk_open says. */
int fixture_try(struct fixture *f, int64_t now, struct desk **out);

/** fixture_read(d, path, b): the whole view of a visible path; b emptied
 * first. The size must be as told. */
void fixture_read(struct desk *d, const char *path, struct buf *b);

/** fixture_next(seed): splitmix64. */
uint64_t fixture_next(uint64_t *seed);

/** fixture_lines(b, seed, n, width): n lines of JSON strings, about width bytes
 * each, with words of above in about every second one. */
void fixture_lines(struct buf *b, uint64_t seed, size_t n, size_t width);

#endif
