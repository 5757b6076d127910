/* What erasing cannot reach, for whoever has to answer for it. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "tools/remains.h"

#include "base/diag.h"

static const char *const remains[] = {
	"backups, snapshots and copies of the store from before, with a key "
	"that opened them",
	"blocks that a flash disk or a copy-on-write file system keeps, until "
	"it reuses them; the keys in them need a way to open the store",
	"the log: paths as annotators saw them, and that they were read",
	"work areas, exports and previews: carrel work list has what "
	"annotators saved",
	"the files that were ingested: a file that was named here comes back "
	"when it is ingested again, one of which a record or value was erased "
	"when it was changed",
};

void remains_tell(struct json_out *j)
{
	if (j == NULL)
		diag_say("out of reach of this command:");
	else
		json_key(j, "out_of_reach");
	if (j != NULL)
		json_arr(j);
	for (size_t i = 0; i < ARRAY_LEN(remains); i++) {
		if (j == NULL)
			diag_say("- %s", remains[i]);
		else
			json_cstr(j, remains[i]);
	}
	if (j != NULL)
		json_arr_end(j);
}
