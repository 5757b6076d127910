/* carrel policy check, test: is it well formed, does it do what it says. */
/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>

#include "base/diag.h"
#include "base/fdio.h"
#include "fs/desk/preview.h"
#include "fs/session/hold.h"
#include "policy/policytest.h"
#include "tools/commands.h"
#include "tools/desk.h"
#include "tools/open.h"
#include "tools/render.h"

/* With a store at hand, the data sets must be there and allow the purpose. */
static int check_datasets(struct open *o, struct err *e)
{
	const char *const *names;
	size_t n = policy_datasets(o->policy, &names);

	for (size_t i = 0; i < n; i++) {
		struct store_dataset d CLEANUP(store_dataset_free) = {0};
		struct arena *a CLEANUP(arena_freep) = arena_new();
		struct terms t = {0};
		int r = store_dataset_get(o->store, names[i], 0, &d, e);

		if (a == NULL)
			return err_nomem(e);
		if (r == 0)
			r = terms_get(buf_bytes(&d.info), a, &t, e);
		if (r == 0)
			r = policy_terms(o->policy, names[i], &t, open_now(),
					 e);
		if (r != 0)
			return r;
	}
	return 0;
}

/* A key that is read but not in effect is no error, and no secret either. */
static void say_unenforced(const struct policy *p)
{
	const char *const *lines = NULL;
	size_t n = policy_unenforced(p, &lines);

	for (size_t i = 0; i < n; i++)
		diag_say("warning: %s", lines[i]);
}

static void list_unenforced(const struct policy *p, struct json_out *j)
{
	const char *const *lines = NULL;
	size_t n = policy_unenforced(p, &lines);

	json_key(j, "not_enforced");
	json_arr(j);
	for (size_t i = 0; i < n; i++)
		json_cstr(j, lines[i]);
	json_arr_end(j);
}

int cmd_policy_check(struct cli *c)
{
	struct open o CLEANUP(open_close) = {0};
	struct buf b CLEANUP(buf_free) = {0};
	struct json_out j;
	struct err e = {0};
	const char *const *names;
	int r = open_policy(c->args[0], &o, &e);

	if (r == 0 && open_dir(c) != NULL)
		r = open_store(c, &o, &e);
	if (r == 0 && o.store != NULL)
		r = check_datasets(&o, &e);
	if (r == -EPROTO)
		return cli_fail_as(c, &e, 1);
	if (r != 0)
		return cli_fail(c, &e);
	if (!c->json) {
		say_unenforced(o.policy);
		fprintf(c->out, "%s: good (project %s, %zu annotators)\n",
			c->args[0], policy_project(o.policy),
			policy_annotators(o.policy, &names));
		return 0;
	}
	cli_json(&j, &b);
	json_key(&j, "ok");
	json_bool(&j, true);
	json_key(&j, "hash");
	json_hex(&j, bytes_of(policy_hash(o.policy), 32));
	list_unenforced(o.policy, &j);
	return cli_json_end(c, &j, &b);
}

/* ---- apply ---- */

static int apply(struct cli *c, struct open *o, uint64_t *ended, struct err *e)
{
	struct hold *h = NULL;
	int r = open_policy(c->args[0], o, e);

	if (r == 0)
		r = open_store(c, o, e);
	if (r == 0)
		r = check_datasets(o, e);
	if (r == 0)
		r = hold_open(o->store, CARREL_TOOL, &h, e);
	if (r == 0)
		r = hold_apply(h, buf_bytes(&o->policy_text), c->args[0], ended,
			       e);
	return hold_close(h, r, e);
}

int cmd_policy_apply(struct cli *c)
{
	struct open o CLEANUP(open_close) = {0};
	struct buf b CLEANUP(buf_free) = {0};
	struct json_out j;
	struct err e = {0};
	uint64_t ended = 0;
	int r = apply(c, &o, &ended, &e);

	if (r == -EPROTO)
		return cli_fail_as(c, &e, 1);
	if (r != 0)
		return cli_fail(c, &e);
	if (!c->json) {
		say_unenforced(o.policy);
		fprintf(c->out,
			"%s: in force for project %s; %" PRIu64
			" sessions end\n",
			c->args[0], policy_project(o.policy), ended);
		return fflush(c->out) == 0 ? 0 : 70;
	}
	cli_json(&j, &b);
	json_key(&j, "project");
	json_cstr(&j, policy_project(o.policy));
	json_key(&j, "hash");
	json_hex(&j, bytes_of(policy_hash(o.policy), 32));
	json_key(&j, "ended");
	json_uint(&j, ended);
	return cli_json_end(c, &j, &b);
}

/* ---- test ---- */

struct tally {
	const struct cli *c;
	struct json_out *o;
	uint64_t passed, failed;
};

static int case_subject(const struct open *o, const struct policy_case *k,
			struct subject *s, struct err *e)
{
	return policy_subject(o->policy, k->as, k->task, open_now(), s, e);
}

/* What this case's annotator sees; *shown false: not visible. */
static int render_case(const struct cli *c, struct open *o,
		       const struct policy_case *k, struct buf *out,
		       bool *shown, struct err *e)
{
	struct desk *d CLEANUP(desk_closep) = NULL;
	struct tool_desk td CLEANUP(tool_desk_close) = {0};
	struct subject s;
	int r = case_subject(o, k, &s, e);

	*shown = false;
	if (r == -EACCES || r == -ENOENT)
		return 0;
	if (r != 0)
		return r;
	*shown = true;
	if (k->text != NULL)
		return render_text(o->pool, &s, bytes_str(k->text), out, e);
	if (o->store == NULL)
		r = open_store(c, o, e);
	if (r == 0)
		r = tool_desk_open(o, &s, NULL, &td, &d, e);
	if (r == 0)
		r = preview_read(d, bytes_str(k->file), out, e);
	if (r == -ENOENT || r == -EACCES) {
		*shown = false;
		return 0;
	}
	return r;
}

static void report_case(struct tally *t, const struct policy_case *k, bool ok,
			struct buf *why)
{
	ok ? t->passed++ : t->failed++;
	if (t->o != NULL) {
		json_obj(t->o);
		json_key(t->o, "line");
		json_uint(t->o, k->line);
		json_key(t->o, "as");
		json_cstr(t->o, k->as);
		json_key(t->o, "ok");
		json_bool(t->o, ok);
		json_key(t->o, "why");
		json_str(t->o, buf_bytes(why));
		json_obj_end(t->o);
	} else if (!ok) {
		fprintf(t->c->out, "FAILED line %u, as %s, %s: ", k->line,
			k->as, k->file != NULL ? k->file : "text");
		cli_print(t->c, buf_bytes(why));
		fputc('\n', t->c->out);
	}
}

static int run_cases(struct open *o, const struct policy_cases *cases,
		     struct tally *t, struct err *e)
{
	for (size_t i = 0; i < cases->n; i++) {
		const struct policy_case *k = &cases->v[i];
		struct buf out CLEANUP(buf_free) = {.secret = true};
		struct buf why CLEANUP(buf_free) = {0};
		struct bytes view;
		bool shown, ok = false;
		int r = render_case(t->c, o, k, &out, &shown, e);

		view = buf_bytes(&out);
		if (r == 0)
			r = policytest_check(k, shown ? &view : NULL, &ok,
					     &why);
		if (r != 0)
			return r;
		report_case(t, k, ok, &why);
	}
	return 0;
}

/* P.yaml -> P.test.yaml */
static int test_name(const struct cli *c, struct buf *b)
{
	const char *p = c->args[0];
	size_t n = strlen(p);

	if (c->nargs == 2)
		return buf_puts(b, c->args[1]);
	if (n > 5 && strcmp(p + n - 5, ".yaml") == 0)
		n -= 5;
	return buf_printf(b, "%.*s.test.yaml", (int)n, p);
}

static int load_cases(const struct cli *c, struct policy_cases *out,
		      struct err *e)
{
	struct buf name CLEANUP(buf_free) = {0};
	struct buf text CLEANUP(buf_free) = {0};
	int r = test_name(c, &name);

	if (r != 0)
		return err_nomem(e);
	r = file_read(AT_FDCWD, buf_str(&name), 1 << 20, &text);
	if (r != 0)
		return err_set(e, r, buf_str(&name),
			       "the tests cannot be read: %s", strerror(-r));
	return policytest_load(buf_bytes(&text), buf_str(&name), out, e);
}

int cmd_policy_test(struct cli *c)
{
	struct open o CLEANUP(open_close) = {0};
	struct policy_cases cases CLEANUP(policytest_free) = {0};
	struct buf b CLEANUP(buf_free) = {0};
	struct json_out j;
	struct tally t = {.c = c};
	struct err e = {0};
	int r = open_policy(c->args[0], &o, &e);

	if (r == 0)
		r = open_pool(&o, &e);
	if (r == 0)
		r = load_cases(c, &cases, &e);
	cli_json(&j, &b);
	json_key(&j, "cases");
	json_arr(&j);
	t.o = c->json ? &j : NULL;
	if (r == 0)
		r = run_cases(&o, &cases, &t, &e);
	if (r != 0)
		return cli_fail(c, &e);
	json_arr_end(&j);
	if (c->json)
		r = cli_json_end(c, &j, &b);
	else
		fprintf(c->out, "%zu cases: %zu passed, %zu failed\n",
			(size_t)(t.passed + t.failed), (size_t)t.passed,
			(size_t)t.failed);
	return r != 0 ? r : t.failed != 0;
}
