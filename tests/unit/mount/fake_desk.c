/* A desk in memory: names fixed, bytes computed from node and offset. */
/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <stdatomic.h>
#include <stdio.h>

#include "base/mem.h"
#include "tests/unit/mount/fake.h"

#define NODES (7u + FAKE_MANY)

struct desk {
	struct desk_node nodes[NODES];
	char names[FAKE_MANY][8];
	atomic_bool fail;
	struct bytes text;
};

struct shown {
	struct desk *d;
	uint32_t nr;
};

uint8_t fake_byte(uint32_t nr, uint64_t off)
{
	uint64_t x = (off / 61 + 1) * 0x9E3779B97F4A7C15ull + nr;

	if (off % 61 == 60)
		return '\n';
	x ^= x >> (off % 61 % 29);
	return (uint8_t)('a' + x % 26);
}

static uint64_t size_of(const struct desk *d, uint32_t nr)
{
	switch (nr) {
	case 1:
		return FAKE_BIG;
	case 3:
		return d->text.n;
	case 5:
	case 6:
		return 100 + nr;
	default:
		return nr % 300;
	}
}

static void node(struct desk *d, uint32_t nr, uint32_t parent, bool folder,
		 const char *name)
{
	d->nodes[nr] = (struct desk_node){.ino = FAKE_BASE + nr,
					  .parent = parent,
					  .folder = folder,
					  .object = nr,
					  .name = bytes_str(name)};
}

struct desk *fake_desk_new(void)
{
	struct desk *d = mem_new(1, sizeof(*d));

	if (d == NULL)
		return NULL;
	node(d, 0, 0, true, "data");
	node(d, 1, 0, false, "big.txt");
	node(d, 2, 0, true, "calls");
	node(d, 3, 0, false, "empty");
	node(d, 4, 0, true, "many");
	node(d, 5, 2, false, "1.json");
	node(d, 6, 2, false, "2.json");
	d->nodes[0].first = 1;
	d->nodes[0].count = 4;
	d->nodes[2].first = 5;
	d->nodes[2].count = 2;
	d->nodes[4].first = 7;
	d->nodes[4].count = FAKE_MANY;
	for (uint32_t i = 0; i < FAKE_MANY; i++) {
		snprintf(d->names[i], sizeof(d->names[i]), "%04u",
			 i % FAKE_MANY);
		node(d, 7 + i, 4, false, d->names[i]);
	}
	return d;
}

void fake_desk_free(struct desk *d)
{
	mem_free(d);
}

void fake_desk_text(struct desk *d, struct bytes text)
{
	d->text = text;
}

void fake_desk_fail(struct desk *d, bool on)
{
	atomic_store(&d->fail, on);
}

void fake_desk_folder(struct desk *d, uint32_t nr, bool on)
{
	d->nodes[nr].folder = on;
}

uint32_t desk_count(const struct desk *d)
{
	(void)d;
	return NODES;
}

const struct desk_node *desk_node(const struct desk *d, uint32_t nr)
{
	return &d->nodes[nr];
}

bool desk_source(const struct desk *d, uint32_t nr, struct desk_source *out)
{
	const struct desk_node *n = &d->nodes[nr];

	if (n->folder)
		return false;
	*out = (struct desk_source){.dataset = bytes_str("d"),
				    .path = n->name,
				    .id = (const uint8_t *)"0123456789abcdef",
				    .recording = nr == FAKE_RECORDING};
	return true;
}

uint32_t desk_stored(const struct desk *d, struct bytes path)
{
	for (uint32_t i = 0; i < NODES; i++)
		if (!d->nodes[i].folder && path.n > 2 &&
		    bytes_eq(bytes_sub(path, 2, path.n), d->nodes[i].name))
			return i;
	return UINT32_MAX;
}

uint32_t desk_objects(const struct desk *d)
{
	(void)d;
	return NODES;
}

uint32_t desk_find(const struct desk *d, uint32_t folder, struct bytes name)
{
	const struct desk_node *n = &d->nodes[folder];

	for (uint32_t i = 0; i < n->count; i++)
		if (bytes_eq(d->nodes[n->first + i].name, name))
			return n->first + i;
	return UINT32_MAX;
}

uint32_t desk_by_ino(const struct desk *d, uint64_t ino)
{
	(void)d;
	return ino >= FAKE_BASE && ino < FAKE_BASE + NODES
		       ? (uint32_t)(ino - FAKE_BASE)
		       : UINT32_MAX;
}

int desk_path(const struct desk *d, uint32_t nr, struct buf *b)
{
	const struct desk_node *n = &d->nodes[nr];
	int r = 0;

	if (n->parent != 0) {
		r = desk_path(d, n->parent, b);
		if (r == 0)
			r = buf_putc(b, '/');
	}
	return r != 0 ? r : buf_putb(b, n->name);
}

#define FAKE_PREPARED 2048
static atomic_bool prepared[FAKE_PREPARED];
static atomic_uint sizes;

int desk_size(struct desk *d, uint32_t nr, uint64_t *out, struct err *e)
{
	(void)e;
	atomic_fetch_add(&sizes, 1);
	*out = size_of(d, nr);
	return 0;
}

unsigned fake_desk_sizes(void)
{
	return atomic_load(&sizes);
}

enum aead_cipher desk_cipher(const struct desk *d)
{
	(void)d;
	return AEAD_XCHACHA20POLY1305;
}

int64_t desk_mtime(const struct desk *d, uint32_t nr)
{
	(void)d;
	(void)nr;
	return 1700000000123456789;
}

int shown_open(struct desk *d, uint32_t nr, struct shown **out, struct err *e)
{
	struct shown *s = mem_new(1, sizeof(*s));

	(void)e;
	if (s == NULL)
		return -ENOMEM;
	*s = (struct shown){d, nr};
	*out = s;
	return 0;
}

void shown_close(struct shown *s)
{
	mem_free(s);
}

uint64_t shown_size(const struct shown *s)
{
	return size_of(s->d, s->nr);
}

const uint8_t *shown_object(const struct shown *s)
{
	static const uint8_t id[STORE_ID] = "object";

	(void)s;
	return id;
}

uint64_t shown_version(const struct shown *s)
{
	return s->nr;
}

ssize_t shown_read(struct shown *s, uint64_t off, void *dst, size_t n)
{
	uint64_t size = size_of(s->d, s->nr);
	uint8_t *p = dst;

	if (atomic_load(&s->d->fail))
		return -EIO;
	if (off >= size)
		return 0;
	n = n < size - off ? n : (size_t)(size - off);
	for (size_t i = 0; i < n; i++)
		p[i] = s->nr == 3 ? s->d->text.p[off + i]
				  : fake_byte(s->nr, off + i);
	return (ssize_t)n;
}

/* A record per line of 61 bytes. */
#define LINE 61u

int shown_part(struct shown *s, uint64_t off, size_t n, struct shown_part *out)
{
	uint64_t size = size_of(s->d, s->nr);
	uint64_t end = n < size - off ? off + n : size;

	*out = (struct shown_part){.object = s->nr,
				   .first = off / LINE,
				   .end = (end + LINE - 1) / LINE,
				   .of = (size + LINE - 1) / LINE};
	return 0;
}

int shown_record_at(struct shown *s, uint64_t record, uint64_t *off)
{
	uint64_t size = size_of(s->d, s->nr);

	*off = record * LINE < size ? record * LINE : size;
	return 0;
}

void shown_prepare(struct desk *d, uint32_t nr, const struct key *key)
{
	(void)d;
	(void)key;
	if (nr < FAKE_PREPARED)
		atomic_store(&prepared[nr], true);
}

bool fake_desk_prepared(uint32_t nr)
{
	return nr < FAKE_PREPARED && atomic_load(&prepared[nr]);
}

void shown_recipe(struct shown *s, const struct key *key, uint8_t out[32])
{
	(void)key;
	memset(out, (int)s->nr, 32);
}
