/* carrel audit log: the entries, filtered, for people or as JSONL. */
/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "base/diag.h"
#include "base/hex.h"
#include "policy/redact/dataset.h"
#include "tools/commands.h"
#include "tools/logmemo.h"
#include "tools/logview.h"

struct filter {
	const char *annotator, *path;
	int kind; /* -1: any */
	uint64_t session;
	bool has_session, has_object;
	uint8_t object[16];
	int64_t since_ns;
	struct logmemo memo;
	uint64_t differ; /* totals that are not what was counted */
};

static void filter_free(struct filter *f)
{
	logmemo_free(&f->memo);
}

/* "2026-12-01[T10:00[:00]Z]", or "30m" "8h" "7d" before now. */
static int parse_since(const char *s, int64_t *ns, struct err *e)
{
	struct tm tm = {0};
	char *end;
	long n = strtol(s, &end, 10);
	int64_t unit = *end == 'm' ? 60 : *end == 'h' ? 3600 : 86400;

	if (end != s && n >= 0 && strchr("mhd", *end) != NULL && *end != '\0' &&
	    end[1] == '\0') {
		*ns = ((int64_t)time(NULL) - n * unit) * 1000000000;
		return 0;
	}
	end = strptime(s, "%Y-%m-%d", &tm);
	if (end != NULL && *end == 'T')
		end = strptime(end, "T%H:%M", &tm);
	if (end != NULL && *end == ':')
		end = strptime(end, ":%S", &tm);
	if (end == NULL || (strcmp(end, "Z") != 0 && *end != '\0'))
		return err_set(
			e, -EINVAL, s,
			"not a time: 2026-12-01, 2026-12-01T10:00Z, 8h or 7d");
	*ns = (int64_t)timegm(&tm) * 1000000000;
	return 0;
}

static int filter_parse(const struct cli *c, struct filter *f, struct err *e)
{
	const char *op = cli_get(c, "op"), *o = cli_get(c, "object");
	const char *s = cli_get(c, "session"), *t = cli_get(c, "since");
	char *end = NULL;

	f->annotator = cli_get(c, "annotator");
	f->path = cli_get(c, "path");
	f->kind = op == NULL ? -1 : event_parse(bytes_str(op));
	if (op != NULL && f->kind < 0)
		return err_set(
			e, -EINVAL, op,
			"no such kind of entry: OPEN, READ, READDIR, DENIED, "
			"SESSION_START ... (carrel-log(5))");
	if (s != NULL) {
		f->session = strtoull(s, &end, 10);
		f->has_session = true;
		if (end == s || *end != '\0')
			return err_set(e, -EINVAL, s,
				       "a session is the number of its "
				       "SESSION_START");
	}
	f->has_object = o != NULL;
	if (o != NULL &&
	    hex_decode(f->object, sizeof(f->object), bytes_str(o)) != 0)
		return err_set(e, -EINVAL, o, "an object id is 32 hex digits");
	return t == NULL ? 0 : parse_since(t, &f->since_ns, e);
}

/* A READ has no path of its own: its OPEN's. */
static struct bytes path_of(const struct filter *f, const struct event *ev)
{
	const struct logmemo_open *o = logmemo_open(&f->memo, ev);

	return event_has(ev, EF_PATH) || o == NULL ? event_getb(ev, EF_PATH)
						   : buf_bytes(&o->path);
}

static struct bytes object_of(const struct filter *f, const struct event *ev)
{
	const struct logmemo_open *o = logmemo_open(&f->memo, ev);

	return event_has(ev, EF_OBJECT) || o == NULL ? event_getb(ev, EF_OBJECT)
						     : buf_bytes(&o->object);
}

static bool wanted(const struct filter *f, const struct event *ev)
{
	const struct logmemo_seat *s = logmemo_seat(&f->memo, ev);
	struct bytes id = bytes_of(f->object, sizeof(f->object));

	if (f->kind >= 0 && (int)ev->kind != f->kind)
		return false;
	if (f->has_session && (s == NULL || s->seq != f->session))
		return false;
	if (f->annotator != NULL &&
	    (s == NULL || strcmp(s->annotator, f->annotator) != 0) &&
	    !bytes_is(event_getb(ev, EF_ANNOTATOR), f->annotator))
		return false;
	if (f->has_object && !bytes_eq(object_of(f, ev), id))
		return false;
	if (f->path != NULL && !glob_match(f->path, path_of(f, ev)))
		return false;
	return f->since_ns == 0 || (int64_t)event_get(ev, EF_T) >= f->since_ns;
}

static void print_time(FILE *f, int64_t ns)
{
	time_t t = (time_t)(ns / 1000000000);
	struct tm tm;
	char text[40];

	gmtime_r(&t, &tm);
	strftime(text, sizeof(text), "%Y-%m-%dT%H:%M:%S", &tm);
	fprintf(f, "%s.%03dZ", text, (int)(ns / 1000000 % 1000));
}

static void print_words(const struct cli *c, const struct event *ev)
{
	static const enum event_field words[] = {
		EF_REASON, EF_DATASET, EF_DATASETS, EF_VIA,
		EF_OP,	   EF_RULE,    EF_STRENGTH, EF_KIND};
	static const enum event_field numbers[] = {
		EF_OFFSET, EF_ASKED, EF_RESULT, EF_SIZE,
		EF_OPENS,  EF_READS, EF_BYTES,	EF_COUNT};
	static const char *const names[] = {"offset", "asked", "result",
					    "size",   "opens", "reads",
					    "bytes",  "count"};

	for (size_t i = 0; i < ARRAY_LEN(words); i++)
		if (event_has(ev, words[i])) {
			fputc(' ', c->out);
			cli_name(c, event_getb(ev, words[i]));
		}
	for (size_t i = 0; i < ARRAY_LEN(numbers); i++)
		if (event_has(ev, numbers[i]))
			fprintf(c->out, " %s=%" PRId64, names[i],
				(int64_t)event_get(ev, numbers[i]));
}

static void print_entry(const struct cli *c, const struct filter *f,
			const struct audit_entry *en)
{
	const struct logmemo_seat *s = logmemo_seat(&f->memo, &en->event);

	fprintf(c->out, "%8" PRIu64 " ", en->seq);
	print_time(c->out, (int64_t)event_get(&en->event, EF_T));
	fprintf(c->out, " %-13s", event_name(en->event.kind));
	if (s != NULL) {
		fputc(' ', c->out);
		cli_name(c, bytes_str(s->annotator));
		fputc('/', c->out);
		cli_name(c, bytes_str(s->task[0] == '\0' ? "-" : s->task));
	}
	if (path_of(f, &en->event).n > 0) {
		fputc(' ', c->out);
		cli_name(c, path_of(f, &en->event));
	}
	print_words(c, &en->event);
	fputc('\n', c->out);
}

static int print_json(const struct cli *c, const struct filter *f,
		      const struct audit_entry *en)
{
	const struct logmemo_seat *s = logmemo_seat(&f->memo, &en->event);
	struct buf b CLEANUP(buf_free) = {0};
	struct json_out j;

	cli_json(&j, &b);
	if (s != NULL) {
		json_key(&j, "who");
		json_cstr(&j, s->annotator);
		json_key(&j, "in_task");
		json_cstr(&j, s->task);
	}
	if (!event_has(&en->event, EF_PATH) && path_of(f, &en->event).n > 0) {
		json_key(&j, "path");
		json_str(&j, path_of(f, &en->event));
		json_key(&j, "object");
		json_hex(&j, object_of(f, &en->event));
	}
	json_key(&j, "entry");
	event_json(&en->event, &j);
	return cli_json_end(c, &j, &b);
}

/* Of every session, whatever the filter: evidence is told. */
static void check_totals(struct filter *f, const struct event *ev)
{
	char words[128];

	for (size_t i = 0; i < LOGMEMO_TOTALS; i++)
		if (logmemo_differs(&f->memo, ev, i, words)) {
			diag_say("entry %" PRIu64 ": session %" PRIu64
				 ": %s: entries were left out or put in",
				 ev->seq, event_get(ev, EF_SESSION), words);
			f->differ++;
		}
}

static int show(const struct cli *c, struct filter *f,
		const struct audit_entry *en, uint64_t *closed)
{
	int r = 0;

	if (!en->opened) {
		(*closed)++;
		return 0;
	}
	if (logmemo_learn(&f->memo, &en->event) != 0)
		return -ENOMEM;
	if (wanted(f, &en->event) && c->json)
		r = print_json(c, f, en) == 0 ? 0 : -EIO;
	else if (wanted(f, &en->event))
		print_entry(c, f, en);
	check_totals(f, &en->event);
	logmemo_forget(&f->memo, &en->event);
	return r;
}

static int walk(const struct cli *c, struct logview *v, struct filter *f,
		uint64_t *closed, struct err *e)
{
	struct audit_entry en;
	bool follow = cli_has(c, "follow");
	int r;

	for (;;) {
		r = audit_reader_next(v->reader, &en, e);
		if (r < 0)
			return r;
		if (r == 1)
			r = show(c, f, &en, closed);
		else if (!follow)
			return 0;
		else if (fflush(c->out) == 0)
			usleep(200000);
		if (r < 0 || ferror(c->out) != 0)
			return r < 0 ? err_set(e, r, "", "cannot print") : 0;
	}
}

/* Leases of whom the filter is about that nothing has settled. */
static void tell_unsettled(const struct filter *f)
{
	for (size_t i = 0; i < f->memo.nleases; i++) {
		const struct logmemo_lease *l = &f->memo.leases[i];
		struct event ev = {.kind = EV_LEASE, .seq = l->seq};
		const struct logmemo_seat *s;

		event_uint(&ev, EF_SESSION, l->session);
		s = logmemo_seat(&f->memo, &ev);
		if ((f->has_session && l->session != f->session) ||
		    (f->annotator != NULL &&
		     (s == NULL || strcmp(s->annotator, f->annotator) != 0)))
			continue;
		diag_say("entry %" PRIu64 ": %s may have seen %" PRIu64
			 " entries of data/%s, from number %" PRIu64
			 " on: the session runs, or its end was lost",
			 l->seq, s == NULL ? "somebody" : s->annotator,
			 l->count, l->folder, l->index);
	}
}

int cmd_audit_log(struct cli *c)
{
	struct logview v CLEANUP(logview_close) = {0};
	struct filter f CLEANUP(filter_free) = {.kind = -1};
	struct err e = {0};
	uint64_t closed = 0;
	int r = filter_parse(c, &f, &e);

	if (r == 0)
		r = logview_open(c, &v, false, &e);
	if (r == 0)
		r = walk(c, &v, &f, &closed, &e);
	if (r != 0)
		return cli_fail(c, &e);
	tell_unsettled(&f);
	if (closed != 0)
		diag_say("%" PRIu64
			 " entries could not be opened with this key",
			 closed);
	if (fflush(c->out) != 0)
		return 70;
	return f.differ != 0 ? 1 : closed != 0 ? 3 : 0;
}
