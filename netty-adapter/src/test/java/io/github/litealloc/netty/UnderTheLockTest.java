package io.github.litealloc.netty;

import static io.github.litealloc.netty.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.litealloc.FaultyStrategy;
import io.github.litealloc.memory.MemoryBudget;
import io.netty.buffer.ByteBuf;
import java.nio.file.Path;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import jdk.jfr.Recording;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordedFrame;
import jdk.jfr.consumer.RecordedMethod;
import jdk.jfr.consumer.RecordingFile;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What takes long, or is not ours, is not done while other threads wait for a shared arena. */
final class UnderTheLockTest {

  private static final int MIB = 1 << 20;

  private final MemoryBudget budget = MemoryBudget.of("under the lock", 256L * MIB);

  @TempDir private Path folder;

  private LiteAllocatorBuilder builder() {
    return LiteByteBufAllocator.builder().budget(budget).decayMillis(0);
  }

  private void closeAll(LiteByteBufAllocator allocator) throws InterruptedException {
    assertThat(allocator.metric().liveBuffers()).isZero();
    allocator.close();
    eventually(() -> allocator.metric().arenas().isEmpty(), () -> allocator.metric().arenas());
    eventually(() -> budget.reservedBytes() == 0, budget::reservedBytes);
    assertThat(budget.promisedBytes()).isZero();
  }

  /** By the stacks of the events: none has a frame of what is done under the lock. */
  @Test
  void events_ofAllKinds_areCommittedWithoutIt() throws Exception {
    Path file = folder.resolve("test.jfr");
    Set<String> expected =
        Set.of(
            "io.netty.AllocateBuffer",
            "io.netty.FreeBuffer",
            "io.netty.ReallocateBuffer",
            "io.github.litealloc.ChunkReserved",
            "io.github.litealloc.ChunkReleased",
            "io.github.litealloc.OutOfMemory",
            "io.github.litealloc.ArenaTrimmed",
            "io.github.litealloc.ArenaRetired");
    try (Recording recording = new Recording()) {
      expected.forEach(name -> recording.enable(name).withoutThreshold().withStackTrace());
      recording.start();
      LiteByteBufAllocator allocator = builder().name("recorded off the loop").build();
      ByteBuf buffer = allocator.directBuffer(1_000).writeLong(42);
      buffer.capacity(50_000);
      assertThat(buffer.getLong(0)).isEqualTo(42);
      allocator.directBuffer(300 * 1_024 * 1_024).release(); // not an arena's: it is too much
      buffer.release();
      allocator.trim().await();
      closeAll(allocator);
      recording.stop();
      recording.dump(file);
    }
    Set<String> found = new TreeSet<>();
    for (RecordedEvent event : RecordingFile.readAllEvents(file)) {
      String name = event.getEventType().getName();
      if (expected.contains(name)) {
        found.add(name);
        assertThat(event.getStackTrace().getFrames())
            .as(name)
            .noneMatch(UnderTheLockTest::isUnderTheLock);
      }
    }
    assertThat(found).containsExactlyInAnyOrderElementsOf(expected);
  }

  private static boolean isUnderTheLock(RecordedFrame frame) {
    RecordedMethod method = frame.getMethod();
    String type = method.getType().getName();
    String name = method.getName();
    return type.equals("io.github.litealloc.Arena")
        || (type.equals(BufferArena.class.getName())
            && (name.startsWith("allocate") || name.startsWith("tick") || name.equals("trim")))
        || name.equals("resizeInArena");
  }

  /** The assertions in the code say that the stack is taken without the lock; this gets there. */
  @Test
  void samples_offTheLoop_haveTheStackOfWhoAsked() throws Exception {
    LiteByteBufAllocator allocator = builder().sampling(1).build();
    ByteBuf first = allocator.directBuffer(100);
    ByteBuf second = allocator.directBuffer(200_000);
    assertThat(allocator.outstanding().buffers()).hasSize(2).allMatch(OutstandingBuffer::sampled);
    first.release();
    second.release();
    closeAll(allocator);
  }

  /** Another thread looks all the while. On a busy machine it, or the holder, may be stopped. */
  @Test
  void capacity_thatHasMuchToCopy_doesNotKeepOthersWaiting() throws Exception {
    LiteByteBufAllocator allocator = builder().build();
    ExecutorService other = Executors.newSingleThreadExecutor();
    int enough = 5;
    int free = 0;
    for (int i = 0; i < 30 && free < enough; i++) {
      ByteBuf buffer = allocator.directBuffer(32 * MIB, 64 * MIB).writeZero(32 * MIB);
      SharedArena shared = ((LiteByteBuf) TestAllocators.innermost(buffer)).arena().shared();
      Looks growing = look(other, shared, () -> buffer.capacity(64 * MIB));
      Looks copying = look(other, shared, () -> buffer.setBytes(32 * MIB, buffer, 0, 32 * MIB));
      boolean hasLooked = growing.all > copying.all / 4;
      free += hasLooked && growing.taken < copying.all / 4 ? 1 : 0;
      buffer.release();
      allocator.trim().await();
    }
    other.shutdown();
    assertThat(free).isEqualTo(enough);
    closeAll(allocator);
  }

  /** How often the lock was looked at, and found taken. */
  private record Looks(long all, long taken) {}

  private static Looks look(ExecutorService other, SharedArena shared, Runnable meanwhile)
      throws Exception {
    AtomicBoolean isOver = new AtomicBoolean();
    CountDownLatch begun = new CountDownLatch(1);
    Future<Looks> looks =
        other.submit(
            () -> {
              long all = 0;
              long taken = 0;
              begun.countDown();
              for (; !isOver.get(); all++) {
                taken += shared.isLocked() ? 1 : 0;
              }
              return new Looks(all, taken);
            });
    begun.await();
    meanwhile.run();
    isOver.set(true);
    return looks.get();
  }

  @Test
  void strategy_thatThrows_doesNotLeaveItTaken() throws Exception {
    FaultyStrategy.Factory factory = new FaultyStrategy.Factory(false);
    LiteByteBufAllocator allocator = builder().strategy(factory).build();
    ByteBuf before = allocator.directBuffer(100);
    factory.inAllocations(
        () -> {
          throw new StackOverflowError("by the test");
        });
    assertThatThrownBy(() -> allocator.directBuffer(100)).isInstanceOf(StackOverflowError.class);
    factory.inAllocations(() -> {});
    SharedArena shared = ((LiteByteBuf) TestAllocators.innermost(before)).arena().shared();
    assertThat(shared.isLocked()).isFalse();
    ByteBuf after = allocator.directBuffer(100);
    assertThat(TestAllocators.innermost(after)).isInstanceOf(LiteByteBuf.class);
    after.release();
    before.release();
    closeAll(allocator);
  }

  /** Others are served by another arena after two seconds, and this one ends when it can. */
  @Test
  @Timeout(60)
  void strategy_thatDoesNotComeToAnEnd_stopsNobodyElse() throws Exception {
    FaultyStrategy.Factory factory = new FaultyStrategy.Factory(false);
    LiteByteBufAllocator allocator = builder().strategy(factory).build();
    ByteBuf before = allocator.directBuffer(100);
    CountDownLatch isIn = new CountDownLatch(1);
    CountDownLatch goOn = new CountDownLatch(1);
    factory.inAllocations(
        () -> {
          if (Thread.currentThread().getName().equals("stuck")) {
            isIn.countDown();
            awaitQuietly(goOn);
          }
        });
    Thread stuck = new Thread(() -> allocator.directBuffer(50_000).release(), "stuck");
    stuck.start();
    assertThat(isIn.await(10, TimeUnit.SECONDS)).isTrue();

    before.release(); // is left to whoever is in it
    for (int i = 0; i < 3; i++) {
      ByteBuf other = allocator.directBuffer(100);
      assertThat(TestAllocators.innermost(other)).isInstanceOf(LiteByteBuf.class);
      other.release();
    }
    allocator.closeAsync().await(20, TimeUnit.SECONDS);
    goOn.countDown();
    stuck.join();
    eventually(() -> allocator.metric().arenas().isEmpty(), () -> allocator.metric().arenas());
    eventually(() -> budget.reservedBytes() == 0, budget::reservedBytes);
  }

  /** It lets the lock go without a look at what others have left to it. */
  @Test
  @Timeout(60)
  void strategy_thatThrowsAfterAllHaveGivenItUp_keepsNoArenaFromItsEnd() throws Exception {
    FaultyStrategy.Factory factory = new FaultyStrategy.Factory(false);
    LiteByteBufAllocator allocator = builder().strategy(factory).build();
    CountDownLatch isIn = new CountDownLatch(1);
    CountDownLatch goOn = new CountDownLatch(1);
    factory.inAllocations(
        () -> {
          isIn.countDown();
          awaitQuietly(goOn);
          throw new IllegalStateException("by the test");
        });
    Thread stuck =
        new Thread(
            () ->
                assertThatThrownBy(() -> allocator.directBuffer(100))
                    .isInstanceOf(IllegalStateException.class),
            "stuck");
    stuck.start();
    assertThat(isIn.await(10, TimeUnit.SECONDS)).isTrue();
    allocator.closeAsync().await(20, TimeUnit.SECONDS);
    assertThat(allocator.metric().arenas()).hasSize(1);
    goOn.countDown();
    stuck.join();
    eventually(() -> allocator.metric().arenas().isEmpty(), () -> allocator.metric().arenas());
    eventually(() -> budget.reservedBytes() == 0, budget::reservedBytes);
  }

  private static void awaitQuietly(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
