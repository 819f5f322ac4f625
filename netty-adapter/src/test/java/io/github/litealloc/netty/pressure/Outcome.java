package io.github.litealloc.netty.pressure;

/**
 * What became of a load.
 *
 * @param isComplete whether every answer came
 * @param receivedBytes what the clients have read
 * @param millis how long it took from when they began to read
 * @param outsideBytes what the budget did not serve
 * @param peakBytes the most that the budget held
 */
record Outcome(
    boolean isComplete, long receivedBytes, long millis, long outsideBytes, long peakBytes) {}
