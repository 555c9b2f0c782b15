'use strict';

// child_process.fork by hand: {id, name, argument} there, {id, result} back.
// SCENARIO SIZE MILLISECONDS, one JSON line on standard output.
const { fork } = require('node:child_process');
const path = require('node:path');
const work = require('./work.js');

class Cannot extends Error {}

class Worker {
  constructor(serialization) {
    this.calls = new Map();
    this.nextId = 0;
    this.process = fork(path.join(__dirname, 'work.js'), { serialization });
    this.process.on('message', ({ id, result }) => {
      const { resolve } = this.calls.get(id);
      this.calls.delete(id);
      resolve(result);
    });
    this.process.on('exit', () => {
      for (const { reject } of this.calls.values()) {
        reject(new Error('the worker ended'));
      }
      this.calls.clear();
    });
  }

  call(name, argument) {
    return new Promise((resolve, reject) => {
      const id = this.nextId++;
      this.calls.set(id, { resolve, reject });
      this.process.send({ id, name, argument });
    });
  }

  stop() {
    this.process.kill('SIGKILL');
  }
}

const now = () => Number(process.hrtime.bigint());
const aWhile = () => new Promise((resolve) => setTimeout(resolve, 200));
const workers = [];

function start(count, serialization = 'json') {
  for (let i = 0; i < count; i++) {
    workers.push(new Worker(serialization));
  }
}

async function repeat(milliseconds, operation, batch = 1) {
  let elapsed;
  let count;
  for (const share of [0.25, 1]) {
    const began = now();
    count = 0;
    do {
      for (let i = 0; i < batch; i++) {
        await operation();
      }
      count += batch;
      elapsed = now() - began;
    } while (elapsed < milliseconds * share * 1e6);
  }
  return elapsed / count;
}

function expect(actual, expected) {
  if (actual !== expected) {
    throw new Error(`the sum is ${actual}, not ${expected}`);
  }
}

async function failureOf(call) {
  try {
    await call;
  } catch {
    return;
  }
  throw new Error('the call of the killed worker succeeded');
}

async function call(size, milliseconds) {
  start(1);
  return repeat(milliseconds, () => workers[0].call('increment', 1), size);
}

const scenarios = {
  call,
  'call-one-core': call,

  'in-flight': async (size, milliseconds) => {
    start(2);
    const all = async () => {
      const calls = [];
      for (let value = 0; value < size; value++) {
        calls.push(workers[value % 2].call('increment', value));
      }
      let sum = 0;
      for (const result of await Promise.all(calls)) {
        sum += result;
      }
      expect(sum, size * (size + 1) / 2);
    };
    return await repeat(milliseconds, all) / size;
  },

  map: async (size, milliseconds) => {
    start(2);
    const chunk = Math.ceil(size / 100);
    const all = async () => {
      const calls = [];
      for (let from = 0; from < size; from += chunk) {
        calls.push(workers[calls.length % 2].call('incrementAll', { from, to: Math.min(size, from + chunk) }));
      }
      let sum = 0;
      for (const results of calls) {
        for (const result of await results) {
          sum += result;
        }
      }
      expect(sum, size * (size + 1) / 2);
    };
    return await repeat(milliseconds, all) / size;
  },

  bytes: async (size, milliseconds) => {
    start(1, 'advanced');
    const data = Buffer.alloc(size);
    const nanoseconds = await repeat(
      milliseconds, async () => expect((await workers[0].call('echo', data)).length, size));
    return 2 * size / 1e6 / (nanoseconds / 1e9);
  },

  'cold-start': async () => {
    const began = now();
    start(1);
    expect(await workers[0].call('increment', 1), 2);
    return now() - began;
  },

  crash: async () => {
    start(1);
    await workers[0].call('increment', 1);
    const hung = workers[0].call('hang', 0);
    await aWhile();
    const began = now();
    workers[0].stop();
    await failureOf(hung);
    return now() - began;
  },

  hung: async () => {
    start(1);
    await workers[0].call('increment', 1);
    const hung = workers[0].call('hang', 0);
    await aWhile();
    const began = now();
    workers.pop().stop();
    await failureOf(hung);
    start(1);
    expect(await workers[0].call('increment', 1), 2);
    return now() - began;
  },

  pieces: async (size) => {
    start(2);
    await Promise.all(workers.map((worker) => worker.call('piece', 1)));
    work.piece(1);
    let began = now();
    let expected = 0;
    for (let i = 0; i < size; i++) {
      expected += work.piece(i);
    }
    const alone = now() - began;
    began = now();
    const calls = [];
    for (let i = 0; i < size; i++) {
      calls.push(workers[i % 2].call('piece', i));
    }
    let sum = 0;
    for (const result of await Promise.all(calls)) {
      sum += result;
    }
    const together = now() - began;
    expect(sum, expected);
    return alone / together;
  },

  // The runner reads the figures of the processes named here, then closes standard input.
  'idle-memory': idle,
  'idle-cpu': idle,

  'shared-argument': async () => {
    throw new Cannot('no shared memory');
  },
};

async function idle(size) {
  start(size);
  for (const worker of workers) {
    await worker.call('increment', 1);
  }
  const ids = workers.map((worker) => worker.process.pid);
  process.stdout.write(JSON.stringify({ host: process.pid, workers: ids }) + '\n');
  await new Promise((resolve) => process.stdin.on('end', resolve).resume());
}

async function main() {
  const [name, size, milliseconds] = process.argv.slice(2);
  try {
    const scenario = scenarios[name];
    if (scenario === undefined) {
      throw new Cannot('see call');
    }
    const value = await scenario(Number(size), Number(milliseconds));
    if (value !== undefined) {
      console.log(JSON.stringify({ value }));
    }
  } catch (error) {
    if (!(error instanceof Cannot)) {
      throw error;
    }
    console.log(JSON.stringify({ cannot: error.message }));
  }
  workers.forEach((worker) => worker.stop());
}

main().catch((error) => {
  console.error(error);
  process.exitCode = 1;
  workers.forEach((worker) => worker.stop());
});
