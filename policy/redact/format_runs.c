/* Taking runs into the record in the making. */
/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>

#include "base/mem.h"
#include "policy/redact/filename.h"
#include "policy/redact/format_value.h"

static int add(struct format_reader *r, const struct run *run)
{
	if (r->denied != DENIAL_NONE)
		return 0;
	if (r->nruns == FORMAT_RUNS_MAX) {
		r->denied = DENIAL_LIMIT;
		r->nruns = 0;
		return 0;
	}
	if (r->nruns == r->cap) {
		size_t cap = r->cap == 0 ? 256 : r->cap * 2;
		void *p = mem_grow(r->runs, cap, sizeof(*run));

		if (p == NULL)
			return -ENOMEM;
		r->runs = p;
		r->cap = cap;
	}
	r->runs[r->nruns] = *run;
	r->runs[r->nruns++].record = r->number;
	return 0;
}

/* Move what was decoded into the record's arena. */
static int map_built(struct format_reader *r, const struct text_builder *t,
		     struct run *run)
{
	struct text_map *m = arena_array(r->a, t->nmap, sizeof(*m));

	if (m == NULL || arena_dup(r->a, buf_bytes(&t->text), &run->text) != 0)
		return -ENOMEM;
	if (t->nmap > 0)
		memcpy(m, t->map, t->nmap * sizeof(*m));
	run->map = m;
	run->nmap = t->nmap;
	return 0;
}

static int decode(struct format_reader *r, struct run *run, enum text_code code)
{
	int rc;

	text_reset(&r->scratch);
	rc = text_codes(&r->scratch, run, code);
	return rc == 0 ? map_built(r, &r->scratch, run) : rc;
}

#define PATH_LONG 1024 /* bytes */

/* The whole text names a file, with '_' in it. */
static bool is_path(const struct run *run)
{
	struct bytes t = run->text;

	if (t.n > PATH_LONG || run->kind == RUN_KEY ||
	    memchr(t.p, '_', t.n) == NULL || filename_ext(t).n == 0)
		return false;
	for (size_t i = 0; i < t.n; i++)
		if (t.p[i] < ' ')
			return false;
	return true;
}

/* Names of files are read with blanks, too, as they are where they stand. */
static int add_path(struct format_reader *r, struct run run)
{
	struct bytes t;
	int rc = arena_dup(r->a, run.text, &t);
	uint8_t *p = (uint8_t *)(uintptr_t)t.p;

	for (size_t i = 0; rc == 0 && i < t.n; i++)
		if (p[i] == '_')
			p[i] = ' ';
	run.text = t;
	run.again = run.spaced = true;
	run.said = false;
	run.known = 0;
	return rc == 0 ? add(r, &run) : rc;
}

#define CODED_AGAIN 3 /* times that entities are decoded: &amp;#64; */

/* An entity is nothing but what it stands for. A link is what it is, and may
 * hold more: it is read both ways. */
static int add_coded(struct format_reader *r, struct run run)
{
	int rc = 0;

	for (int i = 0;
	     rc == 0 && i < CODED_AGAIN && text_coded(run.text, TEXT_ENTITIES);
	     i++)
		rc = decode(r, &run, TEXT_ENTITIES);
	if (rc == 0)
		rc = add(r, &run);
	if (rc == 0 && is_path(&run))
		rc = add_path(r, run);
	if (rc != 0 || !text_coded(run.text, TEXT_PERCENT))
		return rc;
	rc = decode(r, &run, TEXT_PERCENT);
	run.again = true;
	run.said = false;
	run.known = 0;
	return rc == 0 && run.text.n > 0 ? add(r, &run) : rc;
}

int format_runs_add(struct format_reader *r, const struct run *run)
{
	if (!r->inside || r->denied != DENIAL_NONE || run->text.n == 0)
		return 0;
	if (run->again || run->kind == RUN_NUMBER ||
	    (run->esc & ESC_PLACE) > ESC_JSON_MAX)
		return add(r, run);
	return add_coded(r, *run);
}

int format_runs_timed(struct format_reader *r, const struct timed *t)
{
	if (!r->inside || r->denied != DENIAL_NONE)
		return 0;
	if (r->ntimed == r->captimed) {
		size_t cap = r->captimed == 0 ? 256 : r->captimed * 2;
		void *p = mem_grow(r->timed, cap, sizeof(*t));

		if (p == NULL)
			return -ENOMEM;
		r->timed = p;
		r->captimed = cap;
	}
	r->timed[r->ntimed++] = *t;
	return 0;
}

/* One stretch that is what it is. */
static int map_plain(struct format_reader *r, struct run *run, uint64_t raw)
{
	struct text_map *m = arena_alloc(r->a, sizeof(*m));

	if (m == NULL)
		return -ENOMEM;
	*m = (struct text_map){.len = (uint32_t)run->text.n,
			       .raw = raw,
			       .rawlen = (uint32_t)run->text.n};
	run->map = m;
	run->nmap = 1;
	return 0;
}

int format_runs_built(struct format_reader *r, const struct text_builder *t,
		      struct run *run)
{
	int rc = map_built(r, t, run);

	return rc == 0 ? format_runs_add(r, run) : rc;
}

int format_runs_plain(struct format_reader *r, struct bytes text, uint64_t raw)
{
	struct run run = {.kind = RUN_TEXT, .text = text, .esc = ESC_TEXT};
	int rc;

	if (text_is_plain(text)) {
		rc = map_plain(r, &run, raw);
	} else {
		text_reset(&r->scratch);
		rc = text_plain(&r->scratch, text, raw);
		if (rc == 0)
			rc = map_built(r, &r->scratch, &run);
	}
	return rc == 0 ? format_runs_add(r, &run) : rc;
}

int format_runs_cell(struct format_reader *r, uint64_t start, uint64_t end,
		     bool quoted, struct run *run)
{
	struct bytes in = bytes_sub(r->data, start, end - start);
	bool doubled = quoted && in.n > 0 && memchr(in.p, '"', in.n) != NULL;
	int rc;

	run->text = in;
	if (!doubled && text_is_plain(in))
		return map_plain(r, run, start);
	text_reset(&r->scratch);
	rc = quoted ? text_cell(&r->scratch, in, start)
		    : text_plain(&r->scratch, in, start);
	return rc == 0 ? map_built(r, &r->scratch, run) : rc;
}

int format_runs_text(struct format_reader *r, struct bytes in,
		     const struct run *outer, uint64_t start, uint64_t end,
		     bool string, struct run *run)
{
	uint32_t off = (uint32_t)start, n = (uint32_t)(end - start);
	int rc;

	run->text = bytes_sub(in, start, end - start);
	if (outer == NULL && (!string || text_is_plain(run->text)))
		return map_plain(r, run, start);
	text_reset(&r->scratch);
	if (outer == NULL)
		rc = text_json(&r->scratch, run->text, start);
	else if (string)
		rc = text_nested(&r->scratch, outer, off, n);
	else
		rc = text_slice(&r->scratch, outer, off, n);
	return rc == 0 ? map_built(r, &r->scratch, run) : rc;
}
