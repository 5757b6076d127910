/* Words, segments, channels, audio: what of a manifest is about recordings. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "fs/ingest/manifest_times.h"

#include <errno.h>

#include "policy/redact/format.h"

/* A path within an item becomes one from the root. */
static int path_in(const struct yaml_node *n, const struct jsonpath *items,
		   struct arena *a, const struct jsonpath **out, struct err *e)
{
	const struct jsonpath *p = NULL;
	struct jsonpath_step *steps;
	struct jsonpath *both;
	int r = manifest_path(n, a, &p, e);

	if (r != 0 || p == NULL)
		return r;
	steps = arena_array(a, (size_t)items->n + p->n + 1, sizeof(*steps));
	both = arena_alloc(a, sizeof(*both));
	if (steps == NULL || both == NULL)
		return err_nomem(e);
	memcpy(steps, items->steps, items->n * sizeof(*steps));
	memcpy(steps + items->n, p->steps, p->n * sizeof(*steps));
	*both = (struct jsonpath){steps, items->n + p->n, p->text};
	*out = both;
	return 0;
}

static int load_unit(const struct yaml_node *n, uint32_t *out, struct err *e)
{
	static const char *const words[] = {"s", "ms"};
	size_t v = 0;
	int r = n == NULL ? 0 : yaml_choice(n, words, ARRAY_LEN(words), &v, e);

	*out = v == 0 ? 1000000 : 1000;
	return r;
}

/* Where something begins must be told, and where it ends or how long it is. */
static int check(const struct yaml_node *n, const struct time_rule *t,
		 enum timed_kind kind, struct err *e)
{
	if (t->start == NULL || (t->end == NULL) == (t->duration == NULL))
		return yaml_fail(n, e,
				 "\"start\" is wanted, and either \"end\" or "
				 "\"duration\"");
	if ((kind == TIMED_WORD) != (t->text != NULL))
		return yaml_fail(n, e,
				 kind == TIMED_WORD
					 ? "\"text\" is wanted: where a word "
					   "itself stands"
					 : "\"text\" is for words");
	return 0;
}

/* Words of a text, and lists of as many numbers. */
static int load_lists(const struct yaml_node *n, struct arena *a,
		      struct time_rule *t, struct err *e)
{
	static const char *const keys[] = {"text",     "start", "end",
					   "duration", "base",	"unit"};
	const struct jsonpath *p;
	int r = yaml_expect_keys(n, keys, ARRAY_LEN(keys), e);

	if (r == 0)
		r = manifest_path(yaml_get(n, "text"), a, &t->text, e);
	if (r == 0)
		r = manifest_path(yaml_get(n, "start"), a, &t->start, e);
	if (r == 0)
		r = manifest_path(yaml_get(n, "end"), a, &t->end, e);
	if (r == 0)
		r = manifest_path(yaml_get(n, "duration"), a, &t->duration, e);
	if (r == 0)
		r = manifest_path(yaml_get(n, "base"), a, &t->base, e);
	if (r == 0)
		r = load_unit(yaml_get(n, "unit"), &t->unit, e);
	if (r == 0)
		r = check(n, t, TIMED_WORD, e);
	p = t->start;
	if (r == 0 && (p->n == 0 || p->steps[p->n - 1].kind != STEP_EACH))
		return yaml_fail(n, e,
				 "without \"items\" there is a list of "
				 "numbers, one for each word of \"text\": "
				 "\"start\" ends in [*]");
	return r;
}

static int load_times(const struct yaml_node *n, enum timed_kind kind,
		      struct arena *a, struct time_rule *t, struct err *e)
{
	static const char *const keys[] = {"items",    "text", "start",	 "end",
					   "duration", "unit", "channel"};
	const struct yaml_node *items;
	int r;

	if (n == NULL)
		return 0;
	if (kind == TIMED_WORD && n->kind == YAML_MAP &&
	    yaml_get(n, "items") == NULL)
		return load_lists(n, a, t, e);
	r = yaml_expect_keys(n, keys, ARRAY_LEN(keys), e);
	if (r == 0)
		r = yaml_need(n, "items", &items, e);
	if (r == 0)
		r = manifest_path(items, a, &t->items, e);
	if (r == 0)
		r = path_in(yaml_get(n, "text"), t->items, a, &t->text, e);
	if (r == 0)
		r = path_in(yaml_get(n, "start"), t->items, a, &t->start, e);
	if (r == 0)
		r = path_in(yaml_get(n, "end"), t->items, a, &t->end, e);
	if (r == 0)
		r = path_in(yaml_get(n, "duration"), t->items, a, &t->duration,
			    e);
	if (r == 0)
		r = path_in(yaml_get(n, "channel"), t->items, a, &t->channel,
			    e);
	if (r == 0)
		r = load_unit(yaml_get(n, "unit"), &t->unit, e);
	return r == 0 ? check(n, t, kind, e) : r;
}

static int load_channels(const struct yaml_node *n, struct arena *a,
			 struct file_rule *f, struct err *e)
{
	struct channel_rule *v;
	uint64_t nr = 0;
	int r = n == NULL ? 0 : yaml_expect(n, YAML_MAP, e);

	if (r != 0 || n == NULL)
		return r;
	v = arena_array(a, n->count + 1u, sizeof(*v));
	if (v == NULL)
		return err_nomem(e);
	f->channels = v;
	for (const struct yaml_node *c = n->child; r == 0 && c != NULL;
	     c = c->next) {
		r = yaml_uint(c, ESC_CHANNEL, &nr, e);
		if (r == 0 && nr == 0)
			r = yaml_fail(c, e, "channels are numbered from 1");
		v[f->nchannels].value = (const char *)c->key->text.p;
		v[f->nchannels++].channel = (uint16_t)nr;
	}
	return r;
}

/* A name in `channels` and a place to read it from: one is no use alone.
 * Subtitles and tables of speech have theirs. */
static int check_channels(const struct yaml_node *n, const struct file_rule *f,
			  struct err *e)
{
	const struct time_rule *t = f->times;
	bool read = t[TIMED_WORD].channel != NULL ||
		    t[TIMED_SEGMENT].channel != NULL;
	bool own = f->audio != NULL && t[TIMED_WORD].start == NULL &&
		   t[TIMED_SEGMENT].start == NULL;

	if (read == (f->nchannels > 0) || own)
		return 0;
	return yaml_fail(n, e,
			 "\"channel\" (where it is read) and \"channels\" "
			 "(which name is which, as { agent: 1 }) belong "
			 "together");
}

/* A row is a record, and words of several records are not joined. */
static int check_table(const struct yaml_node *n, const struct file_rule *f,
		       struct err *e)
{
	const struct yaml_node *t = yaml_get(n, "words");

	if (t == NULL)
		t = yaml_get(n, "segments");
	if (t == NULL || !format_is_table(f))
		return 0;
	return yaml_fail(t->key, e,
			 "\"words\" and \"segments\" are for JSON and JSON "
			 "Lines: nothing times the cells of a table");
}

int manifest_times(const struct yaml_node *n, struct arena *a,
		   struct file_rule *f, struct err *e)
{
	const struct yaml_node *audio = yaml_get(n, "audio");
	int r = check_table(n, f, e);

	if (r == 0)
		r = load_times(yaml_get(n, "words"), TIMED_WORD, a,
			       &f->times[TIMED_WORD], e);

	if (r == 0)
		r = load_times(yaml_get(n, "segments"), TIMED_SEGMENT, a,
			       &f->times[TIMED_SEGMENT], e);
	if (r == 0)
		r = load_channels(yaml_get(n, "channels"), a, f, e);
	if (r == 0 && audio != NULL)
		r = yaml_string(audio, &f->audio, e);
	if (r == 0 && audio != NULL)
		r = manifest_template(audio, f->audio, e);
	return r == 0 ? check_channels(n, f, e) : r;
}
