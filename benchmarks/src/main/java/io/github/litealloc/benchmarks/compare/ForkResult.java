package io.github.litealloc.benchmarks.compare;

/**
 * The figures of one run.
 *
 * @param nanosPerOp mean time of an operation
 * @param garbageBytesPerOp heap bytes allocated for each operation, by all threads of the JVM
 * @param peakReservedBytes the highest direct memory that the allocator held
 * @param fallbackShare buffers that ours did not serve from an arena, 0 to 1; 0 for a peer
 */
record ForkResult(
    double nanosPerOp, double garbageBytesPerOp, long peakReservedBytes, double fallbackShare) {}
