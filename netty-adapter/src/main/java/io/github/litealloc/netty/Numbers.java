package io.github.litealloc.netty;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * Numbers of two bytes and more in memory, in both byte orders. Each call checks that the number
 * lies in the memory.
 */
final class Numbers {
  /*
   * There are two ways to have them: the methods of ByteBuffer, and view handles, whose byte order is a
   * constant. Each is good where the other is bad; 4 KiB in a loop, ns, AMD EPYC, 2026-11-30 (the fastest of
   * some thousand rounds, two forks):
   *
   *                                                        17: methods   handles    25: methods   handles
   *   eight bytes written                                          104       142            104       102
   *   eight written, eight read, one read                          153       193            122       121
   *   values of all widths written, then read                      476       891            577       442
   *   four written, two in the other order read                    325       205            380       165
   *
   * On 17 a little-endian number through the methods is turned round twice, which costs more than the handles
   * do. So handles it is, but for big-endian ones on old JDKs. 21 to 24 were not measured; they check what the
   * memory belongs to as 25 does.
   */

  private static final boolean USES_HANDLES = Runtime.version().feature() >= 21;

  private static final VarHandle SHORT = handle(short[].class, ByteOrder.BIG_ENDIAN);
  private static final VarHandle SHORT_LE = handle(short[].class, ByteOrder.LITTLE_ENDIAN);
  private static final VarHandle INT = handle(int[].class, ByteOrder.BIG_ENDIAN);
  private static final VarHandle INT_LE = handle(int[].class, ByteOrder.LITTLE_ENDIAN);
  private static final VarHandle LONG = handle(long[].class, ByteOrder.BIG_ENDIAN);
  private static final VarHandle LONG_LE = handle(long[].class, ByteOrder.LITTLE_ENDIAN);

  private Numbers() {}

  private static VarHandle handle(Class<?> array, ByteOrder order) {
    return MethodHandles.byteBufferViewVarHandle(array, order);
  }

  static short getShort(ByteBuffer memory, int start) {
    return USES_HANDLES ? (short) SHORT.get(memory, start) : memory.getShort(start);
  }

  static short getShortLE(ByteBuffer memory, int start) {
    return (short) SHORT_LE.get(memory, start);
  }

  static int getInt(ByteBuffer memory, int start) {
    return USES_HANDLES ? (int) INT.get(memory, start) : memory.getInt(start);
  }

  static int getIntLE(ByteBuffer memory, int start) {
    return (int) INT_LE.get(memory, start);
  }

  static long getLong(ByteBuffer memory, int start) {
    return USES_HANDLES ? (long) LONG.get(memory, start) : memory.getLong(start);
  }

  static long getLongLE(ByteBuffer memory, int start) {
    return (long) LONG_LE.get(memory, start);
  }

  static void setShort(ByteBuffer memory, int start, int value) {
    if (USES_HANDLES) {
      SHORT.set(memory, start, (short) value);
    } else {
      memory.putShort(start, (short) value);
    }
  }

  static void setShortLE(ByteBuffer memory, int start, int value) {
    SHORT_LE.set(memory, start, (short) value);
  }

  static void setInt(ByteBuffer memory, int start, int value) {
    if (USES_HANDLES) {
      INT.set(memory, start, value);
    } else {
      memory.putInt(start, value);
    }
  }

  static void setIntLE(ByteBuffer memory, int start, int value) {
    INT_LE.set(memory, start, value);
  }

  static void setLong(ByteBuffer memory, int start, long value) {
    if (USES_HANDLES) {
      LONG.set(memory, start, value);
    } else {
      memory.putLong(start, value);
    }
  }

  static void setLongLE(ByteBuffer memory, int start, long value) {
    LONG_LE.set(memory, start, value);
  }
}
