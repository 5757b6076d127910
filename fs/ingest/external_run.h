/* Starting external recognizers: found, digested, confined, ended. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef INGEST_EXTERNAL_RUN_H
#define INGEST_EXTERNAL_RUN_H

#include <sys/types.h>

#include "base/cbor.h"
#include "base/hash.h"
#include "fs/ingest/external.h"

/*
 * Each is started by a keeper: a fresh exec of /proc/self/exe with the argument
 * EXTERNAL_ARG, whose order lies in a sealed memory at EXTERNAL_FD. A child of
 * it takes its rights away (external_confine.h) and becomes the program. The
 * keeper kills the program, and all that this started, when nobody holds the
 * other end of the pipe at EXTERNAL_LIFE any more: threads may start programs
 * that outlive them, but not the process. The binary's main calls external_main
 * at once.
 */
#define EXTERNAL_ARG "_external"
#define EXTERNAL_FD 3
#define EXTERNAL_LIFE 4

/** external_main(): be a keeper. Its exit code; words on stderr where nothing
 * could be started. */
int external_main(void) MUST_CHECK;

/* The programs of a manifest, as they lie on this machine. */
struct external_list;

/**
 * external_rules_put(b, v, n), external_rules_get(c, a, v, n, e): what of the
 * rules the starting side needs, from a child that has read the manifest and
 * nothing else. Malformed: -EPROTO.
 */
int external_rules_put(struct buf *b, const struct external_rule *v,
		       uint32_t n) MUST_CHECK;
int external_rules_get(struct cbor *c, struct arena *a,
		       const struct external_rule **v, uint32_t *n) MUST_CHECK;

/**
 * external_list_new(v, n, manifest, store, out, e): find programs and files,
 * relative to the manifest's folder, and digest them. store: folder that none
 * of them may hold or lie in; NULL: none is known. v is borrowed. -ENOENT names
 * what is not there, -EACCES what is not to be run or lies about the store;
 * -EFBIG: too much to read.
 */
int external_list_new(const struct external_rule *v, uint32_t n,
		      const char *manifest, const char *store,
		      struct external_list **out, struct err *e) MUST_CHECK;
void external_list_free(struct external_list *l);

/** external_list_count(l): how many; 0 for NULL. external_list_seconds(l): how
 * long they may take for the files of a group, in all. */
uint32_t external_list_count(const struct external_list *l);
uint32_t external_list_seconds(const struct external_list *l);

/** external_list_digest(l): over the contents of the programs, of the files
 * among their arguments and of all that they may read. */
const uint8_t *external_list_digest(const struct external_list *l);

/** external_list_order(l, i): what EXTERNAL_FD is to hold.
 * external_list_file(l, i): the i-th file beside the manifest that is part of a
 * recognizer, hence no data; NULL past the end. */
struct bytes external_list_order(const struct external_list *l, uint32_t i);
const char *external_list_file(const struct external_list *l, size_t i);

/* One that runs. Zero: none. */
struct external_program {
	pid_t pid; /* of its keeper, and number of their group */
	/* Valid while pid is not 0: */
	struct external_pipes p;
	int life; /* our end: while it is open it lives */
};

/**
 * external_start(l, i, out, e): the i-th, with pipes that are close-on-exec and
 * non-blocking on our side. It dies with this process. -EAGAIN, -EMFILE.
 */
int external_start(const struct external_list *l, uint32_t i,
		   struct external_program *out, struct err *e) MUST_CHECK;
/** external_runs(p): it has not ended. external_end(p): kill it and what it
 * started, close the pipes; safe twice. external_part(p): close the pipes
 * alone, whoever has them now. */
bool external_runs(struct external_program *p);
void external_end(struct external_program *p);
void external_part(struct external_program *p);

#endif
