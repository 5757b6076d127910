/* Running detection over files in memory and keeping all it says. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TEST_PROBE_H
#define TEST_PROBE_H

#include "policy/redact/detect.h"

/* What was said about one file. Every block and the head went through their
 * encodings and through index_check. */
struct probe {
	struct arena *a;
	struct bytes data;
	struct record *records;
	size_t nrecords;
	struct span *spans;
	struct bytes *canons; /* of spans */
	size_t nspans;
	struct index_head head;
	struct index_summary summary;
	struct index_check check;
	size_t complaints;
	char words[256]; /* the first complaint */
	int done;
};

/** probe_run(d, files, n, p): detect the files as one group; p[i] for
 * files[i]. Returns detect_group's result. */
int probe_run(const struct dataset_rules *d, const struct source *files,
	      size_t n, struct probe *p);
void probe_free(struct probe *p);

/** probe_one(d, path, text, p): one file from a string; it must succeed. */
void probe_one(const struct dataset_rules *d, const char *path,
	       struct bytes text, struct probe *p);

/** probe_view(p, visible, b): append what a view of those records without any
 * redaction is: by the rules of index.h. */
void probe_view(const struct probe *p, const bool *visible, struct buf *b);

/** probe_span(p, i): the source bytes of span i. */
struct bytes probe_span(const struct probe *p, size_t i);
const char *probe_type(const struct probe *p, size_t i);
/** probe_heard(p, b): spans of a recording of 16 bit and 8000 Hz as "TYPE
 * from-to" in milliseconds, then "/channel" where it is one. */
void probe_heard(const struct probe *p, struct buf *b);

/** probe_path(a, text): a parsed path. */
struct jsonpath *probe_path(struct arena *a, const char *text);

/** probe_random(seed, n): a number below n. */
uint32_t probe_random(uint64_t *seed, uint32_t n);

/** probe_json(b, seed): append a nasty JSON value: every kind of escape, lone
 * surrogates, astral characters, invalid UTF-8, duplicate keys, 20-digit
 * numbers, odd white space, JSON in strings; most hold something to find. */
void probe_json(struct buf *b, uint64_t *seed, unsigned depth);

#endif
