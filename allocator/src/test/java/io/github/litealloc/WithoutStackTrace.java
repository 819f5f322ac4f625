package io.github.litealloc;

/** What a test throws where main code will log it: one line, which need not alarm anybody. */
final class WithoutStackTrace extends RuntimeException {

  private static final long serialVersionUID = 1L;

  WithoutStackTrace(String message) {
    super(message + " (thrown by a test)", null, false, false);
  }
}
