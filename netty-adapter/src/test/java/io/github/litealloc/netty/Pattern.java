package io.github.litealloc.netty;

/** Bytes that tell by themselves which connection they belong to, and where. */
final class Pattern {

  private Pattern() {}

  static byte at(int connection, long position) {
    return (byte) (position * 31 + (position >>> 8) * 17 + connection * 101L);
  }

  static byte[] bytes(int connection, long position, int count) {
    byte[] bytes = new byte[count];
    for (int i = 0; i < count; i++) {
      bytes[i] = at(connection, position + i);
    }
    return bytes;
  }
}
