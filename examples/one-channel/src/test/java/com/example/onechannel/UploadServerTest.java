package com.example.onechannel;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.Channel;
import java.io.DataInputStream;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

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

  @Test
  @Timeout(30)
  void uploads_withoutRoom_areClosed_andQueriesGoOn() throws Exception {
    try (UploadServer server = new UploadServer(0, 0)) {
      List<ByteBuf> taken = new ArrayList<>();
      for (int bytes = 1 << 20; bytes >= 1 << 10; bytes /= 2) {
        takeAll(server.uploads(), bytes, taken);
      }
      assertThrows(IOException.class, () -> ask(server.uploading()));
      ask(server.queries());
      assertEquals(0, server.uploads().metric().elsewhereBytes());

      taken.forEach(ByteBuf::release);
      ask(server.uploading());
    }
  }

  private static void takeAll(ByteBufAllocator allocator, int bytes, List<ByteBuf> taken) {
    try {
      while (true) {
        taken.add(allocator.directBuffer(bytes));
      }
    } catch (OutOfMemoryError e) {
      assertTrue(e.getMessage().contains("uploads"), e.getMessage()); // the budget, not the heap
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
