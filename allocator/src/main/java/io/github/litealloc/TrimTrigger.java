package io.github.litealloc;

/** Why an arena sets about giving back what is empty. */
enum TrimTrigger {
  /** Nothing was allocated between two {@linkplain Arena#tick ticks}: all that is empty goes. */
  IDLE,
  /** The arena is in use: what has been empty for the decay time goes. */
  DECAY,
  /** The budget is under pressure, or another arena waits for memory. */
  PRESSURE,
  /** Somebody has called {@link Arena#trim()}. */
  MANUAL
}
