package io.github.litealloc.netty;

import io.github.litealloc.internal.Log;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.netty.channel.Channel;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Warns of streams that have not the allocator of their connection, and of connections that write
 * buffers of another one; once for each class of channels. Any thread.
 */
final class StreamsElsewhere {

  private static final System.Logger LOG = System.getLogger("io.github.litealloc");

  /** Names, for a class would keep its loader; a few, for there are a few kinds of channels. */
  private static final Set<String> TOLD = ConcurrentHashMap.newKeySet();

  /** The same for what is written. */
  private static final Set<String> TOLD_OF_WRITES = ConcurrentHashMap.newKeySet();

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
    if (isNews(TOLD, type)) {
      warn(
          "channels of "
              + type
              + " have the allocator "
              + channel.alloc()
              + ", not that of their connection (expected: InheritedAllocator.INSTANCE first in their"
              + " pipelines): what they allocate is in no arena and in no figure");
    }
  }

  /**
   * Looks at a buffer that is on its way to a channel's transport: those of streams come by here,
   * too, which an event loop does not know.
   *
   * @param channel what it is written to
   * @param buffer not of the channel's allocator
   */
  static void lookAtWritten(Channel channel, ByteBuf buffer) {
    String type = channel.getClass().getName();
    if (wasTold(TOLD_OF_WRITES, type) // first: from then on each such buffer comes here for nothing
        || !isOfSomebodyElse(buffer)
        || !(channel.alloc() instanceof LiteByteBufAllocator allocator)
        || handsOutOthers(allocator)) {
      return;
    }
    if (isNews(TOLD_OF_WRITES, type)) {
      warn(
          "channels of "
              + type
              + " have the allocator "
              + allocator
              + ", and are given buffers of "
              + buffer.alloc()
              + " to write (expected: InheritedAllocator.INSTANCE first in the pipelines of streams,"
              + " and ctx.alloc() in place of ByteBufAllocator.DEFAULT): those are in no arena and in"
              + " no figure");
    }
  }

  /** Whoever uses {@code Unpooled} means memory of its own; and what is read-only are constants. */
  private static boolean isOfSomebodyElse(ByteBuf buffer) {
    if (!buffer.isDirect() || buffer.capacity() == 0 || buffer.isReadOnly()) {
      return false;
    }
    ByteBufAllocator its = buffer.alloc();
    if (its instanceof UnpooledByteBufAllocator || its instanceof LiteByteBufAllocator) {
      return false;
    }
    for (@Nullable ByteBuf each = buffer; each != null; each = each.unwrap()) {
      if (each instanceof LiteByteBuf) {
        return false; // one of ours that somebody has wrapped
      }
    }
    return true;
  }

  /** Then such buffers may be from us, and are counted. */
  private static boolean handsOutOthers(LiteByteBufAllocator allocator) {
    LiteAllocatorMetric metric = allocator.metric();
    return metric.isPassThrough()
        || metric.fallbacks(FallbackReason.PASS_THROUGH) > 0
        || metric.fallbacks(FallbackReason.OFF_LOOP) > 0
        || metric.fallbacks(FallbackReason.EXHAUSTED) > 0
        || metric.fallbacks(FallbackReason.CLOSED) > 0;
  }

  private static boolean wasTold(Set<String> told, String type) {
    return told.contains(type) || told.size() >= MAX_TOLD;
  }

  private static boolean isNews(Set<String> told, String type) {
    return !wasTold(told, type) && told.add(type);
  }

  private static void warn(String message) {
    Log.write(LOG, System.Logger.Level.WARNING, message, null);
  }
}
