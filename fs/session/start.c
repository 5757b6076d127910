/* Starting a gateway on demand, for a command of a key holder. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "fs/session/start.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/fdio.h"
#include "fs/session/serve.h"
#include "fs/session/wire.h"

/*
 * The keys are opened in the new process only: the pool is wiped on fork, and
 * the command that asked never needs them. It leaves terminal, process group
 * and directory behind once the store is open (until then a passphrase may be
 * asked for), so that neither a hangup nor Ctrl-C of the one who happened to
 * start it ends the sessions of others. It is nobody's child, since who waits
 * for the command must not find it, and keeps no descriptor of the command's.
 */
static void detach(void *ctx)
{
	int null = open("/dev/null", O_RDWR | O_CLOEXEC);

	(void)ctx;
	(void)setsid();
	(void)!chdir("/");
	for (int fd = 0; fd < 3 && null >= 0; fd++)
		(void)dup2(null, fd);
	if (null > 2)
		fd_close(&null);
}

/* Whatever the command had open stays its own. */
static void keep_only(int sock)
{
	if (sock > 3)
		(void)close_range(3, (unsigned)sock - 1, 0);
	(void)close_range(sock < 3 ? 3 : (unsigned)sock + 1, ~0U, 0);
}

/* Until the store is open this is a part of the command, and dies with it of
 * Ctrl-C; a gateway waits for these (serve.c). */
static void ends_of(bool gateway)
{
	static const int ends[] = {SIGTERM, SIGINT, SIGHUP, SIGPIPE};
	sigset_t set;

	sigemptyset(&set);
	for (size_t i = 0; gateway && i < ARRAY_LEN(ends); i++)
		sigaddset(&set, ends[i]);
	sigprocmask(SIG_SETMASK, &set, NULL);
}

static _Noreturn void become_gateway(const struct start_want *w, int sock)
{
	struct serve_want s = {
		.starter = -1, .stop = -1, .signals = true, .ready = detach};
	struct store *store = NULL;
	struct err e = {0};
	struct wire say;
	int r;

	(void)prctl(PR_SET_NAME, "carrel-gateway");
	keep_only(sock);
	ends_of(false);
	r = w->open(w->ctx, &store, &e);
	ends_of(true);
	if (r == 0)
		r = gateway_open(store, w->tool, &s.gateway, &e);
	if (r == 0) {
		s.starter = sock;
		r = serve(&s, &e);
		(void)gateway_close(s.gateway);
	} else {
		wire_fail(&say, r, &e);
		(void)!wire_send(sock, &say, NULL, 0);
	}
	w->close(w->ctx);
	_exit(r == 0 ? 0 : 70);
}

int start_gateway(const struct start_want *w, struct err *e)
{
	int pair[2], status = 0;
	pid_t pid;

	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair) != 0)
		return err_errno(e, "", "socketpair");
	pid = fork();
	if (pid == 0) {
		close(pair[0]);
		pid = fork();
		if (pid == 0)
			become_gateway(w, pair[1]);
		_exit(pid < 0);
	}
	close(pair[1]);
	while (pid > 0 && waitpid(pid, &status, 0) < 0 && errno == EINTR)
		continue;
	if (pid < 0 || status != 0) {
		close(pair[0]);
		return err_errno(e, "", "starting the gateway");
	}
	return pair[0];
}
