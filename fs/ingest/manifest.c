/* The data set's manifest: YAML text to compiled rules. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "fs/ingest/manifest.h"

#include <errno.h>

#include "fs/ingest/manifest_custom.h"
#include "fs/ingest/manifest_times.h"
#include "policy/load_yaml.h"
#include "policy/redact/codec.h"
#include "policy/redact/detect.h"
#include "policy/redact/format.h"
#include "policy/redact/named.h"

/*
 * Every key is known or an error; every path is compiled here, so that a
 * mistake has a line and a column and no file is read before it is found.
 */
static int paths_of(const struct yaml_node *n, struct arena *a,
		    const struct jsonpath **out, uint32_t *count, struct err *e)
{
	const struct yaml_node *c = n->kind == YAML_SEQ ? n->child : n;
	uint32_t k = n->kind == YAML_SEQ ? n->count : 1;
	struct jsonpath *v = arena_array(a, k + 1, sizeof(*v));
	int r = n->kind == YAML_MAP
			? yaml_fail(
				  n, e,
				  "a path, or a list of paths, is wanted here")
			: 0;

	if (v == NULL)
		return err_nomem(e);
	for (uint32_t i = 0; r == 0 && i < k; i++, c = c->next) {
		struct err why = {0};

		r = yaml_expect(c, YAML_SCALAR, e);
		if (r == 0 && jsonpath_parse(c->text, a, &v[i], &why) != 0)
			r = yaml_fail(c, e, "\"%s\" is not a path: %s",
				      yaml_shown(c->text).s, why.text);
	}
	*out = v;
	*count = k;
	return r;
}

int manifest_path(const struct yaml_node *n, struct arena *a,
		  const struct jsonpath **out, struct err *e)
{
	uint32_t k;
	int r = 0;

	if (n == NULL)
		return 0;
	r = yaml_expect(n, YAML_SCALAR, e);
	return r == 0 ? paths_of(n, a, out, &k, e) : r;
}

/* One array or map holds the records: one [*], nothing after it. */
static int check_records(const struct yaml_node *n, const struct jsonpath *p,
			 struct err *e)
{
	uint32_t each = 0;

	if (p == NULL)
		return 0;
	for (uint32_t i = 0; i < p->n; i++) {
		each += p->steps[i].kind == STEP_EACH;
		if (p->steps[i].kind != STEP_EACH &&
		    p->steps[i].kind != STEP_KEY)
			return yaml_fail(
				n, e,
				"records are the elements of one array or map: "
				"keys and one [*], as in $.calls[*]");
	}
	if (each != 1 || p->steps[p->n - 1].kind != STEP_EACH)
		return yaml_fail(
			n, e,
			"records are the elements of one array or map: the "
			"path has exactly one [*], at its end");
	return 0;
}

/* Tried on any path: a name that no template has is found here. */
int manifest_template(const struct yaml_node *n, const char *text,
		      struct err *e)
{
	struct buf b CLEANUP(buf_free) = {0};
	struct file_rule probe = {.group = {.template_ = text}};

	if (detect_group_name(&probe, bytes_str("a/b.c"), &b) == -EPROTO)
		return yaml_fail(n, e,
				 "a template knows {stem}, {name}, {dir} and "
				 "{path}");
	return 0;
}

static int load_group(const struct yaml_node *n, struct arena *a,
		      struct group_rule *g, struct err *e)
{
	const char *s;
	int r;

	if (n == NULL)
		return 0;
	r = yaml_string(n, &s, e);
	if (r != 0)
		return r;
	if (s[0] == '$')
		return manifest_path(n, a, &g->path, e);
	g->template_ = s;
	return manifest_template(n, s, e);
}

static int load_names(const struct yaml_node *n, struct file_rule *f,
		      struct err *e)
{
	struct named parts;
	int r = n == NULL ? 0 : yaml_string(n, &f->names, e);

	if (r == 0 && n != NULL && !named_parse(f->names, &parts))
		r = yaml_fail(n, e,
			      "names of files are told as \"{}_{PERSON}_{}\": "
			      "{TYPE} is a value, {} anything, and something "
			      "stands between two of them");
	return r;
}

static int load_known(const struct yaml_node *n, struct arena *a,
		      struct file_rule *f, struct err *e)
{
	struct known_rule *v;
	uint32_t total = 0;
	int r = 0;

	if (n == NULL)
		return 0;
	r = yaml_expect(n, YAML_MAP, e);
	if (r != 0)
		return r;
	for (const struct yaml_node *c = n->child; c != NULL; c = c->next)
		total += c->kind == YAML_SEQ ? c->count : 1;
	v = arena_array(a, total + 1, sizeof(*v));
	if (v == NULL)
		return err_nomem(e);
	f->known = v;
	for (const struct yaml_node *c = n->child; r == 0 && c != NULL;
	     c = c->next) {
		const struct jsonpath *paths;
		uint32_t k = 0;
		const char *type;

		r = manifest_type(c->key, &type, e);
		if (r == 0)
			r = paths_of(c, a, &paths, &k, e);
		for (uint32_t i = 0; r == 0 && i < k; i++)
			v[f->nknown++] = (struct known_rule){type, &paths[i]};
	}
	return r;
}

static int load_attr(const struct yaml_node *n, struct arena *a,
		     struct attr_rule *out, struct err *e)
{
	const char *s;
	int r = yaml_name(n->key, &out->name, e);

	if (r == 0)
		r = yaml_string(n, &s, e);
	if (r != 0)
		return r;
	if (s[0] == '$')
		return manifest_path(n, a, &out->path, e);
	out->literal = s;
	return 0;
}

/* The attributes, and the language where it is a path. */
static int load_attrs(const struct yaml_node *n, const struct yaml_node *lang,
		      struct arena *a, struct file_rule *f, struct err *e)
{
	uint32_t count = n == NULL ? 0 : n->count;
	struct attr_rule *v = arena_array(a, count + 2, sizeof(*v));
	int r = n == NULL ? 0 : yaml_expect(n, YAML_MAP, e);

	if (v == NULL)
		return err_nomem(e);
	f->attrs = v;
	for (const struct yaml_node *c = n == NULL ? NULL : n->child;
	     r == 0 && c != NULL; c = c->next)
		r = load_attr(c, a, &v[f->nattrs++], e);
	if (r != 0 || lang == NULL)
		return r;
	r = yaml_string(lang, &f->language, e);
	if (r != 0 || f->language[0] != '$')
		return r;
	f->language = NULL;
	v[f->nattrs].name = "language";
	return manifest_path(lang, a, &v[f->nattrs++].path, e);
}

/* The value of one word out of a table of them. */
struct word {
	const char *name;
	int value;
};

static int word_of(const struct yaml_node *n, const struct word *words,
		   size_t count, int *out, const char *what, struct err *e)
{
	int r = n == NULL ? 0 : yaml_expect(n, YAML_SCALAR, e);

	if (r != 0 || n == NULL)
		return r;
	for (size_t i = 0; i < count; i++) {
		if (bytes_is(n->text, words[i].name)) {
			*out = words[i].value;
			return 0;
		}
	}
	return yaml_fail(n, e, "%s", what);
}

static int load_named(const struct yaml_node *n, struct file_rule *f,
		      struct err *e)
{
	int r = n == NULL ? 0 : yaml_expect(n, YAML_SCALAR, e);

	if (n == NULL || r != 0 || format_named(n->text, f))
		return r;
	return yaml_fail(n, e,
			 "a format is text, json, jsonl, csv, tsv, psv, srt, "
			 "webvtt, textgrid, ctm, rttm, stm, kaldi, wav or "
			 "image");
}

static int load_format(const struct yaml_node *n, struct file_rule *f,
		       struct err *e)
{
	static const struct word separators[] = {{",", ','},
						 {";", ';'},
						 {"\t", '\t'},
						 {"tab", '\t'},
						 {"|", '|'}};
	static const struct word quotes[] = {{"true", 0}, {"false", 1}};
	static const struct word headers[] = {{"true", HEADER_YES},
					      {"false", HEADER_NO}};
	int separator = 0, header = HEADER_LOOK, bare = 0;
	int r = load_named(yaml_get(n, "format"), f, e);

	if (r == 0)
		r = word_of(yaml_get(n, "separator"), separators,
			    ARRAY_LEN(separators), &separator,
			    "a separator is \",\", \";\", \"|\" or tab", e);
	if (r == 0)
		r = word_of(yaml_get(n, "header"), headers, ARRAY_LEN(headers),
			    &header, "header is true or false", e);
	if (r == 0)
		r = word_of(yaml_get(n, "quotes"), quotes, ARRAY_LEN(quotes),
			    &bare, "quotes is true or false", e);
	f->bare = bare != 0;
	f->separator = (char)separator;
	f->header = (enum header_rule)header;
	return r;
}

/* Names are those that files are stored under: a pattern that ends as packed
 * ones do would match nothing. */
static int check_packed(const struct yaml_node *n, const char *pattern,
			struct err *e)
{
	struct bytes b =
		pattern == NULL ? bytes_of(NULL, 0) : bytes_str(pattern);
	struct buf name CLEANUP(buf_free) = {0};
	enum codec c = codec_of(b);

	if (c == CODEC_NONE || c == CODEC_IMAGE)
		return 0;
	if (codec_name(b, c, &name) != 0 || buf_str(&name) == NULL)
		return err_nomem(e);
	return yaml_fail(n, e, "these are unpacked, and stored as \"%s%s\"",
			 buf_str(&name), c == CODEC_ARCHIVE ? "/**" : "");
}

static int load_file(const struct yaml_node *n, const struct yaml_node *lang,
		     struct arena *a, struct file_rule *f, struct err *e)
{
	static const char *const keys[] = {
		"match",     "group",	   "records",  "id",	      "text",
		"speaker",   "words",	   "segments", "channels",    "audio",
		"entities",  "attributes", "language", "passthrough", "format",
		"separator", "header",	   "quotes",   "names"};
	const struct yaml_node *m, *own = yaml_get(n, "language");
	int r = yaml_expect_keys(n, keys, ARRAY_LEN(keys), e);

	if (r == 0)
		r = yaml_need(n, "match", &m, e);
	if (r == 0)
		r = yaml_string(m, &f->match, e);
	if (r == 0)
		r = load_format(n, f, e);
	if (r == 0)
		r = load_group(yaml_get(n, "group"), a, &f->group, e);
	if (r == 0)
		r = manifest_path(yaml_get(n, "records"), a, &f->records, e);
	if (r == 0)
		r = check_records(yaml_get(n, "records"), f->records, e);
	if (r == 0)
		r = manifest_path(yaml_get(n, "id"), a, &f->id, e);
	if (r == 0)
		r = manifest_path(yaml_get(n, "speaker"), a, &f->speaker, e);
	if (r == 0 && yaml_get(n, "text") != NULL)
		r = paths_of(yaml_get(n, "text"), a, &f->text, &f->ntext, e);
	if (r == 0)
		r = load_names(yaml_get(n, "names"), f, e);
	if (r == 0)
		r = manifest_times(n, a, f, e);
	if (r == 0)
		r = load_known(yaml_get(n, "entities"), a, f, e);
	if (r == 0)
		r = load_attrs(yaml_get(n, "attributes"),
			       own != NULL ? own : lang, a, f, e);
	if (r == 0 && yaml_get(n, "passthrough") != NULL)
		r = yaml_bool(yaml_get(n, "passthrough"), &f->passthrough, e);
	if (r == 0 && !f->passthrough)
		r = check_packed(m, f->match, e);
	return r == 0 ? check_packed(yaml_get(n, "audio"), f->audio, e) : r;
}

static int load_files(const struct yaml_node *root, struct arena *a,
		      struct manifest *m, struct err *e)
{
	const struct yaml_node *n = yaml_get(root, "files");
	const struct yaml_node *lang = yaml_get(root, "language");
	struct file_rule *v;
	uint32_t i = 0;
	int r = n == NULL ? 0 : yaml_expect(n, YAML_SEQ, e);

	if (r != 0 || n == NULL)
		return r;
	v = arena_array(a, n->count + 1, sizeof(*v));
	if (v == NULL)
		return err_nomem(e);
	for (const struct yaml_node *c = n->child; r == 0 && c != NULL;
	     c = c->next)
		r = load_file(c, lang, a, &v[i++], e);
	m->rules.files = v;
	m->rules.nfiles = n->count;
	return r;
}

static int load_terms(const struct yaml_node *n, struct arena *a,
		      struct terms *t, struct err *e)
{
	static const char *const keys[] = {"purposes", "projects", "training",
					   "retain_until"};
	int r;

	if (n == NULL)
		return 0;
	r = yaml_expect_keys(n, keys, ARRAY_LEN(keys), e);
	if (r == 0 && yaml_get(n, "purposes") != NULL)
		r = yaml_strings(yaml_get(n, "purposes"), a, &t->purposes,
				 &t->npurposes, e);
	if (r == 0 && yaml_get(n, "projects") != NULL)
		r = yaml_strings(yaml_get(n, "projects"), a, &t->projects,
				 &t->nprojects, e);
	if (r == 0 && yaml_get(n, "training") != NULL)
		r = yaml_bool(yaml_get(n, "training"), &t->training, e);
	if (r == 0 && yaml_get(n, "retain_until") != NULL)
		r = yaml_date(yaml_get(n, "retain_until"), &t->retain_until, e);
	return r;
}

static int load_head(const struct yaml_node *root, struct manifest *m,
		     struct err *e)
{
	static const char *const keys[] = {"carrel-dataset", "name",
					   "terms",	     "language",
					   "files",	     "recognizers"};
	const struct yaml_node *n;
	uint64_t version;
	int r = yaml_expect_keys(root, keys, ARRAY_LEN(keys), e);

	if (r == 0)
		r = yaml_need(root, "carrel-dataset", &n, e);
	if (r == 0)
		r = yaml_uint(n, UINT32_MAX, &version, e);
	if (r == 0 && version != 1)
		r = yaml_fail(n, e, "this carrel reads manifests of version 1");
	if (r == 0)
		r = yaml_need(root, "name", &n, e);
	if (r == 0)
		r = yaml_name(n, &m->rules.name, e);
	m->rules.language = "en";
	n = yaml_get(root, "language");
	if (r == 0 && n != NULL && n->text.n > 0 && n->text.p[0] != '$')
		r = yaml_string(n, &m->rules.language, e);
	return r;
}

int manifest_load(struct bytes text, const char *name,
		  const struct manifest_file *files, size_t nfiles,
		  struct arena *a, struct manifest *out, struct err *e)
{
	struct yaml_node *root = NULL;
	int r = yaml_read(text, name, a, &root, e);

	*out = (struct manifest){0};
	if (r == 0)
		r = load_head(root, out, e);
	if (r == 0)
		r = load_terms(yaml_get(root, "terms"), a, &out->terms, e);
	if (r == 0)
		r = load_files(root, a, out, e);
	if (r == 0)
		r = manifest_custom(yaml_get(root, "recognizers"), files,
				    nfiles, a, out, e);
	return r;
}
