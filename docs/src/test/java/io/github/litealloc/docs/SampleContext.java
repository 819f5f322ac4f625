package io.github.litealloc.docs;

import io.github.litealloc.netty.LiteByteBufAllocator;
import io.github.litealloc.netty.MemoryPressureHandler;
import io.grpc.BindableService;
import io.grpc.ServerServiceDefinition;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.channel.nio.NioIoHandler;

/** What samples name and do not make: compiled samples extend this. */
public abstract class SampleContext {

  protected static final LiteByteBufAllocator ALLOCATOR =
      LiteByteBufAllocator.builder().name("samples").build();
  private static final EventLoopGroup LOOPS =
      new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());

  protected final LiteByteBufAllocator allocator = ALLOCATOR;
  protected final EventLoopGroup parentGroup = LOOPS;
  protected final EventLoopGroup childGroup = LOOPS;
  protected final EventLoopGroup group = LOOPS;
  protected final EventLoopGroup loops = LOOPS;
  protected final ChannelHandler initializer = new ChannelInboundHandlerAdapter();
  protected final MemoryPressureHandler pressure = new MemoryPressureHandler();
  protected final Channel channel = new EmbeddedChannel();
  protected final MeterRegistry meterRegistry = new SimpleMeterRegistry();
  protected final BindableService service =
      () -> ServerServiceDefinition.builder("samples.Service").build();
  protected final String host = "127.0.0.1";
  protected final int port = 0;

  /** Does what the sample says. */
  public abstract void run() throws Exception;

  static void close() {
    LOOPS.shutdownGracefully();
    ALLOCATOR.close();
  }
}
