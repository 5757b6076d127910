/* Starting and ending the programs of external recognizers. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "fs/ingest/external_run.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/fdio.h"
#include "base/mem.h"
#include "fs/ingest/external_confine.h"

#define ORDER_MAX (1u << 20)

/* ---- on the starting side ---- */

/* Between fork and exec: async-signal-safe calls only. */
static _Noreturn void become_keeper(const int fds[5])
{
	char *argv[] = {(char *)(uintptr_t) "carrel",
			(char *)(uintptr_t)EXTERNAL_ARG, NULL};
	char *env[] = {NULL};
	int from[5];
	sigset_t none;

	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	setpgid(0, 0);
	/* First away from where they are to go. */
	for (int i = 0; i < 5; i++)
		from[i] = fcntl(fds[i], F_DUPFD, EXTERNAL_LIFE + 1);
	for (int i = 0; i < 5; i++)
		if (dup2(from[i], i) < 0)
			_exit(127);
	close_range(EXTERNAL_LIFE + 1, ~0U, 0);
	execve("/proc/self/exe", argv, env);
	_exit(127);
}

static int start(struct external_program *p, int order, struct err *e)
{
	int in[2] = {-1, -1}, out[2] = {-1, -1}, err[2] = {-1, -1};
	int life[2] = {-1, -1};
	bool ok = pipe2(in, O_CLOEXEC) == 0 && pipe2(out, O_CLOEXEC) == 0 &&
		  pipe2(err, O_CLOEXEC) == 0 && pipe2(life, O_CLOEXEC) == 0;
	const int fds[5] = {in[0], out[1], err[1], order, life[0]};
	int r = ok ? 0 : err_errno(e, "", "a pipe");

	p->p = (struct external_pipes){in[1], out[0], err[0]};
	p->life = life[1];
	if (r == 0)
		r = external_nonblock(&p->p);
	if (r == 0) {
		p->pid = fork();
		if (p->pid == 0)
			become_keeper(fds);
		if (p->pid < 0)
			r = err_errno(e, "", "fork");
		else
			setpgid(p->pid, p->pid); /* whoever is first */
	}
	fd_close(&in[0]);
	fd_close(&out[1]);
	fd_close(&err[1]);
	fd_close(&life[0]);
	if (r != 0) {
		external_part(p);
		fd_close(&p->life);
		p->pid = 0;
	}
	return r;
}

int external_start(const struct external_list *l, uint32_t i,
		   struct external_program *out, struct err *e)
{
	int order CLEANUP(fd_close) = fd_memory(external_list_order(l, i));

	*out = (struct external_program){.p = {-1, -1, -1}, .life = -1};
	return order < 0 ? err_set(e, order, "", "an order in memory: %s",
				   strerror(-order))
			 : start(out, order, e);
}

bool external_runs(struct external_program *p)
{
	if (p->pid > 0 && waitpid(p->pid, NULL, WNOHANG) != 0) {
		kill(-p->pid, SIGKILL);
		p->pid = 0;
		external_part(p);
		fd_close(&p->life);
	}
	return p->pid > 0;
}

void external_part(struct external_program *p)
{
	fd_close(&p->p.in);
	fd_close(&p->p.out);
	fd_close(&p->p.err);
}

void external_end(struct external_program *p)
{
	/* Its group cannot be left (external_confine.c). */
	if (p->pid > 0) {
		kill(-p->pid, SIGKILL);
		while (waitpid(p->pid, NULL, 0) < 0 && errno == EINTR)
			continue;
		p->pid = 0;
		external_part(p);
		fd_close(&p->life);
	}
}

/* ---- on the started side ---- */

static int read_words(struct cbor *c, struct arena *a, const char ***out)
{
	uint64_t n = cbor_get_array(c);
	const char **v = n > 4096 ? NULL : arena_array(a, n + 1, sizeof(*v));

	for (uint64_t i = 0; v != NULL && i < n; i++) {
		v[i] = arena_str(a, cbor_get_bytes(c));
		if (v[i] == NULL)
			return -ENOMEM;
	}
	*out = v;
	return v == NULL ? -ENOMEM : c->err;
}

static int become_program(struct arena *a, struct bytes order, struct err *e)
{
	static const char *const env[] = {"PATH=/usr/local/bin:/usr/bin:/bin",
					  "LANG=C.UTF-8", NULL};
	struct cbor c = {.in = order};
	const char **paths = NULL, **argv = NULL, *dir, *program;
	int r = cbor_get_array(&c) == 4 ? 0 : -EPROTO;

	dir = arena_str(a, cbor_get_bytes(&c));
	program = arena_str(a, cbor_get_bytes(&c));
	if (r == 0)
		r = read_words(&c, a, &paths);
	if (r == 0)
		r = read_words(&c, a, &argv);
	if (r == 0)
		r = cbor_end(&c);
	if (r != 0 || dir == NULL || program == NULL)
		return err_set(e, -EPROTO, "", "malformed order");
	if (chdir(dir) != 0)
		return err_errno(e, dir, "chdir");
	r = external_confine(paths, e);
	if (r != 0)
		return r;
	execve(program, (char *const *)(uintptr_t)argv,
	       (char *const *)(uintptr_t)env);
	return err_errno(e, program, "cannot be started");
}

/* The program's own process: returns only where it could not be started. */
static int start_program(void)
{
	CLEANUP(arena_freep) struct arena *a = arena_new();
	CLEANUP(buf_free) struct buf b = {0};
	struct err e = {0};
	struct bytes s;
	ssize_t n = buf_reserve(&b, ORDER_MAX);

	close(EXTERNAL_LIFE);
	signal(SIGPIPE, SIG_DFL);
	signal(SIGXFSZ, SIG_DFL);
	if (n == 0)
		n = fd_pread_full(EXTERNAL_FD, b.p, ORDER_MAX, 0);
	fcntl(EXTERNAL_FD, F_SETFD, FD_CLOEXEC);
	if (n > 0 && a != NULL) {
		b.n = (size_t)n;
		n = become_program(a, buf_bytes(&b), &e);
	}
	s = bytes_str(e.code != 0 ? e.text : "no order");
	/* Whoever asks reads it as the program's words. */
	n = write(2, s.p, s.n) < 0 ? 126 : 127;
	return (int)n;
}

/* Until the program has ended, or nobody is there for it any more. */
static int keep(int pidfd)
{
	struct pollfd f[2] = {{.fd = EXTERNAL_LIFE, .events = POLLIN},
			      {.fd = pidfd, .events = POLLIN}};

	while (poll(f, 2, -1) < 0 && errno == EINTR)
		continue;
	/* All of the group: this process, too. */
	kill(0, SIGKILL);
	return 0;
}

int external_main(void)
{
	pid_t pid = fork();
	int pidfd;

	if (pid == 0)
		return start_program();
	pidfd = pid < 0 ? -1 : (int)syscall(SYS_pidfd_open, pid, 0);
	/* The pipes are the program's alone: their end is its end. */
	close_range(0, EXTERNAL_FD, 0);
	return pidfd < 0 ? 126 : keep(pidfd);
}
