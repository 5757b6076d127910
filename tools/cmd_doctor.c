/* carrel doctor: what this machine can and cannot do for a session. */
/* SPDX-License-Identifier: Apache-2.0 */
#include <unistd.h>

#include "fs/session/machine.h"
#include "tools/commands.h"

static void print_check(const struct cli *c, const struct machine_check *m)
{
	fprintf(c->out, "%-8s %-16s %s\n", machine_state_name(m->state),
		m->name, m->seen);
	if (m->advice[0] != '\0')
		fprintf(c->out, "         %-16s %s\n", "", m->advice);
}

static void put_check(struct json_out *j, const struct machine_check *m)
{
	json_obj(j);
	json_key(j, "fact");
	json_cstr(j, m->name);
	json_key(j, "state");
	json_cstr(j, machine_state_name(m->state));
	json_key(j, "ok");
	json_bool(j, m->state == MACHINE_OK);
	json_key(j, "seen");
	json_cstr(j, m->seen);
	json_key(j, "advice");
	json_cstr(j, m->advice);
	json_obj_end(j);
}

int cmd_doctor(struct cli *c)
{
	struct facts_want w = {.gateway = getuid(),
			       .annotator = getuid(),
			       .owner = getuid(),
			       .session = getuid()};
	struct buf b CLEANUP(buf_free) = {0};
	struct json_out j;
	struct facts f;
	bool missing = false;

	facts_gather(&w, &f);
	cli_json(&j, &b);
	json_key(&j, "facts");
	json_arr(&j);
	for (size_t i = 0; i < machine_checks(); i++) {
		struct machine_check m;

		machine_check(i, &f, &m);
		missing = missing || m.state == MACHINE_MISSING;
		if (c->json)
			put_check(&j, &m);
		else
			print_check(c, &m);
	}
	json_arr_end(&j);
	if (c->json && cli_json_end(c, &j, &b) != 0)
		return 70;
	return missing ? 9 : 0;
}
