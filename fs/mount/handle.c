/* Open files of one mount: who opened what, and what it was given. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "fs/mount/handle.h"

#include "base/mem.h"
#include "fs/desk/shown.h"

void handle_init(struct handle_list *l)
{
	*l = (struct handle_list){.first = NULL};
	pthread_mutex_init(&l->lock, NULL);
}

void handle_done(struct handle_list *l)
{
	pthread_mutex_destroy(&l->lock);
}

struct handle *handle_new(struct handle_list *l, uint64_t ino,
			  struct shown *shown, struct bytes text)
{
	struct handle *h = mem_new(1, sizeof(*h));

	if (h == NULL)
		return NULL;
	h->ino = ino;
	h->shown = shown;
	h->text = text;
	pthread_mutex_lock(&l->lock);
	h->next = l->first;
	if (h->next != NULL)
		h->next->prev = h;
	l->first = h;
	l->count++;
	pthread_mutex_unlock(&l->lock);
	return h;
}

void handle_free(struct handle_list *l, struct handle *h)
{
	pthread_mutex_lock(&l->lock);
	if (h->prev != NULL)
		h->prev->next = h->next;
	else
		l->first = h->next;
	if (h->next != NULL)
		h->next->prev = h->prev;
	l->count--;
	pthread_mutex_unlock(&l->lock);
	shown_close(h->shown);
	mem_free(h);
}

struct handle *handle_any(struct handle_list *l)
{
	struct handle *h;

	pthread_mutex_lock(&l->lock);
	h = l->first;
	pthread_mutex_unlock(&l->lock);
	return h;
}

int handle_inodes(struct handle_list *l, struct buf *b)
{
	int r = 0;

	pthread_mutex_lock(&l->lock);
	for (struct handle *h = l->first; r == 0 && h != NULL; h = h->next)
		r = buf_put(b, &h->ino, sizeof(h->ino));
	pthread_mutex_unlock(&l->lock);
	return r;
}
