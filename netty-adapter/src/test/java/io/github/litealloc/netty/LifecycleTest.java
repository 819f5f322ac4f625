package io.github.litealloc.netty;

import static io.github.litealloc.netty.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.litealloc.ArenaFigure;
import io.netty.buffer.ByteBuf;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Event loops that end and allocators that are closed while buffers are out. */
final class LifecycleTest {

  private static final String STRATEGIES = "io.github.litealloc.netty.TestAllocators#strategies";

  @ParameterizedTest
  @MethodSource(STRATEGIES)
  void release_afterTheLoopEnded_freesItsMemoryWithTheLastBuffer(String strategy) throws Exception {
    LiteByteBufAllocator allocator = TestAllocators.adopting(strategy);
    List<ByteBuf> buffers = new ArrayList<>();
    try (TestLoop loop = new TestLoop()) {
      loop.run(
          () -> {
            for (int i = 0; i < 100; i++) {
              buffers.add(allocator.directBuffer(10_000).writeLong(i).setByte(9_999, i));
            }
          });
    }
    assertThat(allocator.metric().arenas()).singleElement().matches(ArenaMetric::orphaned);
    for (int i = 0; i < 100; i++) {
      ByteBuf buffer = buffers.get(i);
      assertThat(buffer.getLong(0)).isEqualTo(i);
      assertThat(buffer.getByte(9_999)).isEqualTo((byte) i);
      buffer.release();
    }
    assertThat(allocator.metric().arenas()).isEmpty();
    assertThat(allocator.metric().closedArenas().get(ArenaFigure.FREES)).isEqualTo(100);
    allocator.close();
    assertThat(allocator.metric().budget().reservedBytes()).isZero();
  }

  @ParameterizedTest
  @MethodSource(STRATEGIES)
  void close_withBuffersOut_keepsThemValidAndServesFurtherRequestsByFallback(String strategy)
      throws Exception {
    LiteByteBufAllocator allocator = TestAllocators.adopting(strategy);
    try (TestLoop loop = new TestLoop()) {
      ByteBuf buffer = loop.call(() -> allocator.directBuffer(5_000).writeInt(42));
      allocator.close();
      ByteBuf late = loop.call(() -> allocator.directBuffer(100));
      assertThat(TestAllocators.innermost(late)).isNotInstanceOf(LiteByteBuf.class);
      assertThat(allocator.metric().fallbacks(FallbackReason.CLOSED)).isEqualTo(1);
      late.release();

      assertThat(buffer.readInt()).isEqualTo(42);
      assertThat(allocator.metric().liveBuffers()).isEqualTo(1);
      loop.call(buffer::release);
      assertThat(allocator.metric().arenas()).isEmpty();
      eventually(() -> allocator.metric().budget().reservedBytes() == 0, allocator::metric);
    }
  }

  @Test
  void loops_startedAndEndedInTurn_leaveNothingBehind() throws Exception {
    LiteByteBufAllocator allocator = TestAllocators.adopting("hybrid");
    int loops = 300;
    for (int i = 0; i < loops; i++) {
      try (TestLoop loop = new TestLoop()) {
        ByteBuf buffer = loop.call(() -> allocator.directBuffer(1_000));
        if (i % 2 == 0) {
          buffer.release(); // remotely, while the loop still runs
        } else {
          loop.call(buffer::release);
        }
      }
    }
    assertThat(allocator.metric().arenas()).isEmpty();
    assertThat(allocator.metric().closedArenas().arenas()).isEqualTo(loops);
    assertThat(allocator.metric().closedArenas().get(ArenaFigure.FREES)).isEqualTo(loops);
    assertThat(allocator.metric().budget().reservedBytes()).isZero();
  }

  @Test
  void loop_afterABurstAndThenSilence_holdsAlmostNothing() throws Exception {
    LiteByteBufAllocator allocator = TestAllocators.adopting("hybrid");
    try (TestLoop loop = new TestLoop()) {
      loop.run(
          () -> {
            List<ByteBuf> burst = new ArrayList<>();
            for (int i = 0; i < 8_192; i++) {
              burst.add(allocator.directBuffer(8 * 1024));
            }
            assertThat(allocator.metric().usedDirectMemory()).isGreaterThanOrEqualTo(64L << 20);
            burst.forEach(ByteBuf::release);
          });
      eventually(
          () -> allocator.metric().budget().reservedBytes() <= 256 * 1024, allocator::metric);
    }
  }

  @Test
  void loop_afterItsFirstRequest_holdsOneSmallChunk() throws Exception {
    LiteByteBufAllocator allocator = TestAllocators.adopting("hybrid");
    try (TestLoop loop = new TestLoop()) {
      loop.run(() -> allocator.directBuffer(256).release());
      assertThat(allocator.metric().budget().reservedBytes()).isEqualTo(64 * 1024);
    }
  }

  @Test
  void close_fromAnotherThread_endsTheArenasOfAdoptedThreadsToo() throws Exception {
    LiteByteBufAllocator allocator = TestAllocators.adopting("hybrid");
    allocator.directBuffer(10).release();
    Thread closer = new Thread(allocator::close);
    closer.start();
    closer.join();
    ByteBuf late = allocator.directBuffer(10);
    assertThat(TestAllocators.innermost(late)).isNotInstanceOf(LiteByteBuf.class);
    late.release();
    assertThat(allocator.metric().budget().reservedBytes()).isZero();
  }

  @Test
  void release_ofABufferWhoseAdoptedThreadDiedAfterClose_givesItsMemoryBack() throws Exception {
    LiteByteBufAllocator allocator = TestAllocators.adopting("hybrid");
    AtomicReference<ByteBuf> held = new AtomicReference<>();
    CountDownLatch closed = new CountDownLatch(1);
    CountDownLatch made = new CountDownLatch(1);
    Thread thread =
        new Thread(
            () -> {
              held.set(allocator.directBuffer(1 << 20));
              made.countDown();
              try {
                closed.await();
              } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
              }
            });
    thread.start();
    made.await();
    allocator.close();
    closed.countDown();
    thread.join();
    held.get().release();
    assertThat(allocator.metric().budget().reservedBytes()).isZero();
  }

  @Test
  void close_whileALoopMakesItsFirstRequest_leavesNoArenaOpen() throws Exception {
    try (TestLoop loop = new TestLoop()) {
      for (int i = 0; i < 300; i++) {
        LiteByteBufAllocator allocator = TestAllocators.adopting("hybrid");
        CyclicBarrier start = new CyclicBarrier(2);
        Future<?> request =
            loop.loop()
                .submit(
                    () -> {
                      start.await();
                      return allocator.directBuffer(10).release();
                    });
        start.await();
        allocator.close();
        request.get();
        loop.run(() -> {}); // what close has asked of the loop is done before this
        assertThat(allocator.metric().arenas()).isEmpty();
        assertThat(allocator.metric().budget().reservedBytes()).isZero();
      }
    }
  }

  @Test
  void arenaListener_thatThrows_keepsNeitherALoopFromEndingNorABufferFromBeingReleased()
      throws Exception {
    LiteByteBufAllocator allocator = TestAllocators.adopting("hybrid");
    TestLoop loop = new TestLoop();
    ByteBuf buffer = loop.call(() -> allocator.directBuffer(10));
    allocator
        .metric()
        .addArenaListener(
            () -> {
              throw new IllegalStateException("thrown by a test");
            });
    assertThat(loop.loop().shutdownGracefully(0, 1, TimeUnit.SECONDS).await(20, TimeUnit.SECONDS))
        .isTrue();
    buffer.release();
    assertThat(allocator.metric().budget().reservedBytes()).isZero();
    assertThat(allocator.metric().closedArenas().get(ArenaFigure.REMOTE_FREES)).isEqualTo(1);
  }

  @Test
  void orphan_withOneBufferLeft_hasGivenTheRestBackThoughTheOtherLoopsSleep() throws Exception {
    LiteByteBufAllocator allocator = TestAllocators.adopting("hybrid");
    try (TestLoop silent = new TestLoop()) {
      silent.run(() -> allocator.directBuffer(10).release());
      List<ByteBuf> buffers = new ArrayList<>();
      try (TestLoop loop = new TestLoop()) {
        loop.run(
            () -> {
              for (int i = 0; i < 2_000; i++) {
                buffers.add(allocator.directBuffer(8 * 1024));
              }
            });
      }
      buffers.subList(1, buffers.size()).forEach(ByteBuf::release);
      assertThat(allocator.metric().budget().reservedBytes()).isLessThanOrEqualTo(512 * 1024);
      buffers.get(0).release();
    }
  }

  @Test
  void shutdownGracefully_underLoad_leavesNothingBehind() throws Exception {
    LiteByteBufAllocator allocator = TestAllocators.adopting("hybrid");
    int connections = 8;
    ExecutorService clients = Executors.newFixedThreadPool(connections);
    List<Future<Long>> verified = new ArrayList<>();
    try {
      try (LoopbackServer server =
          new LoopbackServer(
              allocator, 2, child -> child.pipeline().addLast(new LoopbackServer.Echo()))) {
        for (int i = 0; i < connections; i++) {
          verified.add(clients.submit(new EchoClient(server, i, () -> true)));
        }
        eventually(
            () ->
                allocator.metric().arenas().size() == 2
                    && allocator.metric().arenas().stream()
                        .allMatch(arena -> arena.statistics().allocations() > 500),
            allocator::metric);
      } // which shuts the loops down while the clients go on
      for (Future<Long> client : verified) {
        // The connection is cut; a wrong byte would be another exception.
        assertThatThrownBy(() -> client.get(60, TimeUnit.SECONDS))
            .hasMessageNotContaining("wrong bytes");
      }
    } finally {
      clients.shutdownNow();
    }
    assertThat(allocator.metric().arenas()).isEmpty();
    assertThat(allocator.metric().closedArenas().arenas()).isEqualTo(2);
    assertThat(allocator.metric().budget().reservedBytes()).isZero();
  }
}
