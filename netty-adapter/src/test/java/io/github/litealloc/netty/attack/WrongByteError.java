package io.github.litealloc.netty.attack;

/** A buffer has a byte that nobody who may write there has written. */
public final class WrongByteError extends AssertionError {

  private static final long serialVersionUID = 1;

  public WrongByteError(String message) {
    super(message);
  }
}
