/* The JSON writer. */
/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/hex.h"
#include "base/json.h"
#include "base/mem.h"

void json_open(struct json_out *o, struct buf *b)
{
	*o = (struct json_out){.b = b};
}

/* Keep the first failure. */
static void note(struct json_out *o, int rc)
{
	if (o->err == 0)
		o->err = rc;
}

static void put(struct json_out *o, const char *s)
{
	if (o->err == 0)
		note(o, buf_puts(o->b, s));
}

/* A value or a name comes: the comma before it where one is due. */
static void item(struct json_out *o)
{
	if (o->comma[o->depth])
		put(o, ",");
	o->comma[o->depth] = true;
}

static void container(struct json_out *o, const char *open)
{
	item(o);
	put(o, open);
	if (o->depth + 1 >= ARRAY_LEN(o->comma)) {
		note(o, -EOVERFLOW);
		return;
	}
	o->comma[++o->depth] = false;
}

static void container_end(struct json_out *o, const char *close)
{
	if (o->depth == 0) {
		note(o, -EINVAL);
		return;
	}
	o->depth--;
	put(o, close);
}

void json_obj(struct json_out *o)
{
	container(o, "{");
}

void json_obj_end(struct json_out *o)
{
	container_end(o, "}");
}

void json_arr(struct json_out *o)
{
	container(o, "[");
}

void json_arr_end(struct json_out *o)
{
	container_end(o, "]");
}

static void quoted(struct json_out *o, struct bytes s)
{
	put(o, "\"");
	if (o->err == 0)
		note(o, json_quote(o->b, s, 1));
	put(o, "\"");
}

void json_key(struct json_out *o, const char *key)
{
	item(o);
	quoted(o, bytes_str(key));
	put(o, ":");
	o->comma[o->depth] = false;
}

void json_str(struct json_out *o, struct bytes s)
{
	item(o);
	quoted(o, s);
}

void json_cstr(struct json_out *o, const char *s)
{
	json_str(o, bytes_str(s));
}

void json_int(struct json_out *o, int64_t v)
{
	item(o);
	if (o->err == 0)
		note(o, buf_printf(o->b, "%lld", (long long)v));
}

void json_uint(struct json_out *o, uint64_t v)
{
	item(o);
	if (o->err == 0)
		note(o, buf_printf(o->b, "%llu", (unsigned long long)v));
}

/* The fewest digits that read back as v; a point whatever the locale says. */
static void number(char *s, size_t n, double v)
{
	for (int digits = 15; digits <= 17; digits++) {
		(void)snprintf(s, n, "%.*g", digits, v);
		if (strtod(s, NULL) == v)
			break;
	}
	for (; *s != '\0'; s++) {
		if (strchr("0123456789+-e", *s) == NULL)
			*s = '.';
	}
}

void json_num(struct json_out *o, double v)
{
	char s[40];

	if (!isfinite(v)) {
		json_null(o);
		return;
	}
	item(o);
	number(s, sizeof(s), v);
	put(o, s);
}

void json_bool(struct json_out *o, bool v)
{
	item(o);
	put(o, v ? "true" : "false");
}

void json_null(struct json_out *o)
{
	item(o);
	put(o, "null");
}

void json_hex(struct json_out *o, struct bytes b)
{
	CLEANUP(mem_freep) char *s = mem_new(b.n + 1, 2);

	item(o);
	if (s == NULL) {
		note(o, -ENOMEM);
		return;
	}
	hex_encode(s, b);
	put(o, "\"");
	put(o, s);
	put(o, "\"");
}
