package io.github.litealloc.metrics;

import io.github.litealloc.memory.NativeHeap;
import io.github.litealloc.memory.ReleaseCount;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import java.util.List;

/** The meters of the process, which all its allocators share. */
final class ProcessMeters {

  private ProcessMeters() {}

  /** Registers the meters unless they are. Each call wants its own release. */
  static void acquire(MeterRegistry registry, Tags userTags) {
    SharedMeters.acquire(
        registry,
        NativeHeap.ofProcess(),
        "process",
        userTags,
        name -> register(registry, userTags));
  }

  /** Lets go of what was acquired with the same arguments; the last one removes the meters. */
  static void release(MeterRegistry registry, Tags userTags) {
    SharedMeters.release(registry, NativeHeap.ofProcess(), userTags);
  }

  private static List<Meter.Id> register(MeterRegistry registry, Tags userTags) {
    Registrar meters = new Registrar(registry, userTags);
    return meters.register(
        () -> {
          meters.addTimer(
              LiteAllocMeters.SYSTEM_RELEASE,
              NativeHeap::ofProcess, // anything that lives as long as the process
              ignored -> ReleaseCount.processReleases(),
              ignored -> ReleaseCount.processNanos());
          meters.add(LiteAllocMeters.NATIVE_TRIMS, NativeHeap::ofProcess, NativeHeap::trims);
          meters.add(
              LiteAllocMeters.NATIVE_TRIMMED, NativeHeap::ofProcess, NativeHeap::trimmedBytes);
        });
  }
}
