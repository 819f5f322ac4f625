package io.github.litealloc;

import io.github.litealloc.internal.Failures;

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
    Failures.throwIfAny(failure);
  }
}
