/* Opening what a command names: keys, store, policy. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "tools/open.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/signalfd.h>
#include <sys/wait.h>
#include <termios.h>
#include <time.h>
#include <unistd.h>

#include "base/fdio.h"
#include "base/hex.h"

#define KEY_TEXT_MAX 4096

void open_close(struct open *o)
{
	policy_free(o->policy);
	buf_free(&o->policy_text);
	store_close(o->store);
	keypool_free(o->pool);
	*o = (struct open){0};
}

int open_pool(struct open *o, struct err *e)
{
	return o->pool != NULL ? 0 : keypool_new(&o->pool, e);
}

bool open_below(struct bytes path, struct bytes prefix)
{
	return prefix.n == 0 ||
	       (path.n >= prefix.n && memcmp(path.p, prefix.p, prefix.n) == 0 &&
		(path.n == prefix.n || path.p[prefix.n] == '/'));
}

int64_t open_now(void)
{
	return (int64_t)time(NULL);
}

const char *open_option(const struct cli *c, const char *opt, const char *env)
{
	const char *v = cli_get(c, opt);

	return v != NULL ? v : getenv(env);
}

const char *open_dir(const struct cli *c)
{
	return open_option(c, "store", "CARREL_STORE");
}

/* 32 raw bytes, or 64 hex digits and white space at the end. */
static int key_from_text(struct keypool *pool, struct bytes text,
			 const char *place, struct key **out, struct err *e)
{
	uint8_t raw[KEY_LEN];
	size_t n = text.n;

	if (n == KEY_LEN) {
		memcpy(raw, text.p, KEY_LEN);
	} else {
		while (n > 0 &&
		       (text.p[n - 1] == '\n' || text.p[n - 1] == '\r'))
			n--;
		if (hex_decode(raw, KEY_LEN, bytes_of(text.p, n)) != 0)
			return err_set(
				e, -ENOKEY, place,
				"not a key: it must hold 32 bytes or 64 hex "
				"digits");
	}
	*out = key_import(pool, raw);
	secret_wipe(raw, sizeof(raw));
	return *out == NULL ? err_nomem(e) : 0;
}

int open_key_file(struct keypool *pool, const char *path, struct key **out,
		  struct err *e)
{
	struct buf b CLEANUP(buf_free) = {.secret = true};
	int r = file_read(AT_FDCWD, path, KEY_TEXT_MAX, &b);

	if (r == -ENOENT)
		return err_set(
			e, -ENOKEY, path,
			"there is no key file; carrel init makes one, or name "
			"yours with --key-file");
	if (r != 0)
		return err_set(e, r == -EACCES ? -ENOKEY : r, path,
			       "the key file cannot be read: %s", strerror(-r));
	return key_from_text(pool, buf_bytes(&b), path, out, e);
}

int open_key_write(const char *path, const struct key *k)
{
	char text[2 * KEY_LEN + 2];
	int r;

	hex_encode(text, bytes_of(key_raw(k), KEY_LEN));
	text[2 * KEY_LEN] = '\n';
	r = file_create(AT_FDCWD, path, 0600, bytes_of(text, 2 * KEY_LEN + 1));
	secret_wipe(text, sizeof(text));
	return r;
}

/* Runs a command through the shell; its stdout holds the key. */
static int key_from_command(struct keypool *pool, const char *cmd,
			    struct key **out, struct err *e)
{
	struct buf b CLEANUP(buf_free) = {.secret = true};
	int fds[2], status = 0;
	ssize_t got;
	pid_t pid;

	if (buf_reserve(&b, KEY_TEXT_MAX) != 0)
		return err_nomem(e);
	if (pipe2(fds, O_CLOEXEC) != 0)
		return err_errno(e, cmd, "pipe");
	pid = fork();
	if (pid == 0) {
		dup2(fds[1], STDOUT_FILENO);
		/* Ours to ignore (main.c), not the command's. */
		signal(SIGPIPE, SIG_DFL);
		signal(SIGXFSZ, SIG_DFL);
		execl("/bin/sh", "sh", "-c", cmd, (char *)NULL);
		_exit(127);
	}
	close(fds[1]);
	got = fd_read_full(fds[0], b.p, KEY_TEXT_MAX);
	close(fds[0]);
	if (pid < 0 || waitpid(pid, &status, 0) != pid || status != 0 ||
	    got < 0)
		return err_set(e, -ENOKEY, cmd, "the key command failed");
	b.n = (size_t)got;
	return key_from_text(pool, buf_bytes(&b), cmd, out, e);
}

/*
 * A signal may end the command while it asks, wherever its others are blocked
 * (carrel run): they come by a descriptor, so that the terminal echoes again
 * before this process dies of one.
 */
struct asking {
	int fd, signals;
	struct termios was;
	sigset_t ends, mask; /* that end it; the caller's */
};

static int asking_begin(struct asking *a)
{
	static const int ends[] = {SIGTERM, SIGINT, SIGHUP, SIGQUIT};
	struct sigaction now;
	struct termios quiet;

	sigemptyset(&a->ends);
	for (size_t i = 0; i < ARRAY_LEN(ends); i++)
		if (sigaction(ends[i], NULL, &now) != 0 ||
		    now.sa_handler != SIG_IGN) /* as nohup wants it */
			sigaddset(&a->ends, ends[i]);
	pthread_sigmask(SIG_BLOCK, &a->ends, &a->mask);
	a->signals = signalfd(-1, &a->ends, SFD_CLOEXEC);
	quiet = a->was;
	quiet.c_lflag &= ~(tcflag_t)ECHO;
	return a->signals < 0 || tcsetattr(a->fd, TCSAFLUSH, &quiet) != 0
		       ? -errno
		       : 0;
}

/* Dies here of the signal that came, with sig not 0. */
static void asking_end(struct asking *a, int sig)
{
	/* A shell that has the terminal back has set it as it wants it. */
	if (tcgetpgrp(a->fd) == getpgrp())
		(void)tcsetattr(a->fd, TCSAFLUSH, &a->was);
	(void)!write(a->fd, "\n", 1);
	fd_close(&a->signals);
	if (sig != 0) {
		(void)raise(sig);
		pthread_sigmask(SIG_UNBLOCK, &a->ends, NULL);
	}
	pthread_sigmask(SIG_SETMASK, &a->mask, NULL);
}

/* A byte that was typed: 1, or 0 at the end; a signal came: *sig. */
static int asking_byte(const struct asking *a, char *ch, int *sig)
{
	struct pollfd p[2] = {{.fd = a->signals, .events = POLLIN},
			      {.fd = a->fd, .events = POLLIN}};
	struct signalfd_siginfo si;

	while (poll(p, 2, -1) < 0)
		if (errno != EINTR)
			return 0;
	if (p[0].revents != 0 && read(a->signals, &si, sizeof(si)) > 0)
		*sig = (int)si.ssi_signo;
	return *sig == 0 && read(a->fd, ch, 1) == 1;
}

/* One line from the terminal without echo. */
int open_pass_ask(const char *ask, struct buf *pass, struct err *e)
{
	int fd CLEANUP(fd_close) = open("/dev/tty", O_RDWR | O_CLOEXEC);
	struct asking a = {.fd = fd, .signals = -1};
	int sig = 0, r;
	char ch = 0;

	if (fd < 0 || tcgetattr(fd, &a.was) != 0)
		return err_set(
			e, -ENOKEY, "",
			"no key: give --key-file, --passphrase-file or "
			"--key-command (there is no terminal to ask on)");
	r = asking_begin(&a);
	if (r == 0 && write(fd, ask, strlen(ask)) < 0)
		r = -errno;
	while (r == 0 && pass->n < 1024 && asking_byte(&a, &ch, &sig) == 1 &&
	       ch != '\n')
		r = buf_putc(pass, ch);
	asking_end(&a, sig);
	if (r != 0)
		return err_set(e, r, "", "asking for the passphrase: %s",
			       strerror(-r));
	return pass->n == 0 ? err_set(e, -ENOKEY, "", "no passphrase") : 0;
}

int open_pass_file(const char *path, struct buf *pass, struct err *e)
{
	int r = file_read(AT_FDCWD, path, KEY_TEXT_MAX, pass);
	uint8_t *nl;

	if (r != 0)
		return err_set(e, -ENOKEY, path,
			       "the passphrase file cannot be read: %s",
			       strerror(-r));
	nl = pass->n == 0 ? NULL : memchr(pass->p, '\n', pass->n);
	if (nl != NULL)
		pass->n = (size_t)(nl - pass->p);
	return pass->n == 0
		       ? err_set(e, -ENOKEY, path, "the passphrase is empty")
		       : 0;
}

int open_cred(const struct cli *c, struct keypool *pool, struct key **key,
	      struct buf *pass, struct err *e)
{
	const char *file = open_option(c, "key-file", "CARREL_KEY_FILE");
	const char *pf =
		open_option(c, "passphrase-file", "CARREL_PASSPHRASE_FILE");
	const char *cmd = open_option(c, "key-command", "CARREL_KEY_COMMAND");

	pass->secret = true;
	/* What stands on the command line wins over the environment. */
	if (cli_has(c, "passphrase-file"))
		return open_pass_file(pf, pass, e);
	if (cli_has(c, "key-command"))
		return key_from_command(pool, cmd, key, e);
	if (file != NULL)
		return open_key_file(pool, file, key, e);
	if (pf != NULL)
		return open_pass_file(pf, pass, e);
	if (cmd != NULL)
		return key_from_command(pool, cmd, key, e);
	return open_pass_ask("Passphrase of the store: ", pass, e);
}

int open_store(const struct cli *c, struct open *o, struct err *e)
{
	struct buf pass CLEANUP(buf_free) = {.secret = true};
	struct key *key CLEANUP(key_freep) = NULL;

	return open_store_by(c, o, &key, &pass, e);
}

int open_store_by(const struct cli *c, struct open *o, struct key **key,
		  struct buf *pass, struct err *e)
{
	const char *dir = open_dir(c);
	struct store_cred cred;
	int r;

	if (dir == NULL)
		return err_set(
			e, -EINVAL, "",
			"which store? give --store DIR or set CARREL_STORE");
	r = store_stands(dir, e);
	if (r == 0)
		r = open_pool(o, e);
	if (r == 0)
		r = open_cred(c, o->pool, key, pass, e);
	if (r != 0)
		return r;
	cred = (struct store_cred){.key = *key, .passphrase = buf_bytes(pass)};
	return store_open(dir, o->pool, &cred, &o->store, e);
}

int open_policy(const char *path, struct open *o, struct err *e)
{
	int r;

	if (path == NULL)
		return err_set(e, -EINVAL, "", "which policy? give --policy F");
	r = file_read(AT_FDCWD, path, 1 << 20, &o->policy_text);
	if (r != 0)
		return err_set(e, r, path, "the policy cannot be read: %s",
			       strerror(-r));
	return policy_load(buf_bytes(&o->policy_text), path, &o->policy, e);
}

int open_log_dir(const struct cli *c, struct buf *b, struct err *e)
{
	const char *log = cli_get(c, "log");
	const char *dir = open_dir(c);

	if (log == NULL && dir == NULL)
		return err_set(e, -EINVAL, "",
			       "which log? give --log DIR or --store DIR");
	if (log != NULL ? buf_puts(b, log) != 0
			: buf_printf(b, "%s/log", dir) != 0)
		return err_nomem(e);
	return buf_str(b) == NULL ? err_nomem(e) : 0;
}

int open_confirm(const struct cli *c, const char *word, struct err *e)
{
	int fd CLEANUP(fd_close) = -1;
	char line[64] = "";
	ssize_t n;

	if (cli_has(c, "yes"))
		return 0;
	fd = open("/dev/tty", O_RDWR | O_CLOEXEC);
	if (fd < 0)
		return err_set(e, -EINVAL, "",
			       "nothing was done: without a terminal to ask "
			       "on, --yes must be given");
	(void)fflush(c->out);
	dprintf(fd, "This cannot be undone. Type %s to go on: ", word);
	n = read(fd, line, sizeof(line) - 1);
	if (n > 0 && line[n - 1] == '\n')
		line[n - 1] = '\0';
	return n > 0 && strcmp(line, word) == 0
		       ? 0
		       : err_set(e, -ECANCELED, "", "nothing was done");
}
