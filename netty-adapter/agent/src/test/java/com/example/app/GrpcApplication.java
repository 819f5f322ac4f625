package com.example.app;

import io.grpc.CallOptions;
import io.grpc.ManagedChannel;
import io.grpc.MethodDescriptor;
import io.grpc.Server;
import io.grpc.ServerServiceDefinition;
import io.grpc.netty.NettyChannelBuilder;
import io.grpc.netty.NettyServerBuilder;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.ServerCalls;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.util.Arrays;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;

/** gRPC, calls of one request and one answer. */
final class GrpcApplication {

  private static final MethodDescriptor<byte[], byte[]> ECHO =
      MethodDescriptor.newBuilder(new Bytes(), new Bytes())
          .setType(MethodDescriptor.MethodType.UNARY)
          .setFullMethodName("example/Echo")
          .build();

  private GrpcApplication() {}

  static void run() throws Exception {
    run(server -> server, client -> client);
  }

  /**
   * @param serverOptions set on the server
   * @param clientOptions set on the client
   */
  static void run(
      UnaryOperator<NettyServerBuilder> serverOptions,
      UnaryOperator<NettyChannelBuilder> clientOptions)
      throws Exception {
    Server server =
        serverOptions
            .apply(NettyServerBuilder.forAddress(new InetSocketAddress("127.0.0.1", 0)))
            .addService(
                ServerServiceDefinition.builder("example")
                    .addMethod(
                        ECHO,
                        ServerCalls.asyncUnaryCall(
                            (request, answers) -> {
                              answers.onNext(request);
                              answers.onCompleted();
                            }))
                    .build())
            .build()
            .start();
    ManagedChannel channel =
        clientOptions
            .apply(
                NettyChannelBuilder.forAddress(
                    new InetSocketAddress("127.0.0.1", server.getPort())))
            .usePlaintext()
            .build();
    try {
      for (int bytes : new int[] {0, 1, 1_000, 100_000}) {
        byte[] request = new byte[bytes];
        Arrays.fill(request, (byte) bytes);
        byte[] answer =
            ClientCalls.blockingUnaryCall(
                channel,
                ECHO,
                CallOptions.DEFAULT.withDeadlineAfter(30, TimeUnit.SECONDS),
                request);
        if (!Arrays.equals(request, answer)) {
          throw new IllegalStateException(bytes + " bytes came back otherwise");
        }
      }
    } finally {
      channel.shutdownNow().awaitTermination(30, TimeUnit.SECONDS);
      server.shutdownNow().awaitTermination(30, TimeUnit.SECONDS);
    }
  }

  private static final class Bytes implements MethodDescriptor.Marshaller<byte[]> {
    @Override
    public InputStream stream(byte[] value) {
      return new ByteArrayInputStream(value);
    }

    @Override
    public byte[] parse(InputStream stream) {
      try {
        return stream.readAllBytes();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }
}
