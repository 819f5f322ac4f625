package com.example.app;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServer;
import java.util.concurrent.TimeUnit;

/** Vert.x, server and client of HTTP/1.1. */
final class VertxApplication {

  private static final int REQUESTS = Integer.getInteger("vertx.requests", 300);
  private static final int BYTES = 10_000;

  private VertxApplication() {}

  static void run() throws Exception {
    Vertx vertx = Vertx.vertx();
    try {
      HttpServer server =
          await(
              vertx
                  .createHttpServer()
                  .requestHandler(
                      request -> request.bodyHandler(body -> request.response().end(body)))
                  .listen(0, "127.0.0.1"));
      HttpClient client = vertx.createHttpClient();
      for (int i = 0; i < REQUESTS; i++) {
        await(
            client
                .request(HttpMethod.POST, server.actualPort(), "127.0.0.1", "/")
                .compose(
                    request -> {
                      // On the client's loop, before the answer can have come.
                      Future<Buffer> body = request.response().compose(HttpClientResponse::body);
                      request.end(Buffer.buffer(new byte[BYTES]));
                      return body;
                    })
                .map(
                    body -> {
                      if (body.length() != BYTES) {
                        throw new IllegalStateException(body.length() + " bytes came back");
                      }
                      return body;
                    }));
      }
    } finally {
      await(vertx.close());
    }
  }

  private static <T> T await(Future<T> future) throws Exception {
    return future.toCompletionStage().toCompletableFuture().get(30, TimeUnit.SECONDS);
  }
}
