/* One group of files: through a keyless child, into the store. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "fs/ingest/job_in.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/fdio.h"
#include "base/hash.h"
#include "base/mem.h"
#include "fs/ingest/packed.h"
#include "fs/ingest/redetect.h"
#include "fs/ingest/source.h"
#include "policy/redact/detect.h"
#include "policy/redact/index.h"

/*
 * A file is read twice: once to know whether it stands already, and once to be
 * sealed; the child reads it between. Both must have one print (print.h), or
 * the file changed meanwhile and is not taken: what is sealed is what was
 * detected. Frames of a child are hostile: each block and head is decoded by
 * the strict readers, compared with the file, and encoded bytes are sealed as
 * they came. Files of a group come back in order, blocks in order, then the
 * head; anything else ends the child.
 */
#define CHUNK 262144 /* prints are made of such parts: another gives others */

void job_complain(struct ingest_run *r, struct bytes path, uint64_t record,
		  const char *words)
{
	if (r->w->complain == NULL)
		return;
	pthread_mutex_lock(&r->lock);
	r->w->complain(r->w->ctx, path, record, words);
	pthread_mutex_unlock(&r->lock);
}

void job_leave_out(struct job *j, struct file *f, const char *words)
{
	f->bad = true;
	job_complain(j->r, f->f->packed.n > 0 ? f->f->packed : f->f->stored,
		     INGEST_NO_RECORD, words);
	pthread_mutex_lock(&j->r->lock);
	j->r->sum->left++;
	pthread_mutex_unlock(&j->r->lock);
}

/* ---- reading ---- */

int job_each_chunk(struct file *f, int (*fn)(void *ctx, struct bytes b),
		   void *ctx)
{
	/* A byte more than there should be: growing shows. */
	size_t n = f->st.st_size < CHUNK ? (size_t)f->st.st_size + 1 : CHUNK;
	uint8_t *p = mem_new(1, n);
	uint64_t off = 0;
	ssize_t got = 0;
	int r = p == NULL ? -ENOMEM : 0;

	while (r == 0) {
		got = fd_pread_full(f->fd, p, n, off);
		if (got > 0)
			r = fn(ctx, bytes_of(p, (size_t)got));
		if (got < (ssize_t)n)
			break;
		off += (uint64_t)got;
	}
	if (got > 0)
		off += (uint64_t)got;
	if (p != NULL)
		secret_wipe(p, n);
	mem_free(p);
	if (r != 0)
		return r;
	return got < 0				? (int)got
	       : off == (uint64_t)f->st.st_size ? 0
						: -ESTALE;
}

void job_print(const struct job *j, struct print *p)
{
	const struct key *key = j->r->print;

	print_begin(p,
		    key == NULL ? AEAD_REFUSED : store_cipher(j->r->w->store),
		    key);
}

/* What the first reading makes of a file. */
struct first {
	struct print p;
	struct hasher h;
	bool hash;
};

static int first_chunk(void *ctx, struct bytes b)
{
	struct first *x = ctx;

	print_add(&x->p, b);
	if (x->hash)
		hasher_add(&x->h, b);
	return 0;
}

static int open_file(struct job *j, struct file *f)
{
	struct first x = {.hash = j->r->erased};
	struct err why = {0};
	int r = 0;

	f->fd = f->f->entry != NULL ? redetect_open(j->r->w->store, f->f->entry)
				    : packed_open(j->r->packed, f->f, &why);
	if (f->fd < 0)
		r = f->fd;
	else if (fstat(f->fd, &f->st) != 0)
		r = -errno;
	job_print(j, &x.p);
	hasher_blake2b(&x.h, NULL);
	if (r == 0)
		r = job_each_chunk(f, first_chunk, &x);
	print_end(&x.p, f->print);
	hasher_end(&x.h, f->hash);
	if (r == -ENOMEM)
		return r;
	if (r != 0)
		job_leave_out(j, f,
			      why.code != 0  ? why.text
			      : r == -ESTALE ? "changed while it was read"
			      : f->f->entry != NULL
				      ? "the store cannot read it; run `carrel "
					"fsck`"
				      : strerror(-r));
	return 0;
}

/* What was erased from a file does not come back with the unchanged file. */
static void find_erased(struct job *j)
{
	for (size_t i = 0; j->r->erased && i < j->n; i++) {
		struct file *f = &j->files[i];
		enum source_state is =
			f->bad ? SOURCE_NEW
			       : source_state(j->r->txn, j->r->w->store,
					      f->f->stored,
					      (uint64_t)f->st.st_size, f->hash,
					      &f->stood);

		f->stands = is == SOURCE_PART;
		f->bad = f->bad || is == SOURCE_GONE;
		if (is == SOURCE_GONE)
			job_complain(j->r, f->f->stored, INGEST_NO_RECORD,
				     "it was erased: not taken unchanged");
	}
}

static void hash_flags(const struct job *j, const struct file *f,
		       struct hasher *h)
{
	size_t n;
	const struct flag *v = flagged_of(&j->r->flagged, f->f->stored, &n);

	for (size_t i = 0; i < n; i++) {
		hasher_field(h, bytes_str("flag"));
		hasher_field(h, v[i].type);
		hasher_field(h, v[i].text);
	}
}

/* What the result depends on: all files of the group, rules, recognizers. */
static void make_stamps(struct job *j)
{
	struct hasher h;
	uint8_t group[HASH_LEN];

	hasher_blake2b(&h, NULL);
	hasher_field(&h, bytes_str(DETECT_VERSION));
	hasher_field(&h, bytes_of(j->r->setup, sizeof(j->r->setup)));
	for (size_t i = 0; i < j->n; i++)
		if (!j->files[i].bad) {
			hasher_field(&h, j->files[i].f->stored);
			hasher_add(&h, bytes_of(j->files[i].print, HASH_LEN));
			hash_flags(j, &j->files[i], &h);
		}
	hasher_end(&h, group);
	for (size_t i = 0; i < j->n; i++) {
		hasher_blake2b(&h, NULL);
		hasher_add(&h, bytes_of(group, sizeof(group)));
		hasher_field(&h, j->files[i].f->stored);
		hasher_end(&h, j->files[i].stamp);
		hasher_blake2b(&h, NULL);
		hasher_add(&h, bytes_of(j->files[i].stamp, HASH_LEN));
		hasher_add(&h, bytes_of(j->r->known, sizeof(j->r->known)));
		hasher_end(&h, j->files[i].stamp_known);
	}
}

/* ---- one group ---- */

static int run_job(struct job *j, struct err *e)
{
	uint64_t bytes = 0;
	bool any = false;
	int r = 0;

	for (size_t i = 0; r == 0 && i < j->n; i++) {
		r = open_file(j, &j->files[i]);
		bytes += (uint64_t)j->files[i].st.st_size;
	}
	if (r != 0)
		return err_set(e, r, "", "%s", strerror(-r));
	find_erased(j);
	for (size_t i = 0; i < j->n; i++)
		any = any || !j->files[i].bad;
	if (!any)
		return 0;
	make_stamps(j);
	if (job_stands(j))
		return job_stands_tell(j, e);
	if (j->files[0].bad)
		job_answers_next(j);
	return job_answers(j, bytes >> 20, e);
}

int job_run(struct ingest_run *r, struct store_writer *writer, size_t first,
	    size_t n, struct err *e)
{
	struct job j = {.r = r, .w = writer, .n = n};
	int rc;

	j.files = mem_new(n, sizeof(*j.files));
	j.arena = arena_new();
	rc = j.files == NULL || j.arena == NULL ? err_nomem(e) : 0;
	for (size_t i = 0; rc == 0 && i < n; i++)
		j.files[i] =
			(struct file){.f = &r->walk.v[first + i], .fd = -1};
	if (rc == 0)
		rc = run_job(&j, e);
	if (rc != 0)
		job_answers_abort(&j);
	for (size_t i = 0; j.files != NULL && i < n; i++)
		fd_close(&j.files[i].fd);
	mem_free(j.files);
	mem_free(j.counts);
	arena_free(j.arena);
	return rc;
}
