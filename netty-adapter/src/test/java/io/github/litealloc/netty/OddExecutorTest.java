package io.github.litealloc.netty;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.util.concurrent.UnorderedThreadPoolEventExecutor;
import io.netty.util.internal.ThreadExecutorMap;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Threads whose executors say that they are event loops, and are not. */
final class OddExecutorTest {

  private static final long TIMEOUT_SECONDS = 60;

  private final LiteByteBufAllocator allocator =
      TestAllocators.builder("hybrid").offLoop(OffLoopPolicy.FALLBACK).build();

  private static <T> T callOn(OddExecutor executor, Callable<T> code) throws Exception {
    FutureTask<T> task = new FutureTask<>(code);
    Thread thread = new Thread(ThreadExecutorMap.apply((Runnable) task, executor));
    thread.start();
    thread.join();
    return task.get();
  }

  /** Grows the arena many times. */
  private void grow() {
    List<ByteBuf> buffers = new ArrayList<>();
    for (int i = 0; i < 200; i++) {
      buffers.add(allocator.directBuffer(100_000));
    }
    for (ByteBuf buffer : buffers) {
      assertThat(TestAllocators.innermost(buffer)).isInstanceOf(LiteByteBuf.class);
      buffer.release();
    }
  }

  private static List<LogRecord> logOf(Callable<?> code) throws Exception {
    List<LogRecord> records = new CopyOnWriteArrayList<>();
    Handler handler =
        new Handler() {
          @Override
          public void publish(LogRecord record) {
            records.add(record);
          }

          @Override
          public void flush() {}

          @Override
          public void close() {}
        };
    Logger logger = Logger.getLogger("io.github.litealloc");
    logger.addHandler(handler);
    try {
      code.call();
    } finally {
      logger.removeHandler(handler);
    }
    return records;
  }

  @Test
  void directBuffer_whereTheExecutorThrowsFromEverything_isServedByAnArenaAndNotLogged()
      throws Exception {
    assertThat(
            logOf(
                () ->
                    callOn(
                        new OddExecutor.Throwing(),
                        () -> {
                          grow();
                          return null;
                        })))
        .isEmpty();
    assertThat(allocator.metric().fallbacks(FallbackReason.OFF_LOOP)).isZero();
    assertThat(allocator.closeAsync().get(TIMEOUT_SECONDS, TimeUnit.SECONDS)).isNotNull();
    assertThat(allocator.metric().budget().reservedBytes()).isZero();
  }

  @Test
  void executor_thatTakesNoTask_isAskedOnce() throws Exception {
    OddExecutor.Refusing executor = new OddExecutor.Refusing();
    callOn(
        executor,
        () -> {
          grow();
          return null;
        });
    assertThat(executor.refusals()).isEqualTo(1);
    allocator.trim().get(TIMEOUT_SECONDS, TimeUnit.SECONDS);
    assertThat(allocator.metric().budget().reservedBytes()).isZero();
  }

  @Test
  @SuppressWarnings("deprecation") // applications use it all the same
  void directBuffer_onAnUnorderedExecutor_isTheFallbacks() throws Exception {
    UnorderedThreadPoolEventExecutor executor = new UnorderedThreadPoolEventExecutor(1);
    assertThat(executor.submit(() -> allocator.directBuffer(10).release()).get()).isTrue();
    executor.shutdownGracefully(0, TIMEOUT_SECONDS, TimeUnit.SECONDS);
    assertThat(allocator.metric().arenas()).isEmpty();
    allocator.close();
  }

  @Test
  void loop_whoseThreadLocalsAreRemoved_isServedByArenasAgain() throws Exception {
    TestOwner owner = OwnerKind.NIO.start();
    owner.call(() -> allocator.directBuffer(10).release());
    owner.end(TestOwner.End.REMOVE_ALL);
    for (int i = 0; i < 400; i++) {
      owner.call(() -> allocator.directBuffer(10).release());
    }
    assertThat(allocator.metric().fallbacks(FallbackReason.OFF_LOOP)).isZero();
    assertThat(allocator.metric().fallbacks(FallbackReason.CLOSED)).isZero();
    assertThat(allocator.metric().arenas()).hasSize(1);
    owner.finish();
    allocator.close();
  }

  @Test
  void closeAsync_whileAnAdoptedThreadIsAtWork_isAnsweredAndTheThreadFindsOut() throws Exception {
    for (int i = 0; i < 100; i++) {
      LiteByteBufAllocator adopting = TestAllocators.adopting("hybrid");
      TestOwner owner = OwnerKind.ADOPTED.start();
      owner.call(() -> adopting.directBuffer(10).release());
      FutureTask<Integer> busy =
          new FutureTask<>(
              () -> {
                int served = 0;
                for (; served < 20_000; served++) {
                  ByteBuf buffer = adopting.directBuffer(served + 8).setLong(0, served);
                  assertThat(buffer.getLong(0)).isEqualTo(served);
                  buffer.capacity(served + 100).release();
                }
                return served;
              });
      Thread other = new Thread(busy);
      other.start();
      adopting.trim().get(TIMEOUT_SECONDS, TimeUnit.SECONDS);
      adopting.closeAsync().get(TIMEOUT_SECONDS, TimeUnit.SECONDS);
      busy.get(TIMEOUT_SECONDS, TimeUnit.SECONDS);
      owner.finish();
      other.join();
      adopting.closeAsync().get(TIMEOUT_SECONDS, TimeUnit.SECONDS);
      assertThat(adopting.metric().arenas()).isEmpty();
      assertThat(adopting.metric().budget().reservedBytes()).isZero();
    }
  }

  /** An owner's way into its arena that {@link OwnerLook} does not know would not be seen. */
  @Test
  void source_thatAsksForTheOwnership_isKnownToThoseWhoTakeItAway() throws IOException {
    Path main = Path.of("src/main/java/io/github/litealloc/netty");
    Set<String> asking = new TreeSet<>(Set.of("LiteByteBuf")); // whose release BufferArena asks for
    try (Stream<Path> files = Files.walk(main)) {
      for (Path file : files.filter(f -> f.toString().endsWith(".java")).toList()) {
        String source = Files.readString(file);
        if (source.contains("isOwnedByCaller()") || source.contains("isCallersOwn()")) {
          asking.add(file.getFileName().toString().replace(".java", ""));
        }
      }
    }
    assertThat(OwnerLook.OWNERS_WAYS).containsExactlyInAnyOrderElementsOf(asking);
  }
}
