package io.github.litealloc.benchmarks.corpus;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.nio.ByteBuffer;
import java.util.SplittableRandom;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** A WebSocket whose messages come back. */
final class WebSocketClient implements CorpusLoad.Client, WebSocket.Listener {

  private final BlockingQueue<Integer> answers = new LinkedBlockingQueue<>();
  private final WebSocket socket;

  WebSocketClient(int port) {
    socket =
        HttpClient.newHttpClient()
            .newWebSocketBuilder()
            .buildAsync(URI.create("ws://127.0.0.1:" + port + '/'), this)
            .join();
  }

  @Override
  public @Nullable CompletionStage<?> onBinary(WebSocket from, ByteBuffer data, boolean last) {
    if (last) {
      answers.add(data.remaining());
    }
    from.request(1);
    return null;
  }

  @Override
  public void request(SplittableRandom random) throws Exception {
    int bytes = random.nextInt(10) == 0 ? random.nextInt(16_384) : 20 + random.nextInt(500);
    socket.sendBinary(ByteBuffer.allocate(bytes), true).get(30, TimeUnit.SECONDS);
    if (answers.poll(30, TimeUnit.SECONDS) == null) {
      throw new IllegalStateException("no answer to " + bytes + " bytes");
    }
  }

  @Override
  public void close() {
    socket.abort();
  }
}
