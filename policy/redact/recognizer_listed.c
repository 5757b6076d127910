/* What a word of a text is in the tables of words, looked up once. */
/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Three tables hold the words that mean something, and recognizers ask for a
 * word in one or the other, some words many times. So the words of all of them
 * are in one table, which tells where a word is in each; recognizer_starts.c
 * asks it once for all words of a text. A word that ends elsewhere ("don", of
 * "don't") is looked up anew.
 */
#include <errno.h>

#include "base/mem.h"
#include "policy/redact/recognizer.h"
#include "policy/redact/recognizer_words_key.h"

static int add(struct recognizers *r, const struct word_table *t)
{
	for (uint32_t k = 1; k <= t->nwords; k++) {
		const struct word *mine = &t->words[k];
		const char *key = (const char *)mine->key;
		const struct word *w = recognizer_words_add(
			&r->all, bytes_of(key, strnlen(key, WORD_KEY)));
		struct listed *l;

		if (w == NULL)
			return -ENOMEM;
		l = &r->listed[w - r->all.words];
		if (t == &r->triggers)
			l->trigger = mine;
		else if (t == &r->common)
			l->common = mine;
		else
			l->abode = mine;
	}
	return 0;
}

/* Words that are in none of them, but are looked up all the same. */
static int add_lists(struct recognizers *r, const char *(*lists)(size_t k))
{
	const char *list;
	int rc = 0;

	for (size_t k = 0; rc == 0 && (list = lists(k)) != NULL; k++) {
		const struct word_line line = {.words = list};

		rc = recognizer_words_build(&r->all, &line, 1);
	}
	return rc;
}

int recognizer_listed_build(struct recognizers *r)
{
	size_t most = (size_t)r->triggers.nwords + r->common.nwords +
		      r->abode.nwords + 1;
	int rc = add_lists(r, recognizer_chain_list);

	if (rc == 0)
		rc = add_lists(r, recognizer_idle_list);

	most += r->all.nwords;
	if (rc == 0 && most > UINT16_MAX)
		return -E2BIG; /* starts.id holds no more */
	r->listed = rc == 0 ? mem_new(most, sizeof(*r->listed)) : NULL;
	if (r->listed == NULL)
		return -ENOMEM;
	rc = add(r, &r->triggers);
	if (rc == 0)
		rc = add(r, &r->common);
	return rc == 0 ? add(r, &r->abode) : rc;
}

unsigned scan_listed_find(const struct scan *s, uint32_t i, uint32_t end)
{
	return i < end ? recognizer_words_id(&s->r->all, bytes_of(s->t, s->n),
					     i, end - i)
		       : 0;
}
