/* What erasing cannot reach, for whoever has to answer for it. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TOOLS_REMAINS_H
#define TOOLS_REMAINS_H

#include "base/json.h"

/** remains_tell(j): as "out_of_reach" of the object j; NULL: in words. */
void remains_tell(struct json_out *j);

#endif
