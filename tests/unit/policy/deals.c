/* Prints who is dealt which unit, for assign.py to check. */
/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>

#include "base/hex.h"
#include "policy/assign.h"

/*
 * deals POLICY KEY: units in hex on standard input, one a line; for each the
 * annotators who have it in the policy's first task, and all scores.
 */
static int read_policy(const char *path, struct policy **out)
{
	CLEANUP(buf_free) struct buf b = {0};
	struct err e = {0};
	char part[4096];
	size_t n;
	FILE *f = fopen(path, "rb");
	int rc = f == NULL ? -1 : 0;

	while (rc == 0 && (n = fread(part, 1, sizeof(part), f)) > 0)
		rc = buf_put(&b, part, n);
	if (f != NULL)
		fclose(f);
	if (rc == 0)
		rc = policy_load(buf_bytes(&b), path, out, &e);
	if (rc != 0)
		fprintf(stderr, "%s: %s\n", e.place, e.text);
	return rc;
}

static void print_unit(const struct policy *p, const struct key *k,
		       struct bytes unit)
{
	for (uint32_t i = 0; i < p->nannotators; i++) {
		const char *name = p->annotators[i].name;
		struct assign_in in = {p, &p->tasks[0], k, i, unit};
		uint64_t score = assign_score(k, bytes_str(p->tasks[0].name),
					      unit, bytes_str(name));

		printf("%s%s=%llu%s", i == 0 ? "" : " ", name,
		       (unsigned long long)score, assign_dealt(&in) ? "+" : "");
	}
	putchar('\n');
}

int main(int argc, char **argv)
{
	CLEANUP(policy_freep) struct policy *p = NULL;
	CLEANUP(keypool_freep) struct keypool *pool = NULL;
	CLEANUP(key_freep) struct key *k = NULL;
	uint8_t raw[KEY_LEN], unit[1024];
	char line[2100];

	if (argc != 3 || keypool_new(&pool, NULL) != 0 ||
	    hex_decode(raw, sizeof(raw), bytes_str(argv[2])) != 0 ||
	    read_policy(argv[1], &p) != 0)
		return 2;
	k = key_import(pool, raw);
	if (k == NULL)
		return 2;
	while (fgets(line, sizeof(line), stdin) != NULL) {
		size_t n = strcspn(line, "\n") / 2;

		if (hex_decode(unit, n, bytes_of(line, n * 2)) != 0)
			return 2;
		print_unit(p, k, bytes_of(unit, n));
	}
	return 0;
}
