/* carrel policy explain: why something is shown, and how. */
/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>

#include "fs/desk/preview.h"
#include "fs/desk/swaps.h"
#include "tools/commands.h"
#include "tools/desk.h"
#include "tools/explained.h"

static int print_assignment(const struct cli *c, struct open *o, struct err *e)
{
	struct key *k CLEANUP(key_freep) = NULL;
	struct buf b CLEANUP(buf_free) = {0};
	struct json_out j;
	const char *const *names;
	size_t n = policy_annotators(o->policy, &names);
	int r = store_lock(o->store, e);

	/* Beside a gateway a key that stands is read all the same. */
	if (r == 0 || r == -EBUSY)
		r = store_project_key(o->store, policy_project(o->policy),
				      "assign", &k, e);
	if (r != 0)
		return r;
	cli_json(&j, &b);
	json_key(&j, "project");
	json_cstr(&j, policy_project(o->policy));
	json_key(&j, "assign_key");
	json_hex(&j, bytes_of(key_raw(k), KEY_LEN));
	json_key(&j, "annotators");
	json_arr(&j);
	for (size_t i = 0; i < n; i++)
		json_cstr(&j, names[i]);
	json_arr_end(&j);
	return cli_json_end(c, &j, &b) == 0
		       ? 0
		       : err_set(e, -EIO, "", "cannot print");
}

static int print_swap(void *ctx, struct bytes json)
{
	const struct cli *c = ctx;

	cli_print(c, json);
	return fputc('\n', c->out) == EOF ? -EIO : 0;
}

static int explain_path(struct cli *c, struct desk *d, struct bytes policy,
			struct err *e)
{
	struct buf b CLEANUP(buf_free) = {.secret = true};
	struct json_out j;
	int r;

	cli_json(&j, &b);
	json_key(&j, "path");
	json_cstr(&j, c->args[0]);
	json_key(&j, "records");
	json_arr(&j);
	r = explain_write(d, bytes_str(c->args[0]), &j, e);
	json_arr_end(&j);
	json_key(&j, "name_spans");
	json_arr(&j);
	if (r == 0)
		r = explain_names(d, bytes_str(c->args[0]), &j, e);
	json_arr_end(&j);
	if (r != 0)
		return cli_fail(c, e);
	if (c->json)
		return cli_json_end(c, &j, &b);
	json_obj_end(&j);
	r = j.err != 0 ? j.err : explained_words(c, buf_bytes(&b), policy);
	if (r != 0)
		return cli_fail(
			c, &(struct err){.code = r, .text = "cannot explain"});
	return fflush(c->out) == 0 ? 0 : 70;
}

int cmd_policy_explain(struct cli *c)
{
	struct open o CLEANUP(open_close) = {0};
	struct tool_desk td CLEANUP(tool_desk_close) = {0};
	struct desk *d CLEANUP(desk_closep) = NULL;
	struct subject s;
	struct err e = {0};
	bool assignment = cli_has(c, "assignment"), swaps = cli_has(c, "swaps");
	int r;

	if (!assignment && !swaps && c->nargs == 0)
		return cli_usage(c, "which stored path?");
	r = assignment ? open_policy(cli_get(c, "policy"), &o, &e)
		       : tool_subject(c, &o, &s, &e);
	if (r == 0)
		r = open_store(c, &o, &e);
	if (r == 0 && assignment) {
		r = print_assignment(c, &o, &e);
		return r != 0 ? cli_fail(c, &e) : 0;
	}
	if (r == 0)
		r = tool_desk_open(&o, &s, "view index", &td, &d, &e);
	if (r == 0 && swaps)
		r = swaps_write(d, print_swap, c, &e);
	if (r != 0)
		return cli_fail(c, &e);
	return swaps ? 0 : explain_path(c, d, buf_bytes(&o.policy_text), &e);
}
