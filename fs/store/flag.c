/* Values that annotators say were missed: sealed cells of the catalog. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "fs/store/flag.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>

#include "base/cbor.h"

#define KIND "flag"
#define FORM 1
#define ITEMS 12

const char *store_flag_state(enum flag_state state)
{
	static const char *const names[FLAG_STATES] = {"open", "taking",
						       "accepted", "rejected"};

	return names[state];
}

struct name {
	char text[24];
};

static struct bytes name_of(uint64_t id, struct name *n)
{
	snprintf(n->text, sizeof(n->text), "%" PRIu64, id);
	return bytes_str(n->text);
}

static int encode(struct buf *b, const struct store_flag *f)
{
	const struct bytes v[] = {bytes_of(f->object, STORE_ID),
				  f->project,
				  f->annotator,
				  f->dataset,
				  f->path,
				  f->shown,
				  f->words,
				  f->type};
	int rc = cbor_put_array(b, ITEMS);

	if (rc == 0)
		rc = cbor_put_uint(b, FORM);
	if (rc == 0)
		rc = cbor_put_uint(b, f->id);
	if (rc == 0)
		rc = cbor_put_int(b, f->at);
	if (rc == 0)
		rc = cbor_put_uint(b, f->state);
	for (size_t i = 0; rc == 0 && i < ARRAY_LEN(v); i++)
		rc = cbor_put_bytes(b, v[i]);
	return rc;
}

static int decode(struct bytes in, struct store_flag *f)
{
	struct cbor c = {.in = in};
	struct bytes object,
		*v[] = {&object,  &f->project, &f->annotator, &f->dataset,
			&f->path, &f->shown,   &f->words,     &f->type};
	uint64_t state;

	*f = (struct store_flag){0};
	if (cbor_get_array(&c) != ITEMS || cbor_get_uint(&c) != FORM)
		return -EUCLEAN;
	f->id = cbor_get_uint(&c);
	f->at = cbor_get_int(&c);
	state = cbor_get_uint(&c);
	for (size_t i = 0; i < ARRAY_LEN(v); i++)
		*v[i] = cbor_get_bytes(&c);
	if (cbor_end(&c) != 0 || state >= FLAG_STATES || object.n != STORE_ID)
		return -EUCLEAN;
	f->state = (enum flag_state)state;
	memcpy(f->object, object.p, STORE_ID);
	return 0;
}

int store_flag_put(struct store *s, const struct store_flag *f)
{
	CLEANUP(buf_free) struct buf b = {.secret = true};
	struct name n;
	int rc = encode(&b, f);

	return rc == 0 ? store_cell_put(s, KIND, name_of(f->id, &n),
					buf_bytes(&b))
		       : rc;
}

int store_flag_get(struct store *s, uint64_t id, struct buf *b,
		   struct store_flag *out)
{
	struct name n;
	int rc = store_cell_get(s, KIND, name_of(id, &n), b);

	return rc == 0 ? decode(buf_bytes(b), out) : rc;
}

int store_flag_del(struct store *s, uint64_t id)
{
	struct name n;

	return store_cell_del(s, KIND, name_of(id, &n));
}

struct each {
	int (*fn)(void *ctx, const struct store_flag *f);
	void *ctx;
};

static int one(void *ctx, struct bytes value)
{
	const struct each *w = ctx;
	struct store_flag f;
	int rc = decode(value, &f);

	return rc == 0 ? w->fn(w->ctx, &f) : rc;
}

int store_flag_each(struct store *s,
		    int (*fn)(void *ctx, const struct store_flag *f), void *ctx)
{
	struct each w = {fn, ctx};

	return store_cell_each(s, KIND, one, &w);
}
