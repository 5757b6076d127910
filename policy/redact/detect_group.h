/* Inside of detection: one run over a group, shared by its parts. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef REDACT_DETECT_GROUP_H
#define REDACT_DETECT_GROUP_H

#include "policy/redact/detect_flag.h"
#include "policy/redact/detect_learn.h"
#include "policy/redact/detect_object.h"
#include "policy/redact/detect_path.h"
#include "policy/redact/detect_spoken.h"
#include "policy/redact/detect_told.h"
#include "policy/redact/detect_turns.h"
#include "policy/redact/format.h"

enum detect_pass {
	PASS_COUNT = 1, /* of records per group */
	PASS_LEARN,	/* recognize, keep, learn */
	PASS_FIND,	/* recognize or take, add known values, hand on */
};

struct detect_file {
	const struct file_rule *rule;
	const struct source *src;
	const struct detect_sink *sink;
	struct format_plan plan;
	enum format format;
	const char *why;      /* FORMAT_DENIED: words */
	struct bytes *header; /* cells of a table's */
	size_t nheader;
	struct format_frame frame; /* of the last pass */
	struct named named;	   /* values in its name; n 0: none */
	struct buf group;
	uint64_t complaints;
	struct detect_times own;    /* of this recording */
	struct detect_times *times; /* of the recording that this transcript
				       is of; NULL: of none */
	struct detect_told told;    /* what it tells of it without times */
	struct detect_flag *flags;  /* of src->flags; NULL: none */
};

/* One run of detect_group. */
struct detect_group {
	const struct dataset_rules *d;
	const struct recognizers *r;
	struct arena *a;
	struct attribute attrs[JSONPATH_MAX]; /* of the group */
	uint32_t nattrs, nliterals; /* the first ones a manifest states */
	struct propagate *known;    /* of the group, or of this record */
	bool shared;		    /* known holds for all records */
	bool kept_used;		    /* PASS_LEARN was made */
	struct detect_kept kept;
	struct detect_groups groups; /* of records */
	struct detect_path paths;    /* what is in names of the files */
	struct hits hits;
	struct detect_spoken spoken; /* the record that is being read */
	struct detect_turns turns;   /* the dialogue that it is a part of */
	struct propagate *told;	     /* where that one's values are known */
	enum detect_pass pass;
	struct detect_file *files; /* all of the group */
	size_t nfiles;
	struct detect_file *f;	/* the file being read */
	struct detect_object o; /* PASS_FIND */
	bool undetected;	/* language complaint was made */
};

/* ---- detect_attrs.c ---- */

/** detect_attrs_add(g, name, value): an attribute of the group; of
 * different values of a name none holds (FORMAT_CONTRADICTORY).
 * detect_attrs_literals: those a rule states; of these the first holds. */
int detect_attrs_add(struct detect_group *g, struct bytes name,
		     struct bytes value) MUST_CHECK;
int detect_attrs_literals(struct detect_group *g,
			  const struct file_rule *rule) MUST_CHECK;

/** detect_attrs_find(v, n, name): p NULL: not among them. */
struct bytes detect_attrs_find(const struct attribute *v, uint32_t n,
			       const char *name);

/** detect_attrs_language(g, f): the language that a file states where no
 * attribute does; NULL. */
const char *detect_attrs_language(const struct detect_group *g,
				  const struct detect_file *f);

/** detect_attrs_own(f, r, out): a record's own attributes; their number. */
uint32_t detect_attrs_own(const struct detect_file *f,
			  const struct format_record *r,
			  struct attribute out[JSONPATH_MAX]);

/* ---- detect_table.c ---- */

/** detect_table_open(g, f): where f is a table with a header, look whether all
 * may see it; if not f->format becomes FORMAT_DENIED. Before the first value is
 * learned. */
int detect_table_open(struct detect_group *g, struct detect_file *f) MUST_CHECK;
/** detect_table_done(g, f): all records are read: deny f where what was found
 * stands in its header. */
int detect_table_done(struct detect_group *g, struct detect_file *f) MUST_CHECK;

/* ---- detect_record.c ---- */

/** detect_record(group, r): a record in the pass that is being made. */
int detect_record(void *ctx, const struct format_record *r) MUST_CHECK;

/** detect_record_turns_end(g): the dialogue of the records so far ends: a file
 * does, or their group. */
int detect_record_turns_end(struct detect_group *g) MUST_CHECK;

/** detect_record_complain(g, record, words): about the file being read; at
 * most 20 times, then detect_record_complain_rest says how many more. */
void detect_record_complain(struct detect_group *g, uint64_t record,
			    const char *words);
void detect_record_complain_rest(struct detect_group *g);

/* ---- detect_flag.c ---- */

/** detect_flag_learn(g, f): what was flagged in f is known in its group, too;
 * before the first pass. -ENOMEM. */
int detect_flag_learn(struct detect_group *g,
		      const struct detect_file *f) MUST_CHECK;
/** detect_flag_record(g, r): what was flagged in the file being read, among the
 * hits of g; it wins over all others. -ENOMEM. */
int detect_flag_record(struct detect_group *g,
		       const struct format_record *r) MUST_CHECK;
/** detect_flag_sound(g, frames): the seconds that were flagged in the recording
 * being read, of so many frames, among what is heard. -ENOMEM. */
int detect_flag_sound(struct detect_group *g, uint64_t frames) MUST_CHECK;
/** detect_flag_done(f): complain of what was not found. */
void detect_flag_done(const struct detect_file *f);

/* ---- detect_files.c ---- */

/** detect_files_record(g, r): paths of stored files in a record, among the hits
 * of g; they win over what stands within them. -ENOMEM. */
int detect_files_record(struct detect_group *g,
			const struct format_record *r) MUST_CHECK;

/* ---- detect_audio.c ---- */

/** detect_audio_pair(g, files, n): which recording each transcript is of. */
int detect_audio_pair(struct detect_group *g, struct detect_file *files,
		      size_t n) MUST_CHECK;

/** detect_audio_before(f): before a recording is read: whether it can be
 * shown at all; else its frame is denied with words. */
bool detect_audio_before(struct detect_file *f);

/** detect_audio_record(g, rec): the samples of the recording being read, with
 * what its transcripts have told. -ENOMEM, what the sink returned. */
int detect_audio_record(struct detect_group *g,
			const struct record *rec) MUST_CHECK;

/** detect_audio_denied(f): nothing was found in what this transcript says
 * here, so nobody can tell what its recording says. */
void detect_audio_denied(struct detect_file *f);

#endif
