/* Confinement steps: the empty root, its /etc and its /dev. */
/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/mount.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/fdio.h"
#include "fs/session/confine.h"

/* sys/mount.h and linux/mount.h do not go together in glibc 2.36. */
extern int mount(const char *source, const char *target, const char *type,
		 unsigned long flags, const void *data);

#define R CONFINE_ROOT
#define SCRATCH "mode=0700,size=1g,nr_inodes=256k"
#define SMALL "size=64m,nr_inodes=64k"

int confine_dir(const char *path, struct err *e)
{
	if (mkdir(path, 0755) != 0 && errno != EEXIST)
		return err_errno(e, path, "mkdir");
	return 0;
}

int confine_file(const char *path, struct bytes text, struct err *e)
{
	int fd CLEANUP(fd_close) =
		open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644);

	if (fd < 0 || fd_write_full(fd, text) != 0)
		return err_errno(e, path, "write");
	return 0;
}

int confine_tmpfs(const char *path, const char *options, struct err *e)
{
	int r = confine_dir(path, e);

	if (r == 0 &&
	    mount("tmpfs", path, "tmpfs", MS_NOSUID | MS_NODEV, options) != 0)
		return err_errno(e, path, "mounting scratch space");
	return r;
}

int confine_bind(const char *from, const char *to, struct err *e)
{
	struct mount_attr a = {.attr_set = MOUNT_ATTR_RDONLY |
					   MOUNT_ATTR_NOSUID |
					   MOUNT_ATTR_NODEV};
	struct stat st;
	int r;

	if (stat(from, &st) != 0)
		return 0;
	r = S_ISDIR(st.st_mode) ? confine_dir(to, e)
				: confine_file(to, bytes_of(NULL, 0), e);
	if (r != 0)
		return r;
	if (mount(from, to, NULL, MS_BIND | MS_REC, NULL) != 0)
		return err_errno(e, from, "binding");
	if (syscall(SYS_mount_setattr, AT_FDCWD, to, AT_RECURSIVE, &a,
		    sizeof(a)) != 0)
		return err_errno(e, from, "making it read-only");
	return 0;
}

/* /bin -> usr/bin and friends as the host has them: links or folders. */
static int like_host(const char *path, struct err *e)
{
	char to[64], target[PATH_MAX];
	ssize_t n = readlink(path, target, sizeof(target) - 1);

	snprintf(to, sizeof(to), R "%s", path);
	if (n < 0)
		return confine_bind(path, to, e);
	target[n] = '\0';
	if (symlink(target, to) != 0)
		return err_errno(e, to, "symlink");
	return 0;
}

/* For `carrel flag`: this program, by a descriptor of before /tmp was covered,
 * wherever it lies. */
static int bind_own(int fd, struct err *e)
{
	char exe[32];
	int r = confine_dir(R "/opt", e);

	if (r == 0)
		r = confine_dir(R CONFINE_OWN, e);
	if (r != 0 || fd < 0)
		return r;
	snprintf(exe, sizeof(exe), "/proc/self/fd/%d", fd);
	return confine_bind(exe, R CONFINE_OWN "/carrel", e);
}

/* By its path: what /proc/self/exe leads to is in the mount namespace of
 * before, from which nothing can be bound. -1: it is not there any more. */
static int own_program(void)
{
	char exe[PATH_MAX];
	ssize_t n = readlink("/proc/self/exe", exe, sizeof(exe) - 1);

	exe[n < 0 ? 0 : n] = '\0';
	return open(exe, O_PATH | O_CLOEXEC);
}

int confine_root(struct confine *c, struct err *e)
{
	static const char *const tops[] = {"/bin",   "/sbin",  "/lib",
					   "/lib32", "/lib64", "/libx32"};
	static const char *const dirs[] = {R "/etc", R "/dev",	R "/proc",
					   R "/var", R "/home", R CONFINE_DESK};
	int own CLEANUP(fd_close) = own_program();
	int r = confine_tmpfs("/tmp", "mode=0755," SMALL, e);

	(void)c;
	if (r == 0)
		r = confine_tmpfs(R, "mode=0755," SMALL, e);
	for (size_t i = 0; r == 0 && i < ARRAY_LEN(dirs); i++)
		r = confine_dir(dirs[i], e);
	if (r == 0)
		r = confine_bind("/usr", R "/usr", e);
	for (size_t i = 0; r == 0 && i < ARRAY_LEN(tops); i++)
		r = like_host(tops[i], e);
	return r == 0 ? bind_own(own, e) : r;
}

int confine_scratch(struct confine *c, struct err *e)
{
	const struct {
		const char *path, *options;
	} spaces[] = {{R "/tmp", SCRATCH},
		      {R "/var/tmp", SCRATCH},
		      {R "/dev/shm", "mode=1777,size=1g,nr_inodes=256k"},
		      {R "/run", "mode=0700," SMALL}};
	char home[PATH_MAX], run[64];
	int r = 0;

	for (size_t i = 0; r == 0 && i < ARRAY_LEN(spaces); i++)
		r = confine_tmpfs(spaces[i].path, spaces[i].options, e);
	snprintf(home, sizeof(home), R "%s", c->home);
	if (r == 0)
		r = confine_tmpfs(home, SCRATCH, e);
	if (r == 0)
		r = confine_dir(R "/run/user", e);
	/* XDG_RUNTIME_DIR: programs ask that nobody else can enter it. */
	snprintf(run, sizeof(run), R "/run/user/%u", c->in_uid);
	if (r == 0 && mkdir(run, 0700) != 0)
		return err_errno(e, run, "mkdir");
	return r;
}

/* What programs look for and what says nothing of people or networks. */
static const char *const etc_binds[] = {"alternatives",
					"fonts",
					"ld.so.cache",
					"ld.so.conf",
					"ld.so.conf.d",
					"localtime",
					"ssl/certs",
					"ssl/openssl.cnf",
					"ca-certificates",
					"mime.types",
					"bash.bashrc",
					"inputrc",
					"terminfo",
					"vim",
					"nanorc",
					"python3",
					"python3.11",
					"java-17-openjdk",
					"ImageMagick-6",
					"libreoffice",
					"nginx",
					"X11",
					"gtk-3.0",
					"alsa",
					"pulse",
					"openal",
					"magic",
					"mailcap",
					"chromium",
					"chromium.d",
					"xdg",
					"sensors3.conf",
					"perl",
					"emacs",
					"labelme",
					"matplotlibrc"};

static int bind_etc(struct err *e)
{
	int r = confine_dir(R "/etc/ssl", e);

	for (size_t i = 0; r == 0 && i < ARRAY_LEN(etc_binds); i++) {
		char from[128], to[160];

		snprintf(from, sizeof(from), "/etc/%s", etc_binds[i]);
		snprintf(to, sizeof(to), R "/etc/%s", etc_binds[i]);
		r = confine_bind(from, to, e);
	}
	return r;
}

int confine_etc(struct confine *c, struct err *e)
{
	char passwd[512], group[256];
	const struct {
		const char *path, *text;
	} files[] = {
		{R "/etc/passwd", passwd},
		{R "/etc/group", group},
		{R "/etc/hosts", "127.0.0.1 localhost carrel\n::1 localhost\n"},
		{R "/etc/hostname", "carrel\n"},
		{R "/etc/nsswitch.conf",
		 "passwd: files\ngroup: files\nhosts: files\n"},
		{R "/etc/shells", "/bin/sh\n/bin/bash\n"},
		{R "/etc/profile", "PS1='\\u@carrel:\\w\\$ '\n"}};
	int r = 0;

	snprintf(passwd, sizeof(passwd),
		 "%s:x:%u:%u::%s:%s\nnobody:x:65534:65534::/:/usr/sbin/"
		 "nologin\n",
		 c->user, c->in_uid, c->in_gid, c->home, c->shell);
	snprintf(group, sizeof(group), "%s:x:%u:\nnogroup:x:65534:\n", c->user,
		 c->in_gid);
	for (size_t i = 0; r == 0 && i < ARRAY_LEN(files); i++)
		r = confine_file(files[i].path, bytes_str(files[i].text), e);
	return r == 0 ? bind_etc(e) : r;
}

/* A device node is the host's own: its times and its mode would carry bytes out
 * of a session that root runs. Reading and writing the device itself asks
 * nothing of the mount; what the source's mount forbids stays forbidden. */
static int bind_device(const char *name, struct err *e)
{
	struct mount_attr a = {.attr_set = MOUNT_ATTR_RDONLY |
					   MOUNT_ATTR_NOSUID |
					   MOUNT_ATTR_NOEXEC};
	char from[32], to[64];
	int r;

	snprintf(from, sizeof(from), "/dev/%s", name);
	snprintf(to, sizeof(to), R "/dev/%s", name);
	r = confine_file(to, bytes_of(NULL, 0), e);
	if (r != 0)
		return r;
	if (mount(from, to, NULL, MS_BIND, NULL) != 0)
		return err_errno(e, from, "binding");
	if (syscall(SYS_mount_setattr, AT_FDCWD, to, 0, &a, sizeof(a)) != 0)
		return err_errno(e, from, "making it read-only");
	return 0;
}

int confine_dev(struct confine *c, struct err *e)
{
	static const char *const devices[] = {"null",	"zero",	   "full",
					      "random", "urandom", "tty"};
	static const char *const links[][2] = {
		{"/proc/self/fd", R "/dev/fd"},
		{"/proc/self/fd/0", R "/dev/stdin"},
		{"/proc/self/fd/1", R "/dev/stdout"},
		{"/proc/self/fd/2", R "/dev/stderr"},
		{"pts/ptmx", R "/dev/ptmx"}};
	int r = 0;

	(void)c;
	for (size_t i = 0; r == 0 && i < ARRAY_LEN(devices); i++)
		r = bind_device(devices[i], e);
	for (size_t i = 0; r == 0 && i < ARRAY_LEN(links); i++)
		if (symlink(links[i][0], links[i][1]) != 0)
			r = err_errno(e, links[i][1], "symlink");
	if (r == 0)
		r = confine_dir(R "/dev/pts", e);
	if (r == 0 &&
	    mount("devpts", R "/dev/pts", "devpts", MS_NOSUID | MS_NOEXEC,
		  "newinstance,ptmxmode=0666,mode=0620,max=256") != 0)
		r = err_errno(e, "/dev/pts", "terminals of its own");
	return r;
}

/* ---- the work area, by the names that programs look for ---- */

int confine_folders(struct confine *c, struct err *e)
{
	static const char *const names[] = {"Documents", "Music", "Desktop"};
	static const char dirs[] = "XDG_DOCUMENTS_DIR=\"" CONFINE_WORK "\"\n"
				   "XDG_MUSIC_DIR=\"" CONFINE_WORK "\"\n"
				   "XDG_DESKTOP_DIR=\"" CONFINE_WORK "\"\n";
	char path[PATH_MAX];
	struct stat st;
	int r;

	if (stat(CONFINE_WORK, &st) != 0 || !S_ISDIR(st.st_mode))
		return 0; /* this desk has no work area */
	for (size_t i = 0; i < ARRAY_LEN(names); i++) {
		snprintf(path, sizeof(path), "%s/%s", c->home, names[i]);
		if (symlink(CONFINE_WORK, path) != 0)
			return err_errno(e, path, "symlink");
	}
	snprintf(path, sizeof(path), "%s/.config", c->home);
	r = confine_dir(path, e);
	snprintf(path, sizeof(path), "%s/.config/user-dirs.dirs", c->home);
	return r != 0 ? r : confine_file(path, bytes_str(dirs), e);
}
