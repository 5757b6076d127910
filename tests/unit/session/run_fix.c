/* Running scripts in sessions over a gateway without a store. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/unit/session/run_fix.h"

#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <unistd.h>

#include <cmocka.h>

#include "fs/session/confine.h"
#include "fs/session/run.h"

int in_session(struct gateway *g, const char *script, bool tty, int *status,
	       struct err *e)
{
	char *argv[] = {(char *)(uintptr_t) "/bin/sh", (char *)(uintptr_t) "-c",
			(char *)(uintptr_t)script, NULL};
	struct run_want w = {.host = fake_gateway_host(g),
			     .argv = argv,
			     .no_terminal = !tty};

	return run_session(&w, status, e);
}

int code_of(const char *script)
{
	struct gateway *g = fake_gateway_new(bytes_str("canary"));
	struct err e = {0};
	int status = -1, r = in_session(g, script, false, &status, &e);

	if (r != 0)
		fail_msg("%s", e.text);
	assert_string_equal(fake_gateway_reason(g), "ended");
	assert_true(fake_gateway_left(g));
	assert_non_null(strstr(fake_gateway_facts(g), "landlock_abi"));
	fake_gateway_free(g);
	return status;
}

int run_main(int argc, char **argv, const struct CMUnitTest *tests, size_t n)
{
	/* As main of the tool has it before it becomes the launcher. */
	signal(SIGPIPE, SIG_IGN);
	signal(SIGXFSZ, SIG_IGN);
	if (argc > 1 && strcmp(argv[1], "_session") == 0)
		return confine_main(CONFINE_SOCK);
	if (access("/dev/fuse", R_OK | W_OK) != 0) {
		printf("SKIP: /dev/fuse cannot be opened\n");
		return 77;
	}
	return _cmocka_run_group_tests("session", tests, n, NULL, NULL);
}
