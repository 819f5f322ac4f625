package io.github.litealloc.benchmarks.foreign;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.buffer.AbstractByteBufAllocator;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.buffer.UnpooledByteBufAllocator;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AllocatorReferenceTest {

  /** What a user may name. */
  public static final class Named {
    /** An allocator. */
    public static final ByteBufAllocator FIELD = UnpooledByteBufAllocator.DEFAULT;

    /** None. */
    public static final @Nullable ByteBufAllocator NOTHING = null;

    /** Something else. */
    public static final String TEXT = "text";

    private Named() {}

    /** Returns an allocator. */
    public static ByteBufAllocator method() {
      return FIELD;
    }

    /** Fails. */
    public static ByteBufAllocator broken() {
      throw new IllegalStateException("made up");
    }

    /** Belongs to an instance. */
    public ByteBufAllocator instance() {
      return FIELD;
    }
  }

  /** Hands out nothing. */
  public abstract static class Empty extends AbstractByteBufAllocator {
    @Override
    protected ByteBuf newHeapBuffer(int initialCapacity, int maxCapacity) {
      throw new UnsupportedOperationException();
    }

    @Override
    protected ByteBuf newDirectBuffer(int initialCapacity, int maxCapacity) {
      throw new UnsupportedOperationException();
    }

    @Override
    public boolean isDirectBufferPooled() {
      return false;
    }
  }

  /** Cannot be made without a parameter. */
  public static final class NeedsMore extends Empty {
    /** Makes one. */
    public NeedsMore(boolean parameter) {}
  }

  /** Says why it cannot be made. */
  public static final class Fails extends Empty {
    /** Fails. */
    public Fails() {
      throw new IllegalStateException("made up");
    }
  }

  private static final String NAMED = Named.class.getName();

  @Test
  void open_class_makesOne() {
    ByteBufAllocator allocator =
        AllocatorReference.of(PooledByteBufAllocator.class.getName()).open();

    assertThat(allocator)
        .isInstanceOf(PooledByteBufAllocator.class)
        .isNotSameAs(PooledByteBufAllocator.DEFAULT);
  }

  @ParameterizedTest
  @CsvSource({"FIELD", "method"})
  void open_member_isTaken(String member) {
    assertThat(AllocatorReference.of(NAMED + '#' + member).open()).isSameAs(Named.FIELD);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "com.acme.Missing|is not on its class path",
        "java.lang.String|is no io.netty.buffer.ByteBufAllocator",
        "NAMED#TEXT|is a java.lang.String and no io.netty.buffer.ByteBufAllocator",
        "NAMED#NOTHING|is null",
        "NAMED#instance|is no public static field, and no public static method without parameters",
        "NAMED#missing|is no public static field, and no public static method without parameters",
        "NAMED#broken|fails: java.lang.IllegalStateException: made up",
        "NEEDS_MORE|has no public constructor without parameters",
        "FAILS|fails: java.lang.IllegalStateException: made up",
        "io.netty.buffer.ByteBufAllocator|has no public constructor without parameters",
        "io.netty.buffer.AbstractByteBufAllocator|has no public constructor without parameters",
      })
  void open_unusable_saysWhy(String reference, String why) {
    String text =
        reference
            .replace("NAMED", NAMED)
            .replace("NEEDS_MORE", NeedsMore.class.getName())
            .replace("FAILS", Fails.class.getName());

    assertThatThrownBy(() -> AllocatorReference.of(text).open())
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(why);
  }

  @Test
  void ofParameter_parameter_isTheReference() {
    AllocatorReference reference = AllocatorReference.of("com.acme.Outer$Some#DEFAULT");

    assertThat(AllocatorReference.ofParameter(reference.parameter())).isEqualTo(reference);
    assertThat(AllocatorReference.isParameter(reference.parameter())).isTrue();
    assertThat(AllocatorReference.isParameter("hybrid")).isFalse();
    assertThat(reference).hasToString("com.acme.Outer$Some#DEFAULT");
    assertThat(reference.simpleName()).isEqualTo("Some");
    assertThat(AllocatorReference.of("Bare").simpleName()).isEqualTo("Bare");
  }
}
