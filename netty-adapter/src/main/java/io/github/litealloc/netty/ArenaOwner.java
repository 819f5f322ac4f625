package io.github.litealloc.netty;

import io.github.litealloc.netty.internal.Tasks;
import io.netty.util.concurrent.EventExecutor;
import io.netty.util.concurrent.SingleThreadEventExecutor;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The thread that owns an arena and the executor that it runs, and how far either can be trusted.
 * Any thread.
 */
final class ArenaOwner {
  /*
   * Executors are other people's, and all that is certain of them is what they have done. So there
   * are three kinds:
   *
   *   reliable   one of Netty's own event loops with a thread: it runs what it has taken, and
   *              tells when it ends (FastThreadLocal.removeAll). What it has promised may still be
   *              lost at its very end, so whoever finds it ended keeps the promises for it.
   *   others     a loop that somebody must run, or that is no loop of Netty's: it may take a task
   *              and never run it, and it ends without telling. It is asked for favours (a timer),
   *              and nothing ever waits for it.
   *   none       a plain thread, or an executor that has shown that it takes no tasks.
   *
   * Whoever wants something of an owner that is not reliable does without it: BufferArena.takeAway.
   */

  private final Thread thread;
  private final @Nullable EventExecutor executor;
  private final boolean isReliable;

  /** Whether the executor has shown that it is of no use. Never asked again then. */
  private volatile boolean useless;

  /** Whether the executor does not even tell whether it has ended. */
  private volatile boolean isMute;

  private static final long MIN_LOOK_INTERVAL_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

  private volatile long lookedNanos = System.nanoTime() - MIN_LOOK_INTERVAL_NANOS;

  /** What waits for a reliable executor, which might yet end before it. */
  private final Queue<GiveBack.Part> promised = new ConcurrentLinkedQueue<>();

  /**
   * @param thread the owner
   * @param executor what it runs, if it runs any
   */
  ArenaOwner(Thread thread, @Nullable EventExecutor executor) {
    this.thread = thread;
    this.executor = executor;
    this.isReliable = executor != null && isReliable(executor);
  }

  private static boolean isReliable(EventExecutor executor) {
    return executor instanceof SingleThreadEventExecutor
        && Tasks.ask(() -> takesTasksAsNettyDoes(executor), () -> false);
  }

  /** Not so if a subclass has a way of its own. */
  private static boolean takesTasksAsNettyDoes(EventExecutor executor) {
    try {
      return executor.getClass().getMethod("execute", Runnable.class).getDeclaringClass()
          == SingleThreadEventExecutor.class;
    } catch (NoSuchMethodException e) {
      return false; // an image without reflection
    }
  }

  Thread thread() {
    return thread;
  }

  boolean isCaller() {
    return Thread.currentThread() == thread;
  }

  /** The thread's name; virtual threads have none, and are told apart by their numbers. */
  String name() {
    String name = thread.getName();
    return name.isBlank() ? "thread-" + thread.getId() : name;
  }

  /** Whether it keeps what it promises, and tells when it ends. */
  boolean isReliable() {
    return isReliable && !useless;
  }

  /** Whether it can be asked for a favour. */
  boolean takesTasks() {
    return executor != null && !useless;
  }

  /** Whether nothing will run on it any more. Asks the thread, and the executor if it answers. */
  boolean hasEnded() {
    EventExecutor asked = executor;
    return !thread.isAlive()
        || (asked != null && !isMute && Tasks.ask(asked::isTerminated, this::hasNotAnswered));
  }

  private boolean hasNotAnswered() {
    isMute = true;
    return false;
  }

  /** Not with each release: a look at an owner that lives costs everybody a safepoint. */
  boolean mayBeLookedAt() {
    long now = System.nanoTime();
    if (thread.isAlive() && now - lookedNanos < MIN_LOOK_INTERVAL_NANOS) {
      return false;
    }
    lookedNanos = now;
    return true;
  }

  /** For an executor that has run a task where or when it must not. */
  void markUseless() {
    useless = true;
  }

  /** Notes for the calling thread, if it is the owner, which loop it is. */
  void rememberLoop(ThreadLocal<@Nullable EventExecutor> loopOfThread) {
    if (executor != null && Thread.currentThread() == thread) {
      loopOfThread.set(executor);
    }
  }

  // ---- favours ----

  /**
   * Has it run a task.
   *
   * @return {@code false} if the executor has refused; if not, that is no promise
   */
  boolean execute(String what, Runnable task) {
    EventExecutor asked = executor;
    return asked != null && !useless && took(Tasks.offer(asked, what, task));
  }

  /**
   * Has it run a task later.
   *
   * @return {@code false} if the executor has refused; if not, that is no promise
   */
  boolean schedule(long delayMillis, String what, Runnable task) {
    EventExecutor asked = executor;
    return asked != null && !useless && took(Tasks.offerLater(asked, delayMillis, what, task));
  }

  private boolean took(Tasks.Answer answer) {
    if (answer == Tasks.Answer.UNUSABLE) {
      useless = true;
    }
    return answer == Tasks.Answer.TAKEN;
  }

  // ---- promises ----

  /**
   * Has a reliable executor do a part.
   *
   * @return {@code false} if it is not reliable, or has refused
   */
  boolean promise(GiveBack.Part part, String what, Runnable work) {
    if (!isReliable()) {
      return false;
    }
    promised.add(part); // first: whoever finds the owner ended must find this
    boolean isTaken =
        execute(
            what,
            () -> {
              promised.remove(part);
              work.run();
            });
    if (!isTaken) {
      promised.remove(part);
    }
    return isTaken;
  }

  /** The owner's arena has ended, so that nothing is left to do of what it has promised. */
  void breakPromises() {
    for (GiveBack.Part part = promised.poll(); part != null; part = promised.poll()) {
      part.skip();
    }
  }
}
