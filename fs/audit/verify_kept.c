/* Verifying: checkpoints of before, given or kept, and the epochs' lines. */
/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A checkpoint of before pins the tree at its size: its root must come out of
 * the entries as they are now. The caller's (--prev) is the strong one, since
 * whoever rewrote the log could not rewrite it. Those kept in the log itself
 * show when a past epoch's key, gone from memory, vouched for that prefix.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/fdio.h"
#include "fs/audit/verify_core.h"

#define KEPT_PATH 64

static void closedirp(DIR **d)
{
	if (*d != NULL)
		closedir(*d);
}

static int by_number(const void *a, const void *b)
{
	const uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

	return (x > y) - (x < y);
}

int verify_kept_list(struct verify *v)
{
	CLEANUP(closedirp) DIR *d = NULL;
	int fd = openat(v->dir, "checkpoints",
			O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	const struct dirent *en;
	uint64_t size;
	int rc = 0;

	if (fd < 0)
		return verify_bad(v, UINT64_MAX, "checkpoints",
				  "the kept checkpoints are missing");
	d = fdopendir(fd);
	if (d == NULL) {
		fd_close(&fd);
		return err_nomem(v->e);
	}
	while (rc == 0 && (en = readdir(d)) != NULL) {
		/* Those ahead of the checkpoint are a running log's. */
		if (note_number(bytes_str(en->d_name), &size) == 0 &&
		    size != 0 && size <= v->head.size)
			rc = verify_set_add(&v->kept, size);
	}
	if (rc == 0 && v->kept.n > 0)
		qsort(v->kept.v, v->kept.n, sizeof(v->kept.v[0]), by_number);
	return rc == 0 ? 0 : err_nomem(v->e);
}

/* Whether the note has a good line by this epoch's key. */
static int check_epoch(const struct verify *v, const struct note *n,
		       const struct verify_epoch *ep)
{
	struct buf name CLEANUP(buf_free) = {0};
	struct note_key k;
	int rc = buf_putb(&name, v->head.origin);

	if (rc == 0)
		rc = buf_printf(&name, "/e%llu",
				(unsigned long long)ep->number);
	if (rc != 0)
		return rc;
	note_key_make(&k, buf_bytes(&name), ep->pub);
	return note_check(n, &k);
}

int verify_signed_by_epoch(struct verify *v, const struct note *n,
			   const char *place, uint64_t *number)
{
	for (uint64_t i = 0; i < 2 && i < v->nepochs; i++) {
		int rc = check_epoch(v, n, &v->epoch[i]);

		*number = v->epoch[i].number;
		if (rc == -ENOKEY)
			continue;
		if (rc == -ENOMEM)
			return err_nomem(v->e);
		return rc == 0 ? 0
			       : verify_bad(v, UINT64_MAX, place,
					    "the epoch's signature is not "
					    "good");
	}
	return verify_bad(v, UINT64_MAX, place,
			  "has no signature by the epoch key of its time");
}

int verify_epoch_covered(struct verify *v, uint64_t number, const char *place)
{
	bool now = number == v->epoch[0].number;
	const struct verify_epoch *by = &v->epoch[now ? 0 : 1];

	if (!now)
		v->epoch[0].covered = true;
	if (by->number == 0 || by->after_boot || by->covered)
		return 0;
	return verify_bad(v, by->seq, place,
			  "epoch %llu signs, but the last checkpoint of the "
			  "epoch before is missing",
			  (unsigned long long)number);
}

static int check_prev(struct verify *v)
{
	uint8_t root[HASH_LEN];

	if (v->prev_head.size == 0 || v->prev_head.size != v->next)
		return 0;
	tree_root(&v->edge->tree, root);
	if (memcmp(root, v->prev_head.root, HASH_LEN) == 0)
		return 0;
	return verify_bad(v, UINT64_MAX, "checkpoint",
			  "history was rewritten: the first %llu entries are "
			  "not those of the earlier checkpoint",
			  (unsigned long long)v->next);
}

/* A kept checkpoint of exactly v->next entries. */
static int check_kept(struct verify *v)
{
	struct buf b CLEANUP(buf_free) = {0};
	uint8_t root[HASH_LEN];
	char place[KEPT_PATH];
	struct note_head h;
	struct note n;
	uint64_t number;
	int rc;

	(void)snprintf(place, sizeof(place), "checkpoints/%llu",
		       (unsigned long long)v->next);
	rc = file_read(v->dir, place, NOTE_MOST, &b);
	if (rc != 0)
		return err_set(v->e, rc, place, "cannot be read: %s",
			       strerror(-rc));
	if (note_parse(buf_bytes(&b), &n) != 0 ||
	    note_head_parse(n.text, &h) != 0 || h.size != v->next ||
	    !bytes_eq(h.origin, v->head.origin))
		return verify_bad(v, UINT64_MAX, place,
				  "is no checkpoint of this log at this size");
	if (v->have_key && note_check(&n, &v->key) != 0)
		return verify_bad(v, UINT64_MAX, place,
				  "is not signed by the log's key");
	tree_root(&v->edge->tree, root);
	if (memcmp(root, h.root, HASH_LEN) != 0)
		return verify_bad(v, UINT64_MAX, place,
				  "history was rewritten: the first %llu "
				  "entries are not those signed then",
				  (unsigned long long)v->next);
	rc = verify_signed_by_epoch(v, &n, place, &number);
	return rc != 0 ? rc : verify_epoch_covered(v, number, place);
}

int verify_sized(struct verify *v)
{
	int rc = check_prev(v);

	if (rc == 0 && v->kept_at < v->kept.n &&
	    v->kept.v[v->kept_at] == v->next) {
		v->kept_at++;
		rc = check_kept(v);
	}
	return rc;
}
