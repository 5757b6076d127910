/* Replay: a logged session made again; every kind of verdict. */
/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/fdio.h"
#include "base/hash.h"
#include "base/mem.h"
#include "base/tag.h"
#include "fs/desk/replay.h"
#include "policy/redact/view.h"
#include "tests/unit/desk/fixture.h"

#define T(s)                                        \
	{                                           \
		(const uint8_t *)(s), sizeof(s) - 1 \
	}

#define POLICY LIMITED("")
#define LIMITED(limits)                                          \
	"carrel: 1\nproject: harbor\npurpose: annotation\n"      \
	"datasets: [calls]\nroles:\n  r:\n    see: [ { files: "  \
	"\"calls/**\", records: all } ]\n    redact: { PERSON: " \
	"pseudonym }\n    names: number\n" limits                \
	"annotators:\n  alice: { role: r }\n"

static const struct fixture_file files[] = {
	{"1.txt", T("Maria Lopez lives in Boston"), false, NULL},
	{"2.txt", T("two"), false, NULL},
};

/* What a session writes into the log, made by hand. */
struct log {
	struct fixture *f;
	struct audit *audit;
	struct audit_dek *dek;
	struct desk *desk;
	uint64_t session, counter;
};

static struct audit_config config_of(struct fixture *f, char dir[100])
{
	size_t n;
	const uint8_t(*to)[32] = store_recipients(f->store, &n);

	snprintf(dir, 100, "%s/log", f->dir);
	return (struct audit_config){.dir = dir,
				     .origin = store_origin(f->store),
				     .pool = f->pool,
				     .sign = store_log_seed(f->store),
				     .recipients = to,
				     .nrecipients = n,
				     .tool = "test"};
}

static uint64_t append(struct log *l, struct event *ev)
{
	uint64_t seq = 0;

	assert_int_equal(audit_append(l->audit, l->dek, ev, &seq), 0);
	return seq;
}

static void log_start(struct log *l, const char *renderer, const char *policy)
{
	struct event ev = {.kind = EV_SESSION_START};
	struct buf CLEANUP(buf_free) pins = {0};
	uint8_t hash[32], commit[32];

	assert_int_equal(
		audit_policy_put(l->audit, bytes_str(policy), hash, &l->f->e),
		0);
	assert_int_equal(audit_dek_new(l->audit, &l->dek, &l->f->e), 0);
	assert_int_equal(desk_pins(l->desk, &pins), 0);
	hash_blake2b(commit, audit_dek_replay(l->dek),
		     bytes_str("carrel replay commitment"));
	event_text(&ev, EF_ANNOTATOR, "alice");
	event_text(&ev, EF_TASK, "");
	event_bytes(&ev, EF_POLICY, bytes_of(hash, sizeof(hash)));
	event_text(&ev, EF_DATASETS, buf_str(&pins));
	event_text(&ev, EF_RENDERER, renderer);
	event_bytes(&ev, EF_COMMIT, bytes_of(commit, sizeof(commit)));
	event_uint(&ev, EF_NUMBER, 1000);
	l->session = append(l, &ev);
}

static uint64_t log_open(struct log *l, const char *path, struct shown *s)
{
	struct event ev = {.kind = EV_OPEN};
	uint8_t recipe[32];

	event_uint(&ev, EF_SESSION, l->session);
	event_bytes(&ev, EF_PATH, bytes_str(path));
	if (s != NULL) {
		shown_recipe(s, audit_dek_replay(l->dek), recipe);
		event_bytes(&ev, EF_OBJECT,
			    bytes_of(shown_object(s), STORE_ID));
		event_uint(&ev, EF_VERSION, shown_version(s));
		event_uint(&ev, EF_SIZE, shown_size(s));
		event_bytes(&ev, EF_RECIPE, bytes_of(recipe, 32));
	}
	return append(l, &ev);
}

static uint64_t log_read(struct log *l, uint64_t open, uint64_t off,
			 struct bytes got)
{
	struct event ev = {.kind = EV_READ};
	uint8_t tag[TAG_LEN];

	tag_once(tag, desk_cipher(l->desk), audit_dek_replay(l->dek),
		 l->counter, got);
	event_uint(&ev, EF_SESSION, l->session);
	event_uint(&ev, EF_REF, open);
	event_uint(&ev, EF_OFFSET, off);
	event_uint(&ev, EF_ASKED, 4096);
	event_uint(&ev, EF_COUNTER, l->counter++);
	event_int(&ev, EF_RESULT, (int64_t)got.n);
	event_bytes(&ev, EF_TAG, bytes_of(tag, sizeof(tag)));
	return append(l, &ev);
}

/* Opens a file of the desk and reads it from off; the READ's number. */
static uint64_t look(struct log *l, const char *path, uint64_t off)
{
	struct shown *CLEANUP(shown_closep) s = NULL;
	uint8_t b[4096];
	ssize_t n;

	assert_int_equal(shown_open(l->desk,
				    desk_walk(l->desk, bytes_str(path)), &s,
				    &l->f->e),
			 0);
	n = shown_read(s, off, b, sizeof(b));
	assert_true(n >= 0);
	return log_read(l, log_open(l, path, s), off, bytes_of(b, (size_t)n));
}

static void begin_with(struct log *l, struct fixture *f, const char *renderer,
		       const char *policy)
{
	char dir[100];
	struct audit_config c = config_of(f, dir);

	*l = (struct log){.f = f};
	fixture_publish(f, "calls", files, ARRAY_LEN(files));
	fixture_policy(f, policy, "alice");
	l->desk = fixture_desk(f);
	if (audit_create(&c, &f->e) != 0 ||
	    audit_open(&c, &l->audit, &f->e) != 0)
		fail_msg("%s: %s", f->e.place, f->e.text);
	log_start(l, renderer, policy);
}

static void begin(struct log *l, struct fixture *f, const char *renderer)
{
	begin_with(l, f, renderer, POLICY);
}

static void end(struct log *l)
{
	struct event ev = {.kind = EV_SESSION_END};

	event_uint(&ev, EF_SESSION, l->session);
	append(l, &ev);
	audit_dek_free(l->dek);
	assert_int_equal(audit_close(l->audit), 0);
	desk_close(l->desk);
}

/* ---- replaying it ---- */

struct heard {
	unsigned n;
	char verdicts[8][24];
	struct buf bytes;
};

static void each(void *ctx, const struct event *read, struct bytes path,
		 const char *verdict, struct bytes bytes)
{
	struct heard *s = ctx;

	(void)path;
	assert_int_equal(read->kind, EV_READ);
	assert_true(s->n < 8);
	snprintf(s->verdicts[s->n++], sizeof(s->verdicts[0]), "%s", verdict);
	assert_int_equal(buf_putb(&s->bytes, bytes), 0);
}

static int replay(struct fixture *f, uint64_t session, uint64_t seq, int outfd,
		  struct heard *seen, struct replay_sum *sum)
{
	struct audit_reader *CLEANUP(audit_reader_freep) r = NULL;
	char dir[100];
	struct audit_config c = config_of(f, dir);
	struct replay_want w = {.store = f->store,
				.seq = seq,
				.session = session,
				.outfd = outfd,
				.each = each,
				.ctx = seen};

	*seen = (struct heard){0};
	f->e = (struct err){0};
	if (audit_reader_open(c.dir, f->pool, store_audit_secret(f->store), &r,
			      &f->e) != 0)
		fail_msg("%s", f->e.text);
	w.reader = r;
	return replay_run(&w, sum, &f->e);
}

static void test_session_matches(void **state)
{
	struct fixture *f = *state;
	struct replay_sum sum;
	struct heard seen;
	struct log l;
	uint64_t one;
	struct buf CLEANUP(buf_free) task = {0};

	begin(&l, f, VIEW_RENDERER);
	one = look(&l, "calls/000001.txt", 0);
	look(&l, "calls/000002.txt", 1);
	look(&l, "calls/000001.txt", 5);
	look(&l, "calls/000001.txt", 9999); /* nothing, also tagged */
	assert_int_equal(desk_task(l.desk, &task), 0);
	log_read(&l, log_open(&l, "TASK.md", NULL), 0, buf_bytes(&task));
	end(&l);
	assert_int_equal(replay(f, l.session, 0, -1, &seen, &sum), 0);
	assert_int_equal(sum.reads, 5);
	assert_int_equal(sum.match, 5);
	assert_int_equal(seen.n, 5);
	assert_null(memmem(seen.bytes.p, seen.bytes.n, "Maria", 5));
	buf_free(&seen.bytes);
	assert_int_equal(replay(f, 0, one, -1, &seen, &sum), 0);
	assert_int_equal(sum.match, 1);
	buf_free(&seen.bytes);
}

static void test_mismatch(void **state)
{
	struct fixture *f = *state;
	struct replay_sum sum;
	struct heard seen;
	struct log l;

	begin(&l, f, VIEW_RENDERER);
	look(&l, "calls/000002.txt", 0);
	{
		struct shown *CLEANUP(shown_closep) s = NULL;
		uint32_t nr = desk_walk(l.desk, bytes_str("calls/000002.txt"));

		assert_int_equal(shown_open(l.desk, nr, &s, &f->e), 0);
		log_read(&l, log_open(&l, "calls/000002.txt", s), 0,
			 bytes_str("twO"));
		/* the recipe of another object */
		log_read(&l, log_open(&l, "calls/000001.txt", s), 0,
			 bytes_str("two"));
	}
	log_read(&l, 1, 0, bytes_str("two")); /* of no OPEN */
	end(&l);
	assert_int_equal(replay(f, l.session, 0, -1, &seen, &sum), -EBADMSG);
	assert_int_equal(sum.match, 1);
	assert_int_equal(sum.mismatch + sum.unknown, 3);
	assert_string_equal(seen.verdicts[0], "match");
	assert_string_equal(seen.verdicts[1], "mismatch");
	assert_string_equal(seen.verdicts[3], "mismatch");
	assert_true(bytes_is(buf_bytes(&seen.bytes), "two"));
	buf_free(&seen.bytes);
}

/* Each read of an OPEN whose object is not there any more says so. */
static void test_erased_twice(void **state)
{
	struct fixture *f = *state;
	struct replay_sum sum;
	struct heard seen;
	struct log l;

	begin(&l, f, VIEW_RENDERER);
	{
		struct shown *CLEANUP(shown_closep) s = NULL;
		uint32_t nr = desk_walk(l.desk, bytes_str("calls/000002.txt"));
		uint64_t open;

		assert_int_equal(shown_open(l.desk, nr, &s, &f->e), 0);
		open = log_open(&l, "calls/000001.txt", s);
		log_read(&l, open, 0, bytes_str("two"));
		log_read(&l, open, 0, bytes_str("two"));
	}
	end(&l);
	assert_int_equal(replay(f, l.session, 0, -1, &seen, &sum), -ESTALE);
	assert_int_equal(sum.unknown, 2);
	assert_string_equal(seen.verdicts[1], "erased");
	buf_free(&seen.bytes);
}

static void test_other_renderer(void **state)
{
	struct fixture *f = *state;
	struct replay_sum sum;
	struct heard seen;
	struct log l;

	begin(&l, f, "carrel-view/0");
	look(&l, "calls/000002.txt", 0);
	end(&l);
	assert_int_equal(replay(f, l.session, 0, -1, &seen, &sum), -ESTALE);
	assert_string_equal(seen.verdicts[0], "other renderer");
	assert_int_equal(sum.unknown, 1);
	assert_int_equal(seen.bytes.n, 0);
	buf_free(&seen.bytes);
}

/* A later version of the data set changes nothing for an old session. */
static void test_old_version(void **state)
{
	static const struct fixture_file later[] = {
		{"1.txt", T("other words"), false, NULL}};
	struct fixture *f = *state;
	struct replay_sum sum;
	struct heard seen;
	struct log l;

	begin(&l, f, VIEW_RENDERER);
	look(&l, "calls/000001.txt", 0);
	end(&l);
	fixture_publish(f, "calls", later, 1);
	assert_int_equal(replay(f, l.session, 0, -1, &seen, &sum), 0);
	assert_int_equal(sum.match, 1);
	buf_free(&seen.bytes);
}

static void test_bytes_are_written(void **state)
{
	struct fixture *f = *state;
	struct replay_sum sum;
	struct heard seen;
	struct log l;
	char path[100], name[32];
	struct buf CLEANUP(buf_free) b = {0};
	int CLEANUP(fd_close) fd = -1;
	uint64_t seq;

	begin(&l, f, VIEW_RENDERER);
	seq = look(&l, "calls/000002.txt", 1);
	end(&l);
	snprintf(path, sizeof(path), "%s/out", f->dir);
	assert_int_equal(mkdir(path, 0700), 0);
	fd = open(path, O_RDONLY | O_DIRECTORY);
	assert_int_equal(replay(f, 0, seq, fd, &seen, &sum), 0);
	snprintf(name, sizeof(name), "%llu", (unsigned long long)seq);
	assert_int_equal(file_read(fd, name, 100, &b), 0);
	assert_string_equal(buf_str(&b), "wo");
	buf_free(&seen.bytes);
}

static void test_no_such_entry(void **state)
{
	struct fixture *f = *state;
	struct replay_sum sum;
	struct heard seen;
	struct log l;
	uint64_t seq;

	begin(&l, f, VIEW_RENDERER);
	seq = look(&l, "calls/000002.txt", 0);
	end(&l);
	assert_int_equal(replay(f, 0, seq + 500, -1, &seen, &sum), -ENOENT);
	assert_int_equal(replay(f, 0, l.session, -1, &seen, &sum), -ENOENT);
	assert_int_equal(replay(f, seq, 0, -1, &seen, &sum), -ENOENT);
	assert_int_equal(sum.reads, 0);
	assert_int_not_equal(f->e.text[0], 0);
}

/* Reads of a file that holds "two", some of them shorter than was asked. */
static void read_short(struct fixture *f, const char *policy,
		       struct heard *seen, struct replay_sum *sum)
{
	static const char *const said[] = {"tw", "to", "", "two!"};
	const char *path = "calls/000002.txt";
	struct log l;

	begin_with(&l, f, VIEW_RENDERER, policy);
	for (size_t k = 0; k < ARRAY_LEN(said); k++) {
		struct shown *CLEANUP(shown_closep) s = NULL;
		uint32_t nr = desk_walk(l.desk, bytes_str(path));

		assert_int_equal(shown_open(l.desk, nr, &s, &f->e), 0);
		log_read(&l, log_open(&l, path, s), 0, bytes_str(said[k]));
	}
	end(&l);
	assert_int_equal(replay(f, l.session, 0, -1, seen, sum), -EBADMSG);
}

/* A limit may have cut what was served, to something at least. */
static void test_cut(void **state)
{
	struct replay_sum sum;
	struct heard seen;

	read_short(*state, LIMITED("    limits: { bytes_per_day: 5 }\n"), &seen,
		   &sum);
	assert_int_equal(sum.match, 1);
	assert_string_equal(seen.verdicts[0], "match");
	assert_true(bytes_is(buf_bytes(&seen.bytes), "tw"));
	buf_free(&seen.bytes);
}

static void test_not_cut(void **state)
{
	struct replay_sum sum;
	struct heard seen;

	read_short(*state, LIMITED("    limits: { idle: 5m }\n"), &seen, &sum);
	assert_int_equal(sum.mismatch, 4);
	buf_free(&seen.bytes);
}

#define REPLAY_TEST(t) \
	cmocka_unit_test_setup_teardown(t, fixture_setup, fixture_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		REPLAY_TEST(test_session_matches),
		REPLAY_TEST(test_mismatch),
		REPLAY_TEST(test_erased_twice),
		REPLAY_TEST(test_cut),
		REPLAY_TEST(test_not_cut),
		REPLAY_TEST(test_other_renderer),
		REPLAY_TEST(test_old_version),
		REPLAY_TEST(test_bytes_are_written),
		REPLAY_TEST(test_no_such_entry),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
