package io.github.litealloc.netty;

import io.github.litealloc.internal.Failures;
import io.github.litealloc.internal.Later;
import io.github.litealloc.netty.internal.Tasks;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Has a map of one arena drawn, piece by piece, where that may be done: by the event loop that owns
 * it, or under the lock of an arena that threads share. Any thread begins it; for one map. An arena
 * is drawn once at a time: who asks meanwhile gets the map that is being drawn.
 */
final class MapDrawing implements Drawing {
  /*
   * Between two pieces there is a pause. Without one, an event loop would run them all before it looks
   * after its channels again, and who holds the lock would take it again before those who wait for it.
   * Under the lock there is nothing but the piece; what is sampled is looked up, and the map made and
   * handed over, when it is free again.
   */

  private static final String WHAT = "drawing a map of memory";

  private static final long PAUSE_MILLIS = 2;

  private final BufferArena arena;

  /** Who waits for it; under this object's monitor. Nobody waits twice. */
  private final Set<Consumer<@Nullable ArenaMap>> answers = new LinkedHashSet<>();

  private boolean isOver; // likewise

  /** Made with the first piece. */
  private @Nullable ArenaMapper mapper;

  private MapDrawing(BufferArena arena) {
    this.arena = arena;
  }

  /** Begins one, or joins; {@code false} if there is nobody who could draw it. */
  static boolean begin(BufferArena arena, Consumer<@Nullable ArenaMap> answer) {
    MapDrawing mine = new MapDrawing(arena);
    mine.join(answer);
    while (true) {
      Drawing other = arena.drawing.compareAndExchange(null, mine);
      if (other == null) {
        return mine.start(answer);
      }
      if (other.join(answer)) {
        return true;
      }
      // It has just ended, and is the arena's no more: the next round finds none, or a newer one.
    }
  }

  private boolean start(Consumer<@Nullable ArenaMap> answer) {
    boolean isTaken =
        arena.shared() == null ? arena.owner().execute(WHAT, this::goOn) : goOnLater(0);
    if (!isTaken) {
      synchronized (this) {
        answers.remove(answer); // the caller is told otherwise
      }
      end(null);
    }
    return isTaken;
  }

  @Override
  public synchronized boolean join(Consumer<@Nullable ArenaMap> answer) {
    if (!isOver) {
      answers.add(answer);
    }
    return !isOver;
  }

  private void end(@Nullable ArenaMap map) {
    arena.drawing.compareAndSet(this, null);
    List<Consumer<@Nullable ArenaMap>> waiting;
    synchronized (this) {
      isOver = true;
      waiting = List.copyOf(answers);
      answers.clear();
    }
    Throwable report = null;
    for (Consumer<@Nullable ArenaMap> answer : waiting) {
      try {
        answer.accept(map);
      } catch (Throwable e) {
        report = e; // the others get it nevertheless
      }
    }
    Failures.throwIfAny(report);
  }

  private boolean goOnLater(long delayMillis) {
    return arena.shared() == null
        ? arena.owner().schedule(delayMillis, WHAT, this::goOn)
        : Later.run(TimeUnit.MILLISECONDS.toNanos(delayMillis), () -> Tasks.run(WHAT, this::goOn));
  }

  private void goOn() {
    ArenaMap map = null;
    boolean isWaitedFor = true; // whatever fails
    try {
      Progress progress = drawPiece();
      if (progress == Progress.DRAWN && mapper != null) {
        map = mapper.map();
      }
      isWaitedFor = progress != Progress.MORE || !goOnLater(PAUSE_MILLIS);
    } finally {
      if (isWaitedFor) {
        end(map);
      }
    }
  }

  private enum Progress {
    MORE,
    DRAWN,
    /** The arena cannot be looked at, or not any more. */
    IN_VAIN
  }

  private Progress drawPiece() {
    SharedArena shared = arena.shared();
    if (shared == null) {
      return arena.isCallersOwn() && !arena.arena().isBusy() ? piece() : Progress.IN_VAIN;
    }
    Progress[] progress = {Progress.IN_VAIN};
    shared.whileLocked(
        () -> {
          progress[0] = piece();
          return true;
        });
    return progress[0];
  }

  private Progress piece() {
    if (mapper == null) {
      mapper = new ArenaMapper(arena);
    }
    return mapper.piece() ? Progress.MORE : Progress.DRAWN;
  }
}
