package com.example.echo;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.litealloc.netty.TrafficShare;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.util.Random;
import org.junit.jupiter.api.Test;

final class EchoServerTest {

  @Test
  void bytes_comeBackAsTheyWere_fromAnArena() throws Exception {
    byte[] sent = new byte[100_000];
    new Random(1).nextBytes(sent);
    try (EchoServer server = new EchoServer(0)) {
      InetSocketAddress address = (InetSocketAddress) server.channel().localAddress();
      try (Socket socket = new Socket(address.getAddress(), address.getPort())) {
        socket.getOutputStream().write(sent);
        assertArrayEquals(sent, socket.getInputStream().readNBytes(sent.length));
      }
      TrafficShare traffic = server.allocator().metric().traffic();
      assertTrue(traffic.arenaRequests() > 0);
      assertEquals(1.0, traffic.requestShare());
    }
  }
}
