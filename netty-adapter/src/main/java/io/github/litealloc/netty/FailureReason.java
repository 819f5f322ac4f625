package io.github.litealloc.netty;

import io.github.litealloc.memory.Refusal;
import org.jspecify.annotations.Nullable;

/**
 * Why nobody served a request, so that its caller got an exception.
 *
 * @since 0.1.0
 */
public enum FailureReason {
  /** The budget had no room, and the policy or the handler gave nothing else. */
  BUDGET("budget"),
  /** The system had no memory, and neither had anybody else. */
  SYSTEM("system"),
  /** Only the garbage collector could have freed the memory, and had not yet. */
  COLLECTOR("collector"),
  /** The arena was at its end: it has no name left for a chunk. */
  ARENA("arena"),
  /** The thread has no arena, and {@link OffLoopPolicy#REJECT} or the fallback has refused it. */
  OFF_LOOP("off-loop"),
  /** The allocator was closed. */
  CLOSED("closed");

  private final String id;

  FailureReason(String id) {
    this.id = id;
  }

  /** {@return the name used on dashboards, in lower-kebab-case} */
  public String id() {
    return id;
  }

  static FailureReason of(@Nullable Refusal refusedBy) {
    if (refusedBy == null) {
      return ARENA;
    }
    // By no switch, which is a class of its own.
    return refusedBy == Refusal.BUDGET ? BUDGET : refusedBy == Refusal.SYSTEM ? SYSTEM : COLLECTOR;
  }
}
