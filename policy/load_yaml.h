/* YAML, strictly: text to a tree with line and column, and typed getters. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef POLICY_LOAD_YAML_H
#define POLICY_LOAD_YAML_H

#include "base/arena.h"
#include "base/err.h"

#define YAML_MAX_SIZE 1048576u /* bytes of one text */
#define YAML_MAX_DEPTH 32      /* lists and maps inside one another */
#define YAML_MAX_NODES 262144u

enum yaml_kind {
	YAML_SCALAR = 0,
	YAML_SEQ,
	YAML_MAP
};

/*
 * One node. Children hang in order at child, next. Everything lies in the
 * arena given to yaml_read; text has a NUL behind it and none inside.
 */
struct yaml_node {
	enum yaml_kind kind;
	bool quoted;	       /* scalar: 'so', "so" or a block; else plain */
	uint32_t line, column; /* 1-based, of its first character */
	uint32_t count;	       /* children */
	struct bytes text;     /* scalar: its value */
	const char *source;    /* name of the file, for places */
	struct yaml_node *key; /* of a map's child; else NULL */
	struct yaml_node *child, *next;
};

/**
 * yaml_read(text, name, a, out, e): one document. Refuses what the two readers
 * of a file could understand differently: duplicate keys, keys that are not
 * scalars, anchors, aliases, tags, merge keys, directives, tabs, NULs, several
 * documents; and what is deeper, longer or richer than the limits above.
 * -EPROTO with the place "name:line:col", -ENOMEM.
 */
int yaml_read(struct bytes text, const char *name, struct arena *a,
	      struct yaml_node **out, struct err *e) MUST_CHECK
	NONNULL(2, 3, 4);

/**
 * yaml_fail(n, e, fmt): e at n's place; -EPROTO. n NULL: no place.
 */
int yaml_fail(const struct yaml_node *n, struct err *e, const char *fmt, ...)
	PRINTF(3, 4);

/* A word as complaints show it: control characters replaced, cut. */
struct yaml_shown {
	char s[72];
};
struct yaml_shown yaml_shown(struct bytes word);

/**
 * yaml_get(map, key): the value under key, NULL where there is none or map is
 * NULL or not a map.
 */
const struct yaml_node *yaml_get(const struct yaml_node *map, const char *key);

/**
 * yaml_need(map, key, out, e): as yaml_get, but a missing key is an error at
 * the map's place.
 */
int yaml_need(const struct yaml_node *map, const char *key,
	      const struct yaml_node **out, struct err *e) MUST_CHECK;

/**
 * yaml_expect(n, kind, e): -EPROTO unless n is of that kind, with words.
 */
int yaml_expect(const struct yaml_node *n, enum yaml_kind kind,
		struct err *e) MUST_CHECK;

/**
 * yaml_expect_keys(map, allowed, n, e): it is a map, and has no other keys;
 * the complaint stands at the key and names the nearest allowed one.
 */
int yaml_expect_keys(const struct yaml_node *map, const char *const allowed[],
		     size_t n, struct err *e) MUST_CHECK;

/*
 * Getters: -EPROTO with place and words when n is something else. Results
 * borrow from the tree.
 */

/** yaml_string: any scalar that is not empty. */
int yaml_string(const struct yaml_node *n, const char **out,
		struct err *e) MUST_CHECK;
/** yaml_name: 1..64 letters, digits, '-', '_', '.'; first not '-' or '.'. */
int yaml_name(const struct yaml_node *n, const char **out,
	      struct err *e) MUST_CHECK;
/** yaml_name_ok(b): may b be such a name? */
bool yaml_name_ok(struct bytes b);
/** yaml_strings: a list of strings, or one as a list of one; the array lies in
 * a. */
int yaml_strings(const struct yaml_node *n, struct arena *a,
		 const char *const **out, size_t *count,
		 struct err *e) MUST_CHECK;
/** yaml_uint: plain decimal digits, at most max. */
int yaml_uint(const struct yaml_node *n, uint64_t max, uint64_t *out,
	      struct err *e) MUST_CHECK;
/** yaml_bool: plain true or false, nothing else. */
int yaml_bool(const struct yaml_node *n, bool *out, struct err *e) MUST_CHECK;
/** yaml_percent: 0 to 1 with at most two decimals (0.65), as 0..100. */
int yaml_percent(const struct yaml_node *n, uint8_t *out,
		 struct err *e) MUST_CHECK;
/** yaml_size: 512, 64KiB, 200MiB, 2GiB, 1TiB, in bytes. */
int yaml_size(const struct yaml_node *n, uint64_t *out,
	      struct err *e) MUST_CHECK;
/** yaml_duration: 90s, 30m, 8h, 7d, in seconds. */
int yaml_duration(const struct yaml_node *n, uint64_t *out,
		  struct err *e) MUST_CHECK;
/** yaml_date: 2026-12-31 (its first moment) or 2026-12-01T10:00Z or
 * 2026-12-01T10:00:30Z; seconds since 1970, UTC. */
int yaml_date(const struct yaml_node *n, int64_t *out,
	      struct err *e) MUST_CHECK;
/** yaml_choice: one of words[0..n); *out its number. The complaint names the
 * nearest. */
int yaml_choice(const struct yaml_node *n, const char *const words[],
		size_t nwords, size_t *out, struct err *e) MUST_CHECK;

#endif
