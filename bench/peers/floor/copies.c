#include "floor.h"
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static char *private_memory(size_t bytes)
{
    char *memory = malloc(bytes);
    if (memory == NULL)
        die("malloc");
    memset(memory, 1, bytes);
    return memory;
}

/* Megabytes (10^6) a second, counting what goes there and what comes back. */
static double megabytes_per_second(size_t bytes, int64_t passes, int64_t elapsed_ns)
{
    return 2.0 * (double)bytes * (double)passes / 1e6 / ((double)elapsed_ns / 1e9);
}

double memcpy_bandwidth(size_t bytes, int milliseconds)
{
    char *here = private_memory(bytes), *there = private_memory(bytes);
    int64_t passes = 0, start = now_ns(), elapsed;
    do
    {
        memcpy(there, here, bytes);
        __asm__ volatile("" ::"r"(there) : "memory");
        memcpy(here, there, bytes);
        __asm__ volatile("" ::"r"(here) : "memory");
        passes++;
        elapsed = now_ns() - start;
    } while (elapsed < (int64_t)milliseconds * 1000000);
    return megabytes_per_second(bytes, passes, elapsed);
}

struct turn
{
    _Alignas(128) _Atomic int64_t there;
    _Alignas(128) _Atomic int64_t back;
};

static int64_t await_turn(_Atomic int64_t *cell, int64_t last)
{
    int64_t number;
    while ((number = atomic_load_explicit(cell, memory_order_acquire)) == last)
        PAUSE();
    return number;
}

/* Four copies: into the shared memory, out of it, in again, out again. */
double there_and_back_bandwidth(size_t bytes, int milliseconds)
{
    struct turn *turn = shared(sizeof(struct turn));
    char *request = shared(bytes), *response = shared(bytes);
    memset(request, 1, bytes);
    memset(response, 1, bytes);
    pid_t child = fork();
    if (child < 0)
        die("fork");
    stay_on(child == 0);
    char *mine = private_memory(bytes);
    if (child == 0)
    {
        for (int64_t last = 0; (last = await_turn(&turn->there, last)) >= 0;)
        {
            memcpy(mine, request, bytes);
            memcpy(response, mine, bytes);
            atomic_store_explicit(&turn->back, last, memory_order_release);
        }
        _exit(0);
    }

    int64_t number = 0, start = 0, elapsed = 0;
    do
    {
        /* The first pass touches every page and is not counted. */
        if (number == 1)
            start = now_ns();
        memcpy(request, mine, bytes);
        atomic_store_explicit(&turn->there, number + 1, memory_order_release);
        await_turn(&turn->back, number);
        memcpy(mine, response, bytes);
        number++;
        elapsed = now_ns() - start;
    } while (number < 2 || elapsed < (int64_t)milliseconds * 1000000);
    atomic_store_explicit(&turn->there, -1, memory_order_release);
    waitpid(child, NULL, 0);
    return megabytes_per_second(bytes, number - 1, elapsed);
}
