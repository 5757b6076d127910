/* The partition and fields over real dialogues and preference data. */
/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The data lies in $CARREL_SHARED/data, or beside the checkout; where it is
 * not, the test is skipped.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

#include <fcntl.h>
#include <ftw.h>
#include <stdio.h>

#include "base/fdio.h"
#include "base/json.h"
#include "probe.h"

#define FILES_MAX 32

/* nftw has no argument for its callback. */
static struct found {
	char path[FILES_MAX][256];
	size_t n;
} found;

static int visit(const char *path, const struct stat *st, int flag,
		 struct FTW *ftw)
{
	size_t n = strlen(path);

	(void)st, (void)ftw;
	if (flag == FTW_F && n > 5 && strcmp(path + n - 5, ".json") == 0 &&
	    found.n < FILES_MAX)
		snprintf(found.path[found.n++], sizeof(found.path[0]), "%s",
			 path);
	return 0;
}

static void find_data(void)
{
	const char *shared = getenv("CARREL_SHARED");
	char dir[400];

	found.n = 0;
	for (int i = 0; i < 2; i++) {
		snprintf(dir, sizeof(dir), "%s/data/%s",
			 shared == NULL ? SHARED_BESIDE : shared,
			 i == 0 ? "dialogue" : "rlhf");
		nftw(dir, visit, 16, FTW_PHYS);
	}
	if (found.n == 0)
		print_message("no data: set CARREL_SHARED\n");
}

struct cutter {
	struct bytes in;
	uint64_t at;
	struct buf out;
	size_t n;
};

static int on_cut(void *ctx, uint64_t start, uint64_t end, struct bytes lit)
{
	struct cutter *c = ctx;

	assert_true(start >= c->at && end > start);
	assert_int_equal(
		buf_putb(&c->out, bytes_sub(c->in, c->at, start - c->at)), 0);
	assert_int_equal(buf_putb(&c->out, lit), 0);
	c->at = end;
	c->n++;
	return 0;
}

/* The number of values of a document; it must be one, and whole. */
static size_t tokens(struct bytes in)
{
	struct json_scan s;
	struct json_token t;
	enum json_kind k;
	size_t n = 0;

	json_start(&s, in, 0);
	while ((k = json_next(&s, &t)) != JSON_END) {
		assert_int_not_equal(k, JSON_BAD);
		n++;
	}
	return n;
}

static void fields(struct bytes in)
{
	const struct field_want w[] = {{"$..text", false},
				       {"$[*].conversation_id", true},
				       {"$..frames", true},
				       {"$[*].context|json|$..role", true}};
	struct cutter c = {.in = in};

	assert_int_equal(fields_find_in(FORMAT_JSON, 1, in, w, ARRAY_LEN(w),
					on_cut, &c, NULL),
			 0);
	assert_true(c.n > 0);
	assert_int_equal(buf_putb(&c.out, bytes_sub(in, c.at, in.n)), 0);
	assert_true(tokens(buf_bytes(&c.out)) <= tokens(in));
	buf_free(&c.out);
}

static void partition(const struct dataset_rules *d, struct bytes in)
{
	CLEANUP(buf_free) struct buf all = {0}, some = {0};
	struct probe p;
	bool *visible;

	probe_one(d, "x.json", in, &p);
	assert_int_equal(p.head.denied, DENIAL_NONE);
	assert_true(p.nrecords > 0);
	visible = arena_array(p.a, p.nrecords, sizeof(*visible));
	assert_non_null(visible);
	for (size_t i = 0; i < p.nrecords; i++)
		visible[i] = true;
	probe_view(&p, visible, &all);
	assert_int_equal(all.n, in.n);
	assert_memory_equal(all.p, in.p, in.n);
	for (size_t i = 0; i < p.nrecords; i++)
		visible[i] = i % 3 == 1;
	probe_view(&p, visible, &some);
	assert_true(tokens(buf_bytes(&some)) < tokens(in));
	probe_free(&p);
}

static void each_file(void (*fn)(const struct dataset_rules *d,
				 struct bytes in))
{
	CLEANUP(arena_freep) struct arena *a = arena_new();
	struct file_rule rule = {
		.match = "**",
		.records = probe_path(a, "$[*]"),
		.text = probe_path(a, "$[*].context|json|$..text"),
		.ntext = 1};
	const struct dataset_rules d = {.files = &rule, .nfiles = 1};

	find_data();
	if (found.n == 0)
		skip();
	for (size_t i = 0; i < found.n; i++) {
		CLEANUP(buf_free) struct buf b = {0};

		assert_int_equal(file_read(AT_FDCWD, found.path[i],
					   (size_t)64 << 20, &b),
				 0);
		fn(&d, buf_bytes(&b));
	}
}

static void fields_of(const struct dataset_rules *d, struct bytes in)
{
	(void)d;
	fields(in);
}

static void test_partition(void **state)
{
	(void)state;
	each_file(partition);
}

static void test_fields(void **state)
{
	(void)state;
	each_file(fields_of);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_partition),
		cmocka_unit_test(test_fields),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
