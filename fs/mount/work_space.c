/* Which slots of the block file are taken. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "fs/mount/work_space.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#include "base/mem.h"

#define SLOT 4096
#define STEP_MIN 256u	/* slots by which the file grows: 1 MiB ... */
#define STEP_MAX 16384u /* ... 64 MiB */
#define HOLE_MIN 16u	/* free slots in a row that are worth a hole */

/*
 * The bitmap exists in memory only: it is made from the map while the area is
 * loaded, so it can never disagree with it. Before a block is changed in memory
 * the file is made long enough for all that are: a full disk is an answer to
 * write(2), not a loss found later.
 */

void work_space_free(struct work_space *s)
{
	mem_free(s->bits);
	*s = (struct work_space){.bits = NULL};
}

static bool is_taken(const struct work_space *s, uint32_t slot)
{
	return (s->bits[slot / 64] >> (slot % 64) & 1) != 0;
}

static void take(struct work_space *s, uint32_t slot)
{
	s->bits[slot / 64] |= 1ull << (slot % 64);
	s->taken++;
}

/* At least this many slots. */
static int widen(struct work_space *s, uint64_t slots)
{
	uint64_t *v;

	slots = (slots + 63) / 64 * 64;
	if (slots >= UINT32_MAX)
		return -EFBIG;
	if (slots <= s->slots)
		return 0;
	v = mem_grow(s->bits, slots / 64, sizeof(*v));
	if (v == NULL)
		return -ENOMEM;
	s->bits = v;
	for (uint64_t i = s->slots / 64; i < slots / 64; i++)
		v[i] = 0;
	if (s->slots == 0)
		take(s, 0);
	s->slots = (uint32_t)slots;
	return 0;
}

int work_space_mark(struct work_space *s, uint32_t slot)
{
	uint64_t more = (uint64_t)slot + slot / 8 + 64;
	int r = slot < s->slots ? 0 : widen(s, more);

	if (r != 0)
		return r;
	if (slot == 0 || is_taken(s, slot))
		return -EUCLEAN;
	take(s, slot);
	return 0;
}

int work_space_ensure(struct work_space *s, int fd, uint32_t n)
{
	uint64_t need = (uint64_t)s->taken + s->promised + n, step, old;
	int r;

	if (s->slots == 0 || need > s->slots) {
		old = s->slots;
		step = old / 4 < STEP_MIN ? STEP_MIN : old / 4;
		step = step > STEP_MAX ? STEP_MAX : step;
		need = need > old + step ? need : old + step;
		need = (need + 1 + 63) / 64 * 64;
		if (fallocate(fd, 0, (off_t)old * SLOT,
			      (off_t)(need - old) * SLOT) != 0 &&
		    errno != EOPNOTSUPP)
			return -errno;
		r = widen(s, need);
		if (r != 0)
			return r;
	}
	return 0;
}

void work_space_promise(struct work_space *s, uint32_t n)
{
	s->promised += n;
}

void work_space_unpromise(struct work_space *s, uint32_t n)
{
	s->promised -= n;
}

/* The first free slot from `from` on; s->slots where there is none. */
static uint32_t find(const struct work_space *s, uint32_t from)
{
	for (uint32_t w = from / 64; w < s->slots / 64; w++) {
		uint64_t open = ~s->bits[w];

		if (w == from / 64)
			open &= ~0ull << (from % 64);
		if (open != 0)
			return w * 64 + (uint32_t)__builtin_ctzll(open);
	}
	return s->slots;
}

uint32_t work_space_take(struct work_space *s, uint32_t n, uint32_t *got)
{
	uint32_t first = find(s, s->next);

	if (first == s->slots)
		first = find(s, 0);
	*got = 0;
	while (*got < n && first + *got < s->slots &&
	       !is_taken(s, first + *got)) {
		take(s, first + *got);
		(*got)++;
	}
	s->promised -= *got;
	s->next = first + *got < s->slots ? first + *got : 0;
	return first;
}

void work_space_give(struct work_space *s, uint32_t slot)
{
	s->bits[slot / 64] &= ~(1ull << (slot % 64));
	s->taken--;
}

/* Failures only leave the disk fuller than it need be. */
static void punch(int fd, uint32_t from, uint32_t to)
{
	if (to - from >= HOLE_MIN &&
	    fallocate(fd, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE,
		      (off_t)from * SLOT, (off_t)(to - from) * SLOT) != 0)
		return;
}

void work_space_trim(struct work_space *s, int fd)
{
	uint32_t end = s->slots, from = 1;

	while (end > 1 && !is_taken(s, end - 1))
		end--;
	if (ftruncate(fd, end <= 1 ? 0 : (off_t)end * SLOT) != 0)
		return;
	for (uint32_t i = 1; i < end; i++) {
		if (!is_taken(s, i))
			continue;
		punch(fd, from, i);
		from = i + 1;
	}
}
