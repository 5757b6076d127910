/* Starting the launcher and talking to it. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "fs/session/launch.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/cbor.h"
#include "base/fdio.h"

static int put_wishes(const struct confine *c, struct buf *b)
{
	const char *strings[] = {c->user, c->home, c->shell, c->term, c->lang};
	uint64_t n = 0;
	int r = cbor_put_array(b, 11);

	while (c->argv[n] != NULL)
		n++;
	if (n > CONFINE_ARGS)
		return -EMSGSIZE;
	if (r == 0)
		r = cbor_put_uint(b, c->uid);
	if (r == 0)
		r = cbor_put_uint(b, c->gid);
	if (r == 0)
		r = cbor_put_uint(b, c->in_uid);
	if (r == 0)
		r = cbor_put_uint(b, c->in_gid);
	if (r == 0)
		r = cbor_put_bool(b, c->terminal);
	for (size_t i = 0; r == 0 && i < ARRAY_LEN(strings); i++)
		r = cbor_put_text(b, bytes_str(strings[i]));
	if (r == 0)
		r = cbor_put_array(b, n);
	for (uint64_t i = 0; r == 0 && i < n; i++)
		r = cbor_put_text(b, bytes_str(c->argv[i]));
	return r;
}

/* Between fork and exec: async-signal-safe calls only. */
static _Noreturn void become_launcher(int sock)
{
	char *argv[] = {(char *)(uintptr_t) "carrel",
			(char *)(uintptr_t) "_session", NULL};
	char *env[] = {NULL};
	sigset_t none;

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	for (int s = 1; s < 32; s++)
		signal(s, SIG_DFL);
	if (sock == CONFINE_SOCK)
		fcntl(sock, F_SETFD, 0);
	else
		dup2(sock, CONFINE_SOCK);
	close_range(CONFINE_SOCK + 1, ~0U, 0);
	setsid();
	execve("/proc/self/exe", argv, env);
	_exit(71);
}

static void close_all(int *fds, size_t n)
{
	while (n > 0)
		fd_close(&fds[--n]);
}

/* One message: of the kind wanted, with its descriptors; or a failure. */
static int hear(struct launch *l, enum confine_msg want, int fds[2],
		struct err *e)
{
	uint8_t msg[2048];
	int got_fds[16];
	size_t nfds = ARRAY_LEN(got_fds);
	struct bytes text;
	struct cbor b;
	int64_t code;
	ssize_t got = fd_recv(l->sock, msg, sizeof(msg), got_fds, &nfds);

	if (got <= 0)
		return err_set(e, -ECHILD, "",
			       "the session's launcher ended without a word");
	b = (struct cbor){.in = bytes_of(msg, (size_t)got)};
	if (cbor_get_uint(&b) == want && want != CONFINE_FAILED &&
	    cbor_end(&b) == 0 && nfds <= 2) {
		memcpy(fds, got_fds, nfds * sizeof(int));
		return 0;
	}
	close_all(got_fds, nfds);
	code = cbor_get_int(&b);
	text = cbor_get_text(&b);
	if (msg[0] != CONFINE_FAILED || cbor_end(&b) != 0 || code >= 0 ||
	    code < -4095)
		return err_set(e, -EPROTO, "",
			       "the launcher's answer is malformed");
	return err_set(e, (int)code, "", "%.*s", (int)text.n,
		       (const char *)text.p);
}

int launch_words(struct launch *l, struct err *e)
{
	struct pollfd p = {.fd = l->sock, .events = POLLIN};
	uint8_t byte;

	if (poll(&p, 1, 0) != 1 ||
	    recv(l->sock, &byte, 1, MSG_PEEK | MSG_DONTWAIT) <= 0)
		return 0; /* silence: the command was executed */
	return hear(l, CONFINE_FAILED, NULL, e);
}

static int hear_ready(const struct confine *c, struct launch *l, struct err *e)
{
	int fds[2] = {-1, -1}, init[2] = {-1, -1};
	int r = hear(l, CONFINE_READY, fds, e);

	l->fuse = fds[0];
	l->master = fds[1];
	if (r == 0)
		r = hear(l, CONFINE_RUNNING, init, e);
	l->init = init[0];
	fd_close(&init[1]);
	if (r == 0 &&
	    (l->fuse < 0 || l->init < 0 || c->terminal != (l->master >= 0)))
		return err_set(e, -EPROTO, "",
			       "the launcher sent no descriptors");
	return r;
}

int launch_begin(const struct confine *c, struct launch *l, struct err *e)
{
	struct buf b CLEANUP(buf_free) = {0};
	int pair[2], r;

	*l = (struct launch){.sock = -1, .fuse = -1, .master = -1, .init = -1};
	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair) != 0)
		return err_errno(e, "", "socketpair");
	l->sock = pair[0];
	l->pid = fork();
	if (l->pid == 0)
		become_launcher(pair[1]);
	close(pair[1]);
	if (l->pid < 0) {
		r = err_errno(e, "", "fork");
		l->pid = 0;
	} else {
		r = put_wishes(c, &b);
		if (r == 0)
			r = fd_send(l->sock, buf_bytes(&b), NULL, 0);
		if (r == -EMSGSIZE)
			r = err_set(e, -EINVAL, "",
				    "the command line is too long (at most %d "
				    "arguments, about 100 KiB)",
				    CONFINE_ARGS);
		else if (r != 0)
			err_set(e, r, "", "the launcher cannot be told: %s",
				strerror(-r));
	}
	if (r == 0)
		r = hear_ready(c, l, e);
	if (r != 0)
		launch_end(l, NULL);
	return r;
}

int launch_go(struct launch *l, const char *task, struct err *e)
{
	struct buf b CLEANUP(buf_free) = {0};
	int r = cbor_put_uint(&b, CONFINE_START);

	if (r == 0)
		r = cbor_put_text(&b, bytes_str(task));
	if (r != 0)
		return err_nomem(e);
	r = fd_send(l->sock, buf_bytes(&b), NULL, 0);
	return r == 0 ? 0 : err_set(e, r, "", "the launcher is gone");
}

/* Until the kernel says that pid 1 is gone, and with it all others. */
static void end_init(struct launch *l)
{
	struct pollfd p = {.fd = l->init, .events = POLLIN};

	if (l->init < 0)
		return;
	(void)!syscall(SYS_pidfd_send_signal, l->init, SIGKILL, NULL, 0);
	while (poll(&p, 1, -1) < 0 && errno == EINTR)
		continue;
	fd_close(&l->init);
}

void launch_end(struct launch *l, int *status)
{
	bool unheard = l->init < 0;
	int st = 0;

	end_init(l);
	if (l->pid > 0) {
		/* Without pid 1 there is nothing it could still tell; with it,
		 * it ends by itself and hands the exit code on. */
		if (unheard)
			kill(l->pid, SIGKILL);
		while (waitpid(l->pid, &st, 0) < 0 && errno == EINTR)
			continue;
		if (status != NULL)
			*status = WIFEXITED(st) ? WEXITSTATUS(st)
						: 128 + WTERMSIG(st);
	}
	l->pid = 0;
	fd_close(&l->sock);
	fd_close(&l->fuse);
	fd_close(&l->master);
}
