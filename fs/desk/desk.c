/* One annotator's visible tree: opened once, then immutable. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "fs/desk/desk.h"

#include <errno.h>

#include "base/hash.h"
#include "base/mem.h"
#include "fs/desk/desk_in.h"
#include "fs/desk/exclude.h"
#include "fs/desk/measure.h"
#include "fs/desk/node.h"
#include "fs/desk/refer.h"
#include "fs/desk/roster.h"
#include "fs/desk/sizes.h"

/*
 * Opening goes from what is certain to what is shown:
 *
 *   data sets  pinned by name and version, their terms checked
 *   objects    those a rule shows; the rest is never opened
 *   sizes      every object's view index, from sealed cells or measured now:
 *              so st_size is right before the first read, and an object of
 *              which no record is visible is known to be absent
 *   nodes      names, order and inode numbers, from visible objects alone
 *   sizes      once more, of those that show where others are seen (refer.c)
 *
 * After that nothing changes but who has which object open and which blocks
 * lie in the bounded cache; both have locks of their own.
 *
 * An inode number is a keyed base plus the node's place. The base comes from
 * the project, the pinned versions and the annotator, so numbers of two
 * projects cannot be joined, and places count visible nodes only.
 */

static int project_keys(struct desk *d, struct err *e)
{
	const char *project = policy_project(d->subject->policy);
	int rc = store_project_key(d->store, project, "standin",
				   &d->standin_key, e);

	if (rc == 0)
		rc = store_project_key(d->store, project, "assign",
				       &d->assign_key, e);
	if (rc == 0)
		rc = store_project_key(d->store, project, "inode",
				       &d->inode_key, e);
	return rc == 0 ? policy_seat(d->subject, d->assign_key, &d->seat, e)
		       : rc;
}

static int number_inodes(struct desk *d)
{
	struct buf CLEANUP(buf_free) b = {0};
	int rc = desk_pins(d, &b);

	if (rc == 0)
		rc = buf_putc(&b, 0);
	if (rc == 0)
		rc = buf_puts(&b, d->subject->annotator);
	if (rc == 0)
		rc = buf_putc(&b, 0);
	if (rc == 0 && d->subject->task != NULL)
		rc = buf_puts(&b, d->subject->task);
	/* 2^44 bases, 2^52 at most: exact in a double, far above FUSE's root.
	 */
	d->ino_base = (hash_u64(d->inode_key, buf_bytes(&b)) >> 20) + 4096;
	return rc;
}

static bool all_measured(const struct desk *d)
{
	for (uint32_t i = 0; i < d->nobjects; i++)
		if (!d->objects[i].measured)
			return false;
	return true;
}

static int measure(struct desk *d, struct err *e)
{
	int rc = measure_all(d, e);

	return rc == 0 ? sizes_save(d, e) : rc;
}

/* Ten annotators of one role who come together would measure the same ten
 * times: one does, the others find it kept. */
static int measure_once(struct desk *d, struct err *e)
{
	struct turn turn;
	int rc = sizes_key(d, turn.key);

	if (rc == 0)
		rc = turn_take(shelves_turns(d->shelves), &turn, d->progress);
	if (rc != 0)
		return err_set(e, rc, NULL,
			       "waiting for another session's "
			       "view indexes was ended");
	rc = sizes_load(d, e);
	if (rc == 0 && !all_measured(d))
		rc = measure(d, e);
	turn_give(shelves_turns(d->shelves), &turn);
	return rc;
}

/* Sizes from cells, the rest measured and kept. */
static int know_sizes(struct desk *d, struct err *e)
{
	int rc = sizes_load(d, e);

	if (rc != 0 || all_measured(d))
		return rc;
	if (d->no_cache || d->shelves == NULL)
		return measure(d, e);
	return measure_once(d, e);
}

/* One at a time: it takes twice as much for a moment as what stays. */
static int build_nodes(struct desk *d, struct err *e)
{
	struct turn turn = {.key = "nodes"};
	int rc = 0;

	if (d->shelves != NULL)
		rc = turn_take(shelves_turns(d->shelves), &turn, d->progress);
	if (rc != 0)
		return err_set(e, rc, NULL, "naming the files was ended");
	mem_trim(); /* of what came before */
	rc = node_build(d, seat_names(d->seat), e);
	if (d->shelves != NULL)
		turn_give(shelves_turns(d->shelves), &turn);
	return rc;
}

static int fill(struct desk *d, const struct desk_want *w, struct err *e)
{
	int rc = project_keys(d, e);

	if (rc == 0)
		rc = roster_pin(d, w->pins, w->npins, e);
	if (rc == 0)
		rc = roster_fill(d, e);
	if (rc == 0)
		rc = exclude_load(d, e);
	if (rc == 0)
		rc = know_sizes(d, e);
	if (rc != 0)
		return rc;
	roster_thin(d);
	if (number_inodes(d) != 0)
		return err_nomem(e);
	rc = build_nodes(d, e);
	if (rc == 0 && refer_open(d) != 0)
		rc = err_nomem(e);
	if (rc == 0 && d->places != NULL)
		rc = know_sizes(d, e);
	d->progress = NULL; /* the caller's, for the call only */
	return rc;
}

int desk_open(const struct desk_want *w, struct desk **out, struct err *e)
{
	struct desk *CLEANUP(desk_closep) d = mem_new(1, sizeof(*d));
	int rc;

	*out = NULL;
	if (d == NULL)
		return err_nomem(e);
	d->store = w->store;
	d->shelves = w->shelves;
	d->subject = w->subject;
	d->children = w->children;
	d->progress = w->progress;
	d->now = w->now;
	d->jobs = w->jobs;
	d->no_cache = w->no_cache;
	pthread_mutex_init(&d->lock, NULL);
	blocks_init(&d->blocks, 0);
	d->arena = arena_new();
	if (d->arena == NULL)
		return err_nomem(e);
	rc = fill(d, w, e);
	if (rc == 0)
		*out = STEAL(d);
	return rc;
}

void desk_close(struct desk *d)
{
	if (d == NULL)
		return;
	shown_forget(d);
	refer_close(d);
	roster_free(d);
	policy_seat_free(d->seat);
	key_free(d->standin_key);
	key_free(d->assign_key);
	key_free(d->inode_key);
	mem_free(d->nodes);
	mem_free(d->exclusions);
	blocks_done(&d->blocks);
	pthread_mutex_destroy(&d->lock);
	arena_free(d->arena);
	mem_free(d);
}

/* ---- what a view depends on ---- */

void desk_standin_of(const struct desk *d, struct bytes object,
		     struct standin *s)
{
	*s = (struct standin){
		.key = d->standin_key,
		.project = bytes_str(policy_project(d->subject->policy)),
		.task = bytes_str(d->subject->task),
		.annotator = bytes_str(d->subject->annotator),
		.object = object,
		.exclusions = d->exclusions,
		.nexclusions = d->nexclusions};
}

int desk_standin(const struct desk *d, const struct desk_object *o,
		 struct buf *path, struct standin *s)
{
	int rc = buf_puts(path, d->sets[o->set].name);

	if (rc == 0)
		rc = buf_putc(path, '/');
	if (rc == 0)
		rc = buf_putb(path, shelf_path(o->of));
	desk_standin_of(d, buf_bytes(path), s);
	if (o->refers) {
		s->file = refer_file;
		s->files = &d->sets[o->set];
	}
	return rc;
}

static int add_seat(const struct desk *d, const struct desk_object *o,
		    struct hasher *h)
{
	struct arena *CLEANUP(arena_freep) a = arena_new();
	struct index_summary summary;
	const struct candidate c = {.dataset = d->sets[o->set].name,
				    .path = shelf_path(o->of),
				    .summary = &summary};
	uint8_t digest[HASH_LEN];
	int rc = a == NULL ? -ENOMEM
			   : index_summary_get(shelf_summary(o->of), a,
					       &summary, NULL);

	if (rc != 0)
		return rc;
	seat_digest(d->seat, &c, digest);
	hasher_add(h, bytes_of(digest, sizeof(digest)));
	return 0;
}

static int add_decision(const struct desk_object *o, struct hasher *h)
{
	struct buf CLEANUP(buf_free) b = {0};
	int rc = decision_put(&b, o->decision);

	hasher_field(h, buf_bytes(&b));
	return rc;
}

int desk_digest(const struct desk *d, const struct desk_object *o,
		struct hasher *h)
{
	struct buf CLEANUP(buf_free) path = {0};
	struct standin s = {0};
	uint8_t key_id[HASH_LEN];
	int rc = desk_standin(d, o, &path, &s);

	hash_blake2b(key_id, s.key, bytes_str("key id"));
	hasher_field(h, bytes_str(VIEW_RENDERER));
	hasher_field(h, bytes_of(o->of->id, sizeof(o->of->id)));
	hasher_u64(h, o->of->version);
	hasher_u64(h, o->of->spanset);
	hasher_add(h, bytes_of(key_id, sizeof(key_id)));
	hasher_field(h, s.project);
	hasher_field(h, decision_uses(o->decision, SCOPE_TASK)
				? s.task
				: (struct bytes){0});
	hasher_field(h, decision_uses(o->decision, SCOPE_ANNOTATOR)
				? s.annotator
				: (struct bytes){0});
	hasher_field(h, s.object);
	hasher_add(h, bytes_of(d->exclusions_digest,
			       sizeof(d->exclusions_digest)));
	if (o->refers)
		refer_digest(d, h);
	if (rc == 0)
		rc = add_seat(d, o, h);
	return rc == 0 ? add_decision(o, h) : rc;
}
