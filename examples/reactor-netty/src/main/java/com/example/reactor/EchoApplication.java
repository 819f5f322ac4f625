package com.example.reactor;

import io.github.litealloc.netty.LiteByteBufAllocator;
import io.netty.channel.ChannelOption;
import reactor.netty.DisposableServer;
import reactor.netty.http.client.HttpClient;
import reactor.netty.http.server.HttpServer;

/** A server and a client of Reactor Netty on one allocator. */
public final class EchoApplication implements AutoCloseable {

  private final LiteByteBufAllocator allocator =
      LiteByteBufAllocator.builder().name("reactor").maxBytes(64L << 20).build();
  private final DisposableServer server;

  EchoApplication(int port) {
    server =
        HttpServer.create()
            .host("127.0.0.1")
            .port(port)
            .option(ChannelOption.ALLOCATOR, allocator)
            .childOption(ChannelOption.ALLOCATOR, allocator)
            .handle((request, response) -> response.send(request.receive().retain()))
            .bindNow();
  }

  public static void main(String[] arguments) {
    try (EchoApplication application = new EchoApplication(8080)) {
      System.out.println("POST to http://127.0.0.1:8080/");
      application.server.onDispose().block();
    }
  }

  DisposableServer server() {
    return server;
  }

  LiteByteBufAllocator allocator() {
    return allocator;
  }

  HttpClient client() {
    return HttpClient.create()
        .option(ChannelOption.ALLOCATOR, allocator)
        .baseUrl("http://127.0.0.1:" + server.port());
  }

  @Override
  public void close() {
    server.disposeNow();
    allocator.close();
  }
}
