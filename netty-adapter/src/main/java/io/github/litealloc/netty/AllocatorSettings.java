package io.github.litealloc.netty;

import io.github.litealloc.Hardening;
import io.github.litealloc.StrategyFactory;
import io.github.litealloc.memory.MemoryBudget;
import io.netty.buffer.ByteBufAllocator;
import org.jspecify.annotations.Nullable;

/**
 * What an allocator is made with, checked and complete. Its name is taken, and its store is open.
 *
 * @param takenName the name, which no other allocator of the process has
 * @param sharedStore where chunks are from
 * @param strategy makes the strategy of each arena, until it is changed
 * @param offLoop what threads get that are no event loops
 * @param exhaustionPolicy what an exhausted arena's owner gets, unless there is a handler
 * @param exhaustionHandler decides that instead
 * @param hardening for every arena
 * @param sampling 1 in how many buffers is sampled, until that is changed
 * @param fallback serves direct buffers that no arena serves
 * @param exhaustionFallback serves direct buffers of exhausted arenas, unless there is a handler
 * @param heapAllocator serves heap buffers
 * @param preferDirect whether {@code buffer()} returns direct buffers
 * @param passThrough whether requests go to the other two allocators, until that is changed
 */
record AllocatorSettings(
    AllocatorNames.AllocatorName takenName,
    SharedStore sharedStore,
    StrategyFactory strategy,
    OffLoopPolicy offLoop,
    ExhaustionPolicy exhaustionPolicy,
    @Nullable ExhaustionHandler exhaustionHandler,
    Hardening hardening,
    int sampling,
    ByteBufAllocator fallback,
    ByteBufAllocator exhaustionFallback,
    ByteBufAllocator heapAllocator,
    boolean preferDirect,
    boolean passThrough) {

  String name() {
    return takenName.text();
  }

  MemoryBudget budget() {
    return sharedStore.store().budget();
  }
}
