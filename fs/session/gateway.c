/* The gateway: the one holder of keys, writer of the log, maker of sessions. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "fs/session/gateway.h"

#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/mem.h"
#include "fs/desk/meter.h"
#include "fs/desk/shelf.h"
#include "fs/ingest/child.h"
#include "fs/session/alive.h"
#include "fs/session/denied.h"
#include "fs/session/session.h"

#define SESSIONS_MAX 256
#define CLEAR_MS 20
#define CLEAR_TRIES (30000 / CLEAR_MS)

/*
 * One process holds the store's lock and with it the one log; everything else
 * is a session of it (session.c), served by the thread of the connection that
 * asked for it (attend.c). What threads share stands here under one lock: who
 * is in session, whether the gateway ends, who has borrowed the right to
 * write. A session is ended by asking: the thread that serves it is woken,
 * denies, kills, joins and records; nobody else touches it.
 */
struct gateway {
	struct store *store;
	struct audit *audit;
	struct child_pool *children;
	struct shelves *shelves;
	struct meters *meters;
	const char *tool;
	struct buf log_dir;
	pthread_mutex_t change; /* held while policies change; taken first */
	pthread_mutex_t lock;	/* guards what follows; taken last */
	struct session *list[SESSIONS_MAX];
	unsigned n;
	struct alive alive; /* before they join, until they are freed */
	bool stopping, lent;
	uint64_t era, clears;
	struct denied denied;
};

static void gateway_free(struct gateway *g)
{
	child_pool_free(g->children);
	shelves_free(g->shelves);
	meters_free(g->meters);
	buf_free(&g->log_dir);
	pthread_mutex_destroy(&g->change);
	pthread_mutex_destroy(&g->lock);
	mem_free(g);
}

/* Threads made here live as long as the gateway: signals are not for them, so
 * that the thread that waits for signals gets every one. */
static int open_log(struct gateway *g, const struct audit_config *cfg,
		    struct err *e)
{
	sigset_t all, was;
	int r;

	sigfillset(&all);
	pthread_sigmask(SIG_BLOCK, &all, &was);
	r = audit_open(cfg, &g->audit, e);
	pthread_sigmask(SIG_SETMASK, &was, NULL);
	return r;
}

int gateway_open(struct store *s, const char *tool, struct gateway **out,
		 struct err *e)
{
	struct audit_config cfg = {.origin = store_origin(s),
				   .pool = store_pool(s),
				   .sign = store_log_seed(s),
				   .tool = tool};
	struct gateway *g = mem_new(1, sizeof(*g));
	int r;

	if (g == NULL)
		return err_nomem(e);
	mem_lean();
	g->store = s;
	g->tool = tool;
	pthread_mutex_init(&g->change, NULL);
	pthread_mutex_init(&g->lock, NULL);
	cfg.recipients = store_recipients(s, &cfg.nrecipients);
	r = store_lock(s, e);
	if (r == 0 && buf_printf(&g->log_dir, "%s/log", store_dir(s)) != 0)
		r = err_nomem(e);
	if (r == 0) {
		cfg.dir = buf_str(&g->log_dir);
		r = child_pool_new(0, &g->children, e);
	}
	if (r == 0) {
		g->shelves = shelves_new();
		g->meters = meters_new(s, NULL);
		r = g->shelves == NULL || g->meters == NULL ? err_nomem(e) : 0;
	}
	if (r == 0)
		r = open_log(g, &cfg, e);
	if (r != 0) {
		gateway_free(g);
		return r;
	}
	*out = g;
	return 0;
}

int gateway_close(struct gateway *g)
{
	int r;

	(void)gateway_denied_rest(g);
	r = audit_close(g->audit);
	gateway_free(g);
	return r;
}

struct audit *gateway_audit(struct gateway *g)
{
	return g->audit;
}

struct store *gateway_store(struct gateway *g)
{
	return g->store;
}

struct child_pool *gateway_children(struct gateway *g)
{
	return g->children;
}

struct shelves *gateway_shelves(struct gateway *g)
{
	return g->shelves;
}

struct meters *gateway_meters(struct gateway *g)
{
	return g->meters;
}

const char *gateway_tool(const struct gateway *g)
{
	return g->tool;
}

/* ---- sessions ---- */

int gateway_enter(struct gateway *g, struct session *s)
{
	int r;

	pthread_mutex_lock(&g->lock);
	r = alive_add(&g->alive, s);
	pthread_mutex_unlock(&g->lock);
	return r;
}

void gateway_exit(struct gateway *g, struct session *s)
{
	pthread_mutex_lock(&g->lock);
	alive_del(&g->alive, s);
	pthread_mutex_unlock(&g->lock);
}

int gateway_join(struct gateway *g, struct session *s, uint64_t era)
{
	int r = 0;

	pthread_mutex_lock(&g->lock);
	if (g->stopping)
		r = -ESHUTDOWN;
	else if (g->n == SESSIONS_MAX)
		r = -EBUSY;
	else if (era != (session_in_force(s) ? g->era : g->clears))
		r = -ESTALE; /* who changed it could not see this session */
	else
		g->list[g->n++] = s;
	pthread_mutex_unlock(&g->lock);
	return r;
}

void gateway_leave(struct gateway *g, struct session *s)
{
	pthread_mutex_lock(&g->lock);
	for (unsigned i = 0; i < g->n; i++)
		if (g->list[i] == s) {
			g->list[i] = g->list[--g->n];
			break;
		}
	pthread_mutex_unlock(&g->lock);
}

unsigned gateway_sessions(struct gateway *g)
{
	unsigned n;

	pthread_mutex_lock(&g->lock);
	n = g->n;
	pthread_mutex_unlock(&g->lock);
	return n;
}

void gateway_each(struct gateway *g, void (*fn)(void *ctx, struct session *s),
		  void *ctx)
{
	pthread_mutex_lock(&g->lock);
	for (unsigned i = 0; i < g->n; i++)
		fn(ctx, g->list[i]);
	pthread_mutex_unlock(&g->lock);
}

struct asking {
	uint64_t seq;
	const char *reason;
	unsigned n;
};

static void ask_one(void *ctx, struct session *s)
{
	struct asking *a = ctx;

	if (a->seq != 0 && session_seq(s) != a->seq)
		return;
	session_ask(s, a->reason);
	a->n++;
}

unsigned gateway_ask(struct gateway *g, uint64_t seq, const char *reason)
{
	struct asking a = {.seq = seq, .reason = reason};

	gateway_each(g, ask_one, &a);
	return a.n;
}

/* The lock is held in these two. */
static bool is_in(const struct gateway *g, const struct session *s)
{
	for (unsigned i = 0; i < g->n; i++)
		if (g->list[i] == s)
			return true;
	return false;
}

/* Into lives, who is to be gone; who is in session is asked to. Who has left
 * the list, or is not in it yet, still has its desk, and is on its way. */
static unsigned ask_lives(const struct gateway *g, const char *project,
			  const char *reason, uint64_t lives[ALIVE_MAX])
{
	unsigned n = 0;

	for (unsigned i = 0; i < g->alive.n; i++) {
		struct session *s = g->alive.v[i].s;
		bool in = is_in(g, s);

		if (in && project[0] != '\0' &&
		    strcmp(policy_project(session_policy(s)), project) != 0)
			continue;
		if (in)
			session_ask(s, reason);
		lives[n++] = g->alive.v[i].life;
	}
	return n;
}

/* Who began before and is not in yet begins again. */
bool gateway_clear(struct gateway *g, const char *project, const char *reason)
{
	uint64_t lives[ALIVE_MAX];
	bool left = true;
	unsigned n;

	pthread_mutex_lock(&g->lock);
	g->era++;
	g->clears++;
	n = ask_lives(g, project, reason, lives);
	pthread_mutex_unlock(&g->lock);
	for (unsigned i = 0; left && i < CLEAR_TRIES; i++) {
		if (i > 0)
			(void)poll(NULL, 0, CLEAR_MS);
		pthread_mutex_lock(&g->lock);
		left = alive_any(&g->alive, lives, n);
		pthread_mutex_unlock(&g->lock);
	}
	return !left;
}

void gateway_stop(struct gateway *g)
{
	pthread_mutex_lock(&g->lock);
	g->stopping = true;
	pthread_mutex_unlock(&g->lock);
	(void)gateway_ask(g, 0, "gateway stopped");
}

bool gateway_stopping(struct gateway *g)
{
	bool stopping;

	pthread_mutex_lock(&g->lock);
	stopping = g->stopping;
	pthread_mutex_unlock(&g->lock);
	return stopping;
}

/* ---- the loan ---- */

int gateway_lend(struct gateway *g)
{
	int r;

	pthread_mutex_lock(&g->lock);
	r = g->lent ? -EBUSY : g->stopping ? -ESHUTDOWN : 0;
	g->lent = g->lent || r == 0;
	pthread_mutex_unlock(&g->lock);
	return r;
}

void gateway_return(struct gateway *g)
{
	pthread_mutex_lock(&g->lock);
	g->lent = false;
	pthread_mutex_unlock(&g->lock);
}

/* ---- refusals ---- */

void gateway_denied(struct gateway *g, struct event *ev)
{
	uint64_t count = 0;
	bool may;

	pthread_mutex_lock(&g->lock);
	may = denied_may(&g->denied, clock_s(), &count);
	pthread_mutex_unlock(&g->lock);
	if (!may)
		return;
	if (count > 0)
		event_uint(ev, EF_COUNT, count);
	(void)!audit_append(g->audit, NULL, ev, NULL);
}

bool gateway_denied_rest(struct gateway *g)
{
	struct event ev = {.kind = EV_DENIED};
	uint64_t count;
	bool more;

	pthread_mutex_lock(&g->lock);
	count = denied_rest(&g->denied, clock_s());
	more = g->denied.owed > 0;
	pthread_mutex_unlock(&g->lock);
	if (count == 0)
		return more;
	event_text(&ev, EF_OP, "more refusals");
	event_text(&ev, EF_KIND, "doors");
	event_uint(&ev, EF_COUNT, count);
	(void)!audit_append(g->audit, NULL, &ev, NULL);
	return more;
}

/* ---- policies change ---- */

uint64_t gateway_era(struct gateway *g)
{
	uint64_t era;

	pthread_mutex_lock(&g->lock);
	era = g->era;
	pthread_mutex_unlock(&g->lock);
	return era;
}

uint64_t gateway_clears(struct gateway *g)
{
	uint64_t n;

	pthread_mutex_lock(&g->lock);
	n = g->clears;
	pthread_mutex_unlock(&g->lock);
	return n;
}

void gateway_change(struct gateway *g)
{
	pthread_mutex_lock(&g->change);
}

void gateway_new_era(struct gateway *g)
{
	pthread_mutex_lock(&g->lock);
	g->era++;
	pthread_mutex_unlock(&g->lock);
}

void gateway_changed(struct gateway *g)
{
	pthread_mutex_unlock(&g->change);
}

/* ---- what there is to know ---- */

static void list_one(void *ctx, struct session *s)
{
	session_json(s, ctx);
}

void gateway_status(struct gateway *g, struct json_out *o)
{
	bool lent;

	pthread_mutex_lock(&g->lock);
	lent = g->lent;
	pthread_mutex_unlock(&g->lock);
	json_obj(o);
	json_key(o, "gateway");
	json_cstr(o, g->tool);
	json_key(o, "pid");
	json_int(o, getpid());
	json_key(o, "log");
	json_cstr(o, audit_dead(g->audit) == 0 ? "good" : "dead");
	json_key(o, "lent");
	json_bool(o, lent);
	json_key(o, "sessions");
	json_arr(o);
	gateway_each(g, list_one, o);
	json_arr_end(o);
	json_obj_end(o);
}
