/* Reading a file into its frame, its records and their runs of text. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef REDACT_FORMAT_H
#define REDACT_FORMAT_H

#include "policy/redact/format_plan.h"
#include "policy/redact/text.h"

/*
 * The value of an attribute that is said twice and differently (consent: true,
 * and below consent: false): it must match no policy that asks for either;
 * other readers of the JSON would take the last. An empty value would be an
 * unknown language, an absent one would leave the word to the file.
 */
#define FORMAT_CONTRADICTORY "(contradictory)"

#define FORMAT_RECORD_MAX (64u << 20) /* bytes of one record */
#define FORMAT_RUNS_MAX (2u << 20)    /* runs of one record */

/* Runs that are one spoken word, or a stretch of speech: when, and where. A
 * reader gives words and segments each in the order of their runs. */
#define TIMED_UNKNOWN INT64_MIN
struct timed {
	enum timed_kind kind;
	uint32_t first, n;   /* runs [first, first + n) of the record */
	uint32_t start, end; /* a word that is a part of its one run; or 0 */
	int64_t from, to;    /* microseconds; TIMED_UNKNOWN */
	uint16_t channel;    /* 1 ...; 0: any */
};

/* A record as it was read; everything is borrowed until the next one. */
struct format_record {
	struct record r; /* attrs are not set */
	const struct run *runs;
	size_t nruns;
	const struct timed *timed;
	size_t ntimed;
	const struct bytes *attrs; /* by number of the rule's attributes; p
				      NULL: not there */
	const char *why;	   /* words, where r.denied */
	bool mute;		   /* denied, but nothing of it is spoken */
};

struct format_sink {
	int (*record)(void *ctx, const struct format_record *r);
	/* A known value (rule->known[nr]) outside of all records. */
	int (*known)(void *ctx, uint32_t nr, struct bytes text);
	/* An attribute of the file (rule->attrs[nr]). */
	int (*attr)(void *ctx, uint32_t nr, struct bytes text);
	void *ctx;
};

/* The file as a whole. */
struct format_frame {
	struct buf prefix, suffix;
	struct wave wave; /* FORMAT_WAV: what its samples are */
	uint64_t body, body_end;
	uint8_t denied; /* enum denial: then records may have come already */
	bool whole;	/* one record, the whole file */
	char why[160];	/* words, where denied */
};
/** format_frame_free: fits CLEANUP. */
void format_frame_free(struct format_frame *f);

/**
 * format_of(rule, path, data, why): the format by the rule, the extension and
 * a look at the bytes. FORMAT_DENIED with words for the owner.
 */
enum format format_of(const struct file_rule *rule, struct bytes path,
		      struct bytes data, const char **why);

/** format_is_recording(path): so its name says. In a group it comes behind
 * the files that may time what is said in it. */
bool format_is_recording(struct bytes path);

/** format_is_table(rule): all files that it fits are tables of cells: so its
 * format says, or the extension of its pattern. */
bool format_is_table(const struct file_rule *rule);

/**
 * format_kind(rule, path): which subtitle or table the file is, where its
 * format is one: by the rule, the extension, or the name of a Kaldi table.
 * format_named(name, rule): what the manifest calls a format; false: no such.
 */
enum timed_text format_kind(const struct file_rule *rule, struct bytes path);
bool format_named(struct bytes name, struct file_rule *rule);

/**
 * format_read(plan, data, sink, out): read all of it. A file that cannot be
 * read is denied in out, with 0 as result. Errors: -ENOMEM, -EFBIG (paths
 * that need too many states), what the sink returned.
 */
int format_read(const struct format_plan *plan, struct bytes data,
		const struct format_sink *sink,
		struct format_frame *out) MUST_CHECK;

#endif
