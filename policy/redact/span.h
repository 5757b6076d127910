/* The one span: where a sensitive value lies in an object's raw bytes. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef REDACT_SPAN_H
#define REDACT_SPAN_H

#include "base/bytes.h"

/*
 * How a replacement must be written at this place: the number of JSON strings
 * around it (0 plain text, 1 a JSON string, 2 JSON inside a JSON string ...),
 * or a bare JSON number; or one of the places where a line or its columns
 * must stay what they are; and added to any but those, in what cell of a
 * table. CELL and CSV both: it is all of an unquoted cell and may be quoted. A
 * run says CELL and BEGIN where cells are never quoted.
 */
enum escape {
	ESC_TEXT = 0,
	ESC_JSON = 1,
	ESC_JSON_2 = 2,
	ESC_JSON_MAX = 8,
	ESC_LINE = 9,	 /* plain text that stays in its line, never empty */
	ESC_MARKUP = 10, /* likewise, of a subtitle: &amp; and its like */
	ESC_TOKEN = 11,	 /* a column: likewise, no white space */
	ESC_PLACE = 15,	 /* mask: JSON strings, or one of those three */
	ESC_NUMBER = 16, /* added to the depth of JSON strings around it */
	ESC_CSV = 64,	 /* in quotes that are doubled: a quoted CSV cell, a
			    TextGrid's string; added likewise */
	ESC_CELL = 256,	 /* an unquoted cell; added likewise */
	ESC_BEGIN = 512, /* the cell begins with it */
	/* Of a value that something stands between which stays (a tag, the
	 * next line's times): the first part, the last, with both bits one
	 * between them. Added to any. */
	ESC_FIRST = 32,
	ESC_LAST = 128,
	ESC_PART = ESC_FIRST | ESC_LAST,
	ESC_WORD = 1024, /* one of the words of a value, each in a place of its
			    own; added to any */
	/* Samples of a recording: of all channels, or with a channel's number
	 * (1 ... ESC_CHANNEL) added, of that one alone. */
	ESC_AUDIO = 0x8000,
	ESC_CHANNEL = 127, /* the number's bits */
};

/** escape_valid(esc): a combination that there is. */
static inline bool escape_valid(uint16_t esc)
{
	const unsigned cells = ESC_NUMBER | ESC_CSV | ESC_CELL | ESC_BEGIN;
	unsigned place = esc & ESC_PLACE;

	if ((esc & ESC_AUDIO) != 0)
		return (esc & ~(ESC_AUDIO | ESC_CHANNEL)) == 0;
	if ((esc & ~(ESC_PLACE | cells | ESC_PART | ESC_WORD)) != 0)
		return false;
	return place <= ESC_JSON_MAX ||
	       (place <= ESC_TOKEN && (esc & cells) == 0);
}

/*
 * Half-open byte interval [start, end) of the object's raw bytes; edges never
 * split an escape, a code point or a CRLF. Nothing else carries positions.
 * Spans of an object are sorted and do not overlap; those of a recording are
 * sorted by where they begin, and may: people talk at the same time.
 */
struct span {
	uint64_t start, end;
	uint32_t value;	 /* number of its value in the object */
	uint32_t ord;	 /* 1, 2 ...: nth distinct value of its type in its
			    record, by first appearance: [PERSON_2] */
	uint16_t type;	 /* index into the object's table of type names */
	uint16_t rule;	 /* index into the object's table of rule names */
	uint8_t score;	 /* 0..100 */
	uint8_t speaker; /* 1 + index into the object's table of speakers; 0:
			    nobody knows who said it */
	uint16_t esc;	 /* enum escape */
};

/* The canonical value behind spans: case folded, phone to digits, e-mail lower
 * case: what stand-ins are computed from. Numbered once per object. An address
 * or a user's name that is made of a person's has that behind a 0. */
struct value {
	uint32_t number;
	uint16_t type;
	struct bytes canon;
};

/** value_own(canon): without whose it is. value_person(canon): whose; empty:
 * nobody knows. */
static inline struct bytes value_own(struct bytes canon)
{
	const uint8_t *p = canon.n == 0 ? NULL : memchr(canon.p, 0, canon.n);

	return p == NULL ? canon : bytes_of(canon.p, (size_t)(p - canon.p));
}

static inline struct bytes value_person(struct bytes canon)
{
	size_t n = value_own(canon).n;

	return n == canon.n ? (struct bytes){0}
			    : bytes_sub(canon, n + 1, canon.n);
}

/* A name and a value: what policies select on. */
struct attribute {
	struct bytes key, value;
};

#endif
