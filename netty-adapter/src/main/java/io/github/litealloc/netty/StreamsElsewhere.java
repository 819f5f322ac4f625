package io.github.litealloc.netty;

import io.github.litealloc.internal.Log;
import io.netty.channel.Channel;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Warns of streams that have not the allocator of their connection, once for each class of
 * channels. Any thread.
 */
final class StreamsElsewhere {

  private static final System.Logger LOG = System.getLogger("io.github.litealloc");

  /** Names, for a class would keep its loader; a few, for there are a few kinds of streams. */
  private static final Set<String> TOLD = ConcurrentHashMap.newKeySet();

  private static final int MAX_TOLD = 16;

  private StreamsElsewhere() {}

  /**
   * Looks at a channel.
   *
   * @param channel one that belongs to a connection with an allocator of ours, or has one itself
   */
  static void look(Channel channel) {
    if (channel.alloc() instanceof LiteByteBufAllocator) {
      return;
    }
    String type = channel.getClass().getName();
    if (TOLD.size() < MAX_TOLD && TOLD.add(type)) {
      Log.write(
          LOG,
          System.Logger.Level.WARNING,
          "channels of "
              + type
              + " have the allocator "
              + channel.alloc()
              + ", not that of their connection (expected: InheritedAllocator.INSTANCE first in their"
              + " pipelines): what they allocate is in no arena and in no figure",
          null);
    }
  }
}
