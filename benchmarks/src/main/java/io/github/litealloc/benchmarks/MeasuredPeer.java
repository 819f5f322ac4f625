package io.github.litealloc.benchmarks;

import io.netty.buffer.AdaptiveByteBufAllocator;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.ByteBufAllocatorMetricProvider;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.netty.util.internal.PlatformDependent;
import java.util.OptionalLong;
import java.util.concurrent.atomic.AtomicLong;

/** One of Netty's allocators, made as Netty makes its default one. */
final class MeasuredPeer implements MeasuredAllocator {

  private final Candidate candidate;
  private final ByteBufAllocator allocator;
  private final AtomicLong peak = new AtomicLong();

  MeasuredPeer(Candidate candidate) {
    this.candidate = candidate;
    boolean preferDirect = PlatformDependent.directBufferPreferred();
    this.allocator =
        switch (candidate.kind()) {
          case POOLED -> new PooledByteBufAllocator(preferDirect);
          case ADAPTIVE -> new AdaptiveByteBufAllocator(preferDirect);
          case UNPOOLED -> new UnpooledByteBufAllocator(preferDirect);
          case LITE -> throw new IllegalArgumentException("not a peer: " + candidate);
        };
  }

  @Override
  public Candidate candidate() {
    return candidate;
  }

  @Override
  public ByteBufAllocator allocator() {
    return allocator;
  }

  @Override
  public long reservedBytes() {
    long reserved = ((ByteBufAllocatorMetricProvider) allocator).metric().usedDirectMemory();
    peak.accumulateAndGet(reserved, Math::max);
    return reserved;
  }

  @Override
  public long peakReservedBytes() {
    reservedBytes();
    return peak.get();
  }

  @Override
  public OptionalLong usedBytes() {
    return switch (candidate.kind()) {
      case POOLED -> OptionalLong.of(((PooledByteBufAllocator) allocator).pinnedDirectMemory());
      case UNPOOLED -> OptionalLong.of(reservedBytes());
      default -> OptionalLong.empty();
    };
  }

  /** Does nothing: a peer's memory goes when the garbage collector finds the allocator gone. */
  @Override
  public void close() {}
}
