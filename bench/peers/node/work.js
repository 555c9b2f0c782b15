'use strict';

// What the workers run: the same functions in every peer.
const PIECE_TURNS = 5_000_000;

const work = {
  increment: (value) => value + 1,
  incrementAll: ({ from, to }) => {
    const results = [];
    for (let value = from; value < to; value++) {
      results.push(value + 1);
    }
    return results;
  },
  echo: (data) => data,
  hang: () => {
    for (;;) {
    }
  },
  piece: (state) => {
    for (let turn = 0; turn < PIECE_TURNS; turn++) {
      state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    }
    return state;
  },
};

module.exports = work;

if (require.main === module) {
  process.on('message', ({ id, name, argument }) => process.send({ id, result: work[name](argument) }));
}
