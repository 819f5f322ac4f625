package io.github.litealloc.netty.internal.backpressure;

import io.netty.channel.Channel;
import io.netty.channel.ChannelOutboundBuffer;

/** Whether the peer of one channel takes what is sent to it. That channel's event loop. */
final class OutputProgress {
  /*
   * Of a connection it is the message at the head of its output that tells: what the application adds
   * behind it is no progress of the peer. Streams of HTTP/2 have no such output of their own; they tell
   * only how much waits in all, so to go on writing to one passes for progress.
   */

  /**
   * Who takes less at a time keeps memory with hardly anything of its own. It is less than any
   * system acknowledges to a peer that has read something.
   */
  private static final long LEAST_TAKEN_BYTES = 1_024;

  /** Between two looks that are further apart nobody knows what was. */
  private static final long LONG_AGO_NANOS = 4 * StallLimit.LOOK_NANOS;

  private long pendingBytes;
  private int head; // an identity: to keep the message itself would keep its memory
  private long base;
  private long stalledSinceNanos;
  private long lookedNanos;

  /** Looks at the channel's output, and whether any of it has been taken. */
  void look(Channel channel, long nowNanos) {
    boolean isFirst = pendingBytes == 0 || nowNanos - lookedNanos > LONG_AGO_NANOS;
    lookedNanos = nowNanos;
    ChannelOutboundBuffer output = channel.unsafe().outboundBuffer();
    boolean progress = output == null ? lookAtStream(channel) : lookAtConnection(output);
    if (isFirst || progress) {
      stalledSinceNanos = nowNanos;
    }
  }

  private boolean lookAtConnection(ChannelOutboundBuffer output) {
    Object first = output.current();
    // What is not flushed waits for the application, and not for the peer.
    pendingBytes = first == null ? 0 : output.totalPendingWriteBytes();
    int newHead = System.identityHashCode(first);
    long taken = output.currentProgress();
    boolean progress = newHead != head || taken < base || taken - base >= LEAST_TAKEN_BYTES;
    if (progress) {
      head = newHead;
      base = taken;
    }
    return progress;
  }

  private boolean lookAtStream(Channel channel) {
    pendingBytes = Http2Streams.isStream(channel) ? bytesOfStream(channel) : 0;
    boolean progress =
        pendingBytes > base
            || base - pendingBytes >= LEAST_TAKEN_BYTES
            // Its peer's credit is not read, and that is not the peer's doing.
            || pendingBytes > 0 && !channel.parent().config().isAutoRead();
    if (progress) {
      base = pendingBytes;
    }
    return progress;
  }

  /** By what is left up to one of its marks, or beyond it: nothing else is to be had. */
  private static long bytesOfStream(Channel stream) {
    if (!stream.isOpen()) {
      return 0;
    }
    long bytes =
        stream.isWritable()
            ? stream.config().getWriteBufferHighWaterMark() + 1L - stream.bytesBeforeUnwritable()
            : stream.bytesBeforeWritable() - 1L + stream.config().getWriteBufferLowWaterMark();
    return Math.max(0, bytes);
  }

  /** The output that the peer has not taken yet, as of the last look. */
  long pendingBytes() {
    return pendingBytes;
  }

  /** For how long none of it has been taken, as of the last look; 0 if there is none. */
  long stalledNanos() {
    return pendingBytes == 0 ? 0 : lookedNanos - stalledSinceNanos;
  }
}
