package io.github.litealloc.agent;

import java.lang.reflect.InvocationTargetException;

/**
 * What the agent says. Not to a log: an application has set up its own, or not yet, and would not
 * if an agent had used it before.
 */
final class Report {

  private Report() {}

  static void line(String text) {
    System.err.println("lite-alloc agent: " + text);
  }

  /** What was thrown, out of what reflection and class initialisers wrap it in. */
  static Throwable causeOf(Throwable thrown) {
    Throwable cause = thrown;
    while ((cause instanceof InvocationTargetException
            || cause instanceof ExceptionInInitializerError)
        && cause.getCause() != null) {
      cause = cause.getCause();
    }
    return cause;
  }
}
