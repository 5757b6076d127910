/* What a process writes to mapped windows of the log's segments. */
/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Nothing is called when memory is written, so a window is compared with what
 * was last told of it before each record of any kind: what a sync covers was
 * written before the sync begins, and stands in the journal before its begin.
 */
#include "tests/fault/powercut/recorder.h"

#include <string.h>

#define MAPS 4
#define MAP_MOST (64u << 10)

/* A window to which memory is written: what it holds, as far as it is told. */
struct map {
	const uint8_t *p; /* NULL: none */
	ino_t ino;
	uint64_t off;
	size_t n;
	uint8_t was[MAP_MOST];
};

static struct map maps[MAPS]; /* under recorder_lock */

/* What was written to m since it was last looked at, as one write. */
static void look(struct map *m)
{
	size_t from = 0, to = m->n;

	if (memcmp(m->p, m->was, m->n) == 0)
		return;
	while (m->p[from] == m->was[from])
		from++;
	while (m->p[to - 1] == m->was[to - 1])
		to--;
	memcpy(m->was + from, m->p + from, to - from);
	recorder_raw(WRITE, "", "", m->ino, m->off + from,
		     (struct iovec){m->was + from, to - from});
}

void recorder_look(void)
{
	for (size_t i = 0; i < MAPS; i++)
		if (maps[i].p != NULL)
			look(&maps[i]);
}

bool recorder_map(int fd, uint8_t *p, size_t n, off_t off)
{
	const char *path = "", *name;
	bool done = false;
	ino_t ino;

	if (!recorder_ours(fd))
		return true;
	recorder_lock();
	ino = recorder_ino(fd, &path);
	name = strrchr(path, '/');
	name = name == NULL ? path : name + 1;
	for (size_t i = 0; ino != 0 && !done && i < MAPS; i++) {
		struct map *m = &maps[i];

		if (m->p != NULL || n > MAP_MOST ||
		    strncmp(name, "wal-", 4) != 0)
			continue;
		memcpy(m->was, p, n);
		m->p = p;
		m->ino = ino;
		m->off = (uint64_t)off;
		m->n = n;
		done = true;
	}
	recorder_unlock();
	return done || ino == 0;
}

void recorder_unmap(const void *p)
{
	recorder_lock();
	for (size_t i = 0; i < MAPS; i++) {
		if (maps[i].p != p || p == NULL)
			continue;
		look(&maps[i]);
		maps[i].p = NULL;
	}
	recorder_unlock();
}
