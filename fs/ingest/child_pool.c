/* A pool of keyless children: started when needed, replaced when they die. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "fs/ingest/child_pool.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/cbor.h"
#include "base/fdio.h"
#include "base/mem.h"

#define CHILDREN_MAX 256

struct child {
	struct child_wire wire; /* first: a wire is a child */
	pid_t pid;
	bool busy;
	bool told;					/* of p->known */
	struct external_program programs[EXTERNAL_MAX]; /* it asks */
};

struct child_pool {
	pthread_mutex_t lock;
	pthread_cond_t idle;
	struct child *children;
	unsigned max, timeout_s;
	const struct child_setup *setup;
	bool unpacks;
	int known; /* descriptor; -1: none */
};

int child_pool_new(unsigned max, struct child_pool **out, struct err *e)
{
	long cpus = sysconf(_SC_NPROCESSORS_ONLN);
	struct child_pool *p = mem_new(1, sizeof(*p));

	if (max == 0)
		max = cpus < 1 ? 1 : (unsigned)cpus;
	if (max > CHILDREN_MAX)
		max = CHILDREN_MAX;
	if (p != NULL)
		p->children = mem_new(max, sizeof(*p->children));
	if (p == NULL || p->children == NULL) {
		mem_free(p);
		return err_nomem(e);
	}
	for (unsigned i = 0; i < max; i++)
		p->children[i].wire.sock = p->children[i].wire.fd = -1;
	p->max = max;
	p->timeout_s = 60;
	p->known = -1;
	pthread_mutex_init(&p->lock, NULL);
	pthread_cond_init(&p->idle, NULL);
	*out = p;
	return 0;
}

/* The end of its socket is its word to go; a hanging one is killed. */
static void end_child(struct child *c)
{
	if (c->pid > 0) {
		kill(c->pid, SIGKILL);
		while (waitpid(c->pid, NULL, 0) < 0 && errno == EINTR)
			continue;
	}
	child_wire_close(&c->wire);
	c->pid = 0;
	c->told = false;
	for (size_t i = 0; i < EXTERNAL_MAX; i++)
		external_end(&c->programs[i]);
}

/* One that died while it was idle is none, nor one that lost whom it asks. */
static bool is_alive(struct child *c, uint32_t nprograms)
{
	bool all = true;

	for (uint32_t i = 0; i < nprograms; i++)
		all = external_runs(&c->programs[i]) && all;
	if (c->pid > 0 && waitpid(c->pid, NULL, WNOHANG) != 0)
		c->pid = 0;
	return all && c->pid > 0;
}

void child_pool_free(struct child_pool *p)
{
	if (p == NULL)
		return;
	for (unsigned i = 0; i < p->max; i++)
		end_child(&p->children[i]);
	fd_close(&p->known);
	pthread_cond_destroy(&p->idle);
	pthread_mutex_destroy(&p->lock);
	mem_free(p->children);
	mem_free(p);
}

void child_pool_timeout(struct child_pool *p, unsigned seconds)
{
	p->timeout_s = seconds;
}

void child_pool_unpacks(struct child_pool *p)
{
	p->unpacks = true;
}

void child_pool_setup(struct child_pool *p, const struct child_setup *s)
{
	for (unsigned i = 0; i < p->max; i++)
		end_child(&p->children[i]);
	fd_close(&p->known);
	p->setup = s;
}

void child_pool_known(struct child_pool *p, int fd)
{
	fd_close(&p->known);
	p->known = fd;
	for (unsigned i = 0; i < p->max; i++)
		p->children[i].told = false;
}

int child_setup_put(struct buf *b, const struct child_setup *s)
{
	int r = cbor_put_array(b, 3);

	if (r == 0)
		r = cbor_put_bytes(b, bytes_str(s->name));
	if (r == 0)
		r = cbor_put_bytes(b, s->manifest);
	if (r == 0)
		r = cbor_put_array(b, 2 * s->nfiles);
	for (size_t i = 0; r == 0 && i < 2 * s->nfiles; i++)
		r = cbor_put_bytes(b, s->files[i]);
	return r;
}

/* Between fork and exec: async-signal-safe calls only. No PDEATHSIG: that is
 * the death of the starting thread; a child ends with its socket. */
static _Noreturn void become_child(int sock)
{
	char *argv[] = {(char *)(uintptr_t) "carrel",
			(char *)(uintptr_t)CHILD_ARG, NULL};
	char *env[] = {NULL};
	sigset_t none;
	int null = open("/dev/null", O_RDWR);

	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	for (int fd = 0; fd < 3; fd++)
		dup2(null, fd);
	if (sock == CHILD_FD)
		fcntl(sock, F_SETFD, 0);
	else
		dup2(sock, CHILD_FD);
	close_range(CHILD_FD + 1, ~0U, 0);
	execve("/proc/self/exe", argv, env);
	_exit(127);
}

static int start_child(struct child *c, struct err *e)
{
	int pair[2];

	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) != 0)
		return err_errno(e, "", "socketpair");
	c->pid = fork();
	if (c->pid == 0)
		become_child(pair[1]);
	close(pair[1]);
	c->wire.sock = pair[0];
	c->wire.ahead = true;
	if (c->pid < 0) {
		c->pid = 0;
		return err_errno(e, "", "fork");
	}
	return 0;
}

/* The manifest, and its answer: INFO is read by whoever set it up. Or what
 * the child is for. */
static int tell_setup(struct child *c, const struct child_pool *p,
		      struct err *e)
{
	struct buf b CLEANUP(buf_free) = {0};
	enum child_frame type;
	int r = p->unpacks ? 0 : child_setup_put(&b, p->setup);

	if (r == 0)
		r = child_wire_put(&c->wire,
				   p->unpacks ? CHILD_UNPACKER : CHILD_MANIFEST,
				   buf_bytes(&b), -1);
	if (r == 0)
		r = child_wire_get(&c->wire, &type);
	if (r == 1 && type == (p->unpacks ? CHILD_DONE : CHILD_INFO))
		return 0;
	if (r == 1 && type == CHILD_ERROR)
		return child_wire_error(&c->wire, e);
	return err_set(e, -EIO, "", "a recognizer process did not start (%s)",
		       r < 0 ? strerror(-r) : "it ended at once");
}

/* What is asked stands beside who asks; neither can reach the other but by
 * their pipes. */
static int start_programs(struct child *c, const struct external_list *l,
			  struct err *e)
{
	int r = 0;

	for (uint32_t i = 0; r == 0 && i < external_list_count(l); i++) {
		struct external_program *p = &c->programs[i];
		struct bytes none = bytes_of(NULL, 0);

		r = external_start(l, i, p, e);
		if (r != 0)
			return r;
		r = child_wire_put(&c->wire, CHILD_PIPE, none, p->p.in);
		if (r == 0)
			r = child_wire_put(&c->wire, CHILD_PIPE, none,
					   p->p.out);
		if (r == 0)
			r = child_wire_put(&c->wire, CHILD_PIPE, none,
					   p->p.err);
		external_part(p);
	}
	return r == 0 ? 0 : err_set(e, -EIO, "", "a recognizer process ended");
}

/* Nothing is answered. */
static int tell_known(struct child *c, const struct child_pool *p,
		      struct err *e)
{
	if (c->told || p->known < 0 || p->setup == NULL)
		return 0;
	c->told = true;
	return child_wire_put(&c->wire, CHILD_KNOWN, bytes_of(NULL, 0),
			      p->known) == 0
		       ? 0
		       : err_set(e, -EIO, "", "a recognizer process ended");
}

static struct child *find_child(struct child_pool *p)
{
	struct child *empty = NULL;

	for (unsigned i = 0; i < p->max; i++) {
		struct child *c = &p->children[i];

		if (!c->busy && c->pid > 0)
			return c;
		if (!c->busy && empty == NULL)
			empty = c;
	}
	return empty;
}

int child_take(struct child_pool *p, uint64_t mib, struct child_wire **out,
	       struct err *e)
{
	const struct external_list *l =
		p->setup == NULL ? NULL : p->setup->external;
	struct child *c;
	int r = 0;

	mib += external_list_seconds(l);
	pthread_mutex_lock(&p->lock);
	while ((c = find_child(p)) == NULL)
		pthread_cond_wait(&p->idle, &p->lock);
	c->busy = true;
	pthread_mutex_unlock(&p->lock);
	c->wire.timeout_ms = (int)((p->timeout_s + mib) * 1000);
	if (!is_alive(c, external_list_count(l))) {
		end_child(c);
		r = start_child(c, e);
		if (r == 0 && (p->setup != NULL || p->unpacks))
			r = tell_setup(c, p, e);
		if (r == 0)
			r = start_programs(c, l, e);
	}
	if (r == 0)
		r = tell_known(c, p, e);
	if (r != 0)
		child_give(p, &c->wire, false);
	else
		*out = &c->wire;
	return r;
}

void child_give(struct child_pool *p, struct child_wire *w, bool good)
{
	struct child *c = (struct child *)(void *)w;

	if (!good)
		end_child(c);
	pthread_mutex_lock(&p->lock);
	c->busy = false;
	pthread_cond_signal(&p->idle);
	pthread_mutex_unlock(&p->lock);
}
