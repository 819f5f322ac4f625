package io.github.litealloc.benchmarks.demo;

import io.github.litealloc.benchmarks.demo.load.LoadConnection;
import io.github.litealloc.benchmarks.demo.load.LoadGenerator;
import io.github.litealloc.benchmarks.demo.load.LoadPlan;
import io.github.litealloc.benchmarks.demo.load.LoadWaves;
import io.github.litealloc.benchmarks.demo.server.DemoServer;
import io.github.litealloc.benchmarks.demo.server.Loops;
import io.github.litealloc.benchmarks.demo.server.ServerExtras;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.EventLoopGroup;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.ExecutionException;

/**
 * A server, its load and a loop of somebody else, from the making of their event loops to the end.
 */
final class SoakGeneration implements AutoCloseable {

  private static final int ANSWER_TIMEOUT_SECONDS = 10;
  private static final int SURVIVORS = 50;
  private static final int SURVIVOR_BYTES = 3_000;

  private final ByteBufAllocator allocator;
  private final EventLoopGroup otherLoop = Loops.newGroup("soak-other", 1);
  private final DemoServer server;
  private final LoadGenerator load;

  SoakGeneration(ByteBufAllocator allocator, SoakOptions options, Provoked provoked) {
    this.allocator = allocator;
    ServerExtras extras =
        new ServerExtras(null, null, pipeline -> pipeline.addLast(new FaultyHandler(provoked)));
    server = new DemoServer(allocator, options.loops(), 0, options.bodyBytes(), extras);
    int large =
        LoadWaves.WAVES.largeBytes(
            options.maxBytes(), options.connections() * LoadConnection.REQUESTS_IN_FLIGHT);
    load =
        LoadGenerator.start(
            allocator,
            server.address(),
            new LoadPlan(
                options.connections(),
                options.loops(),
                options.bodyBytes(),
                LoadGenerator.NO_LIMIT,
                LoadWaves.WAVES,
                large,
                true));
  }

  DemoServer server() {
    return server;
  }

  LoadGenerator load() {
    return load;
  }

  EventLoopGroup otherLoop() {
    return otherLoop;
  }

  /** Returns buffers of an event loop that will be gone before they are released. */
  List<ByteBuf> survivors() throws InterruptedException {
    List<ByteBuf> survivors = Collections.synchronizedList(new ArrayList<>());
    try {
      otherLoop
          .submit(
              () -> {
                for (int i = 0; i < SURVIVORS; i++) {
                  survivors.add(allocator.directBuffer(SURVIVOR_BYTES).writeZero(SURVIVOR_BYTES));
                }
              })
          .get();
    } catch (ExecutionException e) {
      throw new IllegalStateException("no buffers for the survivors", e);
    }
    return survivors;
  }

  /** Ends the load, then the server: nothing is under way then. */
  void endInOrder() throws InterruptedException {
    load.stop(ANSWER_TIMEOUT_SECONDS);
    close();
  }

  /** Ends the server under its load, and all of it, whatever is under way. */
  void endAtOnce() {
    server.end();
    close();
  }

  @Override
  public void close() {
    load.end();
    server.end();
    Loops.end(otherLoop);
  }
}
