package io.github.litealloc.netty.pressure;

import java.io.IOException;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Holds memory of the server and stalls: it sends nearly all of a request, as far as it is let, or
 * asks for a large answer that it does not read.
 */
final class Stranger implements AutoCloseable {

  final AtomicLong sent = new AtomicLong();

  /** Whether it ends with a reset: what it has sent is lost, and its end is to be seen at once. */
  boolean isReset;

  private final Socket socket;
  private final Thread thread;

  private Stranger(InetSocketAddress address, String head, int sentBytes) throws IOException {
    socket = new Socket();
    socket.setReceiveBufferSize(64 * 1024); // what is not read is the server's
    socket.connect(address);
    thread =
        new Thread(
            () -> {
              try {
                OutputStream out = socket.getOutputStream();
                out.write(head.getBytes(StandardCharsets.US_ASCII));
                byte[] piece = new byte[16 * 1024];
                while (sent.get() < sentBytes) {
                  out.write(piece);
                  sent.addAndGet(piece.length);
                }
              } catch (IOException e) {
                // closed meanwhile
              }
            },
            "a stranger");
    thread.start();
  }

  /** One that promises a request and does not send all of it. */
  static Stranger sending(InetSocketAddress address, int promisedBytes, int sentBytes)
      throws IOException {
    String head = "POST / HTTP/1.1\r\nhost: x\r\ncontent-length: " + promisedBytes + "\r\n\r\n";
    return new Stranger(address, head, sentBytes);
  }

  /** One that does not read what it has asked for. */
  static Stranger asking(InetSocketAddress address) throws IOException {
    return new Stranger(
        address, "GET " + HonestServer.LARGE_PATH + " HTTP/1.1\r\nhost: x\r\n\r\n", 0);
  }

  @Override
  public void close() throws IOException {
    if (isReset) {
      socket.setSoLinger(true, 0);
    }
    socket.close();
    try {
      thread.join(10_000);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
