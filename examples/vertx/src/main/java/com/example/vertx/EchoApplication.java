package com.example.vertx;

import io.github.litealloc.netty.LiteByteBufAllocator;
import io.netty.buffer.ByteBufAllocator;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServer;
import io.vertx.core.transport.Transport;
import java.util.concurrent.TimeUnit;

/** Server and client of Vert.x 5 on one allocator, without the agent. */
public final class EchoApplication implements AutoCloseable {

  private final Vertx vertx;
  private final HttpServer server;

  EchoApplication(int port, ByteBufAllocator allocator) throws Exception {
    vertx = Vertx.builder().withTransport(new AllocatorTransport(Transport.NIO, allocator)).build();
    try {
      server =
          await(
              vertx
                  .createHttpServer()
                  .requestHandler(
                      request -> request.bodyHandler(body -> request.response().end(body)))
                  .listen(port, "127.0.0.1"));
    } catch (Exception e) {
      close();
      throw e;
    }
  }

  public static void main(String[] arguments) throws Exception {
    LiteByteBufAllocator allocator =
        LiteByteBufAllocator.builder().name("vertx").maxBytes(64L << 20).build();
    EchoApplication application = new EchoApplication(8080, new VertxAllocator(allocator));
    System.out.println("POST to http://127.0.0.1:" + application.port() + '/');
  }

  Vertx vertx() {
    return vertx;
  }

  int port() {
    return server.actualPort();
  }

  static <T> T await(Future<T> future) throws Exception {
    return future.toCompletionStage().toCompletableFuture().get(30, TimeUnit.SECONDS);
  }

  @Override
  public void close() {
    vertx.close().toCompletionStage().toCompletableFuture().join();
  }
}
