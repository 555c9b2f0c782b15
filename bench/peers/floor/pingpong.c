#include "floor.h"
#include <linux/futex.h>
#include <signal.h>
#include <stdatomic.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

/* One cache line each way; an ending negative number asks the child to exit. */
struct lines
{
    _Alignas(128) _Atomic int there;
    _Alignas(128) _Atomic int back;
};

typedef void send_fn(_Atomic int *cell, int number);
typedef int receive_fn(_Atomic int *cell, int last);

static void spin_send(_Atomic int *cell, int number)
{
    atomic_store_explicit(cell, number, memory_order_release);
}

static int spin_receive(_Atomic int *cell, int last)
{
    int number;
    while ((number = atomic_load_explicit(cell, memory_order_acquire)) == last)
        PAUSE();
    return number;
}

static void futex_send(_Atomic int *cell, int number)
{
    atomic_store_explicit(cell, number, memory_order_seq_cst);
    syscall(SYS_futex, cell, FUTEX_WAKE, 1, NULL, NULL, 0);
}

static int futex_receive(_Atomic int *cell, int last)
{
    int number;
    while ((number = atomic_load_explicit(cell, memory_order_seq_cst)) == last)
        syscall(SYS_futex, cell, FUTEX_WAIT, last, NULL, NULL, 0);
    return number;
}

static inline __attribute__((always_inline)) double
round_trip(send_fn *send, receive_fn *receive, int apart, int batch, int milliseconds)
{
    struct lines *lines = shared(sizeof(struct lines));
    pid_t child = fork();
    if (child < 0)
        die("fork");
    if (apart)
        stay_on(child == 0);
    if (child == 0)
    {
        for (int last = 0; last >= 0;)
        {
            last = receive(&lines->there, last);
            send(&lines->back, last);
        }
        _exit(0);
    }

    int number = 0;
    double per_call = 0;
    /* First pass: warm-up of a quarter. */
    for (int pass = 0; pass < 2; pass++)
    {
        int64_t start = now_ns(), elapsed, calls = 0;
        int64_t limit = (int64_t)milliseconds * 1000000 / (pass == 0 ? 4 : 1);
        do
        {
            for (int i = 0; i < batch; i++)
            {
                send(&lines->there, number + 1);
                receive(&lines->back, number);
                number++;
            }
            calls += batch;
            elapsed = now_ns() - start;
        } while (elapsed < limit);
        per_call = (double)elapsed / calls;
    }
    send(&lines->there, -1);
    waitpid(child, NULL, 0);
    return per_call;
}

double spin_round_trip(int batch, int milliseconds)
{
    return round_trip(spin_send, spin_receive, 1, batch, milliseconds);
}

double futex_round_trip(int batch, int milliseconds)
{
    return round_trip(futex_send, futex_receive, 0, batch, milliseconds);
}
