package com.example.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.litealloc.netty.FallbackReason;
import io.github.litealloc.netty.LiteByteBufAllocator;
import io.netty.buffer.ByteBufAllocator;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.http.client.autoconfigure.reactive.ClientHttpConnectorBuilderCustomizer;
import org.springframework.boot.http.client.reactive.ReactorClientHttpConnectorBuilder;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.SpringBootTest.WebEnvironment;
import org.springframework.boot.test.context.TestConfiguration;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.boot.webclient.WebClientCustomizer;
import org.springframework.context.annotation.Bean;
import org.springframework.core.io.buffer.DataBufferFactory;
import org.springframework.core.io.buffer.NettyDataBufferFactory;
import org.springframework.test.annotation.DirtiesContext;
import org.springframework.web.reactive.function.client.ClientRequest;
import org.springframework.web.server.WebFilter;
import reactor.netty.http.HttpProtocol;

/** The application over HTTP/2 in clear text, server and {@code WebClient}, with their streams. */
@SpringBootTest(
    webEnvironment = WebEnvironment.RANDOM_PORT,
    properties = {"server.http2.enabled=true", "litealloc.name=http2"})
@DirtiesContext // another allocator beside that of the other test
class Http2GatewayTest {

  private static final List<ByteBufAllocator> OF_REQUESTS = new CopyOnWriteArrayList<>();
  private static final List<ByteBufAllocator> OF_ANSWERS = new CopyOnWriteArrayList<>();

  @Autowired private LiteByteBufAllocator allocator;
  @LocalServerPort private int port;

  private final HttpClient client =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_2).build();

  /** Notes what encoders get their buffers from: the allocator of the stream. */
  @TestConfiguration
  static class Noting {

    @Bean
    WebFilter answers() {
      return (exchange, chain) -> {
        note(exchange.getResponse().bufferFactory(), OF_ANSWERS);
        return chain.filter(exchange);
      };
    }

    @Bean
    WebClientCustomizer requests() {
      return builder ->
          builder.filter(
              (request, next) ->
                  next.exchange(
                      ClientRequest.from(request)
                          .body(
                              (output, context) -> {
                                note(output.bufferFactory(), OF_REQUESTS);
                                return request.body().insert(output, context);
                              })
                          .build()));
    }

    @Bean
    ClientHttpConnectorBuilderCustomizer<ReactorClientHttpConnectorBuilder> http2() {
      return new ClientHttpConnectorBuilderCustomizer<>() {
        @Override
        public ReactorClientHttpConnectorBuilder customize(
            ReactorClientHttpConnectorBuilder builder) {
          return builder.withHttpClientCustomizer(http -> http.protocol(HttpProtocol.H2C));
        }
      };
    }

    private static void note(DataBufferFactory factory, List<ByteBufAllocator> noted) {
      noted.add(((NettyDataBufferFactory) factory).getByteBufAllocator());
    }
  }

  @Test
  void streams_ofServerAndClient_haveTheAllocator() throws Exception {
    // The connection is upgraded by a request without a body.
    client.send(request("/actuator/health").build(), BodyHandlers.discarding());
    byte[] body = new byte[100_000];
    new Random(1).nextBytes(body);

    for (int request = 0; request < 20; request++) {
      HttpResponse<byte[]> answer =
          client.send(
              request("/web-client")
                  .header("Content-Type", "application/octet-stream")
                  .POST(BodyPublishers.ofByteArray(body))
                  .build(),
              BodyHandlers.ofByteArray());
      assertThat(answer.version()).isEqualTo(HttpClient.Version.HTTP_2);
      assertThat(answer.statusCode()).isEqualTo(200);
      assertThat(answer.body()).isEqualTo(body);
    }

    assertThat(OF_REQUESTS).hasSize(20).containsOnly(allocator);
    assertThat(OF_ANSWERS).hasSize(41).containsOnly(allocator);
    for (FallbackReason reason : FallbackReason.values()) {
      if (reason != FallbackReason.HEAP) {
        assertThat(allocator.metric().fallbacks(reason)).as("%s", reason).isZero();
      }
    }
  }

  private HttpRequest.Builder request(String path) {
    return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path));
  }
}
