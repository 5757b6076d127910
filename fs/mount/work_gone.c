/* Nodes that lose their name: what of them stays, and where. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "fs/mount/work_in.h"

/* The folder's times after its listing changed. */
void work_node_listed(struct work *w, struct work_node *dir)
{
	dir->mtime = dir->ctime = work_now();
	work_node_changed(w, dir);
}

/*
 * A node that loses its name loses its row with the next commit. The rows of
 * its map stay while somebody holds it, written like those of others, and go
 * with the node; where a crash comes first, they are rows of no node, which
 * loading deletes. So an open file needs no memory for being unlinked, and
 * nobody finds it again.
 */
int work_gone_prepare(struct work *w, struct work_node *n)
{
	return n->stored ? work_gone_add(w, true, n->id) : 0;
}

void work_gone_make(struct work *w, struct work_node *n)
{
	struct work_node *dir = n->parent;

	if (n->stored)
		work_row_forget(w, true, n->id, n->stamp);
	n->stored = false;
	if (n->is_row)
		TAILQ_REMOVE(&w->node_rows, n, row);
	n->is_row = false;
	n->gone = true;
	n->ctime = work_now();
	work_node_unlink(w, n);
	work_node_listed(w, dir);
	work_node_drop(w, n);
}
