package io.github.litealloc;

import io.github.litealloc.memory.Chunk;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;
import org.jspecify.annotations.Nullable;

/**
 * Looks at an arena for a map of it: which chunks are held for the least use, and where memory is
 * free in those. It does so in pieces of bounded work, between which the arena may be used; what
 * changes between two pieces is told of as it was before or as it is after; what moves meanwhile
 * may be told of twice, or not at all. Its own memory grows with the number of chunks only, by a
 * few bytes for each.
 *
 * <p>For the arena's owner only, or under the lock of an arena that threads share; for one survey.
 *
 * @since 0.1.0
 */
public final class ArenaSurvey {
  /*
   * Three parts, one after the other:
   *
   *   chunks    a step for each slot; the chosen ones are kept in order
   *   pages     a step for each chosen chunk: it is told of, and which of its pages have gone
   *   free      a step for each entry of the strategy's lists (FreeWalk); all of them, for the
   *             lists are not in the order of chunks. Told of is what lies in a chosen chunk
   *
   * A chunk may be given back between two pieces, and its slot be that of another one. So a chosen one
   * is compared each time.
   */

  private static final Comparator<Chosen> WORST_FIRST =
      Comparator.comparingLong(Chosen::wastedBytes)
          .reversed()
          .thenComparing(Comparator.comparingInt(Chosen::slot));

  /** Is told of what a survey finds. */
  public interface Visitor {

    /**
     * Notes a chunk that was chosen, before anything in it is told of.
     *
     * @param slot its slot, as in the names of blocks
     * @param bytes its size
     */
    void chunk(int slot, int bytes);

    /**
     * Notes free memory that can serve a request. What is neither told of nor in a block is dead:
     * of no use before the whole chunk is empty.
     *
     * @param slot the slot of a chosen chunk
     * @param offset bytes from the start of the chunk
     * @param bytes its size
     */
    void free(int slot, int offset, int bytes);

    /**
     * Notes pages that are the system's again.
     *
     * @param slot the slot of a chosen chunk
     * @param offset bytes from the start of the chunk
     * @param bytes their size
     */
    void handedBack(int slot, int offset, int bytes);
  }

  private record Chosen(int slot, Chunk chunk, long wastedBytes) {}

  private final Arena arena;
  private final Chunks chunks;
  private final int maxChunks;
  private final Visitor visitor;
  private final FreeWalk walk = new FreeWalk();

  private final PriorityQueue<Chosen> leastFirst = new PriorityQueue<>(WORST_FIRST.reversed());
  private List<Chosen> chosen = List.of();
  private @Nullable Chunk[] bySlot = {};

  private int slotsSeen;
  private int chunksSeen;
  private boolean hasChosen;
  private int told;
  private boolean isOver;

  /**
   * Begins nothing yet.
   *
   * @param arena the arena
   * @param maxChunks how many chunks to choose at most, at least 1
   * @param visitor what to tell, from within {@link #proceed}; must not use the arena
   * @throws IllegalArgumentException if {@code maxChunks} is less than 1
   */
  public ArenaSurvey(Arena arena, int maxChunks, Visitor visitor) {
    if (maxChunks < 1) {
      throw new IllegalArgumentException("maxChunks: " + maxChunks + " (expected: at least 1)");
    }
    this.arena = arena;
    this.chunks = arena.chunks;
    this.maxChunks = maxChunks;
    this.visitor = visitor;
  }

  /**
   * Looks at the next piece. Some 10 to 50 ns for each step; of a strategy that is not one of ours,
   * all free memory is one step.
   *
   * @param steps how many steps to take at most, at least 1
   * @return how many of them are left; 0 unless it {@linkplain #isOver is over}
   * @throws IllegalArgumentException if {@code steps} is less than 1
   * @throws IllegalStateException if the arena is in the middle of an operation
   */
  public int proceed(int steps) {
    if (steps < 1) {
      throw new IllegalArgumentException("steps: " + steps + " (expected: at least 1)");
    }
    arena.requireUsable();
    int left = choose(steps);
    left = tellOfChosen(left);
    if (left > 0 && !isOver) {
      walk.nextPiece(left);
      isOver = arena.router.walkFree(walk, this::free);
      left = isOver ? walk.left() : 0;
    }
    return left;
  }

  private int choose(int steps) {
    if (hasChosen) {
      return steps;
    }
    int left = steps;
    for (; left > 0 && slotsSeen < chunks.slots(); left--) {
      int slot = slotsSeen++;
      if (chunks.isHeld(slot)) {
        chunksSeen++;
        leastFirst.add(new Chosen(slot, chunks.chunk(slot), wastedBytes(slot)));
        if (leastFirst.size() > maxChunks) {
          leastFirst.remove();
        }
      }
    }
    if (left > 0) {
      hasChosen = true;
      chosen = new ArrayList<>(leastFirst);
      chosen.sort(WORST_FIRST);
      bySlot = new @Nullable Chunk[slotsSeen];
      chosen.forEach(each -> bySlot[each.slot()] = each.chunk());
    }
    return left;
  }

  /** What a chunk holds although nobody needs it: for how little it is there. */
  private long wastedBytes(int slot) {
    int used = chunks.usedBytes(slot);
    return used == 0 ? 0 : chunks.bytes(slot) - chunks.pinnedPages.handedBackBytes(slot) - used;
  }

  private int tellOfChosen(int steps) {
    int left = steps;
    for (; left > 0 && told < chosen.size(); left--) {
      int slot = chosen.get(told++).slot();
      if (isStillHeld(slot)) {
        visitor.chunk(slot, chunks.bytes(slot));
        chunks.pinnedPages.visitHandedBack(slot, visitor::handedBack);
      }
    }
    return left;
  }

  private void free(int slot, int offset, int bytes) {
    if (isStillHeld(slot)) {
      visitor.free(slot, offset, bytes);
    }
  }

  /** {@return whether all was looked at} */
  public boolean isOver() {
    return isOver;
  }

  /** {@return how many chunks the arena had, those included that were not chosen} */
  public int chunks() {
    return chunksSeen;
  }

  /**
   * {@return whether a chunk was chosen, and is still the one that it was}
   *
   * @param slot a slot
   */
  public boolean isStillHeld(int slot) {
    return slot < bySlot.length
        && bySlot[slot] != null
        && chunks.isHeld(slot)
        && chunks.chunk(slot) == bySlot[slot];
  }
}
