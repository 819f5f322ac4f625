package com.example.proxy;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.litealloc.ArenaFigure;
import io.github.litealloc.netty.LiteAllocatorMetric;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

final class TwoGroupsTest {

  private static final int BYTES = 500_000;

  @Test
  void bytes_passBothWays_andTheirMemoryComesBack() throws Exception {
    byte[] sent = new byte[BYTES];
    new Random(1).nextBytes(sent);
    try (ServerSocket target = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      CompletableFuture<Void> echo = CompletableFuture.runAsync(() -> echoOnce(target));
      Proxy proxy = new Proxy(0, target.getLocalSocketAddress());
      try (proxy) {
        InetSocketAddress address = (InetSocketAddress) proxy.channel().localAddress();
        try (Socket socket = new Socket(address.getAddress(), address.getPort())) {
          socket.getOutputStream().write(sent);
          assertArrayEquals(sent, socket.getInputStream().readNBytes(BYTES));
        }
        echo.join();
        assertEquals(1.0, proxy.allocator().metric().traffic().requestShare());
      }
      LiteAllocatorMetric metric = proxy.allocator().metric();
      assertTrue(
          metric.closedArenas().get(ArenaFigure.REMOTE_FREES) > 0,
          "released on the other group's loops");
      assertEquals(0, metric.liveBuffers());
      assertEquals(0, metric.reservedBytes());
    }
  }

  private static void echoOnce(ServerSocket server) {
    try (Socket socket = server.accept()) {
      byte[] got = socket.getInputStream().readNBytes(BYTES);
      socket.getOutputStream().write(got);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
