/* The visible tree: from objects with stored paths to nodes with numbers. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "fs/desk/node.h"

#include <errno.h>
#include <stdlib.h>

#include "base/mem.h"
#include "fs/desk/label.h"

/*
 * Three steps. First the twigs: one per file and per folder that holds a
 * visible file, in stored order, found by walking the sorted paths with the
 * chain of folders that is open; a folder exists only because something
 * visible is in it, so an empty or hidden one leaves no trace. Then each twig
 * gets its visible name from what is visible alone (its rank among visible
 * siblings, a pseudonym of its group), or its stored name without the values
 * in it; those of a folder come from all objects below it, see folders.c. Last,
 * breadth first, each folder's twigs are sorted by visible name and become
 * nodes: the place in the array is the order of names, of inodes and of listing
 * in one.
 *
 * Twigs of one parent are chained by `next`, so memory is one array; it is gone
 * when the nodes stand. There may be a million: what only a folder has lies
 * elsewhere, and paths are those of the files.
 */
#define NONE UINT32_MAX
#define RANKS 0x1fffffffu /* at most so many twigs */
#define SUFFIXES 2	  /* of the group, then of the file */

struct twig {
	const uint8_t *name;
	uint32_t nname, nstored; /* stored name: the path's end */
	uint32_t parent, next;	 /* chain of siblings, in stored order */
	uint32_t ref;		 /* an object, or a folder's branch */
	uint32_t rank : 29;
	uint32_t collides : 2; /* 0: not; else which suffix it has */
	uint32_t folder : 1;
};

struct branch {
	uint32_t below;		 /* an object: the folder's first one */
	uint32_t npath;		 /* of its path: so much is the folder's */
	uint32_t child, last;	 /* chain of children */
	uint32_t files, folders; /* children so far: ranks */
};

struct growth {
	struct desk *desk;
	enum names mode;
	struct twig *twigs;
	uint32_t n, cap;
	struct branch *branches;
	uint32_t nbranches, branches_cap;
	uint32_t open[64]; /* chain of open folders; 0 is the root */
	unsigned depth;
};

static void growth_free(struct growth *g)
{
	mem_free(g->twigs);
	mem_free(g->branches);
}

/* Room for one more; NULL without memory. */
static void *room(void *v, uint32_t n, uint32_t *cap, size_t size)
{
	uint32_t more = *cap == 0 ? 256 : *cap + *cap / 2;

	if (n < *cap)
		return v;
	v = mem_grow(v, more, size);
	if (v != NULL)
		*cap = more;
	return v;
}

static const struct desk_object *below(const struct growth *g,
				       const struct twig *t)
{
	return &g->desk->objects[t->folder ? g->branches[t->ref].below
					   : t->ref];
}

static size_t set_of(const struct growth *g, const struct desk_object *o)
{
	return strlen(g->desk->sets[o->set].name);
}

static struct bytes path_of(const struct growth *g, const struct twig *t)
{
	const struct desk_object *o = below(g, t);
	struct bytes full = shelf_full(o->of, set_of(g, o));

	return t->folder ? bytes_sub(full, 0, g->branches[t->ref].npath) : full;
}

static struct bytes name_of(const struct twig *t)
{
	return bytes_of(t->name, t->nname);
}

static int add_branch(struct growth *g, uint32_t first, size_t npath,
		      uint32_t *ref)
{
	struct branch *b =
		room(g->branches, g->nbranches, &g->branches_cap, sizeof(*b));

	if (b == NULL)
		return -ENOMEM;
	g->branches = b;
	b[g->nbranches] = (struct branch){.below = first,
					  .npath = (uint32_t)npath,
					  .child = NONE,
					  .last = NONE};
	*ref = g->nbranches++;
	return 0;
}

/* A new twig at the end of its parent's chain. */
static int add(struct growth *g, uint32_t parent, const struct twig *t)
{
	struct twig *v = room(g->twigs, g->n, &g->cap, sizeof(*v));
	struct branch *b;

	if (v == NULL)
		return -ENOMEM;
	g->twigs = v;
	v[g->n] = *t;
	v[g->n].parent = parent;
	v[g->n].next = NONE;
	if (g->n > 0) {
		b = &g->branches[v[parent].ref];
		v[g->n].rank = (t->folder ? ++b->folders : ++b->files) & RANKS;
		if (b->child == NONE)
			b->child = g->n;
		else
			v[b->last].next = g->n;
		b->last = g->n;
	}
	g->n++;
	return 0;
}

/* How many open folders hold the path, too. */
static unsigned common(const struct growth *g, struct bytes path)
{
	unsigned k = 0;

	while (k < g->depth) {
		struct bytes f = path_of(g, &g->twigs[g->open[k + 1]]);

		if (path.n <= f.n || memcmp(path.p, f.p, f.n) != 0 ||
		    path.p[f.n] != '/')
			break;
		k++;
	}
	return k;
}

static int add_object(struct growth *g, uint32_t nr)
{
	const struct desk_object *o = &g->desk->objects[nr];
	struct bytes path = shelf_full(o->of, set_of(g, o));
	size_t at = 0;
	int rc = 0;

	g->depth = common(g, path);
	if (g->depth > 0)
		at = path_of(g, &g->twigs[g->open[g->depth]]).n + 1;
	for (;;) {
		const uint8_t *slash = memchr(path.p + at, '/', path.n - at);
		size_t end = slash == NULL ? path.n : (size_t)(slash - path.p);
		struct twig t = {.nstored = (uint32_t)(end - at),
				 .folder = slash != NULL,
				 .ref = nr};

		if (t.folder)
			rc = add_branch(g, nr, end, &t.ref);
		if (rc == 0)
			rc = add(g, g->open[g->depth], &t);
		if (rc != 0 || slash == NULL)
			return rc;
		if (++g->depth >= ARRAY_LEN(g->open))
			return -ENAMETOOLONG;
		g->open[g->depth] = g->n - 1;
		at = end + 1;
	}
}

/* ---- names ---- */

/* What is known of a file's name, and its group. */
static int file_label(const struct desk_object *o, struct arena *scratch,
		      struct label_in *in)
{
	struct index_summary s;
	int rc;

	arena_reset(scratch);
	rc = index_summary_get(shelf_summary(o->of), scratch, &s, NULL);
	in->group = s.group;
	in->searched = s.named;
	in->stored.spans = s.names;
	in->stored.nspans = s.nnames;
	return rc;
}

/* All objects below a folder are of one role: their decisions differ only in
 * the fields they take out, so the first one's holds for the name. */
static int name_twig(struct growth *g, struct twig *t, struct arena *scratch)
{
	const struct desk_object *o = below(g, t);
	size_t set = set_of(g, o) + 1;
	struct bytes path = path_of(g, t);
	struct bytes name = bytes_sub(path, path.n - t->nstored, t->nstored);
	struct standin standin;
	struct label_in in = {.mode = g->mode,
			      .standin = &standin,
			      .path = path,
			      .rank = t->rank,
			      .folder = t->folder,
			      .collides = t->collides,
			      .stored = {.name = name,
					 .decision = o->decision,
					 .standin = &standin}};
	int rc = 0;

	t->name = name.p;
	t->nname = t->nstored;
	if (t->parent == 0) /* a data set keeps its name: policies say it */
		return 0;
	desk_standin_of(g->desk, path, &standin);
	in.stored.at = path.n - t->nstored - set;
	if (in.folder)
		in.searched = folders_find(g->desk->sets[o->set].shelf->folders,
					   bytes_sub(path, set, path.n),
					   &in.stored.spans, &in.stored.nspans);
	else
		rc = file_label(o, scratch, &in);
	if (rc == 0)
		rc = label_make(&in, g->desk->arena, &name);
	t->name = name.p;
	t->nname = (uint32_t)name.n;
	return rc;
}

static int name_all(struct growth *g)
{
	struct arena *CLEANUP(arena_freep) scratch = arena_new();
	int rc = scratch == NULL ? -ENOMEM : 0;

	for (uint32_t i = 1; rc == 0 && i < g->n; i++)
		rc = name_twig(g, &g->twigs[i], scratch);
	return rc;
}

/* ---- nodes ---- */

static int cmp_twig(const void *a, const void *b, void *ctx)
{
	const struct twig *t = ctx;

	return bytes_cmp(name_of(&t[*(const uint32_t *)a]),
			 name_of(&t[*(const uint32_t *)b]));
}

static struct bytes stem_of(struct bytes name)
{
	return bytes_sub(name, 0, name.n - label_ext(name).n);
}

/* A pseudonym is that of a group: where two of it are alike, its other files
 * get their suffix too, so that X.wav goes with X.json and not with
 * X.chat.json. Those of one stem stand together in the order of names. */
static void mark_partners(struct growth *g, const uint32_t *v, uint32_t n)
{
	for (uint32_t i = 0, end; i < n; i = end) {
		struct bytes stem = stem_of(name_of(&g->twigs[v[i]]));
		bool any = false;

		for (end = i;
		     end < n &&
		     bytes_eq(stem_of(name_of(&g->twigs[v[end]])), stem);
		     end++)
			any = any || g->twigs[v[end]].collides == 1;
		for (uint32_t k = i; any && k < end; k++)
			if (!g->twigs[v[k]].folder)
				g->twigs[v[k]].collides = 1;
	}
}

/* Two of one name: both get their suffix, the second time another one. How
 * many there are. */
static unsigned mark_collisions(struct growth *g, const uint32_t *v, uint32_t n,
				unsigned turn)
{
	unsigned marked = 0;

	for (uint32_t i = 1; i < n; i++) {
		struct twig *a = &g->twigs[v[i - 1]], *b = &g->twigs[v[i]];

		if (!bytes_eq(name_of(a), name_of(b)))
			continue;
		marked++;
		a->collides = b->collides = turn & 3;
	}
	if (g->mode == NAMES_PSEUDONYM && turn == 1 && marked > 0)
		mark_partners(g, v, n);
	return marked;
}

static int rename_marked(struct growth *g, const uint32_t *v, uint32_t n,
			 unsigned turn)
{
	struct arena *CLEANUP(arena_freep) scratch = arena_new();
	int rc = scratch == NULL ? -ENOMEM : 0;

	for (uint32_t i = 0; rc == 0 && i < n; i++)
		if (g->twigs[v[i]].collides == turn)
			rc = name_twig(g, &g->twigs[v[i]], scratch);
	return rc;
}

/* Sorted by name, all names different. */
static int sort_children(struct growth *g, uint32_t *v, uint32_t n)
{
	for (unsigned turn = 1; turn <= SUFFIXES; turn++) {
		int rc;

		qsort_r(v, n, sizeof(*v), cmp_twig, g->twigs);
		if (mark_collisions(g, v, n, turn) == 0)
			return 0;
		rc = rename_marked(g, v, n, turn);
		if (rc != 0)
			return rc;
	}
	qsort_r(v, n, sizeof(*v), cmp_twig, g->twigs);
	return mark_collisions(g, v, n, 0) == 0 ? 0 : -EEXIST;
}

static void set_node(struct growth *g, uint32_t nr, uint32_t parent,
		     const struct twig *t)
{
	struct desk *d = g->desk;

	d->nodes[nr] = (struct desk_node){.ino = d->ino_base + nr,
					  .parent = parent,
					  .folder = t->folder,
					  .object = t->folder ? NONE : t->ref,
					  .name = name_of(t)};
}

/* order[nr] is the twig of node nr; a folder's children go on the end. */
static int layout(struct growth *g, uint32_t *order)
{
	struct desk *d = g->desk;
	uint32_t end = 1;
	int rc = 0;

	order[0] = 0;
	set_node(g, 0, 0, &g->twigs[0]);
	for (uint32_t nr = 0; rc == 0 && nr < g->n; nr++) {
		const struct twig *t = &g->twigs[order[nr]];
		uint32_t first = end;
		uint32_t i = t->folder ? g->branches[t->ref].child : NONE;

		for (; i != NONE; i = g->twigs[i].next)
			order[end++] = i;
		rc = sort_children(g, order + first, end - first);
		for (uint32_t k = first; rc == 0 && k < end; k++)
			set_node(g, k, nr, &g->twigs[order[k]]);
		d->nodes[nr].first = first;
		d->nodes[nr].count = (end - first) & DESK_CHILDREN;
	}
	d->nnodes = g->n;
	return rc;
}

static int build(struct growth *g)
{
	uint32_t *CLEANUP(mem_freep) order = NULL;
	struct twig root = {.folder = true};
	int rc = add_branch(g, 0, 0, &root.ref);

	if (rc == 0)
		rc = add(g, 0, &root);
	for (uint32_t i = 0; rc == 0 && i < g->desk->nobjects; i++)
		rc = add_object(g, i);
	if (rc == 0)
		rc = g->n > RANKS ? -EFBIG : name_all(g);
	if (rc != 0)
		return rc;
	order = mem_new(g->n, sizeof(*order));
	g->desk->nodes = mem_new(g->n, sizeof(*g->desk->nodes));
	if (order == NULL || g->desk->nodes == NULL)
		return -ENOMEM;
	return layout(g, order);
}

int node_build(struct desk *d, enum names mode, struct err *e)
{
	CLEANUP(growth_free)
	struct growth g = {.desk = d, .mode = mode};
	int rc = build(&g);

	return rc == 0 ? 0 : err_set(e, rc, NULL, "cannot name the files");
}
