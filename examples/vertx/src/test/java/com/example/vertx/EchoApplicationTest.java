package com.example.vertx;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.litealloc.netty.FallbackReason;
import io.github.litealloc.netty.LiteByteBufAllocator;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.ByteBufAllocatorMetricProvider;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpVersion;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

final class EchoApplicationTest {

  private static final int REQUESTS = 300;

  private final LiteByteBufAllocator allocator =
      LiteByteBufAllocator.builder().maxBytes(64L << 20).build();

  @AfterEach
  void close() {
    allocator.close();
  }

  /** All that is direct is from arenas, and Vert.x has released it. */
  @ParameterizedTest
  @EnumSource(
      value = HttpVersion.class,
      names = {"HTTP_1_1", "HTTP_2"})
  void bodies_comeBack_throughBuffersThatAreReleased(HttpVersion version) throws Exception {
    echo(new VertxAllocator(allocator), version);

    assertTrue(allocator.metric().traffic().arenaRequests() > 2 * REQUESTS);
    for (FallbackReason reason : FallbackReason.values()) {
      if (reason != FallbackReason.HEAP) {
        assertEquals(0, allocator.metric().fallbacks(reason), reason.toString());
      }
    }
    ByteBufAllocatorMetricProvider nettys =
        (ByteBufAllocatorMetricProvider) ByteBufAllocator.DEFAULT;
    assertEquals(0, nettys.metric().usedDirectMemory());
    assertEquals(0, VertxAllocator.NETTYS.metric().usedDirectMemory());
    for (int i = 0; i < 500 && allocator.metric().liveBuffers() > 0; i++) {
      TimeUnit.MILLISECONDS.sleep(10); // connections that are closing
    }
    assertEquals(0, allocator.metric().liveBuffers());
    assertEquals(0, allocator.metric().heapBuffers());
  }

  /**
   * Why: what Vert.x reads into a buffer of an allocator that it does not know, it never releases.
   */
  @Test
  void reads_intoBuffersAsTheyAre_stayLive() throws Exception {
    echo(allocator, HttpVersion.HTTP_1_1);

    assertTrue(allocator.metric().liveBuffers() >= 2 * REQUESTS);
  }

  private static void echo(ByteBufAllocator allocator, HttpVersion version) throws Exception {
    try (EchoApplication application = new EchoApplication(0, allocator)) {
      HttpClient client =
          application
              .vertx()
              .createHttpClient(
                  new HttpClientOptions()
                      .setProtocolVersion(version)
                      .setHttp2ClearTextUpgrade(false));
      for (int i = 0; i < REQUESTS; i++) {
        byte[] body = new byte[10_000];
        body[i] = 1;
        Buffer answer =
            EchoApplication.await(
                client
                    .request(HttpMethod.POST, application.port(), "127.0.0.1", "/")
                    .compose(
                        request -> {
                          // On the client's loop, before the answer can have come.
                          Future<Buffer> whole =
                              request.response().compose(HttpClientResponse::body);
                          request.end(Buffer.buffer(body));
                          return whole;
                        }));
        assertTrue(Buffer.buffer(body).equals(answer), answer.length() + " bytes came back");
      }
    }
  }
}
