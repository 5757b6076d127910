/* The table of steps that confine a session, in order, with reasons. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "fs/session/confine.h"

/*
 * The order is the argument. Rights needed to build the room (mounting) exist
 * only inside the user namespace made first; the FUSE mount is made in the
 * outer pid namespace, so that the gateway sees callers by their global
 * numbers; the old root is left before anything of the payload runs; nothing
 * runs before the log has SESSION_START; what could undo a step (capabilities,
 * system calls) is taken away last, filters after everything that still needs
 * a system call. A step that fails ends the session: there is no "as well as
 * possible" but Landlock's ABI, which the log names.
 *
 * Rows stand in the order in which they begin to hold. Each process runs its
 * own rows from top to bottom; rows without a function are the gateway's, who
 * does them where its own files say.
 */
static const struct confine_step table[] = {
	{"one terminal", "output to a file, a pipe or a second terminal copies",
	 AT_GATEWAY, NULL},
	{"fresh process", "no inherited memory, environment or descriptor",
	 AT_GATEWAY, NULL},
	{"streams", "the launcher's own streams lead nowhere", AT_LAUNCHER,
	 confine_streams},
	{"keyring", "a key in the login's keyrings outlives the session",
	 AT_LAUNCHER, confine_keyring},
	{"core image", "a dump of the session holds none of its memory",
	 AT_LAUNCHER, confine_image},
	{"user namespace", "rights to mount, worth nothing outside; one uid",
	 AT_LAUNCHER, confine_user},
	{"namespaces", "mounts, ipc, names, network, cgroups of its own",
	 AT_LAUNCHER, confine_spaces},
	{"network", "a loopback that leads only to itself", AT_LAUNCHER,
	 confine_network},
	{"root", "an empty root in memory; /usr read-only, no setuid",
	 AT_LAUNCHER, confine_root},
	{"etc", "written from scratch: none of the host's accounts and hosts",
	 AT_LAUNCHER, confine_etc},
	{"dev", "six devices whose times and modes stay, terminals of its own",
	 AT_LAUNCHER, confine_dev},
	{"scratch", "/tmp, /run, /dev/shm, HOME: in memory, bounded, then gone",
	 AT_LAUNCHER, confine_scratch},
	{"fuse", "the view, mounted inside: no path outside leads to it",
	 AT_LAUNCHER, confine_fuse},
	{"pty", "own terminal: none to type into, no other one to write to",
	 AT_LAUNCHER, confine_pty},
	{"handover", "only the gateway keeps FUSE descriptor and pty master",
	 AT_LAUNCHER, confine_handover},
	{"pid namespace",
	 "after fuse: the gateway knows callers by true numbers", AT_LAUNCHER,
	 confine_pid},
	{"reaper", "pid 1 shows no memory; it dies with the launcher", AT_INIT,
	 confine_reaper},
	{"proc", "shows the session's processes only; no sysctl to write",
	 AT_INIT, confine_proc},
	{"enter", "into the new root; the old one is detached", AT_INIT,
	 confine_enter},
	{"null", "streams by the room's /dev/null: no host's node to write to",
	 AT_INIT, confine_null},
	{"start", "nothing runs before SESSION_START is on disk", AT_INIT,
	 confine_go},
	{"folders", "Documents, Music, Desktop are the work area", AT_PAYLOAD,
	 confine_folders},
	{"tty", "a login session on its own terminal", AT_PAYLOAD, confine_tty},
	{"core", "limit 1, not 0: a piped handler ignores 0", AT_PAYLOAD,
	 confine_core},
	{"capabilities", "none, and none to be gained by any program",
	 AT_PAYLOAD, confine_rights},
	{"landlock",
	 "second wall: writes to scratch and work only, no signals "
	 "out",
	 AT_PAYLOAD, confine_landlock},
	{"seccomp",
	 "last: vsock, keys, io_uring, mounts, tracing, foreign ABIs",
	 AT_PAYLOAD, confine_seccomp},
	{"keepers", "launcher and pid 1 keep no right; set to die, once more",
	 AT_KEEPERS, confine_keep},
	{"terminal filter", "no escape sequence writes a clipboard or a file",
	 AT_GATEWAY, NULL},
	{"callers", "a request from outside the session is refused, and logged",
	 AT_GATEWAY, NULL},
	{"leave", "at the end: no process is left, the mount is gone",
	 AT_GATEWAY, NULL},
};

const struct confine_step *confine_steps(size_t *n)
{
	*n = ARRAY_LEN(table);
	return table;
}

static const char *where_name(enum confine_where w)
{
	static const char *const names[] = {"gateway", "launcher", "pid 1",
					    "payload", "keepers"};

	return names[w];
}

void confine_explain(struct json_out *o)
{
	json_arr(o);
	for (size_t i = 0; i < ARRAY_LEN(table); i++) {
		json_obj(o);
		json_key(o, "number");
		json_uint(o, i + 1);
		json_key(o, "step");
		json_cstr(o, table[i].name);
		json_key(o, "at");
		json_cstr(o, where_name(table[i].where));
		json_key(o, "reason");
		json_cstr(o, table[i].reason);
		json_obj_end(o);
	}
	json_arr_end(o);
}

int confine_words(struct buf *b)
{
	int r = 0;

	for (size_t i = 0; r == 0 && i < ARRAY_LEN(table); i++)
		r = buf_printf(b, "%2zu  %-15s  %-8s  %s\n", i + 1,
			       table[i].name, where_name(table[i].where),
			       table[i].reason);
	return r;
}
