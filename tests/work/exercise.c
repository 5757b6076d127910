/* Random operations on a tree, each compared with a model in memory. */
/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "world.h"

/*
 * exercise [OPTION]... DIR: DIR must be empty, and is left empty unless the
 * run ends early or --journal is given. Exit 0: all as the model says; 1: not;
 * 2: usage; 3: the server of the file system died (only with --journal).
 *
 *   --seed N --ops N     what is done (the same again for the same numbers)
 *   --seconds S          stop after S seconds, all being well
 *   --jobs N             N processes, each in a folder of its own
 *   --links-refused      link(2) must fail with EPERM
 *   --corrupt N          at operation N change something behind the model's
 *   --corrupt-kind K     back: byte, size, name, mode, target, xattr
 *   --journal F          write what was done (kill.py reads it)
 *   --tag N              the first tag (see world.h)
 *   --verbose            print each operation
 */
static const struct {
	const char *name;
	unsigned weight;
	op_fn *fn;
} ops[] = {
	{"create", 30, op_create},
	{"open", 50, op_open},
	{"close", 40, op_close},
	{"rewrite", 12, op_rewrite},
	{"pwrite", 110, op_write},
	{"write", 70, op_write_here},
	{"append", 8, op_append},
	{"pwritev", 20, op_writev},
	{"read", 60, op_read},
	{"pread", 110, op_pread},
	{"preadv", 20, op_readv},
	{"truncate", 15, op_truncate},
	{"ftruncate", 20, op_ftruncate},
	{"map", 12, op_map},
	{"store", 25, op_map_write},
	{"load", 25, op_map_read},
	{"store-closed", 5, op_map_closed},
	{"fallocate", 20, op_allocate},
	{"seek", 25, op_seek},
	{"copy", 10, op_copy},
	{"sendfile", 10, op_sendfile},
	{"rename", 30, op_rename},
	{"exchange", 8, op_exchange},
	{"unlink", 22, op_unlink},
	{"link", 5, op_link},
	{"mkdir", 12, op_mkdir},
	{"rmdir", 10, op_rmdir},
	{"symlink", 8, op_symlink},
	{"readlink", 8, op_readlink},
	{"replace", 5, op_replace},
	{"chmod", 12, op_chmod},
	{"utimens", 12, op_utimens},
	{"xattr", 16, op_xattr},
	{"xattr-none", 5, op_xattr_look},
	{"sync", 6, op_sync},
	{"sync-folder", 2, op_sync_dir},
	{"lock", 4, op_lock},
	{"chown", 3, op_chown},
	{"lstat", 25, op_stat},
	{"fstat", 20, op_fstat},
	{"list", 20, op_list},
	{"look", 6, op_file},
	{"missing", 10, op_missing},
	{"statfs", 2, op_statfs},
};
#define N_OPS (sizeof(ops) / sizeof(ops[0]))
#define EVERYTHING 10000 /* operations between two looks at everything */
#define CROWDS 2000	 /* and between two crowds */

static double now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static void one(struct world *w)
{
	unsigned sum = 0;
	uint64_t x;
	size_t i = 0;

	for (size_t k = 0; k < N_OPS; k++)
		sum += ops[k].weight;
	x = below(w, sum);
	while (x >= ops[i].weight)
		x -= ops[i++].weight;
	journal(w, "O %ju %s", (uintmax_t)w->op, ops[i].name);
	ops[i].fn(w);
}

static void step(struct world *w)
{
	one(w);
	if (w->gone)
		return;
	if (w->op % CROWDS == CROWDS - 1)
		op_crowd(w);
	if (w->op % EVERYTHING == EVERYTHING - 1 && w->journal == NULL)
		look_all(w);
	if (w->o->corrupt != 0 && w->op + 1 >= w->o->corrupt &&
	    w->n_nodes > 30) {
		corrupt(w);
		look_all(w);
		fprintf(stderr, "the change behind the back was not seen\n");
		exit(5);
	}
}

static void world_open(struct world *w, const struct options *o, int top,
		       unsigned job)
{
	*w = (struct world){.o = o,
			    .top = top,
			    .rng = o->seed * 1000003 + job,
			    .tag = o->tag + job * 0x01000000};
	w->want = malloc(MAX_IO);
	w->got = malloc(MAX_IO);
	for (size_t i = 0; i < MAX_HANDLES; i++)
		w->handles[i].fd = -1;
	if (w->want == NULL || w->got == NULL)
		world_fail(w, "no memory");
	if (o->journal != NULL) {
		w->journal = fopen(o->journal, "w");
		if (w->journal == NULL)
			world_fail(w, "%s: %s", o->journal, strerror(errno));
	}
	w->root = model_new(w, K_DIR, NULL, "", 0755, "");
}

/* Unlinks everything, leaves first. */
static void clean(struct world *w)
{
	char path[MAX_PATH];

	trace(w, "unlink everything");
	for (size_t i = w->n_nodes; i-- > 0 && w->n_nodes > 1;) {
		struct node *n = w->nodes[i];

		if (n == w->root || (n->kind == K_DIR && !model_empty(w, n)))
			continue;
		happened(w,
			 unlinkat(w->top, path_of(n, path),
				  n->kind == K_DIR ? AT_REMOVEDIR : 0),
			 "unlink at the end");
		model_move(w, n, NULL, "");
		i = w->n_nodes;
	}
	look_list(w, w->root);
}

static void world_close(struct world *w)
{
	for (size_t i = 0; i < MAX_HANDLES; i++)
		if (w->handles[i].fd >= 0)
			handle_close(w, &w->handles[i]);
	if (!w->gone && w->journal == NULL)
		clean(w);
	if (w->journal != NULL)
		fclose(w->journal);
	model_free(w);
	free(w->want);
	free(w->got);
}

/* One process's run in the folder `top`; returns the exit code. */
static int run(const struct options *o, int top, unsigned job)
{
	struct world *w = malloc(sizeof(*w));
	double start = now();
	bool gone;

	if (w == NULL)
		return 1;
	world_open(w, o, top, job);
	while (w->op < o->ops && !w->gone) {
		step(w);
		w->op++;
		if (o->seconds > 0 && w->op % 64 == 0 &&
		    now() - start > o->seconds)
			break;
	}
	if (!w->gone && w->journal == NULL)
		look_all(w);
	gone = w->gone;
	printf("seed %ju job %u: %ju operations in %.1f s, %ju links and %ju "
	       "allocations refused%s\n",
	       (uintmax_t)o->seed, job, (uintmax_t)w->op, now() - start,
	       (uintmax_t)w->refused_links, (uintmax_t)w->refused_allocs,
	       gone ? ", then the server was gone" : "");
	world_close(w);
	free(w);
	return gone ? 3 : 0;
}

static int open_dir(int at, const char *name)
{
	int fd = openat(at, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	if (fd < 0) {
		perror(name);
		exit(2);
	}
	return fd;
}

static void start_job(const struct options *o, int top, unsigned job)
{
	char name[16];
	pid_t pid;

	snprintf(name, sizeof(name), "job%u", job);
	if (mkdirat(top, name, 0755) != 0) {
		perror(name);
		exit(2);
	}
	fflush(stdout);
	pid = fork();
	if (pid < 0) {
		perror("fork");
		exit(2);
	}
	if (pid == 0)
		exit(run(o, open_dir(top, name), job));
}

static int run_jobs(const struct options *o, int top)
{
	char name[16];
	int worst = 0, status;

	for (unsigned i = 0; i < o->jobs; i++)
		start_job(o, top, i);
	while (wait(&status) > 0)
		if (!WIFEXITED(status))
			worst = 1;
		else if (WEXITSTATUS(status) != 0)
			worst = WEXITSTATUS(status);
	for (unsigned i = 0; worst == 0 && i < o->jobs; i++) {
		snprintf(name, sizeof(name), "job%u", i);
		if (unlinkat(top, name, AT_REMOVEDIR) != 0) {
			perror(name);
			worst = 1;
		}
	}
	return worst;
}

static int usage(void)
{
	fprintf(stderr, "usage: exercise [--seed N] [--ops N] [--seconds S] "
			"[--jobs N] [--links-refused] [--corrupt N] "
			"[--corrupt-kind K] [--journal F] [--tag N] "
			"[--verbose] DIR\n");
	return 2;
}

static const char letters[] = "s:o:t:j:lc:k:J:T:v";
static const struct option words[] = {{"seed", 1, NULL, 's'},
				      {"ops", 1, NULL, 'o'},
				      {"seconds", 1, NULL, 't'},
				      {"jobs", 1, NULL, 'j'},
				      {"links-refused", 0, NULL, 'l'},
				      {"corrupt", 1, NULL, 'c'},
				      {"corrupt-kind", 1, NULL, 'k'},
				      {"journal", 1, NULL, 'J'},
				      {"tag", 1, NULL, 'T'},
				      {"verbose", 0, NULL, 'v'},
				      {NULL, 0, NULL, 0}};

static bool take(struct options *o, int c)
{
	uint64_t n = optarg ? strtoull(optarg, NULL, 0) : 0;

	switch (c) {
	case 's':
		o->seed = n;
		return true;
	case 'o':
		o->ops = n;
		return true;
	case 't':
		o->seconds = strtod(optarg, NULL);
		return true;
	case 'j':
		o->jobs = (unsigned)n;
		return true;
	case 'l':
		return o->links_refused = true;
	case 'c':
		o->corrupt = n;
		return true;
	case 'k':
		o->corrupt_kind = optarg;
		return true;
	case 'J':
		o->journal = optarg;
		return true;
	case 'T':
		o->tag = (uint32_t)n;
		return true;
	case 'v':
		return o->verbose = true;
	default:
		return false;
	}
}

int main(int argc, char **argv)
{
	struct options o = {.seed = 1, .ops = 20000, .corrupt_kind = "byte"};
	int c, top;

	while ((c = getopt_long(argc, argv, letters, words, NULL)) != -1)
		if (!take(&o, c))
			return usage();
	if (optind + 1 != argc || (o.jobs > 1 && o.journal != NULL))
		return usage();
	umask(0);
	top = open_dir(AT_FDCWD, argv[optind]);
	return o.jobs > 1 ? run_jobs(&o, top) : run(&o, top, 0);
}
