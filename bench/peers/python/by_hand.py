"""multiprocessing.Process and a Pipe: (function, arguments) there, the result back, a loop in the child."""
import multiprocessing
from multiprocessing import shared_memory

import scenarios
import work

SPAWN = multiprocessing.get_context("spawn")
_attached = {}


def dispatch(pipe):
    while True:
        message = pipe.recv()
        if message is None:
            return
        function, argument = message
        pipe.send(function(argument))


def read_shared(name):
    memory = _attached.get(name)
    if memory is None:
        memory = _attached[name] = shared_memory.SharedMemory(name=name)
    return memory.buf[0]


class ByHand(scenarios.Peer):
    def __init__(self):
        self.workers = []

    def start(self, count):
        for _ in range(count):
            here, there = SPAWN.Pipe()
            process = SPAWN.Process(target=dispatch, args=(there,), daemon=True)
            process.start()
            # Without this the parent itself would keep the pipe open, and never see a death.
            there.close()
            self.workers.append((process, here))

    def call(self, function, argument):
        pipe = self.workers[0][1]
        pipe.send((function, argument))
        return pipe.recv()

    def in_flight(self, count):
        share = count // 2
        total = 0
        for index, (_, pipe) in enumerate(self.workers):
            calls = range(index * share, (index + 1) * share)
            scenarios.feeding(pipe.send, ((work.increment, value) for value in calls))
        for _, pipe in self.workers:
            for _ in range(share):
                total += pipe.recv()
        return total

    def map(self, count):
        half = count // 2
        for index, (_, pipe) in enumerate(self.workers):
            pipe.send((work.increment_all, range(index * half, (index + 1) * half)))
        total = 0
        for _, pipe in self.workers:
            for result in pipe.recv():
                total += result
        return total

    def pieces(self, count):
        results = []
        workers = len(self.workers)
        for index, (_, pipe) in enumerate(self.workers):
            for piece in range(index, count, workers):
                pipe.send((work.piece, piece))
        for index, (_, pipe) in enumerate(self.workers):
            for _ in range(index, count, workers):
                results.append(pipe.recv())
        return results

    def begin_hang(self):
        self.workers[0][1].send((work.hang, None))

    def await_failure(self, call_that_hangs):
        try:
            self.workers[0][1].recv()
        except EOFError:
            self.workers.clear()
            return
        raise AssertionError("the call of the killed worker succeeded")

    def kill_hung(self, call_that_hangs):
        process, _ = self.workers.pop()
        process.kill()
        process.join()
        self.start(1)

    def worker_ids(self):
        for _, pipe in self.workers:
            pipe.send((work.increment, 1))
            pipe.recv()
        return [process.pid for process, _ in self.workers]

    def shared_argument(self, size, milliseconds):
        self.start(1)
        memory = shared_memory.SharedMemory(create=True, size=size)
        try:
            return scenarios.repeat(milliseconds, lambda: self.call(read_shared, memory.name), 100)
        finally:
            self.stop()
            memory.close()
            memory.unlink()

    def stop(self):
        for process, pipe in self.workers:
            pipe.send(None)
            process.join()
        self.workers.clear()


if __name__ == "__main__":
    scenarios.main(ByHand())
