/* The exerciser's world: an in-memory model of a tree, and its handles. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TESTS_WORK_WORLD_H
#define TESTS_WORK_WORLD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/stat.h>
#include <sys/types.h>
#include <time.h>

/*
 * Each operation is tried on the real tree and on the model; where the two
 * disagree, the run ends with seed, number of the operation and the last
 * operations (world_fail). The model is changed only through model_*, which
 * also write the journal, so that a second program can follow what happened.
 *
 * Bytes tell who wrote them: byte x of a file written under tag t is byte
 * x % 8 of the little-endian word t << 32 | x / 8. Tags are never reused and
 * have their top bit set, so every such word has a byte that is not zero.
 */
enum kind {
	K_DIR = 0,
	K_FILE,
	K_LINK,
};

#define CHUNK 65536
#define MAX_SIZE ((off_t)48 << 20)
#define MAX_CHUNKS (MAX_SIZE / CHUNK)
#define MAX_NODES 96
#define MAX_HANDLES 12
#define MAX_XATTRS 3
#define MAX_IO (160 << 10)
#define MAX_MAP (1 << 20)
#define MAX_PATH 4096
#define TRACE_LINES 60
#define TRACE_WIDTH 200

struct xattr {
	char name[32]; /* "" is a free place */
	size_t len;
	uint32_t tag;
};

struct node {
	enum kind kind;
	unsigned nr;	     /* for traces and the journal; 1 is the top */
	struct node *parent; /* NULL: has no name any more, or is the top */
	char name[256];
	unsigned handles;
	ino_t ino; /* 0: not seen yet */
	mode_t mode;
	struct timespec mtime;
	bool mtime_known; /* set, and nothing written since */
	off_t size;
	unsigned char *chunks[MAX_CHUNKS]; /* NULL: zeros */
	char target[256];
	struct xattr xattrs[MAX_XATTRS];
};

struct handle {
	int fd; /* -1: free */
	int flags;
	struct node *node;
	off_t pos;
	unsigned char *map;
	size_t map_len;
};

struct options {
	uint64_t seed, ops, corrupt;
	const char *corrupt_kind; /* byte, size, name, mode, target, xattr */
	const char *journal;	  /* NULL: none */
	double seconds;		  /* 0: no bound */
	unsigned jobs;
	uint32_t tag; /* the first one */
	bool links_refused, verbose;
};

struct world {
	const struct options *o;
	int top;
	uint64_t rng, op;
	uint32_t tag;
	unsigned next_nr;
	struct node *root;
	struct node *nodes[MAX_NODES]; /* with a name or with a handle */
	size_t n_nodes;
	struct handle handles[MAX_HANDLES];
	FILE *journal;
	bool gone; /* the file system's server died: end after this one */
	unsigned char *want, *got; /* MAX_IO each */
	char trace[TRACE_LINES][TRACE_WIDTH];
	uint64_t traced;
	uint64_t refused_links, refused_allocs;
};

/* ---- trace.c */

/** trace(w, format...): remember what is being tried. */
void trace(struct world *w, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

/** world_fail(w, format...): say what is wrong, seed and trace; exit 1. */
_Noreturn void world_fail(struct world *w, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

/**
 * happened(w, r, what): whether a call that must succeed has. Where the
 * server died under it (and a journal is kept), it is taken as possible:
 * true, and what the journal gets from here on is only possible. Any other
 * failure ends the run.
 */
bool happened(struct world *w, long r, const char *what);

/** refused(w, r, code, what): the call must fail with this code. */
void refused(struct world *w, long r, int code, const char *what);

/** journal(w, format...): one line, where a journal is kept. */
void journal(struct world *w, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

/** synced(w, n): what was done so far is durable, unless the server died. */
void synced(struct world *w, const struct node *n);

/** hexed(name): as hexadecimal digits, in a buffer of the caller's. */
const char *hexed(const char *name, char out[513]);

/** below(w, n): a random number in [0, n). chance(w, n): one time in n. */
uint64_t below(struct world *w, uint64_t n);
bool chance(struct world *w, uint64_t n);

/* ---- model.c */

/** pattern(out, off, len, tag): the bytes of a write (see above). */
void pattern(unsigned char *out, off_t off, size_t len, uint32_t tag);

/** model_new(w, kind, parent, name): a node, bound to the name. */
struct node *model_new(struct world *w, enum kind kind, struct node *parent,
		       const char *name, mode_t mode, const char *target);

/**
 * model_move(w, n, parent, name): the name now belongs to n, whatever it
 * belonged to before; parent NULL: n has no name any more. model_swap: two
 * names change their nodes.
 */
void model_move(struct world *w, struct node *n, struct node *parent,
		const char *name);
void model_swap(struct world *w, struct node *a, struct node *b);

/** model_write, _zero, _size, _copy: change bytes of a file. */
void model_write(struct world *w, struct node *n, off_t off, size_t len,
		 uint32_t tag);
void model_zero(struct world *w, struct node *n, off_t off, off_t len);
void model_size(struct world *w, struct node *n, off_t size);
void model_copy(struct world *w, struct node *to, off_t to_off,
		struct node *from, off_t off, size_t len);

/** model_read(n, off, len, out): what it holds; returns how many bytes. */
size_t model_read(const struct node *n, off_t off, size_t len,
		  unsigned char *out);

/** model_zeros(n, from, to): whether there is nothing but zeros. */
bool model_zeros(const struct node *n, off_t from, off_t to);

/** model_child(w, dir, name): NULL where there is none. */
struct node *model_child(struct world *w, const struct node *dir,
			 const char *name);
/** model_empty(w, dir): has no children. model_within(n, dir): lies below. */
bool model_empty(struct world *w, const struct node *dir);
bool model_within(const struct node *n, const struct node *dir);
/** model_drop(w, n): forget it where neither name nor handle is left. */
void model_drop(struct world *w, struct node *n);
void model_free(struct world *w);

/** path_of(n, out), path_in(dir, name, out): seen from the top. */
const char *path_of(const struct node *n, char out[MAX_PATH]);
const char *path_in(const struct node *dir, const char *name,
		    char out[MAX_PATH]);

/* ---- pick.c: random things */

/** pick(w, kind): a named node of this kind, NULL without. */
struct node *pick(struct world *w, enum kind kind);
/** pick_any(w): any named node but the top, NULL without. */
struct node *pick_any(struct world *w);
/** pick_handle(w, writable): an open handle, NULL without. */
struct handle *pick_handle(struct world *w, bool writable);
/** pick_name(w, out): a name, plain or awkward. */
void pick_name(struct world *w, char out[256]);
/** pick_off(w, n), pick_len(w): likes edges of blocks and of the file. */
off_t pick_off(struct world *w, const struct node *n);
size_t pick_len(struct world *w);
/** room(w): whether another node may be made. */
bool room(const struct world *w);

/* ---- look.c: the real tree against the model */

/** look_bytes(w, fd, n, off, len): pread and compare. */
void look_bytes(struct world *w, int fd, struct node *n, off_t off, size_t len);
/** compare(w, n, off, got, want, len, what): the same bytes, or fail. */
void compare(struct world *w, const struct node *n, off_t off,
	     const unsigned char *got, const unsigned char *want, size_t len,
	     const char *what);
/** look_stat(w, n, st): what stat says is what the model says. */
void look_stat(struct world *w, struct node *n, const struct stat *st);
/** look_list(w, dir): the listing is the model's. */
void look_list(struct world *w, struct node *dir);
/** look_node(w, n), look_all(w): everything about it, about everything. */
void look_node(struct world *w, struct node *n);
void look_all(struct world *w);

/* ---- operations; each does one thing at random */

typedef void op_fn(struct world *w);

op_fn op_create, op_open, op_close, op_rewrite, op_write, op_write_here,
	op_append, op_writev, op_read, op_pread, op_readv, op_truncate,
	op_ftruncate;
op_fn op_map, op_map_write, op_map_read, op_map_closed, op_allocate, op_seek,
	op_copy, op_sendfile;
op_fn op_rename, op_exchange, op_unlink, op_link, op_mkdir, op_rmdir,
	op_symlink, op_readlink, op_replace, op_crowd;
op_fn op_chmod, op_utimens, op_xattr, op_xattr_look, op_sync, op_sync_dir,
	op_lock, op_chown, op_stat, op_fstat, op_list, op_missing, op_file,
	op_statfs;

/** corrupt(w): change something that the model does not know. */
void corrupt(struct world *w);

/** handle_close(w, h): the handle and its mapping. */
void handle_close(struct world *w, struct handle *h);

#endif
