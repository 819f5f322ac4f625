package com.example.app;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** As much of Redis as a client needs to connect, and to set and get a value. */
final class RespServer implements AutoCloseable {

  private final ServerSocket socket;
  private final Map<String, byte[]> values = new ConcurrentHashMap<>();

  RespServer() throws IOException {
    socket = new ServerSocket(0, 50, InetAddress.getByName("127.0.0.1"));
    start("accept", this::accept);
  }

  int port() {
    return socket.getLocalPort();
  }

  private static void start(String name, Runnable task) {
    Thread thread = new Thread(task, "resp-" + name);
    thread.setDaemon(true);
    thread.start();
  }

  private void accept() {
    try {
      while (true) {
        Socket client = socket.accept();
        start("client", () -> serve(client));
      }
    } catch (IOException e) {
      // closed
    }
  }

  private void serve(Socket client) {
    try (client) {
      InputStream in = new BufferedInputStream(client.getInputStream());
      OutputStream out = client.getOutputStream();
      while (true) {
        byte[][] command = new byte[number(in, '*')][];
        for (int i = 0; i < command.length; i++) {
          command[i] = in.readNBytes(number(in, '$'));
          in.readNBytes(2);
        }
        out.write(answer(command));
      }
    } catch (IOException e) {
      // the end of the connection
    }
  }

  private byte[] answer(byte[][] command) {
    String name = new String(command[0], StandardCharsets.US_ASCII).toUpperCase();
    switch (name) {
      case "SET" -> values.put(new String(command[1], StandardCharsets.UTF_8), command[2]);
      case "GET" -> {
        byte[] value = values.get(new String(command[1], StandardCharsets.UTF_8));
        byte[] head = ("$" + value.length + "\r\n").getBytes(StandardCharsets.US_ASCII);
        byte[] answer = new byte[head.length + value.length + 2];
        System.arraycopy(head, 0, answer, 0, head.length);
        System.arraycopy(value, 0, answer, head.length, value.length);
        answer[answer.length - 2] = '\r';
        answer[answer.length - 1] = '\n';
        return answer;
      }
      case "HELLO" -> {
        return "-ERR unknown command 'HELLO'\r\n".getBytes(StandardCharsets.US_ASCII);
      }
      default -> {
        // what a client tells about itself
      }
    }
    return "+OK\r\n".getBytes(StandardCharsets.US_ASCII);
  }

  private static int number(InputStream in, char kind) throws IOException {
    StringBuilder line = new StringBuilder();
    for (int next = in.read(); next != '\n'; next = in.read()) {
      if (next < 0) {
        throw new IOException("the client has gone");
      }
      line.append((char) next);
    }
    if (line.charAt(0) != kind) {
      throw new IOException(line + " (expected: " + kind + ')');
    }
    return Integer.parseInt(line.substring(1).trim());
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
