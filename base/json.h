/* JSON (RFC 8259): a pull scanner with byte offsets, and a writer. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef BASE_JSON_H
#define BASE_JSON_H

#include "base/buf.h"

enum json_kind {
	JSON_BAD = 0, /* malformed; the scanner stays there */
	JSON_END,     /* end of the value (or of the input) */
	JSON_OBJECT,
	JSON_OBJECT_END,
	JSON_ARRAY,
	JSON_ARRAY_END,
	JSON_KEY, /* a member's name; its value is the next token */
	JSON_STRING,
	JSON_NUMBER,
	JSON_TRUE,
	JSON_FALSE,
	JSON_NULL,
};

/* [start, end) in the input, quotes included. */
struct json_token {
	enum json_kind kind;
	uint64_t start, end;
};

#define JSON_MAX_DEPTH 512

/*
 * Strict and linear: no comments, no trailing commas, no leading zeros,
 * nesting at most JSON_MAX_DEPTH. Raw bytes of strings are not checked as
 * UTF-8 (what lies outside spans stays as it is), control characters below
 * 0x20 are refused. Duplicate keys are the caller's affair. One value per
 * json_start; a BOM before the first value is skipped.
 */
struct json_scan {
	struct bytes in;
	uint64_t at;
	uint32_t depth;
	uint8_t state;
	uint8_t stack[JSON_MAX_DEPTH / 8];
	const char *why; /* for JSON_BAD: what is wrong, in words */
};

/**
 * json_start(s, in, at): scan the one value that begins at or after in[at].
 */
void json_start(struct json_scan *s, struct bytes in, uint64_t at) NONNULL(1);

/**
 * json_next(s, t): the next token; JSON_END once the value is complete, with
 * t->start = t->end = the first byte after it.
 */
enum json_kind json_next(struct json_scan *s,
			 struct json_token *t) MUST_CHECK NONNULL_ALL;

/**
 * json_skip(s, t): with t the first token of a value, move behind that value;
 * *end gets the byte after it. -EPROTO.
 */
int json_skip(struct json_scan *s, const struct json_token *t,
	      uint64_t *end) MUST_CHECK NONNULL_ALL;

/**
 * json_unescape(b, raw): append the text of a string token without its
 * quotes, as UTF-8; lone surrogates become U+FFFD. -EPROTO, -ENOMEM.
 */
int json_unescape(struct buf *b, struct bytes raw) MUST_CHECK NONNULL_ALL;

/**
 * json_escape_unit(raw, at, cp): the escape or character at raw[at] of a
 * string's inside: its length in raw, and its code point (a surrogate pair
 * counts as one unit; a lone surrogate gives cp = 0xFFFD; an invalid byte gives
 * length 1 and 0xFFFD). 0 past the end or when malformed.
 */
size_t json_escape_unit(struct bytes raw, size_t at, uint32_t *cp);

/*
 * Writer: commas and quoting are its business, not the caller's. Invalid UTF-8
 * in a string is written as U+FFFD.
 */
struct json_out {
	struct buf *b;
	int err; /* first failure, sticky: check once, at the end */
	uint32_t depth;
	bool comma[64];
};

/**
 * json_open(o, b): start writing at the end of b, which is borrowed. Then one
 * value: json_obj and json_arr open a container (at most 63 deep, -EOVERFLOW),
 * their _end close it, json_key names the next value of an object. json_num
 * writes the fewest digits that read back as v, and null for what JSON has no
 * number for. o->err tells at the end: -ENOMEM, -EOVERFLOW, -EINVAL (an end of
 * nothing).
 */
void json_open(struct json_out *o, struct buf *b) NONNULL_ALL;
void json_obj(struct json_out *o) NONNULL_ALL;
void json_obj_end(struct json_out *o) NONNULL_ALL;
void json_arr(struct json_out *o) NONNULL_ALL;
void json_arr_end(struct json_out *o) NONNULL_ALL;
void json_key(struct json_out *o, const char *key) NONNULL_ALL;
void json_str(struct json_out *o, struct bytes s) NONNULL_ALL;
void json_cstr(struct json_out *o, const char *s) NONNULL_ALL;
void json_int(struct json_out *o, int64_t v) NONNULL_ALL;
void json_uint(struct json_out *o, uint64_t v) NONNULL_ALL;
void json_num(struct json_out *o, double v) NONNULL_ALL;
void json_bool(struct json_out *o, bool v) NONNULL_ALL;
void json_null(struct json_out *o) NONNULL_ALL;
/** json_hex(o, b): the bytes as a string of lower-case hex. */
void json_hex(struct json_out *o, struct bytes b) NONNULL_ALL;

/**
 * json_quote(b, s, depth): append s escaped for the inside of a JSON string,
 * depth times over (2: JSON inside a JSON string). -ENOMEM.
 */
int json_quote(struct buf *b, struct bytes s,
	       unsigned depth) MUST_CHECK NONNULL_ALL;

#endif
