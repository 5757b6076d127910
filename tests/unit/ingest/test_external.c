/* External recognizers: answers read as hostile, programs good and bad. */
/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/fdio.h"
#include "base/mem.h"
#include "fs/ingest/external_answer.h"
#include "fs/ingest/external_run.h"

static const char *const types[] = {"BADGE", "PERSON"};

/* ---- answers ---- */

struct asked {
	struct dataset_rules d;
	struct external_rule x;
	struct recognizers *r;
};

static void asked_open(struct asked *a)
{
	a->x = (struct external_rule){.name = "own",
				      .types = types,
				      .ntypes = 2,
				      .min_score = 30,
				      .timeout_s = 20,
				      .total_s = 60};
	a->d = (struct dataset_rules){
		.name = "d", .external = &a->x, .nexternal = 1};
	assert_int_equal(recognizers_new(&a->d, &a->r, NULL), 0);
}

static int answer(const struct asked *a, const char *line, struct hits *h)
{
	struct external_question q = {.r = a->r,
				      .x = &a->x,
				      .rule = recognizers_external(a->r, 0),
				      .id = 7,
				      .run = 3,
				      .text = bytes_str("caf\xc3\xa9 K-llama")};
	const char *why = NULL;
	int rc = external_answer(&q, bytes_str(line), h, &why);

	assert_true((rc == -EPROTO) == (why != NULL));
	return rc;
}

#define SPAN(start, end, type) \
	"{\"start\":" start ",\"end\":" end ",\"type\":\"" type "\"}"
#define ANSWER(id, spans) "{\"id\":" id ",\"spans\":[" spans "]}"

static void test_answers(void **state)
{
	struct asked a;
	struct hits h = {0};

	(void)state;
	asked_open(&a);
	assert_int_equal(answer(&a, ANSWER("7", ""), &h), 0);
	assert_int_equal(h.n, 0);
	assert_int_equal(answer(&a,
				" { \"note\": [{\"id\": 8}], \"spans\": [ "
				"{\"type\":\"BADGE\",\"score\":0.5,\"end\":13,"
				"\"start\":6,\"x\":{}}, {\"start\":0,\"end\":5,"
				"\"type\":\"PERSON\",\"score\":0.29}, " SPAN(
					"0", "5", "PERSON") "], \"id\": 7 } \r",
				&h),
			 0);
	assert_int_equal(h.n, 2);
	assert_int_equal(h.v[0].score, 85);
	assert_int_equal(h.v[1].start, 6);
	assert_int_equal(h.v[1].end, 13);
	assert_int_equal(h.v[1].score, 50);
	assert_int_equal(h.v[1].run, 3);
	assert_string_equal(recognizers_type(a.r, h.v[1].type), "BADGE");
	assert_string_equal(recognizers_rule(a.r, h.v[1].rule), "external:own");
	hits_free(&h);
	recognizers_free(a.r);
}

/* However many spans lie upon each other, a text has no more than its bytes. */
static void test_overlaps(void **state)
{
	struct buf line CLEANUP(buf_free) = {0};
	struct asked a;
	struct hits h = {0};

	(void)state;
	asked_open(&a);
	assert_int_equal(buf_puts(&line, "{\"id\":7,\"spans\":["), 0);
	for (int i = 0; i < 100000; i++)
		assert_int_equal(buf_puts(&line, SPAN("0", "13", "BADGE") ","),
				 0);
	assert_int_equal(buf_puts(&line, "{\"start\":0,\"end\":5,\"type\":"
					 "\"PERSON\",\"score\":1}]}"),
			 0);
	assert_int_equal(answer(&a, buf_str(&line), &h), 0);
	assert_int_equal(h.n, 2);
	assert_int_equal(h.v[0].end, 5);
	assert_int_equal(h.v[0].score, 100);
	assert_int_equal(h.v[1].start, 6);
	assert_int_equal(h.v[1].end, 13);
	hits_free(&h);
	recognizers_free(a.r);
}

static void test_nonsense(void **state)
{
	static const char *const lines[] = {
		"",
		"null",
		"[]",
		"hello",
		"{}",
		"{\"id\":7}",
		"{\"spans\":[]}",
		"{\"id\":7,\"spans\":{}}",
		"{\"id\":7,\"spans\":[1]}",
		"{\"id\":7,\"spans\":[[]]}",
		"{\"id\":7,\"spans\":[],\"spans\":[]}",
		"{\"id\":7,\"id\":7,\"spans\":[]}",
		"{\"id\":7,\"spans\":[]",
		"{\"id\":7,\"spans\":[]} x",
		"{\"id\":7,\"spans\":[]}{}",
		"{\"id\":7,\"spans\":[],\"x\":[}",
		ANSWER("8", ""),
		ANSWER("\"7\"", ""),
		ANSWER("-7", ""),
		ANSWER("7.0", ""),
		ANSWER("18446744073709551623", ""),
		ANSWER("7", "{}"),
		ANSWER("7", "{\"start\":0,\"end\":1}"),
		ANSWER("7", SPAN("0", "14", "BADGE")),
		ANSWER("7", SPAN("3", "3", "BADGE")),
		ANSWER("7", SPAN("5", "3", "BADGE")),
		ANSWER("7", SPAN("-1", "3", "BADGE")),
		ANSWER("7", SPAN("0", "4294967297", "BADGE")),
		ANSWER("7", SPAN("0", "4", "BADGE")), /* inside of e acute */
		ANSWER("7", SPAN("4", "6", "BADGE")),
		ANSWER("7", SPAN("0", "1e0", "BADGE")),
		ANSWER("7", SPAN("0", "1", "EMAIL_ADDRESS")),
		ANSWER("7", SPAN("0", "1", "badge")),
		ANSWER("7", SPAN("0", "1", "")),
		ANSWER("7", "{\"start\":0,\"end\":1,\"type\":7}"),
		ANSWER("7", "{\"start\":0,\"end\":1,\"type\":\"BADGE\","
			    "\"score\":1.1}"),
		ANSWER("7", "{\"start\":0,\"end\":1,\"type\":\"BADGE\","
			    "\"score\":-0.1}"),
		ANSWER("7", "{\"start\":0,\"end\":1,\"type\":\"BADGE\","
			    "\"score\":1e999}"),
		ANSWER("7", "{\"start\":0,\"end\":1,\"type\":\"BADGE\","
			    "\"score\":\"1\"}"),
		ANSWER("7", "{\"start\":0,\"start\":0,\"end\":1,"
			    "\"type\":\"BADGE\"}"),
	};
	struct asked a;
	struct hits h = {0};

	(void)state;
	asked_open(&a);
	for (size_t i = 0; i < ARRAY_LEN(lines); i++)
		if (answer(&a, lines[i], &h) != -EPROTO)
			fail_msg("taken: %s", lines[i]);
	/* Of no list: what is known. */
	a.x.ntypes = 0;
	assert_int_equal(
		answer(&a, ANSWER("7", SPAN("0", "1", "EMAIL_ADDRESS")), &h),
		0);
	assert_int_equal(answer(&a, ANSWER("7", SPAN("0", "1", "BAGDE")), &h),
			 -EPROTO);
	hits_free(&h);
	recognizers_free(a.r);
}

/* ---- programs ---- */

/* A folder with a manifest's name in it and one script, find.sh. */
struct place {
	char dir[64], manifest[96], script[96];
};

static int place_setup(void **state)
{
	struct place *p = mem_new(1, sizeof(*p));

	if (p == NULL)
		return -1;
	snprintf(p->dir, sizeof(p->dir), "/tmp/carrel-external-XXXXXX");
	if (mkdtemp(p->dir) == NULL)
		return -1;
	snprintf(p->manifest, sizeof(p->manifest), "%s/m.yaml", p->dir);
	snprintf(p->script, sizeof(p->script), "%s/find.sh", p->dir);
	*state = p;
	return file_replace(AT_FDCWD, p->manifest, 0600, bytes_str("x"));
}

static int place_teardown(void **state)
{
	struct place *p = *state;

	unlink(p->manifest);
	unlink(p->script);
	rmdir(p->dir);
	mem_free(p);
	return 0;
}

static const char *const command[] = {"sh", "find.sh"};

/* What three texts give where the script is asked. */
static int ask(struct place *p, const char *script, struct asked *a,
	       struct hits *h, struct err *why)
{
	struct run runs[] = {
		{.kind = RUN_TEXT, .text = bytes_str("a b@example.org")},
		{.kind = RUN_NUMBER, .text = bytes_str("12")},
		{.kind = RUN_VALUE, .text = bytes_str("K-llama")}};
	struct external_program prog = {0};
	struct external_list *l = NULL;
	struct external *x = NULL;
	int rc;

	assert_int_equal(
		file_replace(AT_FDCWD, p->script, 0600, bytes_str(script)), 0);
	a->x.command = command;
	a->x.ncommand = 2;
	*why = (struct err){0};
	rc = external_list_new(&a->x, 1, p->manifest, NULL, &l, why);
	if (rc != 0)
		return rc;
	assert_int_equal(external_start(l, 0, &prog, why), 0);
	assert_int_equal(external_new(&a->d, a->r, &prog.p, &x), 0);
	prog.p = (struct external_pipes){-1, -1, -1};
	external_begin(x);
	rc = recognize(a->r, runs, ARRAY_LEN(runs), h);
	*why = *external_why(x);
	recognizers_ask(a->r, NULL);
	external_free(x);
	external_end(&prog);
	external_list_free(l);
	return rc;
}

static void test_programs(void **state)
{
	struct err why;
	struct asked a;
	struct hits h = {0};

	asked_open(&a);
	/* Merged with what is found here, by run. */
	assert_int_equal(
		ask(*state,
		    "read a; read b; echo noise >&2\n"
		    "echo '" ANSWER(
			    "1",
			    SPAN("0", "1",
				 "PERSON")) "'\n"
					    "echo '" ANSWER(
						    "2",
						    SPAN("0", "7",
							 "BADGE")) "'\n"
								   "read c\n",
		    &a, &h, &why),
		0);
	assert_int_equal(h.n, 3);
	assert_string_equal(recognizers_type(a.r, h.v[0].type), "PERSON");
	assert_string_equal(recognizers_type(a.r, h.v[1].type),
			    "EMAIL_ADDRESS");
	assert_string_equal(recognizers_type(a.r, h.v[2].type), "BADGE");
	assert_int_equal(h.v[2].run, 2);
	/* Nobody there to ask: nothing is taken for clean. */
	h.n = 0;
	assert_int_equal(recognize(a.r, NULL, 0, &h), -ENOTSUP);
	hits_free(&h);
	recognizers_free(a.r);
}

static void test_bad_programs(void **state)
{
	static const struct {
		const char *script, *words;
		int code;
	} v[] = {
		{"echo 'no\033way' >&2; exit 1", "it says: no?way", -EPIPE},
		{"read a; exit 0", "ended without an answer", -EPIPE},
		{"exec 0<&-; exec 1>&-; sleep 60", "ended", -EPIPE},
		{"sleep 60 & sleep 60", "no answer within 1 s", -ETIMEDOUT},
		{"read a; echo '" ANSWER("2", "") "'; read b", "another id",
		 -EPROTO},
		{"read a; while :; do printf aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
		 "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
		 "; done",
		 "", -EPROTO},
		{"read a; while :; do echo; done", "no JSON", -EPROTO},
		{"while :; do echo x >&2; done", "it says: x", -ETIMEDOUT},
		{"read a; echo '" ANSWER("1", "") "'; read b; echo '" ANSWER(
			 "2", "") "'; echo; sleep 60",
		 "", 1},
		{"read a; echo '" ANSWER("1", "") "'; read b; printf '" ANSWER(
			 "2", "") "\\nx'; sleep 60",
		 "more than it was asked", -EPROTO},
		{"cat /etc/passwd >&2; sleep 60", "ermission denied",
		 -ETIMEDOUT},
		{"echo x > /tmp/carrel-external-made; sleep 60",
		 "ermission denied", -ETIMEDOUT},
	};
	struct err why;
	struct asked a;
	struct hits h = {0};

	asked_open(&a);
	for (size_t i = 0; i < ARRAY_LEN(v); i++) {
		int rc;

		a.x.timeout_s = v[i].code == -ETIMEDOUT ? 1 : 120;
		rc = ask(*state, v[i].script, &a, &h, &why);
		if (v[i].code == 1) { /* seen now, or with the next question */
			assert_true(rc == 0 || rc == -EPROTO);
			continue;
		}
		if (rc != v[i].code || strstr(why.text, v[i].words) == NULL ||
		    strstr(why.text, "recognizer own: ") == NULL)
			fail_msg("%s: %d %s", v[i].script, rc, why.text);
	}
	assert_int_equal(access("/tmp/carrel-external-made", F_OK), -1);
	hits_free(&h);
	recognizers_free(a.r);
}

static int list(struct place *p, const char *const *words, size_t n,
		const char *store, struct err *e, uint8_t digest[HASH_LEN])
{
	const struct external_rule x = {
		.name = "own", .command = words, .ncommand = n, .total_s = 5};
	struct external_list *l = NULL;
	int rc;

	*e = (struct err){0};
	rc = external_list_new(&x, 1, p->manifest, store, &l, e);
	if (rc == 0) {
		assert_int_equal(external_list_count(l), 1);
		assert_int_equal(external_list_seconds(l), 5);
		memcpy(digest, external_list_digest(l), HASH_LEN);
	}
	external_list_free(l);
	return rc;
}

static void test_list(void **state)
{
	struct place *p = *state;
	const char *const gone[] = {"no-such-program-here"};
	const char *const beside[] = {"./find.sh"};
	uint8_t one[HASH_LEN], two[HASH_LEN];
	struct err e;

	assert_int_equal(list(p, gone, 1, NULL, &e, one), -ENOENT);
	assert_string_equal(e.place, gone[0]);
	assert_int_equal(
		file_replace(AT_FDCWD, p->script, 0600, bytes_str("a")), 0);
	/* Not to be run by itself, but by a shell; its contents count. */
	assert_int_equal(list(p, beside, 1, NULL, &e, one), -EACCES);
	assert_int_equal(list(p, command, 2, NULL, &e, one), 0);
	assert_int_equal(list(p, command, 2, NULL, &e, two), 0);
	assert_memory_equal(one, two, HASH_LEN);
	assert_int_equal(
		file_replace(AT_FDCWD, p->script, 0600, bytes_str("b")), 0);
	assert_int_equal(list(p, command, 2, NULL, &e, two), 0);
	assert_memory_not_equal(one, two, HASH_LEN);
	/* Nothing of a store can be read. */
	assert_int_equal(list(p, command, 2, p->dir, &e, one), -EACCES);
	assert_int_equal(list(p, command, 2, "/usr/lib", &e, one), -EACCES);
	assert_int_equal(list(p, command, 2, "/tmp", &e, one), -EACCES);
	assert_int_equal(list(p, command, 2, "/var", &e, one), 0);
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_answers),
		cmocka_unit_test(test_overlaps),
		cmocka_unit_test(test_nonsense),
		cmocka_unit_test_setup_teardown(test_programs, place_setup,
						place_teardown),
		cmocka_unit_test_setup_teardown(test_bad_programs, place_setup,
						place_teardown),
		cmocka_unit_test_setup_teardown(test_list, place_setup,
						place_teardown),
	};

	if (argc > 1 && strcmp(argv[1], EXTERNAL_ARG) == 0)
		return external_main();
	signal(SIGPIPE, SIG_IGN);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
