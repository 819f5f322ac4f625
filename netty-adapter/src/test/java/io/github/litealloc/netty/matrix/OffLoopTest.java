package io.github.litealloc.netty.matrix;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.util.ReferenceCountUtil;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Buffers that were read on the event loop and are used on a thread of the application. */
final class OffLoopTest {

  private static final int PIECES = 100;
  private static final int PIECE_BYTES = 5_000;

  private final Payload payload = new Payload(3);

  @ParameterizedTest
  @MethodSource(Setting.PAIRWISE)
  void write_onAnotherThread_ofBuffersThatWereRead_sendsTheirBytes(Setting setting)
      throws Exception {
    echo(setting, (ctx, buffer) -> ctx.writeAndFlush(buffer));
  }

  @ParameterizedTest
  @MethodSource(Setting.PAIRWISE)
  void safeRelease_onAnotherThread_ofBuffersThatWereRead_givesThemBack(Setting setting)
      throws Exception {
    echo(
        setting,
        (ctx, buffer) -> {
          byte[] copy = new byte[buffer.readableBytes()];
          buffer.getBytes(buffer.readerIndex(), copy);
          ReferenceCountUtil.safeRelease(buffer);
          ctx.executor().execute(() -> ctx.writeAndFlush(ctx.alloc().buffer().writeBytes(copy)));
        });
  }

  private void echo(Setting setting, Work work) throws Exception {
    ExecutorService application = Executors.newSingleThreadExecutor();
    try (Loopback net = new Loopback(setting)) {
      Worker server = new Worker(application, work);
      CheckingClient client = new CheckingClient(payload, (long) PIECES * PIECE_BYTES, this::send);
      net.connect(net.serve(to -> to.addLast(server)), to -> to.addLast(client));
      client.outcome.await();
    } finally {
      application.shutdown();
    }
  }

  private void send(Channel channel) {
    for (int i = 0; i < PIECES; i++) {
      channel.writeAndFlush(payload.buffer(channel.alloc(), (long) i * PIECE_BYTES, PIECE_BYTES));
    }
  }

  /** What the application's thread does with a buffer, which is then its own. */
  private interface Work {
    void accept(ChannelHandlerContext ctx, ByteBuf buffer);
  }

  /** Hands what it reads to the application's thread, which checks it first. */
  private final class Worker extends Side {

    private final ExecutorService application;
    private final Work work;
    private long position; // the application's thread only

    Worker(ExecutorService application, Work work) {
      super(new Outcome("the server"));
      this.application = application;
      this.work = work;
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
      application.execute(() -> process(ctx, (ByteBuf) message));
    }

    private void process(ChannelHandlerContext ctx, ByteBuf buffer) {
      try {
        position = payload.check(buffer, position);
        work.accept(ctx, buffer);
      } catch (AssertionError e) {
        ctx.close(); // which the client reports
        throw e;
      }
    }
  }
}
