package io.github.litealloc.metrics.internal.dashboard;

import io.netty.buffer.ByteBufAllocatorMetric;
import io.netty.buffer.PoolArenaMetric;
import io.netty.buffer.PoolChunkListMetric;
import io.netty.buffer.PoolChunkMetric;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.buffer.PooledByteBufAllocatorMetric;
import io.netty.buffer.UnpooledByteBufAllocator;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;

/**
 * What one of Netty's own allocators tells at one moment. Each tells something else: what it does
 * not tell is absent, and never zero.
 *
 * @param name what the page calls it
 * @param type its class
 * @param directBytes direct memory that it holds, in buffers or for reuse
 * @param heapBytes the same of the heap
 * @param usedDirectBytes direct memory in live buffers
 * @param usedHeapBytes the same of the heap
 * @param chunkBytes how large a chunk is
 * @param threadCaches how many threads keep buffers for themselves
 * @param arenas its arenas that hold memory, or have served something
 */
record NettyFigures(
    String name,
    String type,
    long directBytes,
    long heapBytes,
    OptionalLong usedDirectBytes,
    OptionalLong usedHeapBytes,
    OptionalLong chunkBytes,
    OptionalLong threadCaches,
    List<Pool> arenas) {

  /**
   * One arena of the pooled allocator.
   *
   * @param name its kind and number
   * @param threadCaches of the threads that it serves
   * @param allocations that came as far: what a thread's cache has served is not among them
   * @param chunks how many it holds; a buffer that is larger than one is in none
   * @param freeBytes of those, free
   * @param takenBytes of those, in buffers or in threads' caches
   * @param fill how many chunks there are of each list, by how full they are
   */
  record Pool(
      String name,
      long threadCaches,
      long allocations,
      long chunks,
      long freeBytes,
      long takenBytes,
      String fill) {}

  static NettyFigures of(NettyAllocator shown) {
    ByteBufAllocatorMetric metric = shown.allocator().metric();
    String type = shown.allocator().getClass().getSimpleName();
    if (shown.allocator() instanceof PooledByteBufAllocator pooled) {
      PooledByteBufAllocatorMetric told = pooled.metric();
      List<Pool> arenas = new ArrayList<>();
      addTo(arenas, "direct", told.directArenas());
      addTo(arenas, "heap", told.heapArenas());
      return new NettyFigures(
          shown.name(),
          type,
          told.usedDirectMemory(),
          told.usedHeapMemory(),
          OptionalLong.of(pooled.pinnedDirectMemory()),
          OptionalLong.of(pooled.pinnedHeapMemory()),
          OptionalLong.of(told.chunkSize()),
          OptionalLong.of(told.numThreadLocalCaches()),
          arenas);
    }
    // Without a pool all that is held is in buffers.
    boolean unpooled = shown.allocator() instanceof UnpooledByteBufAllocator;
    long direct = metric.usedDirectMemory();
    long heap = metric.usedHeapMemory();
    return new NettyFigures(
        shown.name(),
        type,
        direct,
        heap,
        unpooled ? OptionalLong.of(direct) : OptionalLong.empty(),
        unpooled ? OptionalLong.of(heap) : OptionalLong.empty(),
        OptionalLong.empty(),
        OptionalLong.empty(),
        List.of());
  }

  private static void addTo(List<Pool> arenas, String kind, List<PoolArenaMetric> told) {
    for (int i = 0; i < told.size(); i++) {
      PoolArenaMetric arena = told.get(i);
      long chunks = 0;
      long freeBytes = 0;
      long takenBytes = 0;
      StringBuilder fill = new StringBuilder();
      for (PoolChunkListMetric list : arena.chunkLists()) {
        int ofList = 0;
        for (PoolChunkMetric chunk : list) {
          ofList++;
          freeBytes += chunk.freeBytes();
          takenBytes += chunk.chunkSize() - chunk.freeBytes();
        }
        chunks += ofList;
        if (ofList > 0) {
          fill.append(fill.isEmpty() ? "" : ", ")
              .append(ofList)
              .append(" of ")
              .append(list.minUsage())
              .append(" to ")
              .append(Math.min(100, list.maxUsage()))
              .append(" %");
        }
      }
      if (chunks > 0 || arena.numAllocations() > 0) {
        arenas.add(
            new Pool(
                kind + ' ' + i,
                arena.numThreadCaches(),
                arena.numAllocations(),
                chunks,
                freeBytes,
                takenBytes,
                fill.toString()));
      }
    }
  }
}
