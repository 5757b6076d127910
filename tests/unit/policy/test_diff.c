/* Two policies compared: who gains, who loses, and nothing where nothing is. */
/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>

#include "policy/diff.h"
#include "tests/unit/policy/check.h"

static const char old_text[] =
	HEAD "roles:\n"
	     "  r:\n"
	     "    see: [ { files: \"calls/**\", where: { ok: true }, records: "
	     "task } ]\n"
	     "    redact: { default: tag, PERSON: pseudonym, MONEY: keep }\n"
	     "    fields: [ { files: \"pref/**\", drop: \"$.x\" } ]\n"
	     "  s: { extends: r }\n"
	     "tasks:\n"
	     "  t1: { files: \"calls/a/**\" }\n"
	     "  t2: { files: \"calls/**\" }\n"
	     "annotators:\n"
	     "  ann: { role: r, tasks: [t1, t2] }\n"
	     "  bob: { role: s, tasks: [t1] }\n"
	     "  cat: { role: r, tasks: [t1] }\n";

/* The same with one thing put for another. */
static char *with(const char *is, const char *then)
{
	const char *at = strstr(old_text, is);
	struct buf b = {0};

	assert_non_null(at);
	assert_int_equal(buf_put(&b, old_text, (size_t)(at - old_text)), 0);
	assert_int_equal(buf_puts(&b, then), 0);
	assert_int_equal(buf_puts(&b, at + strlen(is)), 0);
	assert_non_null(buf_str(&b));
	return (char *)b.p;
}

struct comparing {
	struct policy *a, *b;
	const char *annotator, *task;
	struct buf out;
};

static int on_line(void *ctx, const struct diff_line *l)
{
	struct comparing *c = ctx;

	return buf_printf(&c->out, "%s/%s %s %s: %.*s > %.*s\n", c->annotator,
			  c->task == NULL ? "" : c->task, diff_way_name(l->way),
			  l->what, (int)l->before.n, (const char *)l->before.p,
			  (int)l->after.n, (const char *)l->after.p);
}

static int on_seat(void *ctx, const char *annotator, const char *task)
{
	struct comparing *c = ctx;

	c->annotator = annotator;
	c->task = task;
	return diff_seat(c->a, c->b, annotator, task, on_line, c);
}

static void compare(const char *is, const char *then, const char *as,
		    const char *want)
{
	char *text CLEANUP(mem_freep) = with(is, then);
	struct comparing c = {.a = policy_of(old_text), .b = policy_of(text)};
	int rc = diff_seats(c.a, c.b, as, on_seat, &c);

	assert_int_equal(rc, want == NULL ? -ENOENT : 0);
	if (want != NULL)
		assert_string_equal(c.out.n == 0 ? "" : buf_str(&c.out), want);
	buf_free(&c.out);
	policy_free(c.a);
	policy_free(c.b);
}

static void test_same(void **state)
{
	(void)state;
	compare("", "# other words for the same\n", NULL, "");
	compare("PERSON: pseudonym", "PERSON: { pseudonym: {} }", NULL, "");
	compare("", "", "dan", NULL);
}

static void test_types(void **state)
{
	(void)state;
	compare("MONEY: keep", "MONEY: mask", "cat",
		"cat/t1 loses MONEY: as it is > masked\n");
	compare("default: tag", "default: keep", "cat",
		"cat/t1 gains default: a tag > as it is\n");
	/* not named any more: as all others */
	compare(", MONEY: keep", "", "bob",
		"bob/t1 loses MONEY: as it is > a tag\n");
	compare("PERSON: pseudonym", "PERSON: { pseudonym: { style: tag } }",
		"cat",
		"cat/t1 changes PERSON: a pseudonym, the same in the whole "
		"project > a code, the same in the whole project\n");
	compare("MONEY: keep", "MONEY: { keep: {}, min_score: 0.5 }", "cat",
		"cat/t1 changes MONEY: as it is > as it is, when sure (50 %)"
		"\n");
}

static void test_records(void **state)
{
	(void)state;
	compare("records: task", "records: all", "cat",
		"cat/t1 changes see: calls/** (ok: true): task > "
		"calls/** (ok: true): all\n");
	compare("files: \"calls/a/**\"", "files: \"calls/b/**\"", NULL,
		"ann/t1 changes task: calls/a/** > calls/b/**\n"
		"bob/t1 changes task: calls/a/** > calls/b/**\n"
		"cat/t1 changes task: calls/a/** > calls/b/**\n");
	compare("drop: \"$.x\"", "swap: [[\"$.x\", \"$.y\"]]", "cat",
		"cat/t1 changes fields: pref/** drop $.x > pref/** swap $.x "
		"with $.y by the project\n");
}

static void test_seats(void **state)
{
	(void)state;
	compare("  bob: { role: s, tasks: [t1] }\n",
		"  dan: { role: s, tasks: [t2] }\n", NULL,
		"bob/t1 loses seat: as s > \n"
		"dan/t2 gains seat:  > as s\n");
	compare("tasks: [t1, t2]", "tasks: [t2]", NULL,
		"ann/t1 loses seat: as r > \n");
	compare("role: s, tasks: [t1]",
		"role: s, tasks: [t1], revoked: 1970-01-01T00:01Z", NULL,
		"bob/t1 changes until:  > revoked 1970-01-01T00:01:00Z\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_same),
		cmocka_unit_test(test_types),
		cmocka_unit_test(test_records),
		cmocka_unit_test(test_seats),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
