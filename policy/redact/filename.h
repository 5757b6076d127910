/* Names of files and folders as shown: values in them are replaced. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef REDACT_FILENAME_H
#define REDACT_FILENAME_H

#include "policy/redact/decision.h"
#include "policy/redact/index.h"

#define FILENAME_MAX_BYTES 255

/* One component of a stored path, and all that its shown form depends on. */
struct filename_in {
	struct bytes name;	       /* as stored */
	size_t at;		       /* where it begins in the path */
	const struct name_span *spans; /* of the path; by start, those of other
					  components are passed over. They may
					  overlap: then all of it is hidden */
	uint32_t nspans;
	const struct decision *decision;
	const struct standin *standin; /* object: the component's own path */
};

/**
 * filename_ext(name): the extension with its dot where programs know it
 * (".json", ".wav", ".TextGrid"): it says what the file is, not whom it is
 * about, and is not searched for values. Empty: any other.
 */
struct bytes filename_ext(struct bytes name);

/**
 * filename_hides(in, from, to): a value that is not kept touches bytes
 * [from, to) of the name.
 */
bool filename_hides(const struct filename_in *in, size_t from,
		    size_t to) NONNULL_ALL;

/**
 * filename_put(in, to, out): append the first `to` bytes of the name as shown.
 * A replacement is made by transform_apply, as in text, then made fit for a
 * file system: no slash, no control character, blanks become the separator
 * that stood in the value. What is appended is never empty, "." or "..", and
 * begins with a dot only where the name did. Pure. -ENOKEY, -ENOMEM.
 */
int filename_put(const struct filename_in *in, size_t to,
		 struct buf *out) MUST_CHECK NONNULL_ALL;

#endif
