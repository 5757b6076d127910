/* The policies in force: put there, looked up, and whom a change ends. */
/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <time.h>

#include "fs/session/session.h"

/*
 * One policy per project is in force: the sealed cell "policy" of that name.
 * Its text is what policy_load is given again at each session, so nothing of
 * it is kept in memory that could differ from what the log names.
 */
static int keep(struct gateway *g, const struct policy *p, struct bytes text)
{
	return store_cell_put(gateway_store(g), "policy",
			      bytes_str(policy_project(p)), text);
}

static int record(struct gateway *g, const struct policy *p, struct bytes text,
		  uid_t uid, struct err *e)
{
	struct event ev = {.kind = EV_POLICY};
	struct audit *a = gateway_audit(g);
	uint8_t hash[32];
	uint64_t seq;
	int r = audit_policy_put(a, text, hash, e);

	if (r != 0)
		return r;
	event_text(&ev, EF_PROJECT, policy_project(p));
	event_text(&ev, EF_PURPOSE, policy_purpose(p));
	event_bytes(&ev, EF_POLICY, bytes_of(hash, sizeof(hash)));
	event_text(&ev, EF_OP, "apply");
	event_uint(&ev, EF_UID, uid);
	r = audit_append(a, NULL, &ev, &seq);
	if (r == 0)
		r = audit_durable(a, seq);
	return r == 0 ? 0
		      : err_set(e, r, "", "the log cannot record this: %s",
				strerror(-r));
}

struct shrink {
	const struct policy *p;
	int64_t now;
	unsigned n;
};

static void shrink_one(void *ctx, struct session *s)
{
	struct shrink *k = ctx;

	if (!session_in_force(s) || strcmp(policy_project(session_policy(s)),
					   policy_project(k->p)) != 0)
		return;
	if (session_same(s, k->p, k->now))
		return;
	session_ask(s, "policy changed");
	k->n++;
}

static int put_in_force(struct gateway *g, const struct policy *p,
			struct bytes text, uid_t uid, struct err *e)
{
	int r = record(g, p, text, uid, e);

	if (r != 0)
		return r;
	r = keep(g, p, text);
	return r == 0 ? 0
		      : err_set(e, r, "", "the policy cannot be kept: %s",
				strerror(-r));
}

/* Sessions end after the policy stands: who comes back finds the new one. Who
 * is just coming with the one before is refused by gateway_join, since the era
 * has changed before anybody is looked at; nor can one begin under a policy
 * that comes later, since that waits until all have been looked at. */
int gateway_apply(struct gateway *g, struct bytes text, const char *name,
		  uid_t uid, unsigned *ended, struct err *e)
{
	struct policy *p CLEANUP(policy_freep) = NULL;
	struct shrink k = {.now = (int64_t)time(NULL)};
	int r = policy_load(text, name, &p, e);

	if (r != 0)
		return r;
	k.p = p;
	gateway_change(g);
	r = put_in_force(g, p, text, uid, e);
	if (r == 0) {
		gateway_new_era(g);
		gateway_each(g, shrink_one, &k);
		*ended = k.n;
	}
	gateway_changed(g);
	return r;
}

/* ---- whose session it is ---- */

void gateway_seat_free(struct gateway_seat *s)
{
	buf_free(&s->text);
	buf_free(&s->annotator);
}

struct finding {
	const char *user, *project, *task;
	struct gateway_seat *out;
	struct buf projects; /* found, for people */
	unsigned n;
};

/* The annotator of p whose login name it is, in that task; NULL. */
static const char *annotator_of(const struct policy *p, const char *user,
				const char *task)
{
	const char *const *names;
	size_t n = policy_annotators(p, &names);

	for (size_t i = 0; i < n; i++) {
		const char *login = policy_user(p, i);

		if (login != NULL && strcmp(login, user) == 0 &&
		    (task == NULL || policy_has_task(p, i, task)))
			return names[i];
	}
	return NULL;
}

static int find_one(void *ctx, struct bytes text)
{
	struct finding *f = ctx;
	struct policy *p CLEANUP(policy_freep) = NULL;
	const char *who;

	/* What does not load any more is in force for nobody. */
	if (policy_load(text, "policy in force", &p, NULL) != 0)
		return 0;
	if (f->project != NULL && strcmp(f->project, policy_project(p)) != 0)
		return 0;
	who = annotator_of(p, f->user, f->task);
	if (who == NULL)
		return 0;
	buf_clear(&f->out->text);
	buf_clear(&f->out->annotator);
	if (buf_putb(&f->out->text, text) != 0 ||
	    buf_puts(&f->out->annotator, who) != 0 ||
	    buf_printf(&f->projects, "%s%s", f->n == 0 ? "" : ", ",
		       policy_project(p)) != 0)
		return -ENOMEM;
	f->n++;
	return 0;
}

int gateway_find(struct gateway *g, const char *user, const char *project,
		 const char *task, struct gateway_seat *out, struct err *e)
{
	struct finding f = {
		.user = user, .project = project, .task = task, .out = out};
	int r;

	out->era = gateway_era(g); /* before the first is read */
	r = store_cell_each(gateway_store(g), "policy", find_one, &f);
	if (r == 0 && f.n == 0)
		r = err_set(e, -EACCES, "",
			    "no policy in force names the login %s%s%s: the "
			    "owner puts one there with `carrel policy apply`",
			    user, task != NULL ? " in task " : "",
			    task != NULL ? task : "");
	else if (r == 0 && f.n > 1)
		r = err_set(e, -EINVAL, "",
			    "you are in several projects (%s); choose one with "
			    "--project",
			    buf_str(&f.projects));
	else if (r != 0)
		err_set(e, r, "", "the policies in force cannot be read: %s",
			strerror(-r));
	buf_free(&f.projects);
	return r;
}
