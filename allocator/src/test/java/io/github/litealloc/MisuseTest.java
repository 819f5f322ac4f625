package io.github.litealloc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.litealloc.memory.ChunkStore;
import io.github.litealloc.memory.MemoryBudget;
import io.github.litealloc.support.Threads;
import io.github.litealloc.testing.Patterns;
import io.github.litealloc.testing.TestMemorySource;
import java.util.List;
import java.util.Map;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/** A checked arena refuses every misuse with an explanation, and is unharmed. */
@ParameterizedClass
@MethodSource("strategies")
final class MisuseTest {

  private static final int BYTES = 100;

  @Parameter StrategyFactory strategy = Strategies.HYBRID;

  private final TestMemorySource source = new TestMemorySource();
  private final ChunkStore store =
      ChunkStore.builder().source(source).budget(MemoryBudget.unlimited("misuse")).build();
  private Arena arena = Arena.builder().build();
  private long block;
  private long neighbour;

  static List<StrategyFactory> strategies() {
    return TestStrategies.all();
  }

  @BeforeEach
  void fillArena() {
    arena = newArena();
    block = allocate(BYTES);
    neighbour = allocate(BYTES);
  }

  private Arena newArena() {
    return Arena.builder().name("misused").strategy(strategy).store(store).build();
  }

  private long allocate(int bytes) {
    long added = arena.allocate(bytes);
    Patterns.write(arena.buffer(added), Blocks.offset(added), bytes, added);
    return added;
  }

  private void verify(long written, int bytes) {
    Patterns.verify(arena.buffer(written), Blocks.offset(written), bytes, written);
  }

  /** The neighbour of whatever was misused is intact, and the arena goes on working. */
  @AfterEach
  void arenaIsUnharmed() {
    verify(neighbour, BYTES);
    if (!arena.isClosed()) {
      long more = allocate(5_000);
      long moved = arena.reallocate(more, 5_000, 20_000);
      Patterns.verify(arena.buffer(moved), Blocks.offset(moved), 5_000, more);
      arena.free(moved, 20_000);
      arena.free(neighbour, BYTES);
      arena.reset();
      arena.close();
    } else {
      arena.free(neighbour, BYTES);
    }
    store.trim();
    assertThat(store.budget().reservedBytes()).isZero();
    assertThat(source.pieces()).isZero();
  }

  private static String name(long block) {
    return "block " + Blocks.chunk(block) + ':' + Blocks.offset(block);
  }

  /** Refused with exactly this message, and not one figure has changed. */
  private void assertRefused(
      Class<? extends Exception> type, String message, ThrowingCallable misuse) {
    Map<String, Long> before = Figures.of(arena.statistics());
    long reserved = store.budget().reservedBytes();
    assertThatThrownBy(misuse).isExactlyInstanceOf(type).hasMessage(message);
    assertThat(Figures.of(arena.statistics())).isEqualTo(before);
    assertThat(store.budget().reservedBytes()).isEqualTo(reserved);
  }

  private void assertIllegal(String message, ThrowingCallable misuse) {
    assertRefused(IllegalArgumentException.class, message, misuse);
  }

  private void assertNotLive(long misused, String reason) {
    String message = name(misused) + " is " + reason + " (expected: a live block of this arena)";
    assertIllegal(message, () -> arena.free(misused, BYTES));
    assertIllegal(message, () -> arena.reallocate(misused, BYTES, 10));
    assertIllegal(message, () -> arena.view(misused, BYTES));
    assertIllegal(message, () -> arena.sizeOf(misused, BYTES));
  }

  @Test
  void anyCall_onAnotherThread_namesBothThreads() throws Exception {
    String owner = Thread.currentThread().getName();
    String message =
        "arena 'misused' is owned by thread '"
            + owner
            + "' but was used by thread 'another thread' (expected: allocate and free on the"
            + " owner; from other threads only remoteFree)";
    Threads.run(
        () -> {
          assertWrongThread(message, () -> arena.allocate(BYTES));
          assertWrongThread(message, () -> arena.allocate(BYTES, 64));
          assertWrongThread(message, () -> arena.free(block, BYTES));
          assertWrongThread(message, () -> arena.reallocate(block, BYTES, 2 * BYTES));
          assertWrongThread(message, () -> arena.view(block, BYTES));
          assertWrongThread(message, () -> arena.sizeOf(block, BYTES));
          assertWrongThread(message, () -> arena.drainRemoteFrees());
          assertWrongThread(message, () -> arena.trim());
          assertWrongThread(message, () -> arena.tick(0));
          assertWrongThread(message, () -> arena.fragmentation());
          assertWrongThread(message, () -> arena.verify());
          assertWrongThread(message, () -> arena.reset());
          assertWrongThread(message, () -> arena.close());
        });
    assertThat(arena.isClosed()).isFalse();
    verify(block, BYTES);
  }

  private void assertWrongThread(String message, ThrowingCallable misuse) {
    assertRefused(NotArenaOwnerException.class, message, misuse);
  }

  @Test
  void free_twice_isRefused() {
    arena.free(block, BYTES);
    assertNotLive(block, "freed before, or never handed out");
    assertThat(arena.statistics().liveBlocks()).isEqualTo(1);
  }

  @Test
  void free_twiceAfterItsChunkWentBack_isRefused() {
    int huge = 3_000_000;
    long own = arena.allocate(huge);
    arena.free(own, huge);
    arena.trim();
    assertNotLive(own, "not of this arena, or freed before: its chunk is not held");
  }

  @Test
  void reallocate_moved_oldNameIsRefused() {
    long moved = arena.reallocate(block, BYTES, 10_000);
    assertThat(moved).isNotEqualTo(block);
    assertNotLive(block, "freed before, or never handed out");
    Patterns.verify(arena.buffer(moved), Blocks.offset(moved), BYTES, block);
  }

  @Test
  void reset_oldNamesAreRefused() {
    arena.reset();
    assertNotLive(block, "not of this arena, or freed before: its chunk is not held");
    block = allocate(BYTES);
    neighbour = allocate(BYTES);
  }

  @Test
  void free_ofAnotherArena_isRefused() {
    Arena other = newArena();
    other.allocate(BYTES);
    other.allocate(BYTES);
    long foreign = other.allocate(BYTES); // a name that this arena has not given to a block
    assertNotLive(foreign, "freed before, or never handed out");
    other.free(foreign, BYTES);
    other.reset();
    other.close();
    assertNotLive(Blocks.block(77, 0), "not of this arena, or freed before: its chunk is not held");
    assertNotLive(
        Blocks.block(Integer.MAX_VALUE, 16),
        "not of this arena, or freed before: its chunk is not held");
  }

  @Test
  void free_noBlock_saysThatTheAllocationHadFailed() {
    for (long none : new long[] {Blocks.NO_BLOCK, -2, Long.MIN_VALUE}) {
      String message =
          "block "
              + none
              + " is no block at all: the allocation had failed (expected: a live block of this"
              + " arena)";
      for (int bytes : new int[] {0, 16, BYTES}) { // whatever an empty table may hold
        assertIllegal(message, () -> arena.free(none, bytes));
        assertIllegal(message, () -> arena.reallocate(none, bytes, 10));
        assertIllegal(message, () -> arena.view(none, bytes));
        assertIllegal(message, () -> arena.sizeOf(none, bytes));
      }
    }
    verify(block, BYTES);
    arena.free(block, BYTES);
  }

  @Test
  void free_insideABlock_isRefused() {
    assertNotLive(block + 16, "freed before, or never handed out");
    assertNotLive(neighbour + 32, "freed before, or never handed out");
  }

  @Test
  void free_misaligned_isRefused() {
    assertNotLive(block + 8, "misaligned: blocks start at multiples of 16");
    assertNotLive(block + 1, "misaligned: blocks start at multiples of 16");
  }

  @Test
  void free_wrongSize_saysWhichIsRight() {
    for (int wrong : new int[] {0, BYTES - 1, BYTES + 1, 112, 3_000_000, -1, Integer.MIN_VALUE}) {
      String message =
          "bytes: "
              + wrong
              + " for "
              + name(block)
              + " (expected: 100, the size it was requested with)";
      assertIllegal(message, () -> arena.free(block, wrong));
      assertIllegal(message, () -> arena.reallocate(block, wrong, 10));
      assertIllegal(message, () -> arena.sizeOf(block, wrong));
    }
    long shrunk = arena.reallocate(block, BYTES, 50);
    assertIllegal(
        "bytes: 100 for " + name(shrunk) + " (expected: 50, the size it was requested with)",
        () -> arena.free(shrunk, BYTES));
    arena.free(shrunk, 50);
  }

  @Test
  void view_largerThanTheBlock_isRefused() {
    for (int wrong : new int[] {BYTES + 1, -1, Integer.MAX_VALUE, Integer.MIN_VALUE}) {
      assertIllegal(
          "bytes: " + wrong + " of " + name(block) + " (expected: 0 to 100)",
          () -> arena.view(block, wrong));
    }
    assertThat(arena.view(block, 0).capacity()).isZero();
    assertThat(arena.view(block, 40).capacity()).isEqualTo(40);
  }

  @Test
  void allocate_negativeBytes_isRefused() {
    for (int bytes : new int[] {-1, -16, Integer.MIN_VALUE}) {
      String message = "bytes: " + bytes + " (expected: >= 0)";
      assertIllegal(message, () -> arena.allocate(bytes));
      assertIllegal(message, () -> arena.allocate(bytes, 64));
      assertIllegal(
          "newBytes: " + bytes + " (expected: >= 0)", () -> arena.reallocate(block, BYTES, bytes));
    }
    verify(block, BYTES);
  }

  @Test
  void allocate_badAlignment_isRefused() {
    for (int alignment : new int[] {0, -16, 3, 24, 4097, 8192, 1 << 30, Integer.MIN_VALUE}) {
      String message = "alignment: " + alignment + " (expected: a power of two, 1 to 4096)";
      assertIllegal(message, () -> arena.allocate(BYTES, alignment));
      assertIllegal(message, () -> arena.allocate(0, alignment));
      assertIllegal(message, () -> arena.allocate(3_000_000, alignment));
      assertIllegal(message, () -> arena.reallocate(block, BYTES, 200_000, alignment));
      assertIllegal(message, () -> arena.reallocate(block, BYTES, 50, alignment)); // in place
    }
    verify(block, BYTES);
  }

  @Test
  void anyCall_afterClose_isRefused() {
    arena.close();
    String message =
        "arena 'misused' is closed (expected: an open arena; only free is still possible)";
    assertClosed(message, () -> arena.allocate(BYTES));
    assertClosed(message, () -> arena.allocate(BYTES, 64));
    assertClosed(message, () -> arena.reallocate(block, BYTES, 2 * BYTES));
    assertClosed(message, () -> arena.trim());
    assertClosed(message, () -> arena.tick(0));
    assertClosed(message, () -> arena.fragmentation());
    assertClosed(message, () -> arena.verify());
    assertClosed(message, () -> arena.reset());
    verify(block, BYTES);
    arena.free(block, BYTES);
    assertIllegal(
        name(block)
            + " is freed before, or never handed out (expected: a live block of this arena)",
        () -> arena.free(block, BYTES));
  }

  private void assertClosed(String message, ThrowingCallable misuse) {
    assertRefused(IllegalStateException.class, message, misuse);
  }

  @Test
  void toString_namesStrategyAndOwner() {
    assertThat(arena)
        .hasToString(
            "Arena(misused, "
                + strategy.name()
                + ", owner: "
                + Thread.currentThread().getName()
                + ')');
  }

  @Test
  void strategy_unknownName_isRefused() {
    assertThatThrownBy(() -> Arena.builder().strategy("no-such"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith("strategy: 'no-such' (expected: one of ");
  }
}
