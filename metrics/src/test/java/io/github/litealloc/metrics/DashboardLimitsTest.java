package io.github.litealloc.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.litealloc.netty.LiteByteBufAllocator;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What clients cannot make the dashboard do, however they behave. */
final class DashboardLimitsTest {

  private static final int MAX_CONNECTIONS = 32;
  private static final int MAX_STREAMS = 8;
  private static final long STALL_LIMIT_MILLIS = 4_000;
  private static final Pattern TIME = Pattern.compile("\\{\"time\":(\\d+)");

  private final LiteByteBufAllocator allocator = LiteByteBufAllocator.builder().name("a").build();
  private DashboardServer server = DashboardServer.builder().allocator(allocator).start();
  private final List<Socket> sockets = new ArrayList<>();

  @AfterEach
  void close() throws IOException {
    for (Socket socket : sockets) {
      socket.close();
    }
    server.close();
    allocator.close();
  }

  private int port() {
    return server.uri().getPort();
  }

  private Socket connect() throws IOException {
    Socket socket = RawHttp.connect(port());
    sockets.add(socket);
    return socket;
  }

  private String get(String path) {
    return "GET " + path + " HTTP/1.1\r\nHost: 127.0.0.1:" + port() + "\r\n\r\n";
  }

  /** Opens a stream and returns its status. */
  private int openStream() throws IOException {
    Socket socket = connect();
    RawHttp.write(socket, get("/api/v1/stream"));
    return RawHttp.status(RawHttp.readHead(socket.getInputStream()));
  }

  @Test
  void stream_reader_getsASnapshotEachSecond() throws Exception {
    Socket socket = connect();
    RawHttp.write(socket, get("/api/v1/stream"));
    BufferedReader lines =
        new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.UTF_8));
    List<Long> ids = new ArrayList<>();
    List<Long> times = new ArrayList<>();
    boolean retry = false;
    while (ids.size() < 4) {
      String line = lines.readLine();
      retry |= line.equals("retry: 2000");
      if (line.startsWith("id: ")) {
        ids.add(Long.parseLong(line.substring(4)));
        times.add(System.nanoTime());
        assertThat(lines.readLine()).isEqualTo("event: snapshot");
        assertThat(lines.readLine()).startsWith("data: {\"time\":").endsWith("}");
      }
    }
    assertThat(retry).isTrue();
    assertThat(ids).isSorted().doesNotHaveDuplicates();
    assertThat(TimeUnit.NANOSECONDS.toMillis(times.get(3) - times.get(1)))
        .isBetween(1_500L, 4_000L);
  }

  @Test
  void stream_oneTooMany_isToldToPollAndServedLater() throws Exception {
    for (int i = 0; i < MAX_STREAMS; i++) {
      assertThat(openStream()).isEqualTo(200);
    }
    assertThat(openStream()).isEqualTo(503);
    assertThat(RawHttp.get(port(), "/api/v1/snapshot").status()).isEqualTo(200);

    sockets.get(0).close();
    Eventually.eventually(() -> assertThat(openStream()).isEqualTo(200));
  }

  @Test
  void connections_allTaken_theSlowestGivesWay() throws Exception {
    for (int i = 0; i < MAX_CONNECTIONS; i++) {
      Socket socket = connect();
      RawHttp.write(socket, "GET / HT"); // and no more
      Thread.sleep(2); // the order in which they are accepted
    }
    for (int i = 0; i < 3; i++) {
      assertThat(RawHttp.get(port(), "/metrics").status()).isEqualTo(200);
    }
    assertThat(isClosed(sockets.get(0))).isTrue();
    Socket youngest = sockets.get(MAX_CONNECTIONS - 1);
    RawHttp.write(youngest, "TP/1.1\r\nHost: localhost\r\n\r\n");
    assertThat(RawHttp.status(RawHttp.readHead(youngest.getInputStream()))).isEqualTo(200);
  }

  @Test
  void connections_allTaken_streamsStay() throws Exception {
    for (int i = 0; i < MAX_STREAMS; i++) {
      assertThat(openStream()).isEqualTo(200);
    }
    for (int i = 0; i < 3 * MAX_CONNECTIONS; i++) {
      connect();
    }
    assertThat(RawHttp.get(port(), "/metrics").status()).isEqualTo(200);
    for (int i = 0; i < MAX_STREAMS; i++) {
      assertThat(sockets.get(i).getInputStream().readNBytes(200)).hasSize(200);
    }
  }

  private static boolean isClosed(Socket socket) throws IOException {
    try {
      return socket.getInputStream().read() < 0;
    } catch (SocketException reset) {
      return true;
    }
  }

  @Test
  void requests_onOneConnection_areAnsweredInOrder() throws Exception {
    Socket socket = connect();
    RawHttp.write(socket, get("/icon.svg") + get("/nothing") + get("/app.css"));
    for (int expected : new int[] {200, 404, 200}) {
      assertThat(readAnswer(socket)).isEqualTo(expected);
    }
    for (int i = 0; i < 3; i++) {
      RawHttp.write(socket, get("/chart.js"));
      assertThat(readAnswer(socket)).isEqualTo(200);
    }
  }

  @Test
  void requests_inManyPieces_areAnswered() throws Exception {
    Socket socket = connect();
    for (char each : get("/icon.svg").toCharArray()) {
      RawHttp.write(socket, String.valueOf(each));
      Thread.sleep(1);
    }
    assertThat(readAnswer(socket)).isEqualTo(200);
  }

  @Test
  void requests_withoutReading_areNotTakenInAndHinderNobody() throws Exception {
    Socket socket = connect();
    socket.setSendBufferSize(16 * 1024);
    AtomicBoolean allSent = new AtomicBoolean();
    Thread writer =
        new Thread(
            () -> {
              try {
                RawHttp.write(socket, get("/chart.js").repeat(500_000));
                allSent.set(true);
              } catch (IOException closed) {
                // By the server, or at the end of the test.
              }
            });
    writer.setDaemon(true);
    writer.start();
    for (int i = 0; i < 50; i++) {
      assertThat(RawHttp.get(port(), "/icon.svg").status()).isEqualTo(200);
    }
    Thread.sleep(300);
    assertThat(allSent).isFalse();
  }

  /** Reads one answer and returns its status. */
  private static int readAnswer(Socket socket) throws IOException {
    InputStream in = socket.getInputStream();
    String head = RawHttp.readHead(in);
    String length = head.replaceAll("(?is).*content-length: (\\d+).*", "$1");
    assertThat(in.readNBytes(Integer.parseInt(length))).hasSize(Integer.parseInt(length));
    return RawHttp.status(head);
  }

  @Test
  void requests_behindAStream_closeTheConnection() throws Exception {
    Socket socket = connect();
    RawHttp.write(socket, get("/api/v1/stream") + get("/"));
    socket.getInputStream().readAllBytes();
  }

  /** That the others lose nothing meanwhile, EventStreamsTest shows by a clock of its own. */
  @Test
  void stream_readerThatNeverReads_isDroppedAndOthersAreServed() throws Exception {
    server.close();
    // Long names make snapshots that no socket buffer holds three of.
    int length = 1_500_000;
    try (LiteByteBufAllocator verbose =
        LiteByteBufAllocator.builder().name("x".repeat(length)).build()) {
      server = DashboardServer.builder().allocator(verbose).start();
      Socket slow = new Socket();
      sockets.add(slow);
      slow.setReceiveBufferSize(4 * 1024);
      slow.connect(new InetSocketAddress("127.0.0.1", port()));
      RawHttp.write(slow, get("/api/v1/stream"));
      slow.getInputStream().read(); // its stream is open

      Socket quick = connect();
      RawHttp.write(quick, get("/api/v1/stream"));
      BufferedReader lines =
          new BufferedReader(new InputStreamReader(quick.getInputStream(), StandardCharsets.UTF_8));
      List<Long> ids = new ArrayList<>();
      // The server's clock and not the number of snapshots says when a reader has stalled for too
      // long: a busy machine makes fewer of them.
      long stalledAt = Long.MAX_VALUE;
      long time;
      do {
        ids.add(Long.parseLong(readUntil(lines, "id: ")));
        Matcher data = TIME.matcher(readUntil(lines, "data: "));
        assertThat(data.lookingAt()).isTrue();
        time = Long.parseLong(data.group(1));
        if (ids.get(ids.size() - 1) >= 3) {
          stalledAt = Math.min(stalledAt, time);
        }
      } while (stalledAt == Long.MAX_VALUE || time - stalledAt < STALL_LIMIT_MILLIS + 500);
      assertThat(ids).isSorted().doesNotHaveDuplicates();

      // What the system had accepted can still be read; without an end, more would come each
      // second.
      slow.setSoTimeout(RawHttp.TIMEOUT_MILLIS);
      long received = 0;
      byte[] buffer = new byte[64 * 1024];
      try {
        for (int n; received < 4 * length && (n = slow.getInputStream().read(buffer)) >= 0; ) {
          received += n;
        }
      } catch (SocketException reset) {
        // Closed as well.
      }
      assertThat(received).isLessThan(4 * length);
    }
  }

  /** What follows the start of the next line that starts so. */
  private static String readUntil(BufferedReader lines, String start) throws IOException {
    String line;
    do {
      line = lines.readLine();
      assertThat(line).as("the stream has ended").isNotNull();
    } while (!line.startsWith(start));
    return line.substring(start.length());
  }
}
