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
	bool hard; /* these bytes stay: a value that goes over them is replaced
		      on both sides */
};

/* What a run is: recognizers treat them differently. */
enum run_kind {
	RUN_TEXT = 1, /* speech or prose: every recognizer */
	RUN_VALUE,    /* another JSON string: patterns and propagation */
	RUN_KEY,      /* a member's name: patterns and propagation */
	RUN_NUMBER,   /* a bare number: by checksum or by its key's name */
	RUN_NAME,     /* a file's or folder's name: all but the dialogue */
	RUN_CELL,     /* text, and a value with a key: a cell of a table that
			 nobody said of which it is */
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
	uint16_t esc;	      /* enum escape */
	uint32_t record;      /* number of its record */
	struct bytes key;     /* nearest member name or column header */
	struct bytes speaker; /* of its turn; empty */
	bool again;	      /* text of other runs joined anew: no turn */
	bool spaced;	      /* again: the run before it, blanks for its '_' */
	bool said;	      /* the text of a word that has a time */
	uint16_t known;	      /* 1 + type of a known value (manifest's
				 entities): the whole run is one; else 0 */
};

/** text_raw(r, start, end, out): the raw interval of decoded [start, end),
 * moved outwards to whole escapes, code points and CRLF pairs. */
void text_raw(const struct run *r, uint32_t start, uint32_t end,
	      uint64_t *raw_start, uint64_t *raw_end);

/** text_part(r, at, end, from, to): the next part of decoded [*at, end) that
 * may be replaced, in [*from, *to); *at moves behind it. false: none. */
bool text_part(const struct run *r, uint32_t *at, uint32_t end, uint32_t *from,
	       uint32_t *to);

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
/** text_cell: the inside of a quoted cell at source offset raw; errors as
 * above. */
int text_cell(struct text_builder *t, struct bytes in, uint64_t raw) MUST_CHECK;
/** text_slice: part [off, off+n) of run r as it is, map composed. */
int text_slice(struct text_builder *t, const struct run *r, uint32_t off,
	       uint32_t n) MUST_CHECK;
/** text_unit(t, cp, raw, rawlen): one code point that stands for rawlen
 * bytes. text_gap(t, in, raw, rawlen): text for the recognizers alone; the
 * bytes at raw stay what they are. in or rawlen may be nothing. */
int text_unit(struct text_builder *t, uint32_t cp, uint64_t raw,
	      size_t rawlen) MUST_CHECK;
int text_gap(struct text_builder *t, struct bytes in, uint64_t raw,
	     size_t rawlen) MUST_CHECK;
/** text_markup: the text of a subtitle: entities decoded, a tag is a gap of the
 * text `glue`; where that is something, lines are joined, too. */
int text_markup(struct text_builder *t, struct bytes in, uint64_t raw,
		const char *glue) MUST_CHECK;
/** text_tag(in, ends, at): bytes of the tag that begins there, "<...>" or
 * "{\...}"; 0: none. text_tag_ends(in): where the last ones may end, found
 * once so that reading stays linear. */
struct text_tag_ends {
	size_t angle, brace;
};
struct text_tag_ends text_tag_ends(struct bytes in);
size_t text_tag(struct bytes in, const struct text_tag_ends *ends, size_t at);
/** text_entity(in, at, cp): bytes of the entity at in[at] == '&', which must
 * end with ';'; 0: none. */
size_t text_entity(struct bytes in, size_t at, uint32_t *cp);
/* What else text is written in. */
enum text_code {
	TEXT_ENTITIES, /* &#64; &eacute; */
	TEXT_PERCENT,  /* %40, and =40 as in mail */
};
/** text_coded(in, code): something of it is. text_codes(t, r, code): the text
 * of r with that decoded, maps composed; errors as above. */
bool text_coded(struct bytes in, enum text_code code);
int text_codes(struct text_builder *t, const struct run *r,
	       enum text_code code) MUST_CHECK;
/** text_is_plain(in): valid UTF-8 without a backslash: decoding it would give
 * the same bytes one to one. */
bool text_is_plain(struct bytes in);
void text_reset(struct text_builder *t);
void text_free(struct text_builder *t);

#endif
