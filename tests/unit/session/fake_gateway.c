/* A gateway without a store: sessions over a desk and a log in memory. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/unit/session/fake_gateway.h"

#include <errno.h>
#include <stdio.h>

#include "base/mem.h"
#include "tests/unit/mount/fake.h"

struct gateway {
	struct keypool *pool;
	struct desk *desk;
	struct audit *audit;
	struct audit_dek *dek;
	char reason[64], facts[1024];
	uint64_t tty_out;
	int refuse;
};

struct session {
	struct gateway *g;
	struct mount *mount;
	struct subject subject;
	uid_t uid;
	gid_t gid;
};

struct gateway *fake_gateway_new(struct bytes text)
{
	struct gateway *g = mem_new(1, sizeof(*g));

	if (g == NULL || keypool_new(&g->pool, NULL) != 0)
		return NULL;
	g->desk = fake_desk_new();
	fake_desk_text(g->desk, text);
	g->audit = fake_audit_new();
	g->dek = fake_dek_new(g->pool);
	return g;
}

void fake_gateway_free(struct gateway *g)
{
	fake_dek_free(g->dek);
	fake_audit_free(g->audit);
	fake_desk_free(g->desk);
	keypool_free(g->pool);
	mem_free(g);
}

const char *fake_gateway_reason(const struct gateway *g)
{
	return g->reason;
}

uint64_t fake_gateway_tty_out(const struct gateway *g)
{
	return g->tty_out;
}

const char *fake_gateway_facts(const struct gateway *g)
{
	return g->facts;
}

struct audit *fake_gateway_audit(const struct gateway *g)
{
	return g->audit;
}

void fake_gateway_refuse(struct gateway *g, int code)
{
	g->refuse = code;
}

const char *policy_project(const struct policy *p)
{
	(void)p;
	return "test";
}

int session_open(struct gateway *g, const struct session_want *w,
		 struct session **out, struct err *e)
{
	struct session *s;

	if (g->refuse != 0)
		return err_set(e, g->refuse, "", "refused by the test");
	s = mem_new(1, sizeof(*s));
	if (s == NULL)
		return err_nomem(e);
	s->g = g;
	s->uid = w->uid;
	s->gid = w->gid;
	s->subject.annotator = w->annotator;
	snprintf(g->facts, sizeof(g->facts), "%s", w->facts);
	*out = s;
	return 0;
}

const struct policy *session_policy(const struct session *s)
{
	(void)s;
	return NULL;
}

const struct subject *session_subject(const struct session *s)
{
	return &s->subject;
}

uint64_t session_seq(const struct session *s)
{
	(void)s;
	return 77;
}

int session_serve(struct session *s, int fd, struct err *e)
{
	struct mount_want w = {.fd = fd,
			       .desk = s->g->desk,
			       .audit = s->g->audit,
			       .dek = s->g->dek,
			       .session = 77,
			       .uid = s->uid,
			       .gid = s->gid,
			       .task = bytes_str("# Task\n")};

	return mount_start(&w, &s->mount, e);
}

int session_end(struct session *s, const char *reason, uint64_t tty_out)
{
	int r = 0;

	if (s->mount != NULL) {
		mount_stop(s->mount);
		r = mount_join(s->mount, NULL);
	}
	snprintf(s->g->reason, sizeof(s->g->reason), "%s", reason);
	s->g->tty_out = tty_out;
	mem_free(s);
	return r;
}
