package io.github.litealloc.benchmarks.demo;

/** What a soak does to an allocator and its users. */
enum Fault {
  /** A client goes away in the middle of its requests and answers. */
  CONNECTION_CUT("connections cut", 500),
  /** All event loops end, in order or at once, while buffers of theirs are out; others begin. */
  LOOPS_REPLACED("event loops ended and made anew", 20_000),
  /** Somebody takes all that the budget has, on an event loop or not. */
  EXHAUSTION("budget exhausted", 7_000),
  /** The arenas' strategy changes under the load. */
  STRATEGY_SWAP("strategies swapped", 5_000),
  /** A handler of the server's throws, an Error too. */
  FOREIGN_EXCEPTION("exceptions of handlers and listeners", 300),
  /** Clients ask for more than they read, or such clients go. */
  SLOW_READERS("slow readers come, or go", 11_000);

  private final String description;
  private final long everyMillis;

  Fault(String description, long everyMillis) {
    this.description = description;
    this.everyMillis = everyMillis;
  }

  String description() {
    return description;
  }

  /** Returns how long it is from one to the next. */
  long everyMillis() {
    return everyMillis;
  }
}
