package io.github.litealloc.internal;

import org.jspecify.annotations.Nullable;

/** Writes to a log where the writer must get to its end: loggers are other people's, too. */
public final class Log {

  private Log() {}

  /**
   * Writes a warning, or does not.
   *
   * @param logger where to
   * @param message what has happened
   * @param cause what was thrown
   */
  public static void warn(System.Logger logger, String message, Throwable cause) {
    write(logger, System.Logger.Level.WARNING, message, cause);
  }

  /**
   * Writes something, or does not.
   *
   * @param logger where to
   * @param level how bad it is
   * @param message what has happened
   * @param cause what was thrown, if anything was
   */
  public static void write(
      System.Logger logger, System.Logger.Level level, String message, @Nullable Throwable cause) {
    try {
      StackRoom.require();
      logger.log(level, message, cause);
    } catch (Throwable e) {
      // There is nobody left to tell.
    }
  }
}
