package com.example.files;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class FileServerTest {

  @TempDir private Path folder;

  @Test
  void files_areServed_andNothingElse() throws Exception {
    byte[] content = new byte[3_000_000];
    new Random(1).nextBytes(content);
    Path root = Files.createDirectory(folder.resolve("root"));
    Files.write(root.resolve("large.bin"), content);
    Files.writeString(folder.resolve("secret.txt"), "secret");
    try (FileServer server = new FileServer(root, 0)) {
      int port = ((InetSocketAddress) server.channel().localAddress()).getPort();

      HttpResponse<byte[]> large = get(port, "/large.bin");
      assertEquals(200, large.statusCode());
      assertArrayEquals(content, large.body());
      assertEquals(404, get(port, "/missing").statusCode());
      assertEquals(404, get(port, "/%2e%2e/secret.txt").statusCode());
      assertEquals(404, get(port, "//etc/passwd").statusCode());
      assertTrue(server.allocator().metric().traffic().arenaRequests() > 0);
      assertEquals(0, server.allocator().metric().elsewhereBytes());
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"?a", "a", "/%00", "/%zz", "/%"})
  void targets_thatMakeNoSense_areAnswered(String target) throws Exception {
    try (FileServer server = new FileServer(folder, 0)) {
      InetSocketAddress address = (InetSocketAddress) server.channel().localAddress();
      try (Socket socket = new Socket(address.getAddress(), address.getPort())) {
        socket.setSoTimeout(10_000);
        String request = "GET " + target + " HTTP/1.1\r\nHost: localhost\r\n\r\n";
        socket.getOutputStream().write(request.getBytes(US_ASCII));
        byte[] answer = socket.getInputStream().readNBytes("HTTP/1.1 400".length());
        assertEquals("HTTP/1.1 400", new String(answer, US_ASCII));
      }
    }
  }

  private static HttpResponse<byte[]> get(int port, String path) throws Exception {
    URI uri = URI.create("http://127.0.0.1:" + port + path);
    return HttpClient.newHttpClient()
        .send(HttpRequest.newBuilder(uri).build(), BodyHandlers.ofByteArray());
  }
}
