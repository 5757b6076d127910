/* Pictures without their metadata: PNG and JPEG, by structure alone. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef REDACT_IMAGE_H
#define REDACT_IMAGE_H

#include "base/attr.h"
#include "base/bytes.h"

/* Takes the next bytes of what is kept; non-zero ends with that result. */
typedef int image_sink(void *ctx, struct bytes b);

/**
 * image_strip(in, put, ctx, why): hand on what carries the picture, nothing
 * else: no text, dates, places, thumbnails, profiles, nothing behind its end.
 * What was stripped once stays as it is. Pixels are not looked at. -EPROTO:
 * no PNG or JPEG, damaged, or of a kind that is not known (words in *why;
 * bytes may have been handed on); what put returned.
 */
int image_strip(struct bytes in, image_sink *put, void *ctx,
		const char **why) MUST_CHECK;

/** image_bare(in): NULL where in is what image_strip leaves; else words. */
const char *image_bare(struct bytes in);

/* ---- inside ---- */

/** image_png(in, put, ctx, why), image_jpeg(...): the two kinds. */
int image_png(struct bytes in, image_sink *put, void *ctx,
	      const char **why) MUST_CHECK;
int image_jpeg(struct bytes in, image_sink *put, void *ctx,
	       const char **why) MUST_CHECK;

#endif
