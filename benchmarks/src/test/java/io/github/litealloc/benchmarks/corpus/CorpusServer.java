package io.github.litealloc.benchmarks.corpus;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Locale;

/**
 * One server, on Netty's default allocator and four event loops. Prints its port, and ends with its
 * standard input.
 */
final class CorpusServer {

  static final int LOOPS = 4;

  /** On loopback, the system would keep whole answers for those who are slow. */
  private static final int SLOW_WINDOW = 16 << 10;

  /** What is served. */
  enum Kind {
    /** Some hundred bytes, there and back. */
    HTTP1_SMALL,
    /** Bodies of 16 KiB to 1 MiB, half of them up, half of them down. */
    HTTP1_LARGE,
    /** Many streams on few connections. */
    HTTP2,
    /** Frames that one group of loops reads and another one writes. */
    WEBSOCKET_PROXY,
    /** Answers that wait for those who read them. */
    SLOW_READERS,
    /** Unary calls and streams. */
    GRPC,
    /** Pipelined commands, and values that stay. */
    REDIS;

    String id() {
      return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
  }

  private CorpusServer() {}

  /**
   * Serves.
   *
   * @param args the kind, and the port of the server behind it, if there is one
   */
  public static void main(String[] args) throws Exception {
    System.out.println(start(Kind.valueOf(args[0]), Integer.parseInt(args[1])));
    while (System.in.read() >= 0) {
      // until who has started this has ended
    }
    System.exit(0);
  }

  private static int start(Kind kind, int backPort) throws Exception {
    return switch (kind) {
      case HTTP1_SMALL, HTTP1_LARGE -> listen(HttpBodies.initializer(0));
      case SLOW_READERS -> listen(HttpBodies.initializer(SLOW_WINDOW));
      case HTTP2 -> listen(Http2Bodies.server());
      case WEBSOCKET_PROXY -> listen(WebSocketProxy.front(newLoops(), backPort));
      case GRPC -> GrpcCalls.start(newLoops(), newLoops());
      case REDIS -> listen(channel -> channel.pipeline().addLast(new RespServer()));
    };
  }

  static EventLoopGroup newLoops() {
    return new MultiThreadIoEventLoopGroup(LOOPS, NioIoHandler.newFactory());
  }

  /** What is added to each connection. */
  interface Setup {
    void add(Channel channel) throws Exception;
  }

  static int listen(Setup setup) throws Exception {
    EventLoopGroup loops = newLoops();
    return listen(loops, initializer(setup));
  }

  static int listen(EventLoopGroup loops, ChannelHandler child) throws InterruptedException {
    Channel channel =
        new ServerBootstrap()
            .group(loops)
            .channel(NioServerSocketChannel.class)
            .childHandler(child)
            .bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
            .sync()
            .channel();
    return ((InetSocketAddress) channel.localAddress()).getPort();
  }

  static ChannelHandler initializer(Setup setup) {
    return new ChannelInitializer<>() {
      @Override
      protected void initChannel(Channel channel) throws Exception {
        setup.add(channel);
      }
    };
  }
}
