/* Fills a data set with a million texts, faster than ingest reads them. */
/* SPDX-License-Identifier: Apache-2.0 */
/*
 * make_many STORE KEYFILE DATASET N: texts of a few bytes, 1,000 a folder, put
 * by the same calls as ingest's own, without reading, parsing and detecting:
 * for what depends on the number of entries alone. Open to project "p".
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/fdio.h"
#include "base/hash.h"
#include "base/hex.h"
#include "fs/store/store.h"
#include "policy/policy.h"
#include "policy/redact/index.h"

#define FOLDER 1000u

static int fail(const struct err *e)
{
	fprintf(stderr, "make_many: %s: %s\n", e->place, e->text);
	return 1;
}

/* One text without spans: a head, a summary and the index of its block. */
static int put(struct store_writer *w, uint64_t nr, struct err *e)
{
	struct buf head CLEANUP(buf_free) = {0}, sum CLEANUP(buf_free) = {0};
	struct buf block CLEANUP(buf_free) = {0}, text CLEANUP(buf_free) = {0};
	struct record r = {.id = bytes_str("0")};
	struct index_block k = {.nrecords = 1, .records = &r};
	struct index_head h = {.format = FORMAT_TEXT,
			       .nblocks = 1,
			       .nrecords = 1,
			       .detector = bytes_str("bench")};
	struct index_summary s = {.format = FORMAT_TEXT,
				  .nrecords = 1,
				  .nblocks = 1,
				  .whole = true,
				  .named = true};
	uint8_t stamp[32];
	char path[64];
	int rc;

	snprintf(path, sizeof(path), "f%04u/n%07u.txt", (unsigned)(nr / FOLDER),
		 (unsigned)nr);
	rc = buf_printf(&text, "note %u\n", (unsigned)nr);
	h.size = h.body_end = r.end = text.n;
	hash_blake2b(stamp, NULL, buf_bytes(&text));
	if (rc == 0)
		rc = index_block_put(&block, &k);
	if (rc == 0)
		rc = index_head_put(&head, &h);
	if (rc == 0)
		rc = index_summary_put(&sum, &s);
	if (rc == 0)
		rc = store_put_begin(w, bytes_str(path));
	if (rc == 0)
		rc = store_put_data(w, buf_bytes(&text));
	if (rc == 0)
		rc = store_put_blob(w, buf_bytes(&block));
	return rc != 0 ? err_set(e, rc, path, "cannot be put")
		       : store_put_finish(w, buf_bytes(&head), buf_bytes(&sum),
					  stamp, e);
}

static int fill(struct store_ingest *i, uint64_t n, struct err *e)
{
	struct store_writer *w;
	uint8_t root[32];
	uint64_t version;
	int rc = store_writer_new(i, &w), last;

	if (rc != 0)
		return err_nomem(e);
	for (uint64_t k = 0; rc == 0 && k < n; k++)
		rc = put(w, k, e);
	last = store_writer_close(w, e);
	if (rc == 0)
		rc = last;
	return rc != 0 ? rc : store_ingest_publish(i, false, &version, root, e);
}

static int run(struct store *s, const char *dataset, uint64_t n, struct err *e)
{
	static const char *const purposes[] = {"annotation"};
	static const char *const projects[] = {"p"};
	const struct terms terms = {.purposes = purposes,
				    .npurposes = 1,
				    .projects = projects,
				    .nprojects = 1};
	struct buf info CLEANUP(buf_free) = {0};
	struct store_ingest *i = NULL;
	int rc = terms_put(&info, &terms);

	if (rc == 0)
		rc = store_lock(s, e);
	if (rc == 0)
		rc = store_ingest_begin(s, dataset, buf_bytes(&info), &i, e);
	if (rc == 0)
		rc = fill(i, n, e);
	store_ingest_free(i);
	return rc;
}

int main(int argc, char **argv)
{
	struct buf hex CLEANUP(buf_free) = {0};
	struct keypool *pool = NULL;
	struct store_cred cred = {0};
	struct store *s = NULL;
	uint8_t raw[KEY_LEN];
	struct err e = {0};
	int rc;

	if (argc != 5)
		return 2;
	if (file_read(AT_FDCWD, argv[2], 4096, &hex) != 0 ||
	    hex.n < 2 * KEY_LEN ||
	    hex_decode(raw, sizeof(raw),
		       bytes_sub(buf_bytes(&hex), 0, 2 * KEY_LEN)) != 0) {
		fprintf(stderr, "make_many: not a key: %s\n", argv[2]);
		return 1;
	}
	rc = keypool_new(&pool, &e);
	if (rc == 0)
		cred.key = key_import(pool, raw);
	if (rc == 0)
		rc = store_open(argv[1], pool, &cred, &s, &e);
	if (rc == 0)
		rc = run(s, argv[3], strtoull(argv[4], NULL, 10), &e);
	store_close(s);
	keypool_free(pool);
	return rc == 0 ? 0 : fail(&e);
}
