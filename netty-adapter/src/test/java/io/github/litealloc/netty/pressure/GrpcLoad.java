package io.github.litealloc.netty.pressure;

import io.github.litealloc.netty.pressure.Protocol.Progress;
import io.grpc.CallOptions;
import io.grpc.ManagedChannel;
import io.grpc.MethodDescriptor;
import io.grpc.MethodDescriptor.MethodType;
import io.grpc.ServerServiceDefinition;
import io.grpc.netty.NettyChannelBuilder;
import io.grpc.netty.NettyServerBuilder;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.ServerCalls;
import io.grpc.stub.StreamObserver;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOption;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;

/** gRPC calls whose answers are streams of messages that nobody waits for to be sent. */
final class GrpcLoad implements AutoCloseable {

  private static final MethodDescriptor<byte[], byte[]> GET =
      MethodDescriptor.<byte[], byte[]>newBuilder()
          .setType(MethodType.SERVER_STREAMING)
          .setFullMethodName("pressure/Get")
          .setRequestMarshaller(new Bytes())
          .setResponseMarshaller(new Bytes())
          .build();

  private static final MethodDescriptor<byte[], byte[]> CONNECT =
      GET.toBuilder().setType(MethodType.UNARY).setFullMethodName("pressure/Connect").build();

  private final io.grpc.Server grpc;
  private final List<Client> clients = new ArrayList<>();

  /**
   * @param isPolite whether answers wait until gRPC is ready to send them
   */
  GrpcLoad(Server server, Load load, boolean isPressed, boolean isPolite) throws Exception {
    grpc =
        NettyServerBuilder.forAddress(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
            .withChildOption(ChannelOption.ALLOCATOR, server.allocator)
            .channelFactory(() -> serverChannel(server, isPressed))
            .directExecutor() // answers are written on the event loop, into its arena
            .bossEventLoopGroup(server.loop)
            .workerEventLoopGroup(server.loop)
            .addService(
                ServerServiceDefinition.builder("pressure")
                    .addMethod(
                        GET,
                        ServerCalls.asyncServerStreamingCall(
                            (request, answer) ->
                                new Answer(load, (ServerCallStreamObserver<byte[]>) answer)
                                    .begin(isPolite)))
                    .addMethod(
                        CONNECT,
                        ServerCalls.asyncUnaryCall(
                            (request, answer) -> {
                              answer.onNext(request);
                              answer.onCompleted();
                            }))
                    .build())
            .build()
            .start();
    for (int i = 0; i < load.connections(); i++) {
      clients.add(new Client(server, grpc.getPort()));
    }
  }

  /**
   * gRPC has no hook for the pipelines of its connections, but takes whatever makes the channel
   * that accepts them.
   */
  private static NioServerSocketChannel serverChannel(Server server, boolean isPressed) {
    NioServerSocketChannel accepting = new NioServerSocketChannel();
    if (isPressed) {
      accepting
          .pipeline()
          .addLast(
              new ChannelInboundHandlerAdapter() {
                @Override
                public void channelRead(ChannelHandlerContext context, Object connection) {
                  ((Channel) connection).pipeline().addFirst(server.pressure);
                  context.fireChannelRead(connection);
                }
              });
    }
    return accepting;
  }

  void read(boolean isAutoRead) {
    clients.forEach(client -> client.socket.get().config().setAutoRead(isAutoRead));
  }

  void ask(Load load, Progress progress) {
    for (Client client : clients) {
      for (int i = 0; i < load.answers(); i++) {
        ClientCalls.asyncServerStreamingCall(
            client.channel.newCall(GET, CallOptions.DEFAULT), new byte[0], progress(progress));
      }
    }
  }

  private static StreamObserver<byte[]> progress(Progress progress) {
    return new StreamObserver<>() {
      @Override
      public void onNext(byte[] message) {
        progress.received(message.length);
      }

      @Override
      public void onError(Throwable cause) {
        // what it would have brought is missing
      }

      @Override
      public void onCompleted() {}
    };
  }

  @Override
  public void close() {
    try {
      for (Client client : clients) {
        client.channel.shutdownNow();
      }
      for (Client client : clients) {
        client.channel.awaitTermination(10, TimeUnit.SECONDS);
      }
      grpc.shutdownNow().awaitTermination(10, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** The pieces of one answer. */
  private static final class Answer {

    private final ServerCallStreamObserver<byte[]> to;
    private int left;

    Answer(Load load, ServerCallStreamObserver<byte[]> to) {
      this.to = to;
      left = load.pieces();
    }

    void begin(boolean isPolite) {
      if (isPolite) {
        to.setOnReadyHandler(() -> send(true));
      } else {
        send(false);
      }
    }

    private void send(boolean isPolite) {
      while (left > 0 && (!isPolite || to.isReady())) {
        to.onNext(new byte[Load.PIECE_BYTES]);
        left--;
        if (left == 0) {
          to.onCompleted();
        }
      }
    }
  }

  private static final class Client {

    final AtomicReference<Channel> socket = new AtomicReference<>();
    final ManagedChannel channel;

    Client(Server server, int port) {
      channel =
          NettyChannelBuilder.forAddress(
                  new InetSocketAddress(InetAddress.getLoopbackAddress(), port))
              .channelFactory(
                  () -> {
                    NioSocketChannel made = new NioSocketChannel();
                    socket.set(made);
                    return made;
                  })
              .eventLoopGroup(server.clientLoop)
              .directExecutor()
              .usePlaintext()
              .build();
      ClientCalls.blockingUnaryCall(channel, CONNECT, CallOptions.DEFAULT, new byte[0]);
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
