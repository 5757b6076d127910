/* What an ingest does, from its manifest: learned by a child, found here. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "fs/ingest/plan.h"

#include <errno.h>
#include <fcntl.h>

#include "base/fdio.h"
#include "base/mem.h"

#define WORDS_MAX (64u << 20)

void plan_free(struct plan *p)
{
	if (p == NULL)
		return;
	for (size_t i = 0; i < LISTS_MAX; i++) {
		buf_free(&p->datas[i]);
		buf_free(&p->names[i]);
		buf_free(&p->places[i]);
	}
	buf_free(&p->text);
	buf_free(&p->place);
	buf_free(&p->name);
	buf_free(&p->terms);
	external_list_free(p->external);
	arena_free(p->arena);
	mem_free(p);
}

static int read_list(struct plan *p, const char *manifest, struct bytes name,
		     struct err *e)
{
	const char *slash = strrchr(manifest, '/');
	size_t i = p->setup.nfiles;
	struct buf *path;
	int r = 0;

	if (i == LISTS_MAX)
		return err_set(e, -EPROTO, manifest, "more than %d word lists",
			       LISTS_MAX);
	path = &p->places[i];
	if (slash != NULL)
		r = buf_put(path, manifest, (size_t)(slash - manifest) + 1);
	if (r == 0)
		r = buf_putb(path, name);
	if (r == 0)
		r = buf_putb(&p->names[i], name);
	if (r != 0 || buf_str(path) == NULL)
		return err_nomem(e);
	r = file_read(AT_FDCWD, buf_str(path), WORDS_MAX, &p->datas[i]);
	if (r != 0)
		return err_set(e, r, buf_str(path),
			       "the word list cannot be read: %s",
			       strerror(-r));
	p->files[2 * i] = buf_bytes(&p->names[i]);
	p->files[2 * i + 1] = buf_bytes(&p->datas[i]);
	p->setup.nfiles++;
	return 0;
}

/* INFO: name, terms, and the word lists that are still wanted. */
static int take_info(struct plan *p, const struct child_wire *w,
		     const char *manifest, uint64_t *wanted, struct err *e)
{
	struct cbor c = {.in = buf_bytes(&w->in)};
	struct bytes name, terms;
	uint64_t n = cbor_get_array(&c);
	int r = 0;

	if (n != 3 && n != 4)
		return err_set(e, -EIO, "", "a child's answer is malformed");
	name = cbor_get_bytes(&c);
	terms = cbor_get_bytes(&c);
	*wanted = cbor_get_array(&c);
	for (uint64_t i = 0; r == 0 && i < *wanted; i++)
		r = read_list(p, manifest, cbor_get_bytes(&c), e);
	if (r != 0)
		return r;
	if (n == 4)
		r = external_rules_get(&c, p->arena, &p->rules, &p->nrules);
	if (r == -ENOMEM)
		return err_nomem(e);
	buf_clear(&p->name);
	buf_clear(&p->terms);
	if (r != 0 || cbor_end(&c) != 0)
		return err_set(e, -EIO, "", "a child's answer is malformed");
	return buf_putb(&p->name, name) == 0 && buf_putb(&p->terms, terms) == 0
		       ? 0
		       : err_nomem(e);
}

/* Twice where word lists are wanted: their names come with the first. */
static int learn_manifest(struct plan *p, struct child_pool *pool,
			  const char *manifest, struct err *e)
{
	struct child_wire *w;
	uint64_t wanted = 1;
	int r = 0;

	for (int i = 0; r == 0 && wanted > 0 && i < 2; i++) {
		child_pool_setup(pool, &p->setup);
		r = child_take(pool, 0, &w, e);
		if (r != 0)
			return r;
		r = take_info(p, w, manifest, &wanted, e);
		child_give(pool, w, r == 0 && wanted == 0);
	}
	return r;
}

/* What they are made of is part of what is detected. Children that are started
 * from now on have them. */
static int find_external(struct ingest_run *run, struct plan *p, struct err *e)
{
	const struct ingest_want *w = run->w;
	struct hasher h;
	int r = external_list_new(p->rules, p->nrules, w->manifest,
				  w->store == NULL ? NULL : store_dir(w->store),
				  &p->external, e);

	if (r != 0)
		return r;
	hasher_blake2b(&h, NULL);
	hasher_add(&h, bytes_of(run->setup, sizeof(run->setup)));
	hasher_add(&h, bytes_of(external_list_digest(p->external), HASH_LEN));
	hasher_end(&h, run->setup);
	p->setup.external = p->external;
	child_pool_setup(run->children, &p->setup);
	return 0;
}

int plan_make(struct plan *p, struct ingest_run *run, struct err *e)
{
	const char *path = run->w->manifest;
	struct buf b CLEANUP(buf_free) = {0};
	int r = 0;

	if (path != NULL)
		r = file_read(AT_FDCWD, path, 1 << 20, &p->text);
	if (r != 0)
		return err_set(e, r, path, "the manifest cannot be read: %s",
			       strerror(-r));
	if (path != NULL && p->text.n == 0)
		return err_set(e, -EPROTO, path,
			       "the manifest is empty; it begins with "
			       "carrel-dataset: 1");
	p->setup = (struct child_setup){.name = path == NULL ? "" : path,
					.manifest = buf_bytes(&p->text),
					.files = p->files};
	p->arena = arena_new();
	r = p->arena == NULL
		    ? err_nomem(e)
		    : learn_manifest(p, run->children, p->setup.name, e);
	if (r == 0 && child_setup_put(&b, &p->setup) != 0)
		r = err_nomem(e);
	hash_blake2b(run->setup, NULL, buf_bytes(&b));
	return r == 0 && p->nrules > 0 ? find_external(run, p, e) : r;
}

/* The manifest and what it names may lie among the files: they are no data. */
void plan_drop(struct plan *p, const char *manifest, struct walk *w)
{
	if (manifest != NULL)
		walk_drop(w, manifest);
	for (size_t i = 0; i < p->setup.nfiles; i++)
		walk_drop(w, buf_str(&p->places[i]));
	for (size_t i = 0; external_list_file(p->external, i) != NULL; i++)
		walk_drop(w, external_list_file(p->external, i));
}
