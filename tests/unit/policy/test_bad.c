/* Every policy of tests/bad/policies gets the complaint it expects. */
/* SPDX-License-Identifier: Apache-2.0 */
#include <dirent.h>
#include <errno.h>

#include "tests/unit/policy/check.h"

static const char *folder;

static void read_file(const char *name, struct buf *b)
{
	char path[512], part[4096];
	size_t n;
	FILE *f;

	snprintf(path, sizeof(path), "%s/%s", folder, name);
	f = fopen(path, "rb");
	assert_non_null(f);
	while ((n = fread(part, 1, sizeof(part), f)) > 0)
		assert_int_equal(buf_put(b, part, n), 0);
	fclose(f);
}

/* "# expect: 5:1: words" */
static void check_file(const char *name)
{
	static const char mark[] = "# expect: ";
	CLEANUP(buf_free) struct buf b = {0};
	struct policy *p = NULL;
	struct err e = {0};
	char got[900];
	const char *want;

	read_file(name, &b);
	assert_non_null(buf_str(&b));
	want = strstr(buf_str(&b), mark);
	assert_non_null(want);
	assert_int_equal(policy_load(buf_bytes(&b), "f", &p, &e), -EPROTO);
	assert_null(p);
	snprintf(got, sizeof(got), "%s: %s\n", e.place, e.text);
	if (strncmp(got, "f:", 2) != 0 ||
	    strcmp(got + 2, want + strlen(mark)) != 0)
		fail_msg("%s: got %s", name, got);
}

static void test_bad(void **state)
{
	DIR *d = opendir(folder);
	const struct dirent *f;
	int n = 0;

	(void)state;
	assert_non_null(d);
	while ((f = readdir(d)) != NULL) {
		if (f->d_name[0] == '.')
			continue;
		check_file(f->d_name);
		n++;
	}
	closedir(d);
	assert_true(n > 100);
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(test_bad)};

	if (argc != 2)
		return 2;
	folder = argv[1];
	return cmocka_run_group_tests(tests, NULL, NULL);
}
