package io.github.litealloc.netty.pressure;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/** Sends one small request after the other over HTTP/1.1, and counts the answers. */
final class HonestClient implements AutoCloseable {

  private static final byte[] REQUEST =
      "GET / HTTP/1.1\r\nhost: x\r\n\r\n".getBytes(StandardCharsets.US_ASCII);

  final AtomicLong answers = new AtomicLong();

  private final InetSocketAddress address;
  private final boolean isConnectedAnew;
  private final Thread thread = new Thread(this::run, "an honest client");
  private volatile boolean ends;
  private volatile @Nullable IOException failure;

  /**
   * @param isConnectedAnew whether each request has a connection of its own
   */
  HonestClient(InetSocketAddress address, boolean isConnectedAnew) {
    this.address = address;
    this.isConnectedAnew = isConnectedAnew;
    thread.start();
  }

  private void run() {
    try {
      while (!ends) {
        try (Socket socket = new Socket(address.getAddress(), address.getPort())) {
          socket.setSoTimeout(30_000);
          socket.setTcpNoDelay(true);
          InputStream in = new BufferedInputStream(socket.getInputStream());
          do {
            socket.getOutputStream().write(REQUEST);
            readAnswer(in);
            answers.incrementAndGet();
          } while (!ends && !isConnectedAnew);
        }
      }
    } catch (IOException e) {
      failure = e;
    }
  }

  /** An answer has a head and a body of {@link HonestServer#BODY_BYTES}. */
  private static void readAnswer(InputStream in) throws IOException {
    int last = 0;
    while (last != ('\r' << 24 | '\n' << 16 | '\r' << 8 | '\n')) {
      int read = in.read();
      if (read < 0) {
        throw new IOException("the connection was closed");
      }
      last = last << 8 | read;
    }
    in.skipNBytes(HonestServer.BODY_BYTES);
  }

  @Nullable IOException failure() {
    return failure;
  }

  @Override
  public void close() {
    ends = true;
    try {
      thread.join(40_000);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
