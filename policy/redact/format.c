/* Which format a file has, and reading it; text files are read here. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "policy/redact/format.h"

#include <errno.h>
#include <stdio.h>

#include "base/utf8.h"
#include "policy/redact/format_json.h"
#include "policy/redact/format_wav.h"

#define LOOK 65536u /* bytes looked at */

static const struct {
	const char *ext;
	enum format format;
} extensions[] = {
	{"txt", FORMAT_TEXT},	  {"md", FORMAT_TEXT},
	{"log", FORMAT_TEXT},	  {"text", FORMAT_TEXT},
	{"json", FORMAT_JSON},	  {"jsonl", FORMAT_JSONL},
	{"ndjson", FORMAT_JSONL}, {"wav", FORMAT_WAV},
	{"wave", FORMAT_WAV},
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

static enum format by_extension(struct bytes path)
{
	for (size_t i = 0; i < ARRAY_LEN(extensions); i++) {
		if (ends_with(path, extensions[i].ext))
			return extensions[i].format;
	}
	return FORMAT_DENIED;
}

bool format_is_recording(struct bytes path)
{
	return by_extension(path) == FORMAT_WAV;
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

enum format format_of(const struct file_rule *rule, struct bytes path,
		      struct bytes data, const char **why)
{
	enum format f = by_extension(path);
	struct format_wav wav;

	*why = NULL;
	if (rule != NULL && rule->format != FORMAT_DENIED)
		f = rule->format;
	if (f == FORMAT_TEXT || f == FORMAT_JSON || f == FORMAT_JSONL)
		*why = not_text(data);
	else if (f == FORMAT_WAV)
		*why = format_wav_parse(data, &wav);
	else
		*why = "this kind of file is not read (read are .json, .jsonl, "
		       ".ndjson, .txt, .text, .md, .log, .wav); "
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
	case FORMAT_TEXT:
	case FORMAT_OPAQUE:
		rc = whole_read(&r);
		break;
	case FORMAT_WAV:
		rc = format_wav_read(&r);
		break;
	case FORMAT_DENIED:
	case FORMAT_CSV:
	case FORMAT_SUBTITLE:
	case FORMAT_TABLE:
	case FORMAT_IMAGE:
		rc = -EINVAL;
		break;
	}
	format_value_close(&r);
	return rc;
}
