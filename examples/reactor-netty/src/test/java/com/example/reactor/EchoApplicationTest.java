package com.example.reactor;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Mono;
import reactor.netty.ByteBufFlux;

final class EchoApplicationTest {

  @Test
  void bodies_comeBack_throughBuffersOfTheAllocator() {
    String sent = "lite-alloc ".repeat(10_000);
    try (EchoApplication application = new EchoApplication(0)) {
      String got =
          application
              .client()
              .post()
              .uri("/")
              .send(ByteBufFlux.fromString(Mono.just(sent)))
              .responseContent()
              .aggregate()
              .asString()
              .block(Duration.ofSeconds(30));

      assertEquals(sent, got);
      assertTrue(application.allocator().metric().traffic().arenaRequests() > 0);
    }
  }
}
