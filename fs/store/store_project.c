/* Keys of projects: made at first use, destroyed when the project ends. */
/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A project's key is random; from it come stand-ins, dealing, inode numbers and
 * the keys that wrap those of its work areas. So to end a project is to destroy
 * that one key: its row stays, empty, so that the name never gets another one
 * and what was made under the first is not taken for wrong. The policy in force
 * goes with it, and the rows that lead to its work areas. The folders of these
 * hold nothing that opens; they are removed when no session is in them any
 * more. Until then a cell names them, so that an end that was cut off is taken
 * up again: by the same command, or by who next has the store to himself.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

#include "base/cbor.h"
#include "base/fdio.h"
#include "base/hex.h"
#include "base/mem.h"
#include "fs/store/root.h"

#define CELL "ending" /* by project: [project, area, area ...] */

static const struct bytes none;

/* Under the catalog's lock: two threads at the first use make one key. */
static int project_make(struct store *s, struct bytes ref, struct key **out)
{
	int rc = root_begin(s);

	if (rc != 0)
		return rc;
	rc = inner_key_get(s, CATALOG_KEY_PROJECT, ref, out);
	if (rc == -ENOENT) {
		*out = key_random(s->pool);
		rc = *out == NULL ? -ENOMEM
				  : inner_key_make(s, CATALOG_KEY_PROJECT, ref,
						   *out);
	}
	return catalog_end(s->catalog, rc);
}

/* The project's own key; made where there is none and we may write. */
static int project_key(struct store *s, struct bytes ref, struct key **out)
{
	int rc = inner_key_get(s, CATALOG_KEY_PROJECT, ref, out);

	if (rc == -ENOENT)
		rc = atomic_load(&s->writer) ? project_make(s, ref, out)
					     : -EROFS;
	return rc == -EBADMSG ? -EUCLEAN : rc;
}

static int project_words(struct store *s, int rc, struct err *e)
{
	if (rc == -ENOKEY)
		return err_set(e, rc, s->dir,
			       "the project was ended: its keys are "
			       "destroyed, and its name is not used again");
	if (rc == -EROFS)
		return err_set(e, rc, s->dir,
			       "the project has no key yet and this process "
			       "does not hold the store's lock");
	if (rc == -ENOMEM)
		return err_nomem(e);
	return root_words(s, rc, e);
}

int store_project_key(struct store *s, const char *project, const char *purpose,
		      struct key **out, struct err *e)
{
	CLEANUP(key_freep) struct key *key = NULL;
	uint8_t ref[HASH_LEN];
	int rc;

	*out = NULL;
	inner_hash(s, "project", bytes_str(project), bytes_of(NULL, 0), ref);
	rc = project_key(s, bytes_of(ref, sizeof(ref)), &key);
	if (rc != 0)
		return project_words(s, rc, e);
	*out = key_derive(s->pool, key, purpose);
	return *out == NULL ? err_nomem(e) : 0;
}

/* ---- the end ---- */

void store_ended_free(struct store_ended *x)
{
	buf_free(&x->project);
	mem_free(x->areas);
	*x = (struct store_ended){.n = 0};
}

static int area_add(struct store_ended *x, const uint8_t *id)
{
	uint8_t(*v)[STORE_ID] = mem_grow(x->areas, x->n + 1, STORE_ID);

	if (v == NULL)
		return -ENOMEM;
	x->areas = v;
	memcpy(v[x->n++], id, STORE_ID);
	return 0;
}

static int ending_put(struct store *s, const struct store_ended *x)
{
	CLEANUP(buf_free) struct buf b = {.secret = true};
	int rc = cbor_put_array(&b, 1 + x->n);

	if (rc == 0)
		rc = cbor_put_bytes(&b, buf_bytes(&x->project));
	for (size_t i = 0; rc == 0 && i < x->n; i++)
		rc = cbor_put_bytes(&b, bytes_of(x->areas[i], STORE_ID));
	return rc == 0 ? store_cell_put(s, CELL, buf_bytes(&x->project),
					buf_bytes(&b))
		       : rc;
}

static int ending_parse(struct bytes in, struct store_ended *x)
{
	struct cbor c = {.in = in};
	uint64_t n = cbor_get_array(&c);
	int rc = buf_putb(&x->project, cbor_get_bytes(&c));

	for (; rc == 0 && n > 1; n--) {
		struct bytes id = cbor_get_bytes(&c);

		rc = id.n == STORE_ID ? area_add(x, id.p) : -EUCLEAN;
	}
	if (rc == 0 && (n != 1 || cbor_end(&c) != 0))
		rc = -EUCLEAN;
	return rc == 0 && buf_str(&x->project) == NULL ? -ENOMEM : rc;
}

struct ending {
	struct store *s;
	struct store_ended *out;
};

static int area_end(void *ctx, const struct store_work *a)
{
	struct ending *x = ctx;
	int rc;

	if (!bytes_eq(buf_bytes(&a->project), buf_bytes(&x->out->project)))
		return 0;
	rc = area_add(x->out, a->id);
	if (rc == 0)
		rc = catalog_key_del(x->s->catalog, CATALOG_KEY_WORK,
				     bytes_of(a->id, STORE_ID));
	return rc == 0 ? store_work_forget(x->s, a) : rc;
}

/* It ended before; was it cut off? */
static int ended_before(struct ending *x)
{
	CLEANUP(buf_free) struct buf cell = {.secret = true};
	int rc = store_cell_get(x->s, CELL, buf_bytes(&x->out->project), &cell);

	if (rc != 0)
		return rc == -ENOENT ? -ENOKEY : rc;
	buf_clear(&x->out->project);
	return ending_parse(buf_bytes(&cell), x->out);
}

static int project_end(struct ending *x)
{
	CLEANUP(buf_free) struct buf was = {0};
	struct bytes project = buf_bytes(&x->out->project);
	uint8_t h[HASH_LEN];
	struct bytes ref = bytes_of(h, sizeof(h));
	int rc;

	inner_hash(x->s, "project", project, none, h);
	rc = catalog_key_get(x->s->catalog, CATALOG_KEY_PROJECT, ref, &was);
	if (rc == 0 && was.n == 0)
		return ended_before(x);
	if (rc == 0)
		rc = catalog_key_set(x->s->catalog, CATALOG_KEY_PROJECT, ref,
				     none);
	if (rc == 0)
		rc = store_cell_del(x->s, "policy", project);
	if (rc == 0)
		rc = store_work_each(x->s, area_end, x);
	return rc == 0 ? ending_put(x->s, x->out) : rc;
}

int store_project_end(struct store *s, const char *project,
		      struct store_ended *out, struct err *e)
{
	struct ending x = {.s = s, .out = out};
	int rc;

	*out = (struct store_ended){.n = 0};
	if (!atomic_load(&s->writer))
		return err_set(e, -EROFS, s->dir,
			       "ending a project needs the store's lock");
	if (buf_puts(&out->project, project) != 0 ||
	    buf_str(&out->project) == NULL)
		return err_nomem(e);
	rc = catalog_begin(s->catalog);
	if (rc == 0)
		rc = catalog_end(s->catalog, project_end(&x));
	if (rc == -ENOENT)
		return err_set(e, rc, project,
			       "no project of this name has a key here");
	return project_words(s, rc, e);
}

/* Files only: an area's folder has no others below it. */
static int folder_remove(struct store *s, const uint8_t id[STORE_ID])
{
	char path[8 + 2 * STORE_ID] = "work/";
	CLEANUP(fd_close) int fd = -1;
	struct dirent *f;
	DIR *d;

	hex_encode(path + 5, bytes_of(id, STORE_ID));
	fd = openat(s->dirfd, path,
		    O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	d = fd < 0 ? NULL : fdopendir(fd);
	if (d == NULL)
		return errno == ENOENT ? 0 : -errno;
	fd = -1; /* the stream's */
	while ((f = readdir(d)) != NULL)
		(void)unlinkat(dirfd(d), f->d_name, 0);
	closedir(d);
	return unlinkat(s->dirfd, path, AT_REMOVEDIR) == 0 ? 0 : -errno;
}

int store_ended_sweep(struct store *s, const struct store_ended *x,
		      struct err *e)
{
	int rc = 0;

	for (size_t i = 0; rc == 0 && i < x->n; i++)
		rc = folder_remove(s, x->areas[i]);
	if (rc != 0)
		return err_set(e, rc, s->dir,
			       "the project has ended, but the folder of a "
			       "work area cannot be removed: %s",
			       strerror(-rc));
	rc = catalog_truncate(s->catalog);
	if (rc == -EBUSY)
		return err_set(e, rc, s->dir,
			       "the project has ended, but a reader keeps "
			       "catalog.db-wal, where pages of before stand; "
			       "end what reads the store, then end the project "
			       "again");
	if (rc == 0)
		rc = store_cell_del(s, CELL, buf_bytes(&x->project));
	return root_words(s, rc, e);
}

/* Collected first: the sweep asks the catalog. */
struct endings {
	struct store_ended *v;
	size_t n;
};

static int ending_one(void *ctx, struct bytes value)
{
	struct endings *l = ctx;
	struct store_ended *v = mem_grow(l->v, l->n + 1, sizeof(*v));

	if (v == NULL)
		return -ENOMEM;
	l->v = v;
	v[l->n] = (struct store_ended){.n = 0};
	return ending_parse(value, &v[l->n++]);
}

void store_ended_settle(struct store *s)
{
	struct endings l = {.n = 0};
	int rc = store_cell_each(s, CELL, ending_one, &l);

	for (size_t i = 0; i < l.n; i++) {
		if (rc == 0)
			rc = store_ended_sweep(s, &l.v[i], NULL);
		store_ended_free(&l.v[i]);
	}
	mem_free(l.v);
}
