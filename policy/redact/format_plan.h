/* What a file rule asks of one file, compiled for scanning. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef REDACT_FORMAT_PLAN_H
#define REDACT_FORMAT_PLAN_H

#include "policy/redact/dataset.h"

/*
 * All paths of a rule in one set; the masks say which bit of a hit means what.
 * Paths are seen from the root of the file. A path of text, speaker, id,
 * group, words or segments that does not begin with the records path is meant
 * from the record (`$.turns` with records `$[*]` is `$[*].turns`): outside of
 * records there is nothing of that kind. A JSONL file is the array of its
 * lines, a table that of its rows; there a path that does not begin with [*] is
 * meant from the line.
 */
struct format_plan {
	enum format format;
	enum timed_text timed;		/* by format_plan_timed */
	const struct file_rule *rule;	/* NULL: defaults */
	const struct jsonpath *records; /* NULL: one record, the whole file */
	bool cued; /* a subtitle or table whose times are a recording's */
	struct jsonpath_set *set;
	uint64_t text, speaker, id, group, known, attrs;
	/* By enum timed_kind: */
	uint64_t items[TIMED_KINDS], start[TIMED_KINDS], end[TIMED_KINDS];
	uint64_t duration[TIMED_KINDS], channel[TIMED_KINDS];
	uint64_t said;	/* the text of a word */
	uint64_t times; /* of all these but items */
	/* Words in lists: the text, times, what they count from; all but it. */
	uint64_t listed, list_start, list_end, list_duration, base, lists;
	uint8_t known_nr[JSONPATH_MAX];	   /* by bit: index into rule->known */
	uint16_t known_type[JSONPATH_MAX]; /* by that index: what a run's
					      `known` is set to, less 1;
					      filled by who knows types */
	uint8_t attr_nr[JSONPATH_MAX];	   /* by bit: index into rule->attrs */
	bool spoken;	 /* records may tell when runs are spoken */
	bool told;	 /* its texts were said in a recording; not when */
	bool all_text;	 /* no text path: every string is text */
	bool whole_text; /* text files are one run, not lines: a rule of the
			    data set reaches over line ends */
	bool headed;	 /* a table's first row names its columns */
	bool outside;	 /* known values or attributes may stand outside of
			    records */
};

/**
 * format_plan_new(d, rule, format, a, out, e): -EPROTO with words when the
 * rule cannot be: a records path that is not members and one [*] at its end,
 * more than 64 paths.
 */
int format_plan_new(const struct dataset_rules *d, const struct file_rule *rule,
		    enum format format, struct arena *a,
		    struct format_plan *out, struct err *e) MUST_CHECK;

/**
 * format_plan_records(p, e): whether p can be a records path; -EPROTO with
 * words.
 */
int format_plan_records(const struct jsonpath *p, struct err *e) MUST_CHECK;

/** format_plan_timed(p, kind): which subtitle or table it is. Where the rule
 * names a recording (`audio`), its times are those of it, and texts that have
 * none were said in it. */
void format_plan_timed(struct format_plan *p, enum timed_text kind);

#endif
