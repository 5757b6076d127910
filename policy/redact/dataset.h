/* What the manifest says about files, compiled: filled by fs/ingest. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef REDACT_DATASET_H
#define REDACT_DATASET_H

#include "base/arena.h"
#include "policy/redact/index.h"
#include "policy/redact/jsonpath.h"

/* {stem} {name} {dir} {path} in a file's group, or a JSONPath per record. */
struct group_rule {
	const char *template_;	     /* NULL: none */
	const struct jsonpath *path; /* NULL: none */
};

struct known_rule { /* entities: TYPE: [paths] */
	const char *type;
	const struct jsonpath *path;
};

struct attr_rule { /* attributes: NAME: path or literal */
	const char *name;
	const struct jsonpath *path;
	const char *literal;
};

/* Which kind of subtitle (FORMAT_SUBTITLE) or table (FORMAT_TABLE). */
enum timed {
	TIMED_NONE = 0,
	TIMED_SRT,
	TIMED_VTT,
	TIMED_GRID, /* Praat TextGrid */
	TIMED_CTM,
	TIMED_RTTM,
	TIMED_STM,
	TIMED_KALDI, /* ids, then ids or words; those below by their names */
	TIMED_TEXT,
	TIMED_UTT2SPK,
	TIMED_SPK2UTT,
	TIMED_SEGMENTS,
	TIMED_SCP,
	TIMED_SPK2GENDER,
};

/* Whether the first row of a table names its columns. */
enum header_rule {
	HEADER_LOOK = 0, /* unless it may hold a value: then it is denied */
	HEADER_YES,
	HEADER_NO, /* columns are called 1, 2 ... */
};

struct file_rule {
	const char *match; /* glob over the stored path */
	struct group_rule group;
	const struct jsonpath *records, *id, *speaker; /* NULL: none */
	const struct jsonpath *text; /* free text; none: every string is */
	uint32_t ntext;
	const struct known_rule *known;
	uint32_t nknown;
	const struct attr_rule *attrs;
	uint32_t nattrs;
	const char *language; /* NULL: the data set's */
	bool passthrough;
	enum format format; /* FORMAT_DENIED: by extension and look */
	enum timed timed;   /* of format, where that is a subtitle or table */
	char separator;	    /* of a table; 0: by extension and look */
	bool bare;	    /* a table whose cells are never quoted */
	enum header_rule header;
};

struct custom_rule {
	const char *type;
	const char *pattern;	  /* linear-time subset, or */
	const char *begin, *end_; /* unclosed: to the end of the run, or */
	struct bytes *words;	  /* a list */
	uint32_t nwords;
};

struct dataset_rules {
	const char *name, *language;
	const struct file_rule *files;
	uint32_t nfiles;
	const struct custom_rule *custom;
	uint32_t ncustom;
};

/** glob_match(pattern, path): ** over folders, * and ? within a name,
 * [abc]; linear time. */
bool glob_match(const char *pattern, struct bytes path);

/** dataset_rule(d, path): the first file rule that matches; NULL: none, then
 * defaults by extension hold. */
const struct file_rule *dataset_rule(const struct dataset_rules *d,
				     struct bytes path);

#endif
