/* A group that stands already: counted, and its denials told again. */
/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Doing nothing must not read as "all is well": who runs ingest a second time
 * is told of each denied file and record as the first time, and gets the same
 * exit code. What was said then stands in the sealed index: the head has the
 * reason of a denied file, the blocks have the records. Reading them costs less
 * than the hashing of the files that showed that they stand.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>

#include "base/mem.h"
#include "fs/ingest/job_in.h"
#include "policy/redact/detect.h"

/* Where the telling is: in one group, in one of its files. */
struct told {
	struct job *j;
	bool language; /* said once of a group */
	struct file *f;
	uint64_t next; /* number of the file's next record not looked at yet */
	uint64_t denied, named, more;
};

static const char *words_of(uint8_t denied)
{
	switch (denied) {
	case DENIAL_UNDETECTED:
		return "no recognizer knows the language; such records are not "
		       "shown";
	case DENIAL_LIMIT:
		return "too large, too deep or too slow: denied";
	default:
		return "malformed: denied";
	}
}

static void tell_record(struct told *t, const struct record *r)
{
	bool language = r->denied == DENIAL_UNDETECTED;

	if (language && t->language)
		return;
	t->language = t->language || language;
	if (t->named == DETECT_COMPLAINTS) {
		t->more++;
		return;
	}
	t->named++;
	job_complain(t->j->r, t->f->f->stored, r->number, words_of(r->denied));
}

static void tell_block(struct told *t, const struct index_block *k)
{
	for (uint32_t i = 0; i < k->nrecords; i++) {
		const struct record *r = &k->records[i];

		/* One that crosses an edge stands in both blocks. */
		if (r->number < t->next)
			continue;
		t->next = (uint64_t)r->number + 1;
		if (r->denied == DENIAL_NONE)
			continue;
		t->denied++;
		tell_record(t, r);
	}
}

static int tell_records(struct told *t, struct store_object *o,
			uint32_t nblocks)
{
	CLEANUP(buf_free) struct buf blob = {.secret = true};
	struct ingest_run *run = t->j->r;
	char words[64];
	int rc = 0;

	for (uint32_t nr = 0; rc == 0 && nr < nblocks; nr++) {
		struct index_block k;

		buf_clear(&blob);
		arena_reset(t->j->arena);
		rc = store_object_blob(o, 1 + nr, &blob);
		if (rc == 0)
			rc = index_block_get(buf_bytes(&blob), t->j->arena, &k,
					     NULL);
		if (rc == 0)
			tell_block(t, &k);
	}
	if (rc == 0 && t->more != 0) {
		snprintf(words, sizeof(words),
			 "and %" PRIu64 " more records denied", t->more);
		job_complain(run, t->f->f->stored, INGEST_NO_RECORD, words);
	}
	pthread_mutex_lock(&run->lock);
	run->sum->records_denied += t->denied;
	pthread_mutex_unlock(&run->lock);
	return rc;
}

static int tell_object(struct told *t, struct store_object *o)
{
	CLEANUP(buf_free) struct buf blob = {.secret = true};
	CLEANUP(buf_free) struct buf why = {0};
	struct job *j = t->j;
	struct index_head h;
	int rc = store_object_blob(o, 0, &blob);

	arena_reset(j->arena);
	if (rc == 0)
		rc = index_head_get(buf_bytes(&blob), j->arena, &h, NULL);
	if (rc != 0)
		return rc;
	if (h.denied == DENIAL_NONE)
		return tell_records(t, o, h.nblocks);
	if (buf_putb(&why, h.reason) != 0 || buf_str(&why) == NULL)
		return -ENOMEM;
	job_complain(j->r, t->f->f->stored, INGEST_NO_RECORD, buf_str(&why));
	pthread_mutex_lock(&j->r->lock);
	j->r->sum->denied++;
	pthread_mutex_unlock(&j->r->lock);
	return 0;
}

static int tell_file(struct told *t, struct file *f, struct err *e)
{
	const struct store_entry *at = &f->stood;
	struct store_object *o = NULL;
	int rc = store_object_open(t->j->r->w->store, at->id, at->version,
				   at->spanset, &o, e);

	if (rc != 0)
		return rc;
	*t = (struct told){.j = t->j, .language = t->language, .f = f};
	rc = tell_object(t, o);
	if (rc != 0 && store_object_why(o, e) == 0)
		err_set(e, rc, "",
			"the index of an object that stands cannot "
			"be read; run `carrel fsck`");
	store_object_close(o);
	return rc;
}

/* It was detected as it would be now; a file that names no others whatever
 * they are. */
static bool stands(struct job *j, struct file *f)
{
	struct store_ingest *txn = j->r->txn;

	return store_ingest_has(txn, f->f->stored, f->stamp, &f->stood) ||
	       store_ingest_has(txn, f->f->stored, f->stamp_known, &f->stood);
}

bool job_stands(struct job *j)
{
	bool all = j->r->txn != NULL;

	for (size_t i = 0; j->r->txn != NULL && i < j->n; i++) {
		struct file *f = &j->files[i];
		bool same = !f->bad && stands(j, f);

		/* The rest is not what the file is: it cannot be searched by
		 * way of it. */
		if (f->stands && !same)
			job_complain(j->r, f->f->stored, INGEST_NO_RECORD,
				     "a part of it was erased: the rest keeps "
				     "the spans it has, until `carrel ingest "
				     "--redetect`");
		f->stands = f->stands || same;
		all = all && (f->bad || f->stands);
	}
	return all;
}

int job_stands_tell(struct job *j, struct err *e)
{
	struct told t = {.j = j};
	int rc = 0;

	for (size_t i = 0; rc == 0 && i < j->n; i++) {
		struct file *f = &j->files[i];

		if (f->bad)
			continue;
		pthread_mutex_lock(&j->r->lock);
		j->r->sum->files++;
		j->r->sum->skipped++;
		j->r->sum->bytes += (uint64_t)f->st.st_size;
		pthread_mutex_unlock(&j->r->lock);
		rc = tell_file(&t, f, e);
	}
	return rc;
}
