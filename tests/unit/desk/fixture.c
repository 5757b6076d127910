/* A store with a few indexed files, a policy, and a desk over them. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/unit/desk/fixture.h"

#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "base/hash.h"
#include "base/mem.h"

/* ---- the store ---- */

int fixture_setup(void **state)
{
	struct fixture *f = mem_new(1, sizeof(*f));
	const char *tmp = getenv("TMPDIR");
	struct store_cred cred = {0};
	struct store_init i = {.cred = &cred};

	if (f == NULL)
		return -1;
	*state = f;
	snprintf(f->dir, sizeof(f->dir), "%.40s/deskXXXXXX",
		 tmp == NULL ? "/tmp" : tmp);
	if (mkdtemp(f->dir) == NULL || keypool_new(&f->pool, &f->e) != 0)
		return -1;
	snprintf(f->path, sizeof(f->path), "%s/store", f->dir);
	cred.key = f->key = key_random(f->pool);
	i.dir = f->path;
	i.pool = f->pool;
	if (store_init(&i, &f->e) != 0 ||
	    store_open(f->path, f->pool, &cred, &f->store, &f->e) != 0)
		return -1;
	return store_lock(f->store, &f->e);
}

static int remove_one(const char *path, const struct stat *st, int flag,
		      struct FTW *ftw)
{
	(void)st, (void)flag, (void)ftw;
	return remove(path);
}

int fixture_teardown(void **state)
{
	struct fixture *f = *state;

	policy_free(f->policy);
	store_close(f->store);
	nftw(f->dir, remove_one, 16, FTW_DEPTH | FTW_PHYS);
	key_free(f->key);
	keypool_free(f->pool);
	mem_free(f);
	return 0;
}

/* ---- indexing a file ---- */

static const struct word {
	const char *text, *canon;
	uint16_t type;
} words[] = {
	{"Maria Lopez", "maria lopez", 0},
	{"Zora Zimmer", "zora zimmer", 0},
	{"4111111111111234", "4111111111111234", 1},
	{"Boston", "boston", 2},
	{"/srv/eve/audio/1.txt", "audio/1.txt", 3},
	{"/srv/eve/audio/2.txt", "audio/2.txt", 3},
};

#define TYPES 4
#define FILES 3 /* the type of paths */

struct made {
	struct record *records;
	struct span *spans;
	struct value values[ARRAY_LEN(words)];
	struct bytes types[TYPES];
	size_t nrecords, nspans, rcap, scap;
	char (*ids)[12];
	struct index_head head;
};

static void add_record(struct made *m, uint64_t sep, uint64_t start,
		       uint64_t end)
{
	if (m->nrecords == m->rcap) {
		m->rcap = 2 * m->rcap + 16;
		m->records = mem_grow(m->records, m->rcap, sizeof(*m->records));
		m->ids = mem_grow(m->ids, m->rcap, sizeof(*m->ids));
		assert_true(m->records != NULL && m->ids != NULL);
	}
	m->records[m->nrecords] =
		(struct record){.sep = sep,
				.start = start,
				.end = end,
				.number = (uint32_t)m->nrecords};
	snprintf(m->ids[m->nrecords], sizeof(*m->ids), "%zu", m->nrecords);
	m->nrecords++;
}

static void find_lines(struct made *m, struct bytes data)
{
	size_t at = 0, sep = 0;

	while (at < data.n) {
		const uint8_t *nl = memchr(data.p + at, '\n', data.n - at);
		size_t end = nl == NULL ? data.n : (size_t)(nl - data.p);
		struct bytes line = bytes_sub(data, at, end - at);

		add_record(m, sep, at, end);
		if (memmem(line.p, line.n, "BROKEN", 6) != NULL)
			m->records[m->nrecords - 1].denied = DENIAL_MALFORMED;
		sep = end;
		at = end + 1;
	}
	m->head.suffix = bytes_str("\n");
}

static const struct word *word_at(struct bytes data, size_t at)
{
	for (size_t i = 0; i < ARRAY_LEN(words); i++) {
		size_t n = strlen(words[i].text);

		if (data.n - at >= n &&
		    memcmp(data.p + at, words[i].text, n) == 0)
			return &words[i];
	}
	return NULL;
}

/* ord: by first appearance in the record, as ingest counts. */
static void find_spans(struct made *m, const struct record *r,
		       struct bytes data, uint16_t esc)
{
	uint32_t ord[ARRAY_LEN(words)] = {0}, next[TYPES] = {0};

	for (size_t at = r->start; at < r->end;) {
		const struct word *w = word_at(bytes_sub(data, 0, r->end), at);
		size_t i = w == NULL ? 0 : (size_t)(w - words);

		if (w == NULL) {
			at++;
			continue;
		}
		if (m->nspans == m->scap) {
			m->scap = 2 * m->scap + 16;
			m->spans =
				mem_grow(m->spans, m->scap, sizeof(*m->spans));
			assert_non_null(m->spans);
		}
		if (ord[i] == 0)
			ord[i] = ++next[w->type];
		m->spans[m->nspans++] =
			(struct span){.start = at,
				      .end = at + strlen(w->text),
				      .value = (uint32_t)i,
				      .ord = ord[i],
				      .type = w->type,
				      .score = 90,
				      .esc = esc};
		at += strlen(w->text);
	}
}

static void index_file(const struct fixture_file *file, struct made *m)
{
	struct index_head *h = &m->head;

	*m = (struct made){
		.types = {bytes_str("PERSON"), bytes_str("CREDIT_CARD"),
			  bytes_str("LOCATION"), bytes_str("FILE_PATH")}};
	for (uint32_t i = 0; i < ARRAY_LEN(words); i++)
		m->values[i] =
			(struct value){.number = i,
				       .type = words[i].type,
				       .canon = bytes_str(words[i].canon)};
	h->format = file->lines ? FORMAT_JSONL : FORMAT_TEXT;
	h->size = file->data.n;
	h->nblocks = (uint32_t)((h->size + INDEX_BLOCK - 1) / INDEX_BLOCK);
	if (file->lines)
		find_lines(m, file->data);
	else if (h->size > 0)
		add_record(m, 0, 0, h->size);
	for (size_t i = 0; i < m->nrecords; i++) {
		m->records[i].id = bytes_str(m->ids[i]);
		find_spans(m, &m->records[i], file->data,
			   file->lines ? ESC_JSON : ESC_TEXT);
	}
	h->nrecords = m->nrecords;
	h->nspans = m->nspans;
	h->nvalues = ARRAY_LEN(words);
	h->body_end = m->nrecords == 0 ? 0 : m->records[m->nrecords - 1].end;
	h->types = m->types;
	h->ntypes = ARRAY_LEN(m->types);
	h->rules = m->types;
	h->nrules = 1;
	h->detector = bytes_str("fixture");
}

/* Values that the block's spans name, ascending. */
static void block_values(struct index_block *k,
			 const struct value all[ARRAY_LEN(words)],
			 struct value out[ARRAY_LEN(words)])
{
	for (uint32_t v = 0; v < ARRAY_LEN(words); v++)
		for (uint32_t i = 0; i < k->nspans; i++)
			if (k->spans[i].value == v) {
				out[k->nvalues++] = all[v];
				break;
			}
	k->values = out;
}

static void put_block(struct store_writer *w, const struct made *m, uint32_t nr,
		      size_t *r, size_t *s)
{
	uint64_t lo = (uint64_t)nr * INDEX_BLOCK, hi = lo + INDEX_BLOCK;
	struct buf CLEANUP(buf_free) b = {0};
	struct index_block k = {0};
	struct value values[ARRAY_LEN(words)];
	size_t i;

	while (*r < m->nrecords && m->records[*r].end <= lo)
		++*r;
	k.records = m->nrecords == 0 ? NULL : m->records + *r;
	for (i = *r; i < m->nrecords && m->records[i].sep < hi; i++)
		k.nrecords++;
	while (*s < m->nspans && m->spans[*s].end <= lo)
		++*s;
	k.spans = m->nspans == 0 ? NULL : m->spans + *s;
	for (i = *s; i < m->nspans && m->spans[i].start < hi; i++)
		k.nspans++;
	block_values(&k, m->values, values);
	assert_int_equal(index_block_put(&b, &k), 0);
	assert_int_equal(store_put_blob(w, buf_bytes(&b)), 0);
}

static enum index_paths paths_of(const struct made *m)
{
	for (size_t i = 0; i < m->nspans; i++)
		if (m->spans[i].type == FILES)
			return PATHS_FOUND;
	return PATHS_NONE;
}

static void put_file(struct store_writer *w, const struct fixture_file *file)
{
	struct buf CLEANUP(buf_free) head = {0}, CLEANUP(buf_free) sum = {0};
	struct index_summary s = {0};
	struct err e = {0};
	struct made m;
	size_t r = 0, n = 0;
	uint8_t stamp[32];

	index_file(file, &m);
	s = (struct index_summary){.format = m.head.format,
				   .nrecords = m.nrecords,
				   .nspans = m.nspans,
				   .nblocks = m.head.nblocks,
				   .whole = !file->lines,
				   .named = !file->unsearched,
				   .names = (void *)(uintptr_t)file->names,
				   .nnames = file->nnames,
				   .paths = paths_of(&m),
				   .group = bytes_str(file->group)};
	hash_blake2b(stamp, NULL, file->data);
	assert_int_equal(store_put_begin(w, bytes_str(file->path)), 0);
	assert_int_equal(store_put_data(w, file->data), 0);
	for (uint32_t nr = 0; nr < m.head.nblocks; nr++)
		put_block(w, &m, nr, &r, &n);
	assert_int_equal(index_head_put(&head, &m.head), 0);
	assert_int_equal(index_summary_put(&sum, &s), 0);
	assert_int_equal(store_put_finish(w, buf_bytes(&head), buf_bytes(&sum),
					  stamp, &e),
			 0);
	mem_free(m.records);
	mem_free(m.spans);
	mem_free(m.ids);
}

void fixture_publish(struct fixture *f, const char *dataset,
		     const struct fixture_file *files, size_t n)
{
	static const char *const purposes[] = {"annotation"};
	static const char *const projects[] = {"harbor"};
	const struct terms terms = {.purposes = purposes,
				    .npurposes = 1,
				    .projects = projects,
				    .nprojects = 1,
				    .retain_until = 2000000000};
	struct buf CLEANUP(buf_free) info = {0};
	struct store_ingest *i;
	struct store_writer *w;
	uint64_t version = 0;
	uint8_t root[32];

	assert_int_equal(terms_put(&info, &terms), 0);
	assert_int_equal(store_ingest_begin(f->store, dataset, buf_bytes(&info),
					    &i, &f->e),
			 0);
	assert_int_equal(store_writer_new(i, &w), 0);
	for (size_t k = 0; k < n; k++)
		put_file(w, &files[k]);
	assert_int_equal(store_writer_close(w, &f->e), 0);
	assert_int_equal(store_ingest_publish(i, false, &version, root, &f->e),
			 0);
	store_ingest_free(i);
}

/* ---- policy and desk ---- */

void fixture_policy(struct fixture *f, const char *text, const char *annotator)
{
	policy_free(f->policy);
	f->policy = NULL;
	if (policy_load(bytes_str(text), "p.yaml", &f->policy, &f->e) != 0 ||
	    policy_subject(f->policy, annotator, NULL, 1000, &f->subject,
			   &f->e) != 0)
		fail_msg("%s: %s", f->e.place, f->e.text);
}

int fixture_try(struct fixture *f, int64_t now, struct desk **out)
{
	const struct desk_want w = {.store = f->store,
				    .subject = &f->subject,
				    .now = now,
				    .jobs = 2};

	f->e = (struct err){0};
	return desk_open(&w, out, &f->e);
}

struct desk *fixture_desk(struct fixture *f)
{
	struct desk *d = NULL;

	if (fixture_try(f, 1000, &d) != 0)
		fail_msg("desk: %s: %s", f->e.place, f->e.text);
	return d;
}

void fixture_read(struct desk *d, const char *path, struct buf *b)
{
	struct shown *CLEANUP(shown_closep) s = NULL;
	uint32_t nr = desk_walk(d, bytes_str(path));
	uint64_t size;
	struct err e = {0};

	if (nr == UINT32_MAX || shown_open(d, nr, &s, &e) != 0)
		fail_msg("%s: %s", path, e.text);
	assert_int_equal(desk_size(d, nr, &size, &e), 0);
	assert_int_equal(shown_size(s), size);
	buf_clear(b);
	assert_int_equal(buf_reserve(b, size + 1), 0);
	assert_int_equal(shown_read(s, 0, b->p, size + 1), size);
	b->n = size;
}

uint64_t fixture_next(uint64_t *seed)
{
	uint64_t z = *seed += 0x9E3779B97F4A7C15u;

	z = (z ^ z >> 30) * 0xBF58476D1CE4E5B9u;
	z = (z ^ z >> 27) * 0x94D049BB133111EBu;
	return z ^ z >> 31;
}

void fixture_lines(struct buf *b, uint64_t seed, size_t n, size_t width)
{
	for (size_t i = 0; i < n; i++) {
		size_t fill = width / 2 + fixture_next(&seed) % width;

		assert_int_equal(buf_printf(b, "\"%zu ", i), 0);
		for (; fill > 8; fill -= 8)
			assert_int_equal(buf_puts(b, "abcdefg "), 0);
		if (fixture_next(&seed) % 2 == 0)
			assert_int_equal(buf_puts(b, words[fixture_next(&seed) %
							   ARRAY_LEN(words)]
							     .text),
					 0);
		if (fixture_next(&seed) % 9 == 0)
			assert_int_equal(buf_puts(b, " BROKEN"), 0);
		assert_int_equal(buf_puts(b, " end\"\n"), 0);
	}
}
