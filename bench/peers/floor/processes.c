#include "floor.h"
#include <signal.h>
#include <spawn.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

extern char **environ;

static pid_t start(char *program, char *argument)
{
    if (program == NULL)
    {
        fprintf(stderr, "floor: the path of the empty program is missing\n");
        exit(2);
    }
    char *argv[] = {program, argument, NULL};
    pid_t child;
    if (posix_spawn(&child, program, NULL, NULL, argv, environ) != 0)
        die(program);
    return child;
}

static void run(char *program)
{
    int status;
    waitpid(start(program, NULL), &status, 0);
    if (!WIFEXITED(status) || WEXITSTATUS(status) != 0)
    {
        fprintf(stderr, "floor: %s failed with status %d\n", program, status);
        exit(1);
    }
}

/* Nanoseconds. */
double start_to_exit(char *program)
{
    int64_t began = now_ns();
    run(program);
    return (double)(now_ns() - began);
}

static pid_t start_hung(void)
{
    pid_t child = fork();
    if (child < 0)
        die("fork");
    if (child == 0)
        for (volatile unsigned turns = 0;; turns++)
            ;
    struct timespec a_while = {0, 50 * 1000000};
    nanosleep(&a_while, NULL);
    return child;
}

/* Nanoseconds from the signal until the parent knows. */
double killed_seen(void)
{
    pid_t child = start_hung();
    int64_t began = now_ns();
    kill(child, SIGKILL);
    waitpid(child, NULL, 0);
    return (double)(now_ns() - began);
}

/* Nanoseconds from the signal until a fresh empty program has run. */
double killed_and_served(char *program)
{
    pid_t child = start_hung();
    int64_t began = now_ns();
    kill(child, SIGKILL);
    waitpid(child, NULL, 0);
    run(program);
    return (double)(now_ns() - began);
}

/* Idle empty .NET programs, until standard input ends. */
void idle(char *program, int workers)
{
    pid_t children[64];
    if (workers > 64)
        workers = 64;
    for (int i = 0; i < workers; i++)
        children[i] = start(program, "wait");
    printf("{\"host\":%d,\"workers\":[", getpid());
    for (int i = 0; i < workers; i++)
        printf(i == 0 ? "%d" : ",%d", children[i]);
    printf("]}\n");
    fflush(stdout);
    while (getchar() != EOF)
        ;
    for (int i = 0; i < workers; i++)
    {
        kill(children[i], SIGKILL);
        waitpid(children[i], NULL, 0);
    }
}

static uint32_t piece(uint32_t state)
{
    for (int i = 0; i < 10000000; i++)
        state = state * 1664525u + 1013904223u;
    return state;
}

/* Two processes that take the next piece from a shared counter, against one that does them all. */
double speedup(int pieces)
{
    _Atomic int *next = shared(sizeof(int));
    volatile uint32_t sum = 0;
    int64_t began = now_ns();
    for (int i = 0; i < pieces; i++)
        sum += piece(i);
    int64_t alone = now_ns() - began;

    began = now_ns();
    pid_t children[2];
    for (int i = 0; i < 2; i++)
    {
        children[i] = fork();
        if (children[i] < 0)
            die("fork");
        if (children[i] == 0)
        {
            for (int mine; (mine = atomic_fetch_add(next, 1)) < pieces;)
                sum += piece(mine);
            _exit(0);
        }
    }
    for (int i = 0; i < 2; i++)
        waitpid(children[i], NULL, 0);
    return (double)alone / (double)(now_ns() - began);
}
