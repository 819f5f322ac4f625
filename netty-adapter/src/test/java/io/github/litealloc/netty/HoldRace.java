package io.github.litealloc.netty;

import io.netty.util.IllegalReferenceCountException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;

/** One thread releases the last reference of a buffer while another one holds it, many times. */
final class HoldRace {

  /** What one of the two must not have: a buffer that has ended while it is held. */
  static final class Subject extends LiteByteBuf {
    private boolean hasEnded;
    private boolean isHeld;

    @SuppressWarnings("NullAway") // its arena is not asked for anything
    private Subject() {
      super(null, 0);
      start(Integer.MAX_VALUE, 0);
    }

    @Override
    void endOfLife() {
      hasEnded = true;
    }

    private void tryHold() {
      try {
        hold();
        isHeld = true;
      } catch (IllegalReferenceCountException e) {
        // It was released first.
      }
    }

    /** As the owner would release, were the count no atomic one. */
    void releaseByStore() {
      setRefCnt(0);
      deallocate();
    }
  }

  private static final int BATCH = 1_024;

  private final Subject[] subjects = new Subject[BATCH];
  private final AtomicInteger releasersTurn = new AtomicInteger();
  private final AtomicInteger holdersTurn = new AtomicInteger();

  /** Returns how often a buffer ended although it was held. */
  long run(int rounds, Consumer<Subject> release) throws InterruptedException, ExecutionException {
    long both = 0;
    ExecutorService holder = Executors.newSingleThreadExecutor();
    try {
      for (int round = 0; round < rounds; round += BATCH) {
        for (int i = 0; i < BATCH; i++) {
          subjects[i] = new Subject();
        }
        releasersTurn.set(0);
        holdersTurn.set(0);
        Future<?> held = holder.submit(() -> forEach(holdersTurn, releasersTurn, Subject::tryHold));
        forEach(releasersTurn, holdersTurn, release);
        held.get();
        for (Subject subject : subjects) {
          both += subject.isHeld && subject.hasEnded ? 1 : 0;
        }
      }
    } finally {
      holder.shutdown();
    }
    return both;
  }

  private void forEach(AtomicInteger own, AtomicInteger others, Consumer<Subject> action) {
    try {
      for (int i = 0; i < BATCH; i++) {
        meet(own, others, i);
        action.accept(subjects[i]);
      }
    } finally {
      own.set(BATCH); // whatever was thrown: nobody waits for this thread
    }
  }

  /** So that both come to a buffer at the same time, and not one of them to all of them first. */
  @SuppressWarnings("ThreadPriorityCheck") // a courtesy, where there is one processor
  private static void meet(AtomicInteger own, AtomicInteger others, int turn) {
    own.set(turn + 1);
    for (int spins = 0; others.get() <= turn; spins++) {
      if (spins < 1_000) {
        Thread.onSpinWait();
      } else {
        Thread.yield();
      }
    }
  }
}
