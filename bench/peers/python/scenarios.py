"""Runs one scenario on one peer: SCENARIO SIZE MILLISECONDS, one JSON line on standard output."""
import json
import os
import signal
import sys
import threading
import time

import work


class Cannot(Exception):
    """The peer has no way to do this; the message says why."""


def repeat(milliseconds, operation, batch=1):
    """Nanoseconds an operation: warmed up for a quarter of the time, then repeated until the time is over."""
    for share in (0.25, 1):
        limit = milliseconds * share * 1e6
        count = 0
        start = time.perf_counter_ns()
        while True:
            for _ in range(batch):
                operation()
            count += batch
            elapsed = time.perf_counter_ns() - start
            if elapsed >= limit:
                break
    return elapsed / count


def call(peer, size, milliseconds):
    peer.start(1)
    return repeat(milliseconds, lambda: peer.call(work.increment, 1), size)


def in_flight(peer, size, milliseconds):
    peer.start(2)
    return repeat(milliseconds, lambda: expect(peer.in_flight(size), size * (size + 1) // 2)) / size


def map_items(peer, size, milliseconds):
    peer.start(2)
    return repeat(milliseconds, lambda: expect(peer.map(size), size * (size + 1) // 2)) / size


def expect(actual, expected):
    if actual != expected:
        raise AssertionError(f"the sum is {actual}, not {expected}")


def bytes_there_and_back(peer, size, milliseconds):
    peer.start(1)
    data = bytes(size)
    nanoseconds = repeat(milliseconds, lambda: expect(len(peer.call(work.echo, data)), size))
    return 2 * size / 1e6 / (nanoseconds / 1e9)


def cold_start(peer, size, milliseconds):
    start = time.perf_counter_ns()
    peer.start(1)
    expect(peer.call(work.increment, 1), 2)
    return time.perf_counter_ns() - start


def crash(peer, size, milliseconds):
    peer.start(1)
    worker = peer.call(work.process_id, None)
    hung = peer.begin_hang()
    time.sleep(0.2)
    start = time.perf_counter_ns()
    os.kill(worker, signal.SIGKILL)
    peer.await_failure(hung)
    return time.perf_counter_ns() - start


def hung(peer, size, milliseconds):
    peer.start(1)
    peer.call(work.increment, 1)
    call_that_hangs = peer.begin_hang()
    time.sleep(0.2)
    start = time.perf_counter_ns()
    peer.kill_hung(call_that_hangs)
    expect(peer.call(work.increment, 1), 2)
    return time.perf_counter_ns() - start


def idle(peer, size, milliseconds):
    """The runner reads the figures of the processes named here, then closes standard input."""
    peer.start(size)
    print(json.dumps({"host": os.getpid(), "workers": peer.worker_ids()}), flush=True)
    sys.stdin.read()


def pieces(peer, size, milliseconds):
    peer.start(2)
    peer.pieces(2)
    start = time.perf_counter_ns()
    alone = [work.piece(index) for index in range(size)]
    alone_ns = time.perf_counter_ns() - start
    start = time.perf_counter_ns()
    together = peer.pieces(size)
    together_ns = time.perf_counter_ns() - start
    expect(sum(together), sum(alone))
    return alone_ns / together_ns


def shared_argument(peer, size, milliseconds):
    return peer.shared_argument(size, milliseconds)


SCENARIOS = {
    "call": call,
    "call-one-core": call,
    "in-flight": in_flight,
    "map": map_items,
    "bytes": bytes_there_and_back,
    "cold-start": cold_start,
    "crash": crash,
    "hung": hung,
    "idle-memory": idle,
    "idle-cpu": idle,
    "pieces": pieces,
    "shared-argument": shared_argument,
}


def main(peer):
    scenario, size, milliseconds = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
    try:
        run = SCENARIOS.get(scenario)
        if run is None:
            raise Cannot("see call")
        value = run(peer, size, milliseconds)
        if value is not None:
            print(json.dumps({"value": value}), flush=True)
    except Cannot as reason:
        print(json.dumps({"cannot": str(reason)}), flush=True)
    peer.stop()


class Peer:
    """What a peer must answer; what it cannot is told by the default."""

    def await_failure(self, call_that_hangs):
        raise Cannot("never noticed")

    def kill_hung(self, call_that_hangs):
        raise Cannot("cannot kill")

    def shared_argument(self, size, milliseconds):
        raise Cannot("no shared memory")


def feeding(send, items):
    """Sends from a second thread: pipes are small, and the answers must be read meanwhile."""
    def feed():
        for item in items:
            send(item)
    thread = threading.Thread(target=feed, daemon=True)
    thread.start()
    return thread
