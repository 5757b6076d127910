/* Verifying a log as a stranger: the pass as a whole, and its verdict. */
/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One pass from entry 0 to the signed size, holding the right edge of the
 * tree, one bundle and one tile:
 *
 *   checkpoint   parsed strictly; origin equals the trusted key's name; every
 *                line of that key verifies (verify_head)
 *   entries      each bundle holds exactly its entries; each entry is hashed;
 *                its number is its place (verify_tree, verify_entry)
 *   tiles        each tile file, on each level, equals what the entries make
 *   root         equals the checkpoint's; at the size of --prev and of every
 *                kept checkpoint, equals theirs (verify_sized)
 *   epochs       numbers without gaps; each checkpoint has a line by the epoch
 *                in force (verify_signed_by_epoch)
 *   sessions     each sealed entry names a DEK that stands before it
 *
 * Checking heads alone, or bodies alone, or trusting a file's length, are the
 * ways others failed; nothing here is skipped. The first bad place is what is
 * reported: the pass stops there. Without a trusted key the same pass is made
 * with the key the log itself names, and the answer is -ENOKEY: consistent,
 * but whoever rewrote it could have signed it.
 *
 * A log that is being written is verified up to its checkpoint; what is behind
 * it in the WAL is counted, not judged.
 */
#include "fs/audit/verify.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>

#include "base/fdio.h"
#include "base/mem.h"
#include "fs/audit/verify_core.h"
#include "fs/audit/wal.h"

void audit_verdict_free(struct audit_verdict *v)
{
	buf_free(&v->checkpoint);
}

int verify_bad(struct verify *v, uint64_t seq, const char *place,
	       const char *fmt, ...)
{
	char text[400];
	va_list ap;

	va_start(ap, fmt);
	(void)vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	v->v->bad = seq;
	if (seq == UINT64_MAX)
		return err_set(v->e, -EBADMSG, place, "%s", text);
	return err_set(v->e, -EBADMSG, place, "entry %llu: %s",
		       (unsigned long long)seq, text);
}

static void verify_free(struct verify *v)
{
	buf_free(&v->note);
	buf_free(&v->prev);
	buf_free(&v->key_name);
	buf_free(&v->bundle);
	buf_free(&v->tile);
	mem_free(v->kept.v);
	mem_free(v->deks.v);
	mem_free(v->edge);
	fd_close(&v->dir);
}

int verify_set_add(struct verify_set *s, uint64_t n)
{
	if (s->n == s->cap) {
		size_t cap = s->cap == 0 ? 64 : s->cap * 2;
		uint64_t *p = mem_grow(s->v, cap, sizeof(*p));

		if (p == NULL)
			return -ENOMEM;
		s->v = p;
		s->cap = cap;
	}
	s->v[s->n++] = n;
	return 0;
}

bool verify_set_has(const struct verify_set *s, uint64_t n)
{
	size_t lo = 0, hi = s->n;

	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;

		if (s->v[mid] < n)
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo < s->n && s->v[lo] == n;
}

/* Good frames behind the checkpoint; damage there is recovery's affair. */
static uint64_t count_tail(const struct verify *v)
{
	CLEANUP(fd_close) int state = -1;
	CLEANUP(wal_set_free) struct wal_set s = {0};
	uint8_t origin[HASH_LEN];
	struct wal_frame f;
	uint64_t n = v->head.size;

	state = openat(v->dir, ".state", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (state < 0)
		return 0;
	hash_sha256(origin, v->head.origin);
	if (wal_load(&s, state, origin, NULL) != 0)
		return 0;
	s.resync = true; /* frames of before may have been torn */
	while (wal_get(&s, n, &f) == 1)
		n++;
	return n - v->head.size;
}

/* The root, and the epoch that signed it. */
static int check_end(struct verify *v)
{
	struct audit_verdict *out = v->v;
	uint64_t number;
	struct note n;
	int rc;

	tree_root(&v->edge->tree, out->root);
	if (memcmp(out->root, v->head.root, HASH_LEN) != 0)
		return verify_bad(v, UINT64_MAX, "checkpoint",
				  "the entries do not make the signed root");
	if (note_parse(buf_bytes(&v->note), &n) != 0)
		return -EPROTO;
	if (v->nepochs == 0)
		return verify_bad(v, UINT64_MAX, "checkpoint",
				  "the log names no epoch key");
	rc = verify_signed_by_epoch(v, &n, "checkpoint", &number);
	if (rc == 0)
		rc = verify_epoch_covered(v, number, "checkpoint");
	out->unsigned_ = rc == 0 ? count_tail(v) : 0;
	return rc;
}

static int run(struct verify *v)
{
	int rc = verify_head(v);

	if (rc == 0)
		rc = verify_kept_list(v);
	if (rc == 0)
		rc = verify_tree(v);
	if (rc == 0)
		rc = check_end(v);
	if (rc == 0)
		rc = buf_putb(&v->v->checkpoint, buf_bytes(&v->note));
	if (rc != 0)
		return rc;
	v->v->trusted = v->o->vkey.n != 0;
	if (v->v->trusted)
		return 0;
	return err_set(v->e, -ENOKEY, "checkpoint",
		       "consistent, but no trusted key was given");
}

int audit_verify(const char *dir, const struct audit_verify *o,
		 struct audit_verdict *out, struct err *e)
{
	CLEANUP(verify_free) struct verify v = {.dir = -1};
	struct err own;

	*out = (struct audit_verdict){.bad = UINT64_MAX};
	v.o = o;
	v.v = out;
	v.e = e != NULL ? e : &own;
	v.edge = mem_new(1, sizeof(*v.edge));
	if (v.edge == NULL)
		return err_nomem(e);
	v.dir = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (v.dir < 0)
		return err_errno(e, dir, "the log cannot be opened");
	return run(&v);
}
