/* Detection of one group of files: passes over its records. */
/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Every value found in a group is searched again everywhere in it. What the
 * group is decides how often a file is read:
 *
 *   no group rule      a record is its own group: one pass, record by record
 *   a template         the files are the group: a first pass recognizes all
 *                      records, keeps the hits and learns the values; a second
 *                      one reads again (parsing is cheap beside recognizing),
 *                      takes the kept hits and adds what is known
 *   a path             records that share the path's value: a pass that only
 *                      counts how many records each group has; where none has
 *                      two, one pass as without a rule; else two as above, with
 *                      known values per group
 *
 * Subtitles and tables of speech are read as under a template: what is said in
 * one cue is said again in others. A file is also read twice where known values
 * or attributes may stand outside of its records: they must be known before the
 * first record is done.
 *
 * Recordings come last: what is said in one is known from the files before it
 * (detect_audio.c).
 *
 * What was found is searched in the names of the files, too (detect_path.c):
 * when a file is done, all that could be in its name is known.
 *
 * Fail closed: a file that cannot be read is denied, a record whose language
 * no recognizer knows is denied. A file that changes between the passes gives
 * hits that fit no run: -EPROTO, the whole group is refused.
 */
#include "policy/redact/detect.h"

#include <errno.h>
#include <stdio.h>

#include "base/mem.h"
#include "policy/redact/bleep.h"
#include "policy/redact/detect_group.h"

/* ---- passes ---- */

static int on_known(void *ctx, uint32_t nr, struct bytes text)
{
	struct detect_group *g = ctx;
	uint16_t type = g->f->plan.known_type[nr];
	int rc;

	if (g->pass != PASS_LEARN)
		return 0;
	rc = propagate_learn(g->known, type, text, 100);
	return rc == 0 ? detect_path_learn(&g->paths, type, text, 100) : rc;
}

static int on_attr(void *ctx, uint32_t nr, struct bytes text)
{
	struct detect_group *g = ctx;

	return detect_attrs_add(g, bytes_str(g->f->rule->attrs[nr].name), text);
}

static int file_read(struct detect_group *g, struct detect_file *f)
{
	const struct format_sink sink = {detect_record, on_known, on_attr, g};
	int rc;

	g->f = f;
	format_frame_free(&f->frame);
	f->frame = (struct format_frame){.denied = DENIAL_NONE};
	if (f->format == FORMAT_DENIED)
		return 0;
	if (g->pass == PASS_FIND && !detect_audio_before(f))
		return 0;
	rc = format_read(&f->plan, f->src->data, &sink, &f->frame);
	if (rc == 0)
		rc = detect_record_turns_end(g);
	if (rc != -EFBIG)
		return rc;
	f->frame.denied = DENIAL_LIMIT;
	snprintf(f->frame.why, sizeof(f->frame.why),
		 "too long a string, or paths with '..' that match in too many "
		 "ways");
	return 0;
}

/* The last words about a file: denied, or its frame. */
static void head_fill(const struct detect_file *f, struct index_head *h)
{
	const struct format_frame *r = &f->frame;

	h->format = f->format;
	h->denied = f->format == FORMAT_DENIED ? DENIAL_FORMAT : r->denied;
	if (h->denied != DENIAL_NONE) {
		h->reason = bytes_str(f->why != NULL ? f->why : r->why);
		return;
	}
	h->prefix = buf_bytes(&r->prefix);
	h->suffix = buf_bytes(&r->suffix);
	h->wave = r->wave;
	if (h->format == FORMAT_WAV)
		h->reach = bleep_reach(&h->wave);
	h->body = r->body;
	h->body_end = r->body_end;
}

/* Of a file as a whole: what its records said is gone. */
static void about_file(const struct detect_group *g,
		       const struct detect_file *f)
{
	recognizers_about(g->r, f->src->path, bytes_of(NULL, 0));
}

static int file_done(struct detect_group *g, struct detect_file *f)
{
	const char *language = detect_attrs_language(g, f);
	struct index_head h = {.format = FORMAT_DENIED};
	struct index_summary s = {.whole = f->frame.whole,
				  .group = buf_bytes(&f->group)};
	struct attribute attrs[JSONPATH_MAX + 1];
	int rc = detect_table_done(g, f);

	about_file(g, f);
	if (rc != 0)
		return rc;
	head_fill(f, &h);
	if (h.denied == DENIAL_NONE)
		rc = detect_object_flush(&g->o);
	else
		detect_record_complain(g, UINT64_MAX, (const char *)h.reason.p);
	if (h.denied != DENIAL_NONE)
		detect_audio_denied(f);
	detect_record_complain_rest(g);
	detect_flag_done(f);
	if (rc != 0)
		return rc;
	memcpy(attrs, g->attrs, g->nattrs * sizeof(*attrs));
	s.attrs = attrs;
	s.nattrs = g->nattrs;
	if (language != NULL &&
	    detect_attrs_find(attrs, s.nattrs, "language").p == NULL)
		attrs[s.nattrs++] = (struct attribute){bytes_str("language"),
						       bytes_str(language)};
	rc = detect_path_find(&g->paths, f->src->path, &f->named, g->a, &s);
	return rc == 0 ? detect_object_done(&g->o, &h, &s) : rc;
}

static int file_find(struct detect_group *g, struct detect_file *f)
{
	int rc = detect_object_open(&g->o, g->r, f->sink, f->src->data.n);

	g->pass = PASS_FIND;
	g->undetected = false;
	if (rc == 0)
		rc = file_read(g, f);
	if (rc == 0)
		rc = file_done(g, f);
	detect_object_close(&g->o);
	return rc;
}

static int pass_all(struct detect_group *g, struct detect_file *files, size_t n,
		    enum detect_pass pass)
{
	int rc = 0;

	g->pass = pass;
	for (size_t i = 0; rc == 0 && i < n; i++)
		rc = file_read(g, &files[i]);
	return rc;
}

/* Its records are pieces of one speech: they are a group of themselves. */
static bool is_timed(enum format f)
{
	return f == FORMAT_SUBTITLE || f == FORMAT_TABLE;
}

/* Whether values or attributes must be gathered before the first record. */
static bool needs_learning(struct detect_group *g,
			   const struct detect_file *files, size_t n)
{
	bool shared = n > 1;

	for (size_t i = 0; i < n; i++)
		shared = shared || files[i].plan.outside ||
			 files[i].named.n > 0 || is_timed(files[i].format) ||
			 (files[i].rule != NULL &&
			  files[i].rule->group.template_ != NULL);
	g->shared = shared;
	return shared || g->groups.several;
}

static int named_learn(struct detect_group *g, const struct detect_file *f)
{
	int rc = 0;

	for (uint32_t i = 0; rc == 0 && i < f->named.n; i++) {
		const struct named_part *x = &f->named.v[i];
		struct bytes text =
			bytes_sub(f->src->path, x->start, x->end - x->start);

		if (x->type.n == 0)
			continue;
		rc = propagate_learn(g->known, x->nr, text, 100);
		if (rc == 0)
			rc = detect_path_learn(&g->paths, x->nr, text, 100);
	}
	return rc;
}

static int group_run(struct detect_group *g, struct detect_file *files,
		     size_t n)
{
	bool paths = false;
	int rc = propagate_new(g->r, &g->known);

	for (size_t i = 0; i < n; i++)
		paths = paths || files[i].plan.group != 0;
	for (size_t i = 0; rc == 0 && i < n; i++)
		rc = named_learn(g, &files[i]);
	for (size_t i = 0; rc == 0 && i < n; i++)
		rc = detect_flag_learn(g, &files[i]);
	if (rc == 0 && paths && n == 1)
		rc = pass_all(g, files, n, PASS_COUNT);
	if (rc == 0 && needs_learning(g, files, n)) {
		rc = pass_all(g, files, n, PASS_LEARN);
		g->kept_used = true;
	}
	for (size_t i = 0; rc == 0 && i < n; i++)
		rc = file_find(g, &files[i]);
	return rc;
}

/* ---- setting up ---- */

static int known_types(struct detect_group *g, struct detect_file *f,
		       struct err *e)
{
	for (uint32_t i = 0; f->rule != NULL && i < f->rule->nknown; i++) {
		const char *name = f->rule->known[i].type;
		int type = recognizers_type_of(g->r, name);

		if (type < 0)
			return err_set(e, -EPROTO, NULL,
				       "entities: unknown type %s", name);
		if (i < JSONPATH_MAX)
			f->plan.known_type[i] = (uint16_t)type;
	}
	return 0;
}

/* Values in the file's name; of another form than the manifest says nobody
 * knows what is in it. */
static int named_values(struct detect_group *g, struct detect_file *f,
			struct err *e)
{
	if (f->rule == NULL || f->rule->names == NULL)
		return 0;
	if (!named_parse(f->rule->names, &f->named) ||
	    !named_fit(&f->named, f->src->path)) {
		f->named.n = 0;
		f->format = FORMAT_DENIED;
		f->why = "its name is not of the form that the manifest says "
			 "(names)";
	}
	for (uint32_t i = 0; i < f->named.n; i++) {
		struct named_part *x = &f->named.v[i];
		const char *name = arena_str(g->a, x->type);
		int type = name == NULL || x->type.n == 0
				   ? 0
				   : recognizers_type_of(g->r, name);

		if (type < 0)
			return err_set(e, -EPROTO, NULL,
				       "names: unknown type %s", name);
		if (name == NULL)
			return err_nomem(e);
		x->nr = (uint16_t)type;
	}
	return 0;
}

static int file_open(struct detect_group *g, struct detect_file *f,
		     const struct source *s, const struct detect_sink *sink,
		     struct err *e)
{
	int rc;

	f->src = s;
	f->sink = sink;
	about_file(g, f);
	f->rule = dataset_rule(g->d, s->path);
	f->format = format_of(f->rule, s->path, s->data, &f->why);
	rc = format_plan_new(g->d, f->rule, f->format, g->a, &f->plan, e);
	format_plan_timed(&f->plan, format_kind(f->rule, s->path));
	if (rc == 0)
		rc = named_values(g, f, e);
	if (rc == 0)
		rc = known_types(g, f, e);
	if (rc == 0)
		rc = detect_group_name(f->rule, s->path, &f->group);
	if (rc == 0)
		rc = detect_attrs_literals(g, f->rule);
	if (rc == 0)
		rc = detect_path_watch(&g->paths, s->path);
	if (rc == 0)
		rc = detect_flag_open(g->r, s, &f->flags);
	return rc == 0 ? detect_table_open(g, f) : rc;
}

int detect_group(const struct dataset_rules *d, const struct recognizers *r,
		 const struct source *files, size_t n,
		 const struct detect_sink *sink, struct err *e)
{
	CLEANUP(arena_freep) struct arena *a = arena_new();
	CLEANUP(mem_freep) struct detect_group *g = mem_new(1, sizeof(*g));
	CLEANUP(mem_freep) struct detect_file *f = mem_new(n, sizeof(*f));
	int rc = 0;

	if (a == NULL || g == NULL || f == NULL)
		return err_nomem(e);
	g->d = d;
	g->r = r;
	g->a = a;
	rc = detect_path_open(&g->paths, r);
	for (size_t i = 0; rc == 0 && i < n; i++)
		rc = file_open(g, &f[i], &files[i], sink, e);
	if (rc == 0) {
		rc = detect_audio_pair(g, f, n);
		if (rc == 0)
			rc = group_run(g, f, n);
		if (rc != 0)
			err_set(e, rc, NULL, "detection did not finish");
	}
	for (size_t i = 0; i < n; i++) {
		format_frame_free(&f[i].frame);
		buf_free(&f[i].group);
		detect_times_free(&f[i].own);
		detect_told_free(&f[i].told);
		detect_flag_close(f[i].flags, detect_flag_count(&files[i]));
	}
	detect_spoken_free(&g->spoken);
	detect_turns_free(&g->turns);
	propagate_free(g->known);
	detect_kept_free(&g->kept);
	detect_groups_free(&g->groups);
	detect_path_close(&g->paths);
	hits_free(&g->hits);
	recognizers_about(r, bytes_of(NULL, 0), bytes_of(NULL, 0));
	return rc;
}
