/* An event as one JSON object, for people and for exports. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "base/hex.h"
#include "base/utf8.h"
#include "fs/audit/event.h"

static const struct {
	enum field_type type;
	const char *json, *json_b64;
} fields[EF_COUNT_] = {
#define X(n, name, type, json) [n] = {(type), json, json "_b64"},
	EVENT_FIELDS(X)
#undef X
};

/* Paths are names, not digests: shown as text where they are. */
static bool is_path(unsigned f)
{
	return f == EF_PATH || f == EF_EXE || f == EF_TO;
}

static void path_json(const struct event *e, unsigned f, struct json_out *o)
{
	struct buf b CLEANUP(buf_free) = {0};
	struct bytes v = e->v[f].b;

	if (utf8_valid(v)) {
		json_key(o, fields[f].json);
		json_str(o, v);
		return;
	}
	json_key(o, fields[f].json_b64);
	if (base64_put(&b, v) == 0)
		json_str(o, buf_bytes(&b));
	else
		json_null(o);
}

static void value_json(const struct event *e, unsigned f, struct json_out *o)
{
	const struct event_value *v = &e->v[f];

	json_key(o, fields[f].json);
	switch (fields[f].type) {
	case FT_UINT:
		json_uint(o, v->u);
		break;
	case FT_INT:
		json_int(o, (int64_t)v->u);
		break;
	case FT_BYTES:
		json_hex(o, v->b);
		break;
	case FT_TEXT:
		json_str(o, v->b);
		break;
	case FT_BOOL:
		json_bool(o, v->u != 0);
		break;
	}
}

void event_json(const struct event *e, struct json_out *o)
{
	const char *name = event_name(e->kind);

	json_obj(o);
	json_key(o, "seq");
	json_uint(o, e->seq);
	json_key(o, "kind");
	if (name != NULL)
		json_cstr(o, name);
	else
		json_uint(o, (uint64_t)e->kind);
	for (unsigned f = 0; f < EF_COUNT_; f++) {
		if ((e->present >> f & 1) == 0)
			continue;
		if (is_path(f))
			path_json(e, f, o);
		else
			value_json(e, f, o);
	}
	json_obj_end(o);
}
