/* What /proc says of a process. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "base/proc.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/fdio.h"

/* The text of a small file of /proc; NULL. */
static const char *text_of(const char *path, char *text, size_t cap)
{
	int fd CLEANUP(fd_close) = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t n = fd < 0 ? -1 : fd_read_full(fd, text, cap - 1);

	if (n <= 0)
		return NULL;
	text[n] = '\0';
	return text;
}

pid_t proc_parent(pid_t pid)
{
	char path[32], b[512];
	const char *text, *at;

	snprintf(path, sizeof(path), "/proc/%d/stat", (int)pid);
	errno = 0;
	text = text_of(path, b, sizeof(b));
	if (text == NULL &&
	    (errno == EMFILE || errno == ENFILE || errno == ENOMEM))
		return -errno;
	/* "17 (any name) S 16 ...": the name may hold anything. */
	at = text == NULL ? NULL : strrchr(text, ')');
	return at == NULL || strlen(at) < 5 ? -1
					    : (pid_t)strtol(at + 4, NULL, 10);
}

/* The last number of a line, where there are several. */
static pid_t innermost(const char *text)
{
	const char *at = strstr(text, "\nNSpid:");
	long nr = 0, levels = 0;
	char *end;

	for (at = at == NULL ? "" : at + 7; *at == '\t'; at = end, levels++)
		nr = strtol(at, &end, 10);
	return levels >= 2 ? (pid_t)nr : 0;
}

pid_t proc_of_pidfd(int fd, pid_t *inner)
{
	char path[48], b[4096];
	const char *text, *at;
	long pid;

	snprintf(path, sizeof(path), "/proc/self/fdinfo/%d", fd);
	text = text_of(path, b, sizeof(b));
	at = text == NULL ? NULL : strstr(text, "\nPid:");
	pid = at == NULL ? 0 : strtol(at + 5, NULL, 10);
	if (inner != NULL)
		*inner = pid > 0 ? innermost(text) : 0;
	return pid > 0 ? (pid_t)pid : 0; /* -1: it has ended */
}
