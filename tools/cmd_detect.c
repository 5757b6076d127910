/* carrel detect: spans of sensitive values as JSON lines; needs no store. */
/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/diag.h"
#include "base/fdio.h"
#include "base/mem.h"
#include "base/utf8.h"
#include "fs/ingest/external_run.h"
#include "fs/ingest/manifest.h"
#include "policy/redact/detect.h"
#include "tools/commands.h"
#include "tools/open.h"

#define FILE_MAX ((size_t)4 << 30)

enum unit {
	UNIT_BYTES = 0,
	UNIT_CODEPOINTS,
	UNIT_UTF16
};

/* By name: the numbers of types and rules are each file's own. */
struct count {
	char type[64], rule[64];
	uint64_t n;
};

/* The programs that the manifest names, beside this process. */
struct programs {
	struct external_list *list;
	struct external_program v[EXTERNAL_MAX];
	struct external *asked;
};

/* One file on its way: spans collected, then printed with their names. */
struct found {
	const struct cli *c;
	const struct recognizers *rec;
	enum unit unit;
	uint8_t min_score; /* 0..100 */
	const char *id;
	struct bytes data;
	struct span *spans;
	size_t n, cap;
	bool bad;
	struct count *counts;
	size_t ncounts, ccap;
	const struct programs *programs;
};

static int keep_span(struct found *f, const struct span *s)
{
	if (s->score < f->min_score ||
	    (f->n > 0 && s->start <= f->spans[f->n - 1].start))
		return 0;
	if (f->n == f->cap) {
		size_t cap = f->cap == 0 ? 256 : 2 * f->cap;
		struct span *v = mem_grow(f->spans, cap, sizeof(*v));

		if (v == NULL)
			return -ENOMEM;
		f->spans = v;
		f->cap = cap;
	}
	f->spans[f->n++] = *s;
	return 0;
}

static int take_block(void *ctx, uint32_t nr, const struct index_block *k)
{
	int r = 0;

	(void)nr;
	for (uint32_t i = 0; r == 0 && i < k->nspans; i++)
		r = keep_span(ctx, &k->spans[i]);
	return r;
}

/* Moves forward only: *at counts units up to byte *byte of the file. */
static uint64_t to_unit(const struct found *f, uint64_t *byte, uint64_t *at,
			uint64_t target)
{
	while (f->unit != UNIT_BYTES && *byte < target) {
		uint32_t cp;
		size_t n = utf8_next(f->data, *byte, &cp);

		*byte += n == 0 ? 1 : n;
		*at += f->unit == UNIT_UTF16 && cp > 0xFFFF ? 2 : 1;
	}
	return f->unit == UNIT_BYTES ? target : *at;
}

static void name_of(char out[64], struct bytes name)
{
	snprintf(out, 64, "%.*s", (int)name.n, (const char *)name.p);
}

static int count_span(struct found *f, const struct index_head *h,
		      const struct span *s)
{
	struct count c = {.n = 1};

	name_of(c.type, h->types[s->type]);
	name_of(c.rule, h->rules[s->rule]);
	for (size_t i = 0; i < f->ncounts; i++)
		if (strcmp(f->counts[i].type, c.type) == 0 &&
		    strcmp(f->counts[i].rule, c.rule) == 0) {
			f->counts[i].n++;
			return 0;
		}
	if (f->ncounts == f->ccap) {
		size_t cap = f->ccap == 0 ? 64 : 2 * f->ccap;
		struct count *v = mem_grow(f->counts, cap, sizeof(*v));

		if (v == NULL)
			return -ENOMEM;
		f->counts = v;
		f->ccap = cap;
	}
	f->counts[f->ncounts++] = c;
	return 0;
}

static void span_json(struct found *f, const struct index_head *h,
		      const struct span *s, uint64_t start, uint64_t end,
		      struct json_out *j)
{
	(void)f;
	json_obj(j);
	json_key(j, "start");
	json_uint(j, start);
	json_key(j, "end");
	json_uint(j, end);
	json_key(j, "type");
	json_str(j, h->types[s->type]);
	json_key(j, "score");
	json_num(j, (double)s->score / 100);
	json_key(j, "rule");
	json_str(j, h->rules[s->rule]);
	json_obj_end(j);
}

static int print_file(struct found *f, const struct index_head *h)
{
	struct buf b CLEANUP(buf_free) = {0};
	struct json_out j;
	uint64_t byte = 0, at = 0;

	json_open(&j, &b);
	json_obj(&j);
	json_key(&j, "schema");
	json_int(&j, 1);
	json_key(&j, "id");
	json_cstr(&j, f->id);
	json_key(&j, "spans");
	json_arr(&j);
	for (size_t i = 0; i < f->n; i++) {
		uint64_t start = to_unit(f, &byte, &at, f->spans[i].start);
		uint64_t end = to_unit(f, &byte, &at, f->spans[i].end);

		span_json(f, h, &f->spans[i], start, end, &j);
	}
	json_arr_end(&j);
	return cli_json_end(f->c, &j, &b) == 0 ? 0 : -EIO;
}

static int take_head(void *ctx, const struct index_head *h,
		     const struct index_summary *s)
{
	struct found *f = ctx;
	int r = 0;

	(void)s;
	if (h->denied != DENIAL_NONE) {
		f->bad = true;
		return 0;
	}
	if (!cli_has(f->c, "stats"))
		return print_file(f, h);
	for (size_t i = 0; r == 0 && i < f->n; i++)
		r = count_span(f, h, &f->spans[i]);
	return r;
}

static void complain(void *ctx, struct bytes path, uint64_t record,
		     const char *words)
{
	struct found *f = ctx;

	(void)record;
	f->bad = true;
	diag_say("%.*s: %s", (int)path.n, (const char *)path.p, words);
}

static int detect_file(struct found *f, const struct dataset_rules *rules,
		       struct err *e)
{
	struct buf b CLEANUP(buf_free) = {.secret = true};
	struct detect_sink sink = {take_block, take_head, complain, f};
	struct external *x = f->programs->asked;
	bool in = strcmp(f->id, "-") == 0;
	const char *name = in ? cli_get(f->c, "name") : f->id;
	struct source file;
	int r = in ? fd_read_rest(STDIN_FILENO, FILE_MAX, &b)
		   : file_read(AT_FDCWD, f->id, FILE_MAX, &b);

	if (r != 0)
		return err_set(e, r, f->id, "cannot be read: %s", strerror(-r));
	f->data = buf_bytes(&b);
	f->n = 0;
	file = (struct source){bytes_str(name == NULL ? "-.txt" : name),
			       f->data};
	if (x != NULL)
		external_begin(x);
	r = detect_group(rules, f->rec, &file, 1, &sink, e);
	if (r != 0 && x != NULL && external_why(x)->code != 0)
		r = err_set(e, -EPROTO, f->id, "%s", external_why(x)->text);
	f->data = bytes_of(NULL, 0);
	return r;
}

/* The file a manifest's `words: FILE` names, beside the manifest. */
static int read_words(const char *manifest, const struct bytes *wanted,
		      struct arena *a, struct manifest_file *out, struct err *e)
{
	struct buf path CLEANUP(buf_free) = {0};
	struct buf text CLEANUP(buf_free) = {0};
	const char *slash = strrchr(manifest, '/');
	int r = slash == NULL ? 0
			      : buf_put(&path, manifest,
					(size_t)(slash - manifest) + 1);

	if (r == 0)
		r = buf_putb(&path, *wanted);
	if (r != 0 || buf_str(&path) == NULL)
		return err_nomem(e);
	r = file_read(AT_FDCWD, buf_str(&path), 64 << 20, &text);
	if (r != 0)
		return err_set(e, r, buf_str(&path),
			       "the word list cannot be read: %s",
			       strerror(-r));
	out->name = *wanted;
	return arena_dup(a, buf_bytes(&text), &out->data) == 0 ? 0
							       : err_nomem(e);
}

static int load_manifest(const char *path, struct arena *a, struct manifest *m,
			 struct err *e)
{
	struct manifest_file files[32];
	struct buf b CLEANUP(buf_free) = {0};
	struct bytes text;
	int r = file_read(AT_FDCWD, path, 1 << 20, &b);

	if (r != 0)
		return err_set(e, r, path, "the manifest cannot be read: %s",
			       strerror(-r));
	r = arena_dup(a, buf_bytes(&b), &text);
	if (r == 0)
		r = manifest_load(text, path, NULL, 0, a, m, e);
	if (r != 0 || m->nwanted == 0)
		return r;
	if (m->nwanted > ARRAY_LEN(files))
		return err_set(e, -EPROTO, path, "more than 32 word lists");
	for (size_t i = 0; r == 0 && i < m->nwanted; i++)
		r = read_words(path, &m->wanted[i], a, &files[i], e);
	return r != 0 ? r
		      : manifest_load(text, path, files, m->nwanted, a, m, e);
}

/* What is known of each language: a zero above may mean that nobody looked. */
static void print_languages(const struct found *f, struct json_out *j)
{
	size_t n;
	const struct detect_language *l = detect_languages(&n);

	json_key(j, "languages");
	json_arr(j);
	for (size_t i = 0; i < n; i++) {
		if (!f->c->json)
			fprintf(f->c->out, "%s%s: %s\n", i == 0 ? "\n" : "",
				l[i].code, l[i].types);
		json_obj(j);
		json_key(j, "language");
		json_cstr(j, l[i].code);
		json_key(j, "shown");
		json_bool(j, l[i].shown);
		json_key(j, "types");
		json_cstr(j, l[i].types);
		json_obj_end(j);
	}
	json_arr_end(j);
}

static void programs_end(struct programs *p)
{
	external_free(p->asked);
	for (uint32_t i = 0; i < EXTERNAL_MAX; i++)
		external_end(&p->v[i]);
	external_list_free(p->list);
}

static int programs_start(struct programs *p, const struct dataset_rules *d,
			  const char *manifest, struct recognizers *rec,
			  struct err *e)
{
	struct external_pipes pipes[EXTERNAL_MAX];
	int r = external_list_new(d->external, d->nexternal, manifest, NULL,
				  &p->list, e);

	for (uint32_t i = 0; r == 0 && i < d->nexternal; i++) {
		r = external_start(p->list, i, &p->v[i], e);
		pipes[i] = p->v[i].p;
	}
	if (r == 0 && external_new(d, rec, pipes, &p->asked) != 0)
		r = err_nomem(e);
	for (uint32_t i = 0; r == 0 && i < d->nexternal; i++)
		p->v[i].p = (struct external_pipes){-1, -1, -1};
	return r;
}

static int print_stats(struct found *f)
{
	struct buf b CLEANUP(buf_free) = {0};
	struct json_out j;

	cli_json(&j, &b);
	json_key(&j, "counts");
	json_arr(&j);
	for (size_t i = 0; i < f->ncounts; i++) {
		const char *type = f->counts[i].type;
		const char *rule = f->counts[i].rule;

		if (!f->c->json)
			fprintf(f->c->out, "%-20s %-24s %" PRIu64 "\n", type,
				rule, f->counts[i].n);
		json_obj(&j);
		json_key(&j, "type");
		json_cstr(&j, type);
		json_key(&j, "rule");
		json_cstr(&j, rule);
		json_key(&j, "spans");
		json_uint(&j, f->counts[i].n);
		json_obj_end(&j);
	}
	json_arr_end(&j);
	print_languages(f, &j);
	return f->c->json ? cli_json_end(f->c, &j, &b) : 0;
}

static int parse_unit(const struct cli *c, enum unit *out)
{
	static const char *const names[] = {"bytes", "codepoints", "utf16"};
	const char *u = cli_get(c, "unit");

	for (size_t i = 0; i < ARRAY_LEN(names); i++)
		if (u == NULL || strcmp(u, names[i]) == 0) {
			*out = (enum unit)i;
			return 0;
		}
	return cli_usage(c, "--unit is bytes, codepoints or utf16");
}

/* As policies say scores: 0 to 1. */
static int parse_score(const struct cli *c, uint8_t *out)
{
	const char *s = cli_get(c, "min-score");
	char *end = NULL;
	double v = s == NULL ? 0 : strtod(s, &end);

	if (s != NULL && (end == s || *end != '\0' || !(v >= 0 && v <= 1)))
		return cli_usage(c, "--min-score is a number from 0 to 1");
	*out = (uint8_t)(v * 100 + 0.5);
	return 0;
}

int cmd_detect(struct cli *c)
{
	struct arena *a CLEANUP(arena_freep) = arena_new();
	struct manifest m = {.rules = {.name = "detect", .language = "en"}};
	struct programs programs CLEANUP(programs_end) = {0};
	struct recognizers *rec = NULL;
	struct found f = {.c = c};
	struct err e = {0};
	int r = parse_unit(c, &f.unit);

	if (r == 0)
		r = parse_score(c, &f.min_score);
	if (r != 0)
		return r;
	if (a == NULL)
		r = err_nomem(&e);
	if (r == 0 && cli_has(c, "manifest"))
		r = load_manifest(cli_get(c, "manifest"), a, &m, &e);
	if (r == 0)
		r = recognizers_new(&m.rules, &rec, &e);
	if (r == 0 && m.rules.nexternal > 0)
		r = programs_start(&programs, &m.rules, cli_get(c, "manifest"),
				   rec, &e);
	f.rec = rec;
	f.programs = &programs;
	for (int i = 0; r == 0 && i < c->nargs; i++) {
		f.id = c->args[i];
		r = detect_file(&f, &m.rules, &e);
	}
	if (r == 0 && cli_has(c, "stats"))
		r = print_stats(&f) == 0 ? 0 : -EIO;
	recognizers_free(rec);
	mem_free(f.spans);
	mem_free(f.counts);
	if (r != 0)
		return cli_fail(c, &e);
	if (fflush(c->out) != 0)
		return 70;
	return f.bad ? 3 : 0;
}
