/* The fields a policy takes out of one object: found once, kept sealed. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "fs/ingest/fieldset.h"

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
#define COMPLETE UINT32_MAX
#define CELLS_AT_ONCE 64 /* of one transaction */

struct fieldset {
	struct store *store;
	uint8_t key[HASH_LEN]; /* of object, version, wants */
	bool cells;
	uint32_t nblocks;
	struct buf *blocks; /* without cells: one encoding per block */
};

/* Filling: the cuts of the current block and those that reach further. */
struct filling {
	const struct fieldset_want *w;
	struct fieldset *f;
	uint64_t from, base; /* piece offset of the first record; its source */
	uint64_t last, end;  /* end of the last cut; end of the piece */
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
	hasher_field(&h, w->head->detector);
	for (size_t i = 0; i < w->nfields; i++) {
		hasher_u64(&h, (uint64_t)w->fields[i].action);
		hasher_field(&h, bytes_str(w->fields[i].path));
	}
	hasher_end(&h, out);
}

/* ---- cells ---- */

static struct bytes cell_name(const struct fieldset *f, uint32_t nr,
			      uint8_t name[HASH_LEN + 4])
{
	memcpy(name, f->key, HASH_LEN);
	for (unsigned i = 0; i < 4; i++)
		name[HASH_LEN + i] = (uint8_t)(nr >> (24 - 8 * i));
	return bytes_of(name, HASH_LEN + 4);
}

static bool stands(const struct fieldset *f)
{
	struct buf b CLEANUP(buf_free) = {0};
	uint8_t name[HASH_LEN + 4];

	return store_cell_get(f->store, "field-set",
			      cell_name(f, COMPLETE, name), &b) == 0;
}

static int write_some(const struct fieldset *f, uint32_t from, uint32_t to)
{
	uint8_t name[HASH_LEN + 4];
	int end, r = store_cells_begin(f->store);

	if (r != 0)
		return r;
	/* Blocks without cuts too: a cell that is missing later is damage. */
	for (uint32_t i = from; r == 0 && i < to; i++)
		r = store_cell_put(f->store, "field-set", cell_name(f, i, name),
				   buf_bytes(&f->blocks[i]));
	if (r == 0 && to == f->nblocks)
		r = store_cell_put(f->store, "field-set",
				   cell_name(f, COMPLETE, name),
				   bytes_str("1"));
	end = store_cells_end(f->store);
	return r != 0 ? r : end;
}

static int write_cells(const struct fieldset *f)
{
	uint32_t from = 0, to;
	int r = 0;

	do {
		to = f->nblocks - from > CELLS_AT_ONCE ? from + CELLS_AT_ONCE
						       : f->nblocks;
		r = write_some(f, from, to);
		from = to;
	} while (r == 0 && from < f->nblocks);
	return r;
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

static int put_wants(const struct fieldset_want *w, struct buf *b)
{
	int r = cbor_put_array(b, 3);

	if (r == 0)
		r = cbor_put_uint(b, (uint64_t)w->head->format);
	if (r == 0)
		r = cbor_put_uint(b, depth_of(w->head));
	if (r == 0)
		r = cbor_put_array(b, 2 * w->nfields);
	for (size_t i = 0; r == 0 && i < w->nfields; i++) {
		r = cbor_put_text(b, bytes_str(w->fields[i].path));
		if (r == 0)
			r = cbor_put_bool(b,
					  w->fields[i].action == FIELD_REMOVE);
	}
	return r;
}

/* A cut stands in every block it overlaps. */
static int keep_cut(struct filling *g, const struct cut *c)
{
	uint32_t first = (uint32_t)(c->start / INDEX_BLOCK);
	uint32_t last = (uint32_t)((c->end - 1) / INDEX_BLOCK);
	int r = 0;

	for (uint32_t i = first; r == 0 && i <= last; i++) {
		struct buf *b = &g->f->blocks[i];

		r = cbor_put_uint(b, c->start);
		if (r == 0)
			r = cbor_put_uint(b, c->end);
		if (r == 0)
			r = cbor_put_bytes(b, c->lit);
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

/* Hostile numbers: inside the records of the piece, ascending, not empty. */
static int take_cuts(struct filling *g, struct bytes in)
{
	struct cbor c = {.in = in};
	uint64_t n = cbor_get_array(&c);
	int r = n % 3 == 0 ? 0 : -EPROTO;

	for (uint64_t i = 0; r == 0 && i < n / 3; i++) {
		struct cut cut = {.start = cbor_get_uint(&c),
				  .end = cbor_get_uint(&c),
				  .lit = cbor_get_bytes(&c)};

		if (c.err != 0 || cut.start < g->from || cut.end > g->end ||
		    cut.start >= cut.end || !lit_known(cut.lit))
			return -EPROTO;
		cut.start = cut.start - g->from + g->base;
		cut.end = cut.end - g->from + g->base;
		if (cut.start < g->last)
			return -EPROTO;
		g->last = cut.end;
		r = keep_cut(g, &cut);
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
	r = put_wants(g->w, &job);
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
	int fd CLEANUP(fd_close) = memfd_create("carrel", MFD_CLOEXEC);
	int r;

	if (fd < 0)
		return -errno;
	if (end - start > PIECE_MAX)
		return -EFBIG;
	g->from = g->w->head->prefix.n;
	g->base = start;
	g->end = g->from + (end - start);
	r = put_piece(g, fd, start, end);
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
	r = write_cells(f);
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
	f->cells = !w->no_cache && stands(f);
	if (!f->cells)
		r = fill(w, f, e);
	if (r != 0)
		fieldset_free(f);
	else
		*out = f;
	return r;
}

/* ---- reading ---- */

static int decode(struct bytes in, struct arena *a, struct cut **cuts,
		  size_t *n)
{
	struct cbor c = {.in = in};
	size_t cap = in.n / 3 + 1;
	struct cut *v = arena_array(a, cap, sizeof(*v));
	int r = v == NULL ? -ENOMEM : 0;

	for (*n = 0; r == 0 && cbor_peek(&c) == CBOR_UINT; (*n)++) {
		v[*n].start = cbor_get_uint(&c);
		v[*n].end = cbor_get_uint(&c);
		r = arena_dup(a, cbor_get_bytes(&c), &v[*n].lit);
	}
	*cuts = v;
	return r == 0 ? cbor_end(&c) : r;
}

int fieldset_block(const struct fieldset *f, uint32_t nr, struct arena *a,
		   struct cut **cuts, size_t *n)
{
	struct buf b CLEANUP(buf_free) = {0};
	uint8_t name[HASH_LEN + 4];
	int r;

	*cuts = NULL;
	*n = 0;
	if (nr >= f->nblocks)
		return 0;
	if (f->blocks != NULL)
		return decode(buf_bytes(&f->blocks[nr]), a, cuts, n);
	r = store_cell_get(f->store, "field-set", cell_name(f, nr, name), &b);
	if (r == -ENOENT)
		return -EIO; /* the set is complete: this is damage */
	return r == 0 ? decode(buf_bytes(&b), a, cuts, n) : r;
}
