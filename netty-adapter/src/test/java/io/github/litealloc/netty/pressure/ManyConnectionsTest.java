package io.github.litealloc.netty.pressure;

import static io.github.litealloc.netty.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.litealloc.netty.LiteByteBufAllocator;
import io.github.litealloc.netty.MemoryPressureHandler;
import io.netty.bootstrap.Bootstrap;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.group.ChannelGroup;
import io.netty.channel.group.DefaultChannelGroup;
import io.netty.channel.local.LocalAddress;
import io.netty.channel.local.LocalChannel;
import io.netty.channel.local.LocalIoHandler;
import io.netty.channel.local.LocalServerChannel;
import io.netty.handler.timeout.ReadTimeoutHandler;
import io.netty.util.concurrent.ImmediateEventExecutor;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Thousands of connections behind one handler, on one event loop. */
final class ManyConnectionsTest {

  private static final int CONNECTIONS =
      Integer.getInteger("litealloc.pressure.connections", 2_000);
  private static final int TIMEOUT_SECONDS = 2;
  private static final int MAX_BYTES = 16 << 20;
  private static final int FILL_BYTES = MAX_BYTES / 100 * 98;
  private static final int ASK = 1;

  private final LiteByteBufAllocator allocator =
      LiteByteBufAllocator.builder().maxBytes(MAX_BYTES).build();
  private final MemoryPressureHandler pressure = new MemoryPressureHandler();
  private final EventLoopGroup loop = loop();
  private final EventLoopGroup clientLoop = loop();
  private final ChannelGroup connections = new DefaultChannelGroup(ImmediateEventExecutor.INSTANCE);
  private final AtomicInteger closed = new AtomicInteger();
  private final AtomicInteger received = new AtomicInteger();

  private int connected;

  private static EventLoopGroup loop() {
    return new MultiThreadIoEventLoopGroup(1, LocalIoHandler.newFactory());
  }

  @AfterEach
  void end() {
    connections
        .close()
        .awaitUninterruptibly(20, TimeUnit.SECONDS); // or each warns of an ended loop
    for (EventLoopGroup group : List.of(clientLoop, loop)) {
      group.shutdownGracefully(0, 10, TimeUnit.SECONDS).awaitUninterruptibly(20, TimeUnit.SECONDS);
    }
    allocator.close();
  }

  private Channel listen() {
    return new ServerBootstrap()
        .group(loop)
        .channel(LocalServerChannel.class)
        .childOption(ChannelOption.ALLOCATOR, allocator)
        .childHandler(
            new ChannelInitializer<>() {
              @Override
              protected void initChannel(Channel channel) {
                channel.closeFuture().addListener(end -> closed.incrementAndGet());
                connections.add(channel);
                channel
                    .pipeline()
                    .addLast(pressure, new ReadTimeoutHandler(TIMEOUT_SECONDS), new Receiver());
              }
            })
        .bind(LocalAddress.ANY)
        .syncUninterruptibly()
        .channel();
  }

  private Channel connect(Channel server) {
    return new Bootstrap()
        .group(clientLoop)
        .channel(LocalChannel.class)
        .handler(new ChannelInboundHandlerAdapter())
        // The names that Netty makes up are hashes, of which two can be the same.
        .connect(server.localAddress(), new LocalAddress("client-" + connected++))
        .syncUninterruptibly()
        .channel();
  }

  /** All wait for longer than their timeouts, and have sent something that is not read. */
  @Test
  void connections_pausedForLong_areAllReadAgainAndNoneIsClosed() throws Exception {
    Channel server = listen();
    // From one that is gone the handler knows what a message may cost: more than there will be.
    Channel costly = connect(server);
    costly.writeAndFlush(Unpooled.buffer().writeByte(ASK)).sync();
    eventually(() -> received.get() == 1, received::get);
    costly.close().sync();
    // Its answer is released after the listeners of its end have run.
    eventually(() -> allocator.metric().usedBytes() == 0, allocator::metric);
    ByteBuf fill = loop.submit(() -> allocator.directBuffer(FILL_BYTES)).get(30, TimeUnit.SECONDS);
    assertThat(allocator.metric().usedBytes())
        .as("bytes within the budget")
        .isGreaterThanOrEqualTo(FILL_BYTES);
    List<Channel> clients = new ArrayList<>();
    for (int i = 0; i < CONNECTIONS; i++) {
      clients.add(connect(server));
      clients.get(i).writeAndFlush(Unpooled.buffer().writeByte(0));
    }
    Thread.sleep((TIMEOUT_SECONDS + 1) * 1_000L); // as long as a pause that timeouts must not count
    assertThat(closed.get()).isEqualTo(1);
    assertThat(received.get()).isLessThan(CONNECTIONS);
    loop.submit(() -> fill.release()).get(30, TimeUnit.SECONDS);
    eventually(() -> received.get() == 1 + CONNECTIONS, received::get);
  }

  /** Keeps an answer to whoever asks for one until the connection ends. */
  private final class Receiver extends SimpleChannelInboundHandler<ByteBuf> {
    private @Nullable ByteBuf answer;

    @Override
    protected void channelRead0(ChannelHandlerContext context, ByteBuf message) {
      if (message.readByte() == ASK) {
        answer = context.alloc().directBuffer(MAX_BYTES / 4);
      }
      received.incrementAndGet();
    }

    @Override
    public void handlerRemoved(ChannelHandlerContext context) {
      if (answer != null) {
        answer.release();
        answer = null;
      }
    }
  }
}
