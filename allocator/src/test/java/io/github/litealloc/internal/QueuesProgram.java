package io.github.litealloc.internal;

import java.util.Queue;

/** Fills a queue until the heap ends; exits with 0 if all that was added is still there. */
final class QueuesProgram {

  private QueuesProgram() {}

  public static void main(String[] arguments) {
    Queue<String> queue = Queues.unforgetting();
    int added = 0;
    try {
      while (true) {
        queue.add("entry");
        added++;
      }
    } catch (OutOfMemoryError e) {
      int kept = 0;
      while (queue.poll() != null) {
        kept++;
      }
      System.exit(kept == added && added > 0 ? 0 : 1);
    }
  }
}
