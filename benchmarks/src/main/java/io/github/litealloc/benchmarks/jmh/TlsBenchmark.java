package io.github.litealloc.benchmarks.jmh;

import io.github.litealloc.benchmarks.LoopbackKeys;
import io.github.litealloc.benchmarks.TemporaryFiles;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslProvider;
import io.netty.handler.ssl.util.InsecureTrustManagerFactory;
import java.nio.file.Path;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.TearDown;

/**
 * What does a request of 300 bytes cost with its answer of 4 KiB, both through TLS by the JDK's
 * engine, on an event loop? The engine works on heap buffers. Garbage: {@code -prof gc}.
 *
 * <p>{@code java -jar lite-alloc.jar jmh Tls -p allocator=adaptive,hybrid -prof gc}
 */
public class TlsBenchmark extends CandidateBenchmark {

  private static final int REQUEST_BYTES = 300;
  private static final int ANSWER_BYTES = 4_096;

  private TrialAllocator trial;
  private ByteBufAllocator alloc;
  private EmbeddedChannel client;
  private EmbeddedChannel server;

  /** Made by JMH. */
  @SuppressWarnings("NullAway.Init") // JMH sets the fields
  public TlsBenchmark() {}

  /** Shakes hands. */
  @Setup
  public void open() throws Exception {
    Path folder = TemporaryFiles.folder("lite-alloc-tls");
    Path keys = folder.resolve("keys.p12");
    LoopbackKeys.make(keys);
    trial = TrialAllocator.open(allocator);
    alloc = trial.allocator();
    SslContext clients =
        SslContextBuilder.forClient()
            .sslProvider(SslProvider.JDK)
            .trustManager(InsecureTrustManagerFactory.INSTANCE)
            .endpointIdentificationAlgorithm(null)
            .build();
    SslContext servers =
        SslContextBuilder.forServer(LoopbackKeys.read(keys)).sslProvider(SslProvider.JDK).build();
    TemporaryFiles.delete(folder);
    client = new EmbeddedChannel();
    server = new EmbeddedChannel();
    client.config().setAllocator(alloc);
    server.config().setAllocator(alloc);
    client.pipeline().addLast(clients.newHandler(alloc));
    server.pipeline().addLast(servers.newHandler(alloc), new Answering());
    boolean isGoingOn;
    do { // until nobody has anything to say
      isGoingOn = carry(client, server);
      isGoingOn |= carry(server, client);
    } while (isGoingOn);
  }

  private static final class Answering extends SimpleChannelInboundHandler<ByteBuf> {
    @Override
    protected void channelRead0(ChannelHandlerContext ctx, ByteBuf message) {
      ctx.writeAndFlush(ctx.alloc().directBuffer(ANSWER_BYTES).writeZero(ANSWER_BYTES));
    }
  }

  /** Carries what one side has written to the other. */
  private static boolean carry(EmbeddedChannel from, EmbeddedChannel to) {
    from.runPendingTasks();
    boolean isAnything = false;
    for (ByteBuf next = from.readOutbound(); next != null; next = from.readOutbound()) {
      to.writeInbound(next);
      isAnything = true;
    }
    return isAnything;
  }

  /**
   * One request and its answer.
   *
   * @return the answer's bytes
   */
  @Benchmark
  public int requestAndAnswer() {
    client.writeOutbound(alloc.directBuffer(REQUEST_BYTES).writeZero(REQUEST_BYTES));
    carry(client, server);
    carry(server, client);
    int bytes = 0;
    for (ByteBuf next = client.readInbound(); next != null; next = client.readInbound()) {
      bytes += next.readableBytes();
      next.release();
    }
    if (bytes != ANSWER_BYTES) {
      throw new IllegalStateException("answer: " + bytes + " bytes (expected: 4096)");
    }
    return bytes;
  }

  /** Closes channels and allocator. */
  @TearDown
  public void close() {
    client.finishAndReleaseAll();
    server.finishAndReleaseAll();
    trial.close();
  }
}
