package io.github.litealloc.metrics.internal.dashboard;

import io.netty.buffer.Unpooled;
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
import io.netty.handler.timeout.IdleStateEvent;
import java.util.ArrayDeque;
import java.util.Map;
import java.util.Queue;
import org.jspecify.annotations.Nullable;

/**
 * Answers the requests of one connection, one after the other. It reads on only when the previous
 * answer is on its way, so a client that asks without reading costs one answer and one read's worth
 * of requests.
 */
final class RequestHandler extends SimpleChannelInboundHandler<HttpObject> {

  static final String STREAM_PATH = "/api/v1/stream";

  private static final System.Logger LOG = System.getLogger(RequestHandler.class.getName());

  private final Guard guard;
  private final Map<String, Endpoint> endpoints;
  private final EventStreams streams;
  private final Queue<HttpRequest> waiting = new ArrayDeque<>();
  private boolean busy;
  private boolean streaming;

  RequestHandler(Guard guard, Map<String, Endpoint> endpoints, EventStreams streams) {
    this.guard = guard;
    this.endpoints = endpoints;
    this.streams = streams;
  }

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
    Answer refusal = guard.refusal(request);
    if (refusal != null) {
      // What follows such a request on the connection, say a body, is not worth reading.
      send(context, request, refusal, false);
      return;
    }
    boolean keepAlive = HttpUtil.isKeepAlive(request);
    String path = path(request.uri());
    if (path.equals(STREAM_PATH) && request.method().equals(HttpMethod.GET)) {
      streaming = streams.tryAdd(context);
      if (!streaming) {
        send(context, request, EventStreams.TOO_MANY, keepAlive);
      } else {
        handleNext(context);
      }
      return;
    }
    send(context, request, answer(endpoints.get(path), request), keepAlive);
  }

  private static String path(String uri) {
    int query = uri.indexOf('?');
    return query < 0 ? uri : uri.substring(0, query);
  }

  private static Answer answer(@Nullable Endpoint endpoint, HttpRequest request) {
    if (endpoint == null) {
      return Answer.text(HttpResponseStatus.NOT_FOUND, "No such page. Start at /.");
    }
    try {
      return endpoint.answer(request);
    } catch (Exception e) {
      LOG.log(System.Logger.Level.WARNING, "could not answer " + request.uri(), e);
      return Answer.text(
          HttpResponseStatus.INTERNAL_SERVER_ERROR, "This failed; the program's log says why.");
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
    if (waiting.isEmpty()) {
      context.read();
    } else {
      handleNext(context);
    }
  }

  @Override
  public void userEventTriggered(ChannelHandlerContext context, Object event) {
    if (event instanceof IdleStateEvent) {
      context.close();
    } else {
      context.fireUserEventTriggered(event);
    }
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
    // Mostly a client that went away.
    LOG.log(System.Logger.Level.DEBUG, () -> "closing " + context.channel(), cause);
    context.close();
  }
}
