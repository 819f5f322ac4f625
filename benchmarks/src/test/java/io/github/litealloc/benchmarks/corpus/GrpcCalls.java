package io.github.litealloc.benchmarks.corpus;

import io.grpc.MethodDescriptor;
import io.grpc.ServerServiceDefinition;
import io.grpc.netty.NettyServerBuilder;
import io.grpc.stub.ServerCalls;
import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;

/** A service with calls that are answered by as much, and by ten messages. */
final class GrpcCalls {

  static final MethodDescriptor<byte[], byte[]> ECHO =
      method("Echo", MethodDescriptor.MethodType.UNARY);
  static final MethodDescriptor<byte[], byte[]> LIST =
      method("List", MethodDescriptor.MethodType.SERVER_STREAMING);

  private static final String SERVICE = "corpus.Calls";
  private static final int MESSAGES = 10;
  private static final int MESSAGE_BYTES = 4_000;

  private GrpcCalls() {}

  static int start(EventLoopGroup parent, EventLoopGroup children) throws IOException {
    return NettyServerBuilder.forAddress(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
        .bossEventLoopGroup(parent)
        .workerEventLoopGroup(children)
        .channelType(NioServerSocketChannel.class)
        // gRPC makes one of its own else, of Netty's pooled kind.
        .withChildOption(ChannelOption.ALLOCATOR, ByteBufAllocator.DEFAULT)
        .directExecutor()
        .addService(
            ServerServiceDefinition.builder(SERVICE)
                .addMethod(
                    ECHO,
                    ServerCalls.asyncUnaryCall(
                        (message, answers) -> {
                          answers.onNext(message);
                          answers.onCompleted();
                        }))
                .addMethod(
                    LIST,
                    ServerCalls.asyncServerStreamingCall(
                        (message, answers) -> {
                          for (int i = 0; i < MESSAGES; i++) {
                            answers.onNext(new byte[MESSAGE_BYTES]);
                          }
                          answers.onCompleted();
                        }))
                .build())
        .build()
        .start()
        .getPort();
  }

  private static MethodDescriptor<byte[], byte[]> method(
      String name, MethodDescriptor.MethodType type) {
    return MethodDescriptor.<byte[], byte[]>newBuilder()
        .setType(type)
        .setFullMethodName("corpus.Calls/" + name)
        .setRequestMarshaller(new Bytes())
        .setResponseMarshaller(new Bytes())
        .build();
  }

  /** Messages without generated code. */
  private static final class Bytes implements MethodDescriptor.Marshaller<byte[]> {
    @Override
    public InputStream stream(byte[] bytes) {
      return new ByteArrayInputStream(bytes);
    }

    @Override
    public byte[] parse(InputStream bytes) {
      try {
        return bytes.readAllBytes();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }
}
