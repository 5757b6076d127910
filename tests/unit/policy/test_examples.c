/* What we show as good is good: example policies, the man page's example. */
/* SPDX-License-Identifier: Apache-2.0 */
#include <dirent.h>

#include "policy/policytest.h"
#include "tests/unit/policy/check.h"

static const char *folder, *page;

static void read_file(const char *path, struct buf *b)
{
	char part[4096];
	size_t n;
	FILE *f = fopen(path, "rb");

	assert_non_null(f);
	while ((n = fread(part, 1, sizeof(part), f)) > 0)
		assert_int_equal(buf_put(b, part, n), 0);
	fclose(f);
	assert_non_null(buf_str(b));
}

static bool ends(const char *name, const char *end)
{
	size_t n = strlen(name), m = strlen(end);

	return n >= m && strcmp(name + n - m, end) == 0;
}

/* Every policy has its tests beside it, for people it knows but one. */
static void check_tests(const char *name, const struct policy *p)
{
	CLEANUP(buf_free) struct buf path = {0}, CLEANUP(buf_free) text = {0};
	struct policy_cases c;
	struct subject s;
	struct err e = {0};
	size_t known = 0;

	assert_int_equal(buf_printf(&path, "%s/%.*s.test.yaml", folder,
				    (int)(strlen(name) - 5), name),
			 0);
	read_file(buf_str(&path), &text);
	if (policytest_load(buf_bytes(&text), name, &c, &e) != 0)
		fail_msg("%s: %s", e.place, e.text);
	for (size_t i = 0; i < c.n; i++)
		known += policy_subject(p, c.v[i].as, c.v[i].task, 1000, &s,
					NULL) == 0;
	assert_true(known + 1 >= c.n && known >= 2);
	policytest_free(&c);
}

static void test_examples(void **state)
{
	DIR *d = opendir(folder);
	const struct dirent *f;
	int n = 0;

	(void)state;
	assert_non_null(d);
	while ((f = readdir(d)) != NULL) {
		CLEANUP(buf_free) struct buf path = {0};
		CLEANUP(buf_free) struct buf text = {0};
		struct policy *p;

		if (!ends(f->d_name, ".yaml") || ends(f->d_name, ".test.yaml"))
			continue;
		assert_int_equal(buf_printf(&path, "%s/%s", folder, f->d_name),
				 0);
		read_file(buf_str(&path), &text);
		p = policy_of(buf_str(&text));
		check_tests(f->d_name, p);
		policy_free(p);
		n++;
	}
	closedir(d);
	assert_true(n >= 2);
}

/* The first literal block of carrel-policy(5) is a whole policy. */
static void test_page(void **state)
{
	static const char fence[] = "```\n";
	CLEANUP(buf_free) struct buf text = {0};
	char *start, *end;

	(void)state;
	read_file(page, &text);
	start = strstr((char *)text.p, fence);
	assert_non_null(start);
	start += strlen(fence);
	end = strstr(start, fence);
	assert_non_null(end);
	*end = '\0';
	policy_free(policy_of(start));
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_examples),
		cmocka_unit_test(test_page),
	};

	if (argc != 3)
		return 2;
	folder = argv[1];
	page = argv[2];
	return cmocka_run_group_tests(tests, NULL, NULL);
}
