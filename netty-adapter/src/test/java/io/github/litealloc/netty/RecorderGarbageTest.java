package io.github.litealloc.netty;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import io.netty.buffer.ByteBuf;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.List;
import jdk.jfr.FlightRecorder;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A JVM that has a recorder, as many in production have, which asks for no single buffers. */
final class RecorderGarbageTest {

  private static final int BUFFERS = 1_000;
  private static final int ROUNDS = 50;

  /** For each, on the average; an event has some 50. */
  private static final int MAX_BYTES = 4;

  /**
   * Without escape analysis, which removes objects only where the compiler sees all of their life.
   */
  @Test
  void allocate_inAJvmThatHasARecorder_createsNoGarbage(@TempDir Path folder) throws Exception {
    String printed =
        JavaProcess.run(
            folder,
            JavaProcess.HOME,
            List.of("-XX:-DoEscapeAnalysis", "-Dio.netty.leakDetection.level=disabled"),
            Probe.class);
    assertThat(Long.parseLong(printed.strip())).isLessThan(ROUNDS * BUFFERS * MAX_BYTES);
  }

  /** Prints the bytes of garbage of {@link #ROUNDS} rounds. */
  static final class Probe {
    public static void main(String[] args) throws Exception {
      FlightRecorder.getFlightRecorder();
      ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
      try (LiteByteBufAllocator allocator = TestAllocators.adopting("hybrid");
          TestLoop loop = new TestLoop()) {
        ByteBuf[] live = new ByteBuf[BUFFERS];
        for (int round = 0; round < 3; round++) {
          loop.run(() -> replace(allocator, live));
        }
        System.out.println(
            loop.call(
                () -> {
                  long start = threads.getCurrentThreadAllocatedBytes();
                  for (int round = 0; round < ROUNDS; round++) {
                    replace(allocator, live);
                  }
                  return threads.getCurrentThreadAllocatedBytes() - start;
                }));
      }
    }

    private static void replace(LiteByteBufAllocator allocator, ByteBuf[] live) {
      for (int i = 0; i < live.length; i++) {
        live[i] = allocator.directBuffer(16 << (i & 7));
      }
      for (ByteBuf buffer : live) {
        buffer.release();
      }
    }
  }
}
