package io.github.litealloc.agent;

import io.micrometer.core.instrument.Metrics;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.netty.buffer.ByteBufAllocator;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;

/** Has ours on its class path, and asks for figures by system properties only. */
public final class ObservedApplication {

  private ObservedApplication() {}

  /**
   * @param arguments the dashboard's port
   */
  public static void main(String[] arguments) throws Exception {
    Metrics.addRegistry(new SimpleMeterRegistry());
    ByteBufAllocator.DEFAULT.directBuffer(100).release();
    long end = System.nanoTime() + 60_000_000_000L;
    while (Metrics.globalRegistry.find("lite.alloc.memory.reserved").meters().isEmpty()
        || !page(arguments[0]).contains("lite_alloc_memory_reserved_bytes")) {
      if (System.nanoTime() > end) {
        throw new IllegalStateException("no meters, or no page");
      }
      Thread.sleep(50);
    }
    System.out.println("done");
  }

  private static String page(String port) throws InterruptedException {
    URI uri = URI.create("http://127.0.0.1:" + port + "/metrics");
    try {
      return HttpClient.newHttpClient()
          .send(HttpRequest.newBuilder(uri).build(), BodyHandlers.ofString())
          .body();
    } catch (IOException e) {
      return ""; // not yet
    }
  }
}
