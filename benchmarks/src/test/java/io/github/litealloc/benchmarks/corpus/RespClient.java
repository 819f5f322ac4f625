package io.github.litealloc.benchmarks.corpus;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.SplittableRandom;

/** Four commands at a time, in the protocol of Redis. */
final class RespClient implements CorpusLoad.Client {

  private static final int PIPELINED = 4;
  private static final int KEYS = 200;
  private static final int MAX_VALUE_BYTES = 4_000;

  private final Socket socket;
  private final DataInputStream in;

  RespClient(int port) throws IOException {
    socket = new Socket(InetAddress.getLoopbackAddress(), port);
    socket.setTcpNoDelay(true);
    in = new DataInputStream(new BufferedInputStream(socket.getInputStream()));
  }

  @Override
  public void request(SplittableRandom random) throws IOException {
    ByteArrayOutputStream commands = new ByteArrayOutputStream();
    for (int i = 0; i < PIPELINED; i++) {
      String key = "key:" + random.nextInt(KEYS);
      if (random.nextInt(2) == 0) {
        int bytes = 10 + random.nextInt(MAX_VALUE_BYTES);
        write(commands, "*3\r\n$3\r\nSET\r\n" + bulk(key) + "$" + bytes + "\r\n");
        commands.write(new byte[bytes]);
        write(commands, "\r\n");
      } else {
        write(commands, "*2\r\n$3\r\nGET\r\n" + bulk(key));
      }
    }
    commands.writeTo(socket.getOutputStream());
    for (int i = 0; i < PIPELINED; i++) {
      String line = line();
      if (line.startsWith("$") && !line.equals("$-1")) {
        in.readFully(new byte[Integer.parseInt(line.substring(1)) + 2]);
      }
    }
  }

  private static String bulk(String word) {
    return "$" + word.length() + "\r\n" + word + "\r\n";
  }

  private static void write(ByteArrayOutputStream out, String text) {
    out.writeBytes(text.getBytes(StandardCharsets.US_ASCII));
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
