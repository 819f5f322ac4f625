package io.github.litealloc.netty.attack;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Random;

/**
 * A buffer and what must be in it, byte for byte. For one thread at a time. Every operation answers
 * to the model at once, or when the buffer is verified.
 */
final class ModelledBuffer {

  private final ByteBuf buffer;
  private byte[] model;

  /** Fills a new buffer with bytes of its own. */
  ModelledBuffer(ByteBuf buffer, Random random) {
    this.buffer = buffer;
    this.model = new byte[buffer.capacity()];
    random.nextBytes(model);
    buffer.setBytes(0, model);
  }

  int capacity() {
    return model.length;
  }

  /** Compares every byte. */
  void verify() {
    requireCapacity();
    byte[] found = new byte[model.length];
    buffer.getBytes(0, found);
    requireSame(found, 0, model.length, "bytes");
  }

  private void requireCapacity() {
    if (buffer.capacity() != model.length) {
      throw new AssertionError(
          "capacity: " + buffer.capacity() + " (expected: " + model.length + ") of " + buffer);
    }
  }

  private void requireSame(byte[] found, int index, int length, String how) {
    int wrong = Arrays.mismatch(found, 0, length, model, index, index + length);
    if (wrong >= 0) {
      throw new AssertionError(
          "a wrong byte at "
              + (index + wrong)
              + ", read as "
              + how
              + ": "
              + found[wrong]
              + " (expected: "
              + model[index + wrong]
              + ") in "
              + buffer);
    }
  }

  private static void requireEqual(long found, long expected, String how, ByteBuf buffer) {
    if (found != expected) {
      throw new AssertionError(how + ": " + found + " (expected: " + expected + ") in " + buffer);
    }
  }

  /** Writes at a random place, in a random way. */
  void write(Random random) {
    if (model.length < Long.BYTES) {
      return;
    }
    int index = random.nextInt(model.length - Long.BYTES + 1);
    ByteBuffer expected = ByteBuffer.wrap(model);
    long value = random.nextLong();
    switch (random.nextInt(10)) {
      case 0 -> {
        buffer.setByte(index, (int) value);
        model[index] = (byte) value;
      }
      case 1 -> {
        buffer.setShort(index, (int) value);
        expected.putShort(index, (short) value);
      }
      case 2 -> {
        buffer.setIntLE(index, (int) value);
        expected.putInt(index, Integer.reverseBytes((int) value));
      }
      case 3 -> {
        buffer.setLong(index, value);
        expected.putLong(index, value);
      }
      case 4 -> {
        buffer.setMedium(index, (int) value);
        model[index] = (byte) (value >>> 16);
        model[index + 1] = (byte) (value >>> 8);
        model[index + 2] = (byte) value;
      }
      default -> writeBytes(random, index);
    }
  }

  private void writeBytes(Random random, int index) {
    byte[] bytes = new byte[1 + random.nextInt(model.length - index)];
    random.nextBytes(bytes);
    System.arraycopy(bytes, 0, model, index, bytes.length);
    switch (random.nextInt(6)) {
      case 0 -> buffer.setBytes(index, ByteBuffer.wrap(bytes));
      case 1 -> buffer.setBytes(index, Unpooled.wrappedBuffer(bytes));
      case 2 -> buffer.slice(index, bytes.length).setBytes(0, bytes);
      case 3 -> buffer.duplicate().setIndex(0, index).writeBytes(bytes);
      case 4 -> {
        buffer.setZero(index, bytes.length);
        Arrays.fill(model, index, index + bytes.length, (byte) 0);
      }
      default -> buffer.setBytes(index, bytes);
    }
  }

  /** Reads at a random place, in a random way. */
  void read(Random random) {
    if (model.length < Long.BYTES) {
      return;
    }
    int index = random.nextInt(model.length - Long.BYTES + 1);
    ByteBuffer expected = ByteBuffer.wrap(model);
    switch (random.nextInt(10)) {
      case 0 -> requireEqual(buffer.getByte(index), model[index], "getByte", buffer);
      case 1 -> requireEqual(buffer.getInt(index), expected.getInt(index), "getInt", buffer);
      case 2 -> requireEqual(buffer.getLong(index), expected.getLong(index), "getLong", buffer);
      case 3 ->
          requireEqual(
              buffer.getShortLE(index),
              Short.reverseBytes(expected.getShort(index)),
              "getShortLE",
              buffer);
      default -> readBytes(random, index);
    }
  }

  private void readBytes(Random random, int index) {
    int length = 1 + random.nextInt(model.length - index);
    byte[] found = new byte[length];
    switch (random.nextInt(6)) {
      case 0 -> buffer.nioBuffer(index, length).get(found);
      case 1 -> buffer.getBytes(index, ByteBuffer.wrap(found));
      case 2 -> {
        ByteBuf slice = buffer.retainedSlice(index, length);
        slice.getBytes(0, found);
        slice.release();
      }
      case 3 -> {
        ByteBuf copy = buffer.copy(index, length);
        copy.getBytes(0, found);
        copy.release();
      }
      case 4 -> {
        ByteBuf duplicate = buffer.retainedDuplicate();
        duplicate.getBytes(index, found);
        duplicate.release();
      }
      default -> buffer.getBytes(index, found);
    }
    requireSame(found, index, length, "some of several bytes");
  }

  /**
   * Changes the capacity, in one of the ways that Netty has.
   *
   * @throws OutOfMemoryError as the buffer does, which is unchanged then
   */
  void resize(Random random, int newCapacity) {
    int kept = Math.min(newCapacity, model.length);
    try {
      if (newCapacity > model.length && random.nextBoolean()) {
        buffer.setIndex(0, model.length);
        buffer.ensureWritable(newCapacity - model.length);
      } else {
        buffer.capacity(newCapacity);
      }
    } catch (OutOfMemoryError e) {
      verify();
      throw e;
    }
    byte[] grown = Arrays.copyOf(model, buffer.capacity());
    byte[] fresh = new byte[grown.length - kept];
    random.nextBytes(fresh);
    System.arraycopy(fresh, 0, grown, kept, fresh.length);
    model = grown;
    buffer.setBytes(kept, fresh);
  }

  /** Moves a part of the contents to the front. */
  void discard(Random random) {
    if (model.length == 0) {
      return;
    }
    int reader = random.nextInt(model.length);
    buffer.setIndex(reader, model.length);
    buffer.discardReadBytes();
    System.arraycopy(model, reader, model, 0, model.length - reader);
  }

  /** Verifies and releases it. */
  void release() {
    verify();
    if (!buffer.release()) {
      throw new AssertionError("not the last reference: " + buffer);
    }
  }
}
