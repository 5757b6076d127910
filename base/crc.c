/* CRC-32 as gzip and PNG have it: finds damage, keeps no secret. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "base/crc.h"

/* Half a byte at a time, reflected, of the polynomial EDB88320. */
uint32_t crc32_add(uint32_t crc, struct bytes b)
{
	static const uint32_t half[16] = {
		0x00000000, 0x1DB71064, 0x3B6E20C8, 0x26D930AC,
		0x76DC4190, 0x6B6B51F4, 0x4DB26158, 0x5005713C,
		0xEDB88320, 0xF00F9344, 0xD6D6A3E8, 0xCB61B38C,
		0x9B64C2B0, 0x86D3D2D4, 0xA00AE278, 0xBDBDF21C};

	crc = ~crc;
	for (size_t i = 0; i < b.n; i++) {
		crc ^= b.p[i];
		crc = crc >> 4 ^ half[crc & 15];
		crc = crc >> 4 ^ half[crc & 15];
	}
	return ~crc;
}
