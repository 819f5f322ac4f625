package io.github.litealloc.netty;

import io.github.litealloc.Arena;
import io.github.litealloc.ArenaBuilder;
import io.github.litealloc.internal.EagerClasses;
import io.github.litealloc.netty.internal.Tasks;
import io.github.litealloc.netty.internal.events.BufferFlightEvents;
import java.lang.invoke.MethodHandles;

/**
 * The classes that an allocator uses, for {@link EagerClasses}: with {@link LiteByteBufAllocator}
 * they are all there. But not {@link LeakPace}, which looks for a leak detector that an application
 * may set until it allocates.
 */
final class EagerNettyClasses {

  private EagerNettyClasses() {}

  static void initialize() {
    EagerClasses.initialize(
        MethodHandles.lookup(),
        Arena.class,
        ArenaBuilder.class,
        AllocationStack.class,
        AnyThreadPromise.class,
        ArenaLock.class,
        ArenaOwner.class,
        BufferFlightEvents.class,
        BufferPool.class,
        CoarseClock.class,
        LiteByteBuf.class,
        LiteHeapByteBuf.class,
        Numbers.class,
        OwnerLook.class,
        SharedArena.class,
        SharedMove.class,
        Tasks.class,
        Tasks.Answer.class,
        VirtualThread.class,
        WeaklyHeldBuffers.class);
  }
}
