package io.github.litealloc.netty.pressure;

import static io.github.litealloc.netty.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.litealloc.memory.MemoryBudget;
import io.github.litealloc.memory.MemoryPressure;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelPipeline;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.channel.socket.SocketChannel;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.ssl.SslProvider;
import io.netty.pkitesting.CertificateBuilder;
import io.netty.pkitesting.X509Bundle;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Beginnings and ends of connections while the budget is critical. */
final class EndsTest {

  private static final int BUDGET_MEBIBYTES = 8;
  private static final int PATIENCE_SECONDS = 30;

  private final Server server = new Server(BUDGET_MEBIBYTES);
  private final AtomicInteger open = new AtomicInteger();

  @AfterEach
  void end() {
    server.close();
  }

  /** Something else on the server's event loop takes nearly all of the budget. */
  private ByteBuf fill() throws Exception {
    MemoryBudget budget = server.allocator.metric().budget();
    ByteBuf cache =
        server
            .loop
            .submit(() -> server.allocator.directBuffer((int) (budget.maxBytes() / 100 * 97)))
            .get(PATIENCE_SECONDS, TimeUnit.SECONDS);
    assertThat(budget.pressure()).isEqualTo(MemoryPressure.CRITICAL);
    return cache;
  }

  private void release(ByteBuf cache) throws Exception {
    server.loop.submit(() -> cache.release()).get(PATIENCE_SECONDS, TimeUnit.SECONDS);
  }

  private void countOpen(ChannelPipeline to) {
    open.incrementAndGet();
    to.channel().closeFuture().addListener(closed -> open.decrementAndGet());
  }

  private long reservedBytes() {
    return server.allocator.metric().budget().reservedBytes();
  }

  private static long criticalBytes() {
    return ((long) BUDGET_MEBIBYTES << 20) * 97 / 100;
  }

  /** Their peers have sent all that they ever will, and it was read and kept. */
  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void strangers_whoEndAtTheCriticalMark_areSeen(boolean isReset) throws Exception {
    server.listen(
        (pressure, to) -> {
          countOpen(to);
          to.addLast(pressure);
          HonestServer.add(to);
        });
    List<Stranger> strangers = new ArrayList<>();
    int sentBytes = 64 * 1024;
    for (int i = 0; i < 20; i++) {
      strangers.add(Stranger.sending(server.address(), 4 << 20, sentBytes));
    }
    eventually(
        () -> server.allocator.metric().usedBytes() >= strangers.size() * (long) sentBytes,
        server.allocator::metric);
    ByteBuf cache =
        server
            .loop
            .submit(() -> server.allocator.directBuffer((int) (criticalBytes() - reservedBytes())))
            .get(PATIENCE_SECONDS, TimeUnit.SECONDS);
    assertThat(server.allocator.metric().budget().pressure()).isEqualTo(MemoryPressure.CRITICAL);
    for (Stranger stranger : strangers) {
      stranger.isReset = isReset;
      stranger.close();
    }
    eventually(() -> open.get() == 0, open::get);
    release(cache);
  }

  /** What is sent before the end comes before it. */
  @Test
  void halfClosedConnection_atTheCriticalMark_isReadToItsEndAndAnswered() throws Exception {
    server.listen(
        (pressure, to) -> {
          ((SocketChannel) to.channel()).config().setAllowHalfClosure(true);
          to.addLast(pressure, new AnswersAtTheEnd());
        });
    ByteBuf cache = fill();
    CompletableFuture<Integer> answer = new CompletableFuture<>();
    Channel client =
        server.connect(
            to -> {
              ((SocketChannel) to.channel()).config().setAllowHalfClosure(true);
              to.addLast(new Numbers(answer));
            });
    client.writeAndFlush(Unpooled.buffer().writeZero(1_000)).sync();
    ((SocketChannel) client).shutdownOutput().sync();
    assertThat(answer.get(PATIENCE_SECONDS, TimeUnit.SECONDS)).isEqualTo(1_000);
    release(cache);
  }

  /** In front of TLS as behind it: hands are shaken, bytes echoed, and the end is notified. */
  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void tls_atTheCriticalMark_beginsAndEnds(boolean isBehind) throws Exception {
    X509Bundle certificate =
        new CertificateBuilder()
            .subject("cn=localhost")
            .setIsCertificateAuthority(true)
            .buildSelfSigned();
    SslContext serverContext =
        SslContextBuilder.forServer(
                certificate.getKeyPair().getPrivate(), certificate.getCertificatePath())
            .sslProvider(SslProvider.JDK)
            .build();
    SslContext clientContext =
        SslContextBuilder.forClient()
            .trustManager(certificate.getCertificate())
            .sslProvider(SslProvider.JDK)
            .endpointIdentificationAlgorithm(null)
            .build();
    CompletableFuture<Boolean> isNotified = new CompletableFuture<>();
    server.listen(
        (pressure, to) -> {
          countOpen(to);
          SslHandler tls = serverContext.newHandler(to.channel().alloc());
          if (isBehind) {
            to.addLast(tls, pressure);
          } else {
            to.addLast(pressure, tls);
          }
          tls.sslCloseFuture().addListener(end -> isNotified.complete(end.isSuccess()));
          to.addLast(new Echo());
        });
    ByteBuf cache = fill();
    CompletableFuture<Integer> answer = new CompletableFuture<>();
    Channel client =
        server.connect(
            to -> to.addLast(clientContext.newHandler(to.channel().alloc()), new Numbers(answer)));
    client.writeAndFlush(Unpooled.buffer().writeInt(7));
    assertThat(answer.get(PATIENCE_SECONDS, TimeUnit.SECONDS)).isEqualTo(7);
    client.close().sync();
    assertThat(isNotified.get(PATIENCE_SECONDS, TimeUnit.SECONDS)).isTrue();
    eventually(() -> open.get() == 0, open::get);
    release(cache);
  }

  private static final class Echo extends ChannelInboundHandlerAdapter {
    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
      context.writeAndFlush(message);
    }
  }

  /** Counts bytes, and answers with their number when there will be no more. */
  private static final class AnswersAtTheEnd extends SimpleChannelInboundHandler<ByteBuf> {
    private int bytes;

    @Override
    protected void channelRead0(ChannelHandlerContext context, ByteBuf message) {
      bytes += message.readableBytes();
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext context, Object event) {
      if (event instanceof ChannelInputShutdownEvent) {
        context.writeAndFlush(context.alloc().directBuffer(4).writeInt(bytes));
      }
    }
  }

  private static final class Numbers extends SimpleChannelInboundHandler<ByteBuf> {
    private final CompletableFuture<Integer> first;

    Numbers(CompletableFuture<Integer> first) {
      this.first = first;
    }

    @Override
    protected void channelRead0(ChannelHandlerContext context, ByteBuf message) {
      first.complete(message.readInt());
    }
  }
}
