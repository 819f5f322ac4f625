package com.example.app;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.CompositeByteBuf;
import java.util.List;
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
    if (whole instanceof CompositeByteBuf composite) {
      for (int i = 0; i < composite.numComponents(); i++) {
        buffer(where, composite.internalComponent(i));
      }
      return;
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

  /** What was seen since the last call. */
  static synchronized List<String> take() {
    List<String> taken = List.copyOf(COUNTS.keySet());
    COUNTS.clear();
    return taken;
  }

  static synchronized void forget(String what) {
    COUNTS.remove(what);
  }

  static synchronized void print() {
    COUNTS.forEach((what, count) -> System.out.println("seen " + what + " x " + count));
  }
}
