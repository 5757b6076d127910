/* Reads a file in a stated way for a stated time; prints one JSON line. */
/* SPDX-License-Identifier: Apache-2.0 */
#include <fcntl.h>
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

/*
 * reader FILE seq|rand SIZE THREADS SECONDS: each thread has its own open of
 * the file; seq opens it anew at its end (a second pass over one open would
 * measure the kernel's page cache); buffers are page aligned.
 */
struct job {
	const char *path;
	int random;
	size_t size;
	double seconds;
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
	struct job jobs[16];
	uint64_t ops = 0, bytes = 0;
	double seconds;
	int threads;

	if (argc != 6)
		return 2;
	threads = atoi(argv[4]);
	seconds = atof(argv[5]);
	if (threads < 1 || threads > 16)
		return 2;
	for (int i = 0; i < threads; i++) {
		jobs[i] = (struct job){argv[1],
				       strcmp(argv[2], "rand") == 0,
				       (size_t)atol(argv[3]),
				       seconds,
				       (uint64_t)i * 7919 + 12345,
				       0,
				       0,
				       0};
		pthread_create(&jobs[i].thread, NULL, run, &jobs[i]);
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
