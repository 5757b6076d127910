/* What an export holds, file by file. */
/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The digest is made from the view once more, not from what was written: if a
 * disk wrote something else, it does not match. The records are those of which
 * the seat says that they are visible, the same question that rendering asks.
 * They are named by their number in the object: an id may be what a policy
 * hides, and a receipt goes where the export goes.
 */
#include "fs/desk/receipt.h"

#include <errno.h>

#include "base/hash.h"
#include "fs/desk/lens.h"
#include "fs/desk/shown.h"

#define AT_ONCE (1u << 20)

static int digest(struct shown *s, uint8_t out[HASH_LEN])
{
	CLEANUP(buf_free) struct buf b = {.secret = true};
	uint64_t size = shown_size(s);
	struct hasher h;
	int rc = buf_reserve(&b, AT_ONCE);

	hasher_sha256(&h);
	for (uint64_t at = 0; rc == 0 && at < size; at += AT_ONCE) {
		ssize_t n = shown_read(s, at, b.p, AT_ONCE);

		if (n <= 0)
			return n == 0 ? -EIO : (int)n;
		hasher_add(&h, bytes_of(b.p, (size_t)n));
	}
	hasher_end(&h, out);
	return rc;
}

/* A record that crosses an edge stands in both blocks. */
static int block_records(const struct lens *l, uint32_t nr, uint64_t *next,
			 struct json_out *o, struct err *e)
{
	CLEANUP(lens_block_free) struct lens_block b = {0};
	int rc = lens_block(l, nr, 0, &b, e);

	for (uint32_t i = 0; rc == 0 && i < b.block.nrecords; i++) {
		const struct record *r = &b.block.records[i];

		if (r->number < *next)
			continue;
		*next = (uint64_t)r->number + 1;
		if (b.in.visible[i])
			json_uint(o, r->number);
	}
	return rc;
}

static int records(const struct desk *d, uint32_t nr, struct json_out *o,
		   struct err *e)
{
	CLEANUP(lens_close) struct lens l = {0};
	uint64_t next = 0;
	int rc = lens_open(d, desk_object(d, nr), &l, e);

	for (uint32_t i = 0; rc == 0 && i < l.head.nblocks; i++)
		rc = block_records(&l, i, &next, o, e);
	return rc;
}

static int file(struct desk *d, uint32_t nr, struct json_out *o, struct err *e)
{
	CLEANUP(shown_closep) struct shown *s = NULL;
	CLEANUP(buf_free) struct buf path = {0};
	uint8_t hash[HASH_LEN];
	int rc = shown_open(d, nr, &s, e);

	if (rc == 0)
		rc = digest(s, hash);
	if (rc == 0)
		rc = desk_path(d, nr, &path);
	if (rc != 0)
		return rc;
	json_obj(o);
	json_key(o, "path");
	json_str(o, buf_bytes(&path));
	json_key(o, "object");
	json_hex(o, bytes_of(shown_object(s), STORE_ID));
	json_key(o, "version");
	json_uint(o, shown_version(s));
	json_key(o, "size");
	json_uint(o, shown_size(s));
	json_key(o, "sha256");
	json_hex(o, bytes_of(hash, HASH_LEN));
	json_key(o, "records");
	json_arr(o);
	rc = records(d, nr, o, e);
	json_arr_end(o);
	json_obj_end(o);
	return rc;
}

int receipt_files(struct desk *d, struct json_out *o, uint64_t *files,
		  struct err *e)
{
	int rc = 0;

	*files = 0;
	json_arr(o);
	for (uint32_t nr = 0; rc == 0 && nr < desk_count(d); nr++) {
		if (desk_node(d, nr)->folder)
			continue;
		rc = file(d, nr, o, e);
		++*files;
	}
	json_arr_end(o);
	if (rc == 0 || (e != NULL && e->code != 0))
		return rc;
	return err_set(e, rc, NULL, "a file cannot be read for the receipt: %s",
		       strerror(-rc));
}
