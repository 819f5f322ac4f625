package io.github.litealloc.netty.attack;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.litealloc.memory.MemoryBudget;
import io.github.litealloc.netty.Eventually;
import io.github.litealloc.netty.FallbackReason;
import io.github.litealloc.netty.LiteByteBufAllocator;
import io.github.litealloc.netty.VirtualThreads;
import io.netty.buffer.ByteBuf;
import io.netty.util.concurrent.DefaultEventExecutorGroup;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/**
 * Virtual threads, plain threads and event loops hand buffers to each other, full of patterns, and
 * check, grow and release them. None may be lost, freed twice, or have another one's bytes.
 *
 * <p>{@code -Dlitealloc.attack.handovers=10000000} sets how many.
 */
final class OffLoopHandOverTest {

  private static final long HAND_OVERS = Long.getLong("litealloc.attack.handovers", 300_000);
  private static final Figures FIGURES = new Figures("off-loop-hand-overs");
  private static final int OF_EACH_KIND = 3;
  private static final int BATCH = 32;
  private static final int QUEUED = 64;
  private static final int MAX_BYTES = 3_000;
  private static final long PATIENCE_SECONDS = 60;

  private final MemoryBudget budget = MemoryBudget.of("hand over", 64 << 20);
  private final LiteByteBufAllocator allocator =
      LiteByteBufAllocator.builder().budget(budget).decayMillis(200).build();
  private final BlockingQueue<ByteBuf[]> queue = new ArrayBlockingQueue<>(QUEUED);

  @Test
  void buffers_handedOverBetweenThreadsOfAllKinds_keepTheirBytesAndGo() throws Exception {
    Tally tally = new Tally();
    DefaultEventExecutorGroup loops = new DefaultEventExecutorGroup(OF_EACH_KIND);
    ExecutorService plain = Executors.newCachedThreadPool();
    ExecutorService others = VirtualThreads.executor().orElse(plain);
    List<ExecutorService> kinds = List.of(loops, plain, others);
    try {
      List<Future<Long>> done = new ArrayList<>();
      long each = HAND_OVERS / (OF_EACH_KIND * kinds.size()) / BATCH;
      for (ExecutorService kind : kinds) {
        for (int i = 0; i < OF_EACH_KIND; i++) {
          long seed = done.size();
          done.add(kind.submit(() -> work(each, new SplittableRandom(seed))));
        }
      }
      long wrong = 0;
      for (Future<Long> one : done) {
        wrong += one.get();
      }
      for (ByteBuf[] left = queue.poll(); left != null; left = queue.poll()) {
        wrong += takeIn(left, new SplittableRandom(1));
      }
      long handedOver = each * BATCH * done.size();
      tally.operations.add(handedOver);
      tally.wrongBytes.add(wrong);
      FIGURES.add("hand-overs", "hybrid", tally);
      assertThat(wrong).isZero();
      // A loop drains what others have released when it comes to it: within a second.
      Eventually.eventually(
          () -> allocator.metric().liveBuffers() == 0, () -> allocator.outstanding().toString());
      assertThat(allocator.metric().fallbacks(FallbackReason.OFF_LOOP)).isZero();
      assertThat(allocator.metric().fallbacks(FallbackReason.EXHAUSTED)).isZero();
    } finally {
      plain.shutdown();
      others.shutdown();
      loops.shutdownGracefully(0, PATIENCE_SECONDS, TimeUnit.SECONDS).await();
    }
    allocator.close();
    Eventually.eventually(() -> budget.reservedBytes() == 0, budget::reservedBytes);
    assertThat(budget.promisedBytes()).isZero();
  }

  /** Makes batches, and takes in as many of whoever has made them. */
  private long work(long batches, SplittableRandom random) throws InterruptedException {
    long wrong = 0;
    for (long i = 0; i < batches; i++) {
      ByteBuf[] made = new ByteBuf[BATCH];
      for (int j = 0; j < BATCH; j++) {
        made[j] = filled(random);
      }
      while (!queue.offer(made, 1, TimeUnit.MILLISECONDS)) {
        wrong += takeIn(queue.poll(), random);
      }
      wrong += takeIn(queue.poll(), random);
    }
    return wrong;
  }

  private ByteBuf filled(SplittableRandom random) {
    int bytes = Integer.BYTES + random.nextInt(MAX_BYTES);
    int start = random.nextInt();
    ByteBuf buffer = allocator.directBuffer(bytes, 2 * MAX_BYTES).writeInt(start);
    for (int at = Integer.BYTES; at < bytes; at++) {
      buffer.writeByte(start + at);
    }
    return buffer;
  }

  /** How many of them had other bytes than were written. */
  private static long takeIn(ByteBuf[] batch, SplittableRandom random) {
    long wrong = 0;
    if (batch != null) {
      for (ByteBuf buffer : batch) {
        if (random.nextInt(16) == 0) {
          buffer.capacity(buffer.writerIndex() + random.nextInt(MAX_BYTES / 2));
        }
        int start = buffer.getInt(0);
        boolean isRight = true;
        for (int at = Integer.BYTES; at < buffer.writerIndex(); at++) {
          isRight &= buffer.getByte(at) == (byte) (start + at);
        }
        buffer.setInt(0, 0);
        wrong += isRight ? 0 : 1;
        if (!buffer.release()) {
          wrong++;
        }
      }
    }
    return wrong;
  }
}
