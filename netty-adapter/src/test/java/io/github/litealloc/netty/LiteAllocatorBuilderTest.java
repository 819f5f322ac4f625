package io.github.litealloc.netty;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.litealloc.Hardening;
import io.github.litealloc.Strategies;
import io.github.litealloc.StrategyFactory;
import io.github.litealloc.memory.MemoryBudget;
import io.netty.buffer.UnpooledByteBufAllocator;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What the builder refuses, and when. */
final class LiteAllocatorBuilderTest {

  private static final ExhaustionHandler HANDLER =
      request -> {
        throw new DirectMemoryExhaustedError(request);
      };

  private static LiteAllocatorBuilder builder() {
    return LiteByteBufAllocator.builder();
  }

  private static Arguments arguments(String name, Consumer<LiteAllocatorBuilder> setting) {
    return Arguments.of(name, setting);
  }

  static Stream<Arguments> nulls() {
    return Stream.of(
        arguments("name", builder -> builder.name(null)),
        arguments("strategy", builder -> builder.strategy((String) null)),
        arguments("strategy", builder -> builder.strategy((StrategyFactory) null)),
        arguments("budget", builder -> builder.budget(null)),
        arguments("sharing", builder -> builder.sharing(null)),
        arguments("offLoop", builder -> builder.offLoop(null)),
        arguments("whenExhausted", builder -> builder.whenExhausted((ExhaustionPolicy) null)),
        arguments("whenExhausted", builder -> builder.whenExhausted((ExhaustionHandler) null)),
        arguments("hardening", builder -> builder.hardening(null)),
        arguments("fallback", builder -> builder.fallback(null)),
        arguments("heapAllocator", builder -> builder.heapAllocator(null)));
  }

  @ParameterizedTest
  @MethodSource("nulls")
  void setting_null_isRefusedAtTheCall(String name, Consumer<LiteAllocatorBuilder> setting) {
    LiteAllocatorBuilder builder = builder();
    assertThatThrownBy(() -> setting.accept(builder))
        .isInstanceOf(NullPointerException.class)
        .hasMessageStartingWith(name + ": null (expected: ");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "  "})
  void name_empty_isRefusedAtTheCall(String name) {
    LiteAllocatorBuilder builder = builder();
    assertThatThrownBy(() -> builder.name(name))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith(
            "name: '" + name + "' (expected: a text with at least one visible character");
  }

  private static void requireContradiction(ThrowingCallable last, String name, String other) {
    assertThatThrownBy(last)
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith(name + ": ")
        .hasMessageContaining("but " + other + " is set too")
        .hasMessageContaining("(expected: one or the other; ");
  }

  @Test
  void maxBytesAndBudget_together_areRefusedByTheSecondCall() {
    MemoryBudget budget = MemoryBudget.unlimited("mine");
    LiteAllocatorBuilder ceiling = builder().maxBytes(1 << 20);
    requireContradiction(() -> ceiling.budget(budget), "budget", "maxBytes");
    LiteAllocatorBuilder shared = builder().budget(budget);
    requireContradiction(() -> shared.maxBytes(1 << 20), "maxBytes", "budget");
    // What was refused has changed nothing.
    try (LiteByteBufAllocator allocator = shared.build()) {
      assertThat(allocator.metric().budget()).isSameAs(budget);
    }
  }

  static Stream<Arguments> ofAStore() {
    return Stream.of(
        arguments("maxBytes", builder -> builder.maxBytes(1 << 20)),
        arguments("budget", builder -> builder.budget(MemoryBudget.unlimited("mine"))),
        arguments("decayMillis", builder -> builder.decayMillis(7)),
        arguments("trimNativeHeap", builder -> builder.trimNativeHeap(false)));
  }

  @ParameterizedTest
  @MethodSource("ofAStore")
  void sharing_withASettingOfTheStore_isRefusedByTheSecondCall(
      String name, Consumer<LiteAllocatorBuilder> setting) {
    try (LiteByteBufAllocator other = builder().build()) {
      LiteAllocatorBuilder sharing = builder().sharing(other);
      requireContradiction(() -> setting.accept(sharing), name, "sharing");
      LiteAllocatorBuilder own = builder();
      setting.accept(own);
      requireContradiction(() -> own.sharing(other), "sharing", name);
    }
  }

  @Test
  void whenExhausted_policyAndHandler_areRefusedByTheSecondCall() {
    LiteAllocatorBuilder policy = builder().whenExhausted(ExhaustionPolicy.FALLBACK);
    requireContradiction(() -> policy.whenExhausted(HANDLER), "whenExhausted", "a policy");
    LiteAllocatorBuilder handler = builder().whenExhausted(HANDLER);
    requireContradiction(
        () -> handler.whenExhausted(ExhaustionPolicy.THROW), "whenExhausted", "a handler");
  }

  @Test
  void setting_madeTwice_isTheLastOne() {
    MemoryBudget budget = MemoryBudget.unlimited("second");
    try (LiteByteBufAllocator allocator =
            builder().budget(MemoryBudget.unlimited("first")).budget(budget).build();
        LiteByteBufAllocator limited = builder().maxBytes(1 << 20).maxBytes(2 << 20).build();
        LiteByteBufAllocator other =
            builder()
                .whenExhausted(HANDLER)
                .whenExhausted(HANDLER)
                .strategy("free-list")
                .strategy(Strategies.SEGREGATED_BUMP)
                .hardening(Hardening.debug())
                .hardening(Hardening.off())
                .build()) {
      assertThat(allocator.metric().budget()).isSameAs(budget);
      assertThat(limited.metric().budget().maxBytes()).isEqualTo(2 << 20);
      assertThat(other.strategy()).isEqualTo("segregated-bump");
    }
  }

  @Test
  void strategy_byItsFactory_needNotBeKnownByName() throws Exception {
    StrategyFactory factory = Strategies.bumpFreeList("frugal", 2);
    try (LiteByteBufAllocator allocator = builder().strategy(factory).build();
        TestLoop loop = new TestLoop()) {
      loop.run(() -> allocator.directBuffer(10).release());
      assertThat(allocator.strategy()).isEqualTo("frugal");
      assertThat(allocator.metric().arenas())
          .singleElement()
          .extracting(ArenaMetric::strategy)
          .isEqualTo("frugal");
    }
  }

  @Test
  void strategy_nullOnALiveAllocator_changesNothing() throws Exception {
    try (LiteByteBufAllocator allocator = builder().build();
        TestLoop loop = new TestLoop()) {
      loop.run(() -> allocator.directBuffer(10).release());
      assertThatThrownBy(() -> allocator.strategy((StrategyFactory) null))
          .isInstanceOf(NullPointerException.class)
          .hasMessageStartingWith("strategy: null (expected: ");
      assertThatThrownBy(() -> allocator.strategy((String) null))
          .isInstanceOf(NullPointerException.class)
          .hasMessageStartingWith("strategy: null (expected: ");
      loop.run(() -> allocator.directBuffer(10).release());
      assertThat(allocator.strategy()).isEqualTo("hybrid");
      assertThat(allocator.metric().arenas()).singleElement().matches(arena -> !arena.retiring());
    }
  }

  @Test
  void sharing_aClosedAllocator_isRefusedAtTheCall() {
    LiteByteBufAllocator closed = builder().build();
    closed.close();
    LiteAllocatorBuilder builder = builder();
    assertThatThrownBy(() -> builder.sharing(closed))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("which is closed (expected: an open allocator)");
  }

  @Test
  void build_refused_leavesTheNameFree() {
    LiteByteBufAllocator other = builder().build();
    LiteAllocatorBuilder builder = builder().name("wanted twice").sharing(other);
    other.close();
    assertThatThrownBy(builder::build)
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("which is closed (expected: an open allocator)");
    try (LiteByteBufAllocator allocator = builder().name("wanted twice").build()) {
      assertThat(allocator.name()).isEqualTo("wanted twice");
    }
  }

  @Test
  void fallback_ofABuilder_servesOtherThreads() {
    UnpooledByteBufAllocator fallback = new UnpooledByteBufAllocator(true);
    try (LiteByteBufAllocator allocator =
        builder().offLoop(OffLoopPolicy.FALLBACK).fallback(fallback).build()) {
      allocator.directBuffer(10).release();
      assertThat(allocator.metric().fallbacks(FallbackReason.OFF_LOOP)).isEqualTo(1);
    }
  }

  /** As the agent says it, while nobody else can be asked. */
  @Test
  void nettysDefault_heapAndClosed_servesBoth() {
    UnpooledByteBufAllocator behind = new UnpooledByteBufAllocator(true);
    LiteByteBufAllocator allocator = LiteByteBufAllocator.builder().nettysDefault(behind).build();
    assertThat(allocator.behind().direct()).isSameAs(behind);
    assertThat(allocator.behind().heap()).isSameAs(behind);
    allocator.close();
  }
}
