package io.github.litealloc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.litealloc.memory.ChunkStore;
import io.github.litealloc.memory.MemoryBudget;
import io.github.litealloc.support.Threads;
import io.github.litealloc.testing.Patterns;
import io.github.litealloc.testing.TestMemorySource;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** An owner allocates and drains while other threads release, until and after it closes. */
final class RemoteFreeStressTest {

  private static final int RELEASERS = 3;
  private static final int BLOCKS = 30_000;
  private static final int QUEUED = 1_000;
  private static final byte RELEASED = 0x5A;

  private final TestMemorySource source = new TestMemorySource(16);
  private final MemoryBudget budget = MemoryBudget.unlimited("stress");
  private final ChunkStore store =
      ChunkStore.builder().source(source).budget(budget).decayMillis(0).build();

  static Stream<Arguments> strategiesAndModes() {
    return TestStrategies.all().stream()
        .flatMap(each -> Stream.of(Arguments.of(each, true), Arguments.of(each, false)));
  }

  /** A block on its way from the owner to a releaser and back. */
  private static final class Parcel extends LinkedRemoteFree {
    private final Arena arena;
    private final long block;
    private final int bytes;
    private final long pattern;
    private final ByteBuffer buffer;
    private int freed;

    Parcel(Arena arena, long block, int bytes, long pattern) {
      this.arena = arena;
      this.block = block;
      this.bytes = bytes;
      this.pattern = pattern;
      this.buffer = arena.buffer(block);
    }

    /** Checks that nobody has touched the block, and leaves a mark that is nobody's pattern. */
    void verifyAndMark() {
      int offset = Blocks.offset(block);
      Patterns.verify(buffer, offset, bytes, pattern);
      for (int i = 0; i < bytes; i++) {
        buffer.put(offset + i, RELEASED);
      }
    }

    /** What the releaser has written before it let go must be what the owner sees. */
    private void requireMark() {
      int offset = Blocks.offset(block);
      for (int i = 0; i < bytes; i++) {
        if (buffer.get(offset + i) != RELEASED) {
          throw new AssertionError("byte " + i + " of " + bytes + " lacks the releaser's mark");
        }
      }
    }

    @Override
    public void freeOnOwner() {
      requireMark();
      freed++;
      arena.free(block, bytes);
    }
  }

  private static void hand(Parcel parcel, BlockingQueue<Parcel> parcels)
      throws InterruptedException {
    if (!parcels.offer(parcel, 30, TimeUnit.SECONDS)) {
      throw new AssertionError("the releasers have stopped");
    }
  }

  /** Releases what it is given until it has been given {@code count} blocks. */
  private static Releases release(BlockingQueue<Parcel> parcels, int count, Random random)
      throws InterruptedException {
    int withoutNode = 0;
    int direct = 0;
    for (int i = 0; i < count; i++) {
      Parcel parcel = parcels.poll(30, TimeUnit.SECONDS);
      if (parcel == null) {
        throw new AssertionError("the owner has stopped handing out blocks");
      }
      parcel.verifyAndMark();
      if (random.nextInt(4) == 0) {
        withoutNode++;
        parcel.arena.remoteFree(parcel.block, parcel.bytes);
      } else if (parcel.arena.isClosed() && random.nextBoolean()) {
        direct++;
        parcel.freed++; // a closed arena takes direct frees as well
        parcel.arena.free(parcel.block, parcel.bytes);
      } else {
        parcel.arena.remoteFree(parcel);
      }
    }
    return new Releases(withoutNode, direct);
  }

  /** How many blocks a releaser handed over without their parcel, and how many it freed itself. */
  private record Releases(int withoutNode, int direct) {}

  @ParameterizedTest(name = "{0}, checked: {1}")
  @MethodSource("strategiesAndModes")
  void remoteFree_whileTheOwnerWorksAndCloses_losesNothing(
      StrategyFactory strategy, boolean isChecked) throws Exception {
    long seed = 42;
    Random random = new Random(seed);
    Arena arena = Arena.builder().strategy(strategy).store(store).checked(isChecked).build();
    BlockingQueue<Parcel> parcels = new ArrayBlockingQueue<>(QUEUED);
    List<Threads.Running<Releases>> releasers =
        Threads.startTogether(
            "releaser",
            RELEASERS,
            index -> release(parcels, BLOCKS / RELEASERS, new Random(seed + index)));

    List<Parcel> all = new ArrayList<>(BLOCKS); // that a releaser gets
    List<Parcel> late = new ArrayList<>(QUEUED); // the last of them, handed over after closing
    List<Parcel> kept = new ArrayList<>(); // that the owner releases itself
    int allocations = 0;
    while (all.size() < BLOCKS) {
      int bytes = random.nextInt(random.nextInt(64) == 0 ? 40_000 : 600);
      long block = arena.allocate(bytes);
      assertThat(block).isNotEqualTo(Blocks.NO_BLOCK);
      Patterns.write(arena.buffer(block), Blocks.offset(block), bytes, ++allocations * 4_096L);
      Parcel parcel = new Parcel(arena, block, bytes, allocations * 4_096L);
      switch (random.nextInt(8)) {
        case 0 -> kept.add(parcel);
        case 1 -> {
          parcel.verifyAndMark();
          parcel.freeOnOwner();
        }
        default -> {
          all.add(parcel);
          if (all.size() > BLOCKS - QUEUED) {
            late.add(parcel);
          } else {
            hand(parcel, parcels);
          }
        }
      }
      if (kept.size() > 100) {
        Parcel old = kept.remove(random.nextInt(kept.size()));
        old.verifyAndMark();
        old.freeOnOwner();
      }
      if (random.nextInt(1_000) == 0) {
        arena.drainRemoteFrees();
      }
      if (random.nextInt(5_000) == 0) {
        arena.trim();
      }
    }
    // The queue still holds blocks, and releasers are in the middle of releasing others.
    arena.close();
    for (Parcel parcel : late) {
      hand(parcel, parcels);
    }
    for (Parcel parcel : kept) {
      parcel.verifyAndMark();
      parcel.freeOnOwner(); // the owner, too, goes on freeing: now under the lock
    }
    int withoutNode = 0;
    int direct = 0;
    for (Threads.Running<Releases> releaser : releasers) {
      withoutNode += releaser.join().withoutNode();
      direct += releaser.join().direct();
    }

    int freed = 0;
    for (Parcel parcel : all) {
      assertThat(parcel.freed).isLessThanOrEqualTo(1);
      freed += parcel.freed;
    }
    assertThat(freed + withoutNode).isEqualTo(BLOCKS);
    ArenaStatistics statistics = arena.statistics();
    assertThat(statistics.allocations()).isEqualTo(allocations);
    assertThat(statistics.frees()).isEqualTo(allocations);
    assertThat(statistics.remoteFrees()).isEqualTo(BLOCKS - direct);
    assertThat(statistics.liveBlocks()).isZero();
    assertThat(statistics.usedBytes()).isZero();
    assertThat(statistics.requestedBytes()).isZero();
    assertThat(statistics.reservedBytes()).isZero();
    assertThat(statistics.pinnedBytes()).isZero();
    assertThat(statistics.chunks()).isZero();
    assertThat(budget.reservedBytes()).isZero();
    assertThat(source.pieces()).isZero();
  }

  @ParameterizedTest(name = "{0}, checked: {1}")
  @MethodSource("strategiesAndModes")
  void close_manyThreadsFreeAtThatMoment_oneAfterTheOther(
      StrategyFactory strategy, boolean isChecked) throws Exception {
    int count = 9_000;
    Random random = new Random(1);
    Arena arena = Arena.builder().strategy(strategy).store(store).checked(isChecked).build();
    Parcel[] parcels = new Parcel[count];
    for (int i = 0; i < count; i++) {
      int bytes = random.nextInt(300);
      long block = arena.allocate(bytes);
      Patterns.write(arena.buffer(block), Blocks.offset(block), bytes, i * 4_096L);
      parcels[i] = new Parcel(arena, block, bytes, i * 4_096L);
      parcels[i].verifyAndMark(); // now, so that threads do nothing but free
    }
    // A third waits in the inbox, which takes the closing owner a while. The others come in as soon
    // as the arena is closed, and the owner in the middle of that: half of them directly.
    int waiting = count / 3;
    for (int i = 0; i < waiting; i++) {
      arena.remoteFree(parcels[i]);
    }
    List<Threads.Running<Boolean>> releasers =
        Threads.startTogether(
            "releaser",
            RELEASERS,
            index -> {
              while (!arena.isClosed()) {
                Thread.yield();
              }
              for (int i = waiting + index; i < count; i += RELEASERS) {
                if (i % 2 == 0) {
                  arena.remoteFree(parcels[i]);
                } else {
                  arena.free(parcels[i].block, parcels[i].bytes);
                }
              }
              return true;
            });
    arena.close();
    for (Threads.Running<Boolean> releaser : releasers) {
      releaser.join();
    }
    ArenaStatistics statistics = arena.statistics();
    assertThat(statistics.frees()).isEqualTo(count);
    assertThat(statistics.remoteFrees()).isEqualTo(waiting + (count - waiting) / 2);
    assertThat(statistics.usedBytes()).isZero();
    assertThat(statistics.requestedBytes()).isZero();
    assertThat(statistics.reservedBytes()).isZero();
    assertThat(statistics.chunkReleases()).isEqualTo(statistics.chunkReservations());
    assertThat(budget.reservedBytes()).isZero();
    assertThat(source.pieces()).isZero();
  }

  @Test
  void remoteFree_ownerThatOnlyDrains_seesEveryFree() throws Exception {
    Arena arena = Arena.builder().store(store).build();
    int count = 20_000;
    long[] blocks = new long[count];
    for (int i = 0; i < count; i++) {
      blocks[i] = arena.allocate(i % 300);
    }
    List<Threads.Running<Integer>> releasers = new ArrayList<>();
    for (int i = 0; i < RELEASERS; i++) {
      int first = i;
      releasers.add(
          Threads.start(
              "releaser " + i,
              () -> {
                int wakeUps = 0;
                for (int block = first; block < count; block += RELEASERS) {
                  wakeUps += arena.remoteFree(blocks[block], block % 300) ? 1 : 0;
                }
                return wakeUps;
              }));
    }
    int drained = 0;
    int drains = 0;
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
    while (drained < count && System.nanoTime() < deadline) {
      int some = arena.drainRemoteFrees();
      drains += some > 0 ? 1 : 0;
      drained += some;
    }
    assertThat(drained).isEqualTo(count);
    int wakeUps = 0;
    for (Threads.Running<Integer> releaser : releasers) {
      wakeUps += releaser.join();
    }
    assertThat(wakeUps).isEqualTo(drains); // whoever finds the inbox empty is told so, nobody else
    assertThat(arena.statistics().usedBytes()).isZero();
    assertThat(arena.statistics().remoteFrees()).isEqualTo(count);
    arena.close();
    assertThat(budget.reservedBytes()).isZero();
  }

  @Test
  void close_ownerHasEnded_isAllowedOnAnyThreadAndFreesEverything() throws Exception {
    for (boolean isChecked : new boolean[] {true, false}) {
      List<Parcel> parcels = new ArrayList<>();
      Arena arena =
          Threads.call(
              () -> {
                Arena abandoned = Arena.builder().store(store).checked(isChecked).build();
                for (int i = 0; i < 1_000; i++) {
                  long block = abandoned.allocate(i * 3);
                  Patterns.write(abandoned.buffer(block), Blocks.offset(block), i * 3, i * 7_000L);
                  parcels.add(new Parcel(abandoned, block, i * 3, i * 7_000L));
                }
                return abandoned;
              });
      // Released before anybody has noticed that the owner is gone: waits in the inbox.
      for (int i = 0; i < 300; i++) {
        parcels.get(i).verifyAndMark();
        arena.remoteFree(parcels.get(i));
      }
      assertThat(arena.owner().isAlive()).isFalse();
      assertThat(arena.statistics().frees()).isZero();
      assertThat(arena.isClosed()).isFalse();

      arena.close();
      assertThat(arena.isClosed()).isTrue();
      assertThat(arena.statistics().frees()).isEqualTo(300);
      List<Threads.Running<Boolean>> releasers = new ArrayList<>();
      for (int i = 0; i < RELEASERS; i++) {
        int first = 300 + i;
        releasers.add(
            Threads.start(
                "releaser " + i,
                () -> {
                  for (int parcel = first; parcel < 1_000; parcel += RELEASERS) {
                    parcels.get(parcel).verifyAndMark();
                    arena.remoteFree(parcels.get(parcel));
                  }
                  return true;
                }));
      }
      for (Threads.Running<Boolean> releaser : releasers) {
        releaser.join();
      }
      assertThat(parcels).allMatch(parcel -> parcel.freed == 1);
      assertThat(arena.statistics().liveBlocks()).isZero();
      assertThat(arena.statistics().reservedBytes()).isZero();
      assertThat(budget.reservedBytes()).isZero();
    }
  }

  @Test
  void close_ownerIsAlive_isRefusedElsewhereAndHarmsNothing() throws Exception {
    Arena arena = Arena.builder().name("owned").store(store).checked(false).build();
    long block = arena.allocate(100);
    Threads.run(
        () ->
            assertThatThrownBy(arena::close)
                .isInstanceOf(NotArenaOwnerException.class)
                .hasMessageContaining("arena 'owned'")
                .hasMessageContaining("'another thread'"));
    assertThat(arena.isClosed()).isFalse();
    arena.free(block, 100);
    arena.close();
    assertThat(budget.reservedBytes()).isZero();
  }

  @Test
  void drain_oneBadRelease_doesNotLoseThoseBehindIt() {
    Arena arena = Arena.builder().store(store).build();
    long[] blocks = new long[5];
    for (int i = 0; i < blocks.length; i++) {
      blocks[i] = arena.allocate(100);
    }
    for (int i = 0; i < blocks.length; i++) {
      arena.remoteFree(blocks[i], i == 2 || i == 3 ? 99 : 100); // two with the wrong size
    }
    assertThatThrownBy(arena::drainRemoteFrees)
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith("bytes: 99 for block")
        .satisfies(e -> assertThat(e.getSuppressed()).hasSize(1));
    assertThat(arena.statistics().frees()).isEqualTo(3);
    assertThat(arena.statistics().remoteFrees()).isEqualTo(3);
    assertThat(arena.statistics().liveBlocks()).isEqualTo(2);
    arena.free(blocks[2], 100);
    arena.free(blocks[3], 100);
    arena.close();
    assertThat(budget.reservedBytes()).isZero();
  }

  @Test
  void close_badReleaseWaiting_givesEverythingBackAllTheSame() {
    Arena arena = Arena.builder().store(store).build();
    long block = arena.allocate(100);
    arena.free(block, 100);
    arena.remoteFree(block, 100); // freed twice, which only the owner can find out
    assertThatThrownBy(arena::close).isInstanceOf(IllegalArgumentException.class);

    assertThat(arena.isClosed()).isTrue();
    assertThat(arena.statistics().frees()).isEqualTo(1);
    assertThat(arena.statistics().remoteFrees()).isZero();
    assertThat(budget.reservedBytes()).isZero();
  }
}
