package com.example.grpc;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.grpc.CallOptions;
import io.grpc.ManagedChannel;
import io.grpc.stub.ClientCalls;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

final class GreetServerTest {

  @Test
  void calls_areAnswered_throughBuffersOfTheAllocator() throws Exception {
    String name = "Netty".repeat(2_000);
    try (GreetServer server = new GreetServer(0)) {
      ManagedChannel client = server.client();
      try {
        for (int i = 0; i < 10; i++) {
          assertEquals(
              "Hello " + name,
              ClientCalls.blockingUnaryCall(client, GreetServer.GREET, CallOptions.DEFAULT, name));
        }
      } finally {
        client.shutdownNow().awaitTermination(10, TimeUnit.SECONDS);
      }
      assertTrue(server.allocator().metric().traffic().arenaRequests() > 0);
    }
  }
}
