package io.github.litealloc.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/** HTTP by hand, because polite clients refuse to send what the server has to refuse. */
final class RawHttp {

  static final int TIMEOUT_MILLIS = 10_000;

  private RawHttp() {}

  /** An answer; header names are in lower case. */
  record Response(int status, Map<String, String> headers, byte[] body) {

    String text() {
      return new String(body, StandardCharsets.UTF_8);
    }

    String header(String name) {
      return headers.getOrDefault(name, "");
    }
  }

  static Socket connect(int port) throws IOException {
    Socket socket = new Socket(InetAddress.getLoopbackAddress(), port);
    socket.setSoTimeout(TIMEOUT_MILLIS);
    return socket;
  }

  static void write(Socket socket, String text) throws IOException {
    socket.getOutputStream().write(text.getBytes(StandardCharsets.ISO_8859_1));
  }

  /** A request that closes its connection; header lines are written "name: value". */
  static String request(String method, String path, int port, String... headers) {
    StringBuilder request = new StringBuilder(method + ' ' + path + " HTTP/1.1\r\n");
    boolean hasHost = false;
    for (String header : headers) {
      request.append(header).append("\r\n");
      hasHost |= header.toLowerCase(Locale.ROOT).startsWith("host:");
    }
    if (!hasHost) {
      request.append("Host: 127.0.0.1:").append(port).append("\r\n");
    }
    return request.append("Connection: close\r\n\r\n").toString();
  }

  static Response get(int port, String path, String... headers) throws IOException {
    return send(port, request("GET", path, port, headers));
  }

  /** Sends a request and reads until the server closes the connection. */
  static Response send(int port, String request) throws IOException {
    try (Socket socket = connect(port)) {
      write(socket, request);
      InputStream in = socket.getInputStream();
      String[] head = readHead(in).split("\r\n");
      return new Response(status(head[0]), headers(head), in.readAllBytes());
    }
  }

  static String readHead(InputStream in) throws IOException {
    ByteArrayOutputStream head = new ByteArrayOutputStream();
    while (!head.toString(StandardCharsets.ISO_8859_1).endsWith("\r\n\r\n")) {
      int next = in.read();
      assertThat(next).as("connection closed after: %s", head).isNotNegative();
      head.write(next);
    }
    return head.toString(StandardCharsets.ISO_8859_1);
  }

  static int status(String statusLine) {
    return Integer.parseInt(statusLine.split(" ")[1]);
  }

  private static Map<String, String> headers(String[] head) {
    Map<String, String> headers = new TreeMap<>();
    for (int i = 1; i < head.length; i++) {
      int colon = head[i].indexOf(':');
      headers.put(
          head[i].substring(0, colon).toLowerCase(Locale.ROOT),
          head[i].substring(colon + 1).trim());
    }
    return headers;
  }
}
