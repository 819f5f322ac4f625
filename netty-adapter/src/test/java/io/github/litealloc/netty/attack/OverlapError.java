package io.github.litealloc.netty.attack;

import io.netty.buffer.ByteBuf;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;

/** Two live buffers have memory in common. */
public final class OverlapError extends AssertionError {

  private static final long serialVersionUID = 1;

  private OverlapError(ByteBuf first, ByteBuf second) {
    super("memory in common: " + first + " and " + second);
  }

  /**
   * Throws if two of these live buffers overlap. Those whose address cannot be had, and empty ones,
   * are left out. Nobody may change them meanwhile.
   */
  public static void requireApart(Collection<ByteBuf> buffers) {
    List<ByteBuf> placed =
        buffers.stream()
            .filter(buffer -> buffer.hasMemoryAddress() && buffer.capacity() > 0)
            .sorted(Comparator.comparingLong(ByteBuf::memoryAddress))
            .toList();
    for (int i = 1; i < placed.size(); i++) {
      ByteBuf before = placed.get(i - 1);
      ByteBuf after = placed.get(i);
      if (before.memoryAddress() + before.capacity() > after.memoryAddress()) {
        throw new OverlapError(before, after);
      }
    }
  }
}
