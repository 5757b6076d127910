/* Rendering one text as a policy shows it, without a store: policy tests. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TOOLS_RENDER_H
#define TOOLS_RENDER_H

#include "policy/policy.h"

/**
 * render_text(pool, s, text, out, e): detect with the default recognizers and
 * append the view that the subject's role gives of it, under throw-away keys.
 * Same code as the mount: detect_group, view_build, view_read.
 */
int render_text(struct keypool *pool, const struct subject *s,
		struct bytes text, struct buf *out, struct err *e) MUST_CHECK;

#endif
