/* What a child answers about a group's files: checked, counted, sealed. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "fs/ingest/job_in.h"

#include <errno.h>
#include <stdio.h>

#include "base/cbor.h"
#include "base/mem.h"
#include "policy/redact/detect.h"
#include "policy/redact/format.h"
#include "policy/redact/index.h"

/* ---- sealing ---- */

struct sealing {
	struct store_writer *w;
	struct print p;
};

static int seal_chunk(void *ctx, struct bytes b)
{
	struct sealing *s = ctx;

	print_add(&s->p, b);
	return store_put_data(s->w, b);
}

/* -ESTALE when it is no longer what was read first, and detected. */
static int begin_object(struct job *j, struct file *f)
{
	struct sealing s = {.w = j->w};
	uint8_t now[HASH_LEN];
	int r = j->w == NULL ? 0
		: f->f->entry != NULL
			? store_put_again(j->w, f->f->stored, f->f->entry)
			: store_put_begin(j->w, f->f->stored);

	if (r != 0)
		return r;
	j->open = true;
	if (j->w == NULL || f->f->entry != NULL)
		return 0;
	job_print(j, &s.p);
	r = job_each_chunk(f, seal_chunk, &s);
	print_end(&s.p, now);
	if (r == 0 && memcmp(now, f->print, HASH_LEN) != 0)
		r = -ESTALE;
	return r;
}

void job_answers_abort(struct job *j)
{
	if (j->open && j->w != NULL)
		store_put_abort(j->w);
	j->open = false;
	j->block = 0;
	j->check = (struct index_check){0};
}

static int count_types(struct job *j, const struct index_block *k, uint32_t nr)
{
	uint64_t from = (uint64_t)nr * INDEX_BLOCK;

	for (uint32_t i = 0; i < k->nspans; i++) {
		const struct span *s = &k->spans[i];

		/* Counted in the block it begins in. */
		if (s->start < from || s->start - from >= INDEX_BLOCK)
			continue;
		if (s->type >= j->ncounts) {
			size_t n = (size_t)s->type + 64;
			uint64_t *v = mem_grow(j->counts, n, sizeof(*v));

			if (v == NULL)
				return -ENOMEM;
			memset(v + j->ncounts, 0,
			       (n - j->ncounts) * sizeof(*v));
			j->counts = v;
			j->ncounts = n;
		}
		j->counts[s->type]++;
	}
	return 0;
}

/* What is sealed says how many, named to the owner or not. One that crosses an
 * edge stands in both blocks. */
static void count_denied(struct job *j, const struct index_block *k)
{
	for (uint32_t i = 0; i < k->nrecords; i++) {
		if (k->records[i].number < j->record)
			continue;
		j->record = (uint64_t)k->records[i].number + 1;
		j->denied += k->records[i].denied != DENIAL_NONE;
	}
}

/* ---- the child's answers ---- */

static uint32_t be32(const uint8_t *p)
{
	return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 |
	       (uint32_t)p[2] << 8 | p[3];
}

/* Skips files that are not sent; the child numbers only those it got. */
static struct file *file_at(struct job *j)
{
	return j->at < j->n ? &j->files[j->at] : NULL;
}

void job_answers_next(struct job *j)
{
	do
		j->at++;
	while (j->at < j->n && j->files[j->at].bad);
	j->block = 0;
	j->open = false;
	j->check = (struct index_check){0};
	j->record = j->denied = 0;
	if (j->ncounts > 0)
		memset(j->counts, 0, j->ncounts * sizeof(*j->counts));
}

static int take_block(struct job *j, struct bytes in)
{
	struct file *f = file_at(j);
	struct index_block k;
	uint32_t nr;
	int r = 0;

	if (f == NULL || in.n < 8)
		return -EPROTO;
	nr = be32(in.p + 4);
	in = bytes_sub(in, 8, in.n);
	if (nr != j->block ||
	    (uint64_t)nr * INDEX_BLOCK >= (uint64_t)f->st.st_size)
		return -EPROTO;
	arena_reset(j->arena);
	j->check.size = (uint64_t)f->st.st_size;
	r = index_block_get(in, j->arena, &k, NULL);
	if (r == 0)
		r = index_check_block(&j->check, &k, NULL);
	if (r == 0)
		r = count_types(j, &k, nr);
	if (r == 0)
		count_denied(j, &k);
	if (r == 0 && !j->open && !f->stands)
		r = begin_object(j, f);
	if (r == 0 && j->w != NULL && !f->stands)
		r = store_put_blob(j->w, in);
	j->block++;
	return r;
}

static void add_count(struct ingest_sum *s, struct bytes type, uint64_t n)
{
	size_t i = 0;

	while (i < s->ncounts && !bytes_is(type, s->counts[i].type))
		i++;
	if (i == ARRAY_LEN(s->counts) - 1 && i == s->ncounts) {
		s->ncounts++;
		snprintf(s->counts[i].type, sizeof(s->counts[i].type), "OTHER");
	} else if (i == s->ncounts) {
		s->ncounts++;
		snprintf(s->counts[i].type, sizeof(s->counts[i].type), "%.*s",
			 (int)type.n, (const char *)type.p);
	}
	if (i == ARRAY_LEN(s->counts))
		i--;
	s->counts[i].spans += n;
}

static void add_sums(struct job *j, const struct index_head *h,
		     const struct file *f)
{
	struct ingest_sum *s = j->r->sum;

	pthread_mutex_lock(&j->r->lock);
	s->files++;
	s->skipped += f->stands;
	s->bytes += (uint64_t)f->st.st_size;
	s->denied += h->denied != DENIAL_NONE;
	s->records += h->nrecords;
	s->records_denied += h->denied == DENIAL_NONE ? j->denied : 0;
	s->spans += h->nspans;
	for (size_t i = 0; i < j->ncounts && i < h->ntypes; i++)
		if (j->counts[i] != 0)
			add_count(s, h->types[i], j->counts[i]);
	pthread_mutex_unlock(&j->r->lock);
}

/* Nobody could say anew what it holds: what was said stands. */
static void count_standing(struct job *j, const struct file *f)
{
	pthread_mutex_lock(&j->r->lock);
	j->r->sum->files++;
	j->r->sum->skipped++;
	j->r->sum->bytes += (uint64_t)f->st.st_size;
	pthread_mutex_unlock(&j->r->lock);
}

static int finish_object(struct job *j, struct file *f, struct bytes head,
			 struct bytes summary, struct err *e)
{
	struct index_head h;
	struct index_summary s;
	int r;

	arena_reset(j->arena);
	r = index_head_get(head, j->arena, &h, NULL);
	if (r == 0)
		r = index_summary_get(summary, j->arena, &s, NULL);
	if (r != 0)
		return r;
	j->check.size = (uint64_t)f->st.st_size;
	r = index_check_head(&j->check, &h, NULL);
	if (r != 0 || s.nblocks != h.nblocks || s.denied != h.denied ||
	    s.nrecords != h.nrecords || !index_summary_fits(&s, f->f->stored))
		return -EPROTO;
	if (!j->open && !f->stands)
		r = begin_object(j, f);
	if (r == 0 && j->w != NULL && !f->stands)
		r = store_put_finish(
			j->w, head, summary,
			s.paths == PATHS_NONE ? f->stamp : f->stamp_known, e);
	if (r == 0)
		add_sums(j, &h, f);
	return r;
}

/* What is said in a recording is known from the others: all of them, as they
 * were. */
static bool is_torn(const struct job *j, const struct file *f)
{
	bool torn = false;

	if (f->stands)
		return false;
	for (size_t i = 0; i < j->n; i++)
		torn = torn || j->files[i].bad;
	return torn && format_is_recording(f->f->stored);
}

static int take_head(struct job *j, struct bytes in, struct err *e)
{
	struct cbor c = {.in = in};
	bool ok = cbor_get_array(&c) == 3;
	struct bytes head, summary;
	struct file *f = file_at(j);
	int r;

	(void)cbor_get_uint(&c);
	head = cbor_get_bytes(&c);
	summary = cbor_get_bytes(&c);
	if (f == NULL || !ok || cbor_end(&c) != 0)
		return -EPROTO;
	r = is_torn(j, f) ? -ESTALE : finish_object(j, f, head, summary, e);
	if (r == -ESTALE) {
		job_answers_abort(j);
		job_leave_out(
			j, f,
			is_torn(j, f)
				? "a file of its group cannot be read, or "
				  "changed: not taken without it"
				: "changed while it was read");
		r = 0;
	}
	if (r == 0)
		job_answers_next(j);
	return r;
}

static int take_complaint(struct job *j, struct bytes in)
{
	struct cbor c = {.in = in};
	char words[512];
	struct bytes path, text;
	uint64_t record;

	if (cbor_get_array(&c) != 3)
		return -EPROTO;
	path = cbor_get_bytes(&c);
	record = cbor_get_uint(&c);
	text = cbor_get_bytes(&c);
	if (cbor_end(&c) != 0)
		return -EPROTO;
	snprintf(words, sizeof(words), "%.*s", (int)text.n,
		 (const char *)text.p);
	job_complain(j->r, path, record, words);
	return 0;
}

/* 1: the job is done; 0: go on. */
static int take_frame(struct job *j, struct child_wire *w,
		      enum child_frame type, struct err *e)
{
	struct bytes in = buf_bytes(&w->in);

	switch ((int)type) {
	case CHILD_BLOCK:
		return take_block(j, in);
	case CHILD_HEAD:
		return take_head(j, in, e);
	case CHILD_COMPLAINT:
		return take_complaint(j, in);
	case CHILD_DONE:
		return j->at >= j->n ? 1 : -EPROTO;
	default:
		return -EPROTO;
	}
}

/* Behind the file they are of. */
static int send_flags(struct job *j, struct child_wire *w, const struct file *f)
{
	size_t n;
	const struct flag *v = flagged_of(&j->r->flagged, f->f->stored, &n);
	int r = 0;

	for (size_t i = 0; r == 0 && i < n; i++) {
		struct buf b CLEANUP(buf_free) = {.secret = true};

		r = cbor_put_array(&b, 2);
		if (r == 0)
			r = cbor_put_bytes(&b, v[i].type);
		if (r == 0)
			r = cbor_put_bytes(&b, v[i].text);
		if (r == 0)
			r = child_wire_add(w, CHILD_FLAG, buf_bytes(&b), -1);
	}
	return r;
}

static int send_files(struct job *j, struct child_wire *w)
{
	int r = 0;

	for (size_t i = 0; r == 0 && i < j->n; i++) {
		const struct file *f = &j->files[i];

		if (f->bad)
			continue;
		r = child_wire_add(w, CHILD_FILE, f->f->stored, f->fd);
		if (r == 0)
			r = send_flags(j, w, f);
	}
	return r == 0 ? child_wire_put(w, CHILD_DETECT, bytes_of(NULL, 0), -1)
		      : r;
}

/* What ends the whole run rather than this group. */
static bool is_fatal(int r)
{
	return r == -ENOSPC || r == -ENOMEM || r == -EIO || r == -EDQUOT ||
	       r == -EFBIG || r == -EROFS;
}

/* A file the child could not finish is sealed as denied: never shown. */
static int deny_file(struct job *j, struct file *f, const char *words,
		     struct err *e)
{
	struct index_head h = {.denied = DENIAL_FORMAT,
			       .size = (uint64_t)f->st.st_size,
			       .reason = bytes_str(words),
			       .detector = bytes_str(DETECT_VERSION)};
	struct index_summary s = {.denied = DENIAL_FORMAT,
				  .group = f->f->stored};
	struct buf hb CLEANUP(buf_free) = {0};
	struct buf sb CLEANUP(buf_free) = {0};
	int r;

	job_answers_abort(j);
	if (f->stands) {
		count_standing(j, f);
		return 0;
	}
	if (f->f->entry != NULL) {
		job_leave_out(j, f, words); /* it has spans of before */
		return 0;
	}
	job_complain(j->r, f->f->stored, INGEST_NO_RECORD, words);
	f->stamp[0] ^= 0xFF; /* the next run tries again */
	r = index_head_put(&hb, &h);
	if (r == 0)
		r = index_summary_put(&sb, &s);
	return r == 0 ? finish_object(j, f, buf_bytes(&hb), buf_bytes(&sb), e)
		      : r;
}

static int deny_rest(struct job *j, const char *words, struct err *e)
{
	int r = 0;

	while (r == 0 && j->at < j->n) {
		struct file *f = &j->files[j->at];

		r = deny_file(j, f, words, e);
		if (r == -ESTALE) {
			job_answers_abort(j);
			job_leave_out(j, f, "changed while it was read");
			r = 0;
		}
		job_answers_next(j);
	}
	return r;
}

int job_answers(struct job *j, uint64_t mib, struct err *e)
{
	struct child_wire *w = NULL;
	enum child_frame type;
	struct err why = {0};
	int got, r = child_take(j->r->children, mib, &w, e);

	if (r != 0)
		return r;
	r = send_files(j, w);
	while (r == 0) {
		got = child_wire_get(w, &type);
		if (got != 1)
			r = got == 0 ? -EPIPE : got;
		else if (type == CHILD_ERROR)
			r = child_wire_error(w, &why);
		else
			r = take_frame(j, w, type, e);
	}
	child_give(j->r->children, w, r == 1);
	if (r == 1)
		return 0;
	if (is_fatal(r) && why.code == 0)
		return e != NULL && e->code != 0
			       ? r
			       : err_set(e, r, "", "%s", strerror(-r));
	return deny_rest(
		j,
		why.code != 0 ? why.text
		: r == -ETIMEDOUT
			? "the recognizers did not come to an end: denied"
			: "the recognizers failed on this file: denied",
		e);
}
