package io.github.litealloc.netty;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.litealloc.ArenaFigure;
import io.netty.buffer.ByteBuf;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** Event loops that end before, while and after their buffers are released elsewhere. */
final class EndingLoopTest {

  private static final long TIMEOUT_SECONDS = 60;

  private final LiteByteBufAllocator allocator =
      TestAllocators.builder("hybrid").offLoop(OffLoopPolicy.FALLBACK).build();

  private void requireNothingLeft(long loops, long frees) {
    assertThat(allocator.metric().arenas()).isEmpty();
    assertThat(allocator.metric().closedArenas().arenas()).isEqualTo(loops);
    assertThat(allocator.metric().closedArenas().get(ArenaFigure.FREES)).isEqualTo(frees);
    allocator.close();
    assertThat(allocator.metric().budget().reservedBytes()).isZero();
  }

  @Test
  void thousandLoops_startedAndEndedInTurn_leaveNeitherMemoryNorThreads() throws Exception {
    int loops = 1_000;
    ExecutorService releaser = Executors.newSingleThreadExecutor();
    List<Future<Boolean>> releases = new ArrayList<>();
    releaser.submit(() -> {}).get();
    int threadsBefore = ManagementFactory.getThreadMXBean().getThreadCount();
    for (int i = 0; i < loops; i++) {
      List<ByteBuf> buffers;
      try (TestLoop loop = new TestLoop()) {
        buffers =
            loop.call(
                () ->
                    List.of(
                        allocator.directBuffer(100),
                        allocator.directBuffer(1_000),
                        allocator.directBuffer(20_000)));
        loop.call(buffers.get(0)::release);
        buffers.get(1).release(); // the inbox may still hold it when the loop ends
      }
      ByteBuf late = buffers.get(2).setLong(19_992, i);
      long id = i;
      releases.add(releaser.submit(() -> late.getLong(19_992) == id && late.release()));
    }
    for (Future<Boolean> release : releases) {
      assertThat(release.get(TIMEOUT_SECONDS, TimeUnit.SECONDS)).isTrue();
    }
    // Other threads of the JVM come and go; those of a thousand loops would show.
    assertThat(ManagementFactory.getThreadMXBean().getThreadCount()).isLessThan(threadsBefore + 50);
    releaser.shutdown();
    requireNothingLeft(loops, 3L * loops);
  }

  @Test
  void release_whileTheLoopTerminates_losesNothing() throws Exception {
    int rounds = 200;
    int each = 200;
    int releaserCount = 2;
    ExecutorService releasers = Executors.newFixedThreadPool(releaserCount);
    for (int round = 0; round < rounds; round++) {
      TestLoop loop = new TestLoop();
      List<Future<Integer>> released = new ArrayList<>();
      CountDownLatch underWay = new CountDownLatch(releaserCount);
      for (int r = 0; r < releaserCount; r++) {
        List<ByteBuf> share =
            loop.call(
                () -> {
                  List<ByteBuf> buffers = new ArrayList<>();
                  for (int i = 0; i < each; i++) {
                    buffers.add(allocator.directBuffer(16 + i * 50));
                  }
                  return buffers;
                });
        released.add(
            releasers.submit(
                () -> {
                  int count = 0;
                  for (ByteBuf buffer : share) {
                    count += buffer.release() ? 1 : 0;
                    underWay.countDown();
                  }
                  return count;
                }));
      }
      underWay.await();
      loop.close();
      for (Future<Integer> share : released) {
        assertThat(share.get(TIMEOUT_SECONDS, TimeUnit.SECONDS)).isEqualTo(each);
      }
    }
    releasers.shutdown();
    requireNothingLeft(rounds, (long) rounds * each * releaserCount);
  }
}
