/* At the end of a session: what becomes of files no rule keeps. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "fs/session/offer.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#define NAMED 10

int offer_words(struct bytes names, struct buf *b)
{
	size_t n = 0, at = 0, shown = 0;
	int r;

	for (size_t i = 0; i < names.n; i++)
		n += names.p[i] == 0;
	r = buf_printf(b, "%zu new file%s: ", n, n == 1 ? "" : "s");
	while (r == 0 && at < names.n && shown < NAMED) {
		const char *name = (const char *)names.p + at;

		r = shown == 0 ? 0 : buf_puts(b, ", ");
		if (r == 0)
			r = buf_puts(b, name);
		at += strlen(name) + 1;
		shown++;
	}
	return r == 0 && n > NAMED ? buf_puts(b, ", ...") : r;
}

/* Keeping is what happens when in doubt. */
static bool says_no(void)
{
	char c = 0;
	ssize_t n;
	bool no = false;

	do {
		char got = 0;

		n = read(STDIN_FILENO, &got, 1);
		if (n == 1 && got != '\n' && c == 0) {
			c = got;
			no = c == 'n' || c == 'N';
		}
		if (n == 1 && got == '\n')
			break;
	} while (n == 1 || (n < 0 && errno == EINTR));
	return no;
}

bool offer_drops(const struct host *h, bool ask, void (*say)(const char *line))
{
	struct buf names CLEANUP(buf_free) = {0};
	struct buf words CLEANUP(buf_free) = {0};
	static const char question[] =
		"carrel: keep them in your work area? [Y/n] ";

	if (h->unnamed == NULL || h->unnamed(h->ctx, &names) != 0 ||
	    names.n == 0 || names.p[names.n - 1] != 0)
		return false;
	if (buf_puts(&words, "work.keep does not name ") != 0 ||
	    offer_words(buf_bytes(&names), &words) != 0 ||
	    (!ask && buf_puts(&words, "; not kept") != 0) ||
	    buf_str(&words) == NULL)
		return false;
	if (say != NULL)
		say(buf_str(&words));
	if (!ask)
		return true;
	(void)!write(STDERR_FILENO, question, sizeof(question) - 1);
	return says_no();
}
