/* Which format a file has, and reading it; text files are read here. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "policy/redact/format.h"

#include <errno.h>
#include <stdio.h>

#include "base/utf8.h"
#include "policy/redact/format_csv.h"
#include "policy/redact/format_json.h"
#include "policy/redact/format_timed.h"
#include "policy/redact/format_wav.h"
#include "policy/redact/image.h"

#define LOOK 65536u /* bytes looked at */

/* By extension and, in a manifest, by name. */
struct known {
	const char *name;
	enum format format;
	enum timed_text timed;
};

static const struct known extensions[] = {
	{"txt", FORMAT_TEXT, TIMED_NONE},
	{"md", FORMAT_TEXT, TIMED_NONE},
	{"log", FORMAT_TEXT, TIMED_NONE},
	{"text", FORMAT_TEXT, TIMED_NONE},
	{"json", FORMAT_JSON, TIMED_NONE},
	{"jsonl", FORMAT_JSONL, TIMED_NONE},
	{"ndjson", FORMAT_JSONL, TIMED_NONE},
	{"csv", FORMAT_CSV, TIMED_NONE},
	{"tsv", FORMAT_TSV, TIMED_NONE},
	{"psv", FORMAT_PSV, TIMED_NONE},
	{"srt", FORMAT_SUBTITLE, TIMED_SRT},
	{"vtt", FORMAT_SUBTITLE, TIMED_VTT},
	{"textgrid", FORMAT_TABLE, TIMED_GRID},
	{"ctm", FORMAT_TABLE, TIMED_CTM},
	{"rttm", FORMAT_TABLE, TIMED_RTTM},
	{"stm", FORMAT_TABLE, TIMED_STM},
	{"wav", FORMAT_WAV, TIMED_NONE},
	{"wave", FORMAT_WAV, TIMED_NONE},
	{"png", FORMAT_IMAGE, TIMED_NONE},
	{"jpg", FORMAT_IMAGE, TIMED_NONE},
	{"jpeg", FORMAT_IMAGE, TIMED_NONE},
};

static const struct known names[] = {
	{"text", FORMAT_TEXT, TIMED_NONE},
	{"json", FORMAT_JSON, TIMED_NONE},
	{"jsonl", FORMAT_JSONL, TIMED_NONE},
	{"csv", FORMAT_CSV, TIMED_NONE},
	{"tsv", FORMAT_TSV, TIMED_NONE},
	{"psv", FORMAT_PSV, TIMED_NONE},
	{"srt", FORMAT_SUBTITLE, TIMED_SRT},
	{"webvtt", FORMAT_SUBTITLE, TIMED_VTT},
	{"textgrid", FORMAT_TABLE, TIMED_GRID},
	{"ctm", FORMAT_TABLE, TIMED_CTM},
	{"rttm", FORMAT_TABLE, TIMED_RTTM},
	{"stm", FORMAT_TABLE, TIMED_STM},
	{"kaldi", FORMAT_TABLE, TIMED_KALDI},
	{"wav", FORMAT_WAV, TIMED_NONE},
	{"image", FORMAT_IMAGE, TIMED_NONE},
};

/* Files of a Kaldi directory: the whole name. */
static const struct known tables[] = {
	{"text", FORMAT_TABLE, TIMED_TEXT},
	{"utt2spk", FORMAT_TABLE, TIMED_UTT2SPK},
	{"spk2utt", FORMAT_TABLE, TIMED_SPK2UTT},
	{"segments", FORMAT_TABLE, TIMED_SEGMENTS},
	{"wav.scp", FORMAT_TABLE, TIMED_SCP},
	{"spk2gender", FORMAT_TABLE, TIMED_SPK2GENDER},
};

static bool ends_with(struct bytes path, const char *ext)
{
	size_t n = strlen(ext);
	const uint8_t *p;

	if (path.n < n + 2)
		return false;
	p = path.p + path.n - n;
	for (size_t i = 0; i < n; i++) {
		uint8_t c = p[i] >= 'A' && p[i] <= 'Z' ? p[i] | 32 : p[i];

		if (c != (uint8_t)ext[i])
			return false;
	}
	return p[-1] == '.' && p[-2] != '/';
}

static const struct known *by_table(struct bytes path)
{
	const uint8_t *slash =
		path.n == 0 ? NULL : memrchr(path.p, '/', path.n);
	size_t at = slash == NULL ? 0 : (size_t)(slash - path.p) + 1;

	for (size_t i = 0; i < ARRAY_LEN(tables); i++)
		if (bytes_is(bytes_sub(path, at, path.n), tables[i].name))
			return &tables[i];
	return NULL;
}

/* By its name; NULL: nothing is known of it. */
static const struct known *by_path(struct bytes path)
{
	for (size_t i = 0; i < ARRAY_LEN(extensions); i++) {
		if (ends_with(path, extensions[i].name))
			return &extensions[i];
	}
	return by_table(path);
}

enum timed_text format_kind(const struct file_rule *rule, struct bytes path)
{
	bool stated = rule != NULL && rule->format != FORMAT_DENIED;
	const struct known *k = by_path(path);

	if (stated && rule->timed == TIMED_KALDI)
		k = by_table(path);
	else if (stated)
		return rule->timed;
	if (k != NULL)
		return k->timed;
	return stated ? TIMED_KALDI : TIMED_NONE;
}

bool format_named(struct bytes name, struct file_rule *rule)
{
	for (size_t i = 0; i < ARRAY_LEN(names); i++) {
		if (!bytes_is(name, names[i].name))
			continue;
		rule->format = names[i].format;
		rule->timed = names[i].timed;
		return true;
	}
	return false;
}

bool format_is_recording(struct bytes path)
{
	const struct known *k = by_path(path);

	return k != NULL && k->format == FORMAT_WAV;
}

bool format_is_table(const struct file_rule *rule)
{
	const struct known *k = by_path(bytes_str(rule->match));

	if (rule->format != FORMAT_DENIED)
		return csv_separator(rule->format) != 0;
	return k != NULL && csv_separator(k->format) != 0;
}

/* Why the bytes are no UTF-8 text; NULL: they may be. */
static const char *not_text(struct bytes data)
{
	struct bytes look = bytes_sub(data, 0, LOOK);
	size_t bad = 0, n;
	uint32_t cp;

	if (look.n >= 2 && ((look.p[0] == 0xFF && look.p[1] == 0xFE) ||
			    (look.p[0] == 0xFE && look.p[1] == 0xFF)))
		return "UTF-16 text is not read; convert it to UTF-8";
	if (look.n > 0 && memchr(look.p, 0, look.n) != NULL)
		return "it holds zero bytes: no UTF-8 text";
	for (size_t at = 0; at < look.n; at += n) {
		n = utf8_next(look, at, &cp);
		bad += n == 1 && look.p[at] >= 0x80;
	}
	if (bad > 8 && bad > look.n / 10)
		return "it is no UTF-8 text; convert it to UTF-8";
	return NULL;
}

/* The table's own: .csv is said of all of them. */
static enum format table_of(enum format f, const struct file_rule *rule,
			    struct bytes data)
{
	bool quotes = rule == NULL || !rule->bare;
	char separator = csv_separator(f);

	if (rule != NULL && rule->separator != 0)
		separator = rule->separator;
	else if (f == FORMAT_CSV)
		separator = csv_look(data, quotes);
	return csv_format(separator, quotes);
}

enum format format_of(const struct file_rule *rule, struct bytes path,
		      struct bytes data, const char **why)
{
	const struct known *k = by_path(path);
	enum format f = k == NULL ? FORMAT_DENIED : k->format;
	struct format_wav wav;

	*why = NULL;
	if (rule != NULL && rule->format != FORMAT_DENIED)
		f = rule->format;
	else if (f == FORMAT_IMAGE)
		*why = "a picture, in which nobody searches: never shown "
		       "unless the manifest says `format: image`";
	if (csv_separator(f) != 0)
		f = table_of(f, rule, data);
	if (f == FORMAT_WAV)
		*why = format_wav_parse(data, &wav);
	else if (f == FORMAT_IMAGE && *why == NULL)
		*why = image_bare(data);
	else if (f != FORMAT_DENIED && f != FORMAT_IMAGE)
		*why = not_text(data);
	else if (f == FORMAT_DENIED)
		*why = "this kind of file is not read (read are .json, .jsonl, "
		       ".ndjson, .csv, .tsv, .psv, .txt, .text, .md, .log, "
		       ".srt, .vtt, .TextGrid, .ctm, .rttm, .stm, the tables "
		       "of Kaldi, .wav and .wave; packed ones only by "
		       "ingest, and not in archives within archives); "
		       "`passthrough: true` in the manifest shows it unread";
	if (*why == NULL)
		return f;
	if (rule == NULL || !rule->passthrough)
		return FORMAT_DENIED;
	*why = NULL;
	return FORMAT_OPAQUE;
}

void format_frame_free(struct format_frame *f)
{
	buf_free(&f->prefix);
	buf_free(&f->suffix);
}

/* The runs of a text: its lines (line ends included), or all of it. */
static int text_lines(struct format_reader *r)
{
	struct bytes in = r->data;
	uint64_t at = 0, end;
	int rc = 0;

	while (rc == 0 && at < in.n) {
		const uint8_t *nl = NULL;

		if (!r->plan->whole_text)
			nl = memchr(in.p + at, '\n', in.n - at);
		end = nl == NULL ? in.n : (uint64_t)(nl - in.p) + 1;
		rc = format_runs_plain(r, bytes_sub(in, at, end - at), at);
		at = end;
	}
	return rc;
}

/* The whole file is the one record. */
static int whole_read(struct format_reader *r)
{
	bool text = r->plan->format == FORMAT_TEXT;
	int rc = 0;

	r->whole = r->out->whole = true;
	r->out->body_end = r->data.n;
	if (text && r->data.n > FORMAT_RECORD_MAX) {
		r->out->denied = DENIAL_LIMIT;
		snprintf(r->out->why, sizeof(r->out->why),
			 "a text of more than 64 MiB; split it, or make it "
			 "JSONL");
		return 0;
	}
	if (text && r->data.n > 0 && memchr(r->data.p, 0, r->data.n) != NULL) {
		r->out->denied = DENIAL_FORMAT;
		snprintf(r->out->why, sizeof(r->out->why),
			 "it holds zero bytes: no UTF-8 text");
		return 0;
	}
	if (r->data.n == 0)
		return 0;
	format_value_begin(r, 0, 0);
	if (text)
		rc = text_lines(r);
	return rc != 0 ? rc
		       : format_value_emit(r, 0, 0, r->data.n, DENIAL_NONE,
					   NULL);
}

int format_read(const struct format_plan *plan, struct bytes data,
		const struct format_sink *sink, struct format_frame *out)
{
	struct format_reader r = {
		.plan = plan, .sink = sink, .out = out, .data = data};
	int rc = format_value_open(&r);

	if (rc != 0)
		return rc;
	switch (plan->format) {
	case FORMAT_JSON:
		rc = format_json_read(&r);
		break;
	case FORMAT_JSONL:
		rc = format_jsonl_read(&r);
		break;
	case FORMAT_CSV:
	case FORMAT_SSV:
	case FORMAT_TSV:
	case FORMAT_PSV:
	case FORMAT_CSV_BARE:
	case FORMAT_SSV_BARE:
	case FORMAT_TSV_BARE:
	case FORMAT_PSV_BARE:
		rc = format_csv_read(&r);
		break;
	case FORMAT_TEXT:
	case FORMAT_OPAQUE:
	case FORMAT_IMAGE:
		rc = whole_read(&r);
		break;
	case FORMAT_WAV:
		rc = format_wav_read(&r);
		break;
	case FORMAT_SUBTITLE:
	case FORMAT_TABLE:
		rc = format_timed_read(&r);
		break;
	case FORMAT_DENIED:
		rc = -EINVAL;
		break;
	}
	format_value_close(&r);
	return rc;
}
