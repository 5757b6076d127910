/* A confined session from start to end, seen from the gateway. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "fs/session/run.h"

#include <errno.h>
#include <poll.h>
#include <pwd.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include "base/fdio.h"
#include "fs/session/facts.h"
#include "fs/session/launch.h"
#include "fs/session/offer.h"
#include "fs/session/pty.h"

/*
 * The room is made first (launch_begin), so that a machine that cannot confine
 * is found before anything is logged; then the host is asked for a session,
 * which puts SESSION_START on disk and serves the FUSE descriptor; only then
 * the command runs (launch_go). While it runs, this thread moves terminal
 * bytes, waits for signals and for news of the host. However it ends, the host
 * is told and says so in the log; where this process is killed, the host sees
 * the connection go.
 */
struct running {
	const struct run_want *w;
	struct launch l;
	struct host_given given;
	bool begun;
	struct pty pty;
	const char *reason;
	const char *ended; /* by the host, and why; NULL: not */
	int signal;	   /* that ended it; 0: none */
	bool left;	   /* nobody holds the session's terminal any more */
	uint64_t tty_out;
};

static const char *env_or(const char *name, const char *otherwise)
{
	const char *v = getenv(name);

	return v != NULL && v[0] != '\0' && strlen(v) < 100 ? v : otherwise;
}

/* Root's session runs as an ordinary number inside its namespace. */
static uid_t inside(uid_t outside)
{
	return outside == 0 ? 1000 : outside;
}

static void wishes(const struct run_want *w, struct confine *c,
		   char *const argv[])
{
	*c = (struct confine){.uid = geteuid(),
			      .gid = getegid(),
			      .in_uid = inside(geteuid()),
			      .in_gid = inside(getegid()),
			      .user = "annotator",
			      .home = "/home/annotator",
			      .shell = "/bin/bash",
			      .term = env_or("TERM", "dumb"),
			      .lang = env_or("LANG", "C.UTF-8"),
			      .terminal = !w->no_terminal,
			      .argv = w->argv != NULL ? w->argv : argv,
			      .fuse = -1,
			      .master = -1};
}

/* SIGWINCH resizes; the others end the session in order. */
static int take_signal(struct running *r, int fd)
{
	struct signalfd_siginfo si;

	if (read(fd, &si, sizeof(si)) != (ssize_t)sizeof(si))
		return 0;
	if (si.ssi_signo == SIGWINCH && !r->w->no_terminal) {
		pty_resize(&r->pty);
		return 0;
	}
	if (si.ssi_signo == SIGWINCH)
		return 0;
	r->signal = (int)si.ssi_signo;
	r->reason = si.ssi_signo == SIGHUP ? "hangup" : "signal";
	return 1;
}

/* What the command wrote last is still in the pty when it has ended: all of it
 * is shown, however slow the terminal, unless a signal says stop. */
static void drain(struct running *r, int signals)
{
	struct pollfd p[2] = {{.fd = signals, .events = POLLIN}};

	while (!r->w->no_terminal) {
		bool held = pty_held(&r->pty);
		int rc;

		p[1] = held ? (struct pollfd){.fd = r->pty.outer,
					      .events = POLLOUT}
			    : (struct pollfd){.fd = r->pty.master,
					      .events = POLLIN};
		if (poll(p, 2, held ? -1 : 20) <= 0)
			return;
		if (p[0].revents != 0 && take_signal(r, p[0].fd) != 0)
			return;
		if (p[1].revents == 0)
			continue;
		rc = held ? pty_flush(&r->pty) : pty_move(&r->pty, POLLIN);
		if (rc != 0)
			return;
	}
}

/* The host has ended the session, or has gone: nothing is served any more. */
static bool take_news(struct running *r)
{
	const struct host *h = r->w->host;
	const char *why = NULL;
	int rc = h->news(h->ctx, &why);

	if (rc == 2 && !r->w->no_terminal)
		(void)!pty_say(&r->pty, why); /* no memory: no words */
	else if (rc == 2 && r->w->say != NULL)
		r->w->say(why);
	if (rc != 1)
		return false;
	r->ended = why;
	r->reason = "ended";
	return true;
}

/* One round of what happened; 1: the session is over. */
static int attend_once(struct running *r, struct pollfd p[6])
{
	int rc = 0;

	if (p[0].revents != 0 && take_signal(r, p[0].fd) != 0)
		return 1;
	if (p[5].revents != 0 && take_news(r))
		return 1;
	if (p[3].revents != 0) {
		rc = pty_move(&r->pty, p[3].revents);
		if (rc == 1)
			r->left = true; /* nobody holds the slave */
	}
	if (p[4].revents != 0 && rc >= 0)
		rc = pty_flush(&r->pty);
	if (p[2].revents != 0 && rc >= 0) {
		rc = pty_input(&r->pty);
		if (rc == 1)
			p[2].fd = -1;
	}
	if (rc < 0)
		return rc;
	if (p[1].revents == 0)
		return 0;
	r->reason = "ended";
	drain(r, p[0].fd);
	return 1;
}

static int attend(struct running *r, int signals)
{
	bool tty = !r->w->no_terminal;
	struct pollfd p[6] = {{.fd = signals, .events = POLLIN},
			      {.fd = r->l.init, .events = POLLIN},
			      {.fd = tty ? STDIN_FILENO : -1},
			      {.fd = -1},
			      {.fd = -1, .events = POLLOUT},
			      {.fd = r->w->host->fd, .events = POLLIN}};
	int rc = 0;

	while (rc == 0) {
		/* What the session has not taken yet is not added to. */
		bool full = tty && pty_waiting(&r->pty);
		/* What the terminal has not taken yet neither. */
		bool held = tty && pty_held(&r->pty);

		p[2].events = full ? 0 : POLLIN;
		p[3].fd = tty && !held && !r->left ? r->pty.master : -1;
		p[3].events = full ? POLLIN | POLLOUT : POLLIN;
		p[4].fd = held ? r->pty.outer : -1;
		if (poll(p, 6, -1) >= 0)
			rc = attend_once(r, p);
		else if (errno != EINTR)
			rc = -errno;
	}
	return rc < 0 ? rc : 0;
}

static int while_running(struct running *r, const sigset_t *set, struct err *e)
{
	int signals CLEANUP(fd_close) = signalfd(-1, set, SFD_CLOEXEC);
	int rc;

	if (signals < 0)
		return err_errno(e, "", "signalfd");
	rc = launch_go(&r->l, r->given.task, e);
	if (rc != 0)
		return rc;
	rc = attend(r, signals);
	if (rc != 0)
		return err_set(e, rc, "", "the terminal failed: %s",
			       strerror(-rc));
	return r->signal != 0 ? 0 : launch_words(&r->l, e);
}

static int begin(struct running *r, struct err *e)
{
	const struct host *h = r->w->host;
	struct buf facts CLEANUP(buf_free) = {0};
	struct host_ask ask = {.uid = inside(geteuid()),
			       .gid = inside(getegid()),
			       .fuse = r->l.fuse,
			       .init = r->l.init};
	int rc = facts_put(&facts, r->w->no_terminal);

	if (rc != 0 || buf_str(&facts) == NULL)
		return err_nomem(e);
	ask.facts = buf_str(&facts);
	r->l.fuse = -1; /* the host takes it over */
	rc = h->begin(h->ctx, &ask, &r->given, e);
	r->begun = rc == 0;
	return rc;
}

/* What the strength is no wall against (SECURITY.md). */
static const char *but(const char *strength)
{
	return strcmp(strength, "guard-rail") == 0
		       ? " (not against another terminal of this account)"
		       : "";
}

/* One line on the terminal: who, for what, how strong. */
static void say_start(const struct running *r)
{
	const struct host_given *g = &r->given;
	char line[1024];
	int n = snprintf(line, sizeof(line),
			 "session %llu of %s, project %s, task %s: %s%s",
			 (unsigned long long)g->session, g->annotator,
			 g->project, g->task[0] == '\0' ? "-" : g->task,
			 g->strength, but(g->strength));

	if (r->w->say != NULL && n > 0 && (size_t)n < sizeof(line))
		r->w->say(line);
	if (r->w->say != NULL && g->limits[0] != '\0')
		r->w->say(g->limits);
}

static int run(struct running *r, const sigset_t *set, struct err *e)
{
	static char *shell[] = {(char *)(uintptr_t) "/bin/bash", NULL};
	struct confine c;
	int rc, master;

	wishes(r->w, &c, shell);
	rc = launch_begin(&c, &r->l, e);
	if (rc == 0)
		rc = begin(r, e);
	if (rc != 0)
		return rc;
	say_start(r);
	if (!r->w->no_terminal) {
		master = r->l.master;
		r->l.master = -1;
		rc = pty_start(&r->pty, master, e);
	}
	if (rc == 0)
		rc = while_running(r, set, e);
	r->tty_out = r->pty.out;
	pty_end(&r->pty);
	return rc;
}

/* A gateway that has gone can be told nothing; its log says enough. */
static int finish(struct running *r, struct err *why)
{
	const struct host *h = r->w->host;
	const char *ended = NULL;
	bool drop = r->ended == NULL && strcmp(r->reason, "ended") == 0 &&
		    offer_drops(h, !r->w->no_terminal, r->w->say);
	int rc = h->end(h->ctx, r->reason, r->tty_out, drop, &ended, why);

	if (r->ended == NULL)
		r->ended = ended;
	return r->ended != NULL ? 0 : rc;
}

int run_session(const struct run_want *w, int *status, struct err *e)
{
	struct running r = {.w = w, .reason = "failed"};
	struct err why = {0};
	sigset_t set, was;
	int rc, end = 0;

	*status = 0;
	r.l = (struct launch){.sock = -1, .fuse = -1, .master = -1, .init = -1};
	if (!w->no_terminal && pty_check(e) != 0)
		return -EINVAL;
	sigemptyset(&set);
	sigaddset(&set, SIGWINCH);
	sigaddset(&set, SIGTERM);
	sigaddset(&set, SIGHUP);
	sigaddset(&set, SIGINT);
	pthread_sigmask(SIG_BLOCK, &set, &was);
	rc = run(&r, &set, e);
	launch_end(&r.l, status);
	if (r.signal != 0)
		*status = 128 + r.signal;
	if (r.begun)
		end = finish(&r, &why);
	pthread_sigmask(SIG_SETMASK, &was, NULL);
	/* Where the host is gone, no mount answers: what fails then says less.
	 */
	if (r.ended != NULL)
		return err_set(e, -EACCES, "", "the session was ended: %s",
			       r.ended);
	if (rc == 0 && end != 0)
		return err_set(e, end, "",
			       "the session's end could not be logged: %s",
			       why.text);
	return rc;
}
