/* Compiled recognizers of a data set: word tables, names, custom rules. */
/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>

#include "base/mem.h"
#include "policy/redact/recognizer_abroad.h"

static const char *const rule_names[] = {
#define RULE_STRING(name, text) text,
	RULE_LIST(RULE_STRING)
#undef RULE_STRING
};

void recognizers_free(struct recognizers *r)
{
	if (r == NULL)
		return;
	recognizer_words_free(&r->triggers);
	recognizer_words_free(&r->common);
	for (size_t i = 0; i < ARRAY_LEN(r->abroad); i++)
		recognizer_words_free(&r->abroad[i]);
	recognizer_words_free(&r->abode);
	recognizer_words_free(&r->all);
	mem_free(r->listed);
	mem_free(r->starts);
	mem_free(r->abode_is);
	propagate_tree_free(&r->words);
	recognizer_custom_free(r);
	tagger_free(r->tagger);
	arena_free(r->arena);
	mem_free(r);
}

static void recognizers_freep(struct recognizers **r)
{
	recognizers_free(*r);
}

/* Built-in names first; the owner's come behind, so room is kept for them. */
static int name_tables(struct recognizers *r, const struct dataset_rules *d)
{
	size_t ncustom = d == NULL ? 0 : d->ncustom;
	size_t ntypes = (size_t)ENTITY_COUNT + ncustom;
	size_t nrules = (size_t)RULE_COUNT + ncustom;

	for (uint32_t i = 0; d != NULL && i < d->nexternal; i++) {
		ntypes += d->external[i].ntypes;
		nrules++;
	}

	if (ntypes > UINT16_MAX - 1 || nrules > UINT16_MAX)
		return -E2BIG;
	r->arena = arena_new();
	if (r->arena == NULL)
		return -ENOMEM;
	r->types = arena_array(r->arena, ntypes, sizeof(*r->types));
	r->rules = arena_array(r->arena, nrules, sizeof(*r->rules));
	if (r->types == NULL || r->rules == NULL)
		return -ENOMEM;
	for (uint32_t i = 0; i < ENTITY_COUNT; i++)
		r->types[r->ntypes++] = entity_name(i);
	for (uint32_t i = 0; i < RULE_COUNT; i++)
		r->rules[r->nrules++] = rule_names[i];
	return 0;
}

static int build_abroad(struct recognizers *r)
{
	static const struct word_line *(*const lines[])(size_t * n) = {
		[ABROAD_GERMAN - 1] = abroad_words_german,
		[ABROAD_SPANISH - 1] = abroad_words_spanish,
		[ABROAD_VIETNAMESE - 1] = abroad_words_vietnamese};
	int rc = 0;

	for (size_t i = 0; rc == 0 && i < ARRAY_LEN(lines); i++) {
		size_t n;
		const struct word_line *l = lines[i](&n);

		rc = recognizer_words_build(&r->abroad[i], l, n);
	}
	return rc;
}

static int build(struct recognizers *r, const struct dataset_rules *d)
{
	size_t n;
	const struct word_line *lines = recognizer_words_triggers(&n);
	int rc = recognizer_words_build(&r->triggers, lines, n);

	if (rc != 0)
		return rc;
	recognizer_kinds_index(&r->kinds);
	lines = recognizer_words_common(&n);
	rc = recognizer_words_build(&r->common, lines, n);
	lines = recognizer_abode_lines(&n);
	if (rc == 0)
		rc = recognizer_words_build(&r->abode, lines, n);
	if (rc == 0)
		rc = recognizer_listed_build(r);
	if (rc == 0)
		rc = starts_table_make(r);
	if (rc == 0)
		rc = abode_listed_build(r);
	if (rc == 0)
		rc = build_abroad(r);
	if (rc == 0)
		rc = tagger_new((struct bytes){0}, &r->tagger);
	return rc != 0 ? rc : name_tables(r, d);
}

int recognizers_new(const struct dataset_rules *d, struct recognizers **out,
		    struct err *e)
{
	struct recognizers *r CLEANUP(recognizers_freep) =
		mem_new(1, sizeof(*r));
	int rc;

	*out = NULL;
	if (r == NULL)
		return err_nomem(e);
	rc = build(r, d);
	if (rc == -E2BIG)
		return err_set(e, rc, NULL,
			       "more than 65,000 custom recognizers");
	if (rc != 0)
		return err_nomem(e);
	if (d != NULL) {
		rc = recognizer_custom_new(r, d, e);
		if (rc != 0)
			return rc;
		if (recognizer_external_new(r, d) != 0)
			return err_nomem(e);
	}
	*out = STEAL(r);
	return 0;
}

const char *recognizers_type(const struct recognizers *r, uint32_t i)
{
	return i < r->ntypes ? r->types[i] : NULL;
}

const char *recognizers_rule(const struct recognizers *r, uint32_t i)
{
	return i < r->nrules ? r->rules[i] : NULL;
}

int recognizers_type_of(const struct recognizers *r, const char *name)
{
	for (uint32_t i = 0; i < r->ntypes; i++)
		if (strcmp(r->types[i], name) == 0)
			return (int)i;
	return -1;
}

void recognizers_files(struct recognizers *r, const struct known_files *k)
{
	r->files = *k;
}

const struct known_files *recognizers_known(const struct recognizers *r)
{
	return &r->files;
}

void recognizers_cues(const struct recognizers *r, struct bytes text,
		      void (*each)(void *ctx, struct bytes word), void *ctx)
{
	const uint32_t cues = ROLE_TOPIC | ROLE_CUE | ROLE_ASK | ROLE_SECRET;

	for (size_t i = 0; i < text.n;) {
		size_t end = i;
		const struct word *w;

		while (end < text.n && is_alpha(text.p[end]))
			end++;
		if (end == i) {
			i++;
			continue;
		}
		w = recognizer_words_find(&r->triggers, text.p + i, end - i,
					  text.n - i);
		if (w != NULL && (w->roles & cues) != 0)
			each(ctx, bytes_sub(text, i, end - i));
		i = end;
	}
}
