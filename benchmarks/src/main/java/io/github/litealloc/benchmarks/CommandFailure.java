package io.github.litealloc.benchmarks;

import org.jspecify.annotations.Nullable;

/** Ends a command with one line for the user and no stack trace; the exit code is 1. */
public final class CommandFailure extends RuntimeException {

  private static final long serialVersionUID = 1L;

  /**
   * Makes a failure.
   *
   * @param message what went wrong and with what
   * @param cause why, if something else failed
   */
  public CommandFailure(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
