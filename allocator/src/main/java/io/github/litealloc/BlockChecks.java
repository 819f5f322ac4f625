package io.github.litealloc;

import org.jspecify.annotations.Nullable;

/** Knows every live block of a checked arena, and turns misuse into exceptions that explain it. */
final class BlockChecks {

  private static final int ABSENT = -1;

  private final LongIntMap live = new LongIntMap();
  private final Chunks chunks;
  private final @Nullable HardenedStrategy hardened;

  BlockChecks(Chunks chunks, @Nullable HardenedStrategy hardened) {
    this.chunks = chunks;
    this.hardened = hardened;
  }

  void allocated(long block, int bytes) {
    live.put(block, bytes);
  }

  void freed(long block) {
    live.remove(block, ABSENT);
  }

  /** A block has got another name or another size, or its contents another block. */
  void renamed(long block, long renamed, int bytes) {
    live.put(renamed, bytes); // first: if there is no room for it, nothing has changed
    if (renamed != block) {
      live.remove(block, ABSENT);
    }
  }

  void clear() {
    live.clear();
  }

  /** Lets go of room for blocks that are not live any more. */
  void shrink() {
    live.shrink();
  }

  /** Refuses a block that is not live, or was requested with another size. */
  void requireLive(long block, int bytes) {
    int requested = requestedBytes(block);
    if (requested == ABSENT) {
      throw notLive(block);
    }
    if (requested != bytes) {
      throw new IllegalArgumentException(
          "bytes: "
              + bytes
              + " for "
              + describe(block)
              + " (expected: "
              + requested
              + ", the size it was requested with)");
    }
  }

  /** Refuses a block that is not live, or has fewer bytes than a view wants. */
  void requireLiveWithAtLeast(long block, int bytes) {
    int requested = requestedBytes(block);
    if (requested == ABSENT) {
      throw notLive(block);
    }
    if (bytes < 0 || bytes > requested) {
      throw new IllegalArgumentException(
          "bytes: " + bytes + " of " + describe(block) + " (expected: 0 to " + requested + ')');
    }
  }

  private int requestedBytes(long block) {
    return block < 0 ? ABSENT : live.getOrDefault(block, ABSENT);
  }

  private IllegalArgumentException notLive(long block) {
    String reason;
    if (block < 0) {
      reason = "no block at all: the allocation had failed";
    } else if (Blocks.offset(block) % Blocks.GRANULE_BYTES != 0) {
      reason = "misaligned: blocks start at multiples of " + Blocks.GRANULE_BYTES;
    } else if (!chunks.isHeld(Blocks.chunk(block))) {
      reason = "not of this arena, or freed before: its chunk is not held";
    } else {
      reason = "freed before, or never handed out";
    }
    Trace releaser = hardened == null ? null : hardened.releaserOf(block);
    String released = releaser == null ? "" : "; first released by " + releaser;
    return new IllegalArgumentException(
        describe(block) + " is " + reason + released + " (expected: a live block of this arena)",
        releaser == null ? null : releaser.stack());
  }

  private static String describe(long block) {
    return block < 0 ? "block " + block : "block " + Blocks.name(block);
  }
}
