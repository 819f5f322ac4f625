package io.github.litealloc.netty.matrix;

import static io.github.litealloc.netty.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.github.litealloc.ArenaFigure;
import io.github.litealloc.Hardening;
import io.github.litealloc.netty.LiteAllocatorMetric;
import io.github.litealloc.netty.LiteByteBufAllocator;
import io.netty.bootstrap.Bootstrap;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.DefaultFileRegion;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.uring.IoUring;
import io.netty.channel.uring.IoUringBufferRingConfig;
import io.netty.channel.uring.IoUringChannelOption;
import io.netty.channel.uring.IoUringFixedBufferRingAllocator;
import io.netty.channel.uring.IoUringIoHandler;
import io.netty.channel.uring.IoUringIoHandlerConfig;
import io.netty.util.NetUtil;
import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What the kernel holds for longer than a call: provided buffer rings, which it fills when it
 * likes, and zero-copy sends, which it reads until it says so; and what it takes in one call,
 * gathering writes with file regions between them. The arenas are hardened: freed blocks are
 * overwritten, so one that is freed too early is sent with other bytes, and one that the kernel
 * fills after its end is a violation. Meanwhile both loops take and free blocks of the same sizes.
 */
final class KernelBuffersTest {

  private static final short GROUP = 7;
  private static final short RING_BUFFERS = 16;
  private static final int RING_BUFFER_BYTES = 4_096;
  private static final int PIECES = 120;
  private static final int PIECE_BYTES = 9_001;
  private static final int REGION_BYTES = 50_000;

  /** So that most of it waits: what the kernel takes at once cannot be freed too early. */
  private static final int SEND_BUFFER_BYTES = 8_192;

  private static final int ALL_BYTES = PIECES * PIECE_BYTES + REGION_BYTES;

  private final Payload payload = new Payload(5);
  private final List<String> violations = new ArrayList<>(); // guarded by itself
  private final LiteByteBufAllocator allocator =
      LiteByteBufAllocator.builder()
          .name("kernel")
          .hardening(Hardening.debugBuilder().onViolation(this::note).build())
          .build();

  @TempDir private Path folder;

  private void note(Object violation) {
    synchronized (violations) {
      violations.add(violation.toString());
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void ioUring_ringsAndZeroCopySends_keepTheirBuffersUntilTheKernelIsDone(boolean isIncremental)
      throws Exception {
    assumeTrue(IoUring.isAvailable() && IoUring.isRegisterBufferRingSupported());
    assumeTrue(!isIncremental || IoUring.isRegisterBufferRingIncSupported());
    IoUringIoHandlerConfig config =
        new IoUringIoHandlerConfig()
            .setBufferRingConfig(
                IoUringBufferRingConfig.builder()
                    .bufferGroupId(GROUP)
                    .bufferRingSize(RING_BUFFERS)
                    .batchSize(RING_BUFFERS / 2)
                    .incremental(isIncremental)
                    .allocator(new IoUringFixedBufferRingAllocator(allocator, RING_BUFFER_BYTES))
                    .build());
    echo(Transport.IO_URING, IoUringIoHandler.newFactory(config), true);
  }

  @Test
  void epoll_gatheringWritesAndFileRegions_sendWhatWasWritten() throws Exception {
    assumeTrue(Epoll.isAvailable());
    echo(Transport.EPOLL, Transport.EPOLL.ioHandler(), false);
  }

  private void echo(Transport transport, IoHandlerFactory io, boolean hasRings) throws Exception {
    File file = folder.resolve("region").toFile();
    Files.write(file.toPath(), payload.bytes(0, ALL_BYTES));
    EventLoopGroup serverLoop = new MultiThreadIoEventLoopGroup(1, io);
    EventLoopGroup clientLoop = new MultiThreadIoEventLoopGroup(1, io);
    try {
      CheckingEcho server = new CheckingEcho(payload);
      CheckingClient client =
          new CheckingClient(payload, ALL_BYTES, channel -> write(channel, file));
      ServerBootstrap listening =
          new ServerBootstrap()
              .group(serverLoop)
              .channel(transport.serverChannel())
              .childOption(ChannelOption.ALLOCATOR, allocator)
              .childOption(ChannelOption.SO_SNDBUF, SEND_BUFFER_BYTES)
              .childHandler(initializer(server));
      Bootstrap connecting =
          new Bootstrap()
              .group(clientLoop)
              .channel(transport.clientChannel())
              .option(ChannelOption.ALLOCATOR, allocator)
              .option(ChannelOption.SO_SNDBUF, SEND_BUFFER_BYTES)
              .handler(initializer(client));
      if (hasRings) {
        listening
            .childOption(IoUringChannelOption.IO_URING_BUFFER_GROUP_ID, GROUP)
            .childOption(IoUringChannelOption.IO_URING_WRITE_ZERO_COPY_THRESHOLD, 0);
        connecting
            .option(IoUringChannelOption.IO_URING_BUFFER_GROUP_ID, GROUP)
            .option(IoUringChannelOption.IO_URING_WRITE_ZERO_COPY_THRESHOLD, 0);
      }
      Channel port = listening.bind(NetUtil.LOCALHOST4, 0).sync().channel();
      Channel connection = connecting.connect(port.localAddress()).sync().channel();
      churn(clientLoop);
      churn(serverLoop);
      client.outcome.await();
      connection.close().sync();
      port.close().sync();
    } finally {
      end(serverLoop);
      end(clientLoop);
    }
    LiteAllocatorMetric metric = allocator.metric();
    eventually(() -> metric.liveBuffers() == 0, () -> metric);
    allocator.close();
    // Without Unsafe, before Java 22, the collector frees what is given back, when it likes.
    eventually(
        () -> metric.budget().reservedBytes() == metric.budget().uncollectedBytes(), () -> metric);
    assertThat(violations).isEmpty();
    assertThat(metric.closedArenas().get(ArenaFigure.VIOLATIONS)).isZero();
    assertThat(metric.traffic().arenaRequests()).isGreaterThan(PIECES);
    assertThat(metric.elsewhereBuffers()).isZero();
  }

  private static ChannelHandler initializer(ChannelHandler handler) {
    return new ChannelInitializer<>() {
      @Override
      protected void initChannel(Channel channel) {
        channel.pipeline().addLast(handler);
      }
    };
  }

  private void write(Channel channel, File file) {
    long position = 0;
    for (int i = 0; i < PIECES; i++) {
      if (i == PIECES / 2) {
        channel.write(new DefaultFileRegion(file, position, REGION_BYTES));
        position += REGION_BYTES;
      }
      channel.write(payload.buffer(channel.alloc(), position, PIECE_BYTES));
      position += PIECE_BYTES;
    }
    channel.flush();
  }

  /** Takes, spoils and frees blocks such as those that the kernel has. */
  private void churn(EventLoopGroup loop) {
    Queue<ByteBuf> live = new ArrayDeque<>();
    for (int i = 0; i < 200; i++) {
      loop.schedule(
          () -> {
            for (int bytes : new int[] {PIECE_BYTES, RING_BUFFER_BYTES}) {
              live.add(allocator.directBuffer(bytes).writeZero(bytes));
              if (live.size() > 6) {
                live.remove().release();
              }
            }
          },
          i,
          TimeUnit.MILLISECONDS);
    }
    loop.schedule(() -> live.forEach(ByteBuf::release), 200, TimeUnit.MILLISECONDS);
  }

  private static void end(EventLoopGroup loop) throws InterruptedException {
    Thread.sleep(250); // behind the churn
    loop.shutdownGracefully(0, 5, TimeUnit.SECONDS);
    assertThat(loop.awaitTermination(Outcome.PATIENCE_SECONDS, TimeUnit.SECONDS)).isTrue();
  }
}
