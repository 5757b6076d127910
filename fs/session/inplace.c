/* A gateway in this very process, beside the command that needs it. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "fs/session/inplace.h"

#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <sys/eventfd.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/fdio.h"
#include "base/mem.h"
#include "fs/session/serve.h"

struct inplace {
	struct serve_want want;
	pthread_t thread;
	int stop, done;
	int failed;
	struct err why;
};

static void *serve_thread(void *arg)
{
	struct inplace *i = arg;
	uint64_t one = 1;

	i->failed = serve(&i->want, &i->why);
	(void)!write(i->done, &one, sizeof(one));
	return NULL;
}

static int start(struct inplace *i, int sock)
{
	sigset_t all, was;
	int r;

	i->stop = eventfd(0, EFD_CLOEXEC);
	i->done = eventfd(0, EFD_CLOEXEC);
	if (i->stop < 0 || i->done < 0)
		return errno; /* it could never be told to end */
	i->want.starter = sock;
	i->want.stop = i->stop;
	sigfillset(&all);
	pthread_sigmask(SIG_BLOCK, &all, &was);
	r = pthread_create(&i->thread, NULL, serve_thread, i);
	pthread_sigmask(SIG_SETMASK, &was, NULL);
	return r;
}

int inplace_start(struct gateway *g, struct inplace **out, struct err *e)
{
	struct inplace *i = mem_new(1, sizeof(*i));
	int pair[2], r;

	if (i == NULL)
		return err_nomem(e);
	i->want = (struct serve_want){.gateway = g};
	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair) != 0) {
		mem_free(i);
		return err_errno(e, "", "socketpair");
	}
	r = start(i, pair[1]);
	if (r != 0) {
		close(pair[0]);
		close(pair[1]);
		fd_close(&i->stop);
		fd_close(&i->done);
		mem_free(i);
		return err_set(e, -r, "", "a thread for the gateway");
	}
	*out = i;
	return pair[0];
}

static void wait_or_signal(const struct inplace *i)
{
	static const int ends[] = {SIGTERM, SIGINT, SIGHUP};
	struct pollfd p[2] = {{.fd = i->done, .events = POLLIN},
			      {.events = POLLIN}};
	sigset_t set;

	sigemptyset(&set);
	for (size_t s = 0; s < ARRAY_LEN(ends); s++)
		sigaddset(&set, ends[s]);
	p[1].fd = signalfd(-1, &set, SFD_CLOEXEC);
	while (poll(p, 2, -1) < 0 && errno == EINTR)
		continue;
	fd_close(&p[1].fd);
}

int inplace_end(struct inplace *i, bool now, struct err *e)
{
	uint64_t one = 1;
	int r;

	if (!now)
		wait_or_signal(i);
	(void)!write(i->stop, &one, sizeof(one));
	pthread_join(i->thread, NULL);
	r = i->failed;
	if (r != 0 && e != NULL)
		*e = i->why;
	fd_close(&i->stop);
	fd_close(&i->done);
	mem_free(i);
	return r;
}
