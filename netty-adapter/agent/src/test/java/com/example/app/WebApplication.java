package com.example.app;

import io.netty.buffer.ByteBuf;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.function.UnaryOperator;
import reactor.core.publisher.Mono;
import reactor.netty.DisposableServer;
import reactor.netty.http.HttpProtocol;
import reactor.netty.http.client.HttpClient;
import reactor.netty.http.server.HttpServer;

/** Reactor Netty: HTTP/1.1, and HTTP/2 in clear text with its stream channels. */
final class WebApplication {

  private static final Duration PATIENCE = Duration.ofSeconds(30);
  private static final String BODY = "x".repeat(20_000);

  private WebApplication() {}

  static void run() {
    run(server -> server, client -> client);
  }

  /**
   * @param serverOptions set on each server
   * @param clientOptions set on each client
   */
  static void run(
      UnaryOperator<HttpServer> serverOptions, UnaryOperator<HttpClient> clientOptions) {
    exchange(HttpProtocol.HTTP11, "HTTP/1.1", serverOptions, clientOptions);
    exchange(HttpProtocol.H2C, "H2C", serverOptions, clientOptions);
  }

  private static void exchange(
      HttpProtocol protocol,
      String name,
      UnaryOperator<HttpServer> serverOptions,
      UnaryOperator<HttpClient> clientOptions) {
    DisposableServer server =
        serverOptions
            .apply(HttpServer.create())
            .protocol(protocol)
            .host("127.0.0.1")
            .port(0)
            .doOnConnection(c -> c.channel().pipeline().addFirst(new Spy(name + " server")))
            .handle(
                (request, response) -> {
                  // Of the stream with HTTP/2.
                  ByteBuf buffer = response.alloc().buffer(1);
                  Seen.buffer(name + " response", buffer);
                  buffer.release();
                  return response.send(request.receive().retain());
                })
            .bindNow(PATIENCE);
    try {
      HttpClient client =
          clientOptions
              .apply(HttpClient.newConnection())
              .protocol(protocol)
              .host("127.0.0.1")
              .port(server.port())
              .doOnConnected(c -> c.channel().pipeline().addFirst(new Spy(name + " client")));
      for (int i = 0; i < 5; i++) {
        String answer =
            client
                .post()
                .uri("/")
                .send((request, outbound) -> outbound.sendString(Mono.just(BODY)))
                .responseContent()
                .aggregate()
                .asString(StandardCharsets.US_ASCII)
                .block(PATIENCE);
        if (!BODY.equals(answer)) {
          throw new IllegalStateException("answer: " + answer);
        }
      }
    } finally {
      server.disposeNow(PATIENCE);
    }
  }
}
