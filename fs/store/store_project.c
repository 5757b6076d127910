/* Keys of projects: made at first use, destroyed when the project ends. */
/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A project's key is random; from it come stand-ins, dealing, inode numbers and
 * the keys that wrap those of its work areas. So to end a project is to destroy
 * that one key: its row stays, empty, so that the name never gets another one
 * and what was made under the first is not taken for wrong. The policy in force
 * goes with it, and the rows that lead to its work areas. The folders of these
 * hold nothing that opens; they are removed when no session is in them any
 * more.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

#include "base/fdio.h"
#include "base/hex.h"
#include "base/mem.h"
#include "fs/store/root.h"

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
	mem_free(x->areas);
	*x = (struct store_ended){.n = 0};
}

struct ending {
	struct store *s;
	const char *project;
	struct store_ended *out;
};

static int area_end(void *ctx, const struct store_work *a)
{
	struct ending *x = ctx;
	struct store_ended *out = x->out;
	uint8_t(*v)[STORE_ID];
	int rc;

	if (!bytes_is(buf_bytes(&a->project), x->project))
		return 0;
	v = mem_grow(out->areas, out->n + 1, STORE_ID);
	if (v == NULL)
		return -ENOMEM;
	out->areas = v;
	memcpy(v[out->n++], a->id, STORE_ID);
	rc = catalog_key_del(x->s->catalog, CATALOG_KEY_WORK,
			     bytes_of(a->id, STORE_ID));
	return rc == 0 ? store_work_forget(x->s, a) : rc;
}

static int project_end(struct ending *x)
{
	CLEANUP(buf_free) struct buf was = {0};
	uint8_t h[HASH_LEN];
	struct bytes ref = bytes_of(h, sizeof(h));
	int rc;

	inner_hash(x->s, "project", bytes_str(x->project), none, h);
	rc = catalog_key_get(x->s->catalog, CATALOG_KEY_PROJECT, ref, &was);
	if (rc == 0 && was.n == 0)
		rc = -ENOKEY;
	if (rc == 0)
		rc = catalog_key_set(x->s->catalog, CATALOG_KEY_PROJECT, ref,
				     none);
	if (rc == 0)
		rc = store_cell_del(x->s, "policy", bytes_str(x->project));
	return rc == 0 ? store_work_each(x->s, area_end, x) : rc;
}

int store_project_end(struct store *s, const char *project,
		      struct store_ended *out, struct err *e)
{
	struct ending x = {.s = s, .project = project, .out = out};
	int rc;

	*out = (struct store_ended){.n = 0};
	if (!atomic_load(&s->writer))
		return err_set(e, -EROFS, s->dir,
			       "ending a project needs the store's lock");
	rc = catalog_begin(s->catalog);
	if (rc == 0)
		rc = catalog_end(s->catalog, project_end(&x));
	if (rc == 0)
		rc = catalog_truncate(s->catalog);
	if (rc == -ENOENT)
		return err_set(e, rc, project,
			       "no project of this name has a key here");
	return rc == -EBUSY ? 0 : project_words(s, rc, e);
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
	return rc == 0 ? 0
		       : err_set(e, rc, s->dir,
				 "the project has ended, but the folder of a "
				 "work area cannot be removed: %s",
				 strerror(-rc));
}
