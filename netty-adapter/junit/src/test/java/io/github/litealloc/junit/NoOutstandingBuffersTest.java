package io.github.litealloc.junit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assertions.fail;
import static org.junit.platform.engine.discovery.DiscoverySelectors.selectClass;

import io.github.litealloc.netty.LiteByteBufAllocator;
import io.github.litealloc.netty.OffLoopPolicy;
import io.netty.buffer.ByteBuf;
import io.netty.channel.DefaultEventLoop;
import io.netty.channel.EventLoop;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.junit.platform.engine.TestExecutionResult;
import org.junit.platform.testkit.engine.EngineTestKit;
import org.junit.platform.testkit.engine.Event;

/** Tests with the extension, run as a user runs them: they fail when they should. */
final class NoOutstandingBuffersTest {

  private static final Duration SHORT = Duration.ofMillis(50);

  /** Runs a test class, and returns the messages of what failed, by the name of the test. */
  private static Map<String, String> failuresOf(Class<?> testClass) {
    return EngineTestKit.engine("junit-jupiter")
        .selectors(selectClass(testClass))
        .execute()
        .testEvents()
        .finished()
        .filter(NoOutstandingBuffersTest::hasFailed)
        .collect(
            Collectors.toMap(
                event -> event.getTestDescriptor().getDisplayName().replaceFirst("\\(.*", ""),
                event -> String.valueOf(failure(event).getMessage())));
  }

  private static boolean hasFailed(Event event) {
    return event.getRequiredPayload(TestExecutionResult.class).getThrowable().isPresent();
  }

  private static Throwable failure(Event event) {
    return event.getRequiredPayload(TestExecutionResult.class).getThrowable().orElseThrow();
  }

  private static LiteByteBufAllocator newAllocator(String name) {
    return LiteByteBufAllocator.builder().name(name).offLoop(OffLoopPolicy.ADOPT).build();
  }

  // ---- allocators of the tests' own ----

  @ExtendWith(NoOutstandingBuffers.class)
  static final class Parameters {
    private static final List<LiteByteBufAllocator> SEEN = new ArrayList<>();

    private LiteByteBufAllocator first;

    @BeforeEach
    void before(LiteByteBufAllocator allocator) {
      first = allocator;
      SEEN.add(allocator);
    }

    @Test
    void leaks(LiteByteBufAllocator allocator) {
      assertThat(allocator).isSameAs(first);
      allocator.directBuffer(1_234);
    }

    @Test
    void releases(LiteByteBufAllocator allocator) {
      allocator.directBuffer(1_234).release();
    }

    @Test
    void releasesAfterwards(LiteByteBufAllocator allocator) {
      buffer = allocator.directBuffer(10);
    }

    private ByteBuf buffer;

    @AfterEach
    void after(LiteByteBufAllocator allocator) {
      assertThat(allocator).isSameAs(first);
      if (buffer != null) {
        buffer.release();
      }
    }
  }

  @Test
  void parameter_ofATestThatLeaks_failsItAndSaysWhereTheBufferIsFrom() {
    Parameters.SEEN.clear();
    Map<String, String> failures = failuresOf(Parameters.class);
    assertThat(failures).containsOnlyKeys("leaks");
    assertThat(failures.get("leaks"))
        .startsWith("leaks(LiteByteBufAllocator) has left buffers behind\nlite-alloc 'Parameters")
        .contains("1 buffer outstanding, 1,234 bytes")
        .contains(Parameters.class.getName() + ".leaks(NoOutstandingBuffersTest.java:");
  }

  @Test
  void parameter_ofEachTest_isAnAllocatorOfItsOwnThatIsClosedAfterwards() {
    Parameters.SEEN.clear();
    failuresOf(Parameters.class);
    assertThat(Parameters.SEEN).hasSize(3).doesNotHaveDuplicates();
    assertThat(Parameters.SEEN)
        .allSatisfy(
            allocator ->
                assertThatThrownBy(() -> allocator.strategy("hybrid"))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("is closed"));
  }

  @ExtendWith(NoOutstandingBuffers.class)
  static final class Constructor {
    Constructor(LiteByteBufAllocator allocator) {
      assertThat(allocator).isNotNull();
    }

    @Test
    void test() {}
  }

  @Test
  void parameter_ofAConstructor_isRefused() {
    assertThat(failuresOf(Constructor.class).get("test"))
        .contains("No ParameterResolver registered for parameter");
  }

  // ---- allocators that the tests have anyway ----

  static final class Watched {
    static final LiteByteBufAllocator ALLOCATOR = newAllocator("watched");
    static final LiteByteBufAllocator OTHER = newAllocator("other");
    static ByteBuf before;

    @RegisterExtension
    static final NoOutstandingBuffers BUFFERS =
        NoOutstandingBuffers.of(ALLOCATOR, OTHER).withGrace(SHORT);

    @Test
    void leaks() {
      ALLOCATOR.directBuffer(77);
    }

    @Test
    void leaksElsewhere() {
      OTHER.directBuffer(88);
    }

    @Test
    void leaksAParameter(LiteByteBufAllocator allocator) {
      allocator.directBuffer(99);
    }

    @Test
    void releases() {
      ALLOCATOR.directBuffer(1).release();
    }

    @Test
    void releasesAnEarlierOne() {
      if (before.refCnt() > 0) {
        before.release();
      }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2})
    void takesParameters(int bytes) {
      ALLOCATOR.directBuffer(bytes).release();
    }
  }

  @Test
  void of_allocators_failsTheTestsThatLeakAndNoOthers() {
    Watched.before = Watched.ALLOCATOR.directBuffer(55);
    Map<String, String> failures = failuresOf(Watched.class);
    assertThat(failures).containsOnlyKeys("leaks", "leaksElsewhere", "leaksAParameter");
    assertThat(failures.get("leaks"))
        .contains("1 buffer outstanding, 77 bytes", "sampling(1)")
        .doesNotContain("55 bytes");
    assertThat(failures.get("leaksElsewhere")).contains("'other", "88 bytes");
    assertThat(failures.get("leaksAParameter")).contains("99 bytes");
  }

  static final class Failing {
    static final LiteByteBufAllocator ALLOCATOR = newAllocator("failing");

    @RegisterExtension
    final NoOutstandingBuffers buffers =
        NoOutstandingBuffers.of(ALLOCATOR).withGrace(Duration.ZERO);

    @Test
    void fails() {
      ALLOCATOR.directBuffer(10);
      fail("for a reason of its own");
    }
  }

  @Test
  void test_thatFailsAnyway_isNotBlamedForItsBuffers() {
    assertThat(failuresOf(Failing.class)).containsEntry("fails", "for a reason of its own");
  }

  // ---- event loops that are not through when the test is ----

  @TestInstance(TestInstance.Lifecycle.PER_CLASS)
  static final class Late {
    static final LiteByteBufAllocator ALLOCATOR = newAllocator("late");
    final EventLoop loop = new DefaultEventLoop();

    @RegisterExtension
    static final NoOutstandingBuffers BUFFERS =
        NoOutstandingBuffers.of(ALLOCATOR).withGrace(Duration.ofSeconds(60));

    @Test
    void releasesSoon() throws Exception {
      ByteBuf buffer = loop.submit(() -> ALLOCATOR.directBuffer(10)).get();
      loop.schedule(() -> buffer.release(), 100, TimeUnit.MILLISECONDS);
    }

    @AfterAll
    void end() {
      loop.shutdownGracefully(0, 1, TimeUnit.SECONDS);
    }
  }

  @Test
  void test_whoseLoopReleasesABufferSoonAfterwards_passes() {
    assertThat(failuresOf(Late.class)).isEmpty();
    assertThat(Late.ALLOCATOR.outstanding().isEmpty()).isTrue();
  }

  @Test
  void withGrace_negative_isRefused() {
    NoOutstandingBuffers extension = new NoOutstandingBuffers();
    assertThatThrownBy(() -> extension.withGrace(Duration.ofMillis(-1)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("grace: PT-0.001S (expected: not negative)");
  }

  @Test
  void of_null_isRefusedAtOnce() {
    assertThatThrownBy(() -> NoOutstandingBuffers.of((LiteByteBufAllocator[]) null))
        .isInstanceOf(NullPointerException.class)
        .hasMessageStartingWith("allocators: null (expected: ");
    assertThatThrownBy(() -> NoOutstandingBuffers.of((LiteByteBufAllocator) null))
        .isInstanceOf(NullPointerException.class)
        .hasMessageStartingWith("allocator: null (expected: ");
  }

  @Test
  void withGrace_null_isRefusedAtOnce() {
    NoOutstandingBuffers extension = new NoOutstandingBuffers();
    assertThatThrownBy(() -> extension.withGrace(null))
        .isInstanceOf(NullPointerException.class)
        .hasMessageStartingWith("grace: null (expected: ");
  }
}
