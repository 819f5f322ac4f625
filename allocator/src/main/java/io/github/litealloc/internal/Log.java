package io.github.litealloc.internal;

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
    try {
      logger.log(System.Logger.Level.WARNING, message, cause);
    } catch (Throwable e) {
      // There is nobody left to tell.
    }
  }
}
