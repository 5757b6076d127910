/* Why something is shown, or not, and how: for the owner. */
/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>

#include "fs/desk/cues.h"
#include "fs/desk/lens.h"
#include "fs/desk/preview.h"
#include "fs/desk/swaps.h"

/*
 * Explaining asks the same seat and the same decisions that rendering asks,
 * also for objects the desk does not have: then the store's entry is made into
 * an object that only this call knows.
 */
struct telling {
	struct desk *desk;
	struct json_out *out;
	const struct lens *lens;
	bool open; /* a record's JSON object and its list of spans */
	uint32_t rule_line;
	struct recognizers *rec; /* that know words of context */
};

static const char *denial_words(uint8_t denied)
{
	static const char *const words[] = {
		[DENIAL_NONE] = "",
		[DENIAL_FORMAT] = "denied: its format is not known",
		[DENIAL_MALFORMED] = "denied: malformed",
		[DENIAL_UNDETECTED] =
			"denied: not searched for sensitive values",
		[DENIAL_LIMIT] = "denied: too large, too deep or too slow",
	};

	return denied < ARRAY_LEN(words) ? words[denied] : "denied";
}

static void put_text(struct json_out *o, const char *key, const char *value)
{
	json_key(o, key);
	json_cstr(o, value);
}

static void put_number(struct json_out *o, const char *key, uint64_t value)
{
	json_key(o, key);
	json_uint(o, value);
}

/* The whole object in one line: nothing of it is shown. */
static int put_hidden(struct json_out *o, const char *why, struct bytes reason,
		      uint32_t line)
{
	json_obj(o);
	json_key(o, "record");
	json_null(o);
	json_key(o, "visible");
	json_bool(o, false);
	put_text(o, "why", why);
	if (reason.n > 0) {
		json_key(o, "reason");
		json_str(o, reason);
	}
	if (line != 0)
		put_number(o, "line", line);
	json_obj_end(o);
	return o->err;
}

/* ---- spans ---- */

/* A value as it was found, by the names of its type and rule. */
struct finding {
	uint64_t start, end;
	struct bytes type, rule;
	struct circumstance place;
	uint16_t esc;
	uint64_t data;		 /* of a recording: where its samples begin */
	const struct wave *wave; /* and what they are; NULL: of a text */
};

/* When it is heard, and what stands there instead. */
static void put_sound(struct json_out *o, const struct decision *d,
		      const struct finding *f)
{
	size_t frame = wave_frame(f->wave);
	uint64_t from = (f->start - f->data) / frame;
	uint64_t to = (f->end - f->data) / frame;

	put_number(o, "from_ms", wave_micros(f->wave, from) / 1000);
	put_number(o, "to_ms", (wave_micros(f->wave, to) + 999) / 1000);
	if (f->esc != ESC_AUDIO)
		put_number(o, "channel", f->esc & ESC_CHANNEL);
	put_text(o, "fill", fill_name(decision_fill(d, f->type, &f->place)));
}

static int put_finding(struct json_out *o, const struct decision *d,
		       const struct finding *f)
{
	struct buf CLEANUP(buf_free) words = {0};
	const struct transform *how = decision_for(d, f->type, &f->place);
	int rc = policy_transform_words(how, &words);

	json_obj(o);
	put_number(o, "start", f->start);
	put_number(o, "end", f->end);
	if (f->wave != NULL)
		put_sound(o, d, f);
	json_key(o, "type");
	json_str(o, f->type);
	json_key(o, "rule");
	json_str(o, f->rule);
	put_number(o, "score", f->place.score);
	if (f->place.speaker.n > 0) {
		json_key(o, "speaker");
		json_str(o, f->place.speaker);
	}
	put_text(o, "action", action_name(how->action));
	json_key(o, "how");
	json_str(o, buf_bytes(&words));
	json_key(o, "line");
	if (how->line != 0)
		json_uint(o, how->line);
	else
		json_null(o); /* the built-in default */
	return rc;
}

static struct bytes name_at(const struct bytes *table, uint32_t n, uint32_t i)
{
	return i < n ? table[i] : (struct bytes){0};
}

static int put_span(struct telling *t, const struct span *s,
		    const struct record *r)
{
	const struct index_head *h = &t->lens->head;
	const struct finding f = {
		.start = s->start,
		.end = s->end,
		.type = name_at(h->types, h->ntypes, s->type),
		.rule = name_at(h->rules, h->nrules, s->rule),
		.place = {.score = s->score,
			  .speaker = s->speaker == 0 ? (struct bytes){0}
						     : name_at(h->speakers,
							       h->nspeakers,
							       s->speaker - 1u),
			  .task = bytes_str(t->desk->subject->task)},
		.esc = s->esc,
		.data = h->body,
		.wave = h->format == FORMAT_WAV ? &h->wave : NULL};
	int rc = put_finding(t->out, t->lens->of->decision, &f);

	if (rc == 0 && f.wave == NULL)
		rc = cues_put(t->out, t->rec, t->lens, s, r);
	json_obj_end(t->out);
	return rc;
}

/* ---- records ---- */

static void close_record(struct telling *t)
{
	if (!t->open)
		return;
	json_arr_end(t->out);
	json_obj_end(t->out);
	t->open = false;
}

static void open_record(struct telling *t, const struct record *r, bool visible)
{
	const char *why = visible ? "shown by the see rule of this line"
				  : "the see rule of this line does not hold "
				    "for it: attributes, task or assignment";

	if (r->denied != DENIAL_NONE)
		why = denial_words(r->denied);
	json_key(t->out, "record");
	json_str(t->out, r->id);
	put_number(t->out, "number", r->number);
	json_key(t->out, "visible");
	json_bool(t->out, visible);
	put_text(t->out, "why", why);
	put_number(t->out, "line", t->rule_line);
	json_key(t->out, "spans");
	json_arr(t->out);
	t->open = true;
}

/* Spans that begin in this block and record; *at moves over them. */
static int put_spans(struct telling *t, const struct lens_block *b,
		     const struct record *r, uint64_t lo, uint32_t *at)
{
	const struct index_block *k = &b->block;
	int rc = 0;

	/* With exchanged fields, spans of other blocks are at hand, too. */
	for (; rc == 0 && *at < k->nspans && k->spans[*at].start < r->end &&
	       k->spans[*at].start < lo + INDEX_BLOCK;
	     ++*at)
		if (k->spans[*at].start >= lo &&
		    k->spans[*at].start - lo < INDEX_BLOCK &&
		    k->spans[*at].start >= r->start)
			rc = put_span(t, &k->spans[*at], r);
	return rc;
}

static int tell_record(struct telling *t, const struct lens_block *b,
		       uint32_t i)
{
	const struct record *r = &b->block.records[i];
	bool any;
	int rc = 0;

	close_record(t);
	json_obj(t->out);
	if (b->in.visible[i] && b->in.nplaces > 0)
		rc = swaps_put(t->out, &b->in, r, &any);
	open_record(t, r, b->in.visible[i]);
	return rc;
}

static int tell_block(struct telling *t, uint32_t nr, struct err *e)
{
	CLEANUP(lens_block_free) struct lens_block b = {0};
	uint64_t lo = (uint64_t)nr * INDEX_BLOCK;
	uint32_t at = 0;
	int rc = lens_block(t->lens, nr, 0, &b, e);

	for (uint32_t i = 0; rc == 0 && i < b.block.nrecords; i++) {
		const struct record *r = &b.block.records[i];

		if (r->sep >= lo)
			rc = tell_record(t, &b, i);
		if (rc == 0 && t->open)
			rc = put_spans(t, &b, r, lo, &at);
	}
	return rc;
}

/* ---- objects ---- */

static int tell_shown(struct telling *t, const struct desk_object *o,
		      struct err *e)
{
	CLEANUP(lens_close) struct lens l = {0};
	int rc = lens_open(t->desk, o, &l, e);

	if (rc == -ENOKEY)
		return put_hidden(t->out, "erased", (struct bytes){0}, 0);
	if (rc == -EACCES)
		return put_hidden(t->out,
				  "its fields could not be found, so nothing "
				  "of it is shown",
				  (struct bytes){0}, t->rule_line);
	t->lens = &l;
	for (uint32_t nr = 0; rc == 0 && nr < l.head.nblocks; nr++)
		rc = tell_block(t, nr, e);
	close_record(t);
	return rc == 0 ? t->out->err : rc;
}

static void close_object(struct store_object **o)
{
	store_object_close(*o);
}

/* A denied object's head has the words for the owner. */
static int tell_denied(struct telling *t, const struct desk_object *o,
		       uint8_t denied, struct err *e)
{
	CLEANUP(close_object) struct store_object *object = NULL;
	struct arena *CLEANUP(arena_freep) a = arena_new();
	struct buf CLEANUP(buf_free) blob = {0};
	struct index_head h = {0};
	int rc = a == NULL ? -ENOMEM
			   : store_object_open(t->desk->store, o->of->id,
					       o->of->version, o->of->spanset,
					       &object, e);

	if (rc == 0)
		rc = store_object_blob(object, 0, &blob);
	if (rc == 0)
		rc = index_head_get(buf_bytes(&blob), a, &h, e);
	return rc == 0 ? put_hidden(t->out, denial_words(denied), h.reason, 0)
		       : rc;
}

static int tell(struct telling *t, struct desk_object *o, struct err *e)
{
	struct arena *CLEANUP(arena_freep) a = arena_new();
	struct index_summary summary;
	struct candidate c = {.dataset = t->desk->sets[o->set].name,
			      .path = shelf_path(o->of),
			      .summary = &summary};
	enum seen seen;
	int rc = a == NULL ? -ENOMEM
			   : index_summary_get(shelf_summary(o->of), a,
					       &summary, e);

	if (rc != 0)
		return rc;
	if (summary.denied != DENIAL_NONE)
		return tell_denied(t, o, summary.denied, e);
	t->rule_line = policy_rule_line(t->desk->seat, &c);
	seen = seat_object(t->desk->seat, &c);
	if (seen == SEEN_NOTHING)
		return put_hidden(t->out,
				  summary.format == FORMAT_IMAGE
					  ? seat_why(t->desk->seat, &c, NULL)
				  : t->rule_line == 0
					  ? "no see rule shows it: not named, "
					    "its attributes do not match, or "
					    "it is not of this task"
					  : "not dealt to this annotator",
				  (struct bytes){0}, t->rule_line);
	o->decision = seat_decision(t->desk->seat, &c);
	o->whole = seen == SEEN_WHOLE;
	return tell_shown(t, o, e);
}

/* ---- finding the object, visible or not ---- */

struct search {
	struct bytes path;
	struct arena *arena;
	struct shelf_object *out;
	bool found;
};

static int look(void *ctx, const struct store_entry *s)
{
	struct search *f = ctx;
	struct shelf_object *o = f->out;
	struct shelf_room r = {.arena = f->arena};
	struct index_summary summary;
	int rc;

	if (!bytes_eq(s->path, f->path))
		return 0;
	rc = index_summary_get(s->summary, f->arena, &summary, NULL);
	if (rc != 0)
		return rc;
	f->found = true;
	return shelf_object_set(o, &r, bytes_str(""), s, &summary);
}

static int find_stored(const struct desk *d, struct bytes path, struct arena *a,
		       struct desk_object *out, struct err *e)
{
	struct shelf_object *of = arena_array(a, 1, sizeof(*of));
	struct search f = {.arena = a, .out = of};
	int rc = of == NULL ? err_nomem(e) : 0;

	*out = (struct desk_object){.of = of};
	for (uint32_t i = 0; rc == 0 && !f.found && i < d->nsets; i++) {
		size_t n = strlen(d->sets[i].name);

		if (path.n <= n || path.p[n] != '/' ||
		    memcmp(path.p, d->sets[i].name, n) != 0)
			continue;
		f.path = bytes_sub(path, n + 1, path.n);
		out->set = i;
		rc = store_entries(d->store, &d->sets[i].info, look, &f);
	}
	if (rc == 0 && !f.found)
		return err_set(e, -ENOENT, NULL,
			       "\"%.*s\" is neither a path of the view nor a "
			       "stored one (DATASET/PATH)",
			       (int)(path.n < 200 ? path.n : 200),
			       (const char *)path.p);
	return rc;
}

static int find_either(struct desk *d, struct bytes path, struct arena *a,
		       struct desk_object *out, struct err *e)
{
	const struct desk_object *seen = desk_object(d, desk_walk(d, path));

	if (a == NULL)
		return err_nomem(e);
	if (seen == NULL)
		return find_stored(d, path, a, out, e);
	*out = *seen;
	return 0;
}

int explain_write(struct desk *d, struct bytes path, struct json_out *o,
		  struct err *e)
{
	struct telling t = {.desk = d, .out = o};
	struct arena *CLEANUP(arena_freep) a = arena_new();
	struct desk_object found;
	int rc = find_either(d, path, a, &found, e);

	if (rc == 0)
		rc = recognizers_new(NULL, &t.rec, e);
	if (rc == 0)
		rc = tell(&t, &found, e);
	recognizers_free(t.rec);
	return rc;
}

int explain_names(struct desk *d, struct bytes path, struct json_out *o,
		  struct err *e)
{
	struct arena *CLEANUP(arena_freep) a = arena_new();
	struct desk_object found;
	struct index_summary s = {0};
	struct candidate c = {.summary = &s};
	struct bytes task = bytes_str(d->subject->task);
	int rc = find_either(d, path, a, &found, e);

	if (rc == 0)
		rc = index_summary_get(shelf_summary(found.of), a, &s, e);
	if (rc != 0)
		return rc;
	c.dataset = d->sets[found.set].name;
	c.path = shelf_path(found.of);
	for (uint32_t i = 0; rc == 0 && i < s.nnames; i++) {
		const struct name_span *n = &s.names[i];
		const struct finding f = {
			.start = n->start,
			.end = n->end,
			.type = n->type,
			.rule = n->rule,
			.place = {.score = n->score, .task = task}};

		rc = put_finding(o, seat_decision(d->seat, &c), &f);
		json_obj_end(o);
	}
	return rc == 0 ? o->err : err_set(e, rc, NULL, "cannot explain");
}
