/* Fuzzes the manifest: what is accepted compiles, and can be asked. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "fs/ingest/manifest.h"
#include "policy/redact/detect.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

/* A small list for every name that is wanted. */
static int load(struct bytes text, struct arena *a, struct manifest *m)
{
	struct manifest_file files[16];
	int rc = manifest_load(text, "m", NULL, 0, a, m, NULL);
	size_t n = m->nwanted;

	if (rc != 0 || n == 0)
		return rc;
	if (n > ARRAY_LEN(files))
		return -1;
	for (size_t i = 0; i < n; i++)
		files[i] = (struct manifest_file){m->wanted[i],
						  bytes_str("alpha\nbeta\n")};
	rc = manifest_load(text, "m", files, n, a, m, NULL);
	if (rc == 0 && m->nwanted != 0)
		__builtin_trap();
	return rc;
}

static int ignore_block(void *ctx, uint32_t nr, const struct index_block *k)
{
	(void)ctx;
	(void)nr;
	(void)k;
	return 0;
}

static int ignore_done(void *ctx, const struct index_head *h,
		       const struct index_summary *s)
{
	(void)ctx;
	(void)h;
	(void)s;
	return 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	static const char file[] = "[{\"text\": \"alpha a@b.example\"}]";
	const struct detect_sink sink = {ignore_block, ignore_done, NULL, NULL};
	const struct source src = {bytes_str("a/x.json"),
				   bytes_of(file, sizeof(file) - 1)};
	CLEANUP(arena_freep) struct arena *a = arena_new();
	CLEANUP(buf_free) struct buf group = {0};
	struct recognizers *r = NULL;
	struct manifest m;
	int rc;

	if (a == NULL || load(bytes_of(data, n), a, &m) != 0)
		return 0;
	if (m.rules.name == NULL)
		__builtin_trap();
	rc = detect_group_name(dataset_rule(&m.rules, src.path), src.path,
			       &group);
	if (recognizers_new(&m.rules, &r, NULL) == 0 && rc == 0)
		rc = detect_group(&m.rules, r, &src, 1, &sink, NULL);
	(void)rc;
	recognizers_free(r);
	return 0;
}
