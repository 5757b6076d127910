/* Facts about this machine and this session, for the log and for strength. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "fs/session/facts.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <linux/seccomp.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "base/fdio.h"
#include "base/json.h"
#include "base/mem.h"
#include "fs/session/confine.h"
#include "fs/session/strength.h"

/* ---- files of /proc and /sys ---- */

/* Cuts the next line off, without its end; false: there is none. */
static bool next_line(struct bytes *rest, struct bytes *line)
{
	const uint8_t *nl;

	if (rest->n == 0)
		return false;
	nl = memchr(rest->p, '\n', rest->n);
	*line = bytes_of(rest->p,
			 nl == NULL ? rest->n : (size_t)(nl - rest->p));
	*rest = bytes_sub(*rest, line->n + 1, rest->n);
	return true;
}

/* Word number i of a line, from 0; empty past the last. */
static struct bytes word(struct bytes line, unsigned i)
{
	size_t at = 0;

	for (;;) {
		size_t from;

		while (at < line.n && (line.p[at] == ' ' || line.p[at] == '\t'))
			at++;
		from = at;
		while (at < line.n && line.p[at] != ' ' && line.p[at] != '\t')
			at++;
		if (i-- == 0 || at == from)
			return bytes_sub(line, from, at - from);
	}
}

/* A file's first line as a string that is cut to fit. */
static bool first_line(int dir, const char *path, char *out, size_t max)
{
	struct buf b CLEANUP(buf_free) = {0};
	struct bytes rest, line = {0};

	out[0] = '\0';
	if (file_read(dir, path, 1 << 16, &b) != 0)
		return false;
	rest = buf_bytes(&b);
	(void)next_line(&rest, &line);
	snprintf(out, max, "%.*s", (int)line.n, (const char *)line.p);
	return true;
}

static int number(int dir, const char *path, int otherwise)
{
	char text[32];

	return first_line(dir, path, text, sizeof(text))
		       ? (int)strtol(text, NULL, 10)
		       : otherwise;
}

static bool has(struct bytes in, const char *what)
{
	return in.n > 0 && memmem(in.p, in.n, what, strlen(what)) != NULL;
}

/* The last file system mounted on /proc is the one that is seen. */
static enum facts_hidepid read_hidepid(int proc)
{
	enum facts_hidepid h = HIDEPID_OFF;
	struct buf b CLEANUP(buf_free) = {0};
	struct bytes rest, line;

	if (file_read(proc, "self/mounts", 1 << 22, &b) != 0)
		return HIDEPID_OFF;
	rest = buf_bytes(&b);
	while (next_line(&rest, &line)) {
		struct bytes options = word(line, 3);

		if (!bytes_is(word(line, 1), "/proc") ||
		    !bytes_is(word(line, 2), "proc"))
			continue;
		h = has(options, "hidepid=invisible") ||
				    has(options, "hidepid=2") ||
				    has(options, "hidepid=ptraceable") ||
				    has(options, "hidepid=4")
			    ? HIDEPID_INVISIBLE
		    : has(options, "hidepid=noaccess") ||
				    has(options, "hidepid=1")
			    ? HIDEPID_NOACCESS
			    : HIDEPID_OFF;
	}
	return h;
}

/* One line of /proc/swaps: where that area lies. */
static enum facts_swap swap_area(struct bytes name, int sys)
{
	char path[128], uuid[16];

	if (name.n > 9 && memcmp(name.p, "/dev/zram", 9) == 0)
		return SWAP_MEMORY;
	if (name.n <= 8 || memcmp(name.p, "/dev/dm-", 8) != 0)
		return SWAP_PLAIN;
	snprintf(path, sizeof(path), "block/%.*s/dm/uuid", (int)(name.n - 5),
		 (const char *)name.p + 5);
	return first_line(sys, path, uuid, sizeof(uuid)) &&
			       strncmp(uuid, "CRYPT-", 6) == 0
		       ? SWAP_SEALED
		       : SWAP_PLAIN;
}

static enum facts_swap read_swap(int proc, int sys)
{
	enum facts_swap worst = SWAP_NONE;
	struct buf b CLEANUP(buf_free) = {0};
	struct bytes rest, line;
	int r = file_read(proc, "swaps", 1 << 20, &b);

	if (r != 0) /* a kernel without swap has no such file */
		return r == -ENOENT && proc >= 0 ? SWAP_NONE : SWAP_PLAIN;
	rest = buf_bytes(&b);
	(void)next_line(&rest, &line); /* the columns' names */
	while (next_line(&rest, &line)) {
		enum facts_swap s = swap_area(word(line, 0), sys);

		worst = s < worst ? s : worst;
	}
	return worst;
}

void facts_read(int proc, int sys, struct facts *f)
{
	f->hidepid = read_hidepid(proc);
	f->swap = read_swap(proc, sys);
	f->yama = number(proc, "sys/kernel/yama/ptrace_scope", -1);
	f->tiocsti = number(proc, "sys/dev/tty/legacy_tiocsti", -1);
	(void)first_line(proc, "sys/kernel/core_pattern", f->core_pattern,
			 sizeof(f->core_pattern));
}

/* ---- this process ---- */

/* Only who may set groups sheds them at the start of a session; in a user
 * namespace the capability alone does not say so. */
static bool sheds_groups(int proc)
{
	struct __user_cap_header_struct h = {_LINUX_CAPABILITY_VERSION_3, 0};
	struct __user_cap_data_struct d[2] = {{0}};
	char may[8];

	return first_line(proc, "self/setgroups", may, sizeof(may)) &&
	       strcmp(may, "allow") == 0 && syscall(SYS_capget, &h, d) == 0 &&
	       (d[0].effective & (1u << CAP_SETGID)) != 0;
}

static void read_groups(int proc, struct facts *f)
{
	int n = sheds_groups(proc) ? 0 : getgroups(0, NULL);
	gid_t *all CLEANUP(mem_freep) =
		n <= 0 ? NULL : mem_new((size_t)n, sizeof(*all));

	n = all == NULL ? 0 : getgroups(n, all);
	f->ngroups = n > 0 ? (uint32_t)n : 0;
	for (uint32_t i = 0; i < f->ngroups && i < FACTS_GROUPS; i++)
		f->groups[i] = all[i];
}

/* A kernel that filters says so even to who cannot read its sysctls. */
static bool has_seccomp(void)
{
	return prctl(PR_GET_SECCOMP) >= 0 &&
	       prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, NULL) != 0 &&
	       errno == EFAULT;
}

void facts_gather(const struct facts_want *w, struct facts *f)
{
	int proc CLEANUP(fd_close) =
		open("/proc", O_PATH | O_DIRECTORY | O_CLOEXEC);
	int sys CLEANUP(fd_close) =
		open("/sys", O_PATH | O_DIRECTORY | O_CLOEXEC);
	struct utsname u;

	*f = (struct facts){.room = true,
			    .published = w->published,
			    .terminal = !w->no_terminal,
			    .gateway = w->gateway,
			    .annotator = w->annotator,
			    .owner = w->owner,
			    .session = w->session};
	facts_read(proc, sys, f);
	f->seccomp = has_seccomp();
	if (f->seccomp && !w->no_hash)
		f->seccomp = confine_seccomp_hash(f->seccomp_hash) == 0;
	f->landlock_abi = landlock_abi();
	read_groups(proc, f);
	if (uname(&u) == 0)
		snprintf(f->kernel, sizeof(f->kernel), "%s", u.release);
}

/* ---- as JSON ---- */

const char *facts_hidepid_name(enum facts_hidepid h)
{
	static const char *const names[] = {"off", "noaccess", "invisible"};

	return names[h];
}

const char *facts_swap_name(enum facts_swap s)
{
	static const char *const names[] = {"plain", "memory", "encrypted",
					    "none"};

	return names[s];
}

static void put_uids(const struct facts *f, struct json_out *j)
{
	json_key(j, "uids");
	json_obj(j);
	json_key(j, "gateway");
	json_uint(j, f->gateway);
	json_key(j, "annotator");
	json_uint(j, f->annotator);
	json_key(j, "session");
	json_uint(j, f->session);
	json_obj_end(j);
	json_key(j, "userns_owner");
	json_uint(j, f->owner);
	json_key(j, "groups");
	json_arr(j);
	for (uint32_t i = 0; i < f->ngroups && i < FACTS_GROUPS; i++)
		json_uint(j, f->groups[i]);
	json_arr_end(j);
}

static void put_number(struct json_out *j, const char *key, int v)
{
	json_key(j, key);
	if (v < 0)
		json_null(j);
	else
		json_int(j, v);
}

static void put_kernel(const struct facts *f, struct json_out *j)
{
	json_key(j, "kernel");
	json_cstr(j, f->kernel);
	json_key(j, "landlock_abi");
	json_int(j, f->landlock_abi);
	json_key(j, "seccomp");
	if (f->seccomp)
		json_hex(j, bytes_of(f->seccomp_hash, HASH_LEN));
	else
		json_null(j);
	json_key(j, "hidepid");
	json_cstr(j, facts_hidepid_name(f->hidepid));
	put_number(j, "yama", f->yama);
	put_number(j, "legacy_tiocsti", f->tiocsti);
	json_key(j, "core_pattern");
	json_cstr(j, f->core_pattern);
	json_key(j, "swap");
	json_cstr(j, facts_swap_name(f->swap));
}

int facts_json(const struct facts *f, struct buf *b)
{
	const struct strength_gap *g;
	struct json_out j;

	json_open(&j, b);
	json_obj(&j);
	put_kernel(f, &j);
	put_uids(f, &j);
	json_key(&j, "terminal");
	json_bool(&j, f->terminal);
	json_key(&j, "strength");
	json_cstr(&j, strength_name(strength_of(f)));
	json_key(&j, "no_more_because");
	json_arr(&j);
	for (size_t i = 0; (g = strength_gap(f, i)) != NULL; i++)
		json_cstr(&j, g->why);
	json_arr_end(&j);
	json_obj_end(&j);
	return j.err;
}

/* The launcher is a child of whoever asks: that uid owns the namespace. */
static struct facts_want launched_by(uid_t uid)
{
	return (struct facts_want){.gateway = geteuid(),
				   .annotator = uid,
				   .owner = uid,
				   .session = uid};
}

int facts_put(struct buf *b, bool no_terminal)
{
	struct facts_want w = launched_by(geteuid());
	struct facts f;

	w.no_terminal = no_terminal;
	facts_gather(&w, &f);
	return facts_json(&f, b);
}

const char *facts_strength_for(uid_t peer)
{
	struct facts_want w = launched_by(peer);
	struct facts f;

	w.no_hash = true;
	facts_gather(&w, &f);
	return strength_name(strength_of(&f));
}

const char *facts_strength(void)
{
	return facts_strength_for(geteuid());
}
