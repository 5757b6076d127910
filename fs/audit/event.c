/* Events: the fields' table, setters and getters, CBOR both ways. */
/* SPDX-License-Identifier: Apache-2.0 */
/*
 * An event in memory is a bit set and an array of values by field number; on
 * disk it is a CBOR map in ascending order of these numbers. Walking the bits
 * from below gives that order, so that one event has one encoding, without any
 * sorting and whatever the order in which it was filled in.
 *
 * Types come from EVENT_FIELDS alone: the writer asserts them, the reader asks
 * for them, and a value of another type is an error and not a conversion. A
 * field that this version does not know is skipped, so that an old auditor
 * reads a newer log; its bytes were hashed all the same.
 * */
#include "fs/audit/event.h"

#include <assert.h>
#include <errno.h>

static const uint8_t types[EF_COUNT_] = {
#define X(n, name, type, json) [n] = (type),
	EVENT_FIELDS(X)
#undef X
};

static const struct {
	enum event_kind kind;
	const char *name;
} kinds[] = {
	{EV_GENESIS, "GENESIS"},
	{EV_BOOT, "BOOT"},
	{EV_SHUTDOWN, "SHUTDOWN"},
	{EV_EPOCH, "EPOCH"},
	{EV_DEK, "DEK"},
	{EV_HEARTBEAT, "HEARTBEAT"},
	{EV_POLICY, "POLICY"},
	{EV_SESSION_START, "SESSION_START"},
	{EV_SESSION_END, "SESSION_END"},
	{EV_OPEN, "OPEN"},
	{EV_CLOSE, "CLOSE"},
	{EV_LEASE, "LEASE"},
	{EV_LEASE_END, "LEASE_END"},
	{EV_READ, "READ"},
	{EV_READ_RUN, "READ_RUN"},
	{EV_READDIR, "READDIR"},
	{EV_READLINK, "READLINK"},
	{EV_DENIED, "DENIED"},
	{EV_ALERT, "ALERT"},
	{EV_FLAG, "FLAG"},
	{EV_WRITE, "WRITE"},
	{EV_CREATE, "CREATE"},
	{EV_RENAME, "RENAME"},
	{EV_UNLINK, "UNLINK"},
	{EV_TRUNCATE, "TRUNCATE"},
	{EV_INGEST, "INGEST"},
	{EV_EXPORT, "EXPORT"},
	{EV_DATASET_KEY, "DATASET_KEY"},
	{EV_ERASE, "ERASE"},
	{EV_PREVIEW, "PREVIEW"},
	{EV_KEY, "KEY"},
	{EV_REPLAY, "REPLAY"},
	{EV_QUERY, "QUERY"},
	{EV_AUDIT_EXPORT, "AUDIT_EXPORT"},
	{EV_PRUNE, "PRUNE"},
	{EV_SHRED, "SHRED"},
	{EV_RECOVERY, "RECOVERY"},
	{EV_PEER, "PEER"},
	{EV_CLOCK, "CLOCK"},
};

static void set(struct event *e, enum event_field f, struct event_value v)
{
	e->v[f] = v;
	e->present |= (uint64_t)1 << f;
}

void event_uint(struct event *e, enum event_field f, uint64_t v)
{
	assert(types[f] == FT_UINT || types[f] == FT_BOOL);
	assert(types[f] != FT_BOOL || v <= 1);
	set(e, f, (struct event_value){.u = v});
}

void event_int(struct event *e, enum event_field f, int64_t v)
{
	assert(types[f] == FT_INT);
	set(e, f, (struct event_value){.u = (uint64_t)v});
}

void event_bytes(struct event *e, enum event_field f, struct bytes v)
{
	assert(types[f] == FT_BYTES || types[f] == FT_TEXT);
	set(e, f, (struct event_value){.b = v});
}

void event_text(struct event *e, enum event_field f, const char *v)
{
	assert(types[f] == FT_TEXT);
	if (v != NULL)
		set(e, f, (struct event_value){.b = bytes_str(v)});
}

bool event_has(const struct event *e, enum event_field f)
{
	return (e->present >> f & 1) != 0;
}

uint64_t event_get(const struct event *e, enum event_field f)
{
	return event_has(e, f) ? e->v[f].u : 0;
}

struct bytes event_getb(const struct event *e, enum event_field f)
{
	return event_has(e, f) ? e->v[f].b : (struct bytes){NULL, 0};
}

const char *event_name(enum event_kind k)
{
	for (size_t i = 0; i < ARRAY_LEN(kinds); i++) {
		if (kinds[i].kind == k)
			return kinds[i].name;
	}
	return NULL;
}

int event_parse(struct bytes name)
{
	for (size_t i = 0; i < ARRAY_LEN(kinds); i++) {
		if (bytes_is(name, kinds[i].name))
			return (int)kinds[i].kind;
	}
	return -1;
}

bool event_is_plain(enum event_kind k)
{
	return k <= EV_HEARTBEAT || (k >= EV_PRUNE && k <= EV_CLOCK);
}

static int put_value(struct buf *b, uint8_t type, const struct event_value *v)
{
	switch (type) {
	case FT_UINT:
		return cbor_put_uint(b, v->u);
	case FT_INT:
		return cbor_put_int(b, (int64_t)v->u);
	case FT_BYTES:
		return cbor_put_bytes(b, v->b);
	case FT_TEXT:
		return cbor_put_text(b, v->b);
	case FT_BOOL:
		return cbor_put_bool(b, v->u != 0);
	default:
		return -EINVAL;
	}
}

int event_put(const struct event *e, struct buf *b)
{
	int rc = cbor_put_uint(b, (uint64_t)e->kind);

	if (rc == 0)
		rc = cbor_put_map(b,
				  (uint64_t)__builtin_popcountll(e->present));
	for (uint64_t left = e->present; rc == 0 && left != 0;
	     left &= left - 1) {
		unsigned f = (unsigned)__builtin_ctzll(left);

		rc = cbor_put_uint(b, f);
		if (rc == 0)
			rc = put_value(b, types[f], &e->v[f]);
	}
	return rc;
}

int event_body(const struct event *e, struct buf *b)
{
	int rc = cbor_put_array(b, 2);

	return rc != 0 ? rc : event_put(e, b);
}

/* Read one value of the type its number stands for. */
static struct event_value get_value(struct cbor *c, uint8_t type)
{
	struct event_value v = {0};

	if (type == FT_UINT)
		v.u = cbor_get_uint(c);
	else if (type == FT_INT)
		v.u = (uint64_t)cbor_get_int(c);
	else if (type == FT_BYTES)
		v.b = cbor_get_bytes(c);
	else if (type == FT_TEXT)
		v.b = cbor_get_text(c);
	else
		v.u = cbor_get_bool(c);
	return v;
}

int event_get_pair(struct cbor *c, struct event *e)
{
	uint64_t kind, n;

	*e = (struct event){0};
	kind = cbor_get_uint(c);
	if (kind > INT32_MAX)
		c->err = -EPROTO;
	e->kind = (enum event_kind)kind;
	n = cbor_get_map(c);
	for (; n > 0 && c->err == 0; n--) {
		uint64_t f = cbor_get_uint(c);

		if (f >= EF_COUNT_ || types[f] == 0)
			cbor_skip(c);
		else
			set(e, (enum event_field)f, get_value(c, types[f]));
	}
	return c->err;
}

int event_unbody(struct bytes in, struct event *e)
{
	struct cbor c = {.in = in};
	int rc;

	if (cbor_get_array(&c) != 2)
		return -EPROTO;
	rc = event_get_pair(&c, e);
	return rc != 0 ? rc : cbor_end(&c);
}
