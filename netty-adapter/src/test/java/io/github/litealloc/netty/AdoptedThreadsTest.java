package io.github.litealloc.netty;

import static io.github.litealloc.netty.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.litealloc.ArenaFigure;
import io.netty.buffer.ByteBuf;
import io.netty.util.concurrent.FastThreadLocalThread;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledForJreRange;
import org.junit.jupiter.api.condition.JRE;

/** Threads that are no event loops, under each policy. */
final class AdoptedThreadsTest {

  private static final long TIMEOUT_SECONDS = 60;

  private final LiteByteBufAllocator allocator = TestAllocators.adopting("hybrid");

  private static void runAndEnd(Thread thread) throws InterruptedException {
    thread.start();
    thread.join();
  }

  @Test
  void buffer_ofAnAdoptedThreadThatHasEnded_isValidUntilReleasedElsewhere() throws Exception {
    AtomicReference<ByteBuf> made = new AtomicReference<>();
    runAndEnd(new Thread(() -> made.set(allocator.directBuffer(1_000).writeLong(42))));

    assertThat(made.get().readLong()).isEqualTo(42);
    assertThat(made.get().release()).isTrue();
    allocator.close(); // looks for threads that have ended
    assertThat(allocator.metric().arenas()).isEmpty();
    assertThat(allocator.metric().closedArenas().get(ArenaFigure.FREES)).isEqualTo(1);
    assertThat(allocator.metric().budget().reservedBytes()).isZero();
  }

  /** As virtual threads are, on which event loops may run. */
  @Test
  void arena_ofAThreadWithoutAName_isCalledByTheThreadsNumber() throws Exception {
    AtomicReference<String> name = new AtomicReference<>();
    Thread nameless =
        new Thread(
            () -> {
              allocator.directBuffer(1_000).release();
              name.set(allocator.metric().arenas().get(0).eventLoop());
            },
            "");
    runAndEnd(nameless);

    assertThat(name.get()).isEqualTo("thread-" + nameless.getId());
  }

  @Test
  void arena_ofAnAdoptedNettyThread_isClosedWhenTheThreadEnds() throws Exception {
    runAndEnd(new FastThreadLocalThread(() -> allocator.directBuffer(1_000).release()));
    assertThat(allocator.metric().arenas()).isEmpty();
    assertThat(allocator.metric().closedArenas().arenas()).isEqualTo(1);
    assertThat(allocator.metric().budget().reservedBytes()).isZero();
  }

  @Test
  void threadsOfAPool_adopted_shareNothingAndLoseNothing() throws Exception {
    int threads = 4;
    ExecutorService pool = Executors.newFixedThreadPool(threads);
    List<ByteBuf> buffers = new ArrayList<>();
    List<Future<ByteBuf>> requests = new ArrayList<>();
    for (int i = 0; i < 1_000; i++) {
      int id = i;
      requests.add(pool.submit(() -> allocator.directBuffer(100).writeInt(id)));
    }
    for (Future<ByteBuf> request : requests) {
      buffers.add(request.get(TIMEOUT_SECONDS, TimeUnit.SECONDS));
    }
    assertThat(allocator.metric().arenas()).hasSizeBetween(1, threads);
    assertThat(allocator.metric().fallbacks(FallbackReason.OFF_LOOP)).isZero();
    for (int i = 0; i < buffers.size(); i++) {
      ByteBuf buffer = buffers.get(i);
      assertThat(buffer.readInt()).isEqualTo(i);
      pool.submit(() -> buffer.release()).get(TIMEOUT_SECONDS, TimeUnit.SECONDS);
    }
    pool.shutdown();
    assertThat(pool.awaitTermination(TIMEOUT_SECONDS, TimeUnit.SECONDS)).isTrue();
    eventually( // a worker may still be ending when the pool says that it has
        () -> {
          allocator.close();
          return allocator.metric().arenas().isEmpty();
        },
        allocator::metric);
    assertThat(allocator.metric().closedArenas().get(ArenaFigure.FREES)).isEqualTo(buffers.size());
    assertThat(allocator.metric().budget().reservedBytes()).isZero();
  }

  @Test
  @EnabledForJreRange(min = JRE.JAVA_21)
  void directBuffer_onVirtualThreads_comesFromTheFallbackAlsoWhereThreadsAreAdopted()
      throws Exception {
    ExecutorService virtual = VirtualThreads.executor().orElseThrow();
    for (int i = 0; i < 100; i++) {
      assertThat(
              virtual
                  .submit(
                      () -> {
                        ByteBuf buffer = allocator.directBuffer(100);
                        boolean isOurs = TestAllocators.innermost(buffer) instanceof LiteByteBuf;
                        return buffer.release() && !isOurs;
                      })
                  .get(TIMEOUT_SECONDS, TimeUnit.SECONDS))
          .isTrue();
    }
    virtual.shutdown();
    assertThat(allocator.metric().arenas()).isEmpty();
    assertThat(allocator.metric().fallbacks(FallbackReason.OFF_LOOP)).isEqualTo(100);
    allocator.close();
  }

  @Test
  void release_offLoopWhereRequestsAreRejected_isAllowedOfCourse() throws Exception {
    LiteByteBufAllocator rejecting =
        TestAllocators.builder("hybrid").offLoop(OffLoopPolicy.REJECT).build();
    try (TestLoop loop = new TestLoop()) {
      ByteBuf buffer = loop.call(() -> rejecting.directBuffer(100).writeLong(42));
      assertThatThrownBy(() -> rejecting.directBuffer(1)).isInstanceOf(IllegalStateException.class);
      assertThat(buffer.readLong()).isEqualTo(42);
      assertThat(buffer.release()).isTrue();
      eventually(() -> rejecting.metric().usedBytes() == 0, rejecting::metric);
    }
    assertThat(rejecting.metric().failures()).isEqualTo(1);
    rejecting.close();
    assertThat(rejecting.metric().budget().reservedBytes()).isZero();
  }
}
