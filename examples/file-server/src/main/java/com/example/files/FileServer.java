package com.example.files;

import io.github.litealloc.netty.ExhaustionPolicy;
import io.github.litealloc.netty.LiteByteBufAllocator;
import io.github.litealloc.netty.MemoryPressureHandler;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandler.Sharable;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.DefaultHttpResponse;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.HttpChunkedInput;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpObjectAggregator;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpServerCodec;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.QueryStringDecoder;
import io.netty.handler.stream.ChunkedNioFile;
import io.netty.handler.stream.ChunkedWriteHandler;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;

/**
 * Serves the files of a folder over HTTP, in pieces of 16 KiB, with no more direct memory than it
 * may have: it reads less when that runs low, and closes a connection for which there is no room.
 */
public final class FileServer implements AutoCloseable {

  private final EventLoopGroup loops = new MultiThreadIoEventLoopGroup(NioIoHandler.newFactory());
  private final LiteByteBufAllocator allocator =
      LiteByteBufAllocator.builder()
          .name("files")
          .maxBytes(10L << 20)
          .whenExhausted(ExhaustionPolicy.THROW) // and nothing from elsewhere
          .build();
  private final Channel channel;

  FileServer(Path folder, int port) throws IOException {
    Path root = folder.toRealPath();
    channel =
        new ServerBootstrap()
            .group(loops)
            .channel(NioServerSocketChannel.class)
            .option(ChannelOption.ALLOCATOR, allocator)
            .childOption(ChannelOption.ALLOCATOR, allocator)
            .childHandler(
                new ChannelInitializer<Channel>() {
                  @Override
                  protected void initChannel(Channel connection) {
                    connection
                        .pipeline()
                        .addLast(new MemoryPressureHandler()) // reads less when memory runs low
                        .addLast(new HttpServerCodec())
                        .addLast(new HttpObjectAggregator(64 * 1024))
                        .addLast(new ChunkedWriteHandler()) // a piece when the last one is sent
                        .addLast(new FileHandler(root));
                  }
                })
            .bind("127.0.0.1", port)
            .syncUninterruptibly()
            .channel();
  }

  public static void main(String[] arguments) throws Exception {
    Path folder = Path.of(arguments.length > 0 ? arguments[0] : ".");
    try (FileServer server = new FileServer(folder, 8080)) {
      System.out.println(folder.toRealPath() + " on http://127.0.0.1:8080/");
      server.channel.closeFuture().await();
    }
  }

  Channel channel() {
    return channel;
  }

  LiteByteBufAllocator allocator() {
    return allocator;
  }

  @Override
  public void close() {
    channel.close().syncUninterruptibly();
    loops.shutdownGracefully(0, 5, TimeUnit.SECONDS).syncUninterruptibly();
    allocator.close();
  }

  @Sharable
  private static final class FileHandler extends SimpleChannelInboundHandler<FullHttpRequest> {

    private static final int PIECE_BYTES = 16 * 1024;

    private final Path root;

    FileHandler(Path root) {
      this.root = root;
    }

    @Override
    protected void channelRead0(ChannelHandlerContext context, FullHttpRequest request)
        throws IOException {
      Path file = fileOf(request);
      if (file == null) {
        answer(context, HttpResponseStatus.BAD_REQUEST);
      } else if (!request.method().equals(HttpMethod.GET)) {
        answer(context, HttpResponseStatus.METHOD_NOT_ALLOWED);
      } else if (!Files.isRegularFile(file) || !file.toRealPath().startsWith(root)) {
        answer(context, HttpResponseStatus.NOT_FOUND); // also for what lies outside of the folder
      } else {
        HttpResponse head = new DefaultHttpResponse(HttpVersion.HTTP_1_1, HttpResponseStatus.OK);
        HttpUtil.setContentLength(head, Files.size(file));
        context.write(head);
        FileChannel bytes = FileChannel.open(file);
        context
            .writeAndFlush(new HttpChunkedInput(new ChunkedNioFile(bytes, PIECE_BYTES)))
            .addListener(ChannelFutureListener.CLOSE_ON_FAILURE); // half a file is no answer
      }
    }

    /**
     * Returns the file that is asked for, if there is one; null if what is asked makes no sense.
     */
    private Path fileOf(FullHttpRequest request) {
      try {
        String path = new QueryStringDecoder(request.uri()).path();
        boolean isValid = request.decoderResult().isSuccess() && path.startsWith("/");
        return isValid ? root.resolve(path.substring(1)) : null;
      } catch (IllegalArgumentException e) { // not escaped rightly, or what no file is called
        return null;
      }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
      context.close();
    }

    private static void answer(ChannelHandlerContext context, HttpResponseStatus status) {
      DefaultFullHttpResponse response =
          new DefaultFullHttpResponse(HttpVersion.HTTP_1_1, status, Unpooled.EMPTY_BUFFER);
      response.headers().set(HttpHeaderNames.CONTENT_LENGTH, 0);
      context.writeAndFlush(response);
    }
  }
}
