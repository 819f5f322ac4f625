package io.github.litealloc.netty;

import io.netty.buffer.ByteBuf;
import io.netty.util.ReferenceCountUtil;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The one place where a buffer is checked that others give in place of an arena's: an exhaustion
 * handler, or the fallback allocator where an arena's buffer moves to its memory.
 *
 * <p>Such a buffer stands for memory of ours, so what holds for ours must hold for it. Heap memory
 * behind a buffer that says it is direct makes native transports fail; of a buffer of several
 * pieces, or in another byte order, an NIO view shows other bytes than the buffer itself; and a
 * composite buffer of one piece becomes one of several when it grows.
 */
final class GivenBuffer {

  private GivenBuffer() {}

  /**
   * Asks for a buffer, and returns it if it is usable; else releases it, and leaves what it was for
   * as it is. Asks here, so that nothing that is first used can fail once there is a buffer.
   *
   * @param given gives it
   * @param giver who that is, for the message
   * @throws IllegalStateException if it is not usable
   */
  static ByteBuf usable(
      Supplier<@Nullable ByteBuf> given, int capacity, int maxCapacity, String giver) {
    return requireUsable(given.get(), capacity, maxCapacity, giver);
  }

  private static ByteBuf requireUsable(
      @Nullable ByteBuf buffer, int capacity, int maxCapacity, String giver) {
    Throwable cause = null;
    try {
      if (buffer != null && isUsable(buffer, capacity, maxCapacity)) {
        return buffer;
      }
    } catch (Throwable e) {
      cause = e; // one that cannot even be asked is of no use either
    }
    if (buffer != null && buffer.refCnt() > 0) {
      ReferenceCountUtil.safeRelease(buffer);
    }
    throw new IllegalStateException(
        giver
            + ": "
            + buffer
            + " (expected: a direct buffer of capacity "
            + capacity
            + " and maximum capacity "
            + maxCapacity
            + ", writable, big-endian and in one piece; whoever gives one in place of an arena's must not"
            + " give heap memory or several components)",
        cause);
  }

  @SuppressWarnings("deprecation") // there is no other way to ask for the order
  private static boolean isUsable(ByteBuf buffer, int capacity, int maxCapacity) {
    return buffer.refCnt() > 0
        && buffer.isDirect()
        && !buffer.isReadOnly()
        && buffer.isContiguous() // never true of a composite buffer, however many pieces it has
        && buffer.nioBufferCount() == 1
        && buffer.order() == ByteOrder.BIG_ENDIAN
        && buffer.capacity() == capacity
        && buffer.maxCapacity() >= maxCapacity
        && isUsable(buffer.nioBuffer(0, capacity), capacity); // whatever it says of itself
  }

  private static boolean isUsable(ByteBuffer view, int capacity) {
    return view.isDirect() && !view.isReadOnly() && view.remaining() == capacity;
  }

  /**
   * Returns the memory of a usable buffer: its bytes from index 0 are those from position 0, and
   * there are no others up to the limit. Asked again whenever the buffer was resized.
   *
   * @throws IllegalStateException if its NIO view is something else than what the buffer says it is
   */
  static ByteBuffer memory(ByteBuf buffer, int capacity) {
    ByteBuffer view = buffer.nioBuffer(0, capacity);
    if (!isUsable(view, capacity)) {
      throw new IllegalStateException(
          "NIO view of " + buffer + ": " + view + " (expected: direct, of " + capacity + " bytes)");
    }
    return view.position() == 0 && view.order() == ByteOrder.BIG_ENDIAN ? view : view.slice();
  }
}
