/* What the tests of the work area share. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/unit/mount/work_fix.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/falloc.h>
#include <stdio.h>

#include "base/mem.h"

int area_try(struct area *a)
{
	struct work_want w = {.store = a->s,
			      .project = "p",
			      .annotator = "alice",
			      .quota = a->quota,
			      .commit_ms = UINT_MAX};

	return work_open(&w, &a->w, &a->f->e);
}

void area_open(struct area *a)
{
	if (area_try(a) != 0)
		fail_msg("open: %s: %s", a->f->e.place, a->f->e.text);
}

void area_close(struct area *a)
{
	assert_int_equal(work_close(a->w), 0);
	a->w = NULL;
}

int area_setup(void **state)
{
	struct area *a = mem_new(1, sizeof(*a));
	void *f = NULL;

	if (a == NULL || fixture_setup(&f) != 0)
		return -1;
	*state = a;
	a->f = f;
	a->s = fixture_writer(a->f);
	a->quota = 64u << 20;
	area_open(a);
	return 0;
}

int area_teardown(void **state)
{
	struct area *a = *state;
	void *f = a->f;

	if (a->w != NULL && work_close(a->w) != 0)
		print_message("the area could not be closed\n");
	store_close(a->s);
	mem_free(a);
	return fixture_teardown(&f);
}

void area_dir(struct area *a, char dir[200])
{
	char top[120];
	struct dirent *e;
	DIR *d;

	snprintf(top, sizeof(top), "%s/work", a->f->store);
	d = opendir(top);
	assert_non_null(d);
	while ((e = readdir(d)) != NULL)
		if (e->d_name[0] != '.')
			snprintf(dir, 200, "%s/%.40s", top, e->d_name);
	closedir(d);
}

/* The folder of a path, and its last name. */
static struct work_place split(struct area *a, const char *path)
{
	const char *slash = strrchr(path, '/');
	struct work_place p = {WORK_ROOT, bytes_str(path)};
	struct stat st;

	if (slash == NULL)
		return p;
	assert_int_equal(
		work_find(a->w, bytes_of(path, (size_t)(slash - path)), &st),
		0);
	return (struct work_place){st.st_ino, bytes_str(slash + 1)};
}

uint64_t area_make(struct area *a, const char *path, mode_t mode)
{
	struct work_place p = split(a, path);
	struct stat st;

	assert_int_equal(work_make(a->w, NULL, p.dir, p.name, mode,
				   bytes_of(NULL, 0), &st),
			 0);
	work_forget(a->w, st.st_ino, 1);
	return st.st_ino;
}

void area_put(struct area *a, const char *path, const char *text)
{
	uint64_t id = area_make(a, path, S_IFREG | 0644);

	assert_int_equal(work_write(a->w, id, 0, text, strlen(text)),
			 strlen(text));
}

uint64_t area_id(struct area *a, const char *path)
{
	struct stat st;

	return work_find(a->w, bytes_str(path), &st) == 0 ? st.st_ino : 0;
}

void area_get(struct area *a, const char *path, struct buf *b)
{
	struct stat st;
	size_t n;

	assert_int_equal(work_find(a->w, bytes_str(path), &st), 0);
	n = (size_t)st.st_size;
	assert_int_equal(buf_reserve(b, n + 1), 0);
	assert_int_equal(work_read(a->w, st.st_ino, 0, b->p, n + 1), n);
	b->n = n;
}

/* ---- the model ---- */

void model_free(struct model *m)
{
	for (unsigned i = 0; i < MODEL_FILES; i++)
		buf_free(&m->data[i]);
	*m = (struct model){.there = {false}};
}

/* Files 0 ... 5 lie in the root, the others in the folder "d". */
static struct work_place where(struct work *w, unsigned i, char name[16])
{
	struct stat st;

	snprintf(name, 16, "file-%u", i);
	if (i < MODEL_FILES / 2)
		return (struct work_place){WORK_ROOT, bytes_str(name)};
	if (work_find(w, S("d"), &st) != 0) {
		assert_int_equal(work_make(w, NULL, WORK_ROOT, S("d"),
					   S_IFDIR | 0755, bytes_of(NULL, 0),
					   &st),
				 0);
		work_forget(w, st.st_ino, 1);
	}
	return (struct work_place){st.st_ino, bytes_str(name)};
}

static uint64_t id_of(struct work *w, unsigned i)
{
	char name[16];
	struct work_place p = where(w, i, name);
	struct stat st;

	assert_int_equal(work_lookup(w, NULL, p.dir, p.name, &st), 0);
	work_forget(w, st.st_ino, 1);
	return st.st_ino;
}

static void make(struct model *m, struct work *w, unsigned i)
{
	char name[16];
	struct work_place p;
	struct stat st;

	m->there[i] = true;
	if (w == NULL)
		return;
	p = where(w, i, name);
	assert_int_equal(work_make(w, NULL, p.dir, p.name, S_IFREG | 0600,
				   bytes_of(NULL, 0), &st),
			 0);
	work_forget(w, st.st_ino, 1);
}

static void resize(struct model *m, struct work *w, unsigned i, size_t n)
{
	struct work_set s = {.what = WORK_SET_SIZE, .size = n};
	struct buf *b = &m->data[i];
	struct stat st;
	size_t old = b->n;

	if (n > old) {
		assert_int_equal(buf_reserve(b, n - old), 0);
		memset(b->p + old, 0, n - old);
	}
	b->n = n;
	if (w != NULL)
		assert_int_equal(work_setattr(w, NULL, id_of(w, i), &s, &st),
				 0);
}

static void punch(struct model *m, struct work *w, unsigned i, size_t off,
		  size_t n)
{
	struct buf *b = &m->data[i];

	if (off < b->n)
		memset(b->p + off, 0, n < b->n - off ? n : b->n - off);
	if (w != NULL)
		assert_int_equal(work_allocate(w, id_of(w, i),
					       FALLOC_FL_PUNCH_HOLE |
						       FALLOC_FL_KEEP_SIZE,
					       off, n),
				 0);
}

static void put(struct model *m, struct work *w, unsigned i, size_t off,
		size_t n, uint64_t *seed)
{
	struct buf part CLEANUP(buf_free) = {0};
	struct buf *b = &m->data[i];

	fixture_bytes(&part, fixture_next(seed), n);
	if (off + n > b->n) {
		size_t old = b->n;

		assert_int_equal(buf_reserve(b, off + n - old), 0);
		memset(b->p + old, 0, off + n - old);
		b->n = off + n;
	}
	memcpy(b->p + off, part.p, n);
	if (w != NULL)
		assert_int_equal(work_write(w, id_of(w, i), off, part.p, n), n);
}

static void drop(struct model *m, struct work *w, unsigned i)
{
	char name[16];
	struct work_place p;

	m->there[i] = false;
	m->data[i].n = 0;
	if (w == NULL)
		return;
	p = where(w, i, name);
	assert_int_equal(work_unlink(w, NULL, p.dir, p.name), 0);
}

static void move(struct model *m, struct work *w, unsigned i, unsigned to)
{
	char name[16], name2[16];
	struct buf b = m->data[to];

	if (i != to) {
		m->data[to] = m->data[i];
		m->data[i] = b;
		m->data[i].n = 0;
		m->there[to] = true;
		m->there[i] = false;
	}
	if (w != NULL)
		assert_int_equal(work_rename(w, NULL, where(w, i, name),
					     where(w, to, name2), 0),
				 0);
}

/* Mostly small, sometimes large, often at edges of blocks. */
static size_t length(uint64_t *seed)
{
	uint64_t r = fixture_next(seed);

	switch (r % 8) {
	case 0:
		return 4096;
	case 1:
		return 1 + r / 8 % 70000;
	case 2:
		return 4096 * (1 + r / 8 % 4);
	default:
		return 1 + r / 8 % 5000;
	}
}

static size_t offset(const struct buf *b, uint64_t *seed)
{
	uint64_t r = fixture_next(seed);

	switch (r % 6) {
	case 0:
		return b->n;
	case 1:
		return r / 6 % 600000;
	case 2:
		return r / 6 % (b->n + 1) / 4096 * 4096;
	default:
		return r / 6 % (b->n + 1);
	}
}

int model_step(struct model *m, struct work *w, uint64_t *seed)
{
	unsigned i = (unsigned)(fixture_next(seed) % MODEL_FILES);
	unsigned kind = (unsigned)(fixture_next(seed) % 20);
	size_t off = offset(&m->data[i], seed), n = length(seed);

	if (off + n > MODEL_MOST)
		off = 0;
	if (!m->there[i])
		make(m, w, i);
	else if (kind == 0)
		drop(m, w, i);
	else if (kind == 1)
		resize(m, w, i, off);
	else if (kind == 2)
		move(m, w, i, (unsigned)(fixture_next(seed) % MODEL_FILES));
	else if (kind == 3)
		punch(m, w, i, off, n);
	else if (kind == 4) {
		if (w != NULL)
			assert_int_equal(work_sync(w), 0);
		return 1;
	} else
		put(m, w, i, off, n, seed);
	return 0;
}

static bool same_file(struct work *w, uint64_t id, const struct buf *want)
{
	struct buf b CLEANUP(buf_free) = {0};

	if (buf_reserve(&b, want->n + 1) != 0)
		return false;
	return work_read(w, id, 0, b.p, want->n + 1) == (ssize_t)want->n &&
	       (want->n == 0 || memcmp(b.p, want->p, want->n) == 0);
}

struct count {
	unsigned files;
};

static int count_file(void *ctx, const struct work_file *f)
{
	struct count *c = ctx;

	c->files += S_ISREG(f->st.st_mode);
	return 0;
}

bool model_same(const struct model *m, struct work *w)
{
	struct count c = {0};
	unsigned there = 0;

	assert_int_equal(work_each(w, count_file, &c), 0);
	for (unsigned i = 0; i < MODEL_FILES; i++) {
		char path[24];
		struct stat st;
		int r;

		snprintf(path, sizeof(path), "%sfile-%u",
			 i < MODEL_FILES / 2 ? "" : "d/", i);
		r = work_find(w, bytes_str(path), &st);
		there += m->there[i];
		if ((r == 0) != m->there[i])
			return false;
		if (r == 0 && ((size_t)st.st_size != m->data[i].n ||
			       !same_file(w, st.st_ino, &m->data[i])))
			return false;
	}
	return there == c.files;
}
