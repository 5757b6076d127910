/* Decoded runs of text with a map back to raw bytes. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef REDACT_TEXT_H
#define REDACT_TEXT_H

#include "base/buf.h"
#include "policy/redact/span.h"

/* Decoded bytes [text, text + len) come from raw [raw, raw + rawlen): one to
 * one where len == rawlen, else the whole stretch is one escape (no escape is
 * as long as what it stands for). Stretches touch, in both. */
struct text_map {
	uint32_t text; /* offset in the decoded text */
	uint32_t len;  /* decoded bytes of the stretch */
	uint64_t raw;  /* offset in the source */
	uint32_t rawlen;
};

/* What a run is: recognizers treat them differently. */
enum run_kind {
	RUN_TEXT = 1, /* speech or prose: every recognizer */
	RUN_VALUE,    /* another JSON string: patterns and propagation */
	RUN_KEY,      /* a member's name: patterns and propagation */
	RUN_NUMBER,   /* a bare number: by checksum or by its key's name */
	RUN_NAME,     /* a file's or folder's name: all but the dialogue */
};

/*
 * One stretch of decoded UTF-8 (a JSON string, a line, a cell). Invalid bytes
 * of the source stand as U+FFFD, mapped to themselves. Borrowed from the
 * reader until its record ends.
 */
struct run {
	enum run_kind kind;
	struct bytes text;
	const struct text_map *map;
	uint32_t nmap;
	uint8_t esc;	      /* enum escape */
	uint32_t record;      /* number of its record */
	struct bytes key;     /* nearest member name or column header */
	struct bytes speaker; /* of its turn; empty */
	bool said;	      /* the text of a word that has a time */
	uint16_t known;	      /* 1 + type of a known value (manifest's
				 entities): the whole run is one; else 0 */
};

/** text_raw(r, start, end, out): the raw interval of decoded [start, end),
 * moved outwards to whole escapes, code points and CRLF pairs. */
void text_raw(const struct run *r, uint32_t start, uint32_t end,
	      uint64_t *raw_start, uint64_t *raw_end);

/* Growing decoder: appends to text and map. */
struct text_builder {
	struct buf text;
	struct text_map *map;
	uint32_t nmap, cap;
};
/** text_plain: raw bytes as they are, at source offset raw. text_json: the
 * inside of a JSON string at source offset raw. text_nested: text that was
 * decoded already (run r, its part [off, off+n) ) is decoded once more as the
 * inside of a JSON string, maps composed. -EPROTO: not the inside of a JSON
 * string; -EFBIG: more than 4 GiB; -ENOMEM. What was appended then is void. */
int text_plain(struct text_builder *t, struct bytes in,
	       uint64_t raw) MUST_CHECK;
int text_json(struct text_builder *t, struct bytes in, uint64_t raw) MUST_CHECK;
int text_nested(struct text_builder *t, const struct run *r, uint32_t off,
		uint32_t n) MUST_CHECK;
/** text_slice: part [off, off+n) of run r as it is, map composed. */
int text_slice(struct text_builder *t, const struct run *r, uint32_t off,
	       uint32_t n) MUST_CHECK;
/** text_is_plain(in): valid UTF-8 without a backslash: decoding it would give
 * the same bytes one to one. */
bool text_is_plain(struct bytes in);
void text_reset(struct text_builder *t);
void text_free(struct text_builder *t);

#endif
