package io.github.litealloc.metrics.internal.dashboard;

import io.github.litealloc.internal.Queues;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpObject;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.HttpVersion;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Answers the requests of one connection, one after the other. It reads on only when the previous
 * answer is on its way, so a client that asks without reading costs one answer and one read's worth
 * of requests. Each request and each answer has a time in which it must be complete: a client that
 * sends a byte now and then holds nothing for ever.
 */
final class RequestHandler extends SimpleChannelInboundHandler<HttpObject>
    implements ConnectionList.Connection {

  static final String STREAM_PATH = "/api/v1/stream";

  private static final String HTTP = "http://";

  private static final System.Logger LOG = System.getLogger(RequestHandler.class.getName());

  /** For the first request of a connection. */
  static final long FIRST_REQUEST_NANOS = TimeUnit.SECONDS.toNanos(10);

  /** For the next request, however long its client thinks before it sends it. */
  static final long NEXT_REQUEST_NANOS = TimeUnit.SECONDS.toNanos(60);

  /** For taking an answer. */
  static final long ANSWER_NANOS = TimeUnit.SECONDS.toNanos(60);

  /** There may be no memory left to make it when it is needed. */
  private static final Answer FAILED =
      Answer.text(
          HttpResponseStatus.INTERNAL_SERVER_ERROR, "This failed; the program's log says why.");

  private final Channel channel;
  private final Map<String, Endpoint> endpoints;
  private final EventStreams streams;
  private final LongSupplier nanoTime;
  private final Queue<HttpRequest> waiting = Queues.unforgetting();
  private boolean busy;
  private boolean streaming;
  private long sinceNanos;
  private long limitNanos = FIRST_REQUEST_NANOS;

  RequestHandler(
      Channel channel,
      Map<String, Endpoint> endpoints,
      EventStreams streams,
      LongSupplier nanoTime) {
    this.channel = channel;
    this.endpoints = endpoints;
    this.streams = streams;
    this.nanoTime = nanoTime;
    this.sinceNanos = nanoTime.getAsLong();
  }

  // ---- its place among the connections ----

  @Override
  public long deadlineNanos() {
    return streaming ? Long.MAX_VALUE : sinceNanos + limitNanos;
  }

  @Override
  public boolean mayGiveWay() {
    return !streaming;
  }

  @Override
  public long waitingSinceNanos() {
    return sinceNanos;
  }

  @Override
  public void close() {
    channel.close();
  }

  private void waitFor(long nanos) {
    sinceNanos = nanoTime.getAsLong();
    limitNanos = nanos;
  }

  // ---- requests ----

  @Override
  public void channelActive(ChannelHandlerContext context) {
    context.read();
  }

  @Override
  protected void channelRead0(ChannelHandlerContext context, HttpObject message) {
    if (message instanceof HttpRequest request) {
      waiting.add(request);
      handleNext(context);
    } else if (message instanceof HttpContent content && content.content().isReadable()) {
      // The guard refuses bodies, so this is one that was not announced.
      context.close();
    }
  }

  @Override
  public void channelReadComplete(ChannelHandlerContext context) {
    if (!busy) {
      context.read();
    }
  }

  /** Handles the next request unless the answer to the one before is still being sent. */
  private void handleNext(ChannelHandlerContext context) {
    if (busy || waiting.isEmpty()) {
      return;
    }
    if (streaming) {
      // A stream never ends, so nothing can be answered behind it.
      context.close();
      return;
    }
    handle(context, waiting.remove());
  }

  private void handle(ChannelHandlerContext context, HttpRequest request) {
    Answer refusal = Guard.refusal(request);
    if (refusal != null) {
      // What follows such a request on the connection, say a body, is not worth reading.
      send(context, request, refusal, false);
      return;
    }
    boolean keepAlive = HttpUtil.isKeepAlive(request);
    String path = path(request.uri());
    if (path.equals(STREAM_PATH) && request.method().equals(HttpMethod.GET)) {
      streaming = streams.tryAdd(context, isOld(request));
      if (!streaming) {
        send(context, request, EventStreams.TOO_MANY, keepAlive);
      } else {
        handleNext(context);
      }
      return;
    }
    send(context, request, answer(endpoints.get(path), request), keepAlive);
  }

  /** A client of HTTP 1.0 does not know chunks. */
  private static boolean isOld(HttpRequest request) {
    return request.protocolVersion().compareTo(HttpVersion.HTTP_1_1) < 0;
  }

  /** The path of a target, be it relative or, as proxies write it, absolute. */
  private static String path(String target) {
    int query = target.indexOf('?');
    String path = query < 0 ? target : target.substring(0, query);
    if (path.regionMatches(true, 0, HTTP, 0, HTTP.length())) {
      int slash = path.indexOf('/', HTTP.length());
      return slash < 0 ? "/" : path.substring(slash);
    }
    return path;
  }

  private static Answer answer(@Nullable Endpoint endpoint, HttpRequest request) {
    if (endpoint == null) {
      return Answer.text(HttpResponseStatus.NOT_FOUND, "No such page. Start at /.");
    }
    try {
      return endpoint.answer(request);
    } catch (Throwable e) {
      tell(request, e);
      return FAILED;
    }
  }

  private static void tell(HttpRequest request, Throwable problem) {
    try {
      LOG.log(System.Logger.Level.WARNING, "could not answer " + request.uri(), problem);
    } catch (Throwable e) {
      // The log has no memory either.
    }
  }

  private void send(
      ChannelHandlerContext context, HttpRequest request, Answer answer, boolean keepAlive) {
    // The encoder leaves the body out of an answer to HEAD, but keeps its length.
    FullHttpResponse response =
        new DefaultFullHttpResponse(
            HttpVersion.HTTP_1_1, answer.status(), Unpooled.wrappedBuffer(answer.body()));
    SafetyHeaders.addTo(response.headers());
    response.headers().set(HttpHeaderNames.CONTENT_TYPE, answer.contentType());
    if (answer.status().equals(HttpResponseStatus.METHOD_NOT_ALLOWED)) {
      response.headers().set(HttpHeaderNames.ALLOW, Guard.ALLOWED_METHODS);
    }
    HttpUtil.setContentLength(response, answer.body().length);
    HttpUtil.setKeepAlive(response.headers(), request.protocolVersion(), keepAlive);
    busy = true;
    waitFor(ANSWER_NANOS);
    ChannelFuture sent = context.writeAndFlush(response);
    if (keepAlive) {
      sent.addListener(future -> sent(context, future.isSuccess()));
    } else {
      sent.addListener(ChannelFutureListener.CLOSE);
    }
  }

  private void sent(ChannelHandlerContext context, boolean success) {
    if (!success) {
      context.close();
      return;
    }
    busy = false;
    waitFor(NEXT_REQUEST_NANOS);
    if (waiting.isEmpty()) {
      context.read();
    } else {
      handleNext(context);
    }
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
    // Mostly a client that went away.
    context.close(); // first: there may be no memory for the log
    LOG.log(System.Logger.Level.DEBUG, () -> "closing " + context.channel(), cause);
  }
}
