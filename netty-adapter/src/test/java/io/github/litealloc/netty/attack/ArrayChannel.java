package io.github.litealloc.netty.attack;

import java.nio.ByteBuffer;
import java.nio.channels.GatheringByteChannel;
import java.nio.channels.ScatteringByteChannel;

/** A channel that is a part of an array: whoever reads gets it, whoever writes fills it. */
final class ArrayChannel implements ScatteringByteChannel, GatheringByteChannel {

  private final ByteBuffer bytes;

  ArrayChannel(byte[] bytes, int length) {
    this.bytes = ByteBuffer.wrap(bytes, 0, length);
  }

  private static int transfer(ByteBuffer source, ByteBuffer target) {
    int count = Math.min(source.remaining(), target.remaining());
    target.put(source.slice().limit(count));
    source.position(source.position() + count);
    return count;
  }

  @Override
  public int read(ByteBuffer target) {
    return transfer(bytes, target);
  }

  @Override
  public long read(ByteBuffer[] targets, int offset, int length) {
    long count = 0;
    for (int i = offset; i < offset + length; i++) {
      count += read(targets[i]);
    }
    return count;
  }

  @Override
  public long read(ByteBuffer[] targets) {
    return read(targets, 0, targets.length);
  }

  @Override
  public int write(ByteBuffer source) {
    return transfer(source, bytes);
  }

  @Override
  public long write(ByteBuffer[] sources, int offset, int length) {
    long count = 0;
    for (int i = offset; i < offset + length; i++) {
      count += write(sources[i]);
    }
    return count;
  }

  @Override
  public long write(ByteBuffer[] sources) {
    return write(sources, 0, sources.length);
  }

  @Override
  public boolean isOpen() {
    return true;
  }

  @Override
  public void close() {}
}
