/* A gateway without a store: sessions over a desk and a log in memory. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/unit/session/fake_gateway.h"

#include <errno.h>
#include <stdio.h>

#include "base/fdio.h"
#include "base/mem.h"
#include "base/proc.h"
#include "fs/mount/mount.h"
#include "tests/unit/mount/fake.h"

struct gateway {
	struct keypool *pool;
	struct desk *desk;
	struct audit *audit;
	struct audit_dek *dek;
	char reason[64], facts[2048];
	uint64_t tty_out;
	int refuse;
	bool lose;
	bool left;
	struct mount *mount;
	struct host host;
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

bool fake_gateway_left(const struct gateway *g)
{
	return g->left;
}

struct audit *fake_gateway_audit(const struct gateway *g)
{
	return g->audit;
}

void fake_gateway_refuse(struct gateway *g, int code)
{
	g->refuse = code;
}

void fake_gateway_lose(struct gateway *g)
{
	g->lose = true;
}

static int begin(void *ctx, const struct host_ask *a, struct host_given *out,
		 struct err *e)
{
	struct gateway *g = ctx;
	struct mount_want w = {.fd = a->fuse,
			       .desk = g->desk,
			       .audit = g->audit,
			       .dek = g->dek,
			       .session = 77,
			       .uid = a->uid,
			       .gid = a->gid,
			       .init = proc_of_pidfd(a->init, NULL),
			       .task = bytes_str("# Task\n")};
	int r, fuse = a->fuse;

	if (g->refuse != 0) {
		fd_close(&fuse);
		return err_set(e, g->refuse, "", "refused by the test");
	}
	snprintf(g->facts, sizeof(g->facts), "%s", a->facts);
	snprintf(out->annotator, sizeof(out->annotator), "alice");
	snprintf(out->project, sizeof(out->project), "test");
	snprintf(out->task, sizeof(out->task), "batch-07");
	snprintf(out->strength, sizeof(out->strength), "guard-rail");
	out->session = 77;
	r = mount_start(&w, &g->mount, e);
	if (r == 0 && g->lose) {
		mount_stop(g->mount);
		r = mount_join(g->mount, NULL);
		g->mount = NULL;
	}
	return r;
}

static int end(void *ctx, const char *reason, uint64_t tty_out, bool drop,
	       const char **ended, struct err *e)
{
	struct gateway *g = ctx;
	int r = 0;

	(void)drop;
	if (g->lose)
		*ended = "the gateway has gone";
	(void)e;
	if (g->mount != NULL) {
		/* Nobody stayed: the kernel ended the connection itself. */
		g->left = mount_gone(g->mount, 3000) == 0;
		mount_stop(g->mount);
		r = mount_join(g->mount, NULL);
	}
	g->mount = NULL;
	snprintf(g->reason, sizeof(g->reason), "%s", reason);
	g->tty_out = tty_out;
	return r;
}

const struct host *fake_gateway_host(struct gateway *g)
{
	g->host = (struct host){.ctx = g, .fd = -1, .begin = begin, .end = end};
	return &g->host;
}
