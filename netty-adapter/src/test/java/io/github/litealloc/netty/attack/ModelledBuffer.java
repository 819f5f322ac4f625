package io.github.litealloc.netty.attack;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * A buffer and what must be in it, byte for byte. For one thread at a time. Every operation answers
 * to the model at once, or when the buffer is verified.
 *
 * <p>A byte that somebody else has written is found by a read of it, or when the buffer ends. Long
 * buffers are compared as a whole at one of {@value #WHOLE_ONE_IN} ends, else at both of their
 * ends, where neighbours meet, and at some places between them: to compare all of them took most of
 * an attack's time.
 */
final class ModelledBuffer {

  private static final int SHORT_BYTES = 4_096;
  private static final int WHOLE_ONE_IN = 16;
  private static final int PLACES = 4;
  private static final int PLACE_BYTES = 128;

  private final ByteBuf buffer;
  private byte[] model;
  private ByteBuffer expected;

  /** Fills a new buffer with bytes of its own. */
  ModelledBuffer(ByteBuf buffer, Dice dice) {
    this.buffer = buffer;
    this.model = new byte[buffer.capacity()];
    this.expected = ByteBuffer.wrap(model);
    dice.fill(model, 0, model.length);
    buffer.setBytes(0, model);
  }

  int capacity() {
    return model.length;
  }

  /** The buffer itself. */
  ByteBuf buffer() {
    return buffer;
  }

  /** Compares every byte. */
  void verify(Dice dice) {
    requireCapacity();
    verify(dice, 0, model.length);
  }

  /** Compares every byte of a short buffer, and some of a long one. */
  private void verifySome(Dice dice) {
    if (model.length <= SHORT_BYTES || dice.isOneIn(WHOLE_ONE_IN)) {
      verify(dice);
      return;
    }
    requireCapacity();
    verify(dice, 0, PLACE_BYTES);
    verify(dice, model.length - PLACE_BYTES, PLACE_BYTES);
    for (int i = 0; i < PLACES; i++) {
      verify(dice, dice.below(model.length - PLACE_BYTES), PLACE_BYTES);
    }
  }

  private void verify(Dice dice, int index, int length) {
    byte[] found = dice.scratch(length);
    buffer.getBytes(index, found, 0, length);
    requireSame(found, index, length, "bytes");
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
      throw new WrongByteError(
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

  private void requireEqual(long found, long wanted, String how) {
    if (found != wanted) {
      throw new WrongByteError(how + ": " + found + " (expected: " + wanted + ") in " + buffer);
    }
  }

  /** Writes at a random place, in a random way. */
  void write(Dice dice) {
    if (model.length < Long.BYTES) {
      return;
    }
    int index = dice.below(model.length - Long.BYTES + 1);
    long value = dice.anyLong();
    switch (dice.below(18)) {
      case 0 -> {
        buffer.setByte(index, (int) value);
        expected.put(index, (byte) value);
      }
      case 1 -> {
        buffer.setShort(index, (int) value);
        expected.putShort(index, (short) value);
      }
      case 2 -> {
        buffer.setShortLE(index, (int) value);
        expected.putShort(index, Short.reverseBytes((short) value));
      }
      case 3 -> {
        buffer.setMedium(index, (int) value);
        putMedium(index, (int) value);
      }
      case 4 -> {
        buffer.setMediumLE(index, (int) value);
        putMedium(index, Integer.reverseBytes((int) value) >>> Byte.SIZE);
      }
      case 5 -> {
        buffer.setInt(index, (int) value);
        expected.putInt(index, (int) value);
      }
      case 6 -> {
        buffer.setIntLE(index, (int) value);
        expected.putInt(index, Integer.reverseBytes((int) value));
      }
      case 7 -> {
        buffer.setLong(index, value);
        expected.putLong(index, value);
      }
      case 8 -> {
        buffer.setLongLE(index, value);
        expected.putLong(index, Long.reverseBytes(value));
      }
      case 9 -> {
        buffer.setFloat(index, (int) value);
        expected.putFloat(index, (int) value);
      }
      case 10 -> {
        buffer.setDouble(index, value);
        expected.putDouble(index, value);
      }
      case 11 -> {
        buffer.setIndex(0, index).writeInt((int) value).writeChar((int) value);
        expected.putInt(index, (int) value).putChar(index + Integer.BYTES, (char) value);
      }
      default -> writeBytes(dice, index, dice.length(model.length - index));
    }
  }

  private void putMedium(int index, int value) {
    model[index] = (byte) (value >>> 16);
    model[index + 1] = (byte) (value >>> 8);
    model[index + 2] = (byte) value;
  }

  private void writeBytes(Dice dice, int index, int length) {
    byte[] bytes = dice.bytes(length);
    switch (dice.below(11)) {
      case 0 -> buffer.setBytes(index, ByteBuffer.wrap(bytes, 0, length));
      case 1 -> buffer.setBytes(index, Unpooled.wrappedBuffer(bytes, 0, length));
      case 2 -> buffer.slice(index, length).setBytes(0, bytes, 0, length);
      case 3 -> buffer.duplicate().setIndex(0, index).writeBytes(bytes, 0, length);
      case 4 -> {
        buffer.setZero(index, length);
        Arrays.fill(bytes, 0, length, (byte) 0);
      }
      case 5 -> buffer.nioBuffer(index, length).put(bytes, 0, length);
      case 6 -> buffer.internalNioBuffer(index, length).put(bytes, 0, length);
      case 7 -> setFromOutside(index, bytes, length);
      case 8 -> {
        for (int i = 0; i < length; i++) {
          bytes[i] &= Byte.MAX_VALUE;
        }
        String text = new String(bytes, 0, length, StandardCharsets.US_ASCII);
        buffer.setCharSequence(index, text, StandardCharsets.US_ASCII);
      }
      case 9 -> buffer.setIndex(0, index).writeBytes(bytes, 0, length);
      default -> buffer.setBytes(index, bytes, 0, length);
    }
    System.arraycopy(bytes, 0, model, index, length);
  }

  private void setFromOutside(int index, byte[] bytes, int length) {
    try {
      int set =
          (length & 1) == 0
              ? buffer.setBytes(index, new ByteArrayInputStream(bytes, 0, length), length)
              : buffer.setBytes(index, new ArrayChannel(bytes, length), length);
      requireEqual(set, length, "bytes that were there");
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  /** Reads at a random place, in a random way. */
  void read(Dice dice) {
    if (model.length < Long.BYTES) {
      return;
    }
    int index = dice.below(model.length - Long.BYTES + 1);
    switch (dice.below(14)) {
      case 0 -> requireEqual(buffer.getByte(index), model[index], "getByte");
      case 1 -> requireEqual(buffer.getInt(index), expected.getInt(index), "getInt");
      case 2 -> requireEqual(buffer.getLong(index), expected.getLong(index), "getLong");
      case 3 ->
          requireEqual(
              buffer.getShortLE(index), Short.reverseBytes(expected.getShort(index)), "getShortLE");
      case 4 ->
          requireEqual(
              buffer.getUnsignedMedium(index), expected.getInt(index) >>> Byte.SIZE, "getMedium");
      case 5 ->
          requireEqual(
              buffer.getLongLE(index), Long.reverseBytes(expected.getLong(index)), "getLongLE");
      case 6 -> {
        buffer.setIndex(index, model.length);
        requireEqual(buffer.readUnsignedByte(), model[index] & 0xff, "readUnsignedByte");
        requireEqual(buffer.readerIndex(), index + 1, "readerIndex");
      }
      case 7 -> requireFound(index, dice.length(model.length - index));
      default -> readBytes(dice, index, dice.length(model.length - index));
    }
  }

  /** That a search of the last byte of a part ends where the model has such a byte first. */
  private void requireFound(int index, int length) {
    byte wanted = model[index + length - 1];
    int first = index;
    while (model[first] != wanted) {
      first++;
    }
    requireEqual(buffer.indexOf(index, index + length, wanted), first, "indexOf");
    int byEach = buffer.forEachByte(index, length, each -> each != wanted);
    requireEqual(byEach, first, "forEachByte");
  }

  private void readBytes(Dice dice, int index, int length) {
    byte[] found = dice.scratch(length);
    switch (dice.below(9)) {
      case 0 -> buffer.nioBuffer(index, length).get(found, 0, length);
      case 1 -> buffer.getBytes(index, ByteBuffer.wrap(found, 0, length));
      case 2 -> {
        ByteBuf slice = buffer.retainedSlice(index, length);
        slice.getBytes(0, found, 0, length);
        slice.release();
      }
      case 3 -> {
        ByteBuf copy = buffer.copy(index, length);
        copy.getBytes(0, found, 0, length);
        copy.release();
      }
      case 4 -> {
        ByteBuf duplicate = buffer.retainedDuplicate();
        duplicate.getBytes(index, found, 0, length);
        duplicate.release();
      }
      case 5 -> {
        ByteBuf slice = buffer.setIndex(index, model.length).readRetainedSlice(length);
        slice.readBytes(found, 0, length);
        slice.release();
      }
      case 6 -> {
        ByteBuf whole =
            Unpooled.compositeBuffer()
                .addComponent(true, buffer.retainedSlice(index, length))
                .addComponent(true, Unpooled.EMPTY_BUFFER);
        whole.readBytes(found, 0, length);
        whole.release();
      }
      case 7 -> getToOutside(index, found, length);
      default -> buffer.getBytes(index, found, 0, length);
    }
    requireSame(found, index, length, "some of several bytes");
  }

  private void getToOutside(int index, byte[] found, int length) {
    try {
      if ((length & 1) == 0) {
        ByteArrayOutputStream stream = new ByteArrayOutputStream(length);
        buffer.getBytes(index, stream, length);
        System.arraycopy(stream.toByteArray(), 0, found, 0, length);
      } else {
        int got = buffer.getBytes(index, new ArrayChannel(found, length), length);
        requireEqual(got, length, "bytes that were taken");
      }
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  /**
   * Changes the capacity, in one of the ways that Netty has.
   *
   * @throws OutOfMemoryError as the buffer does, which is unchanged then
   */
  void resize(Dice dice, int newCapacity) {
    int kept = Math.min(newCapacity, model.length);
    try {
      if (newCapacity > model.length && dice.isOneIn(2)) {
        buffer.setIndex(0, model.length);
        buffer.ensureWritable(newCapacity - model.length);
      } else {
        buffer.capacity(newCapacity);
      }
    } catch (OutOfMemoryError e) {
      verifySome(dice);
      throw e;
    }
    byte[] grown = Arrays.copyOf(model, buffer.capacity());
    dice.fill(grown, kept, grown.length - kept);
    model = grown;
    expected = ByteBuffer.wrap(model);
    buffer.setBytes(kept, grown, kept, grown.length - kept);
  }

  /** Moves a part of the contents to the front. */
  void discard(Dice dice) {
    if (model.length == 0) {
      return;
    }
    int reader = dice.below(model.length);
    buffer.setIndex(reader, model.length);
    buffer.discardReadBytes();
    System.arraycopy(model, reader, model, 0, model.length - reader);
  }

  /** Verifies and releases it. */
  void release(Dice dice) {
    verifySome(dice);
    if (!buffer.release()) {
      throw new AssertionError("not the last reference: " + buffer);
    }
  }
}
