package io.github.litealloc.benchmarks.jmh;

import org.openjdk.jmh.annotations.Fork;

/** A benchmark whose threads are event loops. */
@Fork(
    value = 3,
    jvmArgsAppend = {
      BenchmarkJvm.MIN_HEAP,
      BenchmarkJvm.MAX_HEAP,
      BenchmarkJvm.TOUCH_HEAP,
      BenchmarkJvm.CUSTOM_EXECUTOR,
      BenchmarkJvm.EVENT_LOOPS
    })
abstract class EventLoopBenchmark extends TimedBenchmark {}
