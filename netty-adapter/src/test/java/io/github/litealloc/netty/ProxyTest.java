package io.github.litealloc.netty;

import static io.github.litealloc.netty.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.OutputStream;
import java.net.Socket;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Real sockets: what one group's loop has read is released by another's. */
final class ProxyTest {

  private static final String STRATEGIES = "io.github.litealloc.netty.TestAllocators#strategies";
  private static final int CLIENTS = 4;
  private static final int ROUNDS = 20;
  private static final int MAX_MESSAGE_BYTES = 100_000;
  private static final int TIMEOUT_MILLIS = 60_000;

  private static Socket connect(LoopbackProxy proxy) throws IOException {
    Socket socket = new Socket();
    socket.setSoTimeout(TIMEOUT_MILLIS);
    socket.connect(proxy.address(), TIMEOUT_MILLIS);
    return socket;
  }

  /** Sends messages of many sizes and requires the same bytes back. */
  private static boolean exchange(Socket socket, int seed, ExecutorService writers)
      throws Exception {
    Random random = new Random(seed);
    for (int round = 0; round < ROUNDS; round++) {
      byte[] message = new byte[1 + random.nextInt(round % 4 == 0 ? MAX_MESSAGE_BYTES : 500)];
      random.nextBytes(message);
      Future<?> written =
          writers.submit(
              () -> {
                OutputStream out = socket.getOutputStream();
                out.write(message);
                out.flush();
                return null;
              });
      byte[] echoed = socket.getInputStream().readNBytes(message.length);
      written.get(TIMEOUT_MILLIS, TimeUnit.MILLISECONDS);
      if (!Arrays.equals(message, echoed)) {
        return false;
      }
    }
    return true;
  }

  @ParameterizedTest
  @MethodSource(STRATEGIES)
  void proxy_ofTwoGroups_passesEveryByteAndHoldsNothingWhenIdle(String strategy) throws Exception {
    LiteByteBufAllocator allocator =
        TestAllocators.builder(strategy).offLoop(OffLoopPolicy.FALLBACK).build();
    ExecutorService threads = Executors.newCachedThreadPool();
    List<Socket> sockets = new ArrayList<>();
    try (LoopbackProxy proxy = new LoopbackProxy(allocator)) {
      List<Future<Boolean>> clients = new ArrayList<>();
      for (int i = 0; i < CLIENTS; i++) {
        int seed = i;
        Socket socket = connect(proxy);
        sockets.add(socket);
        clients.add(threads.submit(() -> exchange(socket, seed, threads)));
      }
      for (Future<Boolean> client : clients) {
        assertThat(client.get(TIMEOUT_MILLIS, TimeUnit.MILLISECONDS)).isTrue();
      }
      // The connections stay open, and the loops sleep.
      eventually(() -> allocator.metric().usedBytes() == 0, allocator::metric);
      assertThat(allocator.metric().arenas().stream().mapToLong(a -> a.statistics().remoteFrees()))
          .filteredOn(remote -> remote > 0)
          .hasSize(2); // front and back; the echo server releases what it has read
      assertThat(allocator.metric().fallbacks(FallbackReason.OFF_LOOP)).isZero();
    } finally {
      for (Socket socket : sockets) {
        socket.close();
      }
      threads.shutdownNow();
    }
    requireNothingLeft(allocator);
  }

  @ParameterizedTest
  @MethodSource(STRATEGIES)
  void shutdownGracefully_underLoad_losesNoMemory(String strategy) throws Exception {
    LiteByteBufAllocator allocator =
        TestAllocators.builder(strategy).offLoop(OffLoopPolicy.FALLBACK).build();
    ExecutorService threads = Executors.newCachedThreadPool();
    List<Socket> sockets = new ArrayList<>();
    Semaphore writes = new Semaphore(0);
    LoopbackProxy proxy = new LoopbackProxy(allocator);
    try (proxy) {
      for (int i = 0; i < CLIENTS; i++) {
        Socket socket = connect(proxy);
        sockets.add(socket);
        threads.submit(() -> flood(socket, writes)); // nobody reads: buffers pile up on the way
      }
      assertThat(writes.tryAcquire(2 * CLIENTS, TIMEOUT_MILLIS, TimeUnit.MILLISECONDS)).isTrue();
      eventually(() -> allocator.metric().usedBytes() > 0, allocator::metric);
    } finally {
      for (Socket socket : sockets) {
        socket.close();
      }
      threads.shutdownNow();
    }
    // At most one on its way for each connection and direction.
    assertThat(proxy.releaseWhatWasDropped()).isLessThanOrEqualTo(2 * CLIENTS);
    requireNothingLeft(allocator);
  }

  private static Void flood(Socket socket, Semaphore writes) throws IOException {
    byte[] message = new byte[MAX_MESSAGE_BYTES];
    for (int i = 0; i < 1_000; i++) {
      socket.getOutputStream().write(message); // fails when the proxy is gone
      writes.release();
    }
    return null;
  }

  private static void requireNothingLeft(LiteByteBufAllocator allocator) {
    assertThat(allocator.metric().usedBytes()).isZero();
    assertThat(allocator.metric().arenas()).isEmpty();
    allocator.close();
    assertThat(allocator.metric().budget().reservedBytes()).isZero();
  }
}
