package io.github.litealloc.netty;

import static io.github.litealloc.netty.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.litealloc.memory.MemoryPressure;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.CompositeByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import java.io.DataInputStream;
import java.io.IOException;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** A server whose clients want ten times the memory that it may have. */
final class BackPressureTest {

  private static final long MAX_BYTES = 10 << 20;
  private static final int REPLY_BYTES = 512 * 1024;
  private static final int FIRST_PART_BYTES = 224 * 1024;
  private static final int PIECE_BYTES = 16 * 1024;

  private static final int PATIENCE_MILLIS = 30_000;
  private static final int CONNECTIONS = 200; // 100 MiB of replies at once

  @Test
  void server_askedForTenTimesItsBudget_slowsDownAndAnswersEverything() throws Exception {
    requireAllAnswers(CONNECTIONS, 0);
  }

  /** Each client waits for one reply while the memory is full of others that it will read later. */
  @Test
  void server_clientsWaitForOneReplyAfterTheOther_slowsDownAndAnswersEverything() throws Exception {
    requireAllAnswers(4, 2_000);
  }

  private static void requireAllAnswers(int clientThreads, long pauseMillis) throws Exception {
    LiteByteBufAllocator allocator =
        LiteByteBufAllocator.builder()
            .maxBytes(MAX_BYTES)
            .whenExhausted(ExhaustionPolicy.THROW)
            .build();
    MemoryPressureHandler pressure = new MemoryPressureHandler();
    ExecutorService clients = Executors.newFixedThreadPool(clientThreads);
    try (LoopbackServer server =
        new LoopbackServer(
            allocator, 2, child -> child.pipeline().addLast(pressure, new Replier()))) {
      List<Socket> sockets = new ArrayList<>();
      for (int i = 0; i < CONNECTIONS; i++) {
        Socket socket = server.connect();
        sockets.add(socket);
        socket.getOutputStream().write(ByteBuffer.allocate(Integer.BYTES).putInt(i).array());
      }
      // Nobody reads: without back-pressure the replies to all of them would be in memory now.
      eventually(
          () -> allocator.metric().budget().pressure() != MemoryPressure.NORMAL, allocator::metric);
      Thread.sleep(pauseMillis); // and still nobody reads
      List<Future<?>> readers = new ArrayList<>();
      for (int t = 0; t < clientThreads; t++) {
        int first = t;
        readers.add(
            clients.submit(
                () -> {
                  for (int i = first; i < CONNECTIONS; i += clientThreads) {
                    verifyReply(sockets.get(i), i);
                  }
                  return null;
                }));
      }
      for (Future<?> reader : readers) {
        reader.get(60, TimeUnit.SECONDS);
      }
      assertThat(server.failures()).isEmpty();
      assertThat(allocator.metric().failures()).isZero();
      assertThat(allocator.metric().fallbacks(FallbackReason.EXHAUSTED)).isZero();
      assertThat(allocator.metric().budget().peakReservedBytes()).isLessThanOrEqualTo(MAX_BYTES);

      // Recovered: the same connections are served again.
      for (int i : new int[] {0, CONNECTIONS / 2, CONNECTIONS - 1}) {
        sockets.get(i).getOutputStream().write(new byte[] {0, 0, 0, (byte) i});
        verifyReply(sockets.get(i), i);
      }
      for (Socket socket : sockets) {
        socket.close();
      }
      eventually(() -> allocator.metric().usedBytes() == 0, allocator::metric);
    } finally {
      clients.shutdownNow();
    }
    assertThat(allocator.metric().arenas()).isEmpty();
  }

  private static void verifyReply(Socket socket, int connection) throws IOException {
    byte[] reply = new byte[REPLY_BYTES];
    new DataInputStream(socket.getInputStream()).readFully(reply);
    if (!Arrays.equals(reply, Pattern.bytes(connection, 0, REPLY_BYTES))) {
      throw new IOException("wrong reply on connection " + connection);
    }
  }

  @Test
  void server_fullOfHalfReceivedRequests_completesThemInTurns() throws Exception {
    int connections = 40;
    LiteByteBufAllocator allocator = LiteByteBufAllocator.builder().maxBytes(MAX_BYTES).build();
    CountDownLatch halfWay = new CountDownLatch(1);
    MemoryPressureHandler pressure = new MemoryPressureHandler();
    ExecutorService clients = Executors.newFixedThreadPool(connections);
    try (LoopbackServer server =
        new LoopbackServer(
            allocator, 2, child -> child.pipeline().addLast(pressure, new Aggregator()))) {
      List<Future<Integer>> answers = new ArrayList<>();
      for (int i = 0; i < connections; i++) {
        int connection = i;
        answers.add(
            clients.submit(
                () -> {
                  try (Socket socket = server.connect()) {
                    socket.setSoTimeout(PATIENCE_MILLIS);
                    for (int done = 0; done < REPLY_BYTES; done += PIECE_BYTES) {
                      if (done == FIRST_PART_BYTES) {
                        halfWay.await();
                      }
                      socket.getOutputStream().write(Pattern.bytes(connection, done, PIECE_BYTES));
                    }
                    return new DataInputStream(socket.getInputStream()).readInt();
                  }
                }));
      }
      // What is half received is too much already, and none of it can go before the rest has come.
      eventually(
          () -> allocator.metric().budget().pressure() != MemoryPressure.NORMAL,
          () -> allocator.metric() + " " + server.failures());
      halfWay.countDown();
      for (int i = 0; i < connections; i++) {
        assertThat(answers.get(i).get(PATIENCE_MILLIS, TimeUnit.MILLISECONDS))
            .isEqualTo(Arrays.hashCode(Pattern.bytes(i, 0, REPLY_BYTES)));
      }
      assertThat(server.failures()).isEmpty();
      eventually(() -> allocator.metric().usedBytes() == 0, allocator::metric);
    } finally {
      clients.shutdownNow();
    }
  }

  /** Answers each number with the pattern of that connection, as a slow reader lets it. */
  private static final class Replier extends ChannelInboundHandlerAdapter {
    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
      ByteBuf request = (ByteBuf) message;
      int connection = request.readInt();
      request.release();
      for (int done = 0; done < REPLY_BYTES; done += PIECE_BYTES) {
        ByteBuf piece = context.alloc().directBuffer(PIECE_BYTES);
        context.write(piece.writeBytes(Pattern.bytes(connection, done, PIECE_BYTES)));
      }
      context.flush();
    }
  }

  /** Keeps everything until a request is complete, then answers with its hash. */
  private static final class Aggregator extends ChannelInboundHandlerAdapter {
    private CompositeByteBuf received;

    @Override
    public void handlerAdded(ChannelHandlerContext context) {
      received = context.alloc().compositeDirectBuffer(Integer.MAX_VALUE);
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
      received.addComponent(true, (ByteBuf) message);
      if (received.readableBytes() == REPLY_BYTES) {
        byte[] all = new byte[REPLY_BYTES];
        received.readBytes(all);
        received.discardReadComponents();
        context.writeAndFlush(
            context.alloc().directBuffer(Integer.BYTES).writeInt(Arrays.hashCode(all)));
      }
    }

    @Override
    public void handlerRemoved(ChannelHandlerContext context) {
      received.release();
    }
  }
}
