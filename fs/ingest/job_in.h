/* What the two halves of a job share: its files, and where it stands. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef INGEST_JOB_IN_H
#define INGEST_JOB_IN_H

#include <sys/stat.h>

#include "base/hash.h"
#include "fs/ingest/job.h"
#include "fs/ingest/print.h"
#include "policy/redact/index.h"

struct file {
	const struct walk_file *f;
	int fd;
	struct stat st;
	uint8_t print[HASH_LEN];
	/* What its spans depend on; where it may name others, which those are,
	 * too. */
	uint8_t stamp[HASH_LEN], stamp_known[HASH_LEN];
	uint8_t hash[HASH_LEN];	  /* BLAKE2b, where run->erased */
	bool bad;		  /* unreadable or changed */
	bool stands;		  /* already: the child reads it for others */
	struct store_entry stood; /* where it stands already: no names */
};

struct job {
	struct ingest_run *r;
	struct store_writer *w; /* NULL: dry run */
	struct file *files;
	size_t n;
	size_t at;		  /* file the child is answering for */
	uint32_t block;		  /* its next block */
	bool open;		  /* store_put_begin was called */
	struct index_check check; /* of the current file's blocks */
	struct arena *arena;
	uint64_t *counts; /* spans by type of the current file */
	size_t ncounts;
	uint64_t record, denied; /* of it: next one not seen yet; denied ones */
};

/**
 * job_leave_out(j, f, words): f is not taken; the owner is told why.
 */
void job_leave_out(struct job *j, struct file *f, const char *words);

/**
 * job_print(j, p): begin a print of a file. job_each_chunk(f, fn, ctx): the
 * file's bytes in order, in parts as print_add wants them. -ESTALE when they
 * are fewer or more than they were.
 */
void job_print(const struct job *j, struct print *p);
int job_each_chunk(struct file *f, int (*fn)(void *ctx, struct bytes b),
		   void *ctx) MUST_CHECK;

/**
 * job_stands(j): nothing is to be done for any file of the group. Else those
 * that stand are marked: what is said of them anew is what was said.
 * job_stands_tell(j, e): count them, and tell what of them is denied. -EUCLEAN,
 * -EBADMSG where the store is damaged.
 */
bool job_stands(struct job *j) MUST_CHECK;
int job_stands_tell(struct job *j, struct err *e) MUST_CHECK;

/**
 * job_answers(j, mib, e): send the files to a child and seal what it answers.
 * Files it cannot finish are sealed as denied. Non-zero ends the whole run.
 */
int job_answers(struct job *j, uint64_t mib, struct err *e) MUST_CHECK;

/**
 * job_answers_abort(j): forget a half-sealed object. job_answers_next(j): on
 * to the next file that is taken.
 */
void job_answers_abort(struct job *j);
void job_answers_next(struct job *j);

#endif
