/* What an inode number means in a mount: root, TASK.md, the desk's nodes. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "fs/mount/inode.h"

#include <errno.h>

#include "fs/mount/work.h"

static struct inode none(void)
{
	return (struct inode){INODE_ABSENT, 0, 0};
}

static struct inode of_node(const struct mount_want *w, uint32_t nr)
{
	const struct desk_node *n;

	if (nr == UINT32_MAX)
		return none();
	n = desk_node(w->desk, nr);
	return (struct inode){n->folder ? INODE_FOLDER : INODE_FILE, nr,
			      n->ino};
}

static struct inode root_inode(void)
{
	return (struct inode){INODE_ROOT, 0, INODE_ROOT_NR};
}

static struct inode task_inode(void)
{
	return (struct inode){INODE_TASK, 0, INODE_TASK_NR};
}

static struct inode work_inode(const struct mount_want *w)
{
	if (w->work == NULL)
		return none();
	return (struct inode){INODE_WORK, 0, inode_of_work(WORK_ROOT)};
}

struct inode inode_get(const struct mount_want *w, uint64_t ino)
{
	if (ino == INODE_ROOT_NR)
		return root_inode();
	if (ino == INODE_TASK_NR)
		return task_inode();
	if (ino == inode_of_work(WORK_ROOT))
		return work_inode(w);
	return of_node(w, desk_by_ino(w->desk, ino));
}

bool inode_is_folder(struct inode i)
{
	return i.kind == INODE_ROOT || i.kind == INODE_FOLDER ||
	       i.kind == INODE_WORK;
}

struct inode inode_find(const struct mount_want *w, struct inode dir,
			struct bytes name)
{
	if (dir.kind == INODE_FOLDER)
		return of_node(w, desk_find(w->desk, dir.nr, name));
	if (dir.kind != INODE_ROOT)
		return none();
	if (bytes_is(name, "data"))
		return of_node(w, 0);
	if (bytes_is(name, "work"))
		return work_inode(w);
	return bytes_is(name, "TASK.md") ? task_inode() : none();
}

/* The folder above: data/ lies in the root. */
static struct inode above(const struct mount_want *w, struct inode dir)
{
	if (dir.kind == INODE_ROOT || dir.nr == 0)
		return root_inode();
	return of_node(w, desk_node(w->desk, dir.nr)->parent);
}

static bool root_at(const struct mount_want *w, uint64_t i, struct inode *child,
		    struct bytes *name)
{
	static const char *const names[] = {"TASK.md", "data", "work"};

	if (i >= (w->work == NULL ? 2 : 3))
		return false;
	*name = bytes_str(names[i]);
	*child = i == 0 ? task_inode() : i == 1 ? of_node(w, 0) : work_inode(w);
	return true;
}

bool inode_at(const struct mount_want *w, struct inode dir, uint64_t i,
	      struct inode *child, struct bytes *name)
{
	const struct desk_node *n;

	if (i < 2) {
		*child = i == 0 ? dir : above(w, dir);
		*name = bytes_str(i == 0 ? "." : "..");
		return true;
	}
	i -= 2;
	if (dir.kind == INODE_ROOT)
		return root_at(w, i, child, name);
	n = desk_node(w->desk, dir.nr);
	if (i >= n->count)
		return false;
	*child = of_node(w, n->first + (uint32_t)i);
	*name = desk_node(w->desk, child->nr)->name;
	return true;
}

static void stat_times(struct stat *st, int64_t ns)
{
	st->st_mtim.tv_sec = ns / 1000000000;
	st->st_mtim.tv_nsec = ns % 1000000000;
	st->st_ctim = st->st_atim = st->st_mtim;
}

static int stat_work(const struct mount_want *w, struct stat *st)
{
	int r = work_getattr(w->work, WORK_ROOT, st);

	st->st_ino = inode_of_work(WORK_ROOT);
	st->st_uid = w->uid;
	st->st_gid = w->gid;
	return r;
}

int inode_stat(const struct mount_want *w, struct inode i, struct stat *st)
{
	uint64_t size = 0;
	int r;

	if (i.kind == INODE_ABSENT)
		return -ENOENT;
	if (i.kind == INODE_WORK)
		return stat_work(w, st);
	*st = (struct stat){.st_ino = i.ino,
			    .st_uid = w->uid,
			    .st_gid = w->gid,
			    .st_blksize = INODE_BLKSIZE,
			    .st_nlink = 1}; /* 1 for folders: "not counted" */
	stat_times(st, desk_mtime(w->desk,
				  i.kind == INODE_FOLDER || i.kind == INODE_FILE
					  ? i.nr
					  : 0));
	st->st_mode = inode_is_folder(i) ? S_IFDIR | 0555 : S_IFREG | 0444;
	if (i.kind == INODE_TASK)
		size = w->task.n;
	if (i.kind == INODE_FILE) {
		r = desk_size(w->desk, i.nr, &size, NULL);
		if (r != 0)
			return r == -ENOMEM ? -ENOMEM : -EIO;
	}
	st->st_size = (off_t)size;
	st->st_blocks = (blkcnt_t)((size + 511) / 512);
	return 0;
}

int inode_path(const struct mount_want *w, struct inode i, struct buf *b)
{
	if (i.kind == INODE_ROOT)
		return buf_putc(b, '/');
	if (i.kind == INODE_TASK)
		return buf_puts(b, "TASK.md");
	if (i.kind == INODE_WORK)
		return buf_puts(b, "work");
	if (i.kind == INODE_ABSENT || i.nr == 0)
		return 0;
	return desk_path(w->desk, i.nr, b);
}
