/* Test helper: writes a log of N entries; verifies one; forges one. */
/* SPDX-License-Identifier: Apache-2.0 */
/*
 *   make_log make DIR N [SEED]   a closed log of exactly N entries (1, or >= 5)
 *   make_log session DIR WHAT    a session's log, to the auditor whose key is
 * 32 bytes of 9; its SESSION_END says one more WHAT (a field's name) than there
 * is; none: no lie make_log verify DIR VKEY [PREV] make_log resign DIR SEED
 * rebuild all tiles and the checkpoint from the bundles as they are, signed by
 * key SEED: what a thief of that key can do
 *
 * make prints the vkey; verify prints "SIZE ROOT" and exits 0, or the first
 * bad place and exits 1. Keys are 32 bytes of SEED (default 7).
 */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/fdio.h"
#include "base/hex.h"
#include "base/mem.h"
#include "fs/audit/audit.h"
#include "fs/audit/entry.h"
#include "fs/audit/io.h"
#include "fs/audit/note.h"
#include "fs/audit/tile.h"
#include "fs/audit/verify.h"

#define ORIGIN "carrel.test/log"

struct keys {
	struct keypool *pool;
	struct key *sign, *secret;
	uint8_t pub[1][BOX_PUB];
};

static void keys_free(struct keys *k)
{
	key_free(k->sign);
	key_free(k->secret);
	keypool_free(k->pool);
}

static int keys_new(struct keys *k, int seed)
{
	uint8_t raw[KEY_LEN];

	if (keypool_new(&k->pool, NULL) != 0)
		return -EPERM;
	memset(raw, seed, sizeof(raw));
	k->sign = key_import(k->pool, raw);
	memset(raw, 9, sizeof(raw));
	k->secret = key_import(k->pool, raw);
	if (k->sign == NULL || k->secret == NULL)
		return -ENOMEM;
	box_public(k->secret, k->pub[0]);
	return 0;
}

static int report(int rc, const struct err *e)
{
	if (rc != 0)
		fprintf(stderr, "%s: %s\n", e->place, e->text);
	return rc == 0 ? 0 : 1;
}

static int print_vkey(const struct keys *k)
{
	struct buf b CLEANUP(buf_free) = {0};
	uint8_t pub[SIGN_PUB];

	sign_public(k->sign, pub);
	if (audit_vkey(ORIGIN, pub, &b) != 0)
		return 1;
	puts(buf_str(&b));
	return 0;
}

/* BOOT, EPOCH, DEK and SHUTDOWN are the log's own. */
static int fill(const struct audit_config *c, uint64_t n, struct err *e)
{
	struct audit *a = NULL;
	int rc = audit_open(c, &a, e);

	for (uint64_t i = 5; i < n && rc == 0; i++) {
		struct event ev = {.kind = EV_READ};

		event_uint(&ev, EF_OFFSET, i);
		event_bytes(&ev, EF_PATH, bytes_str("calls/0007.json"));
		rc = audit_append(a, NULL, &ev, NULL);
	}
	return rc != 0 ? rc : audit_close(a);
}

static int put(struct audit *a, struct audit_dek *d, enum event_kind kind,
	       uint64_t session, int64_t result, uint64_t *seq)
{
	struct event ev = {.kind = kind};

	if (kind == EV_SESSION_START)
		event_text(&ev, EF_ANNOTATOR, "ann");
	else
		event_uint(&ev, EF_SESSION, session);
	event_int(&ev, EF_RESULT, result);
	if (kind == EV_DENIED)
		event_uint(&ev, EF_COUNT, 2);
	return audit_append(a, d, &ev, seq);
}

/* The end: with what there was, but for one field. */
static int put_end(struct audit *a, struct audit_dek *d, uint64_t session,
		   const char *lie)
{
	static const enum event_field fields[] = {EF_OPENS, EF_READS, EF_BYTES,
						  EF_DENIALS, EF_LAST};
	const uint64_t are[] = {1, 2, 150, 3, audit_dek_last(d)};
	static const char *const names[] = {"opens", "reads", "bytes",
					    "denials", "last"};
	struct event ev = {.kind = EV_SESSION_END};

	event_uint(&ev, EF_SESSION, session);
	for (size_t i = 0; i < ARRAY_LEN(are); i++)
		event_uint(&ev, fields[i],
			   are[i] + (strcmp(lie, names[i]) == 0));
	return audit_append(a, d, &ev, NULL);
}

static int fill_session(const struct audit_config *c, const char *lie,
			struct err *e)
{
	struct audit *a = NULL;
	struct audit_dek *d = NULL;
	uint64_t s = 0, other = 0;
	int rc = audit_open(c, &a, e);

	if (rc == 0)
		rc = audit_dek_new(a, &d, e);
	if (rc == 0)
		rc = put(a, d, EV_SESSION_START, 0, 0, &s);
	if (rc == 0)
		rc = put(a, d, EV_OPEN, s, 0, NULL);
	if (rc == 0)
		rc = put(a, d, EV_READ, s, 100, NULL);
	if (rc == 0)
		rc = put(a, d, EV_READ, s, -5, NULL);
	if (rc == 0)
		rc = put(a, d, EV_READ, s, 50, NULL);
	if (rc == 0)
		rc = put(a, d, EV_DENIED, s, -13, NULL);
	if (rc == 0) /* not of this session */
		rc = put(a, NULL, EV_DENIED, other, -13, NULL);
	if (rc == 0)
		rc = put_end(a, d, s, lie);
	audit_dek_free(d);
	return rc != 0 ? rc : audit_close(a);
}

static int make(const char *dir, uint64_t n, int seed, const char *lie)
{
	CLEANUP(keys_free) struct keys k = {0};
	struct err e = {0};
	struct audit_config c = {.dir = dir, .origin = ORIGIN, .tool = "test"};
	int rc = keys_new(&k, seed);

	if (rc != 0)
		return 1;
	c.pool = k.pool;
	c.sign = k.sign;
	c.recipients = (const uint8_t(*)[BOX_PUB])k.pub;
	c.nrecipients = 1;
	rc = audit_create(&c, &e);
	if (rc == 0 && lie != NULL)
		rc = fill_session(&c, lie, &e);
	else if (rc == 0 && n > 1)
		rc = fill(&c, n, &e);
	return rc == 0 ? print_vkey(&k) : report(rc, &e);
}

static int check(const char *dir, const char *vkey, const char *prev)
{
	CLEANUP(audit_verdict_free) struct audit_verdict v = {0};
	struct buf b CLEANUP(buf_free) = {0};
	struct audit_verify o = {.vkey = bytes_str(vkey)};
	char root[2 * HASH_LEN + 1];
	struct err e = {0};
	int rc;

	if (prev != NULL && file_read(AT_FDCWD, prev, NOTE_MOST, &b) != 0)
		return 2;
	o.prev = buf_bytes(&b);
	rc = audit_verify(dir, &o, &v, &e);
	if (rc != 0) {
		printf("BAD %" PRId64 ": %s: %s\n", (int64_t)v.bad, e.place,
		       e.text);
		return 1;
	}
	hex_encode(root, bytes_of(v.root, sizeof(v.root)));
	printf("%" PRIu64 " %s\n", v.size, root);
	return 0;
}

/* Write one tile over whatever is there. */
static int put_tile(void *ctx, unsigned level, uint64_t n, unsigned w,
		    const uint8_t (*h)[HASH_LEN])
{
	char path[TILE_PATH];

	tile_path(path, level, n, w);
	return io_put(io_kernel(), *(int *)ctx, path,
		      bytes_of(h, (size_t)w * HASH_LEN));
}

static int put_full(void *ctx, unsigned level, uint64_t n,
		    const uint8_t (*h)[HASH_LEN])
{
	return put_tile(ctx, level, n, TILE_WIDTH, h);
}

/* Hash whatever entries the bundles hold into new tiles. */
static int retile(int dir, uint64_t size, struct tile_edge *t)
{
	struct buf b CLEANUP(buf_free) = {0};
	int rc = 0;

	t->full = put_full;
	t->ctx = &dir;
	for (uint64_t n = 0; n * TILE_WIDTH < size && rc == 0; n++) {
		uint64_t left = size - n * TILE_WIDTH;
		struct bytes entry;
		size_t at = 0;

		rc = tile_bundle(dir, n, left < 256 ? (unsigned)left : 256, &b,
				 NULL);
		while (rc == 0 && tile_entry(buf_bytes(&b), &at, &entry) == 1) {
			uint8_t leaf[HASH_LEN];

			tree_leaf(entry, leaf);
			rc = tile_grow(t, leaf);
		}
	}
	for (unsigned level = 0; level < TILE_LEVELS && rc == 0; level++) {
		unsigned w = tile_width(size, level);

		if (w != 0)
			rc = put_tile(&dir, level, t->count[level] / 256, w,
				      (const uint8_t(*)[HASH_LEN])t->h[level]);
	}
	return rc;
}

/* A checkpoint over the new tree, by the log key alone. */
static int resign(const char *path, int seed)
{
	CLEANUP(keys_free) struct keys k = {0};
	CLEANUP(mem_freep) struct tile_edge *t = mem_new(1, sizeof(*t));
	struct buf b CLEANUP(buf_free) = {0};
	struct buf text CLEANUP(buf_free) = {0};
	int dir = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	struct note_head h;
	struct note n;
	int rc = keys_new(&k, seed);

	if (rc == 0)
		rc = file_read(dir, "checkpoint", NOTE_MOST, &b);
	if (rc == 0)
		rc = note_parse(buf_bytes(&b), &n);
	if (rc == 0)
		rc = note_head_parse(n.text, &h);
	if (rc == 0)
		rc = retile(dir, h.size, t);
	tree_root(&t->tree, h.root);
	if (rc == 0)
		rc = note_head_put(&text, &h);
	h.origin = bytes_str(ORIGIN);
	buf_clear(&b);
	if (rc == 0)
		rc = buf_putb(&b, buf_bytes(&text));
	if (rc == 0)
		rc = buf_putc(&b, '\n');
	if (rc == 0)
		rc = note_sign(&b, buf_bytes(&text), h.origin, k.pool, k.sign);
	if (rc == 0)
		rc = io_put(io_kernel(), dir, "checkpoint", buf_bytes(&b));
	fd_close(&dir);
	return rc == 0 ? 0 : 1;
}

int main(int argc, char **argv)
{
	if (argc >= 4 && strcmp(argv[1], "make") == 0)
		return make(argv[2], strtoull(argv[3], NULL, 10),
			    argc > 4 ? atoi(argv[4]) : 7, NULL);
	if (argc == 4 && strcmp(argv[1], "session") == 0)
		return make(argv[2], 0, 7, argv[3]);
	if (argc >= 4 && strcmp(argv[1], "verify") == 0)
		return check(argv[2], argv[3], argc > 4 ? argv[4] : NULL);
	if (argc == 4 && strcmp(argv[1], "resign") == 0)
		return resign(argv[2], atoi(argv[3]));
	return 2;
}
