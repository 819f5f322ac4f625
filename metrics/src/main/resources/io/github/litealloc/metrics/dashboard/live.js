// The connection: a stream of snapshots or, where there is none, polling.

const POLL_MILLIS = 2_000;

/** Polls before the stream is tried again: somebody else may have left it. */
const POLLS_BEFORE_STREAM = 15;

export class Live {
  #onOpen;
  #onSnapshot;
  #onState;
  #source = null;
  #timer = null;

  /** Grows with each beginning: an answer to what was asked before is of no use. */
  #turn = 0;

  /** Callbacks: after each new connection, for each snapshot, for each change of state. */
  constructor(onOpen, onSnapshot, onState) {
    this.#onOpen = onOpen;
    this.#onSnapshot = onSnapshot;
    this.#onState = onState;
    // A browser allows few connections to a host: a hidden page does without.
    document.addEventListener('visibilitychange', () => this.#visibilityChanged());
    this.#visibilityChanged();
  }

  #visibilityChanged() {
    this.#stop();
    if (!document.hidden) {
      this.#stream();
    }
  }

  #stop() {
    this.#source?.close();
    this.#source = null;
    clearTimeout(this.#timer);
    this.#turn++;
  }

  #stream() {
    const source = new EventSource('/api/v1/stream');
    this.#source = source;
    source.addEventListener('open', () => this.#onOpen());
    source.addEventListener('snapshot', (event) => {
      this.#onState('live');
      this.#onSnapshot(JSON.parse(event.data));
    });
    source.addEventListener('error', () => {
      if (source.readyState === EventSource.CLOSED) {
        // The server refused, as it does when it has enough streams.
        this.#onOpen();
        this.#poll(POLLS_BEFORE_STREAM);
      } else {
        // The browser tries again by itself.
        this.#onState('disconnected');
      }
    });
  }

  async #poll(left) {
    if (left === 0) {
      this.#stream();
      return;
    }
    const turn = this.#turn;
    let snapshot = null;
    try {
      const response = await fetch('/api/v1/snapshot');
      snapshot = response.ok ? await response.json() : null;
    } catch {
      // As for one that is refused.
    }
    if (turn !== this.#turn) {
      return; // the page was hidden meanwhile
    }
    this.#timer = setTimeout(() => this.#poll(left - 1), POLL_MILLIS);
    if (snapshot === null) {
      this.#onState('disconnected');
    } else {
      this.#onSnapshot(snapshot);
      this.#onState('live (polling)');
    }
  }
}
