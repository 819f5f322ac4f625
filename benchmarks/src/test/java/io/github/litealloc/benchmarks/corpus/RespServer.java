package io.github.litealloc.benchmarks.corpus;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.ByteToMessageDecoder;
import io.netty.util.ByteProcessor;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * A key-value store in the protocol of Redis: SET and GET, pipelined. Values are direct buffers.
 */
final class RespServer extends ByteToMessageDecoder {

  private static final Map<String, ByteBuf> VALUES = new ConcurrentHashMap<>();

  @Override
  protected void decode(ChannelHandlerContext ctx, ByteBuf in, List<Object> out) {
    int start = in.readerIndex();
    List<ByteBuf> words = command(in);
    if (words == null) {
      in.readerIndex(start);
      return;
    }
    String key = words.get(1).toString(StandardCharsets.US_ASCII);
    if (words.size() == 3) {
      ByteBuf value = words.get(2);
      ByteBuf kept = ctx.alloc().directBuffer(value.readableBytes());
      kept.writeBytes(value, value.readerIndex(), value.readableBytes());
      ByteBuf old = VALUES.put(key, kept);
      if (old != null) {
        old.release();
      }
      ctx.write(ascii(ctx, "+OK\r\n"));
    } else {
      get(ctx, key);
    }
  }

  private static void get(ChannelHandlerContext ctx, String key) {
    // Held inside of the map's lock: another connection may replace and release it.
    ByteBuf value = VALUES.computeIfPresent(key, (any, kept) -> kept.retain());
    if (value == null) {
      ctx.write(ascii(ctx, "$-1\r\n"));
      return;
    }
    ctx.write(ascii(ctx, "$" + value.readableBytes() + "\r\n"));
    // A copy: two loops may not write one buffer at a time.
    ByteBuf copy = ctx.alloc().directBuffer(value.readableBytes());
    ctx.write(copy.writeBytes(value, value.readerIndex(), value.readableBytes()));
    value.release();
    ctx.write(ascii(ctx, "\r\n"));
  }

  private static ByteBuf ascii(ChannelHandlerContext ctx, String text) {
    return ByteBufUtil.writeAscii(ctx.alloc(), text);
  }

  /** Returns the words of a command, or nothing if it is not there as a whole yet. */
  private static @Nullable List<ByteBuf> command(ByteBuf in) {
    int count = number(in);
    if (count < 0) {
      return null;
    }
    List<ByteBuf> words = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      int length = number(in);
      if (length < 0 || in.readableBytes() < length + 2) {
        return null;
      }
      words.add(in.readSlice(length));
      in.skipBytes(2);
    }
    return words;
  }

  /** Reads a line such as {@code *3} or {@code $12}; -1 if it has no end yet. */
  private static int number(ByteBuf in) {
    int end = in.forEachByte(ByteProcessor.FIND_LF);
    if (end < 0) {
      return -1;
    }
    in.skipBytes(1);
    int number = 0;
    for (byte digit = in.readByte(); digit != '\r'; digit = in.readByte()) {
      number = 10 * number + digit - '0';
    }
    in.skipBytes(1);
    return number;
  }

  @Override
  public void channelReadComplete(ChannelHandlerContext ctx) throws Exception {
    super.channelReadComplete(ctx);
    ctx.flush();
  }
}
