"""multiprocessing.Pool."""
import multiprocessing

import scenarios
import work


class Pool(scenarios.Peer):
    pool = None

    def start(self, count):
        self.pool = multiprocessing.get_context("spawn").Pool(count)
        self.count = count

    def call(self, function, argument):
        return self.pool.apply(function, (argument,))

    def in_flight(self, count):
        results = [self.pool.apply_async(work.increment, (value,)) for value in range(count)]
        return sum(result.get() for result in results)

    def map(self, count):
        return sum(self.pool.map(work.increment, range(count)))

    def pieces(self, count):
        return self.pool.map(work.piece, range(count), chunksize=1)

    def begin_hang(self):
        return self.pool.apply_async(work.hang, (None,))

    def worker_ids(self):
        ids = set()
        while len(ids) < self.count:
            ids.update(self.pool.map(work.process_id_after_a_while, range(self.count), chunksize=1))
        return sorted(ids)

    def stop(self):
        if self.pool is not None:
            self.pool.terminate()
            self.pool.join()


if __name__ == "__main__":
    scenarios.main(Pool())
