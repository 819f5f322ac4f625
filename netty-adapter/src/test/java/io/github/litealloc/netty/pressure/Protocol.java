package io.github.litealloc.netty.pressure;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelPipeline;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.handler.codec.http.DefaultFullHttpRequest;
import io.netty.handler.codec.http.DefaultHttpContent;
import io.netty.handler.codec.http.DefaultHttpResponse;
import io.netty.handler.codec.http.HttpClientCodec;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpObjectAggregator;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpServerCodec;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.handler.codec.http2.DefaultHttp2DataFrame;
import io.netty.handler.codec.http2.DefaultHttp2Headers;
import io.netty.handler.codec.http2.DefaultHttp2HeadersFrame;
import io.netty.handler.codec.http2.Http2CodecUtil;
import io.netty.handler.codec.http2.Http2DataFrame;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2FrameCodec;
import io.netty.handler.codec.http2.Http2FrameCodecBuilder;
import io.netty.handler.codec.http2.Http2HeadersFrame;
import io.netty.handler.codec.http2.Http2MultiplexHandler;
import io.netty.handler.codec.http2.Http2Settings;
import io.netty.handler.codec.http2.Http2SettingsFrame;
import io.netty.handler.codec.http2.Http2StreamChannelBootstrap;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/** Where the handler stands in a server's pipeline, and how a client asks for answers. */
enum Protocol {
  TCP {
    @Override
    BiConsumer<ChannelPipeline, Progress> client(Load load) {
      return (to, progress) -> to.addLast(new BytesClient(progress));
    }

    @Override
    void server(ChannelPipeline to, Load load) {
      to.addLast(
          new ChannelInboundHandlerAdapter() {
            @Override
            public void channelRead(ChannelHandlerContext context, Object message) {
              ByteBuf requests = (ByteBuf) message;
              for (int i = requests.readableBytes(); i > 0; i--) {
                for (int piece = 0; piece < load.pieces(); piece++) {
                  context.write(piece(context.alloc()));
                }
              }
              requests.release();
              context.flush();
            }
          });
    }

    @Override
    void ask(Channel connection, Load load, Progress progress) {
      connection.writeAndFlush(Unpooled.buffer().writeZero(load.answers()));
    }
  },

  /** As AMQP has it: answers are ready, but sent piece by piece as their receiver gives credit. */
  CREDITS {
    private static final int ASK = 'A';
    private static final int CREDIT = 'C';
    private static final int FIRST_CREDITS = 4;

    @Override
    BiConsumer<ChannelPipeline, Progress> client(Load load) {
      return (to, progress) ->
          to.addLast(
              new SimpleChannelInboundHandler<ByteBuf>() {
                private int pieceBytes;

                @Override
                protected void channelRead0(ChannelHandlerContext context, ByteBuf message) {
                  progress.received(message.readableBytes());
                  pieceBytes += message.readableBytes();
                  for (; pieceBytes >= Load.PIECE_BYTES; pieceBytes -= Load.PIECE_BYTES) {
                    context.write(Unpooled.buffer(1).writeByte(CREDIT));
                  }
                  context.flush();
                }
              });
    }

    @Override
    void server(ChannelPipeline to, Load load) {
      to.addLast(
          new SimpleChannelInboundHandler<ByteBuf>() {
            private final Queue<ByteBuf> ready = new ArrayDeque<>();
            private int credits;

            @Override
            protected void channelRead0(ChannelHandlerContext context, ByteBuf frames) {
              while (frames.isReadable()) {
                if (frames.readByte() == CREDIT) {
                  credits++;
                } else {
                  for (int piece = 0; piece < load.pieces(); piece++) {
                    ready.add(piece(context.alloc()));
                  }
                }
              }
              for (; credits > 0 && !ready.isEmpty(); credits--) {
                context.write(ready.remove());
              }
              context.flush();
            }

            @Override
            public void handlerRemoved(ChannelHandlerContext context) {
              ready.forEach(ByteBuf::release);
            }
          });
    }

    @Override
    void ask(Channel connection, Load load, Progress progress) {
      for (int i = 0; i < load.answers(); i++) {
        connection.write(Unpooled.buffer(1).writeByte(ASK));
      }
      for (int i = 0; i < FIRST_CREDITS; i++) {
        connection.write(Unpooled.buffer(1).writeByte(CREDIT));
      }
      connection.flush();
    }
  },

  HTTP1 {
    @Override
    BiConsumer<ChannelPipeline, Progress> client(Load load) {
      return (to, progress) ->
          to.addLast(
              new HttpClientCodec(),
              new SimpleChannelInboundHandler<Object>() {
                @Override
                protected void channelRead0(ChannelHandlerContext context, Object message) {
                  if (message instanceof HttpContent content) {
                    progress.received(content.content().readableBytes());
                  }
                }
              });
    }

    @Override
    void server(ChannelPipeline to, Load load) {
      to.addLast(new HttpServerCodec(), new HttpObjectAggregator(32 << 20));
      to.addLast(
          new SimpleChannelInboundHandler<HttpRequest>() {
            @Override
            protected void channelRead0(ChannelHandlerContext context, HttpRequest request) {
              DefaultHttpResponse response =
                  new DefaultHttpResponse(HttpVersion.HTTP_1_1, HttpResponseStatus.OK);
              HttpUtil.setContentLength(response, load.answerBytes());
              context.write(response);
              for (int piece = 0; piece < load.pieces(); piece++) {
                context.write(new DefaultHttpContent(piece(context.alloc())));
              }
              context.writeAndFlush(LastHttpContent.EMPTY_LAST_CONTENT);
            }
          });
    }

    @Override
    void ask(Channel connection, Load load, Progress progress) {
      for (int i = 0; i < load.answers(); i++) {
        connection.write(
            new DefaultFullHttpRequest(
                HttpVersion.HTTP_1_1, HttpMethod.GET, "/", Unpooled.EMPTY_BUFFER));
      }
      connection.flush();
    }
  },

  HTTP2 {
    @Override
    BiConsumer<ChannelPipeline, Progress> client(Load load) {
      return Protocol::http2Client;
    }

    @Override
    void server(ChannelPipeline to, Load load) {
      http2Server(to, load, null);
    }

    @Override
    void ask(Channel connection, Load load, Progress progress) {
      askHttp2(connection, load, progress);
    }
  },

  /** gRPC over HTTP/2; {@link GrpcLoad} says how the handler gets into its pipelines. */
  GRPC {
    @Override
    Outcome run(int budgetMebibytes, Load load, boolean isPressed, long patienceMillis)
        throws Exception {
      return runGrpc(budgetMebibytes, load, isPressed, false, patienceMillis);
    }
  },

  /** With a server that sends while gRPC is ready, as it advises for streams. */
  GRPC_READY {
    @Override
    Outcome run(int budgetMebibytes, Load load, boolean isPressed, long patienceMillis)
        throws Exception {
      return runGrpc(budgetMebibytes, load, isPressed, true, patienceMillis);
    }
  },

  /** RSocket's request-stream, for clients that ask for whole answers at once. */
  RSOCKET {
    @Override
    Outcome run(int budgetMebibytes, Load load, boolean isPressed, long patienceMillis)
        throws Exception {
      return runRSocket(budgetMebibytes, load, isPressed, Integer.MAX_VALUE, false, patienceMillis);
    }
  },

  /** For clients that ask for a few pieces at a time, which the server makes then. */
  RSOCKET_CREDIT {
    @Override
    Outcome run(int budgetMebibytes, Load load, boolean isPressed, long patienceMillis)
        throws Exception {
      return runRSocket(
          budgetMebibytes, load, isPressed, RSocketLoad.FEW_PIECES, false, patienceMillis);
    }
  },

  /**
   * The same with a server that makes all of an answer at once, and keeps what nobody wants yet.
   */
  RSOCKET_BUFFERED {
    @Override
    Outcome run(int budgetMebibytes, Load load, boolean isPressed, long patienceMillis)
        throws Exception {
      return runRSocket(
          budgetMebibytes, load, isPressed, RSocketLoad.FEW_PIECES, true, patienceMillis);
    }
  },

  /** With the handler in the streams' pipelines instead of the connection's. */
  HTTP2_STREAMS {
    @Override
    BiConsumer<ChannelPipeline, Progress> client(Load load) {
      return Protocol::http2Client;
    }

    @Override
    void server(ChannelPipeline to, Load load) {
      http2Server(to, load, null);
    }

    @Override
    void server(
        ChannelPipeline to, Load load, io.github.litealloc.netty.MemoryPressureHandler pressure) {
      http2Server(to, load, pressure);
    }

    @Override
    void ask(Channel connection, Load load, Progress progress) {
      askHttp2(connection, load, progress);
    }
  };

  BiConsumer<ChannelPipeline, Progress> client(Load load) {
    throw new UnsupportedOperationException(name());
  }

  void server(ChannelPipeline to, Load load) {
    throw new UnsupportedOperationException(name());
  }

  /** With back-pressure. */
  void server(
      ChannelPipeline to, Load load, io.github.litealloc.netty.MemoryPressureHandler pressure) {
    to.addLast(pressure);
    server(to, load);
  }

  void ask(Channel connection, Load load, Progress progress) {
    throw new UnsupportedOperationException(name());
  }

  Outcome run(int budgetMebibytes, Load load, boolean isPressed, long patienceMillis)
      throws Exception {
    Progress progress = new Progress(load);
    try (Server server = new Server(budgetMebibytes)) {
      server.listen(
          (pressure, to) -> {
            if (isPressed) {
              server(to, load, pressure);
            } else {
              server(to, load);
            }
          });
      List<Channel> connections = new ArrayList<>();
      for (int i = 0; i < load.connections(); i++) {
        connections.add(server.connect(to -> client(load).accept(to, progress)));
      }
      if (this == HTTP2 || this == HTTP2_STREAMS) {
        progress.settled.await();
      }
      for (Channel connection : connections) {
        if (load.waitMillis() > 0) {
          connection.config().setAutoRead(false);
        }
        ask(connection, load, progress);
      }
      Thread.sleep(load.waitMillis()); // the load: nobody reads for so long
      long start = System.nanoTime();
      connections.forEach(connection -> connection.config().setAutoRead(true));
      Outcome outcome = outcome(server, progress, start, patienceMillis);
      connections.forEach(Channel::close);
      if (outcome.isComplete()) {
        server.requireEmpty();
      }
      return outcome;
    }
  }

  private static Outcome runGrpc(
      int budgetMebibytes, Load load, boolean isPressed, boolean isPolite, long patienceMillis)
      throws Exception {
    Progress progress = new Progress(load);
    try (Server server = new Server(budgetMebibytes);
        GrpcLoad grpc = new GrpcLoad(server, load, isPressed, isPolite)) {
      grpc.read(load.waitMillis() == 0);
      grpc.ask(load, progress);
      Thread.sleep(load.waitMillis()); // the load: nobody reads for so long
      long start = System.nanoTime();
      grpc.read(true);
      return outcome(server, progress, start, patienceMillis);
    }
  }

  private static Outcome runRSocket(
      int budgetMebibytes,
      Load load,
      boolean isPressed,
      int piecesAskedFor,
      boolean isBuffered,
      long patienceMillis)
      throws Exception {
    Progress progress = new Progress(load);
    try (Server server = new Server(budgetMebibytes);
        RSocketLoad sockets = new RSocketLoad(server, load, isPressed, isBuffered)) {
      sockets.read(load.waitMillis() == 0);
      sockets.ask(load, piecesAskedFor, progress);
      Thread.sleep(load.waitMillis()); // the load: nobody reads for so long
      long start = System.nanoTime();
      sockets.read(true);
      return outcome(server, progress, start, patienceMillis);
    }
  }

  private static Outcome outcome(Server server, Progress progress, long start, long patienceMillis)
      throws InterruptedException {
    boolean isComplete = progress.complete.await(patienceMillis, TimeUnit.MILLISECONDS);
    return new Outcome(
        isComplete,
        progress.bytes.get(),
        TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - start),
        server.fallback.bytes.get(),
        server.allocator.metric().budget().peakReservedBytes());
  }

  static ByteBuf piece(ByteBufAllocator allocator) {
    return allocator.directBuffer(Load.PIECE_BYTES).writeZero(Load.PIECE_BYTES);
  }

  private static void http2Server(
      ChannelPipeline to,
      Load load,
      io.github.litealloc.netty.@Nullable MemoryPressureHandler pressure) {
    to.addLast(
        Http2FrameCodecBuilder.forServer().build(),
        new Http2MultiplexHandler(
            new ChannelInitializer<>() {
              @Override
              protected void initChannel(Channel stream) {
                if (pressure != null) {
                  stream.pipeline().addLast(pressure);
                }
                stream.pipeline().addLast(new StreamServer(load));
              }
            }));
  }

  private static final class StreamServer extends ChannelInboundHandlerAdapter {
    private final Load load;

    StreamServer(Load load) {
      this.load = load;
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
      if (message instanceof Http2HeadersFrame) {
        ByteBufAllocator allocator = context.channel().parent().alloc();
        context.write(new DefaultHttp2HeadersFrame(new DefaultHttp2Headers().status("200"), false));
        for (int piece = 1; piece <= load.pieces(); piece++) {
          context.write(new DefaultHttp2DataFrame(piece(allocator), piece == load.pieces()));
        }
        context.flush();
      }
    }
  }

  private static void http2Client(ChannelPipeline to, Progress progress) {
    http2Client(to, progress, Http2CodecUtil.DEFAULT_WINDOW_SIZE);
  }

  /** One whose peer may send so much of each stream, and of all of them, before it is read. */
  static void http2Client(ChannelPipeline to, Progress progress, int windowBytes) {
    Http2FrameCodec codec =
        Http2FrameCodecBuilder.forClient()
            .initialSettings(new Http2Settings().initialWindowSize(windowBytes))
            .build();
    to.addLast(
        codec,
        new Http2MultiplexHandler(new ChannelInboundHandlerAdapter()),
        new ChannelInboundHandlerAdapter() {
          @Override
          public void channelRead(ChannelHandlerContext context, Object message)
              throws Http2Exception {
            if (message instanceof Http2SettingsFrame) {
              int more = windowBytes - Http2CodecUtil.DEFAULT_WINDOW_SIZE;
              codec
                  .connection()
                  .local()
                  .flowController()
                  .incrementWindowSize(codec.connection().connectionStream(), more);
              context.flush();
              progress.settled.countDown();
            }
            context.fireChannelRead(message);
          }
        });
  }

  private static void askHttp2(Channel connection, Load load, Progress progress) {
    for (int i = 0; i < load.answers(); i++) {
      new Http2StreamChannelBootstrap(connection)
          .handler(new StreamClient(progress))
          .open()
          .syncUninterruptibly();
    }
  }

  private static final class StreamClient extends ChannelInboundHandlerAdapter {
    private final Progress progress;

    StreamClient(Progress progress) {
      this.progress = progress;
    }

    @Override
    public void channelActive(ChannelHandlerContext context) {
      context.writeAndFlush(
          new DefaultHttp2HeadersFrame(new DefaultHttp2Headers().method("GET").path("/"), true));
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
      if (message instanceof Http2DataFrame data) {
        progress.received(data.content().readableBytes());
        data.release();
      }
    }
  }

  private static final class BytesClient extends SimpleChannelInboundHandler<ByteBuf> {
    private final Progress progress;

    BytesClient(Progress progress) {
      this.progress = progress;
    }

    @Override
    protected void channelRead0(ChannelHandlerContext context, ByteBuf message) {
      progress.received(message.readableBytes());
    }
  }

  /** What all clients have got. */
  static final class Progress {
    final CountDownLatch complete = new CountDownLatch(1);
    final CountDownLatch settled;
    final AtomicLong bytes = new AtomicLong();
    private final long wanted;

    Progress(Load load) {
      wanted = load.bytes();
      settled = new CountDownLatch(load.connections());
    }

    void received(int count) {
      if (bytes.addAndGet(count) == wanted) {
        complete.countDown();
      }
    }
  }
}
