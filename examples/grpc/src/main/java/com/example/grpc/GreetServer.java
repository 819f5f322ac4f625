package com.example.grpc;

import io.github.litealloc.netty.LiteByteBufAllocator;
import io.grpc.ManagedChannel;
import io.grpc.MethodDescriptor;
import io.grpc.Server;
import io.grpc.ServerServiceDefinition;
import io.grpc.netty.NettyChannelBuilder;
import io.grpc.netty.NettyServerBuilder;
import io.grpc.stub.ServerCalls;
import io.netty.channel.ChannelOption;
import java.io.IOException;
import java.net.InetSocketAddress;

/** A gRPC server, and a client for it, on one allocator. With grpc-netty, not grpc-netty-shaded. */
public final class GreetServer implements AutoCloseable {

  /** Has its messages as plain text; yours is generated from a .proto file. */
  static final MethodDescriptor<String, String> GREET =
      MethodDescriptor.<String, String>newBuilder()
          .setType(MethodDescriptor.MethodType.UNARY)
          .setFullMethodName("example.Greeter/Greet")
          .setRequestMarshaller(new TextMarshaller())
          .setResponseMarshaller(new TextMarshaller())
          .build();

  private final LiteByteBufAllocator allocator =
      LiteByteBufAllocator.builder().name("grpc").maxBytes(64L << 20).build();
  private final Server server;

  GreetServer(int port) throws IOException {
    server =
        NettyServerBuilder.forAddress(new InetSocketAddress("127.0.0.1", port))
            .withOption(ChannelOption.ALLOCATOR, allocator)
            .withChildOption(ChannelOption.ALLOCATOR, allocator)
            .directExecutor() // answers are written on the event loop, into its arena
            .addService(
                ServerServiceDefinition.builder("example.Greeter")
                    .addMethod(
                        GREET,
                        ServerCalls.asyncUnaryCall(
                            (name, answer) -> {
                              answer.onNext("Hello " + name);
                              answer.onCompleted();
                            }))
                    .build())
            .build()
            .start();
  }

  public static void main(String[] arguments) throws Exception {
    try (GreetServer server = new GreetServer(50051)) {
      System.out.println("example.Greeter/Greet on 127.0.0.1:50051");
      server.server.awaitTermination();
    }
  }

  ManagedChannel client() {
    return NettyChannelBuilder.forAddress("127.0.0.1", server.getPort())
        .withOption(ChannelOption.ALLOCATOR, allocator)
        .usePlaintext()
        .build();
  }

  LiteByteBufAllocator allocator() {
    return allocator;
  }

  @Override
  public void close() {
    server.shutdownNow();
    try {
      server.awaitTermination();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    allocator.close();
  }
}
