package io.github.litealloc.netty.internal;

import io.github.litealloc.internal.StackRoom;
import io.netty.util.concurrent.EventExecutor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The only way in which this module runs something on a thread or in a call that is not its own: on
 * an event loop, at a thread's end, or for a listener. Any thread.
 *
 * <p>Nothing that a task throws gets out, be it an {@link Error}: it would end a loop's task in the
 * middle, or reach someone who only released a buffer. Nor does anything that an executor throws: a
 * task that it does not take is answered with {@code false}.
 */
public final class Tasks {
  /*
   * Executors are not all event loops of Netty's, and those end. One may refuse as it should, with a
   * RejectedExecutionException, or with any other exception, or it may throw after it has queued the
   * task or run it at once. So a task decides by one word who has it: whoever runs it, or whoever was
   * told that it would not be run and does something else instead. It never happens twice.
   *
   * What an executor accepts and then drops is not seen here. So nothing may wait for a task, except
   * for one of an executor that is known to run them (ArenaOwner).
   */

  /** How an executor has taken a task. */
  public enum Answer {
    /** It has run the task, or has it, though it may yet drop it. */
    TAKEN,
    /** It has refused, as it does when it ends or has too much to do. The task is never run. */
    REFUSED,
    /** It has failed in a way that it will again: it takes no tasks. The task is never run. */
    UNUSABLE
  }

  private static final System.Logger LOG = System.getLogger(Tasks.class.getName());

  private Tasks() {}

  /**
   * Has an executor run a task soon.
   *
   * @param executor whose thread runs it, the calling one too
   * @param what what the task does, for the log: such as {@code "closing an arena"}
   * @param task what to run; what waits for it must be completed by itself, also if it fails
   * @return {@code false} if the executor has refused, and then the task is never run
   */
  public static boolean execute(EventExecutor executor, String what, Runnable task) {
    return offer(executor, what, task) == Answer.TAKEN;
  }

  /**
   * {@link #execute} with an answer that tells more.
   *
   * @param executor whose thread runs it, the calling one too
   * @param what what the task does, for the log
   * @param task what to run
   * @return how the executor has taken it
   */
  public static Answer offer(EventExecutor executor, String what, Runnable task) {
    Once once = new Once(what, task);
    try {
      StackRoom.require(); // a loop whose queue is left half-way would stand still
      executor.execute(once);
      return Answer.TAKEN;
    } catch (Throwable refusal) {
      return once.answer(refusal);
    }
  }

  /**
   * Has an executor run a task later.
   *
   * @param executor whose thread runs it
   * @param delayMillis how much later
   * @param what what the task does, for the log
   * @param task what to run
   * @return {@code false} if the executor has refused, and then the task is never run
   */
  public static boolean schedule(
      EventExecutor executor, long delayMillis, String what, Runnable task) {
    return offerLater(executor, delayMillis, what, task) == Answer.TAKEN;
  }

  /**
   * {@link #schedule} with an answer that tells more.
   *
   * @param executor whose thread runs it
   * @param delayMillis how much later
   * @param what what the task does, for the log
   * @param task what to run
   * @return how the executor has taken it
   */
  public static Answer offerLater(
      EventExecutor executor, long delayMillis, String what, Runnable task) {
    Once once = new Once(what, task);
    try {
      StackRoom.require();
      executor.schedule(once, delayMillis, TimeUnit.MILLISECONDS);
      return Answer.TAKEN;
    } catch (Throwable refusal) {
      return once.answer(refusal);
    }
  }

  /**
   * Asks something of an object that is not ours, such as whether an executor has ended.
   *
   * @param question what to ask
   * @param otherwise answers if it throws instead
   * @return the answer
   */
  public static boolean ask(BooleanSupplier question, BooleanSupplier otherwise) {
    try {
      return question.getAsBoolean();
    } catch (Throwable failure) {
      return otherwise.getAsBoolean();
    }
  }

  /**
   * Runs a task where its failure must not disturb the caller.
   *
   * @param what what the task does, for the log
   * @param task what to run now
   */
  public static void run(String what, Runnable task) {
    try {
      task.run();
    } catch (Throwable failure) {
      log(what, failure);
    }
  }

  /**
   * Writes into the log that something has failed.
   *
   * @param what what has failed
   * @param failure what was thrown
   */
  public static void warn(String what, @Nullable Throwable failure) {
    log(what, failure);
  }

  private static void log(String what, @Nullable Throwable failure) {
    try {
      StackRoom.require();
      LOG.log(System.Logger.Level.WARNING, what + " failed", failure);
    } catch (Throwable alsoFailed) {
      // Loggers are other people's, too, and there is nobody left to tell.
    }
  }

  /** A task that is run, or refused, but not both. */
  private static final class Once implements Runnable {
    private static final int NEW = 0;
    private static final int TAKEN = 1;
    private static final int REFUSED = 2;

    private final String what;
    private final Runnable task;
    private final AtomicInteger state = new AtomicInteger(NEW);

    Once(String what, Runnable task) {
      this.what = what;
      this.task = task;
    }

    @Override
    public void run() {
      if (state.compareAndSet(NEW, TAKEN)) {
        Tasks.run(what, task);
      }
    }

    /** The executor has thrown; unless the task is running or has run, it never will. */
    Answer answer(Throwable refusal) {
      if (!state.compareAndSet(NEW, REFUSED)) {
        return Answer.TAKEN;
      }
      // That memory or threads are short is a matter of the moment, too.
      return refusal instanceof RejectedExecutionException || refusal instanceof VirtualMachineError
          ? Answer.REFUSED
          : Answer.UNUSABLE;
    }
  }
}
