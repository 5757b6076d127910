/* Pictures without their metadata: which kind, and whether it is bare. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "policy/redact/image.h"

#include <errno.h>

int image_strip(struct bytes in, image_sink *put, void *ctx, const char **why)
{
	if (in.n > 8 && memcmp(in.p, "\x89PNG\r\n\x1a\n", 8) == 0)
		return image_png(in, put, ctx, why);
	if (in.n > 2 && memcmp(in.p, "\xff\xd8", 2) == 0)
		return image_jpeg(in, put, ctx, why);
	*why = "it is neither a PNG nor a JPEG picture";
	return -EPROTO;
}

/* What is kept must be what stands there, up to its end. */
struct same {
	struct bytes in;
	size_t at;
};

static int compare(void *ctx, struct bytes b)
{
	struct same *s = ctx;

	if (s->in.n - s->at < b.n || memcmp(s->in.p + s->at, b.p, b.n) != 0)
		return -EINVAL;
	s->at += b.n;
	return 0;
}

const char *image_bare(struct bytes in)
{
	struct same s = {.in = in};
	const char *why = NULL;
	int r = image_strip(in, compare, &s, &why);

	if (r == -EPROTO)
		return why;
	return r == 0 && s.at == in.n ? NULL
				      : "it holds more than the picture: it "
					"was not unpacked by ingest";
}
