/* A desk and a log in memory, for testing the mount alone. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef UNIT_MOUNT_FAKE_H
#define UNIT_MOUNT_FAKE_H

#include "fs/audit/audit.h"
#include "fs/desk/shown.h"

/* The tree: data/{big.txt, calls/{1.json, 2.json}, empty, many/0000 ... 0999}.
 */
#define FAKE_BIG (5u * 1048576 + 3)
#define FAKE_MANY 1000u
#define FAKE_RECORDING 3u /* "empty", to who asks */
#define FAKE_BASE 0x5000000000000000ull

struct desk *fake_desk_new(void);
void fake_desk_free(struct desk *d);
/** fake_byte(nr, off): what the file of node nr holds at off. */
uint8_t fake_byte(uint32_t nr, uint64_t off);
/** fake_desk_fail(d, on): every shown_read fails with -EIO. */
void fake_desk_fail(struct desk *d, bool on);

/** fake_desk_folder(d, nr, on): node nr is an empty folder, or a file again. */
void fake_desk_folder(struct desk *d, uint32_t nr, bool on);

/** fake_desk_prepared(nr): shown_prepare was called for it. */
bool fake_desk_prepared(uint32_t nr);
/** fake_desk_sizes(): how often a size was asked for: for a stat, or an entry
 * of a listing with attributes. */
unsigned fake_desk_sizes(void);
/** fake_desk_text(d, text): what the file "empty" holds from now on; borrowed.
 */
void fake_desk_text(struct desk *d, struct bytes text);

/* One appended event, with its byte strings copied. */
struct fake_event {
	struct event ev;
	uint8_t bytes[EF_COUNT_][64];
};

struct audit *fake_audit_new(void);
void fake_audit_free(struct audit *a);
struct audit_dek *fake_dek_new(struct keypool *pool);
void fake_dek_free(struct audit_dek *d);
/** fake_audit_fail(a, append, durable): which of the two fail from now on. */
void fake_audit_fail(struct audit *a, bool append, bool durable);
/** fake_audit_count(a, kind): how many were appended. */
size_t fake_audit_count(struct audit *a, enum event_kind kind);
/** fake_audit_denials(a): how many refusals all DENIED speak for.
 * fake_audit_handles(a): how many are said to be open. */
uint64_t fake_audit_denials(struct audit *a);
int fake_audit_handles(struct audit *a);
/** fake_audit_last(a, kind, out): a copy of the newest; false: none. */
bool fake_audit_last(struct audit *a, enum event_kind kind,
		     struct fake_event *out);
/** fake_audit_nth(a, i, out): event number i, from 1. */
bool fake_audit_nth(struct audit *a, uint64_t i, struct fake_event *out);
/** fake_audit_synced(a): the highest seq that somebody waited for. */
uint64_t fake_audit_synced(struct audit *a);
void fake_audit_clear(struct audit *a);

#endif
