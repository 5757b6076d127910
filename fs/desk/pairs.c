/* What is stored beside what is shown, piece by piece: for the owner. */
/* SPDX-License-Identifier: Apache-2.0 */
/*
 * No comparing of texts: the pieces of a view say what was copied and from
 * where. Between two copies lies in the source what was taken out, and in the
 * view what was put in. Only a copy from before the last one (fields that
 * change places) counts as put in.
 */
#include "fs/desk/pairs.h"

#include <errno.h>

#include "fs/desk/lens.h"
#include "policy/redact/piece.h"

#define PART 65536u

struct pairing {
	struct lens l;
	struct buf part, in; /* of the source; put in since the last copy */
	uint64_t at;	     /* source byte behind the last copy */
	int (*each)(void *ctx, const struct pair *p);
	void *ctx;
};

static void pairing_free(struct pairing *p)
{
	lens_close(&p->l);
	buf_free(&p->part);
	buf_free(&p->in);
}

static int read_part(struct pairing *p, uint64_t from, uint64_t to)
{
	size_t n = to - from < PART ? (size_t)(to - from) : PART;
	int rc = buf_reserve(&p->part, PART);

	p->part.n = n;
	return rc == 0 ? lens_source(p->l.object, from, p->part.p, n) : rc;
}

/* What was taken out up to the source byte `to`, and what was put in there. */
static int changed(struct pairing *p, uint64_t to)
{
	struct pair x = {.is = buf_bytes(&p->in)};
	int rc = 0;

	while (rc == 0 && (p->at < to || x.is.n > 0)) {
		rc = read_part(p, p->at, to);
		x.was = buf_bytes(&p->part);
		if (rc == 0)
			rc = p->each(p->ctx, &x);
		p->at += p->part.n;
		x.is = bytes_of(NULL, 0);
	}
	buf_clear(&p->in);
	return rc;
}

static int copied(struct pairing *p, uint64_t from, uint64_t n)
{
	struct pair x;
	int rc = 0;

	if (from < p->at) { /* it was there already: it has moved */
		while (rc == 0 && n > 0) {
			rc = read_part(p, from, from + n);
			if (rc == 0)
				rc = buf_putb(&p->in, buf_bytes(&p->part));
			from += p->part.n;
			n -= p->part.n;
		}
		return rc;
	}
	if (from > p->at || p->in.n > 0)
		rc = changed(p, from);
	while (rc == 0 && p->at < from + n) {
		rc = read_part(p, p->at, from + n);
		x.was = x.is = buf_bytes(&p->part);
		if (rc == 0)
			rc = p->each(p->ctx, &x);
		p->at += p->part.n;
	}
	return rc;
}

static int pair_block(struct pairing *p, uint32_t nr, uint64_t *before,
		      struct err *e)
{
	CLEANUP(lens_block_free) struct lens_block b = {0};
	CLEANUP(view_block_free) struct view_block v = {0};
	int rc = lens_block(&p->l, nr, *before, &b, e);

	if (rc == 0)
		rc = view_build(&b.in, &v, e);
	for (size_t i = 0; rc == 0 && i < v.npieces; i++) {
		const struct piece *x = &v.pieces[i];
		uint64_t n = piece_len(&v, i);

		if (x->kind == PIECE_COPY)
			rc = copied(p, v.base + x->from, n);
		else if (x->kind == PIECE_LITERAL)
			rc = buf_put(&p->in, v.literals.p + x->from, (size_t)n);
		else
			rc = -EPROTO;
	}
	*before += v.visible;
	return rc;
}

static int pair_all(struct pairing *p, struct err *e)
{
	const struct index_head *h = &p->l.head;
	uint64_t before = 0;
	int rc = buf_putb(&p->in, h->prefix);

	/* The frame is shown as it is. */
	if (rc == 0 && h->prefix.n > 0 && h->prefix.n <= h->body) {
		rc = read_part(p, 0, h->prefix.n);
		if (rc == 0 && bytes_eq(buf_bytes(&p->part), h->prefix))
			rc = changed(p, h->prefix.n);
	}
	for (uint32_t nr = 0; rc == 0 && nr < h->nblocks; nr++)
		rc = pair_block(p, nr, &before, e);
	if (rc == 0 && h->suffix.n > 0 && p->at < h->size &&
	    h->suffix.n <= h->size - p->at) {
		rc = read_part(p, h->size - h->suffix.n, h->size);
		if (rc == 0 && bytes_eq(buf_bytes(&p->part), h->suffix))
			return copied(p, h->size - h->suffix.n, h->suffix.n);
	}
	if (rc == 0)
		rc = buf_putb(&p->in, h->suffix);
	return rc == 0 ? changed(p, h->size) : rc;
}

/* Why there are no two texts of it; NULL: there are. */
static const char *no_text(enum format f)
{
	switch ((int)f) {
	case FORMAT_WAV:
		return "a recording: what is bleeped `carrel policy explain` "
		       "says";
	case FORMAT_IMAGE:
		return "a picture";
	case FORMAT_OPAQUE:
		return "passed through as it is";
	default:
		return NULL;
	}
}

int pairs_of(struct desk *d, uint32_t nr,
	     int (*each)(void *ctx, const struct pair *p), void *ctx,
	     struct err *e)
{
	CLEANUP(pairing_free)
	struct pairing p = {.part = {.secret = true},
			    .in = {.secret = true},
			    .each = each,
			    .ctx = ctx};
	const struct desk_object *o = desk_object(d, nr);
	struct err why = {0};
	const char *words;
	int rc;

	if (o == NULL)
		return err_set(e, -EISDIR, NULL, "a folder has no text");
	rc = lens_open(d, o, &p.l, &why);
	if (rc != 0)
		return err_set(e, rc, NULL, "%s",
			       rc == -ENOKEY   ? "erased"
			       : why.code != 0 ? why.text
					       : "it cannot be shown");
	words = no_text(p.l.head.format);
	if (words != NULL)
		return err_set(e, -ENOTSUP, NULL, "%s", words);
	rc = pair_all(&p, &why);
	if (rc != 0 && e != NULL && e->code == 0)
		err_set(e, rc, NULL, "%s",
			why.code != 0 ? why.text : strerror(-rc));
	return rc;
}

int pairs_stored(const struct desk *d, uint32_t nr, struct buf *b)
{
	const struct desk_object *o = desk_object(d, nr);
	int rc = o == NULL ? -EISDIR : buf_puts(b, d->sets[o->set].name);

	if (rc == 0)
		rc = buf_putc(b, '/');
	return rc == 0 ? buf_putb(b, shelf_path(o->of)) : rc;
}
