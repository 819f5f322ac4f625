package io.github.litealloc.spring;

import io.github.litealloc.netty.LiteByteBufAllocator;
import io.netty.util.concurrent.Future;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.actuate.endpoint.InvalidEndpointRequestException;
import org.springframework.boot.actuate.endpoint.annotation.Endpoint;
import org.springframework.boot.actuate.endpoint.annotation.ReadOperation;
import org.springframework.boot.actuate.endpoint.annotation.Selector;
import org.springframework.boot.actuate.endpoint.annotation.WriteOperation;

/**
 * Actuator's endpoint {@code litealloc}: {@code GET} tells the figures, {@code GET holders} the
 * call sites that hold memory; {@code POST trim}, {@code strategy} and {@code sampling} act.
 *
 * @since 0.1.0
 */
@Endpoint(id = "litealloc")
public class LiteAllocEndpoint {

  private static final long TRIM_SECONDS = 10;

  private final LiteByteBufAllocator allocator;

  /**
   * Makes an endpoint.
   *
   * @param allocator what it shows
   */
  public LiteAllocEndpoint(LiteByteBufAllocator allocator) {
    this.allocator = allocator;
  }

  /** {@return the allocator's figures} */
  @ReadOperation
  public AllocatorAnswer figures() {
    return AllocatorAnswer.of(allocator);
  }

  /**
   * Tells who holds memory, judging by the sampled buffers.
   *
   * @param view {@code holders}
   * @return the call sites, those first that pin the most, or {@code null} for another view, which
   *     is answered as not found
   */
  @ReadOperation
  public @Nullable HoldersAnswer holders(@Selector String view) {
    return view.equals("holders") ? HoldersAnswer.of(allocator) : null;
  }

  /**
   * Acts on the allocator.
   *
   * @param action {@code trim}, {@code strategy} or {@code sampling}
   * @param value the name of a strategy; 1 in how many buffers is sampled, or 0; for {@code trim}
   *     how many bytes may stay, or nothing
   * @return what came of it
   * @throws InterruptedException if the thread is interrupted while it waits for {@code trim}
   */
  @WriteOperation
  public Map<String, Object> act(@Selector String action, @Nullable String value)
      throws InterruptedException {
    try {
      return switch (action) {
        case "trim" -> trim(value == null ? 0 : Long.parseLong(value));
        case "strategy" -> {
          allocator.strategy(required(action, value, "the name of a strategy"));
          yield Map.of("strategy", allocator.strategy());
        }
        case "sampling" -> {
          allocator.sampling(
              Integer.parseInt(required(action, value, "a number, 1 in how many, or 0 for none")));
          yield Map.of("sampling", allocator.sampling());
        }
        default ->
            throw new IllegalArgumentException(
                "action: " + action + " (expected: one of trim, strategy, sampling)");
      };
    } catch (NumberFormatException e) {
      throw refused(action + ": " + value + " (expected: a number)", e);
    } catch (IllegalArgumentException | IllegalStateException e) {
      throw refused(String.valueOf(e.getMessage()), e);
    }
  }

  private Map<String, Object> trim(long targetBytes) throws InterruptedException {
    Future<Long> trim = allocator.trim(targetBytes);
    // A loop that is busy for longer gives back when it comes to it.
    if (!trim.await(TRIM_SECONDS, TimeUnit.SECONDS)) {
      return Map.of("done", false);
    }
    try {
      return Map.of("done", true, "bytes", trim.get());
    } catch (ExecutionException e) {
      throw new IllegalStateException("trim failed: " + e.getCause(), e);
    }
  }

  private static String required(String action, @Nullable String value, String expected) {
    if (value == null) {
      throw new IllegalArgumentException(action + ": no value (expected: " + expected + ')');
    }
    return value;
  }

  private static InvalidEndpointRequestException refused(String reason, Exception cause) {
    return new InvalidEndpointRequestException(reason, reason, cause);
  }
}
