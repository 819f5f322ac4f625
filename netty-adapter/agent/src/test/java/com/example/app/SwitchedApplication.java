package com.example.app;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Starts with the allocator that it knows nothing of switched off, has it switched on and off again
 * while buffers of both are live, and says each time what its streams of HTTP/2 are served by.
 */
public final class SwitchedApplication {

  private static final int LIVE = 100;
  private static final int BYTES = 3_000;
  private static final int ROUNDS_UNDER_LOAD = 5;

  private SwitchedApplication() {}

  /** Takes no arguments. */
  public static void main(String[] arguments) throws Exception {
    streams("at the start");
    List<ByteBuf> made = live("at the start");

    passThrough(false);
    streams("switched on");
    made.addAll(live("switched on"));

    passThrough(true);
    streams("switched off");
    System.out.println("live: " + metric("liveBuffers"));
    for (ByteBuf buffer : made) {
      end(buffer);
    }
    System.out.println("live then: " + metric("liveBuffers"));
    System.out.println("memory given back: " + awaitZero("usedDirectMemory"));

    switchUnderLoad();
    passThrough(true);
    System.out.println("nothing live after load: " + awaitZero("liveBuffers"));
    System.out.println("done");
  }

  private static void streams(String when) throws Exception {
    final long before = arenaRequests();
    Seen.take();
    StreamApplication.run();
    Seen.take().forEach(what -> System.out.println(when + ": " + what));
    System.out.println(when + ": by arenas: " + (arenaRequests() > before));
  }

  private static List<ByteBuf> live(String when) {
    List<ByteBuf> made = new ArrayList<>();
    for (int i = 0; i < LIVE; i++) {
      made.add(ByteBufAllocator.DEFAULT.directBuffer(BYTES).writeInt(i).setInt(BYTES - 4, i));
    }
    System.out.println(when + ": live of " + made.get(0).alloc().getClass().getSimpleName());
    return made;
  }

  /** A buffer of before goes on as if nothing had been switched. */
  private static void end(ByteBuf buffer) {
    ByteBufAllocator its = buffer.alloc();
    int number = buffer.getInt(BYTES - 4);
    buffer.capacity(2 * BYTES);
    buffer.setInt(2 * BYTES - 4, number);
    if (buffer.readInt() != number || buffer.alloc() != its || !buffer.release()) {
      throw new IllegalStateException(buffer + " of " + its + ", number " + number);
    }
  }

  private static void switchUnderLoad() throws Exception {
    long arenas = arenaRequests();
    long past = passedThrough();
    AtomicBoolean ended = new AtomicBoolean();
    Thread switching =
        new Thread(
            () -> {
              try {
                for (boolean off = false; !ended.get(); off = !off) {
                  passThrough(off);
                  Thread.sleep(1);
                }
              } catch (Exception e) {
                throw new IllegalStateException(e);
              }
            });
    switching.start();
    // Each is answered in full, or throws.
    for (int i = 0;
        i < ROUNDS_UNDER_LOAD || arenaRequests() == arenas || passedThrough() == past;
        i++) {
      StreamApplication.run();
    }
    ended.set(true);
    switching.join();
    System.out.println("under load: answered by both");
  }

  private static boolean awaitZero(String figure) throws Exception {
    for (int i = 0; i < 500 && metric(figure) != 0; i++) {
      Thread.sleep(20);
    }
    return metric(figure) == 0;
  }

  // By reflection: the class may come from the agent, and is on nobody's class path then.

  private static void passThrough(boolean isOn) throws Exception {
    ByteBufAllocator allocator = ByteBufAllocator.DEFAULT;
    allocator.getClass().getMethod("passThrough", boolean.class).invoke(allocator, isOn);
  }

  private static long arenaRequests() throws Exception {
    return traffic("arenaRequests");
  }

  private static long passedThrough() throws Exception {
    return traffic("requests") - traffic("arenaRequests");
  }

  private static Object metric() throws Exception {
    ByteBufAllocator allocator = ByteBufAllocator.DEFAULT;
    return allocator.getClass().getMethod("metric").invoke(allocator);
  }

  private static long metric(String figure) throws Exception {
    Object metric = metric();
    return (Long) metric.getClass().getMethod(figure).invoke(metric);
  }

  private static long traffic(String figure) throws Exception {
    Object metric = metric();
    Object traffic = metric.getClass().getMethod("traffic").invoke(metric);
    return (Long) traffic.getClass().getMethod(figure).invoke(traffic);
  }
}
