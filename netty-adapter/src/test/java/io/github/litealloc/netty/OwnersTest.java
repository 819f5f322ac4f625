package io.github.litealloc.netty;

import static io.github.litealloc.netty.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Every kind of owner, every way in which it may end, and every place where its last buffer may be:
 * futures complete, and nothing stays.
 */
final class OwnersTest {

  private static final long TIMEOUT_SECONDS = 60;

  /** Where a buffer of the owner's is released, if it is. */
  enum Out {
    NOTHING,
    HERE,
    ELSEWHERE_BEFORE_THE_END,
    ELSEWHERE_AFTER_THE_END,
    NEVER
  }

  /** What happens after the end. */
  enum Then {
    TRIM,
    CLOSE,
    TRAFFIC
  }

  static Stream<Arguments> ends() {
    return OwnerKind.available()
        .flatMap(
            kind ->
                Stream.of(TestOwner.End.values())
                    .filter(end -> kind.isLoop() || isOfThread(end))
                    .map(end -> Arguments.of(kind, end)));
  }

  private static boolean isOfThread(TestOwner.End end) {
    return end != TestOwner.End.SHUTDOWN && end != TestOwner.End.TERMINATED;
  }

  @ParameterizedTest
  @MethodSource("ends")
  void allocator_afterWhateverEnd_answersAndLeavesNothing(OwnerKind kind, TestOwner.End end)
      throws Exception {
    for (Out out : Out.values()) {
      for (Then then : Then.values()) {
        try {
          requireNothingLeft(kind, end, out, then);
        } catch (AssertionError | Exception e) {
          throw new AssertionError(out + ", then " + then, e);
        }
      }
    }
  }

  private static void requireNothingLeft(OwnerKind kind, TestOwner.End end, Out out, Then then)
      throws Exception {
    LiteByteBufAllocator allocator = TestAllocators.adopting("hybrid");
    TestOwner owner = kind.start();
    try {
      ByteBuf buffer = owner.call(() -> use(allocator));
      if (out == Out.NOTHING || out == Out.HERE) {
        owner.call(buffer::release);
      } else if (out == Out.ELSEWHERE_BEFORE_THE_END) {
        buffer.release();
      }
      if (out == Out.NOTHING) {
        owner.call(
            () -> {
              allocator.trim();
              return null;
            });
      }
      owner.end(end);
      if (out == Out.ELSEWHERE_AFTER_THE_END) {
        buffer.release();
      }
      switch (then) {
        case TRIM -> allocator.trim().get(TIMEOUT_SECONDS, TimeUnit.SECONDS);
        case CLOSE -> allocator.closeAsync().get(TIMEOUT_SECONDS, TimeUnit.SECONDS);
        case TRAFFIC -> traffic(allocator, owner);
      }
      if (out == Out.NEVER) {
        assertThat(allocator.metric().liveBuffers()).isEqualTo(1);
        assertThat(buffer.readLong()).isEqualTo(42);
        buffer.release();
        if (then != Then.CLOSE) {
          allocator.trim().get(TIMEOUT_SECONDS, TimeUnit.SECONDS);
        }
      }
      if (then == Then.TRAFFIC) {
        if (!owner.isAlive()) { // else it may be anybody's who sleeps: only a trim is sure
          assertThat(allocator.metric().liveBuffers()).isZero();
        }
        allocator.trim().get(TIMEOUT_SECONDS, TimeUnit.SECONDS);
      }
      assertThat(allocator.metric().liveBuffers()).isZero();
      eventually(() -> reserved(allocator) == 0, allocator::metric);
      allocator.closeAsync().get(TIMEOUT_SECONDS, TimeUnit.SECONDS);
      eventually(() -> allocator.metric().arenas().isEmpty(), allocator::metric);
      assertThat(allocator.metric().budget().promisedBytes()).isZero();
    } finally {
      owner.finish();
    }
    assertThat(reserved(allocator)).isZero();
  }

  private static long reserved(LiteByteBufAllocator allocator) {
    return allocator.metric().budget().reservedBytes();
  }

  /** Leaves one buffer live, and some empty memory. */
  private static ByteBuf use(LiteByteBufAllocator allocator) {
    ByteBuf stays = allocator.directBuffer(1_000).writeLong(42);
    assertThat(TestAllocators.innermost(stays)).isInstanceOf(LiteByteBuf.class);
    List<ByteBuf> buffers = new ArrayList<>();
    for (int i = 0; i < 10; i++) {
      buffers.add(allocator.directBuffer(30_000));
    }
    buffers.forEach(ByteBuf::release);
    return stays;
  }

  private static void traffic(LiteByteBufAllocator allocator, TestOwner owner) throws Exception {
    try (TestLoop other = new TestLoop()) {
      other.run(() -> use(allocator).release());
      if (owner.isAlive() && owner.getsArena()) {
        owner.call(() -> use(allocator).release()); // from an arena again, loop or adopted
      }
    }
  }
}
