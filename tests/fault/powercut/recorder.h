/* The recorder's insides, shared by its files: see recorder.c. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TESTS_FAULT_POWERCUT_RECORDER_H
#define TESTS_FAULT_POWERCUT_RECORDER_H

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>
#include <sys/uio.h>

#define RECORDER_PATH 256
/* Seen by the dynamic linker instead of the function of that name. */
#define SEEN __attribute__((visibility("default")))
#define ALIAS(of) __attribute__((visibility("default"), alias(of)))
/* The function of that name further on in the link order. */
#define REAL(name) ((__typeof__(&name))recorder_real(#name))

enum kind {
	CREATE = 1, /* path, ino */
	WRITE,	    /* ino, off, data */
	SIZE,	    /* ino, off = the new size */
	GROW,	    /* ino, off = the least size */
	MKDIR,	    /* path, ino */
	RENAME,	    /* path, path2 */
	LINK,	    /* path, path2 */
	UNLINK,	    /* path */
	RMDIR,	    /* path */
	BEGIN,	    /* ino, off = number of the sync */
	END,	    /* likewise */
	ODD = 13,   /* path = what happened; 12 is the test's mark */
};

/** recorder_real(name): the address of the real function; dies without. */
void *recorder_real(const char *name);

/** recorder_lock(), recorder_unlock(): around a call and its record. */
void recorder_lock(void);
void recorder_unlock(void);

/** recorder_put(kind, path, path2, ino, off, data): one record, under the
 * lock. recorder_plain: without numbers and data. */
void recorder_put(enum kind kind, const char *path, const char *path2,
		  ino_t ino, uint64_t off, struct iovec data);
void recorder_plain(enum kind kind, const char *path, const char *path2);

/** recorder_raw(...): recorder_put without a look at what is mapped.
 * recorder_look(): records what was written there since. */
void recorder_raw(enum kind kind, const char *path, const char *path2,
		  ino_t ino, uint64_t off, struct iovec data);
void recorder_look(void);

/** recorder_map(fd, p, n, off): a writable window of a log's segment was mapped
 * at p; false: of another file, or one too many. What is written to it becomes
 * a record before the next of any kind. recorder_unmap(p): before it goes. */
bool recorder_map(int fd, uint8_t *p, size_t n, off_t off);
void recorder_unmap(const void *p);

/** recorder_below(dir, path, out): the path below the root of what a call
 * names; false: not below it. */
bool recorder_below(int dir, const char *path, char out[RECORDER_PATH]);

/** recorder_ours(fd): whether fd may be of a file below the root, without the
 * lock. recorder_ino(fd, path): whether it is, with it; path may be NULL. */
bool recorder_ours(int fd);
ino_t recorder_ino(int fd, const char **path);

#endif
