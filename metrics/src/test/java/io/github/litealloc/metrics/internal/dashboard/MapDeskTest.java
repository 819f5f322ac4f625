package io.github.litealloc.metrics.internal.dashboard;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.litealloc.netty.LiteByteBufAllocator;
import io.netty.channel.DefaultEventLoop;
import io.netty.handler.codec.http.DefaultHttpRequest;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.util.concurrent.FastThreadLocal;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** How often an event loop is asked for a map, whatever is looked at. */
final class MapDeskTest {

  private static final int LOOPS = 10; // more than the desk keeps maps of

  private final LiteByteBufAllocator allocator = LiteByteBufAllocator.builder().name("a").build();
  private final List<DefaultEventLoop> loops = new ArrayList<>();
  private final CountDownLatch blocked = new CountDownLatch(1);
  private long nowNanos;
  private final MapDesk desk = new MapDesk(List.of(allocator.metric()), () -> nowNanos);

  @BeforeEach
  void start() throws Exception {
    for (int i = 0; i < LOOPS; i++) {
      String name = "loop-" + i;
      ThreadFactory threads = task -> new Thread(task, name);
      DefaultEventLoop loop = new DefaultEventLoop(threads);
      loops.add(loop);
      loop.submit(() -> allocator.directBuffer(100).release()).get(10, TimeUnit.SECONDS);
    }
  }

  @AfterEach
  void close() throws Exception {
    blocked.countDown();
    for (DefaultEventLoop loop : loops) {
      loop.shutdownGracefully(0, 0, TimeUnit.SECONDS).await(10, TimeUnit.SECONDS);
    }
    allocator.close();
  }

  private void blockAll() throws Exception {
    CountDownLatch started = new CountDownLatch(LOOPS);
    for (DefaultEventLoop loop : loops) {
      loop.execute(
          () -> {
            started.countDown();
            try {
              blocked.await();
            } catch (InterruptedException e) {
              Thread.currentThread().interrupt();
            }
          });
    }
    assertThat(started.await(10, TimeUnit.SECONDS)).isTrue();
  }

  private void turnAll() throws Exception {
    for (DefaultEventLoop loop : loops) {
      loop.submit(() -> {}).get(10, TimeUnit.SECONDS);
    }
  }

  private Answer ask(String query) {
    return desk.answer(
        new DefaultHttpRequest(HttpVersion.HTTP_1_1, HttpMethod.GET, "/api/v1/map?" + query));
  }

  /** What the desk says of one loop. */
  private String look(String eventLoop) {
    String body =
        new String(ask("allocator=a&eventLoop=" + eventLoop).body(), StandardCharsets.UTF_8);
    return body.replaceAll("(?s).*\"state\"\\s*:\\s*\"(\\w+)\".*", "$1");
  }

  private long waitingTasks() {
    return LongStream.range(0, LOOPS).map(i -> loops.get((int) i).pendingTasks()).sum();
  }

  @Test
  void look_betweenManyNamesOfNobody_asksTheLoopOnce() throws Exception {
    blockAll();
    for (int round = 0; round < 20; round++) {
      assertThat(look("loop-0")).isEqualTo("asked");
      for (int i = 0; i < LOOPS; i++) {
        assertThat(look("nobody-" + i)).isEqualTo("none");
      }
    }
    assertThat(waitingTasks()).isEqualTo(1);
  }

  /** A loop that is only slow would draw two maps, and what they cost would add up. */
  @Test
  void look_againWhenPatienceHasEnded_isNotDrawnTwice() throws Exception {
    blockAll();
    for (int round = 0; round < 5; round++) {
      assertThat(look("loop-0")).isEqualTo("asked");
      nowNanos += TimeUnit.MINUTES.toNanos(1);
    }
    assertThat(loops.get(0).pendingTasks()).isEqualTo(1);
    blocked.countDown();
    turnAll();
    assertThat(look("loop-0")).isEqualTo("ready");
  }

  @Test
  void look_atMoreLoopsThanAreKept_asksNoneTwice() throws Exception {
    blockAll();
    for (int round = 0; round < 20; round++) {
      for (int i = 0; i < LOOPS; i++) {
        assertThat(look("loop-" + i)).isEqualTo("asked");
      }
    }
    assertThat(waitingTasks()).isPositive().isLessThanOrEqualTo(LOOPS);
    for (DefaultEventLoop loop : loops) {
      assertThat(loop.pendingTasks()).isLessThanOrEqualTo(1);
    }
  }

  @Test
  void look_atMoreLoopsThanAreKept_showsEachWithTime() throws Exception {
    for (int i = 0; i < LOOPS; i++) {
      look("loop-" + i);
    }
    turnAll();
    assertThat(look("loop-0")).isEqualTo("ready");
    assertThat(look("loop-9")).isEqualTo("asked"); // no earlier map may be forgotten yet
    assertThat(loops.get(9).pendingTasks()).isZero();
    nowNanos += TimeUnit.MINUTES.toNanos(5); // whatever time a map took
    assertThat(look("loop-9")).isEqualTo("asked");
    turnAll();
    assertThat(look("loop-9")).isEqualTo("ready");
  }

  @Test
  void look_atALoopThatHasEnded_saysThatThereIsNone() throws Exception {
    look("loop-0");
    turnAll();
    assertThat(look("loop-0")).isEqualTo("ready");
    loops.get(0).shutdownGracefully(0, 0, TimeUnit.SECONDS).await(10, TimeUnit.SECONDS);
    nowNanos += TimeUnit.MINUTES.toNanos(5);
    assertThat(look("loop-0")).isEqualTo("none");
  }

  @Test
  void look_atALoopThatCouldDrawNone_saysSoUntilItIsAskedAgain() throws Exception {
    loops
        .get(0)
        .submit(
            () -> {
              look("loop-0");
              FastThreadLocal.removeAll(); // closes the arena of the thread
            })
        .get(10, TimeUnit.SECONDS);
    turnAll();
    assertThat(look("loop-0")).isEqualTo("none");
  }

  @Test
  void answer_malformedQuery_isABadRequest() {
    assertThat(ask("allocator=a&eventLoop=%zz").status().code()).isEqualTo(400);
    assertThat(ask("x=%zz").status().code()).isEqualTo(400);
  }
}
