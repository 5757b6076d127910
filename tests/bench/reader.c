/* Reads files in a stated way for a stated time; prints one JSON line. */
/* SPDX-License-Identifier: Apache-2.0 */
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

/*
 * reader FILE seq|rand SIZE THREADS SECONDS: each thread has its own open of
 * the file; seq begins at a place of its own and opens the file anew at its end
 * (a second pass over one open, or four over the same pages, would measure the
 * kernel's page cache); buffers are page aligned.
 *
 * reader LIST small SIZE THREADS SECONDS: LIST names files, one a line, in the
 * order of a walk; each is opened, read once (SIZE is enough) and closed, the
 * threads sharing the list, over and over.
 */
struct list {
	char **names;
	size_t n;
	atomic_size_t next;
};

struct job {
	const char *path;
	struct list *list; /* small */
	int random;
	size_t size;
	double seconds, from; /* from: share of the file */
	uint64_t seed, ops, bytes;
	pthread_t thread;
};

static double now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static uint64_t next(uint64_t *s)
{
	*s ^= *s << 13;
	*s ^= *s >> 7;
	*s ^= *s << 17;
	return *s;
}

static void read_list(struct list *l, const char *path)
{
	FILE *f = fopen(path, "r");
	char line[PATH_MAX];
	size_t cap = 0;

	if (f == NULL) {
		perror(path);
		exit(1);
	}
	while (fgets(line, sizeof(line), f) != NULL) {
		if (l->n == cap) {
			cap = cap * 2 + 1024;
			l->names = realloc(l->names, cap * sizeof(char *));
		}
		line[strcspn(line, "\n")] = '\0';
		l->names[l->n++] = strdup(line);
	}
	fclose(f);
	if (l->n == 0)
		exit(1);
}

static void *run_small(void *arg)
{
	struct job *j = arg;
	char *buf = malloc(j->size);
	double end = now() + j->seconds;

	while (now() < end) {
		size_t i = atomic_fetch_add(&j->list->next, 1) % j->list->n;
		int fd = open(j->list->names[i], O_RDONLY | O_CLOEXEC);
		ssize_t got = read(fd, buf, j->size);

		if (got < 0) {
			perror(j->list->names[i]);
			exit(1);
		}
		close(fd);
		j->ops++;
		j->bytes += (uint64_t)got;
	}
	free(buf);
	return NULL;
}

static void *run(void *arg)
{
	struct job *j = arg;
	int fd = open(j->path, O_RDONLY | O_CLOEXEC);
	void *buf = aligned_alloc(4096, (j->size + 4095) / 4096 * 4096);
	double end = now() + j->seconds;
	uint64_t blocks, at = 0;
	struct stat st;

	if (fd < 0 || buf == NULL || fstat(fd, &st) != 0) {
		perror(j->path);
		exit(1);
	}
	blocks = (uint64_t)st.st_size / j->size;
	at = (uint64_t)((double)blocks * j->from);
	while (now() < end && blocks > 0) {
		if (!j->random && at == blocks) {
			close(fd);
			fd = open(j->path, O_RDONLY | O_CLOEXEC);
			at = 0;
		}
		uint64_t nr = (j->random ? next(&j->seed) : at++) % blocks;
		ssize_t got = pread(fd, buf, j->size, (off_t)(nr * j->size));

		if (got <= 0) {
			perror("pread");
			exit(1);
		}
		j->ops++;
		j->bytes += (uint64_t)got;
	}
	free(buf);
	close(fd);
	return NULL;
}

int main(int argc, char **argv)
{
	struct list list = {0};
	struct job jobs[16] = {0};
	uint64_t ops = 0, bytes = 0;
	double seconds;
	int threads;

	if (argc != 6)
		return 2;
	threads = atoi(argv[4]);
	seconds = atof(argv[5]);
	if (threads < 1 || threads > 16)
		return 2;
	if (strcmp(argv[2], "small") == 0)
		read_list(&list, argv[1]);
	for (int i = 0; i < threads; i++) {
		jobs[i] = (struct job){.path = argv[1],
				       .list = &list,
				       .random = strcmp(argv[2], "rand") == 0,
				       .size = (size_t)atol(argv[3]),
				       .seconds = seconds,
				       .from = (double)i / threads,
				       .seed = (uint64_t)i * 7919 + 12345};
		pthread_create(&jobs[i].thread, NULL,
			       list.n > 0 ? run_small : run, &jobs[i]);
	}
	for (int i = 0; i < threads; i++) {
		pthread_join(jobs[i].thread, NULL);
		ops += jobs[i].ops;
		bytes += jobs[i].bytes;
	}
	printf("{\"ops_s\": %.0f, \"mb_s\": %.1f}\n", (double)ops / seconds,
	       (double)bytes / seconds / 1e6);
	return 0;
}
