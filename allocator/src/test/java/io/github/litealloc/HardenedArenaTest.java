package io.github.litealloc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.assertj.core.api.Assertions.tuple;

import io.github.litealloc.memory.ChunkStore;
import io.github.litealloc.memory.MemoryBudget;
import io.github.litealloc.support.Threads;
import io.github.litealloc.testing.Patterns;
import io.github.litealloc.testing.TestMemorySource;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/** What a hardened arena finds, whom it names, and that it goes on working afterwards. */
@ParameterizedClass
@MethodSource("strategies")
final class HardenedArenaTest {

  /** A size that every strategy reuses block by block, where no guard is added. */
  private static final int BYTES = 128;

  private static final int GUARD = Hardening.DEBUG_GUARD_BYTES;

  /** Below and above every threshold of the strategies, guards included. */
  private static final int[] SIZES = {
    0, 1, 15, 16, 17, 100, 112, 128, 129, 5_000, 32_752, 32_768, 40_000, 2_097_136, 2_097_152,
    3_000_000
  };

  @Parameter StrategyFactory strategy = Strategies.HYBRID;

  private final TestMemorySource source = new TestMemorySource(48);
  private final ChunkStore store =
      ChunkStore.builder().source(source).budget(MemoryBudget.unlimited("hardened")).build();
  private final List<MemoryViolation> heard = new ArrayList<>();
  private Arena arena = newArena(Hardening.off());

  static List<StrategyFactory> strategies() {
    // Two of them round the sizes used here up to others, on which what is expected would depend.
    return TestStrategies.all().stream()
        .filter(strategy -> strategy != TestStrategies.COARSE_FREE_LIST)
        .filter(strategy -> strategy != TestStrategies.WIDE_CLASSES)
        .toList();
  }

  private Arena newArena(Hardening hardening) {
    return Arena.builder()
        .name("hardened")
        .strategy(strategy)
        .store(store)
        .checked(false)
        .hardening(hardening)
        .build();
  }

  /** Throws, as is the default, but leaves no page of logs behind for each violation. */
  private static Hardening.Builder silent(Hardening.Builder hardening) {
    return hardening.onViolation(
        violation -> {
          throw new MemoryViolationException(violation);
        });
  }

  private static Hardening.Builder debug() {
    return silent(Hardening.debugBuilder());
  }

  private static Hardening poisonOnly() {
    return silent(Hardening.builder()).poison(true).build();
  }

  @AfterEach
  void everythingComesBack() {
    if (!arena.isClosed()) {
      arena.verify(); // nothing is reported twice
      arena.reset();
      arena.close();
    }
    store.trim();
    assertThat(arena.statistics().reservedBytes()).isZero();
    assertThat(source.pieces()).isZero();
  }

  private long allocate(int bytes) {
    long block = arena.allocate(bytes);
    Patterns.write(arena.buffer(block), Blocks.offset(block), bytes, block);
    return block;
  }

  private void verify(long block, int bytes) {
    Patterns.verify(arena.buffer(block), Blocks.offset(block), bytes, block);
  }

  /** Writes where the block's owner must not, or must not any more. */
  private static void damage(ByteBuffer chunk, long block, int offset) {
    chunk.put(Blocks.offset(block) + offset, (byte) 0x2A);
  }

  private MemoryViolation violationOf(ThrowingCallable call) {
    long before = arena.statistics().violations();
    MemoryViolationException thrown = catchThrowableOfType(MemoryViolationException.class, call);
    assertThat(thrown).isNotNull();
    assertThat(thrown.getMessage()).isEqualTo(thrown.violation().message());
    assertThat(arena.statistics().violations()).isEqualTo(before + 1);
    return thrown.violation();
  }

  private static String here() {
    return "thread '" + Thread.currentThread().getName() + '\'';
  }

  private static String name(long block) {
    return Blocks.chunk(block) + ":" + Blocks.offset(block);
  }

  // Writes after free.

  @Test
  void allocate_reusesAWrittenBlock_saysWhoReleasedIt() {
    arena = newArena(poisonOnly());
    long anchor = allocate(BYTES);
    long block = allocate(BYTES);
    ByteBuffer stale = arena.view(block, BYTES);
    arena.free(block, BYTES);
    stale.put(17, (byte) 0x2A).put(90, (byte) 0x2A);
    long used = arena.statistics().usedBytes();

    MemoryViolation found = violationOf(() -> arena.allocate(BYTES));
    assertThat(found.message())
        .isEqualTo(
            "arena 'hardened': block "
                + name(block)
                + " of 128 bytes was written after it was freed, at byte 17: 0x2a (expected: 0xa5);"
                + " released by "
                + here()
                + "; allocated by "
                + here());
    assertThat(found.kind()).isEqualTo(MemoryViolation.Kind.WRITE_AFTER_FREE);

    // Nothing was allocated, nothing is lost, and the block is repaired and used on.
    assertThat(arena.statistics().allocations()).isEqualTo(2);
    assertThat(arena.statistics().liveBlocks()).isEqualTo(1);
    assertThat(arena.statistics().usedBytes()).isEqualTo(used);
    assertThat(allocate(BYTES)).isEqualTo(block);
    verify(block, BYTES);
    verify(anchor, BYTES);
    assertThat(arena.statistics().violations()).isEqualTo(1);
  }

  @Test
  void reallocate_movesIntoAWrittenBlock_leavesTheOldOne() {
    arena = newArena(poisonOnly());
    long anchor = allocate(BYTES);
    long target = allocate(BYTES);
    long small = allocate(16);
    long obstacle = allocate(16);
    ByteBuffer stale = arena.view(target, BYTES);
    arena.free(target, BYTES);
    stale.put(3, (byte) 0x2A);

    MemoryViolation found = violationOf(() -> arena.reallocate(small, 16, BYTES));
    assertThat(found.block()).isEqualTo(target);
    verify(small, 16);
    assertThat(arena.statistics().liveBlocks()).isEqualTo(3);
    long moved = arena.reallocate(small, 16, BYTES);
    Patterns.verify(arena.buffer(moved), Blocks.offset(moved), 16, small);
    verify(obstacle, 16);
    verify(anchor, BYTES);
  }

  @Test
  void trim_chunkWasWritten_isReportedAndGoesBack() {
    arena = newArena(poisonOnly());
    long block = allocate(BYTES);
    ByteBuffer stale = arena.view(block, BYTES);
    arena.free(block, BYTES);
    stale.put(BYTES - 1, (byte) 0x2A);

    MemoryViolation found = violationOf(arena::trim);
    assertThat(found.block()).isEqualTo(block);
    assertThat(found.offset()).isEqualTo(BYTES - 1);
    assertThat(arena.statistics().reservedBytes()).isZero();
    verify(allocate(BYTES), BYTES);
  }

  @Test
  void trim_memoryNeverHandedOutWasWritten_saysWhere() {
    arena = newArena(poisonOnly());
    long block = allocate(BYTES);
    int end = arena.buffer(block).capacity() - 1;
    arena.buffer(block).put(end, (byte) 1);
    arena.free(block, BYTES);

    assertThat(violationOf(arena::trim).message())
        .isEqualTo(
            "arena 'hardened': free memory at 0:" + end + " was written: 0x01 (expected: 0xa5)");
  }

  @Test
  void allocate_reusesABlockThatAnotherThreadReleased_namesThatThread() throws Exception {
    arena = newArena(poisonOnly());
    allocate(BYTES);
    long block = allocate(BYTES);
    ByteBuffer stale = arena.view(block, BYTES);
    Threads.run(() -> arena.remoteFree(block, BYTES));
    assertThat(arena.drainRemoteFrees()).isEqualTo(1);
    stale.put(0, (byte) 0x2A);

    MemoryViolation found = violationOf(() -> arena.allocate(BYTES));
    assertThat(found.released()).hasToString("thread 'another thread'");
    assertThat(found.allocated()).hasToString(here());
  }

  @Test
  void stackTraces_recorded_areCauseAndSuppressed() {
    Hardening hardening = debug().stackTraces(true).build();
    arena = newArena(hardening);
    long block = allocate(BYTES);
    ByteBuffer chunk = arena.buffer(block);
    damage(chunk, block, BYTES);
    assertThatThrownBy(() -> arena.free(block, BYTES))
        .isInstanceOf(MemoryViolationException.class)
        .cause()
        .hasStackTraceContaining("HardenedArenaTest.stackTraces_recorded_areCauseAndSuppressed");
    damage(chunk, block, 0);
    assertThatThrownBy(arena::trim)
        .isInstanceOf(MemoryViolationException.class)
        .satisfies(e -> assertThat(e.getSuppressed()).hasSize(1))
        .cause()
        .hasStackTraceContaining("HardenedStrategy.free");
  }

  // Quarantine.

  @Test
  void free_quarantine_keepsTheBlockFromBeingReused() {
    arena = newArena(debug().build());
    allocate(BYTES);
    long block = allocate(BYTES);
    ByteBuffer stale = arena.view(block, BYTES);
    arena.free(block, BYTES);
    assertThat(allocate(BYTES)).isNotEqualTo(block);

    stale.put(5, (byte) 0x2A);
    MemoryViolation found = violationOf(arena::verify);
    assertThat(found.block()).isEqualTo(block);
    assertThat(found.offset()).isEqualTo(5);
    arena.verify();
    stale.put(6, (byte) 0x2A);
    assertThat(violationOf(arena::trim).offset()).isEqualTo(6);
  }

  @Test
  void free_quarantineIsFull_releasesTheOldest() {
    arena = newArena(silent(Hardening.builder()).poison(true).quarantine(2, 1 << 20).build());
    allocate(BYTES);
    long first = allocate(BYTES);
    long second = allocate(BYTES);
    long third = allocate(BYTES);
    damageAfterFree(first);
    arena.free(second, BYTES);

    // Reported by the free that makes the first one leave, which is done nevertheless.
    assertThat(violationOf(() -> arena.free(third, BYTES)).block()).isEqualTo(first);
    assertThat(arena.statistics().liveBlocks()).isEqualTo(1);
    assertThat(allocate(BYTES)).isEqualTo(first);
    assertThat(List.of(second, third)).doesNotContain(allocate(BYTES));
  }

  @Test
  void free_quarantineHasTooManyBytes_releasesTheOldest() {
    arena =
        newArena(silent(Hardening.builder()).poison(true).quarantine(100, 2 * BYTES + 10).build());
    allocate(BYTES);
    long first = allocate(BYTES);
    long second = allocate(BYTES);
    long third = allocate(BYTES);
    long large = allocate(3 * BYTES);
    arena.free(first, BYTES);
    arena.free(second, BYTES);
    arena.free(large, 3 * BYTES); // does not enter, nor does it push the others out
    assertThat(allocate(BYTES)).isNotIn(first, second);
    arena.free(third, BYTES);
    assertThat(arena.statistics().violations()).isZero();
    List<Long> next = new ArrayList<>();
    for (int i = 0; i < 10; i++) {
      next.add(allocate(BYTES));
    }
    assertThat(next).contains(first).doesNotContain(second, third);
  }

  private void damageAfterFree(long block) {
    ByteBuffer stale = arena.view(block, BYTES);
    arena.free(block, BYTES);
    stale.put(1, (byte) 0x2A);
  }

  @Test
  void allocate_exhausted_emptiesTheQuarantineFirst() {
    ChunkStore small =
        ChunkStore.builder()
            .source(source)
            .budget(MemoryBudget.of("small", ChunkStore.CHUNK_UNIT_BYTES))
            .decayMillis(0)
            .build();
    arena = Arena.builder().strategy(strategy).store(small).hardening(debug().build()).build();
    for (int round = 0; round < 5; round++) {
      long block = allocate(40_000);
      verify(block, 40_000);
      arena.free(block, 40_000);
    }
    assertThat(arena.statistics().failures()).isZero();
    assertThat(arena.allocate(70_000)).isEqualTo(Blocks.NO_BLOCK);
    assertThat(arena.statistics().failures()).isEqualTo(1);
  }

  @Test
  void statistics_guardsAndQuarantine_areUsedAndNotRequested() {
    arena = newArena(debug().build());
    ArenaStatistics statistics = arena.statistics();
    long block = allocate(100);
    int size = arena.sizeOf(block, 100) + GUARD;
    assertThat(statistics.usedBytes()).isEqualTo(size);
    assertThat(statistics.requestedBytes()).isEqualTo(100);

    arena.free(block, 100);
    assertThat(statistics.usedBytes()).isEqualTo(size);
    assertThat(statistics.pinnedBytes()).isEqualTo(statistics.reservedBytes());
    assertThat(statistics.requestedBytes()).isZero();
    assertThat(statistics.liveBlocks()).isZero();
    assertThat(statistics.freeBytes())
        .isEqualTo(statistics.reservedBytes() - statistics.usedBytes());

    assertThat(arena.trim()).isEqualTo(ChunkStore.CHUNK_UNIT_BYTES);
    assertThat(statistics.usedBytes()).isZero();
    assertThat(statistics.reservedBytes()).isZero();
  }

  // Guards.

  @Test
  void free_writtenBehindTheEnd_saysWhoAllocatedItAndFreesIt() throws Exception {
    arena = newArena(debug().build());
    long block = allocate(100);
    damage(arena.buffer(block), block, 103);

    MemoryViolation found = violationOf(() -> arena.free(block, 100));
    assertThat(found.message())
        .isEqualTo(
            "arena 'hardened': block "
                + name(block)
                + " of 100 bytes was written behind its end, at byte 103: 0x2a (expected: 0xa5);"
                + " allocated by "
                + here());
    assertThat(found.kind()).isEqualTo(MemoryViolation.Kind.OVERRUN);
    assertThat(arena.statistics().liveBlocks()).isZero();
    assertThat(arena.statistics().requestedBytes()).isZero();
    assertThatThrownBy(() -> arena.free(block, 100)).isInstanceOf(IllegalArgumentException.class);
    arena.trim();
    assertThat(arena.statistics().reservedBytes()).isZero();
  }

  @Test
  void verify_anyByteOfTheGuardOfAnySize_isFound() {
    arena = newArena(debug().build());
    for (int bytes : SIZES) {
      for (int alignment : new int[] {16, 256}) {
        long block = arena.allocate(bytes, alignment);
        Patterns.write(arena.buffer(block), Blocks.offset(block), bytes, block);
        arena.verify();
        for (int offset = bytes; offset < bytes + GUARD; offset++) {
          damage(arena.buffer(block), block, offset);
          MemoryViolation found = violationOf(arena::verify);
          assertThat(found.block()).isEqualTo(block);
          assertThat(found.bytes()).isEqualTo(bytes);
          assertThat(found.offset()).isEqualTo(offset);
        }
        verify(block, bytes);
        arena.free(block, bytes);
      }
    }
  }

  @Test
  void allocate_guardsWithoutPoison_areFoundToo() {
    arena = newArena(silent(Hardening.builder()).guardBytes(32).build());
    for (int bytes : SIZES) {
      long block = allocate(bytes);
      damage(arena.buffer(block), block, bytes + 31);
      assertThat(violationOf(() -> arena.free(block, bytes)).offset()).isEqualTo(bytes + 31);
    }
    assertThat(arena.statistics().liveBlocks()).isZero();
  }

  @Test
  void reallocate_writtenBehindTheEnd_isReportedBeforeAnythingChanges() {
    arena = newArena(debug().build());
    for (int newBytes : new int[] {50, 120, 5_000, 3_000_000}) {
      long block = allocate(100);
      long obstacle = allocate(16);
      damage(arena.buffer(block), block, 100);
      MemoryViolation found = violationOf(() -> arena.reallocate(block, 100, newBytes));
      assertThat(found.offset()).isEqualTo(100);
      verify(block, 100);

      long resized = arena.reallocate(block, 100, newBytes);
      int kept = Math.min(100, newBytes);
      Patterns.verify(arena.buffer(resized), Blocks.offset(resized), kept, block);
      damage(arena.buffer(resized), resized, newBytes); // the guard has moved along
      assertThat(violationOf(() -> arena.free(resized, newBytes)).offset()).isEqualTo(newBytes);
      arena.free(obstacle, 16);
    }
    assertThat(arena.statistics().liveBlocks()).isZero();
  }

  @Test
  void sizeOf_hardened_showsNoGuard() {
    arena = newArena(debug().build());
    for (int bytes : SIZES) {
      long block = allocate(bytes);
      int size = arena.sizeOf(block, bytes);
      assertThat(size).isGreaterThanOrEqualTo(Math.max(bytes, 16));
      assertThat(arena.reallocate(block, bytes, size)).isEqualTo(block);
      assertThat(arena.sizeOf(block, size)).isEqualTo(size);
      damage(arena.buffer(block), block, size + GUARD - 1);
      assertThat(violationOf(() -> arena.free(block, size)).bytes()).isEqualTo(size);
    }
  }

  // Double free.

  @Test
  void free_twice_namesTheFirstReleaser() throws Exception {
    arena = newArena(debug().build());
    long block = allocate(BYTES);
    Threads.run(() -> arena.remoteFree(block, BYTES));
    arena.drainRemoteFrees();
    String message =
        "block "
            + name(block)
            + " is freed before, or never handed out; first released by thread 'another thread'"
            + " (expected: a live block of this arena)";
    assertThatThrownBy(() -> arena.free(block, BYTES))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(message);
    arena.remoteFree(block, BYTES);
    assertThatThrownBy(arena::drainRemoteFrees).hasMessage(message);
    assertThat(arena.statistics().frees()).isEqualTo(1);
    assertThat(arena.statistics().remoteFrees()).isEqualTo(1);
  }

  @Test
  void free_twiceWithStackTraces_hasTheFirstReleaseAsItsCause() {
    arena = newArena(debug().stackTraces(true).build());
    long block = allocate(BYTES);
    firstRelease(block);
    assertThatThrownBy(() -> arena.free(block, BYTES)).hasStackTraceContaining("firstRelease");
  }

  private void firstRelease(long block) {
    arena.free(block, BYTES);
  }

  // Others than the usual callers, and other ends.

  @Test
  void free_defaultHardening_throws() {
    arena = newArena(Hardening.debug());
    long block = allocate(100);
    damage(arena.buffer(block), block, 100);
    assertThat(violationOf(() -> arena.free(block, 100)).bytes()).isEqualTo(100);
  }

  @Test
  void drain_damagedBlocks_losesNeitherBlocksNorCounts() throws Exception {
    arena = newArena(debug().build());
    List<Long> blocks = new ArrayList<>();
    for (int i = 0; i < 5; i++) {
      long block = allocate(100);
      damage(arena.buffer(block), block, 100);
      blocks.add(block);
    }
    Threads.run(() -> blocks.forEach(block -> arena.remoteFree(block, 100)));
    assertThatThrownBy(arena::drainRemoteFrees)
        .isInstanceOf(MemoryViolationException.class)
        .satisfies(e -> assertThat(e.getSuppressed()).hasSize(4));
    assertThat(arena.statistics().violations()).isEqualTo(5);
    assertThat(arena.statistics().remoteFrees()).isEqualTo(5);
    assertThat(arena.statistics().liveBlocks()).isZero();
  }

  @Test
  void reset_damagedBlocks_reportsFirstAndThenResets() {
    arena = newArena(debug().build());
    long block = allocate(100);
    long gone = allocate(100);
    arena.remoteFree(allocate(10), 10);
    ByteBuffer chunk = arena.buffer(block);
    arena.free(gone, 100);
    damage(chunk, gone, 9);
    damage(chunk, block, 110);

    assertThatThrownBy(arena::reset).isInstanceOf(MemoryViolationException.class);
    assertThat(arena.statistics().violations()).isEqualTo(2);
    assertThat(arena.statistics().liveBlocks()).isEqualTo(2);
    verify(block, 100);
    arena.reset();
    assertThat(arena.statistics().reservedBytes()).isZero();
    verify(allocate(100), 100);
  }

  @Test
  void close_damagedBlocks_reportsAndIsClosed() throws Exception {
    arena = newArena(debug().build());
    long gone = allocate(100);
    long live = allocate(5_000);
    long last = allocate(3_000_000);
    ByteBuffer chunk = arena.buffer(gone);
    arena.free(gone, 100);
    damage(chunk, gone, 9);

    assertThat(violationOf(arena::close).block()).isEqualTo(gone);
    assertThat(arena.isClosed()).isTrue();
    // No quarantine any more: each block goes back at once, on whatever thread.
    damage(arena.buffer(live), live, 5_001);
    Threads.run(
        () -> {
          assertThat(violationOf(() -> arena.free(live, 5_000)).offset()).isEqualTo(5_001);
          arena.remoteFree(last, 3_000_000);
        });
    assertThat(arena.statistics().liveBlocks()).isZero();
    assertThat(arena.statistics().reservedBytes()).isZero();
  }

  @Test
  void onViolation_listenerReturns_theArenaGoesOn() {
    arena = newArena(debug().onViolation(heard::add).build());
    long block = allocate(100);
    ByteBuffer chunk = arena.buffer(block);
    damage(chunk, block, 100);
    long moved = arena.reallocate(block, 100, 5_000);
    assertThat(heard).hasSize(1);
    damage(arena.buffer(moved), moved, 5_000);
    arena.free(moved, 5_000);
    damage(arena.buffer(moved), moved, 70);
    arena.trim();

    assertThat(heard)
        .extracting(MemoryViolation::kind, MemoryViolation::offset)
        .containsExactly(
            tuple(MemoryViolation.Kind.OVERRUN, 100),
            tuple(MemoryViolation.Kind.OVERRUN, 5_000),
            tuple(MemoryViolation.Kind.WRITE_AFTER_FREE, 70));
    assertThat(arena.statistics().violations()).isEqualTo(3);
    assertThat(arena.statistics().reservedBytes()).isZero();
  }

  @Test
  void reallocate_moveFindsDamageInTheQuarantine_isToldByTheNextCall() {
    arena = newArena(silent(Hardening.builder()).poison(true).quarantine(1, 1 << 20).build());
    long gone = allocate(BYTES);
    long block = allocate(BYTES);
    long obstacle = allocate(BYTES);
    damageAfterFree(gone);

    long moved = arena.reallocate(block, BYTES, 10 * BYTES); // pushes out what was damaged
    Patterns.verify(arena.buffer(moved), Blocks.offset(moved), BYTES, block);
    assertThat(arena.statistics().violations()).isEqualTo(1);
    assertThatThrownBy(() -> arena.allocate(16)).isInstanceOf(MemoryViolationException.class);
    assertThat(arena.statistics().liveBlocks()).isEqualTo(2);
    verify(obstacle, BYTES);
  }
}
