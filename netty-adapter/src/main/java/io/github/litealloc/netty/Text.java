package io.github.litealloc.netty;

import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;

/** Figures and stacks for people, the same in every locale. */
final class Text {

  private Text() {}

  static String bytes(long bytes) {
    return String.format(Locale.ROOT, "%,d %s", bytes, bytes == 1 ? "byte" : "bytes");
  }

  static String buffers(long count) {
    return String.format(Locale.ROOT, "%,d %s", count, count == 1 ? "buffer" : "buffers");
  }

  static String age(long nanos) {
    long millis = TimeUnit.NANOSECONDS.toMillis(nanos);
    if (millis < 1_000) {
      return millis + " ms";
    }
    long seconds = TimeUnit.MILLISECONDS.toSeconds(millis);
    if (seconds < 120) {
      return String.format(Locale.ROOT, "%.1f s", millis / 1e3);
    }
    long minutes = TimeUnit.SECONDS.toMinutes(seconds);
    return minutes < 120 ? minutes + " min" : String.format(Locale.ROOT, "%.1f h", minutes / 60.0);
  }

  /** Appends the innermost frames, a line each. */
  static void appendStack(StringBuilder text, List<StackTraceElement> stack, int maxFrames) {
    for (StackTraceElement frame : stack.subList(0, Math.min(maxFrames, stack.size()))) {
      text.append("\n      at ").append(frame);
    }
  }
}
