package com.example.onechannel;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.netty.channel.Channel;
import java.io.DataInputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import org.junit.jupiter.api.Test;

final class UploadServerTest {

  @Test
  void uploads_haveTheAllocator_andQueriesHaveNot() throws Exception {
    try (UploadServer server = new UploadServer(0, 0)) {
      ask(server.queries());
      assertEquals(0, server.uploads().metric().traffic().arenaRequests());
      ask(server.uploading());
      assertTrue(server.uploads().metric().traffic().arenaRequests() > 0);
    }
  }

  private static void ask(Channel server) throws Exception {
    InetSocketAddress address = (InetSocketAddress) server.localAddress();
    try (Socket socket = new Socket(address.getAddress(), address.getPort())) {
      socket.getOutputStream().write(new byte[100]);
      assertEquals(100, new DataInputStream(socket.getInputStream()).readInt());
    }
  }
}
