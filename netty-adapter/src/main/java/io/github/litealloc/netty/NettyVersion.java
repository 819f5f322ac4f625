package io.github.litealloc.netty;

import io.netty.buffer.ByteBuf;

/** Refuses a Netty that lacks what ours calls, before it fails in the middle of a request. */
final class NettyVersion {
  /*
   * By what it has, and not by its number: a jar of jars may have lost the file that tells it. All else
   * that we call is older; newer are only a way to tell virtual threads and loops that keep another time,
   * without which we can do (VirtualThread, LoopTime).
   */

  private static final String EXPECTED = "4.1.44 or newer";

  private NettyVersion() {}

  static void requireUsable() {
    try {
      ByteBuf.class.getMethod("isContiguous");
    } catch (NoSuchMethodException e) {
      throw new UnsupportedOperationException(message(), e);
    }
  }

  private static String message() {
    Package netty = ByteBuf.class.getPackage();
    String version = netty == null ? null : netty.getImplementationVersion();
    return "netty-buffer "
        + (version == null ? "of an old version" : version)
        + " cannot be used with lite-alloc (expected: "
        + EXPECTED
        + ')';
  }
}
