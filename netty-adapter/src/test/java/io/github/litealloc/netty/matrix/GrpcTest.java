package io.github.litealloc.netty.matrix;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.github.litealloc.netty.VirtualThreads;
import io.grpc.CallOptions;
import io.grpc.ManagedChannel;
import io.grpc.MethodDescriptor;
import io.grpc.MethodDescriptor.MethodType;
import io.grpc.Server;
import io.grpc.ServerServiceDefinition;
import io.grpc.netty.GrpcSslContexts;
import io.grpc.netty.NettyChannelBuilder;
import io.grpc.netty.NettyServerBuilder;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.ServerCalls;
import io.grpc.stub.StreamObserver;
import io.netty.channel.ChannelOption;
import io.netty.util.NetUtil;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** gRPC, server and client, set up as its users would, with bytes as messages. */
final class GrpcTest {

  private static final int[] MESSAGE_BYTES = {0, 1, 100, 9_000, 100_000, 3_000_000, 7};

  private static final MethodDescriptor<byte[], byte[]> ECHO =
      MethodDescriptor.<byte[], byte[]>newBuilder()
          .setType(MethodType.BIDI_STREAMING)
          .setFullMethodName("matrix/Echo")
          .setRequestMarshaller(new Bytes())
          .setResponseMarshaller(new Bytes())
          .build();

  private final Payload payload = new Payload(10);

  @ParameterizedTest
  @MethodSource(Setting.PAIRWISE)
  void stream_ofMessagesOfAllSizes_comesBackUnchanged(Setting setting) throws Exception {
    echo(setting, NettyServerBuilder::directExecutor); // answers are written on the event loop
  }

  /**
   * gRPC writes a message into buffers on the thread that sends it: a server's answers on one of
   * its executor, which by default is a pool of plain threads, and a client's requests on any.
   */
  @ParameterizedTest
  @MethodSource(Setting.PAIRWISE)
  void stream_answeredOnTheDefaultExecutor_comesBackUnchangedFromArenas(Setting setting)
      throws Exception {
    echo(setting, builder -> builder);
  }

  @ParameterizedTest
  @MethodSource(Setting.PAIRWISE)
  void stream_answeredOnVirtualThreads_comesBackUnchangedFromArenas(Setting setting)
      throws Exception {
    Optional<ExecutorService> virtual = VirtualThreads.executor();
    assumeTrue(virtual.isPresent());
    try {
      echo(setting, builder -> builder.executor(virtual.get()));
    } finally {
      virtual.get().shutdown();
    }
  }

  private void echo(Setting setting, UnaryOperator<NettyServerBuilder> executor) throws Exception {
    try (Loopback net = new Loopback(setting)) {
      Server server = server(setting, net, executor).start();
      ManagedChannel channel = channel(setting, net, server.getPort());
      try {
        Client client = new Client();
        StreamObserver<byte[]> requests =
            ClientCalls.asyncBidiStreamingCall(channel.newCall(ECHO, CallOptions.DEFAULT), client);
        for (int bytes : MESSAGE_BYTES) {
          requests.onNext(payload.bytes(bytes, bytes));
        }
        requests.onCompleted();
        client.outcome.await();
      } finally {
        channel.shutdownNow().awaitTermination(Outcome.PATIENCE_SECONDS, TimeUnit.SECONDS);
        server.shutdownNow().awaitTermination(Outcome.PATIENCE_SECONDS, TimeUnit.SECONDS);
      }
    }
  }

  private Server server(Setting setting, Loopback net, UnaryOperator<NettyServerBuilder> executor)
      throws Exception {
    NettyServerBuilder builder =
        NettyServerBuilder.forAddress(new InetSocketAddress(NetUtil.LOCALHOST4, 0))
            .withOption(ChannelOption.ALLOCATOR, net.allocator())
            .withChildOption(ChannelOption.ALLOCATOR, net.allocator())
            .bossEventLoopGroup(net.serverLoop())
            .workerEventLoopGroup(net.serverLoop())
            .channelType(setting.transport().serverChannel())
            .addService(
                ServerServiceDefinition.builder("matrix")
                    .addMethod(ECHO, ServerCalls.asyncBidiStreamingCall(Echo::new))
                    .build());
    if (setting.tls() != Tls.NONE) {
      builder.sslContext(
          GrpcSslContexts.configure(setting.tls().server(), setting.tls().provider()).build());
    }
    return executor.apply(builder).build();
  }

  private static ManagedChannel channel(Setting setting, Loopback net, int port) throws Exception {
    NettyChannelBuilder builder =
        NettyChannelBuilder.forAddress(new InetSocketAddress(NetUtil.LOCALHOST4, port))
            .withOption(ChannelOption.ALLOCATOR, net.allocator())
            .eventLoopGroup(net.clientLoop())
            .channelType(setting.transport().clientChannel());
    if (setting.tls() == Tls.NONE) {
      builder.usePlaintext();
    } else {
      builder
          .overrideAuthority("localhost")
          .sslContext(
              GrpcSslContexts.configure(setting.tls().client(), setting.tls().provider()).build());
    }
    return builder.build();
  }

  /** Each message starts at the position that is its length. */
  private void check(byte[] message) {
    payload.check(message, message.length, message.length);
  }

  private final class Echo implements StreamObserver<byte[]> {

    private final StreamObserver<byte[]> responses;

    Echo(StreamObserver<byte[]> responses) {
      this.responses = responses;
    }

    @Override
    public void onNext(byte[] message) {
      check(message);
      responses.onNext(message);
    }

    @Override
    public void onError(Throwable cause) {}

    @Override
    public void onCompleted() {
      responses.onCompleted();
    }
  }

  private final class Client implements StreamObserver<byte[]> {

    final Outcome outcome = new Outcome("the client");
    private int messages;

    @Override
    public void onNext(byte[] message) {
      if (message.length != MESSAGE_BYTES[messages]) {
        throw new AssertionError("message " + messages + " has " + message.length + " bytes");
      }
      check(message);
      messages++;
    }

    @Override
    public void onError(Throwable cause) {
      outcome.failure(cause);
    }

    @Override
    public void onCompleted() {
      if (messages == MESSAGE_BYTES.length) {
        outcome.success();
      } else {
        outcome.failure(new AssertionError(messages + " messages"));
      }
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
