package io.github.litealloc;

import org.jspecify.annotations.Nullable;

/** Several steps, each of which is to be made even if those before it have failed. */
final class Steps {

  private Steps() {}

  /**
   * Makes the steps one after the other. The first exception is thrown at the end; but where the
   * stack or the heap is at its end, nothing more can be done, and that is thrown at once.
   */
  static void runAll(Runnable... steps) {
    Throwable failure = null;
    for (Runnable step : steps) {
      try {
        step.run();
      } catch (VirtualMachineError e) {
        throw e;
      } catch (Throwable e) {
        failure = failure == null ? e : failure;
      }
    }
    throwIfAny(failure);
  }

  private static void throwIfAny(@Nullable Throwable failure) {
    if (failure != null) {
      throw Steps.<RuntimeException>unchecked(failure);
    }
  }

  /** As the compiler is to see it: what a step throws may be what nobody has declared. */
  @SuppressWarnings("unchecked")
  static <T extends Throwable> T unchecked(Throwable failure) throws T {
    throw (T) failure;
  }
}
