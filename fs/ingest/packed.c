/* The packed files of a run: what they are called, and their bytes. */
/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A file that is one file (x.json.gz, x.flac, x.png) is unpacked when its turn
 * comes, into memory, and forgotten with its group. An archive is unpacked
 * once for its names before groups are made, and what came of it stays in
 * memory as long as there is room; else it is unpacked again for its
 * members, and must give the same. Members are packed files in their turn, but
 * no archives: those stay what they are, a kind of file that is not read.
 */
#include "fs/ingest/packed.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/cbor.h"
#include "base/fdio.h"
#include "base/mem.h"
#include "fs/ingest/unpack.h"

#define ASKED_AT_ONCE 4096
#define COPY 1048576

struct pack {
	const char *path;      /* of the system */
	struct unpack_out out; /* fd -1: it is not held */
	uint64_t used;	       /* when, by p->clock */
};

struct packed {
	struct child_pool *children;
	pthread_mutex_t lock; /* of the packs */
	struct pack *packs;
	size_t n, cap;
	uint64_t held, clock;
};

int packed_new(unsigned jobs, uint64_t held, struct packed **out, struct err *e)
{
	struct packed *p = mem_new(1, sizeof(*p));
	int r = p == NULL ? err_nomem(e)
			  : child_pool_new(jobs, &p->children, e);

	if (r != 0) {
		mem_free(p);
		return r;
	}
	p->held = held;
	child_pool_unpacks(p->children);
	pthread_mutex_init(&p->lock, NULL);
	*out = p;
	return 0;
}

void packed_free(struct packed *p)
{
	if (p == NULL)
		return;
	for (size_t i = 0; i < p->n; i++)
		fd_close(&p->packs[i].out.fd);
	child_pool_free(p->children);
	pthread_mutex_destroy(&p->lock);
	mem_free(p->packs);
	mem_free(p);
}

/* ---- bytes ---- */

static int copy_part(int from, uint64_t at, uint64_t n, int to)
{
	CLEANUP(mem_freep) uint8_t *b = mem_new(1, COPY);
	int r = b == NULL ? -ENOMEM : 0;

	for (uint64_t done = 0; r == 0 && done < n;) {
		size_t want = n - done < COPY ? (size_t)(n - done) : COPY;
		ssize_t got = fd_pread_full(from, b, want, at + done);

		r = got < 0		  ? (int)got
		    : (size_t)got == want ? fd_write_full(to, bytes_of(b, want))
					  : -EIO;
		done += want;
	}
	return r;
}

/* The archives that were not used longest go, until there is room. */
static void make_room(struct packed *p, const struct pack *keep)
{
	for (;;) {
		struct pack *old = NULL;
		uint64_t held = 0;

		for (size_t i = 0; i < p->n; i++) {
			struct pack *k = &p->packs[i];

			if (k->out.fd < 0)
				continue;
			held += k->out.size;
			if (k != keep && (old == NULL || k->used < old->used))
				old = k;
		}
		if (held <= p->held || old == NULL)
			return;
		fd_close(&old->out.fd);
	}
}

static int any_member(void *ctx, struct bytes name, const char *words,
		      uint64_t at, uint64_t size)
{
	(void)ctx, (void)name, (void)words, (void)at, (void)size;
	return 0;
}

static int hold(struct packed *p, struct pack *k, struct err *e)
{
	struct unpack_out now;
	int src CLEANUP(fd_close) = -1;
	int r;

	k->used = ++p->clock;
	if (k->out.fd >= 0)
		return 0;
	src = open(k->path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
	if (src < 0)
		return -errno;
	r = unpack_file(p->children, CODEC_ARCHIVE, src, any_member, NULL, &now,
			e);
	if (r != 0)
		return r;
	if (memcmp(now.digest, k->out.digest, HASH_LEN) != 0) {
		fd_close(&now.fd);
		return err_set(e, -ESTALE, "", "changed while it was read");
	}
	k->out = now;
	make_room(p, k);
	return 0;
}

static int open_member(struct packed *p, const struct walk_file *f,
		       struct err *e)
{
	struct pack *k = &p->packs[f->pack - 1];
	int fd CLEANUP(fd_close) = fd_memory_new();
	int r = fd < 0 ? fd : 0;

	pthread_mutex_lock(&p->lock);
	if (r == 0)
		r = hold(p, k, e);
	if (r == 0)
		r = copy_part(k->out.fd, f->at, f->size, fd);
	pthread_mutex_unlock(&p->lock);
	if (r == 0)
		r = fd_memory_seal(fd);
	return r == 0 ? fd_steal(&fd) : r;
}

int packed_open(struct packed *p, const struct walk_file *f, struct err *e)
{
	int src CLEANUP(fd_close) = -1;
	struct unpack_out out;
	int r;

	src = f->pack != 0 ? open_member(p, f, e)
			   : open(f->path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
	if (src < 0)
		return f->pack != 0 ? src : -errno;
	if (f->codec == CODEC_NONE)
		return fd_steal(&src);
	r = unpack_file(p->children, f->codec, src, NULL, NULL, &out, e);
	return r == 0 ? out.fd : r;
}

/* ---- names ---- */

static void leave(struct ingest_run *run, struct bytes path, const char *words)
{
	run->walk.left++;
	job_complain(run, path, INGEST_NO_RECORD, words);
}

/* Which of some files are not unpacked. */
static int ask_some(struct child_wire *w, struct walk_file *const *v, size_t n)
{
	struct buf b CLEANUP(buf_free) = {0};
	enum child_frame type = CHILD_NONE;
	int r = cbor_put_array(&b, n);

	for (size_t i = 0; r == 0 && i < n; i++)
		r = cbor_put_bytes(&b, v[i]->stored);
	if (r == 0)
		r = child_wire_put(w, CHILD_AS_IS, buf_bytes(&b), -1);
	if (r == 0)
		r = child_wire_get(w, &type);
	if (r != 1 || type != CHILD_AS_IT_IS || w->in.n != n)
		return r < 0 ? r : -EPROTO;
	for (size_t i = 0; i < n; i++)
		if (w->in.p[i] != 0)
			v[i]->codec = CODEC_NONE;
	return 0;
}

/* The same of all files from `first` on. */
static int ask(struct ingest_run *run, size_t first, struct err *e)
{
	CLEANUP(mem_freep)
	struct walk_file **v = mem_new(ASKED_AT_ONCE, sizeof(*v));
	struct child_wire *w;
	size_t i = first, n;
	int r = v == NULL ? err_nomem(e) : child_take(run->children, 0, &w, e);

	if (r != 0)
		return r;
	do {
		for (n = 0; i < run->walk.n && n < ASKED_AT_ONCE; i++)
			if (run->walk.v[i].codec != CODEC_NONE)
				v[n++] = &run->walk.v[i];
		if (n > 0)
			r = ask_some(w, v, n);
	} while (r == 0 && n > 0);
	child_give(run->children, w, r == 0);
	return r == 0 ? 0 : err_set(e, -EIO, "", "a recognizer process failed");
}

/* An archive's members, while it is unpacked for the first time. */
struct opening {
	struct ingest_run *run;
	struct buf name; /* of its folder, and a member's below */
	const char *path;
	uint32_t pack;
};

static int add_member(void *ctx, struct bytes raw, const char *words,
		      uint64_t at, uint64_t size)
{
	struct opening *o = ctx;
	struct walk *w = &o->run->walk;
	struct walk_file f = {
		.path = o->path, .pack = o->pack, .at = at, .size = size};
	size_t folder = o->name.n;
	int r = buf_putc(&o->name, '/');

	if (r == 0 && words == NULL)
		words = codec_member(raw, &o->name);
	if (r == 0 && words == NULL && o->name.n == folder + 1)
		words = "its name is empty: not taken";
	if (r == 0 && words == NULL && o->name.n >= PATH_MAX)
		words = "its name is too long: not taken";
	if (r == 0 && words != NULL) {
		o->name.n = folder + 1;
		r = buf_putb(&o->name, raw);
		if (r == 0)
			leave(o->run, buf_bytes(&o->name), words);
	} else if (r == 0) {
		r = arena_dup(w->arena, buf_bytes(&o->name), &f.stored);
		f.codec = codec_of(f.stored);
		if (f.codec == CODEC_ARCHIVE)
			f.codec = CODEC_NONE;
		if (r == 0)
			r = walk_add(w, &f);
	}
	o->name.n = folder;
	return r;
}

static int new_pack(struct packed *p, const char *path, struct err *e)
{
	if (p->n == p->cap) {
		size_t cap = p->cap == 0 ? 16 : 2 * p->cap;
		struct pack *v = mem_grow(p->packs, cap, sizeof(*v));

		if (v == NULL)
			return err_nomem(e);
		p->packs = v;
		p->cap = cap;
	}
	p->packs[p->n++] = (struct pack){.path = path, .out = {.fd = -1}};
	return 0;
}

/* The file at i is one: its members behind all others, or a complaint. */
static int open_archive(struct ingest_run *run, size_t i, struct err *e)
{
	struct walk_file f = run->walk.v[i];
	struct packed *p = run->packed;
	int src CLEANUP(fd_close) =
		open(f.path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
	struct opening o = {.run = run, .path = f.path};
	size_t before = run->walk.n;
	uint64_t bytes = run->walk.bytes;
	struct err why = {0};
	int r = src < 0 ? 0 : new_pack(p, f.path, e);

	if (src < 0)
		leave(run, f.stored, strerror(errno));
	if (src < 0 || r != 0)
		return r;
	o.pack = (uint32_t)p->n;
	r = codec_name(f.stored, CODEC_ARCHIVE, &o.name);
	if (r == 0)
		r = unpack_file(p->children, CODEC_ARCHIVE, src, add_member, &o,
				&p->packs[p->n - 1].out, &why);
	buf_free(&o.name);
	if (r == 0) {
		p->packs[p->n - 1].used = ++p->clock;
		make_room(p, &p->packs[p->n - 1]);
	} else if (r == -EPROTO) {
		run->walk.n = before;
		run->walk.bytes = bytes;
		leave(run, f.stored, why.text);
		r = 0;
	} else {
		err_set(e, r, f.path, "%s",
			why.code != 0 ? why.text : strerror(-r));
	}
	return r;
}

static int rename_files(struct walk *w)
{
	struct buf b CLEANUP(buf_free) = {0};
	int r = 0;

	for (size_t i = 0; r == 0 && i < w->n; i++) {
		struct walk_file *f = &w->v[i];

		if (f->codec == CODEC_NONE || f->codec == CODEC_IMAGE)
			continue;
		f->packed = f->stored;
		buf_clear(&b);
		r = codec_name(f->stored, f->codec, &b);
		if (r == 0)
			r = arena_dup(w->arena, buf_bytes(&b), &f->stored);
	}
	return r;
}

/* ---- files that would have one name ---- */

static bool is_packed(const struct walk_file *f)
{
	return f->pack != 0 || f->codec != CODEC_NONE;
}

static void mark(struct walk_file *f)
{
	f->clash = f->clash || is_packed(f);
}

/* A file called as a folder that f is in: one of the two cannot be. */
static void mark_folders(const struct walk *w, struct walk_file *f)
{
	for (size_t n = 1; n < f->stored.n; n++) {
		struct walk_file key = {.stored = bytes_sub(f->stored, 0, n)};
		struct walk_file *at;

		if (f->stored.p[n] != '/')
			continue;
		at = bsearch(&key, w->v, w->n, sizeof(*w->v), walk_by_stored);
		if (at == NULL)
			continue;
		mark(f);
		mark(at);
	}
}

static void drop_clashes(struct ingest_run *run)
{
	struct walk *w = &run->walk;
	size_t k = 0;

	if (w->n > 0)
		qsort(w->v, w->n, sizeof(*w->v), walk_by_stored);
	for (size_t i = 1; i < w->n; i++) {
		if (!bytes_eq(w->v[i - 1].stored, w->v[i].stored))
			continue;
		mark(&w->v[i - 1]);
		mark(&w->v[i]);
	}
	for (size_t i = 0; i < w->n; i++)
		mark_folders(w, &w->v[i]);
	for (size_t i = 0; i < w->n; i++) {
		struct walk_file *f = &w->v[i];

		if (!f->clash) {
			w->v[k++] = *f;
			continue;
		}
		w->bytes -= f->size;
		leave(run, f->packed.n > 0 ? f->packed : f->stored,
		      "unpacked, it has the name of another file: not taken");
	}
	w->n = k;
}

static void drop_archives(struct walk *w)
{
	size_t k = 0;

	for (size_t i = 0; i < w->n; i++) {
		if (w->v[i].codec == CODEC_ARCHIVE)
			w->bytes -= w->v[i].size;
		else
			w->v[k++] = w->v[i];
	}
	w->n = k;
}

int packed_plan(struct ingest_run *run, struct err *e)
{
	struct walk *w = &run->walk;
	size_t n = w->n;
	bool any = false;
	int r = 0;

	for (size_t i = 0; i < n; i++) {
		w->v[i].codec = codec_of(w->v[i].stored);
		any = any || w->v[i].codec != CODEC_NONE;
	}
	if (!any)
		return 0;
	r = ask(run, 0, e);
	for (size_t i = 0; r == 0 && i < n; i++)
		if (w->v[i].codec == CODEC_ARCHIVE)
			r = open_archive(run, i, e);
	if (r == 0 && w->n > n)
		r = ask(run, n, e);
	if (r != 0)
		return r;
	drop_archives(w);
	if (rename_files(w) != 0)
		return err_nomem(e);
	drop_clashes(run);
	return 0;
}
