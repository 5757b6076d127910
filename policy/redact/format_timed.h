/* Inside of the formats: subtitles and tables of speech. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef REDACT_FORMAT_TIMED_H
#define REDACT_FORMAT_TIMED_H

#include "policy/redact/format_value.h"

/** format_timed_read(r): any of them, by plan->timed. */
int format_timed_read(struct format_reader *r) MUST_CHECK;

/* ---- what they share ---- */

/* Bytes [start, end) of the source are said in [from, to) microseconds
 * (TIMED_UNKNOWN), on that channel (0: any). */
struct timed_said {
	uint64_t start, end;
	int64_t from, to;
	uint16_t channel;
};

struct timed_said_list {
	struct timed_said *v; /* ascending, apart; in the record's arena */
	size_t n, cap;
};

/* A record as it stands in the file; all borrowed from it. */
struct timed_unit {
	uint64_t start, end; /* the record */
	uint64_t next;	     /* where the next one is looked for */
	struct bytes text;   /* what is said in it; empty: nothing */
	struct bytes id, speaker;
	uint8_t denied; /* enum denial */
	bool mute;	/* denied, but nothing of it is spoken */
	const char *why;
	struct timed_said said; /* the text, as a whole */
};

/* How a file is cut into them, and what else of one is searched. */
struct timed_reader {
	/* The first unit at or behind `at`; false: none. */
	bool (*parse)(const struct format_reader *r, uint64_t at,
		      struct timed_unit *u);
	/* Adds the runs of what is not its text. */
	int (*runs)(struct format_reader *r, const struct timed_unit *u);
	/* Adds the stretches of the text that have a time of their own; NULL:
	 * there are none. */
	int (*said)(struct format_reader *r, const struct timed_unit *u,
		    struct timed_said_list *out);
	uint16_t esc; /* of the text */
	bool alone;   /* neighbours say nothing about each other */
};

/**
 * format_timed_units(r, k, at): all units from `at` on as records, and the
 * frame's suffix. A unit's text is searched alone and together with its
 * neighbours'. Errors as of format_read.
 */
int format_timed_units(struct format_reader *r, const struct timed_reader *k,
		       uint64_t at) MUST_CHECK;

/** format_timed_line(in, at, next): the line at `at` (< in.n) without its end
 * (LF, CRLF or CR). format_timed_blank(line): nothing but blanks. */
struct bytes format_timed_line(struct bytes in, uint64_t at, uint64_t *next);
bool format_timed_blank(struct bytes line);

/** format_timed_word(line, at, word): the next word between blanks; *at moves
 * behind it. false: none. */
bool format_timed_word(struct bytes line, size_t *at, struct bytes *word);

/** format_timed_number(word): a time, a score or a count. One with more than
 * nine digits before its point is no time. */
bool format_timed_number(struct bytes word);

/** format_timed_known(text, words, most): it is made of these words (" a b "),
 * a single letter, numbers of at most that many digits, and signs. */
bool format_timed_known(struct bytes text, const char *words, unsigned most);

/** format_timed_bom(in): bytes of a byte order mark. */
uint64_t format_timed_bom(struct bytes in);

/** format_timed_deny(r, words): the whole file. */
int format_timed_deny(struct format_reader *r, const char *words);

/** format_timed_run(r, kind, esc, text): add a run of that part of the file.
 * format_timed_id(...): a name given by people or programs ("maria_lopez-01"):
 * as it is and with blanks for '_'. format_timed_label(...): who speaks: an
 * id, and what of it is no role ("Agent", "S1") is a person's name. */
int format_timed_run(struct format_reader *r, enum run_kind kind, uint16_t esc,
		     struct bytes text) MUST_CHECK;
int format_timed_id(struct format_reader *r, uint16_t esc,
		    struct bytes text) MUST_CHECK;
int format_timed_label(struct format_reader *r, uint16_t esc,
		       struct bytes text) MUST_CHECK;

/* ---- format_said.c: nothing unless the rule names a recording ---- */

/** format_said(r, run, s, n): what run number `run` shows of these stretches is
 * said then. Runs come in order. -ENOMEM. */
int format_said(struct format_reader *r, size_t run, const struct timed_said *s,
		size_t n) MUST_CHECK;

/** format_said_put(r, l, s): one more stretch. -ENOMEM. */
int format_said_put(struct format_reader *r, struct timed_said_list *l,
		    const struct timed_said *s) MUST_CHECK;

/** format_said_unit(r, beside, own, all, parts): runs from `own` on show a
 * unit's text, said as `all` says, or part by part; the first `beside` runs
 * what stands in its tags. -ENOMEM. */
int format_said_unit(struct format_reader *r, size_t beside, size_t own,
		     const struct timed_said *all,
		     const struct timed_said_list *parts) MUST_CHECK;

/* ---- the kinds ---- */

/** format_cues_read(r): SRT and WebVTT. format_grid_read(r): TextGrid.
 * format_table_read(r): CTM, RTTM, STM and Kaldi's. */
int format_cues_read(struct format_reader *r) MUST_CHECK;
int format_grid_read(struct format_reader *r) MUST_CHECK;
int format_table_read(struct format_reader *r) MUST_CHECK;

#endif
