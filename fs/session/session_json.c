/* A session as `carrel status` tells it. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "base/clock.h"
#include "fs/session/session_in.h"

/* Flat, as the rest of it: what was used, then the limit; none where there is
 * no such limit. */
static void limit_json(struct json_out *o, const char *used_key, uint64_t used,
		       const char *key, uint64_t limit)
{
	if (limit == 0)
		return;
	json_key(o, used_key);
	json_uint(o, used);
	json_key(o, key);
	json_uint(o, limit);
}

static void limits_json(struct session *s, struct mount *m, struct json_out *o)
{
	static const char *const used[METER_KINDS] = {
		[METER_RECORDS] = "records_used",
		[METER_BYTES] = "bytes_used",
		[METER_OPENS] = "opens_used",
		[METER_FLAGS] = "flags_used"};
	const struct limits *l = desk_limits(s->desk);

	json_key(o, "records");
	json_uint(o, meter_records(s->meter));
	json_key(o, "sweep");
	json_bool(o, meter_swept(s->meter));
	for (enum meter_kind k = 0; k < METER_KINDS; k++)
		limit_json(o, used[k], meter_used(s->meter, k), meter_name(k),
			   meter_limit(s->meter, k));
	limit_json(o, "session_used", clock_s() - s->up, "session_limit",
		   l->session);
	limit_json(o, "idle_used", m == NULL ? 0 : mount_idle(m), "idle_limit",
		   l->idle);
}

void session_json(struct session *s, struct json_out *o)
{
	struct mount_counts n = {0};
	struct mount *m = atomic_load(&s->mount);

	if (m != NULL)
		mount_count(m, &n);
	json_obj(o);
	json_key(o, "session");
	json_uint(o, s->seq);
	json_key(o, "annotator");
	json_cstr(o, s->subject.annotator);
	json_key(o, "role");
	json_cstr(o, s->subject.role);
	json_key(o, "project");
	json_cstr(o, policy_project(s->policy));
	json_key(o, "task");
	json_cstr(o, s->subject.task == NULL ? "" : s->subject.task);
	json_key(o, "confinement");
	json_cstr(o, s->strength);
	json_key(o, "began");
	json_int(o, s->began);
	json_key(o, "expires");
	json_int(o, s->subject.expires);
	json_key(o, "opens");
	json_uint(o, n.opens);
	json_key(o, "reads");
	json_uint(o, n.reads);
	json_key(o, "bytes");
	json_uint(o, n.bytes);
	json_key(o, "denials");
	json_uint(o, n.denials);
	if (s->meter != NULL)
		limits_json(s, m, o);
	json_obj_end(o);
}
