package io.github.litealloc;

/**
 * Thrown when a thread uses an arena that another thread owns. The arena is unharmed.
 *
 * @since 0.1.0
 */
public final class NotArenaOwnerException extends IllegalStateException {

  private static final long serialVersionUID = 1L;

  NotArenaOwnerException(String arena, Thread owner, Thread caller) {
    super(
        "arena '"
            + arena
            + "' is owned by thread '"
            + owner.getName()
            + "' but was used by thread '"
            + caller.getName()
            + "' (expected: allocate and free on the owner; from other threads only remoteFree)");
  }
}
