#include "floor.h"
#include <errno.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>

int64_t now_ns(void)
{
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return time.tv_sec * 1000000000LL + time.tv_nsec;
}

void die(const char *what)
{
    fprintf(stderr, "floor: %s: %s\n", what, strerror(errno));
    exit(1);
}

void *shared(size_t bytes)
{
    void *memory = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (memory == MAP_FAILED)
        die("mmap");
    return memory;
}

void stay_on(int side)
{
    cpu_set_t allowed, one;
    if (sched_getaffinity(0, sizeof allowed, &allowed) != 0 || CPU_COUNT(&allowed) < 2)
        return;
    int processor = 0;
    for (int seen = -1; processor < CPU_SETSIZE; processor++)
        if (CPU_ISSET(processor, &allowed) && ++seen == side)
            break;
    CPU_ZERO(&one);
    CPU_SET(processor, &one);
    if (sched_setaffinity(0, sizeof one, &one) != 0)
        die("sched_setaffinity");
}

static int cannot(const char *why)
{
    printf("{\"cannot\":\"%s\"}\n", why);
    return 0;
}

static int value(double measured)
{
    printf("{\"value\":%.3f}\n", measured);
    return 0;
}

static int is(const char *scenario, const char *name) { return strcmp(scenario, name) == 0; }

/* What a system written in C on the same kernel primitives would pay: it parks, and it copies through shared memory. */
static int by_hand(const char *scenario, long size, int milliseconds)
{
    if (is(scenario, "call") || is(scenario, "call-one-core"))
        return value(futex_round_trip((int)size, milliseconds));
    if (is(scenario, "bytes"))
        return value(there_and_back_bandwidth((size_t)size, milliseconds));
    return cannot("only calls and bytes");
}

/* The physical limit of each scenario. One core: spinning would wait for the other side's time slice, so it parks. */
static int limit(const char *scenario, long size, int milliseconds, char *program)
{
    if (is(scenario, "call") || is(scenario, "call-async"))
        return value(spin_round_trip((int)size, milliseconds));
    if (is(scenario, "in-flight") || is(scenario, "map") || is(scenario, "shared-argument"))
        return value(spin_round_trip(100, milliseconds));
    if (is(scenario, "call-one-core") || is(scenario, "call-async-one-core"))
        return value(futex_round_trip((int)size, milliseconds));
    if (is(scenario, "bytes"))
        return value(memcpy_bandwidth((size_t)size, milliseconds));
    if (is(scenario, "cold-start"))
        return value(start_to_exit(program));
    if (is(scenario, "crash"))
        return value(killed_seen());
    if (is(scenario, "hung"))
        return value(killed_and_served(program));
    if (is(scenario, "pieces"))
        return value(speedup((int)size));
    if (is(scenario, "idle-memory") || is(scenario, "idle-cpu"))
    {
        idle(program, (int)size);
        return 0;
    }
    return cannot("no floor");
}

/* floor limit|by-hand SCENARIO SIZE MILLISECONDS [the empty .NET program] */
int main(int argc, char **argv)
{
    if (argc < 5)
    {
        fprintf(stderr, "usage: floor limit|by-hand SCENARIO SIZE MILLISECONDS [EMPTY-PROGRAM]\n");
        return 2;
    }
    long size = atol(argv[3]);
    int milliseconds = atoi(argv[4]);
    if (is(argv[1], "by-hand"))
        return by_hand(argv[2], size, milliseconds);
    return limit(argv[2], size, milliseconds, argc > 5 ? argv[5] : NULL);
}
