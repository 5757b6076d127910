/* carrel: the door. Everything it can do stands in commands.c. */
/* SPDX-License-Identifier: Apache-2.0 */
#include <signal.h>

#include "tools/cli.h"

int main(int argc, char **argv)
{
	/* A reader that went away is an error of write(2), not a death. */
	signal(SIGPIPE, SIG_IGN);
	/* So is a file that may not grow: say it, and lose nothing. */
	signal(SIGXFSZ, SIG_IGN);
	return cli_main(argc, argv);
}
