/* carrel policy diff: who gains or loses what from one policy to another. */
/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <inttypes.h>

#include "fs/desk/compare.h"
#include "policy/diff.h"
#include "tools/commands.h"
#include "tools/desk.h"

/* Both answers in one walk over the seats: rules compared, and, with a store at
 * hand, the objects and records that would be seen. */
struct diffing {
	const struct cli *c;
	struct open *old, *new;	 /* the store is the old one's */
	struct json_out changes; /* entries of both answers */
	const char *annotator, *task;
	uint64_t n;
	struct err *e;
};

static void put_word(struct json_out *j, const char *key, const char *word)
{
	json_key(j, key);
	if (word != NULL)
		json_cstr(j, word);
	else
		json_null(j);
}

static void put_words(struct json_out *j, const char *key, struct bytes words)
{
	json_key(j, key);
	json_str(j, words);
}

static void put_count(struct json_out *j, const char *key, uint64_t n)
{
	json_key(j, key);
	json_uint(j, n);
}

/* "alice, task batch-07: " */
static void print_seat(const struct diffing *d)
{
	cli_name(d->c, bytes_str(d->annotator));
	if (d->task != NULL) {
		fputs(", task ", d->c->out);
		cli_name(d->c, bytes_str(d->task));
	}
	fputs(": ", d->c->out);
}

static int tell_line(void *ctx, const struct diff_line *l)
{
	struct diffing *d = ctx;
	struct json_out *j = &d->changes;

	d->n++;
	json_obj(j);
	put_word(j, "annotator", d->annotator);
	put_word(j, "task", d->task);
	put_word(j, "change", diff_way_name(l->way));
	put_word(j, "what", l->what);
	put_words(j, "before", l->before);
	put_words(j, "after", l->after);
	json_obj_end(j);
	if (d->c->json)
		return j->err;
	print_seat(d);
	fprintf(d->c->out, "%s %s: ", diff_way_name(l->way), l->what);
	cli_name(d->c, l->before.n > 0 ? l->before : bytes_str("nothing"));
	fputs(" -> ", d->c->out);
	cli_name(d->c, l->after.n > 0 ? l->after : bytes_str("nothing"));
	fputc('\n', d->c->out);
	return j->err;
}

static int tell_delta(void *ctx, const struct desk_delta *x)
{
	struct diffing *d = ctx;
	struct json_out *j = &d->changes;

	d->n++;
	json_obj(j);
	put_word(j, "annotator", d->annotator);
	put_word(j, "task", d->task);
	put_word(j, "change", "data");
	put_word(j, "what", x->dataset);
	put_count(j, "objects_gained", x->objects_gained);
	put_count(j, "objects_lost", x->objects_lost);
	put_count(j, "records_gained", x->records_gained);
	put_count(j, "records_lost", x->records_lost);
	json_obj_end(j);
	if (d->c->json)
		return j->err;
	print_seat(d);
	fprintf(d->c->out,
		"%s: gains %" PRIu64 " objects, %" PRIu64 " records; loses "
		"%" PRIu64 " objects, %" PRIu64 " records\n",
		x->dataset, x->objects_gained, x->records_gained,
		x->objects_lost, x->records_lost);
	return j->err;
}

/* NULL where the policy gives the seat nothing. s outlives the desk. */
static int open_side(struct diffing *d, struct open *o, struct subject *s,
		     struct tool_desk *t, struct desk **out)
{
	int r = policy_subject(o->policy, d->annotator, d->task, open_now(), s,
			       d->e);

	if (r == 0)
		r = tool_desk_open(d->old, s, NULL, t, out, d->e);
	if (r == -EACCES || r == -ENOENT) {
		*d->e = (struct err){0};
		return 0;
	}
	return r;
}

static int compare_data(struct diffing *d)
{
	struct tool_desk x CLEANUP(tool_desk_close) = {0};
	struct tool_desk y CLEANUP(tool_desk_close) = {0};
	struct desk *old CLEANUP(desk_closep) = NULL;
	struct desk *new CLEANUP(desk_closep) = NULL;
	struct subject was, is;
	int r = open_side(d, d->old, &was, &x, &old);

	if (r == 0)
		r = open_side(d, d->new, &is, &y, &new);
	return r == 0 ? desk_compare(old, new, tell_delta, d) : r;
}

static int compare_seat(void *ctx, const char *annotator, const char *task)
{
	struct diffing *d = ctx;
	int r;

	d->annotator = annotator;
	d->task = task;
	r = diff_seat(d->old->policy, d->new->policy, annotator, task,
		      tell_line, d);
	return r == 0 && d->old->store != NULL ? compare_data(d) : r;
}

/* Stand-ins of two projects have nothing in common. */
static int same_project(const struct open *a, const struct open *b,
			struct err *e)
{
	const char *x = policy_project(a->policy);
	const char *y = policy_project(b->policy);

	if (strcmp(x, y) == 0)
		return 0;
	return err_set(e, -EINVAL, "",
		       "these are policies of two projects, \"%s\" and "
		       "\"%s\"; nothing of one is seen in the other",
		       x, y);
}

static int compare(struct diffing *d)
{
	const struct cli *c = d->c;
	int r = open_policy(c->args[0], d->old, d->e);

	if (r == 0)
		r = open_policy(c->args[1], d->new, d->e);
	if (r == 0)
		r = same_project(d->old, d->new, d->e);
	if (r == 0 && open_dir(c) != NULL)
		r = open_store(c, d->old, d->e);
	if (r == 0)
		r = diff_seats(d->old->policy, d->new->policy, cli_get(c, "as"),
			       compare_seat, d);
	if (r == -ENOENT && d->e->code == 0)
		return err_set(d->e, r, "", "no annotator \"%s\" in either",
			       cli_get(c, "as"));
	return r != 0 && d->e->code == 0
		       ? err_set(d->e, r, "", "cannot compare")
		       : r;
}

int cmd_policy_diff(struct cli *c)
{
	struct open old CLEANUP(open_close) = {0};
	struct open new CLEANUP(open_close) = {0};
	struct buf b CLEANUP(buf_free) = {0};
	struct err e = {0};
	struct diffing d = {.c = c, .old = &old, .new = &new, .e = &e};
	int r;

	cli_json(&d.changes, &b);
	json_key(&d.changes, "changes");
	json_arr(&d.changes);
	r = compare(&d);
	if (r != 0)
		return cli_fail(c, &e);
	json_arr_end(&d.changes);
	json_key(&d.changes, "same");
	json_bool(&d.changes, d.n == 0);
	if (c->json)
		r = cli_json_end(c, &d.changes, &b);
	return r != 0 ? r : d.n != 0;
}
