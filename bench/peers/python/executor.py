"""concurrent.futures.ProcessPoolExecutor."""
import multiprocessing
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool

import scenarios
import work


class Executor(scenarios.Peer):
    executor = None

    def start(self, count):
        self.executor = ProcessPoolExecutor(count, mp_context=multiprocessing.get_context("spawn"))

    def call(self, function, argument):
        return self.executor.submit(function, argument).result()

    def in_flight(self, count):
        futures = [self.executor.submit(work.increment, value) for value in range(count)]
        return sum(future.result() for future in futures)

    def map(self, count):
        return sum(self.executor.map(work.increment, range(count), chunksize=10_000))

    def pieces(self, count):
        return list(self.executor.map(work.piece, range(count)))

    def begin_hang(self):
        return self.executor.submit(work.hang, None)

    def await_failure(self, call_that_hangs):
        try:
            call_that_hangs.result()
        except BrokenProcessPool:
            pass

    def worker_ids(self):
        count = self.executor._max_workers
        ids = set()
        while len(ids) < count:
            ids.update(self.executor.map(work.process_id_after_a_while, range(count)))
        return sorted(ids)

    def stop(self):
        if self.executor is None:
            return
        for process in (self.executor._processes or {}).values():
            process.kill()
        self.executor.shutdown()


if __name__ == "__main__":
    scenarios.main(Executor())
