/* A confined session without a store: data/empty holds the first argument. */
/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include <string.h>

#include "fs/session/confine.h"
#include "fs/session/run.h"
#include "tests/unit/mount/fake.h"
#include "tests/unit/session/fake_gateway.h"

static void say(const char *line)
{
	fprintf(stderr, "box: %s\n", line);
}

/*
 * usage: box [--no-terminal] TEXT CMD [ARG...]
 * The same run_session that carrel run uses; only what lies behind the mount
 * is in memory. The escape suite runs against this and against carrel itself.
 */
int main(int argc, char **argv)
{
	struct run_want w = {.say = say};
	struct gateway *g;
	struct err e = {0};
	int status = 0, at = 1, r;

	if (argc > 1 && strcmp(argv[1], "_session") == 0)
		return confine_main(CONFINE_SOCK);
	if (argc > 1 && strcmp(argv[1], "--no-terminal") == 0) {
		w.no_terminal = true;
		at++;
	}
	if (argc < at + 2) {
		fprintf(stderr, "usage: box [--no-terminal] TEXT CMD...\n");
		return 2;
	}
	g = fake_gateway_new(bytes_str(argv[at]));
	if (g == NULL)
		return 70;
	w.host = fake_gateway_host(g);
	w.argv = argv + at + 1;
	r = run_session(&w, &status, &e);
	if (r != 0)
		fprintf(stderr, "box: %s: %s\n", e.place, e.text);
	else
		fprintf(stderr,
			"box: end: %s%s, terminal bytes %llu, "
			"reads %zu\n",
			fake_gateway_reason(g),
			fake_gateway_left(g) ? "" : ", mount still held",
			(unsigned long long)fake_gateway_tty_out(g),
			fake_audit_count(fake_gateway_audit(g), EV_READ));
	fake_gateway_free(g);
	return r != 0 ? 70 : status;
}
