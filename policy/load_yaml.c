/* YAML, strictly: libyaml's events to a tree with line and column. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "policy/load_yaml.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <yaml.h>

#include "base/mem.h"

/*
 * YAML has many ways to say a thing, and readers differ on the odd ones. A
 * policy must mean the same to its author, to us and to whoever audits it, so
 * the reader keeps only what all agree on: maps with distinct scalar keys,
 * lists, scalars. Everything that makes one place of the text mean another
 * (anchors, aliases, merge keys, tags, directives) is refused by its event, a
 * second document too. What a plain scalar means ("no", 010, 1e3) is not
 * decided here: getters take it as text and accept one spelling each.
 *
 * The tree lies in the caller's arena. Depth, size and number of nodes are
 * bounded before anything is built, so that a hostile text costs bounded time
 * and memory; recursion is at most YAML_MAX_DEPTH deep.
 */

struct reader {
	yaml_parser_t parser;
	yaml_event_t event; /* the current one */
	struct arena *arena;
	const char *name;
	struct bytes text;
	uint32_t depth, nodes;
	struct err *e;
};

static void reader_end(struct reader *r)
{
	yaml_event_delete(&r->event);
	yaml_parser_delete(&r->parser);
}

static int fail_at(struct err *e, const char *name, size_t line, size_t column,
		   const char *words)
{
	char place[200];

	snprintf(place, sizeof(place), "%s:%zu:%zu", name, line, column);
	return err_set(e, -EPROTO, place, "%s", words);
}

static int fail_mark(struct reader *r, const char *words)
{
	yaml_mark_t m = r->event.start_mark;

	return fail_at(r->e, r->name, m.line + 1, m.column + 1, words);
}

/* Line and column of a byte; columns count characters. */
static int fail_byte(struct err *e, const char *name, struct bytes text,
		     size_t at, const char *words)
{
	size_t line = 1, column = 1;

	for (size_t i = 0; i < at && i < text.n; i++) {
		if (text.p[i] == '\n') {
			line++;
			column = 1;
		} else if ((text.p[i] & 0xc0) != 0x80) {
			column++;
		}
	}
	return fail_at(e, name, line, column, words);
}

/* What libyaml found wrong, in its words, at its place. */
static int fail_parser(struct reader *r)
{
	yaml_parser_t *p = &r->parser;
	yaml_mark_t m = p->problem_mark;
	char words[200];

	if (p->error == YAML_MEMORY_ERROR)
		return err_nomem(r->e);
	snprintf(words, sizeof(words), "not valid YAML: %s%s%s", p->problem,
		 p->context == NULL ? "" : ", ",
		 p->context == NULL ? "" : p->context);
	if (p->error == YAML_READER_ERROR)
		return fail_byte(r->e, r->name, r->text, p->problem_offset,
				 words);
	return fail_at(r->e, r->name, m.line + 1, m.column + 1, words);
}

static int advance(struct reader *r)
{
	yaml_event_delete(&r->event);
	if (!yaml_parser_parse(&r->parser, &r->event))
		return fail_parser(r);
	return 0;
}

/* Anchors and tags may stand on any node. */
static int refuse_marks(struct reader *r)
{
	const yaml_event_t *v = &r->event;
	const void *anchor = NULL, *tag = NULL;

	if (v->type == YAML_SCALAR_EVENT) {
		anchor = v->data.scalar.anchor;
		tag = v->data.scalar.tag;
	} else if (v->type == YAML_SEQUENCE_START_EVENT) {
		anchor = v->data.sequence_start.anchor;
		tag = v->data.sequence_start.tag;
	} else if (v->type == YAML_MAPPING_START_EVENT) {
		anchor = v->data.mapping_start.anchor;
		tag = v->data.mapping_start.tag;
	} else {
		return fail_mark(r, "aliases (*name) are not allowed; write "
				    "the value out");
	}
	if (anchor != NULL)
		return fail_mark(r, "anchors (&name) are not allowed; write "
				    "each value out");
	if (tag != NULL)
		return fail_mark(r, "tags (!name) are not allowed; write the "
				    "plain value");
	return 0;
}

static int node_new(struct reader *r, struct yaml_node **out)
{
	struct yaml_node *n;

	if (++r->nodes > YAML_MAX_NODES)
		return fail_mark(r, "too many values in one file");
	n = arena_alloc(r->arena, sizeof(*n));
	if (n == NULL)
		return err_nomem(r->e);
	n->line = (uint32_t)r->event.start_mark.line + 1;
	n->column = (uint32_t)r->event.start_mark.column + 1;
	n->source = r->name;
	*out = n;
	return 0;
}

static int read_scalar(struct reader *r, struct yaml_node *n)
{
	struct bytes v = bytes_of(r->event.data.scalar.value,
				  r->event.data.scalar.length);
	char *copy;

	if (v.n != 0 && memchr(v.p, 0, v.n) != NULL)
		return fail_mark(r, "a NUL character is not allowed");
	copy = arena_str(r->arena, v);
	if (copy == NULL)
		return err_nomem(r->e);
	n->kind = YAML_SCALAR;
	n->quoted = r->event.data.scalar.style != YAML_PLAIN_SCALAR_STYLE;
	n->text = bytes_of(copy, v.n);
	return 0;
}

static int key_cmp(const void *a, const void *b)
{
	const struct yaml_node *x = *(struct yaml_node *const *)a;
	const struct yaml_node *y = *(struct yaml_node *const *)b;
	int c = bytes_cmp(x->text, y->text);

	if (c != 0)
		return c;
	if (x->line != y->line)
		return x->line < y->line ? -1 : 1;
	return (x->column > y->column) - (x->column < y->column);
}

/* Sorted, so that a map of many keys costs no square of them. */
static int refuse_duplicates(struct reader *r, const struct yaml_node *map)
{
	CLEANUP(mem_freep)
	const struct yaml_node **keys = mem_new(map->count + 1u, sizeof(*keys));
	const struct yaml_node *bad = NULL, *first = NULL;
	size_t n = 0;

	if (keys == NULL)
		return err_nomem(r->e);
	for (const struct yaml_node *c = map->child; c != NULL; c = c->next)
		keys[n++] = c->key;
	if (n > 1)
		qsort(keys, n, sizeof(*keys), key_cmp);
	for (size_t i = 1; i < n; i++) {
		if (!bytes_eq(keys[i - 1]->text, keys[i]->text))
			continue;
		if (bad == NULL || keys[i]->line < bad->line) {
			bad = keys[i];
			first = keys[i - 1];
		}
	}
	if (bad == NULL)
		return 0;
	return yaml_fail(bad, r->e,
			 "key \"%s\" stands twice; the first is in "
			 "line %u",
			 yaml_shown(bad->text).s, first->line);
}

static int read_node(struct reader *r, struct yaml_node **out);

static int read_key(struct reader *r, struct yaml_node **key)
{
	int rc;

	if (r->event.type != YAML_SCALAR_EVENT &&
	    r->event.type != YAML_ALIAS_EVENT)
		return fail_mark(r, "a key must be a plain word");
	rc = read_node(r, key);
	if (rc != 0)
		return rc;
	if (!(*key)->quoted && bytes_is((*key)->text, "<<"))
		return yaml_fail(*key, r->e,
				 "merge keys (<<) are not allowed; "
				 "use extends in a role");
	return advance(r);
}

/* Children until the end event of the container, which stays current. */
static int read_children(struct reader *r, struct yaml_node *n,
			 yaml_event_type_t end)
{
	struct yaml_node **tail = &n->child;
	int rc = advance(r);

	while (rc == 0 && r->event.type != end) {
		struct yaml_node *key = NULL, *value = NULL;

		if (n->kind == YAML_MAP)
			rc = read_key(r, &key);
		if (rc == 0)
			rc = read_node(r, &value);
		if (rc != 0)
			break;
		value->key = key;
		*tail = value;
		tail = &value->next;
		n->count++;
		rc = advance(r);
	}
	return rc;
}

static int read_container(struct reader *r, struct yaml_node *n, bool map)
{
	int rc;

	if (++r->depth > YAML_MAX_DEPTH)
		return fail_mark(r, "nested too deeply (at most 32 levels)");
	n->kind = map ? YAML_MAP : YAML_SEQ;
	rc = read_children(
		r, n, map ? YAML_MAPPING_END_EVENT : YAML_SEQUENCE_END_EVENT);
	r->depth--;
	if (rc == 0 && map)
		rc = refuse_duplicates(r, n);
	return rc;
}

static int read_node(struct reader *r, struct yaml_node **out)
{
	struct yaml_node *n = NULL;
	int rc = refuse_marks(r);

	if (rc == 0)
		rc = node_new(r, &n);
	if (rc != 0)
		return rc;
	*out = n;
	if (r->event.type == YAML_SCALAR_EVENT)
		return read_scalar(r, n);
	return read_container(r, n, r->event.type == YAML_MAPPING_START_EVENT);
}

static int refuse_directives(struct reader *r)
{
	if (r->event.data.document_start.version_directive != NULL ||
	    r->event.data.document_start.tag_directives.start !=
		    r->event.data.document_start.tag_directives.end)
		return fail_mark(r, "directives (%) are not allowed");
	return 0;
}

/* Stream start, document start, node, document end, stream end. */
static int read_stream(struct reader *r, struct yaml_node **out)
{
	int rc = advance(r);

	if (rc == 0)
		rc = advance(r);
	if (rc != 0)
		return rc;
	if (r->event.type != YAML_DOCUMENT_START_EVENT)
		return fail_mark(r, "the file is empty");
	rc = refuse_directives(r);
	if (rc == 0)
		rc = advance(r);
	if (rc == 0)
		rc = read_node(r, out);
	if (rc == 0)
		rc = advance(r);
	if (rc == 0)
		rc = advance(r);
	if (rc == 0 && r->event.type != YAML_STREAM_END_EVENT)
		return fail_mark(r, "one document only; a second begins here");
	return rc;
}

/* Tabs look like spaces and are none. */
static int refuse_tabs(struct bytes text, const char *name, struct err *e)
{
	const uint8_t *tab = text.n == 0 ? NULL : memchr(text.p, '\t', text.n);

	if (tab == NULL)
		return 0;
	return fail_byte(e, name, text, (size_t)(tab - text.p),
			 "tabs are not allowed; indent with spaces, and write "
			 "\\t in double quotes for a tab");
}

int yaml_read(struct bytes text, const char *name, struct arena *a,
	      struct yaml_node **out, struct err *e)
{
	CLEANUP(reader_end)
	struct reader r = {.arena = a,
			   .name = arena_str(a, bytes_str(name)),
			   .text = text};
	int rc;

	r.e = e;
	if (r.name == NULL)
		return err_nomem(e);
	if (text.n > YAML_MAX_SIZE)
		return err_set(
			e, -EPROTO, name,
			"longer than 1 MiB; no policy or manifest needs that");
	rc = refuse_tabs(text, name, e);
	if (rc != 0)
		return rc;
	if (!yaml_parser_initialize(&r.parser))
		return err_nomem(e);
	yaml_parser_set_encoding(&r.parser, YAML_UTF8_ENCODING);
	yaml_parser_set_input_string(
		&r.parser, text.n == 0 ? (const uint8_t *)"" : text.p, text.n);
	return read_stream(&r, out);
}

int yaml_fail(const struct yaml_node *n, struct err *e, const char *fmt, ...)
{
	char words[sizeof(e->text)], place[sizeof(e->place)];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(words, sizeof(words), fmt, ap);
	va_end(ap);
	if (n == NULL)
		return err_set(e, -EPROTO, NULL, "%s", words);
	snprintf(place, sizeof(place), "%s:%u:%u", n->source, n->line,
		 n->column);
	return err_set(e, -EPROTO, place, "%s", words);
}

struct yaml_shown yaml_shown(struct bytes word)
{
	struct yaml_shown out;
	size_t n = word.n < sizeof(out.s) - 4 ? word.n : sizeof(out.s) - 4;

	while (n < word.n && n > 0 && (word.p[n] & 0xc0) == 0x80)
		n--;
	for (size_t i = 0; i < n; i++) {
		uint8_t c = word.p[i];

		out.s[i] = (char)(c < 0x20 || c == 0x7f ? '?' : c);
	}
	memcpy(out.s + n, n < word.n ? "..." : "", n < word.n ? 4 : 1);
	return out;
}
