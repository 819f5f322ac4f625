package io.github.litealloc.netty.attack;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.litealloc.netty.ExhaustionPolicy;
import io.github.litealloc.netty.LiteByteBufAllocator;
import io.netty.buffer.ByteBuf;
import io.netty.channel.DefaultEventLoop;
import io.netty.channel.EventLoop;
import io.netty.util.concurrent.Future;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Eight event loops want more than their budget has, round after round: none is starved, and two
 * large users with the same demand share what there is for them.
 *
 * <p>In each round all loops ask at the same time, and hold what they got until all have asked. Who
 * was served may serve itself again from what it has kept, so who was refused gets its turn only if
 * the other one gives way. {@code -Dlitealloc.attack.rounds=10000} sets how many rounds there are.
 */
final class FightOfLoopsTest {

  private static final int ROUNDS = Integer.getInteger("litealloc.attack.rounds", 100);
  private static final int LOOPS = 8;
  private static final int LARGE_USERS = 2;
  private static final int LARGE_BYTES = 900_000;
  private static final int SMALL_BYTES = 30_000;
  private static final long MAX_BYTES = 2 << 20;
  private static final long TIMEOUT_SECONDS = 60;

  private static final Figures FIGURES = new Figures("fight-of-loops");

  /** One of those that fight. Its loop's, but where nobody is at work. */
  private static final class User {
    private final EventLoop loop = new DefaultEventLoop();
    private final int bytes;
    private ByteBuf held;
    private int served;

    User(int bytes) {
      this.bytes = bytes;
    }

    void ask(LiteByteBufAllocator allocator) {
      try {
        held = allocator.directBuffer(bytes);
        served++;
      } catch (OutOfMemoryError e) {
        held = null;
      }
    }

    void release() {
      if (held != null) {
        held.release();
        held = null;
      }
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"bump-free-list", "segregated-bump", "free-list", "hybrid"})
  void directBuffer_byEightLoopsOnASmallBudget_starvesNone(String strategy) throws Exception {
    Tally tally = new Tally();
    List<User> users = new ArrayList<>();
    for (int i = 0; i < LOOPS; i++) {
      users.add(new User(i < LARGE_USERS ? LARGE_BYTES : SMALL_BYTES));
    }
    try (LiteByteBufAllocator allocator =
        LiteByteBufAllocator.builder()
            .name("fight")
            .strategy(strategy)
            .maxBytes(MAX_BYTES)
            .whenExhausted(ExhaustionPolicy.THROW)
            .build()) {
      for (int round = 0; round < ROUNDS; round++) {
        onAll(users, user -> user.ask(allocator));
        onAll(users, User::release);
      }
    } finally {
      users.forEach(user -> user.loop.shutdownGracefully(0, 0, TimeUnit.SECONDS));
    }
    List<Integer> served = users.stream().map(user -> user.served).toList();
    long all = served.stream().mapToLong(Integer::longValue).sum();
    tally.operations((long) ROUNDS * LOOPS);
    tally.refusals((long) ROUNDS * LOOPS - all);
    FIGURES.add("served: " + served, strategy, tally);

    int first = served.get(0);
    int second = served.get(1);
    assertThat(first + second).as("the large ones: %s", served).isGreaterThanOrEqualTo(ROUNDS / 3);
    assertThat(3 * Math.min(first, second))
        .as("the lesser of the large ones: %s", served)
        .isGreaterThanOrEqualTo(first + second);
    assertThat(served.subList(LARGE_USERS, LOOPS))
        .as("the small ones")
        .allSatisfy(count -> assertThat(count).isGreaterThanOrEqualTo(ROUNDS / 3));
  }

  private interface Turn {
    void of(User user);
  }

  /** Each on its loop, at the same time. */
  private static void onAll(List<User> users, Turn turn) throws Exception {
    List<Future<?>> turns = new ArrayList<>();
    for (User user : users) {
      turns.add(user.loop.submit(() -> turn.of(user)));
    }
    for (Future<?> each : turns) {
      each.get(TIMEOUT_SECONDS, TimeUnit.SECONDS);
    }
  }
}
