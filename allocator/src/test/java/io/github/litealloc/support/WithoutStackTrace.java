package io.github.litealloc.support;

/** What a test throws where main code will log it: one line, which need not alarm anybody. */
public final class WithoutStackTrace extends RuntimeException {

  private static final long serialVersionUID = 1L;

  public WithoutStackTrace(String message) {
    super(message + " (thrown by a test)", null, false, false);
  }
}
