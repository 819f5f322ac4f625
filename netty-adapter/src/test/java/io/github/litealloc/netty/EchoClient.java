package io.github.litealloc.netty;

import java.io.DataInputStream;
import java.io.IOException;
import java.net.Socket;
import java.util.Arrays;
import java.util.concurrent.Callable;
import java.util.function.BooleanSupplier;

/** Sends a pattern and verifies that it comes back; returns the bytes verified. */
final class EchoClient implements Callable<Long> {

  private final LoopbackServer server;
  private final int connection;
  private final BooleanSupplier goesOn;

  EchoClient(LoopbackServer server, int connection, BooleanSupplier goesOn) {
    this.server = server;
    this.connection = connection;
    this.goesOn = goesOn;
  }

  @Override
  public Long call() throws IOException {
    long position = 0;
    try (Socket socket = server.connect()) {
      DataInputStream in = new DataInputStream(socket.getInputStream());
      for (int round = 0; goesOn.getAsBoolean(); round++) {
        byte[] sent = Pattern.bytes(connection, position, 1 + round * 977 % 12_000);
        socket.getOutputStream().write(sent);
        byte[] received = new byte[sent.length];
        in.readFully(received);
        if (!Arrays.equals(sent, received)) {
          throw new IOException("wrong bytes on connection " + connection + " from " + position);
        }
        position += sent.length;
      }
    }
    return position;
  }
}
