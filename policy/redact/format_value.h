/* Inside of the formats: one reader's state, and walking a JSON value. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef REDACT_FORMAT_VALUE_H
#define REDACT_FORMAT_VALUE_H

#include "base/json.h"
#include "policy/redact/format.h"

/* A word or a segment (on) in the making. */
struct format_timing {
	bool on;
	struct timed t;
	int64_t duration;
};

/* Words of one text, whose times stand in lists beside it. */
struct format_lists {
	int64_t *v[2]; /* starts; ends or durations */
	size_t n[2], cap[2];
	int64_t base;
	uint32_t run, texts; /* the text's run, and how many there were */
};

/* The reader of one file; the record in the making. */
struct format_reader {
	const struct format_plan *plan;
	const struct format_sink *sink;
	struct format_frame *out;
	struct bytes data;
	struct arena *a; /* of this record */
	struct text_builder scratch;
	struct run *runs;
	size_t nruns, cap;
	struct timed *timed;
	size_t ntimed, captimed;
	struct format_lists lists;
	struct bytes id, group;
	struct bytes attrs[JSONPATH_MAX];
	bool inside;	 /* within a record; else only values are taken */
	bool whole;	 /* the record is the file: its attributes are, too */
	bool mute;	 /* a denied record is nothing spoken */
	uint8_t denied;	 /* of this record: DENIAL_LIMIT */
	uint32_t number; /* of this record */
	uint64_t from;	 /* where it, or what is outside, begins */
	uint16_t cell;	 /* ESC_CELL, ESC_CSV: in which cell; 0: in none */
	struct walk *walks[ESC_JSON_MAX]; /* by depth; made when needed */
};

/** format_value_open(r): make what r reads values with. -ENOMEM: nothing
 * is held then. */
int format_value_open(struct format_reader *r) MUST_CHECK;
/** format_value_close(r): give that back; zeroed is fine. */
void format_value_close(struct format_reader *r);

/** format_value_begin(r, number, from): forget the last record, begin the one
 * at from. format_value_outside(r, from): likewise, what is no record. */
void format_value_begin(struct format_reader *r, uint32_t number,
			uint64_t from);
void format_value_outside(struct format_reader *r, uint64_t from);
/** format_value_emit(r, sep, start, end, denied, why): hand it on. */
int format_value_emit(struct format_reader *r, uint64_t sep, uint64_t start,
		      uint64_t end, uint8_t denied, const char *why) MUST_CHECK;

/**
 * format_value_walk(r, s, t, state, key): walk the value that begins with
 * token t of the source, matched so far to state, under the name key. -EPROTO:
 * malformed, s->why says how. Takes runs within a record; outside of records
 * known values and attributes go to the sink.
 */
int format_value_walk(struct format_reader *r, struct json_scan *s,
		      const struct json_token *t, uint32_t state,
		      struct bytes key) MUST_CHECK;

/**
 * format_value_cell(r, run, state, hits, speaker): a cell of the record, the
 * source's own text, matched to state and hits: its run, or what JSON it holds
 * where a path goes into it. *speaker is set where the cell says it.
 */
int format_value_cell(struct format_reader *r, const struct run *run,
		      uint32_t state, uint64_t hits,
		      struct bytes *speaker) MUST_CHECK;

/** format_value_is_json(text): one JSON value and nothing else. */
bool format_value_is_json(struct bytes text);

/** format_value_key(r, s, t, key, run): the text of a member's name; run: take
 * it as a run of the record, too. */
int format_value_key(struct format_reader *r, const struct json_token *t,
		     bool run, struct bytes *key) MUST_CHECK;

/* ---- format_hits.c ---- */

/** format_hits_take(r, hits, text, speaker): a scalar that some path hits: id,
 * group, attributes, known values; its speaker to *speaker (NULL: nowhere). */
int format_hits_take(struct format_reader *r, uint64_t hits, struct bytes text,
		     struct bytes *speaker) MUST_CHECK;

/** format_hits_known(p, hits): what a run's `known` says: 1 + its type. */
uint16_t format_hits_known(const struct format_plan *p, uint64_t hits);

/* ---- format_runs.c ---- */

/** format_runs_add(r, run): one more run of the record; dropped outside of
 * records and in a record that is too large already. */
int format_runs_add(struct format_reader *r, const struct run *run) MUST_CHECK;

/** format_runs_text(r, in, outer, start, end, string, run): set run's text and
 * map to [start, end) of in; a string's inside is decoded. outer: the run that
 * in is the text of, or NULL for the source. */
int format_runs_text(struct format_reader *r, struct bytes in,
		     const struct run *outer, uint64_t start, uint64_t end,
		     bool string, struct run *run) MUST_CHECK;

/** format_runs_built(r, t, run): add run with the text and map that t has
 * decoded. */
int format_runs_built(struct format_reader *r, const struct text_builder *t,
		      struct run *run) MUST_CHECK;
/** format_runs_cell(r, start, end, quoted, run): set run's text and map to the
 * inside [start, end) of a cell of the source. */
int format_runs_cell(struct format_reader *r, uint64_t start, uint64_t end,
		     bool quoted, struct run *run) MUST_CHECK;
/** format_runs_timed(r, t): a word or a segment of the record, when all its
 * runs have been added. */
int format_runs_timed(struct format_reader *r,
		      const struct timed *t) MUST_CHECK;

/** format_runs_plain(r, text, raw): add a run of plain source text. */
int format_runs_plain(struct format_reader *r, struct bytes text,
		      uint64_t raw) MUST_CHECK;

#endif
