package com.example.app;

import java.time.Duration;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.reactor.netty.NettyServerCustomizer;
import org.springframework.boot.web.server.reactive.context.ReactiveWebServerApplicationContext;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Import;
import org.springframework.context.support.GenericApplicationContext;
import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.core.io.buffer.NettyDataBuffer;
import org.springframework.http.client.reactive.ReactorClientHttpConnector;
import org.springframework.http.server.reactive.ServerHttpResponse;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.reactive.function.client.WebClient;
import reactor.core.publisher.Flux;
import reactor.netty.http.HttpProtocol;
import reactor.netty.http.client.HttpClient;

/**
 * Spring Boot's WebFlux, asked by its {@code WebClient}, over HTTP/1.1 and over HTTP/2 in clear
 * text. One of its methods runs on an event loop, the other one where Boot has blocking methods
 * run: on virtual threads, if there are any.
 */
final class WebFluxApplication {

  private static final Duration PATIENCE = Duration.ofSeconds(30);
  private static final String BODY = "x".repeat(20_000);

  private WebFluxApplication() {}

  static void run() {
    run(server -> server, client -> client);
  }

  /**
   * @param serverCustomizer is a bean of the application
   * @param clientOptions set on each client
   */
  static void run(NettyServerCustomizer serverCustomizer, UnaryOperator<HttpClient> clientOptions) {
    System.setProperty("org.springframework.boot.logging.LoggingSystem", "none");
    SpringApplication application = new SpringApplication(Application.class);
    application.setDefaultProperties(
        Map.of(
            "server.address", "127.0.0.1",
            "server.port", "0",
            "server.http2.enabled", "true",
            "spring.main.banner-mode", "off",
            "spring.threads.virtual.enabled", "true"));
    application.addInitializers(
        context ->
            ((GenericApplicationContext) context)
                .registerBean("application", NettyServerCustomizer.class, () -> serverCustomizer));
    try (ConfigurableApplicationContext context = application.run()) {
      int port = ((ReactiveWebServerApplicationContext) context).getWebServer().getPort();
      for (HttpProtocol protocol : new HttpProtocol[] {HttpProtocol.HTTP11, HttpProtocol.H2C}) {
        HttpClient client =
            clientOptions
                .apply(HttpClient.newConnection())
                .protocol(protocol)
                .doOnConnected(
                    c -> c.channel().pipeline().addFirst(new Spy("WebFlux client " + protocol)));
        WebClient web =
            WebClient.builder()
                .baseUrl("http://127.0.0.1:" + port)
                .clientConnector(new ReactorClientHttpConnector(client))
                .build();
        for (int i = 0; i < 5; i++) {
          exchange(web, "/loop");
          exchange(web, "/blocking");
        }
      }
    }
  }

  static boolean hasVirtualThreads() {
    return Runtime.version().feature() >= 21;
  }

  private static void exchange(WebClient client, String path) {
    String answer =
        client.post().uri(path).bodyValue(BODY).retrieve().bodyToMono(String.class).block(PATIENCE);
    if (!BODY.equals(answer)) {
      throw new IllegalStateException(path + ": " + answer);
    }
  }

  @SpringBootConfiguration
  @EnableAutoConfiguration
  @Import(Controller.class)
  static class Application {

    @Bean
    NettyServerCustomizer spy() {
      return server ->
          server.doOnConnection(c -> c.channel().pipeline().addFirst(new Spy("WebFlux server")));
    }
  }

  @RestController
  static class Controller {

    @PostMapping("/loop")
    Flux<DataBuffer> loop(@RequestBody Flux<DataBuffer> body, ServerHttpResponse response) {
      note("WebFlux loop", response);
      return body;
    }

    @PostMapping("/blocking")
    String blocking(@RequestBody String body, ServerHttpResponse response) {
      boolean isVirtual = Thread.currentThread().toString().startsWith("VirtualThread");
      note("WebFlux " + (isVirtual ? "virtual thread" : "thread"), response);
      return body;
    }

    /** What its encoders would get; with HTTP/2 the stream's. */
    private static void note(String where, ServerHttpResponse response) {
      DataBuffer buffer = response.bufferFactory().allocateBuffer(1);
      Seen.buffer(where, ((NettyDataBuffer) buffer).getNativeBuffer());
      ((NettyDataBuffer) buffer).release();
    }
  }
}
