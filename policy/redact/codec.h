/* Which files are unpacked before they are read, and how they are called. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef REDACT_CODEC_H
#define REDACT_CODEC_H

#include "base/buf.h"

enum codec {
	CODEC_NONE = 0, /* as it is */
	CODEC_GZIP,	/* .gz: one file */
	CODEC_SOUND,	/* .flac .ogg .oga .opus .mp3: a recording */
	CODEC_IMAGE,	/* .png .jpg .jpeg: without its metadata */
	CODEC_ARCHIVE,	/* .zip .tar .tar.gz .tgz: many files */
};
#define CODEC_LAST CODEC_ARCHIVE

/** codec_of(path): by its extension, in capitals or not. */
enum codec codec_of(struct bytes path);

/**
 * codec_name(path, c, out): append what is left of a path of that codec: x.wav
 * of x.flac, x.json of x.json.gz, x.png of x.png; of an archive the folder
 * (without a slash) of its members. -ENOMEM.
 */
int codec_name(struct bytes path, enum codec c, struct buf *out) MUST_CHECK;

/**
 * codec_member(raw, out): append the path of an archive's member, without
 * needless dots and slashes; nothing for the archive's top itself. NULL, or
 * words why no file can be called so: absolute, leading upwards, too long.
 * out->n is as it was then. -ENOMEM counts as too long.
 */
const char *codec_member(struct bytes raw, struct buf *out) MUST_CHECK;

#endif
