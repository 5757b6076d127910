/* kill -9 of erasing at random points: as it was, or gone for good. */
/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A child seals one object of the set after the other anew, each time with the
 * plan that the content of before goes, publishes and destroys; it is killed
 * after a random while. The parent then takes the lock, which ends what was
 * begun, and checks: the newest version is whole, and of each object no older
 * content opens; fsck finds nothing, whatever the moment was. CARREL_KILLS says
 * how often (default 60).
 */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "fs/store/inner.h"
#include "tests/unit/store/fixture.h"

#define OBJECTS 6

static unsigned kills(void)
{
	const char *s = getenv("CARREL_KILLS");
	long n = s == NULL ? 60 : strtol(s, NULL, 10);

	return n < 1 ? 1 : (unsigned)n;
}

/* The content that version v brought for the object: its name, and v. */
static void content_of(struct buf *b, const char *path, uint64_t v)
{
	buf_clear(b);
	if (buf_printf(b, "%s of version %llu ", path, (unsigned long long)v) !=
	    0)
		abort();
	while (b->n < 40000)
		if (buf_printf(b, "%zu ", b->n) != 0)
			abort();
}

static void path_of(char out[16], unsigned k)
{
	snprintf(out, 16, "o%u", k);
}

/* ---- the child ---- */

struct one {
	const char *path;
	struct store_victim v;
};

static int find(void *ctx, const struct store_entry *o)
{
	struct one *w = ctx;

	if (!bytes_is(o->path, w->path))
		return 0;
	memcpy(w->v.id, o->id, STORE_ID);
	w->v.version = o->version;
	return 0;
}

static int begin(struct store *s, struct store_ingest **i)
{
	int rc = store_ingest_begin(s, "d", S("info"), i, NULL);

	return rc == 0 ? store_ingest_forget(*i, NULL) : rc;
}

static int put(struct store_ingest *i, const char *path, uint64_t v)
{
	struct store_writer *w;
	struct buf b = {0};
	int rc = store_writer_new(i, &w);

	content_of(&b, path, v);
	if (rc == 0)
		rc = fixture_put(w, path, buf_bytes(&b));
	if (rc == 0)
		rc = store_writer_close(w, NULL);
	buf_free(&b);
	return rc;
}

static int anew(struct store *s, unsigned k)
{
	struct store_dataset d = {0};
	struct store_ingest *i = NULL;
	char path[16];
	struct one w = {.path = path};
	uint8_t root[32];
	uint64_t v;
	int rc = store_dataset_get(s, "d", 0, &d, NULL);

	path_of(path, k);
	if (rc == 0)
		rc = store_entries(s, &d, find, &w);
	if (rc == 0)
		rc = begin(s, &i);
	if (rc == 0)
		rc = put(i, path, d.version + 1);
	if (rc == 0)
		rc = store_erase_plan(i, &w.v, 1, true, NULL);
	if (rc == 0)
		rc = store_ingest_publish(i, true, &v, root, NULL);
	if (rc == 0)
		rc = store_erase_finish(s, NULL, NULL);
	store_ingest_free(i);
	store_dataset_free(&d);
	return rc;
}

static void child(const char *dir, const uint8_t raw[KEY_LEN], int told)
{
	struct store_cred cred = {0};
	struct store_gc gc;
	struct keypool *pool;
	struct store *s;

	if (keypool_new(&pool, NULL) != 0)
		_exit(2);
	cred.key = key_import(pool, raw);
	if (cred.key == NULL || store_open(dir, pool, &cred, &s, NULL) != 0 ||
	    store_lock(s, NULL) != 0)
		_exit(3);
	for (unsigned n = 0;; n++) {
		if (anew(s, n % OBJECTS) != 0)
			_exit(4);
		if (n % 4 == 3 &&
		    store_gc(s, STORE_GC_REWRITE, NULL, &gc, NULL) != 0)
			_exit(5);
		(void)!write(told, "v", 1);
	}
}

/* ---- the parent ---- */

struct newest {
	struct fixture *f;
	struct store *s;
	uint8_t id[OBJECTS][STORE_ID];
	uint64_t version[OBJECTS];
	unsigned n;
};

static int live(void *ctx, const struct store_entry *o)
{
	struct newest *w = ctx;
	struct buf b = {0};
	char path[16];

	snprintf(path, sizeof(path), "%.*s", (int)o->path.n,
		 (const char *)o->path.p);
	content_of(&b, path, o->version);
	fixture_same(w->s, o, path, buf_bytes(&b));
	buf_free(&b);
	memcpy(w->id[w->n], o->id, STORE_ID);
	w->version[w->n++] = o->version;
	return 0;
}

struct gone {
	unsigned n;
	struct {
		uint8_t id[STORE_ID];
		uint64_t version;
	} v[4096];
};

static int content(void *ctx, const uint8_t *id, uint64_t version, bool spans,
		   uint32_t spanset)
{
	struct gone *g = ctx;

	(void)spanset;
	if (!spans || g->n == ARRAY_LEN(g->v))
		return 0;
	memcpy(g->v[g->n].id, id, STORE_ID);
	g->v[g->n++].version = version;
	return 0;
}

static bool is_newest(const struct newest *w, const uint8_t *id, uint64_t v)
{
	for (unsigned i = 0; i < w->n; i++)
		if (memcmp(w->id[i], id, STORE_ID) == 0 && w->version[i] == v)
			return true;
	return false;
}

/* Of what was put and not published, the next run decides. */
static void check(struct fixture *f, struct store *s)
{
	static struct gone g;
	struct newest w = {.f = f, .s = s};
	struct store_dataset d;
	struct store_fsck out;

	assert_int_equal(store_dataset_get(s, "d", 0, &d, &f->e), 0);
	assert_int_equal(store_entries(s, &d, live, &w), 0);
	assert_int_equal(w.n, OBJECTS);
	g.n = 0;
	assert_int_equal(catalog_object_each(s->catalog, content, &g), 0);
	for (unsigned i = 0; i < g.n; i++) {
		struct store_object *o = NULL;
		int rc = store_object_open(s, g.v[i].id, g.v[i].version, 1, &o,
					   NULL);

		store_object_close(o);
		if (g.v[i].version <= d.version)
			assert_int_equal(
				rc, is_newest(&w, g.v[i].id, g.v[i].version)
					    ? 0
					    : -ENOKEY);
	}
	store_dataset_free(&d);
	if (store_fsck(s, true, NULL, NULL, NULL, &out, &f->e) != 0)
		fail_msg("fsck: %s", f->e.text);
}

static void first(struct fixture *f)
{
	struct store *s = fixture_writer(f);
	struct store_ingest *i;
	uint8_t root[32];
	uint64_t v;

	assert_int_equal(begin(s, &i), 0);
	for (unsigned k = 0; k < OBJECTS; k++) {
		char path[16];

		path_of(path, k);
		assert_int_equal(put(i, path, 1), 0);
	}
	assert_int_equal(store_ingest_publish(i, true, &v, root, &f->e), 0);
	store_ingest_free(i);
	store_close(s);
}

static void test_kill_erase(void **state)
{
	struct fixture *f = *state;
	struct store *s;
	uint8_t raw[KEY_LEN];
	uint64_t seed = 1234;

	memcpy(raw, key_raw(f->key), KEY_LEN);
	first(f);
	for (unsigned k = kills(); k > 0; k--) {
		struct timespec t = {0};
		int status, told[2];
		pid_t pid;
		char v;

		assert_int_equal(pipe(told), 0);
		pid = fork();
		assert_true(pid >= 0);
		if (pid == 0)
			child(f->store, raw, told[1]);
		close(told[1]);
		/* However slow it is here, some come to an end. */
		if (k % 4 == 1)
			assert_int_equal(read(told[0], &v, 1), 1);
		t.tv_nsec = (long)(fixture_next(&seed) % 40000) * 1000;
		nanosleep(&t, NULL);
		kill(pid, SIGKILL);
		assert_int_equal(waitpid(pid, &status, 0), pid);
		assert_true(WIFSIGNALED(status)); /* it never failed itself */
		close(told[0]);
		s = fixture_writer(f);
		check(f, s);
		store_close(s);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_kill_erase, fixture_setup,
						fixture_teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
