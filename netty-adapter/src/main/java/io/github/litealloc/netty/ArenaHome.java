package io.github.litealloc.netty;

import io.github.litealloc.Arena;
import io.github.litealloc.ArenaBuilder;
import io.github.litealloc.Hardening;
import io.github.litealloc.StrategyFactory;
import io.github.litealloc.memory.ChunkStore;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;

/**
 * All that an arena, its timer and its buffers know of the allocator that they belong to. Any
 * thread, except where a method says otherwise.
 *
 * <p>Calls go down: allocator, router, arena. This is the only way up, and nothing here calls the
 * arena back but {@link #memoryElsewhere}, which may let it allocate.
 *
 * @param <A> the arenas
 */
interface ArenaHome<A> {

  /** What buffers answer as their allocator. */
  ByteBufAllocator allocator();

  ChunkStore store();

  Hardening hardening();

  /**
   * Starts what holds for all arenas: what is not checked here is checked by counting references.
   */
  default ArenaBuilder arenaBuilder(String name, StrategyFactory strategy) {
    return Arena.builder()
        .name(name)
        .strategy(strategy)
        .store(store())
        .checked(false)
        .hardening(hardening());
  }

  /** 1 in how many buffers is to be sampled, or {@link Sampler#NONE}. */
  int sampling();

  /** Whether arenas are to end, with their last buffer at the latest. */
  boolean isClosed();

  /**
   * Serves a buffer that its arena cannot grow: because it is exhausted, or retired, or because the
   * calling thread does not own it. Runs code of others, which may do anything.
   *
   * @return a buffer of that capacity to move to, checked to be {@linkplain GivenBuffer usable}
   */
  ByteBuf memoryElsewhere(A arena, int capacity, int maxCapacity);

  /** Where it is counted that threads wait for a shared arena. */
  LockWaits lockWaits();

  /** Where buffers are counted that are not, or no more, in an arena. */
  LiveElsewhere liveElsewhere();

  /** Has those arenas ticked that no thread owns, until they have nothing more to give back. */
  void startClock();

  /** An arena that no thread owns was to be ended in the middle of an operation, which is over. */
  void endShared(A arena);

  /** Has those arenas give back soon what they can spare, on another thread. */
  void giveWaySoon();

  /** Now and then, for arenas whose owners have ended without telling. */
  void lookAfterOwners();

  /** Has closed arenas looked after every few seconds, as long as anything of them comes back. */
  void watchEnds();

  /** A closed arena has freed its last buffer; again, if not all of its memory is back yet. */
  void drained(A arena);
}
