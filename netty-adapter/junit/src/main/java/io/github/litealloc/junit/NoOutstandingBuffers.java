package io.github.litealloc.junit;

import io.github.litealloc.netty.LiteByteBufAllocator;
import io.github.litealloc.netty.OffLoopPolicy;
import io.github.litealloc.netty.OutstandingBuffers;
import java.lang.reflect.Method;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;

/**
 * Fails each test that leaves buffers behind: that were allocated while it ran, and are still live
 * when it and its {@code @AfterEach} methods are through.
 *
 * <p>A test may ask for an allocator of its own, which lasts as long as the test:
 *
 * <pre>{@code
 * @ExtendWith(NoOutstandingBuffers.class)
 * class CodecTest {
 *   @Test
 *   void decode_emptyFrame_isSkipped(LiteByteBufAllocator allocator) { ... }
 * }
 * }</pre>
 *
 * <p>It serves every thread from an arena, and samples every buffer, so that a failure says where
 * each was allocated. Allocators that the tests have anyway are watched like this:
 *
 * <pre>{@code
 * @RegisterExtension
 * static final NoOutstandingBuffers BUFFERS = NoOutstandingBuffers.of(Server.ALLOCATOR);
 * }</pre>
 *
 * <p>Event loops may be about to release the last buffers when a test ends. They get {@linkplain
 * #DEFAULT_GRACE two seconds} for it; a test that leaves nothing behind waits for nothing. A test
 * that has failed anyway is not examined.
 *
 * <p>Not seen are heap buffers, and direct buffers of the fallback allocator, which serves threads
 * that are no event loops unless the allocator has {@link OffLoopPolicy#ADOPT}. Tests that run at
 * the same time must not share an allocator, or they are blamed for each other's buffers.
 *
 * @since 0.1.0
 */
public final class NoOutstandingBuffers
    implements BeforeEachCallback, AfterEachCallback, ParameterResolver {

  /** How long buffers may take to be released after a test, unless told otherwise. */
  public static final Duration DEFAULT_GRACE = Duration.ofSeconds(2);

  private static final long POLL_MILLIS = 5;

  private static final String OWN_ALLOCATOR = "own allocator";
  private static final Namespace NAMESPACE = Namespace.create(NoOutstandingBuffers.class);

  private final List<LiteByteBufAllocator> allocators;
  private final Duration grace;

  /** Watches the allocators that tests ask for as parameters. For {@code @ExtendWith}. */
  public NoOutstandingBuffers() {
    this(List.of(), DEFAULT_GRACE);
  }

  private NoOutstandingBuffers(List<LiteByteBufAllocator> allocators, Duration grace) {
    this.allocators = allocators;
    this.grace = grace;
  }

  /**
   * Watches allocators, besides those that tests ask for as parameters. For
   * {@code @RegisterExtension}.
   *
   * @param allocators which ones
   * @return an extension
   */
  public static NoOutstandingBuffers of(LiteByteBufAllocator... allocators) {
    requireNonNull("allocators", allocators, "some allocators");
    for (LiteByteBufAllocator allocator : allocators) {
      requireNonNull("allocator", allocator, "an allocator; is it made before this extension?");
    }
    return new NoOutstandingBuffers(List.of(allocators), DEFAULT_GRACE);
  }

  /**
   * Sets how long buffers may take to be released after a test; {@link #DEFAULT_GRACE} by default.
   *
   * @param grace a time, 0 for none
   * @return an extension like this one with that grace
   * @throws IllegalArgumentException if {@code grace} is negative
   */
  public NoOutstandingBuffers withGrace(Duration grace) {
    requireNonNull("grace", grace, "a time, Duration.ZERO for none");
    if (grace.isNegative()) {
      throw new IllegalArgumentException("grace: " + grace + " (expected: not negative)");
    }
    return new NoOutstandingBuffers(allocators, grace);
  }

  private static void requireNonNull(String name, @Nullable Object value, String expected) {
    Objects.requireNonNull(value, () -> name + ": null (expected: " + expected + ')');
  }

  /** Notes which buffers are live already. */
  @Override
  public void beforeEach(ExtensionContext context) {
    List<OutstandingBuffers> before =
        allocators.stream().map(LiteByteBufAllocator::outstanding).toList();
    context.getStore(NAMESPACE).put(this, new Watch(before));
  }

  /** What was live before a test. */
  private record Watch(List<OutstandingBuffers> before) {}

  /** Fails if others are; closes the test's own allocator. */
  @Override
  public void afterEach(ExtensionContext context) throws InterruptedException {
    try {
      if (context.getExecutionException().isEmpty()) {
        failIfAnyIsLeft(context);
      }
    } finally {
      LiteByteBufAllocator own = own(context);
      if (own != null) {
        own.close();
      }
    }
  }

  private void failIfAnyIsLeft(ExtensionContext context) throws InterruptedException {
    long endNanos = System.nanoTime() + grace.toNanos();
    List<OutstandingBuffers> left = left(context);
    while (!left.isEmpty() && System.nanoTime() - endNanos < 0) {
      TimeUnit.MILLISECONDS.sleep(POLL_MILLIS);
      left = left(context);
    }
    if (!left.isEmpty()) {
      throw new AssertionError(message(context, left));
    }
  }

  private List<OutstandingBuffers> left(ExtensionContext context) {
    ExtensionContext.Store store = context.getStore(NAMESPACE);
    List<OutstandingBuffers> left = new ArrayList<>();
    Watch watch = Objects.requireNonNull(store.get(this, Watch.class), "beforeEach");
    for (int i = 0; i < allocators.size(); i++) {
      left.add(allocators.get(i).outstanding().since(watch.before().get(i)));
    }
    LiteByteBufAllocator own = own(context);
    if (own != null) {
      left.add(own.outstanding());
    }
    left.removeIf(OutstandingBuffers::isEmpty);
    return left;
  }

  private static String message(ExtensionContext context, List<OutstandingBuffers> left) {
    StringBuilder text = new StringBuilder();
    text.append(context.getDisplayName()).append(" has left buffers behind");
    left.forEach(buffers -> text.append('\n').append(buffers));
    return text.toString();
  }

  /** Tells whether a test, or a method before or after it, asks for an allocator. */
  @Override
  public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
    return parameter.getParameter().getType() == LiteByteBufAllocator.class
        && parameter.getDeclaringExecutable() instanceof Method
        && context.getTestMethod().isPresent();
  }

  /** Returns the test's allocator, the same for all its methods. */
  @Override
  public LiteByteBufAllocator resolveParameter(
      ParameterContext parameter, ExtensionContext context) {
    return context
        .getStore(NAMESPACE)
        .getOrComputeIfAbsent(
            OWN_ALLOCATOR, key -> newAllocator(context), LiteByteBufAllocator.class);
  }

  private static @Nullable LiteByteBufAllocator own(ExtensionContext context) {
    return context.getStore(NAMESPACE).get(OWN_ALLOCATOR, LiteByteBufAllocator.class);
  }

  private static LiteByteBufAllocator newAllocator(ExtensionContext context) {
    return LiteByteBufAllocator.builder()
        .name(context.getRequiredTestClass().getSimpleName())
        .offLoop(OffLoopPolicy.ADOPT)
        .sampling(1)
        .build();
  }
}
