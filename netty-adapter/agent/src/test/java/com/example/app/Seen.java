package com.example.app;

import io.netty.buffer.ByteBuf;
import java.util.Map;
import java.util.TreeMap;

/** Counts buffers by what and by whose they are. */
final class Seen {

  private static final Map<String, Integer> COUNTS = new TreeMap<>();

  private Seen() {}

  static synchronized void buffer(String where, ByteBuf buffer) {
    ByteBuf whole = buffer;
    while (whole.unwrap() != null) {
      whole = whole.unwrap();
    }
    String kind = whole.isDirect() ? "direct " : "heap ";
    COUNTS.merge(
        where
            + ": "
            + kind
            + whole.getClass().getSimpleName()
            + " of "
            + buffer.alloc().getClass().getSimpleName(),
        1,
        Integer::sum);
  }

  static synchronized void print() {
    COUNTS.forEach((what, count) -> System.out.println("seen " + what + " x " + count));
  }
}
