package io.github.litealloc.benchmarks.corpus;

import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.SplittableRandom;

/** HTTP/1.1 on a connection that is kept. */
final class HttpClient1 implements CorpusLoad.Client {

  private static final int KIB = 1_024;
  private static final int SLOW_WINDOW = 16 * KIB;
  private static final int SLOW_PIECE = 8 * KIB;
  private static final String LENGTH = "content-length: ";

  private final Socket socket = new Socket();
  private final InputStream in;
  private final int smallest;
  private final int largest;
  private final double uploads;
  private final int restMillis;

  private HttpClient1(
      int port, int smallest, int largest, double uploads, int window, int restMillis)
      throws IOException {
    if (window > 0) {
      socket.setReceiveBufferSize(window);
    }
    socket.setTcpNoDelay(true);
    socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
    in =
        restMillis > 0 ? socket.getInputStream() : new BufferedInputStream(socket.getInputStream());
    this.smallest = smallest;
    this.largest = largest;
    this.uploads = uploads;
    this.restMillis = restMillis;
  }

  static HttpClient1 small(int port) throws IOException {
    return new HttpClient1(port, 50, 2_000, 0.5, 0, 0);
  }

  static HttpClient1 large(int port) throws IOException {
    return new HttpClient1(port, 16 * KIB, 1_024 * KIB, 0.5, 0, 0);
  }

  /** Reads 8 KiB, and then rests for two milliseconds. */
  static HttpClient1 slow(int port) throws IOException {
    return new HttpClient1(port, 128 * KIB, 512 * KIB, 0, SLOW_WINDOW, 2);
  }

  @Override
  public void request(SplittableRandom random) throws IOException, InterruptedException {
    // Small ones are more frequent than large ones, whatever the range.
    double exponent = random.nextDouble();
    int bytes = (int) (smallest * Math.pow(largest / (double) smallest, exponent));
    boolean isUpload = random.nextDouble() < uploads;
    String head =
        (isUpload ? "POST /64" : "GET /" + bytes)
            + " HTTP/1.1\r\nhost: localhost\r\naccept: application/json\r\n"
            + (isUpload ? LENGTH + bytes + "\r\n" : "")
            + "\r\n";
    socket.getOutputStream().write(head.getBytes(StandardCharsets.US_ASCII));
    if (isUpload) {
      socket.getOutputStream().write(new byte[bytes]);
    }
    readAnswer();
  }

  private void readAnswer() throws IOException, InterruptedException {
    int length = 0;
    for (String line = line(); !line.isEmpty(); line = line()) {
      if (line.startsWith(LENGTH)) {
        length = Integer.parseInt(line.substring(LENGTH.length()));
      }
    }
    if (restMillis == 0) {
      new DataInputStream(in).readFully(new byte[length]);
      return;
    }
    for (int left = length; left > 0; left -= SLOW_PIECE) {
      new DataInputStream(in).readFully(new byte[Math.min(left, SLOW_PIECE)]);
      Thread.sleep(restMillis);
    }
  }

  private String line() throws IOException {
    StringBuilder line = new StringBuilder();
    for (int octet = in.read(); octet != '\n'; octet = in.read()) {
      if (octet < 0) {
        throw new EOFException();
      }
      if (octet != '\r') {
        line.append((char) octet);
      }
    }
    return line.toString();
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
