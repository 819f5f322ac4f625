package io.github.litealloc.netty;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Code of others may ask the arena or the allocator that has called it for anything: what would
 * find it half-way is refused, and nothing is lost, doubled or dead.
 */
final class ForeignCallbacksTest {

  /** Below the calls that fit into an operation; a callback calls itself back otherwise. */
  private static final int TIMES = 3;

  private static final int SHARE_OF_CALLBACKS = 3;

  /** A third of them is enough each time: points next to each other make the rest. */
  private static boolean isLeftOut(ForeignPoint point, Enum<?> callback) {
    return !ForeignPointsTest.EVERY_TRIAL
        && (point.ordinal() + callback.ordinal()) % SHARE_OF_CALLBACKS != 0;
  }

  /** When a trial comes to a point, if it does. */
  private static Set<ForeignCode.Moment> momentsOf(
      ForeignPoint point, Function<ForeignCode, ForeignTrial> trial) throws Exception {
    ForeignCode code = new ForeignCode();
    trial.apply(code).run();
    return code.momentsSeen(point);
  }

  @ParameterizedTest
  @EnumSource
  void arena_calledBackFromEveryPoint_staysInOrder(ForeignPoint point) throws Exception {
    List<String> broken = new ArrayList<>();
    boolean[] kinds =
        momentsOf(point, code -> new ForeignArenaTrial(code, false, false)).isEmpty()
            ? new boolean[] {true}
            : ForeignPointsTest.EVERY_TRIAL ? new boolean[] {false, true} : new boolean[] {false};
    Set<ForeignCode.Moment> moments =
        momentsOf(point, code -> new ForeignArenaTrial(code, false, kinds[0]));
    for (ForeignArenaTrial.Callback callback : ForeignArenaTrial.Callback.values()) {
      if (isLeftOut(point, callback)) {
        continue;
      }
      for (ForeignCode.Moment moment : moments) {
        for (boolean isHardened : kinds) {
          ForeignCode code = new ForeignCode();
          ForeignArenaTrial trial = new ForeignArenaTrial(code, false, isHardened);
          code.armWith(point, moment, TIMES, () -> trial.callBack(callback));
          try {
            trial.run();
          } catch (Throwable e) {
            broken.add(callback + " " + moment + (isHardened ? " hardened" : "") + ": " + e);
          }
        }
      }
    }
    assertThat(broken).isEmpty();
  }

  @ParameterizedTest
  @EnumSource
  void allocator_calledBackFromEveryPoint_staysInOrder(ForeignPoint point) throws Exception {
    requireInOrder(point, code -> new ForeignAllocatorTrial(code, false, false, false));
  }

  @ParameterizedTest
  @EnumSource
  void allocator_calledBackOffTheLoopFromEveryPoint_staysInOrder(ForeignPoint point)
      throws Exception {
    requireInOrder(point, code -> ForeignAllocatorTrial.offLoop(code, false, false));
  }

  private static void requireInOrder(
      ForeignPoint point, Function<ForeignCode, ForeignAllocatorTrial> trials) throws Exception {
    List<String> broken = new ArrayList<>();
    Set<ForeignCode.Moment> moments = momentsOf(point, trials::apply);
    for (ForeignAllocatorTrial.Callback callback : ForeignAllocatorTrial.Callback.values()) {
      if (isLeftOut(point, callback)) {
        continue;
      }
      for (ForeignCode.Moment moment : moments) {
        ForeignCode code = new ForeignCode();
        ForeignAllocatorTrial trial = trials.apply(code);
        code.armWith(point, moment, TIMES, () -> trial.callBack(callback));
        try {
          trial.run();
        } catch (Throwable e) {
          broken.add(callback + " " + moment + ": " + e);
        }
      }
    }
    assertThat(broken).isEmpty();
  }
}
