/* A store with its log and a folder of source files, for tests of ingest. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/unit/ingest/house.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/fdio.h"
#include "base/mem.h"

static int log_open(struct house *h)
{
	char dir[160];
	struct audit_config c = {.dir = dir,
				 .origin = "ingest.test",
				 .pool = h->f->pool,
				 .sign = store_log_seed(h->s),
				 .tool = "test"};

	snprintf(dir, sizeof(dir), "%s/log", h->f->dir);
	c.recipients = store_recipients(h->s, &c.nrecipients);
	if (audit_create(&c, &h->e) != 0 || audit_open(&c, &h->log, &h->e) != 0)
		fail_msg("log: %s: %s", h->e.place, h->e.text);
	return 0;
}

int house_setup(void **state)
{
	struct house *h = mem_new(1, sizeof(*h));
	void *f = NULL;

	if (h == NULL || fixture_setup(&f) != 0)
		return -1;
	h->f = f;
	*state = h;
	snprintf(h->src, sizeof(h->src), "%s/src", h->f->dir);
	if (mkdir(h->src, 0700) != 0)
		return -1;
	h->s = fixture_writer(h->f);
	return log_open(h);
}

int house_teardown(void **state)
{
	struct house *h = *state;
	void *f = h->f;
	int rc = h->log == NULL ? 0 : audit_close(h->log);

	store_close(h->s);
	fixture_teardown(&f);
	mem_free(h);
	return rc;
}

void house_path(const struct house *h, const char *path, char out[300])
{
	snprintf(out, 300, "%s/%s", h->src, path);
}

void house_write(struct house *h, const char *path, struct bytes text)
{
	char full[300];
	int fd CLEANUP(fd_close) = -1;

	house_path(h, path, full);
	for (char *p = full + strlen(h->src) + 1; *p != '\0'; p++) {
		if (*p != '/')
			continue;
		*p = '\0';
		if (mkdir(full, 0700) != 0)
			assert_int_equal(errno, EEXIST);
		*p = '/';
	}
	fd = open(full, O_WRONLY | O_CREAT | O_TRUNC, 0600);
	assert_true(fd >= 0);
	assert_int_equal(fd_write_full(fd, text), 0);
}

void house_remove(struct house *h, const char *path)
{
	char full[300];

	house_path(h, path, full);
	assert_int_equal(unlink(full), 0);
}

static void complain(void *ctx, struct bytes path, uint64_t record,
		     const char *words)
{
	struct house *h = ctx;
	size_t i = h->nsaid++;

	if (i >= SAID_MAX)
		return;
	snprintf(h->said[i].path, sizeof(h->said[i].path), "%.*s", (int)path.n,
		 (const char *)path.p);
	snprintf(h->said[i].words, sizeof(h->said[i].words), "%s", words);
	h->said[i].record = record;
}

static int log_event(void *log, struct event *ev)
{
	uint64_t seq;
	int rc = audit_append(log, NULL, ev, &seq);

	return rc == 0 ? audit_durable(log, seq) : rc;
}

int house_ingest(struct house *h, struct ingest_want *want)
{
	const char *paths[] = {h->src};

	h->nsaid = 0;
	h->e = (struct err){0};
	want->complain = complain;
	want->ctx = h;
	if (want->npaths == 0) {
		want->paths = paths;
		want->npaths = 1;
	}
	if (want->dataset == NULL)
		want->dataset = "d";
	if (!want->dry_run) {
		want->store = h->s;
		want->log = log_event;
		want->log_ctx = h->log;
	}
	return ingest_run(want, &h->sum, &h->e);
}

void house_takes(struct house *h, const char *manifest)
{
	struct ingest_want w = {.jobs = 2, .manifest = manifest};

	if (house_ingest(h, &w) != 0)
		fail_msg("ingest: %s: %s", h->e.place, h->e.text);
}

bool house_said(const struct house *h, const char *path, const char *words)
{
	for (size_t i = 0; i < h->nsaid && i < SAID_MAX; i++) {
		if (strstr(h->said[i].path, path) != NULL &&
		    strstr(h->said[i].words, words) != NULL)
			return true;
	}
	return false;
}

struct look {
	const char *path;
	struct house_object *out;
	bool found;
};

static int look(void *ctx, const struct store_entry *e)
{
	struct look *l = ctx;
	struct bytes summary;

	if (!bytes_is(e->path, l->path))
		return 0;
	l->found = true;
	l->out->entry = *e;
	assert_int_equal(arena_dup(l->out->a, e->summary, &summary), 0);
	assert_int_equal(
		index_summary_get(summary, l->out->a, &l->out->summary, NULL),
		0);
	return 0;
}

static void open_found(struct house *h, struct house_object *o)
{
	CLEANUP(buf_free) struct buf b = {0};
	struct bytes head;
	uint64_t n;

	assert_int_equal(store_object_open(h->s, o->entry.id, o->entry.version,
					   o->entry.spanset, &o->o, &h->e),
			 0);
	assert_int_equal(store_object_blob(o->o, 0, &b), 0);
	assert_int_equal(arena_dup(o->a, buf_bytes(&b), &head), 0);
	assert_int_equal(index_head_get(head, o->a, &o->head, NULL), 0);
	n = store_object_size(o->o);
	assert_int_equal(buf_reserve(&o->data, n), 0);
	assert_int_equal(store_object_read(o->o, 0, o->data.p, n), 0);
	o->data.n = n;
}

int house_open(struct house *h, const char *path, struct house_object *out)
{
	struct store_dataset d;
	struct look l = {path, out, false};
	int rc = store_dataset_get(h->s, "d", 0, &d, &h->e);

	*out = (struct house_object){.a = arena_new()};
	assert_non_null(out->a);
	if (rc == 0)
		rc = store_entries(h->s, &d, look, &l);
	store_dataset_free(&d);
	if (rc == 0 && !l.found)
		rc = -ENOENT;
	if (rc == 0)
		open_found(h, out);
	else
		house_close(out);
	return rc;
}

void house_close(struct house_object *o)
{
	store_object_close(o->o);
	buf_free(&o->data);
	arena_free(o->a);
	*o = (struct house_object){0};
}

void house_block(struct house_object *o, uint32_t nr, struct index_block *k)
{
	CLEANUP(buf_free) struct buf b = {0};
	struct bytes in;

	assert_int_equal(store_object_blob(o->o, 1 + nr, &b), 0);
	assert_int_equal(arena_dup(o->a, buf_bytes(&b), &in), 0);
	assert_int_equal(index_block_get(in, o->a, k, NULL), 0);
}

uint64_t house_objects(struct house *h)
{
	struct store_dataset d;
	uint64_t n = 0;

	if (store_dataset_get(h->s, "d", 0, &d, NULL) == 0)
		n = d.objects;
	store_dataset_free(&d);
	return n;
}
