/* A listing of the view as it is being made. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "fs/mount/listing.h"

#include <errno.h>
#include <limits.h>

#include "fs/mount/names.h"

/* 1 added, 0 no room, -errno. "." and ".." carry no attributes: the kernel
 * takes none for them, and they are not counted as looked up. */
static int list_one(fuse_req_t req, struct listing *l, struct inode child,
		    struct bytes name, uint64_t i)
{
	struct mount *m = serve_of(req);
	struct fuse_entry_param p = {0};
	char cname[NAME_MAX + 1], *at = (char *)l->p + l->n;
	size_t room = l->size - l->n, need;
	int r = 0;

	if (name.n > NAME_MAX)
		return -EIO;
	memcpy(cname, name.p, name.n);
	cname[name.n] = '\0';
	p.attr.st_ino = child.ino;
	p.attr.st_mode = inode_is_folder(child) ? S_IFDIR : S_IFREG;
	if (l->plus && i >= 2)
		r = names_entry(m, child, &p);
	if (r != 0)
		return r;
	need = l->plus ? fuse_add_direntry_plus(req, at, room, cname, &p,
						(off_t)i + 1)
		       : fuse_add_direntry(req, at, room, cname, &p.attr,
					   (off_t)i + 1);
	if (need > room)
		return 0;
	l->n += need;
	l->count++;
	hasher_field(&l->names, name);
	return 1;
}

int listing_fill(fuse_req_t req, struct listing *l, struct inode dir,
		 uint64_t from)
{
	const struct mount_want *w = &serve_of(req)->want;
	struct inode child;
	struct bytes name;
	int r = 1;

	for (uint64_t i = from; r > 0 && inode_at(w, dir, i, &child, &name);
	     i++)
		r = list_one(req, l, child, name, i);
	return r < 0 && l->count == 0 ? r : 0;
}
