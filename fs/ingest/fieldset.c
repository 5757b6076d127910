/* The fields a policy takes out of one object: found once, kept sealed. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "fs/ingest/fieldset_in.h"

#include <errno.h>
#include <stdio.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/cbor.h"
#include "base/fdio.h"
#include "base/hash.h"
#include "base/mem.h"
#include "fs/ingest/child_pool.h"
#include "policy/redact/csv.h"

/*
 * The gateway does not parse, so it hands an object's records to a keyless
 * child: pieces of whole records with the frame's prefix and suffix around
 * them, each a document of its own. What comes back are intervals of a piece;
 * minus the prefix and plus the piece's place they are intervals of the
 * source. They are checked (ascending, inside the records) and kept per block:
 * as sealed cells, or in memory where no cell may be written. The cell
 * "complete" is written last; without it the others do not count.
 */
#define PIECE (4u << 20)
#define PIECE_MAX (80u << 20)

/* Filling: the cuts of the current block and those that reach further. */
struct filling {
	const struct fieldset_want *w;
	struct fieldset *f;
	uint64_t from, base; /* piece offset of the first record; its source */
	uint64_t last, end;  /* end of the last cut; end of the piece */
	uint64_t place;	     /* behind the start of the last place */
};

void fieldset_free(struct fieldset *f)
{
	if (f == NULL)
		return;
	for (uint32_t i = 0; f->blocks != NULL && i < f->nblocks; i++)
		buf_free(&f->blocks[i]);
	mem_free(f->blocks);
	mem_free(f);
}

static void make_key(const struct fieldset_want *w, uint8_t out[HASH_LEN])
{
	struct hasher h;

	hasher_blake2b(&h, NULL);
	hasher_field(&h, bytes_of(w->id, STORE_ID));
	hasher_u64(&h, w->version);
	hasher_u64(&h, w->spanset);
	hasher_field(&h, w->head->detector);
	for (size_t i = 0; i < w->nfields; i++) {
		hasher_u64(&h, (uint64_t)w->fields[i].action);
		hasher_field(&h, bytes_str(w->fields[i].path));
		hasher_field(&h, bytes_str(w->fields[i].with));
	}
	hasher_end(&h, out);
}

/* ---- one piece through a child ---- */

/* How many containers the frame opens around the records: within them nothing
 * is removed, for taking records away is not a field's affair. */
static uint32_t frame_depth(struct bytes prefix)
{
	bool string = false;
	uint32_t depth = 0;

	for (size_t i = 0; i < prefix.n; i++) {
		uint8_t c = prefix.p[i];

		if (string && c == '\\')
			i++;
		else if (c == '"')
			string = !string;
		else if (!string && (c == '{' || c == '['))
			depth++;
	}
	return depth;
}

/* A table's header: what is not blank before the records. */
static bool has_header(struct bytes prefix)
{
	for (size_t i = csv_begin(prefix); i < prefix.n; i++)
		if (prefix.p[i] != '\r' && prefix.p[i] != '\n')
			return true;
	return false;
}

/* What fields_find_in asks for: see there. */
static uint32_t depth_of(const struct index_head *h)
{
	if (csv_separator(h->format) != 0)
		return !has_header(h->prefix);
	return h->format == FORMAT_JSON ? frame_depth(h->prefix) : 0;
}

/* What the child is asked: each path, and both of an exchange. */
static int number_wants(const struct fieldset_want *w, struct fieldset *f)
{
	for (uint32_t i = 0; i < w->nfields; i++) {
		bool two = w->fields[i].action == FIELD_SWAP;

		if (f->nwants + (two ? 2 : 1) > JSONPATH_MAX)
			return -E2BIG;
		f->wants[f->nwants++] = (struct place){.rule = i};
		if (two)
			f->wants[f->nwants++] =
				(struct place){.rule = i, .second = true};
	}
	return 0;
}

static uint64_t kind_of(enum field_action a)
{
	return a == FIELD_SWAP ? 2 : a == FIELD_REMOVE;
}

static int put_wants(const struct fieldset_want *w, const struct fieldset *f,
		     struct buf *b)
{
	int r = cbor_put_array(b, 3);

	if (r == 0)
		r = cbor_put_uint(b, (uint64_t)w->head->format);
	if (r == 0)
		r = cbor_put_uint(b, depth_of(w->head));
	if (r == 0)
		r = cbor_put_array(b, 2 * (uint64_t)f->nwants);
	for (uint32_t i = 0; r == 0 && i < f->nwants; i++) {
		const struct field_rule *x = &w->fields[f->wants[i].rule];

		r = cbor_put_text(
			b, bytes_str(f->wants[i].second ? x->with : x->path));
		if (r == 0)
			r = cbor_put_uint(b, kind_of(x->action));
	}
	return r;
}

/* A cut stands in every block it overlaps. */
static int keep_cut(struct filling *g, uint64_t start, uint64_t end,
		    struct bytes lit)
{
	uint32_t first = (uint32_t)(start / INDEX_BLOCK);
	uint32_t last = (uint32_t)((end - 1) / INDEX_BLOCK);
	int r = 0;

	for (uint32_t i = first; r == 0 && i <= last; i++) {
		struct buf *b = &g->f->blocks[i];

		r = cbor_put_uint(b, start);
		if (r == 0)
			r = cbor_put_uint(b, end);
		if (r == 0)
			r = cbor_put_bytes(b, lit);
	}
	return r;
}

/* What emptied fields become; a child that was taken over cannot speak through
 * any other literal. */
static bool lit_known(struct bytes lit)
{
	return lit.n == 0 || bytes_is(lit, "0") || bytes_is(lit, "0.0") ||
	       bytes_is(lit, "false") || bytes_is(lit, "\"\"") ||
	       bytes_is(lit, " ");
}

/* A place stands in the block it begins in: who looks for it looks at all of
 * its record. */
static int take_place(struct filling *g, uint64_t start, uint64_t end,
		      uint64_t want)
{
	struct buf *b = &g->f->blocks[start / INDEX_BLOCK];
	int r;

	if (want >= g->f->nwants || start < g->place)
		return -EPROTO;
	g->place = start + 1;
	r = cbor_put_uint(b, start);
	if (r == 0)
		r = cbor_put_uint(b, end);
	return r == 0 ? cbor_put_uint(b, want) : r;
}

static int take_cut(struct filling *g, uint64_t start, uint64_t end,
		    struct bytes lit)
{
	if (!lit_known(lit) || start < g->last)
		return -EPROTO;
	g->last = end;
	return keep_cut(g, start, end, lit);
}

/* Hostile numbers: inside the records of the piece, ascending, not empty. */
static int take_cuts(struct filling *g, struct bytes in)
{
	struct cbor c = {.in = in};
	uint64_t n = cbor_get_array(&c);
	int r = n % 3 == 0 ? 0 : -EPROTO;

	for (uint64_t i = 0; r == 0 && i < n / 3; i++) {
		uint64_t start = cbor_get_uint(&c), end = cbor_get_uint(&c);
		bool place = cbor_peek(&c) == CBOR_UINT;
		uint64_t want = place ? cbor_get_uint(&c) : 0;
		struct bytes lit = {0};

		if (!place)
			lit = cbor_get_bytes(&c);
		if (c.err != 0 || start < g->from || end > g->end ||
		    start >= end)
			return -EPROTO;
		start = start - g->from + g->base;
		end = end - g->from + g->base;
		r = place ? take_place(g, start, end, want)
			  : take_cut(g, start, end, lit);
	}
	return r == 0 ? cbor_end(&c) : r;
}

static int ask_child(struct filling *g, int fd, uint64_t mib)
{
	struct buf job CLEANUP(buf_free) = {0};
	struct child_wire *c = NULL;
	enum child_frame type = CHILD_NONE;
	int got, r = child_take(g->w->children, mib, &c, NULL);

	if (r != 0)
		return r;
	r = put_wants(g->w, g->f, &job);
	if (r == 0)
		r = child_wire_put(c, CHILD_FIELDS, buf_bytes(&job), fd);
	while (r == 0) {
		got = child_wire_get(c, &type);
		if (got != 1)
			r = got == 0 ? -EPIPE : got;
		else if (type == CHILD_CUT)
			r = take_cuts(g, buf_bytes(&c->in));
		else
			r = type == CHILD_DONE ? 1 : -EPROTO;
	}
	child_give(g->w->children, c, r == 1);
	return r == 1 ? 0 : r;
}

/* The piece lies in memory only, and only the child sees it. */
static int put_piece(const struct filling *g, int fd, uint64_t start,
		     uint64_t end)
{
	struct buf b CLEANUP(buf_free) = {.secret = true};
	const struct index_head *h = g->w->head;
	int r = buf_reserve(&b, end - start);

	if (r == 0)
		r = store_object_read(g->w->object, start, b.p, end - start);
	b.n = r == 0 ? end - start : 0;
	if (r == 0)
		r = fd_write_full(fd, h->prefix);
	if (r == 0)
		r = fd_write_full(fd, buf_bytes(&b));
	return r == 0 ? fd_write_full(fd, h->suffix) : r;
}

static int do_piece(struct filling *g, uint64_t start, uint64_t end)
{
	int fd CLEANUP(fd_close) = fd_memory_new();
	int r;

	if (fd < 0)
		return fd;
	if (end - start > PIECE_MAX)
		return -EFBIG;
	g->from = g->w->head->prefix.n;
	g->base = start;
	g->end = g->from + (end - start);
	r = put_piece(g, fd, start, end);
	if (r == 0)
		r = fd_memory_seal(fd);
	return r == 0 ? ask_child(g, fd, (end - start) >> 20) : r;
}

/* ---- all pieces ---- */

/* Pieces end where a record ends; denied records are left out, since no
 * parser of theirs succeeded and nothing of them is shown. */
static int walk_block(struct filling *g, const struct index_block *k,
		      uint64_t *start, uint64_t *end)
{
	int r = 0;

	for (uint32_t i = 0; r == 0 && i < k->nrecords; i++) {
		const struct record *x = &k->records[i];

		if (x->end <= *end)
			continue; /* it began in an earlier block */
		if (*end > *start &&
		    (x->denied != DENIAL_NONE || x->end - *start > PIECE)) {
			r = do_piece(g, *start, *end);
			*start = *end = x->start;
		}
		if (*end == *start)
			*start = x->start;
		*end = x->denied != DENIAL_NONE ? *start : x->end;
	}
	return r;
}

static int find_all(struct filling *g, struct err *e)
{
	struct arena *a CLEANUP(arena_freep) = arena_new();
	uint64_t start = 0, end = 0;
	int r = a == NULL ? -ENOMEM : 0;

	for (uint32_t i = 0; r == 0 && i < g->f->nblocks; i++) {
		struct buf b CLEANUP(buf_free) = {.secret = true};
		struct index_block k;

		arena_reset(a);
		r = store_object_blob(g->w->object, i + 1, &b);
		if (r == 0)
			r = index_block_get(buf_bytes(&b), a, &k, e);
		if (r == 0)
			r = walk_block(g, &k, &start, &end);
	}
	if (r == 0 && end > start)
		r = do_piece(g, start, end);
	return r;
}

static int fill(const struct fieldset_want *w, struct fieldset *f,
		struct err *e)
{
	struct filling g = {.w = w, .f = f};
	int r;

	f->blocks = mem_new((size_t)f->nblocks + 1, sizeof(*f->blocks));
	if (f->blocks == NULL)
		return err_nomem(e);
	r = find_all(&g, e);
	if (r != 0)
		return err_set(
			e, r == -ENOMEM ? r : -EIO, "",
			"the fields that the policy takes out could not be "
			"found: %s",
			strerror(-r));
	if (w->no_cache)
		return 0;
	r = fieldset_write(f);
	if (r != 0)
		return err_set(e, r, "", "the field set cannot be kept: %s",
			       strerror(-r));
	for (uint32_t i = 0; i < f->nblocks; i++)
		buf_free(&f->blocks[i]);
	mem_free(f->blocks);
	f->blocks = NULL;
	f->cells = true;
	return 0;
}

int fieldset_open(const struct fieldset_want *w, struct fieldset **out,
		  struct err *e)
{
	struct fieldset *f = mem_new(1, sizeof(*f));
	int r = 0;

	if (f == NULL)
		return err_nomem(e);
	f->store = w->store;
	f->nblocks = w->head->nblocks;
	make_key(w, f->key);
	r = number_wants(w, f);
	f->cells = !w->no_cache && fieldset_stands(f);
	if (r == 0 && !f->cells)
		r = fill(w, f, e);
	if (r != 0)
		fieldset_free(f);
	else
		*out = f;
	return r;
}
