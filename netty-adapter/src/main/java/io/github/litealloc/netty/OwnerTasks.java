package io.github.litealloc.netty;

import io.github.litealloc.netty.internal.Tasks;
import java.util.function.LongSupplier;

/** What owners of arenas are asked for. Any thread. */
final class OwnerTasks {

  private OwnerTasks() {}

  /** Has an owner run a task, now or soon, if it can be told. Nothing may wait for it. */
  static void tell(BufferArena arena, String what, Runnable task) {
    if (arena.isOwnedByCaller() && !arena.arena().isBusy()) {
      Tasks.run(what, task);
    } else {
      arena.owner().execute(what, task);
    }
  }

  /**
   * Has an owner do a part, now or soon, or by ending.
   *
   * @return {@code false} if the owner cannot be told, or might not do it
   */
  static boolean isPromised(BufferArena arena, GiveBack.Part part, String what, LongSupplier work) {
    if (arena.isOwnedByCaller() && !arena.arena().isBusy()) {
      part.run(work);
      return true;
    }
    ArenaOwner owner = arena.owner();
    if (owner.hasEnded() || !owner.promise(part, what, () -> part.run(work))) {
      return false;
    }
    if (!arena.isOpen()) {
      owner.breakPromises(); // it has ended meanwhile, and may not have seen the last one
    }
    return true;
  }
}
