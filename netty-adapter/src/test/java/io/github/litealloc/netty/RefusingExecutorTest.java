package io.github.litealloc.netty;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.buffer.ByteBuf;
import io.netty.channel.DefaultEventLoop;
import io.netty.channel.EventLoop;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.ScheduledFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

/** Executors that are no well-behaved event loops, and listeners and tasks that throw Errors. */
final class RefusingExecutorTest {

  /** An event loop that, once it is told to, takes nothing, and says so as it should not. */
  private static final class Refusing extends DefaultEventLoop {
    private final AtomicBoolean refuses = new AtomicBoolean();

    @Override
    public void execute(Runnable task) {
      if (refuses.get()) {
        throw new UnsupportedOperationException("thrown by a test");
      }
      super.execute(task);
    }

    @Override
    public ScheduledFuture<?> schedule(Runnable task, long delay, TimeUnit unit) {
      throw new AssertionError("thrown by a test");
    }
  }

  private static void end(EventLoop loop) throws InterruptedException {
    assertThat(loop.shutdownGracefully(0, 1, TimeUnit.SECONDS).await(60, TimeUnit.SECONDS))
        .isTrue();
  }

  @Test
  void allocator_onALoopThatTakesNoTasks_servesTrimsAndClosesAndWaitsForNobody() throws Exception {
    LiteByteBufAllocator allocator = TestAllocators.adopting("hybrid");
    Refusing loop = new Refusing();
    ByteBuf buffer = loop.submit(() -> allocator.directBuffer(300_000)).get(); // no timer for it
    ByteBuf other = loop.submit(() -> allocator.directBuffer(1_000)).get();
    loop.refuses.set(true);
    other.release(); // on this thread, and nobody can be told of it
    assertThat(allocator.trim().get(60, TimeUnit.SECONDS)).isNotNull();
    allocator.strategy("free-list");
    assertThat(allocator.closeAsync().get(60, TimeUnit.SECONDS)).isNotNull();
    loop.refuses.set(false);
    buffer.release();
    end(loop); // whose end does what it could not be told
    assertThat(allocator.metric().arenas()).isEmpty();
    assertThat(allocator.metric().budget().reservedBytes()).isZero();
  }

  @Test
  void arenaListener_thatThrowsAnError_keepsNobodyFromAllocating() throws Exception {
    LiteByteBufAllocator allocator = TestAllocators.adopting("hybrid");
    allocator
        .metric()
        .addArenaListener(
            () -> {
              throw new AssertionError("thrown by a test");
            });
    try (TestLoop loop = new TestLoop()) {
      loop.run(() -> allocator.directBuffer(10).release());
    }
    allocator.close();
    assertThat(allocator.metric().budget().reservedBytes()).isZero();
  }

  @Test
  void giveBack_whosePartThrowsAnError_failsTheFutureAndNotTheCaller() {
    GiveBack giveBack = new GiveBack(2);
    giveBack.run(
        () -> {
          throw new OutOfMemoryError("thrown by a test");
        });
    giveBack.run(() -> 1);
    Future<Long> future = giveBack.future();
    assertThatThrownBy(() -> future.get(60, TimeUnit.SECONDS))
        .isInstanceOf(ExecutionException.class)
        .hasCauseInstanceOf(OutOfMemoryError.class);
  }
}
