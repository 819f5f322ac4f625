package io.github.litealloc.netty.pressure;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.litealloc.memory.MemoryBudget;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPipeline;
import io.netty.channel.FixedRecvByteBufAllocator;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpServerCodec;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.HttpVersion;
import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * One connection asks for hundreds of small answers at once, for several times the budget or nearly
 * all of it. It is read in pieces that bring a few requests each: one piece is one message.
 */
final class PipelinedAnswersTest {

  private static final int REQUESTS = 800;
  private static final int READ_BYTES = 256;
  private static final int LEAST_BYTES = 4 * 1024;
  private static final int MOST_BYTES = 16 * 1024;

  private static int answerBytes(int request) {
    return LEAST_BYTES + request * 997 % (MOST_BYTES - LEAST_BYTES);
  }

  @ParameterizedTest
  @CsvSource({"2, 0", "4, 0", "4, 1000", "8, 0", "8, 1000"})
  void answers_toRequestsThatComeAtOnce_allComeFromTheBudget(int mebibytes, long waitMillis)
      throws Exception {
    StringBuilder requests = new StringBuilder();
    long bytes = 0;
    for (int i = 0; i < REQUESTS; i++) {
      requests.append("GET / HTTP/1.1\r\nhost: x\r\n\r\n");
      bytes += answerBytes(i);
    }
    try (Server server = new Server(mebibytes)) {
      server.listenWithSmallSockets((pressure, to) -> addTo(to.addLast(pressure)));
      try (Socket socket = new Socket()) {
        socket.setReceiveBufferSize(64 * 1024); // what is not read is the server's
        socket.setSoTimeout(60_000);
        socket.connect(server.address());
        socket.getOutputStream().write(requests.toString().getBytes(StandardCharsets.US_ASCII));
        Thread.sleep(waitMillis); // the load: nobody reads for so long
        DataInputStream in = new DataInputStream(new BufferedInputStream(socket.getInputStream()));
        for (int i = 0; i < REQUESTS; i++) {
          assertThat(bodyBytes(in)).isEqualTo(answerBytes(i));
          in.skipNBytes(answerBytes(i));
        }
      }
      MemoryBudget budget = server.allocator.metric().budget();
      assertThat(budget.peakReservedBytes()).isLessThanOrEqualTo(budget.maxBytes());
      assertThat(server.fallback.bytes.get()).isLessThanOrEqualTo(bytes / 100);
      server.requireEmpty();
    }
  }

  private static void addTo(ChannelPipeline to) {
    to.channel().config().setRecvByteBufAllocator(new FixedRecvByteBufAllocator(READ_BYTES));
    to.addLast(new HttpServerCodec(), new Answerer());
  }

  /** Reads the head of an answer, and returns what it says of the body's length. */
  private static int bodyBytes(DataInputStream in) throws IOException {
    int bytes = -1;
    StringBuilder line = new StringBuilder();
    while (true) {
      int read = in.readUnsignedByte();
      if (read != '\n') {
        line.append((char) read);
        continue;
      }
      String text = line.toString().trim();
      line.setLength(0);
      if (text.isEmpty()) {
        return bytes;
      }
      if (text.startsWith("content-length:")) {
        bytes = Integer.parseInt(text.substring("content-length:".length()).trim());
      }
    }
  }

  private static final class Answerer extends SimpleChannelInboundHandler<Object> {
    private int requests;

    @Override
    protected void channelRead0(ChannelHandlerContext context, Object message) {
      if (message instanceof HttpRequest) {
        int bytes = answerBytes(requests++);
        DefaultFullHttpResponse response =
            new DefaultFullHttpResponse(
                HttpVersion.HTTP_1_1,
                HttpResponseStatus.OK,
                context.alloc().directBuffer(bytes).writeZero(bytes));
        HttpUtil.setContentLength(response, bytes);
        context.writeAndFlush(response);
      }
    }
  }
}
