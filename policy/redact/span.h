/* The one span: where a sensitive value lies in an object's raw bytes. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef REDACT_SPAN_H
#define REDACT_SPAN_H

#include "base/bytes.h"

/*
 * How a replacement must be written at this place: the number of JSON strings
 * around it (0 plain text, 1 a JSON string, 2 JSON inside a JSON string ...),
 * or a bare JSON number.
 */
enum escape {
	ESC_TEXT = 0,
	ESC_JSON = 1,
	ESC_JSON_2 = 2,
	ESC_JSON_MAX = 8,
	ESC_NUMBER = 16, /* added to the depth of JSON strings around it */
	ESC_CSV = 64,	 /* a quoted CSV cell; added likewise */
	/* Samples of a recording: of all channels, or with a channel's number
	 * (1 ... ESC_CHANNEL) added, of that one alone. */
	ESC_AUDIO = 128,
	ESC_CHANNEL = 127, /* the number's bits */
};

/*
 * Half-open byte interval [start, end) of the object's raw bytes; edges never
 * split an escape, a code point or a CRLF. Nothing else carries positions.
 * Spans of an object are sorted and do not overlap; those of a recording are
 * sorted by where they begin, and may: people talk at the same time.
 */
struct span {
	uint64_t start, end;
	uint32_t value; /* number of its value in the object */
	uint32_t ord;	/* 1, 2 ...: nth distinct value of its type in its
			   record, by first appearance: [PERSON_2] */
	uint16_t type;	/* index into the object's table of type names */
	uint16_t rule;	/* index into the object's table of rule names */
	uint8_t score;	/* 0..100 */
	uint8_t esc;	/* enum escape */
};

/* The canonical value behind spans: case folded, phone to digits, e-mail lower
 * case: what stand-ins are computed from. Numbered once per object. */
struct value {
	uint32_t number;
	uint16_t type;
	struct bytes canon;
};

/* A name and a value: what policies select on. */
struct attribute {
	struct bytes key, value;
};

#endif
