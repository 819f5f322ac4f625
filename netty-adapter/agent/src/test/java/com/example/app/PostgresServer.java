package com.example.app;

import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;

/**
 * As much of PostgreSQL as a client needs to connect and to ask simple queries, each of which
 * answers with one row of one text.
 */
final class PostgresServer implements AutoCloseable {

  private static final int PROTOCOL_3 = 3 << 16;
  private static final int TYPE_TEXT = 25;

  private final ServerSocket socket = new ServerSocket(0, 50, InetAddress.getByName("127.0.0.1"));
  private final String text;

  /**
   * @param text what each row holds, but for questions about the session
   */
  PostgresServer(String text) throws IOException {
    this.text = text;
    start(this::accept);
  }

  int port() {
    return socket.getLocalPort();
  }

  private static void start(Runnable task) {
    Thread thread = new Thread(task, "postgres");
    thread.setDaemon(true);
    thread.start();
  }

  private void accept() {
    try {
      while (true) {
        Socket client = socket.accept();
        start(() -> serve(client));
      }
    } catch (IOException e) {
      // closed
    }
  }

  private void serve(Socket client) {
    try (client) {
      DataInputStream in = new DataInputStream(client.getInputStream());
      DataOutputStream out = new DataOutputStream(client.getOutputStream());
      byte[] start = in.readNBytes(in.readInt() - Integer.BYTES);
      if (start[1] != PROTOCOL_3 >> 16) {
        throw new IOException("a start of version " + start[1] + " (expected: 3)");
      }
      send(out, 'R', body -> body.writeInt(0));
      send(
          out,
          'S',
          body -> {
            writeText(body, "server_version");
            writeText(body, "15.0");
          });
      sendReady(out);
      for (int type = in.read(); type == 'Q'; type = in.read()) {
        String query =
            new String(in.readNBytes(in.readInt() - Integer.BYTES), StandardCharsets.US_ASCII);
        if (query.startsWith("SHOW ")) {
          sendRow(out, "READ COMMITTED");
        } else if (!query.contains("pg_type")) { // of types of other than the usual kind: none
          sendRow(out, text);
        }
        send(out, 'C', body -> writeText(body, "SELECT"));
        sendReady(out);
      }
    } catch (IOException e) {
      // the end of the connection
    }
  }

  private static void sendRow(DataOutputStream out, String value) throws IOException {
    send(
        out,
        'T',
        body -> {
          body.writeShort(1);
          writeText(body, "text");
          body.writeInt(0);
          body.writeShort(0);
          body.writeInt(TYPE_TEXT);
          body.writeShort(-1);
          body.writeInt(-1);
          body.writeShort(0);
        });
    send(
        out,
        'D',
        body -> {
          body.writeShort(1);
          body.writeInt(value.length());
          body.write(value.getBytes(StandardCharsets.US_ASCII));
        });
  }

  private static void sendReady(DataOutputStream out) throws IOException {
    send(out, 'Z', body -> body.write('I'));
  }

  private static void writeText(DataOutputStream out, String value) throws IOException {
    out.write(value.getBytes(StandardCharsets.US_ASCII));
    out.write(0);
  }

  private static void send(DataOutputStream out, char type, Body body) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    body.write(new DataOutputStream(bytes));
    out.write(type);
    out.writeInt(Integer.BYTES + bytes.size());
    bytes.writeTo(out);
  }

  private interface Body {
    void write(DataOutputStream out) throws IOException;
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
