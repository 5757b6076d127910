/* carrel version, and what the build asks of the option table. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "policy/redact/detect.h"
#include "policy/redact/view.h"
#include "tools/commands.h"
#include "tools/open.h"

int cmd_version(struct cli *c)
{
	struct buf b CLEANUP(buf_free) = {0};
	struct json_out j;

	if (!c->json) {
		fprintf(c->out, "%s (%s, %s)\n", CARREL_TOOL, VIEW_RENDERER,
			DETECT_VERSION);
		return fflush(c->out) == 0 ? 0 : 70;
	}
	cli_json(&j, &b);
	json_key(&j, "version");
	json_cstr(&j, CARREL_VERSION);
	json_key(&j, "renderer");
	json_cstr(&j, VIEW_RENDERER);
	json_key(&j, "detector");
	json_cstr(&j, DETECT_VERSION);
	return cli_json_end(c, &j, &b);
}

int cmd_man(struct cli *c)
{
	man_page(c->out);
	return fflush(c->out) == 0 ? 0 : 70;
}

int cmd_completion(struct cli *c)
{
	if (strcmp(c->args[0], "bash") == 0)
		completion_bash(c->out);
	else if (strcmp(c->args[0], "zsh") == 0)
		completion_zsh(c->out);
	else
		return cli_usage(c, "bash or zsh, not %s", c->args[0]);
	return fflush(c->out) == 0 ? 0 : 70;
}
