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
enum timed_text {
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

/* When something is said: what is one word (or one stretch of speech), and
 * where in it. Compiled from the root, as `text` is. */
struct time_rule {
	const struct jsonpath *items; /* NULL: none are known; or (words, with
					 a start) lists: the words of text,
					 and numbers as many */
	const struct jsonpath *text;  /* of a word */
	const struct jsonpath *start, *end, *duration, *channel;
	const struct jsonpath *base; /* lists: what all start from */
	uint32_t unit;		     /* microseconds in 1 */
};

struct channel_rule { /* channels: { agent: 1 } */
	const char *value;
	uint16_t channel; /* 1 ... */
};

enum timed_kind {
	TIMED_WORD = 0,
	TIMED_SEGMENT,
	TIMED_KINDS
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
	struct time_rule times[TIMED_KINDS];
	const struct channel_rule *channels;
	uint32_t nchannels;
	const char *audio; /* template of the recording's path; NULL: the one
			      of the group */
	const char *names; /* a pattern over names, see named.h; NULL: none */
	bool passthrough;
	enum format format; /* FORMAT_DENIED: by extension and look */
	enum timed_text
		timed;	/* of format, where that is a subtitle or table */
	char separator; /* of a table; 0: by extension and look */
	bool bare;	/* a table whose cells are never quoted */
	enum header_rule header;
};

struct custom_rule {
	const char *type;
	const char *pattern;	  /* linear-time subset, or */
	const char *begin, *end_; /* unclosed: to the end of the run, or */
	struct bytes *words;	  /* a list */
	uint32_t nwords;
};

/* A program of the owner's that looks for values, too: asked in fs/ingest. */
struct external_rule {
	const char *name;
	const char *const *command; /* the program, its arguments */
	size_t ncommand;
	const char *const *reads; /* files and folders it may read */
	size_t nreads;
	const char *const *types; /* it may answer; none: all that are known */
	size_t ntypes;
	uint8_t min_score;  /* 0..100; what is below is not taken */
	uint32_t timeout_s; /* for one text */
	uint32_t total_s;   /* for all texts of a group of files */
};
#define EXTERNAL_MAX 16 /* of a data set */

struct dataset_rules {
	const char *name, *language;
	const char *const *languages; /* whose records the owner answers for */
	size_t nlanguages;
	const struct file_rule *files;
	uint32_t nfiles;
	const struct custom_rule *custom;
	uint32_t ncustom;
	const struct external_rule *external;
	uint32_t nexternal;
};

/** glob_match(pattern, path): ** over folders, * and ? within a name,
 * [abc]; linear time. */
bool glob_match(const char *pattern, struct bytes path);

/** dataset_rule(d, path): the first file rule that matches; NULL: none, then
 * defaults by extension hold. */
const struct file_rule *dataset_rule(const struct dataset_rules *d,
				     struct bytes path);

#endif
