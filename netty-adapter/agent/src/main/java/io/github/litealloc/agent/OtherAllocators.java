package io.github.litealloc.agent;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Tells of channels that are given another allocator than ours, which the agent does not reach.
 *
 * @since 0.1.0
 */
public final class OtherAllocators {

  /** Enough to see who it is; a line for each class that somebody makes is not. */
  private static final int MAX_LINES = 16;

  private static final String OURS = "io.github.litealloc.netty.LiteByteBufAllocator";

  private static final Set<String> TOLD = ConcurrentHashMap.newKeySet();

  private OtherAllocators() {}

  /**
   * Called when a channel is given an allocator, on whatever thread does that; once for each pair
   * of classes that is one line.
   *
   * @param channel which
   * @param allocator what it is given
   */
  public static void given(Object channel, Object allocator) {
    String name = allocator.getClass().getName();
    if (name.equals(OURS) || isServer(channel.getClass())) {
      return;
    }
    String line =
        channel.getClass().getName()
            + " is given "
            + name
            + ", and what it allocates is in no arena (expected: no ChannelOption.ALLOCATOR, or one of"
            + " ours)";
    if (TOLD.size() < MAX_LINES && TOLD.add(line)) {
      Report.line(line);
    }
  }

  /** One that accepts connections allocates nothing. */
  private static boolean isServer(Class<?> type) {
    for (Class<?> each = type; each != null; each = each.getSuperclass()) {
      for (Class<?> its : each.getInterfaces()) {
        if (its.getName().equals("io.netty.channel.ServerChannel")
            || its.getName().equals("io.netty.channel.socket.ServerSocketChannel")) {
          return true;
        }
      }
    }
    return false;
  }
}
