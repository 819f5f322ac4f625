package io.github.litealloc.netty;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/**
 * An event loop hands buffers to other threads, which check, sometimes grow, and release them.
 * Nothing may be lost, freed twice, or have another buffer's bytes.
 *
 * <p>{@code -Dlitealloc.stress.handovers=100000000} sets how many; a million by default.
 */
final class HandOverStressTest {

  private static final long HAND_OVERS = Long.getLong("litealloc.stress.handovers", 1_000_000);
  private static final int RELEASERS = 3;
  private static final int BATCH = 256;
  private static final int QUEUED_BATCHES = 8;
  private static final int MIN_BYTES = 2 * Long.BYTES;
  private static final long PATIENCE_SECONDS = 60;
  private static final ByteBuf[] END = {};

  private final LiteByteBufAllocator allocator = TestAllocators.adopting("hybrid");
  private final BlockingQueue<ByteBuf[]> batches = new ArrayBlockingQueue<>(QUEUED_BATCHES);

  /** What a releaser has seen. */
  private record Seen(long released, long moved, long wrong) {}

  @Test
  void release_ofBuffersHandedToOtherThreads_losesDoublesAndSpoilsNothing() throws Exception {
    long handOvers = HAND_OVERS / BATCH * BATCH;
    ExecutorService releasers = Executors.newFixedThreadPool(RELEASERS);
    try (TestLoop loop = new TestLoop()) {
      List<Future<Seen>> seen = new ArrayList<>();
      for (int i = 0; i < RELEASERS; i++) {
        seen.add(releasers.submit((Callable<Seen>) this::releaseAll));
      }
      loop.loop().submit(() -> handOver(handOvers)).get();
      long released = 0;
      long moved = 0;
      long wrong = 0;
      for (Future<Seen> each : seen) {
        released += each.get().released();
        moved += each.get().moved();
        wrong += each.get().wrong();
      }
      assertThat(wrong).isZero();
      assertThat(released).isEqualTo(handOvers);

      assertThat(moved).isPositive();

      loop.run(allocator::trimOnThisThread);
      assertThat(allocator.metric().usedBytes()).isZero();
      assertThat(allocator.metric().requestedBytes()).isZero();
      long remoteFrees = handOvers + moved; // the block first, the buffer object later
      assertThat(allocator.metric().arenas())
          .singleElement()
          .satisfies(
              arena -> {
                assertThat(arena.statistics().frees()).isEqualTo(handOvers);
                assertThat(arena.statistics().allocations()).isEqualTo(handOvers);
                assertThat(arena.statistics().remoteFrees()).isEqualTo(remoteFrees);
              });
    } finally {
      releasers.shutdownNow();
    }
    allocator.close();
    assertThat(allocator.metric().budget().reservedBytes()).isZero();
  }

  private Void handOver(long handOvers) throws InterruptedException {
    for (long made = 0; made < handOvers; made += BATCH) {
      ByteBuf[] batch = new ByteBuf[BATCH];
      for (int i = 0; i < BATCH; i++) {
        long id = made + i;
        int bytes = MIN_BYTES + (int) (id * 31 % (id % 64 == 0 ? 20_000 : 1_000));
        batch[i] = marked(allocator.directBuffer(bytes, 64 * 1024), bytes, id);
      }
      hand(batch);
    }
    for (int i = 0; i < RELEASERS; i++) {
      hand(END);
    }
    return null;
  }

  private void hand(ByteBuf[] batch) throws InterruptedException {
    if (!batches.offer(batch, PATIENCE_SECONDS, TimeUnit.SECONDS)) {
      throw new AssertionError("the releasers have stopped");
    }
  }

  private static ByteBuf marked(ByteBuf buffer, int bytes, long id) {
    return buffer.writerIndex(bytes).setLong(bytes - Long.BYTES, ~id).setLong(0, id);
  }

  private static boolean isMarked(ByteBuf buffer, int bytes) {
    return buffer.getLong(0) == ~buffer.getLong(bytes - Long.BYTES);
  }

  private Seen releaseAll() throws InterruptedException {
    long released = 0;
    long moved = 0;
    long wrong = 0;
    while (true) {
      ByteBuf[] batch = batches.poll(PATIENCE_SECONDS, TimeUnit.SECONDS);
      if (batch == null) {
        throw new AssertionError("the loop has stopped handing over");
      }
      if (batch == END) {
        return new Seen(released, moved, wrong);
      }
      for (ByteBuf buffer : batch) {
        int bytes = buffer.readableBytes();
        boolean isRight = isMarked(buffer, bytes);
        long id = buffer.getLong(0);
        if (id % 1_024 == 7) {
          moved++;
          buffer.capacity(40_000); // moves to the fallback; the block goes home by itself
          isRight &= isMarked(buffer, bytes);
        } else if (id % 16 == 5) {
          ByteBuf slice = buffer.readRetainedSlice(Long.BYTES);
          isRight &= !buffer.release() && slice.getLong(0) == id;
          buffer = slice;
        }
        buffer.setLong(0, 0); // neither another buffer's start nor its own
        if (buffer.release()) { // from here on the object may be another buffer
          released++;
        }
        if (!isRight) {
          wrong++;
        }
      }
    }
  }
}
