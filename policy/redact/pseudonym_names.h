/* Tables of first names and of the halves of last names; frozen. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef REDACT_PSEUDONYM_NAMES_H
#define REDACT_PSEUDONYM_NAMES_H

#include <stddef.h>

/**
 * pseudonym_names_first: first names in title case; pseudonym_names_heads,
 * _tails: a last name is a head and a tail, "Ash" "ford", no two pairs give
 * the same one. All ASCII and sorted; pseudonym_names_nfirst, _nheads, _ntails:
 * their lengths. Any change is a new VIEW_RENDERER.
 */
extern const char *const pseudonym_names_first[];
extern const size_t pseudonym_names_nfirst;
extern const char *const pseudonym_names_heads[];
extern const size_t pseudonym_names_nheads;
extern const char *const pseudonym_names_tails[];
extern const size_t pseudonym_names_ntails;

#endif
