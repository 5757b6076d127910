/* A disk that loses what was not synced: an io table with a memory. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TESTS_FAULT_AUDIT_DISK_H
#define TESTS_FAULT_AUDIT_DISK_H

#include <pthread.h>

#include "fs/audit/io.h"

/*
 * Every call is carried out in the real directory (what a killed process
 * leaves) and remembered: content and names that a sync has covered, and
 * writes and names that wait. disk_after makes the directory that a power cut
 * leaves: of each page some of the waiting writes, in order; of each directory
 * some of the waiting names, in any order.
 */
struct disk_write {
	uint64_t off;
	struct buf data;
};

struct disk_file {
	bool dir;
	struct buf disk; /* content as synced */
	uint64_t size, disk_size;
	struct disk_write *wait;
	size_t nwait;
};

struct disk_name {
	char path[160];
	int file; /* -1: gone */
	int with; /* index of the name that changes in the same rename; -1 */
};

struct disk {
	struct audit_io io;
	pthread_mutex_t lock;
	char root[96];
	uint64_t ops, cut_at; /* cut_at 0: never */
	bool cut;
	struct disk_file *files;
	size_t nfiles;
	struct disk_name *now, *disk, *wait; /* names: seen, synced, waiting */
	size_t nnow, ndisk, nwait;
	int fds[1024]; /* descriptor -> file; -1 */
	uint64_t random;
};

/** disk_new(root, seed): a disk over an existing directory, whose content
 * counts as synced. disk_free(d). */
struct disk *disk_new(const char *root, uint64_t seed);
void disk_free(struct disk *d);

/** disk_random(d, n): 0 ... n - 1, from the seed. */
uint64_t disk_random(struct disk *d, uint64_t n);

/** disk_after(d, to): the directory after the power cut, at to. */
void disk_after(struct disk *d, const char *to);

/* Shared by the two halves: set a name in a table; grow or cut a content with
 * zeros; put bytes into it. */
void disk_name_set(struct disk_name **v, size_t *n, const char *path, int file);
void disk_buf_size(struct buf *b, uint64_t size);
void disk_put_at(struct buf *b, uint64_t off, struct bytes v);

#endif
