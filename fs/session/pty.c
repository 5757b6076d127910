/* The proxy between the outer terminal and the session's own. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "fs/session/pty.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <termios.h>
#include <unistd.h>

#include "base/fdio.h"
#include "base/mem.h"

int pty_check(struct err *e)
{
	struct stat st[3];

	/* Numbers repeat over instances of devpts: the node is compared too. */
	for (int fd = 0; fd < 3; fd++)
		if (!isatty(fd) || fstat(fd, &st[fd]) != 0 ||
		    st[fd].st_rdev != st[0].st_rdev ||
		    st[fd].st_dev != st[0].st_dev ||
		    st[fd].st_ino != st[0].st_ino)
			return err_set(
				e, -EINVAL, "",
				"standard input, output and error must be one "
				"terminal (a file or a pipe would be a copy); "
				"or give --no-terminal");
	return 0;
}

void pty_resize(struct pty *p)
{
	struct winsize w;

	if (ioctl(STDIN_FILENO, TIOCGWINSZ, &w) == 0)
		(void)!ioctl(p->master, TIOCSWINSZ, &w);
}

/* The same terminal through an open file of our own, so that not blocking is
 * no business of whoever shares ours. -1: not to be had (another's terminal),
 * then writing to it may wait. */
static int reopen(void)
{
	return open("/proc/self/fd/1",
		    O_WRONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
}

int pty_start(struct pty *p, int master, struct err *e)
{
	struct termios raw;

	p->master = master;
	p->in.secret = p->shown.secret = true;
	p->outer = reopen();
	if (p->outer < 0)
		p->outer = STDOUT_FILENO;
	p->saved = mem_new(1, sizeof(struct termios));
	if (p->saved == NULL)
		return err_nomem(e);
	if (tcgetattr(STDIN_FILENO, p->saved) != 0)
		return err_errno(e, "", "the terminal's settings");
	raw = *(struct termios *)p->saved;
	cfmakeraw(&raw);
	pty_resize(p);
	if (fcntl(master, F_SETFL, O_RDWR | O_NONBLOCK) != 0)
		return err_errno(e, "", "the session's terminal");
	if (tcsetattr(STDIN_FILENO, TCSADRAIN, &raw) != 0)
		return err_errno(e, "", "raw mode");
	p->raw = true;
	return 0;
}

bool pty_waiting(const struct pty *p)
{
	return p->in.n > 0;
}

/* As much as the session's terminal has room for. */
static int send_typed(struct pty *p)
{
	ssize_t n = write(p->master, p->in.p, p->in.n);

	if (n < 0)
		return errno == EINTR || errno == EAGAIN ? 0 : -errno;
	memmove(p->in.p, p->in.p + n, p->in.n - (size_t)n);
	p->in.n -= (size_t)n;
	return 0;
}

int pty_input(struct pty *p)
{
	uint8_t b[4096];
	ssize_t n = read(STDIN_FILENO, b, sizeof(b));

	if (n < 0)
		return errno == EINTR || errno == EAGAIN ? 0 : -errno;
	if (n == 0)
		return 1;
	if (buf_put(&p->in, b, (size_t)n) != 0)
		return -ENOMEM;
	return send_typed(p);
}

bool pty_held(const struct pty *p)
{
	return p->shown.n > 0;
}

int pty_flush(struct pty *p)
{
	ssize_t n = write(p->outer, p->shown.p, p->shown.n);

	if (n < 0)
		return errno == EINTR || errno == EAGAIN ? 0 : -errno;
	memmove(p->shown.p, p->shown.p + n, p->shown.n - (size_t)n);
	p->shown.n -= (size_t)n;
	return 0;
}

static int show(struct pty *p)
{
	uint8_t b[16384];
	ssize_t n = read(p->master, b, sizeof(b));
	int r;

	if (n < 0 && (errno == EINTR || errno == EAGAIN))
		return 0;
	if (n <= 0)
		return 1; /* EIO: nobody holds the slave any more */
	p->out += (uint64_t)n;
	r = ptyfilter_put(&p->filter, bytes_of(b, (size_t)n), &p->shown);
	explicit_bzero(b, sizeof(b));
	return r == 0 && pty_held(p) ? pty_flush(p) : r;
}

int pty_move(struct pty *p, int events)
{
	int r = 0;

	if ((events & POLLOUT) != 0 && pty_waiting(p))
		r = send_typed(p);
	if (r == 0 && !pty_held(p) &&
	    (events & (POLLIN | POLLHUP | POLLERR)) != 0)
		r = show(p);
	return r;
}

int pty_say(struct pty *p, const char *words)
{
	int r = buf_printf(&p->shown, "\r\ncarrel: %s\r\n", words);

	return r == 0 ? pty_flush(p) : r;
}

void pty_end(struct pty *p)
{
	if (p->raw)
		tcsetattr(STDIN_FILENO, TCSADRAIN, p->saved);
	mem_free(p->saved);
	if (p->master > 0)
		fd_close(&p->master);
	if (p->outer > STDERR_FILENO)
		fd_close(&p->outer);
	buf_free(&p->in);
	buf_free(&p->shown);
	*p = (struct pty){0};
}
