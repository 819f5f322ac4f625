// The last five minutes, one sample a second. A sample has the names that the server gives. What lies
// between two is told by `elapsed`: nobody sets that clock, as somebody may that of `time`.

const MAX_AGE_MILLIS = 300_000;
const MINUTE_MILLIS = 60_000;

/** So much younger than the last one is only what another process says. */
const RESTART_MILLIS = 10_000;

export class Samples {
  #samples = [];

  /** Replaces all by the server's history. */
  load(history) {
    this.#samples = history.rows.map((row) =>
      Object.fromEntries(history.series.map((name, i) => [name, row[i]])));
  }

  /** Appends a snapshot's totals. */
  add(totals) {
    const last = this.last();
    if (last !== undefined && totals.elapsed <= last.elapsed) {
      if (last.elapsed - totals.elapsed < RESTART_MILLIS) {
        return;
      }
      this.#samples = [];
    }
    this.#samples.push(totals);
    while (totals.elapsed - this.#samples[0].elapsed > MAX_AGE_MILLIS) {
      this.#samples.shift();
    }
  }

  last() {
    return this.#samples[this.#samples.length - 1];
  }

  /** The points of a gauge; x is in seconds, 0 is now. */
  points(name) {
    const now = this.last()?.elapsed ?? 0;
    return this.#samples
      .filter((sample) => sample[name] !== null) // nobody tells it
      .map((sample) => ({x: (sample.elapsed - now) / 1000, y: sample[name]}));
  }

  /** The points of a counter, per second. */
  rates(name) {
    const now = this.last()?.elapsed ?? 0;
    const points = [];
    for (let i = 1; i < this.#samples.length; i++) {
      points.push({
        x: (this.#samples[i].elapsed - now) / 1000,
        y: perSecond(this.#samples[i - 1], this.#samples[i], name),
      });
    }
    return points;
  }

  /** The latest rate of a counter. */
  rate(name) {
    const n = this.#samples.length;
    return n < 2 ? 0 : perSecond(this.#samples[n - 2], this.#samples[n - 1], name);
  }

  /** By how much a counter has grown in the last minute. */
  lastMinute(name) {
    const now = this.last();
    const first = this.#samples.find((sample) => now.elapsed - sample.elapsed <= MINUTE_MILLIS);
    return first === undefined ? 0 : Math.max(0, now[name] - first[name]);
  }

  max(name) {
    return this.#samples.reduce((highest, sample) => Math.max(highest, sample[name]), 0);
  }
}

/** A counter that falls belongs to a program that was started anew. */
export function perSecond(before, after, name) {
  const seconds = (after.elapsed - before.elapsed) / 1000;
  return seconds > 0 ? Math.max(0, after[name] - before[name]) / seconds : 0;
}
