/* External recognizers as they lie on this machine: paths and digests. */
/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/fdio.h"
#include "base/mem.h"
#include "fs/ingest/external_run.h"
#include "fs/ingest/walk.h"

#define FILES_MAX 1024	       /* words and folders of all programs */
#define READ_MAX (64ull << 30) /* bytes digested */

struct external_list {
	struct arena *arena;
	const struct external_rule *v;
	uint32_t n;
	const char *dir;	      /* of the manifest */
	const char *store;	      /* NULL: none is known */
	const char *files[FILES_MAX]; /* real paths that may be read */
	size_t nfiles;
	struct buf orders[EXTERNAL_MAX];
	struct hasher h;
	uint8_t digest[HASH_LEN];
};

/* ---- what of the rules crosses to here ---- */

static int put_words(struct buf *b, const char *const *v, size_t n)
{
	int r = cbor_put_array(b, n);

	for (size_t i = 0; r == 0 && i < n; i++)
		r = cbor_put_bytes(b, bytes_str(v[i]));
	return r;
}

int external_rules_put(struct buf *b, const struct external_rule *v, uint32_t n)
{
	int r = cbor_put_array(b, n);

	for (uint32_t i = 0; r == 0 && i < n; i++) {
		r = cbor_put_bytes(b, bytes_str(v[i].name));
		if (r == 0)
			r = put_words(b, v[i].command, v[i].ncommand);
		if (r == 0)
			r = put_words(b, v[i].reads, v[i].nreads);
		if (r == 0)
			r = cbor_put_uint(b, v[i].total_s);
	}
	return r;
}

static int get_words(struct cbor *c, struct arena *a, const char *const **out,
		     size_t *n)
{
	uint64_t count = cbor_get_array(c);
	const char **v;

	if (count > FILES_MAX)
		return -EPROTO;
	v = arena_array(a, count + 1, sizeof(*v));
	for (uint64_t i = 0; v != NULL && i < count; i++) {
		struct bytes b = cbor_get_bytes(c);

		if (b.n > 0 && memchr(b.p, 0, b.n) != NULL)
			return -EPROTO;
		v[i] = arena_str(a, b);
		if (v[i] == NULL)
			return -ENOMEM;
	}
	*out = v;
	*n = count;
	return v == NULL ? -ENOMEM : c->err;
}

int external_rules_get(struct cbor *c, struct arena *a,
		       const struct external_rule **v, uint32_t *n)
{
	uint64_t count = cbor_get_array(c);
	struct external_rule *x;
	int r = 0;

	if (count > EXTERNAL_MAX)
		return -EPROTO;
	x = arena_array(a, count + 1, sizeof(*x));
	if (x == NULL)
		return -ENOMEM;
	for (uint64_t i = 0; r == 0 && i < count; i++) {
		x[i].name = arena_str(a, cbor_get_bytes(c));
		r = x[i].name == NULL
			    ? -ENOMEM
			    : get_words(c, a, &x[i].command, &x[i].ncommand);
		if (r == 0)
			r = get_words(c, a, &x[i].reads, &x[i].nreads);
		x[i].total_s = (uint32_t)cbor_get_uint(c);
		if (r == 0 && x[i].ncommand == 0)
			r = -EPROTO;
	}
	*v = x;
	*n = (uint32_t)count;
	return r;
}

/* ---- finding and digesting ---- */

/* The path from the manifest's folder, real; NULL: there is no such. */
static const char *find(struct external_list *l, const char *word)
{
	char path[PATH_MAX], real[PATH_MAX];
	int n = word[0] == '/'
			? snprintf(path, sizeof(path), "%s", word)
			: snprintf(path, sizeof(path), "%s/%s", l->dir, word);

	if (n < 0 || (size_t)n >= sizeof(path) || realpath(path, real) == NULL)
		return NULL;
	return arena_str(l->arena, bytes_str(real));
}

static bool lies_in(const char *path, const char *dir)
{
	size_t n = strlen(dir);

	return strncmp(path, dir, n) == 0 &&
	       (path[n] == '/' || path[n] == '\0' || strcmp(dir, "/") == 0);
}

static int digest_file(struct external_list *l, const char *path, uint64_t max,
		       struct err *e)
{
	int fd CLEANUP(fd_close) =
		open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	struct buf b CLEANUP(buf_free) = {0};
	uint64_t at = 0;
	ssize_t n = fd < 0 ? -errno : buf_reserve(&b, 1 << 18);

	while (n == 0 || (n > 0 && at <= max)) {
		n = fd_pread_full(fd, b.p, 1 << 18, at);
		if (n <= 0)
			break;
		hasher_field(&l->h, bytes_of(b.p, (size_t)n));
		at += (uint64_t)n;
	}
	hasher_u64(&l->h, at);
	if (at > max)
		n = -EFBIG;
	return n >= 0 ? 0
		      : err_set(e, (int)n, path, "cannot be read: %s",
				strerror((int)-n));
}

/* All of a file or folder: names and contents. */
static int digest(struct external_list *l, const char *path, struct err *e)
{
	struct walk w = {0};
	int r = walk_paths(&w, &path, 1, e);

	if (r == 0 && w.bytes > READ_MAX)
		r = err_set(e, -EFBIG, path, "more than 64 GiB");
	for (size_t i = 0; r == 0 && i < w.n; i++) {
		hasher_field(&l->h, w.v[i].stored);
		r = digest_file(l, w.v[i].path, READ_MAX, e);
	}
	walk_free(&w);
	return r;
}

static int allow(struct external_list *l, const char *path, struct buf *paths,
		 struct err *e)
{
	if (l->store != NULL &&
	    (lies_in(path, l->store) || lies_in(l->store, path)))
		return err_set(e, -EACCES, path,
			       "an external recognizer may not read where the "
			       "store lies");
	if (l->nfiles == FILES_MAX)
		return err_set(e, -EFBIG, path, "more than %d files",
			       FILES_MAX);
	l->files[l->nfiles++] = path;
	if (cbor_put_bytes(paths, bytes_str(path)) != 0)
		return err_nomem(e);
	return digest(l, path, e);
}

static const char *search(struct external_list *l, const char *name)
{
	static const char *const dirs[] = {"/usr/local/bin", "/usr/bin",
					   "/bin"};
	char path[PATH_MAX];

	for (size_t i = 0; i < ARRAY_LEN(dirs); i++) {
		snprintf(path, sizeof(path), "%s/%s", dirs[i], name);
		if (access(path, X_OK) == 0)
			return find(l, path);
	}
	return NULL;
}

static int program(struct external_list *l, const struct external_rule *x,
		   const char **out, struct err *e)
{
	const char *word = x->command[0];
	struct stat st;

	*out = strchr(word, '/') == NULL ? search(l, word) : find(l, word);
	if (*out == NULL)
		return err_set(e, -ENOENT, word,
			       "the program of external recognizer %s is not "
			       "%s",
			       x->name,
			       strchr(word, '/') != NULL
				       ? "there"
				       : "in /usr/local/bin, /usr/bin or /bin; "
					 "one beside the manifest begins with "
					 "./");
	if (stat(*out, &st) != 0 || !S_ISREG(st.st_mode) ||
	    access(*out, X_OK) != 0)
		return err_set(e, -EACCES, word,
			       "the program of external recognizer %s cannot "
			       "be run",
			       x->name);
	return 0;
}

/* Words that are files: a script behind its interpreter. */
static int allow_words(struct external_list *l, const struct external_rule *x,
		       struct buf *paths, uint64_t *n, struct err *e)
{
	struct stat st;
	int r = 0;

	for (size_t i = 1; r == 0 && i < x->ncommand; i++) {
		const char *path = find(l, x->command[i]);

		if (path == NULL || stat(path, &st) != 0 ||
		    !S_ISREG(st.st_mode))
			continue;
		r = allow(l, path, paths, e);
		++*n;
	}
	for (size_t i = 0; r == 0 && i < x->nreads; i++) {
		const char *path = find(l, x->reads[i]);

		if (path == NULL)
			return err_set(e, -ENOENT, x->reads[i],
				       "external recognizer %s is to read it, "
				       "but it is not there",
				       x->name);
		r = allow(l, path, paths, e);
		++*n;
	}
	return r;
}

/* [folder, program, [path ...], [argument ...]] */
static int make_order(struct external_list *l, const struct external_rule *x,
		      struct buf *out, struct err *e)
{
	struct buf paths CLEANUP(buf_free) = {0};
	const char *own;
	uint64_t n = 1;
	int r = program(l, x, &own, e);

	if (r == 0)
		r = allow(l, own, &paths, e);
	if (r == 0)
		r = allow_words(l, x, &paths, &n, e);
	if (r != 0)
		return r;
	r = cbor_put_array(out, 4);
	if (r == 0)
		r = cbor_put_bytes(out, bytes_str(l->dir));
	if (r == 0)
		r = cbor_put_bytes(out, bytes_str(own));
	if (r == 0)
		r = cbor_put_array(out, n);
	if (r == 0)
		r = buf_putb(out, buf_bytes(&paths));
	if (r == 0)
		r = put_words(out, x->command, x->ncommand);
	return r == 0 ? 0 : err_nomem(e);
}

static int make_dir(struct external_list *l, const char *manifest,
		    struct err *e)
{
	char real[PATH_MAX];
	char *slash;

	if (realpath(manifest, real) == NULL)
		return err_errno(e, manifest, "cannot be found");
	slash = strrchr(real, '/');
	slash[slash == real] = '\0';
	l->dir = arena_str(l->arena, bytes_str(real));
	return l->dir == NULL ? err_nomem(e) : 0;
}

/* What every program may read must not hold it. */
static int make_store(struct external_list *l, const char *store, struct err *e)
{
	static const char *const common[] = {
		"/usr", "/lib", "/lib32", "/lib64", "/libx32", "/bin", "/sbin"};
	char real[PATH_MAX];

	if (store == NULL)
		return 0;
	if (realpath(store, real) == NULL)
		return err_errno(e, store, "cannot be found");
	for (size_t i = 0; i < ARRAY_LEN(common); i++)
		if (lies_in(real, common[i]))
			return err_set(e, -EACCES, store,
				       "the store lies in %s, which every "
				       "external recognizer may read",
				       common[i]);
	l->store = arena_str(l->arena, bytes_str(real));
	return l->store == NULL ? err_nomem(e) : 0;
}

int external_list_new(const struct external_rule *v, uint32_t n,
		      const char *manifest, const char *store,
		      struct external_list **out, struct err *e)
{
	struct external_list *l = mem_new(1, sizeof(*l));
	int r;

	*out = NULL;
	if (l == NULL)
		return err_nomem(e);
	l->arena = arena_new();
	l->v = v;
	r = l->arena == NULL ? err_nomem(e) : make_store(l, store, e);
	if (r == 0)
		r = make_dir(l, manifest, e);
	hasher_blake2b(&l->h, NULL);
	for (; r == 0 && l->n < n; l->n++)
		r = make_order(l, &v[l->n], &l->orders[l->n], e);
	hasher_end(&l->h, l->digest);
	if (r != 0)
		external_list_free(l);
	else
		*out = l;
	return r;
}

void external_list_free(struct external_list *l)
{
	for (uint32_t i = 0; l != NULL && i < EXTERNAL_MAX; i++)
		buf_free(&l->orders[i]);
	if (l != NULL)
		arena_free(l->arena);
	mem_free(l);
}

/* ---- asking ---- */

uint32_t external_list_count(const struct external_list *l)
{
	return l == NULL ? 0 : l->n;
}

uint32_t external_list_seconds(const struct external_list *l)
{
	uint32_t sum = 0;

	for (uint32_t i = 0; l != NULL && i < l->n; i++)
		sum += l->v[i].total_s;
	return sum;
}

const uint8_t *external_list_digest(const struct external_list *l)
{
	return l->digest;
}

struct bytes external_list_order(const struct external_list *l, uint32_t i)
{
	return buf_bytes(&l->orders[i]);
}

const char *external_list_file(const struct external_list *l, size_t i)
{
	return l != NULL && i < l->nfiles ? l->files[i] : NULL;
}
