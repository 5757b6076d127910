/* Inside of detection: sensitive values in the stored paths of a group. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef REDACT_DETECT_PATH_H
#define REDACT_DETECT_PATH_H

#include "policy/redact/detect.h"
#include "policy/redact/named.h"

/* Zero-initialise through _open. */
struct detect_path {
	const struct recognizers *r;
	struct propagate *known; /* values that may stand in some path */
	uint64_t *grams;	 /* bit set: three letters of some path */
	struct buf scratch;
};

/**
 * detect_path_open(p, r): nothing watched yet; r outlives p. -ENOMEM;
 * detect_path_close is due in any case; zeroed is fine.
 */
int detect_path_open(struct detect_path *p,
		     const struct recognizers *r) MUST_CHECK;
void detect_path_close(struct detect_path *p);

/** detect_path_watch(p, path): one of the group's paths. All of them come
 * before the first value is learned. */
int detect_path_watch(struct detect_path *p, struct bytes path) MUST_CHECK;

/** detect_path_learn(p, type, text, score): a value found in the group's
 * contents or named by the manifest. What can stand in no watched path is not
 * kept. */
int detect_path_learn(struct detect_path *p, uint16_t type, struct bytes text,
		      uint8_t score) MUST_CHECK;

/** detect_path_find(p, path, named, a, s): what is in a watched path goes into
 * s->names, allocated in a, and s->named is set; what a pattern found there is
 * among it (NULL: none did). -ENOMEM, -EFBIG. */
int detect_path_find(struct detect_path *p, struct bytes path,
		     const struct named *named, struct arena *a,
		     struct index_summary *s) MUST_CHECK;

#endif
