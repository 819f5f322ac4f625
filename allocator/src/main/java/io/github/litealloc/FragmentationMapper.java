package io.github.litealloc;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Draws the {@link FragmentationMap} of an arena. Owner thread only, and for one map. */
final class FragmentationMapper implements FreeRunVisitor {

  private final Chunks chunks;
  private final int[] freeRuns;
  private final int[] freeRunBytes;
  private final int[] largest;
  private final List<FragmentationMap.Run> runs = new ArrayList<>();
  private boolean isComplete = true;

  private FragmentationMapper(Chunks chunks) {
    this.chunks = chunks;
    this.freeRuns = new int[chunks.slots()];
    this.freeRunBytes = new int[chunks.slots()];
    this.largest = new int[chunks.slots()];
  }

  static FragmentationMap map(Chunks chunks, @Nullable Strategy strategy, long nowNanos) {
    FragmentationMapper mapper = new FragmentationMapper(chunks);
    if (strategy != null) {
      strategy.visitFreeRuns(mapper);
    }
    return mapper.toMap(nowNanos);
  }

  @Override
  public void freeRun(int chunk, int offset, int bytes) {
    freeRuns[chunk]++;
    freeRunBytes[chunk] += bytes;
    largest[chunk] = Math.max(largest[chunk], bytes);
    add(chunk, offset, bytes, false);
  }

  private void add(int chunk, int offset, int bytes, boolean isHandedBack) {
    if (runs.size() < FragmentationMap.MAX_RUNS) {
      runs.add(new FragmentationMap.Run(chunk, offset, bytes, isHandedBack));
    } else {
      isComplete = false;
    }
  }

  private FragmentationMap toMap(long nowNanos) {
    List<FragmentationMap.ChunkUse> uses = new ArrayList<>();
    for (int slot = 0; slot < chunks.slots(); slot++) {
      if (chunks.isHeld(slot)) {
        chunks.ages.noteAge(slot, chunks.usedBytes(slot) == 0, nowNanos);
        chunks.pinnedPages.visitHandedBack(
            slot, (chunk, offset, bytes) -> add(chunk, offset, bytes, true));
        uses.add(
            new FragmentationMap.ChunkUse(
                slot,
                chunks.bytes(slot),
                chunks.usedBytes(slot),
                freeRuns[slot],
                freeRunBytes[slot],
                largest[slot],
                chunks.oldestLiveNanos(slot, nowNanos)));
      }
    }
    chunks.ages.noted(nowNanos);
    return new FragmentationMap(uses, runs, isComplete);
  }
}
