/* Which slots of the block file are taken. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef MOUNT_WORK_SPACE_H
#define MOUNT_WORK_SPACE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/attr.h"

/* A bit per slot of 4096 bytes; slot 0 is never used. The area's lock guards
 * it. Zero-initialise; work_space_free(s) at the end. */
struct work_space {
	uint64_t *bits;
	uint32_t slots; /* the file has this many, a multiple of 64 */
	uint32_t taken; /* slot 0 included */
	uint32_t next;	/* where to look first */
	uint32_t promised;
};

void work_space_free(struct work_space *s);
/** work_space_mark(s, slot): taken, found while loading; -EUCLEAN where it was
 * taken already. -ENOMEM. */
int work_space_mark(struct work_space *s, uint32_t slot) MUST_CHECK;
/** work_space_ensure(s, fd, n): there is room for what is promised and n slots
 * more: the file is made longer where it is not; -ENOSPC, -EDQUOT, -EFBIG.
 * work_space_promise(s, n): count n that will be taken; work_space_unpromise.
 * work_space_take(s, n, got): the first of 1..n slots in a row, *got says how
 * many (0: none is free); as many promises are kept. */
int work_space_ensure(struct work_space *s, int fd, uint32_t n) MUST_CHECK;
void work_space_promise(struct work_space *s, uint32_t n);
void work_space_unpromise(struct work_space *s, uint32_t n);
uint32_t work_space_take(struct work_space *s, uint32_t n, uint32_t *got);
/** work_space_give(s, slot): free again. */
void work_space_give(struct work_space *s, uint32_t slot);
/** work_space_trim(s, fd): give the disk back what no slot uses. */
void work_space_trim(struct work_space *s, int fd);

#endif
