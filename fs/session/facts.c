/* Facts about this machine from which a session's strength is computed. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "fs/session/facts.h"

#include <fcntl.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "base/fdio.h"
#include "base/json.h"
#include "fs/session/confine.h"

/* The first line of a small file; empty where there is none. */
static struct bytes first_line(const char *path, struct buf *b)
{
	const uint8_t *nl;

	buf_clear(b);
	if (file_read(AT_FDCWD, path, 1 << 16, b) != 0)
		return bytes_of(NULL, 0);
	nl = b->n == 0 ? NULL : memchr(b->p, '\n', b->n);
	return bytes_of(b->p, nl == NULL ? b->n : (size_t)(nl - b->p));
}

static bool file_says(const char *path, const char *word)
{
	struct buf b CLEANUP(buf_free) = {0};

	return file_read(AT_FDCWD, path, 1 << 20, &b) == 0 &&
	       buf_str(&b) != NULL && strstr(buf_str(&b), word) != NULL;
}

int facts_put(struct buf *b, bool no_terminal)
{
	struct buf line CLEANUP(buf_free) = {0};
	struct utsname u;
	struct json_out j;

	uname(&u);
	json_open(&j, b);
	json_obj(&j);
	json_key(&j, "kernel");
	json_cstr(&j, u.release);
	json_key(&j, "userns_owner");
	json_uint(&j, geteuid());
	json_key(&j, "landlock_abi");
	json_int(&j, landlock_abi());
	json_key(&j, "seccomp");
	json_bool(&j, true);
	json_key(&j, "hidepid");
	json_bool(&j, file_says("/proc/self/mounts", "hidepid="));
	json_key(&j, "yama");
	json_str(&j, first_line("/proc/sys/kernel/yama/ptrace_scope", &line));
	json_key(&j, "core_pattern");
	json_str(&j, first_line("/proc/sys/kernel/core_pattern", &line));
	json_key(&j, "swap");
	json_bool(&j, file_says("/proc/swaps", "\n/"));
	json_key(&j, "terminal");
	json_bool(&j, !no_terminal);
	json_obj_end(&j);
	return j.err;
}

const char *facts_strength(void)
{
	return "guard-rail";
}
