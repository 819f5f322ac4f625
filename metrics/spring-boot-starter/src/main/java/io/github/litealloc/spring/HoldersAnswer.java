package io.github.litealloc.spring;

import io.github.litealloc.netty.Holder;
import io.github.litealloc.netty.LiteByteBufAllocator;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * What the endpoint tells of the call sites that hold memory.
 *
 * @param sampling 1 in how many buffers is sampled; with 0 there are no call sites
 * @param sites the call sites, those first that pin the most
 * @since 0.1.0
 */
public record HoldersAnswer(int sampling, List<Site> sites) {

  /**
   * A call site.
   *
   * @param pinnedBytes what its sampled buffers alone keep from going back to the system
   * @param sampledBuffers how many sampled buffers of it are live
   * @param sampledBytes their bytes
   * @param estimatedBuffers how many buffers of it are live, by an estimate
   * @param estimatedBytes their bytes, by the same estimate
   * @param oldestAgeMillis the age of the oldest sampled one
   * @param stack the call site and its callers, the innermost first
   */
  public record Site(
      long pinnedBytes,
      long sampledBuffers,
      long sampledBytes,
      long estimatedBuffers,
      long estimatedBytes,
      long oldestAgeMillis,
      List<String> stack) {

    static Site of(Holder holder) {
      return new Site(
          holder.pinnedBytes(),
          holder.sampledBuffers(),
          holder.sampledBytes(),
          holder.estimatedBuffers(),
          holder.estimatedBytes(),
          TimeUnit.NANOSECONDS.toMillis(holder.oldestAgeNanos()),
          holder.stack().stream().map(StackTraceElement::toString).toList());
    }
  }

  static HoldersAnswer of(LiteByteBufAllocator allocator) {
    return new HoldersAnswer(
        allocator.sampling(), allocator.holders().sites().stream().map(Site::of).toList());
  }
}
