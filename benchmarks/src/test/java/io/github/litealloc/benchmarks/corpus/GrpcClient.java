package io.github.litealloc.benchmarks.corpus;

import io.grpc.CallOptions;
import io.grpc.ManagedChannel;
import io.grpc.netty.NettyChannelBuilder;
import io.grpc.stub.ClientCalls;
import java.util.SplittableRandom;

/** Unary calls, and one in ten that is answered by a stream. */
final class GrpcClient implements CorpusLoad.Client {

  private final ManagedChannel channel;

  GrpcClient(int port) {
    channel = NettyChannelBuilder.forAddress("127.0.0.1", port).usePlaintext().build();
  }

  @Override
  public void request(SplittableRandom random) {
    byte[] message = new byte[20 + random.nextInt(1_000)];
    if (random.nextInt(10) == 0) {
      ClientCalls.blockingServerStreamingCall(channel, GrpcCalls.LIST, CallOptions.DEFAULT, message)
          .forEachRemaining(answer -> {});
    } else {
      ClientCalls.blockingUnaryCall(channel, GrpcCalls.ECHO, CallOptions.DEFAULT, message);
    }
  }

  @Override
  public void close() {
    channel.shutdownNow();
  }
}
