package io.github.litealloc.netty.pressure;

import java.io.IOException;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.atomic.AtomicLong;

/** Sends nearly all of a request, as far as it is let, and then nothing. */
final class Stranger implements AutoCloseable {

  final AtomicLong sent = new AtomicLong();

  /** Whether it ends with a reset: what it has sent is lost, and its end is to be seen at once. */
  boolean isReset;

  private final Socket socket;
  private final Thread thread;

  Stranger(InetSocketAddress address, int promisedBytes, int sentBytes) throws IOException {
    socket = new Socket(address.getAddress(), address.getPort());
    String head = "POST / HTTP/1.1\r\nhost: x\r\ncontent-length: " + promisedBytes + "\r\n\r\n";
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
