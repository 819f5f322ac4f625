package io.github.litealloc.memory;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.III_Result;
import org.openjdk.jcstress.infra.results.II_Result;

/** The ceiling and the floors of a budget hold, whoever claims at the same time. */
final class BudgetStress {

  private BudgetStress() {}

  static int claim(MemoryBudget budget, Floor floor, long bytes) {
    return budget.tryClaim(floor, bytes) ? 1 : 0;
  }

  /** Two arenas want more than half of the ceiling each. */
  @JCStressTest
  @Outcome(id = "1, 0, 60", expect = ACCEPTABLE, desc = "the one got it")
  @Outcome(id = "0, 1, 60", expect = ACCEPTABLE, desc = "the other got it")
  @Outcome(expect = FORBIDDEN, desc = "above the ceiling, both refused, or miscounted")
  @State
  public static class Ceiling {
    private final MemoryBudget budget = MemoryBudget.of("stress", 100);
    private final Floor one = new Floor(0);
    private final Floor other = new Floor(0);

    @Actor
    public void one(III_Result result) {
      result.r1 = claim(budget, one, 60);
    }

    @Actor
    public void other(III_Result result) {
      result.r2 = claim(budget, other, 60);
    }

    @Arbiter
    public void sum(III_Result result) {
      result.r3 = (int) budget.allottedBytes();
    }
  }

  /** A borrower takes all that it can get while an arena uses and returns its floor. */
  @JCStressTest
  @Outcome(id = "2, 0, 50", expect = ACCEPTABLE, desc = "the floor was there, and is again")
  @Outcome(expect = FORBIDDEN, desc = "the borrower took of the floor, or the sum is wrong")
  @State
  public static class FloorKept {
    private final MemoryBudget budget = MemoryBudget.of("stress", 100);
    private final Floor owner = new Floor(50);
    private final Floor borrower = new Floor(0);

    public FloorKept() {
      budget.promise(owner);
    }

    @Actor
    public void use(III_Result result) {
      int served = claim(budget, owner, 50);
      budget.unclaim(owner, 50);
      served += claim(budget, owner, 50);
      budget.unclaim(owner, 50);
      result.r1 = served;
    }

    @Actor
    public void borrow(III_Result result) {
      result.r2 = claim(budget, borrower, 51);
    }

    @Arbiter
    public void sum(III_Result result) {
      result.r3 = (int) budget.allottedBytes();
    }
  }

  /** An arena is made while nothing is left, and a borrower gives back and wants it again. */
  @JCStressTest
  @Outcome(id = "0, 50", expect = ACCEPTABLE, desc = "promised first: the borrower waits")
  @Outcome(id = "1, 0", expect = ACCEPTABLE, desc = "borrowed again before the arena was made")
  @Outcome(expect = FORBIDDEN, desc = "promised to both, or to nobody")
  @State
  public static class LatePromise {
    private final MemoryBudget budget = MemoryBudget.of("stress", 100);
    private final Floor late = new Floor(50);
    private final Floor borrower = new Floor(0);

    public LatePromise() {
      budget.tryClaim(borrower, 100);
    }

    @Actor
    public void make() {
      budget.promise(late);
    }

    @Actor
    public void returnAndBorrow(II_Result result) {
      budget.unclaim(borrower, 50);
      result.r1 = claim(budget, borrower, 50);
    }

    @Arbiter
    public void promised(II_Result result) {
      result.r2 = (int) budget.promisedBytes();
    }
  }

  /** Two threads move the charged bytes across the marks; listeners hear of the last level. */
  @JCStressTest
  @Outcome(id = "1, 1", expect = ACCEPTABLE, desc = "the level is high, and the listener knows")
  @Outcome(expect = FORBIDDEN, desc = "a wrong level, or the listener was told another one")
  @State
  public static class Pressure {
    private final MemoryBudget budget = MemoryBudget.of("stress", 100);
    private final Queue<Runnable> tasks = new ConcurrentLinkedQueue<>();
    private MemoryPressure told = MemoryPressure.NORMAL;

    public Pressure() {
      budget.addPressureListener(tasks::add, level -> told = level);
      budget.reserve(10);
    }

    @Actor
    public void rise() {
      budget.reserve(75);
    }

    @Actor
    public void riseAndFall() {
      budget.reserve(9); // not to the critical mark, which is left only below the high one
      budget.credit(9);
    }

    @Arbiter
    public void tell(II_Result result) {
      tasks.forEach(Runnable::run);
      result.r1 = budget.pressure().ordinal();
      result.r2 = told.ordinal();
    }
  }
}
