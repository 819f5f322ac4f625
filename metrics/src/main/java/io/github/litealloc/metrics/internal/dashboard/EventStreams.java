package io.github.litealloc.metrics.internal.dashboard;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http.DefaultHttpContent;
import io.netty.handler.codec.http.DefaultHttpResponse;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.HttpVersion;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/**
 * The connections that receive a snapshot each second, as Server-Sent Events. A reader that is too
 * slow loses snapshots and, if it does not catch up, its connection; so each holds at most one
 * snapshot more than the channel's write buffer.
 */
final class EventStreams {

  static final int MAX_STREAMS = 8;

  /** How long a reader may take nothing. */
  static final long STALL_LIMIT_NANOS = TimeUnit.SECONDS.toNanos(4);

  static final Answer TOO_MANY =
      Answer.text(
          HttpResponseStatus.SERVICE_UNAVAILABLE,
          "All " + MAX_STREAMS + " live streams are taken. Poll /api/v1/snapshot instead.");

  static final String CONTENT_TYPE = "text/event-stream; charset=utf-8";

  private final Supplier<byte[]> snapshot;
  private final LongSupplier nanoTime;
  private final List<Stream> streams = new ArrayList<>();
  private long lastId;

  EventStreams(Supplier<byte[]> snapshot) {
    this(snapshot, System::nanoTime);
  }

  EventStreams(Supplier<byte[]> snapshot, LongSupplier nanoTime) {
    this.snapshot = snapshot;
    this.nanoTime = nanoTime;
  }

  private static final class Stream {
    final Channel channel;
    boolean stalled;
    long stalledSinceNanos;

    Stream(Channel channel) {
      this.channel = channel;
    }
  }

  /**
   * Turns a connection into a stream and sends the first snapshot; false if there are enough.
   *
   * @param isOld whether the client speaks HTTP 1.0, in which an answer of unknown length ends with
   *     its connection
   */
  boolean tryAdd(ChannelHandlerContext context, boolean isOld) {
    if (streams.size() >= MAX_STREAMS) {
      return false;
    }
    HttpResponse head = new DefaultHttpResponse(HttpVersion.HTTP_1_1, HttpResponseStatus.OK);
    SafetyHeaders.addTo(head.headers());
    head.headers().set(HttpHeaderNames.CONTENT_TYPE, CONTENT_TYPE);
    if (isOld) {
      head.headers().set(HttpHeaderNames.CONNECTION, HttpHeaderValues.CLOSE);
    } else {
      HttpUtil.setTransferEncodingChunked(head, true);
    }
    context.write(head);
    context.writeAndFlush(new DefaultHttpContent(event("retry: 2000\n", snapshot.get())));

    Stream stream = new Stream(context.channel());
    streams.add(stream);
    stream.channel.closeFuture().addListener(closed -> streams.remove(stream));
    return true;
  }

  /** Sends a snapshot to all; makes none if nobody looks. */
  void tick() {
    // There may have been no memory to have its end told.
    streams.removeIf(stream -> !stream.channel.isOpen());
    if (streams.isEmpty()) {
      return;
    }
    lastId++;
    ByteBuf event = event("", snapshot.get());
    long now = nanoTime.getAsLong();
    try {
      send(event, now);
    } finally {
      event.release();
    }
  }

  private void send(ByteBuf event, long now) {
    // A copy: closing a channel removes it from the list.
    for (Stream stream : List.copyOf(streams)) {
      if (stream.channel.isWritable()) {
        stream.stalled = false;
        stream.channel.writeAndFlush(new DefaultHttpContent(event.retainedDuplicate()));
      } else if (!stream.stalled) {
        stream.stalled = true;
        stream.stalledSinceNanos = now;
      } else if (now - stream.stalledSinceNanos >= STALL_LIMIT_NANOS) {
        stream.channel.close();
      }
    }
  }

  private ByteBuf event(String preamble, byte[] json) {
    String head = preamble + "id: " + lastId + "\nevent: snapshot\ndata: ";
    return Unpooled.wrappedBuffer(
        head.getBytes(StandardCharsets.UTF_8), json, "\n\n".getBytes(StandardCharsets.UTF_8));
  }
}
