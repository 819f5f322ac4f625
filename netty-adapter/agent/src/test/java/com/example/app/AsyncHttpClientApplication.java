package com.example.app;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import org.asynchttpclient.AsyncHttpClient;
import org.asynchttpclient.DefaultAsyncHttpClientConfig;
import org.asynchttpclient.Dsl;
import org.asynchttpclient.Response;
import reactor.netty.DisposableServer;
import reactor.netty.http.server.HttpServer;

/** async-http-client, whose posts come back. */
final class AsyncHttpClientApplication {

  private static final Duration PATIENCE = Duration.ofSeconds(30);
  private static final int REQUESTS = 20;

  private AsyncHttpClientApplication() {}

  static void run() throws Exception {
    run(server -> server, config -> {});
  }

  /**
   * @param serverOptions set on the server, which is Reactor Netty's
   * @param options set on the client's configuration
   */
  static void run(
      UnaryOperator<HttpServer> serverOptions,
      Consumer<DefaultAsyncHttpClientConfig.Builder> options)
      throws Exception {
    DisposableServer server =
        serverOptions
            .apply(HttpServer.create())
            .host("127.0.0.1")
            .port(0)
            .handle((request, response) -> response.send(request.receive().retain()))
            .bindNow(PATIENCE);
    DefaultAsyncHttpClientConfig.Builder config =
        Dsl.config()
            .setShutdownQuietPeriod(Duration.ZERO)
            .setHttpAdditionalChannelInitializer(
                channel -> channel.pipeline().addFirst(new Spy("async-http-client")));
    options.accept(config);
    try (AsyncHttpClient client = Dsl.asyncHttpClient(config)) {
      byte[] body = new byte[10_000];
      for (int i = 0; i < REQUESTS; i++) {
        Arrays.fill(body, (byte) i);
        Response response =
            client
                .preparePost("http://127.0.0.1:" + server.port() + "/")
                .setBody(body)
                .execute()
                .get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
        if (!Arrays.equals(body, response.getResponseBodyAsBytes())) {
          throw new IllegalStateException(
              "answer: " + response.getResponseBody(StandardCharsets.ISO_8859_1));
        }
      }
    } finally {
      server.disposeNow(PATIENCE);
    }
  }
}
