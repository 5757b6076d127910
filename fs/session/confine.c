/* The four processes that confine a session, and what each runs. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "fs/session/confine.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/cbor.h"
#include "base/fdio.h"
#include "base/mem.h"

/* ---- running the table ---- */

static int run_at(struct confine *c, enum confine_where where, struct err *e)
{
	size_t n;
	const struct confine_step *table = confine_steps(&n);

	for (size_t i = 0; i < n; i++) {
		int r = table[i].where == where ? table[i].fn(c, e) : 0;

		if (r != 0)
			return err_set(e, r, e->place,
				       "confinement step "
				       "\"%s\": %.400s",
				       table[i].name,
				       e->text[0] != '\0' ? e->text
							  : strerror(-r));
	}
	return 0;
}

/* Tells the gateway what failed; whoever fails says it once and ends. */
static _Noreturn void give_up(struct confine *c, const struct err *e)
{
	struct buf b CLEANUP(buf_free) = {0};

	if (cbor_put_uint(&b, CONFINE_FAILED) == 0 &&
	    cbor_put_int(&b, e->code) == 0 &&
	    cbor_put_text(&b, bytes_str(e->text)) == 0)
		(void)!fd_send(c->sock, buf_bytes(&b), NULL, 0);
	_exit(71);
}

/* What our own main ignores is no business of the command: `yes | head` ends by
 * SIGPIPE. Those that cannot be set are as they should be. */
static void default_signals(void)
{
	for (int s = 1; s < NSIG; s++)
		signal(s, SIG_DFL);
}

/* The payload: drops everything, then becomes the command. */
static _Noreturn void payload(struct confine *c)
{
	struct err e = {0};
	char task[300], home[256], user[128], shell[160], term[128], lang[128];
	char run[64];
	char *env[] = {
		task, home, user, shell,
		term, lang, run,  (char *)(uintptr_t) "PATH=" CONFINE_PATH,
		NULL};

	snprintf(task, sizeof(task), "CARREL_TASK=%s", c->task);
	snprintf(home, sizeof(home), "HOME=%s", c->home);
	snprintf(user, sizeof(user), "USER=%s", c->user);
	snprintf(shell, sizeof(shell), "SHELL=%s", c->shell);
	snprintf(term, sizeof(term), "TERM=%s", c->term);
	snprintf(lang, sizeof(lang), "LANG=%s", c->lang);
	snprintf(run, sizeof(run), "XDG_RUNTIME_DIR=/run/user/%u", c->in_uid);
	if (run_at(c, AT_PAYLOAD, &e) != 0)
		give_up(c, &e);
	close(c->sock);
	default_signals();
	environ = env; /* by whose PATH the command is looked for */
	execvp(c->argv[0], c->argv);
	/* The gateway's side of the socket is silent now: say it in words. */
	if (errno == ENOENT) {
		(void)!write(STDERR_FILENO, "carrel: command not found\n", 26);
		_exit(127);
	}
	(void)!write(STDERR_FILENO, "carrel: command cannot be executed\n", 35);
	_exit(126);
}

static int status_code(int status)
{
	return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

/* pid 1: reaps until the payload ends; its own end is the session's. */
static _Noreturn void init(struct confine *c)
{
	struct err e = {0};
	int status;
	pid_t pid;

	if (run_at(c, AT_INIT, &e) != 0)
		give_up(c, &e);
	pid = fork();
	if (pid == 0)
		payload(c);
	close(c->sock);
	if (pid < 0 || run_at(c, AT_KEEPERS, &e) != 0)
		_exit(71);
	for (;;) {
		pid_t got = wait(&status);

		if (got == pid)
			_exit(status_code(status));
		if (got < 0 && errno != EINTR)
			_exit(71);
	}
}

/* pid 1's end is the end of every process of the session: the kernel tells it
 * through this descriptor only after it has ended them. */
static int send_pidfd(struct confine *c, pid_t pid)
{
	int fd CLEANUP(fd_close) = (int)syscall(SYS_pidfd_open, pid, 0);
	struct buf b CLEANUP(buf_free) = {0};
	int r = fd < 0 ? -errno : cbor_put_uint(&b, CONFINE_RUNNING);

	return r != 0 ? r : fd_send(c->sock, buf_bytes(&b), &fd, 1);
}

/* The launcher stays outside only to hand the exit code back. */
static int launch(struct confine *c, struct err *e)
{
	int status, r = run_at(c, AT_LAUNCHER, e);
	pid_t pid;

	if (r != 0)
		return r;
	pid = fork();
	if (pid == 0)
		init(c);
	if (pid < 0)
		return err_errno(e, "", "fork");
	r = send_pidfd(c, pid);
	if (r != 0)
		return err_set(e, r, "", "handing pid 1 out");
	r = run_at(c, AT_KEEPERS, e);
	if (r != 0)
		return r;
	close(c->sock);
	c->sock = -1;
	while (waitpid(pid, &status, 0) < 0)
		if (errno != EINTR)
			return err_errno(e, "", "waitpid");
	return status_code(status);
}

/* ---- the wishes ---- */

/* A string of the message; NULL without memory, which get_wishes finds. */
static const char *get_str(struct confine *c, struct cbor *b)
{
	return arena_str(c->mem, cbor_get_text(b));
}

static int get_argv(struct confine *c, struct cbor *b)
{
	uint64_t n = cbor_get_array(b);
	char **argv;

	if (n == 0 || n > CONFINE_ARGS)
		return -EPROTO;
	argv = arena_array(c->mem, n + 1, sizeof(*argv));
	if (argv == NULL)
		return -ENOMEM;
	for (uint64_t i = 0; i < n; i++) {
		argv[i] = arena_str(c->mem, cbor_get_text(b));
		if (argv[i] == NULL)
			return -ENOMEM;
	}
	c->argv = argv;
	return 0;
}

static int get_wishes(struct confine *c, struct bytes in)
{
	struct cbor b = {.in = in};
	int r;

	if (cbor_get_array(&b) != 11)
		return -EPROTO;
	c->uid = (uid_t)cbor_get_uint(&b);
	c->gid = (gid_t)cbor_get_uint(&b);
	c->in_uid = (uid_t)cbor_get_uint(&b);
	c->in_gid = (gid_t)cbor_get_uint(&b);
	c->terminal = cbor_get_bool(&b);
	c->user = get_str(c, &b);
	c->home = get_str(c, &b);
	c->shell = get_str(c, &b);
	c->term = get_str(c, &b);
	c->lang = get_str(c, &b);
	if (c->user == NULL || c->home == NULL || c->shell == NULL ||
	    c->term == NULL || c->lang == NULL)
		return -ENOMEM;
	r = get_argv(c, &b);
	return r != 0 ? r : cbor_end(&b);
}

int confine_main(int sock)
{
	struct arena *mem CLEANUP(arena_freep) = arena_new();
	struct confine c = {.sock = sock,
			    .fuse = -1,
			    .master = -1,
			    .parent = -1,
			    .mem = mem};
	struct buf b CLEANUP(buf_free) = {0};
	struct err e = {0};
	ssize_t got = -ENOMEM;
	size_t nfds = 0;
	int r;

	if (mem != NULL && buf_reserve(&b, 1 << 20) == 0)
		got = fd_recv(sock, b.p, 1 << 20, NULL, &nfds);
	if (got <= 0)
		return 71;
	b.n = (size_t)got;
	r = get_wishes(&c, buf_bytes(&b));
	if (r == 0)
		r = launch(&c, &e);
	else
		err_set(&e, r, "", "the launcher's message is malformed");
	if (r < 0)
		give_up(&c, &e);
	/* No handlers: after unshare no thread can be made any more. */
	_exit(r);
}
