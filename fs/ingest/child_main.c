/* Inside a keyless child: manifest, groups, detection; one job at a time. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "fs/ingest/child_main.h"

#include <errno.h>
#include <signal.h>
#include <unistd.h>

#include "base/cbor.h"
#include "base/fdio.h"
#include "base/mem.h"
#include "fs/ingest/child.h"
#include "fs/ingest/child_confine.h"
#include "fs/ingest/child_unpack.h"
#include "fs/ingest/external_run.h"
#include "fs/ingest/manifest.h"
#include "policy/redact/detect.h"

/*
 * A child sees one data set's manifest and the files of one job at a time. It
 * holds no key and can open, write and reach nothing: whatever a hostile file
 * makes it do, its only way out are frames that the gateway checks as hostile
 * before it seals them. It may crash; the gateway then denies the job's files.
 *
 * Where the manifest names programs that look, too, it asks them by pipes that
 * it is given (external.h); it can start none.
 *
 * One that is asked so before anything else unpacks files: it loads codecs,
 * and only then gives its rights away as the others do.
 */
struct state {
	struct child_wire wire;
	struct arena *arena;
	struct buf text; /* of the manifest: the arena borrows from it */
	struct manifest manifest;
	struct recognizers *rec;
	struct bytes known; /* hashes of stored paths; rec borrows them */
	struct source *files;
	size_t nfiles, cap;
	uint32_t done;		     /* files of the job already finished */
	struct unpacker *unpacker;   /* NULL: it does not unpack */
	int pipes[3 * EXTERNAL_MAX]; /* to those below, as they come */
	uint32_t npipes;
	struct external *external; /* NULL: none, or not all are here yet */
};

static void forget_flags(struct source *f)
{
	for (size_t i = 0; i < f->nflags; i++) {
		mem_free((void *)(uintptr_t)f->flags[i].type.p);
		mem_free((void *)(uintptr_t)f->flags[i].text.p);
	}
	mem_free((void *)(uintptr_t)f->flags);
}

static void forget_files(struct state *s)
{
	for (size_t i = 0; i < s->nfiles; i++) {
		child_wire_unmap(&s->files[i].data);
		mem_free((void *)(uintptr_t)s->files[i].path.p);
		forget_flags(&s->files[i]);
	}
	s->nfiles = 0;
	s->done = 0;
}

/* ---- the manifest ---- */

static int answer_info(struct state *s)
{
	struct buf b CLEANUP(buf_free) = {0};
	struct buf terms CLEANUP(buf_free) = {0};
	const struct manifest *m = &s->manifest;
	uint32_t n = m->rules.nexternal;
	int r = terms_put(&terms, &m->terms);

	if (r == 0)
		r = cbor_put_array(&b, n > 0 ? 4 : 3);
	if (r == 0)
		r = cbor_put_bytes(&b, bytes_str(m->rules.name));
	if (r == 0)
		r = cbor_put_bytes(&b, buf_bytes(&terms));
	if (r == 0)
		r = cbor_put_array(&b, m->nwanted);
	for (size_t i = 0; r == 0 && i < m->nwanted; i++)
		r = cbor_put_bytes(&b, m->wanted[i]);
	if (r == 0 && n > 0)
		r = external_rules_put(&b, m->rules.external, n);
	return r == 0 ? child_wire_put(&s->wire, CHILD_INFO, buf_bytes(&b), -1)
		      : r;
}

static int read_files(struct cbor *c, struct arena *a,
		      struct manifest_file **out, size_t *n)
{
	uint64_t count = cbor_get_array(c) / 2;

	if (count > 4096)
		return -EPROTO;
	*n = (size_t)count;
	*out = arena_array(a, *n + 1, sizeof(**out));
	if (*out == NULL)
		return -ENOMEM;
	for (size_t i = 0; i < *n; i++) {
		(*out)[i].name = cbor_get_bytes(c);
		(*out)[i].data = cbor_get_bytes(c);
	}
	return 0;
}

static int load(struct state *s, struct err *e)
{
	struct cbor c = {.in = buf_bytes(&s->text)};
	struct manifest_file *files = NULL;
	struct bytes name, text;
	size_t n = 0;
	char *place;
	int r = 0;

	if (cbor_get_array(&c) != 3)
		return err_set(e, -EPROTO, "", "malformed setup");
	name = cbor_get_bytes(&c);
	text = cbor_get_bytes(&c);
	place = arena_str(s->arena, name);
	r = place == NULL ? -ENOMEM : read_files(&c, s->arena, &files, &n);
	if (r == 0)
		r = cbor_end(&c);
	if (r != 0)
		return err_set(e, r, "", "malformed setup");
	if (text.n == 0) /* no manifest: every default, no terms */
		s->manifest = (struct manifest){
			.rules = {.name = "", .language = "en"}};
	else
		r = manifest_load(text, place, files, n, s->arena, &s->manifest,
				  e);
	if (r == 0 && s->manifest.nwanted == 0)
		r = recognizers_new(&s->manifest.rules, &s->rec, e);
	return r;
}

static int job_manifest(struct state *s)
{
	struct err e = {0};

	forget_files(s);
	external_free(STEAL(s->external));
	s->npipes = 0;
	recognizers_free(STEAL(s->rec));
	arena_free(s->arena);
	s->arena = arena_new();
	buf_clear(&s->text);
	if (s->arena == NULL || buf_putb(&s->text, buf_bytes(&s->wire.in)) != 0)
		err_nomem(&e);
	else if (load(s, &e) == 0)
		return answer_info(s);
	return child_wire_fail(&s->wire, &e);
}

/* Which other files there are; the gateway's own words, not a file's. */
static int job_known(struct state *s)
{
	struct known_files k;

	if (s->rec == NULL)
		return -EPROTO;
	recognizers_files(s->rec, &(struct known_files){0});
	child_wire_unmap(&s->known);
	if (child_wire_map(&s->wire, &s->known) != 0)
		return -EPROTO;
	/* A map begins at a page, and 8 bytes are a hash. */
	k.v = (const uint64_t *)(const void *)s->known.p;
	k.n = s->known.n / sizeof(*k.v);
	recognizers_files(s->rec, &k);
	return 0;
}

/* ---- groups ---- */

static int put_group(struct state *s, struct bytes path, struct buf *out)
{
	struct buf name CLEANUP(buf_free) = {0};
	const struct file_rule *rule = dataset_rule(&s->manifest.rules, path);
	int r = rule == NULL ? buf_putb(&name, path)
			     : detect_group_name(rule, path, &name);

	return r == 0 ? cbor_put_bytes(out, buf_bytes(&name)) : r;
}

static int job_groups(struct state *s)
{
	struct cbor c = {.in = buf_bytes(&s->wire.in)};
	struct buf out CLEANUP(buf_free) = {0};
	uint64_t n = cbor_get_array(&c);
	int r = cbor_put_array(&out, n);

	for (uint64_t i = 0; r == 0 && c.err == 0 && i < n; i++)
		r = put_group(s, cbor_get_bytes(&c), &out);
	if (r == 0)
		r = cbor_end(&c);
	return r == 0 ? child_wire_put(&s->wire, CHILD_GROUP_NAMES,
				       buf_bytes(&out), -1)
		      : r;
}

/* What a rule passes through is not unpacked either. */
static int job_as_is(struct state *s)
{
	struct cbor c = {.in = buf_bytes(&s->wire.in)};
	struct buf out CLEANUP(buf_free) = {0};
	uint64_t n = cbor_get_array(&c);
	int r = 0;

	for (uint64_t i = 0; r == 0 && c.err == 0 && i < n; i++) {
		const struct file_rule *rule =
			dataset_rule(&s->manifest.rules, cbor_get_bytes(&c));

		r = buf_putc(&out, rule != NULL && rule->passthrough);
	}
	if (r == 0)
		r = cbor_end(&c);
	return r == 0 ? child_wire_put(&s->wire, CHILD_AS_IT_IS,
				       buf_bytes(&out), -1)
		      : r;
}

/* ---- external recognizers ---- */

/* Three for each, then they can be asked. */
static int job_pipe(struct state *s)
{
	struct external_pipes v[EXTERNAL_MAX];
	uint32_t n = s->manifest.rules.nexternal;

	if (s->wire.fd < 0 || s->rec == NULL || s->npipes >= 3 * n)
		return -EPROTO;
	s->pipes[s->npipes++] = fd_steal(&s->wire.fd);
	if (s->npipes < 3 * n)
		return 0;
	for (uint32_t i = 0; i < n; i++)
		v[i] = (struct external_pipes){s->pipes[3 * i],
					       s->pipes[3 * i + 1],
					       s->pipes[3 * i + 2]};
	return external_new(&s->manifest.rules, s->rec, v, &s->external);
}

/* ---- detection ---- */

static int job_file(struct state *s)
{
	struct source *f;
	int r;

	if (s->nfiles == s->cap) {
		size_t cap = s->cap == 0 ? 16 : 2 * s->cap;

		f = mem_grow(s->files, cap, sizeof(*f));
		if (f == NULL)
			return -ENOMEM;
		s->files = f;
		s->cap = cap;
	}
	f = &s->files[s->nfiles];
	*f = (struct source){0};
	r = child_wire_map(&s->wire, &f->data);
	if (r != 0)
		return r;
	f->path = bytes_of(mem_dup(s->wire.in.p, s->wire.in.n), s->wire.in.n);
	s->nfiles++;
	return f->path.p == NULL ? -ENOMEM : 0;
}

/* What was flagged in the last file; the gateway's own words, not a file's. */
static int job_flag(struct state *s)
{
	struct cbor c = {.in = buf_bytes(&s->wire.in)};
	bool ok = cbor_get_array(&c) == 2 && s->nfiles > 0;
	struct bytes type = cbor_get_bytes(&c), text = cbor_get_bytes(&c);
	struct source *f;
	struct flag *v;

	if (!ok || cbor_end(&c) != 0)
		return -EPROTO;
	f = &s->files[s->nfiles - 1];
	if (f->nflags == FLAG_MOST)
		return -EPROTO;
	v = mem_grow((void *)(uintptr_t)f->flags, f->nflags + 1, sizeof(*v));
	if (v == NULL)
		return -ENOMEM;
	f->flags = v;
	v += f->nflags++;
	*v = (struct flag){bytes_of(mem_dup(type.p, type.n), type.n),
			   bytes_of(mem_dup(text.p, text.n), text.n)};
	return v->type.p == NULL || v->text.p == NULL ? -ENOMEM : 0;
}

static int send_block(void *ctx, uint32_t nr, const struct index_block *k)
{
	struct state *s = ctx;
	struct buf b CLEANUP(buf_free) = {0};
	uint32_t at[2] = {__builtin_bswap32(s->done), __builtin_bswap32(nr)};
	int r = buf_put(&b, at, sizeof(at));

	if (r == 0)
		r = index_block_put(&b, k);
	if (r == 0)
		r = child_wire_add(&s->wire, CHILD_BLOCK, buf_bytes(&b), -1);
	return r;
}

static int send_head(void *ctx, const struct index_head *h,
		     const struct index_summary *sum)
{
	struct state *s = ctx;
	struct buf b CLEANUP(buf_free) = {0};
	struct buf hb CLEANUP(buf_free) = {0};
	struct buf sb CLEANUP(buf_free) = {0};
	int r = index_head_put(&hb, h);

	if (r == 0)
		r = index_summary_put(&sb, sum);
	if (r == 0)
		r = cbor_put_array(&b, 3);
	if (r == 0)
		r = cbor_put_uint(&b, s->done);
	if (r == 0)
		r = cbor_put_bytes(&b, buf_bytes(&hb));
	if (r == 0)
		r = cbor_put_bytes(&b, buf_bytes(&sb));
	s->done++;
	return r == 0 ? child_wire_add(&s->wire, CHILD_HEAD, buf_bytes(&b), -1)
		      : r;
}

static void send_complaint(void *ctx, struct bytes path, uint64_t record,
			   const char *words)
{
	struct state *s = ctx;
	struct buf b CLEANUP(buf_free) = {0};
	int r = cbor_put_array(&b, 3);

	if (r == 0)
		r = cbor_put_bytes(&b, path);
	if (r == 0)
		r = cbor_put_uint(&b, record);
	if (r == 0)
		r = cbor_put_bytes(&b, bytes_str(words));
	/* A lost complaint is no lost record: the head says what is denied. */
	if (r == 0)
		r = child_wire_add(&s->wire, CHILD_COMPLAINT, buf_bytes(&b),
				   -1);
	(void)r;
}

static int job_detect(struct state *s)
{
	struct detect_sink sink = {send_block, send_head, send_complaint, s};
	struct err e = {0};
	int r;

	if (s->external != NULL)
		external_begin(s->external);
	r = s->rec == NULL
		    ? err_set(&e, -EPROTO, "", "a job before the manifest")
		    : detect_group(&s->manifest.rules, s->rec, s->files,
				   s->nfiles, &sink, &e);
	forget_files(s);
	if (r != 0 && s->external != NULL &&
	    external_why(s->external)->code != 0)
		e = *external_why(s->external);
	if (r == 0)
		return child_wire_put(&s->wire, CHILD_DONE, bytes_of(NULL, 0),
				      -1);
	if (e.code == 0)
		err_set(&e, r, "", "detection failed: %s", strerror(-r));
	return child_wire_fail(&s->wire, &e);
}

static int serve(struct state *s, enum child_frame type)
{
	switch ((int)type) {
	case CHILD_MANIFEST:
		return job_manifest(s);
	case CHILD_GROUPS:
		return job_groups(s);
	case CHILD_KNOWN:
		return job_known(s);
	case CHILD_FILE:
		return job_file(s);
	case CHILD_FLAG:
		return job_flag(s);
	case CHILD_DETECT:
		return job_detect(s);
	case CHILD_FIELDS:
		return child_fields(&s->wire, buf_bytes(&s->wire.in));
	case CHILD_AS_IS:
		return job_as_is(s);
	case CHILD_PIPE:
		return job_pipe(s);
	case CHILD_UNPACKER:
		return s->unpacker == NULL
			       ? -EPROTO
			       : child_wire_put(&s->wire, CHILD_DONE,
						bytes_of(NULL, 0), -1);
	case CHILD_UNPACK:
		return child_unpack(&s->wire, s->unpacker,
				    buf_bytes(&s->wire.in));
	default:
		return -EPROTO;
	}
}

int child_main(int sock)
{
	struct state s = {.wire = {.sock = sock, .fd = -1, .timeout_ms = -1}};
	enum child_frame type = CHILD_NONE;
	struct err e = {0};
	int got, r = 0;

	mem_keep();
	/* A program that went away is an error of write(2), not a death. */
	signal(SIGPIPE, SIG_IGN);
	/* The first words are the gateway's own: nothing is parsed yet. */
	got = child_wire_get(&s.wire, &type);
	if (got == 1 && type == CHILD_UNPACKER)
		r = unpacker_load(&s.unpacker);
	if (r == 0)
		r = child_confine(&e);
	if (r != 0) {
		r = child_wire_fail(&s.wire, &e);
		return r == 0 ? 71 : 72;
	}
	while (got == 1 && serve(&s, type) == 0)
		got = child_wire_get(&s.wire, &type);
	/* Nothing is tidied up: whatever runs at an exit wants calls that this
	 * process gave away, and the kernel takes all back. */
	_exit(got == 0 ? 0 : 71);
}
