package io.github.litealloc;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.litealloc.memory.ChunkStore;
import io.github.litealloc.memory.ChunkStoreBuilder;
import io.github.litealloc.memory.MemoryBudget;
import io.github.litealloc.memory.MemorySource;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Builders refuse what they cannot use, at the call, and say what they can. */
final class BuilderArgumentsTest {

  /** What the compiler would not let us pass. */
  @SuppressWarnings({"NullAway", "TypeParameterUnusedInFormals"})
  private static <T> T nothing() {
    return (T) null;
  }

  private static void assertNull(ThrowingCallable call, String message) {
    assertThatThrownBy(call).isInstanceOf(NullPointerException.class).hasMessage(message);
  }

  private static void assertRefused(ThrowingCallable call, String message) {
    assertThatThrownBy(call).isInstanceOf(IllegalArgumentException.class).hasMessage(message);
  }

  @Test
  void arena_null_isRefusedAtTheCall() {
    ArenaBuilder builder = Arena.builder();
    assertNull(() -> builder.name(nothing()), "name: null (expected: some text)");
    assertNull(
        () -> builder.strategy((StrategyFactory) null),
        "strategy: null (expected: a StrategyFactory)");
    assertNull(() -> builder.store(nothing()), "store: null (expected: a ChunkStore)");
    assertNull(
        () -> builder.hardening(nothing()), "hardening: null (expected: such as Hardening.off())");
    assertNull(() -> builder.onGrowth(nothing()), "onGrowth: null (expected: what to run)");
    try (Arena arena = builder.build()) { // and the builder is as good as before
      arena.free(arena.allocate(1), 1);
    }
  }

  @Test
  void arena_emptyName_isRefusedAtTheCall() {
    for (String name : new String[] {"", " ", "\t\n"}) {
      assertRefused(
          () -> Arena.builder().name(name),
          "name: '" + name + "' (expected: a text with at least one visible character)");
    }
  }

  @Test
  void blockCache_nullFlusher_isRefusedAndCanStillBeMade() {
    try (Arena arena = Arena.builder().checked(false).build()) {
      assertNull(
          () -> arena.blockCache(nothing()),
          "flusher: null (expected: what frees the kept blocks)");
      arena.blockCache(() -> {});
    }
  }

  @Test
  void hardening_nullListener_isRefusedAtTheCall() {
    assertNull(
        () -> Hardening.builder().onViolation(nothing()),
        "onViolation: null (expected: whom to tell)");
  }

  @Test
  void store_null_isRefusedAtTheCall() {
    assertNull(
        () -> ChunkStore.builder().source(nothing()),
        "source: null (expected: such as MemorySource.jdk())");
    assertNull(
        () -> ChunkStore.builder().budget(nothing()), "budget: null (expected: a MemoryBudget)");
  }

  @Test
  void store_sourceWithoutName_isRefused() {
    for (@Nullable String name : new @Nullable String[] {null, ""}) {
      ChunkStoreBuilder builder = ChunkStore.builder().source(named(name));
      assertThatThrownBy(builder::build).hasMessageStartingWith("name of the memory source: ");
    }
  }

  private static MemorySource named(@Nullable String name) {
    return new MemorySource() {
      @Override
      public Memory allocate(int bytes) {
        throw new OutOfMemoryError("not asked for any");
      }

      @Override
      @SuppressWarnings("NullAway") // what this is about
      public String name() {
        return name;
      }
    };
  }

  @Test
  void budget_nullOrEmptyNameOrListener_isRefusedAtTheCall() {
    assertNull(() -> MemoryBudget.of(nothing(), 1), "name: null (expected: some text)");
    assertRefused(
        () -> MemoryBudget.unlimited(" "),
        "name: ' ' (expected: a text with at least one visible character)");
    MemoryBudget budget = MemoryBudget.of("b", 1);
    assertNull(
        () -> budget.addPressureListener(nothing(), level -> {}),
        "executor: null (expected: what runs the listener)");
    assertNull(
        () -> budget.addPressureListener(Runnable::run, nothing()),
        "listener: null (expected: what to tell)");
  }
}
