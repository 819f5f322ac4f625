package io.github.litealloc.memory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.litealloc.testing.TestMemorySource;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** An arena's door to its supply, and who looks after what the store keeps. */
final class ChunkAccountTest {

  private static final int UNIT = ChunkStore.CHUNK_UNIT_BYTES;
  private static final boolean NO_REASON = false;
  private static final boolean A_REASON = true;

  private final TestMemorySource source = new TestMemorySource();
  private final MemoryBudget budget = MemoryBudget.of("accounts", 10 * UNIT);
  private long nanos;
  private final ChunkStore store =
      ChunkStore.builder().source(source).budget(budget).nanoTime(() -> nanos).build();

  private static long seconds(long seconds) {
    return TimeUnit.SECONDS.toNanos(seconds);
  }

  private ChunkAccount open(long floorBytes) {
    return store.openAccount("holder", floorBytes);
  }

  private void leaveIdleChunk(ChunkAccount account) {
    Chunk chunk = account.take(UNIT, UNIT);
    assertThat(chunk).isNotNull();
    account.giveBack(chunk);
    assertThat(store.idleBytes()).isEqualTo(UNIT);
  }

  @Test
  void openAccount_floorNotAllowed_isRefusedAndPromisesNothing() {
    for (long floor : new long[] {-1, 10 * UNIT + 1, Long.MIN_VALUE, Long.MAX_VALUE}) {
      assertThatThrownBy(() -> open(floor))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessage(
              "floorBytes: "
                  + floor
                  + " (expected: 0 to the 655360 bytes of the budget 'accounts')");
    }
    assertThat(budget.promisedBytes()).isZero();
  }

  @Test
  void close_heldChunk_endsThePromiseAndCanBeGivenBackLater() {
    ChunkAccount account = open(3 * UNIT);
    assertThat(budget.promisedBytes()).isEqualTo(3 * UNIT);
    Chunk chunk = account.take(UNIT, UNIT);
    assertThat(chunk).isNotNull();

    account.close();
    account.close();

    assertThat(budget.promisedBytes()).isZero();
    assertThat(budget.reservedBytes()).isEqualTo(UNIT);
    account.giveBack(chunk);
    store.trim();
    assertThat(budget.reservedBytes()).isZero();
    assertThat(budget.allottedBytes()).isZero();
  }

  @Test
  void take_afterTheClose_isRefused() {
    ChunkAccount account = open(UNIT);
    account.close();

    assertThat(account.take(UNIT, UNIT)).isNull();
    assertThat(budget.reservedBytes()).isZero();
    assertThat(budget.allottedBytes()).isZero();
  }

  @Test
  void askOthers_afterTheClose_keepsNoRoomForIt() {
    ChunkAccount other = open(0);
    Chunk chunk = other.take(10 * UNIT, 10 * UNIT);
    assertThat(chunk).isNotNull();
    ChunkAccount account = open(0);
    assertThat(account.take(UNIT, UNIT)).isNull();
    account.close();

    account.askOthers(); // of a refusal that nobody had come to tell of before
    other.giveBack(chunk);

    assertThat(budget.promisedBytes()).isZero();
    assertThat(other.isWished()).isFalse();
  }

  @Test
  void tick_severalWithoutAReason_oneGoesOnForTheStore() {
    ChunkAccount first = open(0);
    ChunkAccount second = open(0);
    leaveIdleChunk(first);

    assertThat(first.tick(nanos, 0, NO_REASON)).isTrue();
    assertThat(second.tick(nanos, 0, NO_REASON)).isFalse();
    assertThat(first.tick(nanos, 0, NO_REASON)).isTrue();
  }

  @Test
  void tick_anotherHasAReason_needNotGoOn() {
    ChunkAccount busy = open(0);
    ChunkAccount idle = open(0);
    leaveIdleChunk(idle);
    assertThat(busy.tick(nanos, 0, A_REASON)).isTrue();

    assertThat(idle.tick(nanos, 0, NO_REASON)).isFalse();
    assertThat(busy.tick(nanos, 0, NO_REASON)).isTrue(); // now it is its turn
  }

  @Test
  void close_whoLookedAfterTheStore_leavesThatToTheNext() {
    ChunkAccount first = open(0);
    ChunkAccount second = open(0);
    leaveIdleChunk(first);
    first.tick(nanos, 0, NO_REASON);
    assertThat(second.tick(nanos, 0, NO_REASON)).isFalse();

    first.close();

    assertThat(second.tick(nanos, 0, NO_REASON)).isTrue();
  }

  @Test
  void tick_lastOneSilentForLong_givesAllBack() {
    ChunkAccount account = open(0);
    leaveIdleChunk(account);

    assertThat(account.tick(nanos, seconds(7) - 1, NO_REASON)).isTrue();
    assertThat(store.idleBytes()).isEqualTo(UNIT);
    assertThat(account.tick(nanos, seconds(7), NO_REASON)).isFalse();
    assertThat(store.idleBytes()).isZero();
    assertThat(budget.reservedBytes()).isZero();
  }

  @Test
  void tick_silentForLongBesideABusyOne_leavesTheStoreToItsDecay() {
    ChunkAccount busy = open(0);
    ChunkAccount silent = open(0);
    leaveIdleChunk(silent);
    busy.tick(nanos, 0, A_REASON);

    assertThat(silent.tick(nanos, seconds(100), NO_REASON)).isFalse();

    assertThat(store.idleBytes()).isEqualTo(UNIT);
    nanos += seconds(10);
    busy.tick(nanos, 0, A_REASON);
    assertThat(store.idleBytes()).isZero();
  }

  @Test
  void tick_storeThatKeepsForEver_needsNobody() {
    ChunkStore keeping = ChunkStore.builder().source(source).budget(budget).decayMillis(-1).build();
    ChunkAccount account = keeping.openAccount("holder", 0);
    Chunk chunk = account.take(UNIT, UNIT);
    assertThat(chunk).isNotNull();
    account.giveBack(chunk);

    assertThat(account.tick(nanos, seconds(1_000), NO_REASON)).isFalse();

    assertThat(keeping.idleBytes()).isEqualTo(UNIT);
    keeping.trim();
  }

  // Pages that go back while the rest of their chunk is in use.

  private static final int PAGE = 4096;

  @Test
  void handBack_somePages_areChargedNoMore() {
    source.withPages(PAGE);
    ChunkAccount account = open(0);
    Chunk chunk = account.take(UNIT, UNIT);
    assertThat(chunk).isNotNull();
    assertThat(chunk.pageBytes()).isEqualTo(PAGE);

    assertThat(account.handBack(chunk, PAGE, 3 * PAGE)).isTrue();
    assertThat(account.handBack(chunk, 8 * PAGE, PAGE)).isTrue();

    assertThat(chunk.committedBytes()).isEqualTo(UNIT - 4 * PAGE);
    assertCharged(UNIT - 4 * PAGE);

    account.giveBack(chunk);
    assertThat(store.idleBytes()).as("it cannot be used whole again").isZero();
    assertThat(source.pieces()).isZero();
    assertCharged(0);
  }

  @Test
  void handBack_systemRefuses_nothingHasChanged() {
    source.withPages(PAGE);
    ChunkAccount account = open(0);
    Chunk chunk = account.take(UNIT, UNIT);
    assertThat(chunk).isNotNull();
    source.answer(TestMemorySource.Answer.BROKEN);

    assertThat(account.handBack(chunk, 0, PAGE)).isFalse();

    assertThat(chunk.committedBytes()).isEqualTo(UNIT);
    assertCharged(UNIT);
  }

  @Test
  void handBack_budgetIsFull_makesRoom() {
    source.withPages(PAGE);
    ChunkAccount account = open(0);
    Chunk chunk = account.take(10 * UNIT, 10 * UNIT);
    assertThat(chunk).isNotNull();
    assertThat(account.take(UNIT, UNIT)).isNull();

    assertThat(account.handBack(chunk, 0, UNIT)).isTrue();

    assertThat(account.take(UNIT, UNIT)).isNotNull();
    assertCharged(10 * UNIT);
  }

  @Test
  void handBack_belowTheFloor_keepsThePromise() {
    source.withPages(PAGE);
    ChunkAccount account = open(2 * UNIT);
    Chunk chunk = account.take(2 * UNIT, 2 * UNIT);
    assertThat(chunk).isNotNull();

    assertThat(account.handBack(chunk, 0, UNIT)).isTrue();

    assertThat(budget.promisedBytes()).isEqualTo(UNIT);
    assertThat(budget.reservedBytes()).isEqualTo(UNIT);
  }

  @Test
  void pageBytes_sourceWithoutPages_areNone() {
    Chunk chunk = open(0).take(UNIT, UNIT);
    assertThat(chunk).isNotNull();
    assertThat(chunk.pageBytes()).isZero();
  }

  @Test
  void pageBytes_memoryDoesNotBeginAtAPage_areNone() {
    TestMemorySource shifted = new TestMemorySource(16).withPages(PAGE);
    ChunkStore other = ChunkStore.builder().source(shifted).budget(budget).build();
    Chunk chunk = other.openAccount("holder", 0).take(UNIT, UNIT);
    assertThat(chunk).isNotNull();
    assertThat(chunk.pageBytes()).isZero();
  }

  private void assertCharged(long bytes) {
    assertThat(budget.reservedBytes()).isEqualTo(bytes);
    assertThat(budget.heldBytes()).isEqualTo(bytes);
    assertThat(budget.allottedBytes()).isEqualTo(bytes);
    assertThat(source.bytes()).isEqualTo(bytes);
  }
}
