package io.github.litealloc.netty;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.litealloc.Arena;
import io.github.litealloc.Errands;
import io.github.litealloc.memory.ChunkStore;
import io.github.litealloc.memory.MemoryBudget;
import io.netty.buffer.ByteBuf;
import io.netty.channel.EventLoop;
import java.lang.reflect.Field;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Who finds another thread at an arena's end leaves to that what has come meanwhile. */
final class ArenaEndTest {

  private final ChunkStore store =
      ChunkStore.builder().budget(MemoryBudget.of("end", 1 << 20)).build();
  private final Arena arena = Arena.builder().store(store).build();
  private final AtomicInteger drained = new AtomicInteger();
  private final AtomicInteger watches = new AtomicInteger();

  @AfterEach
  void close() {
    arena.close();
  }

  private ArenaEnd end(BooleanSupplier close, ArenaOwner owner) {
    return new ArenaEnd(
        close,
        owner,
        arena.statistics(),
        store,
        watches::incrementAndGet,
        drained::incrementAndGet,
        () -> {});
  }

  private static void onNewThread(Runnable task) {
    Thread thread = new Thread(task);
    thread.start();
    try {
      thread.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /**
   * The arena's user has let it go, and looks whether it is to end, before this one has come back.
   */
  @Test
  void finish_whileOneWhoCouldNotCloseIsAtIt_closes() {
    AtomicInteger closes = new AtomicInteger();
    ArenaEnd[] end = new ArenaEnd[1];
    end[0] =
        end(
            () -> {
              if (closes.incrementAndGet() > 1) {
                return true;
              }
              onNewThread(() -> end[0].finish());
              return false;
            },
            ArenaOwner.none("nobody"));

    end[0].finish();
    assertThat(end[0].isFinished()).isTrue();
    assertThat(closes).hasValue(2);
  }

  /** Whoever is at work in it may yet make a buffer. */
  @Test
  void finish_thatCannotClose_doesNotTellThatNothingIsLeft() {
    AtomicInteger closes = new AtomicInteger();
    ArenaEnd end = end(() -> closes.incrementAndGet() > 1, ArenaOwner.none("nobody"));

    end.finish();
    assertThat(end.isFinished()).isFalse();
    assertThat(drained).hasValue(0);
    end.finish();
    assertThat(end.isFinished()).isTrue();
    assertThat(drained).hasValue(1);
  }

  /** It comes back after the look at what is live, and before the end of it is noted. */
  @Test
  void finish_afterTheLastBufferWhileAnotherIsAtIt_isNoticed() throws Exception {
    long block = arena.allocate(100);
    CountDownLatch goOn = new CountDownLatch(1);
    try (TestLoop loop = new TestLoop()) {
      EventLoop executor = loop.loop();
      executor.execute(() -> awaitQuietly(goOn));
      ArenaOwner owner = new ArenaOwner(Thread.currentThread(), executor);
      GiveBack giveBack = new GiveBack(1);
      assertThat(owner.promise(giveBack.part(), "nothing", () -> {})).isTrue();
      ArenaEnd end = end(() -> true, owner);
      giveBack
          .future()
          .addListener(
              broken -> {
                assertThat(drained).hasValue(0);
                arena.free(block, 100);
                arena.trim(); // as one that is closed does
                onNewThread(end::finish);
              });

      end.finish();
      assertThat(arena.statistics().liveBlocks()).isZero();
      assertThat(drained.get()).isPositive();
      goOn.countDown();
    }
  }

  /** What is asked for by what it calls itself does not keep it at it for ever. */
  @Test
  void finish_thatCallsItself_comesToAnEnd() {
    AtomicInteger closes = new AtomicInteger();
    ArenaEnd[] end = new ArenaEnd[1];
    end[0] =
        end(
            () -> {
              closes.incrementAndGet();
              end[0].finish();
              return true;
            },
            ArenaOwner.none("nobody"));

    end[0].finish();
    assertThat(closes).hasValue(1);
    assertThat(end[0].isFinished()).isTrue();
  }

  /** Whoever frees what is left may not be able to see to the end. */
  @Test
  void finish_withABufferLive_isWatched() {
    ArenaEnd end = end(() -> true, ArenaOwner.none("nobody"));
    end.finish();
    assertThat(watches).as("nothing is live").hasValue(0);

    long block = arena.allocate(100);
    end.finish();
    assertThat(watches).hasValue(1);
    arena.free(block, 100);
  }

  /** Else who has no stack left in it would have left nothing behind. */
  @Test
  void finish_whoseStackEnds_isWatchedFromBeforeItClosesAndAfterIt() {
    long block = arena.allocate(100);
    AtomicInteger watchesBefore = new AtomicInteger();
    ArenaEnd end =
        end(
            () -> {
              watchesBefore.set(watches.get());
              throw new StackOverflowError("by the test");
            },
            ArenaOwner.none("nobody"));
    assertThatThrownBy(end::finish).isInstanceOf(StackOverflowError.class);
    assertThat(watchesBefore).hasValue(1);
    assertThat(end.isFinished()).isFalse();

    arena.free(block, 100);
    watches.set(0);
    assertThatThrownBy(end::finish).isInstanceOf(StackOverflowError.class);
    assertThat(watchesBefore).as("nothing is live").hasValue(0);
    assertThat(watches).as("nobody need come again").hasValue(1);
  }

  /** No memory for it must not keep the arena from its end. */
  @Test
  void finish_thatCannotBeWatched_closes() {
    long block = arena.allocate(100);
    ArenaEnd end =
        new ArenaEnd(
            () -> true,
            ArenaOwner.none("nobody"),
            arena.statistics(),
            store,
            () -> {
              throw new OutOfMemoryError("by the test");
            },
            drained::incrementAndGet,
            () -> {});
    end.finish();
    assertThat(end.isFinished()).isTrue();
    arena.free(block, 100);
  }

  /**
   * Whoever has fetched a chunk for an arena that has ended meanwhile may not come back with it.
   */
  @Test
  void close_ofAnArenaForWhichAChunkIsOnItsWay_keepsNone() throws Exception {
    MemoryBudget budget = MemoryBudget.of("on its way", 1 << 20);
    LiteByteBufAllocator allocator = LiteByteBufAllocator.builder().budget(budget).build();
    ByteBuf buffer = allocator.directBuffer(100);
    ByteBuf own = buffer.unwrap() == null ? buffer : buffer.unwrap(); // of the leak detector's
    SharedArena shared = ((LiteByteBuf) own).arena().shared();
    Errands errands = (Errands) field(SharedArena.class, "errands").get(shared);
    Field fetched = field(Errands.class, "fetched");
    long need = (long) ChunkStore.CHUNK_UNIT_BYTES << Integer.SIZE | ChunkStore.CHUNK_UNIT_BYTES;
    assertThat(errands.fetch(need)).isEqualTo(Errands.Fetch.DONE);
    Object chunk = fetched.get(errands);
    fetched.set(errands, null);
    allocator.close();
    fetched.set(errands, chunk);

    buffer.release();
    assertThat(budget.reservedBytes()).isZero();
    assertThat(allocator.metric().arenas()).isEmpty();
  }

  private static Field field(Class<?> type, String name) throws NoSuchFieldException {
    Field field = type.getDeclaredField(name);
    field.setAccessible(true);
    return field;
  }

  private static void awaitQuietly(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
