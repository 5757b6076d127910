/* The manifest's own recognizers: patterns, begin and end, word lists. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "fs/ingest/manifest_custom.h"

#include <errno.h>

#include "fs/ingest/manifest_external.h"
#include "policy/redact/pattern.h"

struct lists {
	const struct manifest_file *files;
	size_t nfiles;
	struct bytes *wanted;
	struct manifest *m;
	struct arena *a;
};

int manifest_type(const struct yaml_node *n, const char **out, struct err *e)
{
	int r = yaml_name(n, out, e);

	for (const char *s = r == 0 ? *out : ""; *s != '\0'; s++)
		if (!(*s >= 'A' && *s <= 'Z') && !(*s >= '0' && *s <= '9') &&
		    *s != '_')
			return yaml_fail(
				n, e,
				"an entity type is written in capitals, as "
				"POLICY_NUMBER");
	return r;
}

/* One word a line; blank lines and lines that begin with # do not count. */
static int split_words(struct bytes data, struct lists *l,
		       struct custom_rule *out, struct err *e)
{
	uint32_t max = 1;
	size_t at = 0;

	for (size_t i = 0; i < data.n; i++)
		max += data.p[i] == '\n';
	out->words = arena_array(l->a, max, sizeof(*out->words));
	if (out->words == NULL)
		return err_nomem(e);
	while (at < data.n) {
		const uint8_t *nl = memchr(data.p + at, '\n', data.n - at);
		size_t end = nl == NULL ? data.n : (size_t)(nl - data.p);
		struct bytes w = bytes_sub(data, at, end - at);

		while (w.n > 0 && w.p[w.n - 1] <= ' ')
			w.n--;
		while (w.n > 0 && w.p[0] <= ' ')
			w = bytes_sub(w, 1, w.n);
		if (w.n > 0 && w.p[0] != '#')
			out->words[out->nwords++] = w;
		at = end + 1;
	}
	return 0;
}

static int words_of_file(const struct yaml_node *n, struct lists *l,
			 struct custom_rule *out, struct err *e)
{
	for (size_t i = 0; i < l->nfiles; i++)
		if (bytes_eq(l->files[i].name, n->text))
			return split_words(l->files[i].data, l, out, e);
	if (n->text.n == 0 || n->text.p[0] == '/' ||
	    memmem(n->text.p, n->text.n, "..", 2) != NULL)
		return yaml_fail(n, e,
				 "a word list is a file beside the manifest");
	l->wanted[l->m->nwanted++] = n->text;
	return 0;
}

static int load_words(const struct yaml_node *n, struct lists *l,
		      struct custom_rule *out, struct err *e)
{
	const char *const *strings;
	size_t count;
	int r;

	if (n->kind == YAML_SCALAR)
		return words_of_file(n, l, out, e);
	r = yaml_strings(n, l->a, &strings, &count, e);
	if (r != 0)
		return r;
	out->words = arena_array(l->a, count + 1, sizeof(*out->words));
	if (out->words == NULL)
		return err_nomem(e);
	for (size_t i = 0; i < count; i++)
		out->words[out->nwords++] = bytes_str(strings[i]);
	return 0;
}

static int load_pattern(const struct yaml_node *n, struct custom_rule *out,
			struct err *e)
{
	struct pattern *p = NULL;
	struct err why = {0};
	int r = yaml_string(n, &out->pattern, e);

	if (r != 0)
		return r;
	r = pattern_new(bytes_str(out->pattern), &p, &why);
	pattern_free(p);
	return r == 0 ? 0 : yaml_fail(n, e, "the pattern: %s", why.text);
}

/* Exactly one way: pattern, begin with end, or words. */
static int load_one(const struct yaml_node *n, struct lists *l,
		    struct custom_rule *out, struct err *e)
{
	static const char *const keys[] = {"type", "pattern", "begin", "end",
					   "words"};
	const struct yaml_node *type, *end;
	bool p, b, w;
	int r = yaml_expect_keys(n, keys, ARRAY_LEN(keys), e);

	if (r == 0)
		r = yaml_need(n, "type", &type, e);
	if (r == 0)
		r = manifest_type(type, &out->type, e);
	if (r != 0)
		return r;
	p = yaml_get(n, "pattern") != NULL;
	b = yaml_get(n, "begin") != NULL;
	w = yaml_get(n, "words") != NULL;
	if (p + b + w != 1)
		return yaml_fail(
			n, e,
			"a recognizer has one of: pattern, begin with end, "
			"words");
	if (p)
		return load_pattern(yaml_get(n, "pattern"), out, e);
	if (w)
		return load_words(yaml_get(n, "words"), l, out, e);
	r = yaml_string(yaml_get(n, "begin"), &out->begin, e);
	if (r == 0)
		r = yaml_need(n, "end", &end, e);
	return r == 0 ? yaml_string(end, &out->end_, e) : r;
}

static int load_list(const struct yaml_node *n, struct lists *l, struct err *e)
{
	struct custom_rule *v;
	uint32_t i = 0;
	int r = yaml_expect(n, YAML_SEQ, e);

	if (r != 0)
		return r;
	v = arena_array(l->a, n->count + 1, sizeof(*v));
	l->wanted = arena_array(l->a, n->count + 1, sizeof(*l->wanted));
	if (v == NULL || l->wanted == NULL)
		return err_nomem(e);
	l->m->wanted = l->wanted;
	for (const struct yaml_node *c = n->child; r == 0 && c != NULL;
	     c = c->next)
		r = load_one(c, l, &v[i++], e);
	l->m->rules.custom = v;
	l->m->rules.ncustom = n->count;
	return r;
}

/* Words of letters; what a word stands for is not known here. */
static int load_languages(const struct yaml_node *n, struct arena *a,
			  struct dataset_rules *d, struct err *e)
{
	int r = yaml_strings(n, a, &d->languages, &d->nlanguages, e);

	for (size_t i = 0; r == 0 && i < d->nlanguages; i++) {
		const char *s = d->languages[i];

		while ((*s | 32) >= 'a' && (*s | 32) <= 'z')
			s++;
		if (*s != '\0' || s - d->languages[i] < 2)
			r = yaml_fail(n, e,
				      "a language is a word of letters, as "
				      "de");
	}
	return r;
}

int manifest_custom(const struct yaml_node *n,
		    const struct manifest_file *files, size_t nfiles,
		    struct arena *a, struct manifest *m, struct err *e)
{
	static const char *const keys[] = {"custom", "external", "languages"};
	struct lists l = {files, nfiles, NULL, m, a};
	const struct yaml_node *x;
	int r;

	if (n == NULL)
		return 0;
	r = yaml_expect_keys(n, keys, ARRAY_LEN(keys), e);
	if (r == 0)
		r = manifest_external(yaml_get(n, "external"), a, &m->rules, e);
	x = yaml_get(n, "languages");
	if (r == 0 && x != NULL)
		r = load_languages(x, a, &m->rules, e);
	x = yaml_get(n, "custom");
	return r == 0 && x != NULL ? load_list(x, &l, e) : r;
}
