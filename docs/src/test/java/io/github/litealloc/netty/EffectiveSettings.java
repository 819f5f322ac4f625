package io.github.litealloc.netty;

import io.github.litealloc.memory.ChunkStore;
import java.lang.reflect.Field;
import java.util.Map;

/** What an allocator is really made with, so that a page can be held against it. */
public final class EffectiveSettings {

  private EffectiveSettings() {}

  /** Says in one text what follows from settings, without a name. */
  public static String of(Map<String, String> settings) {
    AllocatorSettings open = LiteByteBufAllocator.builderFrom(settings).open();
    try {
      return String.join(
          ", ",
          open.strategy().name(),
          "decay " + open.sharedStore().store().decayMillis(),
          "trims " + trimsNativeHeap(open.sharedStore().store()),
          open.offLoop().name(),
          open.exhaustionPolicy().name(),
          open.hardening().toString(),
          "sampling " + open.sampling(),
          "direct " + open.preferDirect(),
          "pass " + open.passThrough());
    } finally {
      open.takenName().giveBack();
      open.sharedStore().leave(open.takenName());
    }
  }

  private static boolean trimsNativeHeap(ChunkStore store) {
    try {
      Field heap = ChunkStore.class.getDeclaredField("nativeHeap");
      heap.setAccessible(true);
      return heap.get(store) != null;
    } catch (ReflectiveOperationException e) {
      throw new AssertionError(e);
    }
  }
}
