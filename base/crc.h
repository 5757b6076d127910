/* CRC-32 as gzip and PNG have it: finds damage, keeps no secret. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef BASE_CRC_H
#define BASE_CRC_H

#include "base/bytes.h"

/** crc32_add(crc, b): the checksum of what crc is of (nothing: 0) and b. */
uint32_t crc32_add(uint32_t crc, struct bytes b);

#endif
