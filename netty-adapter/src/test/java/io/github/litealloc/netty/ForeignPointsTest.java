package io.github.litealloc.netty;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.BiFunction;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Code of others may throw anything at every point where it is called: afterwards nothing is live,
 * reserved or promised that was released, no arena is dead, futures complete, and loops go on and
 * end.
 */
final class ForeignPointsTest {

  /**
   * Else a trial is made only if it comes to a point from where those before it do not; and half of
   * the failures are thrown once, and the others always.
   */
  static final boolean EVERY_TRIAL = Boolean.getBoolean("litealloc.test.everyTrial");

  private static final int ALWAYS = Integer.MAX_VALUE;

  /** What is thrown, of every kind that is caught somewhere. */
  private static final List<Supplier<Throwable>> FAILURES =
      List.of(
          () -> new RuntimeException("thrown by a test"),
          () -> new AssertionError("thrown by a test"),
          () -> new OutOfMemoryError("thrown by a test"),
          () -> new StackOverflowError("thrown by a test"),
          () -> new IOException("thrown by a test"));

  private static final List<BiFunction<ForeignCode, Boolean, ForeignTrial>> TRIALS =
      List.of(
          (code, fillsLog) -> new ForeignArenaTrial(code, fillsLog, false),
          (code, fillsLog) -> new ForeignArenaTrial(code, fillsLog, true),
          (code, fillsLog) -> new ForeignAllocatorTrial(code, fillsLog, false, false),
          (code, fillsLog) -> new ForeignAllocatorTrial(code, fillsLog, true, false),
          (code, fillsLog) -> new ForeignAllocatorTrial(code, fillsLog, false, true),
          (code, fillsLog) -> ForeignAllocatorTrial.offLoop(code, fillsLog, false),
          (code, fillsLog) -> ForeignAllocatorTrial.offLoop(code, fillsLog, true));

  private static final Set<Integer> FIRST_OF_A_KIND = Set.of(2, 5);

  @Test
  void calls_thatMayReachCodeOfOthers_areAllInTheTable() throws Exception {
    Set<String> missing = new TreeSet<>(ForeignCalls.find());
    missing.removeAll(ForeignPoint.calls());
    assertThat(missing)
        .as(
            "calls (Caller: Type.method) that may reach code of others, and are not known. If they"
                + " do, add each to a constant of ForeignPoint, or a new one, and have ForeignCode"
                + " offer such code and one of the trials use it: then it is made to fail there in"
                + " every way. If they cannot, add them to ForeignPoint.OWN with the reason.")
        .isEmpty();
  }

  @Test
  void table_ofCallsThatMayReachCodeOfOthers_hasNoneThatIsGone() throws Exception {
    Set<String> gone = new TreeSet<>(ForeignPoint.calls());
    gone.removeAll(ForeignCalls.find());
    assertThat(gone).as("entries of ForeignPoint that nothing calls any more").isEmpty();
  }

  @ParameterizedTest
  @EnumSource
  void point_failingInEveryWay_leavesEverythingInOrder(ForeignPoint point) throws Exception {
    Set<String> callers = new HashSet<>();
    for (int i = 0; i < TRIALS.size(); i++) {
      ForeignCode code = newCode(point);
      newTrial(i, code, point).run();
      Set<String> seen = new HashSet<>(code.callersSeen(point));
      seen.retainAll(point.callers());
      boolean isNew = callers.addAll(seen) || FIRST_OF_A_KIND.contains(i);
      if (!seen.isEmpty() && (isNew || EVERY_TRIAL)) {
        failInEveryWay(point, i, code.momentsSeen(point));
      }
    }
    assertThat(callers)
        .as("classes that were seen to call %s; one that is missing is not exercised", point)
        .containsAll(point.callers());
  }

  private static ForeignCode newCode(ForeignPoint point) {
    // A buffer that was given is given back where it cannot be used after all.
    return new ForeignCode(
        point == ForeignPoint.GIVEN_RELEASED ? ForeignPoint.GIVEN_WRITTEN : null);
  }

  private static ForeignTrial newTrial(int index, ForeignCode code, ForeignPoint point) {
    return TRIALS.get(index).apply(code, point == ForeignPoint.LOGGER);
  }

  private static void failInEveryWay(
      ForeignPoint point, int index, Set<ForeignCode.Moment> moments) {
    List<String> broken = new ArrayList<>();
    int count = 0;
    for (Supplier<Throwable> failure : FAILURES) {
      for (ForeignCode.Moment moment : moments) {
        int usual = ++count % 2 == 0 ? ALWAYS : 1;
        for (int times : EVERY_TRIAL ? new int[] {1, ALWAYS} : new int[] {usual}) {
          ForeignCode code = newCode(point);
          code.arm(point, moment, times, failure);
          try {
            newTrial(index, code, point).run();
          } catch (Throwable e) {
            broken.add(
                failure.get().getClass().getSimpleName()
                    + ' '
                    + moment
                    + (times == ALWAYS ? " always" : " once")
                    + ": "
                    + e);
          }
        }
      }
    }
    assertThat(broken).as("%s in trial %s", point, index).isEmpty();
  }
}
